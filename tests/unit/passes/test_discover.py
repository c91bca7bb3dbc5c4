from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from govreg.connectors.registry import Connectors
from govreg.errors import NotFound
from govreg.gate.border import Border
from govreg.passes.discover import discover
from govreg.plugins import announced
from govreg.register.files import source_of
from govreg.register.merge import merge_source
from govreg.register.model import Register, Source
from govreg.yaml12 import parse, text_of

CHINOOK = Path(__file__).parents[4] / "shared" / "data" / "chinook" / "chinook.sqlite"


def _border(workspace, connector, config):
    source = Source(name="s", title="S", connector=connector, config=config, owner="us")
    return Border(
        register=Register(sources={"s": source}, activities={}),
        connectors=Connectors(announced=announced().connectors),
        workspace=workspace,
        secret=lambda text: text,
    )


@pytest.fixture
def database(tmp_path):
    def database(script):
        connection = sqlite3.connect(tmp_path / "a.db")
        connection.executescript(script)
        connection.close()
        return _border(tmp_path, "sql", {"url": "sqlite:///a.db"})

    return database


def _roles(proposal):
    return {
        (c.name, "+".join(link.fields)): (link.to, link.role.value, link.inferred)
        for c in proposal.collections
        for link in c.links
    }


def _fields(proposal, collection):
    held = next(c for c in proposal.collections if c.name == collection)
    return {f.name: f for f in held.fields}


@pytest.fixture(scope="module")
def chinook(tmp_path_factory):
    if not CHINOOK.exists():
        pytest.skip("the sample database is not here")
    border = _border(tmp_path_factory.mktemp("w"), "sql", {"url": f"sqlite:///{CHINOOK}"})
    return discover(border, "s")


def test_chinook_links_have_the_right_roles(chinook):
    roles = {place: role for place, (_, role, _) in _roles(chinook).items()}
    assert roles[("Customer", "SupportRepId")] == "mentions"
    assert roles[("Invoice", "CustomerId")] == "owns"
    assert roles[("InvoiceLine", "InvoiceId")] == "owns"
    assert roles[("InvoiceLine", "TrackId")] == "lookup"
    assert roles[("Employee", "ReportsTo")] == "mentions"


def test_chinook_people_are_customers_and_employees(chinook):
    subjects = {c.name: c.subject for c in chinook.collections if c.subject}
    assert subjects == {"Customer": "customer", "Employee": "employee"}


def test_chinook_names_of_things_are_not_personal(chinook):
    for name in ("Track", "Artist", "Genre", "Playlist", "MediaType"):
        assert _fields(chinook, name)["Name"].category == "none"


def test_chinook_customers_are_classified(chinook):
    fields = _fields(chinook, "Customer")
    assert fields["Email"].identifier == "email"
    assert fields["Phone"].identifier == "phone"
    assert fields["CustomerId"].identifier == "customer_id"
    assert fields["State"].category == "user.contact.address.state"
    assert fields["SupportRepId"].about_other
    assert _fields(chinook, "Employee")["EmployeeId"].identifier is None


def test_a_proposal_is_a_file_that_can_be_read_and_merged_once(chinook, tmp_path):
    path = tmp_path / "s.yaml"
    text = text_of(merge_source(None, chinook, path))
    assert len(source_of(parse(text, path)).collections) == 11
    assert text_of(merge_source(parse(text, path), chinook, path)) == text


SHOP = """
create table clients (id integer primary key, email text unique, name text, home integer references places(id));
create table places (id integer primary key, street text, zip text);
create table requests (id integer primary key, client_id integer, handled_by integer references workers(id), said text);
create table workers (id integer primary key, first_name text, pay_grade integer);
create table payslips (id integer primary key, employee_id integer references workers(id), gross integer);
create table tags (id integer primary key, label text);
insert into clients values (7, 'a@b.fi', 'A', 1), (8, 'c@d.fi', 'C', 1);
insert into places values (1, 'Street 1', '20100');
insert into workers values (3, 'W', 1);
insert into requests values (1, 7, 3, 'x'), (2, 8, 3, 'y');
insert into payslips values (1, 3, 100);
"""


def test_roles_and_a_link_that_nobody_declared(database):
    proposal = discover(database(SHOP), "s")
    assert _roles(proposal) == {
        ("clients", "home"): ("places", "shared", False),
        ("requests", "handled_by"): ("workers", "mentions", False),
        ("requests", "client_id"): ("clients", "owns", True),
        ("payslips", "employee_id"): ("workers", "owns", False),
    }
    assert _fields(proposal, "requests")["handled_by"].about_other
    assert _fields(proposal, "tags")["id"].category == "none"


def test_a_namesake_whose_values_lead_nowhere_is_no_link(database):
    proposal = discover(database(SHOP + "update requests set client_id = client_id + 100;"), "s")
    assert ("requests", "client_id") not in _roles(proposal)


def test_no_value_comes_out_with_the_proposal(database):
    proposal = discover(database(SHOP), "s")
    text = text_of(merge_source(None, proposal, Path("s.yaml"))) + str(proposal)
    for value in ("a@b.fi", "Street 1", "20100"):
        assert value not in text


def test_one_file_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "people.csv").write_text("id,email\n1,a@b.fi\n2,c@d.fi\n", encoding="utf-8")
    (folder / "broken.parquet").write_bytes(b"PAR1 and nothing")
    proposal = discover(_border(tmp_path, "files", {"path": "files"}), "s")
    assert [c.name for c in proposal.collections] == ["people"]
    assert proposal.collections[0].key == ("id",)
    assert any("`broken`" in note for note in proposal.notes)


def test_an_unknown_source_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        discover(_border(tmp_path, "files", {"path": "."}), "other")
