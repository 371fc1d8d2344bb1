"""Text that remembers where it came from: repairs are layers over the raw text, never a loss.

A :class:`Layer` holds a text and, for every character of it, the half-open span of the raw text
it stands for. An edit makes a new layer; the raw text stays as it was read, and any span of the
repaired text can be shown as printed.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Change = tuple[int, int, str]
"""Start and end in the text of the layer that is edited, and what stands there afterwards."""


@dataclass(frozen=True)
class Edit:
    """One repair: the rule that made it, the raw span it covers, what stood there and now."""

    rule: str
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True)
class Layer:
    """A text with the raw span of each of its characters and the edits that led to it."""

    text: str
    starts: array[int]
    ends: array[int]
    edits: tuple[Edit, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, raw: str) -> Layer:
        """Return the first layer: the raw text itself.

        >>> Layer.of("abc").span(1, 3)
        (1, 3)
        """
        return cls(raw, array("l", range(len(raw))), array("l", range(1, len(raw) + 1)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span that the characters ``start`` to ``end`` stand for.

        Raises
        ------
        ValueError
            If the span is empty or lies outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"span {start}:{end} is not in a text of {len(self.text)} characters")
        return self.starts[start], self.ends[end - 1]

    def edited(self, changes: Iterable[Change], rule: str) -> Layer:
        r"""Return the layer with ``changes`` made; the first of two that overlap is kept.

        >>> layer = Layer.of("foreign pol-\nicy").edited([(11, 13, "")], "hyphen")
        >>> layer.text, layer.span(8, 14)
        ('foreign policy', (8, 16))
        """
        ordered = sorted(changes, key=lambda change: change[:2])
        if not ordered:
            return self
        pieces: list[str] = []
        starts, ends, edits = array("l"), array("l"), list(self.edits)
        done = 0
        for start, end, after in ordered:
            if start < done or self.text[start:end] == after:
                continue
            pieces += [self.text[done:start], after]
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            low, high = self._bounds(start, end)
            starts += self._placed(start, end, after, low)
            ends += array("l", [high] * len(after))
            if len(after) == end - start:
                ends[len(ends) - len(after) :] = self.ends[start:end]
            edits.append(Edit(rule, low, high, self.text[start:end], after))
            done = end
        pieces.append(self.text[done:])
        starts += self.starts[done:]
        ends += self.ends[done:]
        return Layer("".join(pieces), starts, ends, tuple(edits))

    def _bounds(self, start: int, end: int) -> tuple[int, int]:
        if start < end:
            return self.starts[start], self.ends[end - 1]
        at = self.starts[start] if start < len(self.text) else (self.ends[-1] if self.ends else 0)
        return at, at

    def _placed(self, start: int, end: int, after: str, low: int) -> array[int]:
        if len(after) == end - start:
            return self.starts[start:end]
        return array("l", [low] * len(after))

    def substituted(
        self,
        pattern: re.Pattern[str],
        after: str | Callable[[re.Match[str]], str | None],
        rule: str,
    ) -> Layer:
        """Return the layer with each match of ``pattern`` replaced.

        ``after`` is a string, or a function of the match that returns the new text, or None to
        leave the match as it is.
        """
        changes: list[Change] = []
        for found in pattern.finditer(self.text):
            new = after if isinstance(after, str) else after(found)
            if new is not None:
                changes.append((found.start(), found.end(), new))
        return self.edited(changes, rule)
