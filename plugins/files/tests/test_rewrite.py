import fcntl
import os
import signal
import subprocess
import sys
import textwrap
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from govreg.connectors.interface import Context
from govreg.connectors.record import OutcomeKind
from govreg.errors import ConfigurationProblem, SourceProblem
from govreg.testing.connector_changes import Notes, change, planned
from govreg_files.connector import FilesConnector


@pytest.fixture
def opened(tmp_path):
    def open_(**config):
        context = Context(source="tested", workspace=tmp_path, secret=lambda name: name)
        held = FilesConnector()
        return held.open(held.Config.model_validate({"path": "f", **config}), context)

    (tmp_path / "f").mkdir()
    return open_


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
    old = "id,x\n" + "".join(f"{n},{'y' * 200}\n" for n in range(60_000))
    new = "id,x\n" + "".join(f"{n},{'y' * 200}\n" for n in range(60_000) if n != 7)
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
    for wait in (0.0, 0.05, 0.1, 0.2, 0.3, 5):
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
