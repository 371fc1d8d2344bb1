r"""Absence as policy: how far a state uses its seat, and whether it stays away when poles clash.

Similarity and split votes drop absences; for some states absence is the policy. `participation`
is the share of roll calls a state took part in. `strategic_absence` compares the roll calls on
which two poles said yes and no with all others of the same years: an odds ratio above 1 says that
the state is away more often when it would have to choose. Absence has other causes too (no money
for a delegation, arrears, a new name that broke the producer's coding): the import report lists
jumps that look like the last.
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue, MissingData
from multivector.measures._choices import Universe, rows
from multivector.measures._options import given, with_options
from multivector.measures._split_calls import (
    By,
    SplitOptions,
    calls_at_hand,
    has_absences,
    listed,
    pairs_of,
    placed,
    seats,
    spans,
)
from multivector.tables import (
    ABSENCES,
    STATE_YEARS,
    Absences,
    Rollcalls,
    SplitVotes,
    StateYears,
    Votes,
    VoteTotals,
)

__all__ = ["participation", "strategic_absence"]


def participation(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    vote_totals: VoteTotals | None = None,
    *,
    issue: str | None = None,
    kinds: tuple[str, ...] | None = None,
    unanimous: bool = True,
    years: tuple[int, int] | None = None,
) -> StateYears:
    r"""Share of the roll calls of a year in which a state voted or abstained.

    .. math:: P = \frac{Y + A + N}{Y + A + N + X}

    with :math:`X` absences while a member.

    Parameters
    ----------
    votes, rollcalls : Votes, Rollcalls
        Votes of one release with its roll calls.
    vote_totals : VoteTotals
        Totals by choice, used where there are no votes.
    issue, kinds, unanimous
        Which roll calls: of one issue, of some kinds, without those all voted alike on.
    years : tuple of int, optional
        First and last year.

    Returns
    -------
    StateYears
        ``value`` in [0, 1], a share; null where there was no roll call, and for all states where
        the producer leaves absences out. ``n`` is the number of roll calls while a member.

    Raises
    ------
    BadValue
        If an option is not allowed, or totals cannot honour it.
    MissingData
        If there are neither votes nor totals.

    References
    ----------
    US Department of State (2008). Voting Practices in the United Nations.

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> participation(example_votes())["value"].to_list()
    [None, None]
    """
    universe = Universe(issue, years, "year", kinds, unanimous)
    totals = _totals(votes, rollcalls, vote_totals, universe)
    took = pl.col("yes") + pl.col("abstain") + pl.col("no")
    n = took + pl.col("absent")
    share = pl.when((n > 0) & pl.col("known")).then(took / n)
    return STATE_YEARS.conform(
        totals.select("state", "year", value=share, n=n).sort("state", "year")
    )


@with_options
def strategic_absence(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    split_votes: SplitVotes | None = None,
    vote_totals: VoteTotals | None = None,
    *,
    by: By = "period",
    level: float = 0.95,
    **which: Unpack[SplitOptions],
) -> Absences:
    r"""Whether a state is absent more often when two poles are opposed.

    .. math::

        OR = \frac{(a + ½)(d + ½)}{(b + ½)(c + ½)}

    with a absences and b votes on roll calls on which one pole said yes and the other no, c and d
    the same on all others; ½ is Haldane's correction, and the interval is Woolf's on the same four
    numbers. The test is Fisher's exact one, two-sided, on the counts as they are.

    Parameters
    ----------
    split_votes, vote_totals : SplitVotes, VoteTotals
        Split roll calls and totals, used together where there are no votes.
    poles : tuple of str
        Two poles or more; every pair gets rows.
    by : {"period", "year"}
        One row for the period, or one a year.
    level : float
        Level of the interval.

    Returns
    -------
    Absences
        ``value`` above 0, an odds ratio, 1 for no difference; null where there is nothing to
        compare, and where the producer leaves absences out. ``n`` counts all roll calls compared.

    Raises
    ------
    BadValue
        If an option is not allowed.
    MissingData
        If there are neither votes nor the embedded tables.

    References
    ----------
    Haldane, J. B. S. (1956). The estimation and significance of the logarithm of a ratio of
        frequencies. Annals of Human Genetics 20(4).
    Woolf, B. (1955). On estimating the relation between blood group and disease. Annals of Human
        Genetics 19(4).

    Examples
    --------
    >>> from multivector.measures._choices import example_votes
    >>> strategic_absence(example_votes(), state="RUS", poles=("CHN", "KAZ"))["value"].to_list()
    [None]
    """
    if by == "session":
        raise BadValue("by 'session' is not offered here; expected period or year; choose one")
    o = given(SplitOptions, which)
    state, poles, years = o["state"], o["poles"], o["years"]
    if votes is not None:
        # The embedded split roll calls lack the others, with which they are compared.
        split_votes = vote_totals = None
    opposed = listed(votes, rollcalls, split_votes, **which)
    periods = spans(calls_at_hand(votes, rollcalls, split_votes), years, by)
    own = _own(votes, rollcalls, vote_totals, o)
    if by == "period" and periods.height:
        own = own.with_columns(year=periods["start"].first())
    whole = own.group_by(start="year").agg(pl.col("took", "missed").sum())
    gone = pl.col("side") == "absent"
    sides = placed(opposed, periods, by).group_by("pole_a", "pole_b", "start").agg(
        opposed_absent=gone.sum().cast(pl.Int64), opposed_present=(~gone).sum().cast(pl.Int64)
    )  # fmt: skip
    frame = periods.join(pairs_of(poles), how="cross").join(
        sides, on=["pole_a", "pole_b", "start"], how="left"
    )
    frame = frame.join(whole, on="start", how="left").with_columns(
        pl.col("opposed_absent", "opposed_present", "took", "missed").fill_null(0),
        state=pl.lit(state),
    )
    frame = frame.with_columns(
        other_absent=pl.col("missed") - pl.col("opposed_absent"),
        other_present=pl.col("took") - pl.col("opposed_present"),
        n=pl.col("took") + pl.col("missed"),
    )
    known = votes is None or has_absences(votes)
    return ABSENCES.conform(_odds(frame, level, known).sort("pole_a", "pole_b", "start"))


_TOTALS = ("yes", "abstain", "no", "absent")


def _totals(
    votes: Votes | None,
    rollcalls: Rollcalls | None,
    vote_totals: VoteTotals | None,
    universe: Universe,
) -> pl.DataFrame:
    """Return state, year, the four totals of a universe, and whether absences are ``known``.

    Totals made beforehand are of the years that the votes do not cover.
    """
    columns = ("state", "year", *_TOTALS, "known")
    counted = []
    if votes is not None:
        cast = rows(votes, rollcalls, universe)
        totals = cast.group_by("state", year="period").agg(
            (pl.col("choice") == c).sum().cast(pl.Int64).alias(c) for c in _TOTALS
        )
        counted.append(totals.with_columns(known=pl.lit(has_absences(votes))).select(columns))
        if vote_totals is None:
            return counted[0]
    if vote_totals is None:
        raise MissingData(
            "participation needs votes; expected votes or totals of votes; add a data set of roll "
            "calls: multivector data add UNVotes.csv"
        )
    fits = (pl.col("universe") == universe.name) & (pl.col("issue") == (universe.issue or "all"))
    found = vote_totals.filter(fits)
    if found.is_empty() and vote_totals.height and not counted:
        raise BadValue(
            f"the totals hold no universe {universe.name!r} for issue {universe.issue or 'all'}; "
            "expected all roll calls, or final ones without repeats; install the votes for "
            "anything else: multivector data add UNVotes.csv"
        )
    if universe.years is not None:
        found = found.filter(pl.col("year").is_between(*universe.years))
    made = found.with_columns(known=pl.lit(value=True)).select(columns)
    return pl.concat([*counted, made])


def _own(
    votes: Votes | None,
    rollcalls: Rollcalls | None,
    vote_totals: VoteTotals | None,
    asked: SplitOptions,
) -> pl.DataFrame:
    """Return year, took and missed of the state, over its predecessors in the seat too."""
    merge = asked["duplicates"] == "merge"
    universe = Universe(asked["issue"], asked["years"], "year", asked["kinds"], True, merge)
    if votes is not None and rollcalls is None:
        universe = Universe(None, asked["years"])
    totals = _totals(votes, rollcalls, vote_totals, universe)
    return totals.join(seats(totals["state"], (asked["state"],)), on="state").select(
        "year", took=pl.col("yes") + pl.col("abstain") + pl.col("no"), missed="absent"
    )


def _odds(frame: pl.DataFrame, level: float, known: bool) -> pl.DataFrame:
    """Return the four counts with odds ratio, interval and exact test."""
    from scipy.special import ndtri
    from scipy.stats import fisher_exact

    if not 0 < level < 1:
        raise BadValue(f"level is {level}; expected a share between 0 and 1; use 0.95 for 95 %")
    names = ("opposed_absent", "opposed_present", "other_absent", "other_present")
    cells = frame.select(names).to_numpy().reshape(-1, 4).astype(np.float64)
    sure = known & (cells[:, :2].sum(axis=1) > 0) & (cells[:, 2:].sum(axis=1) > 0)
    a, b, c, d = (cells + 0.5).T
    log = np.log(a * d / (b * c))
    reach = ndtri(0.5 + level / 2) * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    p = [
        float(fisher_exact([row[:2], row[2:]])[1]) if fit else None
        for row, fit in zip(cells, sure, strict=True)
    ]
    frame = frame.with_columns(
        value=pl.Series(np.exp(log), dtype=pl.Float64),
        low=pl.Series(np.exp(log - reach), dtype=pl.Float64),
        high=pl.Series(np.exp(log + reach), dtype=pl.Float64),
        p_value=pl.Series(p, dtype=pl.Float64),
        sure=pl.Series(sure, dtype=pl.Boolean),
    )
    return frame.with_columns(
        pl.when("sure").then(pl.col(name)).alias(name) for name in ("value", "low", "high")
    )
