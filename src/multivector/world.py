"""The world in a box: the small sourced tables the package carries.

Each file in ``data/`` is a table a person can edit, or, where a script of ours made it from a
producer's file, a Parquet file. This module reads them, once, in the shape of the record tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from multivector.errors import SchemaError
from multivector.provenance import Origin
from multivector.tables import (
    BORDERS,
    CRITERIA,
    EVENTS,
    FLOWS_TABLE,
    IDEAL_POINTS,
    INDICATORS,
    JOINT_VOTES,
    MEMBERSHIPS,
    ORGANISATIONS,
    SPLIT_VOTES,
    VOTE_TOTALS,
    VOTING_RULES,
    Table,
)

_DATA = files("multivector") / "data"


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


@cache
def digest(name: str) -> str:
    """Return the SHA-256 of the embedded files a table is made from."""
    content = hashlib.sha256()
    for item in FILES[name]:
        content.update(path(item).read_bytes())
    return content.hexdigest()


def _typed(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    flags = [c.name for c in table.columns if c.kind == "boolean" and c.name in frame.columns]
    flags = [name for name in flags if frame[name].dtype == pl.String]
    rows = table.conform(frame.with_columns(pl.col(name) == "true" for name in flags))
    return _sorted(table, rows)


def _sorted(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    key = [name for name in table.key if name != "source"]
    return rows.sort(key, nulls_last=True, maintain_order=True)


def _organisations() -> pl.DataFrame:
    return _typed(ORGANISATIONS, read("organisations.tsv"))


def _memberships() -> pl.DataFrame:
    return _typed(MEMBERSHIPS, read("memberships.tsv"))


def _flows() -> pl.DataFrame:
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


def _voting_rules() -> pl.DataFrame:
    return _typed(VOTING_RULES, read("voting_rules.tsv"))


def _criteria() -> pl.DataFrame:
    return _typed(CRITERIA, read("criteria.tsv"))


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
            universe=pl.lit(name),
        )
        frames.append(part.filter(pl.sum_horizontal(cells) > 0).select(kept.columns))
    return pl.concat(frames)


def _joint_votes() -> pl.DataFrame:
    return _sorted(JOINT_VOTES, unpacked(_typed(JOINT_VOTES, read("joint_votes.parquet"))))


def _vote_totals() -> pl.DataFrame:
    return _typed(VOTE_TOTALS, read("vote_totals.parquet"))


def _split_votes() -> pl.DataFrame:
    return _typed(SPLIT_VOTES, read("split_votes.parquet"))


def _ideal_points() -> pl.DataFrame:
    return _typed(IDEAL_POINTS, read("ideal_points.parquet"))


_BUILD: dict[str, Callable[[], pl.DataFrame]] = {
    "organisations": _organisations,
    "memberships": _memberships,
    "flows": _flows,
    "indicators": _indicators,
    "borders": _borders,
    "events": _events,
    "joint_votes": _joint_votes,
    "vote_totals": _vote_totals,
    "split_votes": _split_votes,
    "ideal_points": _ideal_points,
    "voting_rules": _voting_rules,
    "criteria": _criteria,
}

FILES: dict[str, tuple[str, ...]] = {
    "organisations": ("organisations.tsv",),
    "memberships": ("memberships.tsv",),
    "flows": ("factbook_partners.tsv",),
    "indicators": ("factbook_indicators.parquet", "wdi_indicators.parquet"),
    "borders": ("factbook_borders.tsv",),
    "events": ("casebook_events.tsv",),
    "joint_votes": ("joint_votes.parquet",),
    "vote_totals": ("vote_totals.parquet",),
    "split_votes": ("split_votes.parquet",),
    "ideal_points": ("ideal_points.parquet",),
    "voting_rules": ("voting_rules.tsv",),
    "criteria": ("criteria.tsv",),
}


@cache
def names() -> tuple[str, ...]:
    """Return the names of the record tables the package carries."""
    return tuple(name for name in _BUILD if all(path(file).is_file() for file in FILES[name]))


@cache
def table(name: str) -> pl.DataFrame:
    """Return an embedded record table, sorted by its key.

    Raises
    ------
    SchemaError
        If the package carries no table of the name.
    """
    if name not in names():
        raise SchemaError(
            f"no table {name!r} is embedded; expected one of {', '.join(names())}; correct the name"
        )
    return _BUILD[name]()


@cache
def releases(name: str) -> dict[str, int]:
    """Return the releases that have rows in an embedded table, and how many."""
    if name == JOINT_VOTES.name:
        counted = _scan(name).group_by("source").len().collect()
    else:
        counted = table(name).group_by("source").len()
    return dict(counted.sort("source").iter_rows())


@lru_cache(maxsize=4)
def joint_votes(state: str) -> pl.DataFrame:
    """Return the embedded joint votes of one state, without unpacking those of all others."""
    concerned = (pl.col("state") == state) | (pl.col("pole") == state)
    stored = _typed(JOINT_VOTES, _scan(JOINT_VOTES.name).filter(concerned).collect())
    return _sorted(JOINT_VOTES, unpacked(stored))


def _scan(name: str) -> pl.LazyFrame:
    return pl.scan_parquet(path(FILES[name][0]))


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
    told = {key: str(row[key] or "") for key in ("title", "producer", "citation", "url")}
    return Origin(
        source=str(row["source"]),
        version=str(row["version"]),
        licence=str(row["licence"] or "not stated"),
        retrieved=str(row["retrieved"]),
        **told,
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
