"""Rows behind a chart: what it shows as a tidy frame, for CSV and Excel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from multivector.content.model import Chart

__all__ = ["data"]

Data = dict[str, Any]
Rows = list[Data]


def data(chart: Chart) -> pl.DataFrame:
    """Return the rows behind a chart: one a point, bar, cell, spell or event that is drawn.

    Returns
    -------
    polars.DataFrame
        Columns as in the chart's data, without those that only say how it is drawn; empty values
        are null.
    """
    found = _ROWS[chart.shape](chart.data)
    return pl.DataFrame(found, infer_schema_length=None, strict=False)


def _only(row: Data, *keys: str) -> Data:
    return {key: row.get(key) for key in keys}


def _lines(data: Data) -> Rows:
    return [
        {**_only(line, "key", "label"), **_only(point, "x", "y", "low", "high")}
        for line in data["lines"]
        for point in line["points"]
    ]


def _timeline(data: Data) -> Rows:
    return [
        {**_only(row, "key", "name"), **_only(bar, "status", "start", "end", "as_of", "source")}
        for row in data["rows"]
        for bar in row["bars"]
    ]


def _matrix(data: Data) -> Rows:
    return [
        {**_only(row, "key", "name", "status"), "pole": pole, "there": bool(there)}
        for row in data["rows"]
        for pole, there in zip(data["poles"], row["there"], strict=True)
    ]


def _compass(data: Data) -> Rows:
    span = _only(data, "from", "to")
    return [
        {
            **span,
            **_only(pole, "key", "label", "value", "low", "high"),
            **dict(zip(domains, pole["bands"], strict=True)),
        }
        for domains in [data["domains"]]
        for pole in data["poles"]
    ]


def _steps(data: Data) -> Rows:
    return [row for step in data["steps"] for row in _compass({**step, "domains": data["domains"]})]


def _heat(data: Data) -> Rows:
    return [
        {
            **_only(row, "key", "label"),
            "column": column["key"],
            "column_label": column["label"],
            "value": cell,
        }
        for row in data["rows"]
        for column, cell in zip(data["columns"], row["cells"], strict=True)
    ]


_ROWS: dict[str, Callable[[Data], Rows]] = {
    "bars": lambda d: [_only(row, "key", "label", "value", "low", "high") for row in d["rows"]],
    "compass": _compass,
    "dumbbell": lambda d: [_only(row, "key", "label", "from", "to") for row in d["rows"]],
    "events": lambda d: [_only(event, "lane", "date", "label") for event in d["events"]],
    "heat": _heat,
    "lines": _lines,
    "map": lambda d: [_only(value, "key", "value") for value in d["values"]],
    "matrix": _matrix,
    "network": lambda d: [_only(link, "a", "b", "weight") for link in d["links"]],
    "scatter": lambda d: [_only(p, "key", "label", "x", "y", "low", "high") for p in d["points"]],
    "steps": _steps,
    "timeline": _timeline,
}
