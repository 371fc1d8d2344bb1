"""The vectors through the years: an index a year with its interval, compasses on one scale."""

from __future__ import annotations

import pytest

from multivector.brief.sections import ids
from multivector.content.model import Section
from multivector.workspace import Workspace


@pytest.fixture(scope="module")
def section() -> Section:
    return Workspace().brief("KAZ", sections=("vector-years",)).section("vector-years")


def test_every_year_is_the_measures_own(section: Section) -> None:
    poles = tuple(p.pole for p in Workspace().brief("KAZ", sections=("vector-years",)).poles)
    alone = Workspace().compute(
        "multivector_index", state="KAZ", poles=poles, years=(2000, 2020), by="year", draws=100
    )
    shown = [(r.cells["year"], r.cells["value"]) for r in section.tables[0].rows]
    assert shown == [(str(r["start"]), r["value"]) for r in alone.frame.iter_rows(named=True)]


def test_the_compasses_have_the_shares_of_their_years(section: Section) -> None:
    chart = next(c for c in section.charts if c.shape == "steps")
    assert len(chart.data["steps"]) >= 4
    for rose in chart.data["steps"]:
        assert sum(p["value"] for p in rose["poles"]) == pytest.approx(1.0)
        for pole in rose["poles"]:
            assert sum(pole["bands"]) == pytest.approx(pole["value"])
            assert pole["low"] <= pole["high"]


def test_a_brief_not_asked_for_by_section_leaves_them_out() -> None:
    assert "vector-years" not in ids("state", whole=True)
