"""Claims in the browser: the verdicts of the command line, with the tests behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from starlette.testclient import TestClient

from multivector import claims
from multivector.study.store import Store
from multivector.web import app as web
from multivector.web.pages import claims as page
from multivector.workspace import Workspace

PAPER = "004"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(web.create(), base_url="http://127.0.0.1") as made:
        yield made


def shown(client: TestClient, address: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", client.get(address).text))


def test_the_list_has_the_verdicts_of_the_command(client: TestClient) -> None:
    verdicts = claims.check(Workspace(), PAPER)
    answer = client.get(f"/api/claims?paper={PAPER}").json()
    assert answer["claims"] == claims.as_records(verdicts)
    assert answer["counts"] == claims.counts(verdicts)
    page = client.get(f"/claims?paper={PAPER}").text
    for verdict in verdicts:
        assert f'href="/claims/{verdict.claim.claim}"' in page
        assert verdict.verdict in page
    signs = re.findall(r'class="verdict v-\w+"><span aria-hidden="true">(.)</span> ([\w ]+)', page)
    assert {(sign, word) for sign, word in signs} <= {
        ("✓", "holds"), ("✗", "fails"), ("±", "depends on the definition"),
        ("?", "cannot be tested"),
    }  # fmt: skip
    assert len(signs) == len(verdicts)


def test_verdicts_choose_rows(client: TestClient) -> None:
    whole = client.get(f"/api/claims?paper={PAPER}").json()["counts"]
    for key, word in (("holds", claims.HOLDS), ("untested", claims.UNTESTED)):
        rows = client.get(f"/api/claims?paper={PAPER}&verdict={key}").json()["claims"]
        assert [row["verdict"] for row in rows] == [word] * whole[word]
    header = client.get(f"/claims?paper={PAPER}&format=csv").text.splitlines()[0]
    assert header.startswith("claim,paper,locator,statement")


def test_a_claim_shows_each_test_and_how_to_repeat_it(client: TestClient) -> None:
    for verdict in claims.check(Workspace(), PAPER):
        name = verdict.claim.claim
        page = shown(client, f"/claims/{name}")
        assert verdict.claim.statement in page
        assert verdict.claim.locator in page
        assert f"multivector check {name}" in page
        for finding in verdict.findings:
            for part in (finding.test.question, finding.test.predicate, finding.run):
                assert part is None or part in page
        if verdict.command:
            assert verdict.command in page


def test_what_is_unknown_is_told(client: TestClient) -> None:
    for wrong in ("/claims/nothing", "/claims?paper=999", "/claims?verdict=true"):
        answer = client.get(wrong)
        assert answer.status_code == 404
        assert "There is no" in answer.text


@pytest.mark.parametrize("language", ["tr", "ru", "kk"])
def test_claims_speak(client: TestClient, language: str) -> None:
    for address in (f"/claims?paper={PAPER}", "/claims/004-C01"):
        joined = "&" if "?" in address else "?"
        page = client.get(f"{address}{joined}lang={language}")
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text


def test_verdicts_are_made_once_until_a_data_set_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def check(workspace: Workspace, paper: str | None = None) -> list[claims.Verdict]:
        asked.append(paper)
        return [claims.Verdict(claim, ()) for claim in claims.read_claims()]

    monkeypatch.setattr(claims, "check", check)
    stamps = iter("aaaab")
    monkeypatch.setattr(Store, "stamp", lambda self: next(stamps))
    workspace = Workspace(tmp_path / "study")
    for paper in (None, PAPER, None, "000"):
        page._checked(workspace, paper)
    assert asked == [None]
    page._checked(workspace, None)
    assert asked == [None, None]
