"""Distances of ideal points: symmetric, at home on the scale, and never beyond what is known."""

from __future__ import annotations

import polars as pl
import pytest

from multivector.measures.distances import ideal_distance
from multivector.workspace import Workspace


def positions() -> pl.DataFrame:
    rows = [
        ("KAZ", 74, 2019, -0.5, -0.8, -0.2, 60),
        ("RUS", 74, 2019, -1.0, -1.4, -0.6, 70),
        ("USA", 74, 2019, 2.5, None, None, 80),
        ("KAZ", 75, 2020, -0.4, -0.7, -0.1, 55),
    ]
    names = ["state", "session", "year", "value", "low", "high", "n"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(source=pl.lit("x@1"))


def test_every_pair_of_a_year_stands_once() -> None:
    found = ideal_distance(positions())
    assert found.select("state_a", "state_b", "year").rows() == [
        ("KAZ", "RUS", 2019),
        ("KAZ", "USA", 2019),
        ("RUS", "USA", 2019),
    ]
    assert found["value"].to_list() == pytest.approx([0.5, 3.0, 3.5])


def test_who_is_named_first_does_not_matter() -> None:
    one = ideal_distance(positions(), state="KAZ", partner="RUS")
    other = ideal_distance(positions(), state="RUS", partner="KAZ")
    assert one.equals(other)
    assert one.select("low", "high", "n").row(0) == pytest.approx((0.0, 1.0, 60))


def test_a_position_without_interval_gives_none() -> None:
    found = ideal_distance(positions(), state="USA")
    assert found["low"].null_count() == found.height == 2
    assert found["value"].null_count() == 0


def test_the_newest_release_counts() -> None:
    newer = positions().with_columns(pl.col("value") + 1, source=pl.lit("x@2"))
    found = ideal_distance(pl.concat([newer.filter(pl.col("state") == "KAZ"), positions()]))
    assert found.filter(state_a="KAZ", state_b="RUS")["value"].item() == pytest.approx(1.5)


def test_embedded_distances_are_those_of_the_positions() -> None:
    workspace = Workspace()
    rows = workspace.table("ideal_points").frame.filter(pl.col("year") == 2019)
    at = dict(rows.select("state", "value").iter_rows())
    found = workspace.compute("ideal_distance", state="KAZ", partner="TUR", years=(2019, 2019))
    assert found.frame["value"].item() == pytest.approx(abs(at["KAZ"] - at["TUR"]))
