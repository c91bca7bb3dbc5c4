"""Checking a log: from its published files and a public key alone, or over the rows of a store.

- Every entry is hashed again; the root over them must be the one that the checkpoint's signature
  covers.
- What else is stored or published of the tree must agree with it.
- An `earlier` checkpoint is one that somebody kept elsewhere. The log must extend it: otherwise it
  was forked, or cut back. Without one the operator, who holds the key, could have written the log
  anew.
- Each fault has its own code; a log is never "probably fine".

Not done here: reading what the entries say. Their bytes are what is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from govreg.audit.checkpoint import Checkpoint, open_signed
from govreg.audit.fault import refuse_entries
from govreg.audit.published import (
    compare_tiles,
    hash_entries,
    published_leaves,
    read_checkpoint,
    tile_nodes,
)
from govreg.audit.rows import check_columns, check_roots, compare_nodes, read_rows, stored_notes
from govreg.audit.signature import VerifyKey, read_keys
from govreg.audit.tree import Tree
from govreg.errors import IntegrityProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was checked, of a log in which nothing was found wrong."""

    origin: str
    size: int
    """Entries under the checkpoint's signature."""
    root_hex: str
    key_id: str
    """Ids of the keys whose signatures are good, in hex."""
    witnessed: bool = False
    """Whether a checkpoint from outside was given, and held."""
    earlier_size: int | None = None
    """How many entries that checkpoint covers."""
    unsigned: int = 0
    """Entries in the store that no checkpoint covers yet."""
    checked: tuple[str, ...] = ()
    """What was compared, in words."""

    @property
    def statement(self) -> str:
        """What may be said of the log, and what may not."""
        sentences = [
            f"`{self.origin}` holds {self.size} entries, signed by key {self.key_id}",
            f"root: {self.root_hex}",
            f"checked: {', '.join(self.checked)}",
        ]
        if self.unsigned:
            sentences.append(f"{self.unsigned} later entries are not signed yet")
        if not self.witnessed:
            sentences.append("unwitnessed: the operator could rewrite this log")
        elif self.earlier_size is not None and self.earlier_size < self.size:
            sentences.append(
                f"it extends the earlier checkpoint of {self.earlier_size} entries; "
                f"the operator could still rewrite the {self.size - self.earlier_size} after it"
            )
        else:
            sentences.append(f"it is as the earlier checkpoint of {self.size} entries has it")
        return "\n".join(sentences)


def verify_folder(folder: Path, key_text: str, *, earlier: str | None = None) -> Report:
    """Check a published log; needs no store, no engine and no network.

    `key_text` holds public keys, one a line; `earlier` is the note of a checkpoint kept elsewhere.
    Steps: (1) the checkpoint's signature (2) not cut back behind `earlier` (3) every entry hashed
    again (4) to the signed root (5) every tile of hashes (6) `earlier` extended. Where the key and
    `earlier` come from is the caller's duty: not from this folder.

    Raises:
        NotFound: if there is no such folder.
        IntegrityProblem: `malformed`, `checkpoint_missing`, `wrong_key`, `wrong_origin`,
            `bad_signature`, `proves_nothing`, `rolled_back`, `entry_missing`, `log_truncated`,
            `entries_reordered`, `entry_changed`, `tile_mismatch`, `forked`.
    """
    # (1): the signature
    keys = read_keys(key_text)
    checkpoint, signers = _opened(read_checkpoint(folder), keys)
    # (2): not cut back
    past = _open_earlier(earlier, keys, checkpoint)
    # (3): every entry hashed again
    computed = hash_entries(folder, checkpoint.size)
    # (4): to the signed root
    if computed.root() != checkpoint.root:
        refuse_entries(
            computed,
            checkpoint,
            leaves=published_leaves(folder, checkpoint.size),
            node=tile_nodes(folder, checkpoint.size),
        )
    # (5): every tile of hashes
    compare_tiles(folder, computed)
    # (6): the earlier checkpoint extended
    _check_extends(past, computed)
    return _report(checkpoint, signers, past, checked=("signature", "entries", "hash tiles"))


def verify_store(
    connection: sa.Connection, key: VerifyKey, *retired: VerifyKey, earlier: str | None = None
) -> Report:
    """Check the rows of a store's log, under its present key and the retired ones.

    Steps: (1) every stored checkpoint's signature (2) not cut back behind `earlier` (3) every
    entry hashed again (4) to every signed root (5) stored hashes and times (6) `earlier` extended.

    Raises:
        IntegrityProblem: with the codes of `verify_folder`.
    """
    # (1): the signatures
    keys = (key, *retired)
    opened = [_opened(note, keys) for note in stored_notes(connection)]
    opened.sort(key=lambda each: each[0].size)  # by what was signed, not by where it stands
    checkpoint, signers = opened[-1]
    # (2): not cut back
    past = _open_earlier(earlier, keys, checkpoint)
    # (3): every entry hashed again
    rows = read_rows(connection, checkpoint.size)
    # (4): to every signed root
    check_roots(connection, rows, [each for each, _ in opened])
    # (5): stored hashes and times
    check_columns(rows, checkpoint.size)
    compare_nodes(connection, rows.computed)
    # (6): the earlier checkpoint extended
    _check_extends(past, rows.computed)
    return _report(
        checkpoint,
        signers,
        past,
        unsigned=rows.computed.size - checkpoint.size,
        checked=(f"{len(opened)} checkpoints", "entries", "stored hashes"),
    )


def _opened(note: str, keys: Sequence[VerifyKey]) -> tuple[Checkpoint, tuple[VerifyKey, ...]]:
    try:
        return open_signed(note, keys)
    except IntegrityProblem as problem:
        if problem.code != "unknown_key":
            raise
        raise IntegrityProblem(
            "wrong_key", "the checkpoint is not signed by the key given", *problem.details
        ) from None


def _open_earlier(
    earlier: str | None, keys: Sequence[VerifyKey], checkpoint: Checkpoint
) -> Checkpoint | None:
    if earlier is None:
        return None
    past, _ = _opened(earlier, keys)
    if past.origin != checkpoint.origin:
        raise IntegrityProblem(
            "wrong_origin", f"the earlier checkpoint is of the log `{past.origin}`"
        )
    if past.size == 0:
        raise IntegrityProblem(
            "proves_nothing",
            "every log extends an empty one, so the earlier checkpoint is no evidence",
        )
    if past.size > checkpoint.size:
        raise IntegrityProblem(
            "rolled_back",
            f"the log has `{checkpoint.size}` entries, the earlier checkpoint `{past.size}`",
        )
    return past


def _check_extends(past: Checkpoint | None, computed: Tree) -> None:
    if past is not None and computed.root(past.size) != past.root:
        raise IntegrityProblem(
            "forked",
            f"the log's first `{past.size}` entries are not those of the earlier checkpoint",
            "both are signed: keep both, together they show that the log was written anew",
        )


def _report(
    checkpoint: Checkpoint,
    signers: Sequence[VerifyKey],
    past: Checkpoint | None,
    *,
    checked: tuple[str, ...],
    unsigned: int = 0,
) -> Report:
    return Report(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root_hex=checkpoint.root.hex(),
        key_id=" ".join(key.key_id.hex() for key in signers),
        witnessed=past is not None,
        earlier_size=None if past is None else past.size,
        unsigned=unsigned,
        checked=checked if past is None else (*checked, "earlier checkpoint"),
    )
