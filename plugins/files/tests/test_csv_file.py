import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govreg.errors import SourceProblem
from govreg_files.csv_file import CsvFormat

CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",)),
    max_size=12,
)


def quoted(text, delimiter, always):
    special = always or not text or any(c in text for c in (delimiter, '"', "\n"))
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if special else text


@st.composite
def files(draw):
    """The text of a file with its records, as different programs write it."""
    delimiter = draw(st.sampled_from(",;\t|"))
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    width = draw(st.integers(2, 4))
    head = delimiter.join(f"col{at}" for at in range(width)) + ending
    rows = []
    for number in range(draw(st.integers(1, 6))):
        cells = [draw(st.none() | CELL) for _ in range(width - 1)]
        always = draw(st.booleans())
        parts = [str(number), *("" if c is None else quoted(c, delimiter, always) for c in cells)]
        rows.append((str(number), [str(number), *cells], delimiter.join(parts) + ending))
    if draw(st.booleans()):
        key, cells, text = rows[-1]
        rows[-1] = (key, cells, text.removesuffix(ending))
    return delimiter, head, rows


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    made=files(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    gone=st.sets(st.integers(0, 5)),
)
def test_untouched_records_keep_their_bytes(tmp_path, made, encoding, gone):
    delimiter, head, rows = made
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes((head + "".join(text for _, _, text in rows)).encode(encoding))
    held = CsvFormat()
    layout = held.layout(path, {"delimiter": delimiter})
    read = [row for b in held.batches(path, layout, list(layout.columns)) for row in b.to_pylist()]
    assert [list(row.values()) for row in read] == [cells for _, cells, _ in rows]
    actions = {(str(number),): None for number in gone}
    changed = held.rewrite(path, target, layout, ("col0",), actions)
    kept = [text for key, _, text in rows if int(key) not in gone]
    assert changed == len(rows) - len(kept)
    assert target.read_bytes() == (head + "".join(kept)).encode(encoding)


def test_a_changed_record_is_quoted_where_it_must_be(tmp_path):
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b'id;a;b\r\n1;"x";y\r\n2;"x";y\r\n')
    held = CsvFormat()
    layout = held.layout(path, {})
    held.rewrite(path, target, layout, ("id",), {("2",): {"a": None, "b": 'say "hi";'}})
    assert target.read_bytes() == b'id;a;b\r\n1;"x";y\r\n2;;"say ""hi"";"\r\n'
    held.rewrite(path, target, layout, ("id",), {("2",): {"a": ""}})
    assert target.read_bytes() == b'id;a;b\r\n1;"x";y\r\n2;"";y\r\n'


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"id,a\n1,x\n", "encoding: utf-8"),
        (b"\xef\xbb\xbfid,a\n1,x\n", "encoding: utf-8 with byte order mark"),
        ("id,a\n1,Äiti\n".encode("cp1252"), "encoding: cp1252, guessed"),
        (b"id,a\n1,\x81\n", "encoding: iso-8859-15, guessed"),
        ("id,a\n1,ä\n".encode("utf-16"), "encoding: utf-16-le with byte order mark"),
    ],
)
def test_the_encoding_is_found_out_and_said(tmp_path, content, note):
    (tmp_path / "a.csv").write_bytes(content)
    layout = CsvFormat().layout(tmp_path / "a.csv", {})
    assert layout.notes[0] == note
    assert list(layout.columns) == ["id", "a"]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"id,a\n1,canary\n2\n", "ragged_row", 3),
        (b"id,a\n1,canary,more\n", "ragged_row", 2),
        (b'id,a\n1,"can\nary"\n2,x,y\n', "ragged_row", 4),
        (b"id,id\n1,canary\n", "duplicate_column", 1),
        (b"", "no_header", 1),
        (b"\n1,canary\n", "no_header", 1),
        (b"id,a\n1,can\0ary\n", "nul_byte", 2),
        (b'id,a\n1,"canary\n', "open_quote", 2),
        (b"\xef\xbb\xbfid,a\n1,\xff\n", "wrong_encoding", 2),
    ],
)
def test_what_cannot_be_read_says_the_line_and_no_value(csv_folder, content, code, line):
    csv_folder.keys = {"t": ("id",)}
    csv_folder.path("t").write_bytes(content)
    with csv_folder.open() as session, pytest.raises(SourceProblem) as caught:
        list(session.scan("t", ["id"]))
    assert caught.value.code == code
    assert f"`t.csv` line {line}:" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_quote_inside_a_plain_field_is_only_a_sign(tmp_path):
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b'id,size\n1,5" disk\n2,3" disk and more"\n3,x\n')
    held = CsvFormat()
    layout = held.layout(path, {})
    rows = [r for b in held.batches(path, layout, ["id", "size"]) for r in b.to_pylist()]
    assert [row["size"] for row in rows] == ['5" disk', '3" disk and more"', "x"]
    held.rewrite(path, target, layout, ("id",), {("2",): None})
    assert target.read_bytes() == b'id,size\n1,5" disk\n3,x\n'


def test_a_header_alone_is_an_empty_collection(csv_folder):
    csv_folder.keys = {"t": ("id",)}
    csv_folder.path("t").write_text("id,a\n")
    with csv_folder.open() as session:
        assert session.count("t").value == 0
        assert list(session.scan("t", ["id"])) == []
