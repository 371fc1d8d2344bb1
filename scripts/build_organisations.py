"""Write src/multivector/data/memberships.tsv from what was read by hand, COW IGO and the Factbook.

    python scripts/build_organisations.py --cow state_year_formatv3.csv.gz
    python scripts/build_organisations.py

The rows of ``memberships_by_hand.tsv`` beside this script come first: they decide for their pair
of organisation and state. The other pairs follow from the state-year file of COW IGO v3 (years, to
2014) and from the two editions of the Factbook embedded in the package (what still holds). Without
``--cow`` the rows made before are kept, so that a row can be corrected without the producer's file.

Each row says whether it is confirmed: true where its source gives the first day, false where COW
IGO or a poor page is the only source of its dates, null for a listing without a first day. A spell
of COW is a prior: nothing may be told as joined, left or ended on its word. Each organisation gets
the day to which its list of members was read, and the organisation whose organ it is.

``--differences`` writes how the table differs from COW IGO, ``--questions`` the pairs on which the
three sources disagree.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import polars as pl

from multivector.errors import MultivectorError
from multivector.names import states

SCRIPTS = Path(__file__).resolve().parent
DATA = SCRIPTS.parent / "src" / "multivector" / "data"
HAND = SCRIPTS / "memberships_by_hand.tsv"
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
SHIPPED = (*COLUMNS, "confirmed")
# Pages that no diplomat would accept: a row that rests on one is a prior, like those of COW.
POOR = (
    "lenin_commonwealth",
    "sparkthread_mercosur",
    "spectroom_mercosur",
    "winenfood_commonwealth",
)
# A list of those who meant to join: no proof that they did.
PROSPECTIVE = ("infrapppworld_aiib",)
ORGANS = {"RATS": "SCO"}
LAST_COW_YEAR = 2014
ENTRY = "COW's first year for the state: it may have joined before"
FIELD = "Government: International organization participation"
STATUS_BY_CODE = {"1": "member", "2": "associate", "3": "observer"}
SEATED = ("founding_member", "member", "suspended")
# Factbook abbreviations that are not the code of the organisation here; null: another body.
FACTBOOK_NAMES: dict[str, str | None] = {
    "Caricom": "CARICOM",
    "Mercosur": "MERCOSUR",
    "IBRD": "WB",
    "CE": "COE",
    "C": "COMMONWEALTH",
    "Commonwealth of Nations": "COMMONWEALTH",
    "AfDB": "AFDB",
    "IDB": "ISDB",
    "ICC": None,
    "G-7": "G7",
    "G-20": "G20",
    "CAN": "ANDEAN",
    "EEU": "EAEU",
}
FACTBOOK_STATUS = {
    "member": "member",
    "participating member": "member",
    "nonregional member": "member",
    "nonregional members": "member",
    "Chinese Taipei": "member",
    "associate": "associate",
    "associate member": "associate",
    "associated member": "associate",
    "observer": "observer",
    "dialogue member": "dialogue_partner",
    "dialogue partner": "dialogue_partner",
    "sectoral dialogue partner": "dialogue_partner",
    "candidate": "candidate",
    "candidates": "candidate",
    "candidate country": "candidate",
    "accession candidate": "candidate",
    "partner": "partner",
    "partners": "partner",
    "suspended": "suspended",
}
# Pairs that one source has and the others make untenable; no row is made from them.
DOUBTED = {
    ("CIS", "SUN"): "the number of COW for Russia in 1991; by hand RUS from 1991-12-25",
    ("CICA", "BDI"): "printed by both editions of the Factbook, not a state of Asia, in no list",
    ("AIIB", "ZAF"): "printed by the Factbook; a prospective founder not known to have joined",
    ("COMMONWEALTH", "USA"): "COW IGO only, 1965-1968; never a member",
    ("CSTO", "AFG"): "observer of the Parliamentary Assembly only",
    ("CSTO", "SRB"): "observer of the Parliamentary Assembly only",
    ("UN", "TWN"): "the seat of China, entered once, for CHN",
    ("IADB", "PRK"): "COW IGO only, beside KOR from the same year",
    ("IMF", "ABW"): "printed by the Factbook; part of a member",
    ("IMF", "HKG"): "printed by the Factbook; part of a member",
    ("IMF", "MAC"): "printed by the Factbook; part of a member",
    ("OECD", "IND"): "a bracket missing in the Factbook: enhanced engagement",
}

Pair = tuple[str, str]
Row = dict[str, str | None]


@cache
def state_of(code: str, year: int) -> str | None:
    """Return the state a COW number meant in a year; null where there was none."""
    try:
        return states.identify(code, year=year, scheme="cow")
    except MultivectorError:
        return None


def read(path: Path) -> pl.DataFrame:
    """Read a TSV as text; an empty cell is null."""
    return pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False)


def cow_columns(organisations: pl.DataFrame) -> dict[str, list[str]]:
    """Return the columns of COW IGO by organisation; several for one that was several."""
    carried = organisations.filter(pl.col("cow_igo").is_not_null())
    return {
        organisation: [code.lower() for code in codes.split(";")]
        for organisation, codes in carried.select("organisation", "cow_igo").iter_rows()
    }


def cow_codes(path: Path, columns: dict[str, list[str]]) -> dict[tuple[str, str, int], str]:
    """Return the code of COW IGO by organisation, state and year, for states in its system.

    A state that held two codes in one year, as in the year of a union, keeps the highest status;
    ``0`` is no membership; -9 (missing) and -1 (no such organisation) are left out.
    """
    wanted = sorted({column for group in columns.values() for column in group})
    order = {"0": 0, "3": 1, "2": 2, "1": 3}
    found: dict[tuple[str, str, int], str] = {}
    wide = pl.read_csv(path, infer_schema=False).select("ccode", "year", *wanted)
    for row in wide.iter_rows(named=True):
        year = int(row["year"])
        state = state_of(row["ccode"], year)
        if state is None:
            continue
        for organisation, group in columns.items():
            for column in group:
                code = row[column]
                key = (organisation, state, year)
                if code in order and order[code] >= order[found.get(key, "0")]:
                    found[key] = code
    return found


def spells(years: Iterable[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """Join consecutive years of one status: first year, last year, status."""
    first, last, held = 0, 0, ""
    for year, status in sorted(years):
        if held and (year != last + 1 or status != held):
            yield first, last, held
            held = ""
        first = first if held else year
        last, held = year, status
    if held:
        yield first, last, held


def factbook(known: set[str]) -> dict[str, dict[Pair, str]]:
    """Return by edition the status of each pair as the Factbook prints it."""
    printed: dict[str, dict[Pair, str]] = {"2015": {}, "2025": {}}
    rows = pl.read_parquet(DATA / "factbook_memberships.parquet").filter(pl.col("part").is_null())
    for state, name, text, edition in rows.select(
        "state", "organisation", "status", "edition"
    ).iter_rows():
        organisation = FACTBOOK_NAMES.get(name, name.upper())
        status = FACTBOOK_STATUS.get(text)
        if organisation in known and status:
            printed[str(edition)].setdefault((str(organisation), state), status)
    return printed


def row(
    what: tuple[str, str, str],
    life: tuple[str | None, str | None],
    as_of: str | None,
    where: tuple[str, str],
    note: str | None = None,
) -> Row:
    """Return one row of the table."""
    return dict(zip(COLUMNS, (*what, *life, as_of, *where, note), strict=True))


def rows_of_pair(
    pair: Pair,
    runs: list[tuple[int, int, str]],
    printed: tuple[str | None, str | None],
    columns: list[str],
    entry: int | None,
) -> Iterator[Row]:
    """Yield the rows of one pair: the spells of COW IGO, closed or confirmed, or a mere listing."""
    then, now = printed
    held = runs[-1][2] if runs and runs[-1][1] == LAST_COW_YEAR else None
    for first, last, status in runs:
        note = ENTRY if first == entry else None
        locator = f"state_year_formatv3, column {', '.join(columns)}, {first}-{last}"
        if last < LAST_COW_YEAR:
            yield row((*pair, status), (str(first), str(last)), None, (COW, locator), note)
            continue
        edition = "2025" if now == status else "2015" if then == status else None
        if edition:
            locator += f"; still listed in factbook@{edition}, {FIELD}"
        as_of = edition or str(LAST_COW_YEAR)
        yield row((*pair, status), (str(first), None), as_of, (COW, locator), note)
    if now and held is None:
        note = "start not in hand"
        if then == now:
            note += "; listed in factbook@2015 already"
        yield row((*pair, now), (None, None), "2025", ("factbook@2025", FIELD), note)


def entries(path: Path) -> dict[str, int]:
    """Return the first year of each state in COW's system, where that is later than its life.

    COW counts a small state from its admission to the UN; what it joined before is then dated by
    the admission.
    """
    wide = pl.read_csv(path, infer_schema=False, columns=["ccode", "year"])
    first: dict[str, int] = {}
    for code, year in wide.sort("year").iter_rows():
        state = state_of(code, int(year))
        if state is not None:
            first.setdefault(state, int(year))
    return first


def made(
    codes: dict[tuple[str, str, int], str],
    printed: dict[str, dict[Pair, str]],
    columns: dict[str, list[str]],
    by_hand: set[Pair],
    first: dict[str, int] | None = None,
) -> tuple[list[Row], list[dict[str, str]]]:
    """Return the rows of the pairs no hand has touched, and the questions they leave."""
    years: dict[Pair, list[tuple[int, str]]] = {}
    for (organisation, state, year), code in codes.items():
        pair = (organisation, state)
        if code in STATUS_BY_CODE:
            years.setdefault(pair, []).append((year, STATUS_BY_CODE[code]))
    rows: list[Row] = []
    questions: list[dict[str, str]] = []
    pairs = set(years) | set(printed["2015"]) | set(printed["2025"])
    for pair in sorted(pairs - by_hand - set(DOUBTED)):
        runs = list(spells(years.get(pair, [])))
        then, now = printed["2015"].get(pair), printed["2025"].get(pair)
        entry = (first or {}).get(pair[1])
        rows += rows_of_pair(pair, runs, (then, now), columns.get(pair[0], []), entry)
        held = runs[-1][2] if runs and runs[-1][1] == LAST_COW_YEAR else None
        if (held, held) != (then, now):
            questions.append(
                {
                    "organisation": pair[0],
                    "state": pair[1],
                    "cow_2014": held or "",
                    "factbook_2015": then or "",
                    "factbook_2025": now or "",
                    "spells": "; ".join(f"{a}-{b} {c}" for a, b, c in runs),
                }
            )
    return rows, questions


def class_by_year(table: pl.DataFrame) -> dict[tuple[str, str, int], str]:
    """Return by organisation, state and year what COW IGO would call the status: 0, 1, 2, 3.

    A year counts for the status that held on any day of it; a spell of unknown start from the
    year of its source; of two statuses in a year the higher. Suspension is membership; partners,
    candidates and those who left or refused are nothing.
    """
    rank = {"3": 1, "2": 2, "1": 3}
    code_of = dict.fromkeys(SEATED, "1") | {"associate": "2", "observer": "3"}
    found: dict[tuple[str, str, int], str] = {}
    for item in table.iter_rows(named=True):
        code = code_of.get(item["status"])
        begin = item["start"] or item["as_of"] or item["end"]
        if code is None or begin is None:
            continue
        last = int(item["end"][:4]) if item["end"] else LAST_COW_YEAR
        for year in range(int(begin[:4]), min(last, LAST_COW_YEAR) + 1):
            key = (item["organisation"], item["state"], year)
            if rank[code] > rank.get(found.get(key, ""), 0):
                found[key] = code
    return found


def years_text(years: list[int]) -> str:
    """Return years as ranges: 1991-1994, 1999."""
    runs = [(a, b) for a, b, _ in spells((year, "x") for year in years)]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def differences(
    table: pl.DataFrame, codes: dict[tuple[str, str, int], str], columns: dict[str, list[str]]
) -> list[dict[str, str]]:
    """Return every difference from COW IGO: one line per organisation, state and pair of codes.

    Organisations that share a column of COW IGO, as the Shanghai Five and the SCO do, are one.
    """
    body = {o: min(p for p, g in columns.items() if set(g) & set(columns[o])) for o in columns}
    ours: dict[tuple[str, str, int], str] = {}
    for (organisation, state, year), code in class_by_year(table).items():
        if organisation in body:
            key = (body[organisation], state, year)
            ours[key] = min(code, ours.get(key, code))
    theirs = {(body[o], s, y): code for (o, s, y), code in codes.items()}
    grouped: dict[tuple[str, str, str, str], list[int]] = {}
    for (organisation, state, year), code in theirs.items():
        own = ours.get((organisation, state, year), "0")
        if own != code:
            grouped.setdefault((organisation, state, own, code), []).append(year)
    return [
        {"organisation": o, "state": s, "years": years_text(years), "ours": own, "theirs": code}
        for (o, s, own, code), years in sorted(grouped.items())
    ]


def confirmed(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with whether a source other than a prior gives their dates."""
    prior = (
        pl.col("source").str.split("@").list.first().is_in([COW.split("@")[0], *POOR, *PROSPECTIVE])
    )
    told = pl.when(prior).then(pl.lit("false")).when(pl.col("start").is_not_null())
    return table.with_columns(confirmed=told.then(pl.lit("true")))


def known_to(table: pl.DataFrame) -> dict[str, str]:
    """Return by organisation the latest date that at least half of its open spells reach."""
    held = table.filter(pl.col("end").is_null()).group_by("organisation").agg("as_of")
    return {o: sorted(dates)[len(dates) // 2] for o, dates in held.iter_rows()}


def reach(organisations: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return the organisations with the day to which each list is known, and whose organ it is."""
    place = organisations.columns.index("successor") + 1
    names = [c for c in organisations.columns if c not in ("organ_of", "known_to")]
    code = pl.col("organisation")
    return organisations.with_columns(
        code.replace_strict(ORGANS, default=None, return_dtype=pl.String).alias("organ_of"),
        code.replace_strict(known_to(table), default=None, return_dtype=pl.String).alias(
            "known_to"
        ),
    ).select(*names[:place], "organ_of", "known_to", *names[place:])


def write(rows: list[dict[str, str]] | pl.DataFrame, path: Path) -> None:
    """Write a TSV with LF, no quotes, null as an empty cell."""
    frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows)
    frame.write_csv(path, separator="\t", quote_style="never")


def main() -> None:
    """Write the table, and the two lists if they are asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cow", type=Path, help="state_year_formatv3 of COW IGO, CSV")
    parser.add_argument("--questions", type=Path, help="write the pairs in dispute here")
    parser.add_argument("--differences", type=Path, help="write the differences from COW here")
    options = parser.parse_args()
    organisations = read(DATA / "organisations.tsv")
    hand = read(HAND).select(COLUMNS)
    by_hand = set(hand.select("organisation", "state").iter_rows())
    target = DATA / "memberships.tsv"
    columns = cow_columns(organisations)
    questions: list[dict[str, str]] = []
    codes: dict[tuple[str, str, int], str] = {}
    if options.cow:
        codes = cow_codes(options.cow, columns)
        rows, questions = made(
            codes,
            factbook(set(organisations["organisation"])),
            columns,
            by_hand,
            entries(options.cow),
        )
        kept = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))
    else:
        pair = pl.struct("organisation", "state")
        kept = read(target).filter(~pair.is_in(hand.select(pair.alias("p"))["p"].implode()))
    table = confirmed(pl.concat([hand, kept.select(COLUMNS)]))
    table = table.sort(["organisation", "state", "start", "status"], nulls_last=False)
    write(table, target)
    write(reach(organisations, table), DATA / "organisations.tsv")
    if options.questions:
        write(questions, options.questions)
    if options.differences and codes:
        write(differences(table, codes, columns), options.differences)


if __name__ == "__main__":
    main()
