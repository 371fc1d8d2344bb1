"""The workspace: the one code path from data to answers.

The command line, a notebook and the browser call the same few methods. A workspace without a folder
answers from the embedded world alone. What answers is `multivector.study.engine`; here stand the
views of it: charts, briefs, reports.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from multivector import measures, provenance, sources
from multivector.errors import BadValue
from multivector.names import organisations, states
from multivector.provenance import Origin
from multivector.study import evidence, own, world
from multivector.study.engine import Engine
from multivector.study.options import check_year
from multivector.study.panel import Panel, panel
from multivector.study.sql import Limits, query
from multivector.study.store import Release

if TYPE_CHECKING:
    from multivector.brief import Brief
    from multivector.charts import Drawing
    from multivector.documents.coding.classifier import Classifier
    from multivector.documents.coding.codebooks import Codebook
    from multivector.documents.coding.learning import Learnt


@dataclass(frozen=True, slots=True, repr=False)
class Result(provenance.Result):
    """The answer to a question: a tidy frame, the run that made it, and notes a reader needs.

    ``frames`` holds the further tables of a measure that gives several, by name.
    """

    def chart(self, *, width: int = 720, theme: Literal["light", "dark"] = "light") -> Drawing:
        """Return the chart the answer asks for, drawn; see ``multivector.charts``.

        Raises
        ------
        BadValue
            If the answer has no value to draw, or no picture.
        """
        from multivector import charts

        return charts.of_result(self, width=width, theme=theme)

    def _picture(self) -> str:
        try:
            return self.chart().svg
        except BadValue:
            return ""


class Workspace(Engine):
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

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})" if self.path else "Workspace()"

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

    def add(
        self,
        data: str | Path | pl.DataFrame,
        how: own.Mapped | None = None,
        *,
        table: str | None = None,
        **mapping: Any,
    ) -> Release:
        """Add rows of your own to a record table and return the stored release.

        Parameters
        ----------
        data : str, Path or polars.DataFrame
            A file (CSV, Excel, Stata, R, Parquet) or a frame.
        how : Mapped, optional
            Which column is which; else it is made of ``table`` and ``mapping``, or read from
            ``FILE.toml`` beside the file.
        table : str, optional
            The record table, such as ``"flows"``.
        **mapping
            ``columns`` (from the table's column to the file's), ``constants`` (the same in every
            row: unit, flow, indicator …), ``scheme``, ``custom``, ``name``, ``accept_loss``,
            ``part``, ``encoding``, as for ``multivector.study.own.Mapped``.

        Raises
        ------
        UnknownName, BadValue, SchemaError, UnreadableFile
            If something does not fit: told all at once, and nothing is stored.
        StudyError
            If the workspace has no folder, or it cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> study = Workspace(tempfile.mkdtemp())
        >>> rows = pl.DataFrame({"state": ["KAZ"], "year": [2025], "value": [20.3]})
        >>> release = study.add(rows, table="indicators", name="people",
        ...     constants={"indicator": "population", "unit": "million"})
        >>> study.table("indicators", source="people").frame["value"].to_list()
        [20.3]
        """
        store = self.store
        given = data if isinstance(data, pl.DataFrame) else Path(data).expanduser()
        if how is None and table is None and isinstance(given, Path):
            how = own.remembered(given)
        if how is None:
            how = own.Mapped(table or "", **mapping)
        loaded = own.loaded(given, how)
        return store.add(loaded.origin, loaded.tables, loaded.report)

    def remove(self, name: str) -> list[str]:
        """Remove installed releases by source or ``source@version``; return their ids."""
        return self.store.remove(name)

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

    def cite(self, releases: Iterable[str] | None = None) -> str:
        """Return the bibliography of some releases, or of every release in the workspace."""
        from multivector.provenance import bibliography

        known = self.origins()
        chosen = known if releases is None else releases
        return bibliography(known[r] for r in chosen if r in known)

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
        """Compute a measure over the workspace's tables.

        Parameters
        ----------
        name : str
            A measure of the catalogue.
        years : tuple of int, int or str, optional
            First and last year, one year, or ``"1992:2019"``.
        source : str, optional
            Source or release to take from it the tables it has.
        sources : mapping of str to str, optional
            The same by table, as in ``{"flows": "cow_trade", "distances": "cepii_distance"}``.
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
        found = super().compute(name, years=years, source=source, sources=sources, **options)
        return Result(
            **{part.name: getattr(found, part.name) for part in dataclasses.fields(found)}
        )

    def panel(
        self,
        unit: Literal["dyads", "states"],
        *,
        years: tuple[int, int] | int | str,
        members: Literal["cow", "gw", "un"] = "cow",
        directed: bool = False,
        relevant: bool = False,
        on: Literal["any", "last"] = "any",
    ) -> Panel:
        """Return a panel of state-years or dyad-years, to join measures of this study to.

        See ``multivector.study.panel.panel`` for the parameters.

        Examples
        --------
        >>> Workspace().panel("states", years=2019, members="un").frame.height
        193
        """
        return panel(
            unit,
            years=years,
            members=members,
            directed=directed,
            relevant=relevant,
            on=on,
            study=self,
        )

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
        reach = pl.lit(organisations.known_to(name), dtype=pl.String)
        return organisations.members(name, on=on).with_columns(known_to=reach)

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


def _licence(origin: Origin | None) -> str | None:
    return None if origin is None else origin.licence
