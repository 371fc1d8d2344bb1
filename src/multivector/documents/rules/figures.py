"""Figures of sentences as drafts of statements: what they count, whose, and when."""

from __future__ import annotations

import re
from typing import Any

from multivector.documents.packs import wording
from multivector.documents.rules.reading import Reading, Sentence
from multivector.documents.rules.statements import Draft, actor_codes, subject_of


def quantities_in(sentence: Sentence, reading: Reading) -> list[Draft]:
    """Return the quantities of a sentence as drafts: what they count, whose, and when."""
    drafts = []
    ranked = list_ranks(sentence)
    names = names_in(sentence.text)
    for quantity in [*sentence.quantities, *ranked]:
        before = _dates_for(sentence, quantity.start, quantity.end)
        date = before[-1].value if before else (sentence.dates[0].value if sentence.dates else None)
        target = quantity.comparison == "target"
        actors = actor_codes(sentence, reading, quantity.start, persons=False)
        fields = {
            "subject": subject_of(sentence, quantity.start, quantity.end),
            "actors": actors,
            "value": quantity.value,
            "unit": quantity.unit,
            "date": None if target and not before else date,
            "comparison": quantity.comparison,
        }
        if quantity.value_max is not None:
            fields["value_max"] = quantity.value_max
        if quantity.other_reading is not None:
            fields["other_reading"] = quantity.other_reading
        low = max(0, min(quantity.start, quantity.end))
        rule = f"quantity:{quantity.unit}"
        drafts.append(Draft("quantity", low, quantity.end, rule, fields, names))
    return drafts


_QUOTED = re.compile(r"[“\"«‘]([^“”\"«»‘’]{4,60})[”\"»’]")


_REVISED = wording("claims", "revised")


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in quotation marks; none where a figure is revised."""
    if _REVISED.search(text):
        return ()
    found = (match[1].strip().casefold() for match in _QUOTED.finditer(text))
    return tuple(
        dict.fromkeys(n for n in found if len(n.split()) <= 6 and re.search(r"[^\W\d]", n))
    )


def _dates_for(sentence: Sentence, start: int, end: int) -> list[Any]:
    """Return the dates that can be of a figure: one right after it, else those before it."""
    after = [d for d in sentence.dates if 0 <= d.start - end <= 6]
    return after or [d for d in sentence.dates if d.start <= start + 40]


def list_ranks(sentence: Sentence) -> list[Any]:
    """Return ranks given by what comes first: ``the largest after A, B and C`` is the fourth."""
    from multivector.documents.packs import pattern
    from multivector.documents.rules.quantities import Quantity

    rule = pattern(sentence.lang, "quantities", "rank_listed")
    found = []
    for match in rule.finditer(sentence.text) if rule else ():
        ahead = [a for a in sentence.states if a.end <= match.start()]
        run = 0
        edge = match.start()
        for actor in reversed(ahead):
            if edge - actor.end > 12:
                break
            run, edge = run + 1, actor.start
        if run:
            found.append(Quantity(float(run + 1), "rank", edge, match.end()))
    return found
