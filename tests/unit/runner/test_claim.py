"""One worker at a time."""

from __future__ import annotations

import pytest

from govreg.database import Store
from govreg.errors import Conflict
from govreg.runner.claim import claimed


def test_a_claim_is_held_by_one_and_freed_at_the_end(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    with claimed(store, "req_1"):
        with claimed(store, "req_2"):
            pass
        with pytest.raises(Conflict, match="at work"), claimed(store, "req_1"):
            pass
    with claimed(store, "req_1"):
        pass
    with pytest.raises(ValueError, match="mine"), claimed(store, "req_1"):
        raise ValueError("mine")
    with claimed(store, "req_1"):
        pass
    store.close()
