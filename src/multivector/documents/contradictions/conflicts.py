"""All detectors over one document or many, and what stands after people decided.

Every finding shows the passages that stand against each other, says why, how sure it is, and what
would explain it. Where two cited works differ and the text reports both, both are shown and
neither is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from multivector.documents.contradictions.citing import citation_conflicts
from multivector.documents.contradictions.claims import disagreements, numbered_meetings, opposed
from multivector.documents.contradictions.figures import growth, sums, value_conflicts
from multivector.documents.contradictions.findings import Conflict, Pair, ranked
from multivector.documents.contradictions.naming import name_conflicts
from multivector.documents.contradictions.once import date_conflicts, statuses
from multivector.documents.rules.reading import Reading
from multivector.documents.rules.statements import Statement


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
    >>> from multivector.documents.rules.extraction import statements_in
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
    return [
        *date_conflicts(statements),
        *statuses(statements),
        *value_conflicts(statements),
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
    found = [*date_conflicts(statements), *statuses(statements), *value_conflicts(statements)]
    return [conflict for conflict in found if conflict.scope == "across"]


_OF_STATEMENTS = frozenset({"date", "status", "value", "order_of_magnitude"})
"""Contradictions that are found anew from the statements in force."""


_Places = set[tuple[int, int]]


def conflicts_in_force(
    stored: Mapping[str, Sequence[Conflict]],
    coded: Sequence[Statement],
    in_force: Sequence[Statement],
) -> list[Conflict]:
    """Return the contradictions within and between documents, those most sure first.

    Parameters
    ----------
    stored : mapping of str to sequence of Conflict
        Those found within each document when it was added.
    coded : sequence of Statement
        What the rules coded then.
    in_force : sequence of Statement
        What stands now: corrected, without what was rejected, with proposals that were accepted.
        In a document where these differ, what rests on dates, statuses and named figures is found
        anew, and what rests on a figure that was rejected or corrected is left out.

    Examples
    --------
    >>> conflicts_in_force({"001": []}, [], [])
    []
    """
    revised = _revised(coded, in_force)
    found = list(conflicts_across(list(in_force)))
    for doc, kept in stored.items():
        if doc not in revised:
            found += kept
            continue
        own = [s for s in in_force if s.doc == doc]
        found += [c for c in kept if _stands(c, revised[doc])]
        found += [*date_conflicts(own), *statuses(own), *value_conflicts(own)]
    return ranked(found)


def _revised(coded: Sequence[Statement], in_force: Sequence[Statement]) -> dict[str, _Places]:
    """Return the documents whose statements changed, and where figures were withdrawn."""
    before = {s.id for s in coded}
    now = {s.id: s for s in in_force}
    revised: dict[str, _Places] = {s.doc: set() for s in in_force if s.id not in before}
    for statement in coded:
        after = now.get(statement.id)
        if after is None or after.fields != statement.fields:
            places = revised.setdefault(statement.doc, set())
            if statement.kind == "quantity":
                places.add((statement.start, statement.end))
    return revised


def _stands(conflict: Conflict, withdrawn: _Places) -> bool:
    """Whether a contradiction found at adding is kept as it is in a document that was revised."""
    if conflict.nature == "contradiction" and conflict.type in _OF_STATEMENTS:
        return False
    places = {(side.start, side.end) for side in conflict.sides}
    return conflict.type != "arithmetic" or not places & withdrawn
