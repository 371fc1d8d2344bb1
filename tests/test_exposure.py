"""Vulnerability and connectedness: hand values and the identity with Rao's entropy."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector.measures.exposure import connectedness, vulnerability
from multivector.tables import FLOWS_TABLE, IDEAL_POINTS

CASE = tomllib.loads(
    (Path(__file__).parent / "reference" / "trade.toml").read_text(encoding="utf-8")
)["exposure"]


def flows(shares: list[float]) -> pl.DataFrame:
    n = len(shares)
    frame = pl.DataFrame({"partner": [f"P{i}" for i in range(n)], "value": shares})
    return FLOWS_TABLE.conform(
        frame.with_columns(
            state=pl.lit("KAZ"),
            year=2019,
            flow=pl.lit("exports"),
            unit=pl.lit("USD"),
            reported_by=pl.lit("state"),
            source=pl.lit("x@1"),
            locator=pl.lit("row"),
        )
    )


def points(values: dict[str, float]) -> pl.DataFrame:
    frame = pl.DataFrame({"state": list(values), "value": list(values.values())})
    return IDEAL_POINTS.conform(
        frame.with_columns(session=74, year=2019, n=80, source=pl.lit("y@1"))
    )


def partners(values: list[float], own: float | None = None) -> pl.DataFrame:
    named = {f"P{i}": value for i, value in enumerate(values)}
    return points(named if own is None else {**named, "KAZ": own})


def test_values_by_hand():
    frame, theta = flows(CASE["shares"]), partners(CASE["points"], CASE["own"])
    spread = connectedness(frame, theta, flow="exports")
    assert spread["value"].item() == pytest.approx(CASE["connectedness"], abs=1e-6)
    assert spread["value"].item() ** 2 == pytest.approx(CASE["variance"], abs=1e-6)
    distance = vulnerability(frame, theta, flow="exports")
    assert distance["value"].item() == pytest.approx(CASE["vulnerability"], abs=1e-6)
    assert distance["n"].item() == 4


@given(st.lists(st.tuples(st.floats(0.01, 10), st.floats(-3, 3)), min_size=1, max_size=8))
def test_connectedness_is_the_root_of_raos_entropy(rows):
    weights = [w for w, _ in rows]
    theta = [t for _, t in rows]
    share = [w / sum(weights) for w in weights]
    entropy = sum(
        a * b * 0.5 * (s - t) ** 2
        for a, s in zip(share, theta, strict=True)
        for b, t in zip(share, theta, strict=True)
    )
    found = connectedness(flows(weights), partners(theta), flow="exports")["value"].item()
    assert found**2 == pytest.approx(entropy, abs=1e-9)


def test_unknown_points_are_left_out_and_counted():
    frame = flows([1.0, 1.0, 2.0])
    theta = points({"P0": 1.0, "P1": -1.0, "KAZ": 0.0})
    row = vulnerability(frame, theta, flow="exports").row(0, named=True)
    assert (row["value"], row["n"]) == (1.0, 2)
    without = vulnerability(frame, points({"P0": 1.0}), flow="exports").row(0, named=True)
    assert (without["value"], without["n"]) == (None, 1)
    nobody = connectedness(frame, IDEAL_POINTS.empty(), flow="exports").row(0, named=True)
    assert (nobody["value"], nobody["n"]) == (None, 0)
