"""Convergence criteria: limits that stand and limits that move, breaches, dispersion."""

from __future__ import annotations

import math

import polars as pl
import pytest

from multivector.errors import BadValue, MissingData
from multivector.measures.criteria import breach_spells, compliance, convergence, dispersion
from multivector.tables import CRITERIA, INDICATORS, MEMBERSHIPS


def figures(rows) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["state", "indicator", "year", "value"], orient="row")
    return INDICATORS.conform(
        frame.with_columns(unit=pl.lit("percent"), source=pl.lit("y@1"), locator=pl.lit("row"))
    )


def members(*states: str, organisation: str = "EAEU") -> pl.DataFrame:
    frame = pl.DataFrame({"state": states})
    return MEMBERSHIPS.conform(
        frame.with_columns(
            organisation=pl.lit(organisation),
            status=pl.lit("member"),
            start=pl.lit("2015-01-01"),
            source=pl.lit("x@1"),
            locator=pl.lit("p. 1"),
        )
    )


def rule(**changes: object) -> pl.DataFrame:
    row = {
        "organisation": "EAEU",
        "criterion": "inflation",
        "indicator": "inflation",
        "reference": "lowest_member",
        "margin": 5.0,
        "sense": "most",
        "start": "2015-01-01",
        "source": "z@1",
        "locator": "article 63",
    }
    return CRITERIA.conform(pl.DataFrame({**row, **changes}))


def test_a_moving_limit_makes_a_breach_without_own_change():
    table = figures(
        [
            ("KAZ", "inflation", 2015, 8.0),
            ("KAZ", "inflation", 2016, 8.0),
            ("RUS", "inflation", 2015, 6.0),
            ("RUS", "inflation", 2016, 2.0),
        ]
    )
    found = convergence(table, members("KAZ", "RUS"), rule())
    kaz = found.filter(state="KAZ").select("year", "value", "figure", "limit", "met", "n").rows()
    assert kaz == [(2015, -3.0, 8.0, 11.0, True, 2), (2016, 1.0, 8.0, 7.0, False, 2)]


def test_a_deficit_is_a_balance_of_at_least_minus_three():
    balance = {"criterion": "deficit", "indicator": "balance", "reference": "zero"}
    criterion = rule(**balance, margin=-3.0, sense="least")
    table = figures([("ARM", "balance", 2020, -5.1), ("KAZ", "balance", 2020, 1.0)])
    found = convergence(table, members("ARM", "KAZ"), criterion)
    assert found["value"].to_list() == pytest.approx([2.1, -4.0])
    assert found["met"].to_list() == [False, True]


def test_the_three_best_are_averaged():
    criterion = rule(organisation="EU", reference="mean_of_three_lowest", margin=1.5, start="1992")
    states = ("AUT", "BEL", "DEU", "FRA")
    table = figures([(s, "inflation", 2016, float(i)) for i, s in enumerate(states, 1)])
    found = convergence(table, members(*states, organisation="EU"), criterion)
    assert found["limit"].unique().to_list() == [3.5]
    few = convergence(table, members("AUT", "BEL", organisation="EU"), criterion)
    assert few["limit"].to_list() == [None, None]
    assert few["met"].to_list() == [None, None]


def test_the_first_name_of_an_indicator_counts():
    table = figures([("KAZ", "b", 2016, 2.0), ("KAZ", "a", 2016, 1.0), ("RUS", "b", 2016, 9.0)])
    criterion = rule(indicator="a;b", reference="zero", margin=50.0)
    found = convergence(table, members("KAZ", "RUS"), criterion)
    assert found["figure"].to_list() == [1.0, 9.0]


def test_years_before_the_rule_are_left_out_unless_asked_for():
    table = figures([("KAZ", "inflation", year, 1.0) for year in (2014, 2015)])
    early = members("KAZ").with_columns(start=pl.lit("2010"))
    assert convergence(table, early, rule())["year"].to_list() == [2015]
    both = convergence(table, early, rule(), since_start="no")
    assert both["year"].to_list() == [2014, 2015]


def test_spells_break_at_gaps():
    debt = {"criterion": "debt", "indicator": "debt", "reference": "zero", "margin": 50.0}
    values = {2015: 51.0, 2016: 60.0, 2017: 49.0, 2018: 52.0, 2020: 53.0}
    table = figures([("KAZ", "debt", year, value) for year, value in values.items()])
    found = breach_spells(table, members("KAZ"), rule(**debt))
    spells = found.select("start", "end", "value", "n").rows()
    assert spells == [(2015, 2016, 10.0, 2), (2018, 2018, 2.0, 1), (2020, 2020, 3.0, 1)]
    share = compliance(table, members("KAZ"), rule(**debt), organisation="EAEU")
    assert dict(share.select("year", "value").rows()) == {
        2015: 0.0,
        2016: 0.0,
        2017: 1.0,
        2018: 0.0,
        2020: 0.0,
    }


def test_unknown_organisation_and_options():
    with pytest.raises(MissingData, match="'SCO'"):
        convergence(INDICATORS.empty(), members("KAZ"), rule(), organisation="SCO")
    with pytest.raises(BadValue, match="'maybe'"):
        convergence(INDICATORS.empty(), members("KAZ"), rule(), since_start="maybe")
    assert convergence(INDICATORS.empty(), members("KAZ"), CRITERIA.empty()).is_empty()
    assert convergence(INDICATORS.empty(), members("KAZ"), rule()).is_empty()
    assert breach_spells(INDICATORS.empty(), members("KAZ"), rule()).is_empty()


def test_dispersion_by_hand():
    table = figures([("KAZ", "gdp_per_capita", 2015, 1.0), ("RUS", "gdp_per_capita", 2015, math.e)])
    found = dispersion(table, states=("KAZ", "RUS"))
    assert found["value"].item() == pytest.approx(math.sqrt(0.5))
    alone = dispersion(table, states=("KAZ",)).row(0, named=True)
    assert (alone["value"], alone["n"]) == (None, 1)
    with pytest.raises(BadValue, match="'gini'"):
        dispersion(table, states=("KAZ",), measure="gini")
