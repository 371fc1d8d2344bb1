r"""Which clubs states share: members of an organisation on a date, overlap, seats beside poles.

Memberships are spells with dates that may be partial; `multivector.names.spells` says on which days
they hold. A year stands for its last day: a state that left in August is no member in that year.

Levels: a full seat counts 1, an associate 0.66, an observer 0.5, a dialogue partner or partner
0.33; candidates, suspended, withdrawn and refused states hold no seat. Of several spells on the
same day the highest counts. A seat in an organ, as in the SCO's anti-terrorist structure, is none
beside that in its organisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, TypedDict, TypeVar, Unpack

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import UnknownName, choices, nearest
from multivector.measures._options import Default, given, require, with_options
from multivector.names.organisations import bodies
from multivector.names.spells import SEATS, of_organisation
from multivector.tables import (
    DYAD_YEARS,
    MEMBERSHIPS,
    PARTNER_YEARS,
    DyadYears,
    Memberships,
    PartnerYears,
)

__all__ = ["members_in", "membership_overlap", "pole_seats", "seats", "shared_seats"]

LEVELS = {
    "founding_member": 1.0,
    "member": 1.0,
    "associate": 0.66,
    "observer": 0.5,
    "dialogue_partner": 0.33,
    "partner": 0.33,
}
FULL = ("founding_member", "member")

Weights = Literal["members", "levels"]
Day = TypeVar("Day", bound=int | str)


class SeatOptions(TypedDict, total=False):
    """On which days, and at which tables, seats are looked at.

    Parameters
    ----------
    memberships : Memberships
        Spells of status.
    years : tuple of int, optional
        First and last year, each taken on 31 December; by default the latest year the table
        speaks of.
    weights : {"members", "levels"}
        Full members only, or every status at its level.

    Raises
    ------
    BadValue
        If an option is not known.
    """

    years: Annotated[tuple[int, int] | None, Default(None)]
    weights: Annotated[Weights, Default("members")]


def seats(memberships: Memberships, on: int | str, *, weights: Weights = "members") -> pl.DataFrame:
    """Return who sits where on a day: ``organisation``, ``state``, ``seat`` in (0, 1].

    Parameters
    ----------
    memberships : Memberships
        Spells of status.
    on : int or str
        A year (its last day) or an ISO date.
    weights : {"members", "levels"}
        Full members only, or every status at its level.

    Raises
    ------
    BadValue
        If the date is not a year or ISO date, or the weights are not known.

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS"], "state": ["GEO", "KAZ"],
    ...     "status": ["member", "member"], "start": ["1993-12-03", "1991-12-21"],
    ...     "end": ["2009-08-18", None], "source": ["x@1"] * 2, "locator": ["p. 1"] * 2})
    >>> seats(spells, 2009)["state"].to_list(), seats(spells, "2009-08-18")["state"].to_list()
    (['KAZ'], ['GEO', 'KAZ'])
    """
    levels = _levels(weights)
    spells = MEMBERSHIPS.conform(memberships).filter(pl.col("status").is_in(list(levels)))
    return (
        spells.filter(SEATS.on(on))
        .group_by("organisation", "state")
        .agg(seat=pl.col("status").replace_strict(levels, return_dtype=pl.Float64).max())
        .sort("organisation", "state")
    )


def _levels(weights: Weights) -> dict[str, float]:
    require("weights", weights, ("members", "levels"))
    return LEVELS if weights == "levels" else dict.fromkeys(FULL, 1.0)


def members_in(
    memberships: Memberships,
    organisation: str,
    on: int | str,
    *,
    weights: Weights = "members",
) -> list[str]:
    """Return the states with a seat in an organisation in a year or on a day, sorted.

    Parameters
    ----------
    memberships : Memberships
        Spells of status.
    organisation : str
        Code of the organisation.
    on : int or str
        A year (its last day) or an ISO date.
    weights : {"members", "levels"}
        Full members only, or every state at the table.

    Returns
    -------
    list of str
        Codes; empty where the organisation had no members then.

    Raises
    ------
    UnknownOrganisation
        If the memberships do not hold the organisation at all.
    BadValue
        If the date is not a year or ISO date.

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS"], "state": ["GEO", "KAZ"],
    ...     "status": ["member", "member"], "start": ["1993-12-03", "1991-12-21"],
    ...     "end": ["2009-08-18", None], "source": ["x@1"] * 2, "locator": ["p. 1"] * 2})
    >>> members_in(spells, "CIS", 1992), members_in(spells, "CIS", 2000)
    (['KAZ'], ['GEO', 'KAZ'])
    """
    return members_by_year(memberships, organisation, [on], weights=weights)[on]


def members_by_year(
    memberships: Memberships,
    organisation: str,
    years: Iterable[Day],
    *,
    weights: Weights = "members",
) -> dict[Day, list[str]]:
    """Return `members_in` of every year or day asked for; the table is searched once.

    Raises
    ------
    UnknownOrganisation
        If the memberships do not hold the organisation at all.

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS"], "state": ["GEO", "KAZ"],
    ...     "status": ["member", "member"], "start": ["1993-12-03", "1991-12-21"],
    ...     "end": ["2009-08-18", None], "source": ["x@1"] * 2, "locator": ["p. 1"] * 2})
    >>> members_by_year(spells, "CIS", (1992, 2000))
    {1992: ['KAZ'], 2000: ['GEO', 'KAZ']}
    """
    asked = list(years)
    rows = MEMBERSHIPS.conform(of_organisation(memberships, organisation))
    seated = rows.filter(pl.col("status").is_in(list(_levels(weights))))
    return dict(zip(asked, SEATS.rolls(seated, "state", asked), strict=True))


@with_options
def membership_overlap(
    memberships: Memberships,
    *,
    measure: Literal["jaccard", "shared", "s"] = "jaccard",
    **which: Unpack[SeatOptions],
) -> DyadYears:
    r"""Overlap of the organisations in which two states sit.

    .. math::
        J_{ab} = \frac{\sum_o \min(w_{ao}, w_{bo})}{\sum_o \max(w_{ao}, w_{bo})}, \qquad
        S_{ab} = 1 - \frac{2}{O} \sum_o |w_{ao} - w_{bo}|

    with :math:`w` the level of the seat (0 where there is none) and :math:`O` the organisations
    with any member in the year. ``"shared"`` is the numerator of J: with full members only, the
    number of organisations in which both sit.

    Parameters
    ----------
    measure : {"jaccard", "shared", "s"}
        Jaccard index, number of shared organisations, or similarity of the portfolios.

    Returns
    -------
    DyadYears
        ``value`` in [0, 1] for "jaccard", a number of organisations for "shared", in [-1, 1] for
        "s". Pairs are of states with at least one seat in the year, so that it is never null.
        ``n`` is the number of organisations in which either sits ("s": O).

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2).
    Signorino, C. S. and Ritter, J. M. (1999). Tau-b or not tau-b: measuring the similarity of
    foreign policy positions. International Studies Quarterly 43(1).

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS", "EU"], "state": ["KAZ", "RUS", "RUS"],
    ...     "status": ["member"] * 3, "start": ["1991-12-21"] * 3, "end": [None] * 3,
    ...     "source": ["x@1"] * 3, "locator": ["p. 1"] * 3})
    >>> membership_overlap(spells, years=(2000, 2000)).row(0)
    ('KAZ', 'RUS', 2000, 0.5, None, None, 2)
    """
    o = given(SeatOptions, which)
    years, weights = o["years"], o["weights"]
    require("measure", measure, ("jaccard", "shared", "s"))
    frames = [
        _overlap(seats(bodies(memberships), year, weights=weights), year, measure)
        for year in days_of(memberships, years)
    ]
    frames = [frame for frame in frames if frame.height]
    if not frames:
        return DYAD_YEARS.empty()
    return DYAD_YEARS.conform(pl.concat(frames).sort("state_a", "state_b", "year"))


@with_options
def shared_seats(
    memberships: Memberships,
    *,
    poles: tuple[str, ...] = ("USA", "EU", "RUS", "CHN", "TUR"),
    measure: Literal["share", "count"] = "share",
    **which: Unpack[SeatOptions],
) -> PartnerYears:
    r"""Share of a state's seats in organisations where a pole sits too.

    .. math:: q_{ip} = \frac{\sum_o w_{io} [p \text{ sits in } o]}{\sum_o w_{io}}

    A pole is a state or an organisation. An organisation of states sits where it is listed itself
    or where at least half of its members of the year sit, and never in itself.

    Parameters
    ----------
    poles : tuple of str
        Codes of states or organisations.
    weights : {"members", "levels"}
        Whether only full members sit, or every status at its level (a pole sits at any level).
    measure : {"share", "count"}
        The share, or the sum in its numerator: with full members only, a number of organisations.

    Returns
    -------
    PartnerYears
        ``value`` in [0, 1], a share, or a number of organisations; ``partner`` is the pole,
        ``flow`` is ``"seats"``. Only states with a seat in the year are listed, so that it is
        never null. ``n`` is the number of organisations in which the state sits.

    Raises
    ------
    UnknownName
        If a pole is in the table neither as a state nor as an organisation.

    References
    ----------
    Pevehouse, J. C. W., Nordstrom, T., McManus, R. W. and Jamison, A. S. (2020). Tracking
    organizations in the world: The Correlates of War IGO Version 3.0 datasets. Journal of Peace
    Research 57(3).

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS", "EU"], "state": ["KAZ", "RUS", "RUS"],
    ...     "status": ["member"] * 3, "start": ["1991-12-21"] * 3, "end": [None] * 3,
    ...     "source": ["x@1"] * 3, "locator": ["p. 1"] * 3})
    >>> shared_seats(spells, poles=("KAZ",), years=(2000, 2000)).row(0)
    ('RUS', 'KAZ', 2000, 'seats', 0.5, None, None, 2)
    """
    o = given(SeatOptions, which)
    years, weights = o["years"], o["weights"]
    require("measure", measure, ("share", "count"))
    _require_poles(memberships, poles)
    frames = [
        _beside(seats(bodies(memberships), year, weights=weights), poles, year, measure)
        for year in days_of(memberships, years)
    ]
    frames = [frame for frame in frames if frame.height]
    if not frames:
        return PARTNER_YEARS.empty()
    return PARTNER_YEARS.conform(pl.concat(frames).sort("state", "year", "partner"))


def pole_seats(memberships: Memberships, on: int | str, *, poles: tuple[str, ...]) -> pl.DataFrame:
    """Return where each pole sits on a day, at any level: ``organisation``, ``pole``.

    A pole that is an organisation sits as `shared_seats` says.

    Raises
    ------
    UnknownName
        If a pole is in the table neither as a state nor as an organisation.
    BadValue
        If the date is not a year or ISO date.

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS", "EU"], "state": ["KAZ", "RUS", "RUS"],
    ...     "status": ["member"] * 3, "start": ["1991-12-21"] * 3, "end": [None] * 3,
    ...     "source": ["x@1"] * 3, "locator": ["p. 1"] * 3})
    >>> pole_seats(spells, 2000, poles=("KAZ",)).rows()
    [('CIS', 'KAZ')]
    """
    _require_poles(memberships, poles)
    states, organisations, matrix = _matrix(seats(bodies(memberships), on, weights="levels"))
    found = [
        (organisation, pole)
        for pole in dict.fromkeys(poles)
        for organisation, there in zip(
            organisations, _sits(pole, states, organisations, matrix), strict=True
        )
        if there
    ]
    schema = {"organisation": pl.String, "pole": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row").sort("organisation", "pole")


def latest_year(memberships: Memberships) -> int | None:
    """Return the latest year the table speaks of: its newest ``as_of``, else start; or null."""
    rows = MEMBERSHIPS.conform(memberships)
    for column in ("as_of", "start"):
        newest = rows[column].drop_nulls().str.slice(0, 4).max()
        if newest is not None:
            return int(str(newest))
    return None


def days_of(memberships: pl.DataFrame, years: tuple[int, int] | None) -> range:
    if years is not None:
        return range(years[0], years[1] + 1)
    last = latest_year(memberships)
    return range(0) if last is None else range(last, last + 1)


def _matrix(table: pl.DataFrame) -> tuple[list[str], list[str], npt.NDArray[np.float64]]:
    """Return states, organisations and the matrix of seats, states in rows."""
    states = table["state"].unique().sort().to_list()
    organisations = table["organisation"].unique().sort().to_list()
    row = {state: index for index, state in enumerate(states)}
    column = {name: index for index, name in enumerate(organisations)}
    matrix = np.zeros((len(states), len(organisations)))
    for name, state, seat in table.select("organisation", "state", "seat").iter_rows():
        matrix[row[state], column[name]] = seat
    return states, organisations, matrix


def _overlap(table: pl.DataFrame, year: int, measure: str) -> pl.DataFrame:
    states, organisations, matrix = _matrix(table)
    low = np.zeros((len(states), len(states)))
    below = 0.0
    for level in np.unique(matrix[matrix > 0]):
        reaches = (matrix >= level).astype(float)
        low += (level - below) * (reaches @ reaches.T)
        below = float(level)
    sums = matrix.sum(axis=1)
    high = sums[:, None] + sums[None, :] - low
    sits = (matrix > 0).astype(float)
    either = sits.sum(axis=1)[:, None] + sits.sum(axis=1)[None, :] - sits @ sits.T
    first, second = np.triu_indices(len(states), k=1)
    n = either[first, second]
    if measure == "shared":
        value = low[first, second]
    elif measure == "jaccard":
        value = low[first, second] / high[first, second]
    else:
        n = np.full(len(first), float(len(organisations)))
        value = 1 - 2 * (high - low)[first, second] / max(len(organisations), 1)
    names = np.array(states, dtype=object)
    return pl.DataFrame(
        {
            "state_a": pl.Series(names[first].tolist(), dtype=pl.String),
            "state_b": pl.Series(names[second].tolist(), dtype=pl.String),
            "year": pl.Series([year] * len(first), dtype=pl.Int64),
            "value": value,
            "n": n.round().astype(np.int64),
        }
    )


def _beside(table: pl.DataFrame, poles: tuple[str, ...], year: int, measure: str) -> pl.DataFrame:
    states, organisations, matrix = _matrix(table)
    parts = []
    for pole in poles:
        there = _sits(pole, states, organisations, matrix)
        count = matrix @ there
        total = matrix.sum(axis=1)
        value = count / total if measure == "share" else count
        part = pl.DataFrame(
            {
                "state": pl.Series(states, dtype=pl.String),
                "partner": pl.Series([pole] * len(states), dtype=pl.String),
                "year": pl.Series([year] * len(states), dtype=pl.Int64),
                "flow": pl.Series(["seats"] * len(states), dtype=pl.String),
                "value": value,
                "n": (matrix > 0).sum(axis=1).astype(np.int64),
            }
        )
        parts.append(part.filter(pl.col("state") != pole))
    return pl.concat(parts) if parts else PARTNER_YEARS.empty().drop("low", "high")


def _sits(
    pole: str, states: list[str], organisations: list[str], matrix: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return 1 for the organisations in which the pole sits, else 0."""
    there = np.zeros(len(organisations), dtype=bool)
    if pole in states:
        there |= matrix[states.index(pole)] > 0
    if pole in organisations:
        own = organisations.index(pole)
        members = matrix[:, own] > 0
        there |= (matrix[members] > 0).mean(axis=0) >= 0.5
        there[own] = False
    return there.astype(float)


def _require_poles(memberships: pl.DataFrame, poles: tuple[str, ...]) -> None:
    known = {*memberships["state"].unique(), *memberships["organisation"].unique()}
    strange = [pole for pole in poles if pole not in known]
    if known and strange:
        raise UnknownName(
            f"the poles {choices(strange)} have no memberships; expected codes of states or "
            f"organisations; nearest: {choices(nearest(strange[0], known)) or 'none'}; "
            "correct the poles"
        )
