"""Publishing the log as static files that anyone can serve, mirror and check.

- Only what a signed checkpoint covers is published, the checkpoint last: a reader never sees one
  whose files are not there yet.
- Files other than `checkpoint` are written once. Where one stands with other bytes, publishing
  stops.
- A folder that holds a checkpoint later than the store's, or of another history, is left as it is:
  a store put back from a backup must not overwrite the evidence.
- Tiles of an earlier width stay, because an earlier checkpoint still needs them.
- Running it again after a crash completes what is missing.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import sqlalchemy as sa

from govreg.audit.checkpoint import Checkpoint, read_unchecked
from govreg.audit.layout import (
    CHECKPOINT,
    TILE_HEIGHT,
    Tile,
    encode_bundle,
    entry_bundles,
    hash_tiles,
)
from govreg.audit.log import latest_checkpoint, read_bodies, root_at
from govreg.audit.tables import audit_entry, audit_node
from govreg.errors import IntegrityProblem, NotFound


def publish(connection: sa.Connection, folder: Path, *, recheck: bool = False) -> tuple[str, ...]:
    """Write what the latest checkpoint covers and `folder` lacks; answers the files written.

    Full tiles that an earlier run published are not read again unless `recheck` says so.

    Raises:
        NotFound: if no checkpoint has been signed yet.
        IntegrityProblem: `tile_mismatch` if a file stands with other bytes; `rolled_back` or
            `forked` if the folder's checkpoint does not belong to this store's past; `malformed`.
    """
    note = latest_checkpoint(connection)
    if note is None:
        raise NotFound("no checkpoint has been signed yet", "sign one before publishing")
    checkpoint = read_unchecked(note)
    published = _published_size(connection, folder, checkpoint)
    written = []
    for tile in (*entry_bundles(checkpoint.size), *hash_tiles(checkpoint.size)):
        target = folder / tile.path
        if tile.full and not recheck and _end(tile) <= published and target.exists():
            continue
        if _write_once(folder, tile, _content(connection, tile)):
            written.append(tile.path)
    target = folder / CHECKPOINT
    if not target.exists() or target.read_bytes() != note.encode():
        _write(target, note.encode())
        written.append(CHECKPOINT)
    return tuple(written)


def _published_size(connection: sa.Connection, folder: Path, checkpoint: Checkpoint) -> int:
    """The size that the folder shows already, once it is known to be this log's past."""
    try:
        text = (folder / CHECKPOINT).read_bytes().decode()
    except FileNotFoundError:
        return 0
    except UnicodeDecodeError:
        raise IntegrityProblem("malformed", "the published checkpoint is not text") from None
    shown = read_unchecked(text)
    if shown.origin != checkpoint.origin:
        raise IntegrityProblem(
            "wrong_origin", f"the folder holds the log `{shown.origin}`", "publish elsewhere"
        )
    if shown.size > checkpoint.size:
        raise IntegrityProblem(
            "rolled_back",
            f"the folder shows `{shown.size}` entries, the store has signed `{checkpoint.size}`",
            "find out why the store is older than what it published; the folder was left as it is",
        )
    if root_at(connection, shown.size) != shown.root:
        raise IntegrityProblem(
            "forked",
            f"the folder's checkpoint of `{shown.size}` entries is not of this store's past",
            "the folder was left as it is",
        )
    return shown.size


def _end(tile: Tile) -> int:
    """How many entries the log must have for this tile to be full."""
    return (tile.start + tile.width) << (TILE_HEIGHT * (tile.level or 0))


def _content(connection: sa.Connection, tile: Tile) -> bytes:
    start, stop = tile.start, tile.start + tile.width
    if tile.level is None:
        return encode_bundle(read_bodies(connection, start, stop))
    if tile.level == 0:
        place, query = audit_entry.c.index, sa.select(audit_entry.c.leaf)
    else:
        level = audit_node.c.level == TILE_HEIGHT * tile.level
        place, query = audit_node.c.index, sa.select(audit_node.c.hash).where(level)
    hashes = connection.scalars(query.where(place >= start, place < stop).order_by(place)).all()
    if len(hashes) != tile.width:
        raise IntegrityProblem("tile_mismatch", f"the store lacks hashes of `{tile.path}`")
    return b"".join(hashes)


def _write_once(folder: Path, tile: Tile, content: bytes) -> bool:
    """Write the file unless it stands already; False if it does."""
    target = folder / tile.path
    if target.exists():
        if target.read_bytes() != content:
            raise IntegrityProblem(
                "tile_mismatch",
                f"the published file `{tile.path}` differs from the store",
                "it was left as it is; compare both with a copy from outside",
            )
        return False
    _write(target, content)
    return True


def _write(target: Path, content: bytes) -> None:
    """Write beside the target and rename, so that a reader sees the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
