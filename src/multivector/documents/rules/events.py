"""Events: a trigger of a rule pack, the date of its clause, and the actors of its sentence."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from multivector.documents.packs import compiled, pack, pattern, wording
from multivector.documents.rules.actors import Actor, founded_years
from multivector.documents.rules.dates import Date
from multivector.documents.rules.reading import Reading, Sentence
from multivector.documents.rules.statements import Draft, actor_codes

_LAST_YEAR = 2030
"""No event lies after it: a later year is part of a name, as in Strategy 2050."""

SOFT = frozenset({"political", "institutional", "cultural", "education"})
_CLAUSE = wording("events", "clause")
_NAMED_ORG = wording("events", "named")


@dataclass(frozen=True)
class Rule:
    """A trigger of a pack."""

    type: str
    label: str
    trigger: re.Pattern[str]
    near: re.Pattern[str] | None
    needs: frozenset[str]
    unless: re.Pattern[str] | None
    weak: bool
    last: bool
    dated: bool
    nominal: bool = False


_NEEDS = {"PERSON", "OFFICIAL", "STATE", "ORG"}


@lru_cache(maxsize=8)
def rules(language: str) -> tuple[Rule, ...]:
    """Return the event rules of a language."""
    made = []
    for row in pack(language).get("events", []):
        parts = row.get("near", "").split("|") if row.get("near") else []
        needs = frozenset(part for part in parts if part in _NEEDS)
        words = "|".join(part for part in parts if part not in _NEEDS)
        trigger = row["rule"].replace(r"(?=\W{0,3}DATE)", r"(?=\W{0,3}\d{4}|\W{0,3}\w+ \d)")
        made.append(
            Rule(
                row["type"],
                row.get("label", row["type"]),
                re.compile(trigger, re.I),
                re.compile(words, re.I) if words else None,
                needs,
                re.compile(row["unless"], re.I) if row.get("unless") else None,
                bool(row.get("weak")),
                bool(row.get("last")),
                bool(row.get("dated")),
                bool(row.get("nominal")),
            )
        )
    return tuple(made)


@dataclass(frozen=True)
class Hit:
    """A trigger that fired: rule, span, clause and date."""

    rule: Rule
    start: int
    end: int
    clause: tuple[int, int]
    date: Date | None
    finite: bool = True


def _verb(name: str) -> re.Pattern[str]:
    found = pattern("tr", "verbs", name)
    assert found is not None
    return found


def _finite(text: str, match: re.Match[str]) -> bool:
    """Whether a Turkish trigger is a verb that reports, not a noun or participle.

    ``anlaşma imzalanmıştır`` reports; ``imzalandığı belirtildi`` does by the verb after it;
    ``imzalanan anlaşma`` does not.
    """
    tail = _verb("helped").match(text[match.end() :])
    words = (match[0] + (tail[0] if tail else "")).split()
    found = _verb("finite").search(words[-1].lower() if words else "")
    if found and found["reported"]:
        after = text[match.end() + (len(tail[0]) if tail else 0) :]
        return bool(_verb("reported").search(after))
    return bool(found)


_VAGUE = frozenset({"century", "decade"})


def hits_of(sentence: Sentence) -> list[Hit]:
    """Return the triggers that fire in a sentence, each with the date of its clause."""
    clauses = clauses_of(sentence.text)
    found: list[Hit] = []
    for rule in rules(sentence.lang):
        if rule.last and found:
            continue
        for match in rule.trigger.finditer(sentence.text):
            finite = sentence.lang != "tr" or _finite(sentence.text, match)
            clause = next(
                (c for c in clauses if c[0] <= match.start() < c[1]), (0, len(sentence.text))
            )
            if not _holds(rule, sentence, clause, match):
                continue
            date = date_of(sentence, match.start(), match.end(), clause)
            if date is None and (rule.weak or rule.dated or not finite):
                continue
            if rule.last and date is not None and (date.bound or date.kind in _VAGUE):
                continue
            found.append(Hit(rule, *match.span(), clause, date, finite))
            if rule.last:
                break
    return found


def clauses_of(text: str) -> list[tuple[int, int]]:
    """Return where the clauses of a sentence begin and end."""
    cuts = [0, *(m.start() for m in _CLAUSE.finditer(text)), len(text)]
    return [(a, b) for a, b in itertools.pairwise(cuts) if b > a]


def _holds(rule: Rule, sentence: Sentence, clause: tuple[int, int], match: re.Match[str]) -> bool:
    text = sentence.text
    low, high = max(0, clause[0]), clause[1]
    reach = 400 if sentence.lang in ("tr", "kk") else 160
    window = text[max(low, match.start() - reach) : min(high, match.end() + 160)]
    if rule.unless and rule.unless.search(text[max(0, match.start() - 60) : match.end() + 60]):
        return False
    if rule.near or rule.needs:
        words = bool(rule.near and rule.near.search(window))
        if not words and not _has(rule.needs, sentence, match.start(), reach):
            return False
    if rule.last and (sentence.quantities or wording("events", "cited_act").search(window)):
        return False
    if rule.label == "named with year" and _long_founded(sentence, match):
        return False
    return not _unreal(sentence, match)


def _long_founded(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether the organisation named with a year is known to be founded in quite another one."""
    year = re.search(r"\d{4}", sentence.text[match.end() :])
    known = founded_years()
    return any(
        abs(known[a.code] - int(year[0])) > 10
        for a in sentence.organisations
        if year and a.code in known and a.start < match.end() and match.start() < a.end
    )


def _has(needs: frozenset[str], sentence: Sentence, at: int, reach: int) -> bool:
    near = [a for a in sentence.actors if abs(a.start - at) < reach]
    kinds = {a.kind for a in near}
    if "PERSON" in needs and "person" in kinds:
        return True
    if "STATE" in needs and kinds & {"name", "people"}:
        return True
    window = sentence.text[max(0, at - reach) : at + 160]
    if "ORG" in needs and ("organisation" in kinds or _NAMED_ORG.search(window)):
        return True
    official = pattern(sentence.lang, "roles", "official")
    return bool(
        "OFFICIAL" in needs
        and official
        and official.search(sentence.text[max(0, at - reach) : at + 80])
    )


def _unreal(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether the trigger is negated, planned or only possible: ``did not sign``, ``will sign``.

    Turkish has both in the verb itself (*imzalanmamıştır*, *imzalanacak*), behind its stem; the
    first four letters are left out, so that a stem with *ma* in it is no denial.
    """
    text = sentence.text
    negated = pattern(sentence.lang, "roles", "negated")
    future = pattern(sentence.lang, "roles", "future")
    if sentence.lang == "tr":
        word = re.match(r"\w*", text[match.end() :])
        verb = text[match.start() : match.end() + (word.end() if word else 0)]
        tail = text[match.end() : match.end() + 40]
        denied = _verb("denied").search(verb[4:])
        return bool(denied or _verb("possible").search(verb[4:] + tail.split(" ")[0]))
    head = text[max(0, match.start() - 28) : match.start()]
    if negated and compiled(rf"(?:{negated.pattern})\W+(?:\w+\W+){{0,2}}$", re.I).search(head):
        return True
    if sentence.lang == "kk":
        return False
    return bool(
        future
        and compiled(future.pattern.replace("[^.;]{0,40}$", r"\W+(?:\w+\W+){0,2}$"), re.I).search(
            head
        )
    )


def date_of(
    sentence: Sentence,
    start: int,
    end: int,
    clause: tuple[int, int],
) -> Date | None:
    """Return the date of a trigger: in its clause, before the verb in Turkish, else the nearest."""
    usable = [d for d in sentence.dates if d.year <= _LAST_YEAR]
    if not usable:
        return None
    inside = [d for d in usable if clause[0] <= d.start < clause[1]]
    pool = inside or usable
    if sentence.lang in ("tr", "kk"):
        ahead = [d for d in pool if d.start < end] or [d for d in usable if d.start < end]
        if ahead:
            return ahead[-1]
    behind = [d for d in pool if d.start >= start and d.start - end < 120]
    ahead = [d for d in pool if d.end <= start]
    ranked = sorted([*ahead, *behind], key=lambda d: min(abs(d.start - end), abs(start - d.end)))
    return ranked[0] if ranked else pool[0]


def events_of(sentence: Sentence, reading: Reading, previous: Sentence | None) -> list[Draft]:
    """Return the events of a sentence."""
    drafts: list[Draft] = []
    seen: set[tuple[str, str | None]] = set()
    inherited = inherited_date(sentence, previous)
    for hit in _chosen(hits_of(sentence)):
        actors = event_actors(sentence, reading, hit)
        if not actors and hit.date is None:
            continue
        dates = _dates_of(sentence, hit) if hit.date or not inherited else [inherited]
        for date in dates:
            key = (hit.rule.type, date.value if date else None)
            if key in seen or (date is None and any(k[0] == hit.rule.type for k in seen)):
                continue
            seen.add(key)
            drafts.append(_draft(sentence, reading, hit, date, actors))
    return drafts


_BILATERAL = frozenset(
    [
        "visit",
        "meeting",
        "agreement_signed",
        "joint_venture_founded",
        "institution_opened",
        "exercise",
        "status_granted",
        "pipeline_or_infrastructure",
        "recognition",
    ]
)
"""Kinds of events that take two: in a document on two states, the other is understood."""


_OF_BODIES = frozenset(("accession", "withdrawal", "chairmanship", "treaty_in_force"))
"""Kinds of events of an organisation: the one spoken of is meant where none is named."""


def inherited_date(sentence: Sentence, previous: Sentence | None) -> Date | None:
    """Return the date of the sentence before, for a sentence without one that goes on from it."""
    last = sentence.anchor
    if sentence.dates or last is None or previous is None:
        return None
    back = pattern(sentence.lang, "roles", "back")
    if not previous.dates and not (back and back.search(sentence.text)):
        return None
    if "/" in last.value and last.value[:7] == last.value.partition("/")[2][:7]:
        return Date(last.value[:7], 0, 0, "inherited")
    return Date(last.value, 0, 0, "inherited")


def _chosen(hits: list[Hit]) -> list[Hit]:
    """Return the hits less those that a more telling one at the same place covers.

    A noun (``the Treaty of April 1994``) gives way to any verb of the same date, a participle to
    the verb after it, and of two triggers over the same words the longer one stays.
    """
    chosen: list[Hit] = []
    for hit in hits:
        if hit.rule.nominal and any(o is not hit and o.date == hit.date for o in hits):
            continue
        if (
            not hit.finite
            and any(
                other.finite
                and other.date == hit.date
                and other.start > hit.start
                and not other.rule.last
                for other in hits
            )
            and not hit.rule.weak
            and hit.rule.type != "recognition"
        ):
            continue
        covered = any(
            other is not hit
            and not other.rule.nominal
            and other.start <= hit.start
            and hit.end <= other.end
            and (other.end - other.start, -hits.index(other))
            > (hit.end - hit.start, -hits.index(hit))
            for other in hits
        )
        if not covered:
            chosen.append(hit)
    return chosen


def _dates_of(sentence: Sentence, hit: Hit) -> list[Date | None]:
    """Return the dates an event of several days is told of: ``28 July 1995 and 4 March 1997``."""
    if hit.date is None or hit.date not in sentence.dates:
        return [hit.date]
    run: list[Date | None] = [hit.date]
    place = sentence.dates.index(hit.date)
    for other in reversed(sentence.dates[:place]):
        last = run[0]
        assert last is not None
        between = sentence.text[other.end : last.start]
        if not wording("events", "joined_dates").fullmatch(between):
            break
        run.insert(0, other)
    return run


def event_actors(sentence: Sentence, reading: Reading, hit: Hit) -> list[str]:
    """Return the actors of an event: those of its clause, or of the sentence, or those in mind."""
    inside = [a for a in sentence.actors if a.strong and hit.clause[0] <= a.start < hit.clause[1]]
    codes = _codes(inside)
    if hit.rule.type in _OF_BODIES and sentence.topic and not sentence.organisations:
        codes.append(sentence.topic)
    if hit.rule.type == "organisation_founded":
        named = [a for a in sentence.actors if a.kind == "organisation"]
        codes += [a.code for a in named if a.code not in codes]
    others = actor_codes(sentence, reading, hit.start)
    telling = [code for code in codes if not code.startswith("person:")]
    if len(telling) < 2:
        codes += [code for code in others if code not in codes]
    states = [code for code in codes if code.isupper() and len(code) == 3]
    pair = reading.focus[:2] if reading.dyadic and len(states) < 2 else []
    if {hit.rule.type, hit.rule.label} & _BILATERAL and (not states or states[0] in pair):
        codes += [code for code in pair if code not in codes]
    return codes


def _codes(actors: list[Actor]) -> list[str]:
    codes = list(dict.fromkeys(actor.code for actor in actors))
    return codes + [
        a.state for a in actors if a.kind == "person" and a.state and a.state not in codes
    ]


def _draft(
    sentence: Sentence, reading: Reading, hit: Hit, date: Date | None, actors: list[str]
) -> Draft:
    low, high = hit.start, hit.end
    if date is not None and date.end and abs(date.start - hit.start) < 300:
        low, high = min(low, date.start), max(high, date.end)
    near = [a for a in sentence.actors if hit.clause[0] <= a.start < hit.clause[1]]
    for actor in near:
        if min(abs(actor.start - low), abs(actor.end - high)) < 120:
            low, high = min(low, actor.start), max(high, actor.end)
    dimension = dimension_of(sentence.text[hit.clause[0] : hit.clause[1]], sentence, hit.rule)
    power = "none"
    if reading.sorts_power:
        power = "soft" if dimension in SOFT else "hard"
    fields: dict[str, Any] = {
        "type": hit.rule.type,
        "date": date.value if date else None,
        "actors": actors,
        "dimension": dimension,
        "power": power,
        "title": " ".join(sentence.text[low:high].split())[:160],
    }
    if date is not None and date.kind == "inherited":
        fields["date_note"] = "of the sentence before"
    return Draft("event", low, high, f"event:{hit.rule.label}", fields)


def dimension_of(text: str, sentence: Sentence, rule: Rule) -> str:
    """Return the field of policy whose words are most frequent in a clause, political if none."""
    if rule.type in ("visit", "summit", "recognition") or rule.label in (
        "independence",
        "dissolution",
    ):
        words = re.findall(r"\w+", text)
        if len(words) < 40:
            return "political"
    scores: dict[str, int] = {}
    for name, words_of in pack(sentence.lang)["dimensions"].items():
        scores[name] = len(compiled(words_of, re.I).findall(text))
    best = max(scores, key=scores.__getitem__)
    if scores[best] == 0:
        return (
            "institutional" if rule.type in ("organisation_founded", "accession") else "political"
        )
    return best
