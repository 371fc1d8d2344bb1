"""Figures that cannot stand beside each other: of one name, of one row, of one whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from multivector.documents.contradictions.findings import Conflict, examples, sentence_side, side_of
from multivector.documents.contradictions.once import compatible
from multivector.documents.packs import wording
from multivector.documents.rules.reading import Reading, Sentence
from multivector.documents.rules.statements import Statement

_MAGNITUDE = 10.0


_TOLERANCE = 0.1


def value_conflicts(statements: list[Statement]) -> Iterator[Conflict]:
    """Yield figures for the same named thing that differ, by powers of ten or by less."""
    table: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.kind == "quantity" and statement.fields["unit"] not in _RELATIVE:
            for name in statement.names:
                table[name, statement.fields["unit"]].append(statement)
    reported: set[frozenset[str]] = set()
    for (name, unit), rows in table.items():
        shown = examples(rows, lambda row: (row.doc, row.fields["value"], row.fields["date"]))
        for one, other in combinations(shown[:400], 2):
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
    if near or targets or not a or not b or abs(a - b) <= _TOLERANCE * max(a, b):
        return False
    dates = [s.fields["date"] for s in (one, other)]
    return not all(dates) or compatible(dates[0], dates[1])


_TOTAL = wording("tables", "total")


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


_WHOLE = wording("claims", "whole")


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
