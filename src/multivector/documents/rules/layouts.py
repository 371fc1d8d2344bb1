"""Where the parts of a membership stand: organisations and states around the words for it.

A cue of a pack names its layout. Each layout is a function from a place in a sentence to the
organisations and the states meant there; its docstring has a sentence with it. Where a language
puts the verb is thus no matter of code: a new pack names layouts, it writes none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from multivector.documents.packs import pattern, wording
from multivector.documents.rules.actors import Actor
from multivector.documents.rules.reading import Reading, Sentence

__all__ = ["Pair", "pairs_of"]

_TREATIES = frozenset({"CST", "CSTO", "WTP", "NATO", "CIS", "EAEU", "OTS", "GATT"})
"""Organisations whose founding treaty bears their name: to sign it is to found them."""

_NEAR_FOUNDING = 260
_GAP_MOST = 60

Found = tuple[list[Actor], list[Actor]]
"""The organisations and the states of a cue."""


@dataclass(frozen=True)
class Pair:
    """An organisation, a state by its code and mention (null if understood), and their span."""

    organisation: str
    state: str
    actor: Actor | None
    start: int
    end: int


@dataclass(frozen=True)
class _Spot:
    """The words of a cue in their sentence, with the organisations that may be meant."""

    sentence: Sentence
    reading: Reading
    organisations: list[Actor]
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def states(self) -> list[Actor]:
        return self.sentence.states

    @property
    def focus(self) -> str | None:
        return self.reading.focus[0] if self.reading.focus else None


def pairs_of(
    sentence: Sentence,
    reading: Reading,
    organisations: list[Actor],
    match: re.Match[str],
    layout: str,
) -> list[Pair]:
    """Return who belongs to what by the words of a cue.

    Parameters
    ----------
    sentence, reading : Sentence, Reading
        The sentence and its document.
    organisations : list of Actor
        The organisations that may be meant, in order.
    match : re.Match
        The words of the cue.
    layout : str
        Where its parts stand, a key of the table of layouts.
    """
    spot = _Spot(sentence, reading, organisations, *match.span())
    if layout == "verb-final" and spot.focus and _company(spot):
        return [
            Pair(o.code, spot.focus, None, min(o.start, spot.start), max(o.end, spot.end))
            for o in _ahead_of_verb(spot)
        ]
    place, least = _LAYOUTS[layout]
    orgs, who = place(spot)
    if not orgs or len(who) < least:
        return []
    if layout == "treaty":
        who = [*who, *_host(spot, who)]
    codes: list[tuple[Actor | None, str]] = [(s, s.code) for s in who]
    codes = codes or [(None, code) for code in _implied(spot)]
    return [
        Pair(
            org.code,
            code,
            actor,
            min(spot.start, org.start, actor.start if actor else spot.start),
            max(spot.end, org.end, actor.end if actor else spot.end),
        )
        for org in orgs
        for actor, code in codes
    ]


# --- layouts


def _before(spot: _Spot) -> Found:
    """``Kazakhstan is a member of the OSCE``: states before, organisations after."""
    end = wording("memberships", "clause_end").search(spot.text, spot.end)
    stop = end.start() if end else len(spot.text)
    orgs = _run_ahead([o for o in spot.organisations if spot.end - 2 <= o.start < stop], spot.text)
    return orgs, _doers(spot.text, [s for s in spot.states if s.end <= spot.start], spot.start)


def _after(spot: _Spot) -> Found:
    """Return those of ``members of the SCO are China and Russia``: states after."""
    since = _clause_start(spot.text, spot.start)
    orgs = [o for o in spot.organisations if o.end <= spot.end and o.start >= since][-1:]
    orgs = orgs or [o for o in spot.organisations if o.end <= spot.start][-1:]
    runs = _runs([s for s in spot.states if s.start >= spot.end], spot.text)
    return orgs, runs[0] if runs else []


def _verb_final(spot: _Spot) -> Found:
    """``Kazakistan ŞİÖ’ye üye olmuştur``: both before the verb, the states first."""
    orgs = _ahead_of_verb(spot)
    back = _run_back([o for o in spot.organisations if o.end <= spot.start + 2], spot)
    first = min((o.start for o in back), default=0)
    who = [s for s in spot.states if s.end <= first] or [
        s for s in spot.states if s.end <= spot.start and s not in back
    ]
    return orgs, [] if _company(spot) else _subjects(spot.sentence, who)


def _founders(spot: _Spot) -> Found:
    """``founded by Russia, Belarus and Ukraine``: the longest list of states, before or after."""
    orgs = [
        o
        for o in spot.organisations
        if abs(o.end - spot.start) < _NEAR_FOUNDING or abs(o.start - spot.end) < _NEAR_FOUNDING
    ]
    who = [s for s in spot.states if s.end <= spot.end or s.start >= spot.end]
    return orgs[:1], _longest_run(who, spot.text)


def _founders_active(spot: _Spot) -> Found:
    """``Rusya, Belarus ve Ukrayna BDT’yi kurmuştur``: states, organisation, verb."""
    orgs = [o for o in spot.organisations if 0 <= spot.start - o.end <= 30][-1:]
    return orgs, _run_last([s for s in spot.states if orgs and s.end <= orgs[0].start], spot.text)


def _subject(spot: _Spot) -> Found:
    """``Russia and Belarus founded the CIS``: states, verb, organisation."""
    orgs = [o for o in spot.organisations if 0 <= o.start - spot.end <= 3]
    near = [s for s in spot.states if s.end <= spot.start and spot.start - s.end < 60]
    return orgs, _run_last(near, spot.text)


def _treaty(spot: _Spot) -> Found:
    """``Rusya ile KGAÖ Antlaşması’nı imzalayarak``: a treaty that founds what it names."""
    orgs = [
        o for o in spot.organisations if spot.start <= o.start < spot.end and o.code in _TREATIES
    ]
    return orgs, _longest_run([s for s in spot.states if s.end <= spot.start + 4], spot.text)


def _members_of(spot: _Spot) -> Found:
    """``AEB Rusya, Belarus ve Kazakistan üyeliğiyle``: organisation, states, membership."""
    who = _run_last([s for s in spot.states if s.end <= spot.start + 2], spot.text)
    orgs = [o for o in spot.organisations if o.end <= (who[0].start if who else 0)][-1:]
    return orgs or [o for o in spot.organisations if o.start >= spot.end][:1], who


def _listed(spot: _Spot) -> Found:
    """Return those of ``the SCO (China, Russia, Kazakhstan)``: states in brackets."""
    orgs = [o for o in spot.organisations if 0 <= spot.start - o.end <= 3]
    close = spot.text.find(")", spot.start)
    close = close if close > 0 else spot.end
    return orgs, [s for s in spot.states if spot.start < s.start < close]


_LAYOUTS: dict[str, tuple[Callable[[_Spot], Found], int]] = {
    "before": (_before, 0),
    "after": (_after, 0),
    "verb-final": (_verb_final, 0),
    "founders": (_founders, 2),
    "founders-active": (_founders_active, 2),
    "subject": (_subject, 2),
    "treaty": (_treaty, 2),
    "members-of": (_members_of, 2),
    "list": (_listed, 3),
}
"""How a layout finds its parts, and how many states it needs at the least."""


# --- who and what is meant


def _ahead_of_verb(spot: _Spot) -> list[Actor]:
    """Return the organisations right before a verb, without owners: ``BDT’nin`` of its council."""
    orgs = _run_back([o for o in spot.organisations if o.end <= spot.start + 2], spot)
    owners = [o for o in orgs if o.case == "GEN" and any(0 < p.start - o.end < 3 for p in orgs)]
    return [o for o in orgs if o not in owners]


def _company(spot: _Spot) -> list[Actor]:
    """Return states that are only company: ``A ve B ile`` before what another one did."""
    back = _run_back([o for o in spot.organisations if o.end <= spot.start + 2], spot)
    first = min((o.start for o in back), default=0)
    who = [s for s in spot.states if s.end <= first] or [
        s for s in spot.states if s.end <= spot.start and s not in back
    ]
    starts = {s.start for s in spot.states}
    rule = wording("memberships", "company")
    found = ((s, rule.match(spot.text[s.end :])) for s in who)
    return [s for s, match in found if match and s.end + match.end() not in starts]


def _host(spot: _Spot, who: list[Actor]) -> list[Actor]:
    """Return the state the document is about, where it signs ``with`` those named."""
    if spot.focus is None or any(s.code == spot.focus for s in who):
        return []
    return [Actor(spot.focus, "name", who[0].start, who[0].end)]


def _implied(spot: _Spot) -> list[str]:
    """Return the two states meant by ``both countries``: those named last, or the focus."""
    dyad = pattern(spot.sentence.lang, "roles", "dyad")
    if not dyad or not dyad.search(spot.text[: spot.start + 20]):
        return []
    recent = list(reversed(spot.sentence.before))
    pool = [*recent, *(s for s in spot.reading.focus if s not in recent)]
    if spot.focus in pool and pool.index(spot.focus) > 1:
        pool = [pool[0], spot.focus]
    return pool[:2]


def _doers(text: str, states: list[Actor], start: int) -> list[Actor]:
    """Return the states that are subject of a cue: right before it, or first in the sentence."""
    runs = _runs([s for s in states if s.kind == "name"] or states, text)
    if not runs:
        return []
    gap = text[runs[-1][-1].end : start]
    if len(gap) < 45 and not wording("memberships", "doing").search(gap):
        return runs[-1]
    since = _clause_start(text, start)
    inside = [run for run in runs if run[0].start >= since]
    return (inside or runs)[0]


def _subjects(sentence: Sentence, who: list[Actor]) -> list[Actor]:
    """Return the actors that are subjects: no places, none in an oblique case beside others."""
    named = [a for a in who if a.kind == "name"] or [a for a in who if a.case in ("", "GEN")]
    plain = [a for a in named if a.case not in ("LOC", "ABL", "INS", "DAT", "ACC")]
    return _run_last(plain or named, sentence.text)


def _clause_start(text: str, at: int) -> int:
    found = list(wording("memberships", "clause_start").finditer(text, 0, at))
    return found[-1].end() if found else 0


# --- runs: names that stand together


def _run_ahead(orgs: list[Actor], text: str) -> list[Actor]:
    """Return the organisations listed after a cue, less those named as partners."""
    run: list[Actor] = []
    for org in orgs:
        if wording("memberships", "partner").search(text[max(0, org.start - 12) : org.start]):
            continue
        between = text[run[-1].end : org.start] if run else ""
        if run and not wording("memberships", "listed").fullmatch(between):
            if len(between) > 6 and not re.fullmatch(r"[\s,()\w’'-]{0,60}", between):
                break
            if wording("memberships", "goes_on").search(between):
                break
        run.append(org)
    return run


def _run_back(orgs: list[Actor], spot: _Spot) -> list[Actor]:
    """Return the organisations that stand together right before a cue."""
    run: list[Actor] = []
    edge = spot.start
    for org in reversed(orgs):
        between = spot.text[org.end : edge]
        far = run and not re.fullmatch(r"[\s,()\w’']{0,40}", between)
        if len(between) > _GAP_MOST or far:
            break
        run.insert(0, org)
        edge = org.start
    return run


def _runs(actors: list[Actor], text: str) -> list[list[Actor]]:
    """Return the states in runs: ``China, Russia and Iran`` is one, what follows a verb another."""
    runs: list[list[Actor]] = []
    for actor in actors:
        between = text[runs[-1][-1].end : actor.start] if runs else ""
        joins = len(between) < 40 and wording("memberships", "joined_names").fullmatch(between)
        if runs and joins:
            runs[-1].append(actor)
        else:
            runs.append([actor])
    return runs


def _run_last(actors: list[Actor], text: str) -> list[Actor]:
    return max(reversed(_runs(actors, text)), key=len, default=[])


def _longest_run(actors: list[Actor], text: str) -> list[Actor]:
    return max(_runs(actors, text), key=len, default=[])
