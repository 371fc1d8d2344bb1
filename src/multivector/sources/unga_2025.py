"""Roll calls of the General Assembly by calendar year, one row a resolution, one column a state.

Two header rows: ISO alpha-3 codes and names. A cell is YES, NO, ABSTAIN or empty, which is
non-voting: the printed number of states that did not vote counts it so. Only resolutions and
decisions that were adopted by a recorded vote are in it, so every roll call is of kind final; there
are no issue codes.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.errors import SchemaError
from multivector.provenance import Origin
from multivector.sources import Head
from multivector.sources._un_votes import finish, session

RELEASES = (
    Origin(
        source="unga_2025",
        version="2025",
        title="General Assembly roll calls of calendar 2025",
        producer="UN Digital Library; gathered in unga-2025",
        citation=(
            "United Nations Digital Library, voting data of the General Assembly, February to "
            "December 2025; gathered in HZloto/unga-2025, unga_2025_resolutions.csv."
        ),
        url="https://github.com/HZloto/unga-2025/tree/46fa27efae8b05d522b89bbdcdcd564a96e49cef",
        licence="none stated; votes are facts",
        retrieved="2026-11-21",
        sha256="1d19cca5b1ac7f426e408e50b190d353a64508cd322d089fb2031cf17eb4313d",
    ),
)
EXPECT = {"votes": (36_672, 36_672), "rollcalls": (192, 192)}

_CALL = {
    "Resolution": "unres",
    "Date": "date",
    "Title": "title",
    "Yes": "yes",
    "No": "no",
    "Abstain": "abstain",
}
_BESIDE = ("Topic Tags", "UN Digital Library Link", "No Vote")
_CHOICES = {"YES": "yes", "NO": "no", "ABSTAIN": "abstain", "": "absent"}


def recognise(head: Head) -> bool:
    """Return whether the header has resolutions, tallies and one column a state."""
    return head.has_columns(*_CALL, *_BESIDE, "USA", "CHN", "RUS")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return roll calls, votes and the report."""
    frame = pl.read_csv(path, infer_schema=False)
    frame = frame.filter(pl.col("Resolution").is_not_null()).rename(_CALL)
    frame = frame.with_columns(number=pl.col("unres"))
    calls = frame.select("number", *_CALL.values()).with_columns(
        unres=pl.when(pl.col("unres").str.contains("/RES/")).then("unres"),
        kind=pl.lit("final"),
        session=session(pl.col("date")),
    )
    states = [name for name in frame.columns if name not in (*_CALL.values(), *_BESIDE, "number")]
    votes = frame.unpivot(
        states, index=["number", "date"], variable_name="code", value_name="cell"
    ).with_columns(choice=pl.col("cell").fill_null("").replace_strict(_CHOICES, default=None))
    strange = votes.filter(pl.col("choice").is_null())
    if strange.height:
        raise SchemaError(
            f"the file {path.name} has {strange.height} cells such as {strange['cell'][0]!r}; "
            "expected YES, NO, ABSTAIN or nothing; download it again"
        )
    _checked(frame, votes, path)
    return finish(calls, votes.drop("cell"), scheme="iso3")


def _checked(frame: pl.DataFrame, votes: pl.DataFrame, path: Path) -> None:
    """Raise where a printed tally is not the number of its cells."""
    for choice in ("yes", "no", "abstain"):
        counted = votes.filter(choice=choice).group_by("number").len("counted")
        printed = frame.select("number", printed=pl.col(choice).cast(pl.Int64))
        both = printed.join(counted, on="number", how="left").with_columns(
            pl.col("counted").fill_null(0)
        )
        wrong = both.filter(pl.col("printed") != pl.col("counted"))
        if wrong.height:
            raise SchemaError(
                f"the file {path.name} prints {wrong['printed'][0]} {choice} on "
                f"{wrong['number'][0]} and holds {wrong['counted'][0]}; expected the same; "
                "download it again"
            )
