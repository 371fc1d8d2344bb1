"""Joining: which release answers for which kind of row and year, where several have rows.

The newest edition answers first, within the years it covers; the next fill what is left. So a file
that is added never takes a year away that was answered before, and changes nothing outside its own
years. One of unknown date that somebody has installed is new.

Data of one's own go before all others, for the states they have. A release that prints only the
largest partners of a state never stands in for a whole table: it answers where it is asked for by
name, or nothing else is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from multivector.provenance import Years

__all__ = ["Offer", "Share", "assigned", "years_of"]


@dataclass(frozen=True)
class Offer:
    """What one release offers for a table: the years of each kind of row (kind None: of all)."""

    release: str
    years: Mapping[str | None, Years]
    vintage: str = ""
    installed: bool = False
    own: bool = False
    lists: bool = False

    def rank(self, kind: str | None) -> tuple[object, ...]:
        """Return what is compared between offers of a kind; the highest goes first."""
        last = max(self.years.get(kind) or (0,))
        return (self.own, not self.lists, self.vintage, last, self.installed, self.release)


@dataclass(frozen=True)
class Share:
    """The years of one kind for which a release answers."""

    offer: Offer
    kind: str | None
    years: Years


def assigned(offers: Sequence[Offer], kinds: Iterable[str | None] | None = None) -> list[Share]:
    """Return which offer answers for which years of each kind.

    Parameters
    ----------
    offers : sequence of Offer
        What the releases have.
    kinds : iterable, optional
        The kinds wanted; all that are offered if not given.

    Examples
    --------
    >>> old = Offer("cow_trade@4.0", {"exports": frozenset(range(1990, 2015))}, "2016", True)
    >>> new = Offer("baci_totals@2000-2020", {"exports": frozenset(range(2000, 2021))}, "2020")
    >>> from multivector.provenance import ranges
    >>> [(share.offer.release, ranges(share.years)) for share in assigned([old, new])]
    [('baci_totals@2000-2020', '2000–2020'), ('cow_trade@4.0', '1990–1999')]
    """
    known = {kind for offer in offers for kind in offer.years}
    wanted = known if kinds is None else known & set(kinds)
    found: list[Share] = []
    for kind in sorted(wanted, key=str):
        having = [offer for offer in offers if offer.years.get(kind)]
        whole = [offer for offer in having if not offer.lists or offer.own] or having
        taken: set[int] = set()
        for offer in sorted(whole, key=lambda offer: offer.rank(kind), reverse=True):
            years = offer.years[kind] - taken
            if years:
                found.append(Share(offer, kind, years))
            # One's own rows stand for their states only: the others answer for the rest of a year.
            taken |= set() if offer.own else years
    return found


def years_of(rows: pl.DataFrame, column: str | None) -> dict[str | None, frozenset[int]]:
    """Return the years of some rows by the value of a column, or of all."""
    if column is None:
        return {None: frozenset(rows["year"].drop_nulls().unique())}
    found: dict[str | None, frozenset[int]] = {}
    for kind, own in rows.select(column, "year").unique().group_by(column):
        found[kind[0]] = frozenset(own["year"].drop_nulls())
    return found
