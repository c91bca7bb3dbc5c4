import datetime as dt
from dataclasses import replace

import pytest

from govreg.plugins import announced
from govreg.policy.deidentify import (
    Attestation,
    CodeOrigin,
    DataField,
    DataUseAgreement,
    Finding,
    Place,
    Step,
    Transform,
    ValueKind,
    check,
    plan,
)
from govreg.policy.deidentify_file import LETTERS, load_method
from govreg.register.taxonomy import CATEGORIES

METHOD = load_method(announced().packs["hipaa"] / "deidentification.yaml")
ON = dt.date(2026, 11, 25)
GOOD = Attestation(by="dpo", on=ON, no_actual_knowledge=True)
SIGNED = DataUseAgreement(recipient="university", signed_on=ON)


def field(category, **more):
    return DataField(name="f", category=category, **more)


def step(category, *, limited=False, **more):
    (one,) = plan([field(category, **more)], METHOD, limited=limited)
    return one.transform, one.letter


def codes(*fields, attestation=GOOD, **more):
    return [f.code for f in check(fields, METHOD, attestation=attestation, **more)]


@pytest.mark.parametrize(
    ("category", "transform", "letter"),
    [
        ("user.name.first", "drop", "A"),
        ("user.workplace", "drop", "A"),
        ("user.contact.address.street", "drop", "B"),
        ("user.contact.address.city", "drop", "B"),
        ("user.contact.address.postal_code", "zip3", "B"),
        ("user.contact.address.state", "keep", "B"),
        ("user.location.precise", "drop", "B"),
        ("user.location.coarse", "zip3", "B"),
        ("user.demographic.date_of_birth", "birth_year", "C"),
        ("user.demographic.age_range", "age", "C"),
        ("user.contact.phone_number", "drop", "D"),
        ("user.contact.fax_number", "drop", "E"),
        ("user.contact.email", "drop", "F"),
        ("user.government_id.national_identification_number", "drop", "G"),
        ("user.health.record_id", "drop", "H"),
        ("user.health.insurance_beneficiary_id", "drop", "I"),
        ("user.financial.bank_account", "drop", "J"),
        ("user.government_id.drivers_license_number", "drop", "K"),
        ("user.government_id.vehicle_registration", "drop", "L"),
        ("user.device.device_id", "drop", "M"),
        ("user.contact.url", "drop", "N"),
        ("user.device.ip_address", "drop", "O"),
        ("user.biometric.voice", "drop", "P"),
        ("user.content.self_image", "drop", "Q"),
        ("user.device.cookie_id", "drop", "R"),
        ("user.unique_id", "drop", "R"),
        ("user.health.genetic", "review", "R"),
        ("user.health.medical_diagnosis", "keep", None),
        ("none", "keep", None),
    ],
)
def test_a_category_has_its_letter_and_its_transform(category, transform, letter):
    assert step(category) == (transform, letter)


def test_every_letter_is_some_category():
    assert {place.letter for place in METHOD.places.values()} >= set(LETTERS)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_of_the_register_is_decided(category):
    assert METHOD.place(category) is not None


def test_every_category_of_the_method_is_one_of_the_register():
    assert set(METHOD.places) <= set(CATEGORIES)


@pytest.mark.parametrize(
    ("category", "more", "transform"),
    [
        ("user.health.treatment", {"kind": ValueKind.DATE}, "year"),
        ("user.demographic.date_of_birth", {"kind": ValueKind.DATE}, "birth_year"),
        ("user.contact.email", {"kind": ValueKind.DATE}, "drop"),
        ("none", {"kind": ValueKind.DATE}, "keep"),
        ("user.health.condition", {"kind": ValueKind.AGE}, "age"),
        ("user.health.condition", {"kind": ValueKind.FREE_TEXT}, "review"),
        ("user.health.condition", {"kind": ValueKind.FREE_TEXT, "reviewed": True}, "keep"),
        ("user.name", {"kind": ValueKind.FREE_TEXT, "reviewed": True}, "drop"),
        ("user.job_title", {}, "review"),
        ("user.unique_id.pseudonymous", {"code": CodeOrigin.RANDOM}, "code"),
        ("user.unique_id.pseudonymous", {"code": CodeOrigin.DERIVED}, "drop"),
        ("user.unique_id.pseudonymous", {}, "drop"),
        ("user.health.record_id", {"code": CodeOrigin.RANDOM}, "drop"),
        ("something.else", {}, "review"),
    ],
)
def test_the_kind_of_value_counts(category, more, transform):
    assert step(category, **more)[0] == transform


@pytest.mark.parametrize(
    ("category", "kind", "transform"),
    [
        ("user.contact.address.city", ValueKind.OTHER, "keep"),
        ("user.contact.address.postal_code", ValueKind.OTHER, "keep"),
        ("user.contact.address.street", ValueKind.OTHER, "drop"),
        ("user.demographic.date_of_birth", ValueKind.DATE, "keep"),
        ("user.health.treatment", ValueKind.DATE, "keep"),
        ("user.health.condition", ValueKind.AGE, "keep"),
        ("user.name", ValueKind.OTHER, "drop"),
        ("user.health.record_id", ValueKind.OTHER, "drop"),
        ("user.health.condition", ValueKind.FREE_TEXT, "review"),
    ],
)
def test_a_limited_data_set_keeps_towns_dates_and_ages(category, kind, transform):
    assert step(category, limited=True, kind=kind)[0] == transform


def test_every_step_has_its_reason_in_both_languages_and_a_citation():
    fields = [field(category) for category in [*CATEGORIES, "something.else"]]
    for one in plan(fields, METHOD):
        assert set(one.reason) == {"en", "fi"}
        assert one.citation.startswith("45 CFR 164.514")


def test_what_is_clean_has_no_findings():
    assert codes(field("user.name"), field("user.health.condition")) == []


def test_safe_harbor_needs_the_attestation():
    assert codes(attestation=None) == ["no_attestation"]
    knows = Attestation(by="dpo", on=ON, no_actual_knowledge=False)
    assert codes(attestation=knows) == ["actual_knowledge"]


def test_a_limited_data_set_needs_an_agreement_and_no_attestation():
    assert codes(attestation=None, limited=True) == ["no_data_use_agreement"]
    assert codes(attestation=None, limited=True, agreement=SIGNED) == []


def test_a_hash_is_refused_as_a_code():
    assert codes(field("user.unique_id.pseudonymous", code=CodeOrigin.DERIVED)) == ["code_derived"]
    assert codes(field("user.unique_id.pseudonymous", code=CodeOrigin.RANDOM)) == []


def test_what_waits_for_a_person_is_found():
    assert codes(field("user.content")) == ["review_needed"]
    assert codes(field("user.content", reviewed=True)) == []
    assert codes(field("something.else")) == ["unknown_category"]


def test_no_plan_keeps_an_identifier_by_its_category():
    steps = plan([field(category) for category in METHOD.places], METHOD)
    told = {one.letter for one in steps if one.transform is Transform.KEEP}
    assert told <= {None, "B"}  # a state and a country


MEDICAL = METHOD.places["user.health"]
AT_RANDOM = "45 CFR 164.514(c)"


@pytest.mark.parametrize(
    ("one", "limited", "step"),
    [
        (
            field("something.else"),
            False,
            (
                Transform.REVIEW,
                "R",
                {
                    "en": "the method does not name this category",
                    "fi": "menetelmä ei mainitse tätä tietoryhmää",
                },
                "45 CFR 164.514(b)(2)",
            ),
        ),
        (
            field("user.unique_id.pseudonymous", code=CodeOrigin.DERIVED),
            False,
            (
                Transform.DROP,
                "R",
                {
                    "en": "a code that was not drawn at random is derived from the person",
                    "fi": "koodi, jota ei ole arvottu, on johdettu henkilöstä",
                },
                AT_RANDOM,
            ),
        ),
        (
            field("user.health.condition"),
            False,
            (Transform.KEEP, None, MEDICAL.reason, MEDICAL.citation),
        ),
        (
            field("user.health.condition", kind=ValueKind.DATE),
            True,
            (
                Transform.KEEP,
                "C",
                METHOD.kinds[ValueKind.DATE].reason,
                "45 CFR 164.514(b)(2)(i)(C)",
            ),
        ),
        (
            field("user.demographic.date_of_birth", kind=ValueKind.DATE),
            False,
            (
                Transform.BIRTH_YEAR,
                "C",
                METHOD.places["user.demographic.date_of_birth"].reason,
                "45 CFR 164.514(b)(2)(i)(C)",
            ),
        ),
        (
            field("user.content", kind=ValueKind.FREE_TEXT, reviewed=True),
            False,
            (
                Transform.KEEP,
                "R",
                METHOD.kinds[ValueKind.FREE_TEXT].reason,
                "45 CFR 164.514(b)(2)(i)(R)",
            ),
        ),
    ],
)
def test_a_step_in_full(one, limited, step):
    transform, letter, reason, citation = step
    wanted = Step(name="f", transform=transform, letter=letter, reason=reason, citation=citation)
    assert plan([one], METHOD, limited=limited) == (wanted,)


@pytest.mark.parametrize(
    ("fields", "more", "finding"),
    [
        (
            [field("something.else")],
            {},
            ("unknown_category", "the method does not name the category of `f`", "f", "(b)(2)"),
        ),
        (
            [field("user.content")],
            {},
            ("review_needed", "`f` waits for a person's review", "f", "(b)(2)(i)(R)"),
        ),
        (
            [field("user.health.condition", code=CodeOrigin.DERIVED)],
            {},
            (
                "code_derived",
                "the code in `f` is derived from the person, as a hash is",
                "f",
                "(c)",
            ),
        ),
        (
            [],
            {"limited": True},
            (
                "no_data_use_agreement",
                "a limited data set needs a data use agreement",
                None,
                "(e)",
            ),
        ),
        (
            [],
            {"attestation": None},
            (
                "no_attestation",
                "nobody has attested that no knowledge is left that could identify",
                None,
                "(b)(2)(ii)",
            ),
        ),
        (
            [],
            {"attestation": Attestation(by="dpo", on=ON, no_actual_knowledge=False)},
            (
                "actual_knowledge",
                "somebody knows that what is left could identify a person",
                None,
                "(b)(2)(ii)",
            ),
        ),
    ],
)
def test_a_finding_in_full(fields, more, finding):
    code, message, name, at = finding
    wanted = Finding(code=code, message=message, name=name, citation=f"45 CFR 164.514{at}")
    assert check(fields, METHOD, **{"attestation": GOOD, **more}) == (wanted,)


def test_a_limited_data_set_is_checked_by_its_own_transforms():
    """A review that a limited data set does not ask for is no finding of one."""
    review = Place(
        letter="R", transform=Transform.REVIEW, limited=Transform.KEEP, reason={}, citation="-"
    )
    method = replace(METHOD, places={"user": review})
    fields = [field("user.health")]
    held = check(fields, method, attestation=None, limited=True, agreement=SIGNED)
    assert held == ()
    assert [one.code for one in check(fields, method, attestation=GOOD)] == ["review_needed"]


def test_a_category_is_placed_by_the_longest_name_above_it():
    near, far = (
        Place(
            letter=letter, transform=Transform.KEEP, limited=Transform.KEEP, reason={}, citation=""
        )
        for letter in "AB"
    )
    method = replace(METHOD, places={"user.a": near, "user": far})
    assert method.place("user.a.b.c") is near
    assert method.place("user.ab") is far
    assert method.place("users") is None
    assert method.place("") is None
