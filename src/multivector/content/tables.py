"""Tables of a brief: columns declared once as headings, rows from what a measure gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from multivector.content.model import Column, Kind, Row, Scalar, Table

__all__ = ["Heads", "figure", "known", "largest", "pick", "table"]

Heads = dict[str, str | tuple[str, Kind]]
"""Headings by a column's key, each with the way its values are written where not as text."""


def table(
    name: str,
    caption: str,
    heads: Heads,
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
    columns = tuple(
        Column(key, *((head,) if isinstance(head, str) else head)) for key, head in heads.items()
    )
    return Table(name, caption, columns, tuple(rows), note, folded)


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
