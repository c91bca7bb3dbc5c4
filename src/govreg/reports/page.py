"""The frame of every HTML document: templates, style, and the policy that forbids all else.

- Escaping is on in every template.
- A page is one file. It has no script and asks for nothing: its content policy allows only the one
  style sheet inside it, by hash.
"""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from govreg.reports.ways import cap_words, found_by_words, why_not_words

_FOLDER = Path(__file__).with_name("templates")


@cache
def environment() -> jinja2.Environment:
    """The templates, strict about names that are not given."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(sha256(style.encode()).digest()).decode("ascii")
    made.globals["style"] = Markup(style)  # noqa: S704 - the package's own style sheet
    made.globals["policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    made.filters["web_address"] = web_address
    made.filters["cap"] = cap_words
    made.filters["found_by"] = found_by_words
    made.filters["why_not"] = why_not_words
    return made


def web_address(text: str | None) -> str | None:
    """The address if it may become a link: `http` or `https` with a host, nothing else."""
    try:
        parts = urlsplit(text or "")
    except ValueError:
        return None
    return text if parts.scheme in ("https", "http") and parts.netloc else None
