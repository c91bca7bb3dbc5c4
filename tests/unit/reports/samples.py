"""Made-up answers and certificates about made-up people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from govreg.audit.entry import Entry
from govreg.audit.log import append, prove, sign_checkpoint
from govreg.audit.signature import SigningKey
from govreg.audit.tables import audit_checkpoint, audit_entry, audit_node
from govreg.database import Store, metadata, sqlite_url
from govreg.gate.scope import Step, StepCode
from govreg.reports.access_document import (
    AccessDocument,
    AccessHead,
    ActivityNote,
    AnswerDates,
    AutomatedDecision,
    FieldNote,
    IdentityBasis,
    Mark,
    MissingItem,
    PendingReview,
    Right,
    Row,
    Searched,
    Section,
    Transfer,
    UsedIdentifier,
)
from govreg.reports.certificate_document import (
    CertificateDocument,
    CertificateHead,
    CertificateTimes,
    CollectionOutcome,
    ConfirmedLink,
    FieldOutcome,
    Ground,
    KeptRecord,
    PlanNote,
    Reread,
    Residue,
    RowTally,
    ShreddedKey,
    Tally,
    ToldRecipient,
)
from govreg.reports.certificate_file import certificate_hash, sign_certificate
from govreg.reports.document import (
    Contact,
    NotSearched,
    PackUsed,
    Recipient,
    Versions,
    WithheldClass,
)

BY_EMAIL = Step(code=StepCode.BY, collection="webshop.customers", through="email")
OVER_CUSTOMER = Step(
    code=StepCode.OVER, collection="webshop.orders", through="customer_id→webshop.customers"
)
NOW = dt.datetime(2026, 3, 26, 9, 15, tzinfo=dt.UTC)
CONTROLLER = Contact(
    name="Acme Oy",
    email="asiakaspalvelu@acme.example",
    phone="+358 9 0000 000",
    address="Esimerkkikatu 1, 00100 Helsinki",
)
DPO = Contact(name="Maija Esimerkki", email="dpo@acme.example", phone="+358 9 0000 001")
AUTHORITY = Contact(
    name="Tietosuojavaltuutetun toimisto",
    email="registry@authority.example",
    phone="+358 29 000 0000",
    website="https://authority.example/complaints",
)
VERSIONS = Versions(
    govreg="0.1.0",
    register="2026-03-20.1",
    register_hash="5f1d6c" + "0a" * 29,
    packs=(
        PackUsed(
            name="gdpr",
            version="2026.2",
            hash="9c" * 32,
            adopted_by="maija",
            adopted_on=dt.date(2026, 1, 12),
        ),
        PackUsed(name="gdpr-fi", version="2026.1", hash="4e" * 32, adopted_by="maija"),
    ),
)
ORDERS = {"en": "Orders and deliveries", "fi": "Tilaukset ja toimitukset"}
CLAUSES = {"en": "standard contractual clauses", "fi": "vakiosopimuslausekkeet"}
NEWS = {"en": "Newsletter", "fi": "Uutiskirje"}
SHOP = {"en": "Web shop", "fi": "Verkkokauppa"}
SEVEN = {
    "en": "10 years from the end of the financial year",
    "fi": "10 vuotta tilikauden päättymisestä",
}


def note(name, category, en=None, fi=None, **more):
    label = {"en": en, "fi": fi} if en else {}
    more.setdefault("purposes", (ORDERS,))
    more.setdefault("bases", ("gdpr.6.1.b",))
    more.setdefault("retention", (SEVEN,))
    return FieldNote(name=name, label=label, category=category, **more)


def customers(**values):
    fields = (
        note("id", "user.unique_id", "Customer number", "Asiakasnumero", origin="derived"),
        note("name", "user.name", "Name", "Nimi"),
        note("email", "user.contact.email", "E-mail", "Sähköposti"),
        note("birthdate", "user.demographic.date_of_birth", "Date of birth", "Syntymäaika"),
        note("segment", "user.behavior", "Customer group", "Asiakasryhmä", origin="inferred"),
        note("password_hash", "user.authorization", "Password", "Salasana"),
        note("notes", "user.content", "Notes", "Muistiinpanot", origin="observed"),
    )
    row = {
        "id": 4711,
        "name": "Aino Esimerkki",
        "email": "aino@esimerkki.example",
        "birthdate": dt.date(1984, 5, 17),
        "segment": "regular",
        "password_hash": Mark("secret"),
        "notes": Mark("pending_review"),
        **values,
    }
    return Section(
        ref="webshop.customers",
        source=SHOP,
        title={"en": "Customers", "fi": "Asiakkaat"},
        fields=fields,
        rows=(Row(values=row, reached=(BY_EMAIL,)),),
        activities=("orders", "newsletter"),
    )


def orders(count):
    fields = (
        note("id", "user.unique_id", "Order", "Tilaus", origin="derived"),
        note("customer_id", "user.unique_id", "Customer number", "Asiakasnumero"),
        note("ordered_at", "user.behavior.purchase_history", "Ordered", "Tilattu"),
        note("product", "user.behavior.purchase_history", "Product", "Tuote"),
        note("quantity", "user.behavior.purchase_history", "Pieces", "Kappaleita"),
        note("total", "user.payment", "Total", "Summa"),
        note("gift", "user.behavior.purchase_history", "Gift", "Lahja"),
        note("deliver_to", "user.contact.address", "Delivery address", "Toimitusosoite"),
    )
    start = dt.datetime(2024, 1, 3, 8, 30, tzinfo=dt.UTC)
    rows = tuple(
        Row(
            values={
                "id": 90_000 + number,
                "customer_id": 4711,
                "ordered_at": start + dt.timedelta(hours=7 * number),
                "product": ("Coffee, 500 g", "Tea & biscuits", "Mug <blue>")[number % 3],
                "quantity": number % 4 + 1,
                "total": Decimal(number * 37 % 9000) / 100,
                "gift": number % 5 == 0,
                "deliver_to": Mark("third_party") if number % 5 == 0 else "Esimerkkikatu 2",
            },
            reached=(BY_EMAIL, OVER_CUSTOMER),
        )
        for number in range(count)
    )
    return Section(
        ref="webshop.orders",
        source=SHOP,
        title={"en": "Orders", "fi": "Tilaukset"},
        fields=fields,
        rows=rows,
        activities=("orders",),
    )


def tickets():
    return Section(
        ref="helpdesk.tickets",
        source={"und": "Help desk"},
        title={"en": "Support cases", "fi": "Tukipyynnöt"},
        fields=(
            note("id", "none", "Case", "Tapaus"),
            note("subject", "user.content", "Subject", "Aihe"),
            note("opened", "user.behavior", "Opened", "Avattu"),
        ),
        rows=tuple(
            Row(
                values={
                    "id": number,
                    "subject": "Parcel did not arrive",
                    "opened": dt.date(2025, 2, number),
                },
                reached=(BY_EMAIL,),
                relation="mention" if number > 4 else "own",
            )
            for number in range(1, 7)
        ),
    )


def products():
    return Section(
        ref="webshop.products",
        source=SHOP,
        title={"en": "Products", "fi": "Tuotteet"},
        fields=(note("id", "none", "Product", "Tuote"), note("name", "none", "Name", "Nimi")),
        rows=(Row(values={"id": 1, "name": "Coffee, 500 g"}),),
    )


def activities():
    return (
        ActivityNote(
            name="orders",
            title=ORDERS,
            purpose={
                "en": "To deliver what you order, and to keep accounts.",
                "fi": "Toimitamme tilauksesi ja pidämme kirjanpidon.",
            },
            basis="gdpr.6.1.b",
            categories=("user.name", "user.contact.email", "user.behavior.purchase_history"),
            recipients=(
                Recipient(
                    name="Posti Esimerkki Oy",
                    role="processor",
                    country="FI",
                    contact="posti.example",
                ),
                Recipient(
                    name="Mailer Example Inc.",
                    role="processor",
                    country="US",
                    safeguard=CLAUSES,
                ),
            ),
            retention=SEVEN,
            origin={"en": "From you, when you order.", "fi": "Sinulta, kun tilaat."},
        ),
        ActivityNote(
            name="newsletter",
            title=NEWS,
            purpose={"en": "To send you offers.", "fi": "Lähetämme sinulle tarjouksia."},
            basis="gdpr.6.1.a",
            categories=("user.contact.email", "user.behavior"),
            retention={"en": "Until you withdraw your consent."},
            origin={"en": "From you.", "fi": "Sinulta."},
            automated=AutomatedDecision(
                logic={
                    "en": "Purchases of two years place you in one of three customer groups.",
                    "fi": "Kahden vuoden ostot sijoittavat sinut yhteen kolmesta ryhmästä.",
                },
                significance={
                    "en": "The group decides which offers you see.",
                    "fi": "Ryhmä ratkaisee, mitä tarjouksia näet.",
                },
            ),
            direct_marketing=True,
        ),
    )


WITHHELD = (
    WithheldClass(
        source=SHOP,
        collection="Customers",
        what="password_hash",
        label={"en": "Password", "fi": "Salasana"},
        count=1,
        reason="secret",
        citation="Art. 15(4) GDPR",
        decided_by="maija",
    ),
    WithheldClass(
        source=SHOP,
        collection="Orders",
        what="deliver_to",
        label={"en": "Addresses of people who got a gift", "fi": "Lahjan saajien osoitteet"},
        count=24,
        reason="third_party",
        citation="Art. 15(4) GDPR",
        words={
            "en": "These addresses are about the people to whom you sent gifts.",
            "fi": "Osoitteet koskevat ihmisiä, joille lähetit lahjoja.",
        },
        decided_by="maija",
        review=dt.date(2026, 9, 1),
    ),
)
RIGHTS = tuple(
    Right(kind=kind, citation=citation)
    for kind, citation in (
        ("rectification", "Art. 16 GDPR"),
        ("erasure", "Art. 17 GDPR"),
        ("restriction", "Art. 18 GDPR"),
        ("objection", "Art. 21 GDPR"),
        ("portability", "Art. 20 GDPR"),
        ("withdraw_consent", "Art. 7(3) GDPR"),
        ("complaint", "Art. 77 GDPR"),
    )
)


def answer(count=120, **changes):
    facts = {
        "head": AccessHead(
            request_id="req_7t0m3k9x2c4v8q1z",
            law="gdpr",
            versions=VERSIONS,
            generated_at=NOW,
            generated_by="dpo",
            languages=("fi", "en"),
            time_zone="Europe/Helsinki",
        ),
        "controller": CONTROLLER,
        "dpo": DPO,
        "authority": AUTHORITY,
        "subject_reference": "a3f0" * 8,
        "identity": IdentityBasis(
            level="substantial",
            how="bank_login",
            identifiers=(UsedIdentifier(kind="email", value="aino@esimerkki.example"),),
        ),
        "confirmed": True,
        "dates": AnswerDates(
            received=dt.date(2026, 3, 5), due=dt.date(2026, 4, 7), answered=dt.date(2026, 3, 26)
        ),
        "state": "partial",
        "searched": (
            Searched(
                ref="webshop.customers",
                source=SHOP,
                collection={"en": "Customers", "fi": "Asiakkaat"},
                reached=(BY_EMAIL,),
                rows=1,
            ),
            Searched(
                ref="webshop.orders",
                source=SHOP,
                collection={"en": "Orders", "fi": "Tilaukset"},
                reached=(OVER_CUSTOMER,),
                rows=count,
            ),
            Searched(
                ref="helpdesk.tickets",
                source={"und": "Help desk"},
                collection={"en": "Support cases", "fi": "Tukipyynnöt"},
                reached=(BY_EMAIL,),
                rows=6,
            ),
        ),
        "not_searched": (
            NotSearched(place="Old CRM", code="not_connected"),
            NotSearched(place="Loyalty cards", code="no_identifier:card_number", words={}),
        ),
        "sections": (customers(), orders(count), tickets()),
        "context": (products(),),
        "withheld": WITHHELD,
        "pending_review": (
            PendingReview(
                ref="webshop.customers",
                name="notes",
                label={"en": "Notes", "fi": "Muistiinpanot"},
                count=1,
            ),
        ),
        "activities": activities(),
        "transfers": (
            Transfer(
                recipient="Mailer Example Inc.",
                country="US",
                safeguard=CLAUSES,
                copy_from="dpo@acme.example",
            ),
        ),
        "rights": RIGHTS,
        "missing_items": (MissingItem(item="15.1.d", where="Loyalty programme"),),
    }
    return AccessDocument(**(facts | changes))


def complete(count=2, **changes):
    """An answer in which nothing is missing."""
    facts = {
        "state": "complete",
        "not_searched": (),
        "withheld": (),
        "pending_review": (),
        "missing_items": (),
        "sections": (customers(password_hash=None, notes="Likes tea"), tickets()),
    }
    return answer(count, **(facts | changes))


def outcome(collection, **more):
    facts = {
        "source": SHOP,
        "collection": collection,
        "connector": "sql 0.1.0",
        "strategy": "delete",
        "disposition": "permanent",
        "rows_before": 12,
        "rows_affected": 12,
        "rows": RowTally(erased_whole=12),
        "fields": (FieldOutcome(name="email", cells={"delete": 12}),),
        "reread_at": NOW,
        "remaining": 0,
        "evidence": "b7" * 32,
        "outcome": "done",
    }
    return CollectionOutcome(**(facts | more))


def certificate(**changes):
    facts = {
        "head": CertificateHead(
            certificate_id="cert_4q8v1z7t0m3k9x2c",
            request_id="req_7t0m3k9x2c4v8q1z",
            stage="executed",
            laws=("gdpr", "gdpr-fi"),
            grounds=(Ground(code="gdpr.17.1.b", citation="Art. 17(1)(b) GDPR"),),
            subject_reference="a3f0" * 8,
            issued_at=NOW,
            issued_by="dpo",
            versions=VERSIONS,
            time_zone="Europe/Helsinki",
        ),
        "controller": CONTROLLER,
        "dpo": DPO,
        "authority": AUTHORITY,
        "state": "partial",
        "times": CertificateTimes(
            received=dt.datetime(2026, 3, 5, 8, 30, tzinfo=dt.UTC),
            due=dt.date(2026, 4, 7),
            identity_verified=dt.datetime(2026, 3, 5, 8, 35, tzinfo=dt.UTC),
            identity_level="substantial",
            decided=dt.datetime(2026, 3, 24, 9, 0, tzinfo=dt.UTC),
            approved=dt.datetime(2026, 3, 25, 12, 10, tzinfo=dt.UTC),
            executed=dt.datetime(2026, 3, 26, 9, 10, tzinfo=dt.UTC),
            reread=dt.datetime(2026, 3, 26, 9, 11, tzinfo=dt.UTC),
        ),
        "plan": PlanNote(
            id="plan_1z7t0m3k9x2c4q8v", hash="d4" * 32, planner="pekka", approvers=("maija",)
        ),
        "cells": Tally(erased=318, withheld=96, restricted=12, failed=2),
        "rows": RowTally(erased_whole=24, partly_kept=17, withheld=24, restricted=1, failed=1),
        "collections": (
            outcome(
                "customers",
                strategy="mixed",
                fields=(
                    FieldOutcome(name="email", cells={"set_null": 1}),
                    FieldOutcome(name="phone", cells={"empty": 1}),
                    FieldOutcome(name="address", cells={"retain": 1}),
                ),
                rows=RowTally(partly_kept=1),
                rows_before=1,
                rows_affected=1,
            ),
            outcome(
                "orders",
                strategy="mixed",
                fields=(
                    FieldOutcome(name="total", cells={"delete": 24, "retain": 96}),
                    FieldOutcome(name="deliver_to", cells={"delete": 24, "pseudonym": 96}),
                ),
                rows=RowTally(erased_whole=24, partly_kept=72, withheld=24),
                rows_before=120,
                rows_affected=96,
            ),
            outcome(
                "parcels",
                fields=(FieldOutcome(name="label", cells={"failed": 12}),),
                rows=RowTally(failed=12),
                outcome="failed",
                remaining=2,
            ),
            outcome(
                "members",
                source={"und": "Mailer"},
                disposition="requested",
                reread_at=None,
                remaining=None,
                evidence=None,
                outcome="pending_vendor",
                gone_after=dt.date(2026, 4, 25),
            ),
        ),
        "not_searched": (NotSearched(place="Old CRM", code="not_connected"),),
        "assumptions": ("no copies on the laptops of the shop's staff",),
        "withheld": (
            WithheldClass(
                source=SHOP,
                collection="Orders",
                what="paid vouchers",
                count=96,
                label={"en": "Paid orders", "fi": "Maksetut tilaukset"},
                reason="statutory_minimum",
                citation="Accounting Act 2:10",
                rule="fi.accounting.voucher@1",
                adopter="maija",
                confidence="high",
                purpose_lock="accounting",
                until=dt.date(2032, 12, 31),
            ),
        ),
        "residue": (
            Residue(
                source=SHOP,
                what={"en": "nightly backup", "fi": "öinen varmuuskopio"},
                kind="backup",
                until=dt.date(2026, 4, 30),
                oldest=dt.date(2026, 2, 24),
                in_ledger=True,
            ),
            Residue(source=SHOP, kind="search_index"),
        ),
        "recipients": (
            ToldRecipient(
                name="Posti Esimerkki Oy",
                channel="e-mail",
                sent_at=NOW,
                answer="erased",
                answered_at=NOW,
            ),
            ToldRecipient(
                name="Mailer Example Inc.", channel="api", sent_at=NOW, answer="pending"
            ),
        ),
        "keys": (
            ShreddedKey(
                key_id="key_0m3k9x2c",
                scope="subject",
                shredded_at=NOW,
                check_value="9f3a1c",
                provider="local",
                copies_until=dt.date(2026, 4, 30),
            ),
        ),
        "reread": Reread(
            method="every_cell", cells=330, leftover_found=True, lookups_repeated=9, found_again=1
        ),
        "confirmed_links": (
            ConfirmedLink(
                candidate="cand_1",
                doubt="unverified",
                collection="Help desk · tickets",
                rows=3,
                by="maija",
                at=NOW,
            ),
        ),
        "consent_closed": 2,
        "suppression": ("sup_7t0m3k9x",),
        "kept_records": (
            KeptRecord(what="request_log", basis="Art. 5(2) GDPR", until=dt.date(2029, 3, 31)),
        ),
    }
    return CertificateDocument(**(facts | changes))


def clean(**changes):
    """A certificate of an erasure in which nothing was left."""
    facts = {
        "state": "complete",
        "cells": Tally(erased=318),
        "rows": RowTally(erased_whole=41),
        "collections": (outcome("customers"), outcome("orders")),
        "not_searched": (),
        "withheld": (),
        "reread": Reread(method="every_cell", cells=318, leftover_found=True, lookups_repeated=9),
    }
    return certificate(**(facts | changes))


ORIGIN = "acme.example/audit"


class Log:
    """A log in a real store, in which certificates are entered and proven."""

    def __init__(self, folder):
        self.store = Store(sqlite_url(folder / "log.db"))
        tables = [audit_entry, audit_node, audit_checkpoint]
        with self.store.write() as connection:
            metadata.create_all(connection, tables=tables)
        self.key = SigningKey(bytes(range(32)))
        self.key_text = self.key.verify_key(ORIGIN).to_text()

    def entry(self, digest):
        return Entry(
            at=NOW, action="erasure.certified", actor="dpo", hashes={"certificate": digest}
        )

    def enter(self, *entries, key=None):
        """Log the entries; answers the index of the last one and the new checkpoint."""
        with self.store.write() as connection:
            added = append(connection, entries)
            note = sign_checkpoint(connection, key or self.key, ORIGIN, NOW)
        return added[-1], note

    def seal(self, document):
        """The certificate's file, as it is after it was logged."""
        entry = self.entry(certificate_hash(document))
        index, _ = self.enter(self.entry("00" * 32), self.entry("11" * 32), entry)
        with self.store.read() as connection:
            proof = prove(connection, index)
        return sign_certificate(document, self.key, proof, origin=ORIGIN, entry=entry)
