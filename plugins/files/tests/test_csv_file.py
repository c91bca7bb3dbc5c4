import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plugins.files.tests.rewriting import rewritten

from govreg.errors import SourceProblem
from govreg.testing.connector_world import rows_of
from govreg_files.csv_file import CsvFormat
from govreg_files.format import BadFile

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
    changed = rewritten(held, path, target, layout, ("col0",), actions)
    kept = [text for key, _, text in rows if int(key) not in gone]
    assert changed == len(rows) - len(kept)
    assert target.read_bytes() == (head + "".join(kept)).encode(encoding)


def test_a_changed_record_is_quoted_where_it_must_be(tmp_path):
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b'id;a;b\r\n1;"x";y\r\n2;"x";y\r\n')
    held = CsvFormat()
    layout = held.layout(path, {})
    rewritten(held, path, target, layout, ("id",), {("2",): {"a": None, "b": 'say "hi";'}})
    assert target.read_bytes() == b'id;a;b\r\n1;"x";y\r\n2;;"say ""hi"";"\r\n'
    rewritten(held, path, target, layout, ("id",), {("2",): {"a": ""}})
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
    rewritten(held, path, target, layout, ("id",), {("2",): None})
    assert target.read_bytes() == b'id,size\n1,5" disk\n3,x\n'


def test_a_header_alone_is_an_empty_collection(csv_folder):
    csv_folder.keys = {"t": ("id",)}
    csv_folder.path("t").write_text("id,a\n")
    with csv_folder.open() as session:
        assert session.count("t").value == 0
        assert list(session.scan("t", ["id"])) == []


def test_a_line_break_in_the_header_is_part_of_a_name(csv_folder):
    csv_folder.keys = {"t": ()}
    csv_folder.path("t").write_bytes(b'"first\nname",id\nx,1\ny,2\n')
    with csv_folder.open() as session:
        rows = rows_of(session.scan("t", ["first\nname", "id"]))
    assert [tuple(row.values()) for row in rows] == [("x", "1"), ("y", "2")]


def test_delimiters_inside_quotes_of_the_header_do_not_count(tmp_path):
    (tmp_path / "a.csv").write_text('"last, first, middle";id\nx;1\n')
    assert list(CsvFormat().layout(tmp_path / "a.csv", {}).columns) == [
        "last, first, middle",
        "id",
    ]


def test_blank_lines_are_no_rows_and_stay(tmp_path):
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b"id,x\r\n\r\n1,a\r\n\r\n2,b\r\n\r\n")
    held = CsvFormat()
    layout = held.layout(path, {})
    assert [r["id"] for b in held.batches(path, layout, ["id"]) for r in b.to_pylist()] == [
        "1",
        "2",
    ]
    assert rewritten(held, path, target, layout, ("id",), {("2",): None}) == 1
    assert target.read_bytes() == b"id,x\r\n\r\n1,a\r\n\r\n\r\n"


SIGNS = st.text(st.sampled_from('",a b\n\r'), max_size=14)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=SIGNS)
def test_what_is_read_is_what_would_be_rewritten(tmp_path, body):
    """Reading and rewriting see the same records and values, however odd the quoting."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"x,y\n" + body.encode())
    held = CsvFormat()
    try:
        layout = held.layout(path, {"delimiter": ","})
        rows = [
            tuple(r.values())
            for b in held.batches(path, layout, ["x", "y"])
            for r in b.to_pylist()
        ]
    except BadFile:
        return
    target = tmp_path / "b.csv"
    assert rewritten(held, path, target, layout, ("x", "y"), dict.fromkeys(rows)) == len(rows)
    assert list(held.batches(target, held.layout(target, {"delimiter": ","}), ["x"])) == []
    for row in rows:
        rewritten(held, path, target, layout, ("x", "y"), {row: {"y": "new"}})
        new = held.layout(target, {"delimiter": ","})
        after = [
            tuple(r.values()) for b in held.batches(target, new, ["x", "y"]) for r in b.to_pylist()
        ]
        assert after == [(x, "new") if (x, y) == row else (x, y) for x, y in rows]


def test_the_other_cells_of_a_changed_record_keep_their_bytes(tmp_path):
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b'id,a,size,z\n1,x,5" disk,"plain"\n')
    held = CsvFormat()
    layout = held.layout(path, {})
    rewritten(held, path, target, layout, ("id",), {("1",): {"a": None}})
    assert target.read_bytes() == b'id,a,size,z\n1,,5" disk,"plain"\n'


@pytest.mark.parametrize("given", ["utf-16", "utf-8-sig", "UTF8", "utf-16-le"])
def test_an_encoding_that_is_given_without_a_mark_adds_none(tmp_path, given):
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    plain = "utf-16-le" if "16" in given else "utf-8"
    path.write_bytes("id,x\n1,å\n2,b\n".encode(plain))
    held = CsvFormat()
    layout = held.layout(path, {"encoding": given})
    rows = [r for b in held.batches(path, layout, ["id", "x"]) for r in b.to_pylist()]
    assert rows == [{"id": "1", "x": "å"}, {"id": "2", "x": "b"}]
    rewritten(held, path, target, layout, ("id",), {("2",): None})
    assert target.read_bytes() == "id,x\n1,å\n".encode(plain)


@pytest.mark.parametrize(
    ("given", "content"),
    [("cp932", b"id,x\n1,\x87\x90\n"), ("no-such", b"id,x\n1,a\n"), ("rot13", b"id,x\n1,a\n")],
)
def test_an_encoding_that_would_not_give_the_same_bytes_back_is_refused(tmp_path, given, content):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(BadFile) as caught:
        CsvFormat().layout(tmp_path / "a.csv", {"encoding": given})
    assert caught.value.code == "wrong_encoding"


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15", "utf-16-le", "cp932", "gb18030"])
def test_records_in_other_encodings_keep_their_bytes(tmp_path, encoding):
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    word = "日本" if encoding in {"cp932", "gb18030"} else "Zoë €"
    path.write_bytes(f"id,x\r\n1,{word}\r\n2,{word}\r\n".encode(encoding))
    held = CsvFormat()
    layout = held.layout(path, {"encoding": encoding})
    rewritten(held, path, target, layout, ("id",), {("1",): {"x": "new"}})
    assert target.read_bytes() == f"id,x\r\n1,new\r\n2,{word}\r\n".encode(encoding)


def test_a_field_with_very_many_delimiters_is_cut_in_good_time(tmp_path):
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text('id,x\n1,"' + "a," * 200_000 + '"\n')
    held = CsvFormat()
    layout = held.layout(path, {"delimiter": ","})
    start = time.monotonic()
    assert rewritten(held, path, target, layout, ("id",), {("1",): None}) == 1
    assert time.monotonic() - start < 5


def test_a_record_longer_than_a_block_is_read(csv_folder):
    csv_folder.keys = {"t": ("id",)}
    long = "long " * 2_000_000
    csv_folder.path("t").write_text(f'id,x\n1,"{long}"\n2,b\n')
    with csv_folder.open() as session:
        rows = rows_of(session.scan("t", ["id", "x"]))
    assert [len(row["x"]) for row in rows] == [len(long), 1]
