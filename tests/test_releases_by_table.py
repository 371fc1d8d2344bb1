"""Which release answered is known by its table, never by a name's beginning."""

from __future__ import annotations

import re
from pathlib import Path

import multivector as mv
from multivector.content.inquiry import Answer, Inquiry
from multivector.provenance import Run, fingerprint, source_of
from multivector.study import world

PACKAGE = Path(mv.__file__).parent


def answer() -> Answer:
    used = {"flows": ("baci@1",), "indicators": ("factbook@2", "wdi@3"), "memberships": ("x@1",)}
    return Answer(world.table("flows").clear(), "run:1", used)


def test_an_answer_cites_the_releases_of_the_tables_named() -> None:
    def named(**which: object) -> list[str]:
        return [cite.source for cite in answer().cites(2020, **which)]  # type: ignore[arg-type]

    assert named() == ["baci@1", "factbook@2", "wdi@3", "x@1"] == list(answer().releases)
    assert named(of=("flows",)) == ["baci@1"]
    assert named(without=("memberships",)) == ["baci@1", "factbook@2", "wdi@3"]
    assert named(of=("indicators",), among=("wdi@3", "baci@1")) == ["wdi@3"]


def test_nothing_matched_cites_nothing() -> None:
    assert answer().cites(of=()) == ()
    assert answer().cites(of=("votes",)) == ()
    assert answer().cites(among=()) == ()


def test_trade_in_relation_to_gdp_cites_the_gdp_that_counts() -> None:
    inquiry = Inquiry(mv.Workspace(), "KAZ", None)
    found = inquiry.compute("dependence", state="KAZ")
    shares = inquiry.compute("partner_shares", state="KAZ", flow="both")
    assert found is not None
    assert shares is not None
    cited = [cite.source for cite in inquiry.trade_cites(found, 2015, "KAZ")]
    assert [source_of(release) for release in cited] == ["baci_totals", "wdi"]
    assert [c.source for c in inquiry.trade_cites(shares, 2015, "KAZ")] == [cited[0]]


def test_a_run_says_which_release_answered_which_table() -> None:
    result = mv.Workspace().compute("dependence", state="KAZ", years=2015)
    told = result.to_dict()
    assert told["sources"] == sorted({r for used in result.run.sources.values() for r in used})
    assert set(told["sources_by_table"]) == {"flows", "indicators"} == set(result.run.inputs)
    assert told["sources_by_table"]["flows"] == ["baci_totals@2000-2020"]


def test_the_id_of_a_run_is_as_before_its_sources_stood_by_table() -> None:
    run = Run("m", {"a": 1}, {"votes": ("b@1", "a@1"), "flows": ("a@1",)}, {"votes": "x"}, "0")
    flat = {"measure": "m", "options": {"a": 1}, "sources": ["a@1", "b@1"]}
    flat |= {"inputs": {"votes": "x"}, "version": "0"}
    assert run.id == f"run:{fingerprint(flat)[:12]}"


def test_no_code_knows_a_release_by_the_beginning_of_its_name() -> None:
    named = "|".join(sorted(mv.Workspace().sources()["source"].unique()))
    by_name = re.compile(rf"""startswith\(\(?f?["'](?:{named}|unga|imf)\b""")
    by_family = re.compile(r"""\.split\("@"\)\[0\]""")
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not by_name.search(text), path
        assert not by_family.search(text), path
