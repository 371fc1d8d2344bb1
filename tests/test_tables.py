"""A declaration checks rows and says everything that is wrong with them at once."""

from __future__ import annotations

import ast
import inspect

import polars as pl
import pytest

from multivector import tables
from multivector.errors import SchemaError
from multivector.tables import RECORDS, VOTES, Table, inference, record, records, results, vectors
from tests.panels import panel


def rows(**changes: list[object]) -> pl.DataFrame:
    base: dict[str, list[object]] = {
        "rollcall": ["1", "2"],
        "state": ["KAZ", "KAZ"],
        "year": [2014, 2014],
        "choice": ["yes", "no"],
        "source": ["made@1", "made@1"],
    }
    return pl.DataFrame({**base, **changes})


def test_good_rows_come_back_typed_and_ordered() -> None:
    found = VOTES.check(rows().select("source", "choice", "year", "state", "rollcall"))
    assert dict(found.schema) == VOTES.schema


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"choice": ["yes", "maybe"]}, "choice holds 'maybe'"),
        ({"state": ["KAZ", None]}, "1 nulls in state"),
        ({"rollcall": ["1", "1"]}, "1 repeated keys, first rollcall=1, state=KAZ"),
        ({"year": ["twenty", "2014"]}, "twenty"),
    ],
)
def test_each_fault_is_named(changes: dict[str, list[object]], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        VOTES.check(rows(**changes))


def test_all_faults_stand_in_one_message() -> None:
    with pytest.raises(SchemaError) as caught:
        VOTES.check(rows(choice=["yes", "maybe"], state=["KAZ", None]))
    assert "maybe" in str(caught.value)
    assert "nulls in state" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_absent_column_is_named() -> None:
    with pytest.raises(SchemaError, match="no column choice"):
        VOTES.check(rows().drop("choice"))


def test_numbers_must_be_finite() -> None:
    flows = record("flows")
    frame = panel(flows).with_columns(value=pl.lit(float("nan")))
    with pytest.raises(SchemaError, match="not finite in value"):
        flows.check(frame)


@pytest.mark.parametrize("table", RECORDS, ids=lambda t: t.name)
def test_declarations_are_whole(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    assert set(table.choose or ()) <= set(names)
    assert table.note
    assert all(column.note for column in table.columns)
    assert record(table.name) is table
    assert dict(table.empty().schema) == table.schema


def test_unknown_names_are_refused() -> None:
    with pytest.raises(SchemaError, match="no record table 'vote'"):
        record("vote")
    with pytest.raises(SchemaError, match="no column 'when'"):
        VOTES.column("when")


def test_a_table_is_declared_once_and_found_in_the_room() -> None:
    modules = (records, results, inference, vectors)
    own: dict[str, str] = {}
    for module in modules:
        for node in ast.parse(inspect.getsource(module)).body:
            if not isinstance(node, ast.Assign | ast.AnnAssign):
                continue
            (target,) = node.targets if isinstance(node, ast.Assign) else (node.target,)
            assert isinstance(target, ast.Name)
            if target.id.startswith("_"):
                continue
            assert target.id not in own, f"{target.id} is declared in {own[target.id]} too"
            own[target.id] = module.__name__
            assert getattr(tables, target.id) is getattr(module, target.id)
    found = [getattr(tables, name) for name in own if isinstance(getattr(tables, name), Table)]
    assert [each for each in found if each in RECORDS] == list(RECORDS)
    assert len({each.name for each in RECORDS}) == len(RECORDS)
