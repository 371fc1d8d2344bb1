r"""How much states need one another's trade, and who needs whom more.

Choosing: `dependence` relates trade to the economy (Oneal and Russett), `interdependence` relates
it to the two states' trade (Barbieri); they answer different questions, and are linked by openness:
:math:`T_{ij} / Y_i = (T_{ij} / T_i)(T_i / Y_i)` (Gartzke and Li). `asymmetry` says who needs whom
more. `trade_intensity` and `breadth` compare with what the partner's weight in the world would
make one expect.

World totals are those of the states in the table: measures that need them want all states of a
release, not an extract.
"""

from __future__ import annotations

from typing import Literal, Unpack

import polars as pl

from multivector.cache import once
from multivector.errors import BadValue, SchemaError, choices
from multivector.measures._options import require, with_options
from multivector.measures.partners import (
    Direction,
    Report,
    ReportOption,
    pair_flows,
    partner_shares,
    trade,
)
from multivector.tables import (
    DYAD_YEARS,
    INDICATORS,
    PARTNER_YEARS,
    STATE_YEAR_FLOWS,
    DyadYears,
    Flows,
    Indicators,
    OwnFlows,
    PartnerYears,
    StateYearFlows,
)

__all__ = [
    "asymmetry",
    "breadth",
    "dependence",
    "interdependence",
    "trade_intensity",
]


@with_options
def dependence(
    flows: OwnFlows,
    indicators: Indicators,
    *,
    flow: Direction = "both",
    **which: Unpack[ReportOption],
) -> PartnerYears:
    r"""Trade with a partner in relation to the state's economy.

    .. math:: D_{ij} = T_{ij} / Y_i

    with :math:`T` exports plus imports (or one of them) and :math:`Y` gross domestic product, both
    in current US dollars.

    Parameters
    ----------
    flows : Flows
        Flows of one release, in US dollars.
    indicators : Indicators
        Holds ``gdp``; of several releases the one first by name counts.
    flow : {"both", "exports", "imports"}
        Direction.

    Returns
    -------
    PartnerYears
        ``value`` ≥ 0, a ratio to GDP (not a percentage; above 1 for entrepôts). Null where the
        flow is missing or GDP is not known. ``n`` is the number of figures it rests on: one or two
        flows and the GDP.

    Raises
    ------
    SchemaError
        If a state's year and direction holds several sources or units, or a unit is not the
        current dollar.

    References
    ----------
    Oneal, J. R. and Russett, B. M. (1997). The classical liberals were right. International
    Studies Quarterly 41(2).
    Gartzke, E. and Li, Q. (2003). Measure for measure: concept operationalization and the trade
    interdependence-conflict debate. Journal of Peace Research 40(5).

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ"], "partner": ["CHN"], "year": [2019],
    ...     "flow": ["exports"], "product": [None], "value": [9.0], "unit": ["USD"],
    ...     "reported_by": ["state"], "source": ["x@1"], "locator": ["row"]})
    >>> gdp = pl.DataFrame({"state": ["KAZ"], "indicator": ["gdp"], "year": [2019],
    ...     "value": [180.0], "unit": ["USD"], "source": ["y@1"], "locator": ["row"]})
    >>> dependence(flows, gdp, flow="exports")["value"].item()
    0.05
    """
    require("flow", flow, ("both", "exports", "imports"))
    _require_dollars(flows)
    table = trade(flows, **which)
    column = "total" if flow == "both" else flow
    figures = pl.sum_horizontal(
        pl.col(c).is_not_null() for c in (("exports", "imports") if flow == "both" else (flow,))
    )
    joined = table.join(gross_product(indicators), on=["state", "year"], how="left")
    return PARTNER_YEARS.conform(
        joined.select(
            "state",
            "partner",
            "year",
            flow=pl.lit(flow),
            value=pl.when(pl.col("gdp") > 0).then(pl.col(column) / pl.col("gdp")),
            n=figures + pl.col("gdp").is_not_null(),
        ).sort("state", "year", "partner")
    )


@with_options
def interdependence(
    flows: Flows,
    *,
    part: Literal["interdependence", "salience", "symmetry"] = "interdependence",
    **which: Unpack[ReportOption],
) -> DyadYears:
    r"""Barbieri's interdependence of a pair: salience times symmetry of the trade shares.

    .. math::
        \text{salience} = \sqrt{s_{ij} s_{ji}}, \quad
        \text{symmetry} = 1 - |s_{ij} - s_{ji}|, \quad
        \text{interdependence} = \text{salience} \cdot \text{symmetry}

    with :math:`s_{ij} = T_{ij}/T_i` the partner's share in a state's exports and imports together.

    Parameters
    ----------
    part : {"interdependence", "salience", "symmetry"}
        The product or one of its factors.

    Returns
    -------
    DyadYears
        ``value`` in [0, 1]. Null unless both states' shares are known. ``n`` is the number of
        shares known, 1 or 2.

    References
    ----------
    Barbieri, K. (1996). Economic interdependence: a path to peace or a source of interstate
    conflict? Journal of Peace Research 33(1).

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ", "KAZ", "RUS", "RUS"],
    ...     "partner": ["RUS", "CHN", "KAZ", "CHN"], "year": [2019] * 4,
    ...     "flow": ["exports"] * 4, "product": [None] * 4, "value": [20.0, 80.0, 5.0, 95.0],
    ...     "unit": ["USD"] * 4, "reported_by": ["state"] * 4, "source": ["x@1"] * 4,
    ...     "locator": ["row"] * 4})
    >>> imports = flows.with_columns(flow=pl.lit("imports"))
    >>> found = interdependence(pl.concat([flows, imports]))
    >>> round(found.filter(state_a="KAZ", state_b="RUS")["value"].item(), 6)
    0.085
    """
    require("part", part, ("interdependence", "salience", "symmetry"))
    shares = partner_shares(flows, flow="both", **which)
    pairs = _pairs(shares.select("state", "partner", "year", "value"))
    a, b = pl.col("value_a"), pl.col("value_b")
    salience, symmetry = (a * b).sqrt(), 1 - (a - b).abs()
    value = {"salience": salience, "symmetry": symmetry}.get(part, salience * symmetry)
    return DYAD_YEARS.conform(
        pairs.select(
            "state_a",
            "state_b",
            "year",
            value=value,
            n=pl.sum_horizontal(a.is_not_null(), b.is_not_null()),
        ).sort("state_a", "state_b", "year")
    )


@with_options
def asymmetry(
    flows: Flows,
    *,
    basis: Literal["trade", "exports"] = "trade",
    measure: Literal["log_ratio", "difference"] = "log_ratio",
    **which: Unpack[ReportOption],
) -> PartnerYears:
    r"""Who of two partners depends more on the other: relative dependence.

    .. math:: A_{ij} = \ln (s_{ij} / s_{ji}) \quad \text{or} \quad s_{ij} - s_{ji}

    so that :math:`A_{ij} = -A_{ji}`, and positive means that the state leans on the partner more
    than the partner on it. With ``basis="trade"`` s are shares in all trade; with ``"exports"``
    the two ends of one flow are compared, as Hirschman did: the partner's share in the state's
    exports, :math:`X_{ij}/X_i`, with the state's share in the partner's imports,
    :math:`M_{ji}/M_j` (not antisymmetric: the reverse flow is another).

    Parameters
    ----------
    basis : {"trade", "exports"}
        Shares in all trade, or the two ends of the flow from state to partner.
    measure : {"log_ratio", "difference"}
        Logarithm of the ratio, or the difference.

    Returns
    -------
    PartnerYears
        ``value`` any number for "log_ratio" (0 is parity, ln 2 is twice as dependent), in [-1, 1]
        for "difference". Null where a share is missing, or 0 under "log_ratio". ``n`` is the
        number of shares known.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign Trade.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ", "KAZ", "RUS", "RUS"],
    ...     "partner": ["RUS", "CHN", "KAZ", "CHN"], "year": [2019] * 4,
    ...     "flow": ["exports"] * 4, "product": [None] * 4, "value": [20.0, 80.0, 5.0, 95.0],
    ...     "unit": ["USD"] * 4, "reported_by": ["state"] * 4, "source": ["x@1"] * 4,
    ...     "locator": ["row"] * 4})
    >>> imports = flows.with_columns(flow=pl.lit("imports"))
    >>> found = asymmetry(pl.concat([flows, imports]), measure="difference")
    >>> round(found.filter(state="KAZ", partner="RUS")["value"].item(), 6)
    0.15
    """
    if basis not in ("trade", "exports") or measure not in ("log_ratio", "difference"):
        raise BadValue(
            f"basis={basis!r} with measure={measure!r} is not known; expected basis trade or "
            "exports and measure log_ratio or difference; choose from these"
        )
    own, other = ("both", "both") if basis == "trade" else ("exports", "imports")
    key = ["state", "partner", "year"]
    shares = partner_shares(flows, flow=own, **which)  # type: ignore[arg-type]
    mine = shares.select(*key, own="value")
    if other != own:
        shares = partner_shares(flows, flow=other, **which)  # type: ignore[arg-type]
    theirs = shares.select(state="partner", partner="state", year="year", other="value")
    a, b = pl.col("own"), pl.col("other")
    value = a - b if measure == "difference" else pl.when((a > 0) & (b > 0)).then((a / b).log())
    joined = mine.join(theirs, on=key, how="left")
    return PARTNER_YEARS.conform(
        joined.select(
            *key,
            flow=pl.lit("both" if basis == "trade" else "exports"),
            value=value,
            n=pl.sum_horizontal(a.is_not_null(), b.is_not_null()),
        ).sort("state", "year", "partner")
    )


@with_options
def trade_intensity(
    flows: Flows,
    *,
    measure: Literal["kojima", "preference"] = "kojima",
    **which: Unpack[ReportOption],
) -> PartnerYears:
    r"""Intensity of exports to a partner, given the partner's weight in the world's imports.

    .. math::
        TI_{ij} = \frac{X_{ij} / X_i}{M_j / (M_w - M_i)}, \qquad
        RTP_{ij} = \frac{HI - HE}{HI + HE}, \quad
        HI = \frac{s_{ij}}{v_{ij}}, \quad HE = \frac{1 - s_{ij}}{1 - v_{ij}}

    with :math:`s_{ij} = X_{ij}/X_i` and :math:`v_{ij}` the share of j in the exports of all other
    states to anyone but i.

    Parameters
    ----------
    flows : Flows
        Flows of one release, of all states, in one currency.
    measure : {"kojima", "preference"}
        The intensity index, or revealed trade preference.

    Returns
    -------
    PartnerYears
        ``value`` ≥ 0, 1 is neutral ("kojima"); or in [-1, 1], 0 is neutral ("preference"). Null
        where the state's exports or the partner's imports are missing or 0. ``n`` is the number of
        states that trade in the year.

    References
    ----------
    Brown, A. J. (1949). Applied Economics.
    Kojima, K. (1964). The pattern of international trade among advanced countries. Hitotsubashi
    Journal of Economics 5(1).
    Iapadre, L. and Tironi, F. (2009). Measuring trade regionalisation: the case of Asia.
    UNU-CRIS Working Papers.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["A", "A", "B", "C"], "partner": ["B", "C", "A", "A"],
    ...     "year": [2019] * 4, "flow": ["exports"] * 4, "product": [None] * 4,
    ...     "value": [1.0, 1.0, 1.0, 1.0], "unit": ["USD"] * 4, "reported_by": ["state"] * 4,
    ...     "source": ["x@1"] * 4, "locator": ["row"] * 4})
    >>> found = trade_intensity(flows)
    >>> found.filter(state="A", partner="B")["value"].item()
    1.0
    """
    require("measure", measure, ("kojima", "preference"))
    world = _margins(directed(flows, **which))
    share = pl.col("value") / pl.col("sent")
    expected = pl.col("received") / (pl.col("world") - pl.col("taken"))
    others = (pl.col("received") - pl.col("value")) / pl.col("rest")
    inside, outside = share / others, (1 - share) / (1 - others)
    traded = pl.col("sent") > 0
    kojima = pl.when(traded & (pl.col("received") > 0)).then(share / expected)
    preference = pl.when(traded & (others > 0) & (others < 1)).then(
        (inside - outside) / (inside + outside)
    )
    return PARTNER_YEARS.conform(
        world.select(
            "state",
            "partner",
            "year",
            flow=pl.lit("exports"),
            value=kojima if measure == "kojima" else preference,
            n=pl.col("states"),
        ).sort("state", "year", "partner")
    )


@with_options
def breadth(
    flows: Flows,
    *,
    flow: Literal["exports", "imports"] = "exports",
    **which: Unpack[ReportOption],
) -> StateYearFlows:
    r"""How closely a state's trade follows the partners' weight in the rest of the world's trade.

    .. math:: B_i = 1 - \tfrac12 \sum_j |x_{ij} - m_j^{(-i)}|

    with :math:`x_{ij}` the partner's share in the state's exports and :math:`m_j^{(-i)}` its share
    in the exports of all other states to anyone but i (for imports, the other way round).

    Parameters
    ----------
    flows : Flows
        Flows of one release, of all states, in one currency.
    flow : {"exports", "imports"}
        Direction.

    Returns
    -------
    StateYearFlows
        ``value`` in [0, 1]: 1, the same pattern as the world's; 0, only partners with whom nobody
        else trades. Null without trade of the state or of others. ``n`` is the number of partners
        compared.

    References
    ----------
    Altman, S. A. and Bastian, C. R. (2021). DHL Global Connectedness Index 2021 Update.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["A", "A", "B", "C"], "partner": ["B", "C", "C", "B"],
    ...     "year": [2019] * 4, "flow": ["exports"] * 4, "product": [None] * 4,
    ...     "value": [1.0, 1.0, 3.0, 1.0], "unit": ["USD"] * 4, "reported_by": ["state"] * 4,
    ...     "source": ["x@1"] * 4, "locator": ["row"] * 4})
    >>> breadth(flows).filter(state="A")["value"].item()
    0.75
    """
    require("flow", flow, ("exports", "imports"))
    table = directed(flows, **which)
    if flow == "imports":
        table = table.rename({"state": "partner", "partner": "state"})
    world = _margins(table).with_columns(
        share=pl.col("value") / pl.col("sent"),
        others=(pl.col("received") - pl.col("value")) / pl.col("rest"),
    )
    elsewhere = 1 - pl.col("others").sum()
    gap = (pl.col("share") - pl.col("others")).abs().sum() + elsewhere
    known = (pl.col("sent").first() > 0) & (pl.col("rest").first() > 0)
    return STATE_YEAR_FLOWS.conform(
        world.group_by("state", "year")
        .agg(value=pl.when(known).then((1 - gap / 2).clip(0, 1)), n=pl.len())
        .with_columns(flow=pl.lit(flow))
        .sort("state", "year")
    )


def gross_product(indicators: Indicators) -> pl.DataFrame:
    """Return ``state``, ``year``, ``gdp`` in US dollars; of several releases the last by name."""
    rows = INDICATORS.conform(indicators).filter(
        (pl.col("indicator") == "gdp") & pl.col("unit").is_in(["USD", "US dollar", "US dollars"])
    )
    return (
        rows.sort("source")
        .unique(["state", "year"], keep="last", maintain_order=True)
        .select("state", "year", gdp="value")
    )


def directed(flows: Flows, *, report: Report = "best") -> pl.DataFrame:
    """Return what each state sent each other one: ``state``, ``partner``, ``year``, ``value``.

    Exports as given, and where a pair has none, the partner's imports. Missing flows are left out,
    and so are percentages and what a state sends itself.
    """
    return once(flows, ("directed", report), lambda: _directed(flows, report))


def _directed(flows: Flows, report: Report) -> pl.DataFrame:
    key = ["state", "partner", "year"]
    pairs = pair_flows(flows, report=report, kinds=("exports", "imports")).filter(
        (pl.col("unit") != "percent") & (pl.col("state") != pl.col("partner"))
    )
    exports = pairs.filter(pl.col("flow") == "exports").select(*key, "value")
    mirror = pairs.filter(pl.col("flow") == "imports").select(
        state="partner", partner="state", year="year", value="value"
    )
    both = pl.concat([exports, mirror.join(exports, on=key, how="anti")])
    return both.filter(pl.col("value").is_not_null())


def _require_dollars(flows: Flows) -> None:
    units = flows.filter(pl.col("flow").is_in(["exports", "imports"]))["unit"].unique()
    strange = sorted(set(units.to_list()) - {"USD", "percent"})
    if strange:
        raise SchemaError(
            f"trade comes in {choices(strange)}; expected USD at current prices, as the product "
            "is; use a release in current dollars"
        )


def _margins(sent: pl.DataFrame) -> pl.DataFrame:
    """Return each flow with the sums around it.

    ``sent`` and ``taken`` are the state's own totals, ``received`` the partner's, ``world`` all,
    ``rest`` what flows among others than the state, ``states`` how many trade.
    """
    year, value = ["year"], pl.col("value")
    taken = sent.group_by("partner", "year").agg(taken=value.sum())
    names = pl.concat([sent.select("state", "year"), sent.select(state="partner", year="year")])
    states = names.unique().group_by("year").agg(states=pl.len())
    return (
        sent.with_columns(
            sent=value.sum().over("state", "year"),
            received=value.sum().over("partner", "year"),
            world=value.sum().over("year"),
        )
        .join(taken.rename({"partner": "state"}), on=["state", "year"], how="left")
        .join(states, on=year, how="left")
        .with_columns(pl.col("taken").fill_null(0.0))
        .with_columns(rest=pl.col("world") - pl.col("sent") - pl.col("taken"))
    )


def _pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """Return ``value_a`` and ``value_b`` of both directions of each pair, state_a < state_b."""
    first, second = pl.col("state"), pl.col("partner")
    up = rows.filter(first < second).select(
        state_a="state", state_b="partner", year="year", value_a="value"
    )
    down = rows.filter(first > second).select(
        state_a="partner", state_b="state", year="year", value_b="value"
    )
    return up.join(down, on=["state_a", "state_b", "year"], how="full", coalesce=True)
