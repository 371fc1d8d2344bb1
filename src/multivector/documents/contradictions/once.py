"""What can be so in one way only: events that happen once, and the status of an actor."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, islice

from multivector.documents.contradictions.findings import MOST, Conflict, examples, side_of
from multivector.documents.rules.statements import Statement

MEMBERLIKE = frozenset({"member", "founding_member", "chair"})


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


def date_conflicts(statements: list[Statement]) -> Iterator[Conflict]:
    """Yield events that happen once and are given dates that cannot be the same."""
    table: dict[tuple[str, ...], list[tuple[str, Statement]]] = defaultdict(list)
    for statement in statements:
        for what, date in _functional(statement):
            table[what].append((date, statement))
            for successor in _successors().get(what[1], ()) if what[0] == "independence" else ():
                if what[1] == "SUN" and len(date) == 10:
                    table["independence", successor].append((date, statement))
    for what, dated in table.items():
        shown = examples(dated, lambda row: (row[0], row[1].doc))
        yield from islice(_incompatible(what, shown), MOST)


def _incompatible(what: tuple[str, ...], dated: list[tuple[str, Statement]]) -> Iterator[Conflict]:
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
        found = _status_conflicts(org, actor, examples(rows, _status_key))
        yield from islice(found, MOST)


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
