"""Panels: state-years and dyad-years with measures beside them, as a study's analysis takes them.

A panel is a frame of keys, codes and names to which measures of the catalogue are joined. What a
measure does not say of a row stays null, and ``<measure>_n`` says how many observations a value
rests on. A measure of one state stands twice beside a pair (``_a``, ``_b``), one that has a
direction twice beside a pair without (``_ab`` from ``state_a`` to ``state_b``, and ``_ba``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from multivector import measures
from multivector.errors import BadValue, UnknownName, choices, nearest
from multivector.measures import Measure
from multivector.provenance import Result, Run, fingerprint, ranges
from multivector.study import state_years as basis
from multivector.study import world
from multivector.study.engine import Engine
from multivector.study.options import year_range
from multivector.study.state_years import ENDS, LISTS, MAJORS, Members, On
from multivector.tables.declare import Column, integer, number, text
from multivector.version import __version__

__all__ = ["Asked", "Panel", "panel"]

Unit = Literal["dyads", "states"]
_KINDS = {
    ("state_a", "state_b", "year"): "pair",
    ("state", "partner", "year"): "directed",
    ("state", "year"): "state",
}
_FITTING = {
    "dyads": "state_a, state_b and year; state, partner and year; or state and year",
    "states": "state and year",
}
_REFERENCE = (
    "Miller, S. V. (2022). peacesciencer: An R package for quantitative peace science research. "
    "Conflict Management and Peace Science 39(6)."
)
_CODES = {
    "state": "{which}: ISO 3166-1 alpha-3 or the historical code",
    "cow": "number of {which} in the Correlates of War; null where it has none",
    "gw": "number of {which} after Gleditsch and Ward; null where it has none",
    "name": "name of {which} in English",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows a panel has: of what, in which years, by whose list, and which of them."""

    unit: Unit
    years: tuple[int, int]
    members: Members = "cow"
    directed: bool = False
    relevant: bool = False
    on: On = "any"

    @property
    def words(self) -> str:
        """Return the question in a line of words."""
        kinds = [
            *(["directed"] if self.directed else []),
            *(["politically relevant"] if self.relevant else []),
            "dyad-years" if self.unit == "dyads" else "state-years",
        ]
        day = "any day" if self.on == "any" else "the last day"
        span = ranges(range(self.years[0], self.years[1] + 1))
        return f"{' '.join(kinds)} {span}; {LISTS[self.members]}, members on {day} of a year"


@dataclass(frozen=True, slots=True)
class _Part:
    """What is joined under a name: rows by key, and how the answer behind them was made."""

    name: str
    kind: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    answer: Result


@dataclass(frozen=True, repr=False)
class Panel:
    """A frame of state-years or dyad-years with measures, and what it rests on.

    Examples
    --------
    >>> neighbours = panel("dyads", years=(2015, 2016), relevant=True).with_("contiguity")
    >>> pair = (pl.col("state_a") == "KAZ") & (pl.col("state_b") == "RUS")
    >>> neighbours.frame.filter(pair).select("cow_a", "cow_b", "year", "contiguity").rows()
    [(705, 365, 2015, 1.0), (705, 365, 2016, 1.0)]
    """

    asked: Asked
    answer: Result
    columns: tuple[Column, ...]
    study: Engine = field(compare=False)

    @property
    def frame(self) -> pl.DataFrame:
        """Return the rows."""
        return self.answer.frame

    @property
    def run(self) -> Run:
        """Return how it was made: the same question on the same data has the same id."""
        return self.answer.run

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a reader needs to know."""
        return self.answer.notes

    @property
    def coverage(self) -> pl.DataFrame:
        """Return what the measures rest on, by table and release; see ``Result.coverage``."""
        return self.answer.coverage

    @property
    def labels(self) -> dict[str, str]:
        """Return what each column means, as Stata's variable labels."""
        return {column.name: column.note for column in self.columns}

    def cite(self) -> str:
        """Return the bibliography: lists of states, releases used, papers of the measures."""
        return self.answer.cite()

    def with_(
        self,
        *names: str,
        named: str | None = None,
        source: str | None = None,
        sources: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Panel:
        """Return the panel with measures joined to it.

        Parameters
        ----------
        *names : str
            Measures of the catalogue that answer by state and year, by pair and year, or by state,
            partner and year; also ``contiguity`` (a border on land) and ``major_power``.
        named : str, optional
            What to call the column, for one measure: to have it twice, with other options.
        source, sources
            Releases to take, as for ``Workspace.compute``.
        **options
            The measures' own options; each goes to the measures that have it.

        Raises
        ------
        UnknownName
            If there is no such measure or option.
        BadValue
            If a measure does not answer by the keys of the panel, a value is not allowed, or the
            panel has the column already.

        Examples
        --------
        >>> shares = panel("states", years=2019).with_("concentration", flow="exports")
        >>> shares.frame.columns
        ['state', 'year', 'cow', 'gw', 'name', 'concentration', 'concentration_n']
        """
        if not names or (named is not None and len(names) > 1):
            raise BadValue(
                f"{len(names)} measures are to be joined{f' as {named}' if named else ''}; "
                f"expected {'one' if named else 'at least one'}; name it, as in with_('s_score')"
            )
        chosen = [_find(name, self.asked.unit) for name in names]
        _check_options(chosen, options, sources or {})
        made = self
        for item in chosen:
            if isinstance(item, Measure):
                given = {k: v for k, v in options.items() if k in item.options}
                tables = {table.name for table in item.inputs.values()}
                wanted = {k: v for k, v in (sources or {}).items() if k in tables}
                answer = self.study.compute(
                    item.name, years=self.asked.years, source=source, sources=wanted, **given
                )
                part = _of_measure(item, answer, named or item.name, given)
            else:
                part = _OWN[item].make(self.study, self.asked, named or item)
            made = made._joined(part)
        return made

    def codebook(self) -> str:
        """Return what each column means, its unit, how many rows have it and its range."""
        lines = [
            "# Codebook",
            "",
            f"{self.asked.words}. {self.frame.height:,} rows, key "
            f"{', '.join(_key(self.asked))}. {self.run.id}, multivector {self.run.version}.",
            "",
            "| column | kind | meaning | unit | rows with a value | from | to |",
            "|---|---|---|---|--:|---|---|",
        ]
        for column in self.columns:
            found = self.frame[column.name].drop_nulls()
            ends = (found.min(), found.max()) if found.len() else ("", "")
            first, last = (f"{end:.6g}" if isinstance(end, float) else str(end) for end in ends)
            lines.append(
                f"| `{column.name}` | {column.kind} | {column.note} | {column.unit or ''} "
                f"| {found.len():,} | {first} | {last} |"
            )
        lines += [
            "",
            "Missing values are unknown, not zero.",
            *(f"- {note}" for note in self.notes),
        ]
        return "\n".join([*lines, "", "## Sources", "", *self.cite().splitlines(), ""])

    def __repr__(self) -> str:
        """Return a line: which rows, how many, and the measures beside them."""
        joined = [c.name for c in self.columns if c.kind == "number"]
        return (
            f"Panel({self.asked.words}: {self.frame.height:,} rows; "
            f"{choices(joined, 6) or 'no measure yet'}; {self.run.id})"
        )

    def _repr_html_(self) -> str:
        return self.answer._repr_html_()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give the rows to what reads Arrow."""
        return self.answer.__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> Any:
        """Return the rows as a pandas frame."""
        return self.answer.to_pandas()

    def _joined(self, part: _Part) -> Panel:
        """Return the panel with the columns of a part, and what the part rests on."""
        frame, columns = self.frame, list(self.columns)
        for right, added in _sides(part, self.asked):
            twice = sorted({c.name for c in added} & set(frame.columns))
            if twice:
                raise BadValue(
                    f"the panel has a column {twice[0]!r} already; expected each once; "
                    "give it another name with named="
                )
            frame = _beside(frame, right, [c.name for c in added])
            columns += added
        answer = _together(self.answer, part, frame)
        return Panel(self.asked, answer, tuple(columns), self.study)


def panel(
    unit: Unit,
    *,
    years: object,
    members: Members = "cow",
    directed: bool = False,
    relevant: bool = False,
    on: On = "any",
    study: Engine | None = None,
) -> Panel:
    """Return a panel of states or of pairs of states by year, to join measures to.

    Parameters
    ----------
    unit : {"dyads", "states"}
        What a row is in each year: a pair of states, or a state.
    years : tuple of int, int or str
        First and last year, one year, or ``"1992:2014"``.
    members : {"cow", "gw", "un"}
        Whose members: Correlates of War (to 2016, then carried forward), Gleditsch and Ward (to
        2020, then carried forward), United Nations.
    directed : bool
        Of pairs both ways round, A with B and B with A; else the one with ``state_a < state_b``.
    relevant : bool
        Only politically relevant pairs: with a border on land, as it is today, or with a major
        power of the Correlates of War. Neighbours across water are not known here.
    on : {"any", "last"}
        A state counts in a year if it was a member on any day of it, as peacesciencer's
        ``create_dyadyears`` has it, or on its last day.
    study : Workspace, optional
        The study whose data the measures are computed from; the embedded data if not given.

    Returns
    -------
    Panel
        Its ``frame`` has, of pairs, ``state_a``, ``state_b``, ``year``, ``cow_a``, ``cow_b``,
        ``gw_a``, ``gw_b``, ``name_a``, ``name_b``; of states ``state``, ``year``, ``cow``, ``gw``,
        ``name``. ``with_`` joins measures.

    Raises
    ------
    UnknownName
        If there is no such unit or list.
    BadValue
        If the years are reversed, or a panel of states is to have pairs' options.

    References
    ----------
    Miller, S. V. (2022). peacesciencer: An R package for quantitative peace science research.
    Conflict Management and Peace Science 39(6).

    Examples
    --------
    >>> panel("states", years=(1992, 2014)).frame.height
    4390
    >>> dyads = panel("dyads", years="1992:2014").frame
    >>> among = pl.col("state_a", "state_b").is_in(["KAZ", "KGZ", "TJK", "TKM", "UZB"])
    >>> dyads.filter(pl.any_horizontal(among)).height
    21605
    """
    if unit not in _FITTING:
        raise UnknownName(f"there is no panel of {unit!r}; expected dyads or states; correct it")
    span = year_range(years)
    if span is None:
        raise BadValue("a panel has no years; expected one or FIRST:LAST; say years=(1992, 2014)")
    if unit == "states" and (directed or relevant):
        raise BadValue(
            "a panel of states is directed or relevant; expected that of dyads only; "
            "leave the option out"
        )
    asked = Asked(unit, span, members, directed, relevant, on)
    engine = Engine() if study is None else study
    held = basis.state_years(span, members, on)
    frame = held if unit == "states" else basis.dyad_years(held, directed=directed)
    sources = {"states": basis.releases_of(members)}
    if relevant:
        borders = engine.table("borders")
        frame = basis.relevant(frame, borders.frame, on)
        sources |= {"borders": borders.releases, "major_powers": (MAJORS,)}
    inputs = {"states": fingerprint(held.rows())}
    run = Run("panel", dataclasses.asdict(asked) | {"with": {}}, sources, inputs, __version__)
    answer = Result(frame, run, _said_of(asked), references=(_REFERENCE,))
    return Panel(asked, _with_origins(answer, engine), _columns(asked), engine)


@dataclass(frozen=True, slots=True)
class _Own:
    """A column that the panel makes of a table and no measure answers."""

    units: tuple[Unit, ...]
    make: Callable[[Engine, Asked, str], _Part]


def _contiguity(study: Engine, asked: Asked, name: str) -> _Part:
    """Return whether two states have a border on land: 1 or 0 where both have an entry."""
    borders = study.table("borders")
    read = world.read("factbook_entries.tsv").filter(
        pl.col("part").is_null() & (pl.col("kind") == "country")
    )
    states = read.select(state_a="state").unique()
    pairs = states.join(states.rename({"state_a": "state_b"}), how="cross")
    frame = (
        pairs.filter(pl.col("state_a") < pl.col("state_b"))
        .join(basis.land_pairs(borders.frame), on=["state_a", "state_b"], how="left")
        .with_columns(pl.col("named").is_not_null().cast(pl.Float64).alias(name))
        .with_columns(pl.lit(2, pl.Int64).alias(f"{name}_n"))
        .drop("named")
    )
    note = "1 if the two states have a border on land, as the Factbook has it; else 0"
    run = Run(name, {}, {"borders": borders.releases}, {"borders": borders.content}, __version__)
    said = (f"{name}: borders on land as they are today, in all years; none across water",)
    columns = _two(name, note, None)
    return _Part(name, "pair", frame, columns, _with_origins(Result(frame, run, said), study))


def _major_power(study: Engine, asked: Asked, name: str) -> _Part:
    """Return whether a state is a major power of the Correlates of War in a year: 1 or 0."""
    majors = basis.major_powers(asked.years, asked.on).with_columns(major=pl.lit(1.0))
    held = basis.state_years(asked.years, asked.members, asked.on).filter(
        pl.col("cow").is_not_null()
    )
    frame = held.join(majors, on=["cow", "year"], how="left").select(
        "state",
        "year",
        pl.col("major").fill_null(0.0).alias(name),
        pl.lit(1, pl.Int64).alias(f"{name}_n"),
    )
    run = Run(name, {}, {"major_powers": (MAJORS,)}, {}, __version__)
    note = "1 if the state is a major power (Correlates of War), else 0"
    said = _carried(name, asked.years, ENDS["cow"])
    answer = _with_origins(Result(frame, run, said), study)
    return _Part(name, "state", frame, _two(name, note, None), answer)


_OWN: dict[str, _Own] = {
    "contiguity": _Own(("dyads",), _contiguity),
    "major_power": _Own(("dyads", "states"), _major_power),
}


def _kind(measure: Measure) -> str | None:
    """Return by what a measure answers; null where no panel has its keys or it gives no value."""
    key = tuple(part for part in measure.output.key if part != "flow")
    has = {column.name for column in measure.output.columns}
    return _KINDS.get(key) if {"value", "n"} <= has else None


def _find(name: str, unit: Unit) -> Measure | str:
    """Return the measure of the name that answers by the panel's keys, or a name of our own."""
    fitting = ("state",) if unit == "states" else tuple(_KINDS.values())
    if name in _OWN and unit in _OWN[name].units:
        return name
    known = measures.catalogue()
    measure = known.get(name)
    if measure is not None and _kind(measure) in fitting:
        return measure
    can = [n for n, m in known.items() if _kind(m) in fitting]
    can = sorted([*can, *(n for n, own in _OWN.items() if unit in own.units)])
    if measure is None and name not in _OWN:
        raise UnknownName(
            f"there is no measure {name!r}; nearest: {choices(nearest(name, can)) or 'none'}; "
            f"expected one of {choices(can, 60)}; correct the name"
        )
    keys = ("state_a", "state_b") if measure is None else measure.output.key
    raise BadValue(
        f"{name} answers by {choices(keys)}, which a panel of {unit} does not have; "
        f"expected a measure by {_FITTING[unit]}; choose one of {choices(can, 60)}"
    )


def _check_options(
    chosen: Iterable[Measure | str], options: Mapping[str, Any], sources: Mapping[str, str]
) -> None:
    """Refuse an option or a table that none of the measures has."""
    having = [item for item in chosen if isinstance(item, Measure)]
    names = choices([item.name for item in having]) or "a column of the panel's own"
    known = {option for item in having for option in item.options} - {"years"}
    tables = {table.name for item in having for table in item.inputs.values()}
    for what, given, allowed in (("option", options, known), ("table", sources, tables)):
        strange = sorted(set(given) - allowed)
        if strange:
            expected = f"expected one of {choices(sorted(allowed), 40)}" if allowed else "none fits"
            raise UnknownName(f"{names} has no {what} {strange[0]!r}; {expected}; correct the name")


def _of_measure(measure: Measure, answer: Result, name: str, options: Mapping[str, Any]) -> _Part:
    """Return the values and n of a measure's answer by key, a pair of columns a flow."""
    keys = [part for part in measure.output.key if part != "flow"]
    chosen = ", ".join(f"{k}={v}" for k, v in sorted(options.items()))
    note = measure.summary.rstrip(".") + (f" ({chosen})" if chosen else "")
    unit = next(c.unit for c in measure.output.columns if c.name == "value")
    frame = answer.frame
    flows: list[Any] = [None]
    if "flow" in frame.columns:
        flows = frame["flow"].unique().sort().to_list() or [None]
    whole: pl.DataFrame | None = None
    columns: list[Column] = []
    for flow in flows:
        named = name if len(flows) == 1 else f"{name}_{flow}"
        rows = frame if flow is None else frame.filter(pl.col("flow") == flow)
        part = rows.select(*keys, pl.col("value").alias(named), pl.col("n").alias(f"{named}_n"))
        whole = part if whole is None else whole.join(part, on=keys, how="full", coalesce=True)
        columns += _two(named, note if len(flows) == 1 else f"{flow}: {note}", unit)
    assert whole is not None
    return _Part(name, str(_kind(measure)), whole, tuple(columns), answer)


def _two(name: str, note: str, unit: str | None) -> tuple[Column, Column]:
    """Return a value's column and that of its n."""
    return (
        number(name, note, unit, null=True),
        integer(
            f"{name}_n",
            "how many observations it rests on; null without a row",
            null=True,
        ),
    )


def _sides(part: _Part, asked: Asked) -> Iterable[tuple[pl.DataFrame, list[Column]]]:
    """Yield what is to be joined with the panel's own keys: once, or once a side or direction."""
    plain, turned = ("state_a", "state_b"), ("state_b", "state_a")
    ways: list[tuple[dict[str, str], str, str]]
    if part.kind == "pair":
        ways = [({}, "", "")]
        if asked.directed:
            back = part.frame.rename(dict(zip(plain, turned, strict=True)))
            part = dataclasses.replace(
                part, frame=pl.concat([part.frame, back.select(part.frame.columns)])
            )
    elif part.kind == "directed":
        names = ("state", "partner")
        ways = [(dict(zip(names, plain, strict=True)), "", "")]
        if not asked.directed:
            ways = [
                (dict(zip(names, plain, strict=True)), "_ab", "a to b: "),
                (dict(zip(names, turned, strict=True)), "_ba", "b to a: "),
            ]
    elif asked.unit == "states":
        ways = [({}, "", "")]
    else:
        ways = [({"state": f"state_{s}"}, f"_{s}", f"state_{s}: ") for s in "ab"]
    for keys, ending, side in ways:
        named = {c.name: _ended(c, ending) for c in part.columns}
        added = [
            dataclasses.replace(c, name=named[c.name], note=f"{side}{c.note}") for c in part.columns
        ]
        yield part.frame.rename(keys | named), added


def _ended(column: Column, ending: str) -> str:
    """Return the name of a column with the side it is of, in that of n before ``_n``."""
    if column.kind != "integer":
        return f"{column.name}{ending}"
    return f"{column.name.removesuffix('_n')}{ending}_n"


def _beside(frame: pl.DataFrame, right: pl.DataFrame, added: list[str]) -> pl.DataFrame:
    """Return the rows with further columns, in the same order; what is not known is null."""
    keys = [name for name in right.columns if name not in added]
    return frame.join(right, on=keys, how="left", maintain_order="left")


def _together(before: Result, part: _Part, frame: pl.DataFrame) -> Result:
    """Return the answer of a panel to which a part was joined."""
    sources = {
        table: tuple(sorted({*before.run.sources.get(table, ()), *used}))
        for table, used in part.answer.run.sources.items()
    }
    run = dataclasses.replace(
        before.run,
        options={
            **before.run.options,
            "with": {**before.run.options["with"], part.name: part.answer.run.id},
        },
        sources={**before.run.sources, **sources},
        inputs={**before.run.inputs, **part.answer.run.inputs},
    )
    notes = [
        n if n.startswith(f"{part.name}: ") else f"{part.name}: {n}" for n in part.answer.notes
    ]
    return Result(
        frame,
        run,
        tuple(dict.fromkeys((*before.notes, *notes))),
        tuple(dict.fromkeys((*before.origins, *part.answer.origins))),
        tuple(dict.fromkeys((*before.references, *part.answer.references))),
        covered=tuple(dict.fromkeys((*before.covered, *part.answer.covered))),
    )


def _with_origins(answer: Result, study: Engine) -> Result:
    origins = study.origins()
    found = tuple(origins[r] for r in answer.run.releases if r in origins)
    return dataclasses.replace(answer, origins=found)


def _said_of(asked: Asked) -> tuple[str, ...]:
    """Return what a reader needs to know of the rows."""
    said = _carried(asked.members, asked.years, ENDS.get(asked.members, 9999))
    if asked.relevant:
        said += (
            "relevant: neighbours by a border on land as it is today, in all years, and pairs with "
            "a major power; neighbours across water are not known",
            *_carried("major powers", asked.years, ENDS["cow"]),
        )
    return said


def _carried(what: str, years: tuple[int, int], end: int) -> tuple[str, ...]:
    if years[1] <= end:
        return ()
    return (f"{what}: the list ends with {end}; it is carried forward unchanged to {years[1]}",)


def _key(asked: Asked) -> tuple[str, ...]:
    return ("state", "year") if asked.unit == "states" else ("state_a", "state_b", "year")


def _columns(asked: Asked) -> tuple[Column, ...]:
    """Return the columns of a panel without measures."""
    year = integer("year", "calendar year")
    if asked.unit == "states":
        state, cow, gw, name = (_code(code, code, "the state") for code in _CODES)
        return (state, year, cow, gw, name)
    pairs = [
        _code(code, f"{code}_{side}", whole if code == "state" else f"state_{side}")
        for code in _CODES
        for side, whole in (("a", "the first state"), ("b", "the second state"))
    ]
    return (*pairs[:2], year, *pairs[2:])


def _code(code: str, name: str, which: str) -> Column:
    declare = integer if code in ("cow", "gw") else text
    return declare(name, _CODES[code].format(which=which), null=code in ("cow", "gw"))
