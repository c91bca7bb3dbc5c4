import pyarrow as pa
import pytest

from govreg.errors import SourceProblem
from govreg_files.json_lines import JsonLinesFormat

LINES = (
    '{"id": 1, "price": 1.50, "client": {"ip": "1.2.3.4", "os": null}, "tags": ["a"], "mixed": 1}\n'
    '{"id": 2, "price": 1e400, "client": null, "mixed": "x", "big": 123456789012345678901}\n'
    "\n"
    '{"id":3,"client":{},"a.b":"dotted","flag":true}\n'
)


@pytest.fixture
def read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(LINES)
    held = JsonLinesFormat()
    layout = held.layout(path, {})
    rows = [r for b in held.batches(path, layout, list(layout.columns)) for r in b.to_pylist()]
    return path, held, layout, rows


def test_nested_values_are_dotted_columns_and_numbers_keep_their_digits(read):
    _, _, layout, rows = read
    assert layout.columns["id"] == pa.int64()
    assert layout.columns["flag"] == pa.bool_()
    assert [row["client.ip"] for row in rows] == ["1.2.3.4", None, None]
    assert [row["price"] for row in rows] == ["1.50", "1e400", None]
    assert rows[0]["tags"] == '["a"]'
    assert [row["mixed"] for row in rows] == ["1", "x", None]
    assert rows[1]["big"] == "123456789012345678901"
    assert rows[2]["a.b"] == "dotted"


def test_only_the_named_values_of_the_named_lines_change(read, tmp_path):
    path, held, layout, _ = read
    target = tmp_path / "b.jsonl"
    actions = {(1,): {"client.ip": None, "tags": None}, (3,): {"a.b": "x"}}
    assert held.rewrite(path, target, layout, ("id",), actions) == 2
    lines = target.read_text().split("\n")
    assert lines[0] == (
        '{"id": 1, "price": 1.50, "client": {"ip": null, "os": null}, "tags": null, "mixed": 1}'
    )
    assert lines[1:3] == LINES.split("\n")[1:3]
    assert lines[3] == '{"id":3,"client":{},"a.b":"x","flag":true}'
    assert held.rewrite(path, target, layout, ("id",), {(2,): None}) == 1
    assert target.read_text() == LINES.replace(LINES.split("\n")[1] + "\n", "")


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b'{"id": 1, "a": "canary"}\n{"id": 2, "a": "can', "bad_line", 2),
        (b'{"id": 1}\n["canary"]\n', "bad_line", 2),
        (b'{"id": 1}\n\n"canary"\n', "bad_line", 3),
        (b'{"id": 1}\n{"a": "\xff"}\n', "wrong_encoding", 2),
    ],
)
def test_a_bad_line_says_its_number_and_no_value(json_folder, content, code, line):
    json_folder.keys = {"t": ("id",)}
    json_folder.path("t").write_bytes(content)
    with json_folder.open() as session, pytest.raises(SourceProblem) as caught:
        list(session.scan("t", ["id"]))
    assert caught.value.code == code
    assert f"`t.jsonl` line {line}:" in str(caught.value)
    assert "canary" not in str(caught.value)
