"""States: every code and country-year of the published lists, names in the languages of CLDR."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector.errors import (
    AmbiguousState,
    BadYear,
    MultivectorError,
    UnknownName,
    UnknownState,
)
from multivector.names import states
from multivector.names.states import (
    code,
    existing,
    exists,
    identify,
    identify_column,
    lineage,
    name,
)
from multivector.names.states.lists import Bearer, codes, entries, index, names, spells
from multivector.tables import STATES

ALL = sorted(entries())
FORMER = {state for state, row in entries().items() if row[4] == "former"}

NAMES = [
    ("Kazakistan", 1995, None, "KAZ"),
    ("KAZAKHSTAN", None, None, "KAZ"),
    ("Republic of Kazakhstan", None, None, "KAZ"),
    ("Қазақстан", None, None, "KAZ"),
    ("Kazakh SSR", 1970, None, "KAZ"),
    ("KZK", None, None, "KAZ"),
    (" kz ", None, None, "KAZ"),
    ("K\u0430zakhstan", None, None, "KAZ"),  # Cyrillic а
    ("К\u0061захстан", None, None, "KAZ"),  # Latin a
    ("Korea, Rep.", None, None, "KOR"),
    ("Republic of Korea", None, None, "KOR"),
    ("Korea, Dem. People's Rep.", None, None, "PRK"),
    ("Iran (Islamic Republic of)", None, None, "IRN"),
    ("Iran, Islamic Rep.", None, None, "IRN"),
    ("TÜRKİYE", None, None, "TUR"),
    ("turkıye", None, None, "TUR"),
    ("Turkey", 1950, None, "TUR"),
    ("İzlanda", None, None, "ISL"),
    ("IZLANDA", None, None, "ISL"),
    ("KIRGIZİSTAN", None, None, "KGZ"),
    ("Swaziland", 1990, None, "SWZ"),
    ("Eswatini", 1990, None, "SWZ"),
    ("Cote d`Ivoire", None, None, "CIV"),
    ("CÔTE D'IVOIRE", None, None, "CIV"),
    ("Gambia, The", None, None, "GMB"),
    ("Burma", 2005, None, "MMR"),
    ("Viet Nam", 2005, None, "VNM"),
    ("Lao P.D.R.", None, None, "LAO"),
    ("China, P.R.: Mainland", None, None, "CHN"),
    ("Taiwan, China", None, None, "TWN"),
    ("Kosovo (UNSCR 1244)", None, None, "XKX"),
    ("Kosovo*", None, None, "XKX"),
    ("West Bank and Gaza", None, None, "PSE"),
    ("Serbia 2", None, None, "SRB"),
    ("antiguabarbuda", None, None, "ATG"),
    ("Guinea", None, None, "GIN"),
    ("Sudan", 2000, None, "SDN"),
    ("China", 1960, None, "CHN"),
    ("UK", None, None, "GBR"),
    ("Almanya Federal Cumhuriyeti", 1970, None, "DEU"),
    ("Республика Узбекистан", None, None, "UZB"),
    ("DRC", None, None, "COD"),
    ("Soviet Union", 1980, None, "SUN"),
    ("СССР", None, None, "SUN"),
    ("SSCB", 1985, None, "SUN"),
    ("Russia", None, None, "RUS"),
    ("Russia", 1980, None, "SUN"),
    ("Russia", 1991, None, "SUN"),
    ("Russia", 1992, None, "RUS"),
    ("Russia", 1914, None, "RUS"),
    ("Russland", 1980, None, "SUN"),
    ("Russian Federation", 1991, None, "RUS"),
    ("RUS", 1989, "wb", "RUS"),
    ("Germany", None, None, "DEU"),
    ("Germany", 1990, None, "DEU"),
    ("Germany", 1938, None, "DEU"),
    ("Germany", 1970, "sipri", "DEU"),
    ("East Germany", None, None, "DDR"),
    ("West Germany", 1980, None, "DEU"),
    ("Yemen", 1995, None, "YEM"),
    ("Democratic Yemen", 1980, None, "YMD"),
    ("Yemen, North", 1980, None, "YEM"),
    ("South Vietnam", 1960, None, "VDR"),
    ("Korea", 1890, None, "XKR"),
    ("Congo", None, "un", "COG"),
    ("Congo", None, "UN", "COG"),
    ("Congo", 1980, None, "COG"),
    ("Yugoslavia", 2002, None, "YUG"),
    ("Yugoslavia", 2004, "cow", "SCG"),
    ("Yugoslavia", 1900, "cow", "SRB"),
    ("Serbia and Montenegro", 2005, None, "SCG"),
    ("Czechoslovakia", None, None, "CSK"),
    ("ROM", None, None, "ROU"),
    ("AUS", None, None, "AUS"),
    ("AUS", None, "cow", "AUT"),
    ("CH", None, None, "CHE"),
    ("CH", None, "fips", "CHN"),
    (365, 1980, None, "SUN"),
    (365, 1995, None, "RUS"),
    (365, None, None, "RUS"),
    (345, 2004, "cow", "SCG"),
    (2, None, None, "USA"),
    (398, None, None, "KAZ"),
    ("004", None, None, "AFG"),
    (705, None, "cow", "KAZ"),
    (705, None, "iso", "SVN"),
    (710, None, "gw", "CHN"),
    (710, None, "un", "ZAF"),
    (260, 1970, "cow", "DEU"),
    (265, 1970, "cow", "DDR"),
    (970, None, "cow", "NRU"),
    (970, None, "gw", "KIR"),
    ("WBG", None, "imf", "PSE"),
    ("MTN", None, "cameo", "MNE"),
]

FAULTS = [
    ("Freedonia", None, None, UnknownState, "Freedonia"),
    ("Kazahkstan", None, None, UnknownState, "KAZ (Kazakhstan)"),
    ("", None, None, UnknownState, "''"),
    ("European Union", None, None, UnknownState, "European Union"),
    ("Soviet Union", 2000, None, UnknownState, "1922-1991; for 2000 use RUS"),
    ("SUN", 2000, None, UnknownState, "RUS (Russia)"),
    ("Russian Federation", 1980, None, UnknownState, "SUN (Soviet Union)"),
    ("RUS", 1980, None, UnknownState, "SUN (Soviet Union)"),
    ("Serbia", 1995, None, UnknownState, "YUG (Yugoslavia)"),
    ("Czechoslovakia", 1995, None, UnknownState, "CZE (Czechia), SVK (Slovakia)"),
    ("Germany", 1970, None, AmbiguousState, "DDR (German Democratic Republic), DEU (Germany)"),
    ("Almanya", 1970, None, AmbiguousState, "DDR"),
    ("Németország", 1970, None, AmbiguousState, "DDR"),
    ("Korea", None, None, AmbiguousState, "KOR (South Korea), PRK (North Korea)"),
    ("Congo", None, None, AmbiguousState, "COD"),
    ("Yemen", 1980, None, AmbiguousState, "YEM (Yemen), YMD (South Yemen)"),
    ("Vietnam", 1970, None, AmbiguousState, "VDR"),
    ("Virgin Islands", None, None, AmbiguousState, "VGB"),
    ("Nga", None, None, AmbiguousState, "NGA (Nigeria), RUS (Russia)"),
    (705, None, None, AmbiguousState, "KAZ (Kazakhstan), SVN (Slovenia)"),
    (710, 1995, None, AmbiguousState, "CHN (China), ZAF (South Africa)"),
    ("CS", None, None, AmbiguousState, "CSK"),
    (730, 1980, "cow", UnknownState, "until 1910"),
    ("KAZ", None, "nope", UnknownName, "iso2"),
    ("Turkey", None, "nope", UnknownName, "iso2"),
    ("KAZ", 12, None, BadYear, "1500"),
    ("KAZ", 1995.5, None, BadYear, "1995.5"),
    ("KAZ", "soon", None, BadYear, "soon"),
    (None, None, None, UnknownState, "None"),
    (True, None, None, UnknownState, "True"),
]


@pytest.mark.parametrize(("text", "year", "scheme", "state"), NAMES)
def test_names_and_codes(text: str | int, year: int | None, scheme: str | None, state: str) -> None:
    assert identify(text, year, scheme=scheme) == state


@pytest.mark.parametrize(("text", "year", "scheme", "kind", "told"), FAULTS)
def test_faults_say_what_was_expected(text, year, scheme, kind, told) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(kind) as caught:
        identify(text, year, scheme=scheme)
    message = str(caught.value)
    assert told in message
    assert "expected" in message
    assert "\n" not in message


def test_an_error_names_a_candidate_once() -> None:
    with pytest.raises(UnknownState) as caught:
        identify("Macedonya Republic X")
    assert str(caught.value).count("MKD") <= 1


@given(st.sampled_from(ALL), st.sampled_from(["iso", "iso2", "isonum", "m49", "cow", "cowc", "gw",
       "gwc", "wb", "fips", "cameo", "imf", "polity", "polityc", "vdem", "genc"]))  # fmt: skip
def test_a_code_leads_back_to_its_state(state: str, scheme: str) -> None:
    year = last_year(state)
    value = code(state, scheme, year)
    if value is not None:
        assert identify(value, year, scheme=scheme) == state


def last_year(state: str) -> int | None:
    return spells()[state][-1].last


LANGUAGES = ["en", "tr", "ru", "kk", "de", "fr", "ar", "zh", "es", "uz", "ky"]


@given(st.sampled_from(ALL), st.sampled_from(LANGUAGES))
def test_a_name_leads_back_to_its_state(state: str, language: str) -> None:
    assert identify(name(state, language)) == state


@given(
    st.sampled_from(ALL),
    st.sampled_from(["en", "tr", "ru", "de"]),
    st.sampled_from([str.upper, str.lower, str.title, str.casefold]),
    st.sampled_from(["", " ", "\t", "\u00a0"]),
)
def test_case_and_spaces_do_not_count(state, language, change, space) -> None:  # type: ignore[no-untyped-def]
    label = name(state, language)
    changed = space + change(label).replace(" ", space * 2 or " ") + space
    if len(label) > 3:
        assert identify(changed) == state


@given(st.sampled_from(ALL), st.sampled_from(["lower", "upper"]))
def test_case_of_our_code_does_not_count(state: str, change: str) -> None:
    assert identify(getattr(state, change)()) == state


@given(st.text(max_size=30), st.none() | st.integers(1800, 2030))
def test_any_text_is_a_state_or_an_error_of_ours(text: str, year: int | None) -> None:
    try:
        found = identify(text, year)
    except MultivectorError as fault:
        lines = str(fault).splitlines()
        assert len(lines) == 1
    else:
        assert found in entries()


def test_every_state_of_every_table_is_declared() -> None:
    by_code = {b.state for scheme in codes().values() for found in scheme.values() for b in found}
    by_name = {b.state for found in names().values() for b in found}
    by_index = {b.state for found in index().values() for b in found}
    assert by_code | by_name | by_index <= set(ALL)
    assert by_name == set(ALL)
    kin = {other for row in entries().values() for other in [row[6], *row[7].split(";")] if other}
    assert kin <= set(ALL)


def test_tables_are_sorted_sourced_and_clean() -> None:
    data = Path(states.__file__).parents[2] / "data"
    files = sorted(data.glob("state*.tsv"))
    assert len(files) >= 3
    for path in files:
        lines = path.read_text("utf-8").split("\n")
        width = len(lines[0].split("\t"))
        assert lines[-1] == ""
        assert {len(line.split("\t")) for line in lines[:-1]} == {width}, path.name
        assert '"' not in lines[0]
        place = lines[0].split("\t").index("source")
        assert all(line.split("\t")[place] for line in lines[1:-1]), path.name
        assert len(lines) == len(set(lines)), path.name


# --- columns


def test_a_column_follows_names_and_years() -> None:
    given_names = pl.Series("country", ["Russia", "Russia", None, "Türkiye"])
    found = identify_column(given_names, pl.Series([1980, 1995, 1995, None]))
    assert found.name == "country"
    assert found.to_list() == ["SUN", "RUS", None, "TUR"]
    assert identify_column(pl.Series([705, 365]), 1980, scheme="cow").to_list() == ["KAZ", "SUN"]
    assert identify_column(pl.Series([705.0, None]), scheme="cow").to_list() == ["KAZ", None]
    assert identify_column(pl.Series([], dtype=pl.String)).to_list() == []


def test_a_column_tells_all_its_faults_at_once() -> None:
    column = pl.Series(["Turkey", "Freedonia", "Congo", "Sylvania"])
    with pytest.raises(UnknownState) as caught:
        identify_column(column, 2000)
    for told in ("3 names", "Freedonia", "Congo", "COG", "Sylvania"):
        assert told in str(caught.value)
    with pytest.raises(AmbiguousState):
        identify_column(pl.Series(["Congo", "Korea"]))
    assert identify_column(column, unknown="null").to_list() == ["TUR", None, None, None]
    with pytest.raises(UnknownState, match="15 names"):
        identify_column(pl.Series([f"Nowhere {letter}" for letter in "abcdefghijklmno"]))


def test_a_column_of_odd_types_is_read_or_refused() -> None:
    assert identify_column(pl.Series([705.0, float("nan")]), scheme="cow").to_list() == [
        "KAZ",
        None,
    ]
    assert identify_column(pl.Series(["KAZ"]), pl.Series(["1995"])).to_list() == ["KAZ"]
    assert identify_column(pl.Series(["KAZ"]), pl.Series([1995.0])).to_list() == ["KAZ"]
    assert identify_column(pl.Series(["KAZ"], dtype=pl.Categorical)).to_list() == ["KAZ"]
    with pytest.raises(UnknownState, match=r"705\.5"):
        identify_column(pl.Series([705.5]), scheme="cow")
    with pytest.raises(BadYear):
        identify_column(pl.Series(["KAZ"]), pl.Series(["soon"]))
    with pytest.raises(UnknownState, match="List"):
        identify_column(pl.Series([["KAZ"]]))


def test_years_must_fit_the_column() -> None:
    with pytest.raises(BadYear, match="2 years for 1 names"):
        identify_column(pl.Series(["Turkey"]), pl.Series([1990, 1991]))
    with pytest.raises(BadYear):
        identify_column(pl.Series(["Turkey"]), 99999)


# --- facts


def test_existence_follows_the_list_that_is_named() -> None:
    assert (exists("KAZ", 1990), exists("KAZ", 1991)) == (False, True)
    assert (exists("SUN", 1991), exists("SUN", 1992), exists("RUS", 1985)) == (True, False, False)
    assert (exists("VAT", 2020), exists("VAT", 2020, by="un")) == (False, True)
    assert (exists("DEU", 1952), exists("DEU", 1952, by="gw")) == (False, True)
    assert exists("XKX", 2010)
    assert exists("TBT", 1930, by="gw")
    assert len(existing(2016)) == len(existing(2024)) == 195
    assert "DDR" in existing(1980)
    with pytest.raises(UnknownState):
        exists("XXX", 2000)
    with pytest.raises(UnknownName, match="cow, gw, un"):
        existing(2000, by="fifa")  # type: ignore[arg-type]
    with pytest.raises(BadYear):
        existing(3)


def test_today_is_the_united_nations_and_its_two_observers() -> None:
    assert len(states.today()) == 195
    assert {"VAT", "PSE"} <= set(states.today())
    assert {"TWN", "XKX", "SUN"}.isdisjoint(states.today())


def test_lineage_follows_the_numbers_of_the_correlates_of_war() -> None:
    assert [lineage(s) for s in ("SUN", "YUG", "SCG", "CSK", "DDR", "KAZ")] == [
        "RUS", "SRB", "SRB", "CSK", "DDR", "KAZ",
    ]  # fmt: skip
    for state in ALL:
        numbers = {bearer_code for bearer_code, who in cow_numbers().items() if state in who}
        heirs = {bearer_code for bearer_code, who in cow_numbers().items() if lineage(state) in who}
        assert numbers <= heirs


def cow_numbers() -> dict[str, set[str]]:
    return {value: {b.state for b in found} for value, found in codes()["cow"].items()}


def test_codes_by_scheme_and_year() -> None:
    assert (code("KAZ", "cow"), code("KAZ", "cowc"), code("KAZ", "iso2")) == (705, "KZK", "KZ")
    assert (code("DEU", "cow", 1970), code("DEU", "cow", 1995), code("DEU", "gw")) == (
        260,
        255,
        260,
    )
    assert code("DEU", "cow", 1947) is None
    assert (code("YEM", "cow", 1980), code("YEM", "cow")) == (678, 679)
    assert (code("SUN", "cow"), code("SUN", "cameo"), code("ROU", "gdelt")) == (365, "RUS", "ROM")
    assert code("KAZ", "gdelt") == "KAZ"
    assert code("TWN", "m49") is None or isinstance(code("TWN", "m49"), int)
    with pytest.raises(UnknownName):
        code("KAZ", "fifa")


def test_names_in_languages() -> None:
    assert name("KAZ", "tr") == "Kazakistan"
    assert name("TUR", "kk") == "Түркия"
    assert name("SUN", "kk") == "Кеңес Одағы"
    assert name("HAN", "kk") == "Hanover"
    assert name("CHN", "zh-Hant") == name("CHN", "zh_Hant") == "中國"
    with pytest.raises(UnknownName, match="klingon"):
        name("KAZ", "klingon")
    with pytest.raises(UnknownState):
        name("Kazakhstan")


def test_search_finds_by_code_beginning_and_other_languages() -> None:
    assert states.search("kaz")[0] == "KAZ"
    assert states.search("Казах")[0] == "KAZ"
    assert states.search("guinea")[0] == "GIN"
    assert {"GNB", "GNQ", "PNG"} <= set(states.search("guinea"))
    assert states.search("united states")[0] == "USA"
    assert len(states.search("an", limit=5)) == 5
    assert states.search("  ") == states.search("qqqq") == []


def test_the_record_table_fits_its_declaration() -> None:
    frame = states.table()
    assert STATES.check(frame).equals(frame)
    assert set(states.today()) <= set(frame["state"])
    russia = frame.filter(pl.col("state") == "RUS")["valid_from"].to_list()
    assert russia == ["1816-01-01", "1991-12-25"]


def test_bearers_have_bounds() -> None:
    assert Bearer("KAZ").covers(1990)
    assert not Bearer("KAZ", 1991).covers(1990)


# --- every row of the published code lists

LISTS = "data/04_states_and_codes"


@cache
def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(
        path, infer_schema_length=0, separator="\t" if path.suffix == ".tsv" else ","
    )


def failures(rows, scheme: str, *, want=None) -> dict[object, str]:  # type: ignore[no-untyped-def]
    """Return what does not resolve, or not to the wanted state, with the reason."""
    wrong: dict[object, str] = {}
    for row in rows:
        value, year, expected = (*row, None, None)[:3]
        try:
            found = identify(value, None if year is None else int(year), scheme=scheme)
        except MultivectorError as fault:
            wrong[value] = type(fault).__name__
        else:
            if expected is not None and found != expected:
                wrong[value] = f"{found}, not {expected}"
    return wrong


@pytest.mark.shared
def test_every_country_year_of_the_correlates_of_war(shared: Path) -> None:
    rows = read(shared / LISTS / "system2016.csv.gz").select("stateabb", "ccode", "year").rows()
    held: Counter[tuple[str, int]] = Counter()
    for letters, number, year in rows:
        state = identify(number, int(year), scheme="cow")
        assert identify(letters, int(year), scheme="cow") == state, (letters, year)
        assert exists(state, int(year)), (state, year)
        assert code(state, "cow", int(year)) in {int(number), 255, 679}, (state, year)
        held[state, int(year)] += 1
    twice = {key for key, count in held.items() if count > 1}
    assert twice == {("DEU", 1990), ("YEM", 1990)}  # two numbers in the year of unification
    counted = {(s, y) for y in range(1816, 2017) for s in existing(y)}
    turning = {("RUS", 1991), ("SUN", 1922), ("SRB", 1918), ("YUG", 2003), ("SCG", 2006)}
    assert counted - set(held) == turning  # two bearers of one number in the year it passes on


@pytest.mark.shared
def test_every_name_and_code_of_the_correlates_of_war(shared: Path) -> None:
    frame = read(shared / LISTS / "states2016.csv")
    for letters, number, label, start in frame.select(
        "stateabb", "ccode", "statenme", "styear"
    ).rows():
        state = identify(number, int(start), scheme="cow")
        assert identify(label, int(start), scheme="cow") == state, label
        assert identify(letters, int(start), scheme="cowc") == state
    plain = read(shared / LISTS / "COW country codes.csv")
    # the number of Serbia, Yugoslavia and Serbia again; Korea, a name of two states today
    assert not failures(plain.select("CCode").rows(), "cow")
    assert not failures(plain.select("StateAbb").rows(), "cowc")


@pytest.mark.shared
def test_every_country_year_of_gleditsch_and_ward(shared: Path) -> None:
    frame = read(shared / LISTS / "isard_gw_system.csv.gz")
    held: Counter[tuple[str, int]] = Counter()
    for number, letters, label, start, end in frame.select(
        "gwcode", "gw_abb", "gw_name", "start", "end"
    ).rows():
        for year in range(int(start[:4]), int(end[:4]) + 1):
            state = identify(number, year, scheme="gw")
            assert identify(letters, year, scheme="gwc") == state, (letters, year)
            assert exists(state, year, by="gw"), (state, year)
            held[state, year] += 1
        assert identify(label, int(start[:4]), scheme="gw") in entries(), label
    twice = {key for key, count in held.items() if count > 1}
    # spells that end and begin in one year, and Germany in 1945
    assert all(abs(count) == 2 for count in (held[key] for key in twice)), twice


@pytest.mark.shared
def test_the_two_systems_agree_where_isard_joins_them(shared: Path) -> None:
    different: Counter[tuple[str, str]] = Counter()
    for file in ("isard_gw_cw_panel.csv.gz", "isard_cw_gw_panel.csv.gz"):
        rows = read(shared / LISTS / file).select("gwcode", "ccode", "year").drop_nulls().rows()
        for gw, cow, year in rows:
            a = identify(gw, int(year), scheme="gw")
            b = identify(cow, int(year), scheme="cow")
            if a != b:
                different[a, b] += 1
    # Gleditsch and Ward give Serbia back its own number in 2006, the year both states stood
    assert set(different) <= {("SCG", "SRB")}, different


CODELIST = {
    "iso2c": "iso2", "iso3c": "iso3", "iso3n": "isonum", "un": "m49", "wb": "wb", "wb_api2c": "wb2",
    "wb_api3c": "wb", "cown": "cow", "cowc": "cowc", "gwn": "gw", "gwc": "gwc", "fips": "fips",
    "genc2c": "genc2", "genc3c": "genc3", "imf": "imf", "p5n": "polity", "p5c": "polityc",
    "p4n": "polity", "p4c": "polityc", "vdem": "vdem",
}  # fmt: skip
UNRESOLVED: dict[tuple[str, str], str] = {
    ("wb", "CHI"): "Channel Islands: the World Bank adds up Guernsey and Jersey",
    ("wb2", "JG"): "Channel Islands: the World Bank adds up Guernsey and Jersey",
    ("vdem", "362"): "Hamburg, on no list of states we carry",
    ("vdem", "363"): "Brunswick, on no list of states we carry",
    ("vdem", "364"): "Oldenburg, on no list of states we carry",
    ("vdem", "365"): "Saxe-Weimar-Eisenach, on no list of states we carry",
    ("vdem", "366"): "Nassau, on no list of states we carry",
}
OTHERWISE: dict[tuple[str, str], str] = {
    ("cow", "327"): "Papal States to 1870, not the Vatican City of 1929",
    ("cowc", "PAP"): "Papal States to 1870, not the Vatican City of 1929",
    ("gw", "327"): "Papal States to 1870, not the Vatican City of 1929",
    ("gwc", "PAP"): "Papal States to 1870, not the Vatican City of 1929",
    ("polity", "327"): "Papal States to 1870, not the Vatican City of 1929",
    ("polityc", "PAP"): "Papal States to 1870, not the Vatican City of 1929",
    ("vdem", "361"): "Papal States to 1870, not the Vatican City of 1929",
    ("gw", "345"): "Yugoslavia or Serbia and Montenegro: the year decides",
    ("gwc", "YUG"): "Yugoslavia or Serbia and Montenegro: the year decides",
    ("polity", "347"): "Yugoslavia or Serbia and Montenegro: the year decides",
    ("polityc", "YGS"): "Yugoslavia or Serbia and Montenegro: the year decides",
}
FILLED_IN: dict[tuple[str, str], str] = {
    ("polity", "342"): "Polity has Serbia to 1920 and from 2006; the panel fills the years between",
    (
        "polityc",
        "SER",
    ): "Polity has Serbia to 1920 and from 2006; the panel fills the years between",
}


@pytest.mark.shared
@pytest.mark.parametrize(("column", "scheme"), CODELIST.items())
def test_every_code_of_the_codelist(shared: Path, column: str, scheme: str) -> None:
    frame = read(shared / LISTS / "countrycode_codelist.csv.gz")
    rows = [
        (row[column], None, row["iso3c"])
        for row in frame.iter_rows(named=True)
        if row[column] is not None
    ]
    wrong = failures(rows, scheme)
    assert set(wrong) == listed(scheme, UNRESOLVED, OTHERWISE), wrong


def listed(scheme: str, *tables: dict[tuple[str, str], str]) -> set[str]:
    return {value for table in tables for known, value in table if known == scheme}


@pytest.mark.shared
@pytest.mark.parametrize("column", ["p5n", "p5c", "vdem", "cown", "gwn", "cowc", "gwc"])
def test_every_country_year_of_the_codelist_panel(shared: Path, column: str) -> None:
    frame = read(shared / LISTS / "countrycode_codelist_panel.csv.gz")
    rows = frame.filter(pl.col(column).is_not_null()).select(column, "year").rows()
    wrong = failures(rows, CODELIST[column])
    assert set(wrong) <= listed(CODELIST[column], UNRESOLVED, FILLED_IN), wrong


@pytest.mark.shared
def test_every_code_of_the_datahub_list(shared: Path) -> None:
    frame = read(shared / LISTS / "country-codes.csv")
    for column, scheme in (
        ("ISO3166-1-Alpha-3", "iso3"),
        ("ISO3166-1-Alpha-2", "iso2"),
        ("ISO3166-1-numeric", "isonum"),
        ("M49", "m49"),
    ):
        rows = [
            (row[column], None, row["ISO3166-1-Alpha-3"]) for row in frame.iter_rows(named=True)
        ]
        assert not failures([row for row in rows if (row[0] or "").strip()], scheme)


@pytest.mark.shared
def test_every_code_and_name_of_the_converter(shared: Path) -> None:
    frame = read(shared / LISTS / "country_data.tsv")
    gone = {"BA1": "a territory no list of ours carries", "CHI": "Guernsey and Jersey together",
            "EAT": "Tanganyika, which is TZA", "EAZ": "Zanzibar, which is ZAN"}  # fmt: skip
    wrong = failures(frame.select("ISO3").drop_nulls().rows(), "iso3")
    assert set(wrong) == set(gone)
    current = frame.filter(~pl.col("ISO3").is_in(list(gone)))
    rows = current.select("name_short", pl.lit(None), "ISO3").rows()
    assert not failures(rows, "iso")
    rows = current.select("name_official", pl.lit(None), "ISO3").rows()
    # a name that Portuguese has for Guyana
    assert failures(rows, "iso") == {"Guiana": "GUY, not GUF"}
    rows = current.filter(pl.col("GWcode").is_not_null()).select("GWcode", pl.lit(None), "ISO3")
    # the converter leaves the numbers of three former states to their heirs
    assert failures(rows.rows(), "gw") == {
        "315": "CSK, not CZE",
        "680": "YMD, not YEM",
        "817": "VDR, not VNM",
    }


NOT_STATES = {
    "Brunswick", "Hamburg", "Hamburgo", "Nassau", "Oldenburg", "Saxe-Weimar-Eisenach",
    "Braunschweig", "Sachsen-Weimar-Eisenach",  # German states on no list we carry
    "Channel Islands", "Kanalinseln", "Islas del Canal",  # Guernsey and Jersey together
    "Stateless", "Unknown", "Palestine/Gaza", "Vereinigte Provinz CA",
    "Papal States",  # a state of its own here, the Vatican City there
}  # fmt: skip


@pytest.mark.shared
def test_names_of_the_codelist_in_every_language(shared: Path) -> None:
    frame = read(shared / LISTS / "countrycode_codelist.csv.gz")
    columns = [
        column
        for column in frame.columns
        if (column.endswith(".name") or ".name." in column)
        and not column.startswith(("cldr", "un.region"))
        and not column.endswith("regex")
    ]
    assert len(columns) > 12
    for column in columns:
        rows = frame.filter(pl.col(column).is_not_null()).select(column, pl.lit(None), "iso3c")
        wrong = failures(rows.rows(), "un")
        assert set(wrong) <= NOT_STATES, (column, wrong)


@pytest.mark.shared
def test_names_of_older_cldr_editions_are_never_another_state(shared: Path) -> None:
    frame = read(shared / LISTS / "countrycode_codelist.csv.gz")
    total, wrong, silent = 0, [], 0
    for column in (c for c in frame.columns if c.startswith("cldr.name")):
        for label, state in frame.select(column, "iso3c").drop_nulls().rows():
            total += 1
            try:
                found = identify(label)
            except MultivectorError:
                silent += 1
                continue
            if found != state:
                wrong.append((column, label, state, found))
    assert total > 50_000
    assert silent / total < 0.002
    # Tachelhit "ssudan", Sudan with the article, reads as S. Sudan
    assert {label.casefold() for _, label, _, _ in wrong} <= {"ssudan"}, wrong


SPELLINGS = [
    ("01_un_votes_voeten/UNVotes_countries.csv", "Countryname", "un", set()),
    ("05_igo_membership/state_year_formatv3.csv.gz", "state", "cow", set()),
    ("08_trade_itpde/itpde_totals_2000-2016_long.csv.gz", "exporter", "un", set()),
    ("11_alliances/alliance_v4.1_by_member.csv", "state_name", "cow", set()),
    ("18_events_icews/icews_dyad_year_2002-2014.csv.gz", "i", "un", set()),
    ("22_chinese_finance_aiddata/china_investments_CGIT_2005-2018.csv.gz", "Country", "un", set()),
    ("22_chinese_finance_aiddata/GCDF_v3_df_filtered.csv.gz", "Recipient", "un",
     {"Africa, regional"}),
    ("23_diplomacy_lowy/2016_LowyInstituteGlobalDiplomacyIndex-FullDataset.csv.gz", "POST COUNTRY",
     "un", {"Jerusalem*"}),
    ("26_csis_alignment/actors_master.csv.gz", "name_common", "un", set()),
    ("27_fbic_extract/fbic_extract.csv.gz", "country", "un", set()),
    ("28_us_state_voting_coincidence/un-coincidence-2020.csv", "COUNTRY", "un", set()),
]  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize(("file", "column", "scheme", "others"), SPELLINGS)
def test_spellings_of_the_data_sets_of_the_field(shared, file, column, scheme, others) -> None:  # type: ignore[no-untyped-def]
    frame = pl.read_csv(
        shared / "data" / file, columns=[column], infer_schema_length=0, encoding="utf8-lossy"
    )
    assert set(failures(frame.unique().drop_nulls().rows(), scheme)) == others


@pytest.mark.parametrize("text", ["N/A", "n/a", "N.A.", "#N/A", "K-Z", "(no)"])
@pytest.mark.parametrize("scheme", [None, "iso3"])
def test_other_signs_than_letters_and_digits_make_no_code(text, scheme):
    with pytest.raises(UnknownState):
        identify(text, scheme=scheme)
    assert identify("U.S.") == "USA"
    assert identify("NA", scheme="iso2") == "NAM"


@pytest.mark.parametrize("text", ["OK", "SAD", "CAD", "UMA", "END", "ok", "LAN"])
def test_an_abbreviation_of_some_language_is_no_code(text: str) -> None:
    with pytest.raises(UnknownState):
        states.identify(text)


@pytest.mark.parametrize("text", ["EU", "EUU", "SCO", "NATO", "ЕС", "AB"])
def test_an_organisation_is_told_to_be_one(text: str) -> None:
    with pytest.raises(UnknownState, match="is an organisation of states"):
        states.identify(text)


def test_taiwan_and_congo_share_an_abbreviation() -> None:
    with pytest.raises(AmbiguousState, match=r"COG .*TWN"):
        states.identify("ROC")


def test_the_state_before_is_offered_for_its_years() -> None:
    with pytest.raises(UnknownState, match=r"for 2000 use YUG \(Yugoslavia\)$"):
        states.identify("Serbia and Montenegro", 2000)


@pytest.mark.parametrize(
    ("number", "state"),
    [
        *((842, "USA"), (251, "FRA"), (381, "ITA"), (757, "CHE"), (699, "IND"), (579, "NOR")),
        *((490, "TWN"), (58, "BEL"), (398, "KAZ"), (841, "USA"), (736, "SDN")),
    ],
)
def test_numbers_of_comtrade(number: int, state: str) -> None:
    assert states.identify(number, scheme="comtrade") == state


def test_a_number_without_a_year_is_of_the_last_who_bore_it() -> None:
    found = [states.identify(891, year, scheme="comtrade") for year in (1999, 2004, None)]
    assert found == ["YUG", "SCG", "SCG"]


@pytest.mark.shared
def test_the_list_of_baci_is_known_but_for_what_is_no_state(shared: Path) -> None:
    listed = pl.read_csv(shared / "data/34_strategic_goods_baci/country_codes.csv")
    found = states.identify_column(listed["country_code"], scheme="comtrade", unknown="null")
    missing = set(listed.filter(found.is_null())["country_name"])
    assert missing == {
        "Europe EFTA, nes",
        "Southern African Customs Union (...1999)",
        "US Misc. Pacific Isds",
    }
    own = listed.with_columns(found=found).filter(pl.col("country_iso3") != pl.col("found"))
    assert set(own.select("country_iso3", "found").iter_rows()) == {("S19", "TWN")}


def test_every_code_of_every_scheme_is_identified_in_it() -> None:
    shared_codes = {"currency", "continent", "region", "un_region"}
    for table, held in codes().items():
        scheme = "imf" if table == "imfc" else table
        if scheme in shared_codes:
            continue
        for value, bearers in held.items():
            for bearer in bearers:
                year = bearer.last or bearer.first
                assert states.identify(value, year, scheme=scheme) == bearer.state, (table, value)


def test_a_region_is_told_and_identifies_nobody() -> None:
    assert states.code("KAZ", "un_region") == "Central Asia"
    assert states.code("KAZ", "continent") == "Asia"
    assert states.code("KAZ", "currency") == "KZT"
    with pytest.raises(AmbiguousState):
        states.identify("Central Asia", scheme="un_region")


def test_columns_of_other_libraries() -> None:
    pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    for column in (
        ["KAZ", None, "Turkey"],
        pandas.Series(["KAZ", None, "Turkey"]),
        pyarrow.array(["KAZ", None, "Turkey"]),
        pl.Series(["KAZ", None, "Turkey"]),
    ):
        assert states.identify_column(column).to_list() == ["KAZ", None, "TUR"]
    numbers = pandas.Series([398, None, 842], name="partner")
    found = states.identify_column(numbers, scheme="comtrade")
    assert found.to_list() == ["KAZ", None, "USA"]
    assert found.name == "partner"


def test_own_meanings_go_first() -> None:
    found = states.identify_column(["GEO", "World"], custom={"World": "WLD", "GEO": "USA"})
    assert found.to_list() == ["USA", "WLD"]


@pytest.mark.parametrize(
    ("column", "scheme"),
    [
        (["KZK", "GMY", "UKG"], "cow"),
        ([842, 251, 699, 757], "comtrade"),
        (["KZ", "EL", "UK"], "eurostat"),
        (["KAZ", "GRC", "DEU", "ROU"], "iso"),
        (["KZ", "GM", "RP", "UP"], "fips"),
        ([".kz", ".gr"], "cctld"),
        (["GER", "NED", "SUI"], "ioc"),
    ],
)
def test_the_scheme_of_a_column_is_guessed(column: list[object], scheme: str) -> None:
    guessed = states.guess_scheme(column)
    assert guessed["scheme"][0] == scheme
    assert guessed["value"][0] == 1
