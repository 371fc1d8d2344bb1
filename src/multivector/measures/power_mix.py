r"""The power mix: by which means, and in which fields, a state acts on another.

Two readings of an act are kept apart, and neither is derived from the other. Its *dimension* is the
field: political, economic, cultural and so on. Its *mode* is how it works: it coerces, it induces,
or it attracts; the first two are hard, the third is soft (Nye's command and co-optive power).
``reading="mode"`` takes the coded mode, ``"power"`` what the text itself calls hard or soft. Never
is an act hard because it is economic. Acts that are not coded are counted as such.

Counts depend on what the source chose to write down. So compositions are of all events at hand,
`power_volume` shows the size of the corpus beside the counts, repeats of an event are left out, and
every comparison in time comes with a permutation test: how often would shuffled dates give as much?
A paper written section by section gives a composition of its sections.
"""

from __future__ import annotations

from typing import Any, Literal, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.errors import BadValue
from multivector.measures._events import (
    CATEGORIES,
    HARD,
    QUADS,
    SOFT,
    By,
    Category,
    EventOptions,
    Reading,
    among,
    check_level,
    jeffreys,
    kept,
    periods,
    placed,
)
from multivector.measures._options import with_options
from multivector.tables import (
    EVENTS,
    POWER_SCORES,
    POWER_SHARES,
    POWER_VOLUMES,
    Events,
    PowerScores,
    PowerShares,
    PowerVolumes,
)

__all__ = ["power_balance", "power_composition", "power_evenness", "power_volume"]

Array = NDArray[np.float64]


@with_options
def power_composition(
    events: Events,
    *,
    of: Category = "dimension",
    by: By = "period",
    level: float = 0.9,
    **which: Unpack[EventOptions],
) -> PowerShares:
    r"""Shares of the dimensions, modes or readings of power among the events of a period.

    .. math:: s_c = n_c / \sum_c n_c

    with Jeffreys intervals, quantiles of Beta(:math:`n_c + ½, n - n_c + ½`).

    Parameters
    ----------
    state, partner : str, optional
        Only events with this actor, or with both.
    of : {"dimension", "mode", "power", "quad"}
        What the category is; events without it are left out. The quad classes, words or deeds of
        cooperation or conflict, are those of PLOVER's events.
    years : tuple of int, optional
        First and last year; with years only dated events count.
    by : {"period", "year"}
        One composition, or one a year.
    level : float
        Level of the interval.

    Returns
    -------
    PowerShares
        ``value`` in [0, 1], shares that sum to 1 in a period; never null, for categories without
        events have no row. ``n`` counts the period's events with a category.

    Raises
    ------
    BadValue
        If an option is not allowed.

    References
    ----------
    Nye, J. S. (2004). Soft Power: The Means to Success in World Politics.

    Examples
    --------
    >>> from multivector.measures._events import example_events
    >>> power_composition(example_events()).select("category", "value").rows()
    [('cultural', 0.5), ('economic', 0.5)]
    """
    among("of", of, CATEGORIES)
    check_level(level)
    rows = placed(kept(events, **which), by).filter(pl.col(of).is_not_null())
    counts = rows.group_by("start", "end", category=pl.col(of)).agg(events=pl.len())
    counts = counts.with_columns(
        pl.col("events").cast(pl.Int64), n=pl.col("events").sum().over("start").cast(pl.Int64)
    ).sort("start", "category")
    low, high = jeffreys(counts["events"].to_numpy(), counts["n"].to_numpy(), level)
    return POWER_SHARES.conform(
        counts.with_columns(
            value=pl.col("events") / pl.col("n"),
            low=pl.Series(low, dtype=pl.Float64),
            high=pl.Series(high, dtype=pl.Float64),
        )
    )


@with_options
def power_evenness(
    events: Events,
    *,
    of: Category = "dimension",
    by: By = "period",
    measure: Literal["shannon", "hill"] = "shannon",
    order: float = 2.0,
    draws: int = 500,
    level: float = 0.9,
    seed: int = 0,
    **which: Unpack[EventOptions],
) -> PowerScores:
    r"""How evenly the events are spread over dimensions, modes or readings of power.

    .. math::

        J = \frac{-\sum_c s_c \ln s_c + (C - 1) / 2n}{\ln K}, \qquad
        {}^qN = \Bigl(\sum_c s_c^q\Bigr)^{1/(1-q)}

    with :math:`C` categories found and :math:`K` possible ones; the second term of the numerator
    is Miller and Madow's correction for the size of the corpus. Order 2 of Hill's number uses the
    unbiased :math:`\sum_c n_c (n_c - 1) / n (n - 1)`.

    Parameters
    ----------
    state, partner, of, years, by
        As in `power_composition`.
    measure : {"shannon", "hill"}
        Evenness between 0 and 1, or an effective number of categories.
    order : float
        Order of Hill's number; 1 and ``inf`` are limits.
    draws : int
        Bootstrap draws of events for the interval; 0 for none.
    level, seed
        Level of the interval and start of its random numbers.

    Returns
    -------
    PowerScores
        ``value`` in [0, 1] for Shannon's evenness, from 1 for Hill's number; null with one event.
        ``n`` counts events with a category, ``uncoded`` those without.

    Raises
    ------
    BadValue
        If an option is not allowed.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences. Ecology
        54(2).
    Miller, G. A. (1955). Note on the bias of information estimates. Information Theory in
        Psychology.

    Examples
    --------
    >>> from multivector.measures._events import example_events
    >>> power_evenness(example_events(), measure="hill", order=1, draws=0)["value"].item()
    2.0
    """
    among("of", of, CATEGORIES)
    among("measure", measure, ("shannon", "hill"))
    check_level(level)
    if not order >= 0 or draws < 0:
        raise BadValue(
            f"order {order} with {draws} draws cannot be used; expected both from 0; correct them"
        )
    possible = len(QUADS) if of == "quad" else len(EVENTS.column(of).allowed)
    rows: list[dict[str, Any]] = []
    for start, end, part in periods(placed(kept(events, **which), by)):
        counts = part[of].drop_nulls().value_counts().sort(of)["count"].to_numpy().astype(float)
        random = np.random.default_rng([seed, start])
        n = int(counts.sum())
        drawn = random.multinomial(n, counts / n, draws) if n > 1 else np.zeros((0, 1))
        values = _spread(np.vstack([counts, drawn]), measure, order, possible) if n > 1 else None
        rows.append(
            {
                "start": start,
                "end": end,
                "n": n,
                "uncoded": part.height - n,
                "value": None if values is None else float(values[0]),
                **_bounds(None if values is None else values[1:], level),
            }
        )
    return _scores(rows)


@with_options
def power_balance(
    events: Events,
    *,
    reading: Reading = "mode",
    by: By = "period",
    measure: Literal["smartness", "soft_share"] = "smartness",
    level: float = 0.9,
    **which: Unpack[EventOptions],
) -> PowerScores:
    r"""Balance of hard and soft acts: 1 where both are as many, 0 where there is one kind only.

    .. math:: B = \frac{2 \min(h, s)}{h + s} = 1 - \frac{|h - s|}{h + s}

    Balanced is not yet smart: see `power_complementarity` for whether both come together. The
    interval is the range of B over the Jeffreys interval of the soft share.

    Parameters
    ----------
    state, partner, years, by
        As in `power_composition`.
    reading : {"mode", "power"}
        Hard and soft by the coded mode, or as the text calls the act.
    measure : {"smartness", "soft_share"}
        The balance B, or the share of soft acts among hard and soft.
    level : float
        Level of the interval.

    Returns
    -------
    PowerScores
        ``value`` in [0, 1]; null where no act is hard or soft. ``n`` counts hard and soft acts,
        ``uncoded`` all others.

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
    >>> power_balance(example_events()).select("value", "hard", "soft").row(0)
    (1.0, 1, 1)
    """
    among("reading", reading, ("mode", "power"))
    among("measure", measure, ("smartness", "soft_share"))
    check_level(level)
    rows: list[dict[str, Any]] = []
    for start, end, part in periods(placed(kept(events, **which), by)):
        hard = int(part[reading].is_in(HARD[reading]).sum())
        soft = int(part[reading].is_in(SOFT[reading]).sum())
        n = hard + soft
        row: dict[str, Any] = {"start": start, "end": end, "n": n, "hard": hard, "soft": soft}
        row["uncoded"] = part.height - n
        if n:
            low, high = jeffreys(np.array([soft]), np.array([n]), level)
            row |= _balance(soft / n, float(low[0]), float(high[0]), measure)
        rows.append(row)
    return _scores(rows)


def power_volume(
    events: Events, *, state: str | None = None, partner: str | None = None, level: float = 0.9
) -> PowerVolumes:
    r"""Events of a state, or of two, per thousand events of the same source and year.

    .. math:: r_t = 1000\, n_t / N_t

    The corpus :math:`N_t` grows with the press and with coders' zeal; the rate does not.

    Parameters
    ----------
    events : Events
        Events of any source, whole: the corpus is counted from them. Repeats are left out.
    state, partner : str, optional
        Only events with this actor, or with both.
    level : float
        Level of the Jeffreys interval.

    Returns
    -------
    PowerVolumes
        ``value`` in [0, 1000]; never null, for a year without any event has no row. ``n`` is the
        corpus.

    Raises
    ------
    BadValue
        If the level is not allowed.

    References
    ----------
    Schrodt, P. A. (2012). CAMEO: Conflict and Mediation Event Observations codebook.

    Examples
    --------
    >>> from multivector.measures._events import example_events
    >>> power_volume(example_events(), state="KAZ")["value"].to_list()
    [1000.0, 1000.0]
    """
    check_level(level)
    rows = kept(events).filter(pl.col("year").is_not_null())
    own = kept(rows.drop("year"), state=state, partner=partner).with_columns(own=pl.lit(1))
    both = rows.join(own.select("event", "own"), on="event", how="left")
    counts = (
        both.group_by("year", "source")
        .agg(events=pl.col("own").sum().cast(pl.Int64), n=pl.len().cast(pl.Int64))
        .sort("year", "source")
    )
    low, high = jeffreys(counts["events"].to_numpy(), counts["n"].to_numpy(), level)
    return POWER_VOLUMES.conform(
        counts.with_columns(
            value=1000 * pl.col("events") / pl.col("n"),
            low=pl.Series(1000 * low, dtype=pl.Float64),
            high=pl.Series(1000 * high, dtype=pl.Float64),
        )
    )


def _scores(rows: list[dict[str, Any]]) -> PowerScores:
    if not rows:
        return POWER_SCORES.empty()
    return POWER_SCORES.conform(pl.DataFrame(rows, schema_overrides=POWER_SCORES.schema))


def _spread(counts: Array, measure: str, order: float, possible: int) -> Array:
    """Return evenness or effective numbers of rows of counts."""
    n = counts.sum(axis=1, keepdims=True)
    share = counts / n
    entropy = -np.sum(share * np.log(np.where(share > 0, share, 1.0)), axis=1)
    if measure == "shannon":
        found = (counts > 0).sum(axis=1)
        corrected = entropy + (found - 1) / (2 * n[:, 0])
        return np.asarray(np.minimum(corrected / np.log(possible), 1.0))
    if order == 1:
        return np.asarray(np.exp(entropy))
    if np.isinf(order):
        return np.asarray(1 / share.max(axis=1))
    if order == 2:
        pairs = np.sum(counts * (counts - 1), axis=1) / (n * (n - 1))[:, 0]
        return np.asarray(1 / np.maximum(pairs, 1 / n[:, 0] ** 2))
    return np.asarray(
        np.sum(np.where(share > 0, share, 1.0) ** order * (share > 0), axis=1) ** (1 / (1 - order))
    )


def _bounds(values: Array | None, level: float) -> dict[str, float | None]:
    if values is None or not len(values):
        return {"low": None, "high": None}
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return {"low": float(low), "high": float(high)}


def _balance(soft: float, low: float, high: float, measure: str) -> dict[str, float]:
    if measure == "soft_share":
        return {"value": soft, "low": low, "high": high}
    ends = (1 - abs(2 * low - 1), 1 - abs(2 * high - 1))
    top = 1.0 if low <= 0.5 <= high else max(ends)
    return {"value": 1 - abs(2 * soft - 1), "low": min(ends), "high": top}
