"""Who sits when: partial dates and spells, against a calendar counted day by day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector.errors import BadValue, UnknownOrganisation
from multivector.measures import clubs
from multivector.measures._dyads import holders
from multivector.names import organisations
from multivector.names.spells import (
    BOUND,
    LIVES,
    SEATS,
    Spell,
    first_day,
    last_day,
    of_organisation,
    overlap,
    unbroken,
    when,
)
from multivector.study import world
from multivector.tables import MEMBERSHIPS, STATUSES

DAYS = st.dates(date(1945, 1, 1), date(2030, 12, 31))
WRITTEN = st.builds(lambda day, cut: day.isoformat()[:cut], DAYS, st.sampled_from([4, 7, 10]))
MAYBE = st.none() | WRITTEN


@cache
def means(written: str) -> frozenset[date]:
    """Return all the days a date can mean, counted on the calendar."""
    parts = [int(part) for part in written.split("-")]
    day = date(*[*parts, 1, 1][:3])
    found = set()
    while day.isoformat().startswith(written):
        found.add(day)
        day += timedelta(days=1)
    return frozenset(found)


def held(start: str | None, end: str | None, on: date) -> bool:
    """Return whether a spell holds, from its declaration: null start never, null end lasts."""
    return start is not None and min(means(start)) <= on and (
        end is None or on <= max(means(end))
    )  # fmt: skip


def frame(*spells: tuple[str | None, str | None]) -> pl.DataFrame:
    schema = {"start": pl.String, "end": pl.String}
    return pl.DataFrame(spells, schema=schema, orient="row")


@given(WRITTEN)
def test_a_date_means_from_its_first_to_its_last_day(written: str) -> None:
    days = means(written)
    assert first_day(written) == min(days).isoformat()
    # The 31st closes any month: as text it stands after the month's last day, before the next.
    assert max(days).isoformat() <= last_day(written) < (max(days) + timedelta(1)).isoformat()


@pytest.mark.parametrize("wrong", ["", "91", "1991-13", "1991-02-30", "soon", "1991-1", "١٩٩١"])
def test_what_is_no_date_is_refused(wrong: str) -> None:
    with pytest.raises(BadValue, match="expected a year, month or day"):
        when(wrong)


@given(MAYBE, MAYBE, DAYS)
def test_a_spell_holds_on_a_day_as_counted(start: str | None, end: str | None, day: date) -> None:
    rows = frame((start, end))
    assert rows.filter(BOUND.on(day.isoformat())).height == held(start, end, day)
    assert rows.filter(BOUND.on(day.year)).height == held(start, end, date(day.year, 12, 31))


@given(MAYBE, MAYBE, st.integers(1945, 2030), st.integers(0, 5))
def test_a_spell_holds_in_years_as_counted(
    start: str | None, end: str | None, year: int, more: int
) -> None:
    first = date.max if start is None else min(means(start))
    last = date.max if end is None else max(means(end))
    days = (date(year, 1, 1), date(year + more, 12, 31))
    if first <= last:
        asked = frame((start, end)).filter(BOUND.within(year, year + more))
        assert asked.height == (start is not None and first <= days[1] and last >= days[0])


@given(st.lists(st.tuples(MAYBE, MAYBE), max_size=5), st.integers(1945, 2025))
def test_a_table_by_year_is_the_same_day_asked_each_year(
    spells: list[tuple[str | None, str | None]], year: int
) -> None:
    rows, years = frame(*spells).with_row_index(), range(year, year + 5)
    found = BOUND.by_year(rows, years).select("year", "index").rows()
    rolls = BOUND.rolls(rows.with_columns(pl.col("index").cast(pl.String)), "index", years)
    assert sorted(found) == [
        (y, int(i)) for y, roll in zip(years, rolls, strict=True) for i in roll
    ]
    asked = [(y, i) for y in years for i in rows.filter(BOUND.on(y))["index"]]
    assert sorted(found) == sorted(asked)


@given(MAYBE, st.integers(1945, 2030))
def test_begun_and_ended_part_time_at_a_day(written: str | None, year: int) -> None:
    rows, close = frame((written, written)), date(year, 12, 31)
    begun = written is not None and min(means(written)) <= close
    assert rows.filter(BOUND.begun(year)).height == begun
    assert rows.filter(LIVES_LIKE.begun(year)).height == (begun or written is None)
    assert rows.filter(BOUND.ended(year)).height == (begun and max(means(str(written))) <= close)


LIVES_LIKE = Spell(always=True)


@given(st.lists(st.tuples(MAYBE, MAYBE), min_size=1, max_size=3), DAYS)
def test_an_overlap_holds_where_all_hold(
    spells: list[tuple[str | None, str | None]], day: date
) -> None:
    both = overlap(*spells)
    on = [frame(spell).filter(LIVES_LIKE.on(day.isoformat())).height for spell in spells]
    if both is None:
        assert not all(on)
    elif both[0] is not None or all(start is None for start, _ in spells):
        assert frame(both).filter(LIVES_LIKE.on(day.isoformat())).height == all(on)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(1990, 2010)), unique=True, max_size=30)
)
def test_unbroken_years_are_counted_without_gap(rows: list[tuple[str, int]]) -> None:
    years = pl.DataFrame(rows, schema={"state": pl.String, "year": pl.Int64}, orient="row")
    found = unbroken(years, ["state"], n=pl.len())
    spread = {(s, y) for s, a, b, _ in found.iter_rows() for y in range(a, b + 1)}
    assert spread == set(rows)
    assert all(n == b - a + 1 for _, a, b, n in found.iter_rows())
    assert all((s, a - 1) not in spread and (s, b + 1) not in spread for s, a, b, _ in found.rows())


def seat(start: str | None, end: str | None, as_of: str | None) -> pl.DataFrame:
    told = {"organisation": "CIS", "state": "KAZ", "status": "member", "start": start, "end": end}
    row = told | {"as_of": as_of, "source": "x@1", "locator": "p"}
    return MEMBERSHIPS.conform(pl.DataFrame([row]))


@pytest.mark.parametrize(
    ("start", "end", "as_of", "years"),
    [
        ("1991-12-21", None, None, (1991, 1992, 1993, 1994)),
        ("1992", "1993", None, (1992, 1993)),
        ("1992", "1993-08-18", None, (1992,)),
        (None, None, "1993-05-01", (1993, 1994)),
        (None, "1993", "1992", (1992, 1993)),
        ("1991", None, "1993", (1991, 1992, 1993, 1994)),
        (None, None, None, ()),
        (None, "1993", None, ()),
    ],
)
def test_every_place_says_the_same_of_nulls(
    start: str | None, end: str | None, as_of: str | None, years: tuple[int, ...]
) -> None:
    row, asked = seat(start, end, as_of), range(1990, 1995)
    held = {
        "by year": SEATS.by_year(row, asked)["year"].to_list(),
        "holders": holders(row, "CIS", asked)["year"].to_list(),
        "members by year": [y for y, m in clubs.members_by_year(row, "CIS", asked).items() if m],
        "members in": [y for y in asked if clubs.members_in(row, "CIS", y)],
        "seats": [y for y in asked if clubs.seats(row, y).height],
    }
    own = [year for year in asked if year in years]
    assert held == dict.fromkeys(held, own)


def test_the_members_are_the_same_by_name_by_seat_and_by_year() -> None:
    spells = world.table("memberships")
    full = ["founding_member", "member"]
    for code in ("CIS", "SCO", "EU", "NATO", "OPEC"):
        by_year = clubs.members_by_year(spells, code, range(1985, 2026))
        for year in (1985, 1992, 2009, 2020, 2025):
            named = organisations.members(code, on=year, status=full)["state"].unique().sort()
            assert by_year[year] == named.to_list() == clubs.members_in(spells, code, year)


def test_the_founded_and_not_dissolved_live() -> None:
    rows = world.table("organisations")
    assert rows.filter(LIVES.on(2000)).equals(organisations.living(rows, 2000))
    assert set(STATUSES) >= {"member", "founding_member"}


def test_an_organisation_without_rows_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownOrganisation, match="nearest: SCO"):
        of_organisation(world.table("memberships"), "SC0")
