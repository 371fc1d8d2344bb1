"""The statements of a document: every kind of rule over every sentence, and its tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from multivector.documents.rules.figures import quantities_in
from multivector.documents.rules.grids import grid_quantities
from multivector.documents.rules.reading import Reading, read
from multivector.documents.rules.statements import Statement, anchored
from multivector.documents.text.files import Source


def statements_of(source: Source) -> list[Statement]:
    """Return the statements of a document in order of position.

    Examples
    --------
    >>> from multivector.documents.text.files import document_of
    >>> text = "Kazakhstan and China signed an agreement on the border on 26 April 1994."
    >>> [(s.fields["type"], s.fields["date"], s.quote[:10]) for s in statements_of(
    ...     document_of(text.encode(), "a.txt"))]
    [('agreement_signed', '1994-04-26', 'Kazakhstan')]
    """
    return statements_in(read(source))


def statements_in(reading: Reading) -> list[Statement]:
    """Return the statements of a document that has been read."""
    from multivector.documents.rules.events import events_of
    from multivector.documents.rules.memberships import memberships_of
    from multivector.documents.rules.votes import votes_of

    made: list[Statement] = []
    for place, sentence in enumerate(reading.sentences):
        previous = reading.sentences[place - 1] if place else None
        votes = votes_of(sentence, reading, previous)
        memberships = memberships_of(sentence, reading)
        drafts = [*votes, *memberships]
        drafts += quantities_in(sentence, reading)
        drafts += events_of(sentence, reading, previous)
        made += [anchored(draft, sentence, reading) for draft in drafts]
    made += grid_quantities(reading)
    made.sort(key=lambda s: (s.start, s.end, s.kind))
    return _voiced([replace(s, id=f"{s.doc}-{n:04d}") for n, s in enumerate(made, start=1)])


def _voiced(statements: list[Statement]) -> list[Statement]:
    """Return the statements with those of one document that state the same fact tied together."""
    first: dict[tuple[Any, ...], str] = {}
    tied = []
    for statement in statements:
        key = _fact(statement)
        if key is None:
            tied.append(statement)
            continue
        known = first.setdefault(key, statement.id)
        tied.append(replace(statement, duplicate_of=known if known != statement.id else None))
    return tied


def _fact(statement: Statement) -> tuple[Any, ...] | None:
    fields = statement.fields
    if statement.kind == "membership":
        return ("membership", fields["org"], fields["actor"], fields["status"])
    if statement.kind == "vote" and fields["resolution"]:
        return ("vote", fields["resolution"], fields["actor"], fields["sides_with"])
    if statement.kind == "event" and fields["date"]:
        actors = tuple(sorted(a for a in fields["actors"] if not a.startswith("person:")))
        return ("event", fields["type"], fields["date"], actors)
    if statement.kind == "quantity" and fields["date"] and fields["value"] > 31:
        return ("quantity", fields["value"], fields["unit"], fields["date"])
    return None
