"""Export: a tidy frame as CSV, JSON, Parquet, Stata or a table in the terminal."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from multivector.errors import BadValue, MissingExtra, StudyError, choices
from multivector.provenance import Result

Format = Literal["table", "csv", "json", "parquet", "dta"]
FORMATS: tuple[str, ...] = get_args(Format)
_BINARY = ("parquet", "dta")
_LABEL = 80
_STATA_BEGINS = datetime(1960, 1, 1)


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


def dump_line(value: Any) -> str:
    """Return a value as JSON on one line; the values of a Polars list too."""
    plain = value.to_list() if isinstance(value, pl.Series) else value
    return json.dumps(plain, ensure_ascii=False, default=str)


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


def write_frame(
    out: Path, frame: pl.DataFrame, to: str, labels: Mapping[str, str] | None = None
) -> None:
    """Write the frame to a file in the format named, whole or not at all.

    ``labels`` says what columns mean, where the format has room for it (Stata).

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
        _guard(out, lambda part: _stata(part, frame, labels or {}))
    else:
        write_text(out, as_text(frame, to))


def _stata(path: Path, frame: pl.DataFrame, labels: Mapping[str, str]) -> None:
    try:
        pandas = frame.select(map(_for_stata, frame.iter_columns())).to_pandas()
    except ImportError as error:
        raise MissingExtra.of("pandas", "stata", "the Stata format") from error
    pandas.columns = _stata_names(frame.columns)
    labels = {
        own: labels[name][:_LABEL]
        for own, name in zip(pandas.columns, frame.columns, strict=True)
        if name in labels
    }
    # The same question gives the same bytes: the header's time is no part of the answer.
    pandas.to_stata(
        path, write_index=False, version=118, variable_labels=labels, time_stamp=_STATA_BEGINS
    )


def _for_stata(column: pl.Series) -> pl.Series:
    """Return a column as Stata has it: no list, no yes and no, text without missing values."""
    if column.dtype.is_nested():
        column = column.map_elements(dump_line, return_dtype=pl.String)
    if column.dtype == pl.Boolean:
        return column.cast(pl.Int8)
    if column.dtype in (pl.Null, pl.String, pl.Categorical):
        return column.cast(pl.String).fill_null("")
    return column


def _stata_names(columns: Sequence[str]) -> list[str]:
    """Return names that Stata takes: letters, digits and _, at most 32, none of them twice."""
    found: list[str] = []
    for name in columns:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)[:32] or "_"
        plain = f"_{plain}"[:32] if plain[0].isdigit() else plain
        number = 2
        while plain in found:
            plain, number = f"{plain[:29]}_{number}", number + 1
        found.append(plain)
    return found


def _guard(out: Path, write: Callable[[Path], object]) -> None:
    """Write a file by a neighbour and a rename, so that it is whole or as it was.

    A symbolic link is followed, so that its target is replaced and the link stays. A device, a pipe
    or a socket (``/dev/null``, ``/dev/stdout``) is written to: it must never become a file. ``-``
    is standard output.
    """
    try:
        target = _target(out)
        if target is None:
            _pour(out, write)
            return
        # A name may be as long as the file system allows: the neighbour has one of its own.
        with tempfile.TemporaryDirectory(prefix=".multivector-", dir=target.parent) as aside:
            part = Path(aside) / "part"
            write(part)
            _as_before(part, target)
            part.replace(target)
    except (OSError, ValueError, RuntimeError, pl.exceptions.PolarsError) as error:
        raise StudyError(
            f"{str(out)!r} cannot be written ({getattr(error, 'strerror', None) or error}); "
            "expected a file in a folder that can be written with room on the disk; name another "
            "with --out"
        ) from error


def _target(out: Path) -> Path | None:
    """Return the file to replace; None for what is written to as it stands."""
    if str(out) == "-":
        return None
    target = Path(os.path.realpath(out))
    if target.is_symlink():
        raise OSError(errno.ELOOP, "the link leads to itself")
    if target.is_dir() or str(out) in ("", "."):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if target.exists() and not target.is_file():
        return None
    if not target.parent.is_dir():
        raise NotADirectoryError(errno.ENOENT, "there is no such folder")
    return target


def _pour(out: Path, write: Callable[[Path], object]) -> None:
    """Make the content aside and write it to a device, a pipe or standard output."""
    with tempfile.TemporaryDirectory(prefix="multivector-") as aside:
        part = Path(aside) / "part"
        write(part)
        content = part.read_bytes()
    if str(out) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    with out.open("wb", buffering=0) as device:
        device.write(content)


def _as_before(part: Path, target: Path) -> None:
    """Give the new file the rights of the one it replaces, or those of any new file."""
    if target.exists():
        part.chmod(target.stat().st_mode & 0o777)
