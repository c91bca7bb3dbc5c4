"""A pack file that says as little as one can, and how it is loaded."""

from govreg.policy.files import load_pack

GOOD = """\
govreg_pack: 1
pack: own
version: "1"
law: gdpr
title: {en: Own}
rules:
  - id: own.one
    kind: ground
    act: erase
    effect: allow
    citation: [House rule 1]
    title: {en: One}
    text: {en: because}
    when: {fact: activity.ended, is: true}
    checked_on: 2026-01-01
    confidence: low
"""


def loaded(tmp_path, text):
    (tmp_path / "own.yaml").write_text(text)
    return load_pack(tmp_path / "own.yaml")
