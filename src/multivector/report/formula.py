"""Formulas: what a measure's docstring writes in LaTeX, as a line of text with its indices."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from multivector.measures import docstrings

__all__ = ["Piece", "line", "of_measure"]

Place = Literal["", "sub", "sup", "code"]

_LETTERS = """
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε eta η theta θ kappa κ lambda λ mu μ nu ν pi π
rho ρ sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Delta Δ Phi Φ Omega Ω sum ∑ prod ∏ infty ∞
cdots … ldots … lVert ‖ rVert ‖
"""
_RELATIONS = """
in ∈ notin ∉ ne ≠ le ≤ ge ≥ times × cdot · sim ∼ mid | cap ∩ cup ∪ to → pm ± forall ∀ setminus ∖
"""
_SPACES = {"qquad": ";  ", "quad": "  ", ",": " ", ";": " ", "!": "", "\\": ";  "}
_ACCENTS = {"bar": "\u0304", "hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}
_FUNCTIONS = frozenset({"min", "max", "ln", "log", "exp"})
_PLAIN = frozenset({"mathrm", "operatorname", "text", "mathbf", "mathit", "mathbb"})
_FRACTIONS = frozenset({"frac", "tfrac", "dfrac"})
_SIZES = frozenset({"left", "right", "Bigl", "Bigr", "bigl", "bigr", "big", "Big", "limits"})
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}_^]|\s+|.", re.DOTALL)
_ATOM = re.compile(r"[\d.]+|[^\W\d]\w*|∞|\([^()]*\)|\|[^|]*\|")


def _paired(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


_SIGNS = {
    **_paired(_LETTERS),
    **{name: f" {sign} " for name, sign in _paired(_RELATIONS).items()},
    **{name: f"{name} " for name in _FUNCTIONS},
    **_SPACES,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters, on the line, below or above it, or as they are typed."""

    text: str
    place: Place = ""


def of_measure(function: Callable[..., Any]) -> tuple[Piece, ...]:
    """Return the formula a measure's docstring states; nothing if it states none in LaTeX."""
    latex = docstrings.latex(function)
    return line(latex) if latex else ()


def line(latex: str) -> tuple[Piece, ...]:
    r"""Return LaTeX as pieces of one line; fractions with a slash.

    >>> "".join(piece.text for piece in line(r"S = 1 - \frac{2}{N} |x_k|"))
    'S = 1 − 2/N |xk|'
    """
    pieces = _Reader(_TOKEN.findall(" ".join(latex.split()))).until("")
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].place == piece.place:
            joined[-1] = Piece(joined[-1].text + piece.text, piece.place)
        else:
            joined.append(piece)
    return tuple(
        Piece(_tidy(piece.text, before_index=bool(after) and after[0].place != ""), piece.place)
        for piece, after in ((p, joined[n + 1 : n + 2]) for n, p in enumerate(joined))
        if piece.text
    )


def _tidy(text: str, *, before_index: bool) -> str:
    text = re.sub(r" {2,}", " ", text).replace(" ; ", "; ").replace(",; ", "; ")
    return text.rstrip() if before_index and not text.endswith("; ") else text


class _Reader:
    """Reads tokens one after another; a group in braces is read as a whole."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    def until(self, end: str) -> list[Piece]:
        """Return the pieces up to a closing token, or up to the end."""
        found: list[Piece] = []
        while self._tokens:
            token = self._tokens.pop()
            if token == end:
                break
            found += self._place(token) if token in ("_", "^") else self._one(token)
        return found

    def _group(self) -> list[Piece]:
        while self._tokens and self._tokens[-1].isspace():
            self._tokens.pop()
        if not self._tokens:
            return []
        token = self._tokens.pop()
        return self.until("}") if token == "{" else self._one(token)

    def _place(self, token: str) -> list[Piece]:
        where: Place = "sub" if token == "_" else "sup"
        return [Piece("".join(piece.text for piece in self._group()).strip(), where)]

    def _one(self, token: str) -> list[Piece]:
        if token == "{":
            return self.until("}")
        if not token.startswith("\\"):
            return [Piece({"-": "−", "'": "′"}.get(token, token))]
        name = token[1:]
        if name in _FRACTIONS:
            return [*_enclosed(self._group()), Piece("/"), *_enclosed(self._group())]
        if name == "sqrt":
            return [Piece("√"), *_enclosed(self._group())]
        if name in _ACCENTS:
            first, *rest = self._group() or [Piece("")]
            return [Piece(first.text + _ACCENTS[name], first.place), *rest]
        if name in _PLAIN:
            return self._group()
        if name in ("begin", "end"):
            self._group()
            return [Piece("{ ")] if name == "begin" else []
        return [] if name in _SIZES else [Piece(_SIGNS.get(name, name))]


def _enclosed(pieces: list[Piece]) -> list[Piece]:
    """Return pieces in brackets, unless they are one name or number."""
    flat = "".join(piece.text for piece in pieces).strip()
    if _ATOM.fullmatch(flat):
        return pieces
    return [Piece("("), *pieces, Piece(")")]
