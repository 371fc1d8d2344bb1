r"""How much the members of a group trade with one another, and how lopsided the group is.

A group is an organisation, with its members of each year from the table of memberships, or a list
of states. Shares of trade inside a group grow with the group's size, so that `introversion` offers
the measures that correct for it: intensity still has a ceiling that falls as the group grows, and
the symmetric introversion index is free of that (Iapadre; Hamanaka finds it the best of the four).
`group_share` is the plain share of a group in one state's trade.

World totals are those of the states in the table: use all states of a release, not an extract.
Each flow is counted once from the side that sends it, and again from the side that receives it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypedDict, Unpack

import polars as pl

from multivector.errors import BadValue, MissingData
from multivector.measures._options import Default, described, given, require, with_options
from multivector.measures.clubs import Weights
from multivector.measures.clubs import members_by_year as full_members
from multivector.measures.partners import Direction, ReportOption, trade
from multivector.measures.trade_ties import directed
from multivector.tables import (
    INDICATORS,
    ORGANISATION_YEARS,
    PARTNER_YEARS,
    Flows,
    Indicators,
    Memberships,
    OrganisationYears,
    OwnMemberships,
    PartnerYears,
)

__all__ = ["group_share", "introversion", "member_asymmetry"]

_OWN = "own"


class GroupOptions(TypedDict, total=False):
    """Which group of states is looked at: an organisation's members, or states by name.

    Parameters
    ----------
    memberships : Memberships, optional
        Needed for an organisation: its full members of each year, on 31 December.
    organisation : str, optional
        Code of the organisation.
    states : tuple of str, optional
        The group as states, the same in all years, instead of an organisation.

    Raises
    ------
    MissingData
        If an organisation is named and there are no memberships.
    UnknownOrganisation
        If the memberships do not hold the organisation.
    """

    organisation: Annotated[str | None, Default(None)]
    states: Annotated[tuple[str, ...], Default(())]


class GroupTradeOptions(GroupOptions, ReportOption, total=False):
    """A group, and whose report of its trade is taken."""


described(GroupTradeOptions, GroupOptions, ReportOption)


@with_options
def introversion(
    flows: Flows,
    memberships: OwnMemberships | None = None,
    *,
    weights: Weights = "members",
    measure: Literal["introversion", "share", "intensity", "homogeneous", "extra"] = "introversion",
    **which: Unpack[GroupTradeOptions],
) -> OrganisationYears:
    r"""Symmetric trade introversion of a group, and the measures it is made of.

    .. math::
        S = \frac{T_{rr}}{T_r}, \quad I = \frac{S}{T_r / T_w}, \quad V = \frac{T_{or}}{T_o}, \quad
        HI = \frac{S}{V}, \quad HE = \frac{1 - S}{1 - V}, \quad STI = \frac{HI - HE}{HI + HE}

    with :math:`T_{rr}` trade among members (exports plus imports), :math:`T_r` all trade of
    members, :math:`T_w` of the world, :math:`T_o` of outsiders and :math:`T_{or}` of outsiders with
    members: share, intensity, (V), homogeneous, extra and introversion.

    Parameters
    ----------
    flows : Flows
        Flows of one release, of all states, in one currency.
    weights : {"members", "levels"}
        Whether an organisation is its full members, or every state at its table.
    measure : str
        Which of the measures above.

    Returns
    -------
    OrganisationYears
        ``value`` in [-1, 1] for introversion, 0 where members trade with one another as much as
        outsiders trade with them; in [0, 1] for share; ≥ 0 for the others, 1 being neutral. Null
        where a denominator is 0. ``n`` is the number of members with trade in the year; years with
        fewer than two are left out.

    Raises
    ------
    BadValue
        If the measure is not known or no group is named.

    References
    ----------
    Iapadre, L. (2006). Regional integration agreements and the geography of world trade:
    statistical indicators and empirical evidence. In: Assessment and Measurement of Regional
    Integration.
    Hamanaka, S. (2015). What is trade regionalism? ADB Economics Working Paper 455.

    Examples
    --------
    >>> rows = [("A", "B", 10.0), ("B", "A", 10.0), ("A", "C", 5.0), ("C", "A", 5.0),
    ...     ("C", "D", 10.0), ("D", "C", 10.0)]
    >>> flows = pl.DataFrame(rows, schema=["state", "partner", "value"], orient="row").with_columns(
    ...     year=2019, flow=pl.lit("exports"), unit=pl.lit("USD"), reported_by=pl.lit("state"),
    ...     source=pl.lit("x@1"), locator=pl.lit("row"))
    >>> found = introversion(flows, states=("A", "B"))
    >>> round(found["value"].item(), 6)
    0.882353
    """
    measures = ("introversion", "share", "intensity", "homogeneous", "extra")
    require("measure", measure, measures)
    o = given(GroupTradeOptions, which)
    sent = directed(flows, report=o["report"])
    years = sent["year"].unique().sort().to_list()
    group = members_by_year(memberships, o["organisation"], o["states"], years, weights=weights)
    if group.is_empty() or sent.is_empty():
        return ORGANISATION_YEARS.empty()
    sums = _group_sums(sent, group)
    share = pl.col("inside") / pl.col("members")
    weight = pl.col("members") / pl.col("world")
    outsiders = pl.col("across") / (pl.col("world") - pl.col("members"))
    homogeneous, extra = share / outsiders, (1 - share) / (1 - outsiders)
    value = {
        "share": share,
        "intensity": share / weight,
        "homogeneous": homogeneous,
        "extra": extra,
        "introversion": (homogeneous - extra) / (homogeneous + extra),
    }[measure]
    return ORGANISATION_YEARS.conform(
        sums.filter(pl.col("n") > 1)
        .select(
            "year",
            "n",
            organisation=pl.lit(o["organisation"] or _OWN),
            value=pl.when(value.is_finite()).then(value),
        )
        .sort("year")
    )


@with_options
def group_share(
    flows: Flows,
    memberships: OwnMemberships | None = None,
    *,
    weights: Weights = "members",
    flow: Direction = "both",
    **which: Unpack[GroupTradeOptions],
) -> PartnerYears:
    r"""Share of a group of states in each state's trade.

    .. math:: s_{ir} = \sum_{j \in r} T_{ij} / \sum_j T_{ij}

    Parameters
    ----------
    weights : {"members", "levels"}
        Whether an organisation is its full members, or every state at its table.
    flow : {"both", "exports", "imports"}
        Direction.

    Returns
    -------
    PartnerYears
        ``value`` in [0, 1]; ``partner`` is the organisation, or ``own``. A member's trade is with
        the other members. Null where the state's total is 0 or not known. ``n`` is the number of
        the group's members with a known flow.

    Raises
    ------
    BadValue
        If no group is named, or the direction is not known.

    References
    ----------
    Kononczuk, W. (2007). The failure of integration. The CIS and other international organisations
    in the post-Soviet area, 1991-2006. Centre for Eastern Studies.

    Examples
    --------
    >>> rows = [("A", "B", 1.0), ("A", "C", 3.0)]
    >>> flows = pl.DataFrame(rows, schema=["state", "partner", "value"], orient="row").with_columns(
    ...     year=2019, flow=pl.lit("exports"), unit=pl.lit("USD"), reported_by=pl.lit("state"),
    ...     source=pl.lit("x@1"), locator=pl.lit("row"))
    >>> group_share(flows, states=("B",), flow="exports")["value"].item()
    0.25
    """
    require("flow", flow, ("both", "exports", "imports"))
    o = given(GroupTradeOptions, which)
    table = trade(flows, report=o["report"])
    column = pl.col("total" if flow == "both" else flow)
    rows = table.select("state", "partner", "year", value=column)
    years = rows["year"].unique().to_list()
    group = members_by_year(memberships, o["organisation"], o["states"], years, weights=weights)
    inside = group.select(partner="state", year="year", inside=pl.lit(True))
    known = group["year"].unique()
    value, member = pl.col("value"), pl.col("inside").fill_null(False)
    total = value.sum()
    return PARTNER_YEARS.conform(
        rows.filter(pl.col("year").is_in(known.implode()))
        .join(inside, on=["partner", "year"], how="left")
        .group_by("state", "year")
        .agg(
            value=pl.when(total > 0).then(value.filter(member).sum() / total),
            n=value.filter(member).count(),
        )
        .with_columns(partner=pl.lit(o["organisation"] or _OWN), flow=pl.lit(flow))
        .sort("state", "year")
    )


@with_options
def member_asymmetry(
    indicators: Indicators,
    memberships: OwnMemberships | None = None,
    *,
    indicator: str = "gdp",
    measure: Literal["effective", "largest", "gini", "ratio"] = "effective",
    **which: Unpack[GroupOptions],
) -> OrganisationYears:
    r"""How lopsided a group is: the distribution of the economies (or people) of its members.

    .. math::
        N_2 = 1 / \sum_i s_i^2, \qquad \max_i s_i, \qquad
        G = \frac{\sum_i \sum_j |y_i - y_j|}{2 n \sum_i y_i}, \qquad y_{(1)} / y_{(2)}

    Parameters
    ----------
    indicators : Indicators
        Holds the indicator; of several releases the last by name counts.
    indicator : str
        What is compared, such as gdp or population.
    measure : {"effective", "largest", "gini", "ratio"}
        Effective number of members, share of the largest, Gini coefficient, or the largest over
        the second largest.

    Returns
    -------
    OrganisationYears
        ``value`` in [1, n] for effective, in (0, 1] for largest, in [0, 1) for gini, ≥ 1 for
        ratio. Null where any member's figure is missing, for the missing would change the shares.
        ``n`` is the number of members with a figure; years without any are left out.

    Raises
    ------
    BadValue
        If the measure is not known or no group is named.

    References
    ----------
    Hancock, K. J. (2009). Regional Integration: Choosing Plutocracy. Palgrave Macmillan.

    Examples
    --------
    >>> gdp = pl.DataFrame({"state": ["RUS", "KAZ"], "indicator": ["gdp"] * 2, "year": [2016] * 2,
    ...     "value": [300.0, 100.0], "unit": ["USD"] * 2, "source": ["y@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> member_asymmetry(gdp, states=("KAZ", "RUS"))["value"].item()
    1.6
    """
    require("measure", measure, ("effective", "largest", "gini", "ratio"))
    rows = figures_of(indicators, indicator)
    o = given(GroupOptions, which)
    group = members_by_year(
        memberships, o["organisation"], o["states"], rows["year"].unique().to_list()
    )
    joined = group.join(rows.select("state", "year", "value"), on=["state", "year"], how="left")
    y = pl.col("value").sort()
    share = y / y.sum()
    rank = pl.int_range(1, pl.len() + 1)
    formula = {
        "effective": 1 / (share**2).sum(),
        "largest": share.max(),
        "gini": (2 * (rank * y).sum() / (pl.len() * y.sum())) - (pl.len() + 1) / pl.len(),
        "ratio": y.last() / y.get(-2, null_on_oob=True),
    }[measure]
    complete = pl.col("value").null_count() == 0
    return ORGANISATION_YEARS.conform(
        joined.group_by("year")
        .agg(value=pl.when(complete).then(formula), n=pl.col("value").count())
        .filter(pl.col("n") > 0)
        .with_columns(organisation=pl.lit(o["organisation"] or _OWN))
        .sort("year")
    )


def figures_of(indicators: Indicators, indicator: str) -> pl.DataFrame:
    """Return one figure a state and year; of several releases the last by name counts."""
    rows = INDICATORS.conform(indicators).filter(pl.col("indicator") == indicator)
    return rows.sort("source").unique(["state", "year"], keep="last", maintain_order=True)


def members_by_year(
    memberships: Memberships | None,
    organisation: str | None,
    states: tuple[str, ...],
    years: list[int],
    *,
    weights: Weights = "members",
) -> pl.DataFrame:
    """Return ``state`` and ``year`` of the group's members: of the year, or the states given.

    Raises
    ------
    BadValue
        If neither or both of organisation and states are given.
    MissingData
        If an organisation is named and there are no memberships.
    UnknownOrganisation
        If the memberships do not hold the organisation.
    """
    if bool(states) == bool(organisation):
        raise BadValue(
            f"organisation={organisation!r} with states={states!r} names no one group; expected "
            "either an organisation or a list of states; give one of them"
        )
    if organisation and memberships is None:
        raise MissingData(
            f"the members of {organisation} are not known without memberships; expected the table "
            "memberships; give it, or a list of states"
        )
    group: Mapping[int, Sequence[str]] = dict.fromkeys(years, states)
    if organisation and memberships is not None and years:
        group = full_members(memberships, organisation, years, weights=weights)
    rows = [(state, year) for year in sorted(years) for state in group[year]]
    return pl.DataFrame(rows, schema={"state": pl.String, "year": pl.Int64}, orient="row")


def _group_sums(sent: pl.DataFrame, group: pl.DataFrame) -> pl.DataFrame:
    """Return per year: trade inside, of members, across the border, of the world; and members."""
    mark = group.with_columns(member=pl.lit(True))
    rows = (
        sent.join(mark, on=["state", "year"], how="left")
        .join(
            mark.rename({"state": "partner", "member": "other"}), on=["partner", "year"], how="left"
        )
        .with_columns(pl.col("member", "other").fill_null(False))
    )
    value, member, other = pl.col("value"), pl.col("member"), pl.col("other")
    trading = pl.concat(
        [
            rows.filter(member).select("year", "state"),
            rows.filter(other).select("year", state="partner"),
        ]
    )
    count = trading.unique().group_by("year").agg(n=pl.len())
    sums = rows.group_by("year").agg(
        inside=2 * value.filter(member & other).sum(),
        across=value.filter(member != other).sum(),
        world=2 * value.sum(),
    )
    return sums.with_columns(members=pl.col("inside") + pl.col("across")).join(count, on="year")
