"""Units to code: the passages and statements of a study, by id and place, in one order for all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multivector.documents.coding import codebooks
from multivector.documents.rules.statements import FIELDS
from multivector.documents.text.language import language_of
from multivector.documents.text.segment import STATED, sentences_of
from multivector.errors import BadValue, UnknownName, choices

if TYPE_CHECKING:
    from multivector.documents.library.archive import Library


MIN_LETTERS = 40
"""A block with fewer letters is no passage to code."""


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
    from multivector.documents.coding.codebooks import VARIABLES

    found = codebooks.variable(study, variable)
    if found is not None:
        return found.applies_to
    return tuple(FIELDS) if variable in ("kind", *VARIABLES) else ("passage",)
