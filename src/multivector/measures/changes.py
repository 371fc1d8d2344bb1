"""When a policy changed: break dates with their spread, drift, and placebo dates for events.

A series such as a state's ideal points, or a pair's agreement, is cut into stretches of one level
by an exact dynamic programme; a cut must pay for itself (twice the log of the number of years, the
price of a level and a date under BIC). How sure the date is comes from drawing the series anew
within its intervals, or from its residuals where there are none, and cutting again. Whether a break
is more than a wandering series shows by itself is the p-value: the gain of the best single cut is
compared with that of series whose yearly steps have random signs (``walk``; a single great jump is
in all of those too), or, for years without memory, of reshuffled years (``exchange``).

A date one has in mind from the literature is tested against every other date the series offers
(:func:`placebo_dates`): an event that moved no more than a common year did is no turning point.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal, TypedDict, Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue, SchemaError
from multivector.measures._options import Default, given, with_options
from multivector.measures._segments import Floats, Model, noise_variance, optimal_cuts, single_gains
from multivector.tables import (
    STATE,
    YEAR,
    IdealPointRows,
    N,
    OwnJointVotes,
    Table,
    integer,
    number,
    text,
)

__all__ = ["agreement_changes", "breaks", "change_points", "drift", "placebo_dates"]

Null = Literal["walk", "exchange"]

_BREAK = (
    integer("year", "first year of the new level"),
    number("value", "level after minus level before, up to the next breaks"),
    integer("earliest", "first year of the interval that holds 90 % of the drawn dates"),
    integer("latest", "last year of that interval"),
    number("support", "share of drawn series with a break in that interval"),
    number("before", "level before"),
    number("after", "level after"),
    number("p_value", "chance of a cut as good in the series' null; null if not asked", null=True),
    N,
)
STATE_BREAKS = Table(
    "state_breaks", "a break in a state's series", ("state", "year"), (STATE, *_BREAK)
)
PAIR_BREAKS = Table(
    "pair_breaks",
    "a break in the agreement of a state with a pole",
    ("state", "pole", "year"),
    (STATE, text("pole", "the other state of the pair"), *_BREAK),
)
DRIFTS = Table(
    "drifts",
    "how a state's ideal point moved over a period",
    ("state",),
    (
        STATE,
        integer("start", "first year used"),
        YEAR,
        number("value", "median slope per decade", "standard deviations", null=True),
        number("low", "lower end of its 90 % interval", null=True),
        number("high", "upper end of its 90 % interval", null=True),
        number("change", "last minus first value", "standard deviations"),
        N,
    ),
)

StateBreaks = Annotated[pl.DataFrame, STATE_BREAKS]
PairBreaks = Annotated[pl.DataFrame, PAIR_BREAKS]
Drifts = Annotated[pl.DataFrame, DRIFTS]


class BreakOptions(TypedDict, total=False):
    """What a cut costs, and how sure its date is.

    Parameters
    ----------
    penalty : float, optional
        Price of a cut in deviance; twice the log of the number of years when left out.
    least : int
        Least number of years of a stretch.
    resamples, permutations : int
        Series drawn for the spread of dates, and for the p-value; 0: none.
    null : {"walk", "exchange"}
        Null of the p-value: yearly steps with random signs, or reshuffled years.
    seed : int
        Start of the random numbers.
    """

    penalty: Annotated[float | None, Default(None)]
    least: Annotated[int, Default(3)]
    resamples: Annotated[int, Default(200)]
    null: Annotated[Null, Default("walk")]
    seed: Annotated[int, Default(0)]


@with_options
def breaks(
    series: pl.DataFrame,
    *,
    by: Sequence[str] = (),
    model: Model = "mean",
    permutations: int = 500,
    **which: Unpack[BreakOptions],
) -> pl.DataFrame:
    r"""Return the breaks of every series in a frame of years and values.

    .. math::
        \min_{k, t_1 < \dots < t_k} \sum_{j=0}^{k} C(y_{t_j}, \dots, y_{t_{j+1} - 1}) + k \lambda,
        \qquad \lambda = 2 \log n

    ``C`` is the sum of squared deviations from the mean over the noise variance, or the binomial
    deviance.

    Parameters
    ----------
    series : polars.DataFrame
        Columns of ``by``, ``year``, ``value``; ``low`` and ``high`` (90 % interval) if known; for
        the binomial model ``value`` is a share and ``n`` the number it is a share of.
    by : sequence of str
        Columns that tell series apart.
    model : {"mean", "binomial"}
        Levels of a measure, or shares of a count.

    Returns
    -------
    polars.DataFrame
        ``by``, then ``year, value, earliest, latest, support, before, after, p_value, n``: a row a
        break; no row for a series without one; ``n`` years of the series.

    Raises
    ------
    SchemaError
        If a column is missing.
    BadValue
        If an option is outside what is allowed.

    References
    ----------
    Jackson, B., Scargle, J. D. and others (2005). An algorithm for optimal partitioning of data on
    an interval. IEEE Signal Processing Letters 12(2), 105-108.

    Examples
    --------
    >>> import polars as pl
    >>> level = [0.1, 0.0, 0.2, 0.1, 0.1, 1.1, 1.0, 1.2, 0.9, 1.1]
    >>> frame = pl.DataFrame({"year": list(range(2000, 2010)), "value": level})
    >>> breaks(frame, permutations=0)["year"].to_list()
    [2005]
    """
    o = given(BreakOptions, which)
    _checked(series, by, model, permutations, o)
    rows: list[tuple[object, ...]] = []
    grouped = series.drop_nulls("value").sort(*by, "year")
    groups = grouped.group_by(list(by), maintain_order=True) if by else [((), grouped)]
    for k, (key, part) in enumerate(groups):
        random = np.random.default_rng([o["seed"], k])
        found = _series_breaks(part, model, permutations, o, random)
        rows += [(*key, *row) for row in found]
    schema = {name: series.schema[name] for name in by} | {c.name: c.dtype for c in _BREAK}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _checked(
    series: pl.DataFrame,
    by: Sequence[str],
    model: str,
    permutations: int,
    asked: BreakOptions,
) -> None:
    needed = [*by, "year", "value", *(["n"] if model == "binomial" else [])]
    absent = [name for name in needed if name not in series.columns]
    if absent:
        raise SchemaError(
            f"the series has no column {', '.join(absent)}; expected {', '.join(needed)}; "
            "rename or add it"
        )
    null = asked["null"]
    if model not in ("mean", "binomial") or null not in ("walk", "exchange"):
        raise BadValue(
            f"model is {model!r} and null {null!r}; expected mean or binomial, and walk or "
            "exchange; correct them"
        )
    for name, value, low in (
        ("least", asked["least"], 1),
        ("resamples", asked["resamples"], 0),
        ("permutations", permutations, 0),
    ):
        if value < low:
            raise BadValue(f"{name} is {value}; expected {low} or more; raise it")
    shares = series["value"].drop_nulls()
    if model == "binomial" and not shares.is_between(0.0, 1.0).all():
        raise BadValue(
            f"value runs from {shares.min()!r} to {shares.max()!r}; expected shares between 0 "
            "and 1 for the binomial model; use model='mean'"
        )


def _series_breaks(
    part: pl.DataFrame,
    model: Model,
    permutations: int,
    asked: BreakOptions,
    random: np.random.Generator,
) -> list[tuple[object, ...]]:
    penalty, least, resamples = asked["penalty"], asked["least"], asked["resamples"]
    values = part["value"].to_numpy().astype(np.float64)
    years = part["year"].to_numpy()
    weights = part["n"].to_numpy().astype(np.float64) if model == "binomial" else None
    keep = np.ones(values.size, bool) if weights is None else weights > 0
    values, years = values[keep], years[keep]
    weights = np.ones(values.size) if weights is None else weights[keep]
    if values.size < 2 * least:
        return []
    price = 2.0 * np.log(values.size) if penalty is None else penalty
    variance = noise_variance(values, weights) if model == "mean" else 1.0

    def cut(series: Floats) -> list[list[int]]:
        return optimal_cuts(series, weights, model, variance, penalty=price, least=least)

    (cuts,) = cut(values[None])
    if not cuts:
        return []
    drawn = cut(_redrawn(part.filter(keep), values, weights, cuts, model, resamples, random))
    p_value = _p_value(values, weights, model, variance, least, permutations, asked["null"], random)
    ends = [0, *cuts, values.size]
    levels = [float(np.average(values[a:b], weights=weights[a:b])) for a, b in pairwise(ends)]
    rows: list[tuple[object, ...]] = []
    for k, place in enumerate(cuts):
        first, last, support = _spread(k, cuts, drawn)
        rows.append(
            (
                int(years[place]), levels[k + 1] - levels[k], int(years[first]), int(years[last]),
                support, levels[k], levels[k + 1], p_value, int(values.size),
            )
        )  # fmt: skip
    return rows


def _redrawn(
    part: pl.DataFrame,
    values: Floats,
    weights: Floats,
    cuts: list[int],
    model: Model,
    resamples: int,
    random: np.random.Generator,
) -> Floats:
    """Return series drawn anew, as rows: within intervals, from the counts, or of residuals."""
    size = (resamples, values.size)
    if {"low", "high"} <= set(part.columns) and part["low"].null_count() == 0:
        spread = (part["high"] - part["low"]).to_numpy() / (2.0 * 1.6448536269514722)
        return values + spread * random.standard_normal(size)
    if model == "binomial":
        count = np.maximum(weights.round().astype(np.int64), 1)
        return random.binomial(count, values, size) / count
    level = np.empty_like(values)
    for a, b in pairwise([0, *cuts, values.size]):
        level[a:b] = values[a:b].mean()
    return level + random.choice(values - level, size)  # type: ignore[no-any-return]


def _spread(k: int, cuts: list[int], drawn: list[list[int]]) -> tuple[int, int, float]:
    """Return the interval with 90 % of the drawn dates nearest to break ``k``, and its support."""
    if not drawn:
        return cuts[k], cuts[k], 1.0
    low = (cuts[k - 1] + cuts[k]) / 2 if k else -np.inf
    high = (cuts[k] + cuts[k + 1]) / 2 if k + 1 < len(cuts) else np.inf
    near = []
    for again in drawn:
        own = [cut for cut in again if low < cut <= high]
        if own:
            near.append(min(own, key=lambda cut: abs(cut - cuts[k])))
    if not near:
        return cuts[k], cuts[k], 0.0
    first, last = (
        int(np.quantile(near, q, method=how))  # type: ignore[call-overload]
        for q, how in ((0.05, "lower"), (0.95, "higher"))
    )
    first, last = min(first, cuts[k]), max(last, cuts[k])
    inside = sum(any(first <= cut <= last for cut in again) for again in drawn)
    return first, last, inside / len(drawn)


def _p_value(
    values: Floats,
    weights: Floats,
    model: Model,
    variance: float,
    least: int,
    permutations: int,
    null: Null,
    random: np.random.Generator,
) -> float | None:
    if permutations == 0:
        return None
    many = np.empty((permutations + 1, values.size))
    masses = np.tile(weights, (permutations + 1, 1))
    many[0] = values
    steps = np.diff(values)
    for k in range(1, permutations + 1):
        if null == "walk":
            signs = random.choice((-1.0, 1.0), steps.size)
            again = np.concatenate((values[:1], values[0] + np.cumsum(signs * steps)))
            many[k] = np.clip(again, 0.0, 1.0) if model == "binomial" else again
        else:
            order = random.permutation(values.size)
            many[k], masses[k] = values[order], weights[order]
    gains = single_gains(many, masses, model, variance, least=least)
    return float(1 + (gains[1:] >= gains[0]).sum()) / (permutations + 1)


@with_options
def change_points(
    ideal_points: IdealPointRows,
    *,
    state: str | None = None,
    years: tuple[int, int] | None = None,
    permutations: int = 0,
    **which: Unpack[BreakOptions],
) -> StateBreaks:
    r"""Return the years in which states' ideal points moved to another level.

    .. math:: \min \sum_j \sum_{t \in S_j} (\theta_t - \bar\theta_j)^2 / \sigma^2 + 2 k \log n

    Parameters
    ----------
    ideal_points : IdealPointRows
        Estimates with intervals, one row a state and session.
    state : str, optional
        One state; all when left out.
    years : (int, int), optional
        First and last year.
    penalty : float, optional
        Price of a break; twice the log of the number of years when left out.
    least : int
        Least number of years of a level.
    resamples : int
        Series drawn within the intervals for the spread of dates.
    permutations : int
        Series drawn for the p-value; 0: none.
    null : {"walk", "exchange"}
        Yearly steps with random signs, or reshuffled years.
    seed : int
        Start of the random numbers.

    Returns
    -------
    StateBreaks
        A row a break; value is the step (unit: standard deviations over all positions, any range),
        p_value is null when not asked for; no rows for a state without breaks.

    References
    ----------
    Jackson, B., Scargle, J. D. and others (2005). An algorithm for optimal partitioning of data on
    an interval. IEEE Signal Processing Letters 12(2), 105-108.
    Bai, J., Perron, P. (1998). Estimating and testing linear models with multiple structural
    changes. Econometrica 66(1), 47-78.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({
    ...     "state": "POL", "session": range(40, 50), "year": range(1985, 1995),
    ...     "value": [-1.6, -1.5, -1.6, -1.6, -1.5, 1.2, 1.3, 1.3, 1.2, 1.3],
    ...     "low": [-1.7, -1.6, -1.7, -1.7, -1.6, 1.1, 1.2, 1.2, 1.1, 1.2],
    ...     "high": [-1.5, -1.4, -1.5, -1.5, -1.4, 1.3, 1.4, 1.4, 1.3, 1.4], "n": 70})
    >>> change_points(rows).select("year", "earliest", "latest").row(0)
    (1990, 1990, 1990)
    """
    series = _chosen(ideal_points, state, years).select("state", "year", "value", "low", "high")
    found = breaks(series, by=("state",), permutations=permutations, **which)
    return STATE_BREAKS.conform(found)


def _chosen(
    ideal_points: pl.DataFrame, state: str | None, years: tuple[int, int] | None
) -> pl.DataFrame:
    frame = ideal_points
    if state is not None:
        frame = frame.filter(pl.col("state") == state)
    if years is not None:
        frame = frame.filter(pl.col("year").is_between(*years))
    return frame.unique(["state", "year"], keep="first", maintain_order=True)


@with_options
def agreement_changes(
    joint_votes: OwnJointVotes,
    *,
    state: str,
    poles: tuple[str, ...] | None = None,
    universe: str = "all contested",
    issue: str = "all",
    years: tuple[int, int] | None = None,
    permutations: int = 500,
    **which: Unpack[BreakOptions],
) -> PairBreaks:
    r"""Return the years in which a state's agreement with poles moved to another level.

    .. math:: \min \sum_j D_j + 2 k \log n, \qquad
        D_j = 2 \sum_{t \in S_j} n_t \, [ h(\hat p_t) - h(\hat p_j) ], \quad
        h(p) = p \log p + (1 - p) \log(1 - p)

    with ``p_t`` the share of roll calls in year ``t`` on which both chose the same.

    Parameters
    ----------
    joint_votes : JointVotes
        Joint choices by year.
    state : str
        The state.
    poles : tuple of str, optional
        The poles; all it has counts with when left out.
    universe, issue : str
        Which counts.
    years : (int, int), optional
        First and last year.
    penalty, least, resamples, permutations, null, seed
        As in :func:`breaks`; series are drawn from the binomial.

    Returns
    -------
    PairBreaks
        A row a break; value is the step of the share (-1 to 1), p_value is null when not asked for;
        no rows for a pair without breaks.

    References
    ----------
    Jackson, B., Scargle, J. D. and others (2005). An algorithm for optimal partitioning of data on
    an interval. IEEE Signal Processing Letters 12(2), 105-108.

    Examples
    --------
    >>> import polars as pl
    >>> same = [60, 62, 61, 59, 30, 31, 29, 33]
    >>> cells = {f"{a}_{b}": 0 for a in ("yes", "abstain", "no") for b in ("yes", "abstain", "no")}
    >>> rows = pl.DataFrame({"year": range(2000, 2008), "yes_yes": same}).with_columns(
    ...     state=pl.lit("KAZ"), pole=pl.lit("USA"), universe=pl.lit("all contested"),
    ...     issue=pl.lit("all"), yes_no=70 - pl.col("yes_yes"),
    ...     **{k: pl.lit(0) for k in cells if k not in ("yes_yes", "yes_no")})
    >>> agreement_changes(rows, state="KAZ", permutations=0)["year"].to_list()
    [2004]
    """
    frame = joint_votes.filter(
        (pl.col("state") == state) & (pl.col("universe") == universe) & (pl.col("issue") == issue)
    )
    if poles is not None:
        frame = frame.filter(pl.col("pole").is_in(poles))
    if years is not None:
        frame = frame.filter(pl.col("year").is_between(*years))
    cells = [f"{a}_{b}" for a in ("yes", "abstain", "no") for b in ("yes", "abstain", "no")]
    series = (
        frame.with_columns(pl.sum_horizontal(pl.col(cells).cast(pl.Int64)).alias("n"))
        .filter(pl.col("n") > 0)
        .select(
            "state",
            "pole",
            "year",
            "n",
            (pl.sum_horizontal("yes_yes", "abstain_abstain", "no_no") / pl.col("n")).alias("value"),
        )
    )
    found = breaks(
        series, by=("state", "pole"), model="binomial", permutations=permutations, **which
    )
    return PAIR_BREAKS.conform(found)


def placebo_dates(
    series: pl.DataFrame, date: int, *, by: Sequence[str] = (), window: int = 5
) -> pl.DataFrame:
    r"""Return how a date's change of level compares with that at every other date.

    .. math:: d_t = \bar y_{t, \dots, t + w - 1} - \bar y_{t - w, \dots, t - 1}, \qquad
        p = \frac{\#\{s : |d_s| \ge |d_t|\}}{\#\{s\}}

    Parameters
    ----------
    series : polars.DataFrame
        Columns of ``by``, ``year`` and ``value``.
    date : int
        First year after the event.
    by : sequence of str
        Columns that tell series apart.
    window : int
        Years averaged on each side.

    Returns
    -------
    polars.DataFrame
        ``by, year, value`` (the change), ``rank`` among ``n`` dates (1: the largest) and
        ``p_value`` (1/n to 1); value, rank and p_value are null where the date has no full window.

    Raises
    ------
    BadValue
        If the window is not positive.

    References
    ----------
    Abadie, A., Diamond, A., Hainmueller, J. (2010). Synthetic control methods for comparative case
    studies. Journal of the American Statistical Association 105(490), 493-505.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"year": range(2000, 2012), "value": [0.0] * 6 + [1.0] * 6})
    >>> placebo_dates(frame, 2006, window=3).select("value", "rank", "n").row(0)
    (1.0, 1, 7)
    """
    if window < 1:
        raise BadValue(f"window is {window}; expected 1 year or more; raise it")
    rows: list[tuple[object, ...]] = []
    ordered = series.drop_nulls("value").sort(*by, "year")
    groups = ordered.group_by(list(by), maintain_order=True) if by else [((), ordered)]
    for key, part in groups:
        years, values = part["year"].to_list(), part["value"].to_numpy()
        change = {
            years[k]: float(values[k : k + window].mean() - values[k - window : k].mean())
            for k in range(window, len(years) - window + 1)
        }
        value = change.get(date)
        rank = None
        if value is not None:
            rank = sum(abs(other) >= abs(value) - 1e-12 for other in change.values())
        p_value = rank / len(change) if rank is not None else None
        rows.append((*key, date, value, rank, p_value, len(change)))
    kinds = {"year": pl.Int64, "value": pl.Float64, "rank": pl.Int64, "p_value": pl.Float64}
    schema = {name: series.schema[name] for name in by} | kinds | {"n": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def drift(
    ideal_points: IdealPointRows,
    *,
    state: str | None = None,
    years: tuple[int, int] | None = None,
) -> Drifts:
    r"""Return how fast states' ideal points moved: the median of all pairwise slopes, per decade.

    .. math:: 10 \, \operatorname{median}_{s < t} \frac{\theta_t - \theta_s}{t - s}

    Parameters
    ----------
    ideal_points : IdealPointRows
        Estimates, one row a state and session.
    state : str, optional
        One state; all when left out.
    years : (int, int), optional
        First and last year.

    Returns
    -------
    Drifts
        Slope per decade with its 90 % interval (unit: standard deviations over all positions, any
        range), null with fewer than three years; change is last minus first.

    References
    ----------
    Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. Journal of
    the American Statistical Association 63(324), 1379-1389.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"state": "KAZ", "session": range(50, 56), "year": range(1995, 2001),
    ...     "value": [0.5, 0.4, 0.3, 0.2, 0.1, 0.0], "low": 0.0, "high": 0.0, "n": 60})
    >>> round(drift(rows)["value"][0], 6)
    -1.0
    """
    from scipy.stats import theilslopes

    rows: list[tuple[object, ...]] = []
    ordered = _chosen(ideal_points, state, years).drop_nulls("value").sort("state", "year")
    for (name,), part in ordered.group_by(["state"], maintain_order=True):
        time, values = part["year"].to_numpy(), part["value"].to_numpy()
        slope: tuple[float | None, ...] = (None, None, None)
        if time.size >= 3:
            middle, _, low, high = theilslopes(values, time, alpha=0.9)
            slope = tuple(10.0 * float(x) for x in (middle, low, high))
        change = float(values[-1] - values[0])
        rows.append((name, int(time[0]), int(time[-1]), *slope, change, int(time.size)))
    return pl.DataFrame(rows, schema=DRIFTS.schema, orient="row")
