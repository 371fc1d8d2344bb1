"""Scales, ticks, broken lines and labels kept apart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector import svg

FLOATS = st.floats(-1e6, 1e6)


@given(FLOATS, st.floats(1e-3, 1e6))
def test_ticks_are_few_and_cover_the_range(low: float, span: float) -> None:
    marks = svg.ticks(low, low + span)
    assert 2 <= len(marks) <= 8
    assert marks == sorted(marks)
    step = marks[1] - marks[0]
    assert marks[0] <= low + step * 1e-6
    assert marks[-1] >= low + span - step * 1e-6


@given(st.lists(st.floats(0, 220), max_size=8))
def test_labels_keep_their_distance_and_stay_inside(wanted: list[float]) -> None:
    placed = svg.spread(wanted, 17, 0, 220)
    ordered = sorted(placed)
    assert all(b - a >= 16.99 for a, b in itertools.pairwise(ordered))
    assert all(-0.01 <= place <= 220.01 for place in placed)
    by_wish = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    assert [placed[i] for i in by_wish] == ordered


def test_a_gap_breaks_the_line_and_the_band() -> None:
    points = [(1962, 0.5), (1963, 0.6), (1968, 0.7)]
    assert len(svg.polylines(points, (1960, 1970), (0, 1))) == 2
    bands = svg.band([(x, y - 0.1, y + 0.1) for x, y in points], (1960, 1970), (0, 1))
    assert len(bands) == 2


@pytest.mark.parametrize(("date", "year"), [("1991", 1991.0), ("1991-07", 1991.5)])
def test_dates_have_a_place_in_the_year(date: str, year: float) -> None:
    assert svg.fraction_of_year(date) == year


def test_a_range_without_width_places_at_the_start() -> None:
    assert svg.place(3, 3, 3) == 0.0
