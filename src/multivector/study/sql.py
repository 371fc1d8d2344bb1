"""SQL: the one place where a question in SQL is asked, over tables and nothing else.

A question may come from a stranger: a file of claims, a colleague. So it is one SELECT that
reads the tables it is given. It reaches no other file, no network, no extension and no setting, and
it ends at a limit of time and memory.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector.errors import BadValue, UnknownName, choices

if TYPE_CHECKING:
    import duckdb

__all__ = ["Limits", "Session", "query"]

_PLAIN = frozenset(
    {
        *("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "VARCHAR", "DATE", "TIME", "TIMESTAMP"),
        "DECIMAL",
    }
)
"""Types that come out as they are; any other is written as text (an interval, a union, bits)."""


@dataclass(frozen=True)
class Limits:
    """What a question may cost: seconds, and megabytes of memory and as many of disk."""

    seconds: float = 60.0
    megabytes: int = 2048

    def __post_init__(self) -> None:
        """Refuse limits that are none."""
        if not 0 < self.seconds <= 86_400 or not 64 <= self.megabytes <= 1_000_000:
            raise BadValue(
                f"the limits are {self.seconds:g} s and {self.megabytes} MB; expected up to 86400 "
                "seconds and from 64 to 1000000 megabytes; correct --limit-s or --limit-mb"
            )


class Session:
    """Asks questions in SQL over frames, and over Parquet files that are named beforehand.

    Parameters
    ----------
    files : collection of Path
        Parquet files that may be read.
    limits : Limits
        What one question may cost.
    allow_files : bool
        Let a question read any file of this machine, as ``read_csv('…')``. Never for a question
        that somebody else wrote.

    Examples
    --------
    >>> votes = pl.DataFrame({"n": [1, 2]})
    >>> with Session() as session:
    ...     [session.ask(f"SELECT {what}(n) AS found FROM votes", {"votes": votes}).item()
    ...         for what in ("min", "max")]
    [1, 2]
    """

    def __init__(
        self,
        files: Iterable[Path] = (),
        *,
        limits: Limits | None = None,
        allow_files: bool = False,
    ) -> None:
        import tempfile

        import duckdb

        self._limits = limits or Limits()
        self._scratch = tempfile.TemporaryDirectory(prefix="multivector-")
        self._connection = duckdb.connect()
        self._written: dict[int, tuple[pl.DataFrame, Path]] = {}
        self._shown: dict[str, tuple[Path, ...]] = {}
        for setting in _settings(Path(self._scratch.name), files, self._limits, allow_files):
            self._connection.execute(setting)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._scratch.cleanup()

    def ask(
        self,
        sql: str,
        frames: Mapping[str, pl.DataFrame],
        stored: Mapping[str, Iterable[Path]] | None = None,
    ) -> pl.DataFrame:
        """Return the answer to one SELECT over ``frames`` and ``stored`` tables and nothing else.

        A table of the same name in both is one of all their rows.

        Raises
        ------
        UnknownName
            If the SQL names what does not exist, or is not SQL.
        BadValue
            If it is another statement than one SELECT, or reaches a limit.
        """
        import duckdb

        wanted = {table: [self._file(frame)] for table, frame in frames.items()}
        for table, paths in (stored or {}).items():
            wanted.setdefault(table, []).extend(paths)
        try:
            self._show({table: tuple(paths) for table, paths in wanted.items()})
            _one_select(self._connection, sql)
            with self._limited():
                return _as_frame(self._connection.sql(sql))
        except duckdb.InterruptException as error:
            raise BadValue(
                f"the question took longer than {self._limits.seconds:g} s; expected one that ends "
                "before; ask for fewer rows or raise --limit-s"
            ) from error
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise BadValue(
                f"the question needs more than {self._limits.megabytes} MB; expected one that does "
                "with less; ask for fewer rows or raise --limit-mb"
            ) from error
        except (duckdb.Error, pl.exceptions.PolarsError) as error:
            raise UnknownName(
                f"the query failed: {str(error).splitlines()[0]}; expected one SELECT over the "
                f"tables {choices(sorted(wanted), 20)}; correct it"
            ) from error

    def _file(self, frame: pl.DataFrame) -> Path:
        if id(frame) not in self._written:
            path = Path(self._scratch.name) / f"{len(self._written)}.parquet"
            frame.write_parquet(path)
            self._written[id(frame)] = frame, path
        return self._written[id(frame)][1]

    def _show(self, wanted: Mapping[str, tuple[Path, ...]]) -> None:
        for table in sorted(set(self._shown) - set(wanted)):
            self._connection.execute(f'DROP VIEW "{table}"')
            del self._shown[table]
        for table, paths in sorted(wanted.items()):
            if self._shown.get(table) != paths:
                files = ", ".join(_quoted(path) for path in paths)
                rows = f"read_parquet([{files}], union_by_name = true)"
                view = f'CREATE OR REPLACE VIEW "{table}" AS SELECT * FROM {rows}'
                self._connection.execute(view)
                self._shown[table] = paths

    @contextmanager
    def _limited(self) -> Iterator[None]:
        clock = threading.Timer(self._limits.seconds, self._connection.interrupt)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()


def query(
    sql: str,
    frames: Mapping[str, pl.DataFrame],
    stored: Mapping[str, Iterable[Path]] | None = None,
    *,
    limits: Limits | None = None,
    allow_files: bool = False,
) -> pl.DataFrame:
    """Return the answer to one question; see ``Session.ask``."""
    named = {table: list(paths) for table, paths in (stored or {}).items()}
    files = [path for paths in named.values() for path in paths]
    with Session(files, limits=limits, allow_files=allow_files) as session:
        return session.ask(sql, frames, named)


def _settings(scratch: Path, files: Iterable[Path], limits: Limits, anywhere: bool) -> list[str]:
    """Return what locks a connection down; the last of them locks the settings themselves."""
    allowed = ", ".join(_quoted(path) for path in files)
    return [
        "SET TimeZone = 'UTC'",
        "SET python_enable_replacements = false",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        "SET allow_community_extensions = false",
        f"SET temp_directory = {_quoted(scratch / 'spill')}",
        f"SET memory_limit = '{limits.megabytes}MB'",
        f"SET max_temp_directory_size = '{limits.megabytes}MB'",
        f"SET allowed_directories = [{_quoted(scratch)}]",
        f"SET allowed_paths = [{allowed}]",
        *([] if anywhere else ["SET enable_external_access = false"]),
        "SET lock_configuration = true",
    ]


def _one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Refuse what is not one SELECT: COPY and ATTACH write, a second statement hides behind a ;."""
    import duckdb

    found = connection.extract_statements(sql)
    kinds = [statement.type for statement in found]
    if len(found) != 1 or kinds[0] not in (duckdb.StatementType.SELECT,):
        what = ", ".join(str(kind).rsplit(".", 1)[-1] for kind in kinds) or "nothing"
        raise BadValue(
            f"the question is {what}; expected one SELECT over the tables; to write the answer to "
            "a file use --out"
        )


def _as_frame(answer: Any) -> pl.DataFrame:
    if answer is None:
        return pl.DataFrame()
    plain = [str(kind).split("(")[0].removesuffix("[]") in _PLAIN for kind in answer.types]
    if not all(plain):
        columns = (
            _named(name) if kept else f"CAST({_named(name)} AS VARCHAR) AS {_named(name)}"
            for name, kept in zip(answer.columns, plain, strict=True)
        )
        answer = answer.project(", ".join(columns))
    return pl.DataFrame(answer)


def _named(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
