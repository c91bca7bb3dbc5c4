"""What a pack's README says for a lawyer: its opening, and what the pack leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from govreg.reports.sheet import Points, Prose

LEAVES_OUT = "leaves out"
"""Words in the heading of the section that says what the pack does not cover."""


def opening(text: str) -> tuple[Prose | Points, ...]:
    """What stands between the title and the first heading."""
    _, _, rest = text.partition("\n")
    return tuple(_blocks(rest.partition("\n## ")[0]))


def leaves_out(text: str) -> tuple[Prose | Points, ...]:
    """The section on what is not covered; nothing where there is none."""
    for section in text.split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        if LEAVES_OUT in title.lower():
            return tuple(_blocks(body))
    return ()


def _blocks(text: str) -> Iterator[Prose | Points]:
    """Paragraphs and lists; strong words become plain ones."""
    for block in text.replace("**", "").split("\n\n"):
        if not block.strip():
            continue
        if block.strip().startswith("- "):
            items = f"\n{block.strip()}".split("\n- ")[1:]
            yield Points(items=tuple(" ".join(item.split()) for item in items))
        else:
            yield Prose(text=" ".join(block.split()))
