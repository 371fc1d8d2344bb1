"""What the package carries of UN votes: counts sufficient for similarity, splits, participation.

Made from votes and roll calls by `scripts/build_votes.py`, and again by ``data verify`` when the
votes are installed, to be compared.
"""

from __future__ import annotations

from itertools import combinations

import polars as pl

from multivector.measures._choices import CAST, CELLS, ISSUES, Universe, joint_choices, rows
from multivector.measures._split_calls import FINAL, POWERS, heir
from multivector.tables import (
    CHOICES,
    JOINT_VOTES,
    SPLIT_VOTES,
    VOTE_TOTALS,
    JointVotes,
    Rollcalls,
    SplitVotes,
    Votes,
    VoteTotals,
)

UNIVERSES = (
    Universe(),
    *(Universe(issue) for issue in ISSUES),
    Universe(unanimous=False),
    Universe(kinds=FINAL, merge=True),
)
_LETTERS = {"yes": "y", "abstain": "a", "no": "n", "absent": "x"}
_KEY = ("state", "pole", "year")


def joint_votes(votes: Votes, rollcalls: Rollcalls) -> JointVotes:
    """Return the joint counts of every state with the ten powers, pairs without votes left out."""
    held = _holders(votes)
    swap = {f"{a}_{b}": f"{b}_{a}" for a in CAST for b in CAST}
    frames = []
    for u in UNIVERSES:
        counts = joint_choices(
            votes,
            rollcalls,
            issue=u.issue,
            kinds=u.kinds,
            unanimous=u.unanimous,
            merge=u.merge,
        )
        ends = pl.col("pole").is_in(held)
        turned = counts.filter(~ends & pl.col("state").is_in(held))
        turned = turned.rename({**swap, "state": "pole", "pole": "state"}).select(counts.columns)
        own = pl.concat([counts.filter(ends), turned])
        frames.append(own.filter(pl.sum_horizontal(CELLS) > 0))
    return JOINT_VOTES.conform(pl.concat(frames)).sort("universe", "issue", "pole", "state", "year")


def packed(joint: JointVotes) -> JointVotes:
    """Return joint counts as stored: a universe beside ``all`` as what it lacks of ``all``.

    `world.unpacked` is the way back.
    """
    whole = joint.filter((pl.col("universe") == "all") & (pl.col("issue") == "all"))
    kept = joint.filter(pl.col("universe") == "all")
    frames = [kept]
    for name in sorted(set(joint["universe"]) - {"all"}):
        part = joint.filter(pl.col("universe") == name).select(*_KEY, *CELLS)
        lacking = whole.join(part, on=_KEY, how="left", suffix="_part").with_columns(
            *(pl.col(c) - pl.col(f"{c}_part").fill_null(0) for c in CELLS), universe=pl.lit(name)
        )
        frames.append(lacking.filter(pl.sum_horizontal(CELLS) > 0).select(kept.columns))
    return pl.concat(frames)


def vote_totals(votes: Votes, rollcalls: Rollcalls) -> VoteTotals:
    """Return how often every state chose what in a year, by universe and issue."""
    frames = []
    for universe in UNIVERSES:
        found = rows(votes, rollcalls, universe).group_by("state", year="period")
        counts = ((pl.col("choice") == c).sum().cast(pl.Int64).alias(c) for c in CHOICES)
        frames.append(
            found.agg(counts).with_columns(
                universe=pl.lit(universe.name), issue=pl.lit(universe.issue or "all")
            )
        )
    stamped = pl.concat(frames).with_columns(source=pl.lit(_source(votes)))
    return VOTE_TOTALS.conform(stamped).sort("universe", "issue", "state", "year")


def split_votes(votes: Votes, rollcalls: Rollcalls) -> SplitVotes:
    """Return the roll calls on which two of the powers said yes and no, with every choice."""
    wide = votes.select("rollcall", "state", "choice").pivot(
        "state", index="rollcall", values="choice", aggregate_function="first"
    )
    codes = sorted(set(wide.columns) - {"rollcall"})
    seats = {pole: [c for c in codes if heir(c) == pole] for pole in POWERS}
    cast = {pole: pl.coalesce(held) for pole, held in seats.items() if held}
    opposed = pl.any_horizontal(
        ((cast[a] == "yes") & (cast[b] == "no")) | ((cast[a] == "no") & (cast[b] == "yes"))
        for a, b in combinations(cast, 2)
    )
    letters = [
        pl.col(code).replace_strict(_LETTERS, default="-", return_dtype=pl.String) for code in codes
    ]
    found = wide.filter(opposed).select(
        "rollcall", choices=pl.concat_str(letters), states=pl.lit(";".join(codes))
    )
    stamped = found.join(rollcalls, on="rollcall").with_columns(source=pl.lit(_source(votes)))
    return SPLIT_VOTES.conform(stamped).sort("date", "rollcall")


def _holders(votes: Votes) -> list[str]:
    present = votes["state"].unique().to_list()
    return sorted(c for c in present if heir(c) in POWERS)


def _source(votes: Votes) -> str:
    return ";".join(sorted(votes["source"].unique().to_list()))
