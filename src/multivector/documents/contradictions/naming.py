"""Names: one organisation under names that differ in more than spelling, within one document."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from multivector.documents.contradictions.findings import Conflict, Side
from multivector.documents.packs import shared
from multivector.documents.rules.actors import Actor, folded
from multivector.documents.rules.reading import Reading, Sentence

_HABIT = shared()["habits"]


def name_conflicts(readings: list[Reading]) -> Iterator[Conflict]:
    """Yield full names of one organisation, in one language, that differ in a telling word."""
    for reading in readings:
        forms: dict[tuple[str, str], dict[frozenset[str], tuple[Sentence, Actor]]] = defaultdict(
            dict
        )
        for sentence in reading.sentences:
            for actor in sentence.organisations:
                text = sentence.text[actor.start : actor.end]
                words = _words(text)
                if len(re.findall(r"\w{3,}", text)) >= 2 and len(words) >= 2:
                    forms[actor.code, sentence.lang].setdefault(words, (sentence, actor))
        for (code, _), known in forms.items():
            yield from _differing(reading, code, known)


def _words(text: str) -> frozenset[str]:
    bare = re.sub(r"[’'`]\w+$", "", text)
    words: list[str] = []
    for word in re.findall(r"[^\W\d_]+", bare):
        words += _HABIT.get(folded(word), folded(word)).split()
    return frozenset(word[:6] for word in words if len(word) > 2)


def _differing(
    reading: Reading, code: str, known: dict[frozenset[str], tuple[Sentence, Actor]]
) -> Iterator[Conflict]:
    ordered = list(known.items())
    for place, (words, spot) in enumerate(ordered):
        for other, second in ordered[place + 1 :]:
            shared = words & other
            differing = words ^ other
            if not shared or not differing or max(len(words), len(other)) < 3:
                continue
            full = (
                len(words) >= 4 and len(other) >= 4 and bool(words - other) and bool(other - words)
            )
            yield Conflict(
                "name",
                "name",
                "high" if full else "medium" if words - other and other - words else "low",
                f"{code} is called by two names that differ in {', '.join(sorted(differing))}",
                "a former name, a shortened name, or another translation",
                (_side(reading, *spot), _side(reading, *second)),
            )


def _side(reading: Reading, sentence: Sentence, actor: Actor) -> Side:
    low, high = reading.layer.span(sentence.start + actor.start, sentence.start + actor.end)
    return Side(reading.source.doc, low, high, reading.source.text[low:high])
