"""Handfuls of rules, questions to them, and what they answer."""

import datetime as dt

from govreg.condition.expression import Compare, Op
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.evaluate import decide
from govreg.policy.outcome import Decision, Reason
from govreg.policy.rule import Effect, Exempt, Gate, Rule, RuleBook, RuleKind

ON = dt.date(2026, 11, 25)
EFFECTS = {
    RuleKind.PROHIBITION: Effect.DENY,
    RuleKind.SCOPE: Effect.NOT_APPLICABLE,
    RuleKind.DUTY: Effect.OBLIGE,
}


def true(name):
    return Compare(fact=name, op=Op.IS, value=True)


def rule(name, kind, when=None, **more):
    return Rule(
        id=name,
        pack="p",
        kind=kind,
        law=more.pop("law", "law"),
        effect=more.pop("effect", EFFECTS.get(kind, Effect.ALLOW)),
        citation=(f"cite {name}",),
        title={},
        text=more.pop("text", {"en": f"text {name}"}),
        acts=more.pop("acts", () if kind is RuleKind.SCOPE else ("process", "erase")),
        when=true(when) if when else None,
        content_hash=f"hash {name}",
        confidence="high",
        **more,
    )


def gate(name="g", when=None, **more):
    return Gate(
        id=name,
        law=more.pop("law", "law"),
        acts=("process",),
        citation=(f"cite {name}",),
        text={"en": f"text {name}"},
        when=true(when) if when else None,
        **more,
    )


def permits(name, when=None, to="g", **more):
    return rule(name, RuleKind.PERMISSION, when, gate=to, **more)


def forbids(name, when=None, **more):
    return rule(name, RuleKind.PROHIBITION, when, **more)


def exempt(name, when):
    return Exempt(id=name, citation=(), text={}, when=true(when))


def duty(name, when=None, **more):
    return rule(name, RuleKind.DUTY, when, obligations=(f"do {name}",), **more)


def book(*said, replaced=None):
    return RuleBook(
        rules={one.id: one for one in said if isinstance(one, Rule)},
        gates={one.id: one for one in said if isinstance(one, Gate)},
        replaced=replaced or {},
    )


def adopted(rules, *without):
    return Adopted(
        adoptions={
            name: Adoption(rule=name, content_hash=one.content_hash, by="dpo", on=ON)
            for name, one in rules.rules.items()
            if name not in without
        }
    )


def asked(rules, *, act="process", law="law", without=(), on=ON, **facts):
    question = {"request.act": act, "request.law": law, **facts}
    return decide(question, rules, on=on, adopted=adopted(rules, *without))


def says(name, *, held=True, text=None):
    return Reason(
        rule=name,
        cite=(f"cite {name}",),
        text=text or f"text {name}",
        confidence="high",
        adopted=held,
    )


def closed(name="g"):
    return Reason(rule=None, cite=(f"cite {name}",), text=f"text {name}")


def bare(text):
    return Reason(rule=None, cite=(), text=text)


def made(outcome, *reasons, **more):
    return Decision(outcome=outcome, reasons=reasons, law=more.pop("law", "law"), **more)


def two_laws(*said):
    return book(gate("g"), gate("h", law="two"), permits("p", "a"), *said)
