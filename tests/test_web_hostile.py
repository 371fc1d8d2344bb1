"""What is sent to hurt: addresses, headers, forms, files, slow clients, studies that go away."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from starlette.testclient import TestClient

from multivector.web import app as web
from multivector.web import guard, pages, serving
from multivector.workspace import Workspace
from tests import PATIENCE
from tests.browser import serving as served

BASE = "http://127.0.0.1"
SPECIMENS = Path(__file__).parent / "specimens"
FACT = "Kazakhstan joined the CSTO in 1994. Kazakhstan is an observer of the SCO."
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
LONG = "x" * 20_000
BOUNDARY = "multipart/form-data; boundary=x"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / "001_a.txt"
    file.write_text(FACT, encoding="utf-8")
    workspace = Workspace(folder / "study")
    workspace.load(SPECIMENS / "lowy-2019.csv", extract=True)
    workspace.archive.add([file])
    return folder / "study"


@pytest.fixture(scope="module")
def client(study: Path) -> Iterator[TestClient]:
    with TestClient(web.create(study), base_url=BASE) as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, study: Path) -> Iterator[str]:
    copy = tmp_path_factory.mktemp("real") / "study"
    shutil.copytree(study, copy)
    with served(copy) as (home, process):
        yield home
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def talk(home: str, sent: bytes, *, wait: float = PATIENCE) -> bytes:
    """Send bytes as they are, and return the first of what comes back."""
    with socket.create_connection(("127.0.0.1", int(home.rsplit(":", 1)[1])), wait) as there:
        there.sendall(sent)
        try:
            return there.recv(65_536)
        except (TimeoutError, ConnectionResetError):
            return b""


# --- addresses and options


@pytest.mark.parametrize(
    "address",
    [
        "/%2e%2e/%2e%2e/etc/passwd",
        "/states/%00",
        "/states/..%5c..%5cetc",
        "/states/%2fetc%2fpasswd",
        "/states//evil.example",
        f"/states/{LONG}",
        "/states/%ff%fe",
        "/states/%E2%80%AEABC",
        "/states/%0d%0aX:y",
        "/states/KAZ?year=99999999999999999999",
        "/states/KAZ?year=-1",
        "/states/KAZ?year=%D9%A2",
        "/states/KAZ?format=html%00",
        "/states/KAZ/votes?format=csv&table=%0d%0aX:y",
        "/states/KAZ/votes?format=png&chart=../../x",
        "/states/KAZ?format=json&limit=999999999",
        "/states/KAZ?format=json&offset=-5",
        "/static/%00",
        "/static/%2e%2e/guard.py",
        f"/static/{LONG}",
        "/documents/%2fetc%2fpasswd",
        "/documents/%2e%2e",
        "/documents/001?at=1-99999999999999",
        "/documents/search?words=%00",
        '/documents/search?words="',
        "/documents/search?words=(((",
        "/documents/export?to=jsonl&doc=../..",
        "/data/%2e%2e",
        "/data/releases/%2e%2e",
        "/data/imports/%00",
        "/measures/__init__",
        "/measures/agreement?min_shared=1e400",
        "/measures/agreement?min_shared=NaN",
        "/organisations/SCO/decisions?quota=-1",
        "/pairs/%00-%00",
        "/pairs/KAZ-KAZ",
        "/votes?poles=%00",
        "/votes?years=1:99999999",
        "/compare?states=" + ",".join(["KAZ"] * 500),
        "/?pole=<script>alert(1)</script>",
        "/claims/-1",
    ],
)
def test_a_hostile_address_is_refused_in_words(
    client: TestClient, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    answer = client.get(address, follow_redirects=False)
    assert answer.status_code in (400, 404, 414)
    assert "Traceback" not in answer.text
    assert "<script>alert" not in answer.text
    assert "x" * 500 not in answer.text
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


@pytest.mark.parametrize(
    "address",
    [
        f"/search?q={LONG}",
        "/search?q=//evil.example",
        "/search?q=%0d%0aSet-Cookie:a=b",
        "/documents?batch=../../x",
        "/states/KAZ?lang=%0d%0aa:b",
        "/states/KAZ?poles=" + ",".join(["RUS"] * 3000),
        "/states/CON",
    ],
)
def test_a_strange_address_is_answered_here(client: TestClient, address: str) -> None:
    answer = client.get(address, follow_redirects=False)
    assert answer.status_code in (200, 303, 400, 414)
    place = answer.headers.get("location", "/")
    assert place.startswith("/")
    assert not place.startswith("//")
    assert "a" not in answer.cookies


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    for address in ("/states/KAZ", "/documents", "/static/observatory.css"):
        answer = client.request(method, address)
        assert answer.status_code in (403, 405)
    assert "is not taken" in client.request(method, "/states/KAZ").text


# --- headers


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "a/b=c; (=1; multivector"},
        {"cookie": "=;;=;,"},
        {"cookie": "multivector=\xe9"},
        {"origin": "http://["},
        {"accept-language": "en;q=nan," * 500},
        {"if-none-match": "x," * 5000},
        {"range": "bytes=0-0," * 500},
    ],
)
def test_strange_headers_are_no_matter(client: TestClient, headers: dict[str, str]) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    for address in ("/measures", "/static/observatory.css"):
        assert client.get(address, headers=sent).status_code in (200, 206, 400, 416)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil", "[::1", "localhost."]
)
def test_a_name_that_leads_here_from_elsewhere_is_refused(client: TestClient, host: str) -> None:
    for address in ("/measures", "/static/observatory.css", "/api/openapi.json"):
        assert client.get(address, headers={"host": host}).status_code == 400


def test_a_form_from_elsewhere_is_refused(client: TestClient) -> None:
    good = {"answer": "json"}
    for headers in (
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://127.0.0.1"} | {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": BASE},
        {"origin": "é".encode()},
    ):
        assert client.post("/documents", data=good, headers=headers).status_code == 403
    for headers in ({}, {"origin": BASE}, {"origin": BASE, "sec-fetch-site": "same-origin"}):
        assert client.post("/documents", data=good, headers=headers).status_code == 400


def test_the_way_in_leads_nowhere_else() -> None:
    word = "a-long-enough-token"
    browser = TestClient(web.create(host="192.0.2.1", token=word), base_url="http://192.0.2.1")
    for path in ("//evil.example/x", "/\\evil.example"):
        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        found = guard.Guard(web.Starlette(), host="192.0.2.1", token=word, largest=1)._entered(
            {**scope, "query_string": f"token={word}&year=2000".encode()}, guard.Headers()
        )
        assert found is not None
        assert re.fullmatch(r"/[^/\\].*\?year=2000", found.headers["location"])
    assert browser.get("/measures?token=é").status_code == 401
    assert browser.get("/measures", headers={"cookie": "multivector-token=é".encode()}).status_code
    assert browser.get("/static/observatory.css").status_code == 401


# --- bodies


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x", "multipart/form-data"),
        (b"garbage", BOUNDARY),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--', BOUNDARY),
        (b"--x\r\n\r\n\r\n--x--", BOUNDARY),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n--x--", f"{BOUNDARY}; charset=none"),
        (b"%%%&=&\xff=\xff", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", ""),
    ],
)
def test_a_broken_form_is_refused(client: TestClient, body: bytes, kind: str) -> None:
    for address in ("/documents", "/documents/review", "/data"):
        answer = client.post(address, content=body, headers={"content-type": kind})
        assert answer.status_code in (400, 404)


def test_fields_of_another_kind_or_size_are_refused(client: TestClient) -> None:
    for address, data, files in (
        ("/documents", {f"a{n}": "x" for n in range(300)}, None),
        ("/documents", {}, [("files", (f"{n}.txt", b"x")) for n in range(250)]),
        ("/documents", {"files": "text"}, None),
        ("/documents/review", {}, {"note": (None, "x" * 2_000_000)}),
        ("/documents/review", {}, {"id": ("a", b"b"), "by": ("a", b"b"), "decision": ("a", b"c")}),
        ("/documents/review", {"id": "\0", "decision": "accept", "by": "x"}, None),
        ("/data", {"file": "text"}, None),
        ("/data", {"source": "../../x"}, {"file": ("a.csv", b"a")}),
        ("/data/releases/%2e%2e/remove", {"sure": "yes"}, None),
        ("/data/releases/study.json/remove", {"sure": "yes"}, None),
    ):
        sent: Any = {"data": data, "files": files}
        answer = client.post(address, follow_redirects=False, **sent)
        assert answer.status_code in (400, 404)
        assert "Traceback" not in answer.text


def test_more_than_is_taken_is_refused_with_and_without_its_length(study: Path) -> None:
    browser = TestClient(web.create(study, largest=10_000), base_url=BASE)

    def pieces() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        for _ in range(20):
            yield b"y" * 1000

    for content in (pieces(), b"z" * 20_000):
        answer = browser.post("/documents", content=content, headers={"content-type": BOUNDARY})
        assert answer.status_code == 413
    assert browser.get("/documents").status_code == 200


# --- files

NAMES = (
    "../../x.txt",
    "/etc/passwd",
    "C:\\windows\\x.txt",
    "..",
    "CON.txt",
    "y" * 300 + ".txt",
    "\u202egnp.txt",
    "a\nb.txt",
    "=HYPERLINK(1).txt",
    "+1.txt",
    "@a.txt",
    ".incoming-1-x.txt",
    "<svg onload=alert(1)>.txt",
)


def test_a_name_is_no_path_no_formula_and_no_markup(client: TestClient, study: Path) -> None:
    before = {path for path in study.parent.rglob("*") if study not in path.parents}
    files = [("files", (name, f"{FACT} {at}".encode())) for at, name in enumerate(NAMES)]
    data = {"answer": "json"}
    told = client.post("/documents", files=files, data=data).json()["outcomes"]
    assert [each["status"] for each in told] == ["added"] * len(NAMES)
    assert {path for path in study.parent.rglob("*") if study not in path.parents} == before
    for path in study.rglob("*"):
        assert path.resolve().is_relative_to(study.resolve())
    page = client.get("/documents").text
    assert "<svg" not in page.split("<main")[1]
    assert "\u202e" not in page
    lines = client.get("/documents?format=csv").text
    cells = [cell for row in csv.reader(io.StringIO(lines)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(RISKY)]
    book = client.get("/documents?format=xlsx").content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheets = b"".join(archive.read(n) for n in archive.namelist() if "sheet" in n)
    assert b"<f>" not in sheets


def test_what_a_coder_writes_is_text(client: TestClient) -> None:
    review = client.get("/documents/review?doc=001").text
    statement = re.search(r'name="id" value="([^"]+)"', review)
    assert statement
    hostile = "=cmd()<img src=x onerror=alert(1)>"
    data = {"id": statement[1], "seen": "0", "decision": "accept"}
    client.post("/documents/review", data={**data, "by": hostile, "note": hostile})
    for address in ("/documents/review", "/documents/001", "/documents/agreement"):
        shown = client.get(f"{address}?at={statement[1]}" if "review" in address else address)
        assert shown.status_code == 200
        assert "<img src=x" not in shown.text
    for to in ("csv", "jsonl"):
        lines = client.get(f"/documents/export?to={to}")
        assert lines.status_code == 200
        if to == "csv":
            cells = [cell for row in csv.reader(io.StringIO(lines.text)) for cell in row]
            assert not [cell for cell in cells if cell.startswith("=")]


def test_a_file_that_swells_takes_nobody_down(client: TestClient) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as inner:
            for _ in range(500):
                inner.write(b"\0" * 2**20)
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a>&l9;</a>'
    files = [
        ("files", ("bomb.docx", bomb.getvalue())),
        ("files", ("laughs.html", laughs.encode())),
    ]
    data = {"answer": "json"}
    told = client.post("/documents", files=files, data=data).json()["outcomes"]
    assert told[0]["status"] == "failed"
    assert len(str(told)) < 2000
    assert client.get("/documents").status_code == 200


# --- the study goes away


def test_a_study_that_goes_is_said_and_nothing_is_made_in_its_place(
    study: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here, away = tmp_path / "study", tmp_path / "away"
    shutil.copytree(study, here)
    browser = TestClient(web.create(here), base_url=BASE)
    addresses = ("/", "/states/KAZ/trade", "/documents", "/documents/001", "/data", "/api/data")
    file = {"files": ("new.txt", b"Kazakhstan joined the CSTO in 1994.")}
    whole = sorted(str(path.relative_to(here)) for path in here.rglob("*"))

    def refused(words: str) -> None:
        for address in addresses:
            answer = browser.get(address)
            assert (answer.status_code, words in answer.text) == (503, True)
        assert browser.post("/documents", files=file).status_code == 503
        assert browser.post("/data", files={"file": file["files"]}).status_code == 503

    def back() -> None:
        for address in addresses:
            assert browser.get(address).status_code == 200

    back()
    here.rename(away)
    refused("is not there any more")
    assert not here.exists()
    here.write_text("a file")
    refused("it is a file")
    here.unlink()
    away.rename(here)
    back()
    mark = (here / "study.json").read_text()
    (here / "study.json").write_text('{"format": 99}')
    refused("newer version")
    (here / "study.json").write_text("{broken")
    refused("is damaged")
    (here / "study.json").write_text(mark)
    back()
    assert sorted(str(path.relative_to(here)) for path in here.rglob("*")) == whole
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


def test_a_part_of_the_study_that_cannot_be_read_is_said(
    study: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here = tmp_path / "study"
    shutil.copytree(study, here)
    browser = TestClient(web.create(here), base_url=BASE)
    (here / "documents").rename(here / "aside")
    (here / "documents").write_text("a file")
    for address in ("/", "/documents", "/data"):
        answer = browser.get(address)
        assert answer.status_code == 503
        assert "of the study cannot be used" in answer.text
    (here / "documents").unlink()
    (here / "aside").rename(here / "documents")
    assert browser.get("/documents/001").status_code == 200
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


# --- a real server


def test_a_client_that_never_ends_keeps_nobody_waiting(server: str) -> None:
    port = int(server.rsplit(":", 1)[1])
    slow = []
    for _ in range(20):
        there = socket.create_connection(("127.0.0.1", port), PATIENCE)
        there.sendall(
            f"POST /documents HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: multivector=x\r\n"
            f"Content-Type: {BOUNDARY}\r\nContent-Length: 1000000\r\n\r\n--x\r\n".encode()
        )
        slow.append(there)
    reader = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    reader.request("GET", "/measures")
    assert reader.getresponse().status == 200
    for there in slow:
        there.close()
    reader.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"POST /documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_bytes_that_are_no_request_are_refused(server: str, sent: bytes) -> None:
    said = talk(server, sent).split(b"\r\n")[0]
    assert re.match(rb"HTTP/1.1 4\d\d", said) or not said
    assert talk(server, b"GET /static/mark.svg HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )


def test_a_redirect_stays_here(server: str) -> None:
    said = talk(server, b"GET //evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b"\nlocation:" not in said.lower()


def test_interrupting_ends_at_once_whoever_is_connected(study: Path) -> None:
    with served(study) as (home, process):
        port = int(home.rsplit(":", 1)[1])
        idle = socket.create_connection(("127.0.0.1", port), PATIENCE)
        half = socket.create_connection(("127.0.0.1", port), PATIENCE)
        half.sendall(
            b"POST /documents HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Length: 1000\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n--x"
        )
        # One that is answered came after the two: the server holds them by now.
        assert talk(home, b"GET /static/mark.svg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.stderr is not None
        assert process.stderr.read() == ""
        idle.close()
        half.close()


def test_a_server_that_is_killed_loses_nothing_stored(study: Path, tmp_path: Path) -> None:
    here = tmp_path / "study"
    shutil.copytree(study, here)
    before = {meta["sha256"] for meta in Workspace(here).archive.documents()}
    statements = len(Workspace(here).archive.statements())
    with served(here) as (home, process):
        port = int(home.rsplit(":", 1)[1])
        reader = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        text = (FACT + "\n\n").encode() * 20_000
        body = (
            b"--x\r\n"
            b'Content-Disposition: form-data; name="files"; filename="big.txt"\r\n\r\n'
            + text
            + b"\r\n--x--\r\n"
        )
        head = {"Content-Type": BOUNDARY}
        reader.request("POST", "/documents", body=body, headers=head)
        time.sleep(0.7)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        reader.close()
    library = Workspace(here).archive
    assert before <= {meta["sha256"] for meta in library.documents()}
    assert len(library.statements()) >= statements
    assert set(Workspace(here).verify()["whole"]) == {True}
    with TestClient(web.create(here), base_url=BASE) as browser:
        sent = {"files": ("after.txt", b"Kazakhstan joined the CSTO in 1995.")}
        assert browser.post("/documents", files=sent).is_success
    assert not list((here / "documents").glob(".incoming-*"))


def test_a_taken_port_is_said(server: str) -> None:
    with pytest.raises(serving.BadValue, match="--port"):
        serving.bind("127.0.0.1", int(server.rsplit(":", 1)[1]))


def test_what_goes_wrong_is_a_line_that_steers_no_terminal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("one\n\x1b[31mtwo")

    layer = guard.Guard(broken, host="127.0.0.1", token=None, largest=10)
    answer = TestClient(layer, base_url=BASE).get("/%1b%5b31m")
    assert (answer.status_code, answer.text) == (500, "this could not be answered\n")
    assert [r.getMessage() for r in caplog.records if r.levelname == "ERROR"] == [
        "error: GET /?[31m: RuntimeError: one??[31mtwo"
    ]


# --- as described


def test_every_documented_address_answers_its_defaults(client: TestClient) -> None:
    told = client.get("/api/openapi.json").json()
    parts = {"measure": "agreement", "job": "x", "release": "x", "table": "states", "doc": "001",
             "claim": "000-C01", "part": "unknown"}  # fmt: skip
    subjects = {"states": "KAZ", "pairs": "KAZ-TUR", "organisations": "SCO"}
    measures = [path for path in told["paths"] if path.startswith("/api/measures/")]
    for path, item in told["paths"].items():
        if path in measures and measures.index(path) % 8:
            continue
        operation = item["get"]
        assert set(operation["responses"]) >= {"200", "400", "404"}
        for parameter in operation["parameters"]:
            assert parameter["in"] in ("path", "query")
            assert parameter["schema"]
        named_once = {(p["in"], p["name"]) for p in operation["parameters"]}
        assert len(named_once) == len(operation["parameters"])
        named = {**parts, "subject": subjects.get(f"{path}//".split("/")[2], "KAZ")}
        needed = [p for p in operation["parameters"] if p.get("required") and p["in"] == "query"]
        options = {p["name"]: "KAZ" for p in needed}
        answer = client.get(path.format(**named), params=options, follow_redirects=False)
        assert answer.status_code < 500, path
        if answer.status_code == 200 and "json" in answer.headers["content-type"]:
            schema = told["components"]["schemas"]["Page"]
            assert set(schema["required"]) <= set(json.loads(answer.text))
    assert len(told["paths"]) >= len(pages.ROUTES)
