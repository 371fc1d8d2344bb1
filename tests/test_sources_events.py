"""Event data: GDELT, ICEWS and the table of CAMEO codes."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from multivector import sources
from multivector.errors import UnreadableFile
from multivector.measures._events import QUADS
from multivector.measures.power_mix import power_composition
from multivector.sources import _cameo
from multivector.study import world

SPECIMENS = Path(__file__).parent / "specimens"
SPECIMEN = {
    "gdelt": "gdelt.export.csv",
    "icews": "icews.events.tab",
    "polecat": "polecat.events.txt",
}


def test_what_is_left_out_is_reported() -> None:
    told = {row[0]: row[1] for row in sources.load(SPECIMENS / SPECIMEN["gdelt"]).report.rows()}
    assert told["events read"] == 7
    assert told["events with a repeated number, left out"] == 1
    assert told["codes not in CAMEO"] == 1
    assert told["second actor is no state"] == 1
    told = {row[0]: row for row in sources.load(SPECIMENS / SPECIMEN["icews"]).report.rows()}
    assert told["first actor is no state"][1:] == (1, "Congo")
    assert told["exact repeats, left out"][1] == 1


def test_events_of_plover_need_no_conversion() -> None:
    loaded = sources.load(SPECIMENS / SPECIMEN["polecat"])
    found = loaded.tables["events"]
    assert set(found["type"]) <= {event for those in QUADS.values() for event in those}
    told = {row[0]: row[1] for row in loaded.report.rows()}
    assert told["exact repeats, left out"] == 1
    assert told["events not between two states, left out"] == 2


def test_codes_keep_their_zeros() -> None:
    codes = world.read("cameo.tsv")["code"]
    assert {"010", "10", "01"} <= set(codes)
    assert codes.is_duplicated().sum() == 0
    assert sources.load(SPECIMENS / SPECIMEN["gdelt"]).tables["events"]["code"][0] == "0311"


def test_every_event_of_plover_in_the_table_has_a_quad_class() -> None:
    events = set(world.read("cameo.tsv")["event"].drop_nulls())
    assert events <= {event for those in QUADS.values() for event in those}
    known = {"plover@2021-09", "icews_codes@2018"}
    assert {s for cell in world.read("cameo.tsv")["source"] for s in cell.split(";")} == known
    assert known <= set(world.origins())


def test_intensities_lie_on_goldsteins_scale() -> None:
    scale = world.read("cameo.tsv")["intensity"].drop_nulls().cast(pl.Float64)
    assert scale.min() == -10
    assert scale.max() == 10


def test_no_act_is_hard_for_its_field() -> None:
    table = _cameo.table()
    economic = table.filter(dimension="economic")["mode"]
    assert economic.null_count() > 0
    words = table.filter(pl.col("type").is_in(["CONSULT", "AGREE", "SUPPORT"]))
    assert words["mode"].null_count() == words.height


def test_a_file_saved_by_a_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("GLOBALEVENTID;SQLDATE;MonthYear\n1;20180101;201801\n", encoding="utf-8")
    assert sources.recognise(path) == "gdelt"
    with pytest.raises(UnreadableFile, match="leading zeros"):
        sources.load(path)


def test_composition_by_quad_class() -> None:
    events = sources.load(SPECIMENS / SPECIMEN["gdelt"]).tables["events"]
    found = power_composition(events, of="quad")
    assert dict(found.select("category", "events").iter_rows()) == {
        "material cooperation": 1,
        "material conflict": 1,
        "verbal cooperation": 1,
    }


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "events"),
    [
        ("17_events_gdelt/20191024143000.export.CSV.gz", 422),
        ("17_events_gdelt/20170101073000.export.CSV.gz", 62),
        ("17_events_gdelt/gdelt1_events_sample.csv.gz", 125),
        ("18_events_icews/events.2018.sample.tab.gz", 1739),
    ],
)
def test_producers_files_are_read(shared: Path, file: str, events: int) -> None:
    loaded = sources.load(shared / "data" / file)
    assert loaded.tables["events"].height == events


@pytest.mark.shared
def test_goldstein_of_the_table_is_that_of_the_producers_rows(shared: Path) -> None:
    scale = dict(world.read("cameo.tsv").select("code", "intensity").iter_rows())
    folder = shared / "data" / "17_events_gdelt"
    seen: dict[str, float] = {}
    for name in ("20191024143000.export.CSV.gz", "20170101073000.export.CSV.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as handle:
            cells = [line.split("\t") for line in handle]
        seen |= {row[26]: float(row[30]) for row in cells}
    differing = {code for code, value in seen.items() if float(scale[code]) != value}
    assert differing <= {"016", "022", "164"}


@pytest.mark.shared
def test_the_damaged_file_is_refused(shared: Path) -> None:
    with pytest.raises(UnreadableFile, match="leading zeros"):
        sources.load(shared / "data" / "17_events_gdelt" / "20190121220000.export2.CSV.gz")
