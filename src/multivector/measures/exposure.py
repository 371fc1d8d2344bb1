r"""Trade weighed by politics: how far a state's partners stand from it, and from one another.

Both measures join trade shares with ideal points in the UN General Assembly (or any scale of the
same shape). `vulnerability` asks how far the partners are from the state, `connectedness` how
widely they are spread: a state at the edge that trades with its neighbours on the scale has little
of either, one in the middle that trades with both ends has much of both.
"""

from __future__ import annotations

from typing import Unpack

import polars as pl

from multivector.measures._options import with_options
from multivector.measures.partners import Direction, ReportOption, partner_shares
from multivector.tables import STATE_YEAR_FLOWS, Flows, IdealPointRows, StateYearFlows

__all__ = ["connectedness", "vulnerability"]


@with_options
def vulnerability(
    flows: Flows,
    ideal_points: IdealPointRows,
    *,
    flow: Direction = "both",
    **which: Unpack[ReportOption],
) -> StateYearFlows:
    r"""Average distance of a state's partners from it in the General Assembly, weighted by trade.

    .. math:: V_i = \sum_j s_{ij} |\theta_i - \theta_j|

    with :math:`\theta` the ideal points of the year and s the trade shares, taken over the partners
    whose ideal point is known.

    Parameters
    ----------
    ideal_points : IdealPointRows
        Ideal points of one release.
    flow : {"both", "exports", "imports"}
        Direction.

    Returns
    -------
    StateYearFlows
        ``value`` ≥ 0, in units of the ideal points. Null where the state's own point or all its
        partners' are missing. ``n`` is the number of partners with a point.

    References
    ----------
    Aiyar, S., Ohnsorge, F. and Yilmazkuday, H. (2026). Geopolitical vulnerability and
    connectedness.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["A", "A"], "partner": ["B", "C"], "year": [2019] * 2,
    ...     "flow": ["exports"] * 2, "product": [None] * 2, "value": [3.0, 1.0],
    ...     "unit": ["USD"] * 2, "reported_by": ["state"] * 2, "source": ["x@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> points = pl.DataFrame({"state": ["A", "B", "C"], "session": [74] * 3, "year": [2019] * 3,
    ...     "value": [0.0, 1.0, -1.0], "n": [80] * 3, "source": ["y@1"] * 3})
    >>> vulnerability(flows, points, flow="exports")["value"].item()
    1.0
    """
    placed = _with_points(flows, ideal_points, flow, **which)
    weight, gap = pl.col("share"), (pl.col("theta_state") - pl.col("theta")).abs()
    placed_too = pl.col("theta_state").first().is_not_null()
    return _weighted(placed, pl.when(placed_too).then((weight * gap).sum() / weight.sum()), flow)


@with_options
def connectedness(
    flows: Flows,
    ideal_points: IdealPointRows,
    *,
    flow: Direction = "both",
    **which: Unpack[ReportOption],
) -> StateYearFlows:
    r"""Spread of a state's partners over the General Assembly's spectrum, weighted by trade.

    .. math:: K_i = \sqrt{\sum_j s_{ij} (\theta_j - \bar\theta_i)^2}, \qquad
        \bar\theta_i = \sum_j s_{ij} \theta_j

    the trade-weighted standard deviation of the partners' ideal points, equal to
    :math:`\sqrt{Q}` with Rao's quadratic entropy Q of distances
    :math:`\tfrac12 (\theta_i - \theta_j)^2`.

    Parameters
    ----------
    ideal_points : IdealPointRows
        Ideal points of one release.
    flow : {"both", "exports", "imports"}
        Direction.

    Returns
    -------
    StateYearFlows
        ``value`` ≥ 0, in units of the ideal points; 0 when all partners stand at one place. Null
        where no partner's point is known. ``n`` is the number of partners with a point.

    References
    ----------
    Aiyar, S., Ohnsorge, F. and Yilmazkuday, H. (2026). Geopolitical vulnerability and
    connectedness.

    Examples
    --------
    >>> flows = pl.DataFrame({"state": ["A", "A"], "partner": ["B", "C"], "year": [2019] * 2,
    ...     "flow": ["exports"] * 2, "product": [None] * 2, "value": [1.0, 1.0],
    ...     "unit": ["USD"] * 2, "reported_by": ["state"] * 2, "source": ["x@1"] * 2,
    ...     "locator": ["row"] * 2})
    >>> points = pl.DataFrame({"state": ["A", "B", "C"], "session": [74] * 3, "year": [2019] * 3,
    ...     "value": [0.0, 1.0, -1.0], "n": [80] * 3, "source": ["y@1"] * 3})
    >>> connectedness(flows, points, flow="exports")["value"].item()
    1.0
    """
    placed = _with_points(flows, ideal_points, flow, **which)
    weight, theta = pl.col("share"), pl.col("theta")
    mean = (weight * theta).sum() / weight.sum()
    square = (weight * (theta - mean) ** 2).sum() / weight.sum()
    return _weighted(placed, square.sqrt(), flow)


def _with_points(
    flows: Flows, ideal_points: IdealPointRows, flow: Direction, **which: Unpack[ReportOption]
) -> pl.DataFrame:
    """Return shares with the partner's point ``theta`` and the state's, where it has one."""
    shares = partner_shares(flows, flow=flow, **which)
    points = ideal_points.select(
        "year", state=pl.col("state"), theta=pl.col("value").cast(pl.Float64)
    ).unique(["state", "year"], keep="last", maintain_order=True)
    return (
        shares.select("state", "partner", "year", "flow", share="value")
        .join(points.rename({"state": "partner"}), on=["partner", "year"], how="left")
        .join(points.rename({"theta": "theta_state"}), on=["state", "year"], how="left")
    )


def _weighted(placed: pl.DataFrame, value: pl.Expr, flow: str) -> StateYearFlows:
    known = (pl.col("theta").is_not_null()) & (pl.col("share") > 0)
    rows = placed.filter(known).group_by("state", "year").agg(value=value, n=pl.len())
    everyone = placed.select("state", "year").unique()
    return STATE_YEAR_FLOWS.conform(
        everyone.join(rows, on=["state", "year"], how="left")
        .with_columns(pl.col("n").fill_null(0), flow=pl.lit(flow))
        .sort("state", "year")
    )
