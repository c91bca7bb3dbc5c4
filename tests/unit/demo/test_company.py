from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import re
import sqlite3
import tomllib
from contextlib import closing

import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from govreg.demo.company import build_company, write_workspace
from govreg.errors import UsageProblem
from govreg.register.model import Level, LinkRole, Origin, RowStrategy, Strategy
from govreg.subjects.identifier import CORE_KINDS

TODAY = dt.date(2026, 11, 22)


def digests(company):
    return [
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (company.webshop, company.crm, company.newsletter)
    ]


def test_the_same_day_makes_the_same_company(company, tmp_path):
    again = build_company(tmp_path, today=company.today)
    assert digests(again) == digests(company)
    assert again.counts == company.counts
    for one, other in zip(company.invoices, again.invoices, strict=True):
        assert one.name == other.name
        assert pq.read_table(one).equals(pq.read_table(other))


def test_another_day_makes_another_company(company, tmp_path):
    other = build_company(tmp_path, today=company.today - dt.timedelta(days=1))
    assert not set(digests(other)) & set(digests(company))


@pytest.mark.parametrize("today", [dt.date(2027, 1, 1), dt.date(2028, 2, 29)])
def test_any_day_will_do(today, tmp_path):
    made = build_company(tmp_path, today=today, customers=100)
    assert made.counts["webshop.customers"] == 100


def test_as_many_customers_as_asked_for(company, tmp_path):
    assert company.counts["webshop.customers"] == 2000
    small = build_company(tmp_path, today=TODAY, customers=150)
    assert small.counts["webshop.customers"] == 150
    assert small.customer_id == company.customer_id


def test_too_few_customers_are_refused(tmp_path):
    with pytest.raises(UsageProblem, match="99 customers are too few"):
        build_company(tmp_path, today=TODAY, customers=99)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(UsageProblem, match="already something"):
        build_company(tmp_path, today=TODAY, customers=100)
    (tmp_path / "govreg.toml").write_text("mine")
    with pytest.raises(UsageProblem, match="already a file"):
        write_workspace(tmp_path)
    assert (tmp_path / "govreg.toml").read_text() == "mine"
    assert not (tmp_path / "sources").exists()


def test_every_domain_is_an_example(company):
    texts = [
        path.read_bytes().decode("utf-8", "replace") for path in (company.crm, company.newsletter)
    ]
    with closing(sqlite3.connect(company.webshop)) as database:
        texts.extend(database.iterdump())
    domains = {d for text in texts for d in re.findall(r"@([\w.-]+\w)", text)}
    assert domains
    assert {d for d in domains if not d.lower().endswith(".example")} == set()


# The workspace files


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workspace")
    written = write_workspace(folder)
    assert sorted(written) == sorted(p for p in folder.rglob("*") if p.is_file())
    return folder


def read(path):
    return YAML(typ="safe").load(path)


@pytest.fixture(scope="module")
def sources(workspace):
    made = [read(path) for path in sorted((workspace / "sources").glob("*.yaml"))]
    return {source["source"]: source for source in made}


@pytest.fixture(scope="module")
def activities(workspace):
    made = [read(path) for path in sorted((workspace / "activities").glob("*.yaml"))]
    return {activity["activity"]: activity for activity in made}


def collections(sources):
    for source in sources.values():
        for name, collection in source["collections"].items():
            yield source["source"], name, collection


def test_files_lead_with_their_version_and_bear_their_name(workspace):
    for kind, marker in (("sources", "source"), ("activities", "activity")):
        for path in (workspace / kind).iterdir():
            made = read(path)
            assert next(iter(made)) == f"govreg_{marker}"
            assert made[f"govreg_{marker}"] == 1
            assert made[marker] == path.stem


def test_the_settings_name_everybody_that_is_asked_for(workspace):
    settings = tomllib.loads((workspace / "govreg.toml").read_text("utf-8"))
    assert settings["four_eyes"] is True
    assert set(settings["controller"]) == {"name", "address", "email", "country"}
    assert set(settings["dpo"]) == {"name", "email", "phone"}
    assert set(settings["authority"]) == {"name", "url", "email"}
    roles = {role for person in settings["people"].values() for role in person["roles"]}
    assert roles == {"administrator", "dpo", "compliance", "steward", "engineer", "auditor"}


def live_fields(company):
    with closing(sqlite3.connect(company.webshop)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = database.execute(f"PRAGMA table_info({table})")
            yield "webshop", table, [row[1] for row in columns]
    with company.crm.open(encoding="utf-8-sig", newline="") as file:
        yield "crm", "contacts", next(csv.reader(file, delimiter=";"))
    event = json.loads(company.newsletter.read_text("utf-8").splitlines()[0])
    client = [f"client.{name}" for name in event.pop("client")]
    yield "newsletter", "events", [*event, *client]
    yield "invoices", "invoices", pq.read_schema(company.invoices[0]).names


def test_every_field_that_is_there_is_declared(company, sources):
    live = {(source, name): set(fields) for source, name, fields in live_fields(company)}
    declared = {
        (source, name): set(collection["fields"])
        for source, name, collection in collections(sources)
    }
    assert declared == live


def test_every_personal_field_says_what_it_is_and_what_for(sources, activities):
    for source, name, collection in collections(sources):
        for field, told in collection["fields"].items():
            place = f"{source}.{name}.{field}"
            category = told["category"]
            assert category == "none" or category.startswith("user."), place
            assert Origin(told.get("origin", "provided"))
            assert told.get("identifier") in {None, *CORE_KINDS}, place
            if category != "none":
                assert set(told["label"]) == {"en", "fi"}, place
                assert told["activities"], place
                assert set(told["activities"]) <= set(activities), place
            strategy = told.get("on_erase", "set_null")
            assert Strategy(strategy if isinstance(strategy, str) else next(iter(strategy)))


def test_links_and_minimums_lead_somewhere(sources):
    fields = {f"{s}.{n}": c["fields"] for s, n, c in collections(sources)}
    for source, name, collection in collections(sources):
        own = fields[f"{source}.{name}"]
        assert set(collection["key"]) <= set(own)
        assert Level(collection.get("level", "individual"))
        assert RowStrategy(collection.get("on_erase", "delete"))
        for link in collection.get("links", ()):
            to = link["to"] if "." in link["to"] else f"{source}.{link['to']}"
            assert set(link["fields"]) <= set(own)
            assert to in fields
            assert LinkRole(link["role"])
        if "retention" in collection:
            assert set(collection["retention"]["fields"]) == set(own) - {"email", "phone"}


def test_every_activity_tells_what_a_person_may_ask(activities, sources):
    used = {
        activity
        for _, _, collection in collections(sources)
        for field in collection["fields"].values()
        for activity in field.get("activities", ())
    }
    assert used == set(activities)
    for activity in activities.values():
        for key in ("title", "purpose", "retention", "source_of_data"):
            assert set(activity[key]) == {"en", "fi"}
        assert re.fullmatch(r"gdpr\.6\.1\.[a-f]", activity["basis"])
        for recipient in activity["recipients"]:
            assert recipient["role"] in {
                "processor",
                "controller",
                "joint_controller",
                "authority",
            }
            assert recipient["country"] in {"FI", "SE", "DE"} or recipient["safeguard"]
    assert [a["activity"] for a in activities.values() if a.get("direct_marketing")] == [
        "newsletter"
    ]
    assert [a["activity"] for a in activities.values() if "automated_decision" in a] == [
        "profiling"
    ]
