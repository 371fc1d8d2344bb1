"""One code path: what is chosen, what is noted, and that the same question has the same id."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import multivector as mv
from multivector import measures
from multivector.errors import BadValue, MissingData, StudyError, UnknownName, UnreadableFile
from multivector.provenance import Origin
from multivector.sources import report_frame
from multivector.study import world
from multivector.tables import record


def install(workspace: mv.Workspace, table: str, name: str, frame: pl.DataFrame) -> None:
    origin = Origin(name, "1", "t", "p", "A citation.", "u", "l", "2026-11-21")
    rows = record(table).check(frame.with_columns(source=pl.lit(origin.id)))
    workspace.store.add(origin, {table: rows}, report_frame([]))


def exports(value: float, rows: int = 2) -> pl.DataFrame:
    partners = ["CHN", "RUS", "TUR", "ITA"][:rows]
    return pl.DataFrame(
        {
            "state": "KAZ",
            "partner": partners,
            "year": 2019,
            "flow": "exports",
            "value": [value + i for i in range(rows)],
            "unit": "USD",
            "reported_by": "state",
            "locator": "made",
        }
    )


def test_a_frame_and_a_workspace_give_the_same() -> None:
    chosen = mv.Workspace().table("flows", source="factbook")
    direct = measures.partner_shares(chosen.frame, flow="exports")
    asked = mv.Workspace().compute("partner_shares", flow="exports", source="factbook")
    assert asked.frame.equals(direct)


def test_an_installed_source_is_preferred_and_the_other_named(tmp_path: Path) -> None:
    workspace = mv.Workspace(tmp_path)
    install(workspace, "flows", "mine", exports(10))
    result = workspace.compute("partner_shares", state="KAZ", flow="exports")
    assert result.run.sources == {"flows": ("baci_totals@2000-2020", "mine@1")}
    assert sorted(result.frame["year"].unique()) == list(range(2000, 2021))
    now = workspace.compute("partner_shares", state="KAZ", flow="exports", years=2019)
    assert now.run.sources == {"flows": ("mine@1",)}
    assert any("factbook" in note for note in result.notes)
    seam = "flows is joined: 2000–2018, 2020 from baci_totals@2000-2020; 2019 from mine@1"
    assert seam in result.notes
    imports = workspace.compute("partner_shares", state="KAZ", flow="imports")
    assert "mine@1" not in imports.run.releases
    assert imports.frame.height > 0
    chosen = workspace.compute("partner_shares", state="KAZ", flow="exports", source="factbook")
    assert all(s.startswith("factbook@") for s in chosen.run.releases)


def test_a_table_edited_from_many_sources_is_used_whole(tmp_path: Path) -> None:
    workspace = mv.Workspace(tmp_path)
    other = pl.DataFrame(
        {"organisation": ["SCO"], "state": ["USA"], "status": ["member"], "locator": ["made"]}
    )
    install(workspace, "memberships", "mine", other)
    whole = workspace.table("memberships")
    assert whole.frame.height == world.table("memberships").height
    assert workspace.table("memberships", source="mine").frame["state"].to_list() == ["USA"]


def test_the_same_question_has_the_same_id_and_another_has_another() -> None:
    ask = mv.Workspace().compute
    first = ask("concentration", state="KAZ", flow="exports", years="2010:2026")
    again = ask("concentration", state="Kazakhstan", flow="exports", years=(2010, 2026))
    other = ask("concentration", state="KAZ", flow="imports", years="2010:2026")
    assert first.run.id == again.run.id
    assert first.frame.equals(again.frame)
    assert first.run.id != other.run.id
    assert "Hirschman" in first.cite()
    assert "Gaulier" in first.cite()


def test_years_and_states_keep_their_rows() -> None:
    result = mv.Workspace().compute("partner_shares", state="KAZ", partner="RUS", years=2023)
    assert set(result.frame["state"]) <= {"KAZ"}
    assert set(result.frame["partner"]) <= {"RUS"}
    assert set(result.frame["year"]) <= {2023}


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("kapa", {}, UnknownName, "nearest: kappa"),
        ("concentration", {"flaw": "exports"}, UnknownName, "no option 'flaw'"),
        ("concentration", {"flow": "both", "measure": "x"}, BadValue, "expected"),
        ("concentration", {"years": "2020:2010"}, BadValue, "2020:2010"),
        ("concentration", {"source": "nobody"}, UnknownName, "no rows from 'nobody'"),
    ],
)
def test_wrong_questions(
    name: str, options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        mv.Workspace().compute(name, **options)


def test_missing_tables_name_the_command() -> None:
    with pytest.raises(MissingData, match="data add FILE"):
        mv.Workspace().table("votes")


def test_without_a_folder_nothing_is_stored(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="--study DIR"):
        mv.Workspace().load(tmp_path)


def test_foreign_files_leave_nothing(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.csv"
    foreign.write_text("a,b\n1,2\n")
    workspace = mv.Workspace(tmp_path / "study")
    with pytest.raises(UnreadableFile, match="no data set multivector knows"):
        workspace.load(foreign)
    with pytest.raises(UnreadableFile, match="there is no file"):
        workspace.load(tmp_path / "absent.csv")
    assert workspace.releases() == []
    assert not (tmp_path / "study").exists()


def test_the_inventory_names_every_embedded_release() -> None:
    found = mv.Workspace().inventory()
    assert set(found["table"]) == set(world.names())
    unknown = found.filter(pl.col("licence").is_null())["release"].unique().to_list()
    assert unknown == [], "every embedded release has an origin"


@pytest.mark.parametrize("name", world.names())
def test_embedded_tables_fit_their_declaration(name: str) -> None:
    record(name).check(world.table(name))


def test_sql_reaches_every_table() -> None:
    found = mv.Workspace().query("SELECT count(*) AS n FROM memberships WHERE state = 'KAZ'")
    assert found["n"].item() > 20


def test_only_the_rows_asked_for_are_given() -> None:
    asked = {"state": "KAZ", "flow": "exports", "years": (2020, 2020)}
    every = mv.Workspace().compute("partner_shares", **asked).frame
    found = mv.Workspace().compute("partner_shares", partner="CHN", **asked).frame
    assert found.equals(every.filter(pl.col("partner") == "CHN"))
    assert found["state"].to_list() == ["KAZ"]
