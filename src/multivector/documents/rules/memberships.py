"""Memberships: which actor has which status in which organisation, and since when."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from multivector.documents.packs import pack, pattern
from multivector.documents.rules.actors import Actor
from multivector.documents.rules.reading import Reading, Sentence
from multivector.documents.rules.statements import Draft

_GENERIC = re.compile(
    r"(?:[A-Z][\w’'-]+ (?:of |and |for )?){1,5}(?:Union|Organi[sz]ation|Community|Commonwealth|"
    r"Alliance|League|Pact)\b"
)


@lru_cache(maxsize=8)
def _cues(language: str) -> tuple[tuple[str, str, str, re.Pattern[str]], ...]:
    """Return name, status, layout and pattern of the cues of a language."""
    rows = pack(language).get("memberships", [])
    return tuple(
        (
            row.get("label", row["status"]),
            row["status"],
            row["layout"],
            re.compile(row["rule"], re.I),
        )
        for row in rows
    )


def memberships_of(sentence: Sentence, reading: Reading) -> list[Draft]:
    """Return the memberships a sentence states, a draft for each actor and organisation.

    The layout of a cue says where its parts stand: ``before`` (actors before it, organisations
    after it), ``after`` (organisations before it, actors after it), ``verb-final`` (both before
    it), ``list`` (actors in brackets after the organisation).
    """
    drafts: list[Draft] = []
    seen: set[tuple[str, str]] = set()
    organisations = [*sentence.organisations, *_unlisted(sentence)]
    organisations = sorted([*organisations, *_meant(sentence)], key=lambda a: a.start)
    for label, status, layout, cue in _cues(sentence.lang):
        for match in cue.finditer(sentence.text):
            for org, actor, code, low, high in _pairs(
                sentence, reading, organisations, match, layout
            ):
                if (org, code) in seen:
                    continue
                seen.add((org, code))
                drafts.append(_draft(sentence, label, status, org, code, actor, low, high, match))
    return drafts


_MEANT = re.compile(
    r"(?i)\b(?:the|this) (?:organi[sz]ation|treaty|union|community|alliance|group|bloc|agreement)\b"
    r"|(?<=from )it\b|\bbu (?:örgüt|teşkilat|birli[kğ]|antlaşma|toplulu[kğ])\w*"
    r"|\b(?:örgüt|teşkilat)(?:e|a|ten|tan)\b|"
    r"\b(?:этой организации|организаци[юия])\b|\bұйым(?:ға|нан)\b"
)


def _meant(sentence: Sentence) -> list[Actor]:
    """Return the organisation a sentence points back to, as in ``withdrew from the treaty``."""
    if sentence.organisations or not sentence.topic:
        return []
    return [
        Actor(sentence.topic, "organisation", *match.span())
        for match in _MEANT.finditer(sentence.text)
    ]


def _unlisted(sentence: Sentence) -> list[Actor]:
    """Return organisations with a telling name that are in no table."""
    known = [(a.start, a.end) for a in sentence.organisations]
    return [
        Actor(match[0].strip(), "organisation", *match.span())
        for match in _GENERIC.finditer(sentence.text)
        if not any(low < match.end() and match.start() < high for low, high in known)
        and not any(
            a.start <= match.start() < a.end for a in sentence.states if a.end >= match.end()
        )
    ]


_END = re.compile(
    r";|\.\s|, (?:but|while|which|who|where|and (?:is|was|has|had)|meaning|that)\b|\bwhile\b"
)
_START = re.compile(r";|, (?:but|while|although|and)\b|\b(?:while|although|ancak|fakat)\b")
_TREATIES = frozenset({"CST", "CSTO", "WTP", "NATO", "CIS", "EAEU", "OTS", "GATT"})
"""Organisations whose founding treaty bears their name: to sign it is to found them."""


def _with_others(text: str, state: Actor, states: list[Actor]) -> bool:
    """Whether a state is only company: ``A ve B ile`` before what another one did."""
    found = re.match(r"\s+ile\s+", text[state.end :])
    return found is not None and all(s.start != state.end + found.end() for s in states)


def _host(sentence: Sentence, reading: Reading, who: list[Actor]) -> list[Actor]:
    """Return the state the document is about, where it signs ``with`` those named."""
    focus = reading.focus[0] if reading.focus else None
    if focus is None or any(s.code == focus for s in who):
        return []
    return [Actor(focus, "name", who[0].start, who[0].end)]


Pair = tuple[str, Actor | None, str, int, int]


def _pairs(
    sentence: Sentence,
    reading: Reading,
    organisations: list[Actor],
    match: re.Match[str],
    layout: str,
) -> list[Pair]:
    start, end = match.span()
    text = sentence.text
    stop = _clause_end(text, end)
    since = _clause_start(text, start)
    states = sentence.states
    if layout == "before":
        orgs = _run_ahead([o for o in organisations if end - 2 <= o.start < stop], text)
        who = _doers(text, [s for s in states if s.end <= start], start)
    elif layout == "after":
        orgs = [o for o in organisations if o.end <= end and o.start >= since][-1:]
        orgs = orgs or [o for o in organisations if o.end <= start][-1:]
        who = _run([s for s in states if s.start >= end], text)
    elif layout == "verb-final":
        before = [o for o in organisations if o.end <= start + 2]
        orgs = _run_back(before, text, start)
        first = min((o.start for o in orgs), default=0)
        who = [s for s in states if s.end <= first] or [
            s for s in states if s.end <= start and s not in orgs
        ]
        comitative = [s for s in who if _with_others(text, s, states)]
        who = _subjects(sentence, who) if not comitative else []
        orgs = [
            o for o in orgs if not (o.case == "GEN" and any(0 < p.start - o.end < 3 for p in orgs))
        ]
        if comitative and reading.focus:
            return [
                (o.code, None, reading.focus[0], min(o.start, start), max(o.end, end)) for o in orgs
            ]
    elif layout == "founders":
        orgs = [o for o in organisations if _is_founded(o, sentence, match)][:1]
        who = [s for s in states if s.end <= end or s.start >= end]
        who = _longest_run(who, text)
        if len(who) < 2:
            return []
    elif layout == "founders-active":
        orgs = [o for o in organisations if 0 <= start - o.end <= 30][-1:]
        who = _run_last([s for s in states if orgs and s.end <= orgs[0].start], text)
        if len(who) < 2:
            return []
    elif layout == "subject":
        orgs = [o for o in organisations if 0 <= o.start - end <= 3]
        who = _run_last([s for s in states if s.end <= start and start - s.end < 60], text)
        if len(who) < 2:
            return []
    elif layout == "treaty":
        orgs = [o for o in organisations if start <= o.start < end and o.code in _TREATIES]
        who = _longest_run([s for s in states if s.end <= start + 4], text)
        if len(who) < 2:
            return []
        who = [*who, *_host(sentence, reading, who)]
    elif layout == "members-of":
        who = _run_last([s for s in states if s.end <= start + 2], text)
        orgs = [o for o in organisations if o.end <= (who[0].start if who else 0)][-1:]
        orgs = orgs or [o for o in organisations if o.start >= end][:1]
        if len(who) < 2:
            return []
    else:
        orgs = [o for o in organisations if 0 <= start - o.end <= 3]
        close = text.find(")", start)
        who = [s for s in states if start < s.start < (close if close > 0 else end)]
        if len(who) < 3:
            return []
    if not orgs:
        return []
    codes: list[tuple[Actor | None, str]] = [(s, s.code) for s in who]
    if not codes:
        codes = [(None, code) for code in _implied(sentence, reading, start)]
    pairs: list[Pair] = []
    for org in orgs:
        for actor, code in codes:
            low = min(start, org.start, actor.start if actor else start)
            high = max(end, org.end, actor.end if actor else end)
            pairs.append((org.code, actor, code, low, high))
    return pairs


def _run_ahead(orgs: list[Actor], text: str) -> list[Actor]:
    """Return the organisations listed after a cue, less those named as partners."""
    run: list[Actor] = []
    for org in orgs:
        if re.search(
            r"\b(?:with|by|between|against|led)\W+(?:the )?$",
            text[max(0, org.start - 12) : org.start],
        ):
            continue
        between = text[run[-1].end : org.start] if run else ""
        if run and not re.fullmatch(
            (
                r"(?:[\s,();/&]|\b(?:and|or|the|as well as|in|of|also|well|и|в|а также)\b|"
                r"\([^()]{0,60}\))*"
            ),
            between,
        ):
            if len(between) > 6 and not re.fullmatch(r"[\s,()\w’'-]{0,60}", between):
                break
            if re.search(r"\b(?:is|are|was|were|has|have|while|but|with|which)\b", between):
                break
        run.append(org)
    return run


def _doers(text: str, states: list[Actor], start: int) -> list[Actor]:
    """Return the states that are subject of a cue: right before it, or first in the sentence."""
    runs = _runs([s for s in states if s.kind == "name"] or states, text)
    if not runs:
        return []
    gap = text[runs[-1][-1].end : start]
    if len(gap) < 45 and not re.search(r"[,;]|\b(?:and|with|of|in|to|by)\b", gap):
        return runs[-1]
    since = _clause_start(text, start)
    inside = [run for run in runs if run[0].start >= since]
    return (inside or runs)[0]


def _subjects(sentence: Sentence, who: list[Actor]) -> list[Actor]:
    """Return the actors that are subjects: no places, none in an oblique case beside others."""
    named = [a for a in who if a.kind == "name"] or [a for a in who if a.case in ("", "GEN")]
    oblique = [a for a in named if a.case in ("LOC", "ABL", "INS", "DAT", "ACC")]
    plain = [a for a in named if a not in oblique]
    chosen = plain or named
    return _run_last(chosen, sentence.text)


def _gap_joins(text: str, left: Actor, right: Actor) -> bool:
    between = text[left.end : right.start]
    return len(between) < 40 and bool(
        re.fullmatch(
            r"(?:\s|,|/|-|–|&|\band\b|\bve\b|\bile\b|\bи\b|\bжәне\b|\bthe\b|\bas well "
            r"as\b|\bayrıca\b|\bsonra\b|"
            r"\(\w+\)|\([^()]{1,12}\)|\bor\b|\bRepublic of\b|\bof\b)*",
            between,
        )
    )


def _runs(actors: list[Actor], text: str) -> list[list[Actor]]:
    runs: list[list[Actor]] = []
    for actor in actors:
        if runs and _gap_joins(text, runs[-1][-1], actor):
            runs[-1].append(actor)
        else:
            runs.append([actor])
    return runs


def _run(actors: list[Actor], text: str) -> list[Actor]:
    runs = _runs(actors, text)
    return runs[0] if runs else []


def _run_last(actors: list[Actor], text: str) -> list[Actor]:
    runs = _runs(actors, text)
    return max(reversed(runs), key=len) if runs else []


def _longest_run(actors: list[Actor], text: str) -> list[Actor]:
    runs = _runs(actors, text)
    return max(runs, key=len) if runs else []


def _run_back(orgs: list[Actor], text: str, start: int) -> list[Actor]:
    """Return the organisations that stand together right before a cue."""
    run: list[Actor] = []
    edge = start
    for org in reversed(orgs):
        between = text[org.end : edge]
        if len(between) > 60 or (run and not re.fullmatch(r"[\s,()\w’']{0,40}", between)):
            break
        run.insert(0, org)
        edge = org.start
    return run


def _is_founded(org: Actor, sentence: Sentence, match: re.Match[str]) -> bool:
    return abs(org.end - match.start()) < 260 or abs(org.start - match.end()) < 260


def _implied(sentence: Sentence, reading: Reading, start: int) -> list[str]:
    dyad = pattern(sentence.lang, "roles", "dyad")
    if dyad and dyad.search(sentence.text[: start + 20]):
        recent = list(reversed(sentence.before))
        pool = [*recent, *(s for s in reading.focus if s not in recent)]
        if reading.focus and reading.focus[0] in pool and pool.index(reading.focus[0]) > 1:
            pool = [pool[0], reading.focus[0]]
        return pool[:2]
    return []


def _clause_end(text: str, at: int) -> int:
    found = _END.search(text, at)
    return found.start() if found else len(text)


def _clause_start(text: str, at: int) -> int:
    found = list(_START.finditer(text, 0, at))
    return found[-1].end() if found else 0


def _draft(
    sentence: Sentence,
    label: str,
    status: str,
    org: str,
    code: str,
    actor: Actor | None,
    low: int,
    high: int,
    match: re.Match[str],
) -> Draft:
    from multivector.documents.rules.events import clauses_of, date_of

    clauses = clauses_of(sentence.text)
    clause = next((c for c in clauses if c[0] <= match.start() < c[1]), (0, len(sentence.text)))
    date = date_of(sentence, *match.span(), clause)
    ended = status in ("withdrew",)
    value = date.value if date else None
    fields: dict[str, Any] = {
        "org": org,
        "actor": code,
        "status": status,
        "start_date": None if ended else value,
        "end_date": value if ended else None,
    }
    if high - low > 520:
        low = max(low, high - 520)
    return Draft("membership", low, high, f"membership:{label}", fields)
