"""The same six rules for govreg, Cedar and Rego: who may use a customer's data, with what basis.

Each engine is warm, has its rules parsed or compiled beforehand, gets a question as plain Python
values and answers with its outcome and the rules that made it, where it can name them. What is not
equivalent: govreg also tells unknown facts apart, words each reason and asks whether it was adopted.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections.abc import Callable, Iterator
from pathlib import Path

from govreg.policy.cases import everything_adopted
from govreg.policy.evaluate import decide
from govreg.policy.files import load_books

ON = dt.date(2026, 11, 25)
FACTS = (
    "activity.basis",
    "activity.necessary",
    "person.consent",
    "person.objects",
    "activity.ended",
)
QUESTIONS = [
    (("gdpr.6.1.a", True, "given", False, False), True),
    (("gdpr.6.1.a", True, "withdrawn", False, False), False),
    (("gdpr.6.1.b", True, "never_asked", False, False), True),
    (("gdpr.6.1.b", False, "never_asked", False, False), False),
    (("gdpr.6.1.c", True, "refused", False, False), True),
    (("gdpr.6.1.a", True, "given", True, False), False),
    (("gdpr.6.1.b", True, "given", False, True), False),
]
"""Values of the facts, and whether it may be done."""

_RULE = """\
  - id: bench.{id}
    kind: {kind}
    effect: {effect}
    act: process
    citation: [bench]
    title: {{en: {id}}}
    text: {{en: {id}}}
    when: {when}
    checked_on: 2026-11-25
    confidence: high
"""
_PACK = """\
govreg_pack: 1
pack: bench
version: "1"
law: bench
title: {en: Bench}
gates:
  bench.basis: {acts: [process], citation: [bench], text: {en: no basis}}
rules:
"""
_RULES = {
    "consent": "{all: [{fact: activity.basis, is: gdpr.6.1.a}, {fact: person.consent, is: given}]}",
    "contract": "{all: [{fact: activity.basis, is: gdpr.6.1.b}, {fact: activity.necessary, is: true}]}",
    "obligation": "{all: [{fact: activity.basis, is: gdpr.6.1.c}, {fact: activity.necessary, is: true}]}",
    "public_task": "{all: [{fact: activity.basis, is: gdpr.6.1.e}, {fact: activity.necessary, is: true}]}",
    "objection": "{fact: person.objects, is: true}",
    "ended": "{fact: activity.ended, is: true}",
}
_CLOSING = {"objection", "ended"}

_CEDAR = """
@id("consent") permit (principal, action, resource)
  when { context.basis == "gdpr.6.1.a" && context.consent == "given" };
@id("contract") permit (principal, action, resource)
  when { context.basis == "gdpr.6.1.b" && context.necessary };
@id("obligation") permit (principal, action, resource)
  when { context.basis == "gdpr.6.1.c" && context.necessary };
@id("public_task") permit (principal, action, resource)
  when { context.basis == "gdpr.6.1.e" && context.necessary };
@id("objection") forbid (principal, action, resource) when { context.objects };
@id("ended") forbid (principal, action, resource) when { context.ended };
"""
_REGO = """
package bench
import rego.v1
opens contains "consent" if { input.basis == "gdpr.6.1.a"; input.consent == "given" }
opens contains "contract" if { input.basis == "gdpr.6.1.b"; input.necessary }
opens contains "obligation" if { input.basis == "gdpr.6.1.c"; input.necessary }
opens contains "public_task" if { input.basis == "gdpr.6.1.e"; input.necessary }
closes contains "objection" if { input.objects }
closes contains "ended" if { input.ended }
default allow := false
allow if { count(opens) > 0; count(closes) == 0 }
answer := {"allow": allow, "opens": opens, "closes": closes}
"""

Ask = Callable[[tuple[object, ...]], bool]


def govreg(folder: Path) -> Ask:
    """The rules as a pack, each adopted."""
    path = folder / "pack.yaml"
    path.write_text(_PACK + "".join(_written()))
    rules = load_books([path])
    adopted = everything_adopted(rules, ON)

    def ask(values: tuple[object, ...]) -> bool:
        question = dict(zip(FACTS, values, strict=True))
        question |= {"request.law": "bench", "request.act": "process"}
        return decide(question, rules, on=ON, adopted=adopted).outcome == "allow"

    return ask


def _written() -> Iterator[str]:
    for name, when in _RULES.items():
        closes = name in _CLOSING
        kind, effect = ("prohibition", "deny") if closes else ("permission", "allow")
        yield _RULE.format(id=name, kind=kind, effect=effect, when=when)
        if not closes:
            yield "    gate: bench.basis\n"


def cedar() -> Ask:
    """Cedar, with its policies and entities parsed."""
    import cedarpy

    policies = cedarpy.PolicySet.from_str(_CEDAR)
    entities = cedarpy.Entities.from_json_str("[]")
    who = {
        "principal": {"type": "User", "id": "clerk"},
        "action": {"type": "Action", "id": "process"},
        "resource": {"type": "Field", "id": "email"},
    }

    def ask(values: tuple[object, ...]) -> bool:
        return cedarpy.is_authorized(
            {**who, "context": _short(values)}, policies, entities
        ).allowed

    return ask


def rego() -> Ask:
    """Rego, with its query compiled."""
    import regopy

    engine = regopy.Interpreter()
    engine.add_module("bench", _REGO)
    bundle = engine.build("answer = data.bench.answer")

    def ask(values: tuple[object, ...]) -> bool:
        engine.set_input(regopy.Input(_short(values)))
        return bool(engine.query_bundle(bundle).binding("answer")["allow"].value)

    return ask


def _short(values: tuple[object, ...]) -> dict[str, object]:
    return {fact.partition(".")[2]: value for fact, value in zip(FACTS, values, strict=True)}


def engines(folder: Path) -> dict[str, tuple[str, Ask]]:
    """Each engine that is installed, by name, with its version; all give the same answers.

    Raises:
        RuntimeError: one answers otherwise than the others.
    """
    found = {"govreg": ("", govreg(folder))}
    for name, made in (("cedarpy", cedar), ("regopy", rego)):
        try:
            found[name] = (importlib.metadata.version(name), made())
        except ModuleNotFoundError:
            continue
    for name, (_, ask) in found.items():
        for values, right in QUESTIONS:
            if ask(values) is not right:
                raise RuntimeError(f"{name} answers otherwise about {values}")
    return found
