"""Tests on the power mix: whether hard and soft come together, and whether a relation moved.

See `power_mix` for the two readings of an act and for what a source does to the counts.
"""

from __future__ import annotations

from typing import Any, Literal, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.errors import BadValue, choices
from multivector.measures._events import (
    HARD,
    SOFT,
    EventOptions,
    Reading,
    among,
    check_level,
    check_positive,
    jeffreys,
    kept,
)
from multivector.measures._options import with_options
from multivector.tables import DIMENSIONS, POWER_TESTS, Events, PowerTests

__all__ = ["power_complementarity", "power_drift"]

Array = NDArray[np.float64]
_EXACT = {"day": 10, "month": 7, "year": 4}


@with_options
def power_complementarity(
    events: Events,
    *,
    reading: Reading = "mode",
    within: Literal["day", "month", "year"] = "day",
    permutations: int = 2000,
    seed: int = 0,
    **which: Unpack[EventOptions],
) -> PowerTests:
    r"""Whether hard and soft acts come in the same package more than by chance.

    .. math:: \ln\frac{O + ½}{E + ½}

    with :math:`O` the packages that hold both kinds and :math:`E` their mean number when hard and
    soft are dealt anew to the same acts. A package is what the same actors (persons aside) did on
    the same day, as a visit that brings agreements, or in the same month or year; acts whose date
    is less exact are in none.

    Parameters
    ----------
    state, partner, years
        As in `power_composition`.
    reading : {"mode", "power"}
        Hard and soft by the coded mode, or as the text calls the act.
    within : {"day", "month", "year"}
        How close in time the acts of a package are.
    permutations : int
        Deals for the test.
    seed : int
        Start of its random numbers.

    Returns
    -------
    PowerTests
        One row. ``value`` is a log ratio, 0 by chance, above 0 if they come together; null where
        no package has two acts that are hard or soft, or all are of one kind. ``low`` and ``high``
        are what 90 % of deals give. ``n`` counts packages of two acts or more.

    Raises
    ------
    BadValue
        If an option is not allowed.

    References
    ----------
    Nye, J. S. (2009). Get smart: combining hard and soft power. Foreign Affairs 88(4).

    Examples
    --------
    >>> from multivector.measures._events import example_events
    >>> power_complementarity(example_events(), permutations=50)["n"].item()
    0
    """
    among("reading", reading, ("mode", "power"))
    among("within", within, tuple(_EXACT))
    check_positive("permutations", permutations)
    rows = kept(events, **which)
    rows = rows.filter(pl.col(reading).is_in([*HARD[reading], *SOFT[reading]]))
    long = _EXACT[within]
    acting = pl.element().filter(~pl.element().str.starts_with("person:"))
    rows = rows.filter(pl.col("date").str.len_chars() >= long).with_columns(
        actors=pl.col("actors").str.split(";").list.eval(acting).list.sort().list.join(";"),
        date=pl.col("date").str.slice(0, long),
    )
    rows = rows.filter(pl.len().over("actors", "date") > 1).sort("actors", "date", "event")
    package = rows.select(pl.struct("actors", "date").rank("dense"))["actors"].to_numpy()
    soft = rows[reading].is_in(SOFT[reading]).to_numpy()
    result: dict[str, Any] = {"statistic": "hard and soft together", "n": len(np.unique(package))}
    if soft.any() and not soft.all():
        random = np.random.default_rng(seed)
        seen = _mixed(package, soft)
        dealt = np.array([_mixed(package, random.permutation(soft)) for _ in range(permutations)])
        mean = dealt.mean()
        ratio = np.log((dealt + 0.5) / (mean + 0.5))
        result |= {
            "value": float(np.log((seen + 0.5) / (mean + 0.5))),
            "low": float(np.quantile(ratio, 0.05)),
            "high": float(np.quantile(ratio, 0.95)),
            "p_value": _luck(np.abs(dealt - mean), abs(seen - mean)),
        }
    return POWER_TESTS.conform(pl.DataFrame([result], schema_overrides=POWER_TESTS.schema))


@with_options
def power_drift(
    events: Events,
    *,
    earlier: tuple[str, ...] = ("cultural", "education"),
    later: tuple[str, ...] = ("economic", "energy_transport"),
    split: int | None = None,
    permutations: int = 2000,
    level: float = 0.9,
    seed: int = 0,
    **which: Unpack[EventOptions],
) -> PowerTests:
    r"""Whether a relation moved from some dimensions to others: trend, divergence, break.

    The trend is the slope b, per decade, of

    .. math:: \ln\frac{P(\text{later})}{P(\text{earlier})} = a + b\,t

    over the dated events of either group, by Firth's penalised likelihood, which stays finite in
    small and separated samples. The divergence is Jensen and Shannon's, in bits, between the
    compositions before and from ``split``; its ``value`` is what remains after the mean of the
    permutations is taken off, because small samples always diverge. The break is the year that
    parts the series best by multinomial likelihood. Dates are shuffled for all p-values.

    Parameters
    ----------
    events : Events
        Events of any source; repeats are left out, and so are those without a year.
    state, partner, years
        As in `power_composition`.
    earlier, later : tuple of str
        The dimensions moved from, and to.
    split : int, optional
        First year of the second period; the year after the median if not given.
    permutations : int
        Shuffles for the tests.
    level, seed
        Level of the trend's Wald interval and start of the random numbers.

    Returns
    -------
    PowerTests
        Rows ``trend`` (log odds per decade), ``share_before`` and ``share_after`` (of ``later``
        in both groups, with Jeffreys intervals), ``divergence`` (bits above chance; ``low`` and
        ``high`` null) and ``break`` (likelihood ratio; ``year``). ``value`` is null where there
        are too few events or one group only. ``n`` counts the events used.

    Raises
    ------
    BadValue
        If an option is not allowed.

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80(1).
    Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on
        Information Theory 37(1).

    Examples
    --------
    >>> from multivector.measures._events import example_events
    >>> found = power_drift(example_events(), permutations=50)
    >>> found.filter(pl.col("statistic") == "share_after")["value"].item()
    1.0
    """
    check_positive("permutations", permutations)
    check_level(level)
    _groups(earlier, later)
    rows = kept(events, **which).filter(pl.col("year").is_not_null()).sort("event")
    random = np.random.default_rng(seed)
    pair = rows.filter(pl.col("dimension").is_in([*earlier, *later]))
    when = pair["year"].to_numpy().astype(float)
    moved = pair["dimension"].is_in(later).to_numpy()
    every = rows["year"].to_numpy().astype(float)
    kind = rows["dimension"].cast(pl.Enum(DIMENSIONS)).to_physical().to_numpy().astype(int)
    table = np.eye(len(DIMENSIONS))[kind] if len(kind) else np.zeros((0, len(DIMENSIONS)))
    parted = split if split is not None else (int(np.median(every)) + 1 if len(every) else 0)
    found = [
        _trend(when, moved, level, permutations, random),
        *_before_after(when, moved, parted, level),
        _divergence(every, table, parted, permutations, random),
        _break(every, table, permutations, random),
    ]
    return POWER_TESTS.conform(pl.DataFrame(found, schema=POWER_TESTS.schema))


def _mixed(package: NDArray[Any], soft: NDArray[np.bool_]) -> int:
    """Return how many packages hold both kinds."""
    return len(np.intersect1d(package[soft], package[~soft]))


def _luck(drawn: Array, seen: float) -> float:
    """Return the share of permutations at least as far out, the observed one among them."""
    return float((1 + np.sum(drawn >= seen - 1e-12)) / (1 + len(drawn)))


def _trend(
    when: Array, moved: NDArray[np.bool_], level: float, permutations: int,
    random: np.random.Generator,
) -> dict[str, Any]:  # fmt: skip
    result: dict[str, Any] = {"statistic": "trend", "n": len(when)}
    if not len(when) or moved.all() or not moved.any() or np.ptp(when) == 0:
        return result
    from scipy.special import ndtri

    slope, error = _firth((when - when.mean()) / 10, moved)
    gap = when[moved].mean() - when[~moved].mean()
    shuffled = np.array([random.permutation(moved) for _ in range(permutations)])
    count = moved.sum()
    means = shuffled @ when / count - (~shuffled) @ when / (len(when) - count)
    wide = float(ndtri((1 + level) / 2)) * error
    p = _luck(np.abs(means), abs(gap))
    return {**result, "value": slope, "low": slope - wide, "high": slope + wide, "p_value": p}


def _firth(x: Array, y: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and standard error of a logistic line by Firth's penalised likelihood."""
    design = np.column_stack([np.ones_like(x), x])
    beta = np.zeros(2)
    for _ in range(200):
        chance = 1 / (1 + np.exp(-design @ beta))
        weight = chance * (1 - chance)
        inverse = np.linalg.inv(design.T @ (weight[:, None] * design))
        lever = weight * np.einsum("ij,jk,ik->i", design, inverse, design)
        step = inverse @ (design.T @ (y - chance + lever * (0.5 - chance)))
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[1]), float(np.sqrt(inverse[1, 1]))


def _before_after(
    when: Array, moved: NDArray[np.bool_], split: int, level: float
) -> list[dict[str, Any]]:
    found = []
    for statistic, side in (("share_before", when < split), ("share_after", when >= split)):
        k, n = int(moved[side].sum()), int(side.sum())
        row: dict[str, Any] = {"statistic": statistic, "n": n, "year": split}
        if n:
            low, high = jeffreys(np.array([k]), np.array([n]), level)
            row |= {"value": k / n, "low": float(low[0]), "high": float(high[0])}
        found.append(row)
    return found


def _divergence(
    when: Array, table: Array, split: int, permutations: int, random: np.random.Generator
) -> dict[str, Any]:
    result: dict[str, Any] = {"statistic": "divergence", "n": len(when), "year": split}
    after = when >= split
    if not after.any() or after.all():
        return result
    seen = jensen_shannon(table[~after].sum(axis=0), table[after].sum(axis=0))
    drawn = []
    for _ in range(permutations):
        side = random.permutation(after)
        drawn.append(jensen_shannon(table[~side].sum(axis=0), table[side].sum(axis=0)))
    chance = np.array(drawn)
    return {**result, "value": seen - float(chance.mean()), "p_value": _luck(chance, seen)}


def jensen_shannon(first: Array, second: Array) -> float:
    """Return the divergence of two compositions given as counts, in bits.

    >>> jensen_shannon(np.array([3.0, 0.0]), np.array([0.0, 5.0]))
    1.0
    """
    p, q = first / first.sum(), second / second.sum()
    return float(_entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2)


def _entropy(share: Array) -> float:
    return float(-np.sum(share * np.log2(np.where(share > 0, share, 1.0))))


def _break(
    when: Array, table: Array, permutations: int, random: np.random.Generator
) -> dict[str, Any]:
    result: dict[str, Any] = {"statistic": "break", "n": len(when)}
    if len(np.unique(when)) < 2:
        return result
    order = np.argsort(when, kind="stable")
    ordered, years = table[order], when[order]
    cuts = np.flatnonzero(np.diff(years) > 0) + 1
    seen = _ratios(ordered, cuts)
    best = int(np.argmax(seen))
    drawn = np.array(
        [_ratios(random.permutation(ordered), cuts).max() for _ in range(permutations)]
    )
    p = _luck(drawn, float(seen[best]))
    return {**result, "value": float(seen[best]), "p_value": p, "year": int(years[cuts[best]])}


def _ratios(ordered: Array, cuts: NDArray[np.intp]) -> Array:
    """Return the likelihood ratio of two compositions against one, for each cut."""
    total = ordered.sum(axis=0)
    before = np.cumsum(ordered, axis=0)[cuts - 1]
    sides = _loglik(before) + _loglik(total - before)
    return np.asarray(2 * (sides - _loglik(total[None])))


def _loglik(counts: Array) -> Array:
    n = counts.sum(axis=-1, keepdims=True)
    share = counts / np.maximum(n, 1)
    return np.asarray(np.sum(counts * np.log(np.where(share > 0, share, 1.0)), axis=-1))


def _groups(earlier: tuple[str, ...], later: tuple[str, ...]) -> None:
    strange = [d for d in (*earlier, *later) if d not in DIMENSIONS]
    if strange or not earlier or not later or set(earlier) & set(later):
        raise BadValue(
            f"from {choices(earlier) or 'none'} to {choices(later) or 'none'} is no drift; "
            f"expected two groups of dimensions without overlap, of {choices(DIMENSIONS)}; "
            "correct them"
        )
