"""Organisations and memberships: the tables, the names, the days, and COW IGO beside them."""

from __future__ import annotations

import calendar
import importlib.util
import re
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from multivector.errors import BadValue, UnknownOrganisation, UnknownState
from multivector.names import organisations, states
from multivector.tables import MEMBERSHIPS, ORGANISATIONS, STATUSES

DATA = Path(organisations.__file__).parents[1] / "data"
PARTIAL = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
ORIGIN = re.compile(r"\b[a-z][a-z0-9_]*@[0-9][0-9.]*\b")
# fmt: off
OF_THE_PAPERS = [
    "UN", "CIS", "CST", "CSTO", "EAEU", "EAEC", "CU", "SES", "CACO", "S5", "SCO", "RATS", "CICA",
    "OTS", "TURKSOY", "TURKPA", "TWESCO", "ECO", "OIC", "OSCE", "NATO", "PFP", "EU",
]
# fmt: on
SEATED = ("founding_member", "member", "suspended")


def tsv(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False)


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return tsv(DATA / "organisations.tsv")


@pytest.fixture(scope="module")
def spells() -> pl.DataFrame:
    return tsv(DATA / "memberships.tsv")


@pytest.fixture(scope="module")
def origins() -> set[str]:
    rows = tsv(DATA / "origins_organisations.tsv")
    return set(rows.select(pl.concat_str("source", "version", separator="@"))["source"])


@pytest.fixture(scope="module")
def script(repository: Path) -> ModuleType:
    path = repository / "scripts" / "build_organisations.py"
    spec = importlib.util.spec_from_file_location("build_organisations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def first(day: str) -> str:
    return day + "-01-01"[len(day) - 4 :]


def last(day: str) -> str:
    if len(day) == 7:
        year, month = map(int, day.split("-"))
        return f"{day}-{calendar.monthrange(year, month)[1]:02d}"
    return day + "-12-31"[len(day) - 4 :]


# The tables ------------------------------------------------------------------------------------


def test_the_tables_have_the_declared_shape(table: pl.DataFrame, spells: pl.DataFrame) -> None:
    assert set(table.columns) == {column.name for column in ORGANISATIONS.columns}
    assert tuple(spells.columns) == tuple(column.name for column in MEMBERSHIPS.columns)
    ORGANISATIONS.check(ORGANISATIONS.conform(table))
    MEMBERSHIPS.check(spells.with_columns(pl.col("confirmed") == "true"))


@pytest.mark.parametrize("name", ["organisations", "memberships", "origins_organisations"])
def test_files_are_plain_and_sorted(name: str) -> None:
    raw = (DATA / f"{name}.tsv").read_bytes()
    assert b"\r" not in raw
    assert b'"' not in raw
    assert raw.endswith(b"\n")
    rows = tsv(DATA / f"{name}.tsv")
    keys = {"organisations": ["organisation"], "memberships": ["organisation", "state"]}
    keys["origins_organisations"] = ["source", "version"]
    assert rows.select(keys[name]).rows() == sorted(rows.select(keys[name]).rows())
    for column in rows.columns:
        values = rows[column].drop_nulls()
        assert (values == values.str.strip_chars()).all(), column
        assert (values != "").all(), column


def test_every_row_has_a_known_source_and_a_locator(
    table: pl.DataFrame, spells: pl.DataFrame, origins: set[str]
) -> None:
    for rows in (table, spells):
        assert rows["source"].null_count() == rows["locator"].null_count() == 0
        assert set(rows["source"]) <= origins
        text = rows.select(pl.selectors.string()).unpivot()["value"].drop_nulls()
        assert {found for cell in text for found in ORIGIN.findall(cell)} <= origins


def test_origins_say_who_and_where() -> None:
    rows = tsv(DATA / "origins_organisations.tsv")
    needed = ("source", "version", "title", "producer", "citation", "url", "licence", "retrieved")
    for column in needed:
        assert rows[column].null_count() == 0, column
    assert rows["url"].str.contains(r"^https?://").all()
    assert not rows.select("source", "version").is_duplicated().any()


def test_organisations_point_to_one_another(table: pl.DataFrame) -> None:
    codes = set(table["organisation"])
    assert table["organisation"].is_unique().all()
    for column in ("predecessor", "successor"):
        assert set(table[column].drop_nulls()) <= codes
    for row in table.iter_rows(named=True):
        for day in (row["founded"], row["dissolved"]):
            assert day is None or PARTIAL.fullmatch(day), row
        if row["founded"] and row["dissolved"]:
            assert first(row["founded"]) <= last(row["dissolved"])


def test_organisations_of_the_papers_have_names_in_four_languages(table: pl.DataFrame) -> None:
    named = table.filter(pl.col("organisation").is_in(OF_THE_PAPERS))
    assert named.height == len(OF_THE_PAPERS)
    for language in organisations.LANGUAGES:
        assert named[f"name_{language}"].null_count() == 0
        assert named[f"short_{language}"].null_count() == 0
    for column in ("name_ru", "name_kk"):
        assert table[column].drop_nulls().str.contains(r"\p{Cyrillic}").all()


def test_memberships_are_of_known_states_and_organisations(
    table: pl.DataFrame, spells: pl.DataFrame
) -> None:
    assert set(spells["organisation"]) == set(table["organisation"])
    assert set(spells["status"]) <= set(STATUSES)
    for state in spells["state"].unique():
        assert states.identify(state) == state


def test_spells_are_dated_and_do_not_overlap(spells: pl.DataFrame) -> None:
    by_pair: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for row in spells.iter_rows(named=True):
        for day in (row["start"], row["end"], row["as_of"]):
            assert day is None or PARTIAL.fullmatch(day), row
        assert row["end"] or row["as_of"], ("an open spell says until when it is known", row)
        assert row["start"] or row["as_of"], ("a spell without start says when it held", row)
        begin = first(row["start"]) if row["start"] else f"{row['as_of'][:4]}-01-01"
        end = last(row["end"]) if row["end"] else "9999"
        assert begin <= end, row
        by_pair.setdefault((row["organisation"], row["state"]), []).append(
            (begin, end, row["status"])
        )
    for pair, runs in by_pair.items():
        for before, after in pairwise(sorted(runs)):
            assert before[1] < after[0], (pair, before, after)


def test_spells_lie_in_the_life_of_the_organisation(
    table: pl.DataFrame, spells: pl.DataFrame
) -> None:
    ended = table.filter(pl.col("dissolved").is_not_null())
    for code, dissolved in ended.select("organisation", "dissolved").iter_rows():
        ends = spells.filter(pl.col("organisation") == code)["end"]
        assert ends.null_count() == 0, f"{code} has ended, its spells have not"
        assert all(first(end) <= last(dissolved) for end in ends), code


def test_rows_by_hand_are_in_the_table(
    repository: Path, spells: pl.DataFrame, script: ModuleType
) -> None:
    hand = tsv(repository / "scripts" / "memberships_by_hand.tsv")
    pairs = hand.select("organisation", "state").unique()
    shipped = spells.join(pairs, on=["organisation", "state"], how="semi").drop("confirmed")
    assert sorted(map(str, shipped.rows())) == sorted(map(str, hand.rows()))
    assert tuple(hand.columns) == script.COLUMNS


# What is known ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organisation", "on", "expected"),
    [
        ("SCO", "2001-06-15", "CHN KAZ KGZ RUS TJK UZB"),
        ("SCO", "2017-06-08", "CHN KAZ KGZ RUS TJK UZB"),
        ("SCO", "2017-06-09", "CHN IND KAZ KGZ PAK RUS TJK UZB"),
        ("SCO", "2024-07-04", "BLR CHN IND IRN KAZ KGZ PAK RUS TJK UZB"),
        ("S5", "1996-04-26", "CHN KAZ KGZ RUS TJK"),
        ("EAEU", "2015-01-01", "BLR KAZ RUS"),
        ("EAEU", "2016-01-01", "ARM BLR KAZ KGZ RUS"),
        ("EAEC", "2007", "BLR KAZ KGZ RUS TJK UZB"),
        ("CST", "1992-05-15", "ARM KAZ KGZ RUS TJK UZB"),
        ("CST", "1994-04-20", "ARM AZE BLR GEO KAZ KGZ RUS TJK UZB"),
        ("CST", "1999-04-02", "ARM BLR KAZ KGZ RUS TJK"),
        ("CSTO", "2006-08-15", "ARM BLR KAZ KGZ RUS TJK"),
        ("CSTO", "2006-08-16", "ARM BLR KAZ KGZ RUS TJK UZB"),
        ("CSTO", "2012", "ARM BLR KAZ KGZ RUS TJK"),
        ("OTS", "2018", "AZE KAZ KGZ TUR"),
        ("OTS", "2019", "AZE KAZ KGZ TUR UZB"),
        ("TURKSOY", "1993", "AZE KAZ KGZ TKM TUR UZB"),
        ("CU", "2011", "BLR KAZ RUS"),
        ("GUAM", "2000", "AZE GEO MDA UKR UZB"),
        ("CIS", "2009-08-18", "ARM AZE BLR KAZ KGZ MDA RUS TJK UZB"),
        ("ECO", "2000", "AFG AZE IRN KAZ KGZ PAK TJK TKM TUR UZB"),
        ("USMCA", "2021", "CAN MEX USA"),
    ],
)
def test_members_on_a_day(organisation: str, on: str, expected: str) -> None:
    found = organisations.members(organisation, on, "member")
    assert found["state"].to_list() == expected.split()


@pytest.mark.parametrize(
    ("organisation", "n"),
    [
        ("UN", 193), ("NATO", 32), ("EU", 27), ("OSCE", 57), ("COE", 46), ("WB", 189),
        ("IMF", 191), ("LAS", 22), ("OIC", 57), ("AU", 55), ("OECD", 38), ("ASEAN", 11),
        ("CICA", 28), ("GCC", 6), ("SAARC", 8), ("ECOWAS", 12), ("PIF", 18), ("BSEC", 12),
        ("G20", 19), ("OTS", 5), ("EAEU", 5), ("CSTO", 6), ("CIS", 9), ("ECO", 10), ("NDB", 11),
    ],
)  # fmt: skip
def test_members_today(organisation: str, n: int) -> None:
    """Suspended members are members still; the WTO counts the EU too and is left out."""
    assert organisations.members(organisation, 2026, SEATED).height == n


@pytest.mark.parametrize(
    ("organisation", "state", "status", "start"),
    [
        ("CIS", "GEO", "withdrew", "2009-08-18"),
        ("CIS", "TKM", "associate", "2005-08-26"),
        ("CIS", "UKR", "withdrew", "2018-05"),
        ("CSTO", "UZB", "withdrew", "2012-12-19"),
        ("COE", "RUS", "withdrew", "2022-03-16"),
        ("EU", "GBR", "withdrew", "2020-02-01"),
        ("MERCOSUR", "VEN", "suspended", "2016-12-01"),
        ("OPEC", "QAT", "withdrew", "2019-01-01"),
        ("ECOWAS", "NER", "withdrew", "2025-01-29"),
        ("SCO", "TUR", "partner", "2025-09-01"),
        ("BRICS", "KAZ", "partner", "2025-01"),
        ("BRICS", "ARG", "refused", "2023-12-29"),
        ("AU", "MAR", "member", "2017-01-30"),
        ("LAS", "SYR", "member", "2023-05-07"),
    ],
)
def test_last_status(organisation: str, state: str, status: str, start: str) -> None:
    row = organisations.members(organisation).filter(pl.col("state") == state).row(-1, named=True)
    assert (row["status"], row["start"], row["end"]) == (status, start, None)


def test_facts_looked_up_one_by_one(repository: Path, origins: set[str]) -> None:
    facts = tsv(repository / "tests" / "reference" / "memberships.tsv")
    wrong = []
    for code, state, on, status, source in facts.iter_rows():
        assert source in origins or source.startswith("finding"), source
        held = organisations.members(code, on).filter(pl.col("state") == state)["status"].to_list()
        if held != ([] if status == "none" else [status]):
            wrong.append((code, state, on, status, held))
    assert wrong == []


def test_a_row_says_whether_a_source_dates_it(spells: pl.DataFrame, script: ModuleType) -> None:
    prior = spells["source"].str.starts_with("cow_igo@")
    assert spells.filter(prior)["confirmed"].unique().to_list() == ["false"]
    assert spells.filter(spells["confirmed"] == "true")["start"].null_count() == 0
    listed = spells.filter(pl.col("confirmed").is_null())
    assert listed["start"].null_count() == listed.height
    poor = [*script.POOR, *script.PROSPECTIVE]
    told = spells.filter(pl.col("confirmed") == "true")["source"].str.split("@").list.first()
    assert not set(told) & set(poor)


def test_the_day_a_list_reaches_is_that_of_half_its_rows(
    table: pl.DataFrame, spells: pl.DataFrame, script: ModuleType
) -> None:
    reach = script.known_to(spells)
    for code, known, dissolved in table.select("organisation", "known_to", "dissolved").iter_rows():
        assert known == reach.get(code), code
        assert (known is None) == (dissolved is not None), code
    assert organisations.known_to("OPEC") == "2025", "one news item does not make a list new"


def test_an_organ_is_no_second_organisation() -> None:
    whole = organisations.members("RATS")
    both = pl.concat([whole, organisations.members("SCO")])
    assert set(organisations.bodies(both)["organisation"]) == {"SCO"}
    assert organisations.bodies(whole).height == whole.height


def test_predecessors_are_linked_both_ways(table: pl.DataFrame) -> None:
    links = dict(table.select("organisation", "successor").drop_nulls().iter_rows())
    assert (links["CU"], links["SES"], links["CST"], links["S5"]) == ("SES", "EAEU", "CSTO", "SCO")
    back = dict(table.select("organisation", "predecessor").drop_nulls().iter_rows())
    assert (back["SES"], back["CSTO"], back["SCO"]) == ("CU", "CST", "S5")


def test_seats_pass_from_the_vanished_to_their_heirs() -> None:
    for organisation in ("UN", "OSCE"):
        before = organisations.members(organisation, "1991-12-24", "member")["state"].to_list()
        after = organisations.members(organisation, "1991-12-25", "member")["state"].to_list()
        assert "SUN" in before
        assert "RUS" not in before
        assert "RUS" in after
        assert "SUN" not in after
        for on, state in (("2001", "YUG"), ("2004", "SCG"), ("2007", "SRB")):
            found = organisations.members(organisation, on, "member")["state"].to_list()
            assert {"YUG", "SCG", "SRB"} & set(found) == {state}


def test_every_member_of_the_un_has_memberships() -> None:
    for state in organisations.members("UN", 2026, "member")["state"]:
        assert organisations.of_state(state, 2026, "member").height >= 2, state


# Names and days --------------------------------------------------------------------------------


def test_every_name_finds_its_organisation(table: pl.DataFrame) -> None:
    for row in table.iter_rows(named=True):
        written = [row["organisation"], *(row["aliases"] or "").split(";")]
        written += [row[f"{kind}_{tongue}"] for kind in ("name", "short") for tongue in
                    organisations.LANGUAGES]  # fmt: skip
        for text in filter(None, written):
            assert organisations.find(text) == row["organisation"], text
            assert organisations.find(f"  {text.lower()} ") == row["organisation"], text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Shanghai Cooperation Organization", "SCO"),
        ("ŞANGHAY İŞBİRLİĞİ ÖRGÜTÜ", "SCO"),
        ("sanghay isbirligi orgutu", "SCO"),
        ("Шанхайская организация сотрудничества", "SCO"),
        ("Шанхай ынтымақтастық ұйымы", "SCO"),
        ("EurAsEC", "EAEC"),
        ("Türk Keneşi", "OTS"),
        ("Arab League", "LAS"),
        ("Bağımsız Devletler Topluluğu", "CIS"),
        ("the World Bank", "WB"),
    ],
)
def test_find(text: str, code: str) -> None:
    assert organisations.find(text) == code


@pytest.mark.parametrize("text", ["", "   ", "Shanghai Coop", "XYZ", "организация", "0", "SCO;UN"])
def test_unknown_organisation_names_candidates_in_one_line(text: str) -> None:
    with pytest.raises(UnknownOrganisation) as caught:
        organisations.find(text)
    assert "expected" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_candidate_is_the_nearest() -> None:
    with pytest.raises(UnknownOrganisation, match="EAEU"):
        organisations.find("Eurasian Economical Union")


def test_names() -> None:
    assert organisations.name("ШОС", "kk") == "Шанхай ынтымақтастық ұйымы"
    assert organisations.name("SADCC", "kk").startswith("Southern African")
    with pytest.raises(BadValue, match="language"):
        organisations.name("SCO", "de")


@pytest.mark.parametrize("on", ["1991-13", "1991-02-30", "91", "yesterday", "", "1991-1-1", 91.5])
def test_a_bad_day_is_refused(on: str) -> None:
    with pytest.raises((BadValue, AttributeError)) as caught:
        organisations.members("SCO", on)
    assert caught.type is BadValue or not isinstance(on, str)


def test_a_bad_status_or_state_is_refused() -> None:
    with pytest.raises(BadValue, match="founding_member"):
        organisations.members("SCO", status="boss")
    with pytest.raises(UnknownState):
        organisations.of_state("XQX")


def test_partial_dates_count_from_first_to_last_day() -> None:
    oecd = organisations.members("OECD", "2020-03-31", "member")["state"].to_list()
    assert "COL" not in oecd
    assert "COL" in organisations.members("OECD", "2020-04-01", "member")["state"].to_list()
    fund = organisations.members("OPEC").filter(pl.col("state") == "ECU")
    assert fund["end"].to_list()[0] == "1992-12"
    assert "ECU" in organisations.members("OPEC", "1992-12-31", "member")["state"].to_list()
    assert "ECU" not in organisations.members("OPEC", "1993-01-01", "member")["state"].to_list()


def test_a_spell_of_unknown_start_counts_from_the_year_it_is_known() -> None:
    observers = organisations.members("OAS", 2024, "observer")["state"].to_list()
    assert "KAZ" not in observers
    assert "KAZ" in organisations.members("OAS", 2025, "observer")["state"].to_list()


def test_a_year_and_a_month_stand_for_their_last_day() -> None:
    assert organisations.members("SCO", 2001).equals(organisations.members("SCO", "2001-12-31"))
    assert organisations.members("SCO", "2017-06", "member").height == 8


def test_what_lives_on_a_day() -> None:
    alive = organisations.living(organisations.table(), "2001-06-15")["organisation"].to_list()
    assert {"SCO", "CST", "EAEC", "OAU"} <= set(alive)
    assert not {"S5", "CSTO", "EAEU", "CMEA"} & set(alive)


# COW IGO ---------------------------------------------------------------------------------------


@pytest.mark.shared
def test_differences_from_cow_igo_are_listed(
    shared: Path, repository: Path, script: ModuleType, table: pl.DataFrame, spells: pl.DataFrame
) -> None:
    columns = script.cow_columns(table)
    path = shared / "data" / "05_igo_membership" / "state_year_formatv3.csv.gz"
    codes = script.cow_codes(path, columns)
    assert len({organisation for organisation, _, _ in codes}) == len(columns)
    found = {tuple(row.values()) for row in script.differences(spells, codes, columns)}
    listed = tsv(repository / "tests" / "reference" / "cow_igo_differences.tsv")
    assert listed["reason"].null_count() == listed["kind"].null_count() == 0
    known = set(listed.select("organisation", "state", "years", "ours", "theirs").iter_rows())
    assert found - known == set(), "differences without a reason in cow_igo_differences.tsv"
    assert known - found == set(), "listed differences that no longer occur"


@pytest.mark.shared
def test_the_table_follows_from_its_sources(
    shared: Path, repository: Path, script: ModuleType, table: pl.DataFrame, spells: pl.DataFrame
) -> None:
    columns = script.cow_columns(table)
    path = shared / "data" / "05_igo_membership" / "state_year_formatv3.csv.gz"
    hand = tsv(repository / "scripts" / "memberships_by_hand.tsv")
    by_hand = set(hand.select("organisation", "state").iter_rows())
    printed = script.factbook(set(table["organisation"]))
    rows, _ = script.made(
        script.cow_codes(path, columns), printed, columns, by_hand, script.entries(path)
    )
    made = pl.DataFrame(rows, schema=dict.fromkeys(script.COLUMNS, pl.String))
    whole = script.confirmed(pl.concat([hand, made]))
    assert sorted(map(str, whole.rows())) == sorted(map(str, spells.rows()))
