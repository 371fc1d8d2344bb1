"""Docstrings: a measure's own documentation as plain pieces that a template can place safely."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from multivector.report import formula

__all__ = ["Block", "Doc", "Entry", "Piece", "family", "read"]

_HEADING = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
_INLINE = re.compile(r":math:`([^`]+)`|``([^`]+)``|`([^`]+)`")
_LISTED = ("Parameters", "Returns", "Raises")

Kind = Literal["text", "code", "sub", "sup"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line: plain, code, or below or above it."""

    text: str
    kind: Kind = "text"


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
            if name in re.split(r"[,\s]+", entry.term.partition(":")[0]):
                return "".join(piece.text for piece in entry.pieces)
        return ""


def read(function: Callable[..., Any]) -> Doc:
    """Return the documentation of a function written in the NumPy style."""
    text = inspect.getdoc(function) or ""
    parts = _HEADING.split(text)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    summary, _, rest = parts[0].partition("\n")
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
    text = inspect.getdoc(inspect.getmodule(function)) or ""
    return _blocks(text.partition("\n")[2])


def _blocks(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        if not part.strip():
            continue
        if part.startswith(".. math::"):
            latex = part.removeprefix(".. math::").strip()
            blocks.append(Block("formula", _formula(latex)))
        elif blocks and part.startswith("    ") and blocks[-1] == Block("formula", ()):
            blocks[-1] = Block("formula", _formula(part))
        elif part.lstrip().startswith("- "):
            items = re.split(r"(?:^|\n)\s*- ", part)
            blocks += [Block("item", _pieces(item)) for item in items if item.strip()]
        else:
            blocks.append(Block("paragraph", _pieces(part)))
    return tuple(block for block in blocks if block.pieces)


def _entries(text: str) -> tuple[Entry, ...]:
    found: list[tuple[str, list[str]]] = []
    for line in text.strip("\n").splitlines():
        if line and not line[0].isspace():
            found.append((line.strip(), []))
        elif line.strip() and found:
            found[-1][1].append(line.strip())
    return tuple(Entry(term, _pieces(" ".join(lines))) for term, lines in found)


def _pieces(text: str) -> tuple[Piece, ...]:
    text = " ".join(text.split())
    pieces: list[Piece] = []
    at = 0
    for match in _INLINE.finditer(text):
        pieces.append(Piece(text[at : match.start()]))
        latex, code, name = match.groups()
        pieces += _formula(latex) if latex else [Piece(code or name, "code")]
        at = match.end()
    pieces.append(Piece(text[at:]))
    return tuple(piece for piece in pieces if piece.text)


def _formula(latex: str) -> tuple[Piece, ...]:
    kinds: dict[str, Kind] = {"": "text", "sub": "sub", "sup": "sup"}
    return tuple(Piece(piece.text, kinds[piece.place]) for piece in formula.line(latex))
