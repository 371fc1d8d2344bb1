"""Mentions: dates, quantities and actors in four languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from multivector.documents.packs import pack
from multivector.documents.rules.actors import Persons, actors_of
from multivector.documents.rules.citations import citations_of, works_of
from multivector.documents.rules.dates import dates_of
from multivector.documents.rules.quantities import quantities_of
from multivector.documents.text.language import language_of
from multivector.errors import UnknownName

YEAR = re.compile(r"(?<!\d)(1\d{3}|20\d\d)(?!\d)")


@pytest.mark.parametrize(
    ("lang", "text", "values"),
    [
        ("tr", "14-15 Mart 1991 tarihlerinde", ["1991-03-14/1991-03-15"]),
        ("tr", "Mayıs 1992’deki antlaşma", ["1992-05"]),
        ("tr", "2019 Ekim ayında", ["2019-10"]),
        ("tr", "1990’ların başında", ["1990/1993"]),
        ("tr", "1990'lı yıllarda", ["1990/1999"]),
        ("tr", "2000 li yılların sonunda", ["2007/2009"]),
        ("ru", "1990-е годы", ["1990/1999"]),
        ("en", "in the 1990s", ["1990/1999"]),
        ("kk", "1990-жылдары", ["1990/1999"]),
        ("tr", "18. ve 19. yüzyıllarda", ["1701/1900"]),
        ("tr", "2007 yılından 2013 yılına kadar", ["2007/2013"]),
        ("tr", "28 Temmuz 1995 ve 4 Mart 1997 tarihinde", ["1995-07-28", "1997-03-04"]),
        ("en", "on June 15th, 2001", ["2001-06-15"]),
        ("en", "between 1834 and 1854", ["1834/1854"]),
        ("en", "from 2005 to 2006", ["2005/2006"]),
        ("en", "in the 1960s", ["1960/1969"]),
        ("en", "in the mid-15th century", ["1440/1460"]),
        ("en", "on 11.05.2022 and 2001-09-11", ["2022-05-11", "2001-09-11"]),
        ("en", "it may cost 45 dollars on 9/11", []),
        ("en", "on 31 February 2001", ["2001-02"]),
        ("ru", "21 декабря 1991 года", ["1991-12-21"]),
        ("ru", "с 1991 по 1995 год", ["1991/1995"]),
        ("ru", "в начале 1990-х годов", ["1990/1993"]),
        ("kk", "2017 жылғы 5 маусымда", ["2017-06-05"]),
        ("kk", "2020-сыншы жылдың 1-інші қаңтарынан", ["2020-01-01"]),
        ("kk", "2000-ға жуық адам", []),
        ("en", "in 2011-14", ["2011/2014"]),
        ("ru", "в XIX веке", ["1801/1900"]),
        ("ru", "в XIV веке", ["1301/1400"]),
    ],
)
def test_dates(lang: str, text: str, values: list[str]) -> None:
    assert [date.value for date in dates_of(text, lang)] == values


def test_the_same_year_needs_a_year() -> None:
    assert dates_of("Aynı yılın Eylül ayında", "tr") == []
    assert [d.value for d in dates_of("Aynı yılın Eylül ayında", "tr", year=1991)] == ["1991-09"]


def scores(items: Iterator[tuple[str, list[tuple[int, int]]]], lang: str) -> tuple[float, float]:
    found = false = missed = 0
    for text, gold in items:
        spans = [
            (d.start, d.end) for d in dates_of(text, lang) if YEAR.search(text[d.start : d.end])
        ]
        hits = [s for s in spans if any(s[0] < b and a < s[1] for a, b in gold)]
        false += len(spans) - len(hits)
        seen = [g for g in gold if any(s[0] < g[1] and g[0] < s[1] for s in spans)]
        found, missed = found + len(seen), missed + len(gold) - len(seen)
    return found / (found + false), found / (found + missed)


def nerel(folder: Path) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    for path in sorted(folder.glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        lines = path.with_suffix(".ann").read_text(encoding="utf-8").splitlines()
        found = (re.match(r"T\d+\tDATE (\d+) (\d+)\t", line) for line in lines)
        spans = [
            (int(m[1]), int(m[2])) for m in found if m and YEAR.search(text[int(m[1]) : int(m[2])])
        ]
        yield (
            text,
            [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)],
        )


def kaznerd(path: Path) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    for sentence in path.read_text(encoding="utf-8").split("\n\n"):
        text, spans = "", []
        for line in filter(str.strip, sentence.splitlines()):
            word, tag = line.rsplit(" ", 1)
            start = len(text) + bool(text)
            text = f"{text} {word}" if text else word
            if tag == "B-DATE":
                spans.append([start, len(text)])
            elif tag == "I-DATE" and spans:
                spans[-1][1] = len(text)
        yield text, [(a, b) for a, b in spans if YEAR.search(text[a:b])]


@pytest.mark.shared
def test_dates_on_public_gold(shared: Path) -> None:
    """Dates with a year, Russian news (NEREL) and Kazakh sentences (KazNERD)."""
    gold = shared / "gold" / "external"
    for items, lang in (
        (nerel(gold / "nerel" / "dev"), "ru"),
        (kaznerd(gold / "kaznerd" / "IOB2_valid.txt"), "kk"),
    ):
        precision, recall = scores(items, lang)
        assert precision >= 0.95
        assert recall >= 0.95


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        (
            "en",
            "more than 1,300 international and intergovernmental agreements",
            [(1300, "agreements", ">")],
        ),
        ("en", "2,72 square kilometer", [(2.72, "km2", "=")]),
        ("en", "the population, 4,811,662 in 1914", [(4811662, "persons", "=")]),
        ("en", "the tenth largest country", [(10, "rank", "=")]),
        ("en", "trade increased more than double", [(2, "ratio", ">")]),
        ("en", "approximately 40% of the people", [(40, "percent", "~")]),
        (
            "en",
            "$28 billion exports and $9.8 billion imports",
            [(28e9, "USD", "="), (9.8e9, "USD", "=")],
        ),
        ("en", "three main types of regional institution", []),
        ("en", "40 years after the disaster", []),
        (
            "tr",
            "27-28 milyar dolar değerinde 51 projenin",
            [(27e9, "USD", "="), (51, "projects", "=")],
        ),
        ("tr", "%84,27'sini", [(84.27, "percent", "=")]),
        ("tr", "üç bin kişiye istihdam", [(3000, "persons", "=")]),
        ("tr", "150’nin üzerinde Kazak şirketi", [(150, "companies", ">")]),
        ("ru", "более 3 млрд долларов и 15 процентов", [(3e9, "USD", ">"), (15, "percent", "=")]),
        ("kk", "екі миллион теңге және 12 пайыз", [(2e6, "KZT", "="), (12, "percent", "=")]),
        ("en", "two hundred companies", [(200, "companies", "=")]),
    ],
)
def test_quantities(lang: str, text: str, wanted: list[tuple[float, str, str]]) -> None:
    assert [(q.value, q.unit, q.comparison) for q in quantities_of(text, lang)] == wanted


def test_doubtful_separators_keep_both_readings() -> None:
    found = quantities_of("130.400 kişi", "tr")[0]
    assert (found.value, found.other_reading) == (130400, 130.4)


@pytest.mark.parametrize(
    ("lang", "text", "codes"),
    [
        ("tr", "Şangay İş Birliği Teşkilatı’na", ["SCO"]),
        ("tr", "Türk dünyasında ve Türk Konseyinde", ["OTS"]),
        ("tr", "Kazakistan’ın Türkiye’ye", ["KAZ", "TUR"]),
        ("tr", "ABD ile AB", ["USA", "EU"]),
        ("en", "the United States told us", ["USA"]),
        ("en", "South Sudan and Sudan", ["SSD", "SDN"]),
        ("en", "the Collective Security Treaty Organization (CSTO)", ["CSTO", "CSTO"]),
        ("en", "Kazakh-Chinese relations", ["KAZ", "CHN"]),
        ("ru", "российско-казахстанский договор", ["RUS", "KAZ"]),
        ("ru", "в Шанхайской организации сотрудничества и ОДКБ", ["SCO", "CSTO"]),
        ("kk", "Қазақстанның Ресеймен", ["KAZ", "RUS"]),
    ],
)
def test_actors(lang: str, text: str, codes: list[str]) -> None:
    assert [actor.code for actor in actors_of(text, lang)] == codes


def test_persons_are_learnt_from_titles() -> None:
    text = "Ruritanian affairs: the Chinese President Hu Jintao met Uzbek President Islam Karimov."
    persons = Persons.of(text, ["en"])
    found = [a for a in actors_of("Karimov and Hu spoke.", "en", persons) if a.kind == "person"]
    assert [(a.code, a.state) for a in found] == [("person:Karimov", "UZB"), ("person:Hu", "CHN")]


def test_citations_and_works() -> None:
    text = (
        "As Weitz (2008) says, it is so (Kaya, 2001, p. 5; Nye 1990). On (16 May 1992) not (URL-1)."
    )
    found = citations_of(text, 0, len(text))
    assert [(str(c), c.pages) for c in found] == [
        ("Weitz 2008", None),
        ("Kaya 2001", (5, 5)),
        ("Nye 1990", None),
    ]
    entry = "Bostancı, M., Lüleci, T. (2019). 21. Yüzyıl Başında, Journal, XLI, 715-754."
    work = works_of(entry, [(0, len(entry))])[0]
    assert (work.surname, work.year, work.pages) == ("Bostancı", "2019", (715, 754))


def test_languages_and_packs() -> None:
    assert language_of("Der Vertrag wurde von den Staaten mit der Union unterzeichnet und") == "und"
    with pytest.raises(UnknownName):
        pack("de")
