import datetime as dt

import pytest

from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.files import load_books

ON = dt.date(2026, 11, 25)


@pytest.fixture(scope="session")
def rules():
    return load_books([folder / "pack.yaml" for folder in announced().packs.values()])


@pytest.fixture(scope="session")
def adopted(rules):
    return Adopted(
        adoptions={
            rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="dpo", on=ON)
            for rule in rules.rules.values()
        }
    )
