import dataclasses
import re
import subprocess

import pytest
from tests.unit.reports.samples import (
    AUTHORITY,
    Ground,
    Residue,
    ToldRecipient,
    certificate,
    clean,
)

from govreg.errors import ConfigurationProblem, UsageProblem
from govreg.gate.scope import Cap, CapCode
from govreg.reports.certificate_page import render_certificate
from govreg.reports.document import NotSearched, WithheldClass

HOSTILE = '"><script>alert(1)</script><img src=https://evil.example/x>'


def plain_words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<body>")[1]).split())


def first_page(html):
    return plain_words("<body>" + html.split("<body>")[1].split('<section class="break">')[0])


def test_the_first_page_tells_a_lay_reader_what_became_of_the_data(log):
    html = render_certificate(certificate(), ("en", "fi"), signed=log.seal(certificate()))
    told = first_page(html)
    for sentence in (
        "Not complete",
        "1 place was not searched",
        "Consent withdrawn, and no other basis Art. 17(1)(b) GDPR",
        "Planned by pekka, approved by maija. Two different people.",
        "Erased whole Partly kept Withheld Restricted Refused Failed Total",
        "Rows 24 17 24 1 0 1 67",
        "Fields (cells) 318 – 96 12 0 2 428",
        "Places not searched 1: Old CRM",
        "the law says how long it must be kept",
        "fi.accounting.voucher@1 adopted by maija; citation checked against the law",
        "31 December 2032",
        "Web shop: nightly backup (backup): until 30 April 2026",
        "no end is known",
        "no answer yet",
        "Nobody can prove that something is nowhere",
        f"govreg erasure verify certificate.json --key {log.key_text}",
        "Fingerprint of the key (SHA-256): 5647 5aa7",
        "You can complain to the supervisory authority: Tietosuojavaltuutetun toimisto",
    ):
        assert sentence in told, sentence


def test_what_was_not_searched_is_in_bold():
    html = render_certificate(certificate(), ("en",))
    assert '<tr class="unsearched">' in html
    assert re.search(r"\.unsearched\{[^}]*font-weight:700", html)


def test_further_pages_hold_the_evidence(log):
    html = render_certificate(certificate(), ("en",), signed=log.seal(certificate()))
    told = plain_words(html)
    for sentence in (
        "Web shop · parcels",
        "label failed: 12",
        "What was done some erased, some kept: see each field",
        "total gone with its row: 24; kept: 96",
        "not read again",
        "b7" * 32,
        "waits for the vendor",
        "c2sp.org/tlog-proof@v1",
        "Number of the entry 2",
        "Unwitnessed: unless somebody outside keeps a checkpoint",
        "A leftover that was planted to test the check was found",
        "key_0m3k9x2c (9f3a1c)",
        "nobody had shown it to be this person&#39;s",
        "plan_1z7t0m3k9x2c4q8v",
        "Words used here",
    ):
        assert sentence in told, sentence


@pytest.mark.parametrize(
    ("state", "name", "nimi"),
    [
        ("complete", "Complete", "Täydellinen"),
        (
            "complete_with_withheld",
            "Complete, with data kept",
            "Täydellinen, osa tiedoista säilytetty",
        ),
        ("partial", "Not complete", "Puutteellinen"),
        ("unverifiable", "Cannot be confirmed", "Ei vahvistettavissa"),
        ("refused", "Refused", "Evätty"),
        ("failed", "Failed", "Epäonnistui"),
    ],
)
def test_each_state_is_said_in_both_languages(state, name, nimi):
    html = render_certificate(clean(state=state), ("en", "fi"))
    assert re.findall(r'class="big name">([^<]+)<', html) == [name, nimi]


def test_one_person_alone_is_said_with_the_reason():
    plan = dataclasses.replace(
        clean().plan, approvers=("pekka",), four_eyes_off="a company of one person"
    )
    told = first_page(render_certificate(clean(plan=plan), ("en",)))
    assert "The same person planned and approved." in told
    assert "Reason given: a company of one person" in told


def test_a_refusal_without_plan_or_ground_is_told():
    document = clean(state="refused", plan=None, collections=(), reread=None, residue=())
    head = dataclasses.replace(document.head, grounds=())
    told = first_page(render_certificate(dataclasses.replace(document, head=head), ("en",)))
    assert "None was found." in told
    assert "No plan was made." in told


def test_hostile_words_never_become_markup():
    document = certificate(
        controller=type(AUTHORITY)(name=HOSTILE, website=f"javascript:{HOSTILE}"),
        authority=type(AUTHORITY)(name=HOSTILE, website=f"javascript:{HOSTILE}"),
        caps=(Cap(code=CapCode.ROWS, number=1, collection=HOSTILE),),
        assumptions=(HOSTILE,),
        not_searched=(NotSearched(place=HOSTILE, code=HOSTILE),),
        residue=(
            Residue(source={"en": HOSTILE}, what={"fi": HOSTILE}, kind=HOSTILE, detail=HOSTILE),
        ),
        recipients=(ToldRecipient(name=HOSTILE, not_told=HOSTILE),),
        withheld=(
            WithheldClass(
                source={"fi": HOSTILE}, collection=HOSTILE, what=HOSTILE, count=1, reason=HOSTILE
            ),
        ),
    )
    grounds = (Ground(code=HOSTILE, citation=HOSTILE),)
    document = dataclasses.replace(
        document, head=dataclasses.replace(document.head, grounds=grounds)
    )
    html = render_certificate(document, ("en", "fi"))
    assert not re.search(r"<(?:script|img|link|iframe|form)\b", html)
    assert 'href="javascript' not in html
    assert "&lt;script&gt;" in html


def test_the_authority_is_the_only_address_on_the_web(log):
    html = render_certificate(clean(), ("en", "fi"), signed=log.seal(clean()))
    html = html.replace("http-equiv", "")
    assert set(re.findall(r'https?:[^"<\s]*', html)) == {AUTHORITY.website}


def test_a_file_about_another_certificate_is_refused(log):
    with pytest.raises(UsageProblem, match="another certificate"):
        render_certificate(certificate(), ("en",), signed=log.seal(clean()))


def test_a_page_needs_a_known_language():
    with pytest.raises(UsageProblem):
        render_certificate(clean(), ())
    with pytest.raises(ConfigurationProblem):
        render_certificate(clean(), ("sv",))


@pytest.mark.chromium
@pytest.mark.parametrize("document", [certificate(), clean()])
def test_chromium_prints_the_lay_part_on_one_sheet(chromium, tmp_path, log, document):
    html = render_certificate(document, ("en",), signed=log.seal(document))
    lay = html.split('<section class="break">')[0] + "</article></main></body></html>"
    file = tmp_path / "certificate.html"
    file.write_text(lay, encoding="utf-8")
    paper = tmp_path / "certificate.pdf"
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
    assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) == 1
