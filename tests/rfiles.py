"""Write small files of R's save(), so that the reader can be tested without R."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

Values = Sequence[object]


def _chars(text: str | None) -> bytes:
    if text is None:
        return struct.pack(">ii", 9, -1)
    raw = text.encode()
    return struct.pack(">ii", 9 | 1 << 15, len(raw)) + raw


def _strings(values: Sequence[str | None], flags: int = 16) -> bytes:
    return struct.pack(">ii", flags, len(values)) + b"".join(_chars(v) for v in values)


def _symbol(name: str) -> bytes:
    return struct.pack(">i", 1) + _chars(name)


def _attribute(name: str, value: bytes) -> bytes:
    return struct.pack(">i", 2 | 1 << 10) + _symbol(name) + value


def _vector(values: Values) -> bytes:
    known = [v for v in values if v is not None]
    if known and all(isinstance(v, int) for v in known):
        whole = [-(2**31) if v is None else int(str(v)) for v in values]
        return struct.pack(f">ii{len(whole)}i", 13, len(whole), *whole)
    if known and all(isinstance(v, int | float) for v in known):
        numbers = [float("nan") if v is None else float(str(v)) for v in values]
        return struct.pack(f">ii{len(numbers)}d", 14, len(numbers), *numbers)
    return _strings([None if v is None else str(v) for v in values])


def factor(labels: Sequence[str]) -> bytes:
    """Return a factor as R writes it, for use as a column."""
    levels = sorted(set(labels))
    codes = [levels.index(label) + 1 for label in labels]
    body = struct.pack(f">ii{len(codes)}i", 13 | 1 << 9 | 1 << 8, len(codes), *codes)
    kept = _attribute("levels", _strings(levels)) + _attribute("class", _strings(["factor"]))
    return body + kept + struct.pack(">i", 254)


def dates(days: Sequence[float]) -> bytes:
    """Return days since 1970 as a Date vector, for use as a column."""
    body = struct.pack(f">ii{len(days)}d", 14 | 1 << 9 | 1 << 8, len(days), *days)
    return body + _attribute("class", _strings(["Date"])) + struct.pack(">i", 254)


def write(path: Path, name: str, columns: Mapping[str, Values | bytes]) -> None:
    """Write one data frame as ``save(name, file = path)`` does, version 2, gzip."""
    frame = struct.pack(">ii", 19 | 1 << 9 | 1 << 8, len(columns))
    for values in columns.values():
        frame += values if isinstance(values, bytes) else _vector(values)
    frame += _attribute("names", _strings(list(columns)))
    frame += _attribute("class", _strings(["data.frame"])) + struct.pack(">i", 254)
    head = b"RDX2\nX\n" + struct.pack(">iii", 2, 0x030602, 0x020300)
    body = struct.pack(">i", 2 | 1 << 10) + _symbol(name) + frame + struct.pack(">i", 254)
    path.write_bytes(gzip.compress(head + body, mtime=0))
