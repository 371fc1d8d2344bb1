"""Measures: the catalogue, and a page each that is made from the measure's signature alone."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from multivector import measures
from multivector.content.inquiry import Inquiry
from multivector.content.model import Computation, Gap, Section, Sentence
from multivector.content.tables import Heads
from multivector.errors import BadValue, MissingData, MissingExtra, MultivectorError
from multivector.measures import HOW, Measure, Option
from multivector.provenance import Result
from multivector.web import docstrings
from multivector.web.page import Field, Link, Page, Query, Route, listed, of_inquiry, section
from multivector.web.pages.listings import names
from multivector.web.repeat import command, python
from multivector.words import mark, say

__all__ = ["ROUTES", "fields_of"]

SLOW = frozenset({"binds", "gravity", "ideal_points"})
"""Measures that may take minutes: their pages give the command instead of an answer."""

_MOST = 20_000
_COUNTS = frozenset({"draws", "bootstrap", "resamples", "permutations", "points", "organisations"})
_EVERY = "all"
_FILTERS = ("state", "partner")
_FIRST = ("state", "states", "partner", "organisation", "poles", "years")
_EXAMPLES = {
    "state": "KAZ",
    "organisation": "EAEU",
    "poles": "USA,EU,RUS,CHN",
    "states": "KAZ,UZB,TKM",
}
_OWN_EXAMPLES = {
    ("bradley_terry", "poles"): "RUS,CHN",
    ("split_rollcalls", "poles"): "RUS,CHN",
    ("split_sensitivity", "poles"): "RUS,CHN",
    ("splits", "poles"): "RUS,CHN",
    ("strategic_absence", "poles"): "RUS,CHN",
    ("size_ratio", "poles"): "RUS,CHN",
    ("voting_power", "organisation"): "EU",
}
_KINDS: dict[str, Any] = {
    "state": "state",
    "partner": "state",
    "states": "states",
    "poles": "poles",
    "organisation": "organisation",
    "years": "years",
}
_FAMILIES = {
    "binding": mark("Whether an organisation binds"),
    "bridges": mark("Links between sessions"),
    "chance": mark("Similarity of votes beyond chance"),
    "changes": mark("Breaks and drifts"),
    "club_network": mark("The network of organisations"),
    "clubs": mark("Shared organisations"),
    "cohesion": mark("Cohesion of an organisation in votes"),
    "composition": mark("What an organisation is made of"),
    "criteria": mark("Convergence criteria"),
    "distances": mark("Distances in voting"),
    "exposure": mark("Exposure of trade"),
    "ideal_points": mark("Ideal points"),
    "institutional_depth": mark("Depth of an organisation"),
    "integration": mark("Economic integration of a group"),
    "multivector_index": mark("The Multi-Vector Index"),
    "pairs": mark("A state beside its poles"),
    "partners": mark("Trade partners"),
    "pole_weights": mark("Weights of poles"),
    "power_mix": mark("The mix of power"),
    "power_shifts": mark("Shifts in the mix of power"),
    "products": mark("Trade by product"),
    "reliability": mark("Agreement of coders"),
    "robustness": mark("Ranks over many specifications"),
    "similarity": mark("Similarity of votes"),
    "splits": mark("Split votes"),
    "structural_gravity": mark("Gravity of trade"),
    "text": mark("Words of documents"),
    "trade_ties": mark("Ties of trade"),
    "voting_absence": mark("Absence from votes"),
    "weighted_voting": mark("Voting power"),
}


def catalogue(query: Query) -> Page:
    """Return the page of every measure by family."""
    known = measures.catalogue()
    families = {m.family for m in known.values()}
    shown = [
        (_family(family), [m for m in known.values() if m.family == family])
        for family in sorted(families, key=_family)
    ]
    rows = (
        {
            "measure": m.name,
            "family": _family(m.family),
            "tables": ", ".join(t.name for t in m.inputs.values()),
            "gives": say(m.output.note),
            "summary": say(m.summary),
            "href": f"/measures/{m.name}",
        }
        for m in known.values()
    )
    columns: Heads = {
        "measure": say("Measure"),
        "family": say("Family"),
        "summary": say("What it says"),
        "tables": say("Tables"),
        "gives": say("A row is"),
    }
    table = listed("measures", say("Measures"), columns, rows)
    return Page(
        say("Measures"),
        lead=say(
            "Each is one published idea: its formula, its options, its answer and where it "
            "comes from, all made from the measure itself."
        ),
        sections=(section("measures", say("Measures"), table),),
        template="measures.html.j2",
        shown={"families": shown},
        command="multivector measure",
        python="import multivector as mv\n\nmv.Workspace().measures()",
    )


def measure_page(query: Query) -> Page:
    """Return the page of a measure: what it is, its form, and its answer to what was asked."""
    measure = measures.find(query.path["measure"])
    asked = _asked(measure, query)
    inquiry = Inquiry(query.workspace, "", None)
    doc = _doc(measure.name)
    shown: dict[str, Any] = {"doc": doc, "measure": measure, "names": names(), "notes": ()}
    shown["family"] = docstrings.family(measure.function)
    shown["button"] = say("Write the command") if measure.name in SLOW else say("Compute")
    result = None if measure.name in SLOW else _result(query, measure, asked, inquiry)
    frames = {} if result is None else {measure.name: result.frame, **result.frames}
    sections = () if result is None else (_answer(result, measure),)
    if result is not None:
        shown["notes"] = result.notes
    if measure.name in SLOW:
        why = say("It may take minutes: ask for it on the command line or in Python, as below.")
        inquiry.gaps.append(Gap(say("This measure is not computed in the browser"), why))
    return of_inquiry(
        inquiry,
        measure.name,
        *sections,
        kicker=_family(measure.family),
        lead=say(measure.summary),
        frames=frames,
        template="measure.html.j2",
        shown={**shown, "papers": measure.references},
        command=command("measure", measure.name, options=asked),
        python=_python(measure, asked),
        links=_neighbours(measure),
    )


def _asked(measure: Measure, query: Query) -> dict[str, str]:
    """Return the options that differ from the measure's own defaults, as written."""
    asked = {}
    for field in query.fields:
        value = query.get(field.name)
        if value is None or (value == _EVERY and field.name in (*_FILTERS, "organisation")):
            continue
        option = measure.options.get(field.name)
        if option is not None and not option.required and value == _written(option.default):
            continue
        if field.name in _COUNTS and value.isdecimal() and int(value) > _MOST:
            raise BadValue(
                f"{field.name} is {value}; expected at most {_MOST:,} in the browser; ask for "
                f"more with: multivector measure {measure.name} --{field.name} {value}"
            )
        asked[field.name] = value
    return asked


def _result(
    query: Query, measure: Measure, asked: dict[str, str], inquiry: Inquiry
) -> Result | None:
    """Return the answer; where an example that nobody chose has none, say why instead."""
    try:
        options: dict[str, Any] = {**asked}
        result = query.workspace.compute(measure.name, **options)
    except MultivectorError as error:
        if query.options and not isinstance(error, MissingData):
            raise
        inquiry.gaps.append(Gap(say("No answer"), str(error)))
        return None
    run = result.run
    options = {k: v for k, v in run.options.items() if v is not None}
    inquiry.computations[run.id] = Computation(run.id, run.measure, options, run.releases)
    return result


def _answer(result: Result, measure: Measure) -> Section:
    from multivector.charts import content_of

    title = say("The answer")
    try:
        chart = content_of(result)
    except (BadValue, MissingExtra) as error:
        return section("answer", title, str(error).partition(";")[0])
    row = Sentence(say("A row is {what}.", what=say(measure.output.note)))
    return section("answer", title, row, chart)


def fields_of(measure: Measure) -> tuple[Field, ...]:
    """Return the fields of a measure's form, one an option of its signature."""
    doc = _doc(measure.name)
    fields = [
        _field(measure, option, doc) for option in measure.options.values() if _askable(option)
    ]
    own = {field.name for field in fields}
    columns = set(measure.output.schema)
    paired = {"state_a", "partner"} & columns
    offered = {"state": paired or "state" in columns, "partner": paired}
    for name in reversed(_FILTERS):
        if name not in own and offered[name]:
            note = say("Rows of this state; all: of every state")
            default = _EXAMPLES["state"] if name == "state" and "state" not in own else None
            fields.insert(0, Field(name, _label(name), "state", default, note=note))
    if "years" not in own:
        fields.append(_years())
    fields.append(Field("source", _label("source"), note=say("A source or release to use instead")))
    order = {name: at for at, name in enumerate(_FIRST)}
    return tuple(sorted(fields, key=lambda f: (not f.required, order.get(f.name, len(order)))))


def _years() -> Field:
    return Field("years", _label("years"), "years", note=say("One year or first:last"))


def _askable(option: Option) -> bool:
    if option.name in HOW:
        return False
    found = typing.get_args(option.annotation) or (option.annotation,)
    return not any(typing.get_origin(a) in (Mapping, types.FunctionType) for a in found) and (
        "Mapping" not in str(option.annotation) and "Callable" not in str(option.annotation)
    )


def _field(measure: Measure, option: Option, doc: docstrings.Doc) -> Field:
    name = option.name
    default = None if option.required else _written(option.default)
    if name == "organisation" or (name in _EXAMPLES and default is None):
        default = _OWN_EXAMPLES.get((measure.name, name), default or _EXAMPLES[name])
    default = _OWN_EXAMPLES.get((measure.name, name), default)
    note = _short(doc.said_of(name))
    kind, listed = _kind(option)
    if name in _FILTERS and not option.required:
        note = say("Rows of this state; all: of every state")
    if name == "partner":
        default = None
    return Field(name, _label(name), kind, default, listed, note, option.required)


def _kind(option: Option) -> tuple[Any, tuple[tuple[str, str], ...]]:
    if option.name in _KINDS:
        return _KINDS[option.name], ()
    kinds = [a for a in _alternatives(option.annotation) if a is not type(None)]
    (first, *rest) = kinds
    if typing.get_origin(first) is Literal and not rest:
        return "choice", tuple((str(v), str(v)) for v in typing.get_args(first))
    if first is bool:
        return "choice", (("yes", say("yes")), ("no", say("no")))
    if first is int and not rest:
        return "whole", ()
    return ("number", ()) if first is float and not rest else ("text", ())


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _written(value: Any) -> str | None:
    """Return a default as it is written in an address; null for none."""
    if value is None or value == ():
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    return str(value)


def _short(text: str) -> str:
    first = text.partition(". ")[0].partition("; ")[0].rstrip(".")
    return first if len(first) <= 110 else first[:107].rsplit(" ", 1)[0] + " …"


def _label(name: str) -> str:
    return name.replace("_", " ")


def _family(name: str) -> str:
    return say(_FAMILIES.get(name, name.replace("_", " ")))


@cache
def _doc(name: str) -> docstrings.Doc:
    return docstrings.read(measures.find(name).function)


def _neighbours(measure: Measure) -> tuple[Link, ...]:
    own = (m for m in measures.catalogue().values() if m.family == measure.family)
    return tuple(Link(f"/measures/{m.name}", m.name, m.name == measure.name) for m in own)


def _python(measure: Measure, asked: Mapping[str, str]) -> str:
    tables = ", ".join(name for name in measure.inputs if name not in measure.optional)
    computed = python("compute", measure.name, asked, then="", into="result = ")
    return (
        f"{computed}\nresult.frame, result.cite()\n\n"
        f"mv.measures.{measure.name}({tables or next(iter(measure.inputs))}, …)  "
        "# the pure function, on frames of your own"
    )


ROUTES = (
    Route("/measures", "Measures", catalogue),
    Route(
        "/measures/{measure}",
        "A measure",
        measure_page,
        (),
        lambda path: fields_of(measures.find(path["measure"])),
        lambda: ({"measure": name} for name in measures.catalogue()),
    ),
)
