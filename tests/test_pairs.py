"""Size ratios and the shares of poles, against values worked by hand."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue, MissingData
from multivector.measures.pairs import pole_shares, size_ratio


def figures(*rows: tuple[str, str, int, float, str]) -> pl.DataFrame:
    names = ["state", "indicator", "year", "value", "source"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.with_columns(unit=pl.lit("USD"), locator=pl.lit("row"))


def lists(*rows: tuple[str, str, float], unit: str = "percent") -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["state", "partner", "value"], orient="row")
    return frame.with_columns(
        year=2023,
        flow=pl.lit("exports"),
        product=pl.lit(None, dtype=pl.String),
        unit=pl.lit(unit),
        reported_by=pl.lit("state"),
        source=pl.lit("x@1"),
        locator=pl.lit("row"),
    )


def club(*rows: tuple[str, str]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["organisation", "state"], orient="row")
    return frame.with_columns(
        status=pl.lit("member"),
        start=pl.lit("1990"),
        end=pl.lit(None, dtype=pl.String),
        source=pl.lit("x@1"),
        locator=pl.lit("row"),
    )


EU = club(("EU", "DEU"), ("EU", "FRA"), ("EU", "ITA"))


def value(frame: pl.DataFrame) -> float | None:
    return frame["value"].item()


def test_ratio_takes_the_newest_figures_within_the_gap() -> None:
    rows = figures(
        ("KAZ", "gdp", 2024, 300.0, "x@1"),
        ("RUS", "gdp", 2022, 2000.0, "x@1"),
        ("RUS", "gdp", 2019, 1700.0, "x@1"),
    )
    asked = {"state": "RUS", "poles": ("KAZ",)}
    at_2024 = size_ratio(rows, **asked).filter(pl.col("year") == 2024)
    assert value(at_2024) == pytest.approx(2000 / 300)
    assert size_ratio(rows, gap=1, **asked).is_empty()


def test_ratio_does_not_mix_sources() -> None:
    rows = figures(("KAZ", "gdp", 2024, 300.0, "x@1"), ("RUS", "gdp", 2024, 2000.0, "y@1"))
    assert size_ratio(rows).is_empty()


def test_ratio_prefers_the_source_with_the_newer_figures() -> None:
    rows = figures(
        ("KAZ", "gdp", 2022, 100.0, "old@1"),
        ("RUS", "gdp", 2022, 900.0, "old@1"),
        ("KAZ", "gdp", 2024, 300.0, "young@1"),
        ("RUS", "gdp", 2024, 2100.0, "young@1"),
        ("USA", "gdp", 2024, 1.0, "old@1"),
    )
    found = size_ratio(rows, state="RUS", poles=("KAZ",)).filter(pl.col("year") == 2024)
    assert value(found) == 7.0


def test_military_spending_is_its_share_times_gdp() -> None:
    rows = figures(
        ("KAZ", "gdp", 2023, 200.0, "x@1"),
        ("KAZ", "military_expenditure", 2024, 1.0, "x@1"),
        ("RUS", "gdp", 2024, 2000.0, "x@1"),
        ("RUS", "military_expenditure", 2024, 6.0, "x@1"),
    )
    found = size_ratio(rows, state="RUS", poles=("KAZ",), indicator="military_spending")
    assert value(found) == pytest.approx(120 / 2)


def test_an_organisation_is_the_sum_of_its_members_or_nothing() -> None:
    rows = figures(
        ("KAZ", "gdp", 2024, 10.0, "x@1"),
        ("DEU", "gdp", 2024, 50.0, "x@1"),
        ("FRA", "gdp", 2024, 30.0, "x@1"),
        ("ITA", "gdp", 2024, 20.0, "x@1"),
    )
    whole = size_ratio(rows, EU, state="KAZ", poles=("EU",))
    assert whole.row(0, named=True)["value"] == pytest.approx(0.1)
    assert whole["n"].item() == 4
    part = rows.filter(pl.col("state") != "ITA")
    assert size_ratio(part, EU, state="KAZ", poles=("EU",)).is_empty()
    own = size_ratio(rows, EU, state="DEU", poles=("EU",))
    assert value(own) == pytest.approx(1.0)


def test_a_ratio_to_nothing_is_null() -> None:
    rows = figures(("KAZ", "gdp", 2024, 1.0, "x@1"), ("RUS", "gdp", 2024, 0.0, "x@1"))
    assert value(size_ratio(rows, state="KAZ", poles=("RUS",))) is None


@pytest.mark.parametrize(("options", "says"), [({"gap": -1}, "gap"), ({"indicator": "x"}, "'x'")])
def test_bad_options_are_named(options: dict[str, object], says: str) -> None:
    rows = figures(("KAZ", "gdp", 2024, 1.0, "x@1"))
    with pytest.raises((BadValue, MissingData), match=says):
        size_ratio(rows, **options)  # type: ignore[arg-type]


def test_members_listed_are_a_lower_bound() -> None:
    rows = lists(("KAZ", "CHN", 20.0), ("KAZ", "ITA", 10.0), ("KAZ", "FRA", 5.0))
    found = pole_shares(rows, EU, poles=("EU",)).row(0, named=True)
    assert found["value"] == pytest.approx(0.15)
    assert found["low"] == pytest.approx(0.15)
    assert found["high"] == pytest.approx(0.20)
    assert found["n"] == 2


def test_a_pole_not_listed_is_null_with_bounds() -> None:
    found = pole_shares(lists(("KAZ", "CHN", 60.0), ("KAZ", "RUS", 38.0)), poles=("USA",))
    assert found.row(0, named=True)["value"] is None
    assert found["low"].item() == 0
    assert found["high"].item() == pytest.approx(0.02)


def test_in_full_data_no_row_is_no_trade() -> None:
    rows = lists(("KAZ", "CHN", 60.0), ("KAZ", "RUS", 40.0), unit="USD")
    found = pole_shares(rows, poles=("USA", "CHN")).sort("partner")
    assert found["value"].to_list() == [0.6, 0.0]
    assert found["low"].null_count() == 2


def test_a_state_is_not_its_own_pole_and_not_its_own_member() -> None:
    rows = lists(("DEU", "FRA", 30.0), ("DEU", "USA", 10.0))
    found = pole_shares(rows, EU, poles=("EU", "DEU"))
    assert found["partner"].to_list() == ["EU"]
    assert found["high"].item() == pytest.approx(0.4)


def test_no_pole_is_refused() -> None:
    with pytest.raises(BadValue, match="no pole"):
        pole_shares(lists(("KAZ", "CHN", 20.0)), poles=())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.1, 20), min_size=1, max_size=5))
def test_shares_lie_between_their_bounds(shares: list[float]) -> None:
    partners = ("CHN", "ITA", "FRA", "DEU", "RUS")
    rows = lists(*(("KAZ", p, s) for p, s in zip(partners, shares, strict=False)))
    found = pole_shares(rows, EU, poles=("EU", "CHN", "USA"))
    for row in found.iter_rows(named=True):
        assert 0 <= row["low"] <= row["high"] <= 1 + 1e-9
        if row["value"] is not None:
            assert row["low"] <= row["value"] <= row["high"] + 1e-12
