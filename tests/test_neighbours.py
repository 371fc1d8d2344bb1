"""Whom of all states a state votes like: against brute force, the embedded table, known values."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import multivector as mv
from multivector import measures
from multivector.errors import BadValue, MissingData
from multivector.measures import neighbours
from multivector.sources import load

# Computed from the producer's wide file (ungaVoting_003, June 2024), by hand: 2020 to 2024.
KNOWN = {
    "KAZ": [("TKM", 0.976), ("AZE", 0.951)],
    "USA": [("ISR", 0.879), ("FSM", 0.761), ("GBR", 0.646)],
    "UKR": [("FIN", 0.914), ("LVA", 0.896)],
    "TUR": [("ESP", 0.857), ("PRT", 0.849), ("GRC", 0.842)],
}


@pytest.mark.parametrize("state", KNOWN)
def test_known_neighbours(state: str) -> None:
    found = mv.Workspace().compute("nearest_voters", state=state, years=(2020, 2024)).frame
    nearest = dict(found.filter(side="nearest").select("partner", "value").iter_rows())
    for partner, share in KNOWN[state]:
        assert nearest[partner] == pytest.approx(share, abs=0.002)
    assert found["n"].min() >= neighbours.LEAST
    assert found["of"].unique().to_list()[0] > 180


def test_china_is_far_from_the_nearest_of_turkiye() -> None:
    found = mv.Workspace().compute("nearest_voters", state="TUR", years=(2020, 2024)).frame
    assert "CHN" not in found.filter(side="nearest")["partner"].to_list()


def made(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the votes of five states on 60 roll calls a year for six years."""
    import numpy as np

    random = np.random.default_rng(seed)
    states = ["CHN", "KAZ", "RUS", "TUR", "USA"]
    rows = [
        (f"{year}-{call}", state, year, random.choice(["yes", "no", "abstain", "absent"]))
        for year in range(2000, 2006)
        for call in range(60)
        for state in states
    ]
    schema = ["rollcall", "state", "year", "choice"]
    votes = pl.DataFrame(rows, schema=schema, orient="row").with_columns(source=pl.lit("x@1"))
    calls = votes.select("rollcall", "year", "source").unique("rollcall", maintain_order=True)
    calls = calls.with_columns(
        kind=pl.lit("final"),
        session=pl.col("year") - 1945,
        family=pl.col("rollcall"),
        **{c: pl.lit(None, dtype=pl.String) for c in ("date", "resolution", "issues", "title")},
        duplicate_of=pl.lit(None, dtype=pl.String),
    )
    return votes, calls


def brute(votes: pl.DataFrame, state: str, first: int, last: int) -> list[tuple[str, float, int]]:
    cast: dict[str, dict[str, str]] = {}
    for rollcall, who, year, choice in votes.select(
        "rollcall", "state", "year", "choice"
    ).iter_rows():
        if first <= year <= last and choice != "absent":
            cast.setdefault(who, {})[rollcall] = choice
    found = []
    for other in cast:
        common = set(cast[state]) & set(cast[other])
        if other != state and len(common) >= neighbours.LEAST:
            same = sum(cast[state][c] == cast[other][c] for c in common)
            found.append((other, same / len(common), len(common)))
    return sorted(found, key=lambda row: (-row[1], row[0]))


@pytest.mark.parametrize("seed", range(4))
def test_brute_force(seed: int) -> None:
    votes, calls = made(seed)
    windows = neighbours.windows(votes, calls)
    assert sorted(windows["year"].unique()) == [2004, 2005]
    for last in (2004, 2005):
        expected = brute(votes, "KAZ", last - 4, last)
        direct = neighbours.nearest_voters(votes, calls, state="KAZ", years=(last - 4, last))
        stored = neighbours.nearest_voters(
            vote_neighbours=windows, state="KAZ", years=(last - 4, last)
        )
        assert_frame_equal(direct, stored)
        nearest = direct.filter(side="nearest").select("partner", "value", "n").rows()
        assert [row[0] for row in nearest] == [row[0] for row in expected]
        assert [row[1] for row in nearest] == pytest.approx([row[1] for row in expected])
        assert [row[2] for row in nearest] == [row[2] for row in expected]
        farthest = direct.filter(side="farthest").sort("rank")["value"].to_list()
        assert farthest == sorted(farthest)
        assert set(direct["of"]) == {4}


def test_too_few_common_roll_calls_are_not_compared() -> None:
    votes, calls = made(0)
    few = votes.filter(pl.col("rollcall").str.ends_with("-1"))
    assert neighbours.nearest_voters(few, calls, state="KAZ").is_empty()


@pytest.mark.parametrize("most", [0, 11])
def test_how_many_are_checked(most: int) -> None:
    with pytest.raises(BadValue, match="1 to 10"):
        measures.find("nearest_voters").function(state="KAZ", most=most)


def test_without_votes_the_years_are_five() -> None:
    with pytest.raises(BadValue, match="expected 5, as 2016:2020"):
        mv.Workspace().compute("nearest_voters", state="KAZ", years=(2010, 2020))
    with pytest.raises(MissingData):
        neighbours.nearest_voters(state="KAZ")


@pytest.mark.shared
def test_votes_the_producer_lost_are_no_absences(shared: Path) -> None:
    file = shared / "data/01_un_votes_voeten/UNVotes_rebuilt_1946-2024.csv.gz"
    loaded = load(file, source="unga_votes")
    turkish = loaded.tables["votes"].filter(state="TUR", year=2023)
    assert turkish["choice"].value_counts().rows() == [("yes", 9)]
    lost = loaded.report.filter(pl.col("what").str.contains("lost"))
    assert lost["n"].to_list() == [66]


def test_no_absence_of_turkiye_is_carried_in_2023() -> None:
    totals = mv.Workspace().table("vote_totals").frame
    row = totals.filter(state="TUR", year=2023, universe="all", issue="all")
    assert row.select("yes", "absent").row(0) == (9, 0)
