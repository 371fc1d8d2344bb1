"""Claims that deny each other: of cited works, of one text, of numbered meetings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from multivector.documents.contradictions.findings import Conflict, sentence_side
from multivector.documents.packs import wording
from multivector.documents.rules.reading import Reading, Sentence

_ORDINAL_MEETING = wording("claims", "ordinal_meeting")


_FOUNDS = wording("claims", "founds")


def numbered_meetings(reading: Reading) -> Iterator[Conflict]:
    """Yield an organisation founded at a meeting of a number its own cannot have reached."""
    counted = [
        (s, q, {a.code for a in s.organisations})
        for s in reading.sentences
        for q in s.quantities
        if q.unit == "summits" and q.value >= 2
    ]
    for sentence in reading.sentences:
        match = _ORDINAL_MEETING.search(sentence.text)
        if not match or not _FOUNDS.search(sentence.text) or int(match[1]) < 3:
            continue
        named = {a.code for a in sentence.organisations}
        for other, quantity, orgs in counted:
            if other is not sentence and named & orgs:
                yield Conflict(
                    "chronology",
                    "contradiction",
                    "high" if quantity.value <= int(match[1]) else "medium",
                    f"{', '.join(sorted(named & orgs))} is founded at meeting number {match[1]}, "
                    f"and has held {quantity.value:g} of its own",
                    "meetings of a forerunner are numbered on",
                    (sentence_side(reading, other), sentence_side(reading, sentence)),
                )


_CONTRAST = wording("claims", "contrast")


_NEGATED = wording("claims", "negated")


def disagreements(reading: Reading) -> Iterator[Conflict]:
    """Yield works that a text sets against each other, both shown, none chosen."""
    sentences = reading.sentences
    for place, sentence in enumerate(sentences):
        cited = [c for c in sentence.citations if c.narrative]
        if not cited:
            continue
        earlier = [
            s
            for s in sentences[max(0, place - 4) : place]
            if s.block is sentence.block and any(c.narrative for c in s.citations)
        ]
        others = [
            s for s in earlier if {c.surname for c in s.citations} - {c.surname for c in cited}
        ]
        if not others:
            continue
        contrast = bool(_CONTRAST.match(sentence.text.strip()))
        both_dated = bool(sentence.dates) and any(s.dates for s in others)
        target = others[-1]
        if contrast and both_dated:
            stretch = sentences[sentences.index(target) : place + 1]
            dated = [s for s in stretch if s.dates]
            yield _disagreement(reading, dated, "date", "high")
        elif _denies(target, sentence):
            yield _disagreement(
                reading, [target, sentence], "claim", "high" if not contrast else "medium"
            )


def _denies(first: Sentence, second: Sentence) -> bool:
    """Whether of two sentences on the same state exactly one denies, with words in common."""
    shared = {a.code for a in first.states} & {a.code for a in second.states}
    one, other = (bool(_NEGATED.search(s.text)) for s in (first, second))
    timed = all(s.dates or wording("claims", "timed").search(s.text) for s in (first, second))
    return bool(shared) and one != other and timed


def _disagreement(reading: Reading, sentences: list[Sentence], kind: str, sure: str) -> Conflict:
    names = dict.fromkeys(str(c) for s in sentences for c in s.citations if c.narrative)
    return Conflict(
        kind,
        "attributed_disagreement",
        sure,
        f"the text reports {' and '.join(names)}, who differ",
        "scholars disagree; both are shown",
        tuple(sentence_side(reading, s) for s in sentences),
    )


_CLOSE = wording("claims", "close")


def opposed(reading: Reading) -> Iterator[Conflict]:
    """Yield sentences on the closeness of the same actors, one of which denies it."""
    hits = [
        s
        for s in reading.sentences
        if _CLOSE.search(s.text) and len({a.code for a in s.states}) >= 1 and s.block.kind != "list"
    ]
    for first, second in combinations(hits, 2):
        orgs = {a.code for a in first.organisations} & {a.code for a in second.organisations}
        states = {a.code for a in first.states} & {a.code for a in second.states}
        if not orgs or len(states) < 2:
            continue
        one, other = (bool(_NEGATED.search(s.text)) for s in (first, second))
        if one != other:
            yield Conflict(
                "claim",
                "contradiction",
                "medium",
                f"closeness of {' and '.join(sorted(states)[:3])} in {', '.join(sorted(orgs))} "
                "is stated once and denied once",
                "another time or another field is meant",
                (sentence_side(reading, first), sentence_side(reading, second)),
            )
