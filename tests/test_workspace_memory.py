"""A workspace that stays: what it remembers, when it forgets, and answers during an import."""

from __future__ import annotations

import dataclasses
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import sleep

import polars as pl
import pytest

import multivector as mv
from multivector import measures
from multivector.errors import UnreadableFile
from multivector.provenance import Origin, Result
from multivector.sources import report_frame
from multivector.study.holdings import Holdings
from multivector.study.questions import Question
from multivector.study.store import Store
from multivector.tables import record
from tests import PATIENCE

STATES = ("KAZ", "TUR", "IND", "DEU")
PARTNERS = ("CHN", "RUS", "ITA")


def release(folder: Path, version: str, value: float) -> None:
    """Install exports in which every state's every flow has one value."""
    rows = pl.DataFrame(
        [(state, partner) for state in STATES for partner in PARTNERS],
        schema=["state", "partner"],
        orient="row",
    ).with_columns(
        year=pl.lit(2019, dtype=pl.Int64),
        flow=pl.lit("exports"),
        value=pl.lit(value),
        unit=pl.lit("USD"),
        reported_by=pl.lit("state"),
        locator=pl.lit("made"),
        source=pl.lit(f"mine@{version}"),
    )
    origin = Origin("mine", version, "t", "p", "A citation.", "u", "l", "2026-11-22")
    Store(folder).add(origin, {"flows": record("flows").check(rows)}, report_frame([]))


def imports(folder: Path, times: int) -> None:
    for k in range(times):
        sleep(0.01)
        release(folder, "1", float(k + 1))


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Count the tables read and the measures computed."""
    seen: list[str] = []
    read, compute = Holdings._table, mv.Workspace._computed

    def table(self: Holdings, name: str, need: object) -> object:
        seen.append(name)
        return read(self, name, need)  # type: ignore[arg-type]

    def computed(self: mv.Workspace, question: Question) -> Result:
        seen.append(question.measure.name)
        return compute(self, question)

    with monkeypatch.context() as patch:
        patch.setattr(Holdings, "_table", table)
        patch.setattr(mv.Workspace, "_computed", computed)
        yield seen


def test_a_question_is_answered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    study = mv.Workspace()
    with counted(monkeypatch) as seen:
        first = study.compute("partner_shares", state="KAZ", flow="exports", years=(2010, 2020))
        again = study.compute(
            "partner_shares", state="Kazakhstan", flow="exports", years="2010:2020"
        )
        assert seen.count("partner_shares") == 1
        study.compute("concentration", state="KAZ", flow="exports", years=(2010, 2020))
        assert seen.count("flows") == 1
    assert again.frame.equals(first.frame)
    assert again.run.id == first.run.id


def test_options_that_differ_in_kind_only_are_other_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study = mv.Workspace()
    with counted(monkeypatch) as seen:
        for order in (1, 2.0, 0):
            study.compute("effective_partners", state="KAZ", flow="exports", order=order)
        assert seen.count("effective_partners") == 3


def test_pairs_of_one_year_are_counted_once_for_all_who_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study, called = mv.Workspace(), []
    overlap = measures.find("membership_overlap")

    def counting(*tables: pl.DataFrame, **options: object) -> pl.DataFrame:
        called.append(options)
        return overlap.function(*tables, **options)  # type: ignore[no-any-return]

    counted = dataclasses.replace(overlap, function=counting)
    monkeypatch.setattr(measures, "find", lambda name: counted)
    for state in ("KAZ", "TUR"):
        found = study.compute("membership_overlap", state=state, years=(2020, 2020)).frame
        assert ((found["state_a"] == state) | (found["state_b"] == state)).all()
        alone = mv.Workspace().compute("membership_overlap", state=state, years=(2020, 2020))
        assert found.equals(alone.frame)
    assert len(called) == 3


def test_what_a_reader_does_to_an_answer_stays_with_the_reader() -> None:
    study = mv.Workspace()
    asked = {"state": "KAZ", "flow": "exports"}
    first = study.compute("partner_shares", **asked).frame
    rows = study.table("flows", state="KAZ", flow="exports").frame
    width, known = first.width, rows.width
    first.insert_column(0, pl.Series("own", range(first.height)))
    rows.drop_in_place("value")
    assert study.compute("partner_shares", **asked).frame.width == width
    assert study.table("flows", state="KAZ", flow="exports").frame.width == known


def test_an_import_a_removal_and_another_process_are_seen_at_once(tmp_path: Path) -> None:
    study = mv.Workspace(tmp_path)
    stamps = [study.stamp()]

    def value() -> float | None:
        rows = study.table("flows", state="KAZ", flow="exports").frame
        return rows.filter(pl.col("source") == "mine@1")["value"].max()  # type: ignore[return-value]

    assert value() is None
    release(tmp_path, "1", 1.0)
    assert value() == 1.0
    stamps.append(study.stamp())
    other = multiprocessing.get_context("spawn").Process(target=release, args=(tmp_path, "1", 2.0))
    other.start()
    other.join(PATIENCE)
    assert value() == 2.0
    stamps.append(study.stamp())
    study.remove("mine")
    assert value() is None
    assert len(set(stamps)) == len(stamps)
    assert study.stamp() == stamps[0]


def test_the_stamp_follows_judgements_documents_and_poles(tmp_path: Path) -> None:
    study = mv.Workspace(tmp_path)
    stamps = [study.stamp(), mv.Workspace().stamp()]
    study.decide("verdict", "claim-1", "held", coder="A")
    stamps.append(study.stamp())
    study.code("passage-1", "mode", "coerce", coder="A")
    stamps.append(study.stamp())
    (tmp_path / "poles.tsv").write_text("set\tapplies_to\tpole\treason\n", encoding="utf-8")
    stamps.append(study.stamp())
    (tmp_path / "documents" / "0123").mkdir(parents=True)
    stamps.append(study.stamp())
    assert len(set(stamps)) == len(stamps)
    assert study.stamp() == stamps[-1] == mv.Workspace(tmp_path).stamp()


def test_no_more_is_remembered_than_the_limit() -> None:
    study = mv.Workspace()
    study._memory.limit = 1 << 20
    for state in ("KAZ", "TUR", "IND", "DEU", "TUV"):
        study.compute("pole_shares", state=state, flow="exports")
        study.compute("agreement", state=state, years=(2010, 2020))
        assert study._memory.size <= 1 << 20


def test_a_damaged_table_is_still_named(tmp_path: Path) -> None:
    release(tmp_path, "1", 1.0)
    study = mv.Workspace(tmp_path)
    asked = {"state": "KAZ", "flow": "exports"}
    study.compute("partner_shares", **asked)
    (stored,) = tmp_path.glob("releases/*/flows-*.parquet")
    stored.write_bytes(b"damaged")
    with pytest.raises(UnreadableFile, match="mine@1 is damaged"):
        study.compute("partner_shares", **asked)


def test_readers_see_a_study_before_or_after_an_import_never_half(tmp_path: Path) -> None:
    release(tmp_path, "1", 1.0)
    study, done, wrong = mv.Workspace(tmp_path), Event(), []

    def read(state: str) -> int:
        asked = 0
        while not done.is_set() or asked < 5:
            found = study.table("flows", state=state, flow="exports", years=(2019, 2019))
            rows = found.frame.filter(pl.col("state") == state)
            if rows["value"].n_unique() != 1 or rows.height != len(PARTNERS):
                wrong.append(rows)
            asked_for = {"state": state, "flow": "exports", "years": 2019}
            shares = study.compute("partner_shares", **asked_for).frame
            if not shares["value"].is_close(1 / len(PARTNERS)).all():
                wrong.append(shares)
            asked += 1
        return asked

    with ThreadPoolExecutor(len(STATES)) as pool:
        readers = [pool.submit(read, state) for state in STATES]
        writer = multiprocessing.get_context("spawn").Process(target=imports, args=(tmp_path, 25))
        writer.start()
        writer.join(PATIENCE)
        done.set()
        assert all(reader.result(PATIENCE) for reader in readers)
    assert writer.exitcode == 0
    assert not wrong
    last = study.table("flows", state="KAZ", flow="exports", years=(2019, 2019))
    assert last.frame["value"].max() == 25.0


def test_a_page_is_of_one_moment(tmp_path: Path) -> None:
    release(tmp_path, "1", 1.0)
    study, done = mv.Workspace(tmp_path), Event()

    def ask(held: mv.Workspace) -> set[float]:
        seen = set()
        for state in STATES * 5:
            rows = held.table("flows", state=state, flow="exports").frame
            seen |= set(rows.filter(pl.col("source") == "mine@1")["value"])
        return seen

    def write() -> None:
        for k in range(20):
            sleep(0.01)
            release(tmp_path, "1", float(k + 2))
        done.set()

    writer = Thread(target=write)
    writer.start()
    while not done.is_set():
        assert len(study._steadily(ask)) == 1
    writer.join(PATIENCE)
    assert study._steadily(ask) == {21.0}
