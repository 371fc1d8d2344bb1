"""Poles: the powers a state is measured against, as named sets in a table a person can edit.

``data/poles.tsv`` has a row a pole: the ``set`` it belongs to, to whom it ``applies_to`` (nobody
named: every state; a state; an organisation: whoever sits in it) and the ``reason``. The set
``default`` is taken for every state; of the set ``neighbourhood`` the first few that apply are
added. A study may carry a ``poles.tsv`` of its own: its sets replace those of the same name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from multivector.errors import UnreadableFile, choices
from multivector.study import world

__all__ = ["COLUMNS", "DEFAULT", "NEIGHBOURHOOD", "Choice", "expand", "of_state", "table"]

COLUMNS = ("set", "applies_to", "pole", "reason")
DEFAULT, NEIGHBOURHOOD = "default", "neighbourhood"
_FILE = "poles.tsv"


class Choice(NamedTuple):
    """A pole and the reason for choosing it."""

    pole: str
    reason: str


def table(study: Path | None = None) -> pl.DataFrame:
    """Return the sets of poles, those of the study's own ``poles.tsv`` before the package's.

    Parameters
    ----------
    study : Path, optional
        The folder of a study.

    Raises
    ------
    UnreadableFile
        If the study's file is not a table of poles.

    Examples
    --------
    >>> table().filter(pl.col("set") == "default")["pole"].to_list()
    ['USA', 'EU', 'RUS', 'CHN']
    """
    packaged = world.read(_FILE)
    own = None if study is None else study / _FILE
    if own is None or not own.is_file():
        return packaged
    edited = _read(own)
    replaced = edited["set"].unique().to_list()
    return pl.concat([edited, packaged.filter(~pl.col("set").is_in(replaced))])


def expand(names: Iterable[str], sets: pl.DataFrame) -> list[str]:
    """Return the names with every name of a set replaced by the set's poles, without repetition.

    Examples
    --------
    >>> expand(["p5", "TUR", "USA"], table())
    ['USA', 'GBR', 'FRA', 'RUS', 'CHN', 'TUR']
    """
    known: dict[str, list[str]] = {}
    for row in sets.iter_rows(named=True):
        known.setdefault(row["set"], []).append(row["pole"])
    found = [pole for name in names for pole in known.get(name, [name])]
    return list(dict.fromkeys(found))


def of_state(
    state: str, seats: Collection[str], sets: pl.DataFrame, *, limit: int = 2
) -> list[Choice]:
    """Return the default poles of a state, then up to ``limit`` of its neighbourhood.

    Parameters
    ----------
    state : str
        Code of the state, which is never its own pole.
    seats : collection of str
        Codes of the organisations in which it sits.
    sets : polars.DataFrame
        The table of poles.
    limit : int
        How many poles of the neighbourhood to add at most.

    Examples
    --------
    >>> [choice.pole for choice in of_state("KAZ", {"ECO", "CIS"}, table())]
    ['USA', 'EU', 'RUS', 'CHN', 'TUR']
    >>> [choice.pole for choice in of_state("CHN", set(), table())]
    ['USA', 'EU', 'RUS']
    """
    chosen: dict[str, Choice] = {}
    added = 0
    ranked = sorted(sets.iter_rows(named=True), key=lambda row: row["set"] == NEIGHBOURHOOD)
    for row in ranked:
        whom, pole = row["applies_to"], row["pole"]
        if row["set"] not in (DEFAULT, NEIGHBOURHOOD) or pole == state or pole in chosen:
            continue
        if whom is not None and whom != state and whom not in seats:
            continue
        if row["set"] == NEIGHBOURHOOD:
            if added == limit:
                break
            added += 1
        chosen[pole] = Choice(pole, row["reason"])
    return list(chosen.values())


def _read(path: Path) -> pl.DataFrame:
    try:
        rows = pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as error:
        raise UnreadableFile(
            f"{str(path)!r} cannot be read ({str(error).splitlines()[0]}); expected a table with "
            f"the columns {choices(COLUMNS)} separated by tabs; mend or remove it"
        ) from error
    missing = [name for name in COLUMNS if name not in rows.columns]
    empty = [] if missing else [n for n in ("set", "pole", "reason") if rows[n].null_count()]
    if missing or empty:
        what = f"no column {choices(missing)}" if missing else f"empty cells in {choices(empty)}"
        raise UnreadableFile(
            f"{str(path)!r} has {what}; expected a table with the columns {choices(COLUMNS)} "
            "separated by tabs, each row with a set, a pole and a reason; mend or remove it"
        )
    return rows.select(COLUMNS)
