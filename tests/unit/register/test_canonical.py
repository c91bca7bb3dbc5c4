from __future__ import annotations

import json

from govreg.register.canonical import content_hash, register_document, register_from_document
from govreg.register.files import load_register


def test_a_register_survives_the_store(workspace):
    document = register_document(load_register(workspace))
    again = register_from_document(json.loads(json.dumps(document)))
    assert register_document(again) == document


def test_the_hash_does_not_know_the_order_of_keys_or_the_place_of_files(workspace):
    register = load_register(workspace)
    document = register_document(register)
    turned = json.loads(json.dumps(document, sort_keys=True))
    assert content_hash(turned) == content_hash(document)
    assert str(workspace) not in json.dumps(document)
