"""Who of all states votes most like a state, and who least.

A superlative needs the whole set: the nearest of five poles is not whom a state votes with. Every
state with enough common roll calls is compared; how many these are stands beside each answer.
"""

from __future__ import annotations

import polars as pl

from multivector.errors import BadValue, MissingData
from multivector.measures.similarity import agreement
from multivector.tables import NEIGHBOURS, Neighbours, Rollcalls, VoteNeighbours, Votes

__all__ = ["nearest_voters"]

SPAN = 5
"""Years in which votes are compared: fewer hold too few roll calls."""
LEAST = 44
"""Common roll calls from which a share's 90 % interval is narrower than a quarter, at worst."""
MOST = 10


def nearest_voters(
    votes: Votes | None = None,
    rollcalls: Rollcalls | None = None,
    vote_neighbours: VoteNeighbours | None = None,
    *,
    state: str,
    years: tuple[int, int] | None = None,
    most: int = MOST,
) -> Neighbours:
    r"""Whose votes in the General Assembly are most, and least, like a state's, of all states.

    .. math:: P = \frac{1}{N} \sum_a n_{aa}

    with N common roll calls and :math:`n_{aa}` those on which both chose a: yes, abstain or no.
    Absences are left out. A state with fewer than 44 common roll calls is not compared: below, the
    90 % interval of a share may be wider than a quarter (:math:`1.645 \sqrt{1 / (4 N)} > 1/8`).

    Parameters
    ----------
    votes, rollcalls : Votes, Rollcalls
        Votes of one release with its roll calls.
    vote_neighbours : VoteNeighbours
        The same made beforehand, in windows of five years; used where there are no votes.
    state : str
        The state asked about.
    years : tuple of int, optional
        First and last year; the newest five if not given. Without votes a window of five years.
    most : int
        How many on each side, 1 to 10.

    Returns
    -------
    Neighbours
        ``value`` in [0, 1], a share, never null: a state with too few common roll calls has no row;
        ``n`` common roll calls; ``of`` how many states are compared.
        No rows where fewer than two states have enough common roll calls.

    Raises
    ------
    BadValue
        If ``most`` is not from 1 to 10, or the years are no window of five and there are no votes.
    MissingData
        If there are neither votes nor the table made beforehand.

    References
    ----------
    Bailey, M. A., Strezhnev, A. and Voeten, E. (2017). Estimating dynamic state preferences from
    United Nations voting data. Journal of Conflict Resolution 61(2).

    Examples
    --------
    >>> table = pl.DataFrame({"state": ["KAZ"], "year": [2020], "side": ["nearest"], "rank": [1],
    ...     "partner": ["KGZ"], "value": [0.97], "n": [300], "of": [190], "source": ["made"]})
    >>> nearest_voters(vote_neighbours=table, state="KAZ").select("partner", "start", "end").row(0)
    ('KGZ', 2016, 2020)
    """
    if not 1 <= most <= MOST:
        raise BadValue(f"most is {most}; expected 1 to {MOST} states a side; correct it")
    if votes is not None and votes.is_empty():
        return NEIGHBOURS.empty()
    if votes is not None and vote_neighbours is not None:
        # Made beforehand is what the votes do not cover: years asked for that end there.
        ends = vote_neighbours["year"]
        newer = not ends.is_empty() and int(str(ends.max())) > int(str(votes["year"].max()))
        votes = None if (years[1] in ends if years is not None else newer) else votes
    if votes is not None:
        last = int(str(votes["year"].max())) if years is None else years[1]
        first = last - SPAN + 1 if years is None else years[0]
        return _ranked(_shares(votes, rollcalls, state, (first, last)), (first, last), most)
    if vote_neighbours is None:
        raise MissingData(
            "whom a state votes like needs votes; expected votes or the table made of them; add a "
            "data set of roll calls: multivector data add UNVotes.csv"
        )
    if years is not None and years[1] - years[0] != SPAN - 1:
        raise BadValue(
            f"the years are {years[0]} to {years[1]}; expected {SPAN}, as 2016:2020, where the "
            "votes are not installed; correct them or add UNVotes.csv"
        )
    own = vote_neighbours.filter(pl.col("state") == state)
    newest = 0 if own.is_empty() else int(str(own["year"].max()))
    last = newest if years is None else years[1]
    kept = own.filter((pl.col("year") == last) & (pl.col("rank") <= most))
    found = kept.with_columns(start=pl.col("year") - SPAN + 1, end="year")
    return NEIGHBOURS.conform(found).sort("side", "rank", descending=[True, False])


def windows(votes: Votes, rollcalls: Rollcalls) -> VoteNeighbours:
    """Return the nearest and the farthest ten of every state in every five years."""
    from multivector.measures._choices import CELLS, joint_choices
    from multivector.tables import VOTE_NEIGHBOURS

    counts = joint_choices(votes, rollcalls)
    same = pl.sum_horizontal("yes_yes", "abstain_abstain", "no_no")
    pairs = counts.select("state", "pole", "year", same=same, n=pl.sum_horizontal(CELLS))
    turned = pairs.select(state="pole", pole="state", year="year", same="same", n="n")
    both = pl.concat([pairs, turned])
    frames = []
    for last in range(int(str(both["year"].min())) + SPAN - 1, int(str(both["year"].max())) + 1):
        span = (last - SPAN + 1, last)
        window = both.filter(pl.col("year").is_between(*span))
        sums = window.group_by("state", partner="pole").agg(pl.col("same", "n").sum())
        shares = sums.filter(pl.col("n") >= LEAST).with_columns(value=pl.col("same") / pl.col("n"))
        frames.append(_ranked(shares, span, MOST).with_columns(year=pl.lit(last)))
    source = pl.lit(";".join(sorted(votes["source"].unique())))
    return VOTE_NEIGHBOURS.conform(pl.concat(frames).with_columns(source=source))


def _shares(
    votes: Votes, rollcalls: Rollcalls | None, state: str, years: tuple[int, int]
) -> pl.DataFrame:
    """Return the share of the same votes with every other state that has enough of them."""
    found = agreement(
        votes, rollcalls, state=state, years=years, period="whole", min_shared=LEAST
    ).drop_nulls("value")
    other = pl.when(pl.col("state_a") == state).then("state_b").otherwise("state_a")
    return found.select("value", "n", state=pl.lit(state), partner=other)


def _ranked(shares: pl.DataFrame, span: tuple[int, int], most: int) -> Neighbours:
    """Return the nearest and the farthest of each state; equal shares in the order of codes."""
    frames = []
    for side, falling in (("nearest", True), ("farthest", False)):
        order = shares.sort("state", "value", "partner", descending=[False, falling, False])
        placed = order.with_columns(
            rank=pl.int_range(1, pl.len() + 1).over("state"), of=pl.len().over("state")
        )
        kept = placed.filter((pl.col("rank") <= most) & (pl.col("of") > 1))
        frames.append(kept.with_columns(side=pl.lit(side)))
    found = pl.concat(frames).with_columns(start=pl.lit(span[0]), end=pl.lit(span[1]))
    key = ("state", "side", "rank")
    return NEIGHBOURS.conform(found).sort(key, descending=[False, True, False])
