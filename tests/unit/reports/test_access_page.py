import re
import subprocess
from itertools import pairwise

import pytest
from tests.unit.reports.samples import AUTHORITY, Row, Section, answer, complete, customers, note

from govreg.gate.scope import Step, StepCode
from govreg.reports.access_page import access_page
from govreg.reports.words import Words

EN, FI = Words("en", time_zone="Europe/Helsinki"), Words("fi", time_zone="Europe/Helsinki")
HOSTILE = '"><script>alert(1)</script><img src=https://evil.example/x onerror=a>'


def page(document, words=EN, others=()):
    return "".join(access_page(document, words, others))


def plain_words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<body>")[1]).split())


def test_the_first_page_says_what_matters():
    told = plain_words(page(answer()))
    for sentence in (
        "Yes. Acme Oy processes personal data about you.",
        "Not complete.",
        "2 places were not searched",
        "Old CRM : it is registered but not connected",
        "dpo@acme.example",
        "Tietosuojavaltuutetun toimisto",
        "5 March 2026",
        "A contract with you, or steps before one that you asked for (Art. 6(1)(b) GDPR)",
        "Mailer Example Inc. (works for us, US; standard contractual clauses)",
        "10 years from the end of the financial year",
        "These addresses are about the people to whom you sent gifts.",
        "How long the data are kept: Loyalty programme",
        "You can complain to the supervisory authority:",
    ):
        assert sentence in told, sentence


def test_no_data_found_is_an_answer_too():
    html = page(complete(confirmed=False, sections=(), context=(), activities=(), transfers=()))
    told = plain_words(html)
    assert "No. Acme Oy found no personal data about you." in told
    assert "None. No decision about you is made by automated means alone" in told
    assert "None. Your data are not transferred" in told
    assert "Nothing is withheld." in told
    assert 'href="#context"' not in html


def test_both_languages_say_it_all_and_link_to_each_other():
    html = page(answer(), FI, [EN])
    assert '<html lang="fi">' in html
    assert "Kyllä. Acme Oy käsittelee henkilötietojasi." in html
    assert '<a href="index.en.html" lang="en" hreflang="en">In English</a>' in html
    assert '<span lang="en">Until you withdraw your consent.</span>' in html


def hostile_answer():
    section = Section(
        ref=HOSTILE,
        source={"fi": HOSTILE},
        title={"en": HOSTILE},
        fields=(note(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        rows=tuple(
            Row(
                values={HOSTILE: HOSTILE},
                reached=(Step(code=StepCode.OVER, collection=HOSTILE, through=HOSTILE),),
            )
            for _ in range(5)
        ),
    )
    bare = complete()
    return complete(
        controller=type(AUTHORITY)(name=HOSTILE, email=HOSTILE, website=f"javascript:{HOSTILE}"),
        sections=(customers(name=HOSTILE, password_hash=None, notes=HOSTILE), section),
        context=(section,),
        subject_reference=HOSTILE,
        identity=type(bare.identity)(level=HOSTILE, how=HOSTILE),
        fee={"en": HOSTILE},
    )


def test_hostile_values_never_become_markup():
    html = page(hostile_answer())
    assert set(re.findall(r"<(script|img)\b", html)) == set()
    assert "&lt;script&gt;" in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize("document", [answer(), hostile_answer()])
def test_the_page_asks_for_nothing(document):
    html = page(document)
    asked = re.findall(r'\s(?:src|href|action|style|on\w+)="(?!mailto:|#|index\.)([^"]*)"', html)
    assert set(asked) <= {AUTHORITY.website}
    assert "Content-Security-Policy" in html
    assert not re.search(r"<(?:link|script|iframe|object|embed|form|base)\b", html)


def test_the_authority_is_the_only_address_on_the_web():
    html = page(answer()).replace("http-equiv", "")
    assert set(re.findall(r'https?:[^"<\s]*', html)) == {AUTHORITY.website}


def test_tables_are_told_apart_for_those_who_cannot_see_them():
    html = page(answer())
    assert html.count("<table") - html.count('<table>\n<thead><tr><th scope="col">Recipient') == (
        html.count("<caption")
    )
    assert "<th>" not in html
    assert len(re.findall(r"<h1\b", html)) == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]
    assert all(after - before <= 1 for before, after in pairwise(levels[2:]))


@pytest.mark.chromium
def test_chromium_prints_it(chromium, tmp_path):
    file = tmp_path / "index.html"
    file.write_text(page(answer()), encoding="utf-8")
    paper = tmp_path / "index.pdf"
    subprocess.run(
        [
            *chromium,
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--print-to-pdf={paper}",
            file.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    pages = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", paper.read_bytes())
    sizes = {(round(float(width)), round(float(height))) for width, height in pages}
    assert sizes <= {(595, 842), (842, 595), (596, 842), (842, 596)}
    assert len(sizes) == 2  # upright, and across for the wide table
