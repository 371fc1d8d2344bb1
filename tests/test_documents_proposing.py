"""Proposals of a model: only what stands on the page, whatever the endpoint does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from multivector.documents.coding.endpoint import Endpoint
from multivector.documents.coding.proposals import Refused, checked
from multivector.documents.coding.proposing import Price, Step, propose
from multivector.documents.library.archive import Library
from multivector.errors import BadValue, MissingData, UnknownName
from multivector.study.judgements import Judgements
from tests import PATIENCE

KEY = "secret-word"
TEXT = (
    "Kazakhstan and Uzbekistan cоoperate on water, and in 1998 the two pre-\n"
    "sidents met in Tashkent for 2 days.\n\n"
    "The second paragraph says that Kyrgyzstan hosted a festival of music in Osh in 2003.\n\n"
    "The third paragraph says nothing of presidents that anybody could code.\n"
)
MEETING = {
    "kind": "event",
    "quote": "in 1998 the two presidents met in Tashkent",
    "type": "meeting",
    "date": "1998",
    "actors": ["KAZ", "UZB"],
    "dimension": "political",
    "power": "none",
    "title": "Meeting in Tashkent",
    "attributed_to": None,
}
FESTIVAL = MEETING | {
    "quote": "Kyrgyzstan hosted a festival of music in Osh in 2003",
    "type": "other",
    "date": "2003",
    "actors": ["KGZ"],
    "dimension": "cultural",
    "title": "Festival",
}
Play = Callable[[BaseHTTPRequestHandler, str], None]


class Stage:
    """A server that plays the part it is given, and what it was asked."""

    def __init__(self) -> None:
        self.play: Play = honest
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.over = threading.Event()
        stage = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stage.asked.append(body)
                stage.keys.append(self.headers["Authorization"])
                stage.play(self, body["messages"][1]["content"])

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def endpoint(self, *, timeout: float = PATIENCE) -> Endpoint:
        return Endpoint(self.url, KEY, "tiny", timeout, pause=0.01)


def send(handler: BaseHTTPRequestHandler, data: bytes, code: int = 200, **headers: str) -> None:
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def say(handler: BaseHTTPRequestHandler, items: list[Any]) -> None:
    answer = {
        "choices": [{"message": {"content": json.dumps({"statements": items})}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100},
    }
    send(handler, json.dumps(answer).encode())


def honest(handler: BaseHTTPRequestHandler, passage: str) -> None:
    say(handler, [item for item in (MEETING, FESTIVAL) if str(item["quote"]) in passage])


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Stage()
    yield made
    made.over.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    paper = tmp_path / "001_paper.txt"
    paper.write_text(TEXT, encoding="utf-8")
    study = tmp_path / "study"
    made = Library(study, Judgements.of(study))
    made.add([paper])
    return made


def ask(library: Library, stage: Stage, **options: Any) -> tuple[Any, list[Step]]:
    told: list[Step] = []
    timeout = options.pop("timeout", PATIENCE)
    return propose(library, stage.endpoint(timeout=timeout), progress=told.append, **options), told


def faults(told: list[Step]) -> list[str]:
    lines = [each.message for each in told if each.status == "failed"]
    assert all("\n" not in line and KEY not in line and line.count(";") >= 2 for line in lines)
    return lines


def test_quotes_stand_in_the_raw_text_through_the_repairs(library: Library, stage: Stage) -> None:
    before = library.statements()
    tally, _ = ask(library, stage)
    assert (tally.asked, tally.proposed, tally.refused, tally.failed) == (3, 2, 0, 0)
    raw = library.text("001")
    first, second = library.proposals()
    assert first.quote == "in 1998 the two pre-\nsidents met in Tashkent"
    for found in (first, second):
        assert raw[found.start : found.end] == found.quote
        assert (found.coder, found.rule) == ("model:tiny", "model:tiny")
    assert library.statements() == before
    assert set(stage.keys) == {f"Bearer {KEY}"}
    form = stage.asked[0]["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["strict"] is True


def test_a_second_run_costs_nothing(library: Library, stage: Stage) -> None:
    ask(library, stage)
    tally, _ = ask(library, stage, price=Price(1, 1))
    assert (tally.asked, tally.stored, tally.cost, len(stage.asked)) == (0, 3, 0.0, 3)
    kept = [path.read_text(encoding="utf-8") for path in library.study.rglob("*.json")]
    assert not any(KEY in text for text in kept)


def test_a_proposal_counts_once_a_person_accepts_it(library: Library, stage: Stage) -> None:
    ask(library, stage)
    meeting, festival = library.proposals()
    library.review(meeting.id, "accept", coder="Ada")
    library.review(festival.id, "reject", coder="Ada")
    found = [s for s in library.statements() if s.rule == "model:tiny"]
    assert [(s.id, s.coder, s.quote) for s in found] == [(meeting.id, "Ada", meeting.quote)]
    assert library.decided() == {meeting.id, festival.id}
    assert library.stale_reviews() == []
    assert all(s.coder == "model:tiny" for s in library.proposals())


def test_what_a_rule_coded_too_is_named_as_the_same(tmp_path: Path, stage: Stage) -> None:
    paper = tmp_path / "002.txt"
    paper.write_text("Kazakhstan is a member of the CSTO, as everybody in Astana knows very well.")
    library = Library(tmp_path / "study")
    library.add([paper])
    (rule,) = (s for s in library.statements() if s.kind == "membership")
    same = {"kind": "membership", "quote": "Kazakhstan is a member of the CSTO"}
    item = same | {"org": "CSTO", "actor": "KAZ", "status": "member", "attributed_to": None}
    stage.play = lambda handler, passage: say(handler, [item])
    ask(library, stage)
    assert [s.duplicate_of for s in library.proposals()] == [rule.id]


LIES = [
    (MEETING | {"quote": "in 1998 the three presidents met"}, "not in the passage"),
    (MEETING | {"quote": "the"}, "more than once"),
    (MEETING | {"quote": ""}, "no quote"),
    (MEETING | {"type": "party"}, "none of the scheme"),
    (MEETING | {"actors": ["ZZZ"]}, "no actor"),
    (MEETING | {"actors": ["person:Nobody"]}, "no actor"),
    (MEETING | {"actors": "KAZ"}, "no list"),
    (MEETING | {"date": "1999"}, "not in the quote"),
    (MEETING | {"date": "1998-05"}, "not in the quote"),
    (MEETING | {"date": "1998-13"}, "no date"),
    (MEETING | {"title": "Meeting of 1997"}, "1997"),
    (MEETING | {"kind": "claim"}, "none of"),
    ({"kind": []}, "none of"),
    ("words", "none of"),
    (MEETING | {"dimension": None}, "no dimension"),
]


@pytest.mark.parametrize(("item", "why"), LIES)
def test_a_lie_is_refused(item: Any, why: str) -> None:
    with pytest.raises(Refused, match=why):
        checked(item, "Then in 1998 the two presidents met in Tashkent, the city.", "en")


@pytest.mark.parametrize(
    ("quote", "lang", "value", "right"),
    [
        ("trade reached 3 billion dollars in 2019", "en", 3e9, True),
        ("trade reached 3 billion dollars in 2019", "en", 3, False),
        ("trade reached 3 billion dollars in 2019", "en", 2019, False),
        ("ticaret 1,5 milyar dolara ulaştı", "tr", 1.5e9, True),
        ("some 12 million pilgrims came", "en", 12e6, True),
        ("some 12 million pilgrims came", "en", 12, False),
        ("the share was 84.27 percent", "en", 84.27, True),
        ("the share was 84.27 percent", "en", True, False),
        ("the share was 84.27 percent", "en", float("nan"), False),
    ],
)
def test_a_value_must_be_in_the_quote(quote: str, lang: str, value: float, right: bool) -> None:
    item = {
        "kind": "quantity",
        "quote": quote,
        "subject": "it",
        "actors": [],
        "value": value,
        "unit": "things",
        "date": None,
        "comparison": "=",
    }
    if right:
        assert checked(item, quote, lang)[2]["value"] == value
    else:
        with pytest.raises(Refused, match="value"):
            checked(item, quote, lang)


@pytest.mark.parametrize(
    ("quote", "lang", "date", "right"),
    [
        ("signed on 26 April 1996 in Shanghai", "en", "1996-04-26", True),
        ("signed on 26 April 1996 in Shanghai", "en", "1996-04", True),
        ("signed on 26 April 1996 in Shanghai", "en", "1996-04-27", False),
        ("during the 1990s", "en", "1990", False),
        ("during the 1990s", "en", "1990/1999", True),
        ("1990'lı yıllarda", "tr", "1990", False),
        ("from 2004 to 2006 they met", "en", "2004/2006", True),
        ("25 декабря 1991 года", "ru", "1991-12-25", True),
    ],
)
def test_a_date_must_be_in_the_quote(quote: str, lang: str, date: str, right: bool) -> None:
    item = MEETING | {"quote": quote, "date": date}
    if right:
        assert checked(item, quote, lang)[2]["date"] == date
    else:
        with pytest.raises(Refused, match="date"):
            checked(item, quote, lang)


def test_lies_are_told_and_the_rest_is_kept(library: Library, stage: Stage) -> None:
    lie = MEETING | {"quote": "they declared war on the moon"}
    stage.play = lambda handler, passage: say(
        handler, [lie, *([MEETING] if str(MEETING["quote"]) in passage else [])]
    )
    tally, told = ask(library, stage)
    assert (tally.proposed, tally.refused, tally.failed) == (1, 3, 0)
    assert "its quote is not in the passage" in told[0].refused[0]


def first_block(bad: Play) -> Play:
    def play(handler: BaseHTTPRequestHandler, passage: str) -> None:
        (bad if "Tashkent" in passage else honest)(handler, passage)

    return play


def cut_off(handler: BaseHTTPRequestHandler, passage: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices"')


def slam(handler: BaseHTTPRequestHandler, passage: str) -> None:
    handler.close_connection = True


BAD: list[tuple[Play, str, int]] = [
    (lambda h, _: send(h, b"<html>hello</html>"), "chat-completions form", 1),
    (lambda h, _: send(h, b'{"choices": []}'), "chat-completions form", 1),
    (lambda h, _: send(h, b"[" * 100_000), "chat-completions form", 1),
    (
        lambda h, _: send(h, json.dumps({"choices": [{"message": {"content": "No."}}]}).encode()),
        "JSON of the schema",
        1,
    ),
    (lambda h, _: send(h, b"x" * 4_000_002), "bytes", 1),
    (lambda h, _: send(h, b"{}", 400), "HTTP 400", 1),
    (lambda h, _: send(h, b"{}", 500), "HTTP 500", 3),
    (lambda h, _: send(h, b"{}", 429, Retry_After="0"), "HTTP 429", 3),
    (cut_off, "did not answer", 3),
    (slam, "did not answer", 3),
]


@pytest.mark.parametrize(("bad", "line", "times"), BAD)
def test_one_bad_answer_and_the_rest_goes_on(
    library: Library, stage: Stage, bad: Play, line: str, times: int
) -> None:
    stage.play = first_block(bad)
    tally, told = ask(library, stage)
    (fault,) = faults(told)
    assert line in fault
    assert (tally.asked, tally.failed, tally.proposed) == (2, 1, 1)
    assert len(stage.asked) == times + 2
    stage.play = honest
    tally, _ = ask(library, stage)
    assert (tally.asked, tally.stored, tally.proposed) == (1, 2, 1)


def test_it_answers_when_asked_again(library: Library, stage: Stage) -> None:
    def play(handler: BaseHTTPRequestHandler, passage: str) -> None:
        if len(stage.asked) % 2:
            send(handler, b"", 503)
        else:
            honest(handler, passage)

    stage.play = play
    tally, _ = ask(library, stage)
    assert (tally.asked, tally.failed, len(stage.asked)) == (3, 0, 6)


def drip(stage: Stage) -> Play:
    def play(handler: BaseHTTPRequestHandler, passage: str) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not stage.over.wait(0.05):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    return play


@pytest.mark.parametrize("dripping", [False, True])
def test_one_that_hangs_ends_the_run_in_time(
    library: Library, stage: Stage, dripping: bool
) -> None:
    stage.play = drip(stage) if dripping else (lambda handler, passage: stage.over.wait() and None)
    tally, told = ask(library, stage, timeout=0.3)
    assert not stage.over.is_set(), "nobody let it go: the run ended by itself"
    assert len(faults(told)) == 3
    assert "0.3 seconds" in faults(told)[0]
    assert "3 blocks in a row" in tally.stopped


@pytest.mark.parametrize("code", [401, 404, 302])
def test_a_refused_key_or_a_redirect_ends_the_run(
    library: Library, stage: Stage, code: int
) -> None:
    stage.play = lambda handler, _: send(handler, b"", code, Location=f"{stage.url}/elsewhere")
    tally, told = ask(library, stage)
    assert len(faults(told)) == len(stage.asked) == 1
    assert str(code) in faults(told)[0]
    assert tally.stopped


def test_cost_is_counted_and_kept_under(library: Library, stage: Stage) -> None:
    tally, _ = ask(library, stage, docs=["001"])
    assert (tally.sent, tally.received, tally.cost) == (3000, 300, None)
    other = Endpoint(stage.url, KEY, "other", PATIENCE)
    tally = propose(library, other, price=Price(10, 20), max_cost=30)
    assert tally.cost is not None
    assert 0 < tally.cost <= 30
    assert tally.stopped
    assert tally.asked < 3
    with pytest.raises(BadValue, match="--price"):
        propose(library, other, max_cost=1)
    with pytest.raises(UnknownName):
        propose(library, other, docs=["009"])


def test_a_damaged_document_does_not_stop_the_others(
    tmp_path: Path, library: Library, stage: Stage
) -> None:
    other = tmp_path / "002_b.txt"
    other.write_text(TEXT.replace("water", "gas"), encoding="utf-8")
    library.add([other])
    (Path(library.documents()[0]["folder"]) / "raw.bin").unlink()
    tally, told = ask(library, stage)
    assert len(faults(told)) == 1
    assert tally.asked == 3


@pytest.mark.parametrize("name", ["URL", "KEY", ""])
def test_off_by_default(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for each in ("MULTIVECTOR_MODEL_URL", "MULTIVECTOR_MODEL_KEY", "MULTIVECTOR_MODEL"):
        monkeypatch.setenv(each, "https://example.org/v1")
    monkeypatch.delenv("_".join(filter(None, ("MULTIVECTOR_MODEL", name))))
    with pytest.raises(MissingData, match="no model is named"):
        Endpoint.from_environment()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "example.org", "http://", "ftp://a/b"])
def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("MULTIVECTOR_MODEL_URL", url)
    monkeypatch.setenv("MULTIVECTOR_MODEL_KEY", KEY)
    monkeypatch.setenv("MULTIVECTOR_MODEL", "tiny")
    with pytest.raises(BadValue, match="MULTIVECTOR_MODEL_URL"):
        Endpoint.from_environment()


def command(library: Library, url: str, *words: str) -> subprocess.Popen[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("MULTIVECTOR_")}
    if url:
        env |= {"MULTIVECTOR_MODEL_URL": url, "MULTIVECTOR_MODEL_KEY": KEY}
        env |= {"MULTIVECTOR_MODEL": "tiny"}
    start = [sys.executable, "-m", "multivector", "--study", str(library.study), "documents"]
    return subprocess.Popen(
        [*start, *words],
        env=env,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_the_command(library: Library, stage: Stage) -> None:
    process = command(library, "", "propose")
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error: no model is named")
    process = command(library, stage.url, "propose", "--price", "0.5", "--price-out", "1")
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert "2 wait for review" in out
    assert "cost: 1.8" in out
    assert KEY not in out + err
    process = command(library, "", "review", "--coder", "Ada")
    rules = [s for s in library.statements(reviewed=False) if s.duplicate_of is None]
    out, err = process.communicate("s\n" * len(rules) + "a\n", timeout=PATIENCE)
    assert process.returncode == 0, err
    assert out.count("by model:tiny") == 1
    (kept,) = (s for s in library.statements() if s.rule == "model:tiny")
    assert (kept.coder, kept.fields["title"]) == ("Ada", "Festival")


def test_an_interrupt_keeps_what_was_done(library: Library, stage: Stage) -> None:
    reached = threading.Event()

    def play(handler: BaseHTTPRequestHandler, passage: str) -> None:
        if "third" in passage:
            reached.set()
            stage.over.wait()
        else:
            honest(handler, passage)

    stage.play = play
    process = command(library, stage.url, "propose")
    assert reached.wait(PATIENCE)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "blocks: 2 asked" in out
    assert len(library.proposals()) == 2
