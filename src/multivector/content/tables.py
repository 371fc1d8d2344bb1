"""Tables of a brief: columns declared once as headings, rows from what a measure gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl

from multivector.content.inquiry import label
from multivector.content.model import Cite, Column, Kind, Row, Scalar, Table
from multivector.words import mark, say
from multivector.words.figures import status

__all__ = ["Heads", "figure", "filled", "heads", "known", "largest", "pick", "table"]

Heads = dict[str, str | tuple[str, Kind]]
"""Headings by a column's key, each with the way its values are written where not as text."""
Cites = tuple[Cite, ...]
_COLUMNS: Heads = {
    "as_of": (mark("As of"), "date"),
    "banzhaf": (mark("Banzhaf"), "share"),
    "code": mark("Code"),
    "criterion": mark("Criterion"),
    "end": (mark("To"), "date"),
    "high": (mark("High"), "number"),
    "licence": mark("Licence"),
    "low": (mark("Low"), "number"),
    "name": mark("Organisation"),
    "newest": (mark("Newest"), "number"),
    "newest_year": (mark("Year"), "date"),
    "note": mark("Note"),
    "organisation": mark("Organisation"),
    "partner": mark("Partner"),
    "pole": mark("Pole"),
    "release": mark("Release"),
    "rows": (mark("Rows"), "integer"),
    "shapley_shubik": (mark("Shapley–Shubik"), "share"),
    "since": (mark("Since"), "date"),
    "start": (mark("From"), "date"),
    "state": mark("State"),
    "status": mark("Status"),
    "table": mark("Table"),
    "title": mark("Title"),
    "url": mark("Address"),
    "variable": mark("Variable"),
    "weight_share": (mark("Share of votes"), "share"),
    "what": mark("What"),
    "year": (mark("Year"), "date"),
}
"""The columns that tables have in common, declared once."""
_SPOKEN: dict[str, Callable[[dict[str, Any]], Scalar]] = {
    "code": lambda row: row["state"],
    "state": lambda row: label(row["state"]),
    "status": lambda row: status(row["status"]),
}


def heads(shared: str = "", /, **own: str | tuple[str, Kind]) -> Heads:
    """Return the headings of the shared columns of these keys, then a table's own.

    >>> heads("state code", n=("Members", "integer"))
    {'state': 'State', 'code': 'Code', 'n': ('Members', 'integer')}
    """
    found: Heads = {}
    for key in shared.split():
        column = _COLUMNS[key]
        found[key] = say(column) if isinstance(column, str) else (say(column[0]), column[1])
    return found | own


def filled(
    frame: pl.DataFrame,
    keys: Iterable[str],
    cites: Cites | Callable[[dict[str, Any]], Cite],
    **own: Callable[[dict[str, Any]], Scalar],
) -> list[Row]:
    """Return a frame's rows with a cell a key, each with its own citation or all with the same.

    A state, its code and a status are spoken; what ``own`` names is made from the row.

    >>> spells = pl.DataFrame({"state": ["KAZ"], "status": ["founding_member"], "n": [2]})
    >>> filled(spells, ("state", "code", "status"), (), twice=lambda row: 2 * row["n"])[0].cells
    {'state': 'Kazakhstan', 'code': 'KAZ', 'status': 'founding member', 'twice': 4}
    """
    rows = []
    for row in frame.iter_rows(named=True):
        cells: dict[str, Scalar] = {}
        for key in dict.fromkeys((*keys, *own)):
            spoken = own.get(key, _SPOKEN.get(key))
            cells[key] = row[key] if spoken is None else spoken(row)
        rows.append(Row(cells, (cites(row),) if callable(cites) else cites))
    return rows


def table(
    name: str,
    caption: str,
    columns: Heads,
    rows: Iterable[Row],
    note: str = "",
    *,
    folded: bool = False,
) -> Table:
    """Return a table whose columns are the headings by key.

    >>> made = table("sizes", "Sizes", {"state": "State", "n": ("Members", "integer")}, [])
    >>> [(column.key, column.kind) for column in made.columns]
    [('state', 'text'), ('n', 'integer')]
    """
    made = tuple(
        Column(key, *((head,) if isinstance(head, str) else head)) for key, head in columns.items()
    )
    return Table(name, caption, made, tuple(rows), note, folded)


def pick(row: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return some values of a row by their keys, as cells take them.

    >>> pick({"a": 1, "b": 2, "c": 3}, "a", "c")
    {'a': 1, 'c': 3}
    """
    return {key: row[key] for key in keys}


def known(rows: Iterable[Row], key: str) -> list[Row]:
    """Return the rows that have a value in a column."""
    return [row for row in rows if row.cells.get(key) is not None]


def figure(row: Row, key: str) -> float:
    """Return a cell that is known to be a number, as a number.

    >>> figure(Row({"share": 0.5}), "share")
    0.5
    """
    value: Scalar = row.cells[key]
    return float(str(value))


def largest(rows: Iterable[Row], key: str) -> Row:
    """Return the row with the largest figure in a column; of several the last by their code."""
    return max(known(rows, key), key=lambda row: (figure(row, key), str(row.cells["code"])))
