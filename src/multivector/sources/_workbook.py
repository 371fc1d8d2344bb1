"""Workbooks of Excel, old and new: told by what they hold, read as tables of text.

Recognising needs no package. Reading needs python-calamine, of the extra ``excel``. Cells become
text, so that every reader casts what it needs itself: whole numbers without decimals, days in ISO
form, empty cells null.
"""

from __future__ import annotations

import datetime
import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from multivector.errors import MissingExtra, UnreadableFile, choices
from multivector.sources import Head

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NAMES, _STRINGS, _SHEETS = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/"
_ENOUGH = 1 << 24
_SEARCHED = 40


def holds(head: Head, *words: str) -> bool:
    """Return whether the file is a workbook with all these words at the beginning of its parts."""
    if head.first[:8] == _OLD:
        content = head.path.read_bytes()
        return all(w.encode() in content or w.encode("utf-16-le") in content for w in words)
    if _NAMES not in head.members:
        return False
    text = _text_of(head.path, head.path.stat().st_mtime_ns)
    return all(word.replace("&", "&amp;") in text for word in words)


@lru_cache(maxsize=1)
def _text_of(path: Path, changed: int) -> str:
    """Return the parts that hold names and text; empty if damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.namelist()
            texts = [p for p in parts if p == _STRINGS or p.startswith(_SHEETS)]
            shared = [_STRINGS] if _STRINGS in texts else texts
            return "".join(_start(archive, part) for part in (_NAMES, *shared))
    except (OSError, zipfile.BadZipFile, zlib.error):
        return ""


def _start(archive: zipfile.ZipFile, part: str) -> str:
    with archive.open(part) as unpacked:
        return unpacked.read(_ENOUGH).decode("utf-8", errors="replace")


def table(content: Path | bytes, name: str, *columns: str) -> pl.DataFrame:
    """Return the first sheet with these columns in one of its first rows, all text.

    Raises
    ------
    MissingExtra
        If python-calamine is not installed.
    UnreadableFile
        If it is no workbook, or none of its sheets has the columns.
    """
    for frame in sheets(content, name, *columns).values():
        return frame
    raise UnreadableFile(
        f"the workbook {name} has no sheet with the columns {choices(columns)}; expected the "
        "layout the producer publishes; download it again"
    )


def sheets(content: Path | bytes, name: str, *columns: str) -> dict[str, pl.DataFrame]:
    """Return every sheet with these columns in one of its first rows, by name, all text.

    Raises
    ------
    MissingExtra
        If python-calamine is not installed.
    UnreadableFile
        If it is no workbook.
    """
    return _headed(content, name, lambda cells: set(columns) <= set(cells), _SEARCHED)


def whole(content: Path | bytes, name: str) -> dict[str, pl.DataFrame]:
    """Return every sheet that has cells, its first row with two of them as the names of columns.

    Raises
    ------
    MissingExtra
        If python-calamine is not installed.
    UnreadableFile
        If it is no workbook.
    """
    return _headed(content, name, lambda cells: len([c for c in cells if c]) > 1, None)


def _headed(
    content: Path | bytes,
    name: str,
    heads: Callable[[list[str | None]], bool],
    searched: int | None,
) -> dict[str, pl.DataFrame]:
    """Return the sheets that have a row of headings, looked for in their first rows."""
    workbook = _opened(content, name)
    found = {}
    for sheet in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(sheet).to_python()
        tops = enumerate(rows[:searched])
        start = next((i for i, row in tops if heads([_text(cell) for cell in row])), None)
        if start is not None:
            found[sheet] = _frame(rows[start], rows[start + 1 :])
    return found


def _opened(content: Path | bytes, name: str) -> CalamineWorkbook:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise MissingExtra.of("python-calamine", "excel", "reading a workbook") from error
    try:
        if isinstance(content, bytes):
            return CalamineWorkbook.from_filelike(io.BytesIO(content))
        return CalamineWorkbook.from_path(str(content))
    except CalamineError as error:
        raise UnreadableFile(
            f"the workbook {name} cannot be opened ({error}); expected an .xlsx or .xls file; "
            "download it again"
        ) from error


def _frame(header: Sequence[object], rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Return rows as text; columns without a name, or with one used before, are left out."""
    positions: dict[str, int] = {}
    for place, cell in enumerate(header):
        label = _text(cell)
        if label:
            positions.setdefault(label, place)
    cells = {
        label: pl.Series([_text(row[place]) for row in rows], dtype=pl.String)
        for label, place in positions.items()
    }
    return pl.DataFrame(cells)


def _text(cell: object) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, (datetime.date, datetime.datetime)):
        return cell.isoformat()
    return str(cell).strip() or None
