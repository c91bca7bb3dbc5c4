import datetime as dt
import fcntl
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from govreg.connectors.interface import Context
from govreg.connectors.record import OutcomeKind
from govreg.errors import ConfigurationProblem, SourceProblem
from govreg.testing.connector_changes import Notes, change, planned
from govreg.testing.connector_world import CANARY, rows_of
from govreg_files.connector import FilesConnector

PARTS = {"files": {"parts": {"path": "parts-*.parquet", "key": ["id"]}}}


def write_parts(folder, count=4):
    for number in range(count):
        ids = [number * 10 + at for at in range(3)]
        pq.write_table(
            pa.table({"id": ids, "word": [f"w{i}" for i in ids]}),
            folder / "f" / f"parts-{number}.parquet",
        )


def test_parts_are_one_collection_and_only_those_with_planned_rows_are_rewritten(tmp_path, opened):
    write_parts(tmp_path)
    before = {p.name: p.stat().st_ino for p in (tmp_path / "f").iterdir()}
    with opened(**PARTS) as session:
        plan = planned(session, change(session, "parts", [(10,), (31,)]))
        notes = Notes()
        outcomes = session.apply(plan, notes)
        assert [o.kind for o in outcomes] == [OutcomeKind.DONE]
        assert session.count("parts").value == 10
    after = {p.name: p.stat().st_ino for p in (tmp_path / "f").iterdir()}
    assert {name for name in before if before[name] != after[name]} == {
        "parts-1.parquet",
        "parts-3.parquet",
    }


def test_a_failure_between_two_parts_says_how_many_were_replaced(tmp_path, opened):
    write_parts(tmp_path)
    with opened(**PARTS) as session:
        plan = planned(session, change(session, "parts", [(0,), (10,), (20,)]))

        class Stop(Notes):
            def note(self, **facts):
                super().note(**facts)
                if facts["state"] == "replaced":
                    for path in (tmp_path / "f").glob(".parts-*"):
                        path.unlink()

        outcomes = session.apply(plan, Stop())
        assert [o.code for o in outcomes] == ["partly_replaced:1of3"]
    assert not list((tmp_path / "f").glob(".*"))


def test_a_locked_file_is_a_conflict(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id,x\n1,a\n2,b\n")
    config = {"files": {"a": {"path": "a.csv", "key": ["id"]}}}
    with opened(**config) as session:
        plan = planned(session, change(session, "a", [("1",)]))
        with (tmp_path / "f" / "a.csv").open() as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            assert [o.code for o in session.apply(plan, Notes())] == ["locked"]
        assert [o.kind for o in session.apply(plan, Notes())] == [OutcomeKind.DONE]


def test_the_mode_is_kept_and_nothing_is_left_beside(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n1,a\n2,b\n")
    path.chmod(0o640)
    with opened(files={"a": {"path": "a.csv", "key": ["id"]}}) as session:
        session.apply(planned(session, change(session, "a", [("1",)])), Notes())
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in path.parent.iterdir()] == ["a.csv"]


def test_two_rows_with_one_key_are_refused(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n1,a\n1,b\n")
    with opened(files={"a": {"path": "a.csv", "key": ["id"]}}) as session:
        plan = planned(session, change(session, "a", [("1",)]))
        assert [o.code for o in session.apply(plan, Notes())] == ["key_not_unique"]
    assert path.read_text() == "id,x\n1,a\n1,b\n"


@pytest.mark.parametrize("path", ["../a.csv", "/etc/passwd", "sub/../../a.csv"])
def test_a_path_out_of_the_folder_is_refused(opened, path):
    with pytest.raises(ConfigurationProblem, match="leads out"):
        opened(files={"a": {"path": path}})


def test_a_folder_that_is_not_there(tmp_path):
    held = FilesConnector()
    context = Context(source="tested", workspace=tmp_path, secret=lambda name: name)
    with pytest.raises(SourceProblem) as caught:
        held.open(held.Config.model_validate({"path": "nowhere"}), context)
    assert caught.value.code == "unreachable"


def test_files_are_collections_by_their_stem_and_a_good_key_is_noted(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id,x\n1,a\n2,a\n")
    (tmp_path / "f" / "b.jsonl").write_text('{"n": 1}\n{"n": 1}\n')
    (tmp_path / "f" / "b.csv").write_text("x,y\na,1\na,2\n")
    (tmp_path / "f" / "notes.txt").write_text("no collection")
    (tmp_path / "f" / "c.parquet").write_bytes(b"PAR1 broken")
    write_parts(tmp_path, 2)
    with opened() as session:
        catalogue = session.discover()
    assert set(catalogue.collections) == {"a", "b_csv", "b_jsonl", "parts"}
    assert "candidate key: id" in catalogue.collections["a"].notes
    assert not any("candidate" in n for n in catalogue.collections["b_csv"].notes)
    assert dict(catalogue.unreadable) == {"c": "corrupt_file"}


def test_kill_in_the_middle_leaves_the_old_file_or_the_new(tmp_path):
    (tmp_path / "f").mkdir()
    path = tmp_path / "f" / "a.csv"
    old = "id,x\n" + "".join(f"{n},{'y' * 200}\n" for n in range(20_000))
    new = "id,x\n" + "".join(f"{n},{'y' * 200}\n" for n in range(20_000) if n != 7)
    program = f"""
        from pathlib import Path
        from govreg.connectors.interface import Context
        from govreg.testing.connector_changes import Notes, change, planned
        from govreg_files.connector import FilesConnector
        held = FilesConnector()
        context = Context(source="t", workspace=Path({str(tmp_path)!r}), secret=str)
        config = held.Config.model_validate({{"path": "f", "files": {{"a": {{"path": "a.csv", "key": ["id"]}}}}}})
        with held.open(config, context) as session:
            plan = planned(session, change(session, "a", [("7",)]))
            print("planned", flush=True)
            session.apply(plan, Notes())
            print("done", flush=True)
    """
    seen = set()
    for wait in (0.0, 0.05, 0.15, 5):
        path.write_text(old)
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout.readline() == "planned\n"
        if wait < 5:
            time.sleep(wait)
            os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        text = path.read_text()
        assert text in {old, new}
        seen.add(text == new)
        for part in path.parent.glob(".*.part"):
            part.unlink()
    assert True in seen


ONE = {"files": {"a": {"path": "a.csv", "key": ["id"]}}}


def kinds(outcomes):
    return [(str(o.kind), o.code) for o in outcomes]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("id,x\n1,caf\xe9\n".encode("cp1252"), CANARY + " 李"),
        (b"id,x\n1,a\n", CANARY + "\0"),
        (b"id,x\n1,a\n", CANARY + "\ud800"),
        (b"id,x\n1,a\n", CANARY.encode()),
    ],
)
def test_a_value_that_the_file_cannot_hold_is_refused_without_being_repeated(
    tmp_path, opened, content, value
):
    path = tmp_path / "f" / "a.csv"
    path.write_bytes(content)
    with opened(**ONE) as session:
        plan = planned(session, change(session, "a", [("1",)], {"x": value}))
        assert kinds(session.apply(plan, Notes())) == [("refused", "bad_value")]
    assert path.read_bytes() == content
    assert [p.name for p in path.parent.iterdir()] == ["a.csv"]


def test_json_lines_refuse_half_a_sign(tmp_path, opened):
    path = tmp_path / "f" / "a.jsonl"
    path.write_text('{"id":1,"x":"a"}\n')
    with opened(files={"a": {"path": "a.jsonl", "key": ["id"]}}) as session:
        plan = planned(session, change(session, "a", [(1,)], {"x": CANARY + "\ud800"}))
        assert kinds(session.apply(plan, Notes())) == [("refused", "bad_value")]
    assert path.read_text() == '{"id":1,"x":"a"}\n'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (True, "true"),
        (dt.datetime(2026, 1, 2, 3, 4), "2026-01-02T03:04:00"),
        (Decimal("1.50"), "1.50"),
    ],
)
def test_a_value_is_written_in_its_columns_kind_and_twice_is_already(
    tmp_path, opened, value, text
):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n1,a\n")
    with opened(**ONE) as session:
        plan = planned(session, change(session, "a", [("1",)], {"x": value}))
        assert kinds(session.apply(plan, Notes())) == [("done", None)]
        assert path.read_text() == f"id,x\n1,{text}\n"
        assert kinds(session.apply(plan, Notes())) == [("already", None)]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_full_disk_leaves_the_file_and_nothing_beside_it(tmp_path, suffix):
    """The limit on a file's size is the process's own, so it runs in one of its own."""
    (tmp_path / "f").mkdir()
    path = tmp_path / "f" / f"a.{suffix}"
    words = [f"{n:08}" * 8 for n in range(20_000)]
    if suffix == "csv":
        path.write_text("id,x\n" + "".join(f"{n},{w}\n" for n, w in enumerate(words)))
    elif suffix == "jsonl":
        path.write_text("".join(f'{{"id":"{n}","x":"{w}"}}\n' for n, w in enumerate(words)))
    else:
        table = pa.table({"id": [str(n) for n in range(len(words))], "x": words})
        pq.write_table(table, path, compression="none", use_dictionary=False)
    before = path.read_bytes()
    program = f"""
        import resource, signal
        from pathlib import Path
        from govreg.connectors.interface import Context
        from govreg.testing.connector_changes import Notes, change, planned
        from govreg_files.connector import FilesConnector
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        held = FilesConnector()
        context = Context(source="t", workspace=Path({str(tmp_path)!r}), secret=str)
        files = {{"a": {{"path": "a.{suffix}", "key": ["id"]}}}}
        with held.open(held.Config.model_validate({{"path": "f", "files": files}}), context) as session:
            plan = planned(session, change(session, "a", [("7",)]))
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
            for outcome in session.apply(plan, Notes()):
                print(outcome.kind, outcome.code)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "refused disk_full\n", done.stderr
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_two_processes_at_once_lose_no_deletion(tmp_path):
    """Each deletes its own rows again and again; whoever is turned away tries again."""
    (tmp_path / "f").mkdir()
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n" + "".join(f"{n},{'y' * 50}\n" for n in range(2000)))
    program = f"""
        import sys, time
        from pathlib import Path
        from govreg.connectors.interface import Context
        from govreg.testing.connector_changes import Notes, change, planned
        from govreg_files.connector import FilesConnector
        held = FilesConnector()
        context = Context(source="t", workspace=Path({str(tmp_path)!r}), secret=str)
        config = held.Config.model_validate({{"path": "f", "files": {{"a": {{"path": "a.csv", "key": ["id"]}}}}}})
        with held.open(config, context) as session:
            for number in range(int(sys.argv[1]), 40, 2):
                while True:
                    plan = planned(session, change(session, "a", [(str(number),)]))
                    kind = session.apply(plan, Notes())[0].kind
                    if kind == "done":
                        break
                    assert kind == "conflict", kind
                    time.sleep(0.002)
    """
    both = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program), str(first)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for first in (0, 1)
    ]
    for child in both:
        _, words = child.communicate(timeout=120)
        assert child.returncode == 0, words
    left = path.read_text().split("\n")[1:-1]
    assert [line.split(",")[0] for line in left] == [str(n) for n in range(40, 2000)]


def test_what_a_killed_run_left_beside_a_file_goes_with_the_next_change(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n1,a\n2,b\n")
    left = tmp_path / "f" / ".a.csv.abcd_123.part"
    left.write_text("id,x\n1,a\n")
    others = tmp_path / "f" / ".a.csv.part"
    others.write_text("of somebody else")
    with opened(**ONE) as session:
        plan = planned(session, change(session, "a", [("1",)]))
        assert kinds(session.apply(plan, Notes())) == [("done", None)]
    assert not left.exists()
    assert others.exists()


def test_a_file_that_another_program_changed_meanwhile_is_a_conflict(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n1,a\n2,b\n")
    with opened(**ONE) as session:
        plan = planned(session, change(session, "a", [("1",)]))

        class Meanwhile(Notes):
            def note(self, **facts):
                super().note(**facts)
                with path.open("a") as file:
                    file.write("3,c\n")

        assert kinds(session.apply(plan, Meanwhile())) == [("conflict", "file_changed")]
    assert path.read_text() == "id,x\n1,a\n2,b\n3,c\n"
    assert [p.name for p in path.parent.iterdir()] == ["a.csv"]


def test_a_column_that_is_not_there_is_refused(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n1,a\n")
    with opened(**ONE) as session:
        plan = planned(session, change(session, "a", [("1",)], {"absent": CANARY}))
        assert kinds(session.apply(plan, Notes())) == [("refused", "no_column")]


def test_a_part_that_lacks_the_column_is_refused_and_kept(tmp_path, opened):
    """The column is another part's: a row without it has nowhere to put a value."""
    (tmp_path / "f" / "p-1.csv").write_text("id,x\n1,a\n")
    (tmp_path / "f" / "p-2.csv").write_text("id,y\n2,b\n")
    before = [p.read_bytes() for p in sorted((tmp_path / "f").iterdir())]
    with opened(files={"p": {"path": "p-*.csv", "key": ["id"]}}) as session:
        plan = planned(session, change(session, "p", [("1",)], {"y": "new"}))
        assert kinds(session.apply(plan, Notes())) == [("refused", "bad_value")]
        assert [p.read_bytes() for p in sorted((tmp_path / "f").iterdir())] == before
        plan = planned(session, change(session, "p", [("1",)], {"y": None, "x": "new"}))
        assert kinds(session.apply(plan, Notes())) == [("done", None)]
    assert (tmp_path / "f" / "p-1.csv").read_text() == "id,x\n1,new\n"


def test_parts_whose_key_has_two_kinds_are_changed_or_refused(tmp_path, opened):
    """Numbers here and texts there: what is called done is done."""
    for name, ids in (("p-1.parquet", [1, 2]), ("p-2.parquet", ["3", "x"])):
        pq.write_table(pa.table({"id": ids}), tmp_path / "f" / name)
    with opened(files={"p": {"path": "p-*.parquet", "key": ["id"]}}) as session:
        plan = planned(session, change(session, "p", [("1",), ("x",)]))
        outcomes = session.apply(plan, Notes())
        rows = [row["id"] for row in rows_of(session.scan("p", ["id"]))]
    if outcomes[0].kind is OutcomeKind.DONE:
        assert rows == ["2", "3"]
    else:
        assert outcomes[0].kind is OutcomeKind.REFUSED
        assert rows == ["1", "2", "3", "x"]


@pytest.mark.skipif(os.getuid() != 0, reason="only the administrator can give files away")
def test_the_owner_is_kept(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n1,a\n2,b\n")
    os.chown(path, 65534, 65534)
    with opened(**ONE) as session:
        session.apply(planned(session, change(session, "a", [("1",)])), Notes())
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


def test_a_run_that_dies_between_two_replacements_is_carried_on_by_the_next(tmp_path):
    """Two collections, one replaced: the plan is then done in both, and nothing is left beside."""
    (tmp_path / "f").mkdir()
    for name in "ab":
        (tmp_path / "f" / f"{name}.csv").write_text("id,x\n1,a\n2,b\n")
    program = f"""
        import os, sys
        from pathlib import Path
        from govreg.connectors.interface import Context
        from govreg.testing.connector_changes import Notes, change, planned
        from govreg_files.connector import FilesConnector
        held = FilesConnector()
        context = Context(source="t", workspace=Path({str(tmp_path)!r}), secret=str)
        files = {{name: {{"path": name + ".csv", "key": ["id"]}} for name in "ab"}}
        class Dying(Notes):
            def note(self, **facts):
                if facts["state"] == "replaced":
                    os._exit(9)
        with held.open(held.Config.model_validate({{"path": "f", "files": files}}), context) as session:
            plan = planned(session, change(session, "a", [("1",)]), change(session, "b", [("2",)]))
            session.apply(plan, Dying())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    assert done.returncode == 9
    texts = [(tmp_path / "f" / f"{name}.csv").read_text() for name in "ab"]
    assert texts == ["id,x\n2,b\n", "id,x\n1,a\n2,b\n"]
    assert [p.suffix for p in sorted((tmp_path / "f").glob(".*"))] == [".part", ".intent"]
    held = FilesConnector()
    context = Context(source="t", workspace=tmp_path, secret=str)
    config = {"path": "f", "files": {n: {"path": f"{n}.csv", "key": ["id"]} for n in "ab"}}
    with held.open(held.Config.model_validate(config), context) as session:
        assert set(session.discover().collections) == {"a", "b"}
        again = planned(session, change(session, "b", [("1",)]))
        assert kinds(session.apply(again, Notes())) == [("done", None)]
    assert (tmp_path / "f" / "b.csv").read_text() == "id,x\n"
    assert sorted(p.name for p in (tmp_path / "f").iterdir()) == ["a.csv", "b.csv"]


def test_a_replacement_is_not_carried_on_over_another_programs_change(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id,x\n1,a\n2,b\n")
    part = tmp_path / "f" / ".a.csv.abcdefgh.part"
    part.write_text("id,x\n2,b\n")
    intent = {"path": "a.csv", "part": part.name, "stamp": [1, 2, 3]}
    (tmp_path / "f" / ".govreg-1.intent").write_text(json.dumps({"version": 1, "files": [intent]}))
    with opened(**ONE) as session:
        plan = planned(session, change(session, "a", [("2",)]))
        assert kinds(session.apply(plan, Notes())) == [("done", None)]
    assert path.read_text() == "id,x\n1,a\n"
    assert [p.name for p in path.parent.iterdir()] == ["a.csv"]


def test_an_intent_that_points_out_of_the_folder_moves_nothing(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id,x\n1,a\n")
    outside, part = tmp_path / "outside", tmp_path / "f" / "evil"
    outside.write_text("kept")
    part.write_text("evil")
    stat = outside.stat()
    one = {
        "path": "../outside",
        "part": "evil",
        "stamp": [stat.st_ino, stat.st_mtime_ns, stat.st_size],
    }
    (tmp_path / "f" / ".govreg-1.intent").write_text(json.dumps({"version": 1, "files": [one]}))
    with opened(**ONE) as session:
        plan = planned(session, change(session, "a", [("1",)]))
        assert kinds(session.apply(plan, Notes())) == [("done", None)]
    assert outside.read_text() == "kept"


def test_a_half_written_intent_is_no_obstacle(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id,x\n1,a\n")
    (tmp_path / "f" / ".govreg-1.intent").write_text('{"version": 1, "fi')
    with opened(**ONE) as session:
        plan = planned(session, change(session, "a", [("1",)]))
        assert kinds(session.apply(plan, Notes())) == [("done", None)]
    assert [p.name for p in (tmp_path / "f").iterdir()] == ["a.csv"]
