"""Identifier kinds: how a value is normalised, how it may be written, how far it carries.

- A *strong* kind names one person inside this workspace (a customer number, a national id): a
  value found in the person's own row leads on by itself.
- A *weak* kind may be shared or unverified (an e-mail address, a phone, a device): a value leads
  on only when the person proved it; found in a row, it makes candidates for the approver.
- Normalising answers None for a text that is no value of the kind. Equality after normalising is
  the only rule that counts; `forms` are what a source is asked for, and each hit is re-checked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from govreg.errors import ConfigurationProblem, UsageProblem
from govreg.protection.cells import is_sealed
from govreg.register.catalogue import Fold

_DROPPED = str.maketrans("", "", " -.()/\u00a0\u2010\u2011\u2012\u2013\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of identifier."""

    name: str
    title: str
    strong: bool
    fold: Fold
    normalise: Callable[[str, str], str | None]
    """From a text and a country (ISO 3166 alpha-2, or empty) to the normal form, or None."""
    forms: Callable[[str, str], tuple[str, ...]]
    """From a normal form and a country to the folded texts that a source may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A kind and a value in normal form. Its repr hides the value."""

    kind: str
    value: str

    def __repr__(self) -> str:
        return f"Identifier(kind={self.kind!r})"


def folded(text: str, fold: Fold) -> str:
    """A text under a fold, as every connector compares it."""
    match fold:
        case Fold.EXACT:
            return text
        case Fold.CASE:
            return text.strip().lower()
        case Fold.COMPACT:
            return text.translate(_DROPPED).lower()


_LABEL = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
_SPECIAL = r"(?!(?:arpa|invalid|local|localhost|onion|test)\Z)"
_PLAIN_EMAIL = re.compile(
    r"(?=.{6,200}\Z)(?=[^@]{1,64}@)(?!.*--)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*"
    rf"@(?:{_LABEL}\.)+{_SPECIAL}[a-z]{{2,63}}"
)
"""Addresses that leave nothing to decide: the library would answer with the same text.

To ask it costs some hundred times more, which counts in millions of rows."""


def _email(text: str, _country: str) -> str | None:
    plain = text.strip().lower()
    if text.isascii() and _PLAIN_EMAIL.fullmatch(plain):
        return plain
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(
            text.strip(),
            check_deliverability=False,
            test_environment=True,
            allow_display_name=False,
        )
    except EmailNotValidError:
        return None
    domain = checked.ascii_domain or checked.domain
    return f"{unicodedata.normalize('NFC', checked.local_part).lower()}@{domain.lower()}"


def _email_forms(value: str, _country: str) -> tuple[str, ...]:
    local, _, domain = value.rpartition("@")
    forms = [value]
    if "xn--" in domain:
        forms.append(f"{local}@{domain.encode('ascii').decode('idna')}")
    # a source may hold letters and their marks apart
    apart = [unicodedata.normalize("NFD", form) for form in forms]
    return tuple(dict.fromkeys([*forms, *apart]))


def _phone(text: str, country: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if not number.national_number:  # a row of zeros is nobody's number
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _phone_forms(value: str, country: str) -> tuple[str, ...]:
    import phonenumbers

    number = phonenumbers.parse(value)
    digits = value.removeprefix("+")
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    forms = {value, digits, f"00{digits}", f"+{number.country_code}0{number.national_number}"}
    if country and phonenumbers.region_code_for_number(number) == country:
        forms |= {folded(national, Fold.COMPACT), str(number.national_number)}
    return tuple(sorted(forms))


def _number(text: str, _country: str) -> str | None:
    value = unicodedata.normalize("NFC", text).strip()
    # a system writes zero where there is no customer: it is the number of many people
    return value if value.strip("0") else None


def _same(value: str, _country: str) -> tuple[str, ...]:
    return (value,)


def _national_id(text: str, country: str) -> str | None:
    value = unicodedata.normalize("NFKC", text).strip().upper()
    compact = folded(value, Fold.COMPACT).upper()
    for form in (value, compact) if country == "FI" else ():
        if len(form) == _FINNISH_LENGTH and form[:6].isdigit():
            # the mark of the century is one of `-`, `+` or a letter and belongs to the code
            return form if _finnish(form) and _no_filler(form) else None
    return compact if len(compact) >= _SHORTEST_NATIONAL_ID and _no_filler(compact) else None


_FINNISH_LENGTH = 11
_SHORTEST_NATIONAL_ID = 6
_FEWEST_DIGITS = 4


def _no_filler(compact: str) -> bool:
    """Whether a code can tell people apart: `unknown` and `000000` stand in many people's rows."""
    digits = [character for character in compact if character.isdigit()]
    return len(digits) >= _FEWEST_DIGITS and len(set(digits)) > 1


def _finnish(value: str) -> bool:
    """Whether a text is a Finnish identity code by its check character."""
    digits, mark = value[:6] + value[7:10], value[10]
    if not digits.isdigit() or value[6] not in "-+ABCDEFYXWVU":
        return False
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31] == mark


def _national_forms(value: str, _country: str) -> tuple[str, ...]:
    return (folded(value, Fold.COMPACT),)


def _device(text: str, _country: str) -> str | None:
    return text.strip().lower() or None


CORE_KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="email",
            title="e-mail address",
            strong=False,
            fold=Fold.CASE,
            normalise=_email,
            forms=_email_forms,
        ),
        Kind(
            name="phone",
            title="phone number",
            strong=False,
            fold=Fold.COMPACT,
            normalise=_phone,
            forms=_phone_forms,
        ),
        Kind(
            name="customer_id",
            title="customer number",
            strong=True,
            fold=Fold.EXACT,
            normalise=_number,
            forms=_same,
        ),
        Kind(
            name="national_id",
            title="national identity code",
            strong=True,
            fold=Fold.COMPACT,
            normalise=_national_id,
            forms=_national_forms,
        ),
        Kind(
            name="device_id",
            title="device identifier",
            strong=False,
            fold=Fold.CASE,
            normalise=_device,
            forms=_same,
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """The identifier kinds of a workspace and the country that unmarked values belong to."""

    known: Mapping[str, Kind]
    country: str

    def kind(self, name: str) -> Kind:
        """The kind of that name.

        Raises:
            ConfigurationProblem: if no plugin offers it.
        """
        found = self.known.get(name)
        if found is None:
            raise ConfigurationProblem(
                f"there is no identifier kind `{name}`",
                f"known kinds: {', '.join(sorted(self.known))}",
            )
        return found

    def identifier(self, kind: str, text: str) -> Identifier:
        """The identifier that a person typed.

        Raises:
            UsageProblem: when the text is no value of the kind (the text is not repeated).
        """
        value = self.kind(kind).normalise(text, self.country)
        if value is None:
            raise UsageProblem(f"the value given for `{kind}` is not a {self.kind(kind).title}")
        return Identifier(kind=kind, value=value)

    def read(self, kind: str, value: Any) -> Identifier | None:
        """The identifier in a stored value; None when the value is missing or none of the kind."""
        if value is None or isinstance(value, bytes | bool) or is_sealed(value):
            return None
        normal = self.kind(kind).normalise(str(value), self.country)
        return None if normal is None else Identifier(kind=kind, value=normal)

    def wanted(self, kind: str, identifiers: Iterable[Identifier]) -> tuple[str, ...]:
        """The folded texts to ask a source for, sorted, each once."""
        held = self.kind(kind)
        texts = {
            folded(form, held.fold)
            for identifier in identifiers
            for form in held.forms(identifier.value, self.country)
        }
        return tuple(sorted(texts))
