"""The store: a study folder of immutable Parquet releases, queried in process by DuckDB.

An import is written whole into a folder of its own and takes its place by one rename: a reader
sees a release entirely or not at all, and a killed import leaves only a folder that the next
import sweeps away.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from multivector.errors import StudyError, UnknownName, UnreadableFile, choices
from multivector.provenance import Origin, source_of
from multivector.study.joining import years_of
from multivector.tables import record

FORMAT = 1
_MARK = "study.json"
_INCOMING = ".incoming-"
_LEAVING = ".leaving-"


@dataclass(frozen=True)
class Release:
    """An installed release: its origin, the files of its tables, their rows and hashes."""

    folder: Path
    origin: Origin
    files: dict[str, dict[str, Any]]
    report: tuple[dict[str, Any], ...]

    @property
    def id(self) -> str:
        """Return ``source@version``."""
        return self.origin.id

    def years(self, table: str) -> dict[str | None, frozenset[int]] | None:
        """Return the years of each kind of row; null in a release stored by an older version."""
        held = self.files[table].get("years")
        return None if held is None else {kind: frozenset(years) for kind, years in held}

    def path(self, table: str) -> Path:
        """Return the Parquet file of a table."""
        return self.folder / str(self.files[table]["file"])


class Store:
    """A study folder. Opening it checks the format; nothing is written before the first import."""

    VERIFIED: ClassVar[dict[str, pl.DataType]] = {
        "release": pl.String(),
        "table": pl.String(),
        "rows": pl.Int64(),
        "whole": pl.Boolean(),
        "fault": pl.String(),
    }

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stood = False
        self.check()

    @property
    def _releases(self) -> Path:
        return self.folder / "releases"

    def check(self) -> None:
        """Refuse a study that is of a newer version, damaged, or gone since it was first seen.

        Raises
        ------
        StudyError
            If it is. Nothing is written in its place.
        """
        try:
            found = self._mark()
            here = self.folder.is_dir()
        except StudyError:
            raise
        except OSError as error:
            raise StudyError(
                f"the study {str(self.folder)!r} cannot be opened ({error.strerror or error}); "
                "expected a folder that can be read; check its rights or name another with --study"
            ) from error
        if found is not None and (not isinstance(found, int) or found > FORMAT):
            raise StudyError(
                f"the study {str(self.folder)!r} was made by a newer version (format {found!r}); "
                f"expected format {FORMAT}; upgrade with: pip install --upgrade multivector"
            )
        if self._stood and not here:
            raise StudyError(
                f"the study {str(self.folder)!r} is not there any more; expected the folder that "
                "was opened; put it back, or start again with another --study"
            )
        self._stood = here

    def _mark(self) -> object:
        """Return the format the study says it has; null where there is no study yet."""
        if self.folder.exists() and not self.folder.is_dir():
            raise NotADirectoryError(0, "it is a file")
        mark = self.folder / _MARK
        if not mark.exists():
            return None
        try:
            return json.loads(mark.read_text(encoding="utf-8"))["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise StudyError(
                f"{_MARK} of the study {str(self.folder)!r} is damaged ({error}); expected "
                f'{{"format": {FORMAT}}}; write that into it, nothing else is lost'
            ) from error

    def _prepare(self) -> None:
        self._releases.mkdir(parents=True, exist_ok=True)
        mark = self.folder / _MARK
        if not mark.exists():
            part = mark.with_suffix(f".{uuid.uuid4().hex}")
            part.write_text(json.dumps({"format": FORMAT}) + "\n", encoding="utf-8")
            os.replace(part, mark)
        self._sweep()

    def _sweep(self) -> None:
        for folder in self._releases.glob(".*-*"):
            if folder.name.startswith((_INCOMING, _LEAVING)) and not _alive(folder.name):
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _writing(self, doing: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if isinstance(error, StudyError):
                raise
            raise StudyError(
                f"{doing} in the study {str(self.folder)!r} failed ({error.strerror or error}); "
                "expected a folder that can be written with room on the disk; free space or name "
                "another folder with --study; what was stored before is unchanged"
            ) from error

    def add(
        self, origin: Origin, tables: Mapping[str, pl.DataFrame], report: pl.DataFrame
    ) -> Release:
        """Write checked tables as a release; the same content twice changes nothing.

        Raises
        ------
        StudyError
            If the folder cannot be written; nothing of the import remains then.
        """
        with self._writing(f"adding {origin.id}"):
            self._prepare()
            incoming = self._releases / f"{_INCOMING}{_owner()}"
            incoming.mkdir()
            try:
                return self._write(incoming, origin, tables, report)
            finally:
                shutil.rmtree(incoming, ignore_errors=True)

    def _write(
        self,
        incoming: Path,
        origin: Origin,
        tables: Mapping[str, pl.DataFrame],
        report: pl.DataFrame,
    ) -> Release:
        files = {name: _write_table(incoming, name, frame) for name, frame in tables.items()}
        for name, frame in tables.items():
            files[name]["years"] = _years(name, frame)
        manifest = {
            "format": FORMAT,
            "origin": asdict(origin),
            "files": files,
            "report": report.to_dicts(),
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
        (incoming / "manifest.json").write_text(text + "\n", encoding="utf-8")
        _flush(incoming / "manifest.json")
        content = sha256("".join(sorted(str(f["sha256"]) for f in files.values())).encode())
        target = self._releases / f"{origin.id}+{content.hexdigest()[:12]}"
        self._publish(incoming, target)
        self._retire(origin.id, keep=target)
        return self._read(target)

    def _publish(self, incoming: Path, target: Path) -> None:
        try:
            incoming.rename(target)
        except OSError:
            if not (target / "manifest.json").exists():
                raise
        _flush(self._releases)

    def _retire(self, release: str, keep: Path) -> None:
        for folder in self._releases.glob(f"{release}+*"):
            if folder != keep and _age(folder) <= _age(keep):
                self._discard(folder)

    def _discard(self, folder: Path) -> None:
        leaving = self._releases / f"{_LEAVING}{_owner()}"
        try:
            folder.rename(leaving)
        except FileNotFoundError:
            return
        shutil.rmtree(leaving, ignore_errors=True)

    def releases(self) -> list[Release]:
        """Return the installed releases, sorted by name.

        Raises
        ------
        StudyError
            If a manifest is damaged.
        """
        while True:
            listed = self._listing()
            try:
                found = self._installed(listed)
            except StudyError:
                if self._listing() == listed:
                    raise
                continue
            if self._listing() == listed:
                return found

    def _listing(self) -> list[Path]:
        try:
            return sorted(p for p in self._releases.iterdir() if not p.name.startswith("."))
        except FileNotFoundError:
            return []

    def _installed(self, listed: list[Path]) -> list[Release]:
        folders = [folder for folder in listed if (folder / "manifest.json").exists()]
        newest = {_release_of(folder): folder for folder in sorted(folders, key=_age)}
        return [self._read(folder) for _, folder in sorted(newest.items())]

    def stamp(self) -> str:
        """Return a short text that is another one when the files of any release are others."""
        seen: list[tuple[str, int, int, int]] = []
        for folder in self._folders():
            try:
                with os.scandir(folder) as entries:
                    files = [(entry.name, entry.stat()) for entry in entries]
            except FileNotFoundError:
                continue
            seen += [
                (f"{folder.name}/{name}", at.st_ino, at.st_size, at.st_mtime_ns)
                for name, at in files
            ]
        return sha256(repr(sorted(seen)).encode()).hexdigest()[:16]

    def _read(self, folder: Path) -> Release:
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            if manifest["format"] > FORMAT:
                raise StudyError(
                    f"release {folder.name} was added by a newer multivector; expected format "
                    f"{FORMAT}; upgrade with: pip install --upgrade multivector"
                )
            origin = Origin(**manifest["origin"])
            return Release(folder, origin, manifest["files"], tuple(manifest["report"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            if isinstance(error, StudyError):
                raise
            raise StudyError(
                f"the manifest of release {folder.name} is damaged ({error}); expected the file as "
                f"written; run 'multivector data remove {folder.name.split('+')[0]}' and add the "
                "data set again; the rest of the study is unchanged"
            ) from error

    def remove(self, name: str) -> list[str]:
        """Remove the releases ``name`` names (``source`` or ``source@version``); return their ids.

        Raises
        ------
        UnknownName
            If none is installed under the name.
        """
        folders = self._folders()
        chosen = [f for f in folders if name in (_release_of(f), source_of(_release_of(f)))]
        if not chosen:
            known = sorted({_release_of(f) for f in folders})
            raise UnknownName(
                f"no release {name!r} is installed; expected one of "
                f"{choices(known) or '(none is installed)'}; see 'multivector data list'"
            )
        with self._writing(f"removing {name}"):
            for folder in chosen:
                self._discard(folder)
        return sorted({_release_of(folder) for folder in chosen})

    def _folders(self) -> list[Path]:
        return [folder for folder in self._listing() if "+" in folder.name]

    def verify(self) -> pl.DataFrame:
        """Return one row a stored table: release, table, rows, and whether its bytes are whole."""
        rows = []
        for release in self.releases():
            for table, entry in release.files.items():
                path = release.path(table)
                fault = None
                if not path.exists():
                    fault = "missing"
                elif _hash(path) != entry["sha256"]:
                    fault = "damaged"
                rows.append((release.id, table, entry["rows"], fault is None, fault))
        return pl.DataFrame(rows, schema=self.VERIFIED, orient="row")

    def scan(self, release: Release, table: str) -> pl.LazyFrame:
        """Return a stored table, lazily."""
        path = release.path(table)
        if not path.exists():
            raise self._damaged(release, table, "the file is missing")
        return pl.scan_parquet(path)

    def collect(self, frame: pl.LazyFrame, release: Release, table: str) -> pl.DataFrame:
        """Return the rows of a lazy stored table, or a clear error if its file is damaged."""
        try:
            return frame.collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self._damaged(release, table, str(error).splitlines()[0]) from error

    def _damaged(self, release: Release, table: str, why: str) -> UnreadableFile:
        return UnreadableFile(
            f"the stored table {table} of {release.id} is damaged ({why}); expected the file as "
            f"imported; run 'multivector data remove {release.id}' and add the data set again"
        )


def _write_table(folder: Path, table: str, frame: pl.DataFrame) -> dict[str, Any]:
    part = folder / f"{table}.part"
    try:
        frame.write_parquet(part, compression="zstd", statistics=True)
    except pl.exceptions.PolarsError as error:
        raise OSError(str(error).splitlines()[0]) from error
    digest = _hash(part)
    name = f"{table}-{digest[:16]}.parquet"
    part.rename(folder / name)
    _flush(folder / name)
    return {"file": name, "sha256": digest, "rows": frame.height}


def _years(name: str, frame: pl.DataFrame) -> list[list[Any]]:
    """Return the years of each kind of row, as they are written into the manifest."""
    table = record(name)
    if "year" not in table.schema:
        return []
    found = years_of(frame, table.choose[0] if table.choose else None)
    return [[kind, sorted(years)] for kind, years in sorted(found.items(), key=str)]


def _age(folder: Path) -> int:
    try:
        return (folder / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _release_of(folder: Path) -> str:
    return folder.name.rsplit("+", 1)[0]


def _owner() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def _alive(name: str) -> bool:
    host, pid, _ = name.split("-", 1)[1].rsplit("-", 2)
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError):
        return True
    return True


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
