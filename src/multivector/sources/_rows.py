"""From a producer's columns to rows of flows and indicators: states found, the rest reported.

What every reader of bilateral or national figures does the same way: names and codes become state
codes by the producer's scheme and the year, rows of aggregates and of nobody are counted in the
report, a directed table becomes the two sides of each pair, and impossible figures are refused.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.errors import SchemaError, UnreadableFile, choices
from multivector.names import states
from multivector.tables import FLOWS_TABLE, INDICATORS

Report = list[tuple[str, int, str]]


def csv(
    path: Path,
    *columns: str,
    separator: str = ",",
    nulls: tuple[str, ...] = (),
    lower: bool = False,
) -> pl.DataFrame:
    """Return a producer's table as text, its header free of marks, with the columns wanted.

    Parameters
    ----------
    path : Path
        The file.
    columns : str
        Those without which it is not the producer's layout.
    separator, nulls
        What parts the cells, and what stands for a missing figure.
    lower : bool
        Whether the header is read in lower case.

    Raises
    ------
    UnreadableFile
        If a column is missing.
    """
    frame = pl.read_csv(
        path, separator=separator, infer_schema=False, null_values=list(nulls) or None
    )
    tidy = {name: name.lstrip("\ufeff").strip('"').strip() for name in frame.columns}
    frame = frame.rename({old: new.lower() if lower else new for old, new in tidy.items()})
    require(frame, path, *columns)
    return frame


def partial_date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return an ISO date as exact as its parts, which are text or null where not known."""
    to_month = pl.concat_str(year, month.str.zfill(2), separator="-")
    return pl.coalesce(pl.concat_str(to_month, day.str.zfill(2), separator="-"), to_month, year)


def require(frame: pl.DataFrame | pl.LazyFrame, path: Path, *columns: str) -> None:
    """Raise if the file lacks a column, naming those it has.

    Raises
    ------
    UnreadableFile
        If a column is missing.
    """
    found = frame.collect_schema().names()
    missing = [name for name in columns if name not in found]
    if missing:
        raise UnreadableFile(
            f"the file {path.name} has no column {choices(missing)}; its columns are "
            f"{choices(found)}; expected the layout the producer publishes; download it again"
        )


def placed(
    frame: pl.DataFrame,
    columns: dict[str, str],
    report: Report,
    *,
    scheme: str | None,
    years: str | None = "year",
    names: dict[str, str] | None = None,
) -> pl.DataFrame:
    """Return the frame with each column of ``columns`` as state codes under its new name.

    ``names`` says whom a producer means by names of its own, or by names that several states bear.
    Rows in which a column is no state are left out, and counted in the report by label.
    """
    for column, target in columns.items():
        when = frame[years].cast(pl.Int64) if years is not None else None
        labels = frame[column].cast(pl.String)
        if names:
            labels = labels.replace(names)
        found = states.identify_column(labels, when, scheme=scheme, unknown="null")
        frame = frame.with_columns(found.alias(target))
        lost = frame.filter(pl.col(target).is_null())
        if lost.height:
            strange = lost[column].cast(pl.String).value_counts(sort=True)[column].to_list()
            report.append((f"rows whose {target} is no state", lost.height, choices(strange, 40)))
            frame = frame.filter(pl.col(target).is_not_null())
    return frame


def summed(frame: pl.DataFrame, key: list[str], report: Report) -> pl.DataFrame:
    """Return one row a key with values added, and report how many rows were joined.

    A sum with a missing part is the sum of the others; all missing stays missing.
    """
    if not frame.select(key).is_duplicated().any():
        return frame
    value = pl.col("value")
    joined = frame.group_by(key, maintain_order=True).agg(
        pl.when(value.count() > 0).then(value.sum()).alias("value"),
        *(pl.col(c).first() for c in frame.columns if c not in (*key, "value")),
    )
    report.append(("rows added to another of the same states", frame.height - joined.height, ""))
    return joined.select(frame.columns)


def refuse_repeated(frame: pl.DataFrame, key: list[str], path: Path) -> None:
    """Raise if a producer's key occurs twice.

    Raises
    ------
    SchemaError
        If it does, with the first such key.
    """
    repeated = frame.filter(frame.select(key).is_duplicated())
    if repeated.is_empty():
        return
    first = ", ".join(str(part) for part in repeated.select(key).row(0))
    raise SchemaError(
        f"the file {path.name} holds {repeated.height} rows with a repeated key, first {first}; "
        f"expected one row for each of {choices(key)}; download it again"
    )


def refuse_impossible(frame: pl.DataFrame, path: Path, value: str, years: tuple[int, int]) -> None:
    """Raise if a figure is negative or a year outside what the data set can hold.

    Raises
    ------
    SchemaError
        If there is such a row, with its number and content.
    """
    numbered = frame.with_row_index("row", offset=2)
    for fault, test in (
        ("negative values", pl.col(value) < 0),
        (f"years outside {years[0]}-{years[1]}", ~pl.col("year").is_between(*years)),
    ):
        bad = numbered.filter(test)
        if bad.height:
            raise SchemaError(
                f"the file {path.name} has {bad.height} rows with {fault}, first row "
                f"{bad['row'][0]}: {choices(bad.drop('row').row(0))}; expected the producer's "
                "figures; download it again"
            )


def both_sides(
    frame: pl.DataFrame,
    *,
    unit: str,
    locator: str,
    sides: tuple[str, str] = ("exports", "imports"),
    reports: tuple[str, str] = ("reconciled", "reconciled"),
) -> pl.DataFrame:
    """Return flows of both sides from ``origin``, ``target``, ``year``, ``value`` (and product).

    ``reports`` says whose figure it is, seen from the origin and from the target.
    """
    product = pl.col("product") if "product" in frame.columns else pl.lit(None, dtype=pl.String)
    parts = [
        frame.select(
            state=pl.col(own),
            partner=pl.col(other),
            year=pl.col("year").cast(pl.Int64),
            flow=pl.lit(flow),
            product=product,
            value=pl.col("value").cast(pl.Float64),
            unit=pl.lit(unit),
            reported_by=pl.lit(report),
            source=pl.lit(""),
            locator=pl.lit(locator),
        )
        for own, other, flow, report in (
            ("origin", "target", sides[0], reports[0]),
            ("target", "origin", sides[1], reports[1]),
        )
        if flow
    ]
    return FLOWS_TABLE.conform(pl.concat(parts))


def indicators(frame: pl.DataFrame) -> pl.DataFrame:
    """Return indicator rows, the source still to be stamped."""
    return INDICATORS.conform(frame.with_columns(source=pl.lit("")))
