"""Readers of trade, indicators, memberships and arms: specimens, real files, damaged files."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import polars as pl
import pytest

from multivector import sources
from multivector.errors import SchemaError, SourceChanged, UnreadableFile
from multivector.sources import Loaded, baci, baci_totals

SPECIMENS = Path(__file__).parent / "specimens"


def load(name: str) -> Loaded:
    return sources.load(SPECIMENS / name, extract=True)


def told(loaded: Loaded, what: str) -> int:
    return int(loaded.report.filter(pl.col("what") == what)["n"].sum())


def flow(loaded: Loaded, state: str, partner: str, kind: str, year: int) -> float | None:
    rows = loaded.tables["flows"].filter(state=state, partner=partner, flow=kind, year=year)
    return rows["value"].sum() if rows.height else None


def test_what_is_no_state_is_reported_and_not_guessed():
    assert told(load("baci_totals.csv"), "rows whose target is no state") == 1
    loaded = load("sipri_arms-register.csv")
    assert told(loaded, "rows whose target is no state") == 1
    assert told(loaded, "rows whose origin is no state") == 1
    assert told(load("wdi-bulk.csv"), "rows whose state is no state") == 3


def test_missing_zero_and_absent_are_three_things():
    loaded = load("cow_trade.csv")
    assert flow(loaded, "RUS", "KAZ", "imports", 1995) == 100e6
    assert flow(loaded, "RUS", "KAZ", "exports", 1995) == 0
    soviet = loaded.tables["flows"].filter(state="SUN", partner="CHN", flow="exports")
    assert soviet["value"].to_list() == [None]
    assert flow(loaded, "TUR", "RUS", "exports", 1995) is None
    assert told(loaded, "flows the producer marks missing") == 1


def test_arms_are_added_by_year_and_names_follow_the_year():
    loaded = load("sipri_arms-register.csv")
    assert flow(loaded, "KAZ", "RUS", "arms_imports", 2015) == 22.5
    assert flow(loaded, "KAZ", "TUR", "arms_imports", 2020) == 0
    assert flow(loaded, "KAZ", "YUG", "arms_imports", 2002) == 0.5
    deals = load("sipri_arms-deals.csv")
    assert flow(deals, "RUS", "KAZ", "arms_exports", 1999) == 40
    assert flow(deals, "SUN", "AFG", "arms_exports", 1978) == 6.5


def test_reports_of_investment_are_kept_apart():
    rows = load("imf_dip.csv").tables["flows"]
    assert dict(rows.select("reported_by", "value").rows()) == {"state": 97.5e6, "partner": -3e6}


def test_the_edition_must_be_in_the_name(tmp_path):
    path = tmp_path / "lowy.csv"
    path.write_bytes((SPECIMENS / "lowy-2019.csv").read_bytes())
    with pytest.raises(UnreadableFile, match="does not say the edition's year"):
        sources.load(path, extract=True)


def test_memberships_are_the_same_in_both_layouts_where_they_overlap():
    spells = load("cow_igo-state.csv").tables["memberships"]
    georgia = spells.filter(organisation="CIS", state="GEO").select("start", "end", "as_of")
    assert georgia.rows() == [("2001", "2001", "2014")]
    turkey = spells.filter(organisation="SCO", state="TUR")
    assert turkey["status"].to_list() == ["observer"]
    assert spells.filter(organisation="UN", state="RUS")["end"].to_list() == ["2001"]


def test_baci_in_an_archive_with_its_countries(tmp_path):
    path = tmp_path / "BACI_HS92_V202401.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(SPECIMENS / "baci.csv", "BACI_HS92_Y2019_V202401.csv")
        rows = "country_code,country_name,country_iso2,country_iso3\n398,x,KZ,KAZ\n156,y,CN,CHN\n"
        archive.writestr("country_codes_V202401.csv", rows + "643,z,RU,RUS\n999,w,N/A,N/A\n")
    assert sources.recognise(path) == "baci"
    loaded = sources.load(path, extract=True)
    key = ["state", "partner", "flow", "product"]
    packed, plain = (
        part.tables["flows"].drop("source").sort(key) for part in (loaded, load("baci.csv"))
    )
    assert packed.equals(plain)


def test_products_at_six_digits_for_some_states():
    flows = baci.products(SPECIMENS / "baci.csv", of=("KAZ",))
    assert set(flows["product"]) == {"270900", "271121", "010121", "851712"}
    assert flows["state"].unique().to_list() == ["KAZ"]
    assert flows.filter(flow="imports", partner="CHN")["value"].to_list() == [750_000.0]


def test_embedded_form_loses_only_what_is_below_half_a_thousand():
    flows = load("baci_totals.csv").tables["flows"].filter(pl.col("value") >= 500)
    stored = baci_totals.packed(flows)
    back = baci_totals.unpacked(stored)
    key = ["state", "partner", "year", "flow"]
    joined = flows.join(back, on=key, suffix="_back")
    assert joined.height == flows.height == back.height
    assert (joined["value"] - joined["value_back"]).abs().max() <= 500
    some = baci_totals.unpacked(stored, states=("KAZ",), years=(2019, 2019))
    assert set(some["state"]) == {"KAZ"}
    assert set(some["year"]) == {2019}


@pytest.mark.parametrize(
    ("name", "old", "new", "error", "message"),
    [
        ("baci_totals.csv", "900", "-900", SchemaError, "row 3"),
        ("baci_totals.csv", "2018,KAZ,RUS", "1018,KAZ,RUS", SchemaError, "years outside"),
        ("baci_totals.csv", "2019,KAZ,CHN", "2018,KAZ,CHN", SchemaError, "repeated key"),
        ("cow_trade.csv", "25.125,50", "-25,50", SchemaError, "row 4"),
        ("cow_trade.csv", "ccode2", "cc2", UnreadableFile, "no data set"),
        ("baci.csv", "1000.5", "-1000.5", SchemaError, "negative values"),
        ("baci.csv", "t,i,j,k,v,q", "t,i,j,k,value,q", UnreadableFile, "no data set"),
        ("cow_trade.csv", "100,0,100", "many,0,100", UnreadableFile, "cannot be read"),
        ("sipri_arms-tiv.csv", "92,1993,1994,1995", "a,b,c,d", UnreadableFile, "row of years"),
    ],
)
def test_damaged_files_are_refused(tmp_path, name, old, new, error, message):
    text = (SPECIMENS / name).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error, match=message):
        sources.load(path, extract=True)


def test_a_part_is_refused_unless_it_is_said_to_be_one(tmp_path):
    with pytest.raises(SourceChanged, match="expected 1,000,000 to 1,400,000"):
        sources.load(SPECIMENS / "baci_totals.csv")
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress((SPECIMENS / "cow_trade.csv").read_bytes())[:60])
    with pytest.raises(UnreadableFile):
        sources.load(cut)


def million(loaded: Loaded, state: str, partner: str, kind: str, year: int) -> int:
    return round((flow(loaded, state, partner, kind, year) or 0) / 1e6)


@pytest.mark.shared
def test_real_totals_of_baci(shared):
    loaded = sources.load(
        shared / "data" / "07_trade_baci_totals" / "baci_totals_2000-2020_long.csv.gz"
    )
    assert loaded.origin.id == "baci_totals@2000-2020"
    assert loaded.tables["flows"].height == 2 * 581_494
    expected = {"CHN": (7_922, 11_099), "RUS": (5_831, 13_927)}
    for partner, (exports, imports) in expected.items():
        assert million(loaded, "KAZ", partner, "exports", 2019) == exports
        assert million(loaded, "KAZ", partner, "imports", 2019) == imports


@pytest.mark.shared
def test_real_trade_of_cow(shared):
    path = next((shared / "data" / "06_trade_cow").glob("Dyadic*.csv.gz"))
    loaded = sources.load(path)
    assert loaded.origin.id == "cow_trade@4.0"
    assert told(loaded, "pairs and years read") == 673_654
    assert million(loaded, "KAZ", "RUS", "imports", 2014) == 15_524
    assert million(loaded, "KAZ", "CHN", "exports", 2014) == 9_704


@pytest.mark.shared
def test_real_indicators_of_the_world_bank(shared):
    loaded = sources.load(next((shared / "data" / "15_wdi").glob("wdi*.zip")))
    rows = loaded.tables["indicators"].filter(state="KAZ")
    figure = {(i, y): v for _, i, y, v, *_ in rows.iter_rows()}
    assert figure["gdp", 2025] == pytest.approx(306.2e9, rel=1e-3)
    assert figure["inflation", 2025] == pytest.approx(11.4, abs=0.05)
    assert figure["central_government_debt", 2023] == pytest.approx(20.9, abs=0.05)
    assert figure["central_government_balance", 2023] == pytest.approx(-1.14, abs=0.005)


@pytest.mark.shared
def test_real_layouts_of_cow_differ_in_eight_organisations(shared):
    folder = shared / "data" / "05_igo_membership"
    frames = {
        name: sources.load(folder / f"{name}_formatv3.csv.gz").tables["memberships"]
        for name in ("state_year", "igo_year")
    }
    for frame in frames.values():
        held = frame.filter((pl.col("state") == "KAZ") & (pl.col("status") == "member"))
        assert held.filter(pl.col("end").is_null())["organisation"].n_unique() == 55
    after = {
        name: set(
            frame.filter(pl.col("end").is_null()).select("organisation", "state", "status").rows()
        )
        for name, frame in frames.items()
    }
    differ = {organisation for organisation, _, _ in after["state_year"] ^ after["igo_year"]}
    assert differ == {"CTO", "IASAJ", "ICAC", "ICCO", "ICFO", "IOPCF", "IRSG", "WTOURO"}


@pytest.mark.shared
def test_real_registers_of_sipri(shared):
    folder = shared / "data" / "14_arms_sipri"
    loaded = sources.load(folder / "trade_register_2000-2030_generated2025-01-03.csv.gz")
    arms = loaded.tables["flows"].filter(state="KAZ", flow="arms_imports")
    total = dict(arms.group_by("partner").agg(pl.col("value").sum()).iter_rows())
    assert total["RUS"] == pytest.approx(2655, abs=1)
    assert (total["ESP"], total["UKR"], total["ISR"]) == pytest.approx((112.5, 89.7, 48.8), abs=0.1)
    older = sources.load(folder / "trade-register_oldlayout.csv.gz").tables["flows"]
    russia = older.filter(state="KAZ", partner="RUS", flow="arms_imports")["value"].sum()
    assert russia == pytest.approx(2889, abs=1)


@pytest.mark.shared
def test_real_smaller_files(shared):
    data = shared / "data"
    itpd = sources.load(next((data / "08_trade_itpde").glob("itpde_totals*.gz")))
    assert flow(itpd, "KAZ", "CHN", "exports", 2016) == pytest.approx(4.37e9, rel=0.01)
    inward = sources.load(next((data / "21_fdi_imf_dip").glob("*08_13*.gz"))).tables["flows"]
    china = inward.filter(state="CHN", partner="KAZ", year=2024, reported_by="state")
    assert china["value"].to_list() == pytest.approx([97.9e6], rel=1e-3)
    lowy = sources.load(next((data / "23_diplomacy_lowy").glob("2019*.gz"))).tables["flows"]
    assert lowy.filter(partner="KAZ")["value"].sum() == 51
    pacts = sources.load(next((data / "11_alliances").glob("alliance*.csv"))).tables["treaties"]
    assert pacts.filter(state="KAZ")["treaty"].to_list() == [
        "cow-349",
        "cow-350",
        "cow-353",
        "cow-389",
    ]
    desta = sources.load(next((data / "12_trade_agreements_desta").glob("DESTA*.gz")))
    kaz = desta.tables["treaties"].filter(state="KAZ")
    assert kaz["treaty"].n_unique() == 35
    assert kaz.filter(pl.col("name").str.contains("Kazakhstan"))["treaty"].n_unique() == 17
    for pattern in ("OECD*.gz", "uis_popular-destinations*.gz"):
        loaded = sources.load(next((data / "25_students").glob(pattern)))
        assert loaded.tables["flows"].height > 50_000
