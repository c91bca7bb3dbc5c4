"""What a withdrawal changes is read off the register: due, kept, or still used."""

from govreg.choices.impact import impact_of
from govreg.register.model import (
    Activity,
    Collection,
    Field,
    Minimum,
    Recipient,
    Register,
    Source,
)


def activity(name, basis, *, marketing=False, ended=False, recipients=()):
    return Activity(
        name=name,
        title={},
        purpose={},
        basis=basis,
        direct_marketing=marketing,
        ended=ended,
        recipients=tuple(Recipient(name=one, role="processor") for one in recipients),
    )


def field(name, *activities, category="user.content"):
    return Field(name=name, category=category, activities=activities)


ACTIVITIES = [
    activity("news", "gdpr.6.1.a", marketing=True, recipients=["Mailer"]),
    activity("profiling", "gdpr.6.1.a", recipients=["Mailer", "Analyst"]),
    activity("offers", "gdpr.6.1.f", marketing=True),
    activity("orders", "gdpr.6.1.b"),
    activity("old", "gdpr.6.1.b", ended=True),
]
FIELDS = [
    field("email", "news", "orders"),
    field("segment", "news", "profiling"),
    field("likes", "news", "old"),
    field("total", "news"),
    field("kind", "news", category="none"),
    field("street", "orders"),
]
PEOPLE = Collection(source="shop", name="people", fields={one.name: one for one in FIELDS})
INVOICES = Collection(
    source="shop",
    name="invoices",
    fields={},
    minimums=(Minimum(rule="fi.voucher", anchor="date_of(day)", fields=("people.total",)),),
)
REGISTER = Register(
    sources={
        "shop": Source(
            name="shop",
            title="Shop",
            connector="sql",
            config={},
            owner="Shop",
            collections={"people": PEOPLE, "invoices": INVOICES},
        )
    },
    activities={one.name: one for one in ACTIVITIES},
)


def fields(impact):
    return {one.field: (one.left, one.kept_by, one.due) for one in impact.fields}


def test_a_field_is_due_once_nothing_uses_it_and_nothing_keeps_it():
    impact = impact_of(REGISTER, "news")
    assert fields(impact) == {
        "email": (("orders",), (), False),
        "segment": (("profiling",), (), False),
        "likes": ((), (), True),
        "total": ((), ("fi.voucher",), False),
    }
    assert [one.field for one in impact.due] == ["likes"]
    assert (impact.activities, impact.recipients) == (("news",), ("Mailer",))
    assert impact.suppress == ("news",)


def test_everything_ends_what_rests_on_consent_and_marketing():
    impact = impact_of(REGISTER, "*")
    assert impact.activities == ("news", "offers", "profiling")
    assert impact.recipients == ("Mailer", "Analyst")
    assert impact.suppress == ("news", "offers")
    assert fields(impact)["segment"] == ((), (), True)


def test_an_activity_that_there_is_not_changes_nothing():
    impact = impact_of(REGISTER, "nothing")
    assert (impact.activities, impact.fields, impact.recipients) == ((), (), ())


def test_what_only_a_maximum_names_has_nothing_left_for_which_it_may_stay():
    assert fields(impact_of(REGISTER, "news", ending={"fi.voucher"}))["total"] == ((), (), True)
    assert fields(impact_of(REGISTER, "news", ending={"fi.books"}))["total"][2] is False
