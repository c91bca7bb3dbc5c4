import datetime as dt
from functools import cache

import pytest

from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.files import load_books

ON = dt.date(2026, 11, 25)


@cache  # read once in a process, whatever the number of sessions that run in it
def _books():
    return load_books([folder / "pack.yaml" for folder in announced().packs.values()])


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
