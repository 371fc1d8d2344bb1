"""Bridges: resolutions voted on again in the next session, which tie sessions to one scale.

Texts such as that on the embargo against Cuba return year after year almost word for word. Where
states' votes on them are set equal in their parameters, positions in different years compare. The
producers of the ideal points publish a list of such pairs made by hand. Where it is not installed,
pairs are found from titles here: two roll calls of successive sessions belong together if each is
the other's nearest by the words of title and description (cosine, rare words counting more), near
enough and ahead of the next best, of the same kind, and carried by a similar share of yes votes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import BadValue, SchemaError
from multivector.tables import BRIDGES, Bridges, Rollcalls

__all__ = ["bridges_from_titles"]

Floats = npt.NDArray[np.float64]

_SYMBOL = re.compile(r"\b[AR]/[\w./-]+|\b\d+[A-Z]?\b")
_WORD = re.compile(r"[A-Z]{3,}")
_FORMULA = frozenset(
    ("resolution", "adopted", "general", "assembly", "the", "and", "for", "its", "that", "with")
)
_FORMULA_WORDS = frozenset(word.upper() for word in _FORMULA)


def bridges_from_titles(
    rollcalls: Rollcalls,
    *,
    similarity: float = 0.7,
    lead: float = 0.05,
    share: float = 0.06,
    gap: int = 1,
) -> Bridges:
    r"""Return pairs of roll calls whose titles say that the same text was voted on again.

    .. math::
        s_{ab} = \frac{\sum_w t_{aw} t_{bw}}{\lVert t_a \rVert \lVert t_b \rVert}, \qquad
        t_{aw} = \log \frac{R + 1}{r_w}

    with ``r_w`` of ``R`` roll calls using the word ``w``; numbers and symbols are left out.

    Parameters
    ----------
    rollcalls : Rollcalls
        Roll calls with ``title``, and ``description`` where the source has one.
    similarity : float
        Least similarity, 0 to 1.
    lead : float
        How far a pair must be ahead of the second best of either side.
    share : float
        Largest difference of the shares of yes among votes cast, where tallies are known.
    gap : int
        Largest number of sessions between the two.

    Returns
    -------
    Bridges
        ``rollcall_a`` (earlier), ``rollcall_b`` (later), never null; no rows without titles.

    Raises
    ------
    BadValue
        If an option is outside what is allowed.
    SchemaError
        If a column is missing.

    References
    ----------
    Bailey, M. A., Strezhnev, A. and Voeten, E. (2017). Estimating dynamic state preferences from
    United Nations voting data. Journal of Conflict Resolution 61(2).

    Examples
    --------
    >>> import polars as pl
    >>> bridges_from_titles(pl.DataFrame({
    ...     "rollcall": ["1", "2", "3", "4"], "session": [60, 60, 61, 61], "kind": ["final"] * 4,
    ...     "title": ["Embargo against Cuba", "Nuclear testing ban",
    ...               "Embargo against Cuba", "Rights of the child"]})).rows()
    [('1', '3', 'titles')]
    """
    for name, value in (("similarity", similarity), ("lead", lead), ("share", share)):
        if not 0.0 <= value <= 1.0:
            raise BadValue(f"{name} is {value}; expected a number from 0 to 1; correct it")
    if gap < 1:
        raise BadValue(f"gap is {gap}; expected 1 session or more; raise it")
    absent = {"rollcall", "session", "kind", "title"} - set(rollcalls.columns)
    if absent:
        raise SchemaError(
            f"rollcalls has no column {', '.join(sorted(absent))}; "
            "expected rollcall, session, kind and title; pass the table as the source reads it"
        )
    frame = _described(rollcalls)
    pairs: list[tuple[str, str]] = []
    sessions = {key[0]: part for key, part in frame.group_by("session", maintain_order=True)}
    for session, later in sessions.items():
        for back in range(1, gap + 1):
            if session - back in sessions:
                earlier = sessions[session - back]
                pairs += _pairs(earlier, later, frame.height, similarity, lead, share)
    rows = [(a, b, "titles") for a, b in dict.fromkeys(pairs)]
    return pl.DataFrame(rows, schema=BRIDGES.schema, orient="row").sort("rollcall_a", "rollcall_b")


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.upper())
    plain = _SYMBOL.sub(" ", "".join(c for c in plain if not unicodedata.combining(c)))
    return sorted(set(_WORD.findall(plain)) - _FORMULA_WORDS)


def _described(rollcalls: Rollcalls) -> pl.DataFrame:
    """Return roll calls with words: ``rollcall, session, kind, words, weight, yes``."""
    texts = [c for c in ("title", "description") if c in rollcalls.columns]
    counted = {"yes", "abstain", "no"} <= set(rollcalls.columns)
    cast = pl.sum_horizontal("yes", "abstain", "no") if counted else None
    share = pl.col("yes") / cast if cast is not None else pl.lit(None, dtype=pl.Float64)
    words = [
        _words(" ".join(part for part in row if part))
        for row in rollcalls.select(texts).iter_rows()
    ]
    uses = Counter(word for line in words for word in line)
    total = len(words) + 1
    weights = [[float(np.log(total / uses[word])) for word in line] for line in words]
    return (
        rollcalls.select("rollcall", "session", "kind", share.alias("share"))
        .with_columns(
            pl.Series("words", words, dtype=pl.List(pl.String)),
            pl.Series("weights", weights, dtype=pl.List(pl.Float64)),
        )
        .filter(pl.col("session").is_not_null() & (pl.col("words").list.len() > 0))
        .sort("session", "rollcall")
    )


def _vectors(part: pl.DataFrame, place: dict[str, int]) -> Floats:
    matrix = np.zeros((part.height, len(place)))
    lines: Iterable[tuple[list[str], list[float]]] = part.select("words", "weights").iter_rows()
    for row, (words, weights) in enumerate(lines):
        for word, weight in zip(words, weights, strict=True):
            matrix[row, place[word]] = weight
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    return matrix / np.where(length > 0, length, 1.0)


def _pairs(
    earlier: pl.DataFrame,
    later: pl.DataFrame,
    total: int,
    similarity: float,
    lead: float,
    share: float,
) -> list[tuple[str, str]]:
    """Return the pairs of two sessions that are each other's nearest."""
    both = pl.concat([earlier, later])["words"].explode().unique(maintain_order=True)
    place = {word: k for k, word in enumerate(both.to_list())}
    near = _vectors(earlier, place) @ _vectors(later, place).T
    same = earlier["kind"].to_numpy()[:, None] == later["kind"].to_numpy()[None, :]
    near = np.where(same, near, 0.0)
    distance = np.abs(
        earlier["share"].to_numpy().astype(float)[:, None]
        - later["share"].to_numpy().astype(float)[None, :]
    )
    near = np.where(distance > share, 0.0, near)
    pairs = []
    for a in range(near.shape[0]):
        b = int(near[a].argmax())
        best = near[a, b]
        if best < similarity or int(near[:, b].argmax()) != a:
            continue
        others = max(
            np.delete(near[a], b).max(initial=0.0), np.delete(near[:, b], a).max(initial=0.0)
        )
        if best - others >= lead:
            pairs.append((str(earlier["rollcall"][a]), str(later["rollcall"][b])))
    return pairs
