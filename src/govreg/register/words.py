"""Words that head columns in English, Finnish, Swedish and German, and what they point to.

Words are compared without accents and in lower case; a phrase is written with `_` between its
words. The longest phrase found in a name wins, so that `ip_address` is no postal address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SPLIT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

_CATEGORIES: Mapping[str, str] = {
    "user.contact.email": "email e_mail mail mail_address email_address emailaddress mailadresse "
    "emailadresse e_mail_adresse sahkoposti sahkopostiosoite sposti epost epostadress e_post "
    "e_post_adress emailadress",
    "user.contact.phone_number": "phone phone_number telephone tel tel_no tel_nr tlf mobile "
    "mobile_phone cell cellphone gsm puh puhelin puhelinnumero puhelin_nro matkapuhelin telefon "
    "telefonnummer telefonnr mobil mobilnummer mobiltelefon handy handynummer rufnummer msisdn "
    "phonenumber phoneno mobilephone",
    "user.contact.fax_number": "fax fax_number faksi telefax faxnummer faxnr",
    "user.name.first": "first_name firstname fname given_name givenname forename middle_name "
    "etunimi etunimet fornamn forname vorname rufname tilltalsnamn",
    "user.name.last": "last_name lastname lname surname family_name familyname sukunimi efternamn "
    "nachname familienname maiden_name geburtsname",
    "user.name": "full_name fullname display_name person_name contact_name customer_name "
    "client_name patient_name member_name employee_name user_full_name recipient_name ship_name "
    "kokonimi asiakkaan_nimi yhteyshenkilo kontaktperson ansprechpartner kundnamn kundenname "
    "kundename holder_name cardholder cardholder_name account_holder",
    "user.account.username": "user_name username login login_name loginname screen_name nickname "
    "kayttajatunnus kayttajanimi anvandarnamn benutzername nutzername handle",
    "user.authorization.password": "password passwd pwd password_hash passwordhash pass_hash "
    "salasana losenord passwort kennwort password_salt",
    "user.authorization.credentials": "api_key apikey access_token refresh_token auth_token "
    "secret client_secret private_key session_token otp_secret pin_code security_answer token",
    "user.contact.address.street": "street street_address streetaddress address address1 "
    "address_line address_line_1 addr street_name katuosoite lahiosoite osoite gatuadress gata "
    "adress adresse strasse hausnummer anschrift postal_address postiosoite postadress",
    "user.contact.address.postal_code": "postal_code postalcode postcode post_code zip zip_code "
    "zipcode postinumero postinro postnummer postnr plz postleitzahl",
    "user.contact.address.city": "city town postitoimipaikka toimipaikka kaupunki kunta "
    "paikkakunta "
    "ort stad postort stadt wohnort municipality",
    "user.contact.address.state": "province county region maakunta lan bundesland",
    "user.contact.address.country": "country country_code countrycode maa kotimaa maakoodi land "
    "landkod",
    "user.contact.organization": "company company_name companyname employer organisation "
    "organization yritys yrityksen_nimi tyonantaja foretag arbetsgivare firma unternehmen "
    "arbeitgeber",
    "user.contact.url": "website homepage web_site home_page kotisivu hemsida webseite",
    "user.demographic.date_of_birth": "birth_date birthdate birthday date_of_birth dob born "
    "syntymaaika syntymapaiva synt_aika fodelsedatum fodelsedag geburtsdatum geburtstag "
    "birth_year year_of_birth yob",
    "user.demographic.age_range": "age age_range age_group ika ikaryhma alder alter",
    "user.demographic.gender": "gender sex sukupuoli kon geschlecht",
    "user.demographic.language": "language preferred_language kieli aidinkieli "
    "asiointikieli sprak "
    "sprache locale",
    "user.demographic.marital_status": "marital_status siviilisaaty civilstand familienstand",
    "user.demographic.race_ethnicity": "ethnicity race ethnic_origin etninen_tausta",
    "user.demographic.religious_belief": "religion religious_belief uskonto uskontokunta",
    "user.demographic.political_opinion": "political_opinion political_party party_membership "
    "trade_union union_membership",
    "user.demographic.sexual_orientation": "sexual_orientation",
    "user.demographic": "nationality citizenship kansalaisuus medborgarskap staatsangehorigkeit "
    "household_size education occupation ammatti yrke beruf",
    "user.government_id.national_identification_number": "ssn social_security_number "
    "social_security_no national_id personal_id nin hetu henkilotunnus sotu sosiaaliturvatunnus "
    "personnummer personnr personbeteckning sozialversicherungsnummer personal_identity_code "
    "steuer_id tax_id personalausweisnummer",
    "user.government_id.passport_number": "passport passport_no passport_number passinumero passi "
    "passnummer reisepass",
    "user.government_id.drivers_license_number": "drivers_license driver_license driving_licence "
    "license_no drivers_licence ajokortti ajokorttinumero korkort fuhrerschein",
    "user.government_id.vehicle_registration": "license_plate number_plate registration_plate "
    "rekisterinumero kennzeichen",
    "user.financial.bank_account": "iban bank_account account_number account_no bic tilinumero "
    "kontonummer kontonr bankkonto bankverbindung",
    "user.financial.credit_card": "credit_card card_number cardnumber card_no creditcard "
    "cc_number "
    "luottokortti korttinumero kreditkort kreditkarte kartennummer pan",
    "user.financial": "salary wage income palkka tulot lon gehalt lohn credit_limit credit_score "
    "luottoraja balance saldo",
    "user.payment": "payment_method maksutapa betalningssatt zahlungsart",
    "user.device.ip_address": "ip ip_address ipaddress ip_addr client_ip remote_addr remote_ip "
    "ip_osoite ip_adress ip_adresse",
    "user.device.device_id": "device_id deviceid imei mac_address idfa gaid advertising_id "
    "laitetunnus",
    "user.device.cookie_id": "cookie cookie_id visitor_id session_id",
    "user.device": "user_agent useragent browser device device_type selain",
    "user.location.precise": "latitude longitude lat lon lng geo geolocation gps coordinates "
    "sijainti",
    "user.health_and_medical": "diagnosis diagnoses allergy allergies medication medications "
    "blood_type symptoms disability sick_leave diagnoosi laakitys sairaus diagnos krankheit "
    "diagnose treatment prescription",
    "user.health_and_medical.record_id": "medical_record_number mrn patient_number",
    "user.biometric": "fingerprint face_template biometric iris_scan",
    "user.criminal_history": "criminal_record conviction convictions rikosrekisteri",
    "user.professional_information.job_title": "job_title jobtitle position tehtavanimike nimike "
    "tyotehtava befattning stellenbezeichnung berufsbezeichnung",
    "user.professional_information": "hire_date hired hired_on employed_since employment_date "
    "department osasto avdelning abteilung anstallningsdatum einstellungsdatum manager "
    "reports_to esimies esihenkilo chef vorgesetzter",
    "user.privacy_preferences": "consent opt_in optin opt_out marketing_consent newsletter_opt_in "
    "gdpr_consent suostumus markkinointilupa samtycke einwilligung subscribed unsubscribed "
    "confirmed",
    "user.behavior": "last_login last_seen login_count visits segment loyalty_points score rating "
    "asiakasryhma viimeisin_kirjautuminen churn_score risk_score profile_score",
    "user.behavior.browsing_history": "page_url referrer referer visited_url",
    "user.behavior.search_history": "search_query search_term hakusana",
    "user.content.self_image": "photo avatar picture portrait profile_picture valokuva kuva foto "
    "bild",
}

_FREE_TEXT = (
    "notes note comment comments remark remarks message body memo feedback free_text bio about "
    "muistiinpano muistiinpanot huomautus huomautukset huomio kommentti kommentit viesti "
    "lisatieto "
    "lisatiedot palaute anteckning anteckningar kommentar meddelande bemerkung bemerkungen notiz "
    "notizen nachricht anmerkung anmerkungen kundrespons vapaa_teksti"
)

_PLAIN_THINGS = (
    "product_name productname file_name filename host_name hostname event_name category_name "
    "brand brand_name model_name sku ean isbn barcode color colour size weight currency unit "
    "unit_price genre media_type version slug template locale_code product tuote "
    "tuotenimi artikel "
    "artikelnummer produkt price hinta preis pris vat tax_rate discount stock quantity table_name "
    "column_name schema_name description title kuvaus beschreibung beskrivning type tyyppi typ "
    "status_name code koodi url image_url"
)

STAFF = _set(
    "agent employee employees staff rep representative assigned assignee handled "
    "handler manager "
    "author created updated modified approver approved reviewer operator clerk cashier seller "
    "salesperson salesman supervisor superior boss doctor physician nurse teacher instructor "
    "technician driver courier kasittelija vastuuhenkilo esimies esihenkilo myyja tyontekija "
    "henkilosto laatija hyvaksyja tekija handlaggare ansvarig anstalld saljare chef bearbeiter "
    "sachbearbeiter mitarbeiter verkaufer betreuer personal"
)
"""Words for those who do the work, not those whom it is done for."""

_BY = frozenset({"created", "updated", "modified", "approved", "handled", "assigned"})
"""Staff words only beside `by` or `to`: `created_at` is a time."""

CUSTOMERS = _set(
    "customer customers cust client clients asiakas asiakkaat kund kunder kunde "
    "kunden klient klienten"
)
"""Words for customers."""

PEOPLE = (
    CUSTOMERS
    | STAFF
    | _set(
        "person persons people user users member members contact contacts subscriber "
        "subscribers "
        "patient patients student students guest guests visitor visitors tenant tenants donor "
        "donors applicant applicants candidate passenger resident recipient henkilo henkilot "
        "kayttaja kayttajat jasen jasenet potilas potilaat tilaaja tilaajat yhteyshenkilot "
        "personer medlem medlemmar anvandare patienter personen benutzer mitglied mitglieder "
        "kontakte"
    )
)
"""Words for kinds of people."""

RECORDS = _set(
    "order orders invoice invoices line lines item items ticket tickets log "
    "logs event events "
    "message messages payment payments booking bookings purchase purchases visit visits login "
    "logins session sessions transaction transactions shipment shipments delivery receipt "
    "receipts "
    "review reviews tilaus tilaukset lasku laskut rivi rivit varaus varaukset maksu maksut "
    "kirjautumiset yhteydenotot faktura fakturor bestallning bestallningar rechnung rechnungen "
    "bestellung bestellungen buchung buchungen history audit"
)
"""Words for what happens with people: rows of their own, many for one person."""

PURCHASES = _set(
    "order orders invoice invoices purchase purchases cart basket receipt "
    "receipts tilaus "
    "tilaukset lasku laskut osto ostot faktura fakturor bestallning rechnung rechnungen "
    "bestellung bestellungen"
)
"""Words for buying."""

MONEY = _set(
    "total amount sum price subtotal tax vat fee cost paid discount summa hinta "
    "maara_euroa "
    "belopp pris betrag preis gesamt yhteensa"
)
"""Words for sums of money."""

NUMBERS = _set(
    "id no nr nro num number numero nummer key code ref tunnus tunniste koodi uuid guid pk"
)
"""Words that say: this stands for something else."""

COMPANIES = _set(
    "company companies supplier suppliers vendor vendors organisation "
    "organization organisations "
    "organizations branch store shop brand toimittaja toimittajat yritys yritykset leverantor "
    "lieferant lieferanten firma"
)
"""Words for organisations."""

NAME = frozenset({"name", "names", "nimi", "namn", "navn"})
"""The bare word, which says nothing about whose name it is."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's or table's name, without accents, in lower case."""
    bare = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    bare = "".join(char for char in bare if not unicodedata.combining(char))
    return tuple(part.lower() for part in _SPLIT.findall(bare))


def singular(word: str) -> str:
    """An English word without the ending of several; `ss` is none."""
    if word == "people":
        return "person"
    if word.endswith("ies") and len(word) > len("ties"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word


def category_of(words: Sequence[str]) -> str | None:
    """The category of the longest phrase in a name; `free_text` and `none` are answers too."""
    held = [word for word in words if not word.isdigit()]
    for length in range(len(held), 0, -1):
        for start in range(len(held) - length, -1, -1):
            found = _PHRASES.get("".join(held[start : start + length]))
            if found is not None:
                return found
    return None


def says_customer_number(words: Sequence[str]) -> bool:
    """Whether a name says: the number of a customer."""
    held = [word for word in words if not word.isdigit()]
    if len(held) == 1:
        return any(
            held[0] == f"{customer}{number}" for customer in CUSTOMERS for number in NUMBERS
        )
    return bool(CUSTOMERS.intersection(held)) and bool(NUMBERS.intersection(held[-1:]))


def says_staff(words: Sequence[str]) -> bool:
    """Whether a name speaks of somebody who does the work."""
    found = STAFF.intersection(words)
    if found <= _BY:
        return bool(found) and bool({"by", "to"}.intersection(words))
    return True


def _phrases() -> dict[str, str]:
    table = {
        phrase.replace("_", ""): category
        for category, phrases in _CATEGORIES.items()
        for phrase in phrases.split()
    }
    table |= {phrase.replace("_", ""): "free_text" for phrase in _FREE_TEXT.split()}
    for phrase in _PLAIN_THINGS.split():
        table.setdefault(phrase.replace("_", ""), "none")
    return table


_PHRASES = _phrases()
