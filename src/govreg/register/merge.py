"""Write a proposal into a source file: what is missing is added, what stands there stays.

- Only lines are inserted; no value or comment that somebody wrote is changed or moved.
- Each added field and link bears its reason as a comment at the end of its line.
- A field that nothing can be said about is added without a category, so that `register check`
  asks for one.
- Merging the same proposal again changes nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from govreg.register.model import Origin
from govreg.register.proposal import (
    CollectionProposal,
    FieldProposal,
    LinkProposal,
    SourceProposal,
)
from govreg.yaml12 import Document, parse, text_of

_PLAIN = re.compile(r"[^\W\d](?:[\w ./+-]*\w)?")
_NOT_PLAIN = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class _Edit:
    """Text that replaces a stretch of the file; an empty stretch is an insertion."""

    start: int
    end: int
    text: str


def merge_source(document: Document | None, proposal: SourceProposal, path: Path) -> Document:
    """The source file with everything that the proposal adds.

    Args:
        document: The file as it is; None where there is none yet.
        proposal: What was discovered or imported.
        path: Where the file will stand.

    Raises:
        ConfigurationProblem: the file is no mapping of collections.
    """
    if document is None:
        text = _head(proposal)
    else:
        _unfold(document.data, proposal)
        text = text_of(document)
    merged = _applied(text, _edits(text, proposal))
    return parse(merged, path)


def _head(proposal: SourceProposal) -> str:
    connector = proposal.connector
    lines = [
        "govreg_source: 1",
        f"source: {_scalar(proposal.name)}",
        f"title: {_scalar(proposal.title or proposal.name)}",
        f"connector: {_scalar(connector)}"
        if connector
        else "connector: sql  # assumed; correct it",
        f"config: {_flow(proposal.config)}",
        f"owner: {_scalar(proposal.owner or 'to be named')}",
        "collections: {}",
    ]
    return "\n".join(lines) + "\n"


def _unfold(data: CommentedMap, proposal: SourceProposal) -> None:
    """Give each collection that grows a line of its own for every entry, as comments need it."""
    collections = data.get("collections")
    if not isinstance(collections, CommentedMap) or not collections:
        return
    collections.fa.set_block_style()
    for wanted in proposal.collections:
        held = collections.get(wanted.name)
        if not isinstance(held, CommentedMap) or not _grows(held, wanted, collections):
            continue
        held.fa.set_block_style()
        for part in ("fields", "links"):
            if held.get(part) and hasattr(held[part], "fa"):
                held[part].fa.set_block_style()


def _grows(
    held: Mapping[str, Any], wanted: CollectionProposal, collections: Mapping[str, Any]
) -> bool:
    fields = held.get("fields") or {}
    return (
        any(field.name not in fields for field in wanted.fields)
        or bool(_missing_links(held, wanted.links))
        or bool(wanted.key and not held.get("key"))
    ) and bool(collections)


def _edits(text: str, proposal: SourceProposal) -> list[_Edit]:
    """What to insert where, by the marks of the parsed text."""
    root = YAML(typ="rt").compose(io.StringIO(text))
    held = parse(text, Path()).data
    keys = _keys(held, proposal)
    collections = _child(root, "collections")
    if not isinstance(collections, MappingNode) or not collections.value:
        made = [line for c in proposal.collections for line in _collection(c, keys, "  ")]
        return _filled(text, root, "collections", collections, made, "")
    edits: list[_Edit] = []
    indent = " " * collections.start_mark.column
    new: list[str] = []
    for wanted in proposal.collections:
        node = _child(collections, wanted.name)
        if node is None:
            new += _collection(wanted, keys, indent)
        elif isinstance(node, MappingNode) and node.value:
            edits += _grown(text, node, held["collections"][wanted.name], wanted, keys)
    if new:
        at = _line_end(text, _end(collections))
        edits.append(_Edit(at, at, _block(new)))
    return edits


def _grown(
    text: str,
    node: MappingNode,
    held: Mapping[str, Any],
    wanted: CollectionProposal,
    keys: Mapping[str, tuple[str, ...]],
) -> Iterator[_Edit]:
    """The additions to a collection that the file has already."""
    indent = " " * node.start_mark.column
    inner = indent + "  "
    if wanted.key and not held.get("key"):
        line = f"{indent}key: {_flow(wanted.key)}  # proposed"
        yield from _placed(text, node, "key", [line])
    links = [_link(link, keys, inner) for link in _missing_links(held, wanted.links)]
    if links:
        part = _child(node, "links")
        if isinstance(part, SequenceNode) and part.value:
            dash = " " * _dash_column(text, part.value[0])
            yield _after(text, part, [dash + line.lstrip() for line in links])
        elif part is None:
            yield from _placed(text, node, "links", [f"{indent}links:", *links])
        else:
            yield from _filled(text, node, "links", part, links, indent)
    written = held.get("fields") or {}
    fields = [field for field in wanted.fields if field.name not in written]
    if fields:
        part = _child(node, "fields")
        if isinstance(part, MappingNode) and part.value:
            at = " " * part.start_mark.column
            yield _after(text, part, [_field(field, at) for field in fields])
        else:
            lines = [_field(field, inner) for field in fields]
            yield from _filled(text, node, "fields", part, lines, indent)


def _placed(text: str, node: MappingNode, key: str, lines: Sequence[str]) -> Iterator[_Edit]:
    """Lines before `fields:`, in the place of an empty entry if there is one."""
    empty = _child(node, key)
    if empty is not None:
        yield _Edit(empty.start_mark.index, empty.end_mark.index, _value(lines[0]))
        return
    fields = next((k for k, _ in node.value if k.value == "fields"), None)
    if fields is None:
        yield _after(text, node, lines)
        return
    first = fields.start_mark.index - fields.start_mark.column
    if text[first : fields.start_mark.index].strip():  # a key on the line of another mark
        yield _after(text, node, lines)
        return
    yield _Edit(first, first, "".join(f"{line}\n" for line in lines))


def _value(line: str) -> str:
    """What stands after the key of a line, without the comment."""
    return " " + line.partition(": ")[2].partition("  #")[0].strip()


def _filled(
    text: str,
    parent: Node,
    key: str,
    held: Node | None,
    lines: Sequence[str],
    indent: str,
) -> list[_Edit]:
    """Lines under a key that is missing, or holds nothing yet."""
    if not lines:
        return []
    if held is None:
        return [_after(text, parent, [f"{indent}{key}:", *lines])]
    start = held.start_mark.index
    while start and text[start - 1] == " ":
        start -= 1
    at = _line_end(text, held.end_mark.index)
    return [_Edit(start, held.end_mark.index, ""), _Edit(at, at, _block(lines))]


def _after(text: str, node: Node, lines: Sequence[str]) -> _Edit:
    at = _line_end(text, _end(node))
    return _Edit(at, at, _block(lines))


def _block(lines: Sequence[str]) -> str:
    return "".join(f"\n{line}" for line in lines)


def _end(node: Node) -> int:
    """Where the text of a node really ends, before the comments that follow it."""
    last = node
    end = 0
    while isinstance(last, MappingNode | SequenceNode) and last.value and not last.flow_style:
        if isinstance(last, MappingNode):
            key, last = last.value[-1]
            end = max(end, key.end_mark.index)
        else:
            last = last.value[-1]
            end = max(end, last.start_mark.index)
    index = int(last.end_mark.index)
    if isinstance(last, ScalarNode) and last.style in {"|", ">"}:
        index = max(index - 1, 0)  # a block text ends with its line break
    return max(end, index)


def _line_end(text: str, index: int) -> int:
    """The end of a line, its comment included; blank lines above are passed back over."""
    while index > 0 and text[index - 1 : index] == "\n" and not text[index : index + 1].strip():
        index -= 1
    found = text.find("\n", index)
    return len(text) if found < 0 else found


def _dash_column(text: str, item: Node) -> int:
    line = text.rfind("\n", 0, item.start_mark.index) + 1
    return text.index("-", line) - line


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    ordered = sorted(enumerate(edits), key=lambda pair: (pair[1].start, pair[0]), reverse=True)
    for _, edit in ordered:
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _child(node: Node | None, key: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    found: Node | None = next((value for name, value in node.value if name.value == key), None)
    return found


def _keys(held: Mapping[str, Any], proposal: SourceProposal) -> dict[str, tuple[str, ...]]:
    """The key of each collection as it will stand in the file."""
    keys = {collection.name: collection.key for collection in proposal.collections}
    for name, written in (held.get("collections") or {}).items():
        if isinstance(written, Mapping) and written.get("key"):
            keys[str(name)] = tuple(str(part) for part in written["key"])
    return keys


def _missing_links(held: Mapping[str, Any], wanted: Sequence[LinkProposal]) -> list[LinkProposal]:
    there = {
        (tuple(link.get("fields") or ()), to)
        for link in held.get("links") or ()
        if isinstance(link, Mapping)
        for to in (str(link.get("to")), str(link.get("to")).partition(".")[2])
    }
    return [link for link in wanted if (link.fields, link.to) not in there]


def _collection(
    wanted: CollectionProposal, keys: Mapping[str, tuple[str, ...]], indent: str
) -> Iterator[str]:
    inner, deep = indent + "  ", indent + "    "
    yield f"{indent}{_scalar(wanted.name)}:{_comment(wanted.reason)}"
    if wanted.key:
        yield f"{inner}key: {_flow(wanted.key)}"
    if wanted.subject:
        yield f"{inner}subject: {_scalar(wanted.subject)}"
    if wanted.activities:
        yield f"{inner}activities: [{', '.join(_scalar(name) for name in wanted.activities)}]"
    if wanted.links:
        yield f"{inner}links:"
        yield from (_link(link, keys, deep) for link in wanted.links)
    if not wanted.fields:
        yield f"{inner}fields: {{}}"
        return
    yield f"{inner}fields:"
    yield from (_field(field, deep) for field in wanted.fields)


def _link(link: LinkProposal, keys: Mapping[str, tuple[str, ...]], indent: str) -> str:
    shown = replace(link, to_fields=() if keys.get(link.to) == link.to_fields else link.to_fields)
    parts: dict[str, object] = {"fields": shown.fields, "to": shown.to}
    if shown.to_fields:
        parts["to_fields"] = shown.to_fields
    parts["role"] = shown.role.value
    if shown.inferred:
        parts["inferred"] = True
    return f"{indent}- {_flow(parts)}{_comment(link.reason)}"


def _field(field: FieldProposal, indent: str) -> str:
    parts: dict[str, object] = {}
    if field.category is not None:
        parts["category"] = field.category
    if field.identifier is not None:
        parts["identifier"] = field.identifier
    if field.origin is not Origin.PROVIDED:
        parts["origin"] = field.origin.value
    if field.free_text:
        parts["free_text"] = True
    if field.about_other:
        parts["about_other"] = True
    reason = field.reason if field.category is not None else f"unclassified: {field.reason}"
    return f"{indent}{_scalar(field.name)}: {_flow(parts)}{_comment(reason)}"


def _comment(reason: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
    return f"  # {words}" if words else ""


def _flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return str(value) if isinstance(value, int | float) else _scalar(str(value))


def _scalar(text: str) -> str:
    """A text that is read back as the same text, plain where that is safe."""
    if _PLAIN.fullmatch(text) and text.isprintable() and text.lower() not in _NOT_PLAIN:
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in {'"', "\\"}:
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
