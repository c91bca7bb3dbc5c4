"""How a pack's law judges whether consent counts, as its file says it."""

from __future__ import annotations

from collections.abc import Mapping

from govreg.policy.define import Definitions
from govreg.policy.pack_file import PackFile
from govreg.policy.rule import ConsentLaw, Rule, RuleKind
from govreg.validation import suggestion
from govreg.yaml12 import Document, problem_at


def consent_law(
    document: Document, pack: PackFile, rules: Mapping[str, Rule], definitions: Definitions
) -> dict[str, ConsentLaw]:
    """It by the name of the law; nothing where the pack does not say it.

    Raises:
        ConfigurationProblem: it names a derived fact or a prohibition that the pack has not.
    """
    said = pack.consent
    if said is None:
        return {}
    closing = [rule.id for rule in rules.values() if rule.kind is RuleKind.PROHIBITION]
    for at, name in enumerate(said.closed_by):
        if name not in closing:
            raise problem_at(
                document,
                ("consent", "closed_by", at),
                f"`{name}` is no prohibition of this pack",
                suggestion(name, closing),
            )
    if said.counts not in pack.derive:
        raise problem_at(
            document,
            ("consent", "counts"),
            f"`{said.counts}` is no derived fact of this pack",
            suggestion(said.counts, sorted(pack.derive)),
        )
    counts = definitions.condition({"fact": said.counts, "is": True}, ("consent", "counts"))
    return {
        pack.law: ConsentLaw(
            law=pack.law,
            counts=counts,
            citation=tuple(said.citation),
            closed_by=tuple(said.closed_by),
        )
    }
