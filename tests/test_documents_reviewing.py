"""Reviews: what waits, what may be changed, what they change in contradictions and agreement."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from multivector.documents.coding import reviewing
from multivector.documents.exchange import tabular
from multivector.documents.exchange.refi import read_project
from multivector.documents.library import isolation
from multivector.documents.library.adding import Outcome
from multivector.documents.library.archive import Library
from multivector.errors import BadValue, UnknownName
from multivector.study.judgements import Judgements
from multivector.workspace import Workspace

TEXT = (
    "Kazakhstan is a member of the CSTO. Kazakhstan is an observer of the CSTO. "
    "Kazakhstan and China signed an agreement on 26 April 1996 in Shanghai. "
    "Trade reached 3 billion dollars in 2019."
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    file = tmp_path / "001_a.txt"
    file.write_text(TEXT, encoding="utf-8")
    made = Library(tmp_path / "study", Judgements.of(tmp_path / "study"))
    made.add([file])
    return made


def propose(library: Library, *items: tuple[str, str, dict[str, Any]], model: str = "m") -> None:
    """Keep proposals as a run of the model keeps them."""
    meta = library.meta("001")
    rows = []
    for kind, quote, fields in items:
        start = TEXT.index(quote)
        place = {"start": start, "end": start + len(quote), "quote": quote}
        rows.append({"kind": kind, **place, "lang": "en", "block": "body",
                     "attributed_to": None, "fields": fields})  # fmt: skip
    folder = library.study / "proposals" / str(meta["sha256"])[:24]
    folder.mkdir(parents=True, exist_ok=True)
    kept = {"format": 1, "model": model, "asked_at": "2026-01-02T03:04:05", "statements": rows}
    (folder / f"{model * 12}.json").write_text(json.dumps(kept), encoding="utf-8")


def event(kind: str, date: str) -> dict[str, Any]:
    return {"type": kind, "date": date, "actors": ["KAZ", "CHN"], "dimension": "security",
            "power": "soft", "title": "x"}  # fmt: skip


def of_kind(library: Library, kind: str) -> Any:
    return next(s for s in library.statements(reviewed=False) if s.kind == kind)


def test_the_queue_goes_on_and_back_and_ends(library: Library) -> None:
    queue = reviewing.queue(library)
    ids = [s.id for s in queue.statements]
    first = queue.waiting()
    assert first is not None
    assert first.id == ids[0]
    assert queue.before(ids[0]) is None
    reviewing.decide(library, first, "accept", coder="ada", given={}, seen=0)
    queue = reviewing.queue(library)
    assert queue.done == 1
    assert queue.waiting() == queue.statements[1]
    assert queue.waiting(ids[-1]) == queue.statements[1], "it turns round to what is left"
    assert queue.before(ids[1]) == queue.statements[0]
    for s in queue.statements[1:]:
        reviewing.decide(library, s, "reject", coder="ada", given={}, seen=0)
    assert reviewing.queue(library).waiting() is None
    assert [s.kind for s in reviewing.queue(library, kind="quantity").statements] == ["quantity"]
    for wrong in ({"kind": "x"}, {"doc": "x"}):
        with pytest.raises(UnknownName):
            reviewing.queue(library, **wrong)


@pytest.mark.parametrize(
    ("kind", "name", "text", "value"),
    [
        ("event", "date", "1996-04", "1996-04"),
        ("event", "date", "", None),
        ("event", "type", "visit", "visit"),
        ("event", "actors", "Kazakhstan; SCO; person:Ada", ["KAZ", "SCO", "person:Ada"]),
        ("quantity", "value", "2.5e9", 2.5e9),
        ("membership", "org", "Shanghai Cooperation Organisation", "SCO"),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_what_the_field_holds(
    library: Library, kind: str, name: str, text: str, value: Any
) -> None:
    assert reviewing.corrections(of_kind(library, kind), {name: text}) == {name: value}


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("event", "date", "26 April"),
        ("event", "date", "1996-4"),
        ("event", "type", "party"),
        ("event", "actors", "Atlantis"),
        ("event", "title", "x" * 600),
        ("quantity", "value", "three"),
        ("quantity", "value", "1" * 20 + "e999"),
        ("membership", "org", "a club"),
    ],
)
def test_what_a_field_cannot_hold_is_refused(
    library: Library, kind: str, name: str, text: str
) -> None:
    with pytest.raises(BadValue, match=r"; expected .*; "):
        reviewing.corrections(of_kind(library, kind), {name: text})


def test_a_form_sent_back_unchanged_corrects_nothing(library: Library) -> None:
    for statement in library.statements():
        typed = {entry.name: entry.value for entry in reviewing.entries(statement)}
        assert reviewing.corrections(statement, typed) == {}
        with pytest.raises(BadValue, match="nothing was corrected"):
            reviewing.decide(library, statement, "correct", coder="ada", given=typed, seen=0)
    assert library.decided() == set()


@pytest.mark.parametrize("name", ["", "  ", "rule", "Rule", "model:x", "x" * 61, "a\u202eb"])
def test_a_person_is_no_rule_and_no_model(name: str) -> None:
    with pytest.raises(BadValue):
        reviewing.check_coder(name)


def test_what_others_decided_meanwhile_stands(library: Library) -> None:
    statement = library.statements()[0]
    assert reviewing.decide(library, statement, "reject", coder="bo", given={}, seen=0)
    assert not reviewing.decide(library, statement, "accept", coder="ada", given={}, seen=0)
    decisions = library.decisions_on(statement.id)
    assert [d["coder"] for d in decisions] == ["bo"]
    seen = decisions[-1]["judgement"]
    assert reviewing.decide(library, statement, "accept", coder="ada", given={}, seen=seen)
    assert [d["decision"] for d in library.decisions_on(statement.id)] == ["reject", "accept"]


def test_a_rejected_side_takes_its_contradiction_away(library: Library) -> None:
    assert [c.type for c in library.conflicts()] == ["status"]
    observer = next(s for s in library.statements() if s.fields.get("status") == "observer")
    reviewing.decide(library, observer, "reject", coder="ada", given={}, seen=0)
    assert library.conflicts() == []


def test_a_correction_makes_a_contradiction(library: Library) -> None:
    observer = next(s for s in library.statements() if s.fields.get("status") == "observer")
    reviewing.decide(library, observer, "correct", coder="ada", given={"status": "member"}, seen=0)
    assert library.conflicts() == []
    seen = library.decisions_on(observer.id)[-1]["judgement"]
    given = {"status": "withdrew"}
    reviewing.decide(library, observer, "correct", coder="ada", given=given, seen=seen)
    assert [c.type for c in library.conflicts()] == ["status"]


def test_an_accepted_proposal_can_contradict(library: Library) -> None:
    quote = "Kazakhstan and China signed an agreement on 26 April 1996 in Shanghai."
    fields = {"org": "SCO", "actor": "KAZ", "status": "observer", "start_date": None,
              "end_date": None}  # fmt: skip
    propose(library, ("membership", quote, fields), model="m")
    propose(library, ("membership", TEXT[:35], fields | {"status": "member"}), model="n")
    assert [c.type for c in library.conflicts()] == ["status"]
    for proposal in library.proposals():
        library.review(proposal.id, "accept", coder="ada")
    assert [c.type for c in library.conflicts()] == ["status", "status"]


def test_a_model_codes_the_units_of_the_rule(library: Library) -> None:
    rule = of_kind(library, "event")
    quote = "Kazakhstan and China signed an agreement on 26 April 1996"
    propose(library, ("event", quote, event("visit", "1996-04-26")))
    codings = tabular.coding_table(library)
    types = codings.filter((pl.col("variable") == "type") & (pl.col("unit") == rule.id))
    assert sorted(types.select("coder", "coder_kind", "value").rows()) == [
        ("model:m", "model", "visit"),
        ("rule", "rule", "agreement_signed"),
    ]
    model = codings.filter(pl.col("coder") == "model:m")
    assert set(model["decided_at"]) == {"2026-01-02T03:04:05"}
    assert set(model["quote"]) == {quote}
    workspace = Workspace(library.study)
    pair = workspace.compute("cohen_kappa", coders="rule,model:m", bootstrap=0).frame
    assert pair.filter(pl.col("variable") == "type")["n"].to_list() == [1]
    observed = workspace.compute("krippendorff_alpha", variable="type", bootstrap=0).frame
    assert observed["observed"].to_list() == [0.0]


def test_a_person_codes_a_unit_once(library: Library) -> None:
    rule = of_kind(library, "event")
    quote = "Kazakhstan and China signed an agreement on 26 April 1996"
    propose(library, ("event", quote, event("visit", "1996-04-26")))
    proposal = library.proposals()[0]

    def coded() -> list[tuple[str, str]]:
        own = tabular.coding_table(library).filter(
            (pl.col("coder") == "ada") & pl.col("variable").is_in(["kind", "type"])
        )
        return sorted(own.select("unit", "value").rows())

    library.review(proposal.id, "reject", coder="ada")
    assert coded() == [], "the unit may be right as the rule coded it"
    library.review(proposal.id, "accept", coder="ada")
    assert coded() == [(rule.id, "event"), (rule.id, "visit")]
    library.review(rule.id, "accept", coder="ada")
    assert coded() == [(rule.id, "agreement_signed"), (rule.id, "event")]


def test_a_project_has_the_model_as_a_coder(library: Library, tmp_path: Path) -> None:
    quote = "Kazakhstan and China signed an agreement on 26 April 1996"
    propose(library, ("event", quote, event("visit", "1996-04-26")))
    path = tmp_path / "project.qdpx"
    documents, written, left = tabular.project(library, tabular.coding_table(library), path)
    found = read_project(path).codings
    assert (documents, written, left) == (1, found.height, ())
    assert {"rule", "model:m"} <= set(found["coder"])


# --- reading apart


def send(library: Library, name: str, data: bytes, **more: Any) -> Outcome:
    return isolation.receive(library, name, io.BytesIO(data), **more)


def test_what_is_sent_is_read_and_nothing_is_left(library: Library) -> None:
    outcome = send(library, "../../x/002 b.txt", b"Kazakhstan joined the CSTO in 1994.")
    assert (outcome.status, outcome.file, outcome.doc) == ("added", "002 b.txt", "002")
    assert send(library, "other.txt", b"Kazakhstan joined the CSTO in 1994.").status == "known"
    failed = send(library, "a.png", b"\x89PNG nothing")
    assert failed.status == "failed"
    assert failed.message.startswith("a.png is a PNG picture")
    assert not [p for p in library.folder.iterdir() if p.name.startswith(".")]
    assert not (library.study.parent / "x").exists()


@pytest.mark.parametrize(
    ("child", "more", "told"),
    [
        (
            "import threading; threading.Event().wait()",
            {"seconds": 0.4},
            "was not read within 0.4 seconds",
        ),
        ("import os; os._exit(9)", {}, "ended the process that read it"),
        ("print('{')", {}, "ended the process that read it"),
    ],
)
def test_a_reader_that_hangs_or_dies_is_one_line(
    library: Library, monkeypatch: pytest.MonkeyPatch, child: str, more: Any, told: str
) -> None:
    monkeypatch.setattr(isolation, "_CHILD", child)
    outcome = send(library, "b.txt", b"text", **more)
    assert outcome.status == "failed"
    assert told in outcome.message
    assert len(outcome.message.split("; ")) == 3
    assert not [p for p in library.folder.iterdir() if p.name.startswith(".")]


def test_a_reader_has_so_much_memory(library: Library) -> None:
    outcome = send(library, "b.txt", b"Kazakhstan joined. " * 3_000_000, memory=420_000_000)
    assert outcome.status == "failed"
    assert "; expected" in outcome.message


def test_a_full_study_takes_no_more(library: Library) -> None:
    with pytest.raises(BadValue, match="expected at most 10 "):
        send(library, "b.txt", b"text", most=10)


def test_two_of_one_name_get_two_names(library: Library) -> None:
    from concurrent.futures import ThreadPoolExecutor

    texts = [f"Kazakhstan joined the CSTO in {year}.".encode() for year in (1992, 1993, 1994)]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda data: send(library, "r.txt", data), texts))
    assert sorted(o.doc for o in made) == ["r", "r-2", "r-3"]
