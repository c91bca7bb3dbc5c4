"""The page says what stands and what was chosen, whom to ask and how to withdraw, and asks for nothing."""

import datetime as dt
import re
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from tests.unit.consent.receipts import (
    ACME,
    FORM,
    LETTER,
    NOTICE,
    NOW,
    SUBJECT,
    activity,
    any_facts,
    event,
    facts,
)

from govreg.condition.truth import Truth
from govreg.consent.model import EVERYTHING, Act, Channel, Chooser, EventKind
from govreg.consent.receipt_model import GrantedRight, Receiver
from govreg.consent.status import Standing
from govreg.reports.receipt_page import receipt_page
from govreg.reports.words import Words

EN, FI = Words("en", time_zone="Europe/Helsinki"), Words("fi", time_zone="Europe/Helsinki")
HOSTILE = '"><script>alert(1)</script><img src=https://evil.example/x onerror=a>'


def plain(html):
    text = " ".join(re.sub(r"<[^>]+>", " ", html.split("<body>")[1]).split())
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'")


def told(held=None, words=EN):
    return plain(receipt_page(held or facts(), words))


def about(events, **more):
    return told(facts(events, (activity(events, **more),)))


def test_give_and_withdraw_stand_in_order_of_time():
    html = receipt_page(facts(), EN)
    table = html.split('id="choice-1"')[1].split("</table>")[0]
    assert re.findall(r"<strong>(Consent \w+)</strong>", table) == [
        "Consent given",
        "Consent withdrawn",
        "Consent given",
    ]
    moments = re.findall(r'<th scope="row">([^<]+)</th>', table)
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in moments] == [
        "24 February 2026, 11:15 EET",
        "1 March 2026, 11:15 EET",
        "5 March 2026, 11:15 EET",
    ]


def test_each_choice_with_how_and_under_what():
    page = told()
    for sentence in (
        "a box was ticked",
        "on the web",
        "explicitly",
        "checkout-form@4",
        "written, by letter",
        "newsletter, version 3 (fi)",
        f"SHA-256 of the notice {FORM.notice_hash}",
        f"SHA-256 of the text {FORM.text_hash}",
        "https://acme.example/notices/newsletter",
        "Objection made",
        "Your consent (Art. 6(1)(a) GDPR)",
        "Mailer Inc (works for us, US; SCC)",
        "Nobody outside our organisation.",
        "Until you withdraw",
        "E-mail address",
    ):
        assert sentence in page, sentence


def test_whom_to_ask_and_how_to_withdraw():
    page = told()
    for sentence in (
        f"reference that stands for you with us: {SUBJECT}",
        "privacy@acme.example",
        "dpo@acme.example",
        "https://authority.example",
        "By the link in each message.",
        "Other ways: on the web, by phone",
        "You can ask us what data we hold about you, and get a copy. GDPR Art 15",
        "a person may opt out of sale 1798.120 Civ. Code",
    ):
        assert sentence in page, sentence


def test_what_was_withdrawn_needs_no_way_out():
    events = (event(1, "given", circumstance=FORM), event(2, "withdrawn", days=1))
    page = about(events)
    assert "By the link in each message." not in page
    assert "Consent withdrawn" in page


def test_every_word_is_in_finnish_too():
    page = told(words=FI)
    for sentence in (
        "Kuitti valinnoistasi",
        "Suostumus annettu",
        "Suostumus peruutettu",
        "Uutuuksista kertominen",
        "Viestin linkistä.",
        "Muut tavat: verkossa, puhelimitse",
        "5.3.2026 klo 11.15 EET",
    ):
        assert sentence in page, sentence
    assert '<html lang="fi">' in receipt_page(facts(language="fi"), FI)


@pytest.mark.parametrize("words", [EN, FI], ids=["en", "fi"])
def test_every_kind_of_choice_act_channel_and_chooser_has_words(words):
    names = {
        *(f"choice.{one}" for one in EventKind),
        *(f"act.{one}" for one in Act),
        *(f"channel.{one}" for one in Channel),
        *(f"chooser.{one}" for one in Chooser),
        *(f"standing.{one}" for one in Standing),
    }
    for name in names:
        assert words(name)


@given(any_facts())
def test_any_receipt_becomes_a_page(held):
    html = receipt_page(held, EN)
    assert html.count('<section id="choice-') == len(held.activities)
    rows = html.count('<tr><th scope="row">') - len(held.activities)
    assert rows == sum(len(held.chosen(one.name)) for one in held.activities)


def test_consent_that_does_not_count_is_not_relied_upon():
    events = (event(1, "given", circumstance=FORM),)
    assert "We do not rely on it" in about(events, truth=Truth.FALSE)
    assert "We do not rely on it" not in about(events)
    assert 'class="verdict good"' in receipt_page(facts(events, (activity(events),)), EN)
    spoilt = facts(events, (activity(events, truth=Truth.FALSE),))
    assert 'class="verdict some"' in receipt_page(spoilt, EN)


def test_an_objection_stands_beside_consent():
    events = (event(1, "given", circumstance=FORM), event(2, "objected", days=1))
    html = receipt_page(facts(events, (activity(events),)), EN)
    assert 'class="verdict some"' in html
    assert "Consent given<br>Objection made" in html


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("opted_out", "Opted out of sale and sharing"),
        ("opted_in", "Opted in to sale and sharing"),
        ("limited", "Use of sensitive data limited"),
        ("restricted", "Use of the data restricted"),
    ],
)
def test_what_is_no_consent_stands_for_itself(kind, sentence):
    page = about((event(1, kind),))
    now = page.split("What stands now")[-1].split("Whom to ask")[0]
    assert sentence in now
    assert "No consent is recorded" not in now


def test_an_end_and_what_has_run_out():
    until = NOW + dt.timedelta(days=10)
    page = about((event(1, "given", circumstance=FORM, until=until),))
    assert "ends 5 April 2026, 12:15 EEST" in page
    past = about((event(1, "given", circumstance=FORM, until=NOW),))
    assert "Consent has run out" in past
    assert "when you withdraw it" in about((event(1, "given", circumstance=FORM),))


def test_what_is_not_recorded_is_said_where_something_must_have_been_shown():
    given_silently = about((event(1, "given", circumstance=LETTER),), retention={}, stored_in=())
    assert "written, by letter not recorded" in given_silently
    assert given_silently.count("Not recorded. Ask us, and we tell you.") == 2
    withdrawn = about((event(1, "withdrawn", circumstance=LETTER),))
    assert "written, by letter –" in withdrawn


def test_what_is_about_everything():
    events = (event(1, "given", circumstance=FORM), event(2, "withdrawn", activity=EVERYTHING))
    assert "Consent withdrawn for everything we do" in about(events)
    alone = (event(1, "opted_out", activity=EVERYTHING),)
    page = told(facts(alone, (activity(alone, EVERYTHING, title={}, purpose={}),)))
    assert "Everything we do with your data" in page
    assert "What for" not in page
    assert "for everything we do" not in page


def test_who_chose_is_said_where_it_was_somebody_else():
    events = (event(1, "given", circumstance=replace(FORM, by=Chooser.GUARDIAN)),)
    assert "by who holds parental responsibility" in about(events)


def hostile():
    held = replace(FORM, method=HOSTILE, language=HOSTILE)
    events = (event(1, "given", circumstance=held),)
    bad = activity(
        events,
        title={"en": HOSTILE},
        purpose={"en": HOSTILE},
        receivers=(Receiver(name=HOSTILE, role=HOSTILE, country=HOSTILE),),
        retention={"sv": HOSTILE},
        stored_in=(HOSTILE,),
        basis=HOSTILE,
    )
    return facts(
        events,
        (bad,),
        controller=replace(ACME, name=HOSTILE, email=HOSTILE, url=f"javascript:{HOSTILE}"),
        notices=(replace(NOTICE, url="javascript:alert(1)", withdrawal_words={"en": HOSTILE}),),
        rights=(GrantedRight(kind=HOSTILE, citation=HOSTILE, text={"en": HOSTILE}),),
        privacy_notice="javascript:alert(1)",
    )


def test_hostile_values_never_become_markup():
    html = receipt_page(hostile(), EN)
    assert set(re.findall(r"<(script|img)\b", html)) == set()
    assert "&lt;script&gt;" in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize("held", [facts(), hostile()], ids=["sound", "hostile"])
def test_the_page_asks_for_nothing(held):
    html = receipt_page(held, EN)
    assert "Content-Security-Policy" in html
    assert not re.search(r"<(?:link|script|iframe|object|embed|form|base|img)\b", html)
    asked = re.findall(r'\s(?:src|href|action|style|on\w+)="(?!mailto:|#)([^"]*)"', html)
    assert set(asked) <= {
        "https://authority.example",
        "https://acme.example/privacy",
        "https://acme.example/notices/newsletter",
    }


def test_tables_are_told_apart_for_those_who_cannot_see_them():
    html = receipt_page(facts(), EN)
    assert html.count("<table") == html.count("<caption")
    assert "<th>" not in html
    assert len(re.findall(r"<h1\b", html)) == 1


@pytest.mark.chromium
def test_chromium_prints_it(chromium, tmp_path):
    page, sheet = tmp_path / "index.html", tmp_path / "receipt.pdf"
    page.write_text(receipt_page(facts(), FI), encoding="utf-8")
    subprocess.run(
        [
            *chromium,
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--print-to-pdf={sheet}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert sheet.read_bytes().startswith(b"%PDF")
