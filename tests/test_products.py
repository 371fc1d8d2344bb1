"""Product measures: hand values, identities, thresholds."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue
from multivector.measures.products import (
    comparative_advantage,
    complementarity,
    critical_dependency,
    dependency_churn,
    export_similarity,
    intra_industry,
)
from multivector.tables import FLOWS_TABLE

CASE = tomllib.loads(
    (Path(__file__).parent / "reference" / "trade.toml").read_text(encoding="utf-8")
)["grubel_lloyd"]
SCHEMA = ["state", "partner", "product", "flow", "value"]


def flows(rows, *, year: int = 2019) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return FLOWS_TABLE.conform(
        frame.with_columns(
            year=year,
            unit=pl.lit("USD"),
            reported_by=pl.lit("state"),
            source=pl.lit("x@1"),
            locator=pl.lit("row"),
        )
    )


def baskets(matrix, flow: str = "exports") -> pl.DataFrame:
    return flows(
        [
            (f"S{i}", "W", f"{k:02d}", flow, float(value))
            for i, line in enumerate(matrix)
            for k, value in enumerate(line)
        ]
    )


def test_grubel_lloyd_by_hand():
    table = pl.concat([baskets([CASE["exports"]]), baskets([CASE["imports"]], "imports")])
    row = intra_industry(table).row(0, named=True)
    assert row["value"] == pytest.approx(CASE["value"], abs=1e-6)
    assert row["n"] == 3
    assert intra_industry(baskets([[1.0]]))["value"].to_list() == [None]


matrices = st.lists(st.lists(st.integers(1, 90), min_size=4, max_size=4), min_size=2, max_size=5)


@settings(deadline=None)
@given(matrices)
def test_advantage_averages_to_one_and_its_versions_agree_in_sign(matrix):
    table = baskets(matrix)
    world = [sum(line[k] for line in matrix) for k in range(4)]
    total = sum(world)
    rca = {(s, p): v for s, p, _, v, *_ in comparative_advantage(table).iter_rows()}
    for i in range(len(matrix)):
        mean = sum(rca[f"S{i}", f"{k:02d}"] * world[k] / total for k in range(4))
        assert mean == pytest.approx(1)
    for measure in ("symmetric", "normalised"):
        found = comparative_advantage(table, measure=measure)
        for s, p, _, value, *_ in found.iter_rows():
            assert (value > 1e-12) == (rca[s, p] > 1 + 1e-9) or abs(value) < 1e-9


@settings(deadline=None)
@given(matrices)
def test_similarity_and_fit_are_half_distances(matrix):
    share = [[v / sum(line) for v in line] for line in matrix]

    def fit(a, b):
        return 1 - sum(abs(x - y) for x, y in zip(a, b, strict=True)) / 2

    for a, b, _, value, _, _, n in export_similarity(baskets(matrix)).iter_rows():
        assert value == pytest.approx(fit(share[int(a[1:])], share[int(b[1:])]))
        assert n == 4
    both = pl.concat([baskets(matrix), baskets(matrix[::-1], "imports")])
    turned = share[::-1]
    for s, p, _, flow, value, *_ in complementarity(both).iter_rows():
        assert flow == "exports"
        assert value == pytest.approx(fit(share[int(s[1:])], turned[int(p[1:])]))


def test_critical_needs_all_three():
    table = flows(
        [
            ("KAZ", "RUS", "27", "imports", 90.0),
            ("KAZ", "CHN", "27", "imports", 10.0),
            ("KAZ", "W", "27", "exports", 500.0),
            ("KAZ", "RUS", "84", "imports", 30.0),
            ("KAZ", "CHN", "84", "imports", 30.0),
            ("KAZ", "DEU", "84", "imports", 40.0),
            ("KAZ", "CHN", "85", "imports", 60.0),
            ("KAZ", "DEU", "85", "imports", 40.0),
            ("KAZ", "W", "85", "exports", 10.0),
        ]
    )

    def part(measure: str, **options) -> list[float | None]:
        return critical_dependency(table, measure=measure, **options)["value"].to_list()

    assert part("concentration") == pytest.approx([0.82, 0.34, 0.52])
    assert part("share") == [1.0, 1.0, 1.0]
    assert part("substitution") == [0.2, None, 10.0]
    assert part("critical") == [0.0, 0.0, 1.0]
    assert part("critical", allies=("CHN",)) == [0.0, 1.0, 0.0]
    assert part("concentration", allies=("CHN", "DEU", "RUS")) == [None, None, None]
    assert part("critical", allies=("CHN", "DEU", "RUS")) == [0.0, 0.0, 0.0]


def test_churn_is_null_where_the_next_year_is_not_known():
    one = flows([("KAZ", "RUS", "27", "imports", 1.0), ("KAZ", "RUS", "84", "imports", 1.0)])
    two = flows(
        [
            ("KAZ", "RUS", "27", "imports", 1.0),
            ("KAZ", "RUS", "84", "imports", 1.0),
            ("KAZ", "CHN", "84", "imports", 1.0),
            ("KAZ", "DEU", "84", "imports", 1.0),
        ],
        year=2020,
    )
    found = dependency_churn(pl.concat([one, two]))
    assert found.select("year", "value", "n").rows() == [(2019, 0.5, 2), (2020, None, 1)]


def test_options_are_checked_and_empty_is_empty():
    empty = FLOWS_TABLE.empty()
    for call in (comparative_advantage, complementarity, export_similarity, intra_industry):
        assert call(empty).is_empty()
    assert critical_dependency(empty).is_empty()
    assert dependency_churn(empty).is_empty()
    with pytest.raises(BadValue, match="not three"):
        critical_dependency(empty, thresholds=(0.4,))
    with pytest.raises(BadValue, match="'balassa'"):
        comparative_advantage(empty, measure="balassa")
