"""Refresh the rows of memberships.tsv that follow from COW IGO v3 and the World Factbook.

Rows entered by hand (any other source) are kept as they are and decide for their pair of
organisation and state: the script writes rows only for pairs that no hand has touched.

    python scripts/build_organisations.py --cow state_year_formatv3.csv.gz \
        --factbook-2015 FOLDER --factbook-2025 FOLDER [--questions questions.tsv]

``--cow`` is the state-year file of the producer; the folders hold the editions as their packages
have them (one JSON file per country, two letters of the GEC code as name). ``--questions`` lists
the pairs where the three disagree and somebody has to decide by hand.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

DATA = Path(__file__).resolve().parents[1] / "src" / "multivector" / "data"
COLUMNS = (
    "organisation",
    "state",
    "status",
    "start",
    "end",
    "as_of",
    "source",
    "locator",
    "note",
)
COW = "cow_igo@3.0"
LAST_COW_YEAR = 2014
FACTBOOK = {"2015": "factbook@2015", "2025": "factbook@2025"}
FIELD = "Government: International organization participation"
MADE = (COW, *FACTBOOK.values())
STATUS_BY_CODE = {"1": "member", "2": "associate", "3": "observer"}
COW_SPECIAL = {
    "260": "DEU",
    "265": "DDR",
    "315": "CSK",
    "347": "XKX",
    "678": "YEM",
    "680": "YMD",
    "730": "KOR",
    "816": "VNM",
    "817": "VDR",
}
SAME_SEAT = {"YUG": ("YUG", "SCG", "SRB"), "SUN": ("SUN", "RUS")}
GEC_SPECIAL = {"gz": "PSE", "we": "PSE", "kv": "XKX", "tw": "TWN", "hk": "HKG", "mc": "MAC"}
TAGS = {
    "associate": "associate",
    "associated member": "associate",
    "associate member": "associate",
    "observer": "observer",
    "dialogue member": "dialogue_partner",
    "dialogue partner": "dialogue_partner",
    "sectoral dialogue partner": "dialogue_partner",
    "candidate": "candidate",
    "candidates": "candidate",
    "candidate country": "candidate",
    "accession candidate": "candidate",
    "suspended": "suspended",
    "partner": "partner",
    "partners": "partner",
    "nonregional member": "member",
    "nonregional members": "member",
    "chinese taipei": "member",
}
# Factbook abbreviations that are not the code of the organisation here.
FACTBOOK_NAMES = {
    "Caricom": "CARICOM",
    "Mercosur": "MERCOSUR",
    "IBRD": "WB",
    "CE": "COE",
    "C": "COMMONWEALTH",
    "Commonwealth of Nations": "COMMONWEALTH",
    "AfDB": "AFDB",
    "IDB": "ISDB",
    "ICCt": "ICC",
    "ICC": None,
    "G-7": "G7",
    "G-20": "G20",
    "CAN": "ANDEAN",
    "EEU": "EAEU",
}


def state_of_cow(code: str, year: int, iso: dict[str, str]) -> str | None:
    """Return the state that a COW number meant in a year; null where no identity exists."""
    if code == "365":
        return "SUN" if year < 1992 else "RUS"
    if code == "345":
        return "YUG" if year < 2003 else "SCG" if year < 2006 else "SRB"
    return COW_SPECIAL.get(code) or iso.get(code)


def cow_years(path: Path, iso: dict[str, str], codes: dict[str, str]) -> pl.DataFrame:
    """Return organisation, state, year, status: one row per state-year that COW IGO records."""
    wide = pl.read_csv(path, infer_schema_length=0)
    columns = {code.lower(): organisation for organisation, code in codes.items()}
    rows = [
        (columns[column], state, year, STATUS_BY_CODE[row[column]])
        for row in wide.select("ccode", "year", *sorted(columns)).iter_rows(named=True)
        for year in (int(row["year"]),)
        for state in (state_of_cow(row["ccode"], year, iso),)
        if state
        for column in columns
        if row[column] in STATUS_BY_CODE
    ]
    names = ["organisation", "state", "year", "status"]
    return pl.DataFrame(rows, schema=names, orient="row").unique().sort(names)


def spells(years: Iterable[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """Join consecutive years of one status: first year, last year, status."""
    first: int | None = None
    last, held = 0, ""
    for year, status in sorted(years):
        if first is not None and (year != last + 1 or status != held):
            yield first, last, held
            first = None
        first = year if first is None else first
        last, held = year, status
    if first is not None:
        yield first, last, held


def pieces(text: str) -> list[str]:
    """Split a list at the commas and semicolons that stand outside brackets."""
    text = re.sub(r"<[^>]*>|&nbsp;?", " ", text)
    text = re.sub(r"^.*?following organizations[^:]*:", "", text)
    out, depth, current = [], 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter in ",;" and depth <= 0:
            out.append(current.strip())
            current = ""
        else:
            current += letter
    return [piece for piece in (*out, current.strip()) if piece]


def factbook_status(tag: str | None) -> str | None:
    """Return the status behind the words in brackets; null where they say something else."""
    if tag is None:
        return "member"
    return TAGS.get(tag.casefold().strip())


def factbook(folder: Path, gec: dict[str, str], known: set[str]) -> dict[tuple[str, str], str]:
    """Return the status by organisation and state that an edition prints."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*/*.json")):
        state = gec.get(path.stem)
        if state is None:
            continue
        government = json.loads(path.read_text(encoding="utf-8")).get("Government") or {}
        text = (government.get("International organization participation") or {}).get("text", "")
        for piece in pieces(text):
            match = re.fullmatch(r"([^()]+?)(?:\s*\(([^()]*)\))?", piece)
            if not match:
                continue
            name = match[1].strip()
            organisation = FACTBOOK_NAMES.get(name, name.upper())
            status = factbook_status(match[2])
            if organisation in known and status:
                found.setdefault((organisation, state), status)
    return found


def made_rows(
    cow: pl.DataFrame,
    editions: dict[str, dict[tuple[str, str], str]],
    codes: dict[str, str],
    by_hand: set[tuple[str, str]],
    closed: set[str],
) -> tuple[list[dict[str, str | None]], list[dict[str, str]]]:
    """Return the rows that follow from the three sources, and the questions they leave."""
    rows: list[dict[str, str | None]] = []
    questions: list[dict[str, str]] = []
    keys = {(o, s) for o, s in cow.select("organisation", "state").iter_rows()}
    years: dict[tuple[str, str], list[tuple[int, str]]] = {key: [] for key in keys}
    for organisation, state, year, status in cow.iter_rows():
        years[organisation, state].append((year, status))
    for key in sorted(keys | set(editions["2015"]) | set(editions["2025"])):
        if key in by_hand:
            continue
        now, then = editions["2025"].get(key), editions["2015"].get(key)
        runs = list(spells(years.get(key, [])))
        pair = rows_of_pair(key, runs, then, now, codes)
        rows += pair
        if key[0] in closed:
            continue
        held = runs[-1][2] if runs and runs[-1][1] == LAST_COW_YEAR else None
        if (held, held) != (then, now):
            questions.append(
                {
                    "organisation": key[0],
                    "state": key[1],
                    "cow_2014": held or "",
                    "factbook_2015": then or "",
                    "factbook_2025": now or "",
                    "spells": "; ".join(f"{a}-{b} {c}" for a, b, c in runs),
                }
            )
    return rows, questions


def rows_of_pair(
    key: tuple[str, str],
    runs: list[tuple[int, int, str]],
    then: str | None,
    now: str | None,
    codes: dict[str, str],
) -> list[dict[str, str | None]]:
    """Return the rows of one organisation and state."""
    organisation, state = key
    rows: list[dict[str, str | None]] = []
    for first, last, status in runs:
        is_open = last == LAST_COW_YEAR
        edition = "2025" if now == status else "2015" if then == status else None
        locator = f"state_year_formatv3, column {codes[organisation].lower()}, {first}-{last}"
        if is_open and edition:
            locator += f"; still listed in {FACTBOOK[edition]}, {FIELD}"
        rows.append(
            row(
                (organisation, state, status),
                (str(first), None if is_open else str(last)),
                (edition or str(LAST_COW_YEAR)) if is_open else None,
                (COW, locator),
            )
        )
    held = runs[-1][2] if runs and runs[-1][1] == LAST_COW_YEAR else None
    if now and now != held and held is None:
        edition = "2015" if then == now else "2025"
        rows.append(
            row(
                (organisation, state, now),
                (None, None),
                "2025",
                (FACTBOOK["2025"], FIELD),
                f"start not in hand; listed in the edition of {edition}",
            )
        )
    return rows


def row(
    what: tuple[str, str, str],
    life: tuple[str | None, str | None],
    as_of: str | None,
    where: tuple[str, str],
    note: str | None = None,
) -> dict[str, str | None]:
    """Return one row of the table."""
    return dict(zip(COLUMNS, (*what, *life, as_of, *where, note), strict=True))


def read(name: str) -> pl.DataFrame:
    """Read an embedded table; an empty cell is null."""
    return pl.read_csv(DATA / name, separator="\t", quote_char=None, infer_schema_length=0)


def identities(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return ISO codes by COW number and by GEC code, from a concordance with those columns."""
    table = pl.read_csv(path, infer_schema_length=0)
    cow = {c: i for c, i in table.select("cown", "iso3c").drop_nulls().iter_rows()}
    gec = {f.lower(): i for f, i in table.select("fips", "iso3c").drop_nulls().iter_rows()}
    return cow, gec | GEC_SPECIAL


def main() -> None:
    """Read the three sources and rewrite the made rows of memberships.tsv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cow", type=Path, required=True)
    parser.add_argument("--codes", type=Path, required=True, help="concordance: cown, fips, iso3c")
    parser.add_argument("--factbook-2015", type=Path, required=True)
    parser.add_argument("--factbook-2025", type=Path, required=True)
    parser.add_argument("--questions", type=Path)
    options = parser.parse_args()
    organisations = read("organisations.tsv")
    codes = dict(
        organisations.filter(pl.col("cow_igo").is_not_null())
        .select("organisation", "cow_igo")
        .iter_rows()
    )
    closed = set(organisations.filter(pl.col("dissolved").is_not_null())["organisation"])
    iso, gec = identities(options.codes)
    known = set(organisations["organisation"])
    editions = {
        "2015": factbook(options.factbook_2015, gec, known),
        "2025": factbook(options.factbook_2025, gec, known),
    }
    target = DATA / "memberships.tsv"
    hand = read("memberships.tsv").filter(~pl.col("source").is_in(MADE)) if target.exists() else None
    by_hand = set(hand.select("organisation", "state").iter_rows()) if hand is not None else set()
    cow = cow_years(options.cow, iso, codes)
    made, questions = made_rows(cow, editions, codes, by_hand, closed)
    schema = dict.fromkeys(COLUMNS, pl.String)
    table = pl.DataFrame(made, schema=schema)
    table = table if hand is None else pl.concat([hand.select(COLUMNS), table])
    table.sort(["organisation", "state", "start", "status"], nulls_last=False).write_csv(
        target, separator="\t", quote_style="never"
    )
    if options.questions:
        pl.DataFrame(questions).write_csv(options.questions, separator="\t")


if __name__ == "__main__":
    main()
