"""What a classifier counts in a passage: words, neighbours, pieces of words, the parties' place.

A passage may have its parties marked, ``<s>Egypt</s> sent aid to <t>Sudan</t>``: who acts and on
whom is then seen by role, and what stands between them counts apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from multivector.documents.text.words import lowered

ROLES = ("masked", "kept", "removed")
PARTIES = {"s": "‹source›", "t": "‹target›"}

_TAG = re.compile(r"</?[st]>")
_PIECE = re.compile(r"<(?P<role>[st])>(?P<name>.*?)</(?P=role)>|[^\W_]+|[.,;:!?\"“”]", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")
_NEAR = 4


@dataclass(frozen=True)
class Features:
    """What is counted in a passage; see :func:`train`."""

    words: int = 2
    pieces: tuple[int, int] = (3, 5)
    roles: str = "masked"
    place: bool = True
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    rarest: int = 2
    language: str = "und"


@dataclass(frozen=True)
class Passage:
    """A passage in words, with where its first source and its targets stand among them."""

    words: tuple[str, ...]
    source: int | None
    target: int | None


def passage_of(text: str, features: Features) -> Passage:
    """Return a text in words, its parties marked, named or left out as the features say."""
    words: list[str] = []
    first: dict[str, int] = {}
    for found in _PIECE.finditer(text):
        role = found["role"]
        if role is None:
            words.append(lowered(found[0], features.language))
            continue
        first.setdefault(role, len(words))
        if features.roles == "masked":
            words.append(PARTIES[role])
        elif features.roles == "kept":
            bare = _TAG.sub(" ", found["name"])
            words += [lowered(w[0], features.language) for w in _WORD.finditer(bare)]
    return Passage(tuple(words), first.get("s"), first.get("t"))


def features_of(passage: Passage, features: Features) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield each feature counted, its block as first letter, with the places of its words."""
    words = passage.words
    if features.weights[0]:
        for length in range(1, features.words + 1):
            for at in range(len(words) - length + 1):
                yield "w" + " ".join(words[at : at + length]), tuple(range(at, at + length))
    if features.weights[1]:
        for at, word in enumerate(words):
            if word.isalpha():
                yield from (("c" + piece, (at,)) for piece in _pieces(word, features.pieces))
    if features.place and features.weights[2]:
        yield from _placed(passage, features.pieces)


def _pieces(word: str, lengths: tuple[int, int]) -> Iterator[str]:
    edged = f" {word} "
    for length in range(lengths[0], lengths[1] + 1):
        if length >= len(edged):
            yield edged
            return
        yield from (edged[at : at + length] for at in range(len(edged) - length + 1))


def _placed(passage: Passage, lengths: tuple[int, int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield what stands by the parties and between them, as features of their own."""
    source, target, words = passage.source, passage.target, passage.words
    if source is None:
        return
    for at in range(source + 1, min(source + 1 + _NEAR, len(words))):
        yield f"pafter {words[at]}", (at,)
    if target is None:
        return
    low, high = sorted((source, target))
    way = "forth" if source < target else "back"
    for at in range(low, high):
        yield f"p2 {words[at]} {words[at + 1]}", (at, at + 1)
    for at in range(low + 1, high):
        yield f"p{way} {words[at]}", (at,)
        if words[at].isalpha():
            yield from ((f"p{way} .{piece}", (at,)) for piece in _pieces(words[at], lengths))
    for at in range(max(target - 2, 0), target):
        yield f"pbefore {words[at]}", (at,)
    for at in range(target + 1, min(target + _NEAR, len(words))):
        yield f"ptail {words[at]}", (at,)


def counted_of(text: str, features: Features) -> Counter[str]:
    """Return how often each feature is counted in a text."""
    return Counter(name for name, _ in features_of(passage_of(text, features), features))
