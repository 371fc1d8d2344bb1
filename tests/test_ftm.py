"""Statements in followthemoney's shape: every kind, the evidence kept, its own keys."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest

from multivector.documents.exchange.ftm import COLUMNS, as_csv, statement_rows
from multivector.errors import BadValue

PLACE = {"doc": "001", "start": 10, "end": 40, "lang": "tr", "coder": "rule", "rule": "visit"}
EVENT = {
    **PLACE,
    "kind": "event",
    "quote": "Gül, Astana’yı ziyaret etti",
    "type": "visit",
    "date": "2009-10/2009-11",
    "actors": ["person:Gül", "TUR", "KAZ"],
    "dimension": "political",
    "power": "none",
    "title": "Visit of Gül",
}
MEMBERSHIP = {
    **PLACE,
    "kind": "membership",
    "quote": "üye oldu",
    "org": "SCO",
    "actor": "UZB",
    "status": "member",
    "start_date": "2001",
    "end_date": None,
}
QUANTITY = {
    **PLACE,
    "kind": "quantity",
    "quote": "10 milyar dolar",
    "subject": "Trade",
    "actors": "KAZ;TUR",
    "value": 1e10,
    "unit": "USD",
    "date": "2022",
    "comparison": "target",
}
VOTE = {
    **PLACE,
    "kind": "vote",
    "quote": "(67/46)",
    "body": "UNGA",
    "resolution": "67/46",
    "actor": "KAZ",
    "sides_with": "CHN",
    "against": "RUS",
    "period": "2007/2013",
}


def values(record: dict[str, object], schema: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in statement_rows([record]).iter_rows(named=True):
        if row["schema"] == schema:
            found.setdefault(row["prop"], []).append(row["value"])
    return found


def test_an_event_with_its_evidence() -> None:
    found = values(EVENT, "Event")
    assert found["name"] == ["Visit of Gül"]
    assert found["keywords"] == ["visit", "dimension:political"]
    assert (found["startDate"], found["endDate"]) == (["2009-10"], ["2009-11"])
    assert found["summary"] == [EVENT["quote"]]
    assert found["recordId"] == ["001:10-40"]
    assert found["proof"] == ["document-001"]
    assert {"actor-TUR", "actor-KAZ"} < set(found["involved"])
    assert values(EVENT, "Person")["name"] == ["Gül"]
    assert values(EVENT, "PublicBody")["country"] == ["tr", "kz"]


def test_a_membership_links_a_state_and_an_organisation() -> None:
    found = values(MEMBERSHIP, "Membership")
    assert (found["member"], found["organization"]) == (["actor-UZB"], ["actor-SCO"])
    assert found["startDate"] == ["2001"]
    assert "endDate" not in found
    assert values(MEMBERSHIP, "Organization")["abbreviation"] == ["SCO"]


def test_a_quantity_and_a_vote() -> None:
    assert values(QUANTITY, "Note")["description"] == ["target 10000000000 USD, 2022"]
    assert values({**QUANTITY, "value": None}, "Note")["description"] == [
        "target no data USD, 2022"
    ]
    assert values(VOTE, "Event")["name"] == ["UNGA 67/46 KAZ with CHN against RUS"]
    assert len(values(VOTE, "Event")["involved"]) == 3


def test_rows_say_who_coded_and_in_which_language() -> None:
    rows = statement_rows([EVENT, MEMBERSHIP])
    assert rows.columns == list(COLUMNS)
    quote = rows.filter(rows["prop"] == "summary").row(0, named=True)
    assert (quote["lang"], quote["origin"]) == ("tur", "rule:visit")
    key = f"multivector.{quote['entity_id']}.summary.{quote['value']}@tur"
    assert quote["id"] == hashlib.sha1(key.encode()).hexdigest()


def test_two_documents_that_agree_stay_two_entities() -> None:
    rows = statement_rows([EVENT, {**EVENT, "doc": "002"}, EVENT])
    assert rows.filter(rows["schema"] == "Event")["entity_id"].n_unique() == 2
    assert rows["id"].is_unique().all()


def test_identifiers_are_plain() -> None:
    odd = {**EVENT, "doc": "Şanghay raporu", "actors": ["hist:Alaş Orda", "two words"]}
    rows = statement_rows([odd])
    assert rows["entity_id"].str.contains(r"^[A-Za-z0-9._-]+$").all()
    assert set(rows.filter(rows["prop"] == "name")["value"]) >= {"Alaş Orda", "two words"}


def test_claims_are_left_out_and_nothing_gives_nothing() -> None:
    assert statement_rows([{**PLACE, "kind": "claim", "quote": "x"}]).is_empty()
    assert statement_rows([]).columns == list(COLUMNS)


def test_the_csv_is_read_by_any_reader() -> None:
    lines = list(csv.DictReader(io.StringIO(as_csv(statement_rows([EVENT])))))
    assert {line["external"] for line in lines} == {"f"}
    assert all(line["prop_type"] for line in lines)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({**EVENT, "kind": "rumour"}, "is of the kind 'rumour'"),
        ({**EVENT, "quote": None}, "lacks quote"),
        ({**MEMBERSHIP, "org": ""}, "names no org"),
    ],
)
def test_a_bad_record_is_one_clear_line(record: dict[str, object], message: str) -> None:
    with pytest.raises(BadValue, match=message):
        statement_rows([record])


def test_the_package_agrees() -> None:
    serialize = pytest.importorskip("followthemoney.statement.serialize")
    statement = pytest.importorskip("followthemoney.statement").Statement
    rows = statement_rows([EVENT, MEMBERSHIP, QUANTITY, VOTE])
    read = list(serialize.read_csv_statements(io.BytesIO(as_csv(rows).encode())))
    for theirs, ours in zip(read, rows.iter_rows(named=True), strict=True):
        assert theirs.prop_type == ours["prop_type"]
        made = (theirs.dataset, theirs.entity_id, theirs.prop, theirs.value, theirs.external)
        assert statement.make_key(*made, lang=theirs.lang) == ours["id"]
