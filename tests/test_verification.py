"""Embedded tables are what our scripts make of the producers' files."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import polars as pl
import pytest

import multivector as mv
from multivector.study import verification

TOTALS = "07_trade_baci_totals/baci_totals_2000-2020_long.csv.gz"
VOTES = "01_un_votes_voeten/UNVotes_rebuilt_1946-2024.csv.gz"


@pytest.mark.shared
def test_embedded_trade_is_what_the_file_gives(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = mv.Workspace(tmp_path)
    study.load(shared / "data" / TOTALS)
    found = study.verify()
    assert found["release"].to_list() == ["baci_totals@2000-2020", "embedded baci_totals@2000-2020"]
    assert found["whole"].all()
    short = verification.baci_totals.packed
    monkeypatch.setattr(verification.baci_totals, "packed", lambda flows: short(flows).head(-1))
    assert verification.embedded(study.store)["whole"].to_list() == [False]


@pytest.mark.shared
@pytest.mark.slow
def test_embedded_votes_are_what_the_file_gives(shared: Path, tmp_path: Path) -> None:
    study = mv.Workspace(tmp_path)
    file = tmp_path / "UNVotes.csv"
    with gzip.open(shared / "data" / VOTES) as packed, file.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    study.load(file)
    file.unlink()
    found = study.verify().filter(pl.col("release").str.starts_with("embedded"))
    made = ["joint_votes", "vote_totals", "split_votes", "vote_neighbours"]
    assert found["table"].to_list() == made
    assert found["whole"].all()


def test_other_releases_are_not_compared(tmp_path: Path) -> None:
    assert verification.embedded(mv.Workspace(tmp_path).store).is_empty()
