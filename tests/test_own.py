"""Your own data: any table, mapped and checked, what is wrong told in one line."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector.errors import (
    BadValue,
    MultivectorError,
    SchemaError,
    UnknownName,
    UnreadableFile,
)
from multivector.study import own
from multivector.study.own import Mapped, loaded, unmatched

TRADE = "From;To;Year;Value\nKazakhstan;Türkiye;2023;3943,3\nRUS;Kazakhstan;2023;16847,0\n"
HOW = Mapped(
    "flows",
    {"exporter": "From", "importer": "To", "year": "Year", "value": "Value"},
    {"unit": "million USD", "flow": "exports"},
)


def written(tmp_path: Path, text: str, name: str = "mine.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_a_trade_table_with_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    made = loaded(written(tmp_path, TRADE), HOW)
    rows = made.tables["flows"].select("state", "partner", "year", "flow", "value", "unit")
    assert rows.rows() == [
        ("KAZ", "TUR", 2023, "exports", 3943.3e6, "USD"),
        ("RUS", "KAZ", 2023, "exports", 16847e6, "USD"),
    ]
    assert made.tables["flows"]["locator"].to_list() == ["mine.csv: row 2", "mine.csv: row 3"]
    assert made.origin.source == "mine"
    assert made.origin.sha256 is not None
    assert set(made.tables["flows"]["source"]) == {made.origin.id}


def test_without_a_flow_exporter_and_importer_are_both_sides(tmp_path: Path) -> None:
    how = Mapped("flows", HOW.columns, {"unit": "USD"})
    found = loaded(written(tmp_path, TRADE), how).tables["flows"]
    assert sorted(found.select("state", "flow", "partner").rows()) == [
        ("KAZ", "exports", "TUR"),
        ("KAZ", "imports", "RUS"),
        ("RUS", "exports", "KAZ"),
        ("TUR", "imports", "KAZ"),
    ]


def test_imports_are_of_the_importer(tmp_path: Path) -> None:
    how = Mapped("flows", HOW.columns, {"unit": "USD", "flow": "imports"})
    found = loaded(written(tmp_path, TRADE), how).tables["flows"]
    assert found.select("state", "flow", "partner").rows() == [
        ("TUR", "imports", "KAZ"),
        ("KAZ", "imports", "RUS"),
    ]


def test_the_same_table_in_every_kind_of_file(tmp_path: Path) -> None:
    frame = pl.DataFrame({"From": ["KAZ"], "To": ["TUR"], "Year": [2023], "Value": [3.5]})
    paths = [
        tmp_path / name for name in ("a.csv", "a.tsv", "a.parquet", "a.csv.gz", "a.xlsx", "a.dta")
    ]
    frame.write_csv(paths[0])
    frame.write_csv(paths[1], separator="\t")
    frame.write_parquet(paths[2])
    paths[3].write_bytes(gzip.compress(paths[0].read_bytes()))
    pytest.importorskip("xlsxwriter")
    frame.write_excel(paths[4])
    frame.to_pandas().to_stata(paths[5], write_index=False)
    sixteen = tmp_path / "wide.csv"
    sixteen.write_bytes(paths[0].read_text("utf-8").encode("utf-16"))
    for path in (*paths, sixteen):
        found = loaded(path, HOW).tables["flows"]
        assert found.select("state", "partner", "year", "value").rows() == [
            ("KAZ", "TUR", 2023, 3.5e6)
        ], path.name


def test_a_frame_is_data_too() -> None:
    frame = pl.DataFrame({"state": ["Kazakistan"], "year": [2024], "value": [19.9]})
    how = Mapped("indicators", {}, {"indicator": "population", "unit": "million"}, name="My Book")
    made = loaded(frame, how)
    assert made.origin.source == "my_book"
    row = made.tables["indicators"].select("state", "indicator", "year", "value", "unit").row(0)
    assert row == ("KAZ", "population", 2024, 19.9, "million")


def test_votes_bring_their_roll_calls() -> None:
    frame = pl.DataFrame({"rollcall": ["1", "1"], "state": ["KAZ", "TUR"], "choice": ["yes", "no"]})
    made = loaded(frame, Mapped("votes", {}, {"year": "2025"}))
    assert made.tables["votes"].height == 2
    assert made.tables["rollcalls"].select("rollcall", "year", "kind").rows() == [
        ("1", 2025, "unknown")
    ]


def test_an_organisation_of_ones_own() -> None:
    frame = pl.DataFrame({"organisation": ["Almaty Club", "ШОС"], "state": ["KAZ", "KAZ"]})
    how = Mapped("memberships", {}, {"start": "2015-11-01"})
    found = loaded(frame, how).tables["memberships"]
    assert found["organisation"].to_list() == ["Almaty Club", "SCO"]
    assert found["status"].to_list() == ["member", "member"]


CASES: list[tuple[str, Mapped, type[MultivectorError], str]] = [
    (TRADE.replace("Türkiye", "Atlantis"), HOW, UnknownName, r"1 of 2 rows name no state: 'Atl"),
    (TRADE.replace("Türkiye", "EU"), HOW, UnknownName, r"'EU' \(1\)"),
    (
        TRADE.replace("2023", "2023/24"),
        HOW,
        BadValue,
        "2 rows have no good year: '2023/24' in row 2",
    ),
    (TRADE.replace("3943,3", "-3"), HOW, BadValue, "expected flows of 0 or more"),
    (TRADE.replace("3943,3", "a lot"), HOW, BadValue, "'a lot' in row 2; expected a number"),
    (
        TRADE + "KAZ;TUR;2023;1\n",
        HOW,
        SchemaError,
        r"stands twice, first KAZ, TUR, 2023.*rows 2, 4",
    ),
    (TRADE, Mapped("flows", {"exporter": "Seller"}, {}), BadValue, "no column Seller; its columns"),
    (TRADE, Mapped("flows", HOW.columns, {}), BadValue, "no column is told to be unit"),
    (
        TRADE,
        Mapped("flows", HOW.columns, {"unit": "USD", "flow": "gas"}),
        BadValue,
        "expected one of ex",
    ),
    ("", HOW, UnreadableFile, "mine.csv"),
    ("From;To;Year;Value\n", HOW, UnreadableFile, "holds no rows"),
    ("From;To;Year;Value\nKAZ;TUR\n1;2;3;4;5;6\n", HOW, UnreadableFile, "cannot be read"),
]


@pytest.mark.parametrize(("text", "how", "kind", "told"), CASES)
def test_what_is_wrong_is_one_line(
    text: str, how: Mapped, kind: type[MultivectorError], told: str, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=told) as caught:
        loaded(written(tmp_path, text), how)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"table": "nothing"}, UnknownName),
        ({"table": "flows", "columns": {"vallue": "x"}}, BadValue),
        ({"table": "flows", "constants": {"colour": "x"}}, BadValue),
    ],
)
def test_a_mapping_that_is_none(told: dict[str, object], kind: type[MultivectorError]) -> None:
    with pytest.raises(kind, match="expected one of"):
        Mapped(**told)  # type: ignore[arg-type]


def test_rows_may_be_left_out_and_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, TRADE.replace("Türkiye", "World"))
    how = Mapped("flows", HOW.columns, HOW.constants, accept_loss=True)
    made = loaded(path, how)
    assert made.tables["flows"].height == 1
    assert ("rows whose state is not known, left out", 1, "'World' (1)") in made.report.rows()


def test_names_mean_what_the_user_says(tmp_path: Path) -> None:
    path = written(tmp_path, TRADE.replace("Türkiye", "TR (incl. Cyprus)"))
    assert unmatched(path, HOW).select("column", "name", "rows").rows() == [
        ("target", "TR (incl. Cyprus)", 1)
    ]
    how = Mapped("flows", HOW.columns, HOW.constants, custom={"TR (incl. Cyprus)": "TUR"})
    assert unmatched(path, how).is_empty()
    assert loaded(path, how).tables["flows"]["partner"].to_list() == ["TUR", "KAZ"]


def test_a_file_that_changed_since_it_was_looked_at(tmp_path: Path) -> None:
    path = written(tmp_path, TRADE)
    digest = loaded(path, HOW).origin.sha256
    written(tmp_path, TRADE + "KAZ;CHN;2023;1\n")
    with pytest.raises(UnreadableFile, match="has changed since"):
        loaded(path, HOW, expected=digest)


def test_another_encoding_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, TRADE.replace("Türkiye", "Турция"), encoding="cp1251")
    with pytest.raises(UnreadableFile, match="name its own with --encoding"):
        loaded(path, HOW)
    how = Mapped("flows", HOW.columns, HOW.constants, encoding="cp1251")
    assert loaded(path, how).tables["flows"]["partner"].to_list() == ["TUR", "KAZ"]
    with pytest.raises(BadValue, match="there is no encoding"):
        loaded(path, Mapped("flows", HOW.columns, HOW.constants, encoding="nonsense"))


def test_a_mapping_is_remembered_beside_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, TRADE)
    assert own.remembered(path) is None
    beside = tmp_path / "mine.csv.toml"
    beside.write_text(
        """table = "flows"
[columns]
exporter = "From"
importer = "To"
year = "Year"
value = "Value"
[constants]
unit = "million USD"
flow = "exports"
""",
        encoding="utf-8",
    )
    assert own.remembered(path) == HOW
    for broken in ("table = ", 'nothing = "flows"', 'table = "flows"\ncolumns = "x"'):
        beside.write_text(broken, encoding="utf-8")
        with pytest.raises(BadValue, match=r"mine\.csv\.toml"):
            own.remembered(path)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_one_line(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine"
        path.write_bytes(content)
        with pytest.raises(MultivectorError) as caught:
            loaded(path, HOW)
        assert len(str(caught.value).splitlines()) == 1
