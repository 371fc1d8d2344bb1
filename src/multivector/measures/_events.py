"""Events made ready for the power mix: whose they are, when, and what counts as hard or soft."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.errors import BadValue, choices
from multivector.measures._options import Default, given
from multivector.tables import EVENTS, Events

Category = Literal["dimension", "mode", "power", "quad"]
Reading = Literal["mode", "power"]
By = Literal["period", "year"]

QUADS = {
    "verbal cooperation": ("AGREE", "CONSULT", "SUPPORT", "CONCEDE"),
    "material cooperation": ("COOPERATE", "AID", "RETREAT", "INVESTIGATE"),
    "verbal conflict": (
        "DEMAND",
        "REQUEST",
        "DISAPPROVE",
        "ACCUSE",
        "REJECT",
        "THREATEN",
        "SANCTION",
    ),
    "material conflict": ("PROTEST", "CRIME", "MOBILIZE", "COERCE", "ASSAULT"),
}
HARD = {"mode": ("coerce", "induce"), "power": ("hard",)}
SOFT = {"mode": ("attract",), "power": ("soft",)}


_QUAD_OF = {event: quad for quad, those in QUADS.items() for event in those}
CATEGORIES = ("dimension", "mode", "power", "quad")


class EventOptions(TypedDict, total=False):
    """Whose events are looked at, and of which years.

    Parameters
    ----------
    events : Events
        Events of any source; repeats are left out.
    """

    state: Annotated[str | None, Default(None)]
    partner: Annotated[str | None, Default(None)]
    years: Annotated[tuple[int, int] | None, Default(None)]


def example_events() -> Events:
    """Return the two events with which the examples in the documentation run."""
    rows = [
        ("1", "1992-05-01", "cultural", "attract"),
        ("2", "2012-05-01", "economic", "induce"),
    ]
    frame = pl.DataFrame(rows, schema=["event", "date", "dimension", "mode"], orient="row")
    fixed = {"type": "agreement_signed", "actors": "KAZ;TUR", "source": "x@1", "locator": "p. 1"}
    return EVENTS.conform(frame.with_columns(**{k: pl.lit(v) for k, v in fixed.items()}))


def jeffreys(
    found: NDArray[np.int64], of: NDArray[np.int64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Jeffreys intervals of shares; they end at 0 where none is found, at 1 where all."""
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = betaincinv(found + 0.5, of - found + 0.5, tail)
    high = betaincinv(found + 0.5, of - found + 0.5, 1 - tail)
    return np.where(found == 0, 0.0, low), np.where(found == of, 1.0, high)


def kept(events: Events, **which: Unpack[EventOptions]) -> pl.DataFrame:
    """Return the events with the actors asked for, repeats left out, with their year."""
    o = given(EventOptions, which)
    years = o["years"]
    rows = EVENTS.conform(events).filter(pl.col("duplicate_of").is_null())
    actors = pl.col("actors").fill_null("").str.split(";")
    for actor in (o["state"], o["partner"]):
        if actor is not None:
            rows = rows.filter(actors.list.contains(actor))
    year = pl.col("date").str.slice(0, 4).cast(pl.Int64, strict=False)
    quad = pl.col("type").replace_strict(_QUAD_OF, default=None, return_dtype=pl.String)
    rows = rows.with_columns(year=year, quad=quad)
    return rows if years is None else rows.filter(pl.col("year").is_between(*years))


def placed(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return the events with start and end of the period each belongs to."""
    among("by", by, ("period", "year"))
    if by == "year":
        dated = rows.filter(pl.col("year").is_not_null())
        return dated.with_columns(start=pl.col("year"), end=pl.col("year"))
    first, last = rows["year"].min(), rows["year"].max()
    span = pl.lit(0 if first is None else first, pl.Int64), pl.lit(last or 0, pl.Int64)
    return rows.with_columns(start=span[0], end=span[1])


def periods(rows: pl.DataFrame) -> list[tuple[int, int, pl.DataFrame]]:
    """Return start, end and events of each period, in order."""
    parts = rows.partition_by("start", maintain_order=True)
    return sorted(((int(p["start"][0]), int(p["end"][0]), p) for p in parts), key=lambda p: p[0])


def among(option: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raise if an option is not one of those allowed."""
    if value not in allowed:
        raise BadValue(
            f"{option} {value!r} is not known; expected one of {choices(allowed)}; correct it"
        )


def check_level(level: float) -> None:
    """Raise if a level is no share."""
    if not 0 < level < 1:
        raise BadValue(f"level is {level}; expected a share between 0 and 1; use 0.9 for 90 %")


def check_positive(option: str, value: int) -> None:
    """Raise if a number of draws is not positive."""
    if value < 1:
        raise BadValue(f"{option} is {value}; expected 1 or more; use 2000")
