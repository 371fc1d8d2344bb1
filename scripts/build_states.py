"""Build the state tables that can be derived: codes, spells, labels and the language index.

Run from the root of the repository::

    python scripts/build_states.py LISTS

``LISTS`` is a folder with the published code lists under their usual file names: states2016.csv
(Correlates of War), isard_gw_system.csv.gz (Gleditsch and Ward), country-codes.csv (ISO, UN M49,
UNTERM, FIPS, World Bank names), country_data.tsv (official names), countrycode_codelist.csv.gz
and its _panel (IMF, Polity, V-Dem, GENC, World Bank). Names in other languages come from Unicode
CLDR through Babel. Written are state_codes.tsv, state_spells.tsv, state_labels.tsv and
state_index.tsv; states.tsv and state_names.tsv are kept by hand and only read.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import polars as pl

from multivector.names.states import fold
from multivector.names.states.lists import names

DATA = Path(__file__).parent.parent / "src" / "multivector" / "data"
COW = "COW State System Membership v2016"
GW = "Gleditsch and Ward list"
Row = tuple[str | int | None, ...]

# Numbers whose bearer the code lists do not tell by themselves: scheme, code, state, years.
SPLIT: dict[tuple[str, str], list[tuple[str, int | None, int | None]]] = {
    ("cow", "365"): [("RUS", None, 1922), ("SUN", 1923, 1991), ("RUS", 1992, None)],
    ("cow", "345"): [
        ("SRB", None, 1917),
        ("YUG", 1918, 2002),
        ("SCG", 2003, 2005),
        ("SRB", 2006, None),
    ],
    ("cow", "255"): [("DEU", None, 1945), ("DEU", 1990, None)],
    ("cow", "260"): [("DEU", 1949, 1989)],
    ("cow", "678"): [("YEM", None, 1989)],
    ("cow", "679"): [("YEM", 1990, None)],
    ("cow", "730"): [("XKR", None, 1910)],
    ("gw", "365"): [("RUS", None, 1922), ("SUN", 1923, 1991), ("RUS", 1992, None)],
    ("gw", "345"): [("YUG", 1918, 2002), ("SCG", 2003, 2006)],
    ("gw", "340"): [("SRB", None, None)],
    ("gw", "255"): [("DEU", None, 1945)],
    ("gw", "260"): [("DEU", 1949, None)],
    ("gw", "730"): [("XKR", None, 1910)],
    ("gw", "815"): [("VNM", None, 1893)],
    ("gw", "816"): [("VNM", 1945, None)],
    ("polity", "364"): [("SUN", 1922, 1991)],
    ("polity", "365"): [("RUS", None, 1922), ("RUS", 1991, None)],
    ("polity", "342"): [("SRB", None, None)],
    ("polity", "345"): [("YUG", 1918, 1991)],
    ("polity", "347"): [("YUG", 1991, 2002), ("SCG", 2003, 2006)],
    ("polity", "255"): [("DEU", None, 1945), ("DEU", 1990, None)],
    ("polity", "260"): [("DEU", 1945, 1990)],
    ("polity", "265"): [("DDR", 1945, 1990)],
    ("polity", "529"): [("ETH", 1993, None)],
    ("polity", "530"): [("ETH", None, 1993)],
    ("polity", "625"): [("SDN", None, 2011)],
    ("polity", "626"): [("SDN", 2011, None)],
    ("polity", "678"): [("YEM", None, 1990)],
    ("polity", "679"): [("YEM", 1990, None)],
    ("polity", "730"): [("XKR", None, 1910)],
    ("polity", "769"): [("PAK", 1947, 1971)],
    ("polity", "770"): [("PAK", 1971, None)],
    ("polity", "816"): [("VNM", 1954, 1976)],
    ("polity", "818"): [("VNM", 1976, None)],
    ("polity", "99"): [("GCL", 1821, 1832)],
    ("polity", "324"): [("ITA", None, 1861)],
    ("polity", "327"): [("PAP", None, 1870)],
    ("vdem", "11"): [("RUS", None, 1922), ("SUN", 1923, 1991), ("RUS", 1992, None)],
    ("vdem", "198"): [
        ("SRB", None, 1917),
        ("YUG", 1918, 2002),
        ("SCG", 2003, 2005),
        ("SRB", 2006, None),
    ],
    ("vdem", "157"): [("CSK", 1918, 1992), ("CZE", 1993, None)],
    ("vdem", "137"): [("DDR", 1945, 1990)],
    ("vdem", "23"): [("YMD", 1900, 1990)],
    ("vdem", "35"): [("VDR", 1802, 1975)],
    ("vdem", "236"): [("ZAN", 1856, None)],
    ("vdem", "361"): [("PAP", None, 1870)],
    ("vdem", "373"): [("ITA", None, 1861)],
    ("vdem", "139"): [("SML", 1900, None)],
    ("vdem", "209"): [("PSE", 1918, 1948)],
}
# Letters of the same lists: which abbreviation goes with which number of the scheme.
LETTERS = {"cow": "cowc", "gw": "gwc", "polity": "polityc"}
# States that only the older lists know, by the number of the Gleditsch and Ward list.
FORMER = {
    240: "HAN", 245: "BAV", 267: "BAD", 269: "SAX", 271: "WRT", 273: "HSE", 275: "HSG",
    280: "MEC", 300: "AUH", 327: "PAP", 329: "SIC", 332: "MOD", 335: "PMA", 337: "TUS",
    89: "UPC", 99: "GCL", 563: "TRA", 564: "OFS", 711: "TBT", 511: "ZAN", 265: "DDR",
    315: "CSK", 680: "YMD", 817: "VDR", 396: "ABK", 397: "SOT", 347: "XKX", 730: "XKR",
    678: "YEM", 340: "SRB", 345: "YUG", 260: "DEU", 255: "DEU", 815: "VNM", 816: "VNM",
}  # fmt: skip
# FIPS codes in the cell of a state that are another's: Kosovo's, the Netherlands'.
FIPS_ELSEWHERE = {("KV", "SRB"), ("NL", "BES")}
# Letters that the IMF uses in place of the ISO code.
IMF = {"WBG": "PSE", "KOS": "XKX"}
# Codes of CAMEO, as GDELT lists them, that are not the ISO codes it otherwise follows.
CAMEO: tuple[tuple[str, str, int | None, int | None], ...] = (
    ("ROM", "ROU", None, None), ("TMP", "TLS", None, None), ("MTN", "MNE", None, None),
    ("IMY", "IMN", None, None), ("GZS", "PSE", None, None), ("WSB", "PSE", None, None),
    ("RUS", "SUN", None, 1991), ("RUS", "RUS", 1992, None),
)  # fmt: skip
# Letters of the World Bank that are older than those it uses now.
WORLD_BANK = (("KSV", "XKX", None, None), ("ROM", "ROU", None, None), ("ZAR", "COD", None, None),
              ("TMP", "TLS", None, None), ("WBG", "PSE", None, None))  # fmt: skip
# Numbers of UN Comtrade, and so of BACI, that are not those of ISO 3166-1: customs territories
# (France with its overseas departments, Norway with Svalbard) and what was one reporter once.
# 490 is no state in the list; CEPII and the statistics of Taiwan agree that it is Taiwan's trade.
COMTRADE: tuple[tuple[str, str, int | None, int | None], ...] = (
    ("58", "BEL", None, 1998), ("200", "CSK", None, 1992), ("230", "ETH", None, 1992),
    ("251", "FRA", None, None), ("250", "FRA", None, None), ("278", "DDR", None, 1990),
    ("280", "DEU", None, 1990), ("356", "IND", None, 1974), ("381", "ITA", None, None),
    ("459", "MYS", None, 1963), ("490", "TWN", None, None), ("530", "ANT", None, 2010),
    ("532", "ANT", None, 1985), ("579", "NOR", None, None), ("588", "PAK", None, 1971),
    ("590", "PAN", None, 1977), ("658", "KNA", None, 1980), ("699", "IND", None, None),
    ("720", "YMD", None, 1990), ("736", "SDN", None, 2011), ("757", "CHE", None, None),
    ("756", "CHE", None, None), ("810", "SUN", None, 1991), ("835", "TZA", None, 1964),
    ("836", "ZAN", None, 1964), ("841", "USA", None, 1980), ("842", "USA", None, None),
    ("866", "VNM", None, 1974), ("868", "VDR", None, 1974), ("886", "YEM", None, 1990),
    ("890", "YUG", None, 1991), ("891", "YUG", 1992, 2002), ("891", "SCG", 2003, 2006),
    ("412", "XKX", None, None), ("158", "TWN", None, None),
)  # fmt: skip
# Numbers of the Gleditsch and Ward list that the Correlates of War give to another state or none.
GW_ALONE = {970: "KIR", 971: "NRU", 972: "TON", 973: "TUV", 591: "SYC"}
# ISO codes that were withdrawn, with the last year in which they stood: ISO 3166-3, UN M49.
WITHDRAWN: tuple[tuple[str, str, str, int | None, int | None], ...] = (
    ("iso2", "SU", "SUN", None, 1992), ("isonum", "810", "SUN", None, 1992),
    ("iso2", "YU", "YUG", None, 2003), ("isonum", "890", "YUG", None, 1992),
    ("iso2", "CS", "CSK", None, 1993), ("isonum", "200", "CSK", None, 1992),
    ("iso2", "CS", "SCG", 2003, 2006), ("isonum", "891", "SCG", 2003, 2006),
    ("isonum", "891", "YUG", 1993, 2002),
    ("iso2", "DD", "DDR", None, 1990), ("isonum", "278", "DDR", None, 1990),
    ("iso2", "YD", "YMD", None, 1990), ("isonum", "720", "YMD", None, 1990),
    ("isonum", "280", "DEU", None, 1990), ("isonum", "886", "YEM", None, 1990),
    ("iso2", "AN", "ANT", None, 2010), ("isonum", "530", "ANT", None, 2010),
    ("isonum", "230", "ETH", None, 1993), ("isonum", "736", "SDN", None, 2011),
    ("iso3", "SUN", "SUN", None, 1992), ("iso3", "YUG", "YUG", None, 2003),
    ("iso3", "CSK", "CSK", None, 1993), ("iso3", "SCG", "SCG", 2003, 2006),
    ("iso3", "DDR", "DDR", None, 1990), ("iso3", "YMD", "YMD", None, 1990),
    ("iso3", "ANT", "ANT", None, 2010),
    ("iso3", "BUR", "MMR", None, 1989), ("iso2", "BU", "MMR", None, 1989),
    ("iso3", "ZAR", "COD", None, 1997), ("iso2", "ZR", "COD", None, 1997),
    ("iso3", "TMP", "TLS", None, 2002), ("iso2", "TP", "TLS", None, 2002),
    ("iso3", "ROM", "ROU", None, 2002), ("iso3", "BYS", "BLR", None, 1992),
    ("iso3", "DHY", "BEN", None, 1977), ("iso3", "HVO", "BFA", None, 1984),
    ("iso3", "RHO", "ZWE", None, 1980), ("iso3", "NHB", "VUT", None, 1980),
)  # fmt: skip


def write(name: str, header: str, rows: Iterable[Row]) -> None:
    """Write a sorted table of tab-separated values with a header."""
    lines = ["\t".join("" if cell is None else str(cell) for cell in row) for row in rows]
    (DATA / name).write_text("\n".join([header.replace(" ", "\t"), *lines]) + "\n", "utf-8")
    print(f"{name}: {len(lines)} rows, {(DATA / name).stat().st_size} bytes")


def table(path: Path) -> pl.DataFrame:
    """Read a published list with every value as text."""
    separator = "\t" if path.suffix == ".tsv" else ","
    return pl.read_csv(path, infer_schema_length=0, separator=separator)


class Lists:
    """The published lists, and the state each of their rows stands for."""

    def __init__(self, folder: Path) -> None:
        self.cow = table(folder / "states2016.csv")
        self.gw = table(folder / "isard_gw_system.csv.gz")
        self.iso = table(folder / "country-codes.csv")
        self.codelist = table(folder / "countrycode_codelist.csv.gz")
        self.official = table(folder / "country_data.tsv").select("name_official", "ISO3")
        self.panel = table(folder / "countrycode_codelist_panel.csv.gz")
        pairs = self.codelist.select("cown", "iso3c").drop_nulls().rows()
        self.numbers = {int(number): state for number, state in pairs} | FORMER
        names = self.codelist.select("country.name.en", "iso3c").drop_nulls().rows()
        self.names: dict[str, str] = dict(names)

    def state(self, scheme: str, number: str) -> str:
        """Return the state behind a number of the scheme cow or gw."""
        own = GW_ALONE if scheme == "gw" else {}
        return own.get(int(number)) or self.numbers[int(number)]


def split(scheme: str, code: str, state: str) -> Iterator[tuple[str, int | None, int | None]]:
    """Yield the bearers of a code with their years."""
    yield from SPLIT.get((scheme, code), [(state, None, None)])


def system_codes(lists: Lists) -> Iterator[Row]:
    """Yield numbers and abbreviations of the Correlates of War and of Gleditsch and Ward."""
    for scheme, frame, number, letters, source, name in (
        ("cow", lists.cow, "ccode", "stateabb", COW, "states2016.csv"),
        ("gw", lists.gw, "gwcode", "gw_abb", GW, "isard_gw_system.csv"),
    ):
        for code, abbreviation in frame.select(number, letters).unique().rows():
            locator = f"{name}: {number} {code}"
            for state, first, last in split(scheme, code, lists.state(scheme, code)):
                yield scheme, code, state, first, last, source, locator
                yield LETTERS[scheme], abbreviation, state, first, last, source, locator


def pieces(scheme: str, cell: str) -> list[str]:
    """Return the codes of a cell: numbers without leading zeros, FIPS in pairs of letters."""
    cell = cell.strip().replace(",", "")
    if scheme == "fips":
        return [cell[i : i + 2] for i in range(0, len(cell), 2)]
    return [code for code in [cell.lstrip("0") if scheme in ("isonum", "m49") else cell] if code]


def iso_codes(lists: Lists) -> Iterator[Row]:
    """Yield ISO 3166-1 codes, UN M49 and FIPS 10-4."""
    columns = {
        "iso2": ("ISO3166-1-Alpha-2", "ISO 3166-1"),
        "iso3": ("ISO3166-1-Alpha-3", "ISO 3166-1"),
        "isonum": ("ISO3166-1-numeric", "ISO 3166-1"),
        "m49": ("M49", "UN M49"),
        "fips": ("FIPS", "FIPS 10-4"),
    }
    for row in lists.iso.iter_rows(named=True):
        state = row["ISO3166-1-Alpha-3"]
        for scheme, (column, source) in columns.items():
            for code in pieces(scheme, row[column] or ""):
                if (code, state) not in FIPS_ELSEWHERE:
                    yield scheme, code, state, None, None, source, f"country-codes.csv: {column}"
    for scheme, code, state, first, last in WITHDRAWN:
        yield scheme, code, state, first, last, "ISO 3166-3", f"former code {code}"
        if scheme == "isonum":
            yield "m49", code, state, first, last, "UN M49", f"former code {code}"


def letter_codes() -> Iterator[Row]:
    """Yield the codes of CAMEO and of the IMF that differ from ISO 3166-1 alpha-3."""
    yield "iso3", "XKX", "XKX", None, None, "World Bank", "user-assigned code"
    for code, state in IMF.items():
        yield "imfc", code, state, None, None, "IMF", "Direct Investment Positions: COUNTRY.ID"
    for code, state, first, last in WORLD_BANK:
        yield "wb", code, state, first, last, "World Bank", "code used in older releases"
    for code, state, first, last in COMTRADE:
        yield "comtrade", code, state, first, last, "UN Comtrade", "reporters and partners: id"
    for code, state, first, last in CAMEO:
        address = "gdeltproject.org/data/lookups/CAMEO.country.txt"
        yield "cameo", code, state, first, last, "CAMEO country codes", address


def other_codes(lists: Lists) -> Iterator[Row]:
    """Yield World Bank, IMF, GENC, Polity and V-Dem codes, as the countrycode list has them."""
    columns = {
        "wb": ("wb", "World Bank"),
        "wb2": ("wb_api2c", "World Bank"),
        "imf": ("imf", "IMF"),
        "genc2": ("genc2c", "GENC"),
        "genc3": ("genc3c", "GENC"),
        "fips": ("fips", "FIPS 10-4"),
        "ioc": ("ioc", "International Olympic Committee"),
        "eurostat": ("eurostat", "Eurostat"),
        "ecb": ("ecb", "European Central Bank"),
        "cctld": ("cctld", "IANA"),
        "flag": ("unicode.symbol", "Unicode"),
        "currency": ("iso4217c", "ISO 4217"),
        "continent": ("continent", "World Bank"),
        "region": ("region", "World Bank"),
        "un_region": ("un.regionsub.name", "UN M49"),
    }
    extra = {"Kosovo": "XKX", "Czechoslovakia": "CSK", "Yugoslavia": "YUG"}
    extra["Netherlands Antilles"] = "ANT"
    known = lists.names | extra
    for row in lists.codelist.iter_rows(named=True):
        state = known.get(row["country.name.en"])
        for scheme, (column, source) in columns.items():
            if state and row[column]:
                locator = f"countrycode_codelist.csv: {column}"
                yield scheme, row[column], state, None, None, source, locator


def panel_codes(lists: Lists) -> Iterator[Row]:
    """Yield Polity 5 and V-Dem codes, whose bearers change with the years."""
    former = {
        "United Province CA": "UPC", "Bavaria": "BAV", "Prussia": "DEU", "Baden": "BAD",
        "German Democratic Republic": "DDR", "Saxony": "SAX", "Wuerttemburg": "WRT",
        "Czechoslovakia": "CSK", "Two Sicilies": "SIC", "Modena": "MOD", "Parma": "PMA",
        "Tuscany": "TUS", "Orange Free State": "OFS", "Yemen Arab Republic": "YEM",
        "Yemen People's Republic": "YMD", "Republic of Vietnam": "VDR", "Würtemberg": "WRT",
        "Hanover": "HAN", "Hesse-Kassel": "HSE", "Hesse-Darmstadt": "HSG",
        "Mecklenburg Schwerin": "MEC", "Kosovo": "XKX", "Zanzibar": "ZAN",
    }  # fmt: skip
    known = lists.names | former
    for scheme, number, letters, source in (
        ("polity", "p5n", "p5c", "Polity 5"),
        ("vdem", "vdem", None, "V-Dem country codes"),
    ):
        columns = ["country.name.en", number, *([letters] if letters else [])]
        for row in lists.panel.select(columns).unique().drop_nulls(number).iter_rows(named=True):
            code, name = row[number], row["country.name.en"]
            if name not in known and (scheme, code) not in SPLIT:
                continue
            locator = f"countrycode_codelist_panel.csv: {number} {code}"
            for state, first, last in split(scheme, code, known.get(name, "")):
                yield scheme, code, state, first, last, source, locator
                if letters and row[letters]:
                    yield LETTERS[scheme], row[letters], state, first, last, source, locator


def codes(lists: Lists) -> list[Row]:
    """Return every code once, first source first."""
    kept: dict[Row, Row] = {}
    derived = (system_codes(lists), iso_codes(lists), other_codes(lists), panel_codes(lists))
    for row in (*chain.from_iterable(derived), *letter_codes()):
        kept.setdefault(row[:5], row)
    return sorted(kept.values(), key=lambda row: tuple(str(cell or "") for cell in row))


def spells(lists: Lists) -> list[Row]:
    """Return the membership spells of both system lists; open where the list ends."""
    rows: list[Row] = []
    for row in lists.cow.iter_rows(named=True):
        start, end = (
            "-".join(str(row[f"{edge}{part}"]).zfill(2) for part in ("year", "month", "day"))
            for edge in ("st", "end")
        )
        rows += cut("cow", row["ccode"], start, end, lists, end == "2016-12-31", COW)
    for row in lists.gw.iter_rows(named=True):
        open_end = row["end"] == "2020-12-31"
        rows += cut("gw", row["gwcode"], row["start"], row["end"], lists, open_end, GW)
    return sorted(rows, key=lambda row: tuple(str(cell or "") for cell in row))


TURNS = {
    365: (("RUS", "1922-12-30"), ("SUN", "1991-12-25"), ("RUS", "9999")),
    345: (("SRB", "1918-12-01"), ("YUG", "2003-02-04"), ("SCG", "2006-06-03"), ("SRB", "9999")),
}


def cut(
    scheme: str, code: str, start: str, end: str, lists: Lists, open_end: bool, source: str
) -> Iterator[Row]:
    """Yield a spell of a number cut where its bearer changes."""
    name = {"cow": "states2016.csv: ccode", "gw": "isard_gw_system.csv: gwcode"}[scheme]
    begin = start
    for state, turn in TURNS.get(int(code), ((lists.state(scheme, code), "9999"),)):
        if turn <= begin:
            continue
        last = turn > end
        stop = (None if open_end else end) if last else turn
        yield scheme, state, begin, stop, source, f"{name} {code}"
        if last:
            return
        begin = turn


def labels(lists: Lists) -> list[Row]:
    """Return the names of the lists in Latin script, each with its state and source."""
    found: dict[tuple[str, str], tuple[str, str]] = {}

    def add(name: str | None, state: str | None, source: str, locator: str) -> None:
        if name and state:
            found.setdefault((" ".join(name.replace("*", "").split()), state), (source, locator))

    for row in lists.iso.iter_rows(named=True):
        state = row["ISO3166-1-Alpha-3"]
        for column, source in (
            ("official_name_en", "UN M49"),
            ("UNTERM English Short", "UNTERM"),
            ("UNTERM English Formal", "UNTERM"),
            ("CLDR display name", "Unicode CLDR"),
        ):
            add(row[column], state, source, f"country-codes.csv: {column}")
    codelist = "countrycode_codelist.csv"
    for row in lists.codelist.iter_rows(named=True):
        add(row["country.name.en"], row["iso3c"], "English usage", f"{codelist}: country.name.en")
        add(row["iso.name.en"], row["iso3c"], "ISO 3166-1", f"{codelist}: iso.name.en")
    for number, name in lists.cow.select("ccode", "statenme").rows():
        if int(number) not in (255, 345, 365, 678, 679, 680, 730, 816, 817):
            add(name, lists.state("cow", number), COW, f"states2016.csv: {number}")
    for number, name in lists.gw.select("gwcode", "gw_name").rows():
        if int(number) not in (345, 365, 730):
            add(name, lists.state("gw", number), GW, f"isard_gw_system.csv: {number}")
    carried = set(lists.names.values())
    in_cldr = {(fold(name), state) for state, name in cldr_names()}
    borne = {key for key, _ in in_cldr}
    for name, state in lists.official.rows():
        if state in carried and (fold(name) not in borne or (fold(name), state) in in_cldr):
            add(name, state, "Official name", "country_data.tsv: name_official")
    return [(*key, *origin) for key, origin in sorted(found.items())]


def cldr_names() -> Iterator[tuple[str, str]]:
    """Yield state and name in every CLDR locale of Babel."""
    from babel.localedata import load, locale_identifiers

    codes = table(DATA / "state_codes.tsv").filter(pl.col("scheme") == "iso2")
    iso2 = dict(codes.filter(pl.col("last").is_null()).select("code", "state").rows())
    iso2["XK"] = "XKX"
    for locale in locale_identifiers():
        for territory, name in load(locale).get("territories", {}).items():
            if territory in iso2 and isinstance(name, str):
                yield iso2[territory], name


ARTICLE = re.compile(
    r"^(?:la |le |les |el |los |las |l['’])|\((?:la|le|les|l['’])\s*\)", re.IGNORECASE
)


def listed_names(lists: Lists) -> Iterator[tuple[str, str]]:
    """Yield state and name in the languages of UNTERM, UN M49, ISO 3166 and older CLDR editions."""
    for row in lists.iso.iter_rows(named=True):
        for column, name in row.items():
            if name and column.startswith(("UNTERM", "official_name")):
                yield row["ISO3166-1-Alpha-3"], name
    starts = ("cldr.", "country.name.", "un.name.", "iso.name.")
    for row in lists.codelist.filter(pl.col("iso3c").is_not_null()).iter_rows(named=True):
        for column, name in row.items():
            if name and column.startswith(starts) and not column.endswith("regex"):
                yield row["iso3c"], name


def index(lists: Lists) -> list[Row]:
    """Return the folded names of each state in all languages.

    The current edition of CLDR comes first: a name of another list that it, or the names kept by
    hand, give to another state is left out.
    """
    import babel

    bearers: dict[str, set[str]] = defaultdict(set)
    for state, name in cldr_names():
        bearers[fold(name)].add(state)
    taken = set(bearers) | set(names())
    for state, name in listed_names(lists):
        for spelling in (name, ARTICLE.sub("", name)):
            key = fold(spelling.replace("*", ""))
            if key not in taken:
                bearers[key].add(state)
    keys: dict[str, set[str]] = defaultdict(set)
    for key, states in bearers.items():
        for state in states if key else ():
            keys[state].add(key)
    source = f"Unicode CLDR (Babel {babel.__version__} and older); UNTERM; UN M49; ISO 3166-1"
    where = "names of territories in every locale; short, formal and official names"
    return [(state, "|".join(sorted(keys[state])), source, where) for state in sorted(keys)]


def main(arguments: list[str]) -> None:
    """Write the derived tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lists", type=Path, help="folder with the published code lists")
    lists = Lists(parser.parse_args(arguments).lists)
    write("state_codes.tsv", "scheme code state first last source locator", codes(lists))
    write("state_spells.tsv", "list state start end source locator", spells(lists))
    write("state_labels.tsv", "name state source locator", labels(lists))
    write("state_index.tsv", "state names source locator", index(lists))


if __name__ == "__main__":
    main(sys.argv[1:])
