"""References: the numbers citations point to, and values as tables write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from multivector.content.model import Cite, Column, Computation, Reference, Row, Scalar
from multivector.words import localised, say
from multivector.words.figures import (
    amount,
    day,
    estimated,
    number,
    percent,
    percentage,
    times,
    whole,
)

__all__ = ["Numbering", "cell", "written"]


class Cited(Protocol):
    """What has numbered references and runs: a brief, a page."""

    @property
    def references(self) -> Sequence[Reference]:
        """Return the sources cited."""

    @property
    def computations(self) -> Sequence[Computation]:
        """Return the runs behind the figures."""


class Numbering:
    """The numbers of the references and runs that citations point to."""

    def __init__(self, brief: Cited) -> None:
        self._references = {r.source: r.number for r in brief.references if r.source}
        self._runs = {c.run: index for index, c in enumerate(brief.computations, start=1)}

    def numbers(self, cites: Iterable[Cite]) -> list[int]:
        """Return the numbers of the releases cited, sorted."""
        found = {self._references[c.source] for c in cites if c.source in self._references}
        return sorted(found)

    def of(self, cites: Iterable[Cite]) -> list[dict[str, str]]:
        """Return label, target and hover text of each source cited, once."""
        locators: dict[str, list[str]] = {}
        for cite in cites:
            locators.setdefault(cite.source, [])
            place = _place(cite)
            if place and place not in locators[cite.source]:
                locators[cite.source].append(place)
        found = [self._mark(source, where) for source, where in locators.items()]
        return sorted(found, key=lambda m: (not m["label"].isdigit(), len(m["label"]), m["label"]))

    def _mark(self, source: str, where: list[str]) -> dict[str, str]:
        left = len(where) - 4
        shown = [*where[:4], *([say("and {n} more", n=left)] if left > 0 else [])]
        hover = "; ".join([source, *shown])
        kind, _, name = source.partition(":")
        if kind == "table":
            hover = say("see the table {table}", table=name)
            return {"label": name, "target": f"t-{name}", "hover": hover}
        if source in self._runs:
            number = self._runs[source]
            return {"label": f"R{number}", "target": f"run-{number}", "hover": hover}
        number = self._references.get(source, 0)
        return {"label": str(number), "target": f"ref-{number}", "hover": hover}


def _place(cite: Cite) -> str:
    when = estimated(cite.date, cite.estimate) if cite.date else ""
    return ", ".join(part for part in (cite.locator, when, cite.run) if part)


def cell(row: Row, column: Column) -> str:
    """Return a value as a table shows it; an empty string for null."""
    value = row.cells.get(column.key)
    kind = row.cells.get("kind") if column.kind == "number" else None
    return written(value, str(kind or column.kind))


def written(value: Scalar, kind: str) -> str:
    """Return a value of a kind as text; an empty string for null."""
    if value is None:
        return ""
    if kind == "date":
        return day(str(value))
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, str):
        return value
    forms = {
        "share": lambda: percent(value),
        "percent": lambda: percentage(value),
        "ratio": lambda: times(value),
        "amount": lambda: amount(value),
        "integer": lambda: whole(value),
        "signed": lambda: localised(f"{value:+.2f}"),
    }
    return forms.get(kind, lambda: number(value, 2))().replace("-", "−")
