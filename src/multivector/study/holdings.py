"""Holdings: what the package and the study hold of each record table, and which rows answer.

Several sources may carry the same table. ``Table.choose`` says whether their rows stand side by
side or one source is chosen; an installed source goes before the embedded one, except for tables
edited by hand. No more is read than the question needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from multivector.cache import Memory, share, weight
from multivector.errors import MissingData, UnknownName, choices
from multivector.provenance import fingerprint, source_of
from multivector.study import world
from multivector.study.store import Release, Store
from multivector.tables import Table, record

EMBEDDED = "embedded"

Kinds = frozenset[str] | None


@dataclass(frozen=True)
class Need:
    """What a question needs of a table: years, one state's rows, one kind, one source."""

    years: tuple[int, int] | None = None
    state: str | None = None
    kind: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Chosen:
    """The rows a computation uses, the releases they came from, and what was passed over."""

    frame: pl.DataFrame
    releases: tuple[str, ...]
    content: str
    notes: tuple[str, ...] = ()
    installed: bool = False


@dataclass(frozen=True)
class _Part:
    """The rows one release offers for a table: how many, which bytes, where."""

    release: str
    rows: int
    content: str
    installed: Release | None
    curated: bool = False

    @property
    def source(self) -> str:
        """Return the source's name; a table edited by hand from many sources counts as one."""
        return EMBEDDED if self.curated else source_of(self.release)


class Holdings:
    """The embedded world and the releases of a study as they are now, asked for a table at a time.

    Parameters
    ----------
    store : Store, optional
        The study's store; the embedded world alone without it.
    memory : Memory, optional
        Where tables are kept for the next question.
    """

    def __init__(self, store: Store | None, memory: Memory | None = None) -> None:
        self._store = store
        self._memory = memory
        self._held_kinds: dict[tuple[str, str], frozenset[str]] = {}
        self.stamp = "" if store is None else store.stamp()
        self.installed: tuple[Release, ...] = () if store is None else tuple(store.releases())
        self.origins = {**world.origins(), **{r.id: r.origin for r in self.installed}}

    def table(self, name: str, need: Need) -> Chosen:
        """Return the rows of the source chosen, or of all that stand together.

        Raises
        ------
        MissingData
            If neither the package nor the study has rows for the table.
        UnknownName
            If the source asked for does not carry the table.
        """
        found = self.shared(name, need)
        return replace(found, frame=found.frame.clone())

    def shared(self, name: str, need: Need) -> Chosen:
        """Return the same as ``table`` in a frame that others have too: it must not be changed.

        Raises
        ------
        MissingData
            If neither the package nor the study has rows for the table.
        UnknownName
            If the source asked for does not carry the table.
        """
        if need.state is not None and not self._narrows(name):
            need = replace(need, state=None)
        if self._memory is None:
            return self._table(name, need)
        found = self._memory.keep(
            (self.stamp, "table", name, need),
            lambda: self._table(name, need),
            lambda chosen: weight(chosen.frame),
        )
        share(found.frame)
        return found

    def _narrows(self, name: str) -> bool:
        """Return whether fewer rows are read of the table where one state's are enough."""
        return world.partial(name) or any(name in release.files for release in self.installed)

    def _table(self, name: str, need: Need) -> Chosen:
        table = record(name)
        parts = self._parts(table)
        if need.source is not None:
            parts = _named(parts, need.source)
        if not parts:
            raise _missing(name, need.source)
        if table.choose is None or need.source is not None:
            return self._join(table, [(part, None) for part in parts], need, ())
        if table.follows is not None:
            leader = record(table.follows)
            lead = {part.release for part, _ in self._picked(leader, self._parts(leader))}
            followers = [part for part in parts if part.release in lead]
            return self._join(table, [(part, None) for part in followers], need, ())
        picked = self._picked(table, parts)
        if need.kind is not None:
            picked = [
                (part, kinds) for part, kinds in picked if kinds is None or need.kind in kinds
            ]
        taken = {part.source for part, _ in picked}
        others = sorted({part.source for part in parts} - taken)
        note = (
            f"{name}: {choices(sorted(taken))} used; also available: {choices(others)} "
            "(choose with source=)"
        )
        return self._join(table, picked, need, (note,) if others else ())

    def _parts(self, table: Table) -> list[_Part]:
        parts: list[_Part] = []
        if table.name in world.names():
            content = world.digest(table.name)
            parts += [
                _Part(release, rows, content, None, table.curated)
                for release, rows in world.releases(table.name).items()
            ]
        for release in self.installed:
            if table.name in release.files:
                entry = release.files[table.name]
                part = _Part(release.id, int(entry["rows"]), str(entry["sha256"]), release)
                parts.append(part)
        return parts

    def _picked(self, table: Table, parts: list[_Part]) -> list[tuple[_Part, Kinds]]:
        """Return the parts of the best source, or of the best one for each kind of row."""
        if table.choose is None:
            return [(part, None) for part in parts]
        rows: dict[str, int] = {}
        for part in parts:
            rows[part.source] = rows.get(part.source, 0) + part.rows
        ranked = sorted(
            parts,
            key=lambda part: (
                (part.installed is not None) != table.curated,
                rows[part.source],
                part.source,
            ),
            reverse=True,
        )
        if not table.choose:
            best = ranked[0].source if ranked else None
            return [(part, None) for part in parts if part.source == best]
        taken: set[str] = set()
        picked: list[tuple[_Part, Kinds]] = []
        for source in dict.fromkeys(part.source for part in ranked):
            own = [part for part in parts if part.source == source]
            kinds = {kind for part in own for kind in self._kinds(part, table)} - taken
            if kinds:
                picked += [(part, frozenset(kinds)) for part in own]
                taken |= kinds
        return picked

    def _kinds(self, part: _Part, table: Table) -> frozenset[str]:
        (column,) = table.choose or ()
        if part.installed is None:
            return world.kinds(table.name, part.release, column)
        if (part.content, column) not in self._held_kinds:
            rows = self._scan(part.installed, table).select(column).unique()
            found = self._collect(rows, part.installed, table)[column].drop_nulls()
            self._held_kinds[part.content, column] = frozenset(found)
        return self._held_kinds[part.content, column]

    def _join(
        self,
        table: Table,
        picked: list[tuple[_Part, Kinds]],
        need: Need,
        notes: tuple[str, ...],
    ) -> Chosen:
        frames: list[pl.DataFrame] = []
        for kinds in dict.fromkeys(kinds for _, kinds in picked):
            embedded = [p.release for p, k in picked if p.installed is None and k == kinds]
            if embedded:
                rows = world.rows(table.name, embedded, years=need.years, state=need.state)
                frames.append(_of_kinds(rows.lazy(), table, kinds, need).collect())
        frames += [
            self._collect(
                _of_kinds(self._scan(part.installed, table, need), table, kinds, need),
                part.installed,
                table,
            )
            for part, kinds in picked
            if part.installed is not None
        ]
        frame = pl.concat(frames) if frames else table.empty()
        key = [name for name in table.key if name != "source"]
        if _overlap(table, picked) and "source" in frame.columns:
            frame = frame.sort("source").unique(key, keep="last", maintain_order=True)
        installed = any(part.installed is not None for part, _ in picked)
        if installed or len(frames) > 1:
            frame = frame.sort(key, nulls_last=True, maintain_order=True)
        return Chosen(
            frame,
            tuple(sorted({part.release for part, _ in picked})),
            fingerprint(sorted({part.content for part, _ in picked})),
            notes,
            installed,
        )

    def _scan(self, release: Release, table: Table, need: Need | None = None) -> pl.LazyFrame:
        if self._store is None:
            raise _missing(table.name, release.id)
        rows = self._store.scan(release, table.name)
        if need is not None and need.years is not None and "year" in table.schema:
            rows = rows.filter(pl.col("year").is_between(*need.years))
        if need is not None and need.state is not None:
            concerned = [c for c in ("state", "pole") if c in table.schema]
            rows = rows.filter(pl.any_horizontal(pl.col(concerned) == need.state))
        return rows

    def _collect(self, rows: pl.LazyFrame, release: Release, table: Table) -> pl.DataFrame:
        if self._store is None:
            raise _missing(table.name, release.id)
        return self._store.collect(rows, release, table.name)


def _overlap(table: Table, picked: list[tuple[_Part, Kinds]]) -> bool:
    """Return whether two releases may have a row each for the same: not if their kinds differ."""
    if table.curated or len(picked) < 2:
        return False
    taken = [kinds for _, kinds in picked]
    if table.choose and None not in taken:
        return len(set(taken)) < len(taken)
    return True


def _of_kinds(rows: pl.LazyFrame, table: Table, kinds: Kinds, need: Need) -> pl.LazyFrame:
    if not table.choose:
        return rows
    (column,) = table.choose
    if need.kind is not None:
        return rows.filter(pl.col(column) == need.kind)
    return rows if kinds is None else rows.filter(pl.col(column).is_in(kinds))


def _named(parts: list[_Part], source: str) -> list[_Part]:
    found = [part for part in parts if source in (part.release, part.source)]
    if parts and not found:
        known = sorted({part.source for part in parts})
        raise UnknownName(
            f"there are no rows from {source!r}; expected one of {choices(known)}; correct the name"
        )
    return found


def _missing(name: str, source: str | None) -> MissingData:
    return MissingData(
        f"there are no rows for the table {name}"
        + (f" from {source!r}" if source else "")
        + "; expected a data set that has them; add one with "
        "'multivector --study DIR data add FILE' (see 'multivector data list --all')"
    )
