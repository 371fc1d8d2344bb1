"""Depth of organisations: two ladders and an index, three stages, nothing added up."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from multivector import sources
from multivector.errors import BadValue, SchemaError, SourceChanged, UnknownOrganisation
from multivector.measures.institutional_depth import depth
from multivector.study import world
from multivector.tables import ORGANISATION_TREATIES, ORGANISATIONS, TREATIES, TREATY_DEPTHS

SPECIMENS = Path(__file__).parent / "specimens"
TOLD = {"source": "x@1", "locator": "p. 1"}


def clubs(**changes: object) -> pl.DataFrame:
    row = {
        "organisation": "UNION",
        "name_en": "Made-up Union",
        "founded": "2015-01-01",
        "field": "economic",
        "trade_depth": 4,
        **TOLD,
    }
    return ORGANISATIONS.conform(pl.DataFrame({**row, **changes}))


def link(**changes: object) -> pl.DataFrame:
    row = {"organisation": "UNION", "treaty": "desta-1", "role": "founding", **TOLD}
    return ORGANISATION_TREATIES.conform(pl.DataFrame({**row, **changes}))


def treaty(**changes: object) -> pl.DataFrame:
    row = {
        "treaty": "desta-1",
        "state": ["KAZ", "RUS"],
        "name": "Made-up Union",
        "field": "trade",
        "signed": "2013",
        "start": "2015",
        **TOLD,
    }
    return TREATIES.conform(pl.DataFrame({**row, **changes}))


def index(**changes: object) -> pl.DataFrame:
    row = {"treaty": "desta-1", "title": "Made-up Union", "year": 2013, "depth": 3, **TOLD}
    return TREATY_DEPTHS.conform(pl.DataFrame({**row, **changes}))


def told(found: pl.DataFrame, scale: str) -> list[tuple[object, ...]]:
    columns = ("year", "declared", "in_force", "implemented", "stage", "n")
    return found.filter(scale=scale).select(columns).rows()


def test_a_step_is_declared_at_signature_and_in_force_later():
    found = depth(clubs(), link(), treaty(), index(), years=(2012, 2016))
    assert told(found, "trade") == [
        (2013, 4, None, None, "declared", 2),
        (2014, 4, None, None, "declared", 2),
        (2015, 4, 4, None, "in_force", 2),
        (2016, 4, 4, None, "in_force", 2),
    ]
    assert told(found, "desta") == [
        (2013, 3, None, None, "declared", 2),
        (2014, 3, None, None, "declared", 2),
        (2015, 3, 3, None, "in_force", 2),
        (2016, 3, 3, None, "in_force", 2),
    ]


def test_an_axis_no_source_places_is_null_at_every_stage():
    found = depth(clubs(), link(), treaty(), index(), years=(2015, 2015))
    assert told(found, "money") == [(2015, None, None, None, None, 0)]


def test_implemented_only_where_a_source_says_so():
    found = depth(clubs(), link(implemented="2016-07"), treaty(), index(), years=(2015, 2016))
    assert told(found, "trade") == [
        (2015, 4, 4, None, "in_force", 3),
        (2016, 4, 4, 4, "implemented", 3),
    ]


def test_signed_and_never_in_force_stays_declared():
    found = depth(clubs(), link(), treaty(start=None), index(), years=(2020, 2020))
    assert told(found, "desta") == [(2020, 3, None, None, "declared", 2)]


def test_an_agreement_without_depth_shows_its_stage():
    found = depth(clubs(), link(), treaty(), index(depth=None), years=(2015, 2015))
    assert told(found, "desta") == [(2015, None, None, None, "in_force", 1)]


def test_an_agreement_made_within_says_nothing_of_the_ladders():
    found = depth(clubs(), link(role="agreement"), treaty(), index(), years=(2013, 2015))
    assert told(found, "trade") == [(2015, 4, None, None, "declared", 1)]
    assert [row[0] for row in told(found, "desta")] == [2013, 2014, 2015]


def test_without_treaties_foundation_and_the_year_of_the_index_date_the_declaration():
    alone = depth(clubs(), years=(2014, 2015))
    assert told(alone, "trade") == [(2015, 4, None, None, "declared", 1)]
    undated = depth(clubs(), link(), None, index(year=2014), years=(2013, 2014))
    assert told(undated, "desta") == [(2014, 3, None, None, "declared", 1)]


def test_a_dissolved_organisation_has_no_depth():
    found = depth(clubs(dissolved="2015-12-31"), link(), treaty(), index(), years=(2015, 2017))
    assert set(found["year"]) == {2015}


def test_by_default_to_the_last_year_that_any_table_names():
    other = clubs(organisation="OTHER", founded="2017")
    both = pl.concat([clubs(), other])
    one = depth(both, link(), treaty(), index(), organisation="UNION")
    assert (one["year"].min(), one["year"].max()) == (2013, 2017)
    whole = depth(both, link(), treaty(), index()).filter(organisation="UNION")
    assert one.equals(whole)


def test_the_value_repeats_the_stage_asked_for():
    frames = (clubs(), link(), treaty(), index())
    found = depth(*frames, years=(2014, 2015), stage="in_force").filter(scale="trade")
    assert found["value"].to_list() == [None, 4.0]


def test_of_two_releases_the_last_counts():
    old, new = treaty(source="desta@1"), treaty(source="desta@2", start="2016")
    depths = pl.concat([index(source="labpta@1"), index(source="labpta@2", depth=5)])
    found = depth(clubs(), link(), pl.concat([old, new]), depths, years=(2015, 2016))
    assert told(found, "desta") == [
        (2015, 5, None, None, "declared", 2),
        (2016, 5, 5, None, "in_force", 2),
    ]


def test_bad_questions_are_refused():
    with pytest.raises(BadValue, match="expected one of declared"):
        depth(clubs(), stage="planned")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="run backwards"):
        depth(clubs(), years=(2016, 2015))
    with pytest.raises(UnknownOrganisation, match="expected one of UNION"):
        depth(clubs(), organisation="CLUB")


def test_embedded_links_name_organisations_and_agreements_once():
    links = ORGANISATION_TREATIES.check(world.table("organisation_treaties"))
    assert set(links["organisation"]) <= set(world.table("organisations")["organisation"])
    assert not links["treaty"].is_duplicated().any()
    assert set(links["source"]) <= set(world.origins())
    founding = links.filter(role="founding")
    assert not founding["organisation"].is_duplicated().any()
    assert links["implemented"].null_count() == links.height


def test_what_labpta_leaves_out_is_counted():
    loaded = sources.load(SPECIMENS / "labpta.csv", extract=True)
    assert loaded.report["n"].to_list() == [4, 1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2003,6,1,7", "2003,6,1,8", "above 7, first row 3"),
        ("2003,6,1,7", "2003,6,1,-1", "negative"),
        ("2003,6,1,7", "1203,6,1,7", "years outside"),
        ("\n7,", "\n1,", "repeated key"),
    ],
)
def test_impossible_depths_are_refused(tmp_path, old, new, message):
    text = (SPECIMENS / "labpta.csv").read_bytes().decode()
    assert old in text
    path = tmp_path / "labpta.csv"
    path.write_bytes(text.replace(old, new).encode())
    with pytest.raises(SchemaError, match=message):
        sources.load(path, extract=True)


def test_a_part_of_the_file_is_not_the_release():
    with pytest.raises(SourceChanged, match="expected 450"):
        sources.load(SPECIMENS / "labpta.csv")


@pytest.mark.shared
def test_depth_of_the_real_agreements(shared):
    folder = shared / "data" / "12_trade_agreements_desta"
    desta = sources.load(next(folder.glob("DESTA.csv.gz"))).tables["treaties"]
    labpta = sources.load(next(folder.glob("LABPTA*.gz")))
    assert labpta.origin.id == "labpta@2018"
    depths = labpta.tables["treaty_depths"]
    assert (depths.height, depths["depth"].null_count()) == (483, 10)
    links = world.table("organisation_treaties")
    names = dict(desta.select("treaty", "name").unique("treaty").rows())
    for number, locator in links.select("treaty", "locator").rows():
        assert locator == f"number {number.removeprefix('desta-')}: {names[number]}"
    found = depth(world.table("organisations"), links, desta, depths, years=(1993, 2016))
    area = found.filter(treaty="desta-244", scale="desta")
    assert area["year"].min() == 1994
    assert set(area.select("declared", "in_force", "implemented").rows()) == {(2, 2, None)}
    assert area["note"].str.contains("never").all()
    union = found.filter(organisation="EAEU", scale="trade")
    assert union.select("year", "declared", "in_force").head(2).rows() == [
        (2014, 4, None),
        (2015, 4, 4),
    ]
