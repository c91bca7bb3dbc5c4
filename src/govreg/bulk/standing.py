"""What stands for sets of people: the fold of `consent/status`, over columns.

- Of each family the event that counts by moment and place; being asked ends nothing; a guardian's
  authorisation ends with a consent that ended after it. A property test holds both forms to one
  answer.
- Whether consent counts is judged once for each circumstance, day and guardian that occurs.
- Aliases stand for whom they were merged into.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from govreg.bulk.duck import fed
from govreg.bulk.snapshot import ENDS, KINDS, SCHEMA
from govreg.consent.model import EventKind, Family

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Judge = Callable[[int, dt.date, bool], bool | None]
"""Whether consent counts, by circumstance, day and guardian; None where that is not known."""


class Use(StrEnum):
    """What is about to be done with people's data for an activity."""

    USE = "use"
    SELL_OR_SHARE = "sell_or_share"
    """1798.120 Civ. Code."""
    SENSITIVE = "sensitive"
    """Sensitive data beyond what the person expects (1798.121 Civ. Code)."""


class Verdict(StrEnum):
    """Whether a person's choices let it be done, and if not, why: the first that applies."""

    PERMITTED = "permitted"
    SUPPRESSED = "suppressed"
    NOT_WANTED = "not_wanted"
    """The person does not want to be reached by the channel."""
    RESTRICTED = "restricted"
    OBJECTS = "objects"
    OPTED_OUT = "opted_out"
    LIMITS = "limits"
    NEVER_CHOSE = "never_chose"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DOES_NOT_COUNT = "does_not_count"
    NOT_KNOWN = "not_known"
    """Consent stands, and whether it counts is not known."""
    AMBIGUOUS = "ambiguous"
    """Several people may be meant: nothing is permitted that not all of them permit."""
    NOT_MAPPED = "not_mapped"
    """Nothing says whose the row is."""


def fold_into(
    db: DuckDBPyConnection,
    rows: Iterable[pa.RecordBatch],
    more: Iterable[pa.RecordBatch] = (),
    *,
    aliases: Mapping[str, str],
    now: int,
    zone: str,
    judge: Judge,
) -> None:
    """Make the table `standing`: one row for each person that chose anything.

    Columns: `subject`, `kind` (of the event that decides, or null), `expired`, `counts` (null
    where that is not known), `objects`, `opted_out`, `limits` (null where nobody chose),
    `restricted`.

    Args:
        db: Where.
        rows: What the snapshot has of the activity: of each person and family one event.
        more: Events in the same columns, of the activity and of everything: any number.
        aliases: Subjects that stand for another one.
        now: In milliseconds; later events are left out.
        zone: The time zone whose days count.
        judge: Says whether consent counts.
    """
    alias = pa.array(list(aliases), pa.string())
    db.register("aliases", pa.table({"alias": alias, "who": pa.array(list(aliases.values()))}))
    for name, batches in (("base", rows), ("more", more)):
        with fed(db, "events", SCHEMA, batches):
            db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM events")
    db.execute(_INVOLVED)
    db.execute(_LATEST, {"now": now})
    db.execute(_CHOSEN, {"now": now})
    days = db.execute(_DAYS, {"zone": zone}).fetchall()
    db.register("judged", _judged(days, judge))
    db.execute(_STANDING, {"zone": zone})
    for name in ("base", "more", "involved", "latest", "chosen"):
        db.execute(f"DROP TABLE {name}")


def _judged(days: list[tuple[int, dt.date, bool]], judge: Judge) -> pa.Table:
    return pa.table(
        {
            "circumstance": pa.array([number for number, _, _ in days], pa.int64()),
            "day": pa.array([day for _, day, _ in days], pa.date32()),
            "guardian": pa.array([guardian for _, _, guardian in days], pa.bool_()),
            "counts": pa.array([judge(*one) for one in days], pa.bool_()),
        }
    )


_F: Final = {family: number for number, family in enumerate(Family)}
_K: Final = {kind: number for number, kind in enumerate(KINDS)}


def _of(family: Family) -> str:
    return f"arg_max(event, weight) FILTER (family = {_F[family]})"


def _among(*kinds: EventKind) -> str:
    return f"({', '.join(str(_K[kind]) for kind in kinds)})"


# Only numbers of the program's own are written into these; what is asked goes as a parameter.
# Nearly everybody has one event of consent and nothing else: they need no folding.
_INVOLVED: Final = f"""
CREATE OR REPLACE TEMP TABLE involved AS
SELECT DISTINCT subject FROM (
    SELECT subject FROM more
    UNION ALL SELECT subject FROM base WHERE family NOT IN ({_F[Family.CONSENT]}, {ENDS})
    UNION ALL SELECT alias FROM aliases
    UNION ALL SELECT who FROM aliases
)
"""  # noqa: S608
# The weight orders by moment and place in the ledger; being asked comes before everything.
_LATEST: Final = f"""
CREATE OR REPLACE TEMP TABLE latest AS
WITH told AS (
    SELECT coalesce(aliases.who, subject) AS subject, family,
           ("at"::HUGEINT << 60) + number
               - CASE WHEN kind = {_K[EventKind.REQUESTED]} THEN 1::HUGEINT << 120 ELSE 0 END
               AS weight,
           struct_pack(at := "at", number := number, kind := kind, until := until,
                       circumstance := circumstance) AS event
    FROM (FROM more UNION ALL SELECT base.* FROM base SEMI JOIN involved USING (subject)) AS events
         LEFT JOIN aliases ON aliases.alias = subject
    WHERE "at" <= $now
)
SELECT subject,
       {_of(Family.CONSENT)} AS consent,
       {_of(Family.GUARDIAN)} AS guardian,
       {_of(Family.OBJECTION)} AS objection,
       {_of(Family.SALE)} AS sale,
       {_of(Family.SENSITIVE)} AS sensitive,
       {_of(Family.AUTHORISATION)} AS auth,
       {_of(Family.RESTRICTION)} AS restriction,
       arg_max(event, weight) FILTER (family = {ENDS}) AS ended
FROM told
GROUP BY subject
"""  # noqa: S608
_CHOSEN: Final = f"""
CREATE OR REPLACE TEMP TABLE chosen AS
WITH deciding AS (
    SELECT *, CASE WHEN auth IS NULL THEN consent
                   WHEN consent IS NULL THEN auth
                   WHEN (consent."at", consent.number) > (auth."at", auth.number) THEN consent
                   ELSE auth END AS one
    FROM latest
)
SELECT subject, one.kind AS kind, one."at" AS "at", one.circumstance AS circumstance,
       coalesce(one.until <= $now, false) AS ran_out,
       guardian IS NOT NULL AND (ended IS NULL OR
           (ended."at", ended.number) <= (guardian."at", guardian.number)) AS guardian,
       coalesce(objection.kind <> {_K[EventKind.OBJECTION_ENDED]}, false) AS objects,
       sale.kind = {_K[EventKind.OPTED_OUT]} AS opted_out,
       sensitive.kind = {_K[EventKind.LIMITED]} AS limits,
       coalesce(restriction.kind = {_K[EventKind.RESTRICTED]}, false) AS restricted
FROM deciding
UNION ALL
SELECT subject, kind, "at", circumstance, coalesce(until <= $now, false), false, false, NULL, NULL,
       false
FROM base ANTI JOIN involved USING (subject)
WHERE family = {_F[Family.CONSENT]} AND "at" <= $now
"""  # noqa: S608
_GIVEN: Final = _among(EventKind.GIVEN, EventKind.RENEWED, EventKind.AUTHORISED)
_DAY: Final = """timezone($zone, timezone('UTC', epoch_ms("at")))::DATE"""
_DAYS: Final = f"""
SELECT DISTINCT circumstance, {_DAY} AS day, guardian
FROM chosen WHERE kind IN {_GIVEN} AND NOT ran_out
"""  # noqa: S608
_STANDING: Final = f"""
CREATE OR REPLACE TEMP TABLE standing AS
SELECT subject, kind, kind IN {_GIVEN} AND ran_out AS expired, judged.counts AS counts,
       objects, opted_out, limits, restricted
FROM chosen LEFT JOIN judged
     ON judged.circumstance = chosen.circumstance AND judged.day = {_DAY}
        AND judged.guardian = chosen.guardian AND kind IN {_GIVEN} AND NOT ran_out
"""  # noqa: S608

_REASONS: Final = tuple(Verdict)


def verdicts_into(
    db: DuckDBPyConnection, closed: Mapping[str, Verdict], *, use: Use, rests_on_consent: bool
) -> None:
    """Make the table `verdict` out of `standing`: `subject` and `why`, a number of `REASONS`.

    A person who never chose anything has no row: what holds for them is `of_nobody`.

    Args:
        db: Where.
        closed: Subjects for whom it is closed whatever they chose, and why.
        use: What is about to be done.
        rests_on_consent: Whether the activity's basis is consent.
    """
    names = pa.array(list(closed), pa.string())
    whys = pa.array([number_of(why) for why in closed.values()], pa.uint8())
    db.register("closed", pa.table({"subject": names, "why": whys}))
    db.execute(
        _VERDICT,
        {
            "sells": use is Use.SELL_OR_SHARE,
            "sensitive": use is Use.SENSITIVE,
            "consent": rests_on_consent,
        },
    )
    db.unregister("closed")


def of_nobody(*, rests_on_consent: bool) -> Verdict:
    """What holds for a person who never chose anything."""
    return Verdict.NEVER_CHOSE if rests_on_consent else Verdict.PERMITTED


def number_of(verdict: Verdict) -> int:
    """The number that stands for a verdict in the table `verdict`."""
    return _REASONS.index(verdict)


_why: Final = number_of


_REFUSED: Final = _among(EventKind.REFUSED)
_ENDED: Final = _among(
    EventKind.WITHDRAWN,
    EventKind.REVOKED,
    EventKind.INVALIDATED,
    EventKind.AUTHORISATION_REVOKED,
)
_VERDICT: Final = f"""
CREATE OR REPLACE TEMP TABLE verdict AS
SELECT coalesce(standing.subject, closed.subject) AS subject,
       CASE WHEN closed.why IS NOT NULL THEN closed.why
            WHEN restricted THEN {_why(Verdict.RESTRICTED)}
            WHEN objects THEN {_why(Verdict.OBJECTS)}
            WHEN $sells AND opted_out THEN {_why(Verdict.OPTED_OUT)}
            WHEN $sensitive AND limits THEN {_why(Verdict.LIMITS)}
            WHEN NOT $consent THEN {_why(Verdict.PERMITTED)}
            WHEN kind IS NULL OR kind = {_K[EventKind.REQUESTED]} THEN {_why(Verdict.NEVER_CHOSE)}
            WHEN kind IN {_REFUSED} THEN {_why(Verdict.REFUSED)}
            WHEN kind IN {_ENDED} THEN {_why(Verdict.WITHDRAWN)}
            WHEN expired OR kind = {_K[EventKind.EXPIRED]} THEN {_why(Verdict.EXPIRED)}
            WHEN counts IS NULL THEN {_why(Verdict.NOT_KNOWN)}
            WHEN counts THEN {_why(Verdict.PERMITTED)}
            ELSE {_why(Verdict.DOES_NOT_COUNT)} END::UTINYINT AS why
FROM standing FULL JOIN closed ON closed.subject = standing.subject
"""  # noqa: S608


def verdict_of(number: int) -> Verdict:
    """The verdict that a number of the table `verdict` stands for."""
    return _REASONS[number]
