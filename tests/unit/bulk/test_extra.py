import sys

import pytest

from govreg.bulk.extra import library
from govreg.errors import UsageProblem


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(UsageProblem, match="need the extra `bulk`") as raised:
        library()
    assert "pip install govreg[bulk]" in str(raised.value)
