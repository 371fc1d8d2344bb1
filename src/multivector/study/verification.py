"""Verification: what the package carries, computed again from the producers' files a study has.

The embedded counts of UN votes and the embedded trade of pairs were made by our scripts from
producers' files. Where a study has the same release installed, they are made again and compared,
row by row.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from multivector.measures import _extracts as extracts
from multivector.measures import neighbours
from multivector.sources import baci_totals
from multivector.study import world
from multivector.study.store import Release, Store
from multivector.tables import Table, record

Tables = dict[str, pl.DataFrame]


def _votes(
    make: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame],
) -> Callable[[Tables], pl.DataFrame]:
    return lambda tables: make(tables["votes"], tables["rollcalls"])


def _trade(tables: Tables) -> pl.DataFrame:
    return baci_totals.unpacked(baci_totals.packed(tables["flows"]))


_AGAIN: dict[str, tuple[str, tuple[str, ...], Callable[[Tables], pl.DataFrame]]] = {
    "joint_votes": ("unga_votes", ("votes", "rollcalls"), _votes(extracts.joint_votes)),
    "vote_totals": ("unga_votes", ("votes", "rollcalls"), _votes(extracts.vote_totals)),
    "split_votes": ("unga_votes", ("votes", "rollcalls"), _votes(extracts.split_votes)),
    "vote_neighbours": ("unga_votes", ("votes", "rollcalls"), _votes(neighbours.windows)),
    "flows": ("baci_totals", ("flows",), _trade),
}


def embedded(store: Store) -> pl.DataFrame:
    """Return one row an embedded table that could be computed again: rows, whether it is equal."""
    rows: list[tuple[str, str, int, bool, str | None]] = []
    for name, (source, needs, again) in _AGAIN.items():
        for release in store.releases():
            carried = release.id in world.releases(name)
            if (
                release.origin.source != source
                or not carried
                or not set(needs) <= set(release.files)
            ):
                continue
            tables = {need: _read(store, release, need) for need in needs}
            table = record(name)
            found = _ordered(table, again(tables))
            same = _ordered(table, world.rows(name, [release.id])).equals(found)
            fault = None if same else "differs from what the installed file gives"
            rows.append((f"embedded {release.id}", name, found.height, same, fault))
    return pl.DataFrame(rows, schema=store.VERIFIED, orient="row")


def _read(store: Store, release: Release, table: str) -> pl.DataFrame:
    return store.collect(store.scan(release, table), release, table)


def _ordered(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    return table.conform(rows).sort(table.key, nulls_last=True)
