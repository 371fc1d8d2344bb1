"""What no sentence repeats: cells of a heat map, the releases a figure rests on, the gaps."""

from __future__ import annotations

from functools import cache

import pytest

from multivector import report
from multivector.content.model import Brief
from multivector.words.figures import amount
from multivector.workspace import Workspace

_WORKSPACE = Workspace()


@cache
def brief(subject: str) -> Brief:
    return _WORKSPACE.brief(subject)


@pytest.mark.parametrize("organisation", ["EAEU", "EU"])
def test_room_below_zero_is_a_breach(organisation: str) -> None:
    judged = _WORKSPACE.compute("convergence", organisation=organisation).frame
    if organisation == "EAEU":
        asked = {"organisation": organisation, "since_start": "yes"}
        judged = _WORKSPACE.compute("convergence", **asked).frame
    met = {(r["criterion"], r["state"], r["year"]): r["met"] for r in judged.iter_rows(named=True)}
    charts = [c for c in brief(organisation).section("criteria").charts if c.shape == "heat"]
    assert charts
    for chart in charts:
        criterion = chart.id.removeprefix("criterion-")
        years = [int(column["key"]) for column in chart.data["columns"]]
        cells = [
            (room, met[criterion, row["key"], year])
            for row in chart.data["rows"]
            for year, room in zip(years, row["cells"], strict=True)
            if room is not None
        ]
        assert all((room < 0) == (not kept) for room, kept in cells)
        breaches = sum(not kept for _, kept in cells)
        assert f"{breaches} breach" in chart.text
        assert f"among {len(cells)} figures" in chart.text


@pytest.mark.parametrize(
    ("subject", "section", "releases"),
    [
        ("EAEU", "cohesion", {"unga_votes@1946-2024"}),
        ("EAEU", "trade", {"baci_totals@2000-2020"}),
        ("KAZ", "votes", {"unga_votes@1946-2024"}),
        ("KAZ", "trade", {"factbook@2015", "factbook@2025", "baci_totals@2000-2020"}),
        ("KAZ", "interdependence", {"baci_totals@2000-2020", "wdi@2026-07"}),
        ("KAZ-RUS", "votes", {"unga_votes@1946-2024"}),
    ],
)
def test_sentences_cite_the_releases_they_rest_on(
    subject: str, section: str, releases: set[str]
) -> None:
    made = brief(subject).section(section)
    cited = {cite.source for sentence in made.sentences for cite in sentence.cites}
    kept = {source for source in cited if not source.startswith(("run:", "paper@", "table:"))}
    assert kept == releases


def test_the_summary_counts_the_gaps_a_data_set_would_fill() -> None:
    made = brief("KAZ")
    filled = sum(gap.command is not None for gap in made.gaps)
    assert 0 < filled < len(made.gaps)
    text = " ".join(report.text(made).split())
    assert f"Not known: {len(made.gaps)} questions, {filled} of them for want" in text


def test_large_numbers_are_told_in_the_largest_whole_unit() -> None:
    told = [amount(value) for value in (600e6, 999.6e6, 1.5e9, 2e12, 999_499)]
    assert told == ["600 million", "1 billion", "1.5 billion", "2 trillion", "999,499"]
