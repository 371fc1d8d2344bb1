r"""What an organisation is made of: the weight of each member, and whom it shares members with.

`member_shares` and `hub_share` say how lopsided a group is by whom: a member's part of its
economies or people, and the part of its trade in which the member has a hand. A group of spokes
around one hub has a hub share near 1. `organisation_overlap` compares the members of two
organisations.
"""

from __future__ import annotations

from typing import Literal, Unpack

import numpy as np
import polars as pl

from multivector.measures._options import given, require, with_options
from multivector.measures.clubs import SeatOptions, days_of, seats
from multivector.measures.integration import (
    GroupOptions,
    GroupTradeOptions,
    figures_of,
    members_by_year,
)
from multivector.measures.trade_ties import directed
from multivector.names.organisations import bodies
from multivector.tables import (
    ORGANISATION_PAIRS,
    STATE_YEARS,
    Flows,
    Indicators,
    Memberships,
    OrganisationPairs,
    OwnMemberships,
    StateYears,
)

__all__ = ["hub_share", "member_shares", "organisation_overlap"]


@with_options
def member_shares(
    indicators: Indicators,
    memberships: OwnMemberships | None = None,
    *,
    indicator: str = "gdp",
    **which: Unpack[GroupOptions],
) -> StateYears:
    r"""Each member's share of what the members of a group have together.

    .. math:: s_{it} = y_{it} / \sum_{j \in M_t} y_{jt}

    Parameters
    ----------
    indicators : Indicators
        Holds the indicator; of several releases the last by name counts.
    indicator : str
        What is shared, such as gdp or population.

    Returns
    -------
    StateYears
        ``value`` in [0, 1]; null where any member's figure is missing, for the missing would
        change the shares. ``n`` is the number of members with a figure; years without any are
        left out.

    Raises
    ------
    BadValue
        If no group is named.

    References
    ----------
    Hancock, K. J. (2009). Regional Integration: Choosing Plutocracy. Palgrave Macmillan.

    Examples
    --------
    >>> gdp = pl.DataFrame({"state": ["RUS", "KAZ"], "indicator": ["gdp"] * 2, "year": [2016] * 2,
    ...     "value": [300.0, 100.0], "unit": ["USD"] * 2, "source": ["y@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> member_shares(gdp, states=("KAZ", "RUS")).select("state", "value").rows()
    [('KAZ', 0.25), ('RUS', 0.75)]
    """
    rows = figures_of(indicators, indicator)
    o = given(GroupOptions, which)
    group = members_by_year(
        memberships, o["organisation"], o["states"], rows["year"].unique().to_list()
    )
    y = pl.col("value")
    whole = (y.null_count() == 0) & (y.sum() > 0)
    return STATE_YEARS.conform(
        group.join(rows.select("state", "year", "value"), on=["state", "year"], how="left")
        .sort("year", "state")
        .with_columns(
            value=pl.when(whole.over("year")).then(y / y.sum().over("year")),
            n=y.count().over("year"),
        )
        .filter(pl.col("n") > 0)
        .sort("state", "year")
    )


@with_options
def hub_share(
    flows: Flows,
    memberships: OwnMemberships | None = None,
    *,
    among: Literal["members", "world"] = "members",
    **which: Unpack[GroupTradeOptions],
) -> StateYears:
    r"""Share of a group's trade in which each member has a hand.

    .. math::
        h_{it} = \frac{\sum_{j \in M_t} (T_{ijt} + T_{jit})}{\sum_{j, k \in M_t} T_{jkt}}, \qquad
        w_{it} = \frac{\sum_j (T_{ijt} + T_{jit})}{\sum_{k \in M_t} \sum_j (T_{kjt} + T_{jkt})}

    in turn the share of the trade among members, and with ``among="world"`` of the trade that
    members have with the whole world. The first adds up to 2 over the members, for each flow has
    two ends: where one member is the hub its share is near 1.

    Parameters
    ----------
    flows : Flows
        Flows of one release, in one currency.
    among : {"members", "world"}
        Trade among members, or all trade of the members.

    Returns
    -------
    StateYears
        ``value`` in [0, 1]; null where the group has no trade. ``n`` is the number of known flows
        in which the member has a hand; members without any are left out.

    Raises
    ------
    BadValue
        If the option is not known or no group is named.

    References
    ----------
    Deltas, G., Desmet, K. and Facchini, G. (2006). Hub-and-Spoke Free Trade Areas. CEPR Discussion
    Paper 5960.

    Examples
    --------
    >>> rows = [("A", "B", 6.0), ("C", "A", 2.0), ("B", "C", 2.0), ("A", "X", 9.0)]
    >>> flows = pl.DataFrame(rows, schema=["state", "partner", "value"], orient="row").with_columns(
    ...     year=2019, flow=pl.lit("exports"), unit=pl.lit("USD"), reported_by=pl.lit("state"),
    ...     source=pl.lit("x@1"), locator=pl.lit("row"))
    >>> hub_share(flows, states=("A", "B", "C")).select("state", "value").rows()
    [('A', 0.8), ('B', 0.8), ('C', 0.4)]
    """
    require("among", among, ("members", "world"))
    o = given(GroupTradeOptions, which)
    years = flows["year"].unique().drop_nulls().to_list()
    group = members_by_year(memberships, o["organisation"], o["states"], years)
    own = group["state"].unique().implode()
    touched = pl.col("state").is_in(own), pl.col("partner").is_in(own)
    kept = touched[0] & touched[1] if among == "members" else touched[0] | touched[1]
    sent = directed(flows.filter(kept), report=o["report"])
    if among == "members":
        other = group.rename({"state": "partner"})
        sent = sent.join(group, on=["state", "year"], how="semi")
        sent = sent.join(other, on=["partner", "year"], how="semi")
    ends = pl.concat(
        [
            sent.select("state", "year", "value"),
            sent.select(state="partner", year="year", value="value"),
        ]
    ).join(group, on=["state", "year"], how="semi")
    of_members = ends.sort("state", "year", "value").group_by("state", "year", maintain_order=True)
    sums = of_members.agg(pl.col("value").sum(), n=pl.len())
    total = pl.col("value").sum().over("year") / (2 if among == "members" else 1)
    return STATE_YEARS.conform(
        sums.with_columns(value=pl.when(total > 0).then(pl.col("value") / total)).sort(
            "state", "year"
        )
    )


@with_options
def organisation_overlap(
    memberships: Memberships,
    *,
    organisation: str | None = None,
    measure: Literal["jaccard", "shared", "contained"] = "jaccard",
    **which: Unpack[SeatOptions],
) -> OrganisationPairs:
    r"""How far two organisations have the same members.

    .. math::
        J_{ab} = \frac{\sum_i \min(w_{ia}, w_{ib})}{\sum_i \max(w_{ia}, w_{ib})}, \qquad
        K_{ab} = \frac{\sum_i \min(w_{ia}, w_{ib})}{\min(\sum_i w_{ia}, \sum_i w_{ib})}

    with :math:`w` the level of a seat. ``"shared"`` is the numerator: with full members only, the
    number of states that sit in both. ``"contained"``, K, is 1 where one is a part of the other.

    Parameters
    ----------
    organisation : str, optional
        Only pairs with this organisation.
    measure : {"jaccard", "shared", "contained"}
        Jaccard index, number of states in both, or share of the smaller in the larger.

    Returns
    -------
    OrganisationPairs
        Pairs of organisations with members in the year that share at least one, so that ``value``
        is never null: in (0, 1], or a number of states for "shared". ``n`` is the number of states
        that sit in either.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2).
    Breiger, R. L. (1974). The duality of persons and groups. Social Forces 53(2).

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS", "SCO", "SCO"],
    ...     "state": ["KAZ", "RUS", "CHN", "KAZ"], "status": ["member"] * 4, "start": ["2001"] * 4,
    ...     "end": [None] * 4, "source": ["x@1"] * 4, "locator": ["p. 1"] * 4})
    >>> organisation_overlap(spells).row(0)
    ('CIS', 'SCO', 2001, 0.3333333333333333, None, None, 3)
    """
    o = given(SeatOptions, which)
    years, weights = o["years"], o["weights"]
    require("measure", measure, ("jaccard", "shared", "contained"))
    span = days_of(memberships, years)
    parts = [_pairs(seats(bodies(memberships), y, weights=weights), y, measure) for y in span]
    rows = [row for part in parts for row in part]
    schema = {c.name: c.dtype for c in ORGANISATION_PAIRS.columns}
    frame = pl.DataFrame(rows, schema={k: schema[k] for k in _COLUMNS}, orient="row")
    if organisation is not None:
        either = pl.any_horizontal(pl.col("organisation_a", "organisation_b") == organisation)
        frame = frame.filter(either)
    return ORGANISATION_PAIRS.conform(frame.sort("organisation_a", "organisation_b", "year"))


_COLUMNS = ("organisation_a", "organisation_b", "year", "value", "n")


def _pairs(table: pl.DataFrame, year: int, measure: str) -> list[tuple[str, str, int, float, int]]:
    clubs = table["organisation"].unique().sort().to_list()
    states = table["state"].unique().sort().to_list()
    column = {name: index for index, name in enumerate(clubs)}
    row = {name: index for index, name in enumerate(states)}
    matrix = np.zeros((len(states), len(clubs)))
    for club, state, seat in table.select("organisation", "state", "seat").iter_rows():
        matrix[row[state], column[club]] = seat
    found = []
    for a in range(len(clubs)):
        low = np.minimum(matrix[:, [a]], matrix[:, a + 1 :]).sum(axis=0)
        either = (np.maximum(matrix[:, [a]], matrix[:, a + 1 :]) > 0).sum(axis=0)
        sums = matrix[:, a].sum(), matrix[:, a + 1 :].sum(axis=0)
        size = {
            "shared": np.ones_like(low),
            "jaccard": sums[0] + sums[1] - low,
            "contained": np.minimum(sums[0], sums[1]),
        }[measure]
        found += [
            (clubs[a], clubs[a + 1 + k], year, float(low[k] / size[k]), int(either[k]))
            for k in np.flatnonzero(low > 0)
        ]
    return found
