"""Passages: a text cut where marks begin and end, so that a page can show them as printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Piece", "Span", "anchor", "around", "pieces", "shown"]

_CONTEXT = 420


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch to mark: where, the names of its styles, its anchor, and what it was read as."""

    start: int
    end: int
    names: tuple[str, ...]
    anchor: str = ""
    read: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch with the same marks throughout: its text, styles, anchors, what it was read as."""

    text: str
    names: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    read: str | None = None


def pieces(text: str, start: int, end: int, spans: Sequence[Span]) -> list[Piece]:
    """Return the text from ``start`` to ``end`` in pieces; marks may overlap.

    >>> one, two = Span(0, 4, ("event",), "s-1"), Span(2, 6, ("vote",), "s-2")
    >>> [(p.text, p.names, p.anchors) for p in pieces("abcdefgh", 0, 8, [one, two])]
    [('ab', ('event',), ('s-1',)), ('cd', ('event', 'vote'), ('s-2',)), ('ef', ('vote',), ()), \
('gh', (), ())]
    """
    inside = [s for s in spans if s.start < end and start < s.end]
    edges = {start, end} | {e for s in inside for e in (s.start, s.end) if start < e < end}
    ordered = sorted(edges)
    begun: set[str] = set()
    found: list[Piece] = []
    for low, high in pairwise(ordered):
        over = [s for s in inside if s.start <= low and high <= s.end]
        names = tuple(dict.fromkeys(name for s in over for name in s.names))
        anchors = tuple(dict.fromkeys(s.anchor for s in over if s.anchor not in begun | {""}))
        begun |= set(anchors)
        read = next((s.read for s in over if s.read is not None), None)
        found.append(Piece(shown(text[low:high]), names, anchors, read))
    return found


def around(text: str, start: int, end: int, context: int = _CONTEXT) -> tuple[int, int]:
    """Return where to cut the text around a passage: at blanks, some way before and after it.

    >>> text = "one two three four five six"
    >>> text[slice(*around(text, 8, 13, 6))]
    'two three four'
    """
    low, high = max(0, start - context), min(len(text), end + context)
    if low:
        blank = re.compile(r"\s").search(text, low, start)
        low = blank.end() if blank else low
    if high < len(text):
        cut = max(text.rfind(mark, end, high) for mark in " \n\t")
        high = cut if cut >= end else high
    return low, high


def shown(text: str) -> str:
    """Return text that can be sent: half of a pair of surrogates becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def anchor(statement: str) -> str:
    """Return the anchor of a statement on a page.

    >>> anchor("001-0007"), anchor("my report-0001")
    ('s-001-0007', 's-my-report-0001')
    """
    return "s-" + re.sub(r"[^\w-]", "-", statement)
