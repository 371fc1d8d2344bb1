"""The US State Department's voting coincidence of every country with the United States, by year.

One CSV a year since 2018; order and names of the columns change, and the year stands in the file's
name only. The coincidence printed follows (same + partial / 2) / (same + partial + opposite) to
2020; since 2022 absences count as partial too, and 2021 follows neither throughout. Rows that
differ from the rule of their year by more than rounding are reported, not changed.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.provenance import Origin
from multivector.sources import Head, report_frame
from multivector.tables import INDICATORS


def _release(year: int, sha256: str) -> Origin:
    return Origin(
        source="us_coincidence",
        version=str(year),
        title=f"Voting Practices in the United Nations {year}: voting coincidence",
        producer="US Department of State",
        citation=f"US Department of State. Voting Practices in the United Nations, {year}.",
        url="https://www.state.gov/voting-practices-in-the-united-nations/",
        licence="public domain (US government)",
        retrieved="2026-11-21",
        sha256=sha256,
    )


RELEASES = (
    _release(2018, "edbc667d0488bd9cb144f0f0b99ee2e8f65c0483e5a660350ff8a3be1730a823"),
    _release(2019, "b09f2e8618c6f71f206fcd439772ed581f2b78e0f2cd18abf49367666fd95ec6"),
    _release(2020, "40fe2732ac3b52c37d61c44d029ccb474e8a91e1c5110de3f8db6364c3abe35c"),
    _release(2021, "3bf96bc542ed1a111ddabbe588176dfce27628f0bc656718c085c6eec60732ea"),
    _release(2022, "50e4a79549e9cab9d8669fd3f3e0c5cea380791502ab6bacb92c98e4ff70d24a"),
    _release(2023, "63a30da4aef9127dc25912cb130cb86f67c3978f877913e3c766b718f12d0c80"),
)
EXPECT = {"indicators": (850, 1_050)}

_COUNTS = ("same", "opposite", "partial", "absent")


def recognise(head: Head) -> bool:
    """Return whether the header is the Department's, in any order of columns."""
    return head.has_columns("country", "iso", "same", "partial", "coincidence")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return five indicators a country: four counts and the coincidence."""
    from multivector.names import states

    year = _year(path)
    frame = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
    frame = frame.rename(lambda name: name.lstrip("\ufeff").strip().lower())
    frame = frame.rename({"oppose": "opposite"}, strict=False)
    number = {name: pl.col(name).cast(pl.Float64) for name in (*_COUNTS, "coincidence")}
    frame = frame.with_columns(**number, code=pl.col("iso").str.strip_chars())
    state = states.identify_column(frame["code"], year, scheme="iso3", unknown="null")
    frame = frame.with_columns(state=state)
    mended = frame.filter(pl.col("state").is_null())
    if mended.height:
        by_name = mended.with_columns(state=states.identify_column(mended["country"], year))
        frame = pl.concat([frame.filter(pl.col("state").is_not_null()), by_name])
    off = frame.filter((_counted(year) - pl.col("coincidence")).abs() > 0.0051)
    report = report_frame(
        [
            ("countries read", frame.height, f"year {year} from the file's name"),
            ("codes unknown, read by name", mended.height, ", ".join(mended["code"])),
            ("printed coincidence differs", off.height, ", ".join(off["state"].sort())),
        ]
    )
    return {"indicators": _indicators(frame, year), "report": report}


def _counted(year: int) -> pl.Expr:
    """Return the coincidence that the counts of a year give."""
    half = pl.col("partial") + (pl.col("absent") if year >= 2022 else 0)
    return (pl.col("same") + half / 2) / (pl.col("same") + pl.col("opposite") + half)


def _year(path: Path) -> int:
    found = re.search(r"(?<!\d)(20\d\d)(?!\d)", path.name)
    if found is None:
        raise UnreadableFile(
            f"the file {path.name} does not say its year; expected the year in the name, as in "
            "un-coincidence-2019.csv, for there is none inside; rename the file"
        )
    return int(found[1])


def _indicators(frame: pl.DataFrame, year: int) -> pl.DataFrame:
    long = frame.unpivot(
        [*_COUNTS, "coincidence"], index="state", variable_name="column", value_name="value"
    )
    share = pl.col("column") == "coincidence"
    return INDICATORS.conform(
        long.with_columns(
            indicator=pl.when(share)
            .then(pl.lit("us_coincidence"))
            .otherwise(pl.concat_str(pl.lit("us_votes_"), "column")),
            year=pl.lit(year),
            unit=pl.when(share).then(pl.lit("share")).otherwise(pl.lit("roll calls")),
            estimate=pl.lit(value=False),
            source=pl.lit(""),
            locator=pl.concat_str(pl.lit("column "), pl.col("column").str.to_uppercase()),
        )
    )
