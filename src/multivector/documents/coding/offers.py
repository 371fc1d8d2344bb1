"""Classes of units: what is coded under a variable, by people, and what programs propose for it.

A unit is a passage or a statement. A program's proposal is a coding by ``model:NAME``, so that it
can be compared with people's and exported beside theirs; it counts for nothing else before a person
codes the unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from multivector.documents.coding import codebooks, meaning
from multivector.documents.coding.classifier import Classifier
from multivector.documents.rules.statements import FIELDS
from multivector.documents.text.language import language_of
from multivector.documents.text.segment import STATED, sentences_of
from multivector.errors import BadValue, UnknownName, choices

if TYPE_CHECKING:
    from multivector.documents.library.archive import Library

__all__ = [
    "ByNearness",
    "ByWords",
    "Offer",
    "Proposer",
    "Unit",
    "applies_to",
    "asked_of",
    "drawn",
    "offers_on",
    "propose",
    "sentences",
    "unit_of",
    "units_of",
]

MIN_LETTERS = 40
"""A block with fewer letters is no passage to code."""

NEIGHBOURS = 5
OFFERS: dict[str, pl.DataType | type[pl.DataType]] = {
    "unit": pl.String,
    "place": pl.String,
    "value": pl.String,
    "sure": pl.Float64,
    "why": pl.String,
    "new": pl.Boolean,
    "text": pl.String,
}


@dataclass(frozen=True)
class Unit:
    """What is coded: its id and place, the raw text there, and the text as repaired."""

    id: str
    doc: str
    document: str
    kind: str
    language: str | None
    start: int
    end: int
    quote: str
    text: str

    @property
    def place(self) -> str:
        """Return its place as people write it: ``DOC:START-END``, or the id of a statement."""
        return f"{self.doc}:{self.start}-{self.end}" if self.kind == "passage" else self.id

    @property
    def where(self) -> dict[str, Any]:
        """Return its place as a coding has it."""
        return {
            "document": self.document,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
        }


@dataclass(frozen=True)
class Offer:
    """A class offered for a unit: how sure (0 to 1), and by what."""

    value: str
    sure: float
    why: str


class Keeper(Protocol):
    """Where codings are kept: the judgements of a study or of a team."""

    def code_many(self, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Append codings, all or none."""

    def codings(self) -> pl.DataFrame:
        """Return the codings in force."""


class Proposer(Protocol):
    """What offers classes of a variable, under the name of a coder."""

    @property
    def variable(self) -> str:
        """Return the variable whose values it offers."""

    @property
    def coder(self) -> str:
        """Return the coder's name, ``model:`` and another for every training."""

    def offers(self, units: Sequence[Unit]) -> list[Offer | None]:
        """Return an offer for each unit, or null where there is nothing to say."""


@dataclass(frozen=True)
class ByWords:
    """A trained classifier as a proposer."""

    classifier: Classifier

    @property
    def variable(self) -> str:
        """Return the variable it was trained on."""
        return self.classifier.variable

    @property
    def coder(self) -> str:
        """Return its name, with the fingerprint of the classifier."""
        return f"model:{self.variable}@{self.classifier.fingerprint}"

    def offers(self, units: Sequence[Unit]) -> list[Offer | None]:
        """Return the likeliest class of each unit, with its probability and the words for it."""
        found = self.classifier.predict([unit.quote for unit in units])
        return [
            None
            if row["label"] is None
            else Offer(
                row["label"],
                row["probability"],
                f"words: {', '.join(row['words']) or 'none'}; next {row['second']} "
                f"({row['second_probability']:.2f})",
            )
            for row in found.iter_rows(named=True)
        ]


@dataclass(frozen=True)
class ByNearness:
    """Coded units nearest in meaning as a proposer; ``library`` keeps the vectors."""

    library: Library
    variable: str
    examples: tuple[tuple[Unit, str], ...]
    by: meaning.Encoder

    @property
    def coder(self) -> str:
        """Return its name, with the fingerprint of the model and of what it compares with."""
        whole = [self.by.name, *((unit.id, value) for unit, value in self.examples)]
        return f"model:{self.variable}~nearest@{sha256(repr(whole).encode()).hexdigest()[:8]}"

    def offers(self, units: Sequence[Unit]) -> list[Offer | None]:
        """Return the class with most of the similarity of the nearest coded units."""
        if not units:
            return []
        known = [unit for unit, _ in self.examples]
        every = [*known, *units]
        rows = meaning.vectors(self.library, every, self.by)
        rows, _ = meaning.centred(rows, [unit.language for unit in every])
        near = rows[len(known) :] @ rows[: len(known)].T
        return [self._offer(row) for row in np.asarray(near, dtype=np.float64)]

    def _offer(self, near: Any) -> Offer | None:
        order = np.argsort(-near, kind="stable")[:NEIGHBOURS].tolist()
        weight: dict[str, float] = {}
        for at in order:
            value = self.examples[at][1]
            weight[value] = weight.get(value, 0.0) + max(float(near[at]), 0.0)
        total = sum(weight.values())
        if not total:
            return None
        value = min(weight, key=lambda each: (-weight[each], each))
        best = next(at for at in order if self.examples[at][1] == value)
        why = f"nearest: {self.examples[best][0].place} (similarity {near[best]:.2f})"
        return Offer(value, weight[value] / total, why)


def units_of(
    library: Library, kinds: Sequence[str] = ("passage",), *, doc: str | None = None
) -> list[Unit]:
    """Return the units of a study that a variable applies to, in order of document and place.

    Parameters
    ----------
    library : Library
        The documents of the study.
    kinds : sequence of str
        ``passage`` (blocks that can hold statements) and kinds of statements.
    doc : str, optional
        One document by its short name.
    """
    found: list[Unit] = []
    for meta in library.documents() if doc is None else [library.meta(doc)]:
        name, document = str(meta["doc"]), str(meta["sha256"])
        text = library.text(name)
        if "passage" in kinds:
            found += _passages(library, name, document, text)
        found += [
            Unit(s.id, name, document, s.kind, s.lang, s.start, s.end, s.quote, s.quote)
            for s in library.statements(reviewed=False, doc=name)
            if s.kind in kinds and s.duplicate_of is None
        ]
    return sorted(found, key=lambda unit: (unit.doc, unit.start, unit.end, unit.id))


def _plain(quote: str) -> str:
    """Return words as they are read: torn at no line, without tags."""
    return " ".join(re.sub(r"<[^<>]{1,40}>", "", re.sub(r"(?<=\w)-\s*\n\s*", "", quote)).split())


def _passages(library: Library, name: str, document: str, text: str) -> Iterable[Unit]:
    for block in library.blocks(name):
        start, end = block["start"], block["end"]
        if block["kind"] in STATED and sum(map(str.isalpha, block["text"])) >= MIN_LETTERS:
            yield Unit(
                f"{document}:{start}-{end}", name, document, "passage", block["lang"], start, end,
                text[start:end], block["text"],
            )  # fmt: skip


def sentences(library: Library) -> list[Unit]:
    """Return the sentences of all passages, to be looked among; their text is as printed."""
    found: list[Unit] = []
    texts = {str(meta["doc"]): library.text(str(meta["doc"])) for meta in library.documents()}
    for passage in units_of(library):
        text = texts[passage.doc]
        for start, end in sentences_of(text, passage.start, passage.end):
            quote = text[start:end]
            if sum(map(str.isalpha, quote)) >= MIN_LETTERS:
                name = f"{passage.document}:{start}-{end}"
                found.append(
                    replace(passage, id=name, start=start, end=end, quote=quote, text=_plain(quote))
                )
    return found


def asked_of(library: Library, asked: str) -> str | Unit:
    """Return the stretch of a document that ``DOC:START-END`` or a statement names, else the text.

    Raises
    ------
    UnknownName
        If there is no such document.
    BadValue
        If the place is not in it.
    """
    found = re.fullmatch(r"(\S+):(\d{1,9})-(\d{1,9})", asked.strip(), re.ASCII)
    if found is None:
        named = [s for s in library.statements(reviewed=False) if s.id == asked.strip()]
        if not named:
            return asked
        doc, start, end = named[0].doc, named[0].start, named[0].end
    else:
        doc, start, end = found[1], int(found[2]), int(found[3])
    meta, text = library.meta(doc), library.text(doc)
    if not start < end <= len(text):
        raise BadValue(
            f"{asked!r} is no place of {doc}; expected a start before an end, 0 to {len(text)}; "
            "take one that documents similar or search shows"
        )
    quote = text[start:end]
    spoken = language_of(_plain(quote))
    document = str(meta["sha256"])
    name = f"{document}:{start}-{end}"
    return Unit(name, doc, document, "passage", spoken, start, end, quote, _plain(quote))


def unit_of(units: Sequence[Unit], name: str) -> Unit:
    """Return a unit by its id or place.

    Raises
    ------
    UnknownName
        If it is not among them.
    """
    found = next((unit for unit in units if name in (unit.id, unit.place)), None)
    if found is None:
        known = choices([unit.place for unit in units], 3) or "none: add documents first"
        raise UnknownName(
            f"there is no unit {name!r} this variable applies to; expected one such as {known}; "
            "leave it out to be asked one after another"
        )
    return found


def drawn(units: Sequence[Unit], count: int, *, seed: int = 0) -> list[Unit]:
    """Return some units, the same for every coder who asks with the same seed, in their order.

    Examples
    --------
    >>> made = [Unit(c, "d", "h", "passage", "en", n, n + 1, c, c) for n, c in enumerate("abcd")]
    >>> drawn(made, 2, seed=1) == drawn(made[::-1], 2, seed=1)[::-1]
    True
    """
    if count < 1:
        raise BadValue(f"a sample of {count}; expected 1 or more; leave it out for all")

    def lot(unit: Unit) -> str:
        return sha256(f"{seed}:{unit.id}".encode()).hexdigest()

    chosen = {unit.id for unit in sorted(units, key=lot)[:count]}
    return [unit for unit in units if unit.id in chosen]


def applies_to(study: Path, variable: str) -> tuple[str, ...]:
    """Return what a variable is asked of: as its codebook says, or as the scheme has it."""
    from multivector.documents.exchange.tabular import VARIABLES

    found = codebooks.variable(study, variable)
    if found is not None:
        return found.applies_to
    return tuple(FIELDS) if variable in ("kind", *VARIABLES) else ("passage",)


def propose(
    library: Library,
    keeper: Keeper,
    proposer: Proposer,
    *,
    coded: Iterable[str] = (),
    doc: str | None = None,
    least: float = 0.0,
) -> pl.DataFrame:
    """Keep the classes a program offers as its codings, and return them.

    Parameters
    ----------
    library : Library
        The documents of the study.
    keeper : Keeper
        Where codings are kept.
    proposer : Proposer
        What offers classes.
    coded : iterable of str
        Units that people coded under the variable: nothing is offered for them.
    doc : str, optional
        One document by its short name.
    least : float
        Offers less sure than this are left out.

    Returns
    -------
    DataFrame
        ``unit``, ``place``, ``value``, ``sure``, ``why``, ``new`` (whether it was kept now; the
        same offer is kept once) and ``text``, the surest first.

    Raises
    ------
    BadValue
        If ``least`` is no share, or a value is none of the codebook's.
    """
    if not 0 <= least <= 1:
        raise BadValue(f"least is {least}; expected 0 to 1; as in 0.6")
    done = set(coded)
    kinds = applies_to(library.study, proposer.variable)
    units = [unit for unit in units_of(library, kinds, doc=doc) if unit.id not in done]
    book = codebooks.variable(library.study, proposer.variable)
    before = set(_own(keeper, proposer)["unit"])
    rows, kept = [], []
    for unit, offer in zip(units, proposer.offers(units), strict=True):
        if offer is None or offer.sure < least:
            continue
        value = offer.value if book is None else book.check(offer.value)
        new = unit.id not in before
        rows.append((unit.id, unit.place, value, offer.sure, offer.why, new, unit.text))
        if new:
            kept.append(_coding(unit, proposer, value, offer))
    keeper.code_many(kept)
    frame = pl.DataFrame(rows, schema=OFFERS, orient="row")
    return frame.sort("sure", descending=True, maintain_order=True)


def _coding(unit: Unit, proposer: Proposer, value: str, offer: Offer) -> dict[str, Any]:
    return {
        "unit": unit.id,
        "variable": proposer.variable,
        "value": value,
        "coder": proposer.coder,
        "coder_kind": "model",
        "note": f"sure {offer.sure:.3f}; {offer.why}",
        **unit.where,
    }


def _own(keeper: Keeper, proposer: Proposer) -> pl.DataFrame:
    codings = keeper.codings()
    mine = (pl.col("coder") == proposer.coder) & (pl.col("variable") == proposer.variable)
    return codings.filter(mine)


def offers_on(codings: pl.DataFrame, variable: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return what programs propose for each unit: coder, value and reason, the newest first."""
    own = (pl.col("variable") == variable) & (pl.col("coder_kind") == "model")
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in codings.filter(own).sort("coding", descending=True).iter_rows(named=True):
        told = (row["coder"], row["value"], row["note"] or "")
        found.setdefault(row["unit"], []).append(told)
    return found
