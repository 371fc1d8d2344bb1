"""Readers of UN votes: specimens true to format (choices made up), and the files."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import polars as pl
import pytest

from multivector import sources
from multivector.errors import MultivectorError, SourceChanged, UnreadableFile
from multivector.sources import Loaded, _rdata, _un_votes
from tests import rfiles

SPECIMENS = Path(__file__).parent / "specimens"


def load(name: str) -> Loaded:
    return sources.load(SPECIMENS / name, extract=True)


def told(loaded: Loaded, what: str) -> int:
    return int(loaded.report.filter(pl.col("what") == what)["n"].sum())


def test_voeten_numbers_kinds_repeats_and_seats() -> None:
    loaded = load("unga_votes.csv")
    calls, votes = loaded.tables["rollcalls"], loaded.tables["votes"]
    by = {row["rollcall"]: row for row in calls.iter_rows(named=True)}
    assert {"411", "411@2023-12-04"} <= set(by)
    assert by["5884"]["duplicate_of"] == "5100"
    assert by["5100"]["resolution"] == "65/206"
    assert by["5924"]["resolution"] == "67/46"
    assert by["5924"]["kind"] == "paragraph"
    assert by["5924"]["family"] == by["5202"]["family"]
    assert by["5801"]["kind"] == "motion"
    assert by["411@2023-12-04"]["kind"] == "unknown"
    assert by["9079"]["year"] == 2019
    assert by["9079"]["date"] == "2020-01-14"
    held = {(r, s) for r, s in votes.select("rollcall", "state").iter_rows()}
    assert ("1200", "TWN") in held
    assert ("1200", "CHN") not in held
    assert ("1250", "CHN") in held
    assert ("3600", "SUN") in held
    assert ("4000", "RUS") in held
    assert {("411", "YUG"), ("4000", "SCG"), ("5100", "SRB")} <= held
    assert told(loaded, "second votes of one seat left out") == 1
    assert told(loaded, "symbols corrected") == 2


def test_the_two_layouts_of_voeten_and_unvotes_agree() -> None:
    key = ["rollcall", "state"]
    long = load("unga_votes.csv").tables["votes"].filter(pl.col("choice") != "absent")
    tidy = load("unvotes").tables["votes"]
    both = long.join(tidy, on=key, suffix="_tidy")
    assert both.height == tidy.height
    assert (both["choice"] == both["choice_tidy"]).all()


def test_digital_library_layouts_give_the_same_votes() -> None:
    frames = [
        load(f"undl_votes-{v}.csv").tables["votes"].drop("source").sort("rollcall", "state")
        for v in ("2024", "2025a", "2025b")
    ]
    assert frames[0].equals(frames[1])
    assert frames[1].equals(frames[2])
    states = set(frames[0]["state"])
    assert {"SUN", "CSK"} <= states


def test_a_jump_of_absence_is_reported() -> None:
    from multivector.sources._un_votes import finish

    calls = pl.DataFrame(
        [(str(100 * y + i), f"{y}-12-01") for y in range(2010, 2024) for i in range(30)],
        schema=["number", "date"],
        orient="row",
    )
    votes = calls.join(pl.DataFrame({"code": ["TUR", "KAZ", "USA"]}), how="cross").with_columns(
        choice=pl.lit("yes")
    )
    votes = votes.filter(~((pl.col("code") == "TUR") & (pl.col("date") >= "2023")))
    more = votes.filter(pl.col("code") == "TUR").tail(0)
    late = calls.filter(pl.col("date") >= "2023").head(3).with_columns(
        code=pl.lit("TUR"), choice=pl.lit("yes")
    )  # fmt: skip
    report = finish(calls, pl.concat([votes, more, late.select(votes.columns)]), scheme="iso3")[
        "report"
    ]
    jumps = report.filter(pl.col("what").str.contains("jumps"))
    assert jumps["what"].to_list() == ["absence of TUR in 2023 jumps"]
    assert jumps["n"].to_list() == [27]


def test_r_files_are_read_in_all_their_forms(tmp_path: Path) -> None:
    path = tmp_path / "x.rda"
    columns = {
        "a": [1, None, 3],
        "b": [0.5, None, 2.0],
        "c": ["x", None, "İstanbul"],
        "d": rfiles.factor(["yes", "no", "yes"]),
        "e": rfiles.dates([0.0, 1.0, 18262.0]),
    }
    rfiles.write(path, "frame", columns)
    frame = _rdata.read(path)["frame"]
    assert frame.rows() == [
        (1, 0.5, "x", "yes", "1970-01-01"),
        (None, None, None, "no", "1970-01-02"),
        (3, 2.0, "İstanbul", "yes", "2020-01-01"),
    ]
    whole = gzip.decompress(path.read_bytes())
    for cut in (10, 30, len(whole) // 2, len(whole) - 6):
        path.write_bytes(gzip.compress(whole[:cut]))
        with pytest.raises(UnreadableFile, match="R file"):
            _rdata.read(path)


def test_broken_and_strange_files_are_one_clear_line(tmp_path: Path) -> None:
    alone = tmp_path / "un_votes.rda"
    shutil.copy(SPECIMENS / "unvotes" / "un_votes.rda", alone)
    with pytest.raises(UnreadableFile, match="side by side"):
        sources.load(alone, extract=True)
    nameless = tmp_path / "coincidence.csv"
    shutil.copy(SPECIMENS / "us_coincidence-2018.csv", nameless)
    with pytest.raises(UnreadableFile, match="year in the name"):
        sources.load(nameless, extract=True)
    with pytest.raises(SourceChanged, match="cut short"):
        sources.load(SPECIMENS / "unga_votes.csv")
    odd = tmp_path / "odd.csv"
    lines = (SPECIMENS / "unga_votes.csv").read_bytes().decode("latin-1").splitlines()
    odd.write_bytes("\n".join([lines[0], lines[1].replace(",2,", ",99999,", 1)]).encode())
    with pytest.raises(MultivectorError, match="99999"):
        sources.load(odd, extract=True)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "name", "votes", "calls"),
    [
        ("01_un_votes_voeten/UNVotes_rebuilt_1946-2024.csv.gz", "unga_votes", 1_027_388, 6_551),
        ("01_un_votes_voeten/UNVotesPublished.RData", "unga_votes", 812_083, 5_429),
        ("01_un_votes_voeten/un_votes.rda", "unvotes", 870_109, 6_203),
        ("01_un_votes_voeten/ungaVoting_003.csv.gz", "unga_wide", 1_011_092, 6_551),
        ("30_un_votes_ungadm/votes_1946_2022.parquet", "unga_dm", 855_890, 6_155),
    ],
)
def test_producers_files(shared: Path, path: str, name: str, votes: int, calls: int) -> None:
    loaded = sources.load(shared / "data" / path)
    assert loaded.origin.source == name
    assert not loaded.origin.version.startswith("file-")
    assert loaded.tables["votes"].height == votes
    assert loaded.tables["rollcalls"].height == calls
    left_out = told(loaded, "second votes of one seat left out")
    lost = loaded.report.filter(pl.col("what").str.contains("lost by the producer"))["n"].sum()
    assert told(loaded, "votes read") - left_out - lost == votes


@pytest.mark.shared
def test_published_points_bridges_and_coincidence(shared: Path) -> None:
    points = shared / "data" / "03_un_idealpoints"
    old = sources.load(points / "IdealpointestimatesAll_Apr2020.csv.gz").tables["ideal_points"]
    kaz = old.filter(pl.col("state") == "KAZ").sort("session")["value"].to_list()
    assert kaz[:3] == pytest.approx([0.582, 0.536, 0.563], abs=5e-4)
    assert kaz[-1] == pytest.approx(-0.610, abs=5e-4)
    new = sources.load(points / "IdealpointestimatesAll_Jun2024.csv.gz").tables["ideal_points"]
    last = new.filter((pl.col("state") == "KAZ") & (pl.col("session") == 78))
    assert last["value"].item() == pytest.approx(-0.5085, abs=1e-4)
    assert sources.load(points / "Matches.csv").tables["bridges"].height == 955
    expected = {2018: 0.22, 2019: 0.21, 2020: 0.22, 2021: 0.33, 2022: 0.36, 2023: 0.36}
    for year, value in expected.items():
        path = shared / "data/28_us_state_voting_coincidence" / f"un-coincidence-{year}.csv"
        frame = sources.load(path).tables["indicators"]
        own = frame.filter((pl.col("state") == "KAZ") & (pl.col("indicator") == "us_coincidence"))
        assert own["value"].item() == value


def test_a_session_opens_in_september() -> None:
    days = pl.DataFrame({"date": ["1946-10-30", "2023-03-02", "2023-08-31", "2023-09-05"]})
    found = days.select(_un_votes.session(pl.col("date"))).to_series()
    assert found.to_list() == [1, 77, 77, 78]
