"""Votes: on which resolution an actor sided with whom."""

from __future__ import annotations

import re
from typing import Any

from multivector.documents.packs import wording
from multivector.documents.rules.actors import Actor
from multivector.documents.rules.reading import RESOLUTION, Reading, Sentence
from multivector.documents.rules.statements import Draft

_VOTING = wording("votes", "voting")
_SIDING = wording("votes", "siding")
_PART = wording("votes", "part")
_COMPARED = wording("votes", "compared")


def votes_of(sentence: Sentence, reading: Reading, previous: Sentence | None) -> list[Draft]:
    """Return the votes of a sentence: each resolution named, or the siding as a whole.

    Examples
    --------
    >>> from multivector.documents.text.files import document_of
    >>> from multivector.documents.rules.reading import read
    >>> text = "In the General Assembly Kazakhstan voted with China (67/46) "
    >>> text += "but with Russia (65/206)."
    >>> reading = read(document_of(text.encode(), "a.txt"))
    >>> [(d.fields["resolution"], d.fields["sides_with"]) for d in votes_of(
    ...     reading.sentences[0], reading, None)]
    [('67/46', 'CHN'), ('65/206', 'RUS')]
    """
    text = sentence.text
    resolutions = list(RESOLUTION.finditer(text))
    near = text + (previous.text if previous else "") + sentence.block.section
    if resolutions and (_VOTING.search(near) or _SIDING.search(text)):
        return _by_resolution(sentence, reading, resolutions)
    if not resolutions and _SIDING.search(text) and _is_vote(sentence, previous):
        return _as_a_whole(sentence, reading)
    return []


def _is_vote(sentence: Sentence, previous: Sentence | None) -> bool:
    if wording("votes", "voted").search(sentence.text):
        return len({s.code for s in sentence.states}) >= 2
    counted = previous is not None and wording("votes", "voted_before").search(previous.text)
    return bool(counted) and len({s.code for s in sentence.states}) >= 3


def _actor(sentence: Sentence, reading: Reading, taken: set[str]) -> str | None:
    for state in sentence.states:
        if state.code == (reading.focus[0] if reading.focus else ""):
            return state.code
    first = [s.code for s in sentence.states if s.code not in taken]
    if first and not reading.focus:
        return first[0]
    return reading.focus[0] if reading.focus else (first[0] if first else None)


def _by_resolution(
    sentence: Sentence, reading: Reading, resolutions: list[re.Match[str]]
) -> list[Draft]:
    text = sentence.text
    actor = _actor(sentence, reading, set())
    if actor is None:
        return []
    drafts = []
    named = {s.code for s in sentence.states} - {actor}
    for found in resolutions:
        side = _side(sentence, found, resolutions, actor)
        rivals = sorted((named | _recent(sentence, reading, actor)) - {side or ""})
        low, high = _stretch(text, found)
        fields: dict[str, Any] = {
            "body": "UNGA",
            "resolution": f"{found[1]}/{found[2]}",
            "actor": actor,
            "sides_with": side,
            "against": rivals[0] if side and len(rivals) == 1 else None,
            "issue": " ".join(text[low:high].split())[:120],
            "period": sentence.dates[0].value if sentence.dates else None,
        }
        drafts.append(Draft("vote", low, high, "vote:resolution", fields))
    return drafts


def _recent(sentence: Sentence, reading: Reading, actor: str) -> set[str]:
    return {s for s in sentence.before[-3:] if s != actor}


def _stretch(text: str, found: re.Match[str]) -> tuple[int, int]:
    low = max(text.rfind(mark, 0, found.start()) for mark in (",", ";")) + 1
    return (low if found.start() - low < 200 else found.start() - 60), found.end()


def _side(
    sentence: Sentence, found: re.Match[str], resolutions: list[re.Match[str]], actor: str
) -> str | None:
    """Return the state sided with: right before the bracket, or object of its verb."""
    text = sentence.text
    states = [s for s in sentence.states if s.code != actor]
    ahead = [s for s in states if s.end <= found.start()]
    if ahead and re.fullmatch(r"[\s’'\w]{0,6}\s*\(?\s*", text[ahead[-1].end : found.start()]):
        return ahead[-1].code
    cuts = [m.start() for m in _PART.finditer(text) if not _inside(text, m.start())]
    for verb in _SIDING.finditer(text):
        if verb.start() < found.start() and sentence.lang in ("tr", "kk"):
            continue
        if sentence.lang in ("tr", "kk"):
            objects = [s for s in states if found.end() <= s.start < verb.start()]
            return objects[0].code if objects and verb.start() - objects[-1].end < 40 else None
    low = max([c for c in cuts if c <= found.start()] or [0])
    part = [s for s in states if low <= s.start < found.end() + 60]
    before = [s for s in part if s.start < found.start()]
    return (before[-1] if before else part[0]).code if part else None


def _inside(text: str, at: int) -> bool:
    return text.rfind("(", 0, at) > text.rfind(")", 0, at)


def _as_a_whole(sentence: Sentence, reading: Reading) -> list[Draft]:
    text = sentence.text
    verb = _SIDING.search(text)
    assert verb is not None
    actor = _actor(sentence, reading, set())
    others: list[Actor] = [s for s in sentence.states if s.code != actor]
    if actor is None or not any(s.code == actor for s in sentence.states) or not others:
        return []
    side = _preferred(sentence, others, verb)
    rivals = {s.code for s in others} - {side}
    if side is None:
        return []
    fields: dict[str, Any] = {
        "body": "UNGA",
        "resolution": None,
        "actor": actor,
        "sides_with": side,
        "against": next(iter(sorted(rivals)), None) if len(rivals) == 1 else None,
        "issue": "many resolutions",
        "period": sentence.dates[0].value if sentence.dates else None,
    }
    low = min(s.start for s in sentence.states)
    return [Draft("vote", low, verb.end(), "vote:whole", fields)]


def _preferred(sentence: Sentence, others: list[Actor], verb: re.Match[str]) -> str | None:
    text = sentence.text
    if sentence.lang in ("tr", "kk"):
        pool = [s for s in others if s.end <= verb.start()]
        plain = [
            s for s in pool if not wording("votes", "yardstick").match(text[s.end : s.end + 8])
        ]
        chosen = [s for s in plain if s.case in ("ACC", "ABL", "DAT")] or plain
        return chosen[-1].code if chosen else None
    after = [s for s in others if s.start >= verb.end()]
    plain = [s for s in after if not _COMPARED.search(text[max(0, s.start - 24) : s.start])]
    return plain[0].code if plain else None
