"""Vectors of a state, put together for a reader: the index with everything it must not lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector.measures.clubs import latest_year, seats
from multivector.names import organisations, states
from multivector.provenance import Result
from multivector.study import options, poles

if TYPE_CHECKING:
    from multivector.study.engine import Engine

Years = tuple[int, int] | int | str | None

_KEYS = (
    "value",
    "low",
    "high",
    "median",
    "n",
    "effective_vectors",
    "alpha",
    "beta",
    "ceiling",
    "intensity",
    "dominance",
    "dominant",
    "benchmark",
    "tilt",
    "label",
    "note",
)


@dataclass(frozen=True)
class Vectors:
    """The index of a state with its shares, domains and distances, and the pairs of poles."""

    result: Result
    pairs: pl.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return plain values: of one period at the top, of several under ``periods``."""
        frame = self.result.frame
        whole = {
            "state": self.result.run.options["state"],
            "poles": list(self.result.run.options["poles"]),
            "run": self.result.run.id,
            "sources": list(self.result.run.releases),
            "notes": list(self.result.notes),
        }
        periods = [self._period(row) for row in frame.iter_rows(named=True)]
        if len(periods) == 1:
            return {**whole, **periods[0], "cite": self.result.cite().splitlines()}
        return {**whole, "periods": periods, "cite": self.result.cite().splitlines()}

    def _period(self, row: dict[str, Any]) -> dict[str, Any]:
        start = row["start"]
        own = {name: f.filter(pl.col("start") == start) for name, f in self.result.frames.items()}
        shares: dict[str, dict[str, float | None]] = {}
        for line in own["shares"].iter_rows(named=True):
            shares.setdefault(line["domain"], {})[line["pole"]] = line["value"]
        numbers = {"index" if key == "value" else key: row[key] for key in _KEYS}
        domains = {
            line["domain"]: _without(line, "state", "start", "end", "domain")
            for line in own["domains"].iter_rows(named=True)
        }
        pairs = self.pairs.filter(pl.col("start") == start) if self.pairs.height else self.pairs
        return {
            "years": [start, row["end"]],
            **numbers,
            "shares": shares,
            "domains": domains,
            "distances": [_without(r, "start", "end") for r in own["distances"].to_dicts()],
            "pairs": [_without(r, "state", "start", "end") for r in pairs.to_dicts()],
        }


def of_state(
    workspace: Engine, state: str, *, poles: object = None, years: Years = None, **more: Any
) -> Vectors:
    """Return the vectors of a state.

    Parameters
    ----------
    workspace : Workspace
        Where the data are.
    state : str
        A state by name or code.
    poles : str or sequence of str, optional
        States, organisations or named sets; the default poles of the state if not given.
    years : tuple of int or str, optional
        First and last year.
    **more
        Options of `multivector_index`.

    Examples
    --------
    >>> import multivector as mv
    >>> found = of_state(mv.Workspace(), "KAZ", poles="RUS,CHN", domains=("institutions",),
    ...     years=2015, distance="none")
    >>> found.to_dict()["domains"]["institutions"]["dominant"]
    'RUS'
    """
    code = states.identify(state)
    wanted = chosen_poles(workspace, [code], poles)
    result = workspace.compute("multivector_index", state=code, poles=wanted, years=years, **more)
    return Vectors(result, _pairs(workspace, result, code, wanted))


def chosen_poles(workspace: Engine, of: list[str], asked: object = None) -> tuple[str, ...]:
    """Return the poles asked for, sets spelled out, or the default ones of the states."""
    sets = poles.table(workspace.path)
    if asked is None:
        memberships = workspace.table("memberships").frame
        year = latest_year(memberships) or options.last_year()
        table = seats(organisations.bodies(memberships), year)
        found: list[str] = []
        for code in of:
            sits = set(table.filter(pl.col("state") == code)["organisation"])
            limit = 2 if len(of) == 1 else 0
            found += [c.pole for c in poles.of_state(code, sits, sets, limit=limit)]
        return tuple(pole for pole in dict.fromkeys(found) if pole not in of)
    parts = asked.split(",") if isinstance(asked, str) else [str(part) for part in _each(asked)]
    names = [n for part in parts if part.strip() for n in poles.expand([part.strip()], sets)]
    return options.poles(names)


def _each(asked: object) -> list[object]:
    return list(asked) if isinstance(asked, list | tuple) else [asked]


def _pairs(workspace: Engine, result: Result, state: str, wanted: tuple[str, ...]) -> pl.DataFrame:
    """Return the pairwise shares behind the votes, of the poles that are states."""
    used = result.frames["domains"].filter(pl.col("domain") == "votes")
    single = tuple(pole for pole in wanted if pole not in organisations.codes())
    if used.is_empty() or len(single) < 2:
        return pl.DataFrame(schema={"start": pl.Int64})
    span = (int(str(used["start"].min())), int(str(used["end"].max())))
    by = result.run.options.get("by", "period")
    return workspace.compute("splits", state=state, poles=single, years=span, by=by).frame


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in names}


@dataclass(frozen=True)
class Compared:
    """States ranked by the index, and how often each is above each other."""

    ranks: Result
    dominance: Result

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "states": list(self.ranks.run.options["states"]),
            "poles": list(self.ranks.run.options["poles"]),
            "run": self.ranks.run.id,
            "sources": list(self.ranks.run.releases),
            "ranks": self.ranks.frame.to_dicts(),
            "dominance": self.dominance.frame.to_dicts(),
            "cite": self.ranks.cite().splitlines(),
        }


def compared(
    workspace: Engine, of: list[str], *, poles: object = None, years: Years = None, **more: Any
) -> Compared:
    """Return states ranked by the index over many specifications.

    Parameters
    ----------
    workspace : Workspace
        Where the data are.
    of : list of str
        States by name or code.
    poles : str or sequence of str, optional
        States, organisations or named sets; the default set if not given.
    years : tuple of int or str, optional
        First and last year.
    **more
        Options of `multivector_ranks`.
    """
    codes = [states.identify(name) for name in of]
    asked = {"states": codes, "poles": chosen_poles(workspace, codes, poles), **more}
    return Compared(
        workspace.compute("multivector_ranks", years=years, **asked),
        workspace.compute("multivector_dominance", years=years, **asked),
    )
