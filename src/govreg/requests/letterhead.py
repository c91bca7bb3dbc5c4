"""What every document says of who sends it, and of the versions that made it."""

from __future__ import annotations

from govreg.policy.rule import book_hash
from govreg.reports.document import Contact, PackUsed, Versions
from govreg.requests.parts import Parts


def versions(parts: Parts, register_number: str, register_hash: str) -> Versions:
    """What documents say of the versions that made them."""
    rules = parts.rules.rules.values()
    return Versions(
        govreg=parts.version,
        register=register_number,
        register_hash=register_hash,
        packs=tuple(
            PackUsed(name=name, version=v, hash=book_hash(r for r in rules if r.pack == name))
            for name, v in sorted(parts.rules.packs.items())
        ),
    )


def controller(parts: Parts) -> Contact:
    """The controller as documents name it."""
    held = parts.settings.controller
    return Contact(name=held.name, email=held.email, phone=held.phone, address=held.address)


def dpo(parts: Parts) -> Contact:
    """The data protection officer as documents name them."""
    held = parts.settings.dpo
    return Contact(name=held.name, email=held.email, phone=held.phone)


def authority(parts: Parts) -> Contact:
    """The supervisory authority as documents name it."""
    held = parts.settings.authority
    return Contact(name=held.name, email=held.email, website=held.url)
