"""Workspaces for journeys: a few lines make one that answers requests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from govreg.clock import Clock, system_clock
from govreg.connectors.interface import Connector
from govreg.engine import Engine, load_rules, open_engine, open_store
from govreg.migrations.upgrade import upgrade
from govreg.plugins import announced
from govreg.policy.adopt import write_adopted
from govreg.register.canonical import register_document
from govreg.register.files import load_register
from govreg.register.store import apply
from govreg.settings import load

SETTINGS = """\
country = "FI"
languages = ["en"]
time_zone = "Europe/Helsinki"
{extra}
[controller]
name = "Acme Oy"
address = "Street 1, 00100 Helsinki"
email = "privacy@acme.example"
country = "FI"
[dpo]
name = "Officer"
email = "dpo@acme.example"
[authority]
name = "Authority"
url = "https://authority.example"
[audit]
origin = "acme.example/register"
[people.dpo]
name = "Officer"
roles = ["dpo"]
[people.second]
name = "Second"
roles = ["compliance"]
[people.engineer]
name = "Engineer"
roles = ["engineer"]
{tables}
"""

ACTIVITY = """\
govreg_activity: 1
activity: {name}
title: {{en: {name}}}
purpose: {{en: What {name} is for}}
basis: {basis}
recipients: [{{name: Hosting Oy, role: processor, country: FI}}]
retention: {{en: as long as it takes}}
source_of_data: {{en: from the person}}
direct_marketing: {marketing}
"""

GONE = {
    "person.consent_withdrawn": True,
    "person.objects": True,
    "person.objection_upheld": True,
    "person.relationship_ended": True,
}
"""Facts under which every ordinary purpose has ended."""


def make(
    folder: Path,
    sources: Mapping[str, str],
    *,
    extra: str = "",
    tables: str = "",
    adopt: bool = True,
    activities: Mapping[str, str] | None = None,
) -> Path:
    """A workspace with these source files, its register in force and its rules adopted."""
    for name in ("sources", "activities", "policies"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "govreg.toml").write_text(SETTINGS.format(extra=extra, tables=tables))
    known = {"orders": "gdpr.6.1.b", "newsletter": "gdpr.6.1.a", **(activities or {})}
    for name, basis in known.items():
        text = ACTIVITY.format(name=name, basis=basis, marketing=str(name == "newsletter").lower())
        (folder / "activities" / f"{name}.yaml").write_text(text)
    for name, text in sources.items():
        (folder / "sources" / f"{name}.yaml").write_text(text)
    now = system_clock()
    store = open_store(folder, load(folder))
    upgrade(store)
    with store.write() as connection:
        apply(connection, register_document(load_register(folder)), by="dpo", at=now)
    store.close()
    if adopt:
        write_adopted(
            folder, load_rules(folder, announced()).rules.values(), by="dpo", on=now.date()
        )
    return folder


def opened(
    folder: Path,
    *,
    clock: Clock = system_clock,
    connectors: Mapping[str, Connector] | None = None,
) -> Engine:
    """The workspace, open."""
    return open_engine(folder, clock=clock, connectors=connectors)


def verified(
    engine: Engine, kind: str, identifiers: Any, facts: Mapping[str, bool] | None = None
) -> str:
    """A request whose identity is confirmed; answers its id."""
    made = engine.requests.open(
        kind=kind, law="gdpr", identifiers=identifiers, facts=facts, actor="dpo"
    )
    engine.requests.verify_identity(made.id, level="account", how="account_login", actor="dpo")
    return made.id


def confirmed_plan(engine: Engine, request_id: str) -> Mapping[str, Any]:
    """A plan in which every candidate was confirmed."""
    plan = engine.requests.plan(request_id, actor="dpo")
    while plan["candidates"]:
        choices = {candidate["id"]: True for candidate in plan["candidates"]}
        engine.requests.decide_links(request_id, choices, actor="second")
        plan = engine.requests.plan(request_id, actor="dpo")
    return plan


def erased(engine: Engine, identifiers: Any, facts: Mapping[str, bool] | None = None) -> str:
    """An erasure carried out to the end; answers the request's id."""
    request_id = verified(engine, "erasure", identifiers, GONE if facts is None else facts)
    confirmed_plan(engine, request_id)
    engine.requests.approve(request_id, actor="second")
    list(engine.requests.run(request_id, actor="dpo"))
    return request_id


def rows_found(plan: Mapping[str, Any]) -> dict[str, int]:
    """Rows by collection."""
    return {found["collection"]: found["rows"] for found in plan["found"]}
