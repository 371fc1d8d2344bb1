"""binds: worlds in which the answer is known, the kernel by brute force, and real organisations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from multivector.errors import BadValue, MissingData, MissingExtra, UnknownOrganisation
from multivector.measures._binding_example import example
from multivector.measures._outcomes import agreements, counted
from multivector.measures._ties import Cube, Kernel, Ties
from multivector.measures.binding import binds
from multivector.measures.did import aggregate, group_time
from multivector.tables import FLOWS_TABLE, MEMBERSHIPS, TREATIES, VERDICTS


def scaled(flows: pl.DataFrame, factor: pl.Expr) -> pl.DataFrame:
    tied = pl.col("state").is_in(["S01", "S02"]) & pl.col("partner").is_in(["S00", "S01"])
    return flows.with_columns(value=pl.when(tied).then(pl.col("value") * factor).otherwise("value"))


def verdict(*tables: pl.DataFrame, **options: Any) -> dict[str, Any]:
    found = binds(*tables, organisation="CLUB", draws=199, **options)
    return found.verdict.row(0, named=True)


def test_a_club_that_binds() -> None:
    row = verdict(*example())
    assert row["verdict"] == "binds"
    assert row["value"] == pytest.approx(1.0, abs=0.05)
    assert row["low"] < 1 < row["high"]
    assert row["placebo"] == pytest.approx(1 / 200)
    assert row["n"] == 3


def test_a_club_that_does_nothing() -> None:
    row = verdict(*example(0.0, seed=4))
    assert row["verdict"] == "no_evidence"
    assert row["minimum_detectable"] < 0.1
    assert "within chance" in row["reason"]


def test_a_club_that_drives_apart() -> None:
    assert verdict(*example(-1.0))["verdict"] == "diverges"


def test_a_club_that_was_drawing_together_anyway() -> None:
    members, flows = example(0.0)
    trend = (0.2 * (pl.col("year") - 2000)).exp()
    row = verdict(members, scaled(flows, trend))
    assert row["verdict"] == "moves_together"
    assert row["pretrend"] < 0.05


def test_next_to_nothing_is_left_out() -> None:
    members, flows = example()
    noise = pl.when(pl.col("partner") > "S09").then(pl.col("year").hash() % 9 + 1.0)
    noisy = flows.with_columns(value=noise.otherwise("value"))
    assert verdict(members, noisy)["value"] == pytest.approx(1.0, abs=0.05)
    assert verdict(members, flows, floor=1e12)["n"] == 0


def test_no_before_no_answer() -> None:
    members, flows = example()
    late = flows.filter(pl.col("year") >= 2006)
    row = verdict(members, late)
    assert row["verdict"] == "no_evidence"
    assert row["value"] is None
    assert row["n"] == 0
    assert "no before" in row["reason"]
    short = verdict(members, flows.filter(pl.col("year") >= 2005))
    assert short["verdict"] == "moves_together"
    assert short["pretrend"] is None
    assert "too few years" in short["reason"]


def test_a_few_powers_are_no_world() -> None:
    members, flows = example()
    few = flows.filter(pl.col("partner").is_in([f"S{k:02d}" for k in range(4)]))
    assert "of all pairs" in verdict(members, few)["reason"]
    assert "of all pairs" not in verdict(members, flows)["reason"]


def test_size_of_the_test_in_worlds_without_effect() -> None:
    found = [
        binds(*example(0.0, seed=seed), organisation="CLUB", draws=99, organisations=0).verdict
        for seed in range(20)
    ]
    firm = [row["verdict"].item() != "no_evidence" for row in found]
    assert sum(firm) <= 4


def test_one_pair_by_synthetic_control() -> None:
    found = binds(*example(), organisation="CLUB", pair=("S01", "S00"), draws=99)
    row = found.verdict.row(0, named=True)
    assert row["verdict"] == "binds"
    assert row["value"] == pytest.approx(1.0, abs=0.1)
    gaps = found.effects.filter(pl.col("at").cast(pl.Int64) < 2006)["value"]
    assert gaps.abs().max() < 0.1
    later = binds(*example(), organisation="CLUB", pair=("S05", "S07"), since=2006, draws=99)
    assert later.verdict["verdict"].item() == "no_evidence"


def test_same_seed_same_answer() -> None:
    first = binds(*example(), organisation="CLUB", draws=50, seed=3)
    again = binds(*example(), organisation="CLUB", draws=50, seed=3)
    assert first.verdict.equals(again.verdict)
    assert first.placebos.equals(again.placebos)


def test_kernel_is_the_simple_aggregate() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=(10, 10, 6))
    values = values + values.transpose(1, 0, 2)
    never = ~np.eye(10, dtype=bool)
    never[:4, :4] = False
    cube = Cube(tuple("ABCDEFGHIJ"), np.arange(2000, 2006), values, never)
    ties = Ties(
        np.array([0, 0, 1, 0]),
        np.array([1, 2, 2, 3]),
        np.array([2002, 2002, 2002, 2004]),
        np.array([2009, 2009, 2009, 2009]),
    )
    expected = aggregate(group_time(cube.panel(ties))).row(0, named=True)["value"]
    value, n = Kernel.of(cube).effect(ties)
    assert value == pytest.approx(expected)
    assert n == 4


def test_levels_of_states_are_taken_off() -> None:
    rng = np.random.default_rng(6)
    level = rng.normal(size=(9, 5))
    values = level[:, None, :] + level[None, :, :]
    never = ~np.eye(9, dtype=bool)
    cube = Cube(tuple("ABCDEFGHI"), np.arange(5), values, never)
    left = cube.adjusted().values[never]
    assert np.nanmax(np.abs(left)) < 1e-6


def test_other_outcomes() -> None:
    base = {"signed": None, "end": None, "depth": None, "source": "made@1", "locator": "x"}
    rows = [
        {**base, "treaty": "T1", "state": s, "name": "T", "field": "trade", "start": "2001"}
        for s in ("AAA", "BBB")
    ]
    rows += [
        {**base, "treaty": "T2", "state": s, "name": "T", "field": "trade", "start": "2003"}
        for s in ("AAA", "BBB", "CCC")
    ]
    rows[0]["end"] = rows[1]["end"] = "2003-05"
    frame = pl.DataFrame(rows, schema_overrides={"signed": pl.String, "end": pl.String})
    table = agreements(TREATIES.conform(frame), (2001, 2004))
    value = {tuple(r[:3]): r[3] for r in table.rows()}
    assert value["AAA", "BBB", 2002] == pytest.approx(np.log(2))
    assert value["AAA", "CCC", 2002] == 0.0
    assert value["AAA", "BBB", 2003] == pytest.approx(np.log(2))
    arms = FLOWS_TABLE.conform(
        pl.DataFrame(
            {
                "state": ["A", "B", "A"],
                "partner": ["B", "A", "C"],
                "year": [2001, 2001, 2002],
                "flow": ["arms_exports"] * 3,
                "value": [1.0, 2.0, 4.0],
                "unit": ["TIV"] * 3,
                "reported_by": ["reconciled"] * 3,
                "source": ["made@1"] * 3,
                "locator": ["x"] * 3,
            }
        )
    )
    found = {tuple(r[:3]): r[3] for r in counted(arms, "arms_exports", "arms", None).rows()}
    assert found["A", "B", 2001] == pytest.approx(np.log(4))
    assert found["A", "B", 2002] == 0.0
    assert found["B", "C", 2002] == 0.0


def test_checks_of_pyfixest_agree() -> None:
    pytest.importorskip("pyfixest")
    checks = ("sun_abraham", "imputation")
    found = binds(*example(), organisation="CLUB", draws=20, checks=checks)
    assert found.checks["kind"].to_list() == list(checks)
    assert found.checks["value"].to_list() == pytest.approx([1.0, 1.0], abs=0.05)
    gravity = binds(*example(), organisation="CLUB", draws=20, checks=("gravity",)).checks
    assert gravity["kind"][0] == "gravity_plain"


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    with pytest.raises(MissingExtra, match="models"):
        binds(*example(), organisation="CLUB", draws=5, checks=("imputation",))


def test_bad_input() -> None:
    members, flows = example()
    with pytest.raises(UnknownOrganisation, match="expected"):
        binds(members, flows, organisation="NOPE")
    with pytest.raises(MissingData, match="votes"):
        binds(members, flows, organisation="CLUB", outcome="votes")
    with pytest.raises(MissingData, match="flows"):
        binds(members, organisation="CLUB")
    for wrong in ({"outcome": "love"}, {"status": "king"}, {"pair": ("A",)}, {"since": 2000},
                  {"draws": -1}, {"floor": -1.0}, {"checks": ("magic",)}):  # fmt: skip
        with pytest.raises(BadValue, match="expected"):
            binds(members, flows, organisation="CLUB", **wrong)  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="trade"):
        binds(members, flows, organisation="CLUB", outcome="arms", checks=("gravity",))
    outsiders = MEMBERSHIPS.conform(members.with_columns(state=pl.col("state") + "X"))
    assert binds(outsiders, flows, organisation="CLUB").verdict["n"].item() == 0


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("organisation", ["SCO", "CIS", "EAEU", "CSTO", "OTS"])
def test_real_organisations_get_a_verdict(organisation: str, shared: Path) -> None:
    from multivector.sources import baci_totals
    from multivector.study import world

    path = shared / "data" / "07_trade_baci_totals" / "baci_totals_2000-2020_long.csv.gz"
    flows = baci_totals.read(path)["flows"].with_columns(source=pl.lit("baci_totals@2000-2020"))
    row = binds(world.table("memberships"), flows, organisation=organisation).verdict
    assert row["verdict"].item() in VERDICTS
    assert row["verdict"].item() == "no_evidence"
