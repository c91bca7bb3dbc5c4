import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.consent.signals.bits import PADDING, BitReader, BitWriter, Record
from govreg.consent.signals.problem import MalformedSignal

FIELDS = st.lists(
    st.integers(1, 40).flatmap(
        lambda width: st.tuples(st.integers(0, (1 << width) - 1), st.just(width))
    ),
    max_size=20,
)


def refused(code, position, read):
    with pytest.raises(MalformedSignal) as caught:
        read()
    assert (caught.value.code, caught.value.position) == (code, position)
    return caught.value


@given(FIELDS, st.sampled_from([6, 24]))
def test_what_is_written_is_read(fields, multiple):
    writer = BitWriter()
    for value, width in fields:
        writer.put(value, width, "field")
    text = writer.text(multiple)
    assert len(text) * 6 % multiple == 0
    reader = BitReader(text)
    assert [reader.take(width, "field") for _, width in fields] == [value for value, _ in fields]
    reader.finish()
    record = Record([(f"{at}", width) for at, (_, width) in enumerate(fields)])
    assert BitReader(text).record(record) == [value for value, _ in fields]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("AA=A", 2),
        ("AAA=", 3),
        ("+AAA", 0),
        ("AA/", 2),
        ("A A", 1),
        ("AA\n", 2),
        ("é", 0),
        ("A\ud800", 1),
    ],
)
def test_only_the_alphabet_is_read(text, at):
    refused("not_base64url", 7 + at, lambda: BitReader(text, 7))


def test_every_length_is_read_and_nothing_is_made_up():
    for length in range(1, 9):
        reader = BitReader("_" * length)
        assert reader.take(6 * length, "all") == (1 << 6 * length) - 1
        problem = refused("truncated", length, lambda reader=reader: reader.take(1, "Next"))
        assert "`Next`" in str(problem)


def test_a_record_names_the_field_that_is_not_whole():
    record = Record([("First", 6), ("Second", 12), ("Third", 6)])
    problem = refused("truncated", 12, lambda: BitReader("AA", 10).record(record))
    assert "`Second`" in str(problem)
    assert [record.character(name) for name, _ in record.fields] == [0, 1, 3]


def test_only_padding_may_be_left():
    BitReader("AAA").finish()
    refused("trailing_bits", 0, BitReader("AAAA").finish)
    assert PADDING == 23
    reader = BitReader("AAB")
    reader.take(6, "field")
    refused("trailing_bits", 1, reader.finish)
    reader = BitReader("AC")
    reader.take(11, "field")
    reader.finish()


def spans(entries, highest=100, cut=None, count=None):
    writer = BitWriter()
    for first, last in entries:
        writer.put(last is not None, 1, "x")
        writer.put(first, 16, "x")
        if last is not None:
            writer.put(last, 16, "x")
    reader = BitReader(writer.text(6)[:cut])
    return reader.spans(len(entries) if count is None else count, highest, "Vendors")


def test_ranges():
    assert spans([(1, None), (3, 5), (100, None)]) == [(1, 1), (3, 5), (100, 100)]
    assert spans([(7, 7)]) == [(7, 7)]
    assert spans([]) == []
    assert spans([(0xFFFF, None)], highest=0xFFFF) == [(0xFFFF, 0xFFFF)]


@pytest.mark.parametrize("entry", [(0, None), (0, 4), (5, 4), (1, 101), (101, None)])
def test_a_range_that_cannot_be(entry):
    refused("bad_range", 0, lambda: spans([entry]))
    refused("bad_range", 5, lambda: spans([(1, 2), entry]))


def test_a_range_that_is_cut_off():
    assert "`Vendors`" in str(refused("truncated", 2, lambda: spans([(1, None)], cut=2)))
    refused("truncated", 5, lambda: spans([(1, 9)], cut=5))
    refused("truncated", 3, lambda: spans([(1, None)], count=4000))


def test_what_does_not_fit_is_not_written():
    writer = BitWriter()
    for value in (-1, 64):
        with pytest.raises(ValueError, match="`cmp` takes 0 to 63"):
            writer.put(value, 6, "cmp")
    for text in ("", "A", "ABC", "ab", "É1"):
        with pytest.raises(ValueError, match="`language` takes two letters"):
            writer.put_letters(text, "language")
    assert writer.text(24) == ""
