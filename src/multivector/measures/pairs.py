r"""A pair of states: how much larger one is, and how much of its trade goes to the other.

A pair is seldom measured in one year: one state's newest figure is of 2024, the other's of 2023.
Every measure here takes, for a year, the newest figure of each side that is at most ``gap`` years
old, and is null where one side has none. ``gap=0`` asks for figures of the very year. Sources are
never mixed inside a pair: both figures come from one source, the one with the newer figures if
there are several.

A pole may be a state or an organisation, which then stands for its full members of the year
without the state itself. The figure of an organisation is the sum over its members, null while
one of them has no figure.

Lists of main partners, such as the World Factbook's, do not name everybody. A partner who is not
on a list has a share no larger than the smallest share listed and than what the list leaves out:
then ``value`` is null for a state, and ``low`` and ``high`` say what is known.
"""

from __future__ import annotations

from typing import Unpack

import polars as pl

from multivector.errors import BadValue, MissingData, choices
from multivector.measures._options import with_options
from multivector.measures.clubs import members_by_year
from multivector.measures.partners import Direction, ReportOption, pair_flows, partner_shares
from multivector.tables import (
    INDICATORS,
    PARTNER_YEARS,
    Indicators,
    Memberships,
    OwnFlows,
    PartnerYears,
)

__all__ = ["pole_shares", "size_ratio"]

_MILITARY = "military_spending"
_MILITARY_SHARE = "military_expenditure"
_KEY = ["family", "state", "year"]


def size_ratio(
    indicators: Indicators,
    memberships: Memberships | None = None,
    *,
    state: str | None = None,
    poles: tuple[str, ...] = (),
    indicator: str = "gdp",
    gap: int = 3,
) -> PartnerYears:
    r"""How many times larger a state is than another in an indicator such as GDP.

    .. math:: r_{ij} = x_i / x_j

    ``indicator="military_spending"`` is military expenditure in percent of GDP times GDP at
    official exchange rates, each the newest figure within ``gap`` years.

    Parameters
    ----------
    indicators : Indicators
        Figures of states.
    memberships : Memberships, optional
        Needed when a pole is an organisation.
    state : str, optional
        The state in the numerator; every state if not given.
    poles : tuple of str
        Those in the denominator; every state if none is given.
    indicator : str
        An indicator with positive values that add up over states: gdp, population, area…
    gap : int
        How many years old a figure may be.

    Returns
    -------
    PartnerYears
        ``value`` > 0, a ratio; null where a side has no figure within the gap or the other's is
        0. ``flow`` is the indicator, ``n`` the number of figures used.

    Raises
    ------
    BadValue
        If the gap is negative.
    MissingData
        If the table has no such indicator in the years at hand.

    References
    ----------
    Singer, J. D., Bremer, S. and Stuckey, J. (1972). Capability distribution, uncertainty, and
    major power war, 1820-1965. In Russett (ed.), Peace, War, and Numbers.

    Examples
    --------
    >>> rows = pl.DataFrame({"state": ["KAZ", "RUS"], "indicator": ["gdp"] * 2,
    ...     "year": [2024, 2023], "value": [300.0, 2100.0], "unit": ["USD"] * 2,
    ...     "source": ["x@1"] * 2, "locator": ["row"] * 2})
    >>> size_ratio(rows, state="RUS", poles=("KAZ",))["value"].to_list()
    [7.0]
    """
    _require_gap(gap)
    figures = _figures(INDICATORS.conform(indicators), indicator, gap)
    held = _held(figures, gap)
    others = _sums(held, memberships, poles, state) if poles else held.with_columns(n=pl.lit(1))
    left = held if state is None else held.filter(pl.col("state") == state)
    pairs = left.join(others, on=["family", "year"], suffix="_b").filter(
        pl.col("state") != pl.col("state_b")
    )
    best = (
        pairs.with_columns(age=pl.col("year") - pl.min_horizontal("of", "of_b"))
        .sort("age", "family")
        .unique(["state", "state_b", "year"], keep="first", maintain_order=True)
    )
    return PARTNER_YEARS.conform(
        best.select(
            "state",
            "year",
            partner="state_b",
            flow=pl.lit(indicator),
            value=pl.when(pl.col("value_b") > 0).then(pl.col("value") / pl.col("value_b")),
            n=pl.col("n") + 1,
        ).sort("state", "partner", "year")
    )


@with_options
def pole_shares(
    flows: OwnFlows,
    memberships: Memberships | None = None,
    *,
    poles: tuple[str, ...] = ("USA", "EU", "RUS", "CHN"),
    flow: Direction = "exports",
    **which: Unpack[ReportOption],
) -> PartnerYears:
    r"""Share of each pole, a state or an organisation's members together, in a state's flows.

    .. math:: s_{ip} = \sum_{j \in p, j \ne i} T_{ij} / T_i

    Parameters
    ----------
    memberships : Memberships, optional
        Needed when a pole is an organisation.
    poles : tuple of str
        Codes of states or organisations.
    flow : {"exports", "imports", "both"}
        Direction; any other kind in the table is accepted too.

    Returns
    -------
    PartnerYears
        ``value`` in [0, 1], a share. In lists of main partners it is the sum of the members
        listed, the lower bound, with ``low`` and ``high``; null where none is listed. In full
        data a pole without a flow has the share 0. ``n`` is the number of the pole's states with
        a share.

    Raises
    ------
    BadValue
        If no pole is given, an option is not known, or a flow is negative.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign Trade.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ"] * 3, "partner": ["CHN", "RUS", "ITA"],
    ...     "year": [2023] * 3, "flow": ["exports"] * 3, "product": [None] * 3,
    ...     "value": [20.0, 15.0, 10.0], "unit": ["percent"] * 3, "reported_by": ["state"] * 3,
    ...     "source": ["x@1"] * 3, "locator": ["row"] * 3})
    >>> pole_shares(flows, poles=("CHN", "USA")).select("partner", "value", "low", "high").rows()
    [('CHN', 0.2, 0.2, 0.2), ('USA', None, 0.0, 0.1)]
    """
    if not poles:
        raise BadValue("no pole is given; expected at least one state or organisation; name some")
    shares = partner_shares(flows, flow=flow, **which)
    lists = _lists(flows, flow, **which).join(
        shares.group_by("state", "year").agg(
            listed=pl.col("value").sum(), least=pl.col("value").filter(pl.col("value") > 0).min()
        ),
        on=["state", "year"],
    )
    seats = _composition(poles, memberships, lists["year"].unique().sort().to_list())
    return PARTNER_YEARS.conform(
        _pole_sums(shares, lists.filter(pl.col("listed") > 0), seats)
        .with_columns(flow=pl.lit(flow))
        .sort("state", "partner", "year")
    )


def _figures(rows: pl.DataFrame, indicator: str, gap: int) -> pl.DataFrame:
    """Return family, state, year, value of an indicator; one figure a source, state and year."""
    rows = rows.with_columns(family=pl.col("source").str.split("@").list.first())

    def of(name: str) -> pl.DataFrame:
        return (
            rows.filter(pl.col("indicator") == name)
            .sort("source")
            .unique(_KEY, keep="last", maintain_order=True)
            .select(*_KEY, "value")
        )

    if indicator == _MILITARY and _MILITARY not in rows["indicator"]:
        spent = of(_MILITARY_SHARE).sort("year")
        gdp = of("gdp").sort("year").with_columns(of_gdp="year").rename({"value": "gdp"})
        figures = spent.join_asof(gdp, on="year", by=["family", "state"], check_sortedness=False)
        figures = figures.filter(pl.col("year") - pl.col("of_gdp") <= gap)
        return figures.select(*_KEY, value=pl.col("value") / 100 * pl.col("gdp"))
    if rows.height and indicator not in rows["indicator"]:
        known = rows["indicator"].unique().sort().to_list()
        raise MissingData(
            f"there is no indicator {indicator!r} in these years; expected {_MILITARY} or one of "
            f"{choices(known, 40)}; correct the name or the years, or add a data set that has it"
        )
    return of(indicator)


def _held(figures: pl.DataFrame, gap: int) -> pl.DataFrame:
    """Return for every year of a family the newest figure of each state within the gap."""
    years = figures.select("family", "year").unique(maintain_order=True)
    states = figures.select("family", "state").unique(maintain_order=True)
    grid = years.join(states, on="family", maintain_order="left_right").sort(
        "year", maintain_order=True
    )
    held = grid.join_asof(
        figures.with_columns(of="year").sort("year"),
        on="year",
        by=["family", "state"],
        check_sortedness=False,
    )
    return held.filter(pl.col("year") - pl.col("of") <= gap)


def _sums(
    held: pl.DataFrame, memberships: pl.DataFrame | None, poles: tuple[str, ...], state: str | None
) -> pl.DataFrame:
    """Return one row a family, year and pole; an organisation's is complete or absent."""
    columns = ["family", "state", "year", "value", "of"]
    parts = [held.filter(pl.col("state").is_in(poles)).select(*columns, n=pl.lit(1))]
    states = set(held["state"])
    years = held["year"].unique().to_list()
    for pole in poles:
        if pole in states or memberships is None:
            continue
        seats = [
            (year, member, len(members))
            for year, own in _members(memberships, pole, years).items()
            for members in [[member for member in own if member != state]]
            for member in members
        ]
        schema = {"year": pl.Int64, "state": pl.String, "size": pl.Int64}
        rows = held.join(
            pl.DataFrame(seats, schema=schema, orient="row"),
            on=["year", "state"],
            maintain_order="left",
        )
        total = rows.group_by("family", "year", maintain_order=True).agg(
            pl.lit(pole).alias("state"),
            pl.col("value").sum(),
            pl.col("of").min(),
            pl.len().cast(pl.Int32).alias("n"),
            pl.col("size").first(),
        )
        parts.append(total.filter(pl.col("n") == pl.col("size")).select(*columns, "n"))
    return pl.concat(parts)


def _members(memberships: pl.DataFrame | None, pole: str, years: list[int]) -> dict[int, list[str]]:
    """Return the full members of a pole in each year; none for a pole that is no organisation."""
    if memberships is None or not (memberships["organisation"] == pole).any():
        return {year: [] for year in years}
    return members_by_year(memberships, pole, years)


def _lists(flows: pl.DataFrame, flow: str, **which: Unpack[ReportOption]) -> pl.DataFrame:
    """Return state, year, and whether the flows are a list of main partners only."""
    kinds = ["exports", "imports"] if flow == "both" else [flow]
    pairs = pair_flows(flows.filter(pl.col("flow").is_in(kinds)), **which)
    return pairs.group_by("state", "year").agg(partial=(pl.col("unit") == "percent").any())


def _composition(
    poles: tuple[str, ...], memberships: pl.DataFrame | None, years: list[int]
) -> pl.DataFrame:
    """Return the states each pole stands for in each year: pole, year, member."""
    rows = [
        (pole, year, member)
        for pole in dict.fromkeys(poles)
        for year, members in _members(memberships, pole, years).items()
        for member in members or [pole]
    ]
    schema = {"pole": pl.String, "year": pl.Int64, "member": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _pole_sums(shares: pl.DataFrame, lists: pl.DataFrame, seats: pl.DataFrame) -> pl.DataFrame:
    """Return the share of each pole in each state's flows, with its bounds."""
    summed = (
        shares.join(seats, left_on=["partner", "year"], right_on=["member", "year"])
        .group_by("state", "year", "pole")
        .agg(value=pl.col("value").sum(), n=pl.col("value").count().cast(pl.Int64))
    )
    own = seats.select("pole", "year", state="member", own=1)
    sizes = seats.group_by("pole", "year").agg(size=pl.len().cast(pl.Int64))
    grid = (
        lists.join(sizes, on="year")
        .filter(pl.col("state") != pl.col("pole"))
        .join(summed, on=["state", "year", "pole"], how="left")
        .join(own, on=["state", "year", "pole"], how="left")
        .with_columns(pl.col("value").fill_null(0.0), pl.col("n", "own").fill_null(0))
    )
    rest = (1 - pl.col("listed")).clip(lower_bound=0.0)
    unlisted = pl.col("size") - pl.col("n") - pl.col("own")
    extra = pl.min_horizontal(rest, unlisted * pl.col("least"))
    known = pl.when(~pl.col("partial") | (pl.col("n") > 0)).then("value")
    return grid.select(
        "state",
        "year",
        "n",
        partner="pole",
        value=known,
        low=pl.when("partial").then("value"),
        high=pl.when("partial").then(pl.col("value") + extra),
    )


def _require_gap(gap: int) -> None:
    if gap < 0:
        raise BadValue(f"the gap is {gap} years; expected 0 or more; correct the option gap")
