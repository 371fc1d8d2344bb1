"""Commands vectors and compare: the same answers as in Python, every key, bad input in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import multivector as mv
from multivector import cli, vectors

KEYS = ("index", "low", "high", "effective_vectors", "alpha", "beta", "ceiling", "dominance")
ASKED = ("--poles", "USA,RUS,CHN,DEU", "--domains", "votes", "--years", "2007:2013")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        cli.main(list(words))
    out, err = capsys.readouterr()
    return int(str(caught.value.code)), out, err


def test_json_has_every_key_and_is_the_python_answer(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "vectors", "Kazakhstan", *ASKED, "--draws", "50", "--to", "json")
    told = json.loads(out)
    assert code == 0
    assert set(KEYS) <= set(told)
    assert set(told["shares"]) == {"votes", "all"}
    assert sum(told["shares"]["votes"].values()) == pytest.approx(1)
    assert list(told["domains"]) == ["votes"]
    assert len(told["distances"]) == len(told["pairs"]) == 6
    row = (
        mv.Workspace()
        .compute(
            "multivector_index", state="KAZ", poles=("USA", "RUS", "CHN", "DEU"),
            domains=("votes",), years=(2007, 2013), draws=50, seed=0, by="period",
            distance="votes",
        )
        .frame.row(0, named=True)
    )  # fmt: skip
    assert [told[key] for key in KEYS] == [row["value"], *(row[key] for key in KEYS[1:])]


def test_years_come_as_periods(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--poles", "RUS,CHN,USA", "--domains", "votes", "--years", "2012:2013", "--by", "year")
    code, out, _ = run(capsys, "vectors", "KAZ", *words, "--draws", "10", "--to", "json")
    told = json.loads(out)
    assert code == 0
    assert [period["years"] for period in told["periods"]] == [[2012, 2012], [2013, 2013]]


def test_table_shows_shares_and_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "vectors", "KAZ", *ASKED, "--draws", "10")
    assert code == 0
    for word in ("Multi-Vector Index", "Shares", "Votes where poles split", "leans to CHN"):
        assert word in out
    assert "run:" in err


def test_frame_goes_to_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "kaz.csv"
    code, _, _ = run(capsys, "vectors", "KAZ", *ASKED, "--draws", "10", "--out", str(target))
    assert code == 0
    assert target.read_text(encoding="utf-8").startswith("state,start,end,value")


def test_default_poles_and_named_sets() -> None:
    workspace = mv.Workspace()
    assert vectors.chosen_poles(workspace, ["KAZ"]) == ("USA", "EU", "RUS", "CHN", "TUR")
    assert vectors.chosen_poles(workspace, ["CHN"])[:3] == ("USA", "EU", "RUS")
    assert "KAZ" not in vectors.chosen_poles(workspace, ["KAZ", "USA"])
    assert "USA" not in vectors.chosen_poles(workspace, ["KAZ", "USA"])
    named = vectors.chosen_poles(workspace, ["KAZ"], "four_directions")
    assert named == ("CIS", "CHN", "EU", "USA")


def test_compare(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("compare", "KAZ", "UZB", "--domains", "votes", "--years", "2014:2020")
    code, out, _ = run(capsys, *words, "--draws", "40", "--to", "json")
    told = json.loads(out)
    assert code == 0
    assert {row["state"] for row in told["ranks"]} == {"KAZ", "UZB"}
    assert len(told["dominance"]) == 2
    code, out, _ = run(capsys, *words, "--draws", "40")
    assert "How often one is above the other" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("KAZ", "--poles", "RUS"), "two or more"),
        (("KAZ", "--poles", "RUS,RUS"), "listed twice"),
        (("KAZ", "--poles", "EU,FRA", "--years", "2000:2010"), "lies inside"),
        (("KAZ", "--poles", "KAZ,RUS"), "its own pole"),
        (("KAZ", *ASKED, "--weights", "0"), "weights"),
        (("KAZ", *ASKED, "--weights", "-1"), "weights"),
        (("KAZ", "--poles", "USA,RUS", "--domains", "people"), "no year in common"),
        (("KAZ", "--poles", "USA,RUS", "--domains", "love"), "domains"),
        (("Narnia",), "Narnia"),
        (("KAZ", "--years", "1700"), "1700"),
        (("KAZ", "--to", "gold"), "gold"),
    ],
)
def test_bad_input(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    code, out, err = run(capsys, "vectors", *words)
    assert code == 2
    assert out == ""
    assert said in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
