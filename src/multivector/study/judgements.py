"""Judgements and codings: what people and rules decide, appended and superseded, never overwritten.

Kept in SQLite inside the study, or, where MULTIVECTOR_DATABASE names one, in a team's PostgreSQL:
the same tables, made and brought up to date by the migrations. Every decision says who made it; a
person, a rule and a model are different coders. A coding can be superseded once: of two who correct
the same one at once, the second is told, and nothing is lost.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import polars as pl

from multivector.errors import BadValue, MissingExtra, StudyError, UnknownName, choices
from multivector.tables import CODERS, CODINGS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData, Table

REVISIONS = ("0001", "0002")
"""The migrations this version knows, oldest first."""

SOURCE = "study@codings"
_LOCK = 0x6D756C7469
_SCHEMA: dict[str, pl.DataType] = {
    "judgement": pl.Int64(),
    "kind": pl.String(),
    "subject": pl.String(),
    "value": pl.String(),
    "coder": pl.String(),
    "decided_at": pl.String(),
    "note": pl.String(),
    "supersedes": pl.Int64(),
}


class Place(TypedDict, total=False):
    """Where a coding stands: a document by its hash, characters of the raw text, and that text."""

    document: str | None
    start: int | None
    end: int | None
    quote: str | None


_NOWHERE = dict.fromkeys(Place.__annotations__)


class Judgements:
    """The judgements and codings in the database at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    def of(cls, folder: Path | None) -> Judgements:
        """Return the judgements of a team, or of the study in ``folder``.

        Raises
        ------
        StudyError
            If there is neither a team's database nor a folder.
        """
        team = cls.of_team()
        if team is not None:
            return team
        if folder is None:
            raise StudyError(
                "there is no study to keep judgements in; expected a folder or a database; name "
                "one: --study DIR, or MULTIVECTOR_DATABASE=postgresql://…"
            )
        return cls(f"sqlite:///{folder / 'judgements.sqlite'}")

    @classmethod
    def of_team(cls) -> Judgements | None:
        """Return the judgements of the team whose database is named; null if none is."""
        team = os.environ.get("MULTIVECTOR_DATABASE")
        return cls(team) if team else None

    def stamp(self) -> str:
        """Return a short text that is another one after every judgement and coding."""
        if not self._begun():
            return "none"
        with self._open() as engine, engine.connect() as connection:
            newest = [
                connection.exec_driver_sql(f"SELECT max({key}), count(*) FROM {table}").one()
                for table, key in (("judgements", "judgement"), ("codings", "coding"))
            ]
        return "-".join(str(number) for row in newest for number in row)

    def record(
        self,
        kind: str,
        subject: str,
        value: Any,
        *,
        coder: str,
        note: str | None = None,
        supersedes: int | None = None,
    ) -> int:
        """Append a judgement and return its number.

        Parameters
        ----------
        kind : str
            What is judged: ``correction``, ``review``, ``verdict``, …
        subject : str
            The record judged, by its identifier.
        value : object
            The decision, anything JSON can hold.
        coder : str
            Who decided; a person, a rule and a model have different names.
        note : str, optional
            The reason.
        supersedes : int, optional
            Number of the judgement this one replaces; that one is kept.

        Raises
        ------
        UnknownName
            If ``supersedes`` names no judgement.
        StudyError
            If the database cannot be written.
        """
        row = {
            "kind": kind,
            "subject": subject,
            "value": json.dumps(value, ensure_ascii=False, sort_keys=True),
            "coder": coder,
            "decided_at": _now(),
            "note": note,
            "supersedes": supersedes,
        }
        with self._writing() as connection:
            return _append(connection, _table("judgements"), row)

    def frame(self, *, history: bool = False) -> pl.DataFrame:
        """Return the judgements in force, or with ``history`` the superseded ones too."""
        rows = self._read("judgements")
        return _in_force(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), "judgement", history)

    def code(
        self,
        unit: str,
        variable: str,
        value: str,
        *,
        coder: str,
        coder_kind: str = "person",
        note: str | None = None,
        supersedes: int | None = None,
        **place: Unpack[Place],
    ) -> int:
        """Append a coding and return its number.

        Parameters
        ----------
        unit : str
            What is coded: a passage or record that all coders are given.
        variable, value : str
            Variable of the coding scheme, and the category or figure given.
        coder : str
            Who coded.
        coder_kind : {"person", "rule", "model"}
            What the coder is.
        note : str, optional
            The reason.
        supersedes : int, optional
            Number of the coding this one replaces; that one is kept.
        **place : Place
            Where it stands: ``document`` by hash, ``start`` and ``end`` in characters of the raw
            text, and that text as ``quote``.

        Raises
        ------
        BadValue
            If the coder's kind is not known, or the quote is not as long as its place.
        UnknownName
            If ``supersedes`` names no coding.
        StudyError
            If the coding was superseded meanwhile, or the database cannot be written.
        """
        given = {"unit": unit, "variable": variable, "value": value, "note": note}
        by = {"coder": coder, "coder_kind": coder_kind, "supersedes": supersedes}
        return self.code_many([{**_NOWHERE, **place, **given, **by}])[0]

    def code_many(self, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Append codings, all or none, and return their numbers; see ``code`` for what each holds.

        Raises
        ------
        BadValue, UnknownName, StudyError
            As in ``code``.
        """
        made = [_coding(row) for row in rows]
        if not made:
            return []
        with self._writing() as connection:
            return [_append(connection, _table("codings"), row) for row in made]

    def codings(self, *, history: bool = False) -> pl.DataFrame:
        """Return the codings in force as a record table, or with ``history`` all of them."""
        schema = {name: dtype for name, dtype in CODINGS.schema.items() if name != "source"}
        frame = pl.DataFrame(self._read("codings"), schema=schema, orient="row")
        frame = frame.with_columns(source=pl.lit(SOURCE))
        return CODINGS.conform(_in_force(frame, "coding", history))

    def _read(self, name: str) -> list[tuple[Any, ...]]:
        if not self._begun():
            return []
        with self._open() as engine, engine.connect() as connection:
            table = _table(name)
            key = next(iter(table.primary_key.columns))
            return [tuple(row) for row in connection.execute(table.select().order_by(key))]

    @property
    def _file(self) -> Path | None:
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite") else None

    def _begun(self) -> bool:
        return self._file is None or self._file.exists()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._open() as engine, engine.execution_options(writing=True).begin() as connection:
            yield connection

    @contextmanager
    def _open(self) -> Iterator[Engine]:
        from sqlalchemy.exc import DatabaseError

        engine = _engine(self.url)
        try:
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            _bring_up_to_date(engine)
            yield engine
        except (DatabaseError, OSError) as error:
            if isinstance(error, StudyError):
                raise
            raise _unusable(engine, error) from error
        finally:
            engine.dispose()


def _coding(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = row.get("coder_kind", "person")
    if kind not in CODERS:
        raise BadValue(
            f"a coder cannot be {kind!r}; expected one of {choices(CODERS)}; correct coder_kind"
        )
    start, end, quote = row.get("start"), row.get("end"), row.get("quote")
    if (start is None) != (end is None) or (quote is not None and start is None):
        raise BadValue(
            f"a coding of {row['unit']!r} gives a quote or half a place; expected start and end "
            "together, and a quote only with them; give both or neither"
        )
    if start is not None and end is not None and not 0 <= start < end:
        raise BadValue(
            f"a coding of {row['unit']!r} stands at {start} to {end}; expected a first character "
            "from 0 and an end behind it; correct the place"
        )
    if quote is not None and start is not None and end is not None and len(quote) != end - start:
        raise BadValue(
            f"a quote of {len(quote)} characters stands at {start} to {end}, which are "
            f"{end - start}; expected the raw text at that place; read it again"
        )
    names = [name for name in CODINGS.schema if name not in ("coding", "source", "decided_at")]
    return {**{name: row.get(name) for name in names}, "coder_kind": kind, "decided_at": _now()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _in_force(frame: pl.DataFrame, key: str, history: bool) -> pl.DataFrame:
    if history:
        return frame
    return frame.filter(~pl.col(key).is_in(frame["supersedes"].drop_nulls().implode()))


def _append(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    from sqlalchemy.exc import IntegrityError

    key = next(iter(table.primary_key.columns))
    replaced = row["supersedes"]
    if replaced is not None:
        found = connection.execute(table.select().where(key == replaced)).first()
        if found is None:
            raise UnknownName(
                f"there is no {key.name} {replaced}; expected the number of one that is stored; "
                f"list them with Workspace.{table.name}()"
            )
    try:
        made = connection.execute(table.insert().values(**row)).inserted_primary_key
    except IntegrityError as error:
        if replaced is None:
            raise
        raise StudyError(
            f"{key.name} {replaced} was superseded meanwhile by somebody; expected one that is "
            f"still in force; read Workspace.{table.name}() again and supersede the newer one"
        ) from error
    return int(made[0]) if made is not None else 0


def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import ArgumentError
    from sqlalchemy.pool import NullPool

    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            url = "postgresql+psycopg://" + url.removeprefix(plain)
    try:
        wait = {"timeout": 30} if url.startswith("sqlite") else {"connect_timeout": 10}
        engine = create_engine(url, poolclass=NullPool, connect_args=wait)
    except ModuleNotFoundError as error:
        raise MissingExtra.of("psycopg", "team", "a PostgreSQL database") from error
    except ArgumentError as error:
        raise StudyError(
            "the address of the database cannot be understood; expected sqlite:///FILE or "
            "postgresql://USER@HOST/DATABASE; correct MULTIVECTOR_DATABASE"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _manual)
        event.listen(engine, "begin", _begin)
    return engine


def _manual(connection: Any, _record: Any) -> None:
    """Let transactions begin where we say so, and not at the first write."""
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    """Take SQLite's lock for writing at the start, so that two writers wait and never fail."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _bring_up_to_date(engine: Engine) -> None:
    with engine.connect() as connection:
        if _revision(connection) == REVISIONS[-1]:
            return
    with engine.execution_options(writing=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        version = _revision(connection)
        if version == REVISIONS[-1]:
            return
        if version is not None and version not in REVISIONS:
            raise StudyError(
                f"the judgements were stored by a newer multivector (revision {version}); "
                f"expected at most {REVISIONS[-1]}; upgrade: pip install --upgrade multivector"
            )
        _migrate(connection)


def _revision(connection: Connection) -> str | None:
    from sqlalchemy import inspect

    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if found is None else str(found[0])


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _unusable(engine: Engine, error: Exception) -> StudyError:
    reason = str(getattr(error, "orig", None) or error).splitlines()[0]
    if engine.dialect.name == "sqlite":
        return StudyError(
            f"the judgements in {engine.url.database} cannot be used ({reason}); expected "
            "the file as multivector wrote it, in a folder that can be written; restore it from a "
            "copy or move it away to start anew; the data sets are unchanged"
        )
    where = engine.url.render_as_string(hide_password=True)
    return StudyError(
        f"the database {where} cannot be used ({reason}); expected a PostgreSQL server that "
        "answers and a user who may write; correct MULTIVECTOR_DATABASE or start the server"
    )


@cache
def _metadata() -> MetaData:
    from sqlalchemy import Column, Integer, MetaData, Table, Text

    kinds = {pl.Int64: Integer, pl.String: Text}
    metadata = MetaData()
    for name, key, schema in (
        ("judgements", "judgement", _SCHEMA),
        ("codings", "coding", {k: v for k, v in CODINGS.schema.items() if k != "source"}),
    ):
        columns: list[Column[Any]] = [
            Column(column, kinds[type(dtype)], primary_key=column == key)
            for column, dtype in schema.items()
        ]
        Table(name, metadata, *columns)
    return metadata


def _table(name: str) -> Table:
    return _metadata().tables[name]
