import atexit
import datetime as dt
import os
import shutil
import tempfile
from functools import cache as once
from pathlib import Path

import pytest

from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.files import load_books

ON = dt.date(2026, 11, 25)


# Packs are parsed and read once in a process, whatever the number of sessions that run in it
@once
def _kept():
    folder, owner = tempfile.mkdtemp(prefix="govreg-packs-"), os.getpid()
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(folder, ignore_errors=True))
    return Path(folder)


@once
def _books():
    return load_books([folder / "pack.yaml" for folder in announced().packs.values()], _kept())


def pytest_collection_modifyitems(items):
    """Tests of many examples run last, and first those of the file that `make mutants` changed."""
    changed = os.environ.get("MUTANT_UNDER_TEST", "").removeprefix("govreg.policy.").split(".")[0]
    first = f"test_{changed}"
    items.sort(
        key=lambda item: (
            not item.path.stem.startswith(first),
            hasattr(getattr(item, "obj", None), "hypothesis"),
        )
    )


@pytest.fixture(scope="session")
def cache():
    """Where packs are kept as they were parsed."""
    return _kept()


@pytest.fixture(scope="session")
def rules():
    return _books()


@pytest.fixture(scope="session")
def adopted(rules):
    return Adopted(
        adoptions={
            rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="dpo", on=ON)
            for rule in rules.rules.values()
        }
    )
