r"""How alike the members of a group vote in the UN General Assembly, and how the group has moved.

`cohesion` counts: the mean agreement of the members' pairs. Where only joint votes with the big
powers are at hand it rests on the pairs that have a power in them; ``n`` says on how many.
`vote_spread` places: how far the members' ideal points lie from one another, or from the rest of
the world, with intervals. Most texts are carried by consensus, which makes agreement high for
everybody; the spread in relation to the world's is free of that.
"""

from __future__ import annotations

from typing import Literal, Unpack

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import BadValue
from multivector.measures._options import given, require, with_options
from multivector.measures.clubs import members_in
from multivector.measures.integration import GroupOptions, members_by_year
from multivector.measures.similarity import agreement
from multivector.tables import (
    IDEAL_POINTS,
    ORGANISATION_YEARS,
    IdealPointRows,
    JointVotes,
    Memberships,
    OrganisationYears,
    OwnMemberships,
    Rollcalls,
    Votes,
)

__all__ = ["cohesion", "vote_spread"]

_OWN = "own"
_WIDTH = 2 * 1.6448536269514722
"""Standard deviations between the 5 % and the 95 % quantile of a normal distribution."""

Floats = npt.NDArray[np.float64]


@with_options
def cohesion(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    joint_votes: JointVotes | None = None,
    memberships: OwnMemberships | None = None,
    *,
    years: tuple[int, int] | None = None,
    convention: Literal["exact", "lijphart"] = "exact",
    min_shared: int = 1,
    **which: Unpack[GroupOptions],
) -> OrganisationYears:
    r"""Mean agreement of the pairs of a group's members, year by year.

    .. math:: C_t = \frac{1}{|P_t|} \sum_{(i, j) \in P_t} A_{ijt}

    with :math:`P_t` the pairs of members of the year that share roll calls and :math:`A` their
    `agreement`. Every pair weighs the same.

    Parameters
    ----------
    votes, rollcalls, joint_votes
        Votes of one release with its roll calls, or joint counts made from them. Joint counts are
        with some powers only: then the pairs with a power in them count.
    years : tuple of int, optional
        First and last year; all by default.
    convention : {"exact", "lijphart"}
        How agreement is counted, as in `agreement`.
    min_shared : int
        Fewest roll calls a pair must share to count.

    Returns
    -------
    OrganisationYears
        ``value`` in [0, 1], a share; never null. ``n`` is the number of pairs it rests on; years
        without any are left out.

    Raises
    ------
    BadValue
        If no group is named, or an option is not allowed.
    MissingData
        If there are neither votes nor joint counts, or an organisation is named and there are no
        memberships.

    References
    ----------
    Lijphart, A. (1963). The analysis of bloc voting in the General Assembly. American Political
    Science Review 57(4).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> cohesion(example_votes(), states=("CHN", "KAZ")).select("value", "n").rows()
    [(0.5, 1)]
    """
    o = given(GroupOptions, which)
    own = _ever(memberships, o["organisation"], o["states"])
    pairs = agreement(
        None if votes is None else votes.filter(pl.col("state").is_in(own)),
        rollcalls,
        _among(joint_votes, own),
        convention=convention,
        years=years,
        min_shared=min_shared,
    ).filter(pl.col("value").is_not_null())
    group = members_by_year(
        memberships, o["organisation"], o["states"], pairs["year"].unique().to_list()
    )
    found = pairs.join(group.rename({"state": "state_a"}), on=["state_a", "year"], how="semi").join(
        group.rename({"state": "state_b"}), on=["state_b", "year"], how="semi"
    )
    return ORGANISATION_YEARS.conform(
        found.sort("year", "state_a", "state_b")
        .group_by("year", maintain_order=True)
        .agg(value=pl.col("value").mean(), n=pl.len())
        .with_columns(organisation=pl.lit(o["organisation"] or _OWN))
    )


@with_options
def vote_spread(
    ideal_points: IdealPointRows,
    memberships: OwnMemberships | None = None,
    *,
    years: tuple[int, int] | None = None,
    measure: Literal["relative", "spread", "centre"] = "relative",
    draws: int = 300,
    seed: int = 0,
    **which: Unpack[GroupOptions],
) -> OrganisationYears:
    r"""How far apart the members' ideal points lie: in the world's measure, as such; their centre.

    .. math::
        s_t = \operatorname{sd}_{i \in M_t}(\theta_{it}), \qquad
        r_t = s_t / \operatorname{sd}_{i}(\theta_{it}), \qquad
        c_t = \operatorname{mean}_{i \in M_t}(\theta_{it})

    in turn spread, relative and centre, with :math:`M_t` the members and :math:`\theta` a normal
    draw for each state from the mean and the interval of its ideal point. Draws of two states are
    independent, which the estimates are nearly but not quite.

    Parameters
    ----------
    ideal_points : IdealPoints
        Ideal points with 5 % and 95 % quantiles; without these a point counts as known.
    years : tuple of int, optional
        First and last year, in which the sessions opened; all by default.
    measure : {"relative", "spread", "centre"}
        Which of the three.
    draws : int
        Draws behind value and interval.
    seed : int
        Seed of the draws.

    Returns
    -------
    OrganisationYears
        ``value``, the mean of the draws, with 90 % interval: ≥ 0 for relative (1: the members are
        as far apart as all states) and for spread; on the scale of the ideal points for centre.
        Null with fewer than two members that have an ideal point (centre: fewer than one), or
        where all states stand at one point. ``n`` is the number of members with an ideal point;
        years without any are left out.

    Raises
    ------
    BadValue
        If the measure is not known, the draws are fewer than 20, or no group is named.

    References
    ----------
    Bailey, M. A., Strezhnev, A. and Voeten, E. (2017). Estimating dynamic state preferences from
    United Nations voting data. Journal of Conflict Resolution 61(2).

    Examples
    --------
    >>> points = pl.DataFrame({"state": ["CHN", "KAZ", "USA"], "session": [70] * 3,
    ...     "year": [2015] * 3, "value": [-1.0, -0.5, 3.0], "low": [-1.0, -0.5, 3.0],
    ...     "high": [-1.0, -0.5, 3.0], "n": [80] * 3, "source": ["x@1"] * 3})
    >>> found = vote_spread(points, states=("CHN", "KAZ"), measure="spread")
    >>> round(found["value"].item(), 6), found["n"].item()
    (0.353553, 2)
    """
    require("measure", measure, ("relative", "spread", "centre"))
    if draws < 20:
        raise BadValue(f"{draws} draws are too few; expected at least 20; ask for more")
    points = IDEAL_POINTS.conform(ideal_points).sort("year", "state", "session")
    if years is not None:
        points = points.filter(pl.col("year").is_between(*years))
    o = given(GroupOptions, which)
    group = members_by_year(
        memberships, o["organisation"], o["states"], points["year"].unique().to_list()
    )
    marked = points.join(
        group.with_columns(inside=pl.lit(value=True)),
        on=["state", "year"],
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("inside").fill_null(value=False))
    rows = []
    for year in marked.partition_by("year", maintain_order=True):
        if year["inside"].any():
            rows.append((year["year"][0], *_drawn(year, measure, draws, seed)))
    schema = {
        "year": pl.Int64,
        **dict.fromkeys(("value", "low", "high"), pl.Float64),
        "n": pl.Int64,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return ORGANISATION_YEARS.conform(
        frame.with_columns(organisation=pl.lit(o["organisation"] or _OWN)).sort("year")
    )


def _ever(
    memberships: Memberships | None, organisation: str | None, states: tuple[str, ...]
) -> list[str]:
    """Return the states that were ever in the group; refuses where there is no group."""
    members_by_year(memberships, organisation, states, [])
    if memberships is None or not organisation:
        return list(states)
    members_in(memberships, organisation, 2000)
    held = memberships.filter(pl.col("organisation") == organisation)
    return held["state"].unique().sort().to_list()


def _among(joint_votes: JointVotes | None, own: list[str]) -> pl.DataFrame | None:
    """Return the joint counts of pairs of the group; a state under two codes is no pair."""
    if joint_votes is None:
        return None
    return joint_votes.filter(pl.col("state").is_in(own) & pl.col("pole").is_in(own))


def _drawn(
    points: pl.DataFrame, measure: str, draws: int, seed: int
) -> tuple[float | None, float | None, float | None, int]:
    """Return value, low and high of one year, and the number of members."""
    inside = points["inside"].to_numpy()
    n = int(inside.sum())
    if n < (1 if measure == "centre" else 2):
        return None, None, None, n
    theta = _positions(points, draws, np.random.default_rng([seed, int(points["year"][0])]))
    if measure == "centre":
        found = theta[:, inside].mean(axis=1)
    else:
        found = theta[:, inside].std(axis=1, ddof=1)
    if measure == "relative":
        world = theta.std(axis=1, ddof=1)
        if (world == 0).any():
            return None, None, None, n
        found = found / world
    low, high = np.quantile(found, (0.05, 0.95))
    return float(found.mean()), float(low), float(high), n


def _positions(points: pl.DataFrame, draws: int, rng: np.random.Generator) -> Floats:
    mean = points["value"].to_numpy()
    width = (points["high"] - points["low"]).fill_null(0.0).to_numpy()
    noise = rng.standard_normal((draws, len(mean)))
    found: Floats = mean + noise * (width / _WIDTH)
    return found
