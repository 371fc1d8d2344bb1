"""State-years and dyad-years: who is counted in which year, under which numbers, paired with whom.

What studies of the field start from. A state counts in a year if a list had it as a member on any
day of it, or on its last day. A number of a list stands once in a year: where a state hands its
number over within the year (the Soviet Union to Russia in 1991), the one counts that the code
tables name for the year.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

import polars as pl

from multivector.errors import UnknownName, choices
from multivector.names import states
from multivector.names.spells import BOUND, SEATS, Spell
from multivector.names.states.lists import codes, members
from multivector.study import world

Members = Literal["cow", "gw", "un"]
On = Literal["any", "last"]
Years = tuple[int, int]

LISTS: dict[str, str] = {
    "cow": "Correlates of War, State System Membership List",
    "gw": "Gleditsch and Ward, list of independent states",
    "un": "members of the United Nations",
}
ENDS = {"cow": 2016, "gw": 2020}
"""The last year of each list; a member of that year is carried forward unchanged."""
RELEASES = {"cow": "cow_states@2016", "gw": "gw_states@2020"}
MAJORS = "cow_majors@2016"


def state_years(years: Years, by: Members = "cow", on: On = "any") -> pl.DataFrame:
    """Return the states of a list in each year, with the numbers of both systems.

    Parameters
    ----------
    years : tuple of int
        First and last year.
    by : {"cow", "gw", "un"}
        Whose list: the Correlates of War, Gleditsch and Ward, or the members of the United Nations
        (without observers, with the members of former days).
    on : {"any", "last"}
        Whether a state counts if it was a member on any day of a year, or on its last day.

    Returns
    -------
    polars.DataFrame
        ``state``, ``year``, ``cow``, ``gw`` (null where the system has no number for the state in
        that year), ``name``; sorted by state and year.

    Raises
    ------
    UnknownName
        If there is no such list or rule.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.
    Gleditsch, K. S. and Ward, M. D. (1999). A revised list of independent states since 1816.
    Miller, S. V. (2022). peacesciencer: an R package for quantitative peace science research.

    Examples
    --------
    >>> state_years((1990, 1992)).filter(pl.col("state").is_in(["SUN", "RUS"])).rows()[0]
    ('RUS', 1992, 365, 365, 'Russia')
    >>> state_years((1992, 2014)).height
    4390
    """
    _one_of("list of members", by, LISTS)
    _one_of("rule for a year", on, ("any", "last"))
    held = _held(_spells(by), SEATS if by == "un" else BOUND, years, on)
    pairs = held.select("state", "year").unique().sort("state", "year").rows()
    rows = [
        (state, year, _number(state, "cow", year), _number(state, "gw", year), states.name(state))
        for state, year in pairs
    ]
    schema = {
        "state": pl.String,
        "year": pl.Int64,
        "cow": pl.Int64,
        "gw": pl.Int64,
        "name": pl.String,
    }
    return _each_once(pl.DataFrame(rows, schema=schema, orient="row"), by)


def dyad_years(members: pl.DataFrame, *, directed: bool = False) -> pl.DataFrame:
    """Return the pairs of different states of each year, one way round or both.

    Parameters
    ----------
    members : polars.DataFrame
        State-years as ``state_years`` gives them.
    directed : bool
        Both A with B and B with A; else only the pair with ``state_a < state_b``.

    Returns
    -------
    polars.DataFrame
        ``state_a``, ``state_b``, ``year``, ``cow_a``, ``cow_b``, ``gw_a``, ``gw_b``, ``name_a``,
        ``name_b``; sorted by pair and year.

    Examples
    --------
    >>> members = state_years((1816, 1816))
    >>> dyad_years(members).height, dyad_years(members, directed=True).height
    (253, 506)
    """
    both = ("state", "cow", "gw", "name")
    a = members.rename({column: f"{column}_a" for column in both})
    b = members.rename({column: f"{column}_b" for column in both})
    wanted = pl.col("state_a") != pl.col("state_b")
    if not directed:
        wanted = pl.col("state_a") < pl.col("state_b")
    columns = [f"{column}_{side}" for column in both for side in "ab"]
    found = a.lazy().join(b.lazy(), on="year", how="inner").filter(wanted)
    return (
        found.select(*columns[:2], "year", *columns[2:])
        .sort("state_a", "state_b", "year")
        .collect()
    )


def relevant(dyads: pl.DataFrame, borders: pl.DataFrame, on: On = "any") -> pl.DataFrame:
    """Return the politically relevant dyad-years: neighbours by land, or one is a major power.

    Only borders on land are known here, those of today; the usual definition also takes neighbours
    across up to 400 miles of water.

    References
    ----------
    Lemke, D. and Reed, W. (2001). The relevance of politically relevant dyads. Journal of Conflict
    Resolution 45(1).
    """
    first, last = _span(dyads)
    majors = major_powers((first, last), on).rename({"cow": "cow_a"})
    near = land_pairs(borders)
    marked = (
        dyads.lazy()
        .with_columns(
            low=pl.min_horizontal("state_a", "state_b"),
            high=pl.max_horizontal("state_a", "state_b"),
        )
        .join(
            near.lazy().rename({"state_a": "low", "state_b": "high"}),
            on=["low", "high"],
            how="left",
            maintain_order="left",
        )
    )
    for side in "ab":
        named = majors.rename({"cow_a": f"cow_{side}"}).with_columns(
            pl.lit(1).alias(f"major_{side}")
        )
        marked = marked.join(
            named.lazy(), on=[f"cow_{side}", "year"], how="left", maintain_order="left"
        )
    kept = pl.any_horizontal(pl.col("named", "major_a", "major_b").is_not_null())
    return marked.filter(kept).select(dyads.columns).collect()


def land_pairs(borders: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of states with a border on land, and how many rows ``named`` it."""
    pair = borders.select(
        state_a=pl.min_horizontal("state", "partner"),
        state_b=pl.max_horizontal("state", "partner"),
    )
    return pair.group_by("state_a", "state_b").agg(named=pl.len().cast(pl.Int64))


def major_powers(years: Years, on: On = "any") -> pl.DataFrame:
    """Return the COW numbers of the major powers of each year: ``cow``, ``year``.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016: major powers.

    Examples
    --------
    >>> major_powers((1939, 1939))["cow"].to_list()
    [2, 200, 220, 255, 325, 365, 740]
    """
    listed = world.read("major_powers.tsv").with_columns(pl.col("cow").cast(pl.Int64))
    held = _held(listed, BOUND, years, on)
    return held.select("cow", "year").unique().sort("cow", "year")


def releases_of(by: Members) -> tuple[str, ...]:
    """Return the releases a list of members rests on."""
    if by != "un":
        return (RELEASES[by],)
    return tuple(sorted(_seats()["source"].unique()))


def _one_of(what: str, given: str, known: Iterable[str]) -> None:
    if given not in known:
        raise UnknownName(
            f"there is no {what} {given!r}; expected one of {choices(known)}; correct the option"
        )


def _span(frame: pl.DataFrame) -> Years:
    years = frame["year"]
    return (0, 0) if years.is_empty() else (int(years.min()), int(years.max()))  # type: ignore[arg-type]


@cache
def _spells(by: str) -> pl.DataFrame:
    """Return the spells of a list's members: state, start, end, and as_of for those of the UN."""
    if by == "un":
        return _seats().select("state", "start", "end", "as_of")
    rows = [
        (state, start, end or None) for state, held in members()[by].items() for start, end in held
    ]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("state", "start", "end"), pl.String), orient="row"
    )


def _seats() -> pl.DataFrame:
    member = pl.col("status").is_in(["member", "founding_member"])
    return world.table("memberships").filter((pl.col("organisation") == "UN") & member)


def _held(frame: pl.DataFrame, spell: Spell, years: Years, on: str) -> pl.DataFrame:
    """Return each row once for each ``year`` on any day, or on the last day, of which it holds."""
    if on == "last":
        return spell.by_year(frame, range(years[0], years[1] + 1))
    begins = spell.first_year.fill_null(9999).clip(lower_bound=years[0])
    ends = spell.last_year.fill_null(years[1]).clip(upper_bound=years[1])
    found = frame.with_columns(_first=begins, _last=ends).filter(
        pl.col("_first") <= pl.col("_last")
    )
    ranged = found.with_columns(year=pl.int_ranges("_first", pl.col("_last") + 1))
    return ranged.explode("year").drop("_first", "_last")


@cache
def _numbers(scheme: str) -> dict[str, list[tuple[int, int, int]]]:
    """Return the numbers of each state in a scheme, with the years in which it bears them."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for value, bearers in codes()[scheme].items():
        for bearer in bearers:
            span = (bearer.first or 0, bearer.last or 9999, int(value))
            found.setdefault(bearer.state, []).append(span)
    return found


def _number(state: str, scheme: str, year: int) -> int | None:
    """Return the number of a state in a year; null where it has none."""
    held = _numbers(scheme).get(state, [])
    return next((number for first, last, number in held if first <= year <= last), None)


def _each_once(found: pl.DataFrame, by: Members) -> pl.DataFrame:
    """Return the state-years with each number of the list, or seat of the UN, once in a year.

    The code tables go by year, the lists by day: Russia is a member from 25 December 1991, and its
    number is the Soviet Union's until the end of that year. Where both count, the Soviet Union
    stays; where Russia alone does (on the last day), it takes the number.
    """
    own = "cow" if by == "un" else by
    seat = pl.col("state").replace({s: states.lineage(s) for s in found["state"].unique()})
    kept = found.with_columns(_seat=seat if by == "un" else _nearby(found, own))
    alone = (pl.len().over("_seat", "year") == 1) | pl.col("_seat").is_null()
    kept = kept.filter(alone | pl.col(own).is_not_null()).drop("_seat")
    for scheme in ("cow", "gw"):
        number = _nearby(kept, scheme)
        free = kept.select(pl.len().over(number, "year") == 1).to_series()
        kept = kept.with_columns(pl.when(free).then(number).otherwise(pl.col(scheme)).alias(scheme))
    return kept.sort("state", "year")


def _nearby(found: pl.DataFrame, scheme: str) -> pl.Series:
    """Return the number of each state in its year, else in the next year or the one before."""
    numbers = [
        number if number is not None else _number(s, scheme, y + 1) or _number(s, scheme, y - 1)
        for s, y, number in found.select("state", "year", scheme).iter_rows()
    ]
    return pl.Series("_seat", numbers, dtype=pl.Int64)
