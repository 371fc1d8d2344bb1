"""What `binds` looks at: the cube of an outcome, the ties of an organisation, who never sat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from multivector.measures._dyads import Status, holders, tied
from multivector.measures._ties import Cube, Integers, Ties
from multivector.names.spells import SEATS, of_organisation, unbroken
from multivector.tables import MEMBERSHIPS, Memberships

BEFORE = 10


@dataclass(frozen=True, slots=True)
class Study:
    """The cube of an outcome with the ties of an organisation, and who never sat in it."""

    cube: Cube
    ties: Ties
    outside: Integers
    organisation: str
    status: Status
    pair: tuple[str, ...]

    @classmethod
    def of(
        cls,
        frame: pl.DataFrame,
        memberships: Memberships,
        organisation: str,
        status: Status,
        years: tuple[int, int] | None,
        pair: tuple[str, ...],
        since: int | None,
    ) -> Study | None:
        of_organisation(memberships, organisation)
        if frame.is_empty():
            return None
        span = range(_first(memberships, organisation), int(str(frame["year"].max())) + 1)
        pairs = _since(pair, since, span) if since else spans_of(
            tied(memberships, organisation, span, status)
        )  # fmt: skip
        if pair:
            pairs = pairs.filter(
                pl.concat_list("state_a", "state_b").list.sort() == pl.lit(sorted(pair))
            )
        if pairs.is_empty():
            return None
        early = 2 * BEFORE if pair else BEFORE
        begin = int(str(pairs["start"].min())) - early if years is None else years[0]
        frame = frame.filter(pl.col("year") >= begin)
        seated = holders(memberships, organisation, span)["state"].unique().to_list()
        cube = Cube.of(frame).without(seated)
        place = {state: k for k, state in enumerate(cube.states)}
        pairs = pairs.filter(
            pl.col("state_a").is_in(list(place)) & pl.col("state_b").is_in(list(place))
        )
        ties = Ties(
            np.array([place[s] for s in pairs["state_a"]], dtype=np.int64),
            np.array([place[s] for s in pairs["state_b"]], dtype=np.int64),
            pairs["start"].to_numpy().astype(np.int64),
            pairs["end"].to_numpy().astype(np.int64),
        )
        outside = np.array([k for s, k in place.items() if s not in set(seated)], dtype=np.int64)
        return cls(cube, ties, outside, organisation, status, pair)

    def adjusted(self) -> Study:
        """Return the study with each state's yearly level taken off."""
        cube = self.cube.adjusted()
        return Study(cube, self.ties, self.outside, self.organisation, self.status, self.pair)

    def usable(self) -> Ties:
        """Return the ties that begin after the first and not after the last year of data."""
        years = self.cube.years
        return self.ties.only((self.ties.start > years[0]) & (self.ties.start <= years[-1]))

    def pool(self) -> Integers:
        """Return the states outside whose ties waver most nearly as much as the members' do.

        Those whose median yearly change lies within the range of the members', and in any case
        twice as many as there are members and ten more, the nearest first.
        """
        waver = self.cube.waver()
        members = np.unique(np.concatenate([self.ties.first, self.ties.second]))
        low, high = np.nanmin(waver[members]), np.nanmax(waver[members])
        known = self.outside[np.isfinite(waver[self.outside])]
        distance = np.maximum(low - waver[known], waver[known] - high).clip(0)
        fewest = 2 * members.size + 10
        order = np.lexsort((known, distance))
        count = max(fewest, int((distance == 0).sum()))
        return np.sort(known[order[:count]]).astype(np.int64)


def _first(memberships: Memberships, organisation: str) -> int:
    rows = MEMBERSHIPS.conform(of_organisation(memberships, organisation))
    first = rows.select(SEATS.first_year.min()).item()
    return int(first) if first is not None else 1946


def spans_of(ties: pl.DataFrame) -> pl.DataFrame:
    """Return the first spell of every tied pair: ``start`` and ``end``, the last year known."""
    pair = ["state_a", "state_b"]
    return unbroken(ties, pair).unique(pair, keep="first", maintain_order=True)


def _since(pair: tuple[str, ...], since: int, span: range) -> pl.DataFrame:
    a, b = sorted(pair)
    return pl.DataFrame({"state_a": [a], "state_b": [b], "start": [since], "end": [span.stop]})


def ties_of(memberships: Memberships, organisation: str, cube: Cube) -> Ties:
    """Return the pairs of members of another organisation tied within the years of the cube."""
    years = cube.years.tolist()
    spans = spans_of(tied(memberships, organisation, years))
    spans = spans.filter(pl.col("start") > years[0])
    positions = [
        (cube.place(a), cube.place(b)) for a, b in spans.select("state_a", "state_b").rows()
    ]
    kept = [k for k, (a, b) in enumerate(positions) if a is not None and b is not None]
    return Ties(
        np.array([positions[k][0] for k in kept], dtype=np.int64),
        np.array([positions[k][1] for k in kept], dtype=np.int64),
        spans["start"].to_numpy().astype(np.int64)[kept],
        spans["end"].to_numpy().astype(np.int64)[kept],
    )
