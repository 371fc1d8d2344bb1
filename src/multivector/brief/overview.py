"""The overview: what the other sections found about each pole, side by side."""

from __future__ import annotations

from multivector.content.inquiry import merge
from multivector.content.model import Cite, Column, Kind, Pole, Row, Section, Sentence, Table
from multivector.words import mark, say
from multivector.words.figures import listing

__all__ = ["overview"]

_MEASURES: tuple[tuple[str, str, Kind, str, str, str], ...] = (
    ("exports", mark("Exports"), "share", "asymmetries", "exports_own", "exports"),
    ("imports", mark("Imports"), "share", "asymmetries", "imports_own", "imports"),
    ("seats", mark("Seats shared"), "share", "shared-seats", "share", ""),
    ("jaccard", mark("Seat overlap"), "number", "shared-seats", "jaccard", ""),
    ("agreement", mark("Same UN vote"), "share", "similarity", "agreement", ""),
    ("kappa", mark("UN kappa"), "number", "similarity", "kappa", ""),
)
_NOTE = mark(
    "Exports, imports: the pole's share in the newest list of main partners; empty means not "
    "listed, for an organisation the members listed. Seats shared: of the state's full seats. "
    "Seat overlap: Jaccard index, 0 to 1. The darker, the larger."
)


def overview(name: str, poles: tuple[Pole, ...], sections: list[Section]) -> Section:
    """Return the section that sets the poles side by side, from what the others found."""
    tables = {table.id: table for section in sections for table in section.tables}
    found = {
        key: _column(tables.get(table), column, about)
        for key, _, _, table, column, about in _MEASURES
    }
    rows = []
    for pole in poles:
        cells = {key: found[key].get(pole.pole, (None, ()))[0] for key in found}
        cites = merge(c for key in found for c in found[key].get(pole.pole, (None, ()))[1])
        rows.append(Row({"pole": pole.name, "code": pole.pole, **cells}, cites))
    columns = (
        Column("pole", say("Pole")),
        *(Column(key, say(title), kind) for key, title, kind, *_ in _MEASURES if _any(rows, key)),
    )
    told = [Sentence(_why(name, poles))]
    told += _leaders(rows, columns)
    caption = say("{state} and its poles", state=name)
    table = Table("poles", caption, columns, tuple(rows), say(_NOTE))
    return Section("poles", say("Poles at a glance"), tuple(told), (), (table,) if rows else ())


def _column(
    table: Table | None, column: str, about: str
) -> dict[str, tuple[float | None, tuple[Cite, ...]]]:
    """Return value and citations of a column of another section's table, by pole."""
    if table is None:
        return {}
    return {
        str(row.cells["code"]): (
            float(str(row.cells[column])),
            tuple(cite for cite in row.cites if about in (cite.locator or "")),
        )
        for row in table.rows
        if row.cells.get(column) is not None
    }


def _any(rows: list[Row], key: str) -> bool:
    return any(row.cells[key] is not None for row in rows)


def _why(name: str, poles: tuple[Pole, ...]) -> str:
    reasons: dict[str, list[str]] = {}
    for pole in poles:
        reasons.setdefault(pole.reason, []).append(pole.name)
    told = "; ".join(f"{listing(names)} ({reason})" for reason, names in reasons.items())
    return say("Poles {state} is measured against: {poles}.", state=name, poles=told)


def _leaders(rows: list[Row], columns: tuple[Column, ...]) -> list[Sentence]:
    winners: dict[str, list[str]] = {}
    cites: list[Cite] = []
    for column in columns[1:]:
        scored = [row for row in rows if row.cells[column.key] is not None]
        if len(scored) < 2:
            continue
        best = max(scored, key=lambda row: _rank(row, column.key))
        winners.setdefault(str(best.cells["pole"]), []).append(column.label)
        cites += best.cites
    if not winners:
        return []
    told = "; ".join(
        say("{pole} in {measures}", pole=pole, measures=listing(labels))
        for pole, labels in winners.items()
    )
    return [Sentence(say("Largest among them: {poles}.", poles=told), merge(cites))]


def _rank(row: Row, key: str) -> tuple[float, str]:
    return float(str(row.cells[key])), str(row.cells["code"])
