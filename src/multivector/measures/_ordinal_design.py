"""From votes and roll calls to what the sampler walks over: linked, filtered, in memory order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import BadValue, MissingData, SchemaError, UnknownState, choices
from multivector.measures._ordinal_arrays import Eras, Layout
from multivector.names.states import lineage
from multivector.tables import Bridges, Rollcalls, Votes

Parts = Literal["until_1989", "all", "none"]

ISSUES = ("me", "nu", "di", "hr", "co", "ec", "important", "not_nu")
# The first session the authors' program uses for a scale of one issue.
FIRST_SESSION = {"me": 29, "hr": 25, "nu": 33, "ec": 26, "co": 14, "di": 29}
CHOICES = {"yes": 1, "abstain": 2, "no": 3}
PARTS = ("paragraph", "amendment")
LONE_SESSION = 19
LEFT_OUT = (("ZAF", 48), ("ZAN", 18))
# Sessions from which the producer numbers a state anew, so that its series starts again.
RENUMBERED = {"DEU": 46, "YEM": 46}
ANCHORS = {"USA": 3.0, "CAN": 3.0, "GBR": 3.0, "ISR": 3.0, "RUS": -2.0, "DDR": -2.0}
NUCLEAR_ANCHORS = {"USA": 3.0, "GBR": 3.0, "ISR": 3.0, "RUS": 0.0, "BRA": -2.0}


@dataclass(frozen=True)
class Design:
    """Positions and items in the order of the sampler's arrays, and the votes between them.

    ``positions`` has ``state, session, actor, n``; ``items`` has ``rollcall, first_session,
    last_session, yes, abstain, no, polarity``.
    """

    positions: pl.DataFrame
    items: pl.DataFrame
    observations: pl.DataFrame
    smooth: float


def _known_issue(issue: str | None) -> None:
    if issue is not None and issue not in ISSUES:
        raise BadValue(
            f"issue {issue!r} is not one of the producer's; expected one of {choices(ISSUES)}; "
            "correct it or leave it out for all roll calls"
        )


def _of_issue(issue: str) -> pl.Expr:
    if issue == "important":
        return pl.col("important").fill_null(value=False)
    flags = pl.col("issues").str.split(";")
    if issue == "not_nu":
        return ~flags.list.contains("nu").fill_null(value=False)
    return flags.list.contains(issue).fill_null(value=False) & (
        pl.col("session") >= FIRST_SESSION[issue]
    )


def _kept_rollcalls(rollcalls: pl.DataFrame, issue: str | None, parts: Parts) -> pl.DataFrame:
    """Return the roll calls of the universe: ``rank, rollcall, session``."""
    _known_issue(issue)
    if parts not in ("until_1989", "all", "none"):
        raise BadValue(
            f"parts is {parts!r}; expected until_1989, all or none; "
            "say which votes on paragraphs and amendments count"
        )
    frame = rollcalls.filter(pl.col("session") != LONE_SESSION)
    part = pl.col("kind").is_in(PARTS)
    if parts == "none":
        frame = frame.filter(~part)
    elif parts == "until_1989":
        frame = frame.filter(~(part & (pl.col("year") > 1989)))
    if issue is not None:
        frame = frame.filter(_of_issue(issue))
    return frame.select("rank", "rollcall", "session")


def _ranked(rollcalls: Rollcalls) -> pl.DataFrame:
    """Return the roll calls in time order, numbered, with every column the filters read."""
    for column, kind in (("issues", pl.String()), ("important", pl.Boolean())):
        if column not in rollcalls.columns:
            rollcalls = rollcalls.with_columns(pl.lit(None, dtype=kind).alias(column))
    return (
        rollcalls.with_columns(
            pl.col("session").fill_null(pl.col("year") - 1945),
            pl.col("rollcall").cast(pl.Int64, strict=False).alias("number"),
        )
        .sort("session", "date", "number", "rollcall")
        .with_row_index("rank")
    )


def linked(ranked: pl.DataFrame, bridges: pl.DataFrame) -> pl.DataFrame:
    """Return ``rollcall, item``: roll calls on identical texts share an item.

    The later roll call of a pair goes to the earliest of its partners, that one to its own, and so
    on, through roll calls that are left out as well. Which of a pair is later is the bridge's to
    say.
    """
    rank = dict(ranked.select("rollcall", "rank").iter_rows())
    last = len(rank)
    earlier: dict[str, str] = {}
    for a, b in bridges.select("rollcall_a", "rollcall_b").iter_rows():
        if b not in earlier or rank.get(a, last) < rank.get(earlier[b], last):
            earlier[b] = a
    items = []
    for rollcall in ranked["rollcall"]:
        item, seen = rollcall, {rollcall}
        while item in earlier and earlier[item] not in seen:
            item = earlier[item]
            seen.add(item)
        items.append(item)
    return ranked.select("rollcall").with_columns(pl.Series("item", items, dtype=pl.String))


def _actors(observations: pl.DataFrame) -> pl.DataFrame:
    """Return ``state, actor``: whose series continues whose."""
    states = observations["state"].unique().sort().to_list()
    actors = []
    for state in states:
        try:
            actors.append(lineage(state))
        except UnknownState:
            actors.append(state)
    schema = {"state": pl.String, "actor": pl.String}
    return pl.DataFrame({"state": states, "actor": actors}, schema=schema)


def _renumbered() -> pl.Expr:
    actor = pl.col("actor")
    for state, session in RENUMBERED.items():
        again = (actor == state) & (pl.col("session") >= session)
        actor = pl.when(again).then(pl.lit(f"{state}+")).otherwise(actor)
    return actor.alias("actor")


def _observed(votes: Votes, kept: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return ``state, actor, session, item, choice`` of contested items, choice 1 to 3."""
    cast = (
        votes.filter(pl.col("choice").is_in(list(CHOICES)))
        .select(
            "rollcall",
            "state",
            pl.col("choice").replace_strict(CHOICES, return_dtype=pl.Int8),
        )
        .join(kept, on="rollcall")
        .join(links, on="rollcall")
    )
    for state, session in LEFT_OUT:
        cast = cast.filter(~((pl.col("state") == state) & (pl.col("session") == session)))
    return (
        cast.join(_actors(cast), on="state")
        .with_columns(_renumbered())
        .filter(pl.col("choice").n_unique().over("item") > 1)
    )


def _positions(observations: pl.DataFrame) -> pl.DataFrame:
    """Return the positions in order of session and actor; a state bears the code it used most."""
    return (
        observations.group_by("session", "actor", "state")
        .agg(pl.len().alias("own"), pl.col("rank").max())
        .sort("own", "rank", "state", descending=[True, True, False])
        .group_by("session", "actor", maintain_order=True)
        .agg(pl.col("state").first(), pl.col("own").sum().alias("n"))
        .sort("session", "actor")
        .with_row_index("position")
    )


def _items(observations: pl.DataFrame, poles: tuple[str, str]) -> pl.DataFrame:
    """Return the items in time order, with tallies and the start of their discrimination."""

    def vote_of(actor: str) -> pl.Expr:
        return pl.col("choice").filter(pl.col("actor") == actor).last()

    return (
        observations.sort("rank", "actor")
        .group_by("item", maintain_order=True)
        .agg(
            pl.col("rank").min(),
            pl.col("rollcall").first(),
            pl.col("session").min().alias("first_session"),
            pl.col("session").max().alias("last_session"),
            *((pl.col("choice") == code).sum().alias(name) for name, code in CHOICES.items()),
            (vote_of(poles[0]).cast(pl.Int64) - vote_of(poles[1])).sign().alias("polarity"),
        )
        .sort("rank")
        .select(
            "rollcall",
            pl.exclude("rollcall", "rank", "polarity"),
            pl.col("polarity").fill_null(0).cast(pl.Float64),
        )
    )


def design(
    votes: Votes,
    rollcalls: Rollcalls,
    bridges: Bridges,
    *,
    issue: str | None,
    parts: Parts,
    smooth: float,
) -> Design:
    """Return the design of a run, checked: contested roll calls and who took which side.

    Raises
    ------
    SchemaError
        If a column is missing.
    BadValue
        If an option is outside what is allowed.
    MissingData
        If no contested roll call is left.
    """
    for frame, name, columns in (
        (votes, "votes", ("rollcall", "state", "choice")),
        (rollcalls, "rollcalls", ("rollcall", "year", "session", "date", "kind")),
        (bridges, "bridges", ("rollcall_a", "rollcall_b")),
    ):
        absent = [column for column in columns if column not in frame.columns]
        if absent:
            raise SchemaError(
                f"{name} has no column {choices(absent)}; expected {choices(columns)}; "
                "pass the record table as the source reads it"
            )
    if smooth <= 0:
        raise BadValue(f"smooth is {smooth}; expected a variance above 0, published: 0.5; raise it")
    ranked = _ranked(rollcalls)
    kept = _kept_rollcalls(ranked, issue, parts)
    observations = _observed(votes, kept, linked(ranked, bridges))
    if observations.is_empty():
        raise MissingData(
            f"none of {rollcalls.height} roll calls is left on which two states chose differently; "
            "expected contested roll calls in the period and issue asked for; widen them"
        )
    positions = _positions(observations)
    items = _items(observations, ("USA", "BRA" if issue == "nu" else "RUS"))
    rows = (
        observations.join(positions.select("session", "actor", "position"), on=["session", "actor"])
        .join(items.select("item").with_row_index("place"), on="item")
        .sort("place", "choice", "position")
        .select("place", "choice", "position")
    )
    return Design(positions.drop("position"), items.drop("item"), rows, smooth)


def layout(plan: Design) -> Layout:
    """Return the sampler's arrays of a design."""
    positions = plan.positions.with_row_index("position").sort("actor", "session")
    neighbours = positions.with_columns(
        pl.col("position", "n").shift(1).over("actor").name.suffix("_before"),
        pl.col("position", "n").shift(-1).over("actor").name.suffix("_after"),
    ).sort("position")
    prior = neighbours.select(
        pl.coalesce("position_before", "position_after").cast(pl.Int64).fill_null(-1)
    ).to_series()
    other = neighbours.select(pl.coalesce("n_before", "n_after").fill_null(0)).to_series()
    share = neighbours["n"] / (neighbours["n"] + other)
    tallies = plan.items.select(*CHOICES).to_numpy().astype(np.int64)
    lengths = positions.group_by("actor", maintain_order=True).len()["len"].to_numpy()
    return Layout(
        offset=np.concatenate(([0], np.cumsum(tallies.sum(axis=1)))).astype(np.int64),
        yes=np.ascontiguousarray(tallies[:, 0]),
        abstain=np.ascontiguousarray(tallies[:, :2].sum(axis=1)),
        position=plan.observations["position"].to_numpy().astype(np.int32),
        prior=prior.to_numpy().copy(),
        precision=(1.0 / (plan.smooth * share)).to_numpy().copy(),
        order=positions["position"].to_numpy().astype(np.int64),
        actor=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
    )


def eras(plan: Design) -> Eras:
    """Return the boundaries between sessions, and the items voted on on both sides of each."""
    index = {session: k for k, session in enumerate(plan.positions["session"].unique().sort())}
    start = plan.positions["session"].to_numpy()
    starts = [int(np.searchsorted(start, session)) for session in list(index)[1:]]
    sides = (
        plan.observations.group_by("place")
        .agg(pl.col("position").median().alias("middle"))
        .sort("place")["middle"]
    )
    begins = plan.items["first_session"].replace_strict(index, return_dtype=pl.Int64).to_numpy()
    ends = plan.items["last_session"].replace_strict(index, return_dtype=pl.Int64).to_numpy()
    first, crossing, moved = [0], [], []
    for era, cut in enumerate(starts):
        across = np.flatnonzero((begins <= era) & (ends > era))
        crossing.append(across)
        moved.append(sides.to_numpy()[across] >= cut)
        first.append(first[-1] + across.size)
    return Eras(
        start=np.array(starts, dtype=np.int64),
        session=begins.copy(),
        first=np.array(first, dtype=np.int64),
        crossing=np.concatenate([np.zeros(0, np.int64), *crossing]).astype(np.int64),
        moved=np.concatenate([np.zeros(0, np.bool_), *moved]).astype(np.bool_),
    )


def anchored(plan: Design, issue: str | None, anchors: Mapping[str, float] | None) -> (
    npt.NDArray[np.float64]
):  # fmt: skip
    """Return the start of every position: that of its actor's anchor, otherwise 0.

    Raises
    ------
    BadValue
        If fewer than two actors are anchored apart, so that the direction would be chance.
    """
    given = dict(anchors or (NUCLEAR_ANCHORS if issue == "nu" else ANCHORS))
    actors = plan.positions["actor"].str.strip_suffix("+")
    start = actors.replace_strict(given, default=0.0, return_dtype=pl.Float64)
    if start.n_unique() < 2 or not (start != 0.0).any():
        raise BadValue(
            f"none of the anchors {choices(given)} took part in a contested roll call; "
            "expected states that fix which end of the scale is which; "
            "pass anchors such as {'USA': 3, 'RUS': -2}"
        )
    return start.to_numpy().copy()
