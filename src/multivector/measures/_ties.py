"""The kernel of `binds`: a cube of outcomes, who is tied when, and effects of any set of ties.

A cube holds states by states by years, symmetric, not a number where missing. Ties are a list of
pairs with the year each begins and ends. The effect of any such list is the mean over its groups
and years of the change since the year before, less that of pairs never tied: the simple
aggregate of Callaway and Sant'Anna, computed without influence functions so that hundreds of
random clubs cost a second.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.measures.did import Panel

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

_FEWEST = 3
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Ties:
    """Pairs of states (as places in the cube), the year each tie begins, and its last year."""

    first: Integers
    second: Integers
    start: Integers
    end: Integers

    def moved(self, positions: Integers) -> Ties:
        """Return the same ties between other states."""
        return replace(self, first=positions[self.first], second=positions[self.second])

    def shifted(self, years: int) -> Ties:
        """Return ties that begin earlier and end before they really began."""
        return replace(self, start=self.start - years, end=self.start - 1)

    def only(self, chosen: Mask) -> Ties:
        """Return some of the ties."""
        return Ties(self.first[chosen], self.second[chosen], self.start[chosen], self.end[chosen])


@dataclass(frozen=True, slots=True)
class Cube:
    """Outcomes of pairs by year, and which pairs are never tied."""

    states: tuple[str, ...]
    years: Integers
    values: Array
    never: Mask

    @classmethod
    def of(cls, outcome: pl.DataFrame) -> Cube:
        """Return a frame of pairs and years as a cube in which every pair counts as never tied."""
        rows = outcome.drop_nulls("value")
        states = tuple(sorted({*rows["state_a"], *rows["state_b"]}))
        years = np.arange(int(_extreme(rows, "min")), int(_extreme(rows, "max")) + 1)
        place = {state: k for k, state in enumerate(states)}
        values = np.full((len(states), len(states), years.size), np.nan)
        a = np.array([place[s] for s in rows["state_a"]], dtype=np.int64)
        b = np.array([place[s] for s in rows["state_b"]], dtype=np.int64)
        t = rows["year"].to_numpy() - years[0]
        values[a, b, t] = values[b, a, t] = rows["value"].to_numpy()
        never = ~np.eye(len(states), dtype=bool)
        return cls(states, years, values, never)

    def place(self, state: str) -> int | None:
        """Return the place of a state, or null."""
        return self.states.index(state) if state in self.states else None

    def without(self, states: Iterable[str]) -> Cube:
        """Return the cube in which pairs of two of these states do not count as never tied."""
        inside = np.array([s in set(states) for s in self.states], dtype=bool)
        return replace(self, never=self.never & ~(inside[:, None] & inside[None, :]))

    def adjusted(self) -> Cube:
        """Return the cube less what each state's never-tied pairs have in common every year."""
        values = self.values.copy()
        for t in range(self.years.size):
            values[:, :, t] -= _levels(values[:, :, t], self.never)
        return replace(self, values=values)

    def waver(self) -> Array:
        """Return the median size of each state's yearly changes with states it is never tied to."""
        change = np.abs(np.diff(self.values, axis=2))
        change[~self.never] = np.nan
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.asarray(np.nanmedian(change.reshape(len(self.states), -1), axis=1))

    def coverage(self) -> float:
        """Return the share of never-tied pairs that are seen in any year."""
        seen = np.isfinite(self.values).any(axis=2) & self.never
        return float(seen.sum() / max(int(self.never.sum()), 1))

    def control_changes(self) -> Array:
        """Return the mean change of never-tied pairs from year b (rows) to year t (columns)."""
        rows, columns = np.nonzero(np.triu(self.never))
        paths = self.values[rows, columns]
        found = np.full((self.years.size, self.years.size), np.nan)
        for b in range(self.years.size):
            found[b] = _mean(paths - paths[:, [b]])
        return found

    def panel(self, ties: Ties) -> Panel:
        """Return tied and never-tied pairs as a panel; tied ones until their tie ends."""
        rows, columns = np.nonzero(np.triu(self.never))
        seen = np.isfinite(self.values[rows, columns]).sum(axis=1) > 1
        rows, columns = rows[seen], columns[seen]
        late = self.years[None, :] > ties.end[:, None]
        own = np.where(late, np.nan, self.values[ties.first, ties.second])
        return Panel(
            np.vstack([own, self.values[rows, columns]]),
            self.years,
            np.concatenate([ties.start, np.zeros(rows.size, dtype=np.int64)]),
            np.concatenate([ties.first, rows]),
            np.concatenate([ties.second, columns]),
        )


def _extreme(rows: pl.DataFrame, which: str) -> int:
    return int(getattr(rows["year"], which)())


def _mean(paths: Array) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(paths, axis=0))


def _levels(values: Array, never: Mask) -> Array:
    """Return the sum of both states' levels, fitted on never-tied pairs; missing where too few."""
    seen = never & np.isfinite(values)
    count = seen.sum(axis=1).astype(float)
    filled = np.where(seen, values, 0.0)
    ridge = 1e-9 * max(float(count.mean()), 1.0)
    level = np.linalg.solve(np.diag(count + ridge) + seen, filled.sum(axis=1))
    level = np.where(count < min(_FEWEST, max(len(count) - 2, 1)), np.nan, level)
    return np.asarray(level[:, None] + level[None, :])


@dataclass(frozen=True, slots=True)
class Kernel:
    """Effects of sets of ties in one cube; the changes of never-tied pairs are counted once."""

    cube: Cube
    control: Array

    @classmethod
    def of(cls, cube: Cube) -> Kernel:
        """Return the kernel of a cube."""
        return cls(cube, cube.control_changes())

    def effect(self, ties: Ties) -> tuple[float, int]:
        """Return the simple aggregate effect, not a number if undefined, and the pairs compared."""
        years = self.cube.years
        paths = self.cube.values[ties.first, ties.second]
        paths = np.where(years[None, :] > ties.end[:, None], np.nan, paths)
        total, weight, pairs = 0.0, 0.0, 0
        for start in np.unique(ties.start):
            before = int(start - years[0]) - 1
            if before < 0 or before + 1 >= years.size:
                continue
            own = paths[ties.start == start]
            change = own[:, before + 1 :] - own[:, [before]]
            cells = _mean(change) - self.control[before, before + 1 :]
            known = np.isfinite(cells)
            if known.any():
                size = float(np.isfinite(change).any(axis=1).sum())
                total += size * float(cells[known].sum())
                weight += size * float(known.sum())
                pairs += int(size)
        return (total / weight if weight else np.nan), pairs

    def drift(self, ties: Ties, span: int) -> tuple[float, int]:
        """Return the mean yearly change before ties begin, less the control's, and the pairs.

        A pair counts with the longest stretch of two to ``span`` years up to the last one before.
        """
        years = self.cube.years
        found, pairs = 0.0, 0
        for start in np.unique(ties.start):
            last = int(start - years[0]) - 1
            begin = max(last - span, 0)
            if last - begin < _SHORTEST or last >= years.size:
                continue
            chosen = ties.start == start
            own = self.cube.values[ties.first[chosen], ties.second[chosen]]
            back = np.arange(begin, last - _SHORTEST + 1)
            rate = (own[:, [last]] - own[:, back] - self.control[back, last]) / (last - back)
            longest = _first_known(rate)
            known = np.isfinite(longest)
            found += float(longest[known].sum())
            pairs += int(known.sum())
        return (found / pairs if pairs else np.nan), pairs


def _first_known(rates: Array) -> Array:
    """Return each row's first known figure."""
    known = np.isfinite(rates)
    place = known.argmax(axis=1)
    picked = rates[np.arange(rates.shape[0]), place]
    return np.where(known.any(axis=1), picked, np.nan)


def random_clubs(
    kernel: Kernel, ties: Ties, pool: Integers, draws: int, seed: int
) -> Iterable[Ties]:
    """Yield the same ties between states drawn from the pool, each real one replaced by another."""
    members = np.unique(np.concatenate([ties.first, ties.second]))
    if pool.size < members.size:
        return
    rng = np.random.default_rng(seed)
    positions = np.arange(len(kernel.cube.states))
    for _ in range(draws):
        moved = positions.copy()
        moved[members] = rng.choice(pool, members.size, replace=False)
        yield ties.moved(moved)
