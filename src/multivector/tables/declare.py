"""What a column and a table are, and how rows are checked against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from multivector.errors import SchemaError, choices

Kind = Literal["text", "integer", "number", "boolean"]

_POLARS: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, kind, what it means, its unit, and whether it may be null."""

    name: str
    kind: Kind
    note: str
    unit: str | None = None
    nullable: bool = False
    allowed: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        """Return the polars type that holds the column."""
        return _POLARS[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """A record table or a result: name, what a row is, key and columns.

    ``choose`` says what happens when several sources carry the table: ``None``, their rows stand
    side by side; otherwise one source is chosen for every combination of these columns, an
    installed one before the embedded one unless ``curated``. A table that ``follows`` another is
    taken from the release chosen for that other table; one that is a ``summary_of`` another is left
    out where that other is installed. In one that is ``scaled`` each release has a scale of its
    own, as estimates have: one answers for all years, the one that has most of those asked for.
    """

    name: str
    note: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    choose: tuple[str, ...] | None = None
    curated: bool = False
    follows: str | None = None
    summary_of: str | None = None
    scaled: bool = False

    def column(self, name: str) -> Column:
        """Return the declared column of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise SchemaError(
            f"table {self.name} has no column {name!r}; "
            f"expected one of {choices(c.name for c in self.columns)}; correct the name"
        )

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Return column names and polars types, in order."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Return the table without rows."""
        return pl.DataFrame(schema=self.schema)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` with every declared column, in order and type; absent ones null.

        Raises
        ------
        SchemaError
            If a column that may not be null is absent, or a value does not fit its type.
        """
        faults = self._absent(frame)
        if faults:
            raise SchemaError(self._message(faults))
        try:
            return frame.select(
                pl.col(column.name).cast(column.dtype, strict=True)
                if column.name in frame.columns
                else pl.lit(None, dtype=column.dtype).alias(column.name)
                for column in self.columns
            )
        except (pl.exceptions.InvalidOperationError, pl.exceptions.ComputeError) as error:
            raise SchemaError(self._message([str(error).splitlines()[0]])) from error

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` conformed, or raise one error that names every fault.

        Checked are: the columns, their types, nulls, allowed values, finite numbers and the key.

        Raises
        ------
        SchemaError
            If anything above does not hold.
        """
        frame = self.conform(frame)
        faults = [*self._nulls(frame), *self._strangers(frame), *self._infinite(frame)]
        if not faults:
            faults = self._repeated(frame)
        if faults:
            raise SchemaError(self._message(faults))
        return frame

    def _message(self, faults: Sequence[str]) -> str:
        return (
            f"rows do not fit the table {self.name}: {'; '.join(faults)}; "
            f"expected {self.note}; correct the file or the source's reader"
        )

    def _absent(self, frame: pl.DataFrame) -> list[str]:
        missing = [c.name for c in self.columns if not c.nullable and c.name not in frame.columns]
        return [f"no column {name}" for name in missing]

    def _nulls(self, frame: pl.DataFrame) -> list[str]:
        counts = {c.name: frame[c.name].null_count() for c in self.columns if not c.nullable}
        return [f"{count} nulls in {name}" for name, count in counts.items() if count]

    def _strangers(self, frame: pl.DataFrame) -> list[str]:
        faults = []
        for column in self.columns:
            if not column.allowed:
                continue
            found = frame[column.name].drop_nulls().unique()
            strange = sorted(set(found.to_list()) - set(column.allowed))
            if strange:
                faults.append(
                    f"{column.name} holds {choices(map(repr, strange), 5)} "
                    f"(allowed: {choices(column.allowed)})"
                )
        return faults

    def _infinite(self, frame: pl.DataFrame) -> list[str]:
        names = [c.name for c in self.columns if c.kind == "number"]
        return [
            f"numbers that are not finite in {name}"
            for name in names
            if not frame[name].drop_nulls().is_finite().all()
        ]

    def _repeated(self, frame: pl.DataFrame) -> list[str]:
        if not self.key or frame.is_empty():
            return []
        repeated = frame.group_by(self.key).len().filter(pl.col("len") > 1)
        if repeated.is_empty():
            return []
        first = repeated.sort(self.key).row(0, named=True)
        where = ", ".join(f"{name}={first[name]}" for name in self.key)
        return [f"{repeated.height} repeated keys, first {where} ({first['len']} rows)"]


def text(name: str, note: str, *, null: bool = False, allowed: Sequence[str] = ()) -> Column:
    """Return a text column."""
    return Column(name, "text", note, None, null, tuple(allowed))


def integer(name: str, note: str, unit: str | None = None, *, null: bool = False) -> Column:
    """Return a column of whole numbers."""
    return Column(name, "integer", note, unit, null)


def number(name: str, note: str, unit: str | None = None, *, null: bool = False) -> Column:
    """Return a column of numbers."""
    return Column(name, "number", note, unit, null)


OWN = "a state's value depends on its own rows only"

OF_CLUB = "an organisation's value depends on its own rows only"


@dataclass(frozen=True, slots=True)
class Within:
    """A mark on a measure's table: no rows outside its years are used, but some years before."""

    before: int = 0


STATE = text("state", "the state: ISO 3166-1 alpha-3 or the historical code")

PARTNER = text("partner", "the other state")

STATE_A = text("state_a", "the first state of the pair; state_a < state_b")

STATE_B = text("state_b", "the second state of the pair")

YEAR = integer("year", "calendar year")

SOURCE = text("source", "where the row comes from: a release name@version or a run run:hash")

LOCATOR = text("locator", "where in the source: page, field, row or address")

VALUE = number("value", "the measure; null when undefined, see n", null=True)

LOW = number("low", "lower end of the interval; null where none is computed", null=True)

HIGH = number("high", "upper end of the interval; null where none is computed", null=True)

N = integer("n", "how many observations the value rests on")
