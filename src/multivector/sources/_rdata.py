"""Data frames out of R's own files: ``save()`` in its binary XDR form, versions 2 and 3.

Only what data frames are made of is read: vectors of logicals, whole numbers, numbers and strings,
factors, lists, attributes, and the compact forms R has used since 3.5. Code, environments and
anything else in the file is an error. Nothing in the file is ever evaluated.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from multivector.errors import UnreadableFile
from multivector.sources import Head

_MAGIC = (b"RDX2\nX\n", b"RDX3\nX\n")
_SYMBOL, _PAIRS, _ALTERNATIVE, _END, _REFERENCE = 1, 2, 238, 254, 255
_CHARS, _LOGICAL, _WHOLE, _NUMBER, _STRINGS, _LIST = 9, 10, 13, 14, 16, 19
_EMPTY = (242, 251, 253, 241)
_MISSING = -(2**31)


def _open(first: bytes) -> Any:
    if first[:2] == b"\x1f\x8b":
        return gzip.open
    if first[:3] == b"BZh":
        return bz2.open
    if first[:6] == b"\xfd7zXZ\x00":
        return lzma.open
    return open


def is_r(path: Path) -> bool:
    """Return whether the file is one of R's, by its first bytes."""
    with path.open("rb") as handle:
        opener = _open(handle.read(6))
    try:
        with opener(path, "rb") as handle:
            return handle.read(7) in _MAGIC
    except (OSError, EOFError, lzma.LZMAError):
        return False


def first_object(head: Head) -> str | None:
    """Return the name of the first object in an R file, or null if the file is none."""
    if not head.path.is_file() or not is_r(head.path):
        return None
    with head.path.open("rb") as handle:
        opener = _open(handle.read(6))
    with opener(head.path, "rb") as handle:
        start = handle.read(4096)
    try:
        return _Reader(start).first_name()
    except (UnreadableFile, struct.error, IndexError):
        return None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as handle:
        opener = _open(handle.read(6))
    try:
        with opener(path, "rb") as handle:
            data: bytes = handle.read()
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise _damaged(str(error)) from error
    if data[:7] not in _MAGIC:
        raise _damaged("it does not begin as a file of R's save()")
    return data


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the data frames of an R file by the names of their objects.

    Raises
    ------
    UnreadableFile
        If the file is damaged or holds something that is no data frame.
    """
    return dict(_Reader(_bytes(path)).frames())


def _damaged(what: str) -> UnreadableFile:
    return UnreadableFile(
        f"the R file cannot be read: {what}; expected data frames written by R's save(); "
        "download it again, or save the data frame as CSV"
    )


class _Reader:
    """A walk through the bytes of one file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 7
        self.symbols: list[str] = []
        version = self._whole()
        self.at += 8
        if version == 3:
            self.at += 4 + self._whole_at(self.at)

    def frames(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Return the objects of the file that are data frames."""
        try:
            objects = self._item()
        except (struct.error, IndexError, ValueError) as error:
            raise _damaged(f"it ends too early or is no XDR file ({error})") from error
        for name, value in objects:
            if not isinstance(value, _List) or "names" not in value.attributes:
                raise _damaged(f"the object {name} is no data frame")
            columns = value.attributes["names"]
            if len({len(item) for item in value.items}) > 1:
                raise _damaged(f"the columns of {name} differ in length")
            series = (_series(c, v) for c, v in zip(columns, value.items, strict=True))
            yield str(name), pl.DataFrame(list(series))

    def first_name(self) -> str | None:
        """Return the tag of the first entry of the file's list."""
        flags = self._whole()
        if flags & 255 != _PAIRS or not flags >> 10 & 1:
            return None
        return str(self._item())

    def _whole(self) -> int:
        value = self._whole_at(self.at)
        self.at += 4
        return value

    def _whole_at(self, at: int) -> int:
        if at + 4 > len(self.data):
            raise _damaged("it ends too early")
        return int(struct.unpack_from(">i", self.data, at)[0])

    def _item(self) -> Any:
        flags = self._whole()
        kind = flags & 255
        if kind in _EMPTY or kind == _END:
            return None
        if kind == _REFERENCE:
            return self.symbols[((flags & 0xFFFFFFFF) >> 8) - 1]
        if kind == _SYMBOL:
            self.symbols.append(str(self._chars()))
            return self.symbols[-1]
        if kind == _CHARS:
            self.at -= 4
            return self._chars()
        if kind == _PAIRS:
            return self._pairs(flags)
        if kind == _ALTERNATIVE:
            return self._alternative()
        value = self._vector(kind)
        if flags >> 9 & 1:
            value = _with(value, dict(self._item() or ()))
        return value

    def _pairs(self, flags: int) -> list[tuple[str | None, Any]]:
        found: list[tuple[str | None, Any]] = []
        while flags & 255 == _PAIRS:
            if flags >> 9 & 1:
                self._item()
            tag = self._item() if flags >> 10 & 1 else None
            found.append((tag, self._item()))
            flags = self._whole()
        if flags & 255 != _END:
            self.at -= 4
            found.append((None, self._item()))
        return found

    def _chars(self) -> str | None:
        self.at += 4
        size = self._whole()
        if size < 0:
            return None
        raw = self.data[self.at : self.at + size]
        self.at += size
        return _text(raw)

    def _vector(self, kind: int) -> Any:
        size = self._whole()
        if kind in (_LOGICAL, _WHOLE):
            return self._numbers(size, ">i4").astype(np.int32)
        if kind == _NUMBER:
            return self._numbers(size, ">f8").astype(np.float64)
        if kind == _STRINGS:
            return self._strings(size)
        if kind == _LIST:
            return _List([self._item() for _ in range(size)])
        raise _damaged(f"it holds an object of R's type {kind}")

    def _numbers(self, size: int, form: str) -> np.ndarray[Any, Any]:
        found = np.frombuffer(self.data, dtype=form, count=size, offset=self.at)
        self.at += found.nbytes
        return found

    def _strings(self, size: int) -> list[str | None]:
        data, at = self.data, self.at
        length = struct.Struct(">4xi").unpack_from
        seen: dict[bytes, str] = {}
        found: list[str | None] = [None] * size
        for place in range(size):
            (long,) = length(data, at)
            at += 8
            if long >= 0:
                raw = data[at : at + long]
                at += long
                text = seen.get(raw)
                if text is None:
                    text = seen[raw] = _text(raw)
                found[place] = text
        self.at = at
        return found

    def _alternative(self) -> Any:
        info, state, attributes = self._item(), self._item(), self._item()
        name = str(info[0][1])
        if name.startswith("compact_"):
            size, start, step = (float(part) for part in state)
            value: Any = np.asarray(start + step * np.arange(int(size)))
        elif name.startswith("wrap_"):
            value = state.items[0] if isinstance(state, _List) else state[0][1]
        elif name == "deferred_string":
            value = [format(part, "g") for part in state[0][1]]
        else:
            raise _damaged(f"it holds R's compact form {name}")
        return _with(value, dict(attributes)) if attributes else value


class _List:
    """A list with attributes; a data frame is one whose attributes name the columns."""

    def __init__(self, items: list[Any], attributes: dict[str, Any] | None = None) -> None:
        self.items = items
        self.attributes = attributes or {}


class _Factor(list[str | None]):
    """A factor, as its labels."""


def _with(value: Any, attributes: dict[str, Any]) -> Any:
    if isinstance(value, _List):
        return _List(value.items, attributes)
    if "levels" in attributes:
        labels = [None, *attributes["levels"]]
        return _Factor(labels[code] if code > 0 else None for code in value.tolist())
    if "Date" in (attributes.get("class") or ()):
        days = pl.Series(np.floor(value)).cast(pl.Int32, strict=False)
        return days.cast(pl.Date).dt.to_string("%Y-%m-%d").to_list()
    return value


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _series(name: str, values: Any) -> pl.Series:
    series = pl.Series(name, values)
    if series.dtype == pl.Int32:
        return series.set(series == _MISSING, None)
    if series.dtype == pl.Float64:
        return series.fill_nan(None)
    return series
