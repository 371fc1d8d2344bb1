"""Questions in SQL: one SELECT over tables, and nothing else of the machine."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import multivector as mv
from multivector.errors import BadValue, UnknownName
from multivector.study.sql import Limits, Session, query
from multivector.study.store import Store
from tests.test_store import add, bridges

VOTES = {"votes": pl.DataFrame({"n": [1, 2], "s": ["a", "b"]})}


def test_embedded_and_installed_rows_are_one_table(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add(store)
    stored = {t: [r.path(t)] for r in store.releases() for t in r.files}
    asked = "SELECT source, count(*) AS n FROM bridges GROUP BY 1 ORDER BY 1"
    found = query(asked, {"bridges": bridges(2, "embedded@1")}, stored)
    assert found.rows() == [("alpha@1", 3), ("embedded@1", 2)]


def test_what_is_not_there_is_named_with_the_tables() -> None:
    with pytest.raises(UnknownName, match="expected one SELECT over the tables votes"):
        query("SELECT * FROM nothing", VOTES)


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_blob('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM votes_of_the_caller",
        "SELECT * FROM 'https://example.org/x.csv'",
        "SELECT * FROM sniff_csv('{file}')",
        "SELECT * FROM parquet_metadata('{file}')",
    ],
)
def test_no_file_network_or_variable_is_read(asked: str, tmp_path: Path) -> None:
    votes_of_the_caller = pl.DataFrame({"n": [1]})
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nsesame\n", encoding="utf-8")
    told = asked.format(file=secret, folder=tmp_path)
    with pytest.raises(UnknownName) as caught:
        query(told, VOTES)
    assert "sesame" not in str(caught.value)
    assert votes_of_the_caller.height == 1


@pytest.mark.parametrize(
    "asked",
    [
        "COPY votes TO '{file}'",
        "COPY (SELECT 1) TO '{file}' (FORMAT parquet)",
        "ATTACH '{file}' AS other",
        "EXPORT DATABASE '{folder}'",
        "SET enable_external_access = true",
        "SELECT 1; COPY votes TO '{file}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CREATE TABLE a AS SELECT 1",
        "DROP VIEW votes",
        "",
        ";",
    ],
)
def test_another_statement_is_refused_and_writes_nothing(asked: str, tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(BadValue, match="expected one SELECT"):
        query(asked.format(file=target, folder=tmp_path / "db"), VOTES)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_read_where_it_is_allowed(tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("n\n3\n", encoding="utf-8")
    assert query(f"SELECT n FROM read_csv('{mine}')", VOTES, allow_files=True).item() == 3
    with pytest.raises(BadValue, match="expected one SELECT"):
        query(f"COPY votes TO '{tmp_path / 'out'}'", VOTES, allow_files=True)


def test_a_question_without_end_is_ended() -> None:
    endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
    with pytest.raises(BadValue, match=r"longer than 0\.2 s; .* --limit-s"):
        query(endless, VOTES, limits=Limits(seconds=0.2))


def test_a_question_too_large_is_ended() -> None:
    with pytest.raises(BadValue, match=r"more than 64 MB; .* --limit-mb"):
        query("SELECT list(range) FROM range(50000000)", VOTES, limits=Limits(megabytes=64))


@pytest.mark.parametrize("limits", [(0, 100), (-1, 100), (float("nan"), 100), (1, 1)])
def test_limits_are_checked(limits: tuple[float, int]) -> None:
    with pytest.raises(BadValue, match="--limit-s or --limit-mb"):
        Limits(*limits)


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT INTERVAL 1 DAY AS x",
        "SELECT {'a': 1} AS x",
        "SELECT MAP {'a': 1} AS x",
        "SELECT '101'::BIT AS x",
        "SELECT uuid() AS x",
        "SELECT TIMESTAMPTZ '2024-01-01' AS x",
        "SELECT 1::HUGEINT AS x",
        "SELECT [1, 2] AS x",
    ],
)
def test_every_type_comes_out(asked: str) -> None:
    assert query(asked, VOTES).shape == (1, 1)


def test_two_columns_of_one_name_are_told() -> None:
    with pytest.raises(UnknownName, match="more than one"):
        query("SELECT 1 AS a, 2 AS a", VOTES)


def test_a_session_forgets_the_tables_of_the_question_before() -> None:
    with Session() as session:
        assert session.ask("SELECT sum(n) FROM votes", VOTES).item() == 3
        assert session.ask("SELECT 1", {}).item() == 1
        with pytest.raises(UnknownName):
            session.ask("SELECT sum(n) FROM votes", {"other": VOTES["votes"]})


def test_a_claim_that_closes_the_parenthesis_reads_and_writes_nothing(tmp_path: Path) -> None:
    from multivector import claims

    target, secret = tmp_path / "written", tmp_path / "secret"
    secret.write_text("sesame", encoding="utf-8")
    questions = (
        f"1) AS found); COPY (SELECT 1) TO '{target}'; SELECT (SELECT (1",
        f"SELECT content FROM read_text('{secret}')",
    )
    file = tmp_path / "claims.tsv"
    for question in questions:
        row = dict.fromkeys(claims.COLUMNS, "x") | {"claim": "001-C90", "paper": "001"}
        row |= {"start": "", "end": "", "measure": "", "options": "", "needs": ""}
        row |= {"definition": "as told", "question": question, "predicate": "found = 1"}
        pl.DataFrame([row]).write_csv(file, separator="\t", quote_style="never")
        (verdict,) = claims.check(mv.Workspace(), file=file)
        assert verdict.verdict == "cannot be tested"
        assert "sesame" not in verdict.explanation
    assert not target.exists()
