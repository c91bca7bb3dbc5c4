from __future__ import annotations

import jsonschema
import pytest

from govreg.register.schemas import schemas
from govreg.yaml12 import plain, read


def test_there_is_a_schema_for_each_kind_of_file():
    assert set(schemas()) == {"source", "activity", "adoptions", "pack"}
    for schema in schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_a_file_that_the_reader_takes_fits_its_schema(workspace):
    for kind, name in (("source", "sources/shop.yaml"), ("activity", "activities/orders.yaml")):
        jsonschema.validate(plain(read(workspace / name).data), schemas()[kind])


def test_an_unknown_key_does_not_fit():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"govreg_adoptions": 1, "adopt": {}}, schemas()["adoptions"])
