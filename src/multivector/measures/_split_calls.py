"""Which roll calls poles split on, and whom a state joined on each: the kernel of split votes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Literal, Required, TypedDict, Unpack

import polars as pl

from multivector.errors import BadValue, MissingData, UnknownState, choices
from multivector.measures._choices import ISSUES, KINDS
from multivector.measures._options import Default, described, given
from multivector.names import states
from multivector.tables import Rollcalls, SplitVotes, Votes

By = Literal["period", "year", "session"]
Duplicates = Literal["merge", "keep"]
Side = Literal["same", "nearer"]

FINAL = ("final", "unknown")
POWERS = ("USA", "RUS", "CHN", "GBR", "FRA", "DEU", "TUR", "IND", "JPN", "BRA")
"""The powers whose splits the package carries."""
_LETTERS = {"y": "yes", "a": "abstain", "n": "no", "x": "absent"}
_LEVELS = {"yes": 0.0, "abstain": 1.0, "no": 2.0}
_CALL = ("date", "year", "session", "resolution", "title", "kind", "issues", "duplicate_of")


class SplitQuestion(TypedDict, total=False):
    """Whose side is asked about, between which poles.

    Parameters
    ----------
    votes, rollcalls : Votes, Rollcalls
        Votes of one release with its roll calls.
    split_votes : SplitVotes
        Split roll calls with all choices, used where there are no votes.
    state : str
        The state asked about.
    poles : tuple of str
        Two poles or more.
    years : tuple of int, optional
        First and last year.
    kinds, duplicates, issue
        Which roll calls.
    """

    state: Required[str]
    poles: Required[tuple[str, ...]]
    years: Annotated[tuple[int, int] | None, Default(None)]
    issue: Annotated[str | None, Default(None)]


class SensitivityOptions(SplitQuestion, total=False):
    """Those, and what joining a pole is."""

    side: Annotated[Side, Default("same")]


class SplitOptions(SplitQuestion, total=False):
    """Those, and which kinds of roll calls count, once or each time."""

    kinds: Annotated[tuple[str, ...], Default(FINAL)]
    duplicates: Annotated[Duplicates, Default("merge")]


class DefinitionOptions(SplitOptions, total=False):
    """Those, and what is a split and what is joining."""

    strict: Annotated[bool, Default(value=True)]
    absent: Annotated[bool, Default(value=False)]
    side: Annotated[Side, Default("same")]


for _kind in (SensitivityOptions, SplitOptions, DefinitionOptions):
    described(_kind, SplitQuestion)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a split is and which roll calls are looked at."""

    strict: bool
    absent: bool
    side: str
    kinds: tuple[str, ...]
    duplicates: str
    issue: str | None

    @classmethod
    def of(cls, asked: DefinitionOptions) -> Definition:
        """Return the definition that options name."""
        return cls(
            asked["strict"],
            asked["absent"],
            asked["side"],
            asked["kinds"],
            asked["duplicates"],
            asked["issue"],
        )

    def __post_init__(self) -> None:
        allowed = {
            "side": (self.side, ("same", "nearer")),
            "duplicates": (self.duplicates, ("merge", "keep")),
            "issue": (self.issue or ISSUES[0], ISSUES),
            **{f"kinds {i}": (kind, KINDS) for i, kind in enumerate(self.kinds)},
        }
        for option, (value, known) in allowed.items():
            if value not in known:
                raise BadValue(
                    f"{option.split()[0]} {value!r} is not known; expected one of "
                    f"{choices(known)}; correct it"
                )


def pairs_of(poles: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        list(combinations(poles, 2)),
        schema=dict.fromkeys(("pole_a", "pole_b"), pl.String),
        orient="row",
    )


def _checked(state: str, poles: tuple[str, ...]) -> None:
    if len(set(poles)) < 2 or len(set(poles)) < len(poles) or state in poles:
        raise BadValue(
            f"poles {choices(poles) or 'none'} cannot split {state}; expected two or more "
            "different states other than the state itself; name them, as in RUS,CHN"
        )


def _carried(poles: tuple[str, ...]) -> None:
    strange = [pole for pole in poles if heir(pole) not in POWERS]
    if strange:
        raise MissingData(
            f"the embedded split roll calls are not those of {choices(strange)}; expected poles "
            f"among {choices(POWERS)}; for others install the votes: multivector data add "
            "UNVotes.csv"
        )


def _voting(votes: Votes, poles: tuple[str, ...]) -> None:
    held = set(seats(votes["state"], poles)["seat"])
    strange = [pole for pole in poles if pole not in held and not _is_state(pole)]
    if strange:
        raise BadValue(
            f"{choices(strange)} casts no votes in the General Assembly; expected states as poles; "
            "name one of its members"
        )


def _is_state(code: str) -> bool:
    try:
        states.lineage(code)
    except UnknownState:
        return False
    return True


STANDARD = Definition(True, False, "same", FINAL, "merge", None)
"""Yes against no on final votes, each text once."""


def has_absences(votes: Votes) -> bool:
    return bool((votes["choice"] == "absent").any())


def calls_at_hand(
    votes: Votes | None, rollcalls: Rollcalls | None, split_votes: SplitVotes | None
) -> pl.DataFrame:
    """Return the roll calls at hand, with every column `listed` uses; unknown ones null."""
    if votes is None:
        if split_votes is None:
            raise MissingData(
                "split votes need votes; expected votes or the embedded split roll calls; "
                "add a data set of roll calls: multivector data add UNVotes.csv"
            )
        return split_votes.select("rollcall", *_CALL, "source", "family")
    if rollcalls is None:
        bare = votes.select("rollcall", "year", "source").unique("rollcall").sort("rollcall")
        empty = [name for name in (*_CALL, "family") if name not in bare.columns]
        bare = bare.with_columns(
            pl.lit(None, dtype=pl.Int64 if name == "session" else pl.String).alias(name)
            for name in empty
        )
        return bare.with_columns(kind=pl.lit("unknown"))
    return rollcalls.select("rollcall", *_CALL, "source", "family")


def joined(
    votes: Votes | None,
    rollcalls: Rollcalls | None,
    split_votes: SplitVotes | None,
    definition: Definition,
    wanted: tuple[str, ...],
    poles: tuple[str, ...] = (),
) -> tuple[Votes | None, Rollcalls | None, SplitVotes | None]:
    """Return votes and roll calls with the embedded split ones of other years beside them.

    Where there are votes, ``split_votes`` are of the years these do not cover. They serve for the
    definition they were made under, among the poles they were made for; else the votes stand alone.
    """
    if votes is None or split_votes is None:
        return votes, rollcalls, split_votes
    fits = definition.strict and not definition.absent
    if split_votes.is_empty() or not fits or any(heir(code) not in POWERS for code in poles):
        return votes, rollcalls, None
    calls = calls_at_hand(votes, rollcalls, None)
    more = calls_at_hand(None, None, split_votes).select(calls.columns)
    cast = spelled(split_votes, wanted).rename({"seat": "state"})
    cast = cast.with_columns(source=pl.lit("")).select(
        "rollcall", "state", "year", "choice", "source"
    )
    both = pl.concat([votes.select(cast.columns), cast.cast(votes.select(cast.columns).schema)])
    return both, pl.concat([calls, more]), None


def listed(
    votes: Votes | None,
    rollcalls: Rollcalls | None,
    split_votes: SplitVotes | None,
    **which: Unpack[DefinitionOptions],
) -> pl.DataFrame:
    """Return one row a pair and split roll call, with choices and the side joined."""
    o = given(DefinitionOptions, which)
    state, poles, years = o["state"], o["poles"], o["years"]
    definition = Definition.of(o)
    _checked(state, poles)
    votes, rollcalls, split_votes = joined(
        votes, rollcalls, split_votes, definition, (state, *poles), poles
    )
    calls = chosen_calls(calls_at_hand(votes, rollcalls, split_votes), years, definition)
    if votes is None:
        if not definition.strict or definition.absent:
            raise MissingData(
                "the embedded split roll calls are those of yes against no; expected that "
                "definition, or the votes themselves; install them: multivector data add "
                "UNVotes.csv"
            )
        _carried(poles)
        cast = spelled(split_votes, (state, *poles))
    else:
        _voting(votes, poles)
        cast = seat_choices(votes, (state, *poles))
    wide = cast.join(calls.select("rollcall"), on="rollcall", how="semi").pivot(
        "seat", index="rollcall", values="choice", aggregate_function="first"
    )
    absent = [name for name in (state, *poles) if name not in wide.columns]
    wide = wide.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
    if votes is not None and not has_absences(votes):
        wide = with_absences(wide, votes, calls, (state, *poles))
    frames = [_split(wide, state, a, b, definition) for a, b in combinations(poles, 2)]
    return pl.concat(frames).join(calls, on="rollcall").with_columns(state=pl.lit(state))


def chosen_calls(
    calls: pl.DataFrame, years: tuple[int, int] | None, definition: Definition
) -> pl.DataFrame:
    keep = pl.col("kind").is_in(definition.kinds)
    if definition.duplicates == "merge":
        keep &= pl.col("duplicate_of").is_null()
    if years is not None:
        keep &= pl.col("year").is_between(*years)
    if definition.issue is not None:
        held = pl.col("issues").str.split(";").list.contains(definition.issue)
        keep &= held.fill_null(value=False)
    return calls.filter(keep)


def heir(code: str) -> str:
    """Return who holds the seat today; a code that is no state's stands for itself."""
    try:
        return states.lineage(code)
    except UnknownState:
        return code


def seats(present: pl.Series, wanted: Iterable[str]) -> pl.DataFrame:
    """Return state and seat for the states wanted and their predecessors in the same seat."""
    names = tuple(wanted)
    codes = present.unique().sort().to_list()
    rows = [(code, code if code in names else heir(code)) for code in codes]
    kept = [row for row in rows if row[1] in names]
    return pl.DataFrame(kept, schema={"state": pl.String, "seat": pl.String}, orient="row")


def seat_choices(votes: Votes, wanted: Iterable[str]) -> pl.DataFrame:
    held = seats(votes["state"], wanted)
    cast = votes.select("rollcall", "state", "choice", "year").join(held, on="state")
    return cast.select("rollcall", "choice", "year", "seat")


def spelled(split_votes: SplitVotes | None, wanted: tuple[str, ...]) -> pl.DataFrame:
    """Return the choices of the states wanted out of the letters of embedded roll calls."""
    schema = {"rollcall": pl.String, "state": pl.String, "choice": pl.String, "year": pl.Int64}
    rows = []
    if split_votes is None:
        return pl.DataFrame(schema={"rollcall": pl.String, "seat": pl.String})
    for line, part in split_votes.group_by("states"):
        codes = str(line[0]).split(";")
        kept = [(i, c) for i, c in enumerate(codes) if c in wanted or heir(c) in wanted]
        letters = [pl.col("choices").str.slice(place, 1).alias(code) for place, code in kept]
        cast = part.select("rollcall", "year", *letters).unpivot(
            index=["rollcall", "year"], variable_name="state", value_name="letter"
        )
        choice = pl.col("letter").replace_strict(_LETTERS, default=None, return_dtype=pl.String)
        rows.append(cast.select("rollcall", "year", "state", choice=choice))
    frame = pl.concat(rows) if rows else pl.DataFrame(schema=schema)
    return seat_choices(frame.filter(pl.col("choice").is_not_null()).select(list(schema)), wanted)


def with_absences(
    wide: pl.DataFrame, votes: Votes, calls: pl.DataFrame, wanted: tuple[str, ...]
) -> pl.DataFrame:
    """Return the choices with absence where a state that voted that year has none."""
    own = seat_choices(votes, wanted).select("seat", "year").unique()
    active = calls.select("rollcall", "year").join(own, on="year")
    rows = active.pivot("seat", index="rollcall", values="year", aggregate_function="first")
    rows = rows.join(wide, on="rollcall", how="left", suffix="_cast")
    return rows.select(
        "rollcall",
        *(
            pl.coalesce(
                f"{name}_cast", pl.when(pl.col(name).is_not_null()).then(pl.lit("absent"))
            ).alias(name)
            if name in rows.columns and f"{name}_cast" in rows.columns
            else pl.lit(None, dtype=pl.String).alias(name)
            for name in wanted
        ),
    )


def _split(
    wide: pl.DataFrame, state: str, pole_a: str, pole_b: str, definition: Definition
) -> pl.DataFrame:
    a, b, own = pl.col(pole_a), pl.col(pole_b), pl.col(state)
    firm_a, firm_b = a.is_in(["yes", "no"]), b.is_in(["yes", "no"])
    gone_a, gone_b = a == "absent", b == "absent"
    if definition.strict:
        opposed = firm_a & firm_b & (a != b)
        if definition.absent:
            opposed |= (firm_a & gone_b) | (gone_a & firm_b)
    else:
        opposed = a != b
        if not definition.absent:
            opposed &= ~gone_a & ~gone_b
    chosen = wide.filter(opposed & own.is_not_null())
    return chosen.select(
        "rollcall",
        pole_a=pl.lit(pole_a),
        pole_b=pl.lit(pole_b),
        choice_a=a,
        choice_b=b,
        choice=own,
        side=_side(own, a, b, definition.side),
    )


def _side(own: pl.Expr, a: pl.Expr, b: pl.Expr, side: str) -> pl.Expr:
    joined = pl.when(own == a).then(pl.lit("pole_a")).when(own == b).then(pl.lit("pole_b"))
    joined = joined.when(own == "absent").then(pl.lit("absent"))
    if side == "nearer":
        place = {
            name: x.replace_strict(_LEVELS, default=None, return_dtype=pl.Float64)
            for name, x in (("own", own), ("a", a), ("b", b))
        }
        gap = (place["own"] - place["a"]).abs() - (place["own"] - place["b"]).abs()
        joined = joined.when(gap < 0).then(pl.lit("pole_a")).when(gap > 0).then(pl.lit("pole_b"))
    return joined.when(own == "abstain").then(pl.lit("abstain")).otherwise(pl.lit("other"))


def active(votes: Votes | None, split_votes: SplitVotes | None, state: str) -> pl.Series:
    """Return the years in which the state, or who held its seat before, had a vote."""
    if votes is not None:
        return seat_choices(votes, (state,))["year"].unique().sort()
    return spelled(split_votes, (state,))["year"].unique().sort()


def spans(calls: pl.DataFrame, years: tuple[int, int] | None, by: str) -> pl.DataFrame:
    """Return start and end of every period asked for."""
    if by not in ("period", "year", "session"):
        raise BadValue(f"by {by!r} is not known; expected period, year or session; correct it")
    schema = {"start": pl.Int64, "end": pl.Int64}
    if years is not None:
        calls = calls.filter(pl.col("year").is_between(*years))
    if by == "period":
        known = calls["year"]
        first, last = years or (known.min(), known.max())
        row = [] if first is None else [(first, last)]
        return pl.DataFrame(row, schema=schema, orient="row")
    each = calls["year"] if by == "year" else calls["session"].drop_nulls() + 1945
    each = each.unique().sort()
    return pl.DataFrame({"start": each, "end": each}, schema=schema)


def placed(listed: pl.DataFrame, spans: pl.DataFrame, by: str) -> pl.DataFrame:
    if by == "period":
        first = spans["start"].first() if spans.height else None
        return listed.with_columns(start=pl.lit(first, dtype=pl.Int64))
    column = pl.col("year") if by == "year" else pl.col("session") + 1945
    return listed.with_columns(start=column)


def counted(listed: pl.DataFrame) -> pl.DataFrame:
    sides = {"n_a": "pole_a", "n_b": "pole_b", "abstain": "abstain", "other": "other"}
    sides["absent"] = "absent"
    return listed.group_by("pole_a", "pole_b", "start").agg(
        *((pl.col("side") == value).sum().cast(pl.Int64).alias(k) for k, value in sides.items()),
        unknown=(pl.col("kind") == "unknown").sum().cast(pl.Int64),
        n=pl.len().cast(pl.Int64),
    )
