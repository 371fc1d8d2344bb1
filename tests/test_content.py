"""What sections are made with: tables, charts and drafts hold what they are given, in order."""

from __future__ import annotations

import polars as pl
import pytest

from multivector.content import charts
from multivector.content.draft import Draft, empty, part
from multivector.content.inquiry import Answer
from multivector.content.model import Cite, Fact, Row, Sentence
from multivector.content.tables import filled, heads, table
from multivector.words import using

CITE = Cite("x@1", "p. 1")
SPELLS = pl.DataFrame(
    {"state": ["TUR", "KAZ"], "status": ["observer", "member"], "source": ["x@1", "y@2"]}
)


def test_shared_columns_come_before_a_tables_own_and_speak_its_language() -> None:
    with using("tr"):
        found = heads("state year", n=("n", "integer"))
    assert list(found) == ["state", "year", "n"]
    assert found["state"] == "Devlet"
    assert found["year"][1] == "date"


def test_a_column_not_shared_is_refused() -> None:
    with pytest.raises(KeyError):
        heads("state banana")


def test_rows_of_a_frame_keep_its_order_and_cite_their_own_source() -> None:
    rows = filled(
        SPELLS, ("code", "state", "status"), lambda row: Cite(row["source"]), long=lambda row: True
    )
    assert [row.cells["code"] for row in rows] == ["TUR", "KAZ"]
    assert rows[1].cells == {"code": "KAZ", "state": "Kazakhstan", "status": "member", "long": True}
    assert [row.cites for row in rows] == [(Cite("x@1"),), (Cite("y@2"),)]


def test_lines_span_the_years_of_all_their_points() -> None:
    short = charts.line("A", "a", pl.DataFrame({"year": [2003, 2001], "value": [1.0, 2.0]}))
    long = charts.line("B", "b", pl.DataFrame({"year": [1999, 2004], "value": [3.0, None]}))
    made = charts.lines("id", "Title", "Text", [short, long], "share", (CITE,), reference=1.0)
    assert (made.data["from"], made.data["to"], made.data["reference"]) == (1999, 2003, 1.0)
    assert [point["x"] for point in short["points"]] == [2001, 2003]
    assert long["points"] == [{"x": 1999, "y": 3.0, "low": None, "high": None}]


def test_a_ranking_shows_the_rows_with_a_value_and_cites_their_table() -> None:
    cells = [
        {"state": f"S{n}", "code": f"C{n}", "v": None if n == 1 else n / 100} for n in range(50)
    ]
    made = table("sizes", "Sizes", heads("state code", v=("V", "share")), map(Row, cells))
    chart = charts.ranking("bars", "Bars", made, "v", "share")
    assert [row["key"] for row in chart.data["rows"]][:2] == ["C0", "C2"]
    assert len(chart.data["rows"]) == 40
    assert chart.text.startswith("Bars: S0 0.0%, S2 2.0%")
    assert chart.cites == (Cite("table:sizes"),)


def test_a_timeline_begins_with_the_first_start_or_its_span() -> None:
    bar = {"status": "member", "start": "1971-02", "end": None}
    for first, begin in ((1960, 1960), (1980, 1971)):
        made = charts.timeline(
            "t", "T", "", {"UN": [bar]}, lambda key: (key, "United Nations"), (first, 1990), ()
        )
        assert (made.data["from"], made.data["to"]) == (begin, 1990)
    assert made.data["rows"][0]["name"] == "United Nations"
    assert charts.held(bar) == "member February 1971"


def test_pieces_go_to_their_kind_in_order_and_null_adds_nothing() -> None:
    draft = Draft()
    draft.write("One.", (CITE,))
    draft.add(None, [Sentence("Two."), "A note."], part(Sentence("Three."), Fact("f", "1", "")))
    made = draft.part(lead=2)
    assert [sentence.text for sentence in made.sentences] == ["One.", "Two.", "Three."]
    assert (made.notes, made.lead, len(made.facts)) == (("A note.",), 2, 1)
    assert empty("nothing is at hand").notes == ("Nothing is at hand.",)


def test_a_groups_figure_cites_its_run_and_not_who_belongs_to_it() -> None:
    sources = {"memberships": ("seats@1",), "flows": ("b@2", "a@1")}
    answer = Answer(pl.DataFrame(), "run:1", sources)
    assert [c.source for c in answer.group_cites(2020)] == ["run:1", "a@1", "b@2"]
    assert {c.date for c in answer.group_cites(2020)[1:]} == {"2020"}
