"""Judgements: what people decide about records, appended and superseded, never overwritten.

Kept in SQLite inside the study, through SQLAlchemy, so that a team's database can take its place
by address.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector.errors import StudyError, UnknownName

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

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


class Judgements:
    """The judgements of a study, in the database at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    def of(cls, folder: Path) -> Judgements:
        """Return the judgements of the study in ``folder``, kept in its SQLite file."""
        return cls(f"sqlite:///{folder / 'judgements.sqlite'}")

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
            "decided_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "note": note,
            "supersedes": supersedes,
        }
        with self._open() as (engine, table), engine.begin() as connection:
            if supersedes is not None:
                found = connection.execute(
                    table.select().where(table.c.judgement == supersedes)
                ).first()
                if found is None:
                    raise UnknownName(
                        f"there is no judgement {supersedes}; expected the number of one that is "
                        "stored; list them with Workspace.judgements()"
                    )
            key = connection.execute(table.insert().values(**row)).inserted_primary_key
        return int(key[0]) if key is not None else 0

    def frame(self, *, history: bool = False) -> pl.DataFrame:
        """Return the judgements in force, or with ``history`` the superseded ones too."""
        if not self._begun():
            return pl.DataFrame(schema=_SCHEMA)
        with self._open() as (engine, table), engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(table.select().order_by("judgement"))]
        frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
        if history:
            return frame
        return frame.filter(~pl.col("judgement").is_in(frame["supersedes"].drop_nulls().implode()))

    @property
    def _file(self) -> Path | None:
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite") else None

    def _begun(self) -> bool:
        return self._file is None or self._file.exists()

    @contextmanager
    def _open(self) -> Iterator[tuple[Engine, Table]]:
        from sqlalchemy import create_engine
        from sqlalchemy.exc import DatabaseError
        from sqlalchemy.pool import NullPool

        engine = create_engine(self.url, poolclass=NullPool)
        try:
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            yield engine, _table(engine)
        except (DatabaseError, OSError) as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise StudyError(
                f"the judgements in {engine.url.database} cannot be used ({reason}); expected "
                "the file as multivector wrote it, in a folder that can be written; restore it from a "
                "copy or move it away to start anew; the data sets are unchanged"
            ) from error
        finally:
            engine.dispose()


def _table(engine: Engine) -> Table:
    from sqlalchemy import Column, Integer, MetaData, String, Table, Text

    table = Table(
        "judgements",
        MetaData(),
        Column("judgement", Integer, primary_key=True, autoincrement=True),
        Column("kind", String(40), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("value", Text, nullable=False),
        Column("coder", String(80), nullable=False),
        Column("decided_at", String(32), nullable=False),
        Column("note", Text),
        Column("supersedes", Integer),
    )
    table.metadata.create_all(engine)
    return table
