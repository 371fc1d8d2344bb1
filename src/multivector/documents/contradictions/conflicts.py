"""Contradictions: typed detectors over the statements of one document or many.

Every finding shows the passages that stand against each other, says why, how sure it is, and what
would explain it. Where two cited works differ and the text reports both, both are shown and
neither is chosen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, islice
from typing import Any, TypeVar

from multivector.documents.rules.reading import Reading, Sentence
from multivector.documents.rules.statements import Statement

Pair = tuple[Reading, list[Statement]]
MEMBERLIKE = frozenset({"member", "founding_member", "chair"})
_MAGNITUDE = 10.0
_MOST = 20
"""Contradictions shown on one fact; more of them say no more."""

_APART = 0.1


@dataclass(frozen=True)
class Side:
    """A passage of a contradiction."""

    doc: str
    start: int
    end: int
    quote: str

    def record(self) -> dict[str, Any]:
        """Return the side as a row of the exchange format."""
        return {"doc": self.doc, "start": self.start, "end": self.end, "quote": self.quote}


@dataclass(frozen=True)
class Conflict:
    """Passages that cannot all be right, or of which one cannot."""

    type: str
    nature: str
    confidence: str
    why: str
    explained_by: str
    sides: tuple[Side, ...]
    id: str = ""

    @property
    def scope(self) -> str:
        """Return ``within`` one document or ``across`` several."""
        return "within" if len({side.doc for side in self.sides}) == 1 else "across"

    def record(self) -> dict[str, Any]:
        """Return the conflict as a row of the exchange format."""
        return {
            "id": self.id,
            "type": self.type,
            "nature": self.nature,
            "scope": self.scope,
            "confidence": self.confidence,
            "why": self.why,
            "explained_by": self.explained_by,
            "sides": [side.record() for side in self.sides],
        }


def conflicts_in(pairs: Iterable[Pair]) -> list[Conflict]:
    """Return the contradictions of documents that have been read, those most sure first.

    Parameters
    ----------
    pairs : iterable of (Reading, list of Statement)
        The documents and their statements.

    Examples
    --------
    >>> from multivector.documents.text.files import document_of
    >>> from multivector.documents.rules.reading import read
    >>> from multivector.documents.rules.statements import statements_in
    >>> text = "Kazakhstan is a member of the CSTO. Kazakhstan is an observer of the CSTO."
    >>> reading = read(document_of(text.encode(), "a.txt"))
    >>> [(c.type, c.confidence) for c in conflicts_in([(reading, statements_in(reading))])]
    [('status', 'high')]
    """
    documents = list(pairs)
    found = [c for reading, statements in documents for c in conflicts_within(reading, statements)]
    found += conflicts_across([s for _, statements in documents for s in statements])
    return ranked(found)


def conflicts_within(reading: Reading, statements: list[Statement]) -> list[Conflict]:
    """Return the contradictions of one document."""
    from multivector.documents.contradictions.citing import citation_conflicts
    from multivector.documents.contradictions.naming import name_conflicts

    return [
        *dates_apart(statements),
        *statuses(statements),
        *values_apart(statements),
        *sums(reading, statements),
        *growth(statements),
        *numbered_meetings(reading),
        *disagreements(reading),
        *opposed(reading),
        *citation_conflicts([reading]),
        *name_conflicts([reading]),
    ]


def conflicts_across(statements: list[Statement]) -> list[Conflict]:
    """Return the contradictions between documents."""
    found = [*dates_apart(statements), *statuses(statements), *values_apart(statements)]
    return [conflict for conflict in found if conflict.scope == "across"]


def ranked(found: list[Conflict]) -> list[Conflict]:
    """Return the contradictions numbered, those most sure first, each once."""
    order = {"high": 0, "medium": 1, "low": 2}

    def place(conflict: Conflict) -> tuple[int, str, str, int]:
        first = conflict.sides[0]
        return order[conflict.confidence], conflict.type, first.doc, first.start

    return [replace(c, id=f"C{n:03d}") for n, c in enumerate(_once(sorted(found, key=place)), 1)]


T = TypeVar("T")


def _examples(rows: Iterable[T], key: Callable[[T], Any]) -> list[T]:
    """Return the first row of each key: thousands of mentions of a fact are compared once."""
    first: dict[Any, T] = {}
    for row in rows:
        first.setdefault(key(row), row)
    return list(first.values())


def _once(found: list[Conflict]) -> list[Conflict]:
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for conflict in found:
        key = (conflict.type, tuple(sorted((s.doc, s.start) for s in conflict.sides)))
        if key not in seen:
            seen.add(key)
            kept.append(conflict)
    return kept


def side_of(statement: Statement) -> Side:
    """Return the passage of a statement."""
    return Side(statement.doc, statement.start, statement.end, statement.quote)


def sentence_side(reading: Reading, sentence: Sentence) -> Side:
    """Return the passage of a sentence, cut to what a quote may hold."""
    start, end = reading.layer.span(sentence.start, sentence.end)
    end = min(end, start + 590)
    return Side(reading.source.doc, start, end, reading.source.text[start:end])


def compatible(first: str, second: str) -> bool:
    """Whether two dates or intervals can be the same, at the precision they share.

    >>> compatible("1991-12", "1991"), compatible("1991-12-16", "1991-12-25")
    (True, False)
    """
    (a, _, b), (c, _, d) = first.partition("/"), second.partition("/")
    b, d = b or a, d or c
    low = a[: min(len(a), len(d))] <= d[: min(len(a), len(d))]
    high = c[: min(len(c), len(b))] <= b[: min(len(c), len(b))]
    return low and high


@lru_cache(maxsize=1)
def _successors() -> dict[str, frozenset[str]]:
    from multivector.documents.rules.actors import rows_of

    table: dict[str, frozenset[str]] = {}
    for row in rows_of("states.tsv"):
        table[row["state"]] = frozenset(re.findall(r"[A-Z]{3}", row["successors"] or ""))
    return table


def _functional(statement: Statement) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what can have one date only, and the date a statement gives."""
    fields = statement.fields
    if statement.kind != "event" or not fields["date"] or fields.get("date_note"):
        return
    label = statement.rule.partition(":")[2]
    states = [a for a in fields["actors"] if re.fullmatch("[A-Z]{3}", a)]
    if fields["type"] == "organisation_founded":
        first = _subject_org(statement)
        if first:
            yield ("founding", first), fields["date"]
    elif label == "independence" and len(states) >= 1:
        yield ("independence", states[0]), fields["date"]
    elif fields["type"] == "currency_introduced" and len(states) == 1:
        yield ("currency", states[0]), fields["date"]
    elif fields["type"] == "recognition" and len(states) == 2:
        yield ("recognition", *states), fields["date"]
    elif fields["type"] in ("accession", "withdrawal"):
        orgs = [a for a in fields["actors"] if a not in states and not a.startswith("person:")]
        if len(orgs) == 1 and len(states) == 1:
            yield (fields["type"], orgs[0], states[0]), fields["date"]


def _subject_org(statement: Statement) -> str | None:
    from multivector.documents.rules.actors import actors_of

    named = [a for a in actors_of(statement.quote, statement.lang) if a.kind == "organisation"]
    codes = list(dict.fromkeys(a.code for a in named))
    return codes[0] if len(codes) == 1 else None


def dates_apart(statements: list[Statement]) -> Iterator[Conflict]:
    """Yield events that happen once and are given dates that cannot be the same."""
    table: dict[tuple[str, ...], list[tuple[str, Statement]]] = defaultdict(list)
    for statement in statements:
        for what, date in _functional(statement):
            table[what].append((date, statement))
            for successor in _successors().get(what[1], ()) if what[0] == "independence" else ():
                if what[1] == "SUN" and len(date) == 10:
                    table["independence", successor].append((date, statement))
    for what, dated in table.items():
        examples = _examples(dated, lambda row: (row[0], row[1].doc))
        yield from islice(_apart(what, examples), _MOST)


def _apart(what: tuple[str, ...], dated: list[tuple[str, Statement]]) -> Iterator[Conflict]:
    seen: set[tuple[str, str, str, str]] = set()
    for (first, one), (second, other) in combinations(dated, 2):
        key = (first, second, one.doc, other.doc)
        if compatible(first, second) or key in seen or one is other:
            continue
        seen |= {key, (second, first, other.doc, one.doc), (second, first, one.doc, other.doc)}
        exact = len(first.partition("/")[0]) >= 4 and "/" not in first + second
        close = what[0] != "independence" or first[:4] == second[:4]
        yield Conflict(
            "date",
            "contradiction",
            "high" if exact and close else "medium",
            f"{' '.join(what)} is dated {first} and {second}",
            "one may mean a forerunner, the signing or the entry into force",
            (side_of(one), side_of(other)),
        )


def statuses(statements: list[Statement]) -> Iterator[Conflict]:
    """Yield an actor with two statuses in an organisation that no order of dates explains."""
    table: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.kind == "membership":
            table[statement.fields["org"], statement.fields["actor"]].append(statement)
    for (org, actor), rows in table.items():
        found = _status_conflicts(org, actor, _examples(rows, _status_key))
        yield from islice(found, _MOST)


def _status_key(statement: Statement) -> tuple[str, str, bool]:
    return statement.doc, _rank(statement), _dated(statement)


def _status_conflicts(org: str, actor: str, rows: list[Statement]) -> Iterator[Conflict]:
    if len({_rank(row) for row in rows}) < 2:
        return
    seen: set[tuple[frozenset[str], frozenset[str]]] = set()
    for one, other in combinations(rows, 2):
        kinds = frozenset({_rank(one), _rank(other)})
        key = (kinds, frozenset({one.doc, other.doc}))
        if len(kinds) < 2 or key in seen or _dated(one) or _dated(other):
            continue
        seen.add(key)
        within = one.doc == other.doc
        yield Conflict(
            "status",
            "contradiction",
            "high" if within else "medium",
            f"{actor} is {one.fields['status']} and {other.fields['status']} of {org}",
            "a change of status in time that the text does not date",
            (side_of(one), side_of(other)),
        )


def _rank(statement: Statement) -> str:
    status = str(statement.fields["status"])
    if status in MEMBERLIKE:
        return "member"
    return "outside" if status in ("refused", "withdrew") else status


def _dated(statement: Statement) -> bool:
    return bool(statement.fields["start_date"] or statement.fields["end_date"])


def values_apart(statements: list[Statement]) -> Iterator[Conflict]:
    """Yield figures for the same named thing that differ, by powers of ten or by less."""
    table: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.kind == "quantity" and statement.fields["unit"] not in _RELATIVE:
            for name in statement.names:
                table[name, statement.fields["unit"]].append(statement)
    reported: set[frozenset[str]] = set()
    for (name, unit), rows in table.items():
        examples = _examples(rows, lambda row: (row.doc, row.fields["value"], row.fields["date"]))
        for one, other in combinations(examples[:400], 2):
            key = frozenset({f"{one.doc}/{one.id}", f"{other.doc}/{other.id}"})
            if key in reported or not _values_clash(one, other):
                continue
            reported.add(key)
            a, b = one.fields["value"], other.fields["value"]
            large = max(a, b) / min(a, b) >= _MAGNITUDE
            yield Conflict(
                "order_of_magnitude" if large else "value",
                "contradiction",
                "high" if large else "medium",
                f"{name}: {a:g} and {b:g} {unit}",
                "a wrong scale word"
                if large
                else "another scope, a revision, or part of the whole",
                (side_of(one), side_of(other)),
            )


_RELATIVE = frozenset({"percent", "rank", "years", "ratio"})


def _values_clash(one: Statement, other: Statement) -> bool:
    near = one.doc == other.doc and abs(one.start - other.start) < 150
    a, b = one.fields["value"], other.fields["value"]
    targets = "target" in (one.fields["comparison"], other.fields["comparison"])
    if near or targets or not a or not b or abs(a - b) <= _APART * max(a, b):
        return False
    dates = [s.fields["date"] for s in (one, other)]
    return not all(dates) or compatible(dates[0], dates[1])


_TOTAL = re.compile(r"(?i)^(?:total|sum|toplam|genel toplam|итого|всего|жиыны|барлығы)\b")


def sums(reading: Reading, statements: list[Statement]) -> Iterator[Conflict]:
    """Yield rows of tables whose total is not their sum, and shares over 100 per cent."""
    rows: dict[tuple[int, int], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.kind == "quantity" and statement.block == "table":
            rows[statement.start, statement.end].append(statement)
    for cells in rows.values():
        yield from _row_total(cells)
    for sentence in reading.sentences:
        yield from _shares(reading, sentence)


def _row_total(cells: list[Statement]) -> Iterator[Conflict]:
    heads = [cell.fields["subject"].rpartition(" · ")[2] for cell in cells]
    total = next((n for n, head in enumerate(heads) if _TOTAL.match(head)), None)
    if total is None or len(cells) < 3:
        return
    parts = sum(cell.fields["value"] for n, cell in enumerate(cells) if n != total)
    stated = cells[total].fields["value"]
    if abs(parts - stated) > max(0.005 * abs(stated), 0.11 * len(cells)):
        yield Conflict(
            "arithmetic",
            "contradiction",
            "high",
            f"the parts of the row make {parts:g}, the total is given as {stated:g}",
            "a column that is no part of the sum, or rounding",
            (side_of(cells[total]),),
        )


_WHOLE = re.compile(
    r"(?i)\b(?:share|consist|compos|account|constitut|made up|oluştur|pay[ıi]|iştirak|"
    r"состав|дол[яи]|үлес)\w*"
)


def _shares(reading: Reading, sentence: Sentence) -> Iterator[Conflict]:
    shares = [q for q in sentence.quantities if q.unit == "percent"]
    if len(shares) < 3 or not _WHOLE.search(sentence.text):
        return
    total = sum(q.value for q in shares)
    if 101 < total < 200 and all(q.value < 100 for q in shares):
        yield Conflict(
            "arithmetic",
            "contradiction",
            "low",
            f"shares named together make {total:g} per cent",
            "shares of different wholes",
            (sentence_side(reading, sentence),),
        )


def growth(statements: list[Statement]) -> Iterator[Conflict]:
    """Yield a stated growth that figures of the same document for its first and last year deny."""
    series: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.kind == "quantity" and statement.fields["date"] and statement.block == "table":
            head = statement.fields["subject"].split(" · ")
            series[statement.doc, head[-1], statement.fields["unit"]].append(statement)
    for statement in statements:
        if statement.kind != "quantity" or statement.fields["unit"] != "ratio":
            continue
        since, _, until = (statement.fields["date"] or "").partition("/")
        if not until:
            continue
        best: Conflict | None = None
        for (doc, head, unit), rows in series.items():
            if doc != statement.doc or unit == "percent" or len(rows) < 3:
                continue
            first = [r for r in rows if str(r.fields["date"]).startswith(since[:4])]
            last = [r for r in rows if until[:4] in str(r.fields["date"])]
            if not first or not last or not first[0].fields["value"]:
                continue
            real = last[-1].fields["value"] / first[0].fields["value"]
            stated = statement.fields["value"]
            if abs(real - stated) > 0.2 * stated:
                found = Conflict(
                    "arithmetic",
                    "contradiction",
                    "high" if _TOTAL.match(head) or best is None else "medium",
                    (
                        f"growth by the factor {stated:g} is stated; the table gives {real:.2f} "
                        f"({head})"
                    ),
                    "another series than the one in the table",
                    (side_of(statement), side_of(first[0]), side_of(last[-1])),
                )
                best = found if best is None or _TOTAL.match(head) else best
        if best is not None:
            yield best


_ORDINAL_MEETING = re.compile(
    r"(?i)\b(\d{1,2})(?:\.|st|nd|rd|th|-?(?:й|го|м|ші|шы))\s+(?:\w+\s+){0,2}?(?:summit|zirve|meeting|саммит)\w*"
)
_FOUNDS = re.compile(
    r"(?i)kuruluş\w*|kurul(?:ma|muş|du)\w*|found\w*|establish\w*|creat\w*|учрежд\w*|создан\w*|құрыл\w*"
)


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


_CONTRAST = re.compile(
    r"^(?:on the other hand|however|in contrast|conversely|by contrast|but|yet|whereas|"
    r"nevertheless|"
    r"öte yandan|diğer taraftan|buna karşın|buna karşılık|ancak|oysa|fakat|ne var ki|"
    r"однако|с другой стороны|"
    r"напротив|дегенмен|алайда|екінші жағынан)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?i)\b(?:not|never|no longer|nor|neither|without)\b|\b\w+(?:mese|masa|meyen|mayan|"
    r"memiş|mamış|mez|maz|medi|madı|miyor|mıyor|muyor)\b|"
    r"değil|\bне\b|емес|\w+(?:мады|меді|пайды|пейді)\b"
)


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
    timed = all(
        s.dates
        or re.search(r"(?i)\bbefore\b|\bafter\b|\bsince\b|önce|sonra|\bдо\b|после|кейін", s.text)
        for s in (first, second)
    )
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


_CLOSE = re.compile(
    r"(?i)uyum\w*|yakın\w*|ön plan\w*|yansıma\w*|agree\w*|close\w*|closest|reflect\w*|"
    r"near\w*|близ\w*|совпа\w*|жақын\w*"
)


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
