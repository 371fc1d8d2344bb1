"""Readers of workbooks, finance, visits, distances and alliances: specimens, real files, faults."""

from __future__ import annotations

import builtins
from pathlib import Path

import polars as pl
import pytest

from multivector import sources
from multivector.errors import MissingExtra, SchemaError, SourceChanged, UnreadableFile
from multivector.sources import Loaded
from tests import workbooks

SPECIMENS = Path(__file__).parent / "specimens"


def load(name: str) -> Loaded:
    return sources.load(SPECIMENS / name, extract=True)


def told(loaded: Loaded, what: str) -> int:
    return int(loaded.report.filter(pl.col("what") == what)["n"].sum())


def test_a_figure_missing_and_a_country_that_was_not_are_no_rows_and_two_counts():
    loaded = load("sipri_milex.xlsx")
    assert told(loaded, "figures SIPRI does not have") == 12
    assert told(loaded, "years in which a country did not exist") == 8
    rows = loaded.tables["indicators"]
    spending = rows.filter(indicator="military_spending")
    assert spending.filter(state="ISL")["value"].to_list() == [0, 0, 0, 0]
    assert spending.filter(state="KAZ")["value"].to_list() == [250.25e6, 1100e6]
    assert set(spending["state"]) == {"KAZ", "ISL", "YUG", "SCG", "SRB"}
    share = rows.filter(indicator="military_expenditure", state="KAZ", year=2023)
    assert share["value"].to_list() == [0.5]
    constant = rows.filter(indicator="military_spending_constant")
    assert constant["unit"].unique().to_list() == ["USD of 2022"]


def test_a_year_of_unknown_amounts_is_null_and_a_gift_of_nothing_is_zero():
    rows = load("aiddata-official.xlsx").tables["flows"]
    assert dict(rows.select("year", "value").rows()) == {2010: 1250000.5, 2011: None, 2012: 0}
    assert told(load("aiddata-official.xlsx"), "projects of several recipients") == 1


def test_notices_of_meetings_are_no_visits_and_two_lists_count_once():
    loaded = load("leader_visits-compiled.xlsx")
    assert told(loaded, "notices of meetings, no journeys") == 2
    assert told(loaded, "visits that stand in two lists") == 1
    assert loaded.tables["flows"]["value"].sum() == 5


def test_a_list_of_notices_alone_is_refused(tmp_path):
    path = tmp_path / "notices.xlsx"
    header = ["Name", "Year", "Level", "Country", "Communist country", "Original Source"]
    row = ["Xi Jinping", "2024", "President", "Qatar", 0.0, "https://www.fmprc.gov.cn/a"]
    workbooks.write(path, {"Sheet1": [header, row]})
    with pytest.raises(UnreadableFile, match="holds no journey, only 1 row"):
        sources.load(path, extract=True)


def test_distances_are_the_same_from_a_workbook_and_from_text():
    one, two = (
        load(name).tables["distances"].drop("source")
        for name in ("cepii_distance.xlsx", "cepii_distance-plain.csv")
    )
    assert one.equals(two)
    assert one.filter(partner="SCG")["weighted_distance"].to_list() == [None]


def test_without_the_package_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "python_calamine":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert sources.recognise(SPECIMENS / "sipri_milex.xlsx") == "sipri_milex"
    with pytest.raises(MissingExtra, match=r"multivector\[excel\]"):
        sources.load(SPECIMENS / "sipri_milex.xlsx", extract=True)


@pytest.mark.parametrize(
    ("name", "old", "new", "error", "message"),
    [
        ("aiddata-projects.csv", "1500000.25", "-5", SchemaError, "negative values"),
        ("aiddata-projects.csv", ',2016,"Two', ',20160,"Two', SchemaError, "years outside"),
        ("aiddata-projects.csv", ',900,"KAZ"', ",900", UnreadableFile, "cells in line 4"),
        ("aiddata-projects.csv", "usd_current", "usd", UnreadableFile, "no data set"),
        ("cepii_distance-plain.csv", "RUS,KAZ", "KAZ,RUS", SchemaError, "repeated key"),
        ("cepii_distance-plain.csv", "3000.5", "-1", SchemaError, "negative values"),
        ("cepii_distance-plain.csv", "3000.5", "far", UnreadableFile, "cannot be read"),
        ("atop.csv", "705,1992", "705,992", SchemaError, "years outside"),
        ("atop.csv", "consul", "consult", UnreadableFile, "no data set"),
    ],
)
def test_damaged_files_are_refused(tmp_path, name, old, new, error, message):
    text = (SPECIMENS / name).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error, match=message):
        sources.load(path, extract=True)


@pytest.mark.parametrize("name", sorted(p.name for p in SPECIMENS.glob("*.xlsx")))
def test_workbooks_cut_short_are_refused(tmp_path, name):
    content = (SPECIMENS / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableFile):
        sources.load(path, extract=True)
    spoilt = bytearray(content)
    middle = len(content) // 3
    spoilt[middle : middle + 40] = bytes(40)
    path.write_bytes(bytes(spoilt))
    with pytest.raises((UnreadableFile, SchemaError)):
        sources.load(path, extract=True)


def test_a_part_is_refused_unless_it_is_said_to_be_one():
    with pytest.raises(SourceChanged, match="expected 30,000 to 60,000"):
        sources.load(SPECIMENS / "cepii_distance.xlsx")


@pytest.mark.shared
def test_real_military_expenditure(shared):
    loaded = sources.load(next((shared / "data" / "14_arms_sipri").glob("SIPRI-Milex*.xlsx")))
    assert loaded.origin.id == "sipri_milex@1948-2023"
    rows = loaded.tables["indicators"]
    assert rows.height == 34_691
    kaz = dict(rows.filter(state="KAZ", year=2023).select("indicator", "value").rows())
    assert kaz["military_expenditure"] == pytest.approx(0.480, abs=0.001)
    assert kaz["military_share_of_spending"] == pytest.approx(2.096, abs=0.001)
    assert kaz["military_spending"] == pytest.approx(1236.3e6, rel=1e-4)
    assert kaz["military_spending_constant"] == pytest.approx(1062.7e6, rel=1e-4)
    assert rows.filter(state="KAZ")["year"].min() >= 1992


@pytest.mark.shared
def test_real_chinese_finance(shared):
    folder = shared / "data" / "22_chinese_finance_aiddata"
    official = sources.load(folder / "GlobalChineseOfficialFinanceDataset_v1.0.xlsx")
    assert official.origin.id == "aiddata@gcof-1.0"
    assert told(official, "projects read") == 5_466
    assert told(official, "projects added") == 4_312
    kaz = official.tables["flows"].filter(state="KAZ")
    assert dict(kaz.select("year", "value").rows())[2009] is None
    assert kaz["value"].sum() == pytest.approx(7_036.4e6, rel=1e-4)
    details = sources.load(next(folder.glob("ChineseFinancial*.gz")))
    assert told(details, "projects read") == 1_308
    recipients = details.tables["flows"].filter(state="KAZ")["locator"]
    assert sum(int(text.split()[0]) for text in recipients) == 42
    newer = sources.load(folder / "GCDF_v3_df_filtered.csv.gz")
    assert told(newer, "projects read") == 961
    recipients = newer.tables["flows"].filter(state="KAZ")["locator"]
    assert sum(int(text.split()[0]) for text in recipients) == 43


@pytest.mark.shared
def test_real_visits(shared):
    folder = shared / "data" / "24_leader_visits"
    first = sources.load(folder / "china_WhoWhenWhereDataset.xlsx")
    assert first.origin.id == "leader_visits@ceias-1.1"
    assert first.tables["flows"].filter(partner="KAZ")["value"].sum() == 10
    assert first.tables["flows"]["value"].sum() == 595
    every = sources.load(folder / "china_AllData.xlsx")
    assert told(every, "rows read") == 792
    assert told(every, "notices of meetings, no journeys") == 101
    assert every.tables["flows"].filter(partner="KAZ")["value"].sum() == 12


@pytest.mark.shared
def test_real_distances(shared):
    loaded = sources.load(shared / "data" / "10_gravity_geography" / "dist_cepii.zip")
    assert told(loaded, "pairs read") == 50_176
    rows = loaded.tables["distances"].filter(state="KAZ")
    for partner, capital in (("RUS", 2_271), ("CHN", 3_656)):
        row = rows.filter(partner=partner)
        assert row["contiguous"].to_list() == [True]
        assert row["capital_distance"][0] == pytest.approx(capital, abs=0.5)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["state_year", "igo_year"])
def test_the_soviet_union_was_never_in_the_cis(shared, name):
    path = shared / "data" / "05_igo_membership" / f"{name}_formatv3.csv.gz"
    rows = sources.load(path).tables["memberships"]
    cis = rows.filter(pl.col("state").is_in(["SUN", "RUS"]), organisation="CIS")
    assert cis.select("state", "start", "end").rows() == [("RUS", "1991", None)]
    customs = rows.filter(pl.col("state").is_in(["SUN", "RUS"]), organisation="WCO")
    assert customs["state"].to_list() == ["RUS", "SUN"]


@pytest.mark.shared
def test_real_alliances(shared):
    loaded = sources.load(shared / "data" / "11_alliances" / "atop-member-level.csv.gz")
    assert loaded.origin.id == "atop@4.01"
    assert told(loaded, "members and phases read") == 2_398
    rows = loaded.tables["treaties"]
    assert rows.filter(state="KAZ").height == 31
    assert rows["treaty"].n_unique() == 745
