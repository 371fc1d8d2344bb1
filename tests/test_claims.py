"""Claims: the table is sound, copies no sentence, and every verdict follows from its tests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from multivector import Workspace, sources
from multivector.claims import (
    COLUMNS,
    DEPENDS,
    FAILS,
    HOLDS,
    UNTESTED,
    VERDICTS,
    Verdict,
    as_records,
    check,
    counts,
    read_claims,
    table,
)
from multivector.cli import main
from multivector.errors import SchemaError, UnknownName, UnreadableFile
from multivector.measures import catalogue
from multivector.study import world

KINDS = ("events", "memberships", "quantities", "votes")


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    return {v.claim.claim: v for v in check(Workspace())}


def by_record(verdicts: dict[str, Verdict], record: str) -> Verdict:
    return next(v for v in verdicts.values() if v.claim.record == record)


def test_at_least_sixty_claims_over_all_five_papers() -> None:
    claims = read_claims()
    assert len(claims) >= 60
    assert {c.paper for c in claims} == {"000", "001", "002", "003", "004"}
    assert len({c.claim for c in claims}) == len(claims)
    assert all(c.locator and c.start is not None and c.start < c.end for c in claims)


def test_claims_stand_where_their_record_stands() -> None:
    found = {}
    for kind in KINDS:
        for row in world.read(f"casebook_{kind}.tsv").iter_rows(named=True):
            found[row["id"]] = (row["paper"], row["locator"], int(row["start"]), int(row["end"]))
    for claim in read_claims():
        if claim.record:
            place = (claim.paper, claim.locator, claim.start, claim.end)
            assert found[claim.record] == place, claim.claim


def test_every_test_is_runnable_or_says_why(verdicts: dict[str, Verdict]) -> None:
    for verdict in verdicts.values():
        for finding in verdict.findings:
            assert (finding.holds is None) == (finding.reason is not None)
            assert "query failed" not in (finding.reason or ""), verdict.claim.claim
            assert "no option" not in (finding.reason or ""), verdict.claim.claim
            assert set(finding.test.needs) <= set(sources.names())
            assert finding.test.measure is None or finding.test.measure in catalogue()


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", text.casefold())


@pytest.mark.shared
def test_no_sentence_of_the_papers_is_copied(shared: Path) -> None:
    runs: set[tuple[str, ...]] = set()
    for path in (shared / "papers").glob("0*.txt"):
        text = words(path.read_text(encoding="utf-8"))
        runs |= {tuple(text[i : i + 8]) for i in range(len(text) - 7)}
    assert runs, "the papers are read"
    for claim in read_claims():
        told = words(claim.statement)
        assert not {tuple(told[i : i + 8]) for i in range(len(told) - 7)} & runs, claim.claim


@pytest.mark.shared
def test_claims_without_a_record_stand_in_the_text(shared: Path) -> None:
    for claim in read_claims():
        path = next((shared / "papers").glob(f"{claim.paper}*.txt"))
        text = path.read_bytes().decode("utf-8")
        assert claim.end <= len(text)
        assert text[claim.start : claim.end].strip()


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        ("001-Q002", DEPENDS),
        ("001-Q003", FAILS),
        ("001-V002", HOLDS),
        ("001-V003", HOLDS),
        ("001-V009", FAILS),
        ("002-Q002", FAILS),
        ("002-Q005", FAILS),
        ("002-E017", FAILS),
        ("002-M037", FAILS),
        ("003-Q002", FAILS),
        ("003-Q131", DEPENDS),
        ("003-Q138", HOLDS),
        ("003-Q140", FAILS),
        ("003-Q151", DEPENDS),
        ("003-Q190", UNTESTED),
        ("003-M186", FAILS),
        ("000-M022", HOLDS),
        ("003-M139", FAILS),
    ],
)
def test_known_verdicts(verdicts: dict[str, Verdict], record: str, verdict: str) -> None:
    found = by_record(verdicts, record)
    assert found.verdict == verdict, found.explanation


def test_thirteen_splits_hold_by_the_strict_definition(verdicts: dict[str, Verdict]) -> None:
    thirteen = by_record(verdicts, "001-Q002").findings
    assert (thirteen[0].found, thirteen[0].holds) == (13, True)
    assert by_record(verdicts, "001-Q003").findings[0].found == 38


def test_agreement_with_china_depends_on_the_measure(verdicts: dict[str, Verdict]) -> None:
    found = next(v for v in verdicts.values() if "agreed most with China" in v.claim.statement)
    assert found.verdict == DEPENDS
    assert {f.test.measure: f.found for f in found.findings}["benati_a"] == "RUS"


def test_an_untested_claim_names_the_command(verdicts: dict[str, Verdict]) -> None:
    found = by_record(verdicts, "001-Q004")
    assert found.verdict == UNTESTED
    assert found.command.startswith("multivector --study DIR data add FILE (baci:")


def test_a_paper_is_not_checked_against_itself() -> None:
    rules = world.table("voting_rules") if "voting_rules" in world.names() else None
    if rules is None:
        pytest.skip("no voting rules embedded")
    assert rules.filter(pl.col("source") == "paper@003").height


def own(tmp_path: Path, *rows: dict[str, object]) -> Path:
    base = {"claim": "X1", "paper": "mine", "locator": "p. 1", "statement": "Two rows of borders"}
    base |= {"question": "SELECT count(*) FROM borders", "predicate": "found > 2"}
    lines = ["\t".join(COLUMNS)]
    lines += ["\t".join(str({**base, **row}.get(c, "")) for c in COLUMNS) for row in rows]
    path = tmp_path / "claims.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_ones_own_claims(tmp_path: Path) -> None:
    path = own(tmp_path, {}, {"definition": "other", "predicate": "found < 2"})
    found = check(Workspace(), file=path)
    assert [v.verdict for v in found] == [DEPENDS]
    rows = Workspace().table("borders").frame.height
    assert table(found)["found"].to_list() == [f"as stated: {rows}, holds; other: {rows}, fails"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"options": "[1]"}, "expected a JSON object"),
        ({"options": "{oops"}, "expected a JSON object"),
        ({"predicate": ""}, "question or a predicate without the other"),
        ({"locator": ""}, "has no locator"),
        ({"start": "ten"}, "position 'ten'"),
        ({"claim": ""}, "names no claim"),
    ],
)
def test_a_bad_row_is_one_clear_line(tmp_path: Path, row: dict[str, object], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        read_claims(own(tmp_path, row))


def test_two_claims_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="different statement"):
        read_claims(own(tmp_path, {}, {"statement": "Something else"}))


def test_a_bad_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_claims(tmp_path / "none.tsv")
    (tmp_path / "short.tsv").write_text("claim\tpaper\nX\tY\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="has no column record"):
        read_claims(tmp_path / "short.tsv")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"question": "SELECT nothing FROM borders"}, "the query failed"),
        ({"question": "SELECT state FROM borders"}, "query failed"),
        ({"question": "SELECT 1 FROM result", "measure": "no_such"}, "not in this version"),
        ({"question": "SELECT 1 FROM result", "measure": "splits"}, "needs state"),
        ({"question": "SELECT count(*) FROM treaties"}, "there are no rows for the table treaties"),
        ({"question": "SELECT max(length) FROM borders WHERE state = 'XXX'"}, "no rows at hand"),
    ],
)
def test_what_cannot_run_is_untested_and_says_why(
    tmp_path: Path, row: dict[str, object], reason: str
) -> None:
    (found,) = check(Workspace(), file=own(tmp_path, row))
    assert found.verdict == UNTESTED
    assert reason in found.explanation


def test_an_unknown_paper_is_refused() -> None:
    with pytest.raises(UnknownName, match="no claims on '009'"):
        check(Workspace(), "009")


def test_records_and_counts_agree(verdicts: dict[str, Verdict]) -> None:
    found = list(verdicts.values())
    told = json.loads(json.dumps(as_records(found), default=str))
    assert sum(counts(found).values()) == len(found) == len(told)
    assert {row["verdict"] for row in told} <= set(VERDICTS)
    assert all(row["tests"] for row in told)


@pytest.mark.shared
@pytest.mark.slow
def test_installed_data_decide_more(shared: Path, tmp_path: Path) -> None:
    study = Workspace(tmp_path)
    study.load(next((shared / "data" / "07_trade_baci_totals").glob("baci_totals*")))
    study.load(next((shared / "data" / "06_trade_cow").glob("Dyadic_COW*")))
    names = {c.record: c.claim for c in read_claims()}
    found = {r: check(study, names[r])[0] for r in ("002-Q025", "003-Q115", "003-Q019")}
    assert found["002-Q025"].verdict == HOLDS, found["002-Q025"].explanation
    assert found["003-Q115"].verdict == FAILS, found["003-Q115"].explanation
    assert found["003-Q019"].verdict == HOLDS, found["003-Q019"].explanation
    fall = next(c.claim for c in read_claims() if "turn away from the CIS" in c.statement)
    assert [finding.holds for finding in check(study, fall)[0].findings] == [True, True]


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", "004", "--to", "json"])
    assert caught.value.code == 0
    assert {row["paper"] for row in json.loads(capsys.readouterr().out)} == {"004"}
