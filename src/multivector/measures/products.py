r"""Trade by product: advantage, fit between states, two-way trade, critical dependencies.

All measures read flows with a ``product``; rows without one are totals and left out. They work at
whatever level the codes have: chapters hide what six digits show, so that values at different
levels do not compare. World totals are those of the states in the table.
"""

from __future__ import annotations

from typing import Literal, Unpack

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import BadValue
from multivector.measures._options import require, with_options
from multivector.measures.partners import ReportOption, one_report
from multivector.tables import (
    DYAD_YEARS,
    PARTNER_YEARS,
    PRODUCT_YEARS,
    STATE_YEARS,
    DyadYears,
    Flows,
    PartnerYears,
    ProductYears,
    StateYears,
)

__all__ = [
    "comparative_advantage",
    "complementarity",
    "critical_dependency",
    "dependency_churn",
    "export_similarity",
    "intra_industry",
]

_CELL = ["state", "year", "product"]


@with_options
def comparative_advantage(
    flows: Flows,
    *,
    measure: Literal["rca", "symmetric", "normalised"] = "rca",
    **which: Unpack[ReportOption],
) -> ProductYears:
    r"""Revealed comparative advantage: a product's weight in a state's exports and the world's.

    .. math::
        RCA_{ik} = \frac{X_{ik}/X_i}{X_{wk}/X_w}, \qquad RSCA = \frac{RCA - 1}{RCA + 1}, \qquad
        NRCA_{ik} = \frac{X_{ik}}{X_w} - \frac{X_i X_{wk}}{X_w^2}

    Parameters
    ----------
    flows : Flows
        Flows by product, of all states, in one currency.
    measure : {"rca", "symmetric", "normalised"}
        Balassa's index, its symmetric version, or the normalised one.

    Returns
    -------
    ProductYears
        ``value`` ≥ 0 with 1 neutral ("rca"), in [-1, 1] with 0 neutral ("symmetric"), in
        (-1/4, 1/4) with 0 neutral ("normalised"). Products the state does not export have no row.
        Never null. ``n`` is the number of states that export the product.

    Raises
    ------
    BadValue
        If the measure is not known, or a flow is negative.

    References
    ----------
    Balassa, B. (1965). Trade liberalisation and revealed comparative advantage. The Manchester
    School 33(2).
    Yu, R., Cai, J. and Leung, P. (2009). The normalized revealed comparative advantage index. The
    Annals of Regional Science 43(1).

    Examples
    --------
    >>> rows = [("A", "B", "27", 3.0), ("A", "B", "72", 1.0), ("B", "A", "72", 4.0)]
    >>> flows = pl.DataFrame(rows, schema=["state", "partner", "product", "value"], orient="row")
    >>> flows = flows.with_columns(year=2019, flow=pl.lit("exports"), unit=pl.lit("USD"),
    ...     reported_by=pl.lit("state"), source=pl.lit("x@1"), locator=pl.lit("row"))
    >>> [round(value, 6) for value in comparative_advantage(flows)["value"]]
    [2.0, 0.4, 1.6]
    """
    require("measure", measure, ("rca", "symmetric", "normalised"))
    exports = _by_product(flows, "exports", **which).filter(pl.col("value") > 0)
    value = pl.col("value")
    own = value.sum().over("state", "year")
    product = value.sum().over("year", "product")
    world = value.sum().over("year")
    rca = (value / own) / (product / world)
    formula = {
        "rca": rca,
        "symmetric": (rca - 1) / (rca + 1),
        "normalised": value / world - own * product / world**2,
    }[measure]
    return PRODUCT_YEARS.conform(
        exports.select(*_CELL, value=formula, n=pl.len().over("year", "product")).sort(_CELL)
    )


@with_options
def complementarity(
    flows: Flows,
    **which: Unpack[ReportOption],
) -> PartnerYears:
    r"""Fit of what a state exports with what a partner imports.

    .. math:: C_{ij} = 1 - \tfrac12 \sum_k |m_{jk} - x_{ik}|

    with :math:`x_{ik}` a product's share in the exports of i to anyone and :math:`m_{jk}` its share
    in the imports of j from anyone.

    Parameters
    ----------
    flows : Flows
        Flows by product, exports and imports.

    Returns
    -------
    PartnerYears
        ``value`` in [0, 1], for every pair of a state with exports and another with imports, never
        null; ``flow`` is exports. ``n`` is the number of products either trades.

    Raises
    ------
    BadValue
        If a flow is negative.

    References
    ----------
    Michaely, M. (1996). Trade preferential agreements in Latin America: an ex ante assessment.
    World Bank Policy Research Working Paper 1583.

    Examples
    --------
    >>> rows = [("A", "B", "27", 3.0, "exports"), ("A", "B", "72", 1.0, "exports"),
    ...     ("B", "A", "27", 1.0, "imports"), ("B", "A", "72", 1.0, "imports")]
    >>> flows = pl.DataFrame(rows, schema=["state", "partner", "product", "value", "flow"],
    ...     orient="row").with_columns(year=2019, unit=pl.lit("USD"), reported_by=pl.lit("state"),
    ...     source=pl.lit("x@1"), locator=pl.lit("row"))
    >>> complementarity(flows)["value"].item()
    0.75
    """
    exports = _by_product(flows, "exports", **which)
    imports = _by_product(flows, "imports", **which)
    parts = [
        _common(
            exports.filter(pl.col("year") == year), imports.filter(pl.col("year") == year), year
        )
        for year in exports["year"].unique().sort()
    ]
    if not parts:
        return PARTNER_YEARS.empty()
    rows = pl.concat(parts).filter(pl.col("state") != pl.col("partner"))
    return PARTNER_YEARS.conform(
        rows.with_columns(flow=pl.lit("exports")).sort("state", "year", "partner")
    )


@with_options
def export_similarity(
    flows: Flows,
    **which: Unpack[ReportOption],
) -> DyadYears:
    r"""Similarity of what two states export, and so how much they may compete.

    .. math:: ES_{ij} = \sum_k \min(x_{ik}, x_{jk})

    Parameters
    ----------
    flows : Flows
        Flows by product.

    Returns
    -------
    DyadYears
        ``value`` in [0, 1], never null: only states with exports are listed. ``n`` is the number
        of products either exports.

    Raises
    ------
    BadValue
        If a flow is negative.

    References
    ----------
    Finger, J. M. and Kreinin, M. E. (1979). A measure of "export similarity" and its possible uses.
    The Economic Journal 89(356).

    Examples
    --------
    >>> rows = [("A", "C", "27", 3.0), ("A", "C", "72", 1.0), ("B", "C", "72", 4.0)]
    >>> flows = pl.DataFrame(rows, schema=["state", "partner", "product", "value"], orient="row")
    >>> flows = flows.with_columns(year=2019, flow=pl.lit("exports"), unit=pl.lit("USD"),
    ...     reported_by=pl.lit("state"), source=pl.lit("x@1"), locator=pl.lit("row"))
    >>> export_similarity(flows)["value"].item()
    0.25
    """
    exports = _by_product(flows, "exports", **which)
    parts = []
    for year in exports["year"].unique().sort():
        rows = exports.filter(pl.col("year") == year)
        parts.append(_common(rows, rows, year))
    if not parts:
        return DYAD_YEARS.empty()
    rows = pl.concat(parts).rename({"state": "state_a", "partner": "state_b"})
    rows = rows.filter(pl.col("state_a") < pl.col("state_b"))
    return DYAD_YEARS.conform(rows.sort("state_a", "state_b", "year"))


@with_options
def intra_industry(
    flows: Flows,
    **which: Unpack[ReportOption],
) -> StateYears:
    r"""Two-way trade within products: the Grubel–Lloyd index.

    .. math:: GL_i = 1 - \frac{\sum_k |X_{ik} - M_{ik}|}{\sum_k (X_{ik} + M_{ik})}

    Parameters
    ----------
    flows : Flows
        Flows by product, exports and imports.

    Returns
    -------
    StateYears
        ``value`` in [0, 1]: 0, every product goes one way; 1, exports and imports are equal in
        each. Null unless the state has both exports and imports. ``n`` is the number of products.

    Raises
    ------
    BadValue
        If a flow is negative.

    References
    ----------
    Grubel, H. G. and Lloyd, P. J. (1975). Intra-Industry Trade.

    Examples
    --------
    >>> rows = [("27", 100.0, "exports"), ("72", 50.0, "exports"), ("27", 80.0, "imports"),
    ...     ("84", 40.0, "imports")]
    >>> flows = pl.DataFrame(rows, schema=["product", "value", "flow"], orient="row").with_columns(
    ...     state=pl.lit("A"), partner=pl.lit("B"), year=2019, unit=pl.lit("USD"),
    ...     reported_by=pl.lit("state"), source=pl.lit("x@1"), locator=pl.lit("row"))
    >>> round(intra_industry(flows)["value"].item(), 6)
    0.592593
    """
    x, m = pl.col("exports").fill_null(0.0), pl.col("imports").fill_null(0.0)
    sides = [
        _by_product(flows, flow, **which).rename({"value": flow}) for flow in ("exports", "imports")
    ]
    joined = sides[0].join(sides[1], on=_CELL, how="full", coalesce=True)
    both = (x.sum() > 0) & (m.sum() > 0)
    value = 1 - (x - m).abs().sum() / (x + m).sum()
    return STATE_YEARS.conform(
        joined.group_by("state", "year")
        .agg(value=pl.when(both).then(value), n=pl.len())
        .sort("state", "year")
    )


@with_options
def critical_dependency(
    flows: Flows,
    *,
    allies: tuple[str, ...] = (),
    measure: Literal["critical", "concentration", "share", "substitution"] = "critical",
    thresholds: tuple[float, ...] = (0.4, 0.5, 1.0),
    **which: Unpack[ReportOption],
) -> ProductYears:
    r"""Dependence on few foreign origins for a product, after the European Commission's method.

    .. math::
        CDI_1 = \sum_{j \notin A} s_{jk}^2, \qquad
        CDI_2 = \frac{M^{(\notin A)}_k}{M_k}, \qquad
        CDI_3 = \frac{M^{(\notin A)}_k}{X_k}

    concentration, share and substitution, with :math:`A` the allies, whose deliveries do not count
    as dependence, :math:`s_{jk}` an origin's share among the others, and X the state's exports of
    the product. Critical is a product with all three above their thresholds; without exports the
    third is met.

    Parameters
    ----------
    flows : Flows
        Flows by product, imports and exports.
    allies : tuple of str
        States whose deliveries are taken for granted; none by default, so that CDI2 is 1.
    measure : {"critical", "concentration", "share", "substitution"}
        The verdict or one of its parts.
    thresholds : tuple of float
        Limits of the three parts.

    Returns
    -------
    ProductYears
        ``value`` 1 or 0 for "critical", in (0, 1] for "concentration", in [0, 1] for "share", ≥ 0
        for "substitution". "substitution" is null without exports, "concentration" without foreign
        origins. ``n`` is the number of foreign origins.

    Raises
    ------
    BadValue
        If the measure is not known, there are not three thresholds, or a flow is negative.

    References
    ----------
    European Commission (2021). Strategic dependencies and capacities. SWD(2021) 352.

    Examples
    --------
    >>> rows = [("RUS", "27", 80.0), ("CHN", "27", 20.0), ("CHN", "84", 50.0), ("DEU", "84", 50.0)]
    >>> flows = pl.DataFrame(rows, schema=["partner", "product", "value"], orient="row")
    >>> flows = flows.with_columns(state=pl.lit("KAZ"), year=2019, flow=pl.lit("imports"),
    ...     unit=pl.lit("USD"), reported_by=pl.lit("state"), source=pl.lit("x@1"),
    ...     locator=pl.lit("row"))
    >>> critical_dependency(flows)["value"].to_list()
    [1.0, 1.0]
    >>> critical_dependency(flows, allies=("DEU",))["value"].to_list()
    [1.0, 0.0]
    """
    require("measure", measure, ("critical", "concentration", "share", "substitution"))
    if len(thresholds) != 3:
        raise BadValue(
            f"the thresholds {thresholds} are not three; expected those of concentration, share "
            "and substitution, such as 0.4,0.5,1; give three numbers"
        )
    rows = one_report(flows, kinds=("imports",), **which)
    rows = rows.filter(pl.col("product").is_not_null())
    imports = rows.filter(pl.col("value") > 0)
    foreign = pl.when(~pl.col("partner").is_in(allies)).then("value")
    table = (
        imports.with_columns(foreign=foreign)
        .group_by(_CELL)
        .agg(
            total=pl.col("value").sum(),
            foreign=pl.col("foreign").sum(),
            squares=(pl.col("foreign") ** 2).sum(),
            n=pl.col("foreign").count(),
        )
        .join(_by_product(flows, "exports", **which), on=_CELL, how="left")
    )
    some = pl.col("foreign") > 0
    parts = {
        "concentration": pl.when(some).then(pl.col("squares") / pl.col("foreign") ** 2),
        "share": pl.col("foreign") / pl.col("total"),
        "substitution": pl.when(pl.col("value") > 0).then(pl.col("foreign") / pl.col("value")),
    }
    above = [
        (parts[name] > limit).fill_null(name == "substitution")
        for name, limit in zip(parts, thresholds, strict=True)
    ]
    verdict = (pl.all_horizontal(above) & some).cast(pl.Float64)
    return PRODUCT_YEARS.conform(
        table.select(*_CELL, value={**parts, "critical": verdict}[measure], n="n").sort(_CELL)
    )


@with_options
def dependency_churn(
    flows: Flows,
    *,
    allies: tuple[str, ...] = (),
    thresholds: tuple[float, ...] = (0.4, 0.5, 1.0),
    **which: Unpack[ReportOption],
) -> StateYears:
    r"""Share of a state's critical products that are no longer critical the next year.

    .. math:: c_t = \frac{|K_t \setminus K_{t+1}|}{|K_t|}

    with :math:`K_t` the products of `critical_dependency`. A list that changes by a fifth a year is
    a list of the year, not of the state.

    Parameters
    ----------
    flows : Flows
        Flows by product of consecutive years.
    allies : tuple of str
        As in `critical_dependency`.
    thresholds : tuple of float
        As in `critical_dependency`.

    Returns
    -------
    StateYears
        ``value`` in [0, 1], under the earlier year; null where the state has no rows in the next
        year. ``n`` is the number of critical products; years without any are left out.

    Raises
    ------
    BadValue
        If there are not three thresholds, or a flow is negative.

    References
    ----------
    European Commission (2021). Strategic dependencies and capacities. SWD(2021) 352.

    Examples
    --------
    >>> rows = [(2019, "RUS", 80.0), (2019, "CHN", 20.0), (2020, "RUS", 50.0), (2020, "CHN", 50.0),
    ...     (2020, "DEU", 50.0)]
    >>> flows = pl.DataFrame(rows, schema=["year", "partner", "value"], orient="row").with_columns(
    ...     state=pl.lit("KAZ"), product=pl.lit("27"), flow=pl.lit("imports"), unit=pl.lit("USD"),
    ...     reported_by=pl.lit("state"), source=pl.lit("x@1"), locator=pl.lit("row"))
    >>> dependency_churn(flows).row(0)
    ('KAZ', 2019, 1.0, None, None, 1)
    """
    verdicts = critical_dependency(flows, allies=allies, thresholds=thresholds, **which)
    critical = verdicts.filter(pl.col("value") == 1).select(_CELL)
    year_before = pl.col("year") - 1
    stays = critical.with_columns(year_before, stays=pl.lit(True))
    seen = verdicts.select("state", year_before, seen=pl.lit(True)).unique()
    joined = critical.join(stays, on=_CELL, how="left").join(seen, on=["state", "year"], how="left")
    lost = pl.col("stays").is_null().mean()
    return STATE_YEARS.conform(
        joined.group_by("state", "year")
        .agg(value=pl.when(pl.col("seen").first()).then(lost), n=pl.len())
        .sort("state", "year")
    )


def _by_product(flows: Flows, flow: str, **which: Unpack[ReportOption]) -> pl.DataFrame:
    """Return ``state``, ``year``, ``product``, ``value`` over all partners."""
    rows = one_report(flows, kinds=(flow,), **which)
    rows = rows.filter(pl.col("product").is_not_null() & pl.col("value").is_not_null())
    return rows.group_by(_CELL).agg(pl.col("value").sum())


def _common(first: pl.DataFrame, second: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return Σ min of the shares of every state of the one and every state of the other."""
    products = pl.concat([first["product"], second["product"]]).unique().sort()
    rows, x = _shares(first, products)
    columns, y = _shares(second, products)
    value = np.empty((len(rows), len(columns)))
    n = np.empty((len(rows), len(columns)), dtype=np.int64)
    for i in range(len(rows)):
        value[i] = np.minimum(x[i], y).sum(axis=1)
        n[i] = ((x[i] > 0) | (y > 0)).sum(axis=1)
    return pl.DataFrame(
        {
            "state": pl.Series(np.repeat(rows, len(columns)), dtype=pl.String),
            "partner": pl.Series(np.tile(columns, len(rows)), dtype=pl.String),
            "year": pl.Series([year] * value.size, dtype=pl.Int64),
            "value": value.ravel(),
            "n": n.ravel(),
        }
    )


def _shares(rows: pl.DataFrame, products: pl.Series) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return states with positive trade, and their shares by product."""
    totals = rows.group_by("state").agg(pl.col("value").sum()).filter(pl.col("value") > 0)
    states = totals["state"].sort().to_list()
    place = {state: i for i, state in enumerate(states)}
    column = {product: i for i, product in enumerate(products)}
    matrix = np.zeros((len(states), len(products)))
    for state, product, value in rows.select("state", "product", "value").iter_rows():
        if state in place:
            matrix[place[state], column[product]] = value
    return states, matrix / matrix.sum(axis=1, keepdims=True)
