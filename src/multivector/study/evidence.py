"""What a study's documents, coders and codebooks hold: as tables, and to learn and propose from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector import measures
from multivector.errors import BadValue, MissingData, StudyError, UnknownName, choices
from multivector.provenance import fingerprint
from multivector.study.holdings import Chosen
from multivector.study.judgements import Judgements
from multivector.tables import CODINGS, DOCUMENTS, Table

if TYPE_CHECKING:
    from multivector.documents.coding.classifier import Classifier
    from multivector.documents.coding.learning import Learnt
    from multivector.documents.coding.offers import Proposer
    from multivector.documents.library.archive import Library

_WEIGHTS = {"nominal": "nominal", "ordinal": "linear", "interval": "quadratic"}


def table_of(table: Table, folder: Path | None) -> Chosen:
    """Return what a study's documents and coders hold for a table.

    Parameters
    ----------
    table : Table
        Documents, passages or codings.
    folder : Path or None
        The study; codings may also be a team's, without one.

    Raises
    ------
    MissingData
        If there is nothing.
    """
    if folder is None and table is not CODINGS:
        raise _nothing(table)
    frames = _from_library(table, folder)
    if table is CODINGS:
        frames = [*frames, _decided(folder)]
    frame = pl.concat(frames) if frames else table.empty()
    if frame.is_empty():
        raise _nothing(table)
    sources = tuple(sorted(frame["source"].unique()))
    return Chosen(frame, sources, fingerprint(frame.to_dicts()))


def _from_library(table: Table, folder: Path | None) -> list[pl.DataFrame]:
    if folder is None or not (folder / "documents").is_dir():
        return []
    from multivector.documents.exchange import tabular
    from multivector.documents.library.archive import Library

    library = Library(folder, Judgements.of(folder))
    if table is CODINGS:
        last = _decided(folder)["coding"].max()
        return [tabular.coding_table(library, first=int(str(last or 0)) + 1)]
    read = tabular.document_table if table is DOCUMENTS else tabular.passage_table
    return [read(library)]


def _decided(folder: Path | None) -> pl.DataFrame:
    try:
        return Judgements.of(folder).codings(history=True)
    except StudyError as error:
        if folder is not None:
            raise
        raise MissingData(str(error)) from error


def _nothing(table: Table) -> MissingData:
    return MissingData(
        f"there are no {table.name} here; expected documents in the study, or codings in it or in "
        "the team's database; add them: multivector --study DIR documents add FILE"
    )


def in_force(folder: Path) -> pl.DataFrame:
    """Return the codings of a study that no other supersedes: of rules, models and people."""
    from multivector.measures.reliability import in_force as standing

    try:
        return standing(table_of(CODINGS, folder).frame)
    except MissingData:
        return CODINGS.empty()


def stamp_of(folder: Path) -> list[object]:
    """Return what is another list once documents, proposals, codebooks or poles are others."""
    parts: list[object] = [_listing(folder / "documents"), _state(folder / "poles.tsv")]
    parts += [_listing(each) for each in sorted((folder / "proposals").glob("*"))]
    return [*parts, *map(_state, sorted((folder / "codebooks").glob("*.toml")))]


def checked(folder: Path, variable: str, value: str) -> str:
    """Return a value as a codebook of the study stores it; unchanged where none has the variable.

    Raises
    ------
    BadValue
        If the codebook has no such value.
    """
    if not (folder / "codebooks").is_dir():
        return value
    from multivector.documents.coding import codebooks

    found = codebooks.variable(folder, variable)
    return value if found is None else found.check(value)


def by_codebook(
    folder: Path, measure: str, options: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return options of a measure of agreement with scale and order from the codebook.

    What is given stays: ``metric``, ``weights`` (linear for an ordinal scale, quadratic for an
    interval) and ``categories`` are taken from the codebook where they are not, and a note says so.
    """
    given = dict(options)
    found = measures.catalogue().get(measure)
    if found is None or CODINGS not in found.inputs.values() or given["variable"] is None:
        return given, ()
    if not (folder / "codebooks").is_dir():
        return given, ()
    from multivector.documents.coding import codebooks

    book = codebooks.variable(folder, str(given["variable"]))
    if book is None:
        return given, ()
    order = book.categories if book.scale != "interval" else ()
    taken: dict[str, Any] = {"metric": book.scale, "weights": _WEIGHTS[book.scale]}
    if order:
        taken["categories"] = order
    new = {k: v for k, v in taken.items() if k in found.options and given.get(k) is None}
    if not new:
        return given, ()
    return given | new, (f"{' and '.join(sorted(new))} from the codebook: {book.scale}",)


def learnt(codings: pl.DataFrame, variable: str, language: str, seed: int) -> Learnt:
    """Return a classifier of what people coded, with its scores."""
    from multivector.documents.coding.learning import learn

    return learn(codings, variable=variable, language=language, seed=seed)


def proposer(
    library: Library, codings: pl.DataFrame, by: str | Path | Classifier, variable: str | None
) -> Proposer:
    """Return what proposes classes: a classifier, its file, or the nearest coded units.

    Raises
    ------
    BadValue
        If a classifier is of no variable or of another one, or no variable is named.
    UnreadableFile
        If the file is no classifier.
    MissingExtra
        If the model of nearness is not installed.
    """
    from multivector.documents.coding import classifier, offers

    if by == "nearest":
        if variable is None:
            raise BadValue(
                "nearest proposes for no variable; expected the one to propose for; add "
                "--variable NAME"
            )
        return _nearest(library, codings, variable)
    read = by if isinstance(by, classifier.Classifier) else classifier.load(by)
    if not read.variable or variable not in (None, read.variable):
        raise BadValue(
            f"the classifier is of {read.variable or 'no variable'!r}; expected one of "
            f"{variable or 'a named variable'!r}; train it: multivector documents train "
            f"--variable {variable or 'NAME'}"
        )
    return offers.ByWords(read)


def _nearest(library: Library, codings: pl.DataFrame, variable: str) -> Proposer:
    from multivector.documents.coding import meaning, offers
    from multivector.documents.coding.units import applies_to, units_of

    model = meaning.encoder()
    kinds = applies_to(library.study, variable)
    units = {unit.id: unit for unit in units_of(library, kinds)}
    own = _by_people(codings, variable).group_by("unit").agg(pl.col("value").unique())
    agreed = sorted((unit, values[0]) for unit, values in own.iter_rows() if len(values) == 1)
    examples = tuple((units[unit], value) for unit, value in agreed if unit in units)
    if not examples:
        known = choices(sorted(codings["variable"].unique())) or "none yet"
        raise UnknownName(
            f"no unit of the documents is coded by people under {variable!r}; expected one of: "
            f"{known}; code some: multivector documents code --variable {variable}"
        )
    return offers.ByNearness(library, variable, examples, model)


def _by_people(codings: pl.DataFrame, variable: str) -> pl.DataFrame:
    return codings.filter((pl.col("variable") == variable) & (pl.col("coder_kind") == "person"))


def proposed(
    library: Library,
    keeper: Judgements,
    by: Proposer,
    codings: pl.DataFrame,
    doc: str | None,
    least: float,
) -> pl.DataFrame:
    """Keep what is proposed for units that no person coded, and return it."""
    from multivector.documents.coding.offers import propose

    coded = _by_people(codings, by.variable)["unit"].to_list()
    return propose(library, keeper, by, coded=coded, doc=doc, least=least)


def similar(
    library: Library, asked: str, doc: str | None, language: str | None, limit: int
) -> pl.DataFrame:
    """Return the sentences nearest in meaning to a text or a passage."""
    from multivector.documents.coding import meaning
    from multivector.documents.coding.units import asked_of, sentences
    from multivector.documents.packs import LANGUAGES

    if language not in (None, *LANGUAGES):
        raise BadValue(
            f"{language!r} is no language of passages; expected {choices(LANGUAGES)}; "
            "leave it out for all"
        )
    model = meaning.encoder()
    units = sentences(library)
    found = meaning.similar(
        library, units, asked_of(library, asked), by=model, language=language,
        limit=max(len(units), 1),
    )  # fmt: skip
    kept = found if doc is None else found.filter(pl.col("doc") == library.meta(doc)["doc"])
    return kept.head(limit)


def _state(path: Path) -> list[int]:
    """Return what tells a file from another put in its place; nothing where there is none."""
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_ino, found.st_size, found.st_mtime_ns]


def _listing(folder: Path) -> list[tuple[str, int]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((entry.name, entry.inode()) for entry in entries)
    except FileNotFoundError:
        return []
