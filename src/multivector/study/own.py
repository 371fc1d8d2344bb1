"""Your own data: a table of yours as rows of a record table, its names, years and units checked.

A file or a frame and a mapping of its columns become a release like any other: by hash, with who
added it and when. What does not fit is told all at once, and nothing of it is stored.
"""

from __future__ import annotations

import getpass
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from multivector.errors import (
    BadValue,
    SchemaError,
    UnknownName,
    UnreadableFile,
    choices,
    nearest,
)
from multivector.names import organisations, states
from multivector.provenance import Origin
from multivector.sources import Loaded, _plain, report_frame
from multivector.tables import FLOWS, ROLLCALLS, Column, Table, record

__all__ = ["TABLES", "Mapped", "loaded", "remembered", "unmatched"]

TABLES = (
    *("flows", "indicators", "memberships", "treaties", "distances", "events", "votes"),
    *("rollcalls", "organisations", "voting_rules", "ideal_points"),
)
"""The record tables that rows of one's own can be added to."""

_STATES = ("state", "partner")
_ENDS = {
    **dict.fromkeys(("exporter", "origin", "sender", "from"), "origin"),
    **dict.fromkeys(("importer", "destination", "receiver", "to"), "target"),
}
_INWARD = tuple(flow for flow in FLOWS if flow == "imports" or flow.endswith(("_in", "_imports")))
_UNITS = {"thousand USD": 1e3, "million USD": 1e6, "billion USD": 1e9}
_NUMBER = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"
_COMMA = r"^[+-]?\d+,\d+$"
_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_YES, _NO = ("1", "true", "yes"), ("0", "false", "no")
_SHOWN = 12


@dataclass(frozen=True)
class Mapped:
    """Which column of a file is which column of a record table, and what holds for every row.

    Parameters
    ----------
    table : str
        The record table, one of ``TABLES``.
    columns : mapping of str to str
        From the table's column, or ``exporter`` and ``importer`` of a flow, to the file's column;
        columns of the same name need not be told.
    constants : mapping of str to str
        What is the same in every row, such as the unit, the flow or the indicator.
    scheme : str, optional
        Whose codes the states are, such as ``"comtrade"``; any if not given.
    custom : mapping of str to str
        What names of states mean here.
    name : str, optional
        What the data set is called in the study; the file's name if not given.
    accept_loss : bool
        Leave out rows whose state is not known, and count them, instead of refusing the file.
    part, encoding : str, optional
        The sheet or object of the file; the encoding of a text file.
    """

    table: str
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    scheme: str | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    accept_loss: bool = False
    part: str | None = None
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        """Refuse a table that is none, and columns that are none of it."""
        if self.table not in TABLES:
            raise UnknownName(
                f"rows of one's own cannot be added to {self.table!r}; expected one of "
                f"{choices(TABLES, 20)}; correct --as"
            )
        known = {*(column.name for column in record(self.table).columns), *self._ends()}
        wrong = sorted({*self.columns, *self.constants} - known)
        if wrong:
            near = nearest(wrong[0], known)
            raise BadValue(
                f"the table {self.table} has no column {choices(wrong)}; expected one of "
                f"{choices(sorted(known - {'source', 'locator'}), 20)}"
                f"{f' (nearest: {choices(near)})' if near else ''}; correct --columns"
            )

    def _ends(self) -> tuple[str, ...]:
        return tuple(_ENDS) if self.table == "flows" else ()


def remembered(path: Path) -> Mapped | None:
    """Return the mapping written beside a file as ``FILE.toml``; None if there is none.

    Raises
    ------
    BadValue
        If it is not TOML, or says what no mapping says.
    """
    beside = path.with_name(path.name + ".toml")
    if not beside.is_file():
        return None
    try:
        written = tomllib.loads(beside.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadValue(
            f"{beside.name} is no TOML ({error}); expected a table and [columns]; correct it"
        ) from error
    simple = ("table", "scheme", "name", "part", "encoding", "accept_loss")
    tables = ("columns", "constants", "custom")
    strange = sorted(set(written) - {*simple, *tables})
    if (
        strange
        or "table" not in written
        or not all(isinstance(written.get(t, {}), dict) for t in tables)
    ):
        raise BadValue(
            f"{beside.name} says {choices(strange) or 'no table'}; expected table and, if wanted, "
            f"{choices((*simple[1:], *tables))}; correct it"
        )
    return Mapped(**written)


def loaded(data: Path | pl.DataFrame, how: Mapped, *, expected: str | None = None) -> Loaded:
    """Return one's own rows as a release of the record table.

    Parameters
    ----------
    data : Path or polars.DataFrame
        A file of any usual kind, or a frame.
    how : Mapped
        Which column is which.
    expected : str, optional
        The SHA-256 of the file that was looked at before; another file is refused.

    Raises
    ------
    UnreadableFile
        If the file cannot be read, or is another one than expected.
    BadValue
        If a column is missing, or a figure, year, unit or choice is none.
    UnknownName
        If names of states or organisations are not known.
    SchemaError
        If a key stands twice.
    """
    frame, digest, named = _read(data, how)
    if expected is not None and digest != expected:
        raise UnreadableFile(
            f"{named} has changed since it was looked at; expected the same file; look at it again"
        )
    table = record(how.table)
    taken = _taken(frame, table, how, named)
    report: list[tuple[str, int, str]] = [("rows read", frame.height, named)]
    rows = _identified(taken, table, how, report)
    rows = _typed(rows, table, named)
    rows = _sides(rows, how) if how.table == "flows" else rows
    _unrepeated(rows, table, named)
    origin = _origin(how, digest, named)
    tables = {table.name: table.conform(_complete(rows, table))}
    if table.name == "votes":
        tables["rollcalls"] = _rollcalls(rows)
    for name, found in tables.items():
        stamped = found.with_columns(source=pl.lit(origin.id))
        tables[name] = record(name).check(stamped)
    return Loaded(origin, tables, report_frame(report))


def unmatched(data: Path | pl.DataFrame, how: Mapped) -> pl.DataFrame:
    """Return the names of states that are not known: column, name, rows, and the nearest name.

    What a form shows before anything is stored; empty where every name is known.
    """
    frame, _, named = _read(data, how)
    table = record(how.table)
    taken = _taken(frame, table, how, named)
    rows: list[tuple[str, str, int, str]] = []
    for column in (c for c in (*_STATES, "origin", "target") if c in taken.columns):
        found = _state_column(taken, column, how)
        lost = taken.filter(found.is_null() & taken[column].is_not_null())[column]
        for name, count in lost.value_counts(sort=True).iter_rows():
            rows.append((column, name, count, choices(states.search(name, 3)) or ""))
    schema = {"column": pl.String, "name": pl.String, "rows": pl.Int64, "nearest": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _read(data: Path | pl.DataFrame, how: Mapped) -> tuple[pl.DataFrame, str, str]:
    """Return the rows as text with their number, the hash of what was read, and its name."""
    if isinstance(data, Path):
        if not data.is_file():
            raise UnreadableFile(
                f"there is no file {str(data)!r}; expected a table: CSV, Excel, Stata, R or "
                "Parquet; check the path"
            )
        frame = _plain.table(data, part=how.part, encoding=how.encoding)
        digest, named = sha256(data.read_bytes()).hexdigest(), data.name
    else:
        buffer = io.BytesIO()
        data.write_ipc(buffer)
        frame = data.select(pl.all().cast(pl.String))
        digest, named = sha256(buffer.getvalue()).hexdigest(), how.name or "a frame"
    return frame.with_row_index("row", offset=2 if isinstance(data, Path) else 0), digest, named


def _taken(frame: pl.DataFrame, table: Table, how: Mapped, named: str) -> pl.DataFrame:
    """Return the columns asked for under the table's names, constants with them."""
    present = set(frame.columns)
    wanted = {c.name: c.name for c in table.columns if c.name in present}
    wanted |= {_ENDS.get(own, own): column for own, column in how.columns.items()}
    absent = sorted({column for column in wanted.values() if column not in present})
    if absent:
        raise BadValue(
            f"{named} has no column {choices(absent)}; its columns are "
            f"{choices(c for c in frame.columns if c != 'row')}; expected names as the first row "
            "writes them; correct --columns"
        )
    taken = frame.select("row", *(pl.col(column).alias(own) for own, column in wanted.items()))
    taken = taken.with_columns(
        **{own: pl.lit(value) for own, value in how.constants.items()},
        source=pl.lit(""),
        locator=pl.concat_str(pl.lit(f"{named}: row "), "row"),
    )
    return _required(taken, table, how, named)


_DEFAULTS = {
    "flows": {"reported_by": "state"},
    "memberships": {"status": "member"},
    "events": {"dimension": "political"},
    "organisations": {"field": "general"},
}


def _required(taken: pl.DataFrame, table: Table, how: Mapped, named: str) -> pl.DataFrame:
    for own, value in _DEFAULTS.get(table.name, {}).items():
        if own not in taken.columns:
            taken = taken.with_columns(pl.lit(value).alias(own))
    if table.name == "events" and "event" not in taken.columns:
        taken = taken.with_columns(event=pl.concat_str(pl.lit(f"{_slug(how, named)}-"), "row"))
    needed = [c.name for c in table.columns if not c.nullable]
    if {"origin", "target"} & set(taken.columns):
        needed = [*(c for c in needed if c not in (*_STATES, "flow")), "origin", "target"]
    missing = [name for name in needed if name not in taken.columns]
    if missing:
        raise BadValue(
            f"of {named} no column is told to be {choices(missing)}; expected "
            f"{choices(n for n in needed if n not in ('source', 'locator'))} for the table "
            f'{table.name}; name them, as in --columns "{missing[0]}=…"'
            f"{', or give --unit, --flow or --set' if missing[0] in ('unit', 'flow') else ''}"
        )
    return taken


def _state_column(taken: pl.DataFrame, column: str, how: Mapped) -> pl.Series:
    years = taken["year"].cast(pl.Int64, strict=False) if "year" in taken.columns else None
    return states.identify_column(
        taken[column], years, scheme=how.scheme, unknown="null", custom=how.custom
    )


def _identified(
    taken: pl.DataFrame, table: Table, how: Mapped, report: list[tuple[str, int, str]]
) -> pl.DataFrame:
    """Return the rows with states and organisations by code; those of nobody refused or counted."""
    if "year" in taken.columns:
        _wrong(taken, "year", ~pl.col("year").str.contains(r"^\d{4}$"), "a year of four digits")
    lost = pl.Series([False] * taken.height)
    unknown: list[str] = []
    for column in (c for c in (*_STATES, "origin", "target") if c in taken.columns):
        found = _state_column(taken, column, how)
        strange = found.is_null()
        if strange.any():
            names = taken.filter(strange)[column].fill_null("(empty)").value_counts(sort=True)
            unknown += [f"{name!r} ({count})" for name, count in names.iter_rows()]
        lost |= strange
        taken = taken.with_columns(found.alias(column))
    if unknown:
        share = lost.sum() / taken.height
        if not how.accept_loss:
            raise UnknownName(
                f"{lost.sum()} of {taken.height} rows name no state: {choices(unknown, _SHOWN)}; "
                "expected names or codes of states; correct them, give a scheme or --custom "
                "'NAME=KAZ', or leave these rows out with --accept-loss"
            )
        report.append(
            ("rows whose state is not known, left out", int(lost.sum()), choices(unknown, 40))
        )
        report.append(("share of rows left out, per mille", round(1000 * share), ""))
        taken = taken.filter(~lost)
    if "organisation" in taken.columns and table.name != "organisations":
        taken = taken.with_columns(_organisation_column(taken["organisation"]))
    return taken


def _organisation_column(names: pl.Series) -> pl.Series:
    """Return organisations by code; one that no table carries keeps its name: it is your own."""
    found: dict[str, str] = {}
    for name in names.drop_nulls().unique().to_list():
        try:
            found[name] = organisations.find(name)
        except UnknownName:
            found[name] = name
    return names.replace(found)


def _typed(rows: pl.DataFrame, table: Table, named: str) -> pl.DataFrame:
    """Return text as the numbers, days and choices the table declares, or name what is none."""
    for column in table.columns:
        if column.name in rows.columns:
            rows = rows.with_columns(_cast(rows, column).alias(column.name))
    if "unit" in rows.columns and "value" in rows.columns:
        scale = rows["unit"].replace_strict(_UNITS, default=1.0, return_dtype=pl.Float64)
        unit = rows["unit"].replace(dict.fromkeys(_UNITS, "USD"))
        rows = rows.with_columns(value=pl.col("value") * scale, unit=unit)
    if table.name == "flows":
        _wrong(rows, "value", pl.col("value") < 0, "flows of 0 or more")
    return rows


def _cast(rows: pl.DataFrame, column: Column) -> pl.Series:
    name, values = column.name, rows[column.name]
    text = pl.col(name)
    if column.kind in ("number", "integer"):
        plain = values.str.replace_all(r"[\s\u00a0\u202f]", "")
        comma = plain.str.contains(_COMMA).fill_null(False)
        dotted = plain.str.contains(r"^[+-]?\d+\.\d+$").fill_null(False)
        if comma.any() and not dotted.any():
            plain = plain.str.replace(",", ".")
        _wrong(rows, name, ~pl.lit(plain).str.contains(_NUMBER), "a number such as 1234.5")
        number = plain.cast(pl.Float64)
        if column.kind == "number":
            return number
        _wrong(rows, name, pl.lit(number) != pl.lit(number.round()), "a whole number")
        return number.cast(pl.Int64)
    if column.kind == "boolean":
        low = values.str.to_lowercase()
        _wrong(rows, name, ~text.str.to_lowercase().is_in((*_YES, *_NO)), "yes or no")
        return low.is_in(_YES)
    if name in ("start", "end", "signed", "as_of", "founded", "dissolved") or name == "date":
        _wrong(rows, name, ~text.str.contains(_DAY), "a day such as 1991-12-16, 1991-12 or 1991")
    if column.allowed:
        _wrong(rows, name, ~text.is_in(column.allowed), f"one of {choices(column.allowed, 20)}")
    return values


def _wrong(rows: pl.DataFrame, column: str, test: pl.Expr, expected: str) -> None:
    """Raise where a test holds, with the rows and what stands in them."""
    bad = rows.filter(test.fill_null(False))
    if bad.is_empty():
        return
    shown = [f"{value!r} in row {row}" for row, value in bad.select("row", column).iter_rows()]
    raise BadValue(
        f"{bad.height} rows have no good {column}: {choices(shown, 5)}; expected {expected}; "
        "correct the file"
    )


def _sides(rows: pl.DataFrame, how: Mapped) -> pl.DataFrame:
    """Return flows from exporter and importer: of the side a flow names, or of both for trade."""
    if "origin" not in rows.columns:
        return rows
    directed = "flow" in rows.columns
    outward = rows.rename({"origin": "state", "target": "partner"})
    inward = rows.rename({"target": "state", "origin": "partner"}).select(outward.columns)
    if directed:
        own = pl.col("flow").is_in(_INWARD)
        return pl.concat([outward.filter(~own), inward.filter(own)])
    both = (("exports", outward), ("imports", inward))
    named = [side.with_columns(flow=pl.lit(flow)) for flow, side in both]
    report = pl.lit(how.constants.get("reported_by", "reconciled"))
    return pl.concat(named).with_columns(reported_by=report)


def _unrepeated(rows: pl.DataFrame, table: Table, named: str) -> None:
    key = [name for name in table.key if name in rows.columns and name != "source"]
    twice = rows.filter(rows.select(key).is_duplicated())
    if twice.height:
        first = ", ".join(str(part) for part in twice.select(key).row(0))
        where = choices(twice["row"].head(6))
        raise SchemaError(
            f"{named} has {twice.height} rows whose {', '.join(key)} stands twice, first {first} "
            f"(rows {where}); expected one row each; correct the file or add a column to --columns"
        )


def _complete(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    return rows.select(c.name for c in table.columns if c.name in rows.columns)


def _rollcalls(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the roll calls that votes of one's own name, as far as their rows tell them."""
    found = rows.group_by("rollcall", maintain_order=True).agg(pl.col("year").first())
    return ROLLCALLS.conform(found.with_columns(kind=pl.lit("unknown"), source=pl.lit("")))


def _slug(how: Mapped, named: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", (how.name or Path(named).stem).lower()).strip("_")
    return plain or "own"


def _origin(how: Mapped, digest: str, named: str) -> Origin:
    day = date.today().isoformat()
    person = _person()
    return Origin(
        source=_slug(how, named),
        version=digest[:8],
        title=how.name or named,
        producer=person,
        citation=f"{how.name or named}, added by {person} on {day}.",
        url="",
        licence="your own data",
        retrieved=day,
        sha256=digest,
        own=True,
    )


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "a person"
