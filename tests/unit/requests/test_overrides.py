"""A rule of the organisation's own in place of the law's stands in every paper that it touched."""

from __future__ import annotations

import json

import pytest
from tests.journeys.test_traps import SOURCE, build, rows
from tests.journeys.workspace import GONE, confirmed_plan, erased, opened, verified

OWN = """\
govreg_pack: 1
pack: acme
version: "1"
law: gdpr
title: {en: Ours}
rules:
  - id: acme.voucher
    kind: minimum
    effect: retain
    citation: [House rule 1]
    title: {en: Vouchers}
    text: {en: two years are enough}
    period: P2Y
    anchor: end_of_calendar_year
    record_class: accounting
    checked_on: 2026-01-01
    confidence: high
    overrides:
      rule: fi.accounting.voucher
      because: the tax office agreed in writing
      by: dpo
      on: 2026-10-01
  - id: acme.access
    kind: right
    effect: allow
    citation: [House rule 2]
    title: {en: Access}
    text: {en: at once}
    clock: {n: 9, unit: calendar_day}
    verification: account
    checked_on: 2026-01-01
    confidence: high
    overrides: {rule: gdpr.access, because: we are quicker, by: dpo, on: 2026-10-01}
"""
KEPT = SOURCE.replace(
    "email: {category: user.contact.email, activities: [orders]VISIT}",
    "email: {category: user.contact.email, activities: [orders]}\n"
    "      at: {category: none}\n"
    "    retention: {rule: fi.accounting.voucher, anchor: date_of(at), fields: [id, email]}",
)
VISITED = "ALTER TABLE visits ADD COLUMN at TEXT; UPDATE visits SET at = date('now', '-5 years');"
WORDS = (
    "`acme.voucher` overrides the statutory minimum `fi.accounting.voucher`: "
    "the tax office agreed in writing (dpo, 2026-10-01)"
)


def made(folder, *, source=KEPT):
    (folder / "policies").mkdir()
    (folder / "policies" / "ours.yaml").write_text(OWN)
    build(folder, source=source, extra_sql=VISITED)


def test_a_shortened_minimum_is_in_the_plan_and_on_the_certificate(tmp_path):
    made(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        plan = confirmed_plan(engine, request)
        assert [held["words"] for held in plan["overrides"]] == [WORDS]
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        folder = engine.requests.certificate(request)
        engine.requests.deliver(request, channel="post", actor="dpo")  # a later one says it, too
        later = engine.requests.certificate(request)
    assert rows(tmp_path, "SELECT email FROM visits WHERE id = 1") == []
    for held in {folder, later}:
        page = (held / "certificate.html").read_text()
        assert "the statutory minimum period fi.accounting.voucher" in page
        assert "the tax office agreed in writing" in page
        assert '"acme.voucher"' in (held / "certificate.json").read_text()


@pytest.mark.parametrize("name", ["fi.accounting.voucher", "acme.voucher"])
def test_while_nobody_has_adopted_the_override_the_law_keeps(tmp_path, name):
    made(tmp_path, source=KEPT.replace("fi.accounting.voucher", name))
    (tmp_path / "policies" / "ours.yaml").write_text(OWN.replace("are enough", "must do"))
    with opened(tmp_path) as engine:
        request = erased(engine, {"email": "one@a.example"})
        folder = engine.requests.certificate(request)
    assert rows(tmp_path, "SELECT email FROM visits WHERE id = 1") == [("one@a.example",)]
    assert "acme.voucher" not in (folder / "certificate.json").read_text()


def test_an_overridden_clock_counts_and_is_in_the_answer(tmp_path):
    made(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        held = engine.requests.get(request)
        assert (held.due_at.date() - held.received_at.date()).days in {9, 10}
        plan = confirmed_plan(engine, request)
        assert [one["own"] for one in plan["overrides"]] == ["acme.access"]
        list(engine.requests.run(request, actor="dpo"))
        out = engine.requests.export(request, tmp_path / "out", actor="dpo")
    told = json.loads((out / "data.json").read_text())["overrides"]
    assert [(one["own"], one["because"]) for one in told] == [("acme.access", "we are quicker")]
    assert "the right gdpr.access: we are quicker" in (out / "index.html").read_text()
