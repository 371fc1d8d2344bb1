"""From passages to counts of words in documents, and in parts of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.documents.text.words import words_of
from multivector.errors import UnknownName, choices, nearest
from multivector.tables import DOCUMENTS, PASSAGES

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """How often each word occurs in each part; a part is a passage or document."""

    words: tuple[str, ...]
    parts: tuple[str, ...]
    owners: tuple[str, ...]
    table: Floats

    def of(self, owners: set[str]) -> Counts:
        """Return the parts of some documents."""
        kept = [at for at, owner in enumerate(self.owners) if owner in owners]
        parts, names = (tuple(each[at] for at in kept) for each in (self.parts, self.owners))
        return Counts(self.words, parts, names, self.table[:, kept])

    def joined(self) -> Counts:
        """Return the counts with one part a document."""
        names = tuple(sorted(set(self.owners)))
        whole = np.zeros((len(self.words), len(names)))
        for at, owner in enumerate(self.owners):
            whole[:, names.index(owner)] += self.table[:, at]
        return Counts(self.words, names, names, whole)

    @property
    def totals(self) -> Floats:
        """Return how often each word occurs in all."""
        return np.asarray(self.table.sum(axis=1), dtype=np.float64)


def counted(
    passages: pl.DataFrame,
    documents: pl.DataFrame | None = None,
    *,
    language: str | None = None,
    kinds: tuple[str, ...] | None = None,
) -> Counts:
    """Return the counts of words, lower-cased by language, in each passage; numbers left out."""
    rows = PASSAGES.conform(passages).sort("document", "start", "end")
    if language is not None:
        rows = rows.filter(pl.col("language") == language)
    if kinds is not None:
        rows = rows.filter(pl.col("kind").is_in(list(kinds)))
    known = names(documents)
    tallies: dict[str, dict[int, int]] = {}
    parts, owners = [], []
    columns = ("document", "start", "language", "text")
    for at, (document, start, spoken, text) in enumerate(rows.select(columns).iter_rows()):
        parts.append(f"{document}:{start}")
        owners.append(known.get(document, document))
        for word in words_of(text, spoken or "und"):
            if not word.lowered[0].isdigit():
                tally = tallies.setdefault(word.lowered, {})
                tally[at] = tally.get(at, 0) + 1
    ordered = tuple(sorted(tallies))
    table = np.zeros((len(ordered), len(parts)))
    for row, key in enumerate(ordered):
        for at, n in tallies[key].items():
            table[row, at] = n
    return Counts(ordered, tuple(parts), tuple(owners), table)


def names(documents: pl.DataFrame | None) -> dict[str, str]:
    """Return the short names of documents by hash."""
    if documents is None:
        return {}
    rows = DOCUMENTS.conform(documents)
    return dict(rows.select("document", "doc").iter_rows())


def chosen(asked: tuple[str, ...], counts: Counts, documents: pl.DataFrame | None) -> set[str]:
    """Return documents asked for, by short name or hash.

    Raises
    ------
    UnknownName
        If no passage is of such a document.
    """
    known = names(documents)
    here = set(counts.owners)
    found = {known.get(name, name) for name in asked}
    absent = sorted(found - here)
    if absent:
        raise UnknownName(
            f"no passage is of the document {choices(map(repr, absent))}; nearest: "
            f"{choices(nearest(absent[0], here)) or 'none'}; expected one of "
            f"{choices(sorted(here))}; correct the name"
        )
    return found
