"""Documents in the browser: sending, reading, reviewing, comparing, taking away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("starlette")

from starlette.testclient import TestClient

from multivector.documents.exchange.refi import read_project
from multivector.documents.library import isolation
from multivector.documents.library.archive import Library
from multivector.web import app as web
from multivector.web.pages import documents_words
from multivector.web.passages import Span, pieces
from multivector.workspace import Workspace

BASE = "http://127.0.0.1"
FACTS = (
    "# A report\n\nKazakhstan is a member of the CSTO. Kazakhstan is an observer of the CSTO. "
    "Kazakhstan and China signed an «agreement» on 26 April 1996 in Shanghai.\n\n"
    "Trade reached 3 billion dol-\nlars in 2019. <script>alert(1)</script> =HYPERLINK(1)\n"
)
HOSTILE = "=cmd()<img src=x onerror=alert(1)>.txt"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    file = tmp_path / "001_a.txt"
    file.write_text(FACTS, encoding="utf-8")
    Workspace(tmp_path / "study").archive.add([file])
    return tmp_path / "study"


@pytest.fixture
def client(study: Path) -> Iterator[TestClient]:
    with TestClient(web.create(study), base_url=BASE) as made:
        yield made


def library(client: TestClient) -> Library:
    found: Library = client.app.state.observatory.workspace.archive  # type: ignore[attr-defined]
    return found


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def decide(client: TestClient, statement: str, decision: str, **more: str) -> Any:
    given = {"id": statement, "decision": decision}
    data = {"by": "ada", "seen": "0", **given, **more}
    return client.post("/documents/review", data=data, follow_redirects=False)


def test_without_a_study_every_page_says_how_to_start_one() -> None:
    with TestClient(web.create(), base_url=BASE) as client:
        for at in ("", "/001", "/review", "/contradictions", "/agreement", "/search", "/timeline"):
            answer = client.get(f"/documents{at}")
            assert answer.status_code == 200
            assert "multivector --study DIR serve" in answer.text


def test_files_are_sent_one_by_one_and_a_bad_one_is_a_line(client: TestClient) -> None:
    head = {"Accept": "application/json"}
    sent = [(HOSTILE, b"Kazakhstan joined the CSTO in 1994."), ("a.pdf", b"%PDF-1.4 broken")]
    told = []
    for name, data in sent:
        files = {"files": (name, data)}
        answer = client.post("/documents", files=files, data={"answer": "json"}, headers=head)
        assert answer.status_code == 200
        told += answer.json()["outcomes"]
    assert [each["status"] for each in told] == ["added", "failed"]
    assert told[1]["told"].startswith("a.pdf is a damaged PDF; expected")
    assert client.get(told[0]["href"]).status_code == 200
    page = client.get("/documents").text
    assert "<img" not in page.split("<main")[1]
    assert "'=cmd()" in client.get("/documents?format=csv").text


def test_without_script_several_files_are_sent_at_once(client: TestClient) -> None:
    files = [
        ("files", ("2.txt", b"Kazakhstan joined the CSTO in 1994.")),
        ("files", ("3.txt", b"")),
        ("files", ("001_a.txt", FACTS.encode())),
    ]
    page = client.post("/documents", files=files)
    shown = text_of(page.text)
    assert "2.txt 2 statements, 0 contradictions within it" in shown
    assert "3.txt 3.txt is empty; expected a document with text; leave it out" in shown
    assert "001_a.txt already in the study as 001" in shown


def test_a_form_needs_its_origin_and_a_file(client: TestClient) -> None:
    files = {"files": ("a.txt", b"x")}
    elsewhere = {"Origin": "http://evil.example"}
    assert client.post("/documents", files=files, headers=elsewhere).status_code == 403
    empty = client.post("/documents", data={"answer": ""})
    assert empty.status_code == 400
    assert "No file was sent" in empty.text


def test_a_reader_that_dies_leaves_the_server_up(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "_CHILD", "import os; os.abort()")
    head = {"Accept": "application/json"}
    answer = client.post(
        "/documents", files={"files": ("a.txt", b"x")}, data={"answer": "json"}, headers=head
    )
    assert "ended the process that read it" in answer.json()["outcomes"][0]["told"]
    assert client.get("/documents").status_code == 200


def test_the_text_is_as_printed_with_its_passages(client: TestClient) -> None:
    page = client.get("/documents/001").text
    body = page.split('class="reading"')[1].split("<section")[0]
    said = text_of("".join(re.findall(r'<div class="said">(.*?)</div>', body, re.DOTALL)))
    for line in FACTS.replace("# ", "").split("\n\n"):
        assert " ".join(line.split()) in " ".join(said.split())
    assert "<script>alert" not in body
    for statement in library(client).statements():
        assert f'id="s-{statement.id}"' in body
        assert f'href="#s-{statement.id}"' in body
    assert 'class="k-repair" title="read as' in body
    told = client.get("/api/documents/001").json()
    assert told["statements"][0]["coder"] == "rule"
    assert told["document"]["doc"] == "001"


def test_a_passage_has_an_address(client: TestClient) -> None:
    page = client.get("/documents/001?at=20-40").text
    assert 'id="passage"' in page
    for wrong, status in (("at=9-3", 400), ("at=x", 400), ("page=2", 404), ("page=0", 404)):
        assert client.get(f"/documents/001?{wrong}").status_code == status
    assert client.get("/documents/..%2f..%2fetc").status_code == 404
    assert client.get("/documents/nothing").status_code == 404


def test_a_long_text_has_pages(client: TestClient, tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    line = "Kazakhstan and China signed an agreement on 26 April 1996 in Shanghai. "
    filler = "The weather was mild and nothing else happened that week at all. " * 10
    file.write_text("\n\n".join([*[filler] * 60, line]), encoding="utf-8")
    library(client).add([file])
    first = client.get("/documents/long")
    assert len(first.content) < 300_000
    assert 'href="/documents/long?page=3"' in first.text
    last = library(client).statements(doc="long")[-1]
    page = client.get(f"/documents/long?at={last.start}-{last.end}").text
    assert f'id="s-{last.id}"' in page


def test_a_document_named_like_a_page_is_found_by_its_hash(
    client: TestClient, tmp_path: Path
) -> None:
    file = tmp_path / "review.txt"
    file.write_text("Kazakhstan joined the CSTO in 1994.", encoding="utf-8")
    library(client).add([file])
    meta = library(client).meta("review")
    address = documents_words.home("review", meta["sha256"])
    assert address == f"/documents/{meta['sha256'][:24]}"
    assert f'href="{address}"' in client.get("/documents").text
    assert "Kazakhstan joined" in text_of(client.get(address).text)


def test_marks_that_overlap_lose_no_character() -> None:
    text = "abcdefghij"
    spans = [Span(0, 6, ("event",), "a"), Span(2, 9, ("vote",), "b"), Span(2, 4, ("event",), "c")]
    cut = pieces(text, 1, 10, spans)
    assert "".join(piece.text for piece in cut) == text[1:10]
    assert [name for piece in cut for name in piece.anchors] == ["a", "b", "c"]


def test_a_statement_is_accepted_corrected_and_rejected(client: TestClient) -> None:
    ids = [s.id for s in library(client).statements()]
    page = client.get("/documents/review").text
    assert f"{ids[0]} ·" in page
    for key in "acrsp"[:4]:
        assert f'aria-keyshortcuts="{key}"' in page
    answer = decide(client, ids[0], "accept")
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {
        "by": ["ada"],
        "after": [ids[0]],
    }
    event = next(s for s in library(client).statements() if s.kind == "event")
    fields = {
        "f-type": "visit",
        "f-date": "1996-05",
        "f-actors": "KAZ; CHN",
        "note": "as <b>said</b>",
    }
    assert decide(client, event.id, "correct", **fields).status_code == 303
    assert decide(client, ids[1], "reject").status_code == 303
    now = {s.id: s for s in library(client).statements()}
    assert ids[1] not in now
    assert (now[event.id].fields["type"], now[event.id].fields["date"]) == ("visit", "1996-05")
    shown = client.get(f"/documents/review?at={event.id}").text
    assert "corrected by ada" in shown
    assert "<b>said" not in shown
    text = client.get("/documents/001").text
    assert "rejected by ada" in text
    assert 'class="k-rejected"' in text
    assert "3 of 4 decided, 1 wait." in text_of(shown)


def test_what_cannot_be_kept_comes_back_as_typed(client: TestClient) -> None:
    event = next(s for s in library(client).statements() if s.kind == "event")
    for typed, told in (
        ({"f-date": "in spring"}, "date cannot be 'in spring'; expected a date"),
        ({}, "nothing was corrected"),
        ({"f-date": "1997", "by": "rule"}, "'rule' is no name for a person"),
    ):
        answer = decide(client, event.id, "correct", **typed)
        page = client.get(answer.headers["location"]).text
        assert told in text_of(page)
        assert not typed or f'value="{typed["f-date"]}"' in page
    assert library(client).decided() == set()


def test_two_at_once_overwrite_nothing(client: TestClient) -> None:
    event = next(s for s in library(client).statements() if s.kind == "event")
    assert "after=" in decide(client, event.id, "reject", by="bo").headers["location"]
    answer = decide(client, event.id, "correct", **{"f-date": "1997"})
    page = client.get(answer.headers["location"]).text
    assert "Somebody decided on this statement while you looked at it" in page
    assert "rejected by bo" in page
    assert 'value="1997"' in page
    assert len(library(client).decisions_on(event.id)) == 1
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    decide(client, event.id, "correct", **{"f-date": "1997", "seen": seen[1]})
    assert [d["coder"] for d in library(client).decisions_on(event.id)] == ["bo", "ada"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("kind=x", 404), ("doc=x", 404), ("at=x", 404), ("draft=x", 400), ("draft=[1]", 400),
     ("nothing=1", 400), ("coder=nobody", 200)],
)  # fmt: skip
def test_wrong_options_of_the_review_are_told(client: TestClient, query: str, status: int) -> None:
    statement = library(client).statements()[0].id
    more = f"&at={statement}" if query.startswith("draft") else ""
    assert client.get(f"/documents/review?{query}{more}").status_code == status


def test_contradictions_show_both_quotes_until_one_is_rejected(client: TestClient) -> None:
    page = client.get("/documents/contradictions").text
    shown = text_of(page)
    assert "1 contradiction." in shown
    assert page.count('class="passage-box"') == 2
    assert "Kazakhstan is an observer of the CSTO" in shown
    rows = client.get("/documents/contradictions?format=csv").text.splitlines()
    assert len(rows) == 3
    told = client.get("/api/documents/contradictions").json()["contradictions"]
    assert told == [c.record() for c in library(client).conflicts()]
    assert client.get("/documents/contradictions?confidence=low").text.count("<article") == 0
    for wrong in ("confidence=x", "type=x", "page=9"):
        assert client.get(f"/documents/contradictions?{wrong}").status_code == 404
    observer = next(s for s in library(client).statements() if s.fields.get("status") == "observer")
    decide(client, observer.id, "reject")
    assert "0 contradictions" in text_of(client.get("/documents/contradictions").text)


def test_agreement_asks_for_a_second_coder_and_then_measures(client: TestClient) -> None:
    alone = text_of(client.get("/documents/agreement").text)
    assert "1 coder has coded so far." in alone
    assert "Agreement needs units that two coders or more have coded" in alone
    for statement in library(client).statements():
        decide(client, statement.id, "accept")
    answer = client.get("/api/documents/agreement").json()
    table = answer["sections"][0]["tables"][0]
    kind = next(r["cells"] for r in table["rows"] if r["cells"]["variable"] == "kind")
    assert (kind["value"], kind["n"], kind["coders"]) == (1.0, 4, 2)
    runs = {c["measure"] for c in answer["runs"]}
    assert {"krippendorff_alpha", "gwet_ac1", "cohen_kappa", "category_reliability"} == runs
    workspace = Workspace(library(client).study)
    same = workspace.compute("krippendorff_alpha").run.id
    assert same in {c["run"] for c in answer["runs"]}
    assert client.get("/documents/agreement?coders=ada,zoe").status_code == 404


def test_search_marks_what_it_finds_and_leaves_the_text_its_own_marks(client: TestClient) -> None:
    page = client.get("/documents/search?words=agreement").text
    assert '«<mark class="k-passage">agreement</mark>»' in page
    assert "\ue000" not in client.get("/documents/search?words=agreement&format=csv").text
    assert client.get("/documents/search?words=-x").status_code == 400
    assert client.get("/documents/search?words=agreement&since=soon").status_code == 400
    assert "0 passages" in text_of(client.get("/documents/search?words=nowhere").text)
    found = text_of(client.get("/documents/search?words=agreement&actor=CHN").text)
    assert "1 passage" in found


def test_the_timeline_counts_years(client: TestClient) -> None:
    rows = client.get("/documents/timeline?format=csv&table=years").text.splitlines()
    assert "1996,security,1" in rows or "1996,political,1" in rows


def test_statements_leave_in_four_formats(client: TestClient, tmp_path: Path) -> None:
    lines = client.get("/documents/export?to=jsonl").text.splitlines()
    assert [json.loads(x)["id"] for x in lines] == [s.id for s in library(client).statements()]
    asked = {"to": "csv", "doc": "a&to=qdpx#x"}
    led = client.get("/documents/export", params=asked, follow_redirects=False)
    assert led.headers["location"].endswith("&doc=a%26to%3Dqdpx%23x")
    answer = client.get("/documents/export?to=csv")
    assert answer.text.splitlines()[0].startswith("id,doc,lang,start,end,quote,kind")
    assert client.get("/documents/export?to=ftm").text.count("\n") > 4
    project = tmp_path / "p.qdpx"
    sent = client.get("/documents/export?to=qdpx")
    assert "project.qdpx" in sent.headers["content-disposition"]
    project.write_bytes(sent.content)
    assert read_project(project).codings.height > 4
    assert len(client.get("/documents/export?to=jsonl&kind=event").text.splitlines()) == 1
    for wrong, status in (("to=exe", 400), ("kind=x", 404), ("to=qdpx&kind=event", 400)):
        assert client.get(f"/documents/export?{wrong}").status_code == status


@pytest.mark.parametrize("language", ["tr", "ru", "kk"])
def test_the_pages_speak(client: TestClient, language: str) -> None:
    for at in ("", "/001", "/review", "/contradictions", "/agreement", "/timeline", "/export"):
        page = client.get(f"/documents{at}?lang={language}")
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text
