"""The workspace: the one code path from data to answers.

The command line, a notebook and the browser call the same few methods. A workspace without a folder
answers from the embedded world alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector import measures, organisations, sources, states, world
from multivector.errors import BadValue, MissingData, StudyError, UnknownName, choices
from multivector.judgements import SOURCE, Judgements
from multivector.measures import Measure
from multivector.options import check_year, coerce, year_range
from multivector.provenance import Origin, Result, Run, fingerprint
from multivector.store import Release, Store, query
from multivector.tables import CODINGS, FLOWS, JOINT_VOTES, Table, record

if TYPE_CHECKING:
    from multivector.brief import Brief

_STATE_COLUMNS = ("state", "state_a", "state_b", "partner", "pole")
EMBEDDED = "embedded"
_ROW_FILTERS = ("state", "state_a", "state_b", "partner")


@dataclass(frozen=True)
class _Part:
    """The rows one source offers for a table: where they are, how many, which release."""

    release: str
    rows: int
    content: str
    installed: Release | None
    curated: bool = False

    @property
    def source(self) -> str:
        """Return the source's name; a table edited by hand from many sources counts as one."""
        return EMBEDDED if self.curated else self.release.split("@")[0]


@dataclass(frozen=True)
class Chosen:
    """The rows a computation uses, the releases they came from, and what was passed over."""

    frame: pl.DataFrame
    releases: tuple[str, ...]
    content: str
    notes: tuple[str, ...] = ()


class Workspace:
    """A study folder, or the embedded world alone.

    Parameters
    ----------
    path : str or Path, optional
        The study's folder; it is made at the first import. Without it nothing can be stored.

    Examples
    --------
    >>> import multivector as mv
    >>> shares = mv.Workspace().compute("partner_shares", state="KAZ", flow="exports")
    >>> shares.frame.columns
    ['state', 'partner', 'year', 'flow', 'value', 'low', 'high', 'n']
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path).expanduser()
        self._store = None if self.path is None else Store(self.path)

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})" if self.path else "Workspace()"

    @property
    def store(self) -> Store:
        """Return the study's store.

        Raises
        ------
        StudyError
            If the workspace has no folder.
        """
        if self._store is None:
            raise StudyError(
                "this workspace has no folder; expected a study to store data in; "
                "name one: --study DIR, MULTIVECTOR_STUDY=DIR, or Workspace('DIR')"
            )
        return self._store

    # --- data sets

    def load(
        self, path: str | Path, *, source: str | None = None, extract: bool = False
    ) -> Release:
        """Import a producer's file, recognised by its content, and return the stored release.

        Parameters
        ----------
        path : str or Path
            The file or folder as the producer publishes it.
        source : str, optional
            The source's name, where recognising is not wanted.
        extract : bool
            Accept a part of the data set, with fewer rows than a whole release.

        Raises
        ------
        UnreadableFile
            If no source knows the file or it is damaged.
        SchemaError, SourceChanged
            If its rows are not as declared or not as many as expected.
        StudyError
            If the study cannot be written. Nothing of the import remains after any error.
        """
        store = self.store
        loaded = sources.load(Path(path).expanduser(), source=source, extract=extract)
        return store.add(loaded.origin, loaded.tables, loaded.report)

    def remove(self, name: str) -> list[str]:
        """Remove installed releases by source or ``source@version``; return their ids."""
        return self.store.remove(name)

    def releases(self) -> list[Release]:
        """Return the installed releases."""
        return [] if self._store is None else self._store.releases()

    def verify(self) -> pl.DataFrame:
        """Return one row a stored table: whether its bytes are as imported."""
        return self.store.verify()

    def inventory(self) -> pl.DataFrame:
        """Return one row a table and release, embedded and installed, with rows and licence."""
        origins = self.origins()
        rows: list[tuple[str, str, int, bool, str | None]] = []
        for name in world.names():
            counts = world.releases(name).items()
            rows += [(name, r, n, False, _licence(origins.get(r))) for r, n in counts]
        for release in self.releases():
            rows += [
                (table, release.id, int(entry["rows"]), True, release.origin.licence)
                for table, entry in sorted(release.files.items())
            ]
        schema = {
            "table": pl.String,
            "release": pl.String,
            "rows": pl.Int64,
            "installed": pl.Boolean,
            "licence": pl.String,
        }
        return pl.DataFrame(rows, schema=schema, orient="row").sort("table", "release")

    def origins(self) -> dict[str, Origin]:
        """Return the origins of embedded and installed rows, by ``source@version``."""
        return {**world.origins(), **{r.id: r.origin for r in self.releases()}}

    def cite(self, releases: Iterable[str] | None = None) -> str:
        """Return the bibliography of some releases, or of every release in the workspace."""
        from multivector.provenance import bibliography

        known = self.origins()
        chosen = known if releases is None else releases
        return bibliography(known[r] for r in chosen if r in known)

    # --- tables

    def table(
        self,
        name: str,
        *,
        years: tuple[int, int] | None = None,
        source: str | None = None,
        flow: str | None = None,
        state: str | None = None,
    ) -> Chosen:
        """Return a record table: the rows of the source chosen, or of all that stand together.

        Parameters
        ----------
        name : str
            Name of the record table.
        years : tuple of int, optional
            First and last year, for tables that have years.
        source : str, optional
            ``source`` or ``source@version`` to use instead of the default choice.
        flow : str, optional
            The kind of flow wanted, for the table of flows.
        state : str, optional
            Only the pairs with this state, for the table of joint votes.

        Raises
        ------
        MissingData
            If neither the package nor the study has rows for the table.
        """
        declared = record(name)
        if declared is CODINGS:
            return self._codings()
        parts = self._parts(declared)
        if source is not None:
            parts = _named(parts, source)
        if not parts:
            raise MissingData(
                f"there are no rows for the table {name}"
                + (f" from {source!r}" if source else "")
                + "; expected a data set that has them; add one with "
                "'multivector --study DIR data add FILE' (see 'multivector data list --all')"
            )
        if declared.choose is None or source is not None:
            return self._join(declared, [(part, None) for part in parts], years, state=state)
        return self._choose(declared, parts, years, flow, state)

    def _parts(self, table: Table) -> list[_Part]:
        parts: list[_Part] = []
        if table.name in world.names():
            content = world.digest(table.name)
            parts += [
                _Part(release, rows, content, None, table.curated)
                for release, rows in world.releases(table.name).items()
            ]
        for release in self.releases():
            if table.name in release.files:
                entry = release.files[table.name]
                part = _Part(release.id, int(entry["rows"]), str(entry["sha256"]), release)
                parts.append(part)
        return parts

    def _scan(self, part: _Part, table: Table) -> pl.LazyFrame:
        if part.installed is None:
            rows = world.table(table.name).lazy()
            return rows.filter(pl.col("source") == part.release)
        return self.store.scan(part.installed, table.name)

    def _rows(
        self, part: _Part, table: Table, years: tuple[int, int] | None, only: pl.DataFrame | None
    ) -> pl.DataFrame:
        rows = self._scan(part, table)
        if years is not None and "year" in table.schema:
            rows = rows.filter(pl.col("year").is_between(*years))
        if only is not None:
            rows = rows.join(only.lazy(), on=only.columns, how="semi")
        if part.installed is None:
            return rows.collect()
        return self.store.collect(rows, part.installed, table.name)

    def _choose(
        self,
        table: Table,
        parts: list[_Part],
        years: tuple[int, int] | None,
        flow: str | None = None,
        state: str | None = None,
    ) -> Chosen:
        leader = table if table.follows is None else record(table.follows)
        if leader is not table:
            chosen = {p.release for p, _ in self._picked(leader, self._parts(leader))}
            return self._join(table, [(p, None) for p in parts if p.release in chosen], years)
        picked = self._picked(table, parts)
        if flow is not None:
            wanted = pl.col("flow") == flow
            narrowed = [(p, None if c is None else c.filter(wanted)) for p, c in picked]
            picked = [(p, c) for p, c in narrowed if c is None or c.height]
        taken = {part.source for part, _ in picked}
        others = sorted({part.source for part in parts} - taken)
        note = (
            f"{table.name}: {choices(sorted(taken))} used; also available: {choices(others)} "
            "(choose with source=)"
        )
        return self._join(table, picked, years, (note,) if others else (), state=state)

    def _picked(self, table: Table, parts: list[_Part]) -> list[tuple[_Part, pl.DataFrame | None]]:
        """Return the parts of the best source for each combination of the choosing columns."""
        if table.choose is None:
            return [(part, None) for part in parts]
        ranked = sorted(parts, key=lambda part: self._rank(table, parts, part), reverse=True)
        if not table.choose:
            best = ranked[0].source
            return [(part, None) for part in parts if part.source == best]
        columns = list(table.choose)
        taken: pl.DataFrame | None = None
        picked: list[tuple[_Part, pl.DataFrame | None]] = []
        for source in dict.fromkeys(part.source for part in ranked):
            own = [part for part in parts if part.source == source]
            combos = pl.concat(
                [self._scan(part, table).select(columns).unique().collect() for part in own]
            ).unique()
            if taken is not None:
                combos = combos.join(taken, on=columns, how="anti")
            if combos.height:
                picked += [(part, combos) for part in own]
                taken = combos if taken is None else pl.concat([taken, combos])
        return picked

    @staticmethod
    def _rank(table: Table, parts: list[_Part], part: _Part) -> tuple[bool, int, str]:
        rows = sum(other.rows for other in parts if other.source == part.source)
        preferred = (part.installed is not None) != table.curated
        return preferred, rows, part.source

    def _join(
        self,
        table: Table,
        picked: list[tuple[_Part, pl.DataFrame | None]],
        years: tuple[int, int] | None,
        notes: tuple[str, ...] = (),
        *,
        state: str | None = None,
    ) -> Chosen:
        whole = [p.release for p, only in picked if p.installed is None and only is None]
        frames = [
            self._rows(part, table, years, only)
            for part, only in picked
            if part.installed is not None or only is not None
        ]
        if whole:
            frames.append(_embedded(table, whole, years, state))
        frame = pl.concat(frames) if frames else table.empty()
        key = [name for name in table.key if name != "source"]
        several = "source" in frame.columns and len(picked) > 1
        if several:
            frame = frame.sort("source").unique(key, keep="last", maintain_order=True)
        if several or not whole or len(frames) > 1:
            frame = frame.sort(key, nulls_last=True)
        releases = tuple(sorted({part.release for part, _ in picked}))
        content = fingerprint(sorted({part.content for part, _ in picked}))
        return Chosen(frame, releases, content, notes)

    # --- answers

    def compute(
        self,
        name: str,
        *,
        years: tuple[int, int] | int | str | None = None,
        source: str | None = None,
        **options: Any,
    ) -> Result:
        """Compute a measure over the workspace's tables.

        Parameters
        ----------
        name : str
            A measure of the catalogue.
        years : tuple of int, int or str, optional
            First and last year, one year, or ``"1992:2019"``.
        source : str, optional
            Source or release to take the tables from.
        **options
            The measure's own options; ``state``, ``state_a``, ``state_b`` and ``partner`` keep the
            rows that concern these states where the measure itself has no such option.

        Raises
        ------
        UnknownName
            If the measure or an option is not known.
        BadValue
            If an option's value is not allowed.
        MissingData
            If a table it needs is neither embedded nor installed.
        """
        measure = measures.find(name)
        span = year_range(years)
        given, keep = self._options(measure, options, span)
        early = None if "years" in measure.options else span
        frames, chosen = self._inputs(measure, early, source, given)
        output = measure.function(**frames, **given)
        frame = output if measure.main is None else getattr(output, measure.main)
        frame = _concerning(frame, keep)
        known = {key: given.get(key, option.default) for key, option in measure.options.items()}
        asked = {**known, **keep, "years": span, "source": source}
        releases = tuple(sorted({r for c in chosen.values() for r in c.releases}))
        inputs = {key: c.content for key, c in chosen.items()}
        run = Run(name, dict(sorted(asked.items())), releases, inputs, _version())
        origins = self.origins()
        return Result(
            frame,
            run,
            tuple(note for c in chosen.values() for note in c.notes),
            tuple(origins[r] for r in releases if r in origins),
            measure.references,
            {} if measure.main is None else _frames(output),
        )

    def _options(
        self, measure: Measure, options: dict[str, Any], span: tuple[int, int] | None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        given: dict[str, Any] = {}
        keep: dict[str, str] = {}
        for key, value in options.items():
            if key in measure.options:
                given[key] = coerce(measure.options[key], value)
            elif key in _ROW_FILTERS:
                keep[key] = states.identify(value)
            else:
                known = sorted({*measure.options, *_ROW_FILTERS, "years", "source"})
                raise UnknownName(
                    f"{measure.name} has no option {key!r}; expected one of "
                    f"{choices(known, 40)}; correct the name"
                )
        if "years" in measure.options and span is not None:
            given["years"] = span
        missing = [k for k, option in measure.options.items() if option.required and k not in given]
        if missing:
            raise BadValue(
                f"{measure.name} needs {choices(missing)}; expected a value for each; "
                f"see 'multivector measure {measure.name} --help'"
            )
        return given, keep

    def _inputs(
        self,
        measure: Measure,
        span: tuple[int, int] | None,
        source: str | None,
        given: dict[str, Any],
    ) -> tuple[dict[str, pl.DataFrame], dict[str, Chosen]]:
        frames: dict[str, pl.DataFrame] = {}
        chosen: dict[str, Chosen] = {}
        first: MissingData | None = None
        flow = given.get("flow") if given.get("flow") in FLOWS else None
        for parameter, table in measure.inputs.items():
            try:
                wanted = flow if "flow" in table.schema else None
                beside = table.curated and bool(frames)
                asked = None if beside else source
                alone = table is JOINT_VOTES and "poles" not in measure.options
                pair = given.get("state") if alone else None
                found = self.table(table.name, years=span, source=asked, flow=wanted, state=pair)
            except MissingData as error:
                first = first or error
                if parameter not in measure.optional:
                    raise
                continue
            frames[parameter] = found.frame
            chosen[table.name] = found
        if not frames and first is not None:
            raise first
        return frames, chosen

    def query(self, sql: str) -> pl.DataFrame:
        """Return the answer to a SQL question over every record table, embedded and installed."""
        return query(sql, {name: world.table(name) for name in world.names()}, self.releases())

    def brief(self, state: str, *, poles: object = None, year: object = None) -> Brief:
        """Return a sourced picture of a state's foreign policy.

        Parameters
        ----------
        state : str
            A state by name or code.
        poles : sequence of str or str, optional
            States or organisations to measure against; the default set of the poles table if not
            given.
        year : int, optional
            Show the picture as of this year; the newest the data allow if not given.
        """
        from multivector.brief import build

        return build(self, state, poles=poles, year=year)

    # --- names

    def identify(
        self, names: Iterable[str], *, year: object = None, scheme: str | None = None
    ) -> pl.DataFrame:
        """Return the state each name or code means: input, state, name, year."""
        when = None if year is None else check_year(year)
        found = [(n, states.identify(n, year=when, scheme=scheme)) for n in names]
        rows = [(given, state, states.name(state), when) for given, state in found]
        schema = {"input": pl.String, "state": pl.String, "name": pl.String, "year": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def states(self, *, year: object = None) -> pl.DataFrame:
        """Return the states of a year, or of today, with their names."""
        codes = states.today() if year is None else states.existing(check_year(year))
        rows = [(code, states.name(code)) for code in codes]
        return pl.DataFrame(rows, schema={"state": pl.String, "name": pl.String}, orient="row")

    def organisation(self, name: str | None = None, *, on: str | None = None) -> pl.DataFrame:
        """Return the organisations, or the membership spells of one, all or those of a day."""
        if name is None:
            table = world.table("organisations")
            return table if on is None else organisations.living(table, on)
        return organisations.members(name, on=on)

    def sources(self) -> pl.DataFrame:
        """Return every source that can be added: its releases, producer, licence and address."""
        rows = [
            (name, o.id, o.title, o.producer, o.licence, o.url)
            for name in sources.names()
            for o in sources.module(name).RELEASES
        ]
        columns = ("source", "release", "title", "producer", "licence", "url")
        return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")

    def measures(self) -> pl.DataFrame:
        """Return the catalogue: every measure, its family, tables, options and what it says."""
        rows = [
            (m.name, m.family, ";".join(t.name for t in m.inputs.values()), m.summary)
            for m in measures.catalogue().values()
        ]
        columns = ("measure", "family", "tables", "summary")
        return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")

    # --- judgements

    def decide(self, kind: str, subject: str, value: Any, *, coder: str, **more: Any) -> int:
        """Append a judgement to the study and return its number; see ``Judgements.record``."""
        return self._judgements().record(kind, subject, value, coder=coder, **more)

    def judgements(self, *, history: bool = False) -> pl.DataFrame:
        """Return the judgements in force; with ``history`` also those superseded."""
        return self._judgements().frame(history=history)

    def code(self, unit: str, variable: str, value: str, *, coder: str, **more: Any) -> int:
        """Append a coding of a unit and return its number; see ``Judgements.code``."""
        return self._judgements().code(unit, variable, value, coder=coder, **more)

    def codings(self, *, history: bool = False) -> pl.DataFrame:
        """Return the codings in force; with ``history`` also those superseded."""
        return self._judgements().codings(history=history)

    def _judgements(self) -> Judgements:
        return Judgements.of(None if self._store is None else self._store.folder)

    def _codings(self) -> Chosen:
        try:
            frame = self.codings(history=True)
        except StudyError as error:
            if self._store is not None:
                raise
            raise MissingData(str(error)) from error
        if frame.is_empty():
            raise MissingData(
                "nobody has coded anything here; expected codings in the study or the team's "
                "database; add them with Workspace.code"
            )
        return Chosen(frame, (SOURCE,), fingerprint(frame.to_dicts()))


def _embedded(
    table: Table, releases: list[str], years: tuple[int, int] | None, state: str | None
) -> pl.DataFrame:
    one = state is not None and table is JOINT_VOTES
    rows = world.joint_votes(str(state)) if one else world.table(table.name)
    if set(releases) != set(world.releases(table.name)):
        rows = rows.filter(pl.col("source").is_in(releases))
    if years is not None and "year" in table.schema:
        rows = rows.filter(pl.col("year").is_between(*years))
    return rows


def _frames(output: Any) -> dict[str, pl.DataFrame]:
    fields = {field.name: getattr(output, field.name) for field in dataclasses.fields(output)}
    return {name: value for name, value in fields.items() if isinstance(value, pl.DataFrame)}


def _version() -> str:
    from multivector import __version__

    return __version__


def _licence(origin: Origin | None) -> str | None:
    return None if origin is None else origin.licence


def _named(parts: list[_Part], source: str) -> list[_Part]:
    found = [part for part in parts if source in (part.release, part.source)]
    if parts and not found:
        known = sorted({part.source for part in parts})
        raise UnknownName(
            f"there are no rows from {source!r}; expected one of {choices(known)}; correct the name"
        )
    return found


def _concerning(frame: pl.DataFrame, keep: dict[str, str]) -> pl.DataFrame:
    columns = [name for name in _STATE_COLUMNS if name in frame.columns]
    for key, state in keep.items():
        if key in frame.columns and key not in ("state_a", "state_b"):
            frame = frame.filter(pl.col(key) == state)
        elif columns:
            frame = frame.filter(pl.any_horizontal(pl.col(columns) == state))
    return frame
