"""Correlates of War, Intergovernmental Organizations v3: membership 1816-2014, in three layouts.

State-year (a row a state and year, a column an organisation), IGO-year (a row an organisation and
year, a column a state) and the dyadic file (a row a pair and year, a column an organisation, 1 for
joint full membership) hold the same thing, but for eight organisations in which the first two
differ at the end of 2014. From the dyadic file
only joint full membership can be had, so that a state's seat is known where another shares it.

Codes 1, 2 and 3 are full member, associate and observer; 0 is no member, -9 missing and -1 an
organisation that does not exist in the year. Before 1965 only every fifth year is coded: a spell
runs on over years that are not coded, and ends in the last year in which it was seen when the next
coded year has another code. Dates are years. Spells of the last year of the data are left open.
Number 365 in 1991 is the Soviet Union, but for the CIS, which Russia and others made in its place.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.names import states
from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame
from multivector.tables import MEMBERSHIPS

RELEASES = tuple(
    Origin(
        source="cow_igo",
        version=version,
        title="Correlates of War Intergovernmental Organizations Data Set, version 3.0",
        producer="Jon C. W. Pevehouse, Timothy Nordstrom, Roseanne McManus, Anne Spencer Jamison",
        citation=(
            "Pevehouse, J. C. W., Nordstrom, T., McManus, R. W. and Jamison, A. S. (2020). "
            "Tracking organizations in the world: The Correlates of War IGO Version 3.0 datasets. "
            "Journal of Peace Research 57(3)."
        ),
        url="https://correlatesofwar.org/data-sets/igos/",
        licence="free for research with citation (CC BY-NC-SA as redistributed)",
        retrieved="2026-11-21",
        sha256=sha256,
    )
    for version, sha256 in (
        ("3.0-igo-year", "ba8a5761608fff530fff84af692f11a55e6b67d06f17848846ad52f04490a897"),
        ("3.0-state-year", "25f0d1e1698baab86a7825994b244c231aa2015cc7aa154d64890b6e19fe3e26"),
    )
)
EXPECT = {"memberships": (10_000, 40_000)}

_STATUS = {"1": "member", "2": "associate", "3": "observer"}
_FACTS = (
    "ioname", "orgname", "year", "sdate", "deaddate", "dead", "integrated", "replaced",
    "longorgname", "ionum", "igocode", "version", "accuracyofpre1965membershipdates",
    "sourcesandnotes", "imputed", "political", "social", "economic",
)  # fmt: skip
_COLUMNS = {"korea": "730", "nyemen": "678", "wgermany": "260"}


def recognise(head: Head) -> bool:
    """Return whether the header is of one of the three layouts."""
    if head.has_columns("ccode1", "ccode2", "year", "un"):
        return True
    return head.has_columns("ccode", "year", "state", "un") or head.has_columns(
        "ioname", "orgname", "year", "afghanistan"
    )


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return memberships as spells of years, and the report."""
    frame = pl.read_csv(path, infer_schema=False)
    frame = frame.rename({name: name.strip().lower() for name in frame.columns})
    report: _rows.Report = [("rows read", frame.height, "")]
    if "ccode1" in frame.columns:
        seats = _dyadic(frame)
    elif "ccode" in frame.columns:
        seats = _state_years(frame, path)
    else:
        seats = _organisation_years(frame, path, report)
    coded = seats.select("organisation", "year").unique()
    held = seats.filter(pl.col("code").is_in(list(_STATUS)))
    held = _rows.placed(held, {"who": "state"}, report, scheme="cow")
    never_soviet = (pl.col("organisation") == "CIS") & (pl.col("state") == "SUN")
    successor = pl.when(never_soviet).then(pl.lit("RUS")).otherwise(pl.col("state"))
    held = held.with_columns(state=successor)
    spells = _spells(held, coded)
    report.append(("spells kept", spells.height, f"{spells['organisation'].n_unique()} codes"))
    return {"memberships": spells, "report": report_frame(report)}


def _state_years(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    _rows.require(frame, path, "ccode", "year", "state")
    organisations = [c for c in frame.columns if c not in ("ccode", "year", "state", "version")]
    return frame.unpivot(
        organisations, index=["ccode", "year"], variable_name="organisation", value_name="code"
    ).select(
        pl.col("organisation").str.to_uppercase(),
        pl.col("year").cast(pl.Int64),
        who="ccode",
        code=pl.col("code").str.strip_chars(),
    )


def _organisation_years(frame: pl.DataFrame, path: Path, report: _rows.Report) -> pl.DataFrame:
    _rows.require(frame, path, "ioname", "year")
    columns = [c for c in frame.columns if c not in _FACTS]
    numbers = _numbers(columns, report)
    if not numbers:
        raise UnreadableFile(
            f"the file {path.name} has no column of a state; expected names of states in lower "
            "case without spaces; download it again"
        )
    return frame.unpivot(
        list(numbers), index=["ioname", "year"], variable_name="name", value_name="code"
    ).select(
        organisation=pl.col("ioname").str.to_uppercase(),
        year=pl.col("year").cast(pl.Int64),
        who=pl.col("name").replace_strict(numbers),
        code=pl.col("code").str.strip_chars(),
    )


def _dyadic(frame: pl.DataFrame) -> pl.DataFrame:
    fixed = ("dyadid", "ccode1", "ccode2", "country1", "country2", "year", "version")
    organisations = [c for c in frame.columns if c not in fixed]
    long = frame.unpivot(
        organisations,
        index=["ccode1", "ccode2", "year"],
        variable_name="organisation",
        value_name="code",
    ).with_columns(pl.col("code").str.strip_chars(), pl.col("year").cast(pl.Int64))
    sides = [
        long.select(pl.col("organisation").str.to_uppercase(), "year", who=side, code="code")
        for side in ("ccode1", "ccode2")
    ]
    both = pl.concat(sides).filter(pl.col("code").is_in(["0", "1"]))
    return both.group_by("organisation", "year", "who").agg(pl.col("code").max())


def _numbers(columns: list[str], report: _rows.Report) -> dict[str, str]:
    """Return the COW number of every column named after a state."""
    found, lost = {}, []
    for column in columns:
        number: str | int | None = _COLUMNS.get(column)
        if number is None:
            try:
                number = states.code(states.identify(column), "cow")
            except LookupError:
                number = None
        if number is None:
            lost.append(column)
        else:
            found[column] = str(number)
    if lost:
        report.append(("columns that are no state", len(lost), ", ".join(lost)))
    return found


def _spells(held: pl.DataFrame, coded: pl.DataFrame) -> pl.DataFrame:
    """Return runs of one code over the coded years of an organisation."""
    order = coded.sort("organisation", "year").with_columns(
        place=pl.int_range(pl.len()).over("organisation")
    )
    key = ["organisation", "state"]
    rank = pl.col("code").rank("ordinal").over(*key, "year")
    rows = (
        held.join(order, on=["organisation", "year"])
        .filter(rank == 1)
        .sort(*key, "year")
        .with_columns(run=pl.col("place") - pl.int_range(pl.len()).over(*key, "code"))
    )
    end = max(coded["year"].to_list(), default=0)
    spells = rows.group_by(*key, "code", "run").agg(
        start=pl.col("year").min(), end=pl.col("year").max()
    )
    return MEMBERSHIPS.conform(
        spells.select(
            *key,
            status=pl.col("code").replace_strict(_STATUS),
            start=pl.col("start").cast(pl.String),
            end=pl.when(pl.col("end") < end).then(pl.col("end").cast(pl.String)),
            as_of=pl.lit(str(end)),
            source=pl.lit(""),
            locator=pl.col("organisation"),
            # A year of the state system is no day of joining: these spells are a prior.
            confirmed=pl.lit(value=False),
        ).sort("organisation", "state", "start")
    )
