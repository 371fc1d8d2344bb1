"""The pages that explore: the first page, lists, split votes, comparison, measures, data."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

pytest.importorskip("starlette")

from starlette.testclient import TestClient

from multivector import measures, tables
from multivector.brief import atlas
from multivector.provenance import Origin, bibtex
from multivector.web import app as web
from multivector.web import docstrings, importing, openapi, pages
from multivector.web.page import Query
from multivector.web.pages import measure as measure_pages
from multivector.words import LANGUAGES, using
from multivector.workspace import Workspace

BASE = "http://127.0.0.1"
SPECIMENS = Path(__file__).parent / "specimens"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(web.create(), base_url=BASE) as made:
        yield made


@pytest.fixture
def study(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(web.create(tmp_path / "study"), base_url=BASE) as made:
        yield made


def section(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(s for s in told["sections"] if s["id"] == name)


def test_every_page_opens_in_every_language() -> None:
    client = TestClient(web.create(), base_url=BASE)
    for address in ("/", "/states", "/organisations", "/pairs", "/votes", "/measures", "/data"):
        for spoken in LANGUAGES:
            answer = client.get(address, params={"lang": spoken})
            assert answer.status_code == 200, (address, spoken)
            assert answer.headers["content-language"] == spoken
            assert "<h1>" in answer.text


# --- the first page


def test_the_map_shows_what_the_measure_gives(client: TestClient) -> None:
    told = client.get("/api", params={"measure": "ideal_distance", "pole": "RUS"}).json()
    (ranking,) = section(told, "map")["tables"]
    rows = {row["cells"]["state"]: row["cells"] for row in ranking["rows"]}
    year = int(re.findall(r"\d{4}", ranking["caption"])[-1])
    frame = Workspace().compute("ideal_distance", state="RUS", partner="KAZ", years=year).frame
    expected = frame.filter(pl.col("year") == year).row(0, named=True)
    assert rows["KAZ"]["value"] == expected["value"]
    assert (rows["KAZ"]["low"], rows["KAZ"]["high"]) == (expected["low"], expected["high"])
    assert "RUS" not in rows
    (chart,) = section(told, "map")["charts"]
    assert {v["key"] for v in chart["data"]["values"]} == set(rows)
    assert {run["measure"] for run in told["runs"]} == {"ideal_distance"}


@pytest.mark.parametrize("name", sorted(atlas.VIEWS))
def test_each_measure_of_the_map_has_a_newest_year(client: TestClient, name: str) -> None:
    told = client.get("/api", params={"measure": name, "pole": "CHN"}).json()
    (ranking,) = section(told, "map")["tables"]
    assert len(ranking["rows"]) > 150
    values = [row["cells"]["value"] for row in ranking["rows"]]
    assert values == sorted(values, reverse=True)
    assert told["command"].startswith("multivector measure ")


def test_the_newest_year_is_one_with_as_many_votes_as_usual(client: TestClient) -> None:
    (ranking,) = section(client.get("/api").json(), "map")["tables"]
    counts = sorted(row["cells"]["n"] for row in ranking["rows"])
    assert counts[0] >= 10
    assert counts[len(counts) // 2] > 40


def test_the_map_refuses_what_it_cannot_show(client: TestClient) -> None:
    assert client.get("/", params={"measure": "kappa"}).status_code == 400
    assert client.get("/", params={"pole": "NATO"}).status_code == 400
    assert client.get("/", params={"pole": "Atlantis"}).status_code == 404
    assert client.get("/", params={"year": "2999"}).status_code == 400
    empty = client.get("/", params={"year": "1850"})
    assert empty.status_code == 200
    assert "There is no figure for 1850." in empty.text


# --- lists


def test_states_stand_in_the_order_of_the_language() -> None:
    def listed(spoken: str) -> list[str]:
        with using(spoken), TestClient(web.create(), base_url=BASE) as client:
            told = client.get("/api/states", params={"lang": spoken}).json()
        return [row["cells"]["name"] for row in section(told, "states")["tables"][0]["rows"]]

    turkish = listed("tr")
    assert turkish.index("Çad") < turkish.index("Danimarka")
    assert turkish.index("İran") > turkish.index("Irak")
    kazakh = listed("kk")
    assert kazakh.index("Өзбекстан") > kazakh.index("Оман")
    assert len(listed("en")) == len(Workspace().states())


def test_organisations_can_be_narrowed_to_a_field(client: TestClient) -> None:
    told = client.get("/api/organisations", params={"field": "security"}).json()
    (table,) = told["sections"][0]["tables"]
    assert {row["cells"]["field"] for row in table["rows"]} == {"security"}
    assert all(row["cites"] for row in table["rows"])
    nato = next(row["cells"] for row in table["rows"] if row["cells"]["href"].endswith("/NATO"))
    assert nato["members"] > 20


def test_two_states_lead_to_their_pair(client: TestClient) -> None:
    answer = client.get("/pairs", params={"a": "Kazakistan", "b": "TUR"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/pairs/KAZ-TUR")
    assert client.get("/pairs", params={"a": "KAZ", "b": "Kazakhstan"}).status_code == 400


# --- split votes


def test_the_number_is_that_of_the_measure_and_each_roll_call_is_there(client: TestClient) -> None:
    told = client.get("/api/votes", params={"state": "KAZ", "poles": "RUS,CHN"}).json()
    (table,) = section(told, "number")["tables"]
    expected = Workspace().compute("splits", state="KAZ", poles=("RUS", "CHN"))
    cells, row = table["rows"][0]["cells"], expected.frame.row(0, named=True)
    assert {k: cells[k] for k in ("n", "n_a", "n_b", "value", "low", "high")} == {
        k: row[k] for k in ("n", "n_a", "n_b", "value", "low", "high")
    }
    assert expected.run.id in {run["run"] for run in told["runs"]}
    assert told["tables"]["rollcalls"]["total"] == row["n"]
    csv = client.get("/votes", params={"format": "csv", "table": "rollcalls"})
    assert pl.read_csv(io.BytesIO(csv.content)).height == row["n"]


def test_the_definition_changes_the_number(client: TestClient) -> None:
    def count(**asked: str) -> int:
        told = client.get("/api/votes", params={"poles": "USA,CHN", **asked}).json()
        return int(section(told, "number")["tables"][0]["rows"][0]["cells"]["n"])

    assert count(duplicates="keep") >= count()
    assert count(kinds="final,unknown,paragraph,amendment,motion", duplicates="keep") > count()
    assert count(issue="hr") < count()
    definitions = section(client.get("/api/votes").json(), "definitions")
    assert len(definitions["tables"][0]["rows"]) == 3
    assert "data add" in " ".join(definitions["notes"])


def test_three_poles_give_three_pairs_and_the_list_can_be_narrowed(client: TestClient) -> None:
    told = client.get("/api/votes", params={"poles": "USA,RUS,CHN", "joined": "pole_b"}).json()
    assert len(section(told, "number")["tables"][0]["rows"]) == 3
    sides = {row["cells"]["joined"] for row in section(told, "calls")["tables"][0]["rows"]}
    assert sides <= {"with Russia", "with China"}
    first = client.get("/votes", params={"poles": "USA,RUS"}).text
    assert "Older votes" in first
    assert "page=2" in first


def test_poles_that_are_not_carried_say_what_brings_them(client: TestClient) -> None:
    answer = client.get("/votes", params={"poles": "KGZ,CHN"})
    assert answer.status_code == 200
    assert "data add UNVotes.csv" in answer.text
    told = client.get("/api/votes", params={"strict": "no"}).json()
    assert told["sections"] == []
    assert told["gaps"]
    for wrong in ({"poles": "RUS"}, {"side": "left"}, {"joined": "left"}, {"page": "0"}):
        assert client.get("/votes", params=wrong).status_code == 400, wrong


# --- comparison


def test_states_are_ranked_with_intervals(client: TestClient) -> None:
    asked = {"states": "KAZ,UZB,TKM", "years": "2015:2020", "measures": "exports_to"}
    told = client.get("/api/compare", params=asked).json()
    rows = [row["cells"] for row in section(told, "index")["tables"][0]["rows"]]
    assert {row["href"] for row in rows} == {"/states/KAZ", "/states/UZB", "/states/TKM"}
    assert all(row["rank_low"] <= row["rank"] <= row["rank_high"] for row in rows)
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    (heat,) = section(told, "dominance")["charts"]
    cells = {r["key"]: r["cells"] for r in heat["data"]["rows"]}
    assert cells["KAZ"][0] is None
    assert cells["KAZ"][1] + cells["UZB"][0] == pytest.approx(1)
    figures = section(told, "measures")["tables"][0]["rows"]
    assert {row["cells"]["rank"] for row in figures} == {1, 2, 3}
    assert section(told, "years")["charts"][0]["shape"] == "lines"


def test_comparison_refuses_one_state_and_unknown_measures(client: TestClient) -> None:
    for wrong in ({"states": "KAZ"}, {"measures": "nothing"}, {"line": "x"}, {"pole": "EU"}):
        assert client.get("/compare", params=wrong).status_code == 400, wrong


# --- measures


@pytest.mark.parametrize("name", sorted(measures.catalogue()))
def test_each_measure_has_a_page_from_its_signature(name: str) -> None:
    found = measures.find(name)
    fields = {field.name for field in measure_pages.fields_of(found)}
    askable = {o.name for o in found.options.values() if measure_pages._askable(o)}
    assert askable | {"years", "source"} <= fields
    doc = docstrings.read(found.function)
    assert doc.summary == found.summary
    assert doc.returns
    if name in measure_pages.SLOW:
        return
    query = Query(Workspace(), {"measure": name}, {}, measure_pages.fields_of(found))
    assert measure_pages._asked(found, query) is not None


def test_a_measure_answers_as_the_workspace_does(client: TestClient) -> None:
    told = client.get("/api/measures/concentration", params={"flow": "exports"}).json()
    expected = Workspace().compute("concentration", flow="exports", state="KAZ")
    assert told["tables"]["concentration"]["rows"] == expected.frame.to_dicts()
    assert told["runs"][0]["run"] == expected.run.id
    assert told["command"] == "multivector measure concentration --state KAZ --flow exports"
    shown = client.get("/measures/concentration").text
    assert "Hirschman, A. O. (1945)" in shown
    assert "<sub>" in shown


def test_all_states_can_be_asked_for(client: TestClient) -> None:
    asked = {"state": "all", "years": "2019", "flow": "exports"}
    told = client.get("/api/measures/effective_partners", params=asked).json()
    assert told["tables"]["effective_partners"]["total"] > 190


def test_slow_measures_say_the_command_and_large_draws_are_refused(client: TestClient) -> None:
    told = client.get("/api/measures/binds", params={"organisation": "SCO"}).json()
    assert told["tables"] == {}
    assert told["command"] == "multivector measure binds --organisation SCO"
    answer = client.get("/measures/kappa", params={"bootstrap": "1000000000"})
    assert answer.status_code == 400
    assert client.get("/measures/kappa", params={"weights": "heavy"}).status_code == 400
    assert client.get("/measures/kapa").status_code == 404
    assert client.get("/measures/kappa", params={"wight": "x"}).status_code == 400


def test_a_measure_without_data_says_what_is_missing(client: TestClient) -> None:
    answer = client.get("/measures/krippendorff_alpha")
    assert answer.status_code == 200
    assert 'class="gap"' in answer.text


def test_openapi_describes_each_measure_and_table() -> None:
    told = openapi.document(pages.ROUTES)["paths"]
    weights = {p["name"]: p for p in told["/api/measures/kappa"]["get"]["parameters"]}["weights"]
    assert weights["schema"]["enum"] == ["nominal", "linear", "quadratic"]
    assert {f"/api/measures/{name}" for name in measures.catalogue()} <= set(told)
    assert {f"/api/data/{table.name}" for table in tables.RECORDS} <= set(told)


# --- data


def test_data_are_listed_with_licences_and_every_source(client: TestClient) -> None:
    told = client.get("/api/data").json()
    (first, second) = section(told, "tables")["tables"]
    held = Workspace().inventory()
    assert {row["cells"]["table"] for row in first["rows"]} == set(held["table"])
    assert len(second["rows"]) == held.height
    known = section(told, "sources")["tables"][0]["rows"]
    assert len(known) == Workspace().sources().height
    assert all(row["cells"]["licence"] for row in known)
    assert "multivector --study DIR serve" in client.get("/data").text


def test_a_table_opens_with_its_dictionary_and_streams_whole(client: TestClient) -> None:
    for declared in tables.RECORDS:
        answer = client.get(f"/data/{declared.name}")
        assert answer.status_code == 200, declared.name
        assert declared.columns[0].name in answer.text
    told = client.get("/api/data/ideal_points", params={"limit": 3}).json()
    whole = Workspace().table("ideal_points").frame
    assert told["tables"]["ideal_points"]["total"] == whole.height
    csv = client.get("/data/ideal_points", params={"format": "csv"})
    assert csv.content.count(b"\n") == whole.height + 1
    assert client.get("/data/flows", params={"format": "csv", "years": "2019"}).status_code == 200
    assert client.get("/data/nothing").status_code == 404
    assert client.get("/data/flows", params={"source": "nothing"}).status_code == 404


def test_citations_are_text_and_bibtex(client: TestClient) -> None:
    told = client.get("/api/data/citations").json()
    assert told["bibtex"].count("@misc{") == len(section(told, "citations")["tables"][0]["rows"])
    told = bibtex([Origin("a", "1", "50 % {x}", "P", "P. 50 %", "https://a.org", "CC0", "2026")])
    assert r"title = {50 \% \{x\}}" in told


# --- adding and removing


def sent(client: TestClient, name: str, content: bytes, **more: str) -> dict[str, Any]:
    answer = client.post(
        "/data",
        data=more,
        files={"file": (name, content)},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    for _ in range(6000):
        told: dict[str, Any] = client.get(f"/api{address}").json()
        if told["state"] != "working":
            return {**told, "address": address}
        time.sleep(0.05)
    raise AssertionError("the import did not end")


def test_a_file_is_added_shown_and_removed(study: TestClient, tmp_path: Path) -> None:
    content = (SPECIMENS / "cow_trade.csv").read_bytes()
    told = sent(study, "../../<b>x</b>.csv", content, extract="yes")
    assert told["state"] == "done", told["told"]
    release = told["release"]
    assert release in study.get(told["address"]).text
    assert release in study.get("/data").text
    page = f"/data/releases/{release}"
    assert "cow_trade" in study.get(page).text
    assert study.get("/data/verification").text.count("whole") >= 1
    refused = study.post(f"{page}/remove", data={"sure": ""})
    assert refused.status_code == 400
    elsewhere = {"Origin": "http://evil.example"}
    refused = study.post(f"{page}/remove", data={"sure": "yes"}, headers=elsewhere)
    assert refused.status_code == 403
    done = study.post(f"{page}/remove", data={"sure": "yes"}, follow_redirects=False)
    assert done.headers["location"] == "/data"
    assert study.get(page).status_code == 404
    left = {path.name for path in (tmp_path / "study").iterdir()}
    assert left <= {"releases", "study.json"}


def test_a_file_of_no_source_is_refused_in_words(study: TestClient) -> None:
    told = sent(study, "=cmd|' /C calc'!A0.csv", b"<script>alert(1)</script>,b\n1,2\n")
    assert told["state"] == "failed"
    assert "no data set multivector knows" in told["told"]
    shown = study.get(told["address"]).text
    assert "<script>alert" not in shown


def test_nothing_is_added_without_a_study_a_file_or_its_origin(
    client: TestClient, study: TestClient
) -> None:
    file = {"file": ("x.csv", b"a")}
    elsewhere = {"Origin": "http://evil.example"}
    assert study.post("/data", files=file, headers=elsewhere).status_code == 403
    answer = study.post("/data", data={"source": ""})
    assert answer.status_code == 400
    assert client.post("/data", files=file).status_code == 503
    assert study.get("/data/imports/nothing").status_code == 404


def test_an_import_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "study")
    job = importing.start(workspace, "x.csv", io.BytesIO(b"a,b\n"), seconds=0.01)
    for _ in range(6000):
        found = importing.find(job.id)
        if found.state != "working":
            break
        time.sleep(0.05)
    assert found.state == "failed"
    assert "was not read within" in found.message
    assert not list((tmp_path / "study").glob(".upload-*"))


def test_a_workbook_of_a_million_rows_is_refused(client: TestClient) -> None:
    answer = client.get("/data/flows", params={"format": "xlsx", "state": "all"})
    assert answer.status_code == 400
    assert "take it as CSV" in answer.json()["error"]
    small = client.get("/votes", params={"format": "xlsx"})
    assert small.content[:2] == b"PK"


def test_what_is_asked_wrongly_is_an_error_and_what_is_missing_is_said(client: TestClient) -> None:
    assert client.get("/measures/kappa", params={"state": "Atlantis"}).status_code == 404
    told = client.get("/api/measures/splits", params={"poles": "KGZ,CHN"}).json()
    assert "data add UNVotes.csv" in told["gaps"][0]["why"]
    for address in ("/votes?state=<script>alert(1)</script>", "/compare?states==1,KAZ"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text


def test_a_study_that_is_deleted_while_serving_is_said_and_may_come_back(
    study: TestClient, tmp_path: Path
) -> None:
    content = (SPECIMENS / "cow_trade.csv").read_bytes()
    assert sent(study, "x.csv", content, extract="yes")["state"] == "done"
    kept = tmp_path / "elsewhere"
    (tmp_path / "study").rename(kept)
    gone = study.get("/data")
    assert gone.status_code == 503
    assert "Traceback" not in gone.text
    kept.rename(tmp_path / "study")
    assert study.get("/data").status_code == 200
