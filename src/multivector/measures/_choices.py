"""The kernel of vote similarity: the table of joint choices of every pair of states.

Votes of one period are three indicator matrices, states by roll calls, one a choice. Stacked, their
product with themselves holds all nine joint counts of all pairs at once. Everything that decides
which roll calls are counted stands here too, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypedDict, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.cache import once
from multivector.errors import BadValue, MissingData, SchemaError, choices
from multivector.measures import _scores as scores
from multivector.measures._options import Default, given
from multivector.tables import (
    DYAD_YEARS,
    JOINT_VOTES,
    ROLLCALLS,
    VOTES,
    JointVotes,
    Rollcalls,
    Votes,
)

Array = NDArray[np.float64]
Formula = Callable[[Array], Array]
Period = Literal["year", "session", "whole"]
Convention = Literal["plain", "voeten", "fpsim"]
CONVENTIONS = ("plain", "voeten", "fpsim")
DISTANCES = {
    name: scores.distances(scores.VOTE_LEVELS, power) for name, power in scores.POWERS.items()
}

CAST = ("yes", "abstain", "no")
CELLS = tuple(f"{a}_{b}" for a in CAST for b in CAST)
KINDS = ROLLCALLS.column("kind").allowed
ISSUES = ("me", "nu", "di", "hr", "co", "ec")
_PART = 16_384
_DRAWN = 400_000


class UniverseOptions(TypedDict, total=False):
    """Which roll calls are counted, and how they are put together to periods."""

    issue: Annotated[str | None, Default(None)]
    years: Annotated[tuple[int, int] | None, Default(None)]
    period: Annotated[Period, Default("year")]
    kinds: Annotated[tuple[str, ...] | None, Default(None)]
    unanimous: Annotated[bool, Default(value=True)]


class RollcallOptions(UniverseOptions, total=False):
    """Which roll calls and pairs are counted, and the interval.

    Parameters
    ----------
    votes, rollcalls, joint_votes
        Votes of one release with its roll calls, or joint counts made from them.
    convention, issue, years, period, kinds, unanimous
        Which roll calls count; see the top of this module.
    state, min_shared, bootstrap, level, seed
        Which pairs, the fewest roll calls for a value, and the interval.

    Raises
    ------
    BadValue
        If an option is not allowed, or joint counts cannot honour it.
    MissingData
        If there are neither votes nor joint counts, or no roll calls to choose among.
    """

    state: Annotated[str | None, Default(None)]
    min_shared: Annotated[int, Default(1)]
    bootstrap: Annotated[int, Default(0)]
    level: Annotated[float, Default(0.9)]
    seed: Annotated[int, Default(0)]


class SimilarityOptions(RollcallOptions, total=False):
    """Those, and the convention of a peer that overrules some of them."""

    convention: Annotated[Convention, Default("plain")]


SimilarityOptions.__doc__ = RollcallOptions.__doc__


@dataclass(frozen=True, slots=True)
class Universe:
    """Which roll calls are counted and how they are put together to periods.

    ``kinds`` null means every kind, ``unanimous`` whether roll calls on which all who took part
    chose the same stay in, ``merge`` whether a roll call that repeats another is left out.
    """

    issue: str | None = None
    years: tuple[int, int] | None = None
    period: Period = "year"
    kinds: tuple[str, ...] | None = None
    unanimous: bool = True
    merge: bool = False

    def __post_init__(self) -> None:
        if self.issue is not None and self.issue not in ISSUES:
            raise BadValue(
                f"issue {self.issue!r} is not one of the producer's; expected one of "
                f"{choices(ISSUES)}; correct it or leave it out for all roll calls"
            )
        for kind in self.kinds or ():
            if kind not in KINDS:
                raise BadValue(
                    f"kind {kind!r} is no kind of roll call; expected some of {choices(KINDS)}; "
                    "correct it"
                )

    @property
    def name(self) -> str:
        """Return the name under which joint counts of this universe are stored."""
        parts = ["session"] if self.period == "session" else []
        parts += ["+".join(self.kinds or ("all",))]
        parts += ["contested"] if not self.unanimous else []
        parts += ["merged"] if self.merge else []
        return " ".join(parts)


def by_convention(convention: str, universe: Universe) -> Universe:
    """Return the universe a peer uses: issue and years as given, the rest as that peer has it."""
    if convention not in CONVENTIONS:
        raise BadValue(
            f"convention {convention!r} is not known; expected one of {choices(CONVENTIONS)}; "
            "correct it"
        )
    if convention == "voeten":
        return Universe(universe.issue, universe.years, "session", None, False, False)
    if convention == "fpsim":
        return Universe(universe.issue, universe.years, "year", None, True, False)
    return universe


def pick(value: str, option: str, allowed: tuple[str, ...]) -> Array:
    """Return the distances between choices that an option names."""
    if value not in allowed:
        raise BadValue(
            f"{option} {value!r} is not known; expected one of {choices(allowed)}; correct it"
        )
    return DISTANCES[value]


def example_votes() -> Votes:
    """Return the two roll calls with which the examples in the documentation run."""
    cast = [("1", "CHN", "yes"), ("1", "KAZ", "yes"), ("2", "CHN", "yes"), ("2", "KAZ", "abstain")]
    frame = pl.DataFrame(cast, schema=["rollcall", "state", "choice"], orient="row")
    return VOTES.conform(frame.with_columns(year=pl.lit(2019), source=pl.lit("example@1")))


def rows(votes: Votes, rollcalls: Rollcalls | None, universe: Universe) -> pl.DataFrame:
    """Return the votes of a universe: rollcall, state, choice, period, family.

    Raises
    ------
    MissingData
        If a choice among roll calls is asked for and there is no table of roll calls.
    """
    frame = votes.select("rollcall", "state", "choice", "year")
    needs = universe.issue or universe.kinds or universe.merge or universe.period == "session"
    if rollcalls is None:
        if needs:
            raise MissingData(
                "the votes come without a table of roll calls; expected one to choose by issue, "
                "kind, duplicates or session; add a data set that has it, or leave these options"
            )
        frame = frame.with_columns(period="year", family=pl.lit(None, pl.String))
    else:
        frame = frame.join(_eligible(rollcalls, universe), on="rollcall", how="inner")
    if universe.years is not None:
        frame = frame.filter(pl.col("period").is_between(*universe.years))
    if not universe.unanimous:
        cast = pl.col("choice").filter(pl.col("choice") != "absent")
        frame = frame.filter(cast.n_unique().over("rollcall") > 1)
    if universe.period == "whole" and frame.height:
        frame = frame.with_columns(period=pl.lit(frame["period"].max()))
    return frame.drop("year")


def _eligible(rollcalls: Rollcalls, universe: Universe) -> pl.DataFrame:
    """Return rollcall, period and family of the roll calls an issue, kinds and merging leave."""
    keep = pl.lit(value=True)
    if universe.issue is not None:
        keep &= pl.col("issues").str.split(";").list.contains(universe.issue).fill_null(value=False)
    if universe.kinds is not None:
        keep &= pl.col("kind").is_in(universe.kinds)
    if universe.merge:
        keep &= pl.col("duplicate_of").is_null()
    period = pl.col("session") + 1945 if universe.period == "session" else pl.col("year")
    return (
        rollcalls.filter(keep)
        .select("rollcall", "family", period=period)
        .filter(pl.col("period").is_not_null())
    )


@dataclass(frozen=True, slots=True)
class Block:
    """The votes of one period: who was there, and which choice each made on each roll call.

    ``chosen`` is a float32 array (3, states, roll calls) of 0 and 1; absent is 0 in all three.
    """

    year: int
    states: NDArray[np.intp]
    chosen: NDArray[np.float32]
    families: NDArray[np.intp]


def blocks(frame: pl.DataFrame) -> tuple[tuple[str, ...], list[Block]]:
    """Return the state codes and one block a period, in order."""
    if frame.is_empty():
        return (), []
    states = tuple(sorted(frame["state"].unique().to_list()))
    calls = (
        frame.select("rollcall", "period", "family").unique("rollcall").sort("period", "rollcall")
    )
    call = frame["rollcall"].cast(pl.Enum(calls["rollcall"])).to_physical().to_numpy()
    state = frame["state"].cast(pl.Enum(list(states))).to_physical().to_numpy().astype(np.intp)
    choice = frame["choice"].cast(pl.Enum([*CAST, "absent"])).to_physical().to_numpy()
    family = calls["family"].fill_null(calls["rollcall"]).rank("dense").to_numpy().astype(np.intp)
    years, starts = np.unique(calls["period"].to_numpy(), return_index=True)
    ends = [*starts[1:].tolist(), calls.height]
    order = np.argsort(call, kind="stable")
    call, state, choice = call[order].astype(np.intp), state[order], choice[order]
    found = []
    for year, start, end in zip(years.tolist(), starts.tolist(), ends, strict=True):
        first, last = np.searchsorted(call, (start, end))
        own = slice(int(first), int(last))
        there = np.unique(state[own])
        chosen = np.zeros((4, len(there), end - start), dtype=np.float32)
        chosen[choice[own], np.searchsorted(there, state[own]), call[own] - start] = 1
        found.append(Block(int(year), there, chosen[:3], family[start:end]))
    return states, found


def counted(
    votes: Votes, rollcalls: Rollcalls | None, universe: Universe
) -> tuple[tuple[str, ...], list[Block]]:
    """Return the state codes and blocks of the votes of a universe."""
    return once(
        votes,
        ("blocks", universe),
        lambda: blocks(rows(votes, rollcalls, universe)),
        (rollcalls,),
    )


def cross(block: Block, first: NDArray[np.intp], second: NDArray[np.intp]) -> Array:
    """Return the joint counts (3, 3, pairs) of pairs of the block's states."""
    if len(first):
        for state in (first[0], second[0]):
            if ((first == state) | (second == state)).all():
                return _around(block, state, first, second)
    _, size, width = block.chosen.shape
    right = block.chosen.reshape(3 * size, width)
    lone = np.unique(first)
    left = (block.chosen if len(lone) == size else block.chosen[:, lone]).reshape(-1, width)
    product = (left @ right.T).reshape(3, -1, 3, size)
    place = np.searchsorted(lone, first) * (3 * size) + second
    table = np.empty((3, 3, len(first)))
    for a in range(3):
        flat = product[a].ravel()
        for b in range(3):
            table[a, b] = flat[place + b * size]
    return table


def _around(
    block: Block, state: np.intp, first: NDArray[np.intp], second: NDArray[np.intp]
) -> Array:
    """Return the joint counts of pairs that all have one state in common."""
    _, size, width = block.chosen.shape
    counts = block.chosen[:, state] @ block.chosen.reshape(3 * size, width).T
    other = np.where(first == state, second, first)
    table = counts.reshape(3, 3, size)[:, :, other].astype(np.float64)
    turned = first != state
    table[:, :, turned] = table[:, :, turned].swapaxes(0, 1)
    return table


def pairs(
    block: Block, states: tuple[str, ...], state: str | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of a block, by position, first before second; only those of ``state``."""
    size = len(block.states)
    if state is None:
        return np.triu_indices(size, k=1)
    here = [place for place, code in enumerate(block.states) if states[code] == state]
    if not here:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    (own,) = here
    first = np.concatenate([np.arange(own), np.full(size - 1 - own, own)])
    second = np.concatenate([np.full(own, own), np.arange(own + 1, size)])
    return first, second


def joint_choices(
    votes: Votes,
    rollcalls: Rollcalls | None = None,
    *,
    merge: bool = False,
    state: str | None = None,
    **which: Unpack[UniverseOptions],
) -> JointVotes:
    """Count the joint choices of every pair of states in every period.

    With :math:`Y, A, N` the indicator matrices (states by roll calls) of a period and
    :math:`X = [Y; A; N]`, all counts are in :math:`X X'`.

    Parameters
    ----------
    votes : Votes
        Votes of one release.
    rollcalls : Rollcalls, optional
        The roll calls; needed to choose among them.
    issue, years, period, kinds, unanimous, merge
        Which roll calls are counted; see `Universe`.
    state : str, optional
        Count only the pairs with this state.

    Returns
    -------
    JointVotes
        One row a pair and period with both present in the table, also where they share no vote;
        state < pole; the year of a session is the one in which it opened.
    """
    o = given(UniverseOptions, which)
    issue = o["issue"]
    universe = Universe(issue, o["years"], o["period"], o["kinds"], o["unanimous"], merge)
    states, found = counted(votes, rollcalls, universe)
    names = pl.Series(states, dtype=pl.String)
    frames = []
    for block in found:
        first, second = pairs(block, states, state)
        table = cross(block, first, second).reshape(9, -1).astype(np.int64)
        columns: dict[str, pl.Series] = {
            "state": names.gather(block.states[first]),
            "pole": names.gather(block.states[second]),
        }
        columns |= {cell: pl.Series(table[i]) for i, cell in enumerate(CELLS)}
        frames.append(pl.DataFrame(columns).with_columns(year=pl.lit(block.year)))
    if not frames:
        return JOINT_VOTES.empty()
    source = ";".join(sorted(votes["source"].unique().to_list()))
    return JOINT_VOTES.conform(
        pl.concat(frames).with_columns(
            universe=pl.lit(universe.name), issue=pl.lit(issue or "all"), source=pl.lit(source)
        )
    )


@dataclass(frozen=True, slots=True)
class Interval:
    """A cluster bootstrap: replicates, level and seed; no replicates, no interval."""

    replicates: int = 0
    level: float = 0.9
    seed: int = 0

    def __post_init__(self) -> None:
        if self.replicates < 0:
            raise BadValue(
                f"bootstrap is {self.replicates}; expected 0 or the number of replicates; "
                "use 0 for none, 500 for an interval"
            )
        if not 0 < self.level < 1:
            raise BadValue(
                f"level is {self.level}; expected a share between 0 and 1; use 0.9 for 90 %"
            )


def score(
    votes: Votes | None,
    rollcalls: Rollcalls | None,
    joint_votes: JointVotes | None,
    formula: Formula,
    count: Formula = scores.totals,
    **which: Unpack[SimilarityOptions],
) -> pl.DataFrame:
    """Return DyadYears of a formula on joint counts, from votes or from counts already made.

    ``count`` gives the number of roll calls the formula rests on, ``n``.
    """
    o = given(SimilarityOptions, which)
    universe = by_convention(
        o["convention"],
        Universe(o["issue"], o["years"], o["period"], o["kinds"], o["unanimous"]),
    )
    interval = Interval(o["bootstrap"], o["level"], o["seed"])
    rest = (formula, universe, count, o["state"], interval)
    if votes is not None:
        made = _beside(votes, rollcalls, joint_votes, universe, interval)
        if made is not None and universe.period == "whole":
            frame = _from_counts(made, *rest)
        else:
            found = [*_from_votes(votes, rollcalls, *rest)]
            found += [] if made is None else [_from_counts(made, *rest)]
            frame = pl.concat([DYAD_YEARS.empty(), *found])
    elif joint_votes is not None:
        frame = _from_counts(joint_votes, *rest)
    else:
        raise MissingData(
            "similarity needs votes; expected votes or joint counts of votes; "
            "add a data set of roll calls"
        )
    enough = pl.col("n") >= max(o["min_shared"], 1)
    return frame.with_columns(
        pl.when(enough & pl.col(name).is_not_nan()).then(pl.col(name)).alias(name)
        for name in ("value", "low", "high")
    )


def _beside(
    votes: Votes,
    rollcalls: Rollcalls | None,
    joint_votes: JointVotes | None,
    universe: Universe,
    interval: Interval,
) -> pl.DataFrame | None:
    """Return the counts made beforehand for years that the votes do not cover; null if none serve.

    Of a whole period they are returned with the counts of the votes, to be added up. They hold no
    intervals and no sessions: a question about these is answered from the votes alone.
    """
    if joint_votes is None or interval.replicates or universe.period not in ("year", "whole"):
        return None
    issue = universe.issue or "all"
    made = joint_votes.filter((pl.col("universe") == universe.name) & (pl.col("issue") == issue))
    if universe.years is not None:
        made = made.filter(pl.col("year").is_between(*universe.years))
    if made.is_empty():
        return None
    if universe.period == "year":
        return made
    counts = joint_choices(
        votes,
        rollcalls,
        merge=universe.merge,
        issue=universe.issue,
        years=universe.years,
        kinds=universe.kinds,
        unanimous=universe.unanimous,
    )
    both = pl.concat([counts.select(made.columns), made.cast(counts.select(made.columns).schema)])
    return both.with_columns(universe=pl.lit(universe.name), issue=pl.lit(issue))


def _from_votes(
    votes: Votes,
    rollcalls: Rollcalls | None,
    formula: Formula,
    universe: Universe,
    count: Formula,
    state: str | None,
    interval: Interval,
) -> Iterator[pl.DataFrame]:
    states, found = counted(votes, rollcalls, universe)
    names = pl.Series(states, dtype=pl.String)
    for block in found:
        first, second = pairs(block, states, state)
        tables = cross(block, first, second)
        low, high = _bounds(block, first, second, formula, interval)
        yield _dyads(
            names.gather(block.states[first]),
            names.gather(block.states[second]),
            pl.repeat(block.year, len(first), dtype=pl.Int64, eager=True),
            (formula(tables), low, high, count(tables)),
        )


def _bounds(
    block: Block,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    formula: Formula,
    interval: Interval,
) -> tuple[Array | None, Array | None]:
    """Return percentile bounds, drawing whole families of roll calls with replacement."""
    if not interval.replicates:
        return None, None
    _, families = np.unique(block.families, return_inverse=True)
    size = int(families.max()) + 1
    random = np.random.default_rng([interval.seed, block.year])
    times = random.multinomial(size, np.full(size, 1 / size), interval.replicates)
    weights = times[:, families].T.astype(np.float32)
    low, high = np.empty(len(first)), np.empty(len(first))
    step = max(1, _DRAWN // interval.replicates)
    for start in range(0, len(first), step):
        part = slice(start, start + step)
        one, two = block.chosen[:, None, first[part]], block.chosen[None, :, second[part]]
        drawn = ((one * two).reshape(-1, len(weights)) @ weights).astype(np.float64)
        values = formula(drawn.reshape(3, 3, -1, interval.replicates))
        low[part], high[part] = _quantiles(values, (1 - interval.level) / 2)
    return low, high


def _quantiles(values: Array, tail: float) -> tuple[Array, Array]:
    """Return two quantiles of each row, leaving out replicates in which it is undefined."""
    values = np.sort(values, axis=1)
    last = np.maximum((~np.isnan(values)).sum(axis=1) - 1, 0)
    row = np.arange(len(values))
    found = []
    for share in (tail, 1 - tail):
        place = share * last
        below = np.floor(place).astype(np.intp)
        above = np.minimum(below + 1, last)
        part = place - below
        found.append(values[row, below] * (1 - part) + values[row, above] * part)
    return found[0], found[1]


def _from_counts(
    joint: JointVotes,
    formula: Formula,
    universe: Universe,
    count: Formula,
    state: str | None,
    interval: Interval,
) -> pl.DataFrame:
    issue = universe.issue or "all"
    fits = (joint["universe"] == universe.name) & (joint["issue"] == issue)
    found = joint if fits.all() else joint.filter(fits)
    if interval.replicates or (found.is_empty() and joint.height):
        known = joint.select("universe", "issue").unique().sort("universe", "issue")
        raise BadValue(
            f"joint counts hold {'no intervals' if interval.replicates else 'nothing'} for "
            f"{universe.name!r}, issue {issue}; expected one of "
            f"{choices(('/'.join(row) for row in known.iter_rows()), 20)}; "
            "install the votes themselves for anything else: multivector data add UNVotes.csv"
        )
    if universe.years is not None:
        found = found.filter(pl.col("year").is_between(*universe.years))
    if state is not None:
        found = found.filter((pl.col("state") == state) | (pl.col("pole") == state))
    found = _ordered(found)
    if universe.period == "whole":
        found = found.group_by("state", "pole").agg(pl.col("year").max(), pl.col(CELLS).sum())
        found = found.sort("state", "pole")
    values, n = _in_parts(found, formula, count)
    return _dyads(found["state"], found["pole"], found["year"], (values, None, None, n))


def _in_parts(joint: pl.DataFrame, formula: Formula, count: Formula) -> tuple[Array, Array]:
    """Return the formula's values and counts, in parts that fit the processor's cache."""
    cells = [joint[cell].to_numpy() for cell in CELLS]
    values, n = np.empty(joint.height), np.empty(joint.height)
    for start in range(0, joint.height, _PART):
        part = slice(start, start + _PART)
        tables = np.array([cell[part] for cell in cells], dtype=np.float64).reshape(3, 3, -1)
        values[part], n[part] = formula(tables), count(tables)
    return values, n


def _ordered(joint: pl.DataFrame) -> pl.DataFrame:
    """Return each pair once, state before pole, the table turned where it has to be."""
    backward = pl.col("state") > pl.col("pole")
    if not (joint["state"] > joint["pole"]).any():
        return joint
    swap: Mapping[str, str] = {f"{a}_{b}": f"{b}_{a}" for a in CAST for b in CAST}
    turned = joint.filter(backward).rename({**swap, "state": "pole", "pole": "state"})
    both = pl.concat([joint.filter(~backward), turned.select(joint.columns)])
    return both.unique(["state", "pole", "year"], keep="first").sort("year", "state", "pole")


def _dyads(
    first: pl.Series,
    second: pl.Series,
    year: pl.Series,
    values: Iterable[Array | None],
) -> pl.DataFrame:
    value, low, high, n = values
    if value is None or n is None:
        raise SchemaError("a formula gave no values; expected one a pair; correct the formula")
    empty = pl.repeat(None, len(first), dtype=pl.Float64, eager=True)
    return pl.DataFrame(
        {
            "state_a": first,
            "state_b": second,
            "year": year,
            "value": value,
            "low": empty if low is None else pl.Series(low, dtype=pl.Float64),
            "high": empty if high is None else pl.Series(high, dtype=pl.Float64),
            "n": n.astype(np.int64),
        }
    )
