from __future__ import annotations

import datetime as dt
from collections import Counter

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fi import hetu

from govreg.demo.people import crowd, first_day, identity_code, phone

TODAY = dt.date(2026, 11, 22)


def people(count=2000):
    return tuple(crowd(range(5001, 5001 + count), today=TODAY, first_address=11))


@given(
    birthdate=st.dates(dt.date(1900, 1, 1), dt.date(2026, 12, 31)),
    nth=st.integers(min_value=0, max_value=250),
)
def test_identity_codes_are_well_formed_and_artificial(birthdate, nth):
    code = identity_code(birthdate, nth)
    assert hetu.is_valid(code, allow_temporary=True)
    assert not hetu.is_valid(code)


@given(
    number=st.integers(min_value=0, max_value=9999),
    form=st.integers(min_value=0, max_value=11),
)
def test_every_written_form_is_the_same_number(number, form):
    read = phonenumbers.parse(phone(number, form), "FI")
    assert phonenumbers.is_valid_number(read)
    assert phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164) == (
        f"+358457{number:07d}"
    )


def test_numbers_are_written_in_several_ways():
    written = {phone(1042, form) for form in range(6)}
    assert {"+358 457 000 1042", "0457-000 1042", "+3584570001042"} <= written
    assert len(written) == 6


def test_the_crowd_is_the_same_each_time():
    assert people(300) == people(300)


def test_nobody_in_the_crowd_shares_an_identifier():
    for read in (lambda p: (p.email or "").strip().lower(), lambda p: p.national_id):
        values = Counter(read(p) for p in people() if read(p))
        assert values.most_common(1)[0][1] == 1


def test_some_homes_are_shared_by_two_to_four_of_one_name():
    homes = {}
    for person in people():
        homes.setdefault(person.address, []).append(person.last_name)
    sizes = Counter(len(names) for names in homes.values())
    assert set(sizes) == {1, 2, 3, 4}
    assert all(len(set(names)) == 1 for names in homes.values())
    assert sizes[1] > sizes[2] + sizes[3] + sizes[4] > 100


def test_e_mails_are_as_people_type_them():
    mails = [p.email for p in people()]
    assert None in mails
    assert "" in mails
    assert any(m != m.strip() for m in mails if m)
    assert any(m != m.lower() for m in mails if m)


def test_a_minority_has_an_identity_code_that_fits_the_birthdate():
    holders = [p for p in people() if p.national_id]
    assert 0.08 < len(holders) / 2000 < 0.16
    for person in holders:
        if person.birthdate:
            assert person.national_id.startswith(f"{person.birthdate:%d%m%y}")


def test_everybody_is_grown_up_and_known_since_the_records_began():
    for person in people():
        assert person.birthdate is None or TODAY.year - person.birthdate.year >= 19
        assert first_day(TODAY) <= person.created <= TODAY
