"""Sources: from a producer's file to record tables.

A source is a module in this package with ``RELEASES`` (its known releases), ``EXPECT`` (row counts
a whole release lies between), ``recognise(head)`` (is this file mine, by content) and
``read(path)`` (bytes to record tables); one that prints of a table only the largest rows, as five
partners a state, names it in ``LISTS``: it never stands in for a whole table. Everything else is
shared and stands here: looking at a file, finding its source, naming the release, checking the
tables and their size.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import pkgutil
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Protocol, cast

import polars as pl

from multivector.errors import SourceChanged, UnknownName, UnreadableFile, choices, nearest
from multivector.provenance import Origin
from multivector.tables import RECORDS, record

_HEAD_BYTES = 65_536
_REPORT = "report"
_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error)
_RECORD_NAMES = frozenset(table.name for table in RECORDS)


class Source(Protocol):
    """What every source module offers."""

    RELEASES: tuple[Origin, ...]
    EXPECT: Mapping[str, tuple[int, int]]

    def recognise(self, head: Head) -> bool:
        """Return whether the file is one of this source's."""

    def read(self, path: Path) -> dict[str, pl.DataFrame]:
        """Return the record tables, and optionally ``report`` (what, n, note)."""


@dataclass(frozen=True)
class Head:
    """The beginning of a file, enough to recognise it: name, first bytes, names inside archives."""

    path: Path
    first: bytes
    members: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the first bytes as text, whatever the encoding, without a byte order mark."""
        try:
            text = self.first.decode("utf-8-sig", errors="strict")
        except UnicodeDecodeError:
            text = self.first.decode("latin-1")
        return text

    @property
    def header(self) -> str:
        """Return the first line, in lower case and without quotes."""
        return (self.text.splitlines() or [""])[0].replace('"', "").strip().lower()

    def has_columns(self, *names: str, separator: str = ",") -> bool:
        """Return whether the first line names all these columns, in any order."""
        found = {name.strip() for name in self.header.split(separator)}
        return {name.lower() for name in names} <= found


@dataclass(frozen=True)
class Loaded:
    """A file read: the release it is, its record tables and the report of what was done."""

    origin: Origin
    tables: dict[str, pl.DataFrame]
    report: pl.DataFrame = field(default_factory=lambda: report_frame([]))


def report_frame(rows: list[tuple[str, int, str]]) -> pl.DataFrame:
    """Return the report of an import: what was kept, merged, flagged or left out, and how many."""
    schema = {"what": pl.String, "n": pl.Int64, "note": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


@cache
def names() -> tuple[str, ...]:
    """Return the names of all source modules, sorted."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def module(name: str) -> Source:
    """Return the source module of that name.

    Raises
    ------
    UnknownName
        If there is no such source.
    """
    if name not in names():
        raise UnknownName(
            f"there is no source {name!r}; expected one of {choices(names(), 40)}; "
            f"nearest: {choices(nearest(name, names())) or 'none'}; correct the name"
        )
    return cast(Source, importlib.import_module(f"{__name__}.{name}"))


@cache
def lists(name: str) -> frozenset[str]:
    """Return the tables of which a source prints only the largest rows, told as ``LISTS`` in it."""
    return frozenset(getattr(module(name), "LISTS", ())) if name in names() else frozenset()


def head_of(path: Path) -> Head:
    """Return the head of a file or folder, unpacked where it is compressed.

    Raises
    ------
    UnreadableFile
        If nothing is there or it cannot be opened.
    """
    if not path.exists():
        raise UnreadableFile(
            f"there is no file {str(path)!r}; expected a file or folder of a producer; "
            "check the path"
        )
    try:
        return _head_of(path)
    except _UNREADABLE as error:
        raise UnreadableFile(
            f"the file {path.name} cannot be read ({error}); expected a producer's file as "
            "downloaded; download it again"
        ) from error


def _head_of(path: Path) -> Head:
    if path.is_dir():
        members = sorted(str(p.relative_to(path)) for p in path.rglob("*") if p.is_file())
        return Head(path, b"", tuple(members[:5000]))
    with path.open("rb") as handle:
        magic = handle.read(6)
    if magic[:2] == b"\x1f\x8b":
        return _head_of_gzip(path)
    if magic[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            return Head(path, magic, tuple(archive.namelist()[:5000]))
    with path.open("rb") as handle:
        return Head(path, handle.read(_HEAD_BYTES))


def _head_of_gzip(path: Path) -> Head:
    with gzip.open(path, "rb") as unpacked:
        first = unpacked.read(_HEAD_BYTES)
    if first[257:262] != b"ustar":
        return Head(path, first)
    with tarfile.open(path) as archive:
        return Head(path, first, tuple(archive.getnames()[:5000]))


def recognise(path: Path) -> str:
    """Return the name of the one source that knows the file, judged by its content.

    Raises
    ------
    UnreadableFile
        If no source knows it, or it cannot be opened.
    """
    head = head_of(path)
    found = [name for name in names() if module(name).recognise(head)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnreadableFile(
            f"the file {path.name} could belong to {choices(found)}; expected exactly one source; "
            "name it with --source"
        )
    raise UnreadableFile(
        f"the file {path.name} is of no data set multivector knows; expected a file of "
        f"{choices(names(), 40)} as its producer publishes it; see 'multivector data list --all'"
    )


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's files with their names."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for item in files:
        if item != path:
            digest.update(str(item.relative_to(path)).encode())
        with item.open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def load(path: Path, *, source: str | None = None, extract: bool = False) -> Loaded:
    """Read a producer's file into checked record tables, every row stamped with its release.

    Parameters
    ----------
    path : Path
        File or folder as the producer publishes it.
    source : str, optional
        The source's name, where recognising it is not wanted.
    extract : bool
        Accept fewer rows than a whole release holds.

    Raises
    ------
    UnreadableFile
        If the file cannot be read or no source knows it.
    SchemaError
        If the rows do not fit their tables.
    SourceChanged
        If the tables are not of the expected size.
    """
    name = source or recognise(path)
    reader = module(name)
    origin = _release(reader, name, path)
    try:
        frames = reader.read(path)
    except (
        pl.exceptions.PolarsError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
        UnicodeError,
    ) as error:
        raise UnreadableFile(
            f"the file {path.name} looks like {name} but cannot be read: "
            f"{str(error).splitlines()[0] if str(error) else type(error).__name__}; "
            "expected the producer's file, whole; download it again"
        ) from error
    report = frames.pop(_REPORT, report_frame([]))
    stray = sorted(set(frames) - _RECORD_NAMES)
    if stray:
        raise SourceChanged(
            f"source {name} returned {choices(stray)}; expected record tables; correct read()"
        )
    tables = {key: _stamp(key, frame, origin) for key, frame in sorted(frames.items())}
    if not extract:
        _check_size(name, reader, tables)
    return Loaded(origin, tables, report)


def _stamp(table: str, frame: pl.DataFrame, origin: Origin) -> pl.DataFrame:
    return record(table).check(frame.with_columns(source=pl.lit(origin.id)))


def _release(reader: Source, name: str, path: Path) -> Origin:
    digest = sha256(path)
    for origin in reader.RELEASES:
        if origin.sha256 == digest:
            return origin
    newest = reader.RELEASES[-1]
    return replace(newest, version=f"file-{digest[:8]}", sha256=digest)


def _check_size(name: str, reader: Source, tables: dict[str, pl.DataFrame]) -> None:
    for table, (least, most) in reader.EXPECT.items():
        rows = tables[table].height if table in tables else 0
        if not least <= rows <= most:
            raise SourceChanged(
                f"{name} gave {rows:,} rows of {table}; expected {least:,} to {most:,}; the file "
                "is cut short or the producer changed it: download it again, or add it with "
                "--extract if it is meant to be a part"
            )


def listed() -> pl.DataFrame:
    """Return a row a release: its source, title, producer, licence and address."""
    rows = [
        (name, o.id, o.title, o.producer, o.licence, o.url)
        for name in names()
        for o in module(name).RELEASES
    ]
    columns = ("source", "release", "title", "producer", "licence", "url")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
