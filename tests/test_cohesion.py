"""How alike a group votes: by hand, against brute force, and on the embedded world."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from multivector.errors import BadValue, MissingData
from multivector.measures.cohesion import cohesion, vote_spread
from multivector.measures.similarity import agreement
from multivector.tables import IDEAL_POINTS, MEMBERSHIPS, ROLLCALLS, VOTES
from multivector.workspace import Workspace
from tests.panels import panel


def points(values: dict[str, float], width: float = 0.0, year: int = 2015) -> pl.DataFrame:
    rows = [(s, year - 1945, year, v, v - width, v + width, 80) for s, v in values.items()]
    schema = ["state", "session", "year", "value", "low", "high", "n"]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return IDEAL_POINTS.conform(frame.with_columns(source=pl.lit("x@1")))


WORLD = {"A": -1.0, "B": 0.0, "C": 1.0, "D": 3.0}


def test_spread_is_the_standard_deviation_where_points_are_known() -> None:
    found = vote_spread(points(WORLD), states=("A", "C"), measure="spread").row(0, named=True)
    assert found["value"] == pytest.approx(np.std([-1.0, 1.0], ddof=1))
    assert found["low"] == found["high"] == pytest.approx(found["value"])
    assert found["n"] == 2
    centre = vote_spread(points(WORLD), states=("A", "B"), measure="centre")
    assert centre["value"].item() == pytest.approx(-0.5)


def test_the_whole_world_is_as_far_apart_as_itself() -> None:
    found = vote_spread(points(WORLD, 0.5), states=tuple(WORLD))
    assert found["value"].item() == pytest.approx(1.0)


def test_the_interval_grows_with_what_is_not_known() -> None:
    sure = vote_spread(points(WORLD, 0.1), states=("A", "B", "C"), measure="spread")
    unsure = vote_spread(points(WORLD, 0.6), states=("A", "B", "C"), measure="spread")
    width = [f["high"].item() - f["low"].item() for f in (sure, unsure)]
    assert 0 < width[0] < width[1]
    again = vote_spread(points(WORLD, 0.6), states=("A", "B", "C"), measure="spread")
    assert again.equals(unsure)


def test_one_member_has_a_centre_and_no_spread() -> None:
    alone = vote_spread(points(WORLD), states=("A",), measure="spread")
    assert alone.select("value", "n").rows() == [(None, 1)]
    assert vote_spread(points(WORLD), states=("A",), measure="centre")["value"].item() == -1.0
    assert vote_spread(points(WORLD), states=("X",)).is_empty()


def test_a_year_stays_the_same_whatever_years_are_asked_for() -> None:
    both = pl.concat([points(WORLD, 0.4), points(WORLD, 0.4, 2016)])
    whole = vote_spread(both, states=("A", "B"))
    part = vote_spread(both, states=("A", "B"), years=(2016, 2016))
    assert part.equals(whole.filter(pl.col("year") == 2016))


def test_cohesion_is_the_mean_of_the_pairs() -> None:
    votes, rollcalls = panel(VOTES), panel(ROLLCALLS)
    group = ("CHN", "KAZ", "RUS")
    found = cohesion(votes, rollcalls, states=group)
    pairs = agreement(votes, rollcalls).filter(
        pl.col("state_a").is_in(group) & pl.col("state_b").is_in(group)
    )
    for row in found.iter_rows(named=True):
        own = pairs.filter(pl.col("year") == row["year"])["value"]
        assert row["value"] == pytest.approx(own.mean())
        assert row["n"] == 3


def test_joint_counts_give_the_pairs_with_a_power() -> None:
    found = Workspace().compute("cohesion", organisation="SCO", years=(2005, 2006)).frame
    assert found["organisation"].unique().to_list() == ["SCO"]
    assert found["n"].to_list() == [9, 9]
    assert found["value"].is_between(0.5, 1).all()


def test_the_embedded_world_finds_the_european_union_closer_than_the_nonaligned() -> None:
    workspace = Workspace()
    spread = {
        name: workspace.compute("vote_spread", organisation=name, years=(2010, 2020)).frame
        for name in ("EU", "NAM")
    }
    assert (spread["EU"]["value"] < 0.6).all()
    assert spread["EU"]["value"].mean() < spread["NAM"]["value"].mean()
    for frame in spread.values():
        inside = (frame["low"] <= frame["value"]) & (frame["value"] <= frame["high"])
        assert inside.all()


def test_refusals() -> None:
    with pytest.raises(BadValue, match="no one group"):
        cohesion(panel(VOTES), panel(ROLLCALLS))
    with pytest.raises(MissingData, match="memberships"):
        vote_spread(points(WORLD), organisation="SCO")
    with pytest.raises(BadValue, match="measure"):
        vote_spread(points(WORLD), states=("A",), measure="range")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="draws"):
        vote_spread(points(WORLD), panel(MEMBERSHIPS), organisation="EU", draws=3)
