"""Classes of units: what is coded under a variable, by people, and what programs propose for it.

A unit is a passage or a statement. A program's proposal is a coding by ``model:NAME``, so that it
can be compared with people's and exported beside theirs; it counts for nothing else before a person
codes the unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from multivector.documents.coding import codebooks, meaning
from multivector.documents.coding.classifier import Classifier
from multivector.documents.coding.units import Unit, applies_to, units_of
from multivector.errors import BadValue

if TYPE_CHECKING:
    from multivector.documents.library.archive import Library

__all__ = ["ByNearness", "ByWords", "Offer", "Proposer", "offers_on", "propose"]


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
        offered = (row["coder"], row["value"], row["note"] or "")
        found.setdefault(row["unit"], []).append(offered)
    return found
