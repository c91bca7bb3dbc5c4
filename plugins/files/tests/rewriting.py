"""Rewrite a file as a plan would: rows are looked for by key, then named by number."""

from govreg_files.format import Edit


def rewritten(form, path, target, layout, key, actions):
    """How many rows were changed or left out; `actions` are new values by key, or None."""
    read = [r for b in form.batches(path, layout, list(layout.columns)) for r in b.to_pylist()]
    edits = {}
    for number, row in enumerate(read):
        at = tuple(row[name] for name in key)
        if at in actions:
            edits[number] = Edit(seen={name: row[name] for name in key}, values=actions[at])
    assert form.rewrite(path, target, layout, edits) == len(read)
    return len(edits)
