"""Votes as evidence for a portfolio: comparisons between poles, their distances, and agreement.

A pole that is an organisation votes as more than half of its members of the year do, and abstains
where there is no such half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.measures._davidson import Pairs, fit
from multivector.measures._split_calls import (
    STANDARD,
    calls_at_hand,
    chosen_calls,
    has_absences,
    joined,
    seat_choices,
    spelled,
    with_absences,
)
from multivector.tables import JointVotes, Rollcalls, SplitVotes, Votes

Array = NDArray[np.float64]
Members = Mapping[str, Mapping[int, frozenset[str]]]

_CODES = {"yes": 0, "abstain": 1, "no": 2, "absent": 3}
_MISSING = 4
_GAP = np.array([[0.0, 0.5, 1.0], [0.5, 0.0, 0.5], [1.0, 0.5, 0.0]])
_UNIVERSE, _ISSUE = "all", "all"


@dataclass(frozen=True)
class Roll:
    """Choices (seats, roll calls) as codes 0 yes, 1 abstain, 2 no, 3 absent, 4 not a member."""

    seats: tuple[str, ...]
    choices: NDArray[np.int8]
    years: NDArray[np.int64]
    families: NDArray[np.int64]
    calls: NDArray[np.bool_]

    def of(self, seat: str) -> NDArray[np.int8]:
        """Return the choices of one seat."""
        return np.asarray(self.choices[self.seats.index(seat)])

    def within(self, start: int, end: int) -> Roll:
        """Return the roll calls of some years."""
        keep = (self.years >= start) & (self.years <= end)
        return Roll(
            self.seats, self.choices[:, keep], self.years[keep], self.families[keep],
            self.calls[keep],
        )  # fmt: skip


@dataclass(frozen=True)
class Comparisons:
    """Comparisons (families, pairs, 3) of one period: first joined, second joined, neither.

    ``reach`` is the share of split roll calls on which the state joined a pole, ``absence`` the
    share it missed; null where there was none.
    """

    counts: Array
    pairs: Pairs
    size: int
    splits: int
    reach: float | None
    absence: float | None

    @property
    def n(self) -> int:
        """Return how many comparisons there are."""
        return int(self.counts.sum())

    def shares(self, replicates: int, random: np.random.Generator, keep: list[int]) -> Array:
        """Return shares (1 + replicates, kept poles): the fit, then draws of whole families."""
        families = len(self.counts)
        times = np.ones((1, families))
        if replicates and families:
            drawn = random.multinomial(families, np.full(families, 1 / families), replicates)
            times = np.concatenate([times, drawn])
        kept = [k for k, (i, j) in enumerate(self.pairs) if i in keep and j in keep]
        pairs = tuple((keep.index(self.pairs[k][0]), keep.index(self.pairs[k][1])) for k in kept)
        tables = np.tensordot(times, self.counts[:, kept], axes=1)
        found, _ = fit(tables, pairs, len(keep))
        return found if replicates else found[:1]


@dataclass(frozen=True)
class Credits:
    """Fractional credit (families, poles) of one period: a roll call is one unit, divided evenly.

    ``splits`` counts the roll calls on which the poles were not of one mind; ``reach`` and
    ``absence`` are shares of them.
    """

    credits: Array
    splits: int
    reach: float | None
    absence: float | None

    @property
    def n(self) -> int:
        """Return how many roll calls were credited."""
        return round(float(self.credits.sum()))

    def shares(self, replicates: int, random: np.random.Generator, keep: list[int]) -> Array:
        """Return shares (1 + replicates, kept poles): the sums, then draws of whole families."""
        families = len(self.credits)
        times = np.ones((1, families))
        if replicates and families:
            drawn = random.multinomial(families, np.full(families, 1 / families), replicates)
            times = np.concatenate([times, drawn])
        sums = times @ self.credits[:, keep]
        total = sums.sum(axis=1, keepdims=True)
        return np.asarray(np.where(total > 0, sums / np.where(total > 0, total, 1.0), np.nan))


def roll(
    votes: Votes | None,
    rollcalls: Rollcalls | None,
    split_votes: SplitVotes | None,
    seats: tuple[str, ...],
    members: Members,
) -> Roll | None:
    """Return the choices of the seats on every roll call at hand, blocs voting as they do."""
    if votes is None and split_votes is None:
        return None
    wanted = tuple(dict.fromkeys([*(s for s in seats if s not in members), *_all(members)]))
    votes, rollcalls, split_votes = joined(votes, rollcalls, split_votes, STANDARD, wanted)
    calls = calls_at_hand(votes, rollcalls, split_votes).sort("rollcall")
    if votes is not None:
        cast = seat_choices(votes, wanted)
    elif split_votes is not None:
        cast = spelled(split_votes, wanted)
    wide = cast.join(calls.select("rollcall"), on="rollcall", how="semi").pivot(
        "seat", index="rollcall", values="choice", aggregate_function="first"
    )
    wide = wide.with_columns(
        pl.lit(None, dtype=pl.String).alias(s) for s in wanted if s not in wide.columns
    )
    if votes is not None and not has_absences(votes):
        wide = with_absences(wide, votes, calls, wanted)
    frame = calls.join(wide, on="rollcall", how="inner").sort("year", "rollcall")
    if frame.is_empty():
        return None
    years = frame["year"].to_numpy().astype(np.int64)
    codes = frame.select(_code(seat) for seat in wanted)
    own = {seat: codes[seat].to_numpy() for seat in wanted}
    rows = [own[s] if s not in members else _bloc(own, members[s], years) for s in seats]
    family = pl.coalesce(pl.col("family"), pl.col("rollcall")).rank("dense")
    standard = chosen_calls(frame.select(calls.columns), None, STANDARD)["rollcall"]
    return Roll(
        seats,
        np.array(rows, dtype=np.int8),
        years,
        frame.select(family)["family"].to_numpy().astype(np.int64),
        frame["rollcall"].is_in(standard.implode()).to_numpy(),
    )


def comparisons(cast: Roll, state: str, poles: tuple[str, ...]) -> Comparisons:
    """Return the state's comparisons on the splits of a roll: resolutions as a whole, once."""
    keep = cast.calls
    own = cast.of(state)[keep]
    choices = {pole: cast.of(pole)[keep] for pole in poles}
    families, place = np.unique(cast.families[keep], return_inverse=True)
    pairs = tuple(combinations(range(len(poles)), 2))
    counts = np.zeros((len(families), len(pairs), 3))
    split = np.zeros(len(own), dtype=bool)
    joined = np.zeros(len(own), dtype=bool)
    for k, (i, j) in enumerate(pairs):
        a, b = choices[poles[i]], choices[poles[j]]
        opposed = (a != b) & np.isin(a, (0, 2)) & np.isin(b, (0, 2)) & (own != _MISSING)
        for outcome, met in enumerate((own == a, own == b, own == _CODES["abstain"])):
            np.add.at(counts[:, k, outcome], place[opposed & met], 1)
        split |= opposed
        joined |= opposed & np.isin(own, (0, 2))
    met_pairs = counts.sum(axis=(0, 2)) > 0
    used = counts.sum(axis=(1, 2)) > 0
    total = int(split.sum())
    return Comparisons(
        counts[used][:, met_pairs],
        tuple(pair for pair, met in zip(pairs, met_pairs, strict=True) if met),
        len(poles),
        total,
        float(joined.sum() / total) if total else None,
        float((split & (own == _CODES["absent"])).sum() / total) if total else None,
    )


def credits(cast: Roll, state: str, poles: tuple[str, ...]) -> Credits:
    """Return the credit of the poles that voted as the state did, where the poles differed."""
    own = cast.of(state)
    choices = np.array([cast.of(pole) for pole in poles])
    voted = choices < _CODES["absent"]
    lowest = np.where(voted, choices, _MISSING).min(axis=0)
    highest = np.where(voted, choices, -1).max(axis=0)
    member = own != _MISSING
    contested = (lowest < highest) & member
    like = (choices == own) & (own < _CODES["absent"]) & contested
    joined = like.sum(axis=0)
    families, place = np.unique(cast.families, return_inverse=True)
    found = np.zeros((len(families), len(poles)))
    np.add.at(found, place, (like / np.maximum(joined, 1)).T)
    total = int(contested.sum())
    return Credits(
        found[found.sum(axis=1) > 0],
        total,
        float((joined > 0).sum() / total) if total else None,
        float((contested & (own == _CODES["absent"])).sum() / total) if total else None,
    )


def disagreement(cast: Roll, poles: tuple[str, ...]) -> tuple[Array, NDArray[np.int64]]:
    """Return the mean disagreement of each two poles, half for an abstention, and on how many."""
    size = len(poles)
    value, n = np.zeros((size, size)), np.zeros((size, size), dtype=np.int64)
    for i, j in combinations(range(size), 2):
        a, b = cast.of(poles[i]), cast.of(poles[j])
        both = (a < _CODES["absent"]) & (b < _CODES["absent"])
        n[i, j] = n[j, i] = both.sum()
        gap = _GAP[a[both], b[both]].mean() if both.any() else np.nan
        value[i, j] = value[j, i] = gap
    return value, n


def agreement(cast: Roll, state: str, others: tuple[str, ...]) -> dict[str, float]:
    """Return one minus the mean disagreement of a state with others; those never met left out."""
    own = cast.of(state)
    found = {}
    for other in others:
        choice = cast.of(other)
        both = (own < _CODES["absent"]) & (choice < _CODES["absent"])
        if both.any():
            found[other] = float(1 - _GAP[own[both], choice[both]].mean())
    return found


@dataclass(frozen=True)
class Joint:
    """Counts already made of pairs of names by year: rows, roll calls, disagreement.

    Those where the first name stands first come before those where it stands second.
    """

    counted: Mapping[tuple[str, str], Mapping[int, tuple[_Counts, _Counts]]]

    def gaps(
        self, first: tuple[str, ...], second: tuple[str, ...], years: tuple[int, int]
    ) -> dict[tuple[str, str], tuple[float, int]]:
        """Return disagreement and roll calls of pairs in some years; those never met left out."""
        found: dict[tuple[str, str], tuple[float, int]] = {}
        for pair in product(first, second):
            own = [
                both
                for year, both in self.counted.get(pair, {}).items()
                if years[0] <= year <= years[1]
            ]
            sums = [
                [sum(way[k] for way in side) for k in range(3)] for side in zip(*own, strict=True)
            ]
            if not sums or pair[0] == pair[1]:
                continue
            _, total, gap = max(sums, key=lambda counts: counts[0])
            if total:
                found[pair] = (gap / total, int(total))
        return found


def joint(
    counts: JointVotes,
    first: tuple[str, ...],
    second: tuple[str, ...],
    members: Members,
    years: tuple[int, int],
) -> Joint:
    """Return the counts of pairs by year; a bloc's are those of its members of the year added."""
    base = counts.filter(
        (pl.col("universe") == _UNIVERSE)
        & (pl.col("issue") == _ISSUE)
        & pl.col("year").is_between(*years)
    )
    cells = {f"{a}_{b}": _GAP[i, j] for i, a in enumerate(_CAST) for j, b in enumerate(_CAST)}
    n = pl.sum_horizontal(*cells)
    gap = pl.sum_horizontal(*(pl.col(cell) * weight for cell, weight in cells.items()))
    heirs = {"SUN": "RUS"}
    base = (
        base.select("state", "pole", "year", n=n, gap=gap)
        .with_columns(pl.col("state", "pole").replace(heirs))
        .filter(pl.col("state") != pl.col("pole"))
    )
    seats = [_seats(names, members, years) for names in (first, second)]
    found: dict[tuple[str, str], dict[int, tuple[_Counts, _Counts]]] = {}
    for place, (left, right) in enumerate((("state", "pole"), ("pole", "state"))):
        for a, b, year, *own in _between(base, left, right, *seats).iter_rows():
            both = found.setdefault((a, b), {}).get(year, (_NOTHING, _NOTHING))
            found[a, b][year] = (tuple(own), both[1]) if place == 0 else (both[0], tuple(own))
    return Joint(found)


_Counts = tuple[int, int, float]
_NOTHING: _Counts = (0, 0, 0.0)
_CAST = ("yes", "abstain", "no")


def _seats(names: tuple[str, ...], members: Members, years: tuple[int, int]) -> pl.DataFrame:
    """Return name, year and code: who votes for each name in each year."""
    rows = [
        (name, year, code)
        for name in dict.fromkeys(names)
        for year in range(years[0], years[1] + 1)
        for code in (sorted(members[name].get(year, ())) if name in members else [name])
    ]
    schema = {"name": pl.String, "year": pl.Int64, "code": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _between(
    base: pl.DataFrame, left: str, right: str, first: pl.DataFrame, second: pl.DataFrame
) -> pl.DataFrame:
    """Return rows, roll calls and disagreement of two names a year, the first in ``left``."""
    met = base.join(first, left_on=["year", left], right_on=["year", "code"]).join(
        second, left_on=["year", right], right_on=["year", "code"], suffix="_second"
    )
    return met.group_by("name", "name_second", "year").agg(pl.len(), pl.col("n", "gap").sum())


def _all(members: Members) -> list[str]:
    return sorted(
        {code for years in members.values() for codes in years.values() for code in codes}
    )


def _code(seat: str) -> pl.Expr:
    codes = pl.col(seat).replace_strict(_CODES, default=_MISSING, return_dtype=pl.Int8)
    return codes.fill_null(_MISSING)


def _bloc(
    own: Mapping[str, NDArray[np.int8]],
    members: Mapping[int, frozenset[str]],
    years: NDArray[np.int64],
) -> NDArray[np.int8]:
    """Return a bloc's choices: its majority's, an abstention where there is none."""
    codes = sorted({code for those in members.values() for code in those})
    if not codes:
        return np.full(len(years), _MISSING, dtype=np.int8)
    sits = np.array([[code in members.get(int(y), ()) for y in years] for code in codes])
    choices = np.where(sits, np.array([own[code] for code in codes]), _MISSING)
    tally = np.array([(choices == choice).sum(axis=0) for choice in (0, 1, 2)])
    cast = tally.sum(axis=0)
    found = np.full(len(years), _CODES["abstain"], dtype=np.int8)
    found[2 * tally[0] > cast] = _CODES["yes"]
    found[2 * tally[2] > cast] = _CODES["no"]
    found[cast == 0] = _MISSING
    return found
