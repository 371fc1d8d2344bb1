"""Questions: a measure with options, years and source, understood once before it is answered."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from multivector import measures
from multivector.errors import BadValue, UnknownName, choices
from multivector.measures import Measure
from multivector.names import states
from multivector.study.options import coerce, year_range
from multivector.tables import CODINGS, DOCUMENTS, FLOWS, PASSAGES

__all__ = ["EVIDENCE", "Question", "frames_of"]

EVIDENCE = (DOCUMENTS, PASSAGES, CODINGS)
"""Tables a study's documents and coders give; what rests on them is not kept."""

_STATE_COLUMNS = ("state", "state_a", "state_b", "partner", "pole")
_ROW_FILTERS = ("state", "state_a", "state_b", "partner")


@dataclass(frozen=True)
class Question:
    """A measure, its own options as ``given``, and the states whose rows to ``keep`` of the answer.

    Examples
    --------
    >>> question = Question.of("kappa", "1992:2019", None, {"state": "Kazakhstan"})
    >>> question.years, question.given["state"]
    ((1992, 2019), 'KAZ')
    """

    measure: Measure
    years: tuple[int, int] | None
    source: str | None
    given: dict[str, Any]
    keep: dict[str, str]
    sources: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(
        cls,
        name: str,
        years: object,
        source: str | None,
        options: dict[str, Any],
        sources: Mapping[str, str] | None = None,
    ) -> Question:
        """Return the question that a person's words ask.

        Raises
        ------
        UnknownName
            If the measure or an option is not known.
        BadValue
            If a value is not allowed, or an option without a default is not given.
        """
        measure, span = measures.find(name), year_range(years)
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
        tables = sorted(table.name for table in measure.inputs.values())
        strange = sorted(set(sources or {}) - set(tables))
        if strange:
            raise UnknownName(
                f"{measure.name} reads no table {choices(strange)}; expected one of "
                f"{choices(tables)}; correct sources"
            )
        return cls(measure, span, source, given, keep, dict(sources or {}))

    @property
    def key(self) -> object:
        """Return what only an equal question has, types included."""
        return (self.output_key, _exactly(self.keep))

    @property
    def output_key(self) -> object:
        """Return what questions have in common that differ in the rows to keep only."""
        asked = [self.years, self.source, self.given, dict(self.sources)]
        return (self.measure.name, _exactly(asked))

    @property
    def on_evidence(self) -> bool:
        """Return whether the answer rests on documents or codings."""
        return any(table in EVIDENCE for table in self.measure.inputs.values())

    @property
    def of_all(self) -> bool:
        """Return whether more is computed than is kept, so that others can use it."""
        return bool(self.keep) and not (self.measure.own and "state" in self.keep)

    @property
    def state(self) -> str | None:
        """Return the state whose rows are enough where a table can be read in part."""
        return self.given.get("state") or self.keep.get("state")

    @property
    def flow(self) -> str | None:
        """Return the kind of flow asked for; null for all."""
        flow = self.given.get("flow")
        return flow if flow in FLOWS else None

    def needed_years(self, parameter: str) -> tuple[int, int] | None:
        """Return the years of a table that the measure needs; null for all."""
        if self.years is None or "years" not in self.measure.options:
            return self.years
        if parameter not in self.measure.within:
            return None
        return self.years[0] - self.measure.within[parameter], self.years[1]

    def asked(self) -> dict[str, Any]:
        """Return every option that bears on the answer, with defaults, sorted by name."""
        known = {
            key: self.given.get(key, option.default)
            for key, option in self.measure.options.items()
            if key not in measures.HOW
        }
        options = {**known, **self.keep, "years": self.years, "source": self.source}
        if self.sources:
            options["sources"] = dict(sorted(self.sources.items()))
        return dict(sorted(options.items()))

    def kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that concern the states asked for."""
        columns = [name for name in _STATE_COLUMNS if name in frame.columns]
        for key, state in self.keep.items():
            if key in frame.columns and key not in ("state_a", "state_b"):
                frame = frame.filter(pl.col(key) == state)
            elif columns:
                frame = frame.filter(pl.any_horizontal(pl.col(columns) == state))
        return frame


def frames_of(output: Any) -> dict[str, pl.DataFrame]:
    """Return the tables of a measure that gives several, by name."""
    fields = {field.name: getattr(output, field.name) for field in dataclasses.fields(output)}
    return {name: value for name, value in fields.items() if isinstance(value, pl.DataFrame)}


def _exactly(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((name, _exactly(part)) for name, part in sorted(value.items()))
    if isinstance(value, (tuple, list)):
        return (type(value).__name__, *map(_exactly, value))
    return type(value).__name__, value
