"""Docstrings: a measure's own documentation as plain pieces that a template can place safely."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from multivector.measures import docstrings
from multivector.report import formula
from multivector.report.formula import Piece

__all__ = ["Block", "Doc", "Entry", "family", "read"]

_INLINE = re.compile(r":math:`([^`]+)`|``([^`]+)``|`([^`]+)`")
_LISTED = ("Parameters", "Returns", "Raises")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a formula on its own, or an item of a list."""

    kind: Literal["paragraph", "formula", "item"]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of a section, such as a parameter with its type, and what is said of it."""

    term: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Doc:
    """A docstring: summary, what follows it, its sections of terms, papers and examples."""

    summary: str
    body: tuple[Block, ...]
    parameters: tuple[Entry, ...]
    returns: tuple[Entry, ...]
    raises: tuple[Entry, ...]
    examples: str

    def said_of(self, name: str) -> str:
        """Return what the docstring says of a parameter, without marks; empty if nothing."""
        for entry in self.parameters:
            if name in docstrings.names_of(entry.term):
                return "".join(piece.text for piece in entry.pieces)
        return ""


def read(function: Callable[..., Any]) -> Doc:
    """Return the documentation of a function written in the NumPy style."""
    sections = docstrings.sections(docstrings.of(function))
    summary, _, rest = sections[""].partition("\n")
    listed = {name: _entries(sections.get(name, "")) for name in _LISTED}
    return Doc(
        summary.strip(),
        _blocks(rest),
        listed["Parameters"],
        listed["Returns"],
        listed["Raises"],
        sections.get("Examples", "").strip(),
    )


def family(function: Callable[..., Any]) -> tuple[Block, ...]:
    """Return what the module of a function says of all in it, after its first line."""
    return _blocks(docstrings.of(inspect.getmodule(function)).partition("\n")[2])


def _blocks(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        if not part.strip():
            continue
        if part.startswith(".. math::"):
            latex = part.removeprefix(".. math::").strip()
            blocks.append(Block("formula", formula.line(latex)))
        elif blocks and part.startswith("    ") and blocks[-1] == Block("formula", ()):
            blocks[-1] = Block("formula", formula.line(part))
        elif part.lstrip().startswith("- "):
            items = re.split(r"(?:^|\n)\s*- ", part)
            blocks += [Block("item", _pieces(item)) for item in items if item.strip()]
        else:
            blocks.append(Block("paragraph", _pieces(part)))
    return tuple(block for block in blocks if block.pieces)


def _entries(text: str) -> tuple[Entry, ...]:
    return tuple(Entry(head, _pieces(said)) for head, said in docstrings.entries(text))


def _pieces(text: str) -> tuple[Piece, ...]:
    text = " ".join(text.split())
    pieces: list[Piece] = []
    at = 0
    for match in _INLINE.finditer(text):
        pieces.append(Piece(text[at : match.start()]))
        latex, code, name = match.groups()
        pieces += formula.line(latex) if latex else [Piece(code or name, "code")]
        at = match.end()
    pieces.append(Piece(text[at:]))
    return tuple(piece for piece in pieces if piece.text)
