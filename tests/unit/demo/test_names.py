from __future__ import annotations

from email_validator import validate_email

from govreg.demo.names import (
    EMPLOYERS,
    FAMILY_NAMES,
    FIRST_NAMES,
    MAIL_DOMAINS,
    OLD_MAIL_DOMAIN,
    STREETS,
    mail_name,
)


def test_each_word_stands_once():
    for words in (FIRST_NAMES, FAMILY_NAMES, STREETS, MAIL_DOMAINS, EMPLOYERS):
        assert len(words) == len(set(words))


def test_every_name_makes_a_plain_address():
    for first in FIRST_NAMES:
        for last in FAMILY_NAMES:
            name = mail_name(first, last)
            assert name.isascii()
            assert name == name.lower()
    for domain in (*MAIL_DOMAINS, OLD_MAIL_DOMAIN):
        assert domain.endswith(".example")
        validate_email(
            f"{mail_name('Örjan', 'Åkerblom')}@{domain}",
            check_deliverability=False,
            test_environment=True,
        )
