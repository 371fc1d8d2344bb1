"""A section in the making: what is added to it, in order, and the section it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from multivector.content.model import Chart, Cite, Fact, Row, Section, Sentence, Table
from multivector.words.figures import sentence_case

__all__ = ["Draft", "empty"]

Piece = Sentence | Chart | Table | Fact | Row | None


@dataclass
class Draft:
    """A section as it is written: statements, charts, tables and notes, in the order added.

    ``facts`` go to the headline, ``rows`` to the table that sets the two of a pair side by side.
    """

    id: str
    title: str
    sentences: list[Sentence] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def write(self, text: str, cites: Iterable[Cite] = ()) -> None:
        """Add a statement with its citations."""
        self.sentences.append(Sentence(text, tuple(cites)))

    def add(self, *pieces: Piece | Iterable[Piece]) -> None:
        """Add pieces, each to its own kind; null adds nothing."""
        for piece in pieces:
            if isinstance(piece, Sentence):
                self.sentences.append(piece)
            elif isinstance(piece, Chart):
                self.charts.append(piece)
            elif isinstance(piece, Table):
                self.tables.append(piece)
            elif isinstance(piece, Fact):
                self.facts.append(piece)
            elif isinstance(piece, Row):
                self.rows.append(piece)
            elif piece is not None:
                self.add(*piece)

    def section(self) -> Section:
        """Return the section."""
        return Section(
            self.id,
            self.title,
            tuple(self.sentences),
            tuple(self.charts),
            tuple(self.tables),
            tuple(self.notes),
        )


def empty(name: str, title: str, why: str) -> Draft:
    """Return a section that says only why it is empty."""
    return Draft(name, title, notes=[sentence_case(f"{why}.")])
