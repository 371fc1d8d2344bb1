"""The engine: what a study holds at one moment, its tables, and the answers of measures.

It knows nothing of briefs, charts or files to be written: `multivector.workspace` stands on it and
offers those. What is asked while a release leaves is asked again; equal questions on the same data
are answered once.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import polars as pl

from multivector.cache import Memory, weight
from multivector.errors import MissingData, MultivectorError, StudyError
from multivector.provenance import Coverage, Origin, Result, Run, Years, fingerprint, ranges
from multivector.study import evidence
from multivector.study.holdings import Chosen, Holdings, Need
from multivector.study.judgements import Judgements
from multivector.study.questions import EVIDENCE, Question, frames_of
from multivector.study.store import Release, Store
from multivector.tables import Table, record
from multivector.version import __version__

if TYPE_CHECKING:
    from multivector.documents.library.archive import Library

T = TypeVar("T")

_ATTEMPTS = 20


class Engine:
    """A study folder, or the embedded world alone, to be asked for tables and answers.

    Parameters
    ----------
    path : str or Path, optional
        The study's folder; it is made at the first import. Without it nothing can be stored.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path).expanduser()
        self._store = None if self.path is None else Store(self.path)
        self._memory = Memory()
        self._held: Holdings | None = None
        self._heavy: list[Chosen] = []

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
        parts: list[object] = [__version__, self._holdings().stamp]
        if self._store is not None:
            parts += evidence.stamp_of(self._store.folder)
        if self._store is not None or Judgements.of_team():
            parts.append(self._judgements().stamp())
        return fingerprint(parts)[:16]

    def origins(self) -> dict[str, Origin]:
        """Return the origins of embedded and installed rows, by ``source@version``."""
        return dict(self._holdings().origins)

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

    def _steadily(self, ask: Callable[[Self], T]) -> T:
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
        sources: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Result:
        """Return a measure's answer; what is asked and raised stands at ``Workspace.compute``."""
        if self._store is None or "variable" not in options:
            return self._answer(Question.of(name, years, source, options, sources))
        options, remark = evidence.by_codebook(self._store.folder, name, options)
        found = self._answer(Question.of(name, years, source, options, sources))
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
        run = Run(measure.name, question.asked(), used, inputs, __version__)
        covered = tuple(_covered(chosen, question))
        origins = self.origins()
        return Result(
            question.kept(frame),
            run,
            (*(note for c in chosen.values() for note in c.notes), *_unanswered(covered)),
            tuple(origins[r] for r in run.releases if r in origins),
            measure.references,
            {} if measure.main is None else frames_of(output),
            covered,
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
        outlived = self._outlived(question)
        for parameter, table in measure.inputs.items():
            if table.name in outlived:
                continue
            summarised = chosen.get(table.summary_of or "")
            # What was made beforehand of a table serves for the years that its rows do not cover.
            known = summarised is not None and summarised.installed
            but = summarised.years if known and summarised is not None else frozenset()
            try:
                found = self._rows(
                    table,
                    Need(
                        question.needed_years(parameter),
                        question.state if parameter in measure.own else None,
                        question.flow if "flow" in table.schema else None,
                        self._source(question, table),
                        but,
                    ),
                )
            except MissingData as error:
                first = first or error
                if parameter not in measure.optional:
                    raise
                continue
            if known and found.frame.is_empty():
                continue
            frames[parameter] = found.frame
            if parameter in measure.club:
                found = _of_club(found, question.given.get("organisation"))
            chosen[table.name] = found
        if not frames and first is not None:
            raise first
        return frames, chosen

    def _outlived(self, question: Question) -> frozenset[str]:
        """Return the tables left out for those made of them, which have years that they lack.

        Of a measure with one window for all its tables (``Within``), which takes one or the other.
        """
        measure, held = question.measure, self._holdings()
        for parameter, table in measure.inputs.items():
            leader = table.summary_of
            if leader is None or parameter not in measure.within:
                continue
            if question.source is not None or leader in question.sources:
                return frozenset()
            need = Need(question.years)
            own = held.years(leader, need)
            if held.years(table.name, need) - own:
                follow = {t.name for t in measure.inputs.values() if t.follows == leader}
                return frozenset({leader, *follow})
        return frozenset()

    def _source(self, question: Question, table: Table) -> str | None:
        """Return the source asked for, for a table that has it; the word must fit some table."""
        if table.name in question.sources:
            return question.sources[table.name]
        asked = question.source
        if asked is None:
            return None
        inputs = question.measure.inputs.values()
        having = [t for t in inputs if self._holdings().carries(t.name, asked)]
        # Tables edited by hand rest on many sources at once: a word for the others spares them.
        if table.curated and any(not t.curated for t in having):
            return None
        return asked if table in having or not having else None

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

    def _judgements(self) -> Judgements:
        return Judgements.of(None if self._store is None else self._store.folder)


def _covered(chosen: Mapping[str, Chosen], question: Question) -> Iterator[Coverage]:
    """Yield what was chosen beside the years asked for: which of them answer, which nobody has.

    A table and what was made of it answer for each other.
    """
    asked = question.years
    span = frozenset(range(asked[0], asked[1] + 1)) if asked else frozenset()
    kin = {t.name: t.summary_of or t.follows or t.name for t in question.measure.inputs.values()}
    known: dict[str, Years] = {}
    for name, found in chosen.items():
        root = kin.get(name, name)
        known[root] = known.get(root, frozenset()) | found.years
    for name, found in chosen.items():
        by_year = any(coverage.first is not None for coverage in found.coverage)
        wanted = span if by_year else frozenset()
        for coverage in found.coverage:
            used = coverage.used & wanted if wanted else coverage.used
            missing = wanted - known[kin.get(name, name)]
            yield dataclasses.replace(coverage, used=used, missing=missing)


def _unanswered(covered: tuple[Coverage, ...]) -> tuple[str, ...]:
    """Return a note for every table that lacks years asked for."""
    lacking = {c.table: c.missing for c in covered if c.missing}
    ends = {name: max(c.last or 0 for c in covered if c.table == name) for name in lacking}
    return tuple(
        f"{name}: nothing is known of {ranges(years)}; the rows at hand end in {ends[name]}"
        for name, years in lacking.items()
    )


def _of_club(chosen: Chosen, organisation: str | None) -> Chosen:
    """Return what was chosen with the releases of one organisation's rows, if it has any."""
    if organisation is None:
        return chosen
    own = chosen.frame.filter(pl.col("organisation") == organisation)["source"].unique()
    if own.is_empty():
        return chosen
    return dataclasses.replace(chosen, releases=tuple(sorted(own)))
