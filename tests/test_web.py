"""The observatory's core: formats, errors, languages, who may ask, what is kept."""

from __future__ import annotations

import io
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

pytest.importorskip("starlette")

from starlette.requests import Request
from starlette.testclient import TestClient

from multivector import cli
from multivector.content.model import Chart, Cite, Column, Row, Section, Sentence, Table
from multivector.errors import BadValue
from multivector.web import app as web
from multivector.web import formats, guard, openapi, pages, serving
from multivector.web.page import Field, Page, Query, Route
from multivector.workspace import Workspace

BASE = "http://127.0.0.1"
HOSTILE = '=HYPERLINK("http://x","y")<script>alert(1)</script>'


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(web.create(), base_url=BASE) as made:
        yield made


def made_of(page: Page, **options: Any) -> TestClient:
    """Return a browser before an observatory of one page."""
    route = Route("/one", "One page", lambda query: page, (Field("x", "X"),))
    observatory = web.Observatory(Workspace(), (route,))
    starlette = web.Starlette(routes=web._addresses(observatory), **options)
    return TestClient(starlette, base_url=BASE)


def hostile_page() -> Page:
    table = Table(
        "names",
        HOSTILE,
        (Column("name", "Name"), Column("value", "Value", "number")),
        (Row({"name": HOSTILE, "value": -1.5}, (Cite("x@1", HOSTILE),)),),
    )
    section = Section("s", HOSTILE, (Sentence(HOSTILE),), (), (table,))
    frames = {"rows": pl.DataFrame({"name": [HOSTILE, "-2+3", "@a", "fine"], "n": [1, 2, 3, 4]})}
    return Page(HOSTILE, kicker=HOSTILE, lead=HOSTILE, sections=(section,), frames=frames)


def test_a_page_is_the_same_content_in_every_skin(client: TestClient) -> None:
    told = client.get("/api/states/KAZ/votes").json()
    made = Workspace().brief("KAZ", sections=("votes",)).to_dict()
    plain = json.loads(json.dumps(made, default=str))
    assert told["sections"] == [s for s in plain["sections"] if s["id"] != "method"]
    assert told["runs"] == plain["computations"]
    assert told["references"] == plain["references"]
    shown = client.get("/states/KAZ/votes").text
    for sentence in told["sections"][0]["sentences"]:
        assert sentence["text"].split(":")[0][:30] in shown.replace("&#39;", "'")


def test_names_lead_to_the_address_of_the_code(client: TestClient) -> None:
    answer = client.get("/states/Kazakistan", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/states/KAZ")
    asked = "/states/Kazakistan/votes?year=2016&format=csv&table=similarity"
    answer = client.get(asked, follow_redirects=False)
    assert answer.headers["location"] == asked.replace("Kazakistan", "KAZ")
    answer = client.get("/search", params={"q": "Казахстан"}, follow_redirects=False)
    assert answer.headers["location"] == "/states/KAZ"
    answer = client.get("/search", params={"q": "kappa"}, follow_redirects=False)
    assert answer.headers["location"] == "/measures/kappa"
    assert "Kazakhstan" in client.get("/search", params={"q": "kazakh"}).text


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/states/KAZ/trade")
    again = client.get("/states/KAZ/trade", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/states/UZB/trade", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nothing", 404, "nothing at"),
        ("/states/Nowhereland", 404, "Nowhereland"),
        ("/states/KAZ/nothing", 404, "no part"),
        ("/states/KAZ?year=soon", 400, "not a year"),
        ("/states/KAZ?poles=KAZ", 400, "the state itself"),
        ("/states/KAZ?unheard=1", 400, "no option"),
        ("/states/KAZ?format=exe", 400, "no format"),
        ("/states/KAZ?format=csv&table=nothing", 404, "no table"),
        ("/states/KAZ?format=json&limit=0", 400, "limit"),
        ("/states/KAZ?format=svg&width=9999999999", 400, "whole number"),
        ("/states/..%2f..%2fetc%2fpasswd", 404, "nothing at"),
        ("/static/../app.py", 404, "nothing"),
        ("/static/%2e%2e/app.py", 404, "nothing"),
    ],
)
def test_what_cannot_be_shown_is_said(
    client: TestClient, address: str, status: int, words: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert words in answer.text
    assert "Traceback" not in answer.text
    assert "File &#34;" not in answer.text


def test_errors_of_the_api_are_json(client: TestClient) -> None:
    answer = client.get("/api/states/Nowhereland")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404
    assert ";" in answer.json()["error"]


def test_what_nobody_foresaw_is_a_page_and_one_line(caplog: pytest.LogCaptureFixture) -> None:
    def broken(query: Query) -> Page:
        raise RuntimeError("inside")

    observatory = web.Observatory(Workspace(), (Route("/one", "One", broken),))
    browser = TestClient(web.Starlette(routes=web._addresses(observatory)), base_url=BASE)
    answer = browser.get("/one")
    assert answer.status_code == 500
    assert "inside" not in answer.text
    assert [r.getMessage() for r in caplog.records if r.levelname == "ERROR"] == [
        "error: GET /one: RuntimeError: inside"
    ]


def test_nothing_in_a_name_is_run(client: TestClient) -> None:
    browser = made_of(hostile_page())
    shown = browser.get("/one").text
    assert "<script>alert" not in shown
    assert shown.count("&lt;script&gt;") >= 4
    for table in ("rows", "names"):
        lines = browser.get("/one", params={"format": "csv", "table": table}).text
        found = pl.read_csv(io.StringIO(lines))["name"].to_list()
        assert all(name[0] in "'f" for name in found)
    told = browser.get("/one?format=json").json()
    assert told["tables"]["rows"]["rows"][0]["name"] == HOSTILE


def test_a_workbook_holds_no_formula() -> None:
    import zipfile

    book = made_of(hostile_page()).get("/one?format=xlsx").content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        text = b"".join(archive.read(name) for name in sheets)
    assert len(sheets) == 4
    assert b"<f>" not in text
    assert b"hyperlink" not in text.lower()


def test_tables_are_paged_and_streamed() -> None:
    page = Page("Rows", frames={"rows": pl.DataFrame({"n": range(12_001)})})
    browser = made_of(page)
    first = browser.get("/one?format=json&limit=5000").json()["tables"]["rows"]
    assert (first["total"], len(first["rows"])) == (12_001, 5000)
    seen, following = first["rows"], first["next"]
    while following:
        part = browser.get(following).json()["tables"]["rows"]
        seen, following = seen + part["rows"], part["next"]
    assert [row["n"] for row in seen] == list(range(12_001))
    lines = browser.get("/one?format=csv").text.splitlines()
    assert lines == ["n", *map(str, range(12_001))]


def test_a_chart_can_be_had_as_a_picture() -> None:
    pytest.importorskip("typst")
    lines = {"lines": [{"key": "RUS", "label": "Russia", "points": [
        {"x": x, "y": 0.5, "low": 0.4, "high": 0.6} for x in (2000, 2001, 2002)]}],
        "from": 2000, "to": 2002, "unit": "share"}  # fmt: skip
    chart = Chart("one", "lines", "Lines", "Lines in words", lines)
    browser = made_of(Page("Charts", sections=(Section("s", "S", (), (chart,)),)))
    for kind, head in (("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("vl", b"{")):
        assert browser.get(f"/one?format={kind}&chart=one").content.startswith(head)
    assert browser.get("/one?format=svg&chart=two").status_code == 404


def test_the_language_is_the_browsers_or_the_one_chosen(client: TestClient) -> None:
    def spoken(**headers: str) -> str:
        answer = client.get("/states/KAZ/unknown", headers=headers)
        return str(answer.headers["content-language"])

    client.cookies.clear()
    assert spoken() == "en"
    assert spoken(**{"Accept-Language": "tr-TR,tr;q=0.9,en;q=0.5"}) == "tr"
    assert spoken(**{"Accept-Language": "de, kk;q=0.3, ru;q=0.7"}) == "ru"
    assert spoken(**{"Accept-Language": "xx;q=a,,;;"}) == "en"
    chosen = client.get("/states/KAZ/unknown?lang=kk")
    assert chosen.headers["content-language"] == "kk"
    assert spoken(**{"Accept-Language": "tr"}) == "kk"
    assert 'lang="kk"' in client.get("/states/KAZ/unknown").text
    client.cookies.clear()


def test_every_answer_carries_the_guards_headers(client: TestClient) -> None:
    for address in ("/states/KAZ", "/nothing", "/static/observatory.css", "/api/openapi.json"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_pages_name_no_other_host_and_hold_no_inline_code(client: TestClient) -> None:
    for address in ("/states/KAZ", "/states/KAZ/whole", "/nothing"):
        shown = client.get(address).text
        loads = re.findall(
            r'<(?:script|link|img|source|form)[^>]*(?:src|href|action)="([^"]*)"', shown
        )
        assert loads
        assert all(place.startswith("/") for place in loads)
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=\"|javascript:", shown)


def test_other_hosts_names_are_refused(client: TestClient) -> None:
    assert client.get("/states/KAZ", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/states/KAZ", headers={"Host": "localhost:8765"}).status_code == 200


def test_a_token_is_asked_for_and_remembered() -> None:
    word = "a-long-enough-token"
    browser = TestClient(web.create(host="192.0.2.1", token=word), base_url="http://192.0.2.1")
    assert browser.get("/states/KAZ").status_code == 401
    assert browser.get("/states/KAZ?token=wrong").status_code == 401
    assert browser.get("/api/states/KAZ", headers={"Authorization": "Bearer no"}).status_code == 401
    told = browser.get("/api/states/KAZ", headers={"Authorization": f"Bearer {word}"})
    assert told.status_code == 200
    entered = browser.get(f"/states/KAZ?token={word}", follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, "/states/KAZ")
    assert word not in entered.headers["set-cookie"]
    assert browser.get("/states/KAZ").status_code == 200


def test_a_form_is_taken_from_the_observatory_only() -> None:
    done: list[str] = []

    def act(workspace: Workspace, path: Any, form: Any) -> str:
        done.append(str(form["word"]))
        return "/states/KAZ"

    observatory = web.Observatory(Workspace(), pages.ROUTES)
    starlette = web.Starlette(
        routes=web._actions(observatory, {"/act": act}),
        middleware=[web.Middleware(guard.Guard, host="127.0.0.1", token=None, largest=10_000)],
    )
    browser = TestClient(starlette, base_url=BASE, follow_redirects=False)
    send = {"word": "yes"}
    for header in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert browser.post("/act", data=send, headers=header).status_code == 403
    assert done == []
    answer = browser.post("/act", data=send, headers={"Origin": BASE})
    assert (answer.status_code, answer.headers["location"], done) == (303, "/states/KAZ", ["yes"])
    assert (
        browser.post("/act", data=send, headers={"Sec-Fetch-Site": "same-origin"}).status_code
        == 303
    )
    large = {"word": "x" * 20_000}
    assert browser.post("/act", data=large).status_code == 413
    assert len(done) == 2


def test_reading_changes_nothing(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, "/states/KAZ").status_code in (403, 405)


def test_the_description_names_every_address(client: TestClient) -> None:
    told = client.get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for route in pages.ROUTES:
        assert openapi._path(route.path) in told["paths"]
    operations = [p["get"] for p in told["paths"].values()]
    names = [o["operationId"] for o in operations]
    assert len(set(names)) == len(names)
    for path, item in told["paths"].items():
        within = {p["name"] for p in item["get"]["parameters"] if p["in"] == "path"}
        assert within == set(re.findall(r"\{(\w+)\}", path))


def test_a_page_that_is_not_kept_is_made_anew_once_each_time_and_has_no_tag() -> None:
    made: list[int] = []

    def answer(query: Query) -> Page:
        made.append(len(made) + 1)
        return Page(f"look {made[-1]}", kept=False)

    observatory = web.Observatory(Workspace(), (Route("/one", "One page", answer),))
    browser = TestClient(web.Starlette(routes=web._addresses(observatory)), base_url=BASE)
    for look in (1, 2, 3):
        shown = browser.get("/one")
        assert "etag" not in shown.headers
        assert f"look {look}" in shown.text
    assert made == [1, 2, 3]


def test_cells_that_a_spreadsheet_would_run_are_text() -> None:
    frame = pl.DataFrame({"a": ["=1", "+1", "-1", "@x", "\tx", "x=1", None], "b": [-1.0] * 7})
    found = formats.safe(frame)
    assert found["a"].to_list() == ["'=1", "'+1", "'-1", "'@x", "'\tx", "x=1", None]
    assert found["b"].to_list() == [-1.0] * 7


def test_the_language_of_a_request_is_one_we_speak() -> None:
    scope = {"type": "http", "headers": [], "query_string": b"lang=<script>", "path": "/"}
    assert web.language_of(Request(scope)) == "en"


def test_a_taken_port_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            cli.main(["serve", "--port", str(port)])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("error: 127.0.0.1:")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [["--host", "0.0.0.0"], ["--token", "short"], ["--port", "99999"], ["--port", "web"]],
)
def test_serving_that_cannot_be_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", *words])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_serving_beyond_this_machine_needs_a_token() -> None:
    serving.check("0.0.0.0", "sixteen-characters")
    with pytest.raises(BadValue, match="--token"):
        serving.check("0.0.0.0", None)


def test_a_study_that_is_gone_is_said(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "study"
    folder.mkdir()
    browser = TestClient(web.create(folder), base_url=BASE)
    assert browser.get("/states/KAZ").status_code == 200
    shutil.rmtree(folder)
    answer = browser.get("/states/KAZ/trade")
    assert answer.status_code in (200, 503)
    assert "Traceback" not in answer.text
