"""Some thousand people checked for one activity: by their ids, out of the ledger itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import sqlalchemy as sa

from govreg.bulk.duck import duck
from govreg.bulk.snapshot import SCHEMA
from govreg.bulk.snapshot_build import COLUMNS, columns_of, with_ends
from govreg.bulk.standing import Use, Verdict, fold_into, of_nobody, verdict_of, verdicts_into
from govreg.choices.judging import Judging
from govreg.choices.subset import judge_of, rests_on_consent
from govreg.clock import to_millis
from govreg.consent.model import EVERYTHING
from govreg.loading import rows_among
from govreg.requests.parts import Parts
from govreg.subjects.suppression import covered
from govreg.subjects.survivors import existing, merged, with_aliases


def check(
    parts: Parts, judging: Judging, subjects: Sequence[str], activity: str, use: Use
) -> Mapping[str, Verdict]:
    """What people's choices say of an activity, for each of some ids.

    Raises:
        NotFound: no such activity.
        UsageProblem: the extra `bulk` is not installed.
    """
    consent = rests_on_consent(parts, activity)
    now = to_millis(parts.clock())
    scratch = parts.workspace / ".govreg" / "copies" / "scratch"
    with duck(scratch) as db, parts.store.read() as connection:
        aliases = merged(connection)
        now_is = {one: aliases.get(one, one) for one in subjects}
        names = with_aliases(connection, sorted(set(now_is.values())))  # in the indexes' order
        fold_into(
            db,
            (),
            _events(connection, list(names), activity),
            aliases=aliases,
            now=now,
            zone=parts.settings.time_zone,
            judge=judge_of(judging, connection, activity),
        )
        listed = sorted({names[one] for one in covered(connection, list(names), activity, now)})
        verdicts_into(
            db, dict.fromkeys(listed, Verdict.SUPPRESSED), use=use, rests_on_consent=consent
        )
        found = {one: verdict_of(why) for one, why in db.execute("FROM verdict").fetchall()}
        silent = {one for one in now_is.values() if one not in found}
        nobody = dict.fromkeys(existing(connection, silent), of_nobody(rests_on_consent=consent))
    known = found | nobody
    return {one: known.get(now_is[one], Verdict.NOT_MAPPED) for one in subjects}


def _events(
    connection: sa.Connection, names: Sequence[str], activity: str
) -> Iterator[pa.RecordBatch]:
    rows = list(rows_among(connection, _EVENTS, names, activity))
    if rows:
        yield from with_ends(pa.table(columns_of(rows), schema=SCHEMA)).to_batches()


_EVENTS = (
    f"SELECT {', '.join(one.name for one in COLUMNS)} "  # noqa: S608
    f"FROM consent_event WHERE activity IN (?, '{EVERYTHING}') AND subject_id {{among}}"
)
