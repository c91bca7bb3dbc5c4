"""The main job on the small company, told as it happens.

(1) the company is built, its register put in force, the rules adopted
(2) an access request: found, reviewed, answered
(3) an erasure: planned, approved by a second person, carried out
(4) a leftover is planted, and the re-read fails; it is taken away, and the re-read passes
(5) the certificate and the log are verified from their files alone
(6) what is left, where, and until when
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govreg.audit.verify import verify_folder
from govreg.clock import Clock
from govreg.demo.company import Company, build_company, write_workspace
from govreg.demo.proof import by_hand, leave_behind, orders_of, others_hash, take_away
from govreg.engine import Engine, load_rules, open_engine, open_store
from govreg.errors import UsageProblem
from govreg.migrations.upgrade import upgrade
from govreg.plugins import announced
from govreg.policy.adopt import write_adopted
from govreg.progress import SILENT, Progress, working
from govreg.register.canonical import register_document
from govreg.register.files import load_register
from govreg.register.store import apply
from govreg.reports.certificate_check import verify_certificate
from govreg.settings import load

MARK = ".govreg-demo"
DPO, SECOND = "maarit", "ville"

Say = Callable[[str], None]

FACTS = {
    "person.consent_withdrawn": True,
    "person.objects": True,
    "person.objection_upheld": True,
    "person.relationship_ended": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the demo made."""

    folder: Path
    answer: Path
    certificate: Path
    seconds: float
    state: str


def tell(
    folder: Path,
    say: Say,
    *,
    clock: Clock,
    customers: int = 2000,
    progress: Progress = SILENT,
) -> Told:
    """Run the whole story in a folder of its own.

    Raises:
        UsageProblem: the folder holds something that is no earlier demo.
    """
    began = time.perf_counter()
    _clear(folder)
    clocked = _Clocked(say)
    with clocked("the company is built"):
        with working(progress, "building the company", None):
            company = build_company(folder, today=clock().date(), customers=customers)
        write_workspace(folder)
        (folder / MARK).write_text("made by `govreg demo`; may be deleted\n", encoding="utf-8")
    _describe(company, say)
    with clocked("the register is in force, the rules are adopted"):
        _set_up(folder, clock)
    orders = orders_of(company)
    before = others_hash(company, orders)
    with open_engine(folder, clock=clock, progress=progress) as engine:
        answer = _access(engine, company, say, clocked)
        certificate, state = _erasure(engine, company, say, clocked)
    after = others_hash(company, orders)
    say("")
    say("Everybody else")
    say(f"  hash of all other people's rows before: {before[:32]}…")
    say(f"  hash of all other people's rows after:  {after[:32]}…")
    say(f"  {'the same: nobody else was touched' if before == after else 'DIFFERENT: a fault'}")
    _prove(folder, certificate, say, clocked)
    _leave(folder, company, answer, certificate, say)
    seconds = time.perf_counter() - began
    say(f"\nDone in {seconds:.1f} s.")
    return Told(
        folder=folder, answer=answer, certificate=certificate, seconds=seconds, state=state
    )


class _Clocked:
    """Says how long each step took."""

    def __init__(self, say: Say) -> None:
        self.say = say

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.say(f"  [{time.perf_counter() - began:5.2f} s] {what}")


def _clear(folder: Path) -> None:
    if not folder.exists():
        return
    if not (folder / MARK).exists() and any(folder.iterdir()):
        raise UsageProblem(
            f"`{folder}` is there and is no earlier demo", "name another: `govreg demo DIR`"
        )
    shutil.rmtree(folder)


def _describe(company: Company, say: Say) -> None:
    say("")
    say("A small web shop, made up: nobody in it exists.")
    for place, count in sorted(company.counts.items()):
        say(f"  {place:24} {count:>7,} rows")
    say("")
    say("Simulated here: the identity check, the second approver, and that the demo's data")
    say("protection officer adopted the rules. Everything else is what it is in earnest.")
    say("")


def _set_up(folder: Path, clock: Clock) -> None:
    settings = load(folder)
    store = open_store(folder, settings)
    upgrade(store)
    with store.write() as connection:
        apply(connection, register_document(load_register(folder)), by=SECOND, at=clock())
    store.close()
    rules = load_rules(folder, announced()).rules.values()
    today: dt.date = clock().date()
    write_adopted(folder, rules, by=DPO, on=today)


def _access(engine: Engine, company: Company, say: Say, clocked: _Clocked) -> Path:
    say("")
    say(f"Access: {company.email} asks what is held about her (Art. 15 GDPR)")
    desk = engine.requests
    made = desk.open(kind="access", law="gdpr", identifiers={"email": company.email}, actor=DPO)
    desk.verify_identity(made.id, level="account", how="account_login", actor=DPO)
    with clocked("planned"):
        plan = desk.plan(made.id, actor=DPO)
    _found(plan, say)
    _confirm(engine, made.id, plan, say)
    texts = desk.texts(made.id, actor=SECOND)
    desk.decide_texts(
        made.id, {name: "laakso" not in text.lower() for name, _, text in texts}, actor=SECOND
    )
    say(f"  {len(texts)} free texts reviewed; those that name a third person stay out")
    desk.plan(made.id, actor=DPO)
    with clocked("the answer is written and sealed"):
        for step in desk.run(made.id, actor=DPO):
            say(f"  answer: {step.note['state']}, {step.note['rows']} rows")
    folder = desk.export(made.id, engine.workspace / "answer", actor=DPO)
    desk.deliver(made.id, channel="secure_mail", actor=DPO)
    return folder


def _found(plan: Any, say: Say) -> None:
    for found in plan["found"]:
        say(f"  found {found['rows']:>3} in {found['collection']:22} {found['reached'][0]}")


def _confirm(engine: Engine, request_id: str, plan: Any, say: Say) -> None:
    """The approver says that the other e-mail address is the same person's."""
    for candidate in plan["candidates"]:
        say(
            f"  candidate: {candidate['rows']} rows of {candidate['collection']} "
            f"({candidate['path'][0]}); {SECOND} confirms that it is her"
        )
    if plan["candidates"]:
        choices = {candidate["id"]: True for candidate in plan["candidates"]}
        engine.requests.decide_links(request_id, choices, actor=SECOND)


def _erasure(engine: Engine, company: Company, say: Say, clocked: _Clocked) -> tuple[Path, str]:
    say("")
    say("Erasure: she asks to be forgotten (Art. 17 GDPR)")
    desk = engine.requests
    made = desk.open(
        kind="erasure",
        law="gdpr",
        identifiers=[("email", company.email), ("customer_id", str(company.customer_id))],
        facts=FACTS,
        actor=DPO,
    )
    desk.verify_identity(made.id, level="account", how="account_login", actor=DPO)
    _confirm(engine, made.id, desk.plan(made.id, actor=DPO), say)
    with clocked(f"planned by {DPO}: nothing is written yet"):
        plan = desk.plan(made.id, actor=DPO)
    for action in plan["actions"]:
        say(f"  {action['action']:6} {action['rows']:>3} rows of {action['collection']}")
    for cell in plan["cells"]:
        if cell["until"]:
            say(f"  kept until {cell['until']}: {cell['collection']} ({cell['rules'][0]})")
        elif cell["code"] == "shared":
            say(f"  kept: {cell['collection']}, which is her household's too")
    desk.approve(made.id, actor=SECOND, wanted=plan["plan_hash"])
    say(f"  approved by {SECOND}, for plan {plan['plan_hash'][:16]}…")
    left = leave_behind(company)
    say("  planted: an import puts one of her newsletter events back behind our back")
    with clocked("carried out, re-read on new connections"):
        note = _run(engine, made.id)
    say(f"  the re-read finds it: {', '.join(note['failed'])} → state {_outcome(engine, made.id)}")
    take_away(company, left)
    with clocked("the event is taken away; resumed, re-read again"):
        note = _run(engine, made.id)
    say(f"  the re-read finds nothing: state {_outcome(engine, made.id)}")
    return desk.certificate(made.id), _outcome(engine, made.id)


def _run(engine: Engine, request_id: str) -> Any:
    notes = {step.name: step.note for step in engine.requests.run(request_id, actor=DPO)}
    return notes["verify"]


def _outcome(engine: Engine, request_id: str) -> str:
    return str(engine.requests.get(request_id).outcome)


def _prove(folder: Path, certificate: Path, say: Say, clocked: _Clocked) -> None:
    say("")
    say("Proof, from the files alone")
    key = (certificate / "public-key.txt").read_text(encoding="utf-8")
    with clocked("certificate and log verified"):
        report = verify_certificate(certificate / "certificate.json", key_text=key)
        log = verify_folder(folder / ".govreg" / "audit", key)
    say(f"  certificate {report.certificate_id}: nothing is wrong with it, {report.state}")
    for line in log.statement.splitlines():
        say(f"  {line}")


def _leave(folder: Path, company: Company, answer: Path, certificate: Path, say: Say) -> None:
    say("")
    say("What may still hold her data, and until when: on the certificate, under residue:")
    say(
        "  backups, replicas and the archive's off-site copy, each with its date; the file system."
    )
    say("")
    say("Open")
    say(f"  the answer she gets       {answer / 'index.html'}")
    say(f"  the erasure certificate   {certificate / 'certificate.html'}")
    say(f"  what the register says    {folder / 'sources'}")
    say("")
    say("Check it yourself, without govreg (both must find nothing):")
    for command in by_hand(company):
        say(f"  {command}")
    say("And with it:")
    say(
        f"  govreg erasure verify {certificate / 'certificate.json'} "
        f"--key {certificate / 'public-key.txt'}"
    )
    say(f"  govreg --workspace {folder} audit verify")
