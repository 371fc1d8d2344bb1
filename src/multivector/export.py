"""Export: a tidy frame as CSV, JSON, Parquet, Stata or a table in the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from multivector.errors import BadValue, MissingExtra, StudyError, choices
from multivector.provenance import Result

Format = Literal["table", "csv", "json", "parquet", "dta"]
FORMATS: tuple[str, ...] = get_args(Format)
_BINARY = ("parquet", "dta")


def check_format(to: str, out: Path | None, allowed: tuple[str, ...] = FORMATS) -> str:
    """Return the format if it is one of those allowed; the binary ones need a file to go to.

    Raises
    ------
    BadValue
        If it is not, or no file is named.
    """
    if to not in allowed:
        raise BadValue(f"no format {to!r}; expected one of {choices(allowed)}; correct --to")
    if to in _BINARY and out is None:
        raise BadValue(f"{to} is not text; expected a file for it; add --out FILE.{to}")
    return to


def as_text(frame: pl.DataFrame, to: str) -> str:
    """Return the frame as CSV, or as JSON rows."""
    if to == "csv":
        return frame.write_csv()
    return dump(frame.to_dicts())


def dump(value: Any) -> str:
    """Return a value as JSON, the same bytes each time."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


def verdict(result: Result) -> dict[str, Any]:
    """Return what ``binds`` found as one object: verdict, estimate, interval and its tests."""
    row = result.frame.row(0, named=True)
    kept = ("organisation", "outcome", "status", "verdict", "pretrend", "placebo", "placebo_date")
    return {
        **{key: row[key] for key in kept},
        "estimate": row["value"],
        "interval": [row["low"], row["high"]],
        "minimum_detectable_effect": row["minimum_detectable"],
        "n": row["n"],
        "reason": row["reason"],
        "run": result.run.id,
        "sources": list(result.run.releases),
        "notes": list(result.notes),
    }


def write_text(out: Path, text: str) -> None:
    """Write a text file, whole or not at all.

    Raises
    ------
    StudyError
        If it cannot be written.
    """
    _guard(out, lambda part: part.write_text(text, encoding="utf-8"))


def write_bytes(out: Path, content: bytes) -> None:
    """Write a file that is not text, whole or not at all.

    Raises
    ------
    StudyError
        If it cannot be written.
    """
    _guard(out, lambda part: part.write_bytes(content))


def write_frame(out: Path, frame: pl.DataFrame, to: str) -> None:
    """Write the frame to a file in the format named, whole or not at all.

    Raises
    ------
    StudyError
        If it cannot be written.
    MissingExtra
        If the format needs a package that is not installed.
    """
    if to == "parquet":
        _guard(out, lambda part: frame.write_parquet(part))
    elif to == "dta":
        _guard(out, lambda part: _stata(part, frame))
    else:
        write_text(out, as_text(frame, to))


def _stata(path: Path, frame: pl.DataFrame) -> None:
    try:
        pandas = frame.to_pandas()
    except ImportError as error:
        raise MissingExtra.of("pandas", "stata", "the Stata format") from error
    pandas.to_stata(path, write_index=False, version=118)


def _guard(out: Path, write: Any) -> None:
    part = out.with_name(f".{out.name}.part")
    try:
        write(part)
        part.replace(out)
    except (OSError, pl.exceptions.PolarsError) as error:
        part.unlink(missing_ok=True)
        raise StudyError(
            f"{str(out)!r} cannot be written ({getattr(error, 'strerror', None) or error}); "
            "expected a folder that can be written with room on the disk; name another with --out"
        ) from error
