"""Membership on a date, overlap and seats beside poles."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector.errors import BadValue, UnknownName, UnknownOrganisation
from multivector.measures.clubs import (
    LEVELS,
    latest_year,
    members_in,
    membership_overlap,
    seats,
    shared_seats,
)
from multivector.tables import MEMBERSHIPS

SPELLS = [
    ("CIS", "RUS", "founding_member", "1991-12-08", None),
    ("CIS", "KAZ", "member", "1991-12-21", None),
    ("CIS", "GEO", "member", "1993-12-03", "2009-08-18"),
    ("SCO", "RUS", "founding_member", "2001-06-15", None),
    ("SCO", "KAZ", "founding_member", "2001-06-15", None),
    ("SCO", "CHN", "founding_member", "2001-06-15", None),
    ("SCO", "TUR", "dialogue_partner", "2012", None),
    ("OTS", "KAZ", "founding_member", "2009", None),
    ("OTS", "TUR", "founding_member", "2009", None),
    ("OTS", "HUN", "observer", "2018-09", None),
    ("EU", "HUN", "member", "2004-05-01", None),
    ("EU", "FRA", "member", "1993", None),
    ("NATO", "FRA", "member", "1949", None),
    ("NATO", "HUN", "member", "1999", None),
    ("NATO", "TUR", "member", "1952", None),
]


def spells(rows=SPELLS) -> pl.DataFrame:
    frame = pl.DataFrame(
        rows,
        schema=dict.fromkeys(("organisation", "state", "status", "start", "end"), pl.String),
        orient="row",
    )
    return MEMBERSHIPS.conform(frame.with_columns(source=pl.lit("x@1"), locator=pl.lit("p. 1")))


def test_members_in_a_year_are_those_of_its_last_day():
    table = spells()
    assert members_in(table, "CIS", 1990) == []
    assert members_in(table, "CIS", 1991) == ["KAZ", "RUS"]
    assert members_in(table, "CIS", 2008) == ["GEO", "KAZ", "RUS"]
    assert members_in(table, "CIS", 2009) == ["KAZ", "RUS"]
    assert members_in(table, "CIS", "2009-08-18") == ["GEO", "KAZ", "RUS"]
    assert members_in(table, "CIS", "2009-08-19") == ["KAZ", "RUS"]


def test_statuses_count_at_their_level():
    table = spells()
    assert members_in(table, "SCO", 2013) == ["CHN", "KAZ", "RUS"]
    assert members_in(table, "SCO", 2013, weights="levels") == ["CHN", "KAZ", "RUS", "TUR"]
    level = seats(table, 2013, weights="levels").filter(state="TUR", organisation="SCO")
    assert level["seat"].item() == LEVELS["dialogue_partner"]


def test_a_spell_without_start_counts_from_its_source():
    row = spells([("ECO", "KAZ", "member", None, None)]).with_columns(as_of=pl.lit("2015-06"))
    assert members_in(row, "ECO", 2014) == []
    assert members_in(row, "ECO", 2015) == ["KAZ"]
    assert members_in(row, "ECO", 2020) == ["KAZ"]
    assert latest_year(row) == 2015


def test_partial_end_lasts_to_its_last_day():
    row = spells(
        [("ECO", "KAZ", "member", "1992", "1995"), ("ECO", "UZB", "member", "1992", "1995-03")]
    )
    assert members_in(row, "ECO", "1995-12-31") == ["KAZ"]
    assert members_in(row, "ECO", "1995-03-31") == ["KAZ", "UZB"]


def test_unknown_organisation_and_dates():
    with pytest.raises(UnknownOrganisation, match="'SCOO' are known; nearest: SCO"):
        members_in(spells(), "SCOO", 2000)
    with pytest.raises(BadValue, match="'last year'"):
        members_in(spells(), "SCO", "last year")


def overlap_by_hand(table: pl.DataFrame, year: int, a: str, b: str, weights: str) -> float:
    held = seats(table, year, weights=weights)
    level = {(o, s): w for o, s, w in held.iter_rows()}
    clubs = {o for o, s in level if s in (a, b)}
    both = sum(min(level.get((o, a), 0), level.get((o, b), 0)) for o in clubs)
    either = sum(max(level.get((o, a), 0), level.get((o, b), 0)) for o in clubs)
    return both / either


@pytest.mark.parametrize("weights", ["members", "levels"])
def test_jaccard_equals_the_sum_by_hand(weights):
    table = spells()
    found = membership_overlap(table, years=(2020, 2020), weights=weights)
    for a, b, _, value, _, _, _ in found.iter_rows():
        assert value == pytest.approx(overlap_by_hand(table, 2020, a, b, weights)), (a, b)


def test_overlap_known_pairs():
    found = membership_overlap(spells(), years=(2020, 2020))
    pair = {(a, b): (value, n) for a, b, _, value, _, _, n in found.iter_rows()}
    assert pair["KAZ", "RUS"] == (pytest.approx(2 / 3), 3)
    assert pair["KAZ", "TUR"] == (pytest.approx(1 / 4), 4)
    assert pair["CHN", "FRA"] == (0.0, 3)
    shared = membership_overlap(spells(), years=(2020, 2020), measure="shared")
    assert shared.filter(state_a="KAZ", state_b="RUS")["value"].item() == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "B", "C", "D"]),
            st.sampled_from(["KAZ", "RUS", "TUR", "CHN"]),
            st.sampled_from(sorted(LEVELS)),
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda row: row[:2],
    )
)
def test_overlap_stays_in_its_range(rows):
    table = spells([(o, s, status, "1995", None) for o, s, status in rows])
    for measure, low, high in (("jaccard", 0, 1), ("s", -1, 1), ("shared", 0, 4)):
        found = membership_overlap(table, weights="levels", measure=measure)
        assert found["value"].is_between(low - 1e-12, high + 1e-12).all()
        assert (found["state_a"] < found["state_b"]).all()


def test_shared_seats_with_states_and_organisations():
    found = shared_seats(spells(), poles=("RUS", "EU"), years=(2020, 2020))
    row = {(s, p): (value, n) for s, p, _, _, value, _, _, n in found.iter_rows()}
    assert row["KAZ", "RUS"] == (pytest.approx(2 / 3), 3)
    assert row["TUR", "EU"] == (pytest.approx(1 / 2), 2)
    assert row["KAZ", "EU"] == (0.0, 3)
    assert row["FRA", "EU"] == (0.5, 2)
    count = shared_seats(spells(), poles=("RUS",), years=(2020, 2020), measure="count")
    assert count.filter(state="KAZ")["value"].item() == 2


def test_shared_seats_refuses_an_unknown_pole():
    with pytest.raises(UnknownName, match="XYZ"):
        shared_seats(spells(), poles=("XYZ",))


def test_empty_and_years():
    assert membership_overlap(MEMBERSHIPS.empty()).is_empty()
    assert shared_seats(MEMBERSHIPS.empty()).is_empty()
    years = membership_overlap(spells(), years=(2000, 2003))["year"].unique().sort().to_list()
    assert years == [2000, 2001, 2002, 2003]
    with pytest.raises(BadValue, match="weights"):
        membership_overlap(spells(), weights="full")
