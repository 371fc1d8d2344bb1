"""The workspace: the one code path from data to answers.

The command line, a notebook and the browser call the same few methods. A workspace without a folder
answers from the embedded world alone.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from multivector import measures, sources
from multivector.cache import Memory, weight
from multivector.errors import (
    MissingData,
    MultivectorError,
    StudyError,
)
from multivector.names import organisations, states
from multivector.provenance import Origin, Result, Run, fingerprint
from multivector.study import evidence, world
from multivector.study.holdings import Chosen, Holdings, Need
from multivector.study.judgements import Judgements
from multivector.study.options import check_year
from multivector.study.questions import EVIDENCE, Question, frames_of
from multivector.study.sql import Limits, query
from multivector.study.store import Release, Store
from multivector.tables import Table, record

if TYPE_CHECKING:
    from multivector.brief import Brief
    from multivector.documents.coding.classifier import Classifier
    from multivector.documents.coding.codebooks import Codebook
    from multivector.documents.coding.learning import Learnt
    from multivector.documents.library.archive import Library

T = TypeVar("T")

_ATTEMPTS = 20


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
        self._memory = Memory()
        self._held: Holdings | None = None
        self._heavy: list[Chosen] = []

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

    @property
    def archive(self) -> Library:
        """Return the study's documents, with the decisions people made on them.

        Raises
        ------
        StudyError
            If the workspace has no folder.
        """
        from multivector.documents.library.archive import Library

        return Library(self.store.folder, self._judgements())

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
        return list(self._holdings().installed)

    def stamp(self) -> str:
        """Return a short text that is another one when an answer could be another.

        It changes with the installed releases, the documents, the judgements, the study's own poles
        and the version; a page made under a stamp is good for as long as the stamp is the same.

        Raises
        ------
        StudyError
            If the study was moved or removed since it was opened, or is of a newer version now.

        Examples
        --------
        >>> import multivector as mv
        >>> mv.Workspace().stamp() == mv.Workspace().stamp()
        True
        """
        if self._store is not None:
            self._store.check()
        parts: list[object] = [_version(), self._holdings().stamp]
        if self._store is not None:
            parts += evidence.stamp_of(self._store.folder)
        if self._store is not None or Judgements.of_team():
            parts.append(self._judgements().stamp())
        return fingerprint(parts)[:16]

    def verify(self) -> pl.DataFrame:
        """Return one row a stored table, and one an embedded table that can be made again.

        A stored table is whole if its bytes are as imported; an embedded one if the installed
        release it was made from gives the same rows. Damaged releases are not computed from.
        """
        from multivector.study import verification

        stored = self.store.verify()
        if not stored["whole"].all():
            return stored
        return pl.concat([stored, verification.embedded(self.store)])

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
        return dict(self._holdings().origins)

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
            The state whose rows are needed, where a large table can be read in part.

        Raises
        ------
        MissingData
            If neither the package nor the study has rows for the table.
        """
        declared = record(name)
        if declared in EVIDENCE:
            return evidence.table_of(declared, None if self._store is None else self._store.folder)
        need = Need(years, state, flow, source)
        return self._steadily(lambda study: study._holdings().table(name, need))

    def _holdings(self) -> Holdings:
        """Return what the study holds, of the moment it is held still at, or of now."""
        if self._held is not None:
            return self._held
        stamp = "" if self._store is None else self._store.stamp()
        return self._memory.keep(
            (stamp, "holdings"), lambda: Holdings(self._store, self._memory), lambda _: 0
        )

    def _steadily(self, ask: Callable[[Workspace], T]) -> T:
        """Return an answer from what the study holds at one moment.

        A release that leaves meanwhile may take its files along: then the question is asked again.
        """
        if self._held is not None:
            return ask(self)
        attempts = 0
        while True:
            study, attempts = copy.copy(self), attempts + 1
            study._heavy = []
            study._held = self._holdings()
            try:
                return ask(study)
            except MultivectorError:
                steady = self._store is None or self._store.stamp() == study._held.stamp
                if steady or attempts == _ATTEMPTS:
                    raise

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
        if self._store is None or "variable" not in options:
            return self._answer(Question.of(name, years, source, options))
        options, remark = evidence.by_codebook(self._store.folder, name, options)
        found = self._answer(Question.of(name, years, source, options))
        return dataclasses.replace(found, notes=(*found.notes, *remark))

    def _answer(self, question: Question) -> Result:
        if question.on_evidence:
            return self._computed(question)
        return self._steadily(lambda study: study._kept(question))

    def _kept(self, question: Question) -> Result:
        """Return the answer kept of an equal question on the same data, or compute and keep it."""
        found = self._memory.keep(
            (self._holdings().stamp, "compute", question.key),
            lambda: self._computed(question),
            lambda result: weight(result.frame, *result.frames.values()),
        )
        frames = {name: frame.clone() for name, frame in found.frames.items()}
        return dataclasses.replace(found, frame=found.frame.clone(), frames=frames)

    def _computed(self, question: Question) -> Result:
        measure = question.measure
        frames, chosen = self._inputs(question)
        output = self._output(question, frames)
        frame = output if measure.main is None else getattr(output, measure.main)
        used = {table: c.releases for table, c in chosen.items()}
        inputs = {table: c.content for table, c in chosen.items()}
        run = Run(measure.name, question.asked(), used, inputs, _version())
        origins = self.origins()
        return Result(
            question.kept(frame),
            run,
            tuple(note for c in chosen.values() for note in c.notes),
            tuple(origins[r] for r in run.releases if r in origins),
            measure.references,
            {} if measure.main is None else frames_of(output),
        )

    def _output(self, question: Question, frames: dict[str, pl.DataFrame]) -> Any:
        """Return what the measure gives, kept where questions differ in the rows wanted only."""

        def make() -> Any:
            return question.measure.function(**frames, **question.given)

        def weigh(output: Any) -> int:
            found = [output] if isinstance(output, pl.DataFrame) else frames_of(output).values()
            size = weight(*found)
            return size if size <= self._memory.limit // 16 else self._memory.limit

        if question.on_evidence or not question.of_all:
            return make()
        key = (self._holdings().stamp, "output", question.output_key)
        return self._memory.keep(key, make, weigh)

    def _inputs(self, question: Question) -> tuple[dict[str, pl.DataFrame], dict[str, Chosen]]:
        measure = question.measure
        frames: dict[str, pl.DataFrame] = {}
        chosen: dict[str, Chosen] = {}
        first: MissingData | None = None
        for parameter, table in measure.inputs.items():
            summarised = chosen.get(table.summary_of or "")
            if summarised is not None and summarised.installed:
                continue
            try:
                found = self._rows(
                    table,
                    Need(
                        question.needed_years(parameter),
                        question.state if parameter in measure.own else None,
                        question.flow if "flow" in table.schema else None,
                        None if table.curated and frames else question.source,
                    ),
                )
            except MissingData as error:
                first = first or error
                if parameter not in measure.optional:
                    raise
                continue
            frames[parameter] = found.frame
            if parameter in measure.club:
                found = _of_club(found, question.given.get("organisation"))
            chosen[table.name] = found
        if not frames and first is not None:
            raise first
        return frames, chosen

    def _rows(self, table: Table, need: Need) -> Chosen:
        """Return the rows a measure takes, in a frame that is not changed.

        One too large to be kept is held until the work of which this is a part is done.
        """
        if table in EVIDENCE:
            return self.table(table.name)
        found = self._steadily(lambda study: study._holdings().shared(table.name, need))
        if self._held is not None and self._memory.heavy(weight(found.frame)):
            self._heavy.append(found)
        return found

    def query(
        self, sql: str, *, limits: Limits | None = None, allow_files: bool = False
    ) -> pl.DataFrame:
        """Return the answer to one SELECT over every record table, embedded and installed.

        Parameters
        ----------
        sql : str
            One SELECT. It reads the tables and no file, network, extension or setting.
        limits : Limits, optional
            Seconds and megabytes it may cost; 60 and 2048 if not given.
        allow_files : bool
            Let it read files of this machine, as ``read_csv('…')``; never for a question that
            somebody else wrote.

        Raises
        ------
        UnknownName
            If it names what does not exist, or is not SQL.
        BadValue
            If it is another statement than one SELECT, or reaches a limit.
        """
        frames = {name: world.table(name) for name in world.names()}
        stored: dict[str, list[Path]] = {}
        for release in self.releases():
            for table in release.files:
                stored.setdefault(table, []).append(release.path(table))
        return query(sql, frames, stored, limits=limits, allow_files=allow_files)

    def brief(
        self,
        about: str,
        *,
        poles: object = None,
        year: object = None,
        sections: Collection[str] | None = None,
        quota: object = None,
    ) -> Brief:
        """Return a sourced picture of a state's foreign policy, or of an organisation.

        Parameters
        ----------
        about : str
            A state or an organisation by name or code.
        poles : sequence of str or str, optional
            States or organisations to measure against; the default set of the poles table if not
            given.
        year : int, optional
            Show the picture as of this year; the newest the data allow if not given.
        sections : collection of str, optional
            Only these sections, by their ids; all if not given.
        quota : float, optional
            The quota supposed in an organisation's voting power: votes, or a share below 1.
        """
        from multivector.brief import build

        return self._steadily(
            lambda study: build(
                study, about, poles=poles, year=year, sections=sections, quota=quota
            )
        )

    def report(
        self,
        about: str,
        *,
        to: str = "pdf",
        poles: object = None,
        year: object = None,
        sections: Collection[str] | None = None,
        lang: str | None = None,
    ) -> bytes:
        """Return the brief as a report to be sent: summary, charts, tables, method, sources.

        Parameters
        ----------
        about, poles, year, sections
            As for :meth:`brief`.
        to : {'html', 'pdf', 'docx'}
            The format.
        lang : {'en', 'tr', 'ru', 'kk'}, optional
            The language; the one spoken now if not given.

        Raises
        ------
        BadValue
            If an option is not allowed.
        MissingExtra
            If a package the format needs is not installed.
        """
        from multivector.report import check_format, render
        from multivector.words import language, using

        check_format(to)
        with using(language() if lang is None else lang):
            return render(self.brief(about, poles=poles, year=year, sections=sections), to)

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
        return sources.listed()

    def measures(self) -> pl.DataFrame:
        """Return the catalogue: every measure, its family, tables, options and what it says."""
        return measures.listed()

    # --- judgements

    def decide(self, kind: str, subject: str, value: Any, *, coder: str, **more: Any) -> int:
        """Append a judgement to the study and return its number; see ``Judgements.record``."""
        return self._judgements().record(kind, subject, value, coder=coder, **more)

    def judgements(self, *, history: bool = False) -> pl.DataFrame:
        """Return the judgements in force; with ``history`` also those superseded."""
        return self._judgements().frame(history=history)

    def code(self, unit: str, variable: str, value: str, *, coder: str, **more: Any) -> int:
        """Append a coding of a unit and return its number; see ``Judgements.code``.

        Raises
        ------
        BadValue
            If a codebook of the study defines the variable and not the value.
        """
        if self._store is not None:
            value = evidence.checked(self._store.folder, variable, value)
        return self._judgements().code(unit, variable, value, coder=coder, **more)

    def codings(self, *, history: bool = False) -> pl.DataFrame:
        """Return the codings in force; with ``history`` also those superseded."""
        return self._judgements().codings(history=history)

    def codebooks(self) -> tuple[Codebook, ...]:
        """Return the codebooks of the study, from its folder ``codebooks``."""
        from multivector.documents.coding.codebooks import codebooks_of

        return codebooks_of(self.store.folder)

    def train(self, variable: str, *, language: str = "und", seed: int = 0) -> Learnt:
        """Return a classifier of what people coded under a variable, and how well it does.

        See ``multivector.documents.coding.learning.learn``.
        """
        return evidence.learnt(evidence.in_force(self.store.folder), variable, language, seed)

    def propose(
        self,
        by: str | Path | Classifier,
        *,
        variable: str | None = None,
        doc: str | None = None,
        least: float = 0.0,
    ) -> pl.DataFrame:
        """Keep the classes a program proposes, as a model's codings, and return them.

        Parameters
        ----------
        by : str, Path or Classifier
            A classifier or its file, or ``"nearest"``: the coded units nearest in meaning.
        variable : str, optional
            The variable, for ``"nearest"``.
        doc : str, optional
            One document by its short name.
        least : float
            Proposals less sure than this, 0 to 1, are left out.
        """
        codings = evidence.in_force(self.store.folder)
        proposer = evidence.proposer(self.archive, codings, by, variable)
        return evidence.proposed(self.archive, self._judgements(), proposer, codings, doc, least)

    def similar(
        self,
        asked: str,
        *,
        doc: str | None = None,
        language: str | None = None,
        limit: int = 10,
    ) -> pl.DataFrame:
        """Return the passages nearest in meaning to a text, or to a passage ``DOC:START-END``.

        See ``multivector.documents.coding.meaning.similar``; ``doc`` keeps one document's.
        """
        return evidence.similar(self.archive, asked, doc, language, limit)

    def _judgements(self) -> Judgements:
        return Judgements.of(None if self._store is None else self._store.folder)


def _of_club(chosen: Chosen, organisation: str | None) -> Chosen:
    """Return what was chosen with the releases of one organisation's rows, if it has any."""
    own = chosen.frame.filter(pl.col("organisation") == organisation)["source"].unique()
    if own.is_empty():
        return chosen
    return dataclasses.replace(chosen, releases=tuple(sorted(own)))


def _version() -> str:
    from multivector import __version__

    return __version__


def _licence(origin: Origin | None) -> str | None:
    return None if origin is None else origin.licence
