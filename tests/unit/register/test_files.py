from __future__ import annotations

import pytest

from govreg.errors import ConfigurationProblem
from govreg.register.files import load_register
from govreg.register.model import LinkRole


def _edit(workspace, old, new):
    path = workspace / "sources" / "shop.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_workspace_becomes_a_register_with_links_completed(workspace):
    register = load_register(workspace)
    orders = register.collection("shop.orders")
    assert orders is not None
    (link,) = orders.links
    assert (link.to, link.to_fields, link.role) == ("shop.people", ("id",), LinkRole.OWNS)
    assert register.activities["orders"].title == {"en": "Orders"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "to: people",
            "to: peoples",
            15,
            "there is no collection `shop.peoples`|there is no collection `peoples`",
        ),
        ("fields: [person]", "fields: [persom]", 15, "there is no field `persom`"),
        (
            "activities: [orders]}\n  orders",
            "activities: [order]}\n  orders",
            11,
            "there is no activity `order`",
        ),
        ("user.contact.email", "user.contact.emial", 11, "did you mean `user.contact.email`"),
        ("role: owns", "role: own", 15, "`owns`, `mentions`"),
    ],
)
def test_an_error_names_file_line_and_what_is_near(workspace, old, new, line, words):
    path = _edit(workspace, old, new)
    with pytest.raises(ConfigurationProblem, match=words) as caught:
        load_register(workspace)
    assert str(caught.value.file) == str(path)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "config",
    [
        "{password: hunter2}",
        '{url: "postgresql://app:hunter2@db/shop"}',
        '{url: "POSTGRESQL+psycopg://app:hunter2@db/shop"}',
        "{options: {api_key: hunter2}}",
        '{replicas: ["mysql://app:hunter2@db/shop"]}',
    ],
)
def test_a_literal_secret_is_refused_and_not_repeated(workspace, config):
    _edit(workspace, "owner: Web team\n", f"owner: Web team\nconfig: {config}\n")
    with pytest.raises(ConfigurationProblem, match="env:NAME") as caught:
        load_register(workspace)
    assert "hunter2" not in str(caught.value)


def test_a_reference_to_a_secret_is_accepted(workspace):
    _edit(workspace, "owner: Web team\n", "owner: Web team\nconfig: {password: env:SHOP}\n")
    assert load_register(workspace).sources["shop"].config == {"password": "env:SHOP"}


def test_two_files_of_one_source_are_refused(workspace):
    text = (workspace / "sources" / "shop.yaml").read_text(encoding="utf-8")
    (workspace / "sources" / "shop2.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationProblem, match="another file has a source of this name"):
        load_register(workspace)


def test_an_unclassified_field_is_read(workspace):
    _edit(workspace, "id: {category: none}", "id: {}")
    orders = load_register(workspace).collection("shop.orders")
    assert orders is not None
    assert orders.fields["id"].category is None
    assert orders.fields["id"].personal
