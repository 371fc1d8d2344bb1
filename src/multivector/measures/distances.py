r"""How far two states are from each other: the distance of their ideal points.

Two states that vote alike may do so on easy resolutions. Their distance on the scale of the ideal
points counts every resolution by how much it tells the states of the world apart.
"""

from __future__ import annotations

import polars as pl

from multivector.tables import DYAD_YEARS, IDEAL_POINTS, DyadYears, IdealPointRows

__all__ = ["ideal_distance"]


def ideal_distance(
    ideal_points: IdealPointRows,
    *,
    state: str | None = None,
    partner: str | None = None,
    years: tuple[int, int] | None = None,
) -> DyadYears:
    r"""How far apart two states stand in the General Assembly: the distance of their ideal points.

    .. math:: d_{ij} = |\theta_i - \theta_j|, \qquad
        d_{ij} \pm \sqrt{h_i^2 + h_j^2}

    with :math:`h` half the width of each position's interval. The interval of the distance treats
    the two positions as independent, and does not go below 0; both rest on the same roll calls,
    so that it is an approximation.

    Parameters
    ----------
    ideal_points : IdealPointRows
        Positions of states by session, of one release.
    state, partner : str, optional
        Only pairs with this state, or of these two.
    years : tuple of int, optional
        First and last year.

    Returns
    -------
    DyadYears
        ``value`` ≥ 0, in standard deviations of all positions; null where a position is. ``low``
        and ``high`` are null where a position has no interval, at the level of the positions'
        own. ``n`` is the smaller number of roll calls behind the two positions.

    References
    ----------
    Bailey, M. A., Strezhnev, A. and Voeten, E. (2017). Estimating dynamic state preferences from
    United Nations voting data. Journal of Conflict Resolution 61(2).

    Examples
    --------
    >>> rows = pl.DataFrame({"state": ["KAZ", "RUS"], "session": [74] * 2, "year": [2019] * 2,
    ...     "value": [-0.5, -1.0], "low": [-0.8, -1.4], "high": [-0.2, -0.6], "n": [60, 70],
    ...     "source": ["x@1"] * 2})
    >>> ideal_distance(rows).select("value", "low", "high", "n").row(0)
    (0.5, 0.0, 1.0, 60)
    """
    rows = IDEAL_POINTS.conform(ideal_points).sort("source", "session")
    rows = rows.unique(["state", "year"], keep="last", maintain_order=True)
    if years is not None:
        rows = rows.filter(pl.col("year").is_between(*years))
    rows = rows.select("state", "year", "value", "n", half=(pl.col("high") - pl.col("low")) / 2)
    left = rows if state is None else rows.filter(pl.col("state") == state)
    right = rows if partner is None else rows.filter(pl.col("state") == partner)
    pairs = left.join(right, on="year", suffix="_b").filter(pl.col("state") != pl.col("state_b"))
    distance = (pl.col("value") - pl.col("value_b")).abs()
    half = (pl.col("half") ** 2 + pl.col("half_b") ** 2).sqrt()
    found = pairs.select(
        "year",
        state_a=pl.min_horizontal("state", "state_b"),
        state_b=pl.max_horizontal("state", "state_b"),
        value=distance,
        low=(distance - half).clip(lower_bound=0.0),
        high=distance + half,
        n=pl.min_horizontal("n", "n_b"),
    )
    key = ["state_a", "state_b", "year"]
    return DYAD_YEARS.conform(found.unique(key, keep="first").sort(key))
