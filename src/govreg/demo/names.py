"""Words that made-up Finnish people, streets and letters are put together from."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES: Final = _words(
    "Aada Aino Aleksi Anneli Antero Antti Arto Eero Eeva Eija Elina Elsa Emilia Emma Erkki Esa "
    "Eveliina Hanna Hannele Hannu Heikki Heli Helena Henna Iida Ilkka Inkeri Irma Jaakko Jari "
    "Jarmo Jenni Joel Johanna Jouni Juha Juho Jukka Kaarina Kaisa Kalle Kari Katja Katri Kirsi "
    "Kristiina Lauri Leena Leo Lotta Maija Maria Marika Marja Markku Marko Martti Matti Mervi "
    "Mika Minna Niko Noora Oili Olavi Oona Onni Outi Paavo Päivi Pasi Pentti Pertti Petri Pia "
    "Pirjo Raija Reijo Riikka Riitta Risto Roosa Saara Sami Samuli Sanna Sari Satu Seija Seppo "
    "Sofia Soili Susanna Taina Tapio Teemu Terhi Tiina Timo Toni Tuula Tyyne Veera Veikko Venla "
    "Vesa Väinö Ylva Åke Örjan"
)

FAMILY_NAMES: Final = _words(
    "Aalto Aaltonen Ahonen Anttila Eskola Forsström Haapala Hakala Halonen Hämäläinen Harju "
    "Heinonen Hiltunen Hirvonen Hokkanen Huttunen Hyvönen Ikonen Jääskeläinen Jokinen Jussila "
    "Kallio Karjalainen Karppinen Kauppinen Kettunen Kinnunen Kivelä Koivisto Kokkonen Koponen "
    "Koskela Koskinen Kuusisto Lahtinen Laine Laitinen Lampinen Lappalainen Lehtinen Lehto "
    "Lehtonen Leinonen Leppänen Lindqvist Lindström Manninen Mäkelä Mäkinen Mattila Miettinen "
    "Moilanen Mustonen Niemelä Niemi Niskanen Nurminen Öhman Ojala Oksanen Paananen Pelkonen "
    "Peltola Peltonen Pesonen Pitkänen Pulkkinen Räsänen Rantanen Rinne Ruotsalainen Saarinen "
    "Salminen Salo Salonen Savolainen Seppälä Sirviö Sjöblom Suominen Tamminen Tikkanen Toivonen "
    "Tuominen Turunen Vainio Väisänen Valtonen Vartiainen Vesterinen Vuorinen Ylönen Åkerblom"
)

STREETS: Final = _words(
    "Ahotie Asemakatu Haapatie Hakakuja Harjukatu Heinätie Honkakuja Jokikatu Kaislatie Kalliotie "
    "Kanervakuja Karhutie Kauppakatu Keskuskatu Kielotie Kirkkokatu Koivutie Koulukatu Kuusikuja "
    "Lehtotie Leppätie Lokkikuja Metsätie Mäntytie Niittykatu Pajutie Peltotie Pihlajatie "
    "Puistokatu Rantatie Ratakatu Satamakatu Tammitie Torikatu Vaahteratie Välikatu"
)

TOWNS: Final = (
    ("00500", "Helsinki"),
    ("00710", "Helsinki"),
    ("02100", "Espoo"),
    ("01300", "Vantaa"),
    ("33100", "Tampere"),
    ("33720", "Tampere"),
    ("20100", "Turku"),
    ("90100", "Oulu"),
    ("40100", "Jyväskylä"),
    ("70100", "Kuopio"),
    ("15110", "Lahti"),
    ("28100", "Pori"),
    ("53100", "Lappeenranta"),
    ("65100", "Vaasa"),
    ("13100", "Hämeenlinna"),
    ("60100", "Seinäjoki"),
    ("80100", "Joensuu"),
    ("96100", "Rovaniemi"),
    ("06100", "Porvoo"),
    ("48100", "Kotka"),
    ("50100", "Mikkeli"),
    ("67100", "Kokkola"),
)

MAIL_DOMAINS: Final = (
    "posti.example",
    "netti.example",
    "sahkoposti.example",
    "maili.example",
    "oma.example",
)

OLD_MAIL_DOMAIN: Final = "vanhaposti.example"
"""Where people had their e-mail before they moved on."""

EMPLOYERS: Final = (
    "Esimerkki Oy",
    "Tilitoimisto Malli Ky",
    "Rakennus Harjoitus Oy",
    "Kahvila Näyte",
    "Kukkakauppa Koe T:mi",
)

PRODUCT_NAMES: Final = (
    "Kahvikuppi",
    "Villapeitto",
    "Leikkuulauta",
    "Pyyhesetti",
    "Saunakiulu",
    "Löylykauha",
    "Kynttilänjalka",
    "Pellavaliina",
    "Valurautapannu",
    "Leipäkori",
    "Puulusikka",
    "Tuikkulyhty",
    "Räsymatto",
    "Kylpytakki",
    "Vesikannu",
    "Lasimaljakko",
    "Seinäkello",
    "Ruukku",
    "Tyynyliina",
    "Patalappu",
)

PRODUCT_COLOURS: Final = ("valkoinen", "sininen", "harmaa")

_PLAIN = str.maketrans("åäöÅÄÖ", "aaoAAO")


def mail_name(first: str, last: str) -> str:
    """The part before the @ that a person of that name would pick."""
    return f"{first}.{last}".translate(_PLAIN).replace(" ", "").lower()
