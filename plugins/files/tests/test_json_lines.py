import json

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plugins.files.tests.rewriting import rewritten

from govreg.errors import SourceProblem
from govreg.testing.connector_world import said
from govreg_files.format import BadFile
from govreg_files.json_lines import JsonLinesFormat
from govreg_files.json_text import flat as flat_of

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
    assert rewritten(held, path, target, layout, ("id",), actions) == 2
    lines = target.read_text().split("\n")
    assert lines[0] == (
        '{"id": 1, "price": 1.50, "client": {"ip": null, "os": null}, "tags": null, "mixed": 1}'
    )
    assert lines[1:3] == LINES.split("\n")[1:3]
    assert lines[3] == '{"id":3,"client":{},"a.b":"x","flag":true}'
    assert rewritten(held, path, target, layout, ("id",), {(2,): None}) == 1
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


def written(tmp_path, line, key, action):
    path, target = tmp_path / "x.jsonl", tmp_path / "y.jsonl"
    path.write_text(line, encoding="utf-8")
    held = JsonLinesFormat()
    layout = held.layout(path, {})
    assert rewritten(held, path, target, layout, ("id",), {(key,): action}) == 1
    return target.read_text(encoding="utf-8")


def test_a_text_that_looks_like_a_mark_of_ours_stays_a_text(tmp_path):
    line = '{"id":1,"a":"\\u0000number:boo","b":2.50}\n'
    new = written(tmp_path, line, 1, {"b": None})
    assert json.loads(new) == {"id": 1, "a": "\0number:boo", "b": None}


def test_a_change_of_a_column_leaves_the_columns_below_it(tmp_path):
    lines = '{"id":1,"a":{"b":"kept"}}\n{"id":2,"a":"x"}\n'
    new = written(tmp_path, lines, 1, {"a": None})
    assert json.loads(new.split("\n")[0]) == {"id": 1, "a": {"b": "kept"}}
    with pytest.raises(BadFile) as caught:
        written(tmp_path, lines, 1, {"a": "text over an object"})
    assert caught.value.code == "bad_value"


def test_a_value_that_is_missing_stays_missing_when_it_is_to_be_null(tmp_path):
    lines = '{"id":1}\n{"id":2,"a":{"b":1}}\n'
    assert written(tmp_path, lines, 1, {"a.b": None}) == lines


NODES = st.recursive(
    st.integers(0, 9),
    lambda inner: st.dictionaries(
        st.sampled_from(["a", "b", "a.b", "b.c", "a.b.c"]), inner, max_size=3
    ),
    max_leaves=6,
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.dictionaries(st.sampled_from(["a", "b", "a.b", "b.c"]), NODES, max_size=3))
def test_every_column_is_read_and_changed_where_it_stands(tmp_path, data):
    path, target = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_text(json.dumps({"id": 1, **data}) + "\n")
    held = JsonLinesFormat()
    flat = list(flat_of(data))
    if len(flat) != len(dict(flat)):
        with pytest.raises(BadFile) as caught:
            held.layout(path, {})
        assert caught.value.code == "duplicate_column"
        return
    layout = held.layout(path, {})

    def read(file):
        batches = held.batches(file, layout, list(layout.columns))
        return [row for batch in batches for row in batch.to_pylist()]

    before = read(path)
    assert before == [{"id": 1, **{n: v if v != {} else "{}" for n, v in flat}}]
    for name in dict(flat):
        rewritten(held, path, target, layout, ("id",), {(1,): {name: None}})
        assert read(target) == [{**before[0], name: None}]


@pytest.mark.parametrize(
    "line",
    ['{"id": 1, "a": "canary", "a": "x"}', '{"id": 1, "a.b": "canary", "a": {"b": "x"}}'],
)
def test_a_name_that_stands_twice_would_hide_a_value(json_folder, line):
    json_folder.keys = {"t": ("id",)}
    json_folder.path("t").write_text('{"id": 0}\n' + line + "\n")
    with json_folder.open() as session, pytest.raises(SourceProblem) as caught:
        list(session.scan("t", ["id"]))
    assert caught.value.code == "duplicate_column"
    assert "`t.jsonl` line 2:" in str(caught.value)
    assert "canary" not in said(caught.value)
