"""One contract for every measure and every source that is found; nothing is listed by hand."""

from __future__ import annotations

import doctest
import inspect
import math
import re
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from multivector import sources
from multivector.errors import MultivectorError
from multivector.measures import Measure, catalogue
from multivector.sources import Loaded
from multivector.tables import RECORDS
from tests.panels import panel

SPECIMENS = Path(__file__).parent / "specimens"
ANSWERS: dict[str, Any] = {
    "state": "KAZ",
    "states": ("KAZ", "TUR", "UZB"),
    "poles": ("RUS", "CHN", "USA"),
    "organisation": "EAEU",
    "year": 2014,
    "weights": (4, 2, 1),
    "quota": 4,
    "scores": ("d1=-1", "d2=1"),
}
LIGHT: dict[str, Any] = {"sweeps": 30, "burn": 10, "chains": 1, "draws": 20, "permutations": 50}
MEASURES = list(catalogue().values())
SECTIONS = ("Parameters\n----------", "Returns\n-------", "References\n----------", "Examples\n---")
by_name = pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.name)


def options(measure: Measure) -> dict[str, Any]:
    needed = {
        key: ANSWERS[key]
        for key, option in measure.options.items()
        if option.required or (key == "organisation" and option.default is None)
    }
    light = {k: v for k, v in LIGHT.items() if k in measure.options}
    return {**needed, **light}


def run(measure: Measure, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    answer = measure.function(**frames, **options(measure))
    frame = answer if measure.main is None else getattr(answer, measure.main)
    assert isinstance(frame, pl.DataFrame)
    return frame


def run_or_refuse(measure: Measure, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    try:
        return run(measure, frames)
    except MultivectorError as error:
        message = str(error)
    assert "expected" in message
    return measure.output.empty()


def same(measure: Measure, first: pl.DataFrame, second: pl.DataFrame) -> None:
    key = list(measure.output.key)
    first, second = first.sort(key), second.sort(key)
    assert first.select(key).equals(second.select(key))
    for column in measure.output.columns:
        if column.kind != "number":
            continue
        for a, b in zip(first[column.name], second[column.name], strict=True):
            assert (a is None) == (b is None)
            assert a is None or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def inputs(measure: Measure) -> dict[str, pl.DataFrame]:
    """Return the panels a measure takes; a summary only where what it sums up is none."""
    names = {table.name for table in measure.inputs.values()}
    whole = {p: t for p, t in measure.inputs.items() if t.summary_of not in names}
    made = {parameter: panel(table) for parameter, table in whole.items()}
    made |= {p: t.empty() for p, t in measure.inputs.items() if p not in whole}
    return {k: f for k, f in made.items() if f.height or k not in measure.optional}


def test_there_are_measures_and_sources() -> None:
    assert len(MEASURES) >= 80
    assert len(sources.names()) >= 25
    assert len([m for m in MEASURES if m.club]) >= 3
    assert len([m for m in MEASURES if m.own]) >= 3


@by_name
def test_signature(measure: Measure) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", measure.name)
    for parameter in inspect.signature(measure.function).parameters.values():
        assert parameter.kind is not inspect.Parameter.VAR_KEYWORD
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            assert parameter.name in measure.inputs, f"{parameter.name} is not a record table"
    missing = [k for k, option in measure.options.items() if option.required and k not in ANSWERS]
    assert not missing, f"say in ANSWERS what a test should give for {missing}"


@by_name
def test_docstring(measure: Measure) -> None:
    text = inspect.getdoc(measure.function) or ""
    assert measure.summary.endswith("."), "the summary reads as a sentence"
    for section in SECTIONS:
        assert section in text, f"{measure.name} lacks {section.splitlines()[0]}"
    told = text.split("Parameters\n----------", 1)[1].split("Returns\n-------", 1)[0]
    heads = [line.split(" : ")[0] for line in told.splitlines() if line and line[0] != " "]
    explained = {name.strip() for head in heads for name in head.split(",")}
    unexplained = {*measure.inputs, *measure.options} - explained
    assert not unexplained, f"Parameters does not explain {sorted(unexplained)}"
    returns = text.split("Returns\n-------", 1)[1].split("\n\n", 1)[0].casefold()
    assert "null" in returns, "Returns says when the value is null"
    assert measure.references, "at least one reference"
    assert any(re.search(r"\b(1[89]|20)\d\d\b", line) for line in measure.references)


@by_name
def test_output_is_the_declared_table(measure: Measure) -> None:
    frames = inputs(measure)
    before = {name: frame.clone() for name, frame in frames.items()}
    found = run(measure, frames)
    assert found.columns == [column.name for column in measure.output.columns]
    for column in measure.output.columns:
        dtype = found[column.name].dtype
        if column.kind == "number":
            assert dtype == pl.Float64, f"{column.name} is {dtype}"
            values = found[column.name].drop_nulls().to_list()
            assert all(math.isfinite(value) for value in values), f"{column.name} is not finite"
        if not column.nullable:
            assert found[column.name].null_count() == 0, f"nulls in {column.name}"
    assert not found.select(measure.output.key).is_duplicated().any()
    for name, frame in frames.items():
        assert frame.equals(before[name]), f"{name} was changed"


@by_name
def test_order_of_rows_does_not_matter(measure: Measure) -> None:
    frames = inputs(measure)
    shuffled = {k: f.sample(fraction=1.0, shuffle=True, seed=3) for k, f in frames.items()}
    first, second = run(measure, frames), run(measure, shuffled)
    same(measure, first, second)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.club], ids=lambda m: m.name)
def test_an_organisations_rows_are_enough_where_it_says_so(measure: Measure) -> None:
    frames, asked = inputs(measure), {**options(measure), "organisation": "EAEU"}
    narrow = {
        name: frame.filter(pl.col("organisation") == "EAEU") if name in measure.club else frame
        for name, frame in frames.items()
    }
    whole, part = measure.function(**frames, **asked), measure.function(**narrow, **asked)
    assert isinstance(whole, pl.DataFrame)
    same(measure, whole, part)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.own], ids=lambda m: m.name)
def test_own_rows_are_enough_where_it_says_so(measure: Measure) -> None:
    frames = inputs(measure)
    narrow = dict(frames)
    for name in measure.own & frames.keys():
        columns = [c for c in ("state", "pole") if c in frames[name].columns]
        narrow[name] = frames[name].filter(pl.any_horizontal(pl.col(columns) == "KAZ"))
    whole, part = run(measure, frames), run(measure, narrow)
    columns = [c for c in ("state", "state_a", "state_b") if c in whole.columns]
    own = pl.any_horizontal(pl.col(columns) == "KAZ")
    same(measure, whole.filter(own), part.filter(own))


@by_name
def test_no_rows_give_no_rows_or_a_clear_error(measure: Measure) -> None:
    empty = {parameter: table.empty() for parameter, table in measure.inputs.items()}
    found = run_or_refuse(measure, empty)
    assert found.is_empty() or found["value"].null_count() == found.height


@by_name
def test_one_state_alone_is_no_crash(measure: Measure) -> None:
    frames = {
        name: frame.filter(pl.col("state") == "KAZ") if "state" in frame.columns else frame
        for name, frame in inputs(measure).items()
    }
    run_or_refuse(measure, frames)


@by_name
def test_n_stands_beside_value(measure: Measure) -> None:
    """A figure without the number of cases it rests on, or a null without a reason, is refused."""
    columns = {column.name: column for column in measure.output.columns}
    if "value" not in columns:
        assert "source" in columns, "what gives no value gives records, and they name their source"
        return
    assert columns["value"].kind == "number"
    assert columns["n"].kind == "integer"
    found = run(measure, inputs(measure))
    assert found["n"].null_count() == 0
    assert (found["n"] >= 0).all()
    nothing = found.filter(pl.col("n") == 0)
    assert nothing["value"].null_count() == nothing.height, "of no cases there is no value"


def test_most_measures_have_an_answer_here() -> None:
    """What the panel gives no row of is hardly tested; each has its reason."""
    empty = {m.name for m in MEASURES if run(m, inputs(m)).is_empty()}
    reasons = {
        "agreement_changes": "four years hold no change",
        "bridges_from_titles": "no title stands twice",
        "change_points": "four years hold no change",
        "dispersion": "it compares the members of an organisation, and none is named",
    }
    assert empty == reasons.keys()


@by_name
def test_example_calls_the_measure(measure: Measure) -> None:
    """That it runs, tests/test_docs.py shows with those of all other modules."""
    (found,) = doctest.DocTestFinder(recurse=False).find(measure.function, measure.name, globs={})
    calls = [e for e in found.examples if re.search(rf"\b{measure.function.__name__}\(", e.source)]
    assert calls, f"the example of {measure.name} does not call it"
    assert any(example.want for example in found.examples), "an example shows what comes out"


# --- sources: every specimen against the records a person read from it


def specimens(folder: Path) -> list[Path]:
    """Return the producers' files, or folders of files; beside each stands what they hold."""
    return sorted(p for p in folder.iterdir() if p.suffix != ".md" and ".expected." not in p.name)


def owner(path: Path) -> str:
    return path.name.split(".")[0].split("-")[0]


def expectations(specimen: Path) -> dict[str, Path]:
    """Return the expected records by table: ``x.csv`` has ``x.expected.flows.tsv`` beside it."""
    stem = specimen.name if specimen.is_dir() else specimen.stem
    start, end = f"{stem}.expected.", ".tsv"
    beside = (p for p in specimen.parent.iterdir() if p.name.startswith(start))
    return {p.name.removeprefix(start).removesuffix(end): p for p in sorted(beside)}


def without(names: Iterable[str], folder: Path) -> list[str]:
    """Return what is missing: sources without a specimen, specimens without an expectation."""
    found, known = specimens(folder), set(names)
    owned = {owner(path) for path in found}
    expected = {p for path in found for p in expectations(path).values()}
    return [
        *(f"{name} has no specimen" for name in sorted(known - owned)),
        *(f"{path.name} is of no source" for path in found if owner(path) not in known),
        *(f"{path.name} has no expectation" for path in found if not expectations(path)),
        *(
            f"{p.name} is of no specimen"
            for p in sorted(folder.glob("*.expected.*"))
            if p not in expected
        ),
    ]


def differences(loaded: Loaded, expected: dict[str, Path]) -> list[str]:
    """Return where the records read and the records expected differ, whole tables compared."""
    said = [f"{name} is read or expected alone" for name in loaded.tables.keys() ^ expected.keys()]
    for name in sorted(loaded.tables.keys() & expected.keys()):
        frame = loaded.tables[name]
        if set(frame["source"]) - {loaded.origin.id}:
            said.append(f"{name}: rows of another release")
        frame = frame.drop("source")
        header = expected[name].read_text(encoding="utf-8").splitlines()[0].split("\t")
        if header != frame.columns:
            said.append(f"{name}: columns {header}, read {frame.columns}")
            continue
        wanted = pl.read_csv(
            expected[name], separator="\t", quote_char=None, schema=dict(frame.schema)
        )
        if not frame.sort(frame.columns).equals(wanted.sort(frame.columns)):
            said.append(f"{name}: {frame.height} rows read, {wanted.height} expected, not the same")
    return said


@cache
def loaded_specimen(path: Path) -> Loaded:
    return sources.load(path, extract=True)


FILES = specimens(SPECIMENS)
by_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


@pytest.mark.parametrize("name", sources.names())
def test_source(name: str) -> None:
    module = sources.module(name)
    assert module.RELEASES, f"{name} has no release"
    records = {table.name for table in RECORDS}
    assert module.EXPECT.keys() <= records
    for origin in module.RELEASES:
        assert origin.source == name
        for field in ("version", "title", "producer", "citation", "url", "licence", "retrieved"):
            assert getattr(origin, field), f"{origin.id}: {field} is empty"
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", origin.retrieved)
    given = {t for path in FILES if owner(path) == name for t in loaded_specimen(path).tables}
    assert given >= module.EXPECT.keys(), f"no specimen of {name} gives every table it expects"


def test_every_source_has_a_specimen_and_every_specimen_an_expectation() -> None:
    assert without(sources.names(), SPECIMENS) == []


@by_file
def test_a_specimen_is_recognised_and_gives_the_expected_records(path: Path) -> None:
    assert sources.recognise(path) == owner(path)
    assert differences(loaded_specimen(path), expectations(path)) == []


def altered(cell: str, dtype: pl.DataType) -> str:
    """Return another value a column of that type can hold."""
    if dtype == pl.Boolean:
        return "false" if cell == "true" else "true"
    return "98765" if dtype.is_numeric() else "ALTERED"


@by_file
def test_any_cell_row_column_or_table_that_is_wrong_is_seen(path: Path, tmp_path: Path) -> None:
    """The comparison can fail: a fault in any place of an expectation is found."""
    loaded, expected = loaded_specimen(path), expectations(path)
    for table, file in expected.items():
        copy = tmp_path / file.name
        seeded = {**expected, table: copy}
        text = file.read_text(encoding="utf-8")
        head, *rows = text.splitlines()
        names = head.split("\t")
        faults = [f"{head.replace(names[0], 'wrong', 1)}\n" + "\n".join(rows)]
        for place, name in enumerate(names if rows else ()):
            at = place % len(rows)
            cells = rows[at].split("\t")
            cells[place] = altered(cells[place], loaded.tables[table].schema[name])
            faults.append("\n".join([head, *rows[:at], "\t".join(cells), *rows[at + 1 :]]))
        if rows:
            faults += ["\n".join([head, *rows[:-1]]), "\n".join([head, *rows, rows[0]])]
        for fault in faults:
            copy.write_text(fault + "\n", encoding="utf-8")
            assert differences(loaded, seeded), f"{file.name}: not seen:\n{fault[:300]}"
        rest = {name: other for name, other in expected.items() if name != table}
        assert differences(loaded, rest), f"{file.name} may be absent"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    for name in ("baci.csv", "baci.expected.flows.tsv", "lowy-2019.csv"):
        shutil.copy(SPECIMENS / name, tmp_path / name)
    (tmp_path / "itpd.expected.flows.tsv").write_text("state\n", encoding="utf-8")
    assert without(("baci", "lowy", "wdi"), tmp_path) == [
        "wdi has no specimen",
        "lowy-2019.csv has no expectation",
        "itpd.expected.flows.tsv is of no specimen",
    ]
    assert without(("baci",), tmp_path)[0] == "lowy-2019.csv is of no source"
