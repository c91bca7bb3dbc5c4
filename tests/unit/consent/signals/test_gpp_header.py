import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.consent.signals.gpp_header import read_header, write_header
from govreg.consent.signals.problem import MalformedSignal


@pytest.mark.parametrize(
    ("ids", "text"),
    [([2], "DBABM"), ([2, 6], "DBACNY"), ([5, 6], "DBABjw"), ([7], "DBABL"), ([], "DBAA")],
)
def test_the_specifications_own_examples(ids, text):
    assert write_header(ids) == text
    assert read_header(text, len(ids)) == tuple(ids)
    assert read_header(f"{text}A", len(ids)) == tuple(ids)  # as the vendors' encoder pads


@given(st.sets(st.integers(1, 40_000), max_size=30))
def test_what_is_written_is_read(ids):
    ordered = sorted(ids)
    assert read_header(write_header(ordered), len(ordered)) == tuple(ordered)


@pytest.mark.parametrize("ids", [[2, 2], [6, 2], [0], [-1], [70_000]])
def test_ids_that_are_no_sections(ids):
    with pytest.raises(ValueError, match=r"section|number"):
        write_header(ids)


@pytest.mark.parametrize(
    ("text", "sections", "code", "position"),
    [
        ("CBABM", 1, "not_a_header", 10),
        ("DCABM", 1, "wrong_version", 11),
        ("D", 0, "truncated", 11),
        ("DBAB", 1, "truncated", 14),
        ("DBABM", 2, "section_count", 10),
        ("DBABM", 0, "section_count", 10),
        ("DBABMB", 1, "trailing_bits", 14),
        ("DBABAAAAAAAAAAAA", 1, "bad_code", 14),
        ("DB_________", 0, "truncated", 21),
        ("DB!", 0, "not_base64url", 12),
    ],
)
def test_a_header_that_is_none(text, sections, code, position):
    with pytest.raises(MalformedSignal) as caught:
        read_header(text, sections, 10)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_a_group_of_thousands_is_counted_and_not_unrolled():
    text = write_header([*range(1, 60_000)])
    assert len(text) < 15
    with pytest.raises(MalformedSignal, match="names 59999 sections, 3 follow"):
        read_header(text, 3)
