"""A section in the making: what is added to it, in order, and the part it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from multivector.content.model import (
    Chart,
    Cite,
    Fact,
    PairFigure,
    Part,
    PoleFigure,
    Sentence,
    Table,
)
from multivector.words.figures import sentence_case

__all__ = ["Draft", "Piece", "empty", "part"]

Piece = Sentence | Chart | Table | str | Fact | PoleFigure | PairFigure | Part | None


@dataclass
class Draft:
    """A section as it is written: statements, charts, tables and notes, in the order added.

    ``facts`` go to the headline, ``poles`` and ``pair`` to the overview that sets them side by
    side.
    """

    sentences: list[Sentence] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    poles: list[PoleFigure] = field(default_factory=list)
    pair: list[PairFigure] = field(default_factory=list)

    def write(self, text: str, cites: Iterable[Cite] = ()) -> None:
        """Add a statement with its citations."""
        self.sentences.append(Sentence(text, tuple(cites)))

    def add(self, *pieces: Piece | Iterable[Piece]) -> None:
        """Add pieces, each to its own kind; a text is a note; null adds nothing."""
        for piece in pieces:
            if isinstance(piece, Sentence):
                self.sentences.append(piece)
            elif isinstance(piece, Chart):
                self.charts.append(piece)
            elif isinstance(piece, Table):
                self.tables.append(piece)
            elif isinstance(piece, str):
                self.notes.append(piece)
            elif isinstance(piece, Fact):
                self.facts.append(piece)
            elif isinstance(piece, PoleFigure):
                self.poles.append(piece)
            elif isinstance(piece, PairFigure):
                self.pair.append(piece)
            elif isinstance(piece, Part):
                self.add(piece.sentences, piece.charts, piece.tables, piece.notes)
                self.add(piece.facts, piece.poles, piece.pair)
            elif piece is not None:
                self.add(*piece)

    def part(self, lead: int = 1) -> Part:
        """Return what the section gives; its first ``lead`` sentences stand in the overview too."""
        return Part(
            tuple(self.sentences),
            tuple(self.charts),
            tuple(self.tables),
            tuple(self.notes),
            tuple(self.facts),
            tuple(self.poles),
            tuple(self.pair),
            lead,
        )


def part(*pieces: Piece | Iterable[Piece]) -> Part:
    """Return the part that pieces make, in their order; null adds nothing.

    Examples
    --------
    >>> made = part(Sentence("One."), None, [Sentence("Two."), "A note."])
    >>> [sentence.text for sentence in made.sentences], made.notes
    (['One.', 'Two.'], ('A note.',))
    """
    draft = Draft()
    draft.add(*pieces)
    return draft.part()


def empty(why: str) -> Part:
    """Return a part that says only why it is empty."""
    return part(sentence_case(f"{why}."))
