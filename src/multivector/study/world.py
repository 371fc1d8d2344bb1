"""The world in a box: the small sourced tables the package carries.

Each file in ``data/`` is a table a person can edit, or, where a script of ours made it from a
producer's file, a Parquet file. This module reads them, once, in the shape of the record tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from multivector.errors import SchemaError
from multivector.provenance import Origin
from multivector.study.joining import years_of
from multivector.tables import (
    BINDINGS,
    BORDERS,
    CRITERIA,
    EVENTS,
    FLOWS_TABLE,
    GEOGRAPHY,
    IDEAL_POINTS,
    INDICATORS,
    JOINT_VOTES,
    MEMBERSHIPS,
    ORGANISATION_TREATIES,
    ORGANISATIONS,
    SPLIT_VOTES,
    VOTE_NEIGHBOURS,
    VOTE_TOTALS,
    VOTING_RULES,
    Table,
    record,
)

_DATA = files("multivector") / "data"

VERDICT_MORE = {"last": pl.Int64, "releases": pl.String, "source": pl.String}
"""What the embedded verdicts carry besides ``BINDINGS``: last year, releases, and the run."""


def path(name: str) -> Path:
    """Return the path of an embedded file."""
    return Path(str(_DATA / name))


@cache
def read(name: str) -> pl.DataFrame:
    """Return an embedded file as it is: TSV with every column text, Parquet with its own types."""
    if name.endswith(".parquet"):
        return pl.read_parquet(path(name))
    return pl.read_csv(
        path(name),
        separator="\t",
        quote_char=None,
        infer_schema=False,
    )


def _typed(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    flags = [c.name for c in table.columns if c.kind == "boolean" and c.name in frame.columns]
    flags = [name for name in flags if frame[name].dtype == pl.String]
    rows = table.conform(frame.with_columns(pl.col(name) == "true" for name in flags))
    return _sorted(table, rows)


def _sorted(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    key = [name for name in table.key if name != "source"]
    return rows.sort(key, nulls_last=True, maintain_order=True)


def _printed_shares() -> pl.DataFrame:
    partners = read("factbook_partners.tsv").filter(
        pl.col("part").is_null() & pl.col("partner").is_not_null() & pl.col("share").is_not_null()
    )
    factbook = partners.select(
        "state",
        "partner",
        "year",
        pl.col("direction").alias("flow"),
        pl.lit(None, dtype=pl.String).alias("product"),
        pl.col("share").alias("value"),
        pl.lit("percent").alias("unit"),
        pl.lit("state").alias("reported_by"),
        "source",
        "locator",
    ).filter(pl.col("state") != pl.col("partner"))
    return _typed(FLOWS_TABLE, factbook)


def _indicators() -> pl.DataFrame:
    rows = read("factbook_indicators.parquet").filter(pl.col("part").is_null())
    wdi = INDICATORS.conform(read("wdi_indicators.parquet"))
    return _typed(INDICATORS, pl.concat([INDICATORS.conform(rows), wdi]))


def _borders() -> pl.DataFrame:
    rows = read("factbook_borders.tsv").filter(
        pl.col("part").is_null() & pl.col("neighbour").is_not_null()
    )
    borders = rows.rename({"neighbour": "partner"}).group_by(
        "state", "partner", "source", maintain_order=True
    )
    length = pl.col("length").cast(pl.Float64).sum()
    return _typed(BORDERS, borders.agg(length, pl.col("locator").first()))


def _events() -> pl.DataFrame:
    rows = read("casebook_events.tsv").with_columns(
        event=pl.col("id"), source="paper@" + pl.col("paper")
    )
    return _typed(EVENTS, rows)


def unpacked(stored: pl.DataFrame) -> pl.DataFrame:
    """Return joint counts from their stored form, in which other universes lack something of all.

    Rows of universe ``all`` are as they are. A row of another universe says how many of the counts
    of ``all`` are not in it; pairs of which nothing is left are dropped.
    """
    key = ["state", "pole", "year"]
    cells = [c.name for c in JOINT_VOTES.columns if c.kind == "integer" and c.name != "year"]
    kept = stored.filter(pl.col("universe") == "all")
    whole = kept.filter(pl.col("issue") == "all")
    frames = [kept]
    for name in sorted(set(stored["universe"].unique()) - {"all"}):
        lacking = stored.filter(pl.col("universe") == name).select(*key, *cells)
        part = whole.join(lacking, on=key, how="left", suffix="_lacking", maintain_order="left")
        part = part.with_columns(
            *(pl.col(cell) - pl.col(f"{cell}_lacking").fill_null(0) for cell in cells),
            universe=pl.lit(name, dtype=stored.schema["universe"]),
        )
        frames.append(part.filter(pl.sum_horizontal(cells) > 0).select(kept.columns))
    return pl.concat(frames)


def _reconciled_trade(
    years: tuple[int, int] | None = None, state: str | None = None
) -> pl.DataFrame:
    from multivector.sources import baci_totals

    states = () if state is None else (state,)
    stored = read("trade.parquet")
    rows = baci_totals.unpacked(stored, years=years, states=states)
    return _typed(FLOWS_TABLE, rows)


def _trade_counts() -> dict[str, int]:
    from multivector.sources import baci_totals

    pairs = pl.scan_parquet(path("trade.parquet")).select(pl.col("year").list.len().sum())
    return {baci_totals.RELEASES[-1].id: 2 * int(pairs.collect().item())}


def _trade_years() -> frozenset[int]:
    from multivector.sources import baci_totals

    return baci_totals.years_of(read("trade.parquet"))


def _geography() -> pl.DataFrame:
    """Return what lies between states, each row with the producer's own codes as its place."""
    from multivector.sources import cepii_distance

    rows = read("geography.parquet").with_columns(
        source=pl.lit(cepii_distance.RELEASES[-1].id),
        locator=pl.format("iso_o {}, iso_d {}", "iso_o", "iso_d"),
    )
    return _typed(GEOGRAPHY, rows)


@cache
def _stored_joint_votes() -> pl.DataFrame:
    """Return the stored counts with names as numbers in the order of the names: faster to sort."""
    stored = pl.read_parquet(path("joint_votes.parquet"))
    named = [name for name, kind in stored.schema.items() if kind == pl.Categorical]
    return stored.with_columns(
        pl.col(name).cast(pl.Enum(sorted(stored[name].unique().cast(pl.String)))) for name in named
    )


def _joint_votes_of(years: tuple[int, int] | None = None, state: str | None = None) -> pl.DataFrame:
    stored = _stored_joint_votes().lazy()
    if state is not None:
        code = pl.lit(state)
        stored = stored.filter((pl.col("state") == code) | (pl.col("pole") == code))
    if years is not None:
        stored = stored.filter(pl.col("year").is_between(*years))
    return JOINT_VOTES.conform(_sorted(JOINT_VOTES, unpacked(stored.collect())))


def _joint_vote_counts() -> dict[str, int]:
    counted = pl.scan_parquet(path("joint_votes.parquet")).group_by("source").len()
    return {str(source): int(rows) for source, rows in counted.collect().sort("source").iter_rows()}


def _joint_vote_years() -> frozenset[int]:
    years = pl.scan_parquet(path("joint_votes.parquet")).select(pl.col("year").unique())
    return frozenset(years.collect()["year"])


@dataclass(frozen=True)
class Portion:
    """A piece of an embedded table: the files it is made from and how to read it.

    A large piece is read in part, for some years or one state, and says how many rows it has
    without being read.
    """

    files: tuple[str, ...]
    build: Callable[[], pl.DataFrame]
    part: Callable[[tuple[int, int] | None, str | None], pl.DataFrame] | None = None
    counts: Callable[[], dict[str, int]] | None = None
    kinds: frozenset[str] = frozenset()
    years: Callable[[], frozenset[int]] | None = None


def _as_it_is(table: Table, file: str) -> tuple[Portion, ...]:
    """Return the portion of a file that has the table's own columns."""
    return (Portion((file,), lambda: _typed(table, read(file))),)


PORTIONS: dict[str, tuple[Portion, ...]] = {
    "organisations": _as_it_is(ORGANISATIONS, "organisations.tsv"),
    "memberships": _as_it_is(MEMBERSHIPS, "memberships.tsv"),
    "flows": (
        Portion(("factbook_partners.tsv",), _printed_shares),
        Portion(
            ("trade.parquet",),
            _reconciled_trade,
            _reconciled_trade,
            _trade_counts,
            frozenset({"exports", "imports"}),
            _trade_years,
        ),
    ),
    "indicators": (
        Portion(("factbook_indicators.parquet", "wdi_indicators.parquet"), _indicators),
    ),
    "borders": (Portion(("factbook_borders.tsv",), _borders),),
    "events": (Portion(("casebook_events.tsv",), _events),),
    "joint_votes": (
        Portion(
            ("joint_votes.parquet",),
            _joint_votes_of,
            _joint_votes_of,
            _joint_vote_counts,
            years=_joint_vote_years,
        ),
    ),
    "geography": (Portion(("geography.parquet",), _geography),),
    "vote_totals": _as_it_is(VOTE_TOTALS, "vote_totals.parquet"),
    "vote_neighbours": _as_it_is(VOTE_NEIGHBOURS, "vote_neighbours.parquet"),
    "split_votes": _as_it_is(SPLIT_VOTES, "split_votes.parquet"),
    "ideal_points": _as_it_is(IDEAL_POINTS, "ideal_points.parquet"),
    "voting_rules": _as_it_is(VOTING_RULES, "voting_rules.tsv"),
    "organisation_treaties": _as_it_is(ORGANISATION_TREATIES, "organisation_treaties.tsv"),
    "criteria": _as_it_is(CRITERIA, "criteria.tsv"),
}


@cache
def verdicts() -> pl.DataFrame:
    """Return the embedded verdicts on organisations: ``BINDINGS``, last year, releases, run."""
    found = read("verdicts.tsv")
    casts = [pl.col(name).cast(kind) for name, kind in BINDINGS.schema.items()]
    return found.with_columns(*casts, *(pl.col(n).cast(k) for n, k in VERDICT_MORE.items()))


def names() -> tuple[str, ...]:
    """Return the names of the record tables the package carries."""
    return tuple(PORTIONS)


def _portions(name: str) -> tuple[Portion, ...]:
    if name not in PORTIONS:
        raise SchemaError(
            f"no table {name!r} is embedded; expected one of {', '.join(names())}; correct the name"
        )
    return PORTIONS[name]


@cache
def _whole(name: str, at: int) -> pl.DataFrame:
    return PORTIONS[name][at].build()


@cache
def _counts(name: str, at: int) -> dict[str, int]:
    portion = PORTIONS[name][at]
    if portion.counts is not None:
        return portion.counts()
    return dict(_whole(name, at).group_by("source").len().sort("source").iter_rows())


@lru_cache(maxsize=8)
def _part(name: str, at: int, years: tuple[int, int] | None, state: str | None) -> pl.DataFrame:
    part = PORTIONS[name][at].part
    return _whole(name, at) if part is None else part(years, state)


@cache
def table(name: str) -> pl.DataFrame:
    """Return an embedded record table whole, sorted by its key within each portion.

    Raises
    ------
    SchemaError
        If the package carries no table of the name.
    """
    return pl.concat([_whole(name, at) for at in range(len(_portions(name)))])


def partial(name: str) -> bool:
    """Return whether an embedded table has a portion that is read for one state alone."""
    return any(portion.part is not None for portion in PORTIONS.get(name, ()))


@cache
def releases(name: str) -> dict[str, int]:
    """Return the releases that have rows in an embedded table, and how many."""
    found: dict[str, int] = {}
    for at in range(len(_portions(name))):
        found.update(_counts(name, at))
    return dict(sorted(found.items()))


@cache
def years(name: str, release: str, column: str | None) -> dict[str | None, frozenset[int]]:
    """Return the years in which a release has rows, by the value of a column if one is named."""
    for at, portion in enumerate(_portions(name)):
        if release in _counts(name, at):
            if portion.years is not None:
                found = portion.years()
                return dict.fromkeys(sorted(portion.kinds), found) if column else {None: found}
            return years_of(_whole(name, at).filter(pl.col("source") == release), column)
    return {}


def rows(
    name: str,
    wanted: Collection[str],
    *,
    years: tuple[int, int] | None = None,
    state: str | None = None,
) -> pl.DataFrame:
    """Return the rows of some releases of an embedded table, reading no more than is needed.

    Parameters
    ----------
    name : str
        The record table.
    wanted : collection of str
        Releases, as ``source@version``.
    years : tuple of int, optional
        First and last year.
    state : str, optional
        The state whose rows are needed; only large tables are narrowed by it.
    """
    frames: list[pl.DataFrame] = []
    for at, portion in enumerate(_portions(name)):
        own = _counts(name, at)
        asked = [release for release in own if release in wanted]
        if not asked:
            continue
        large = portion.part is not None and (years is not None or state is not None)
        frame = _part(name, at, years, state) if large else _whole(name, at)
        if years is not None and "year" in frame.columns:
            frame = frame.filter(pl.col("year").is_between(*years))
        frames.append(
            frame if len(asked) == len(own) else frame.filter(pl.col("source").is_in(asked))
        )
    if len(frames) == 1:
        return frames[0]
    declared = record(name)
    return _sorted(declared, pl.concat(frames)) if frames else declared.empty()


@cache
def digest(name: str) -> str:
    """Return the SHA-256 of the embedded files a table is made from."""
    content = hashlib.sha256()
    for portion in _portions(name):
        for item in portion.files:
            content.update(path(item).read_bytes())
    return content.hexdigest()


@cache
def origins() -> dict[str, Origin]:
    """Return the origins of every embedded row, by ``source@version``."""
    from multivector import sources

    found: dict[str, Origin] = {}
    for item in sorted(path("").glob("origins*.tsv")):
        for row in read(item.name).iter_rows(named=True):
            origin = _origin(row)
            found[origin.id] = origin
    for row in read("casebook_papers.tsv").iter_rows(named=True):
        origin = _paper(row)
        found[origin.id] = origin
    for name in sources.names():
        found.update({origin.id: origin for origin in sources.module(name).RELEASES})
    return found


def _origin(row: dict[str, str | None]) -> Origin:
    names = ("title", "producer", "citation", "url")
    texts: dict[str, Any] = {key: str(row[key] or "") for key in names}
    return Origin(
        source=str(row["source"]),
        version=str(row["version"]),
        licence=str(row["licence"] or "not stated"),
        retrieved=str(row["retrieved"]),
        **texts,
    )


def _paper(row: dict[str, str | None]) -> Origin:
    author = row["author"] or "[author not named in the text]"
    return Origin(
        source="paper",
        version=str(row["paper"]),
        title=str(row["title"]),
        producer=author,
        citation=f"{author} ({row['year'] or 'n.d.'}). {row['title']}. {row['published'] or ''}",
        url="",
        licence="facts and positions only",
        retrieved="2026-11-21",
        sha256=row["sha256"],
    )
