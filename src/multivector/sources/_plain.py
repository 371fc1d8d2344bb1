"""A table in a file of any usual kind: CSV with its separator found, Excel, Stata, R, Parquet.

The columns come as they are named, every cell as text: who knows what a column means casts it. What
cannot be decided from the bytes (an encoding, which of several tables) is asked for.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from multivector.errors import BadValue, MissingExtra, UnreadableFile, choices
from multivector.sources import _rdata, _workbook

__all__ = ["table"]

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP, _GZIP, _PARQUET = b"PK\x03\x04", b"\x1f\x8b", b"PAR1"
_STATA = (b"<stata_dta>", *(bytes([release]) for release in (113, 114, 115)))
_SEPARATORS = (",", ";", "\t", "|")
_LARGEST = 1 << 32


def table(path: Path, *, part: str | None = None, encoding: str = "utf-8") -> pl.DataFrame:
    """Return the table of a file, all text, empty cells null.

    Parameters
    ----------
    path : Path
        A CSV (separator found, packed or not), ``.xlsx`` or ``.xls``, ``.dta``, ``.rda`` or
        ``.rds``, or Parquet: told by content.
    part : str, optional
        The sheet, the object or the file inside an archive, where there are several.
    encoding : str
        Of a text file.

    Raises
    ------
    UnreadableFile
        If it cannot be opened or holds no table.
    BadValue
        If it holds several and ``part`` names none of them, or the encoding is not known.
    MissingExtra
        If a package that its kind needs is not installed.
    """
    try:
        with path.open("rb") as handle:
            first = handle.read(16)
        frame = _read(path, first, part, encoding)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise UnreadableFile(
            f"the file {path.name} cannot be read ({reason}); expected a table: CSV, Excel, Stata, "
            "R or Parquet; correct the path or save it anew"
        ) from error
    if not frame.columns or frame.is_empty():
        raise UnreadableFile(
            f"the file {path.name} holds no rows; expected a first row of names and rows below it; "
            "save it anew"
        )
    return _as_text(frame)


def _read(path: Path, first: bytes, part: str | None, encoding: str) -> pl.DataFrame:
    if first.startswith(_PARQUET):
        return pl.read_parquet(path)
    if first.startswith(_STATA):
        return _stata(path)
    if _rdata.is_r(path):
        return _one(_rdata.read(path), part, path, "object")
    if first.startswith(_OLD_EXCEL):
        return _one(_workbook.whole(path, path.name), part, path, "sheet")
    if first.startswith(_ZIP):
        return _archive(path, part, encoding)
    if first.startswith(_GZIP):
        with gzip.open(path) as handle:
            return _csv(handle.read(_LARGEST), path, encoding)
    return _csv(path.read_bytes(), path, encoding)


def _archive(path: Path, part: str | None, encoding: str) -> pl.DataFrame:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        if "xl/workbook.xml" in names:
            return _one(_workbook.whole(path, path.name), part, path, "sheet")
        name = _chosen(names, part, path, "file")
        if archive.getinfo(name).file_size > _LARGEST:
            raise BadValue(
                f"{name} in {path.name} unpacks to more than 4 GB; expected a smaller file; unpack "
                "it and give the part you need"
            )
        return _csv(archive.read(name), path, encoding)


def _one(found: dict[str, pl.DataFrame], part: str | None, path: Path, what: str) -> pl.DataFrame:
    return found[_chosen([name for name, f in found.items() if f.width], part, path, what)]


def _chosen(names: list[str], part: str | None, path: Path, what: str) -> str:
    if part is None and len(names) == 1:
        return names[0]
    if part in names:
        return str(part)
    raise BadValue(
        f"{path.name} holds {len(names)} tables{'' if part is None else f', none of them {part!r}'}"
        f"; expected one {what} of {choices(names)}; name it with --part"
    )


def _stata(path: Path) -> pl.DataFrame:
    try:
        pandas: Any = import_module("pandas")
    except ImportError as error:
        raise MissingExtra.of("pandas", "stata", "reading a Stata file") from error
    try:
        frame = pandas.read_stata(path, convert_categoricals=False)
    except (ValueError, KeyError, OverflowError) as error:
        raise UnreadableFile(
            f"the Stata file {path.name} cannot be read ({error}); expected one of Stata 12 or "
            "later; save it anew"
        ) from error
    return pl.DataFrame(
        {
            str(name): [None if value != value else value for value in frame[name].tolist()]
            for name in frame.columns
        },
        strict=False,
    )


def _csv(content: bytes, path: Path, encoding: str) -> pl.DataFrame:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    try:
        text = content.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except LookupError:
        raise BadValue(
            f"there is no encoding {encoding!r}; expected one such as utf-8, cp1251, cp1254 or "
            "latin-1; correct --encoding"
        ) from None
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"the file {path.name} is not written in {encoding} (byte {error.start}); expected "
            "text in it; name its own with --encoding, such as cp1251 or cp1254"
        ) from error
    header = text.split("\n", 1)[0]
    if "\0" in header:
        raise UnreadableFile(
            f"the file {path.name} is not text; expected a table: CSV, Excel, Stata, R or Parquet; "
            "save it anew"
        )
    separator = max(_SEPARATORS, key=header.count)
    rows = io.BytesIO(text.encode())
    return pl.read_csv(rows, separator=separator, infer_schema=False)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text; whole numbers without decimals, empty cells null."""
    columns = []
    for column in frame.iter_columns():
        if column.dtype.is_float() and (column.drop_nulls().round() == column.drop_nulls()).all():
            column = column.cast(pl.Int64, strict=False)
        if column.dtype.is_nested() or column.dtype == pl.Binary:
            raise UnreadableFile(
                f"the column {column.name} holds {column.dtype}; expected text, numbers or days; "
                "leave it out of the file"
            )
        columns.append(column.cast(pl.String).str.strip_chars().replace("", None))
    return pl.DataFrame(columns)
