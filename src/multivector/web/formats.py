"""Formats: a page as JSON, CSV, Excel or a picture. Cells that a spreadsheet would run are text."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Literal

import polars as pl

from multivector.content.model import Chart, Table
from multivector.errors import BadValue, MissingExtra, UnknownName, choices
from multivector.web.page import Page

__all__ = ["FORMATS", "MEDIA", "csv", "excel", "json_of", "picture", "safe", "tables"]

MEDIA = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "vl": "application/json",
}
FORMATS = tuple(MEDIA)
PAGE_ROWS = 1000
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_SLICE = 5000
_SHEET_NAME = 31
_SHEET_ROWS = 200_000
_WIDTHS = (240, 1600)


def tables(page: Page) -> dict[str, pl.DataFrame]:
    """Return every table of a page by name: those computed, then those shown."""
    found = dict(page.frames)
    for section in page.sections:
        for table in section.tables:
            found.setdefault(table.id, _frame(table))
        for chart in section.charts:
            if chart.id not in found:
                rows = _chart_rows(chart)
                if rows is not None:
                    found[chart.id] = rows
    return found


def _frame(table: Table) -> pl.DataFrame:
    keys = [column.key for column in table.columns]
    data: dict[str, list[Any]] = {key: [row.cells.get(key) for row in table.rows] for key in keys}
    if any(row.cites for row in table.rows):
        data["source"] = ["; ".join(dict.fromkeys(c.source for c in r.cites)) for r in table.rows]
        data["locator"] = [
            "; ".join(dict.fromkeys(c.locator for c in r.cites if c.locator)) for r in table.rows
        ]
    series = []
    for key, values in data.items():
        kinds = {type(v) for v in values if v is not None}
        mixed = len(kinds) > 1 and not kinds <= {int, float}
        shown = [None if v is None else str(v) for v in values] if mixed else values
        series.append(pl.Series(key, shown, strict=False))
    return pl.DataFrame(series)


def _chart_rows(chart: Chart) -> pl.DataFrame | None:
    try:
        from multivector import charts

    except ImportError:
        return None
    rows: pl.DataFrame = charts.data(chart)
    return rows


def safe(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with text that a spreadsheet would take for a formula set in quotes.

    >>> safe(pl.DataFrame({"name": ["=1+1", "Kazakhstan"]}))["name"].to_list()
    ["'=1+1", 'Kazakhstan']
    """
    nested = [pl.col(c).cast(pl.List(pl.String)).list.join("; ") for c, t in frame.schema.items()
              if isinstance(t, pl.List)]  # fmt: skip
    frame = frame.with_columns(nested)
    text = pl.col(pl.String)
    risky = text.str.slice(0, 1).is_in(list(_RISKY))
    return frame.with_columns(pl.when(risky).then(pl.lit("'") + text).otherwise(text).name.keep())


def chosen(page: Page, name: str | None) -> tuple[str, pl.DataFrame]:
    """Return the table named, or the first.

    Raises
    ------
    UnknownName
        If the page has no such table, or none at all.
    """
    found = tables(page)
    if name is None and found:
        return next(iter(found.items()))
    if name not in found:
        raise UnknownName(
            f"this page has no table {name!r}; expected {choices(found, 40) or 'none, it has none'}"
            "; leave table= out for the first"
        )
    return str(name), found[str(name)]


def csv(page: Page, name: str | None) -> tuple[str, Iterator[bytes]]:
    """Return the name of a table and its CSV in pieces, so that a large one can be streamed."""
    name, frame = chosen(page, name)

    def pieces() -> Iterator[bytes]:
        for offset in range(0, max(frame.height, 1), _SLICE):
            part = safe(frame.slice(offset, _SLICE))
            yield part.write_csv(include_header=offset == 0).encode()

    return name, pieces()


def excel(page: Page) -> bytes:
    """Return a workbook: a sheet a table, one with runs and one with sources.

    Raises
    ------
    MissingExtra
        If the package that writes workbooks is not installed.
    BadValue
        If a table has more rows than a workbook is made for.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtra.of("xlsxwriter", "excel", "Excel workbooks") from error
    buffer = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    sheets = {**tables(page), "runs": _runs(page), "sources": _sources(page)}
    for name, frame in sheets.items():
        if frame.height > _SHEET_ROWS:
            raise BadValue(
                f"the table {name} has {frame.height:,} rows; expected at most {_SHEET_ROWS:,} for "
                "a workbook; take it as CSV, or ask for fewer rows"
            )
    taken: set[str] = set()
    with xlsxwriter.Workbook(buffer, {**plain, "nan_inf_to_errors": True}) as book:
        for name, frame in sheets.items():
            if frame.width:
                safe(frame).write_excel(book, _sheet(name, taken), autofit=True)
    return buffer.getvalue()


def _sheet(name: str, taken: set[str]) -> str:
    base = "".join(c if c.isalnum() or c in " -_" else "-" for c in name)[: _SHEET_NAME - 3]
    shown, number = base, 2
    while shown.lower() in taken:
        shown, number = f"{base}-{number}", number + 1
    taken.add(shown.lower())
    return shown


def _runs(page: Page) -> pl.DataFrame:
    rows = [
        (c.run, c.measure, json.dumps(c.options, ensure_ascii=False), "; ".join(c.sources))
        for c in page.computations
    ]
    columns = ("run", "measure", "options", "sources")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _sources(page: Page) -> pl.DataFrame:
    rows = [(r.number, r.source, r.text, r.url, r.licence, r.retrieved) for r in page.references]
    columns = ("source", "citation", "url", "licence", "retrieved")
    schema = {"number": pl.Int64, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def json_of(page: Page, address: str, *, limit: int, offset: int) -> dict[str, Any]:
    """Return the page as plain values; of each table the rows asked for, and where the rest is."""
    frames = {
        name: {
            "total": frame.height,
            "offset": offset,
            "rows": frame.slice(offset, limit).to_dicts(),
            "next": _next(address, limit, offset, frame.height),
        }
        for name, frame in page.frames.items()
    }
    return {
        "title": page.title,
        "facts": [asdict(fact) for fact in page.facts],
        "sections": [asdict(section) for section in page.sections],
        "gaps": [asdict(gap) for gap in page.gaps],
        "tables": frames,
        "runs": [asdict(c) for c in page.computations],
        "references": [asdict(r) for r in page.references],
        "command": page.command,
        "python": page.python,
        **page.extra,
    }


def _next(address: str, limit: int, offset: int, total: int) -> str | None:
    if offset + limit >= total:
        return None
    mark = "&" if "?" in address else "?"
    return f"{address}{mark}limit={limit}&offset={offset + limit}"


def picture(page: Page, name: str | None, kind: str, *, width: int, theme: str) -> bytes:
    """Return a chart of the page as SVG, PNG, PDF, or as its Vega-Lite specification (``vl``).

    Raises
    ------
    UnknownName
        If the page has no such chart.
    BadValue
        If width or theme cannot be.
    """
    from multivector import charts

    found = {chart.id: chart for section in page.sections for chart in section.charts}
    if not found or (name is not None and name not in found):
        raise UnknownName(
            f"this page has no chart {name!r}; expected {choices(found, 40) or 'none, it has none'}"
            "; correct chart="
        )
    if not _WIDTHS[0] <= width <= _WIDTHS[1] or theme not in ("light", "dark"):
        raise BadValue(
            f"width {width} and theme {theme!r} cannot be; expected {_WIDTHS[0]} to {_WIDTHS[1]} "
            "and light or dark; correct them"
        )
    shade: Literal["light", "dark"] = "dark" if theme == "dark" else "light"
    chart = found[name or next(iter(found))]
    drawn = charts.of_content(chart, width=width, theme=shade, order=page.colours)
    if kind == "svg":
        return charts.svg(drawn).encode()
    if kind == "vl":
        return json.dumps(charts.spec(drawn), ensure_ascii=False).encode()
    return charts.png(drawn) if kind == "png" else charts.pdf(drawn)
