"""The files of a new workspace."""

from __future__ import annotations

from collections.abc import Mapping

from govreg.settings import FILE


def starter(name: str) -> Mapping[str, str]:
    """The files of a new workspace, by path; `name` is its folder's name."""
    origin = "".join(c if c.isalnum() or c in ".-" else "-" for c in name.lower()) or "acme"
    return {
        FILE: _STARTER.replace("ORIGIN", f"{origin}.example/register"),
        ".gitignore": ".govreg/\n",
        "sources/.gitkeep": "",
        "activities/.gitkeep": "",
        "policies/.gitkeep": "",
        "notices/.gitkeep": "",
    }


_STARTER = """\
# Who the organisation is. Documents to people and to the authority name these.
country = "FI"              # ISO 3166 alpha-2; decides holidays and how phone numbers are read
languages = ["en"]          # of documents, the first one first
time_zone = "Europe/Helsinki"

# Whoever plans an erasure does not approve it. To switch this off, write the reason:
# four_eyes = {enabled = false, reason = "one-person office; the auditor reviews every month"}
four_eyes = true

[controller]
name = "Acme Oy"
address = "Street 1, 00100 Helsinki"
email = "privacy@acme.example"
country = "FI"
# Receipts of consent name these, too:
# phone = "+358 9 0000 000"
# privacy_notice = "https://acme.example/privacy"

[dpo]
name = "Name of the data protection officer"
email = "dpo@acme.example"

[authority]
name = "Office of the Data Protection Ombudsman"
url = "https://tietosuoja.fi"

# What laws ask about the organisation; what is left out is not known to any rule.
[organisation]
kind = "private"            # or public_authority, non_profit
role = "controller"
hipaa_role = "none"         # or covered_entity, business_associate
ccpa_business = false       # whether it meets a threshold of Cal. Civ. Code 1798.140(d)

[financial_year]
end = "12-31"

[audit]
origin = "ORIGIN"

# Who may act. `--actor NAME` says who does; without it, the operating system's user.
# Roles: administrator, dpo, compliance, steward, engineer, auditor
[people.dpo]
name = "Name of the data protection officer"
roles = ["dpo"]

[people.second]
name = "Name of the person who approves"
roles = ["compliance", "administrator"]
"""
