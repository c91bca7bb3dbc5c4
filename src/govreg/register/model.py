"""What is held, where and why: the facts of the register, frozen.

- A `Register` holds sources and activities; a source holds collections; a collection holds fields.
- Names of collections are unique inside their source; `source.collection` names one anywhere.
- Silence is not allowed: a field without a category is a finding of `register check`.
- Nothing here reads a file or a source; see `files` and `connectors`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

NOT_PERSONAL = "none"
"""The category that says: not personal data."""

_SECRET_PARTS = frozenset({"auth", "authentication", "authorization"})
"""Parts of categories that hold credentials: never exported under any law."""


class LinkRole(StrEnum):
    """What a link from a row to another row says about the person."""

    OWNS = "owns"
    """The row linked to is the person's, and so is the row that links."""
    MENTIONS = "mentions"
    """The row linked to is another person, merely named here."""
    SHARED = "shared"
    """The row linked to belongs to several people at once."""
    LOOKUP = "lookup"
    """The row linked to explains a value; it is context and never spreads."""


class Origin(StrEnum):
    """How a value came to the controller (Art. 13-15, 20 GDPR; 1798.105(a) Civ. Code)."""

    PROVIDED = "provided"
    OBSERVED = "observed"
    DERIVED = "derived"
    INFERRED = "inferred"
    THIRD_PARTY = "third_party"


class Level(StrEnum):
    """Whom a collection's rows are about."""

    INDIVIDUAL = "individual"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"


class Strategy(StrEnum):
    """How a value is made to go, when its row cannot or must not go whole."""

    SET_NULL = "set_null"
    CONSTANT = "constant"
    GENERALISE_DATE = "generalise_date"
    PSEUDONYM = "pseudonym"
    """A linkable pseudonym: counts as restricted, never as erased."""


class RowStrategy(StrEnum):
    """What happens to a whole row of which nothing is kept."""

    DELETE = "delete"
    BLANK = "blank"
    """The row stays with its fields blanked, each by its own strategy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnErase:
    """A field's strategy and what it needs."""

    strategy: Strategy = Strategy.SET_NULL
    constant: str | None = None
    """For `constant`; `{unique}` in it becomes a random token for each row."""
    keep: str = "year"
    """For `generalise_date`: `year` or `month`."""


class KeyOf(StrEnum):
    """Whose key a field's values are sealed under."""

    SUBJECT = "subject"
    """The person's own: an erasure makes them unreadable, in every copy too."""
    FIELD = "field"
    """One for the whole field: for what belongs to nobody in particular."""


class Binding(StrEnum):
    """What a sealed value is bound to: moved elsewhere it does not open."""

    RECORD = "record"
    """Its row, by the row's key: for collections whose keys never change."""
    FIELD = "field"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protect:
    """How a field is kept unreadable in its source."""

    key: KeyOf = KeyOf.SUBJECT
    bind: Binding = Binding.RECORD
    index: str | None = None
    """The field beside it that holds its look-up values; without one nothing finds its rows."""
    pad: bool = False
    """Whether short values are filled up, so that their length tells less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a collection."""

    name: str
    """The connector's name for it; a nested value's path is dotted."""
    category: str | None
    """A dotted data category, `none` for not personal, or None while unclassified."""
    identifier: str | None = None
    """The identifier kind whose values this field holds, if any."""
    label: Mapping[str, str] = field(default_factory=dict)
    """Names for people, by language tag."""
    activities: tuple[str, ...] = ()
    """The processing activities that use it."""
    origin: Origin = Origin.PROVIDED
    free_text: bool = False
    """Text written by people: reviewed by a person before it is disclosed."""
    about_other: bool = False
    """Describes somebody else than the row's person; withheld from the person's copy."""
    privileged: bool = False
    """Legally privileged; withheld from the person's copy."""
    on_erase: OnErase | None = None
    facts: Mapping[str, bool | str] = field(default_factory=dict)
    """What rules ask of it beyond this, by the fact's name in the group `item`; see `stated`."""
    protect: Protect | None = None

    @property
    def personal(self) -> bool:
        """Whether the field holds personal data; an unclassified field counts as personal."""
        return self.category != NOT_PERSONAL

    @property
    def secret(self) -> bool:
        """Whether it holds a credential."""
        top = (self.category or "").split(".")
        return not _SECRET_PARTS.isdisjoint(top)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link from the fields of one collection to those of another."""

    fields: tuple[str, ...]
    to: str
    """`source.collection`, always in full here."""
    to_fields: tuple[str, ...]
    role: LinkRole
    inferred: bool = False
    """Guessed, not declared by the source or a person: weak until an approver confirms it."""

    @property
    def name(self) -> str:
        """How the link is written in a path."""
        return f"{'+'.join(self.fields)}→{self.to}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """Fields that a statutory minimum keeps, and from when it counts."""

    rule: str
    anchor: str
    """`financial_year_of(FIELD)`, `calendar_year_of(FIELD)` or `date_of(FIELD)`."""
    fields: tuple[str, ...]
    """Field names of this collection, or `collection.field` of one that it links to."""
    record_class: str = "record"


@dataclass(frozen=True, kw_only=True)  # no slots: what is asked for each row is kept
class Collection:
    """A table, file or object type of a source."""

    source: str
    name: str
    fields: Mapping[str, Field]
    key: tuple[str, ...] = ()
    """The fields that identify a row; without it nothing here can be changed."""
    subject: str | None = None
    """The kind of data subject that each row is one of; None where rows are not people."""
    level: Level = Level.INDIVIDUAL
    title: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    minimums: tuple[Minimum, ...] = ()
    on_erase: RowStrategy = RowStrategy.DELETE
    triggers_reviewed: tuple[str, ...] = ()
    """Triggers of the source that a person has read and accepted."""
    country: str | None = None
    facts: Mapping[str, bool | str] = field(default_factory=dict)
    """What rules ask of every field here, where the field states nothing else."""

    @cached_property
    def ref(self) -> str:
        """`source.collection`."""
        return f"{self.source}.{self.name}"

    @cached_property
    def personal_fields(self) -> tuple[Field, ...]:
        """The fields that hold personal data, in declared order."""
        return tuple(f for f in self.fields.values() if f.personal)

    @cached_property
    def identifier_fields(self) -> tuple[Field, ...]:
        """The fields that hold identifiers of the row's own person.

        A field that names another person by a link holds that person's.
        """
        naming = {
            name for link in self.links if link.role is LinkRole.MENTIONS for name in link.fields
        }
        return tuple(
            f
            for f in self.fields.values()
            if f.identifier and not f.about_other and f.name not in naming
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """A copy that govreg cannot change, and until when it may hold a value."""

    what: Mapping[str, str]
    """In words, by language."""
    days: int
    """How long after an erasure the copy may still hold the value."""
    kind: str = "derived"
    """`backup`, `snapshot`, `replica`, `cache`, `log`, `search_index`, `export` or `derived`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A connected system."""

    name: str
    title: str
    connector: str
    config: Mapping[str, object]
    """Settings of the connector; a secret is a reference such as `env:NAME`."""
    owner: str
    steward: str | None = None
    country: str | None = None
    collections: Mapping[str, Collection] = field(default_factory=dict)
    residue: tuple[Residue, ...] = ()
    """Backups, replicas, logs: what may still hold an erased value."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The title by language; empty where it is one name in all of them."""
    file: str | None = None

    @property
    def name_by_language(self) -> Mapping[str, str]:
        """The title for documents; one name for all languages has the tag `und`."""
        return self.titles or {"und": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets the data of an activity."""

    name: str
    role: str
    """`processor`, `controller`, `joint_controller`, `authority`."""
    contact: str | None = None
    country: str | None = None
    safeguard: Mapping[str, str] = field(default_factory=dict)
    """For a third country: the instrument of Chapter V GDPR, by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomatedDecision:
    """What Art. 15(1)(h) GDPR asks to tell."""

    logic: Mapping[str, str]
    significance: Mapping[str, str]
    consequences: Mapping[str, str] = field(default_factory=dict)
    """What is envisaged for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A processing activity: why data is used, on what basis, who gets it, how long it stays."""

    name: str
    title: Mapping[str, str]
    purpose: Mapping[str, str]
    basis: str
    """A lawful basis such as `gdpr.6.1.b`; see `policy.facts`."""
    basis_note: str | None = None
    recipients: tuple[Recipient, ...] = ()
    no_recipients: bool = False
    """It is known that nobody outside the organisation gets the data."""
    retention: Mapping[str, str] = field(default_factory=dict)
    """In words, by language: the period or the criteria (Art. 15(1)(d) GDPR)."""
    source_of_data: Mapping[str, str] = field(default_factory=dict)
    automated_decision: AutomatedDecision | None = None
    direct_marketing: bool = False
    ended: bool = False
    """The purpose has ended: its data have no ground to stay for it (Art. 17(1)(a) GDPR)."""
    assessed_unlawful: bool = False
    """A person has assessed the processing as unlawful (Art. 17(1)(d) GDPR)."""
    erasure_duty: bool = False
    """A law orders the data to be erased (Art. 17(1)(e) GDPR)."""
    facts: Mapping[str, bool | str] = field(default_factory=dict)
    """What rules ask of it beyond this, by the fact's name in the group `activity`."""
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All sources and activities of a workspace."""

    sources: Mapping[str, Source]
    activities: Mapping[str, Activity]

    def collections(self) -> Iterator[Collection]:
        """Every collection, sources in order."""
        for source in self.sources.values():
            yield from source.collections.values()

    def collection(self, ref: str) -> Collection | None:
        """The collection named `source.collection`, if registered."""
        source, _, name = ref.partition(".")
        held = self.sources.get(source)
        return held.collections.get(name) if held else None

    def links_to(self, ref: str) -> tuple[tuple[Collection, Link], ...]:
        """Every link that points at a collection, with the collection that holds it."""
        return tuple(
            (child, link) for child in self.collections() for link in child.links if link.to == ref
        )
