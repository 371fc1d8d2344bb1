r"""Split votes: whom a state joins when two poles are on opposite sides.

For poles :math:`i, j` the roll calls that count are those on which they split. By default that
means one said yes and the other no, on a resolution as a whole, a resolution counted once. Each of
these words is an option, because the count depends on them more than on anything else: see
`split_sensitivity`, and print the definition beside the number.

- ``strict=False`` counts any difference, such as yes and abstain. ``absent=True`` counts a pole's
  absence as a position too: beside a firm vote if strict, beside any vote if not.
- ``side="same"``: the state joins the pole whose choice it shares. ``"nearer"``: the pole whose
  choice is nearer on yes, abstain, no; that asks more of an abstention than it may say.
- ``kinds`` and ``duplicates``: which roll calls. Kind unknown means the producer does not say; it
  is in by default, since recent releases say nothing of any roll call, and counted in ``unknown``.
- ``by``: one row for the period, or one a year or session (named by the year it opened in).

A pole is its seat: RUS includes the Soviet Union's votes, CHN begins in October 1971, when the
People's Republic took the seat (before, it was the Republic of China's, TWN).

Without the votes themselves the split roll calls embedded in the package answer: those on which
two of ten powers said yes and no. Any other difference needs the votes.
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue
from multivector.measures._choices import KINDS
from multivector.measures._options import given, with_options
from multivector.measures._split_calls import (
    FINAL,
    By,
    Definition,
    DefinitionOptions,
    Duplicates,
    SensitivityOptions,
    active,
    calls_at_hand,
    counted,
    has_absences,
    joined,
    listed,
    pairs_of,
    placed,
    spans,
)
from multivector.tables import (
    SPLIT_ROLLCALLS,
    SPLIT_SENSITIVITY,
    SPLITS,
    Rollcalls,
    SplitRollcalls,
    Splits,
    SplitSensitivity,
    SplitVotes,
    Votes,
)

__all__ = ["split_rollcalls", "split_sensitivity", "splits"]

_OPPOSITIONS = {
    "yes against no": (True, False),
    "yes against no, or a firm vote beside absence": (True, True),
    "any difference among votes": (False, False),
    "any difference, absence included": (False, True),
}
_SETS: dict[str, tuple[tuple[str, ...], Duplicates]] = {
    "all": (KINDS, "keep"),
    "resolutions as a whole": (FINAL, "keep"),
    "resolutions as a whole, repeats merged": (FINAL, "merge"),
}


@with_options
def splits(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    *,
    by: By = "period",
    level: float = 0.95,
    **which: Unpack[DefinitionOptions],
) -> Splits:
    r"""Whom a state joined where poles split: shares, intervals and an exact test.

    .. math::

        \hat\theta = \frac{n_a}{n_a + n_b}, \qquad E = 1 - |2 \hat\theta - 1|, \qquad
        \nu = \frac{n_0}{n_a + n_b + n_0}

    with :math:`n_0` abstentions; the interval is Jeffreys's, quantiles of
    Beta(:math:`n_a + ½, n_b + ½`); the test is of an even chance, binomial and two-sided.

    Parameters
    ----------
    poles : tuple of str
        Two poles or more; every pair gets rows.
    strict, absent, side
        What is a split, and what is joining; see the top of this module.
    by : {"period", "year", "session"}
        One row for the period, or one a year or session.
    level : float
        Level of the interval.

    Returns
    -------
    Splits
        ``value`` in [0, 1], the share that joined the first pole among those on which the state
        joined one; null where it joined none. ``n`` counts all split roll calls of the period on
        which the state was a member.

    Raises
    ------
    BadValue
        If an option is not allowed, or there are fewer than two poles besides the state.
    MissingData
        If the definition needs the votes themselves and they are not installed.

    References
    ----------
    Yuneman (2023), cited in the literature for splits of Russia and China; title not at hand.
    Brown, L. D., Cai, T. T. & DasGupta, A. (2001). Interval estimation for a binomial proportion.
        Statistical Science 16(2).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> splits(example_votes(), state="KAZ", poles=("CHN", "RUS")).select("n", "value").rows()
    [(0, None)]
    """
    o = given(DefinitionOptions, which)
    state, poles, years = o["state"], o["poles"], o["years"]
    votes, rollcalls, split_votes = joined(
        votes, rollcalls, split_votes, Definition.of(o), (state, *poles), poles
    )
    rows = listed(votes, rollcalls, split_votes, **which)
    calls = calls_at_hand(votes, rollcalls, split_votes)
    periods = spans(calls, years, by)
    if by != "period":
        own = active(votes, split_votes, state)
        periods = periods.filter(pl.col("start").is_between(own.min(), own.max()))
    frame = periods.join(pairs_of(poles), how="cross").join(
        counted(placed(rows, periods, by)), on=["pole_a", "pole_b", "start"], how="left"
    )
    counts = ("n_a", "n_b", "abstain", "other", "absent", "unknown", "n")
    frame = frame.with_columns(pl.col(counts).fill_null(0), state=pl.lit(state))
    if votes is not None and not has_absences(votes):
        frame = frame.with_columns(absent=pl.lit(None, dtype=pl.Int64))
    return SPLITS.conform(_tested(frame, level).sort("pole_a", "pole_b", "start"))


@with_options
def split_rollcalls(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    **which: Unpack[DefinitionOptions],
) -> SplitRollcalls:
    r"""List the roll calls on which poles split, and whom the state joined on each.

    A roll call is in the list where :math:`v_i \in Y, v_j \in N` or the reverse, or by whatever
    difference the options name: the rows behind the counts of `splits`.

    Parameters
    ----------
    strict, absent, side, kinds, duplicates, issue
        The definition; see the top of this module.

    Returns
    -------
    SplitRollcalls
        One row a pair of poles and roll call; ``resolution`` and ``title`` are null where the
        producer has none. Roll calls on which the state was no member are left out.

    Raises
    ------
    BadValue
        If an option is not allowed.
    MissingData
        If the definition needs the votes themselves and they are not installed.

    References
    ----------
    Yuneman (2023), cited in the literature for splits of Russia and China; title not at hand.

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> split_rollcalls(
    ...     example_votes(), state="RUS", poles=("CHN", "KAZ"), strict=False
    ... ).height
    0
    """
    rows = listed(votes, rollcalls, split_votes, **which)
    return SPLIT_ROLLCALLS.conform(rows.sort("pole_a", "pole_b", "date", "rollcall"))


@with_options
def split_sensitivity(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    *,
    level: float = 0.95,
    **which: Unpack[SensitivityOptions],
) -> SplitSensitivity:
    r"""How the count of splits, and the state's side, depend on the definition.

    .. math:: \hat\theta = n_a / (n_a + n_b)

    for four oppositions (yes against no; or a firm vote beside absence too; any difference among
    votes; or absence too) times three sets of roll calls (all; resolutions as a whole; these with
    repeats merged).

    Parameters
    ----------
    split_votes : SplitVotes
        Split roll calls with all choices: yes against no only.
    side : {"same", "nearer"}
        What is joining a pole.
    issue : str, optional
        Only roll calls of one issue.
    level : float
        Level of Jeffreys's interval.

    Returns
    -------
    SplitSensitivity
        One row a pair, opposition and set; ``value`` in [0, 1], null where the state joined none.

    Raises
    ------
    BadValue
        If an option is not allowed.

    References
    ----------
    Bailey, M. A., Strezhnev, A. and Voeten, E. (2017). Estimating dynamic state preferences from
    United Nations voting data. Journal of Conflict Resolution 61(2).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> split_sensitivity(example_votes(), state="RUS", poles=("CHN", "KAZ"))["n"].sum()
    0
    """
    o = given(SensitivityOptions, which)
    state, poles = o["state"], o["poles"]
    frames = []
    for opposition, (strict, absent) in _OPPOSITIONS.items():
        if votes is None and (not strict or absent):
            continue
        for roll_calls, (kinds, duplicates) in _SETS.items():
            rows = listed(
                votes, rollcalls, split_votes, strict=strict, absent=absent, kinds=kinds,
                duplicates=duplicates, **which,
            )  # fmt: skip
            sides = counted(rows.with_columns(start=pl.lit(0)))
            frames.append(
                pairs_of(poles)
                .join(sides, on=["pole_a", "pole_b"], how="left")
                .with_columns(opposition=pl.lit(opposition), roll_calls=pl.lit(roll_calls))
            )
    counts = ("n_a", "n_b", "abstain", "other", "absent", "n")
    frame = pl.concat(frames).with_columns(pl.col(counts).fill_null(0), state=pl.lit(state))
    if votes is not None and not has_absences(votes):
        frame = frame.with_columns(absent=pl.lit(None, dtype=pl.Int64))
    return SPLIT_SENSITIVITY.conform(_tested(frame, level))


def _tested(frame: pl.DataFrame, level: float) -> pl.DataFrame:
    """Return counts with share, Jeffreys interval, exact test, equidistance and neutrality."""
    from scipy.special import bdtr, betaincinv

    if not 0 < level < 1:
        raise BadValue(f"level is {level}; expected a share between 0 and 1; use 0.95 for 95 %")
    a, b = frame["n_a"].to_numpy(), frame["n_b"].to_numpy()
    sides, tail = a + b, (1 - level) / 2
    fewer = np.minimum(a, b)
    p = np.minimum(1.0, 2 * bdtr(fewer.astype(float), sides, 0.5))
    frame = frame.with_columns(
        value=pl.Series(a / np.where(sides, sides, 1), dtype=pl.Float64),
        low=pl.Series(betaincinv(a + 0.5, b + 0.5, tail), dtype=pl.Float64),
        high=pl.Series(betaincinv(a + 0.5, b + 0.5, 1 - tail), dtype=pl.Float64),
        p_value=pl.Series(p, dtype=pl.Float64),
    )
    took = pl.col("n_a") + pl.col("n_b")
    cast = took + pl.col("abstain")
    return frame.with_columns(
        pl.when(took > 0).then(pl.col(name)).alias(name)
        for name in ("value", "low", "high", "p_value")
    ).with_columns(
        equidistance=1 - (2 * pl.col("value") - 1).abs(),
        neutrality=pl.when(cast > 0).then(pl.col("abstain") / cast),
    )
