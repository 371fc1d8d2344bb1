"""Holdings: what the package and the study hold of each record table, and which rows answer.

Several releases may carry the same table. ``Table.choose`` says whether their rows stand side by
side or are joined by coverage, for every kind of row and year (``joining``). Tables edited by hand
come before installed ones. No more is read than the question needs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

from multivector import sources
from multivector.cache import Memory, share, weight
from multivector.errors import MissingData, UnknownName, choices
from multivector.provenance import Coverage, Years, fingerprint, ranges, source_of
from multivector.study import joining, world
from multivector.study.joining import Offer, Share, years_of
from multivector.study.store import Release, Store
from multivector.tables import Table, record

EMBEDDED = "embedded"
_NEWEST = "9999"


@dataclass(frozen=True)
class Need:
    """What a question needs of a table: years, one state's rows, one kind, one source.

    ``but`` are years that another table answers already.
    """

    years: tuple[int, int] | None = None
    state: str | None = None
    kind: str | None = None
    source: str | None = None
    but: Years = frozenset()


@dataclass(frozen=True)
class Chosen:
    """The rows a computation uses, the releases they came from, and what they cover."""

    frame: pl.DataFrame
    releases: tuple[str, ...]
    content: str
    notes: tuple[str, ...] = ()
    installed: bool = False
    coverage: tuple[Coverage, ...] = ()

    @property
    def years(self) -> Years:
        """Return the years for which rows were chosen."""
        return frozenset().union(*(c.used for c in self.coverage))


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
        self._held_years: dict[tuple[str, str], dict[str | None, Years]] = {}
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

    def carries(self, name: str, source: str) -> bool:
        """Return whether a source or release has rows of a table."""
        return any(source in (part.release, part.source) for part in self._parts(record(name)))

    def years(self, name: str, need: Need) -> Years:
        """Return the years for which rows would be chosen, without reading them."""
        table = record(name)
        if not _by_year(table):
            return frozenset()
        shares = self._shares(table, self._parts(table), need)
        return frozenset().union(*(part.years for part in shares))

    def _table(self, name: str, need: Need) -> Chosen:
        table = record(name)
        parts = self._parts(table)
        if need.source is not None:
            parts = _named(parts, need.source)
        if not parts:
            raise _missing(name, need.source)
        if table.follows is not None and need.source is None:
            leader = record(table.follows)
            taken = self._shares(leader, self._parts(leader), need)
            follows = {share.offer.release: share.years for share in taken}
            shares = [
                Share(self._offer(part, table), None, follows[part.release])
                for part in parts
                if part.release in follows
            ]
            return self._join(table, parts, shares, need, ())
        if not _by_year(table):
            return self._whole(table, parts, need)
        shares = self._shares(table, parts, need)
        return self._join(table, parts, shares, need, self._notes(table, parts, shares, need))

    def _shares(self, table: Table, parts: list[_Part], need: Need) -> list[Share]:
        """Return which part answers for which years of each kind."""
        kinds = None if need.kind is None or not table.choose else (need.kind,)
        offers = [self._offer(part, table) for part in parts]
        if table.scaled and offers:
            offers = [max(offers, key=lambda o: (o.own, _most(o, need), o.rank(None)))]
        found = joining.assigned(offers, kinds)
        kept = [Share(s.offer, s.kind, _asked(s.years, need) - need.but) for s in found]
        return [share for share in kept if share.years]

    def _offer(self, part: _Part, table: Table) -> Offer:
        origin = self.origins.get(part.release)
        known = None if origin is None else origin.vintage
        unknown = _NEWEST if part.installed is not None else ""
        pinned = part.installed is None or not part.release.partition("@")[2].startswith("file-")
        return Offer(
            part.release,
            self._years(part, table),
            known if pinned and known is not None else unknown,
            part.installed is not None,
            origin is not None and origin.own,
            table.name in sources.lists(source_of(part.release)),
        )

    def _whole(self, table: Table, parts: list[_Part], need: Need) -> Chosen:
        """Return every part's rows, or those of the best source, of a table not joined by year."""
        picked = parts
        if table.choose is not None and need.source is None:
            best = max(parts, key=lambda p: ((p.installed is None) == table.curated, p.release))
            own = {p.release for p in parts if table.curated and self._offer(p, table).own}
            picked = [p for p in parts if p.source == best.source or p.release in own]
        shares = [Share(self._offer(part, table), None, frozenset()) for part in picked]
        others = sorted({part.source for part in parts} - {part.source for part in picked})
        note = _also(table, {part.source for part in picked}, others)
        return self._join(table, picked, shares, need, (note,) if others else ())

    def _notes(
        self, table: Table, parts: list[_Part], shares: list[Share], need: Need
    ) -> tuple[str, ...]:
        """Return what a reader should know: who else has rows, where one source meets another."""
        notes = []
        taken = {source_of(share.offer.release) for share in shares}
        others = sorted({part.source for part in parts} - taken)
        if others and taken and need.source is None:
            notes.append(_also(table, taken, others))
        answered: dict[str, set[int]] = {}
        for part in shares:
            used = _asked(part.years, need)
            if used:
                answered.setdefault(part.offer.release, set()).update(used)
        if len(answered) > 1:
            pieces = (f"{ranges(y)} from {r}" for r, y in sorted(answered.items(), key=_first))
            notes.append(f"{table.name} is joined: {'; '.join(pieces)}")
        return tuple(notes)

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

    def _years(self, part: _Part, table: Table) -> dict[str | None, Years]:
        """Return the years in which a part has rows, by kind; none for a table without years."""
        if "year" not in table.schema:
            return {}
        column = table.choose[0] if table.choose else None
        if part.installed is None:
            return world.years(table.name, part.release, column)
        listed = part.installed.years(table.name)
        if listed is not None:
            return listed
        key = (part.content, column or "")
        if key not in self._held_years:
            columns = ["year"] if column is None else [column, "year"]
            rows = self._scan(part.installed, table).select(columns).unique()
            found = self._collect(rows, part.installed, table)
            self._held_years[key] = years_of(found, column)
        return self._held_years[key]

    def _join(
        self,
        table: Table,
        parts: Collection[_Part],
        shares: list[Share],
        need: Need,
        notes: tuple[str, ...],
    ) -> Chosen:
        """Return the rows of the shares as one table, the best first where two have one key."""
        by_release = {part.release: part for part in parts}
        order = {offer.release: at for at, offer in enumerate(_ranked(shares))}
        frames = [self._embedded(table, by_release, shares, need)]
        frames += [
            self._collect(
                _of_shares(self._scan(part.installed, table, need), table, own, need),
                part.installed,
                table,
            )
            for part, own in _by_part(by_release, shares)
            if part.installed is not None
        ]
        held = [frame for frame in frames if frame is not None]
        frame = pl.concat(held) if held else table.empty()
        frame = _first_of(frame, table, order, shares)
        installed = any(by_release[s.offer.release].installed is not None for s in shares)
        if installed or len(held) > 1:
            key = [name for name in table.key if name != "source"]
            frame = frame.sort(key, nulls_last=True, maintain_order=True)
        used = sorted({share.offer.release for share in shares})
        return Chosen(
            frame,
            tuple(used),
            fingerprint(sorted({by_release[release].content for release in used})),
            notes,
            installed,
            _coverage(table, shares, need),
        )

    def _embedded(
        self, table: Table, parts: dict[str, _Part], shares: list[Share], need: Need
    ) -> pl.DataFrame | None:
        own = [share for share in shares if parts[share.offer.release].installed is None]
        if not own:
            return None
        releases = list(dict.fromkeys(share.offer.release for share in own))
        rows = world.rows(table.name, releases, years=need.years, state=need.state)
        return _of_shares(rows.lazy(), table, own, need).collect()

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


def _by_year(table: Table) -> bool:
    """Return whether a table's releases are joined year by year."""
    return table.choose is not None and not table.curated and "year" in table.schema


def _most(offer: Offer, need: Need) -> int:
    """Return how many of the years asked for an offer has."""
    return len(_asked(frozenset().union(*offer.years.values()), need))


def _asked(years: Years, need: Need) -> Years:
    """Return the years that were asked for."""
    if need.years is None:
        return years
    first, last = need.years
    return frozenset(year for year in years if first <= year <= last)


def _first(item: tuple[str, set[int]]) -> int:
    return min(item[1])


def _also(table: Table, taken: Collection[str], others: Collection[str]) -> str:
    return (
        f"{table.name}: {choices(sorted(taken))} used; also available: {choices(others)} "
        "(choose with source=)"
    )


def _ranked(shares: list[Share]) -> list[Offer]:
    """Return the offers of some shares, the one that goes first before the others."""
    kinds = {share.offer.release: share.kind for share in shares}
    offers = {share.offer.release: share.offer for share in shares}
    ranked = sorted(offers, key=lambda name: offers[name].rank(kinds[name]), reverse=True)
    return [offers[name] for name in ranked]


def _by_part(parts: dict[str, _Part], shares: list[Share]) -> list[tuple[_Part, list[Share]]]:
    found: dict[str, list[Share]] = {}
    for own in shares:
        found.setdefault(own.offer.release, []).append(own)
    return [(parts[release], taken) for release, taken in found.items()]


def _of_shares(rows: pl.LazyFrame, table: Table, shares: list[Share], need: Need) -> pl.LazyFrame:
    """Return the rows that belong to the shares: their release, kind and years."""
    if table.choose and need.kind is not None:
        rows = rows.filter(pl.col(table.choose[0]) == need.kind)
    if not _by_year(table) and table.follows is None:
        return rows
    tests = []
    for own in shares:
        test = (pl.col("source") == own.offer.release) & pl.col("year").is_in(sorted(own.years))
        if own.kind is not None and table.choose:
            test &= pl.col(table.choose[0]) == own.kind
        tests.append(test)
    return rows.filter(pl.any_horizontal(tests)) if tests else rows.clear()


def _first_of(
    frame: pl.DataFrame, table: Table, order: dict[str, int], shares: list[Share]
) -> pl.DataFrame:
    """Return one row a key, that of the release that goes first; of one's own data all of a state.

    Where one's own data have rows for a state, a kind and a year, those of others are left out.
    """
    if len(order) < 2 or table.curated or "source" not in frame.columns:
        return frame
    place = pl.col("source").replace_strict(order, return_dtype=pl.Int64)
    frame = frame.with_columns(_place=place)
    own = [share.offer.release for share in shares if share.offer.own]
    if own and _by_year(table) and "state" in frame.columns:
        key = [*(table.choose or ()), "state", "year"]
        mine = frame.filter(pl.col("source").is_in(own)).select(key).unique()
        theirs = frame.filter(~pl.col("source").is_in(own))
        theirs = theirs.join(mine, on=key, how="anti", maintain_order="left")
        frame = pl.concat([frame.filter(pl.col("source").is_in(own)), theirs])
    key = [name for name in table.key if name != "source"]
    best = pl.col("_place") == pl.col("_place").min().over(key)
    return frame.filter(best).drop("_place")


def _of_whole(table: Table, offer: Offer, need: Need) -> Coverage:
    """Return the coverage of a release whose rows stand beside others', or have no years."""
    covered: Years = frozenset().union(*offer.years.values())
    if not covered:
        return Coverage(table.name, offer.release)
    first, last = min(covered), max(covered)
    holes = frozenset(range(first, last + 1)) - covered
    return Coverage(table.name, offer.release, first, last, _asked(covered, need), holes)


def _coverage(table: Table, shares: list[Share], need: Need) -> tuple[Coverage, ...]:
    """Return what each release covers, the years of it that answer, and those nobody has."""
    if not _by_year(table) and table.follows is None:
        return tuple(_of_whole(table, offer, need) for offer in _ranked(shares))
    answered: Years = frozenset().union(*(share.years for share in shares))
    wanted = range(need.years[0], need.years[1] + 1) if need.years else ()
    missing = frozenset(wanted) - answered - need.but
    found = []
    for offer in _ranked(shares):
        own = [share for share in shares if share.offer is offer or share.offer == offer]
        covered: Years = frozenset().union(
            *(offer.years.get(share.kind, frozenset()) for share in own)
        )
        used = frozenset(_asked(frozenset().union(*(share.years for share in own)), need))
        first, last = min(covered, default=None), max(covered, default=None)
        holes = frozenset(range(min(covered), max(covered) + 1)) - covered if covered else covered
        found.append(Coverage(table.name, offer.release, first, last, used, holes, missing))
    return tuple(found)


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
