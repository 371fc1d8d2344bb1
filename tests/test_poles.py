"""Named sets of poles, a study's own, and that the neighbourhood powers are what they say."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from multivector.errors import UnreadableFile
from multivector.names import organisations, states
from multivector.study import poles, world

HEADER = "set\tapplies_to\tpole\treason\n"


def test_every_row_names_what_exists() -> None:
    for row in poles.table().iter_rows(named=True):
        assert row["pole"] in {*states.today(), *organisations.codes()}, row
        assert row["applies_to"] in {None, *states.today(), *organisations.codes()}, row
        assert row["reason"]


def test_kazakhstan_is_measured_against_turkiye_too() -> None:
    seats = set(organisations.of_state("KAZ", 2025, "member")["organisation"])
    found = [choice.pole for choice in poles.of_state("KAZ", seats, poles.table())]
    assert found == ["USA", "EU", "RUS", "CHN", "TUR"]


def test_the_neighbourhood_power_is_the_largest_economy_of_the_organisation() -> None:
    defaults = set(poles.table().filter(pl.col("set") == poles.DEFAULT)["pole"])
    figures = world.table("indicators").filter(
        (pl.col("indicator") == "gdp") & (pl.col("source") == "factbook@2025")
    )
    gdp = dict(figures.sort("year").select("state", "value").iter_rows())
    rows = poles.table().filter(pl.col("set") == poles.NEIGHBOURHOOD)
    for row in rows.iter_rows(named=True):
        members = organisations.members(row["applies_to"], 2024, "member")["state"].to_list()
        others = [m for m in members if m not in defaults and m in gdp]
        assert max(others, key=lambda m: gdp[m]) == row["pole"], row


def test_a_state_is_never_its_own_pole() -> None:
    for code in states.today():
        seats = set(organisations.of_state(code, 2025, "member")["organisation"])
        chosen = [choice.pole for choice in poles.of_state(code, seats, poles.table())]
        assert code not in chosen
        assert 3 <= len(chosen) <= 6
        assert len(set(chosen)) == len(chosen)


def test_a_study_may_bring_its_own_sets(tmp_path: Path) -> None:
    own = f"{HEADER}default\t\tIND\tour own\nnordic\t\tSWE\tnear\nnordic\t\tNOR\tnear\n"
    (tmp_path / "poles.tsv").write_text(own, encoding="utf-8")
    table = poles.table(tmp_path)
    assert table.filter(pl.col("set") == "default")["pole"].to_list() == ["IND"]
    assert poles.expand(["nordic", "USA"], table) == ["SWE", "NOR", "USA"]
    assert "p5" in table["set"].to_list()


@pytest.mark.parametrize("text", ["set\tpole\ndefault\tUSA\n", f"{HEADER}default\t\t\tno pole\n"])
def test_a_broken_table_is_one_clear_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "poles.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="expected a table with the columns") as caught:
        poles.table(tmp_path)
    assert "\n" not in str(caught.value)
