"""What a specialist found false in the briefs: each kind with its right value, off the rows."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from multivector import report
from multivector.brief.voters import firm
from multivector.content.inquiry import label
from multivector.content.model import Brief, Section, Sentence, Table
from multivector.workspace import Workspace
from tests.oracle.rows import ask

_WORKSPACE = Workspace()


@cache
def brief(subject: str) -> Brief:
    return _WORKSPACE.brief(subject)


def said(section: Section) -> str:
    return "\n".join(sentence.text for sentence in section.sentences)


def table(made: Brief, section: str, name: str) -> Table:
    return next(t for t in made.section(section).tables if t.id == name)


# --- a superlative needs the world


@pytest.mark.parametrize(
    ("state", "nearest"),
    [
        ("TUR", "Spain 84.4%, Portugal 83.9% and Greece 83.6%"),
        ("USA", "Israel 89.4%, Micronesia 73.4% and United Kingdom 62.3%"),
        ("KAZ", "Turkmenistan 97.8%, Azerbaijan 95.4% and Kyrgyzstan 94.4%"),
    ],
)
def test_whom_a_state_votes_most_like_is_asked_of_all_states(state: str, nearest: str) -> None:
    rows = ask(
        f"SELECT partner, value, of FROM vote_neighbours WHERE state='{state}' AND year=2023 "
        "AND side='nearest' AND rank<=3 ORDER BY rank"
    )
    names = [f"{label(code)} {value:.1%}" for code, value, _ in rows]
    assert f"{names[0]}, {names[1]} and {names[2]}" == nearest
    made = brief(state)
    (fact,) = [f for f in made.facts if f.label == "General Assembly votes most like"]
    assert fact.text == names[0]
    assert f"of {rows[0][2]} states compared" in fact.detail
    first = made.section("votes").sentences[0]
    assert first.statement is not None
    assert (first.statement.kind, first.statement.set) == ("rank", f"states:{rows[0][2]}")


def test_among_poles_is_said_of_poles_and_the_assembly_is_named() -> None:
    for subject in ("KAZ", "KAZ-TUR"):
        made = brief(subject)
        words = said(made.section("votes")) + " ".join(f.label for f in made.facts)
        assert "General Assembly" in words
        assert "UN vote" not in words
    assert "Among these poles Kazakhstan voted closest to China" in said(
        brief("KAZ").section("votes")
    )


def test_without_enough_common_roll_calls_nobody_is_named() -> None:
    made = _WORKSPACE.brief("KIR", year=2011, sections=("votes",))  # it voted 38 times in all
    assert not [f for f in made.facts if "votes most like" in f.label]
    assert "voted most like" not in said(made.section("votes"))
    (gap,) = [g for g in made.gaps if g.what == "Whom of all states Kiribati votes most like"]
    assert "fewer than two states have 44 roll calls in common with it in 2007 to 2011" in gap.why


def test_no_line_ends_on_a_year_of_few_roll_calls() -> None:
    rows = pl.DataFrame({"year": [2020, 2021, 2022], "n": [3, 44, 43], "value": [0.1, 0.2, 0.3]})
    assert firm(rows)["year"].to_list() == [2020, 2021]
    (chart,) = [c for c in brief("KAZ-TUR").section("votes").charts if c.id == "agreement"]
    (line,) = chart.data["lines"]
    assert line["points"][-1]["x"] == 2022  # of 2023 seven common roll calls are known
    of_state = next(c for c in brief("KAZ").section("votes").charts if c.id == "agreement")
    assert {line["key"]: line["points"][-1]["x"] for line in of_state.data["lines"]} == {
        **dict.fromkeys(("USA", "RUS", "CHN"), 2023),
        "TUR": 2022,
    }
    words = said(brief("TUR").section("votes"))
    assert "Ideal point of Türkiye in session 77 (2022)" in words
    assert "n = 3" not in words


@pytest.mark.parametrize("subject", ["KAZ", "KAZ-RUS", "KAZ-TUR", "TUR"])
def test_state_and_pair_speak_of_the_same_years(subject: str) -> None:
    words = said(brief(subject).section("votes"))
    assert "2019 to 2023" in words or "2019–2023" in words
    assert "2020 to 2024" not in words
    assert "2024" not in words


@pytest.mark.parametrize("subject", ["KAZ", "KAZ-TUR", "TUR"])
def test_votes_lost_by_the_producer_are_told(subject: str) -> None:
    told = "Votes of Türkiye from 1 November 2023 to 31 December 2023 are unknown, not absences"
    assert told in said(brief(subject).section("votes"))


def test_lost_votes_are_told_only_where_a_period_touches_them() -> None:
    assert "are unknown" not in said(brief("KAZ-RUS").section("votes"))
    assert "are unknown" not in said(_WORKSPACE.brief("TUR", year=2015).section("votes"))


# --- bounds, missing rows, definitions


@pytest.mark.parametrize(
    ("state", "exports"), [("KAZ", 0.382523), ("TUR", 0.413), ("DEU", 0.53), ("SRB", 0.66)]
)
def test_the_share_of_an_organisation_is_the_whole_one(state: str, exports: float) -> None:
    members = {
        row[0]
        for row in ask(
            "SELECT state FROM memberships WHERE organisation='EU' AND \"end\" IS NULL "
            "AND status IN ('member','founding_member')"
        )
    }
    flows = ask(f"SELECT importer, value FROM trade WHERE year=2020 AND exporter='{state}'")
    whole = sum(v for p, v in flows if p in members) / sum(v for _, v in flows)
    row = next(r for r in table(brief(state), "poles", "poles").rows if r.cells["code"] == "EU")
    assert row.cells["exports"] == pytest.approx(whole)
    assert whole == pytest.approx(exports, rel=0.06)
    titles = [c.label for c in table(brief(state), "poles", "poles").columns]
    assert "Exports 2020" in titles


def test_the_largest_is_not_taken_of_bounds() -> None:
    assert "EU in Exports 2020; Russia in Imports 2020" in said(brief("KAZ").section("poles"))
    taiwan = brief("TWN")  # no trade with all partners at hand: lists alone
    assert "EU in" not in said(taiwan.section("poles"))


def test_lists_name_only_members_and_say_at_least() -> None:
    made = _WORKSPACE.brief("TWN", poles="USA,ASEAN")
    columns = {c.key: c.label for c in table(made, "poles", "poles").columns}
    assert columns["exports_least"] == "Exports, at least"
    assert "Exports, at least" in report.text(made)
    row = next(r for r in table(made, "poles", "poles").rows if r.cells["code"] == "ASEAN")
    assert row.cells["exports"] is None
    assert row.cells["exports_least"] == pytest.approx(0.09)  # Singapore, of the five printed
    assert "ASEAN in Exports" not in said(made.section("poles"))


def test_a_missing_row_is_not_zero() -> None:
    sql = (
        "SELECT COUNT(*) FROM trade WHERE year=2020 AND ((exporter='IRN' AND importer='RUS') "
        "OR (exporter='RUS' AND importer='IRN'))"
    )
    assert ask(sql) == [[0]]
    made = brief("IRN")
    words = said(made.section("trade"))
    assert "Russia 0.0%" not in words
    assert "For Russia the release has no row of that year" in words
    row = next(r for r in table(made, "poles", "poles").rows if r.cells["code"] == "RUS")
    assert row.cells["exports"] is None
    assert row.cells["imports"] is None
    (chart,) = [c for c in made.section("trade").charts if c.id == "trade-series"]
    line = next(line for line in chart.data["lines"] if line["key"] == "RUS")
    assert line["points"][-1]["x"] == 2019


def test_a_list_of_five_is_no_headline_where_all_trade_is_at_hand() -> None:
    facts = {fact.label: fact for fact in brief("BLR").facts}
    assert facts["Goods exports mostly to"].text == "Russia"
    assert "Exports mostly to" not in facts
    words = said(brief("BLR").section("trade"))
    assert "no longer listed" not in words
    assert "which does not say how far they fell" in words
    assert "Exports mostly to" in {fact.label for fact in brief("TWN").facts}


# --- names and statuses


def test_a_code_of_a_state_and_an_organisation_is_the_state() -> None:
    assert (label("NAM"), label("DEU"), label("EU")) == ("Namibia", "Germany", "EU")
    words = "\n".join(said(section) for section in brief("ZAF").sections)
    assert "Namibia (1,005 km)" in words
    assert "NAM" not in words


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("TUR", "Candidate in 2026: EU (since December 1999)."),
        ("SRB", "Candidate in 2026: EU (since 1 March 2012)."),
        ("MLI", "Suspended in 2026: AU (since 2021)."),
        (
            "UZB",
            "Withdrew from: CST (2 April 1999), GUAM (3 May 2005) and CSTO (19 December 2012).",
        ),
    ],
)
def test_no_status_is_dropped(state: str, text: str) -> None:
    section = _WORKSPACE.brief(state, sections=("organisations",)).section("organisations")
    assert text in said(section)
    assert "(withdrew," not in said(section)


# --- the kind of a statement


def _told(made: Brief) -> list[Sentence]:
    return [s for section in made.sections for s in section.sentences if s.statement is not None]


@pytest.mark.parametrize("subject", ["KAZ", "TWN", "KAZ-TUR"])
def test_ranks_and_bounds_have_a_set(subject: str) -> None:
    told = _told(brief(subject))
    assert told
    for sentence in told:
        made = sentence.statement
        assert made is not None
        assert made.sources
        if made.kind in ("rank", "bound"):
            assert made.set, sentence.text


def test_the_statement_stands_in_json() -> None:
    votes = next(s for s in brief("KAZ").to_dict()["sections"] if s["id"] == "votes")
    assert votes["sentences"][0]["statement"] == {
        "kind": "rank",
        "n": 314,
        "coverage": "2019/2023",
        "set": "states:192",
        "sources": ("unga_votes@1946-2024",),
    }
