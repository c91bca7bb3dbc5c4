import datetime as dt
import shutil

import pytest

from govreg.audit.checkpoint import Checkpoint, seal_checkpoint
from govreg.audit.entry import Entry
from govreg.audit.layout import decode_bundle, encode_bundle
from govreg.audit.signature import SigningKey
from govreg.audit.tiles import publish
from govreg.audit.tree import Tree, leaf_hash
from govreg.audit.verify import verify_folder, verify_store
from govreg.errors import IntegrityProblem, NotFound

UNWITNESSED = "unwitnessed: the operator could rewrite this log"
LIE = Entry(
    at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), action="nothing.happened", actor="mallory"
).encode()


def refusal(call, *values, **named):
    with pytest.raises(IntegrityProblem) as caught:
        call(*values, **named)
    return caught.value


def put(log, folder):
    with log.store.read() as connection:
        publish(connection, folder)


@pytest.fixture
def folder(log, tmp_path):
    """600 entries published at 5, 300 and 600."""
    made = tmp_path / "audit"
    for count in (5, 295, 300):
        log.grow(count)
        put(log, made)
    return made


def change(folder, name, edit):
    """Rewrite a published file of entries, or of hashes, as a list."""
    file = folder / name
    raw = file.read_bytes()
    if "entries" in name:
        file.write_bytes(encode_bundle(edit(decode_bundle(raw))))
    else:
        file.write_bytes(b"".join(edit([raw[at : at + 32] for at in range(0, len(raw), 32)])))


def replace(index, value):
    return lambda items: [*items[:index], value, *items[index + 1 :]]


def drop(index):
    return lambda items: [*items[:index], *items[index + 1 :]]


def swap(one, other):
    def edit(items):
        items[one], items[other] = items[other], items[one]
        return items

    return edit


def seal(log, entries, size):
    """What the operator, who holds the key, can sign at any time."""
    root = Tree(map(leaf_hash, entries)).root(size)
    return seal_checkpoint(Checkpoint(origin=log.origin, size=size, root=root), log.key)


# Logs in which nothing is wrong


def test_an_untouched_folder(log, folder):
    report = verify_folder(folder, log.key_text)
    assert (report.origin, report.size, report.witnessed) == (log.origin, 600, False)
    assert report.key_id == log.verify_key.key_id.hex()
    assert (
        report.root_hex
        == Tree(leaf_hash(log.entry(each).encode()) for each in range(600)).root().hex()
    )
    assert report.checked == ("signature", "entries", "hash tiles")
    assert UNWITNESSED in report.statement


def test_a_folder_that_extends_an_earlier_checkpoint(log, tmp_path):
    earlier = log.grow(5)
    log.grow(7)
    put(log, tmp_path / "audit")
    report = verify_folder(tmp_path / "audit", log.key_text, earlier=earlier)
    assert (report.witnessed, report.earlier_size) == (True, 5)
    assert UNWITNESSED not in report.statement
    assert "could still rewrite the 7 after it" in report.statement


def test_a_folder_that_is_as_the_earlier_checkpoint_has_it(log, tmp_path):
    note = log.grow(5)
    put(log, tmp_path / "audit")
    report = verify_folder(tmp_path / "audit", log.key_text, earlier=note)
    assert "it is as the earlier checkpoint of 5 entries has it" in report.statement


def test_a_folder_needs_nothing_but_itself(log, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    log.store.close()
    (tmp_path / "register.db").unlink()
    assert verify_folder(tmp_path / "copy", log.key_text).size == 600


def test_a_folder_whose_next_publication_broke_off(log, folder):
    before = (folder / "checkpoint").read_bytes()
    log.grow(5)
    put(log, folder)
    (folder / "checkpoint").write_bytes(before)
    assert verify_folder(folder, log.key_text).size == 600


def test_a_folder_after_a_change_of_key(log, tmp_path):
    earlier = log.grow(3)
    new = SigningKey(bytes(32))
    log.add(1)
    log.sign(key=new, retired=[log.verify_key])
    put(log, tmp_path / "audit")
    keys = f"{new.verify_key(log.origin).to_text()}\n{log.key_text}\n"
    assert verify_folder(tmp_path / "audit", keys, earlier=earlier).witnessed
    assert refusal(verify_folder, tmp_path / "audit", log.key_text).code == "wrong_key"


def test_an_untouched_store(log):
    earlier = log.grow(5)
    log.grow(20)
    log.add(2)
    with log.store.read() as connection:
        report = verify_store(connection, log.verify_key)
        assert (report.size, report.unsigned, report.witnessed) == (25, 2, False)
        assert report.checked == ("2 checkpoints", "entries", "stored hashes")
        assert "2 later entries are not signed yet" in report.statement
        assert UNWITNESSED in report.statement
        witnessed = verify_store(connection, log.verify_key, earlier=earlier)
    assert witnessed.witnessed
    assert UNWITNESSED not in witnessed.statement


@pytest.mark.postgresql
def test_store_and_folder_on_postgresql(postgresql_log, tmp_path):
    log = postgresql_log
    log.grow(300)
    put(log, tmp_path)
    with log.store.read() as connection:
        report = verify_store(connection, log.verify_key)
    assert report.root_hex == verify_folder(tmp_path, log.key_text).root_hex
    log.run('UPDATE audit_entry SET body = :body WHERE "index" = 17', body=LIE)
    with log.store.read() as connection:
        assert "entry `17`" in refusal(verify_store, connection, log.verify_key).message


# Attacks on the published files


FOLDER_ATTACKS = {
    "entry_rewritten": ("entry_changed", "entry `300`", [("tile/entries/001", replace(44, LIE))]),
    "entry_rewritten_with_its_leaf_hash": (
        "entry_changed",
        "between `256` and `511`",
        [("tile/entries/001", replace(44, LIE)), ("tile/0/001", replace(44, leaf_hash(LIE)))],
    ),
    "last_entry_rewritten": (
        "entry_changed",
        "entry `599`",
        [("tile/entries/002.p/88", replace(87, LIE))],
    ),
    "entries_swapped": ("entries_reordered", "entry `3`", [("tile/entries/000", swap(3, 200))]),
    "entry_cut_out": ("entry_missing", "entry `300`", [("tile/entries/001", drop(44))]),
    "entry_cut_out_of_the_last_bundle": (
        "entry_missing",
        "entry `520`",
        [("tile/entries/002.p/88", drop(8))],
    ),
    "last_entries_cut_off": (
        "log_truncated",
        "`597` entries",
        [("tile/entries/002.p/88", lambda items: items[:-3])],
    ),
    "last_entries_cut_off_with_their_hashes": (
        "log_truncated",
        "`597` entries",
        [
            ("tile/entries/002.p/88", lambda items: items[:-3]),
            ("tile/0/002.p/88", lambda items: items[:-3]),
        ],
    ),
    "entry_slipped_in": (
        "malformed",
        "more entries",
        [("tile/entries/001", lambda items: [*items, LIE])],
    ),
    "leaf_hash_rewritten": (
        "tile_mismatch",
        "tile/0/001",
        [("tile/0/001", replace(9, bytes(32)))],
    ),
    "upper_hash_rewritten": (
        "tile_mismatch",
        "tile/1/000.p/2",
        [("tile/1/000.p/2", replace(1, bytes(32)))],
    ),
    "hash_cut_off": (
        "tile_mismatch",
        "tile/0/002.p/88",
        [("tile/0/002.p/88", lambda items: items[:-1])],
    ),
    "earlier_hashes_rewritten": (
        "tile_mismatch",
        "tile/0/000.p/5",
        [("tile/0/000.p/5", replace(2, bytes(32)))],
    ),
    "earlier_bundle_rewritten": (
        "tile_mismatch",
        "tile/entries/000.p/5",
        [("tile/entries/000.p/5", replace(2, LIE))],
    ),
}


@pytest.mark.parametrize("attack", FOLDER_ATTACKS)
def test_attack_on_a_folder(log, folder, attack):
    code, words, edits = FOLDER_ATTACKS[attack]
    for name, edit in edits:
        change(folder, name, edit)
    problem = refusal(verify_folder, folder, log.key_text)
    assert problem.code == code
    assert words in problem.message


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("checkpoint", "checkpoint_missing"),
        ("tile/entries/000", "entry_missing"),
        ("tile/entries/001", "entry_missing"),
        ("tile/entries/002.p/88", "log_truncated"),
        ("tile/0/000", "tile_mismatch"),
        ("tile/1/000.p/2", "tile_mismatch"),
    ],
)
def test_a_file_removed(log, folder, name, code):
    (folder / name).unlink()
    assert refusal(verify_folder, folder, log.key_text).code == code


def test_the_last_two_bundles_removed(log, folder):
    (folder / "tile/entries/001").unlink()
    (folder / "tile/entries/002.p/88").unlink()
    problem = refusal(verify_folder, folder, log.key_text)
    assert (problem.code, "`256` entries" in problem.message) == ("log_truncated", True)


@pytest.mark.parametrize("name", ["tile/entries/000", "tile/entries/002.p/88"])
def test_a_bundle_of_noise(log, folder, name):
    (folder / name).write_bytes(b"\xff" * 99)
    assert refusal(verify_folder, folder, log.key_text).code == "malformed"


@pytest.mark.parametrize(
    ("name", "size"), [("tile/entries/001", 256), ("tile/0/001", 256), ("tile/0/002.p/88", 88)]
)
def test_any_flipped_bit_is_found(log, folder, name, size):
    raw = bytearray((folder / name).read_bytes())
    for place in (0, 1, len(raw) // 2, len(raw) - 1):
        raw[place] ^= 1
        (folder / name).write_bytes(raw)
        refusal(verify_folder, folder, log.key_text)
        raw[place] ^= 1
    (folder / name).write_bytes(raw)
    verify_folder(folder, log.key_text)


def test_the_checkpoint_of_another_key(log, folder):
    other = SigningKey(bytes(32)).verify_key(log.origin).to_text()
    assert refusal(verify_folder, folder, other).code == "wrong_key"


def test_the_signature_is_of_another_checkpoint(log, folder):
    text = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(text.replace("\n600\n", "\n599\n"))
    assert refusal(verify_folder, folder, log.key_text).code == "bad_signature"


def test_the_log_of_another_origin_under_the_same_key_name(log, folder):
    checkpoint = Checkpoint(origin="else.example", size=1, root=bytes(32))
    note = seal_checkpoint(checkpoint, log.key)
    (folder / "checkpoint").write_text(note)
    assert refusal(verify_folder, folder, log.key_text).code == "wrong_key"


def test_noise_for_a_checkpoint_and_for_a_key(log, folder):
    assert refusal(verify_folder, folder, "noise").code == "malformed"
    (folder / "checkpoint").write_text("paid in full\n")
    assert refusal(verify_folder, folder, log.key_text).code == "malformed"


def test_no_folder(log, tmp_path):
    with pytest.raises(NotFound):
        verify_folder(tmp_path / "nowhere", log.key_text)


# Attacks by the operator, who holds the key: only an earlier checkpoint from outside shows them


@pytest.fixture
def rewritten(log, tmp_path):
    """The whole log written anew with one entry changed, properly signed and published."""
    bodies = [log.entry(number).encode() for number in range(12)]
    bodies[4] = LIE
    folder = tmp_path / "rewritten"
    (folder / "tile/entries/000.p").mkdir(parents=True)
    (folder / "tile/0/000.p").mkdir(parents=True)
    (folder / "tile/entries/000.p/12").write_bytes(encode_bundle(bodies))
    (folder / "tile/0/000.p/12").write_bytes(b"".join(map(leaf_hash, bodies)))
    (folder / "checkpoint").write_text(seal(log, bodies, 12))
    return folder


def test_a_log_written_anew_verifies_but_says_unwitnessed(log, rewritten):
    assert UNWITNESSED in verify_folder(rewritten, log.key_text).statement


def test_a_log_written_anew_is_forked_from_an_earlier_checkpoint(log, rewritten):
    assert not verify_folder(rewritten, log.key_text).witnessed
    earlier = log.grow(8)
    assert refusal(verify_folder, rewritten, log.key_text, earlier=earlier).code == "forked"


def test_a_fork_after_the_earlier_checkpoint_goes_unseen(log, rewritten):
    report = verify_folder(rewritten, log.key_text, earlier=log.grow(4))
    assert "could still rewrite the 8 after it" in report.statement


def test_a_log_put_back_to_an_earlier_publication_is_rolled_back(log, folder, tmp_path):
    old = tmp_path / "old"
    (old / "tile/entries/000.p").mkdir(parents=True)
    (old / "tile/0/000.p").mkdir(parents=True)
    for name in ("tile/entries/000.p/5", "tile/0/000.p/5"):
        shutil.copy(folder / name, old / name)
    bodies = [log.entry(number).encode() for number in range(5)]
    (old / "checkpoint").write_text(seal(log, bodies, 5))
    assert verify_folder(old, log.key_text).size == 5
    kept = (folder / "checkpoint").read_text()
    assert refusal(verify_folder, old, log.key_text, earlier=kept).code == "rolled_back"


def test_an_earlier_checkpoint_of_an_empty_log_proves_nothing(log, folder):
    empty = seal(log, [], 0)
    assert refusal(verify_folder, folder, log.key_text, earlier=empty).code == "proves_nothing"


def test_an_earlier_checkpoint_that_is_not_the_logs_own(log, folder):
    checkpoint = Checkpoint(origin=log.origin, size=5, root=bytes(32))
    foreign = seal_checkpoint(checkpoint, SigningKey(bytes(32)))
    assert refusal(verify_folder, folder, log.key_text, earlier=foreign).code == "wrong_key"
    other = log.key.verify_key("else.example")
    note = seal_checkpoint(Checkpoint(origin="else.example", size=5, root=bytes(32)), log.key)
    keys = f"{log.key_text}\n{other.to_text()}"
    assert refusal(verify_folder, folder, keys, earlier=note).code == "wrong_origin"
    assert refusal(verify_folder, folder, log.key_text, earlier="noise").code == "malformed"


# Attacks on the store's rows


STORE_ATTACKS = {
    "entry_rewritten": (
        "entry_changed",
        "entry `7`",
        ['UPDATE audit_entry SET body = :body WHERE "index" = 7'],
    ),
    "entry_rewritten_with_its_leaf_hash": (
        "entry_changed",
        "between `6` and `7`",
        ['UPDATE audit_entry SET body = :body, leaf = :leaf WHERE "index" = 7'],
    ),
    "everything_rewritten_but_the_checkpoints": (
        "entry_changed",
        "between `5` and `11`",
        [
            'UPDATE audit_entry SET body = :body, leaf = :leaf WHERE "index" = 7',
            "DELETE FROM audit_node",
        ],
    ),
    "entries_swapped": (
        "entries_reordered",
        "entry `6`",
        [
            'UPDATE audit_entry SET body = CASE "index" WHEN 6 THEN :nine ELSE :six END WHERE "index" IN (6, 9)'
        ],
    ),
    "entry_removed": ("entry_missing", "entry `7`", ['DELETE FROM audit_entry WHERE "index" = 7']),
    "first_entry_removed": (
        "entry_missing",
        "entry `0`",
        ['DELETE FROM audit_entry WHERE "index" = 0'],
    ),
    "entry_removed_and_the_rest_moved_up": (
        "log_truncated",
        "`24` entries",
        [
            'DELETE FROM audit_entry WHERE "index" = 7',
            'UPDATE audit_entry SET "index" = -"index" WHERE "index" > 7',
            'UPDATE audit_entry SET "index" = -"index" - 1 WHERE "index" < 0',
        ],
    ),
    "last_entries_removed": (
        "log_truncated",
        "`20` entries",
        ['DELETE FROM audit_entry WHERE "index" >= 20'],
    ),
    "all_entries_removed": ("log_truncated", "`0` entries", ["DELETE FROM audit_entry"]),
    "all_checkpoints_removed": (
        "checkpoint_missing",
        "no checkpoint",
        ["DELETE FROM audit_checkpoint"],
    ),
    "leaf_hash_rewritten": (
        "tile_mismatch",
        "entry `7`",
        ['UPDATE audit_entry SET leaf = :leaf WHERE "index" = 7'],
    ),
    "tree_hash_rewritten": (
        "tile_mismatch",
        "level `2`, index `1`",
        ['UPDATE audit_node SET hash = :leaf WHERE level = 2 AND "index" = 1'],
    ),
    "tree_hash_removed": (
        "tile_mismatch",
        "level `2`, index `1`",
        ['DELETE FROM audit_node WHERE level = 2 AND "index" = 1'],
    ),
    "entry_moved_in_time": (
        "entry_changed",
        "stored time of entry `7`",
        ['UPDATE audit_entry SET at = at + 86400000 WHERE "index" = 7'],
    ),
    "checkpoint_edited": (
        "bad_signature",
        "does not belong to this text",
        [
            "UPDATE audit_checkpoint SET note = replace(note, char(10) || '12' || char(10), char(10) || '13' || char(10))"
        ],
    ),
}


@pytest.mark.parametrize("attack", STORE_ATTACKS)
def test_attack_on_a_store(log, attack):
    code, words, statements = STORE_ATTACKS[attack]
    for count in (5, 7, 13):
        log.grow(count)
    six, nine = log.entry(6).encode(), log.entry(9).encode()
    values = {"body": LIE, "leaf": leaf_hash(LIE), "six": six, "nine": nine}
    for each in statements:
        log.run(each, **{key: value for key, value in values.items() if f":{key}" in each})
    with log.store.read() as connection:
        problem = refusal(verify_store, connection, log.verify_key)
    assert problem.code == code
    assert words in problem.message


def test_an_unsigned_entry_rewritten(log):
    log.grow(5)
    log.add(3)
    log.run('UPDATE audit_entry SET body = :body WHERE "index" = 6', body=LIE)
    with log.store.read() as connection:
        problem = refusal(verify_store, connection, log.verify_key)
    assert (problem.code, "entry `6`" in problem.message) == ("entry_changed", True)


def test_the_stores_own_earlier_checkpoint_contradicts_it(log):
    log.grow(5)
    log.grow(5)
    note = seal_checkpoint(Checkpoint(origin=log.origin, size=5, root=bytes(32)), log.key)
    log.run("UPDATE audit_checkpoint SET note = :note WHERE size = 5", note=note)
    with log.store.read() as connection:
        problem = refusal(verify_store, connection, log.verify_key)
    assert (problem.code, "own checkpoint of `5`" in problem.message) == ("forked", True)


def test_a_store_under_another_key(log):
    log.grow(5)
    with log.store.read() as connection:
        problem = refusal(verify_store, connection, SigningKey(bytes(32)).verify_key(log.origin))
    assert problem.code == "wrong_key"


def test_a_store_after_a_change_of_key(log):
    log.grow(5)
    log.add(1)
    new = SigningKey(bytes(32))
    log.sign(key=new, retired=[log.verify_key])
    with log.store.read() as connection:
        assert verify_store(connection, new.verify_key(log.origin), log.verify_key).size == 6
        assert refusal(verify_store, connection, new.verify_key(log.origin)).code == "wrong_key"


def test_a_store_cut_back_with_its_checkpoints_is_rolled_back(log):
    log.grow(5)
    kept = log.grow(5)
    log.run('DELETE FROM audit_entry WHERE "index" >= 5')
    log.run("DELETE FROM audit_node")
    log.run("DELETE FROM audit_checkpoint WHERE size > 5")
    for level, index in ((1, 0), (1, 1), (2, 0)):
        tree = Tree(leaf_hash(log.entry(number).encode()) for number in range(5))
        log.run(
            "INSERT INTO audit_node VALUES (:l, :i, :h)",
            l=level,
            i=index,
            h=tree.node(level, index),
        )
    with log.store.read() as connection:
        assert UNWITNESSED in verify_store(connection, log.verify_key).statement
        assert (
            refusal(verify_store, connection, log.verify_key, earlier=kept).code == "rolled_back"
        )


def test_a_store_written_anew_is_forked(log, tmp_path):
    foreign = seal(log, [LIE] * 3, 3)
    log.grow(5)
    with log.store.read() as connection:
        assert refusal(verify_store, connection, log.verify_key, earlier=foreign).code == "forked"
