r"""How a state's flows are spread over its partners: shares, concentration, effective partners.

Everything here stands on one kernel: the shares :math:`s_{ij}` of a state's total that go to (or
come from) each partner. Use `effective_partners` of order 2 for a number that reads like a count,
`concentration` to compare with the literature, `dominance` for the one partner that matters most.

Three rules hold throughout. A flow that is missing (null) is not zero: it enters no total, and its
share is null. Reports are never mixed inside a state, year and direction: ``report="best"`` takes
the reconciled figures if there are any, else the state's own, else the partners'; of several
releases of a source the last one counts. And rows in
percent, such as the World Factbook's lists of main partners, are shares of the printed total
already: they are divided by 100, not rescaled to 1, and what the list leaves out widens the
interval ``low`` to ``high`` instead.

Bounds for incomplete lists. Let :math:`s_1 \ge \dots \ge s_n` be listed, :math:`m = s_n` and
:math:`R = \max(0, 1 - \sum s)` the rest. The list names the largest partners, so no partner in the
rest exceeds :math:`m`. A convex sum such as :math:`\sum s^q`, :math:`q > 1`, is least when the
rest is spread over countless tiny partners (contribution 0) and greatest when it consists of
partners as large as allowed: :math:`k = \lfloor R / m \rfloor` of size :math:`m` and one of
:math:`R - k m`. Rounding of the printed percentages is not part of the interval.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, Unpack

import polars as pl

from multivector.errors import BadValue, SchemaError, choices
from multivector.measures._options import Default, require, with_options
from multivector.tables import (
    FLOWS,
    FLOWS_TABLE,
    PARTNER_YEARS,
    STATE_YEAR_FLOWS,
    Flows,
    OwnFlows,
    PartnerYears,
    StateYearFlows,
)

__all__ = ["concentration", "dominance", "effective_partners", "partner_shares", "trade_values"]

Direction = Literal["exports", "imports", "both"]
Report = Literal["best", "reconciled", "state", "partner"]


class ReportOption(TypedDict, total=False):
    """Whose report of a flow is taken.

    Parameters
    ----------
    flows : Flows
        Flows of one release.
    report : {"best", "reconciled", "state", "partner"}
        Whose report, as in `partner_shares`.

    Raises
    ------
    BadValue
        If an option is not known, or a flow is negative.
    SchemaError
        If a state's year and direction holds several sources or units.
    """

    report: Annotated[Report, Default("best")]


_GROUP = ["state", "year", "flow"]
_TRADE = ("exports", "imports")
REPORTS = {"reconciled": 0, "state": 1, "partner": 2}


@with_options
def partner_shares(
    flows: OwnFlows,
    *,
    flow: Direction = "both",
    **which: Unpack[ReportOption],
) -> PartnerYears:
    r"""Share of each partner in a state's exports, imports or both.

    .. math:: s_{ij} = T_{ij} / T_i, \qquad T_i = \sum_j T_{ij}

    where :math:`T` is the flow asked for; with ``flow="both"`` exports plus imports. Rows in
    percent (shares of a printed total, such as the World Factbook's) give ``percent / 100`` and
    are not rescaled, so that they may sum to less than 1.

    Parameters
    ----------
    flows : Flows
        Flows of one release; products are added up unless the total is given.
    flow : {"both", "exports", "imports"}
        Direction; any other kind in the table, such as ``"arms_imports"``, is accepted too.
    report : {"best", "reconciled", "state", "partner"}
        Whose report: best is the reconciled figures, else the state's own, else the partners'.

    Returns
    -------
    PartnerYears
        ``value`` in [0, 1], a share; null where the flow to that partner is missing, the total is
        0, or both directions are asked of percentages. ``n`` is the number of the state's
        partners with a positive flow (in percent lists: of partners listed).

    Raises
    ------
    BadValue
        If the direction or report is not known, or a flow is negative.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign Trade.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ"] * 2, "partner": ["CHN", "RUS"], "year": [2019] * 2,
    ...     "flow": ["exports"] * 2, "product": [None] * 2, "value": [30.0, 10.0],
    ...     "unit": ["USD"] * 2, "reported_by": ["state"] * 2, "source": ["x@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> partner_shares(flows, flow="exports")["value"].to_list()
    [0.75, 0.25]
    """
    shares = _shares(flows, flow, **which)
    return PARTNER_YEARS.conform(
        shares.select(*_GROUP, "partner", value="share", n=_listed().over(_GROUP)).sort(
            "state", "year", "partner"
        )
    )


@with_options
def trade_values(
    flows: OwnFlows,
    *,
    flow: Literal["exports", "imports"] = "exports",
    **which: Unpack[ReportOption],
) -> PartnerYears:
    r"""How much a state sells to each partner, or buys from it, as one side reports it.

    .. math:: T_{ij} = \sum_k T_{ijk}

    over products, unless the total is given. The same flow stands twice where both sides report:
    as exports of one and as imports of the other. The two seldom agree, for freight is counted on
    arrival, and transit and origin are counted differently.

    Parameters
    ----------
    flow : {"exports", "imports"}
        Direction.

    Returns
    -------
    PartnerYears
        ``value`` ≥ 0, an amount of money in the unit of the release; null where the flow is
        missing. Rows in percent are left out. ``n`` is the number of the state's partners in the
        year.

    References
    ----------
    Gaulier, G. and Zignago, S. (2010). BACI: international trade database at the product level.
    CEPII Working Paper 2010-23.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ"] * 2, "partner": ["CHN"] * 2, "year": [2019] * 2,
    ...     "flow": ["exports"] * 2, "product": ["27", "74"], "value": [30.0, 10.0],
    ...     "unit": ["USD"] * 2, "reported_by": ["state"] * 2, "source": ["x@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> trade_values(flows)["value"].item()
    40.0
    """
    require("flow", flow, _TRADE)
    pairs = pair_flows(flows, kinds=(flow,), **which).filter(pl.col("unit") != "percent")
    n = pl.col("partner").count().over(_GROUP)
    rows = pairs.select(*_GROUP, "partner", "value", n=n)
    return PARTNER_YEARS.conform(rows.sort("state", "year", "partner"))


@with_options
def concentration(
    flows: OwnFlows,
    *,
    flow: Direction = "both",
    measure: Literal["hhi", "normalised", "hirschman"] = "hhi",
    **which: Unpack[ReportOption],
) -> StateYearFlows:
    r"""Concentration of a state's flows on few partners: the Herfindahl–Hirschman index.

    .. math:: H = \sum_j s_{ij}^2, \qquad H^* = \frac{H - 1/n}{1 - 1/n}, \qquad C = 100 \sqrt{H}

    Parameters
    ----------
    flow : {"both", "exports", "imports"}
        Direction; any other kind in the table is accepted too.
    measure : {"hhi", "normalised", "hirschman"}
        H, its version that is 0 for n equal partners, or Hirschman's original 100√H.

    Returns
    -------
    StateYearFlows
        ``value`` in (0, 1], or (0, 100] for "hirschman". For lists of main partners only, the
        value is that of the partners listed, which is the lower bound; ``low`` and ``high``
        bound the unknown rest as the module describes. Null without a positive total, and
        "normalised" also with one partner or an incomplete list. ``n`` is the number of partners.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign Trade.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ"] * 2, "partner": ["CHN", "RUS"], "year": [2019] * 2,
    ...     "flow": ["exports"] * 2, "product": [None] * 2, "value": [30.0, 10.0],
    ...     "unit": ["USD"] * 2, "reported_by": ["state"] * 2, "source": ["x@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> concentration(flows, flow="exports")["value"].item()
    0.625
    """
    require("measure", measure, ("hhi", "normalised", "hirschman"))
    sums = _power_sums(_shares(flows, flow, **which), 2.0)
    low, high = (_index(pl.col(name), measure) for name in ("thin", "thick"))
    return _summary(sums, value=low, low=low, high=high)


@with_options
def effective_partners(
    flows: OwnFlows,
    *,
    flow: Direction = "both",
    order: float = 2.0,
    **which: Unpack[ReportOption],
) -> StateYearFlows:
    r"""Effective number of partners: the Hill number of the shares.

    .. math:: {}^qN = \Bigl(\sum_j s_{ij}^q\Bigr)^{1/(1-q)}

    with the limits :math:`\exp(-\sum s \ln s)` for q = 1 and :math:`1 / \max s` for q = ∞. Order 0
    counts partners, order 2 is 1/HHI; the larger the order, the less small partners matter.

    Parameters
    ----------
    flow : {"both", "exports", "imports"}
        Direction; any other kind in the table is accepted too.
    order : float
        The order q ≥ 0: 0, 1, 2 and ``inf`` are the usual ones.

    Returns
    -------
    StateYearFlows
        ``value`` ≥ 1, a number of partners. For lists of main partners only, orders above 1 give
        the number of the partners listed, which is the upper bound, with ``low`` and ``high``;
        orders up to 1 give null, for the rest may hold any number of partners, with ``low``
        alone. Null without a positive total. ``n`` is the number of partners.

    Raises
    ------
    BadValue
        If the order is negative, an option is not known, or a flow is negative.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences. Ecology
    54(2).

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ"] * 2, "partner": ["CHN", "RUS"], "year": [2019] * 2,
    ...     "flow": ["exports"] * 2, "product": [None] * 2, "value": [30.0, 10.0],
    ...     "unit": ["USD"] * 2, "reported_by": ["state"] * 2, "source": ["x@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> effective_partners(flows, flow="exports")["value"].item()
    1.6
    """
    if not order >= 0:
        raise BadValue(
            f"the order {order!r} of a Hill number is negative; expected 0, 1, 2, inf or another "
            "number from 0; choose one of these"
        )
    sums = _power_sums(_shares(flows, flow, **which), order)
    if order == float("inf"):
        many = few = 1 / pl.col("thin")
    elif order == 1:
        many, few = pl.col("thin").exp(), pl.col("thick").exp()
    else:
        many, few = (pl.col(name) ** (1 / (1 - order)) for name in ("thin", "thick"))
    unbounded = pl.col("partial") & (order <= 1)
    known = pl.when(~unbounded).then(many)
    return _summary(sums, value=known, low=few, high=known)


@with_options
def dominance(
    flows: OwnFlows,
    *,
    flow: Direction = "both",
    **which: Unpack[ReportOption],
) -> StateYearFlows:
    r"""Share of a state's largest partner, the Berger–Parker index.

    .. math:: d_i = \max_j s_{ij}

    Parameters
    ----------
    flow : {"both", "exports", "imports"}
        Direction; any other kind in the table is accepted too.

    Returns
    -------
    StateYearFlows
        ``value`` in (0, 1], a share; exact for lists of main partners too, which name the largest.
        Null without a positive total. ``n`` is the number of partners.

    References
    ----------
    Berger, W. H. and Parker, F. L. (1970). Diversity of planktonic Foraminifera in deep-sea
    sediments. Science 168.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["KAZ"] * 2, "partner": ["CHN", "RUS"], "year": [2019] * 2,
    ...     "flow": ["exports"] * 2, "product": [None] * 2, "value": [30.0, 10.0],
    ...     "unit": ["USD"] * 2, "reported_by": ["state"] * 2, "source": ["x@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> dominance(flows, flow="exports")["value"].item()
    0.75
    """
    sums = _power_sums(_shares(flows, flow, **which), float("inf"))
    largest = pl.col("thin")
    return _summary(sums, value=largest, low=largest, high=largest)


def pair_flows(
    flows: Flows, *, report: Report = "best", kinds: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Return one row a state, partner, year and kind of flow: products added, one report kept.

    ``kinds`` are the kinds of flow wanted, all by default. Columns: ``state``, ``partner``,
    ``year``, ``flow``, ``value`` (null where missing), ``unit``.

    Raises
    ------
    BadValue
        If the report is not known or a flow is negative.
    SchemaError
        If a state's year and direction holds several sources or units.
    """
    frame = one_report(flows, report=report, kinds=kinds)
    value = pl.col("value")
    if frame["product"].null_count() == frame.height:
        return frame.select(*_GROUP, "partner", "value", "unit")
    pair = [*_GROUP, "partner"]
    total = pl.col("product").is_null()
    return (
        frame.filter(total | ~total.any().over(pair))
        .group_by(pair)
        .agg(
            value=pl.when(value.count() > 0).then(value.sum()),
            unit=pl.col("unit").first(),
        )
    )


def one_report(
    flows: Flows, *, report: Report = "best", kinds: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Return the flows with one report and one release in each state, year and direction.

    ``kinds`` are the kinds of flow wanted, all by default. What a state sells at home is left out,
    and so is the locator.

    Raises
    ------
    BadValue
        If the report is not known or a flow is negative.
    SchemaError
        If a state's year and direction holds several sources or units.
    """
    require("report", report, ("best", *REPORTS))
    narrow = FLOWS_TABLE.conform(flows).lazy().drop("locator")
    narrow = narrow.filter(pl.col("state") != pl.col("partner"))
    if kinds:
        narrow = narrow.filter(pl.col("flow").is_in(kinds))
    frame = narrow.collect()
    _refuse_negative(frame)
    return _one_release(_chosen_report(frame, report))


def trade(flows: Flows, *, report: Report = "best") -> pl.DataFrame:
    """Return exports, imports and their sum of each state, partner and year, side by side.

    Columns: ``state``, ``partner``, ``year``, ``exports``, ``imports``, ``total``. A direction
    without a row is no trade (0) where the state reports that direction at all, else missing
    (null); ``total`` is null when a direction is. Rows in percent are left out.
    """
    pairs = pair_flows(flows, report=report, kinds=_TRADE).filter(pl.col("unit") != "percent")
    key = ["state", "partner", "year"]
    sides = {
        flow: pairs.filter(pl.col("flow") == flow).select(*key, pl.col("value").alias(flow))
        for flow in ("exports", "imports")
    }
    joined = sides["exports"].join(sides["imports"], on=key, how="full", coalesce=True)
    reports = {
        flow: frame.select("state", "year", pl.lit(True).alias(f"has_{flow}")).unique()
        for flow, frame in sides.items()
    }
    known = {
        flow: frame.select(*key, pl.lit(True).alias(f"row_{flow}")) for flow, frame in sides.items()
    }
    for flow in sides:
        joined = joined.join(reports[flow], on=["state", "year"], how="left")
        joined = joined.join(known[flow], on=key, how="left").with_columns(
            pl.when(pl.col(f"row_{flow}").is_null() & pl.col(f"has_{flow}"))
            .then(0.0)
            .otherwise(pl.col(flow))
            .alias(flow)
        )
    return joined.select(*key, "exports", "imports", total=pl.col("exports") + pl.col("imports"))


def _shares(flows: Flows, flow: str, *, report: Report = "best") -> pl.DataFrame:
    """Return state, year, flow, partner, share, partial; partial: the list is not complete."""
    require("flow", flow, ("both", *FLOWS))
    kinds = _TRADE if flow == "both" else (flow,)
    pairs = _coded(pair_flows(flows, report=report, kinds=kinds))
    percent = pl.col("unit") == "percent"
    if flow == "both":
        pairs = (
            pairs.group_by("state", "year", "partner")
            .agg(
                value=pl.col("value").sum(),
                gap=pl.col("value").null_count() > 0,
                unit=pl.col("unit").first(),
            )
            .with_columns(
                flow=pl.lit("both"),
                gap=pl.col("gap") | percent,
                value=pl.when(~percent).then("value"),
            )
        )
    else:
        pairs = pairs.with_columns(gap=pl.col("value").is_null())
    total = pl.col("value").sum().over(_GROUP)
    share = (
        pl.when(percent).then(pl.col("value") / 100).when(total > 0).then(pl.col("value") / total)
    )
    return pairs.select(
        *_GROUP, "partner", share=pl.when(~pl.col("gap")).then(share), known=share, partial=percent
    )


def _coded(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with states as numbers in the order of their codes: faster to group."""
    names = pl.concat([pairs["state"].unique(), pairs["partner"].unique()]).unique().sort()
    return pairs.with_columns(pl.col("state", "partner").cast(pl.Enum(names)))


def _power_sums(shares: pl.DataFrame, order: float) -> pl.DataFrame:
    """Return per group the sum of powers with the rest thin, and thick, and n.

    The sum is Σ s^q, for q = 1 the entropy −Σ s ln s, for q = ∞ the largest share.
    """
    largest = order == float("inf")
    listed, power = pl.col("listed"), pl.col("power")
    sums = (
        shares.with_columns(listed=pl.when(pl.col("known") > 0).then("known"))
        .with_columns(power=_power(listed, order))
        .group_by(_GROUP)
        .agg(
            thin=power.max() if largest else power.sum(),
            total=listed.sum(),
            least=listed.min(),
            partial=pl.col("partial").any(),
            n=listed.count(),
            named=pl.len(),
        )
        .with_columns(
            rest=(1 - pl.col("total")).clip(lower_bound=0.0),
            n=pl.when("partial").then("named").otherwise("n"),
        )
    )
    rest, least = pl.col("rest"), pl.col("least")
    whole = (rest / least + 1e-9).floor()
    crumb = (rest - whole * least).clip(lower_bound=0.0)
    extra = whole * _power(least, order) + pl.when(crumb > 1e-12).then(
        _power(crumb, order)
    ).otherwise(0.0)
    thick = pl.col("thin") if largest else pl.col("thin") + extra
    thick = pl.when("partial").then(thick).otherwise("thin")
    some = least.is_not_null()
    return sums.with_columns(thin=pl.when(some).then("thin"), thick=pl.when(some).then(thick)).drop(
        "rest", "least", "total", "named"
    )


def _index(hhi: pl.Expr, measure: str) -> pl.Expr:
    if measure == "hirschman":
        return 100 * hhi.sqrt()
    if measure == "hhi":
        return hhi
    n = pl.col("n")
    return pl.when((n > 1) & ~pl.col("partial")).then((hhi - 1 / n) / (1 - 1 / n))


def _power(share: pl.Expr, order: float) -> pl.Expr:
    if order == float("inf"):
        return share
    if order == 1:
        return -share * share.log()
    if order == 0:
        return pl.lit(1.0) + 0 * share
    return share**order


def _listed() -> pl.Expr:
    known = pl.col("known")
    return pl.when("partial").then(pl.col("partner").count()).otherwise((known > 0).sum()).first()


def _summary(sums: pl.DataFrame, *, value: pl.Expr, low: pl.Expr, high: pl.Expr) -> StateYearFlows:
    partial = pl.col("partial")
    return STATE_YEAR_FLOWS.conform(
        sums.select(
            *_GROUP,
            "n",
            value=value,
            low=pl.when(partial).then(low),
            high=pl.when(partial).then(high),
        ).sort(_GROUP)
    )


def _chosen_report(frame: pl.DataFrame, report: str) -> pl.DataFrame:
    if report != "best":
        return frame.filter(pl.col("reported_by") == report)
    if frame["reported_by"].n_unique() < 2:
        return frame
    rank = pl.col("reported_by").replace_strict(REPORTS, return_dtype=pl.Int8)
    return frame.filter(rank == rank.min().over(_GROUP))


def _refuse_negative(frame: pl.DataFrame) -> None:
    bad = frame.filter(pl.col("value") < 0)
    if bad.is_empty():
        return
    first = bad.row(0, named=True)
    raise BadValue(
        f"{bad.height} flows are negative, first {first['state']} {first['flow']} "
        f"{first['partner']} {first['year']}: {first['value']}; expected amounts from 0 and null "
        "where missing; correct the rows or leave them out"
    )


def _one_release(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the last release of a source in each group; refuse several sources or units."""
    if frame["source"].n_unique() < 2 and frame["unit"].n_unique() < 2:
        return frame
    frame = frame.with_columns(_name=pl.col("source").str.split("@").list.first())
    for column, what in (("_name", "sources"), ("unit", "units")):
        kinds = frame.group_by(_GROUP).agg(pl.col(column).unique().sort())
        mixed = kinds.filter(pl.col(column).list.len() > 1)
        if mixed.is_empty():
            continue
        first = mixed.sort(_GROUP).row(0, named=True)
        raise SchemaError(
            f"{first['flow']} of {first['state']} in {first['year']} come in several {what}: "
            f"{choices(first[column])}; expected one, for they must not be added; "
            "keep the rows of one"
        )
    return frame.filter(pl.col("source") == pl.col("source").max().over(_GROUP)).drop("_name")
