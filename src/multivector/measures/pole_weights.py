"""Weights of several poles for a state, from the roll calls on which they split.

Two poles have a share (`splits`); of more than two every pair has one, and they need not fit
together. The Bradley–Terry model finds the one weight a pole that fits all pairs best; Davidson's
extension reads an abstention as a tie. These weights are the votes' part of a vector index.
"""

from __future__ import annotations

from itertools import combinations
from typing import Unpack

import numpy as np
import polars as pl

from multivector.measures._choices import Array
from multivector.measures._davidson import fit
from multivector.measures._options import given, with_options
from multivector.measures._split_calls import (
    STANDARD,
    SplitOptions,
    calls_at_hand,
    joined,
    listed,
    spans,
)
from multivector.tables import POLE_SHARES, PoleShares, Rollcalls, SplitVotes, Votes

__all__ = ["bradley_terry"]


@with_options
def bradley_terry(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    *,
    bootstrap: int = 0,
    level: float = 0.9,
    seed: int = 0,
    **which: Unpack[SplitOptions],
) -> PoleShares:
    r"""Weights of several poles for a state, from all their splits: Bradley, Terry and Davidson.

    .. math::

        P(i \mid ij) = \frac{\pi_i}{\pi_i + \pi_j + \nu \sqrt{\pi_i \pi_j}}, \qquad
        P(0 \mid ij) = \frac{\nu \sqrt{\pi_i \pi_j}}{\pi_i + \pi_j + \nu \sqrt{\pi_i \pi_j}}

    An abstention is a tie. Every :math:`\log \pi_i` has the weak prior N(0, 3²), so that a pole
    never joined gets a small weight and not none. Weights are scaled to sum to 1. The model takes
    the choice between two poles not to depend on the others: read `splits` beside it.

    Parameters
    ----------
    kinds, duplicates, issue
        Which roll calls; poles split where one says yes and the other no.
    bootstrap : int
        Replicates for the interval, drawing families of recurring texts; 0 for none.
    level, seed
        Level of the interval and start of its random numbers.

    Returns
    -------
    PoleShares
        ``value`` in [0, 1], shares that sum to 1; null for all poles where none ever split while
        the state took part. ``n`` counts the comparisons the pole was in.

    Raises
    ------
    BadValue
        If an option is not allowed.

    References
    ----------
    Davidson, R. R. (1970). On extending the Bradley-Terry model to accommodate ties in paired
        comparison experiments. Journal of the American Statistical Association 65(329).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> bradley_terry(example_votes(), state="RUS", poles=("CHN", "KAZ"))["value"].to_list()
    [None, None]
    """
    o = given(SplitOptions, which)
    state, poles = o["state"], o["poles"]
    votes, rollcalls, split_votes = joined(
        votes, rollcalls, split_votes, STANDARD, (state, *poles), poles
    )
    rows = listed(votes, rollcalls, split_votes, **which)
    span = spans(calls_at_hand(votes, rollcalls, split_votes), o["years"], "period")
    compared = _comparisons(rows, poles)
    fitted, ties = _fitted(compared.sum(axis=0)[None])
    weight, tie = fitted[0], float(ties[0])
    low, high = _resampled(compared, bootstrap, level, seed)
    n = compared.sum(axis=(0, 2, 3)) + compared.sum(axis=(0, 1, 3))
    frame = pl.DataFrame(
        {
            "pole": list(poles),
            "value": weight,
            "low": low,
            "high": high,
            "n": n.astype(np.int64),
        },
        schema_overrides=dict.fromkeys(("value", "low", "high"), pl.Float64),
    ).fill_nan(None)
    if span.is_empty():
        return POLE_SHARES.empty()
    own = frame.with_columns(state=pl.lit(state), tie=pl.lit(tie, dtype=pl.Float64)).fill_nan(None)
    return POLE_SHARES.conform(own.join(span, how="cross"))


def _comparisons(rows: pl.DataFrame, poles: tuple[str, ...]) -> Array:
    """Return counts (family, pole, pole, outcome): first joined, second joined, neither."""
    taken = rows.filter(pl.col("side").is_in(["pole_a", "pole_b", "abstain"]))
    family = pl.coalesce("family", "rollcall").rank("dense").cast(pl.Int64) - 1
    taken = taken.with_columns(family=family)
    size = len(poles)
    counts = np.zeros((taken["family"].n_unique(), size, size, 3))
    outcome = {"pole_a": 0, "pole_b": 1, "abstain": 2}
    for family_, a, b, side in taken.select("family", "pole_a", "pole_b", "side").iter_rows():
        counts[family_, poles.index(a), poles.index(b), outcome[side]] += 1
    return counts


def _fitted(counts: Array) -> tuple[Array, Array]:
    """Return weights and tie parameters of tables (tables, pole, pole, outcome)."""
    size = counts.shape[1]
    pairs = tuple(combinations(range(size), 2))
    first, second = zip(*pairs, strict=True)
    return fit(counts[:, list(first), list(second)], pairs, size)


def _resampled(counts: Array, replicates: int, level: float, seed: int) -> tuple[Array, Array]:
    size = counts.shape[1]
    if not replicates or not counts.sum():
        return np.full(size, np.nan), np.full(size, np.nan)
    random = np.random.default_rng(seed)
    families = len(counts)
    times = random.multinomial(families, np.full(families, 1 / families), replicates)
    drawn, _ = _fitted(np.tensordot(times.astype(float), counts, axes=1))
    tail = (1 - level) / 2
    return np.nanquantile(drawn, tail, axis=0), np.nanquantile(drawn, 1 - tail, axis=0)
