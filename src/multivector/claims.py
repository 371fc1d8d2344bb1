"""Claims of the literature, put to the test: what a text says, the computation, a verdict.

A claim is a row of a table that a person can edit: where the text says it, the claim in one's own
words, and one or more tests. A test names a measure with its options, or none; a question in SQL
over the measure's answer (``result``) or the record tables, which gives one value, ``found``; and a
predicate over ``found``. Several tests of one claim are several definitions of its words: where
they disagree, so does the verdict. Without a measure, the options choose the rows of the record
tables: ``years``, and the name of a table for its source, as in ``{"flows": "cow_trade"}``.

A text is not checked against itself: rows whose source is the text are left out of what a question
can see.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from multivector import sources
from multivector.errors import (
    BadValue,
    MissingData,
    MultivectorError,
    SchemaError,
    UnknownName,
    UnreadableFile,
    choices,
    nearest,
)
from multivector.measures import catalogue
from multivector.study import world
from multivector.study.engine import Engine
from multivector.study.options import year_range
from multivector.study.sql import Limits, Session
from multivector.tables import RECORDS

Word = Literal["holds", "fails", "depends on the definition", "cannot be tested"]
HOLDS: Word = "holds"
FAILS: Word = "fails"
DEPENDS: Word = "depends on the definition"
UNTESTED: Word = "cannot be tested"
VERDICTS = (HOLDS, FAILS, DEPENDS, UNTESTED)

COLUMNS = (
    "claim",
    "paper",
    "record",
    "locator",
    "start",
    "end",
    "statement",
    "claimed",
    "definition",
    "measure",
    "options",
    "question",
    "predicate",
    "needs",
)
_ABOUT = COLUMNS[1:8]
_TRIAL = ("definition", "measure", "options", "question", "predicate")
_FOUND = ("found", "holds", "reason", "run", "sources")
_LIMITS = Limits(seconds=10)
_RECORD_NAMES = frozenset(table.name for table in RECORDS)


@dataclass(frozen=True)
class Trial:
    """One definition of a claim: measure and options, question, predicate, sources needed."""

    definition: str
    measure: str | None
    options: Mapping[str, Any]
    question: str | None
    predicate: str | None
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """What a text says, where, and the tests of it."""

    claim: str
    paper: str
    record: str | None
    locator: str
    start: int | None
    end: int | None
    statement: str
    claimed: str | None
    tests: tuple[Trial, ...]


@dataclass(frozen=True)
class Finding:
    """What a test gave: the value found, whether the claim holds by it, or why it could not run."""

    test: Trial
    found: Any
    holds: bool | None
    reason: str | None
    run: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """A claim, its findings and the word that sums them up."""

    claim: Claim
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Word:
        """Return whether the claim holds, fails, depends on the definition or is untested."""
        answers = {finding.holds for finding in self.findings} - {None}
        if len(answers) != 1:
            return DEPENDS if answers else UNTESTED
        return HOLDS if answers.pop() else FAILS

    @property
    def explanation(self) -> str:
        """Return in a line what each definition found, and what hindered the others."""
        return "; ".join(_explained(finding) for finding in self.findings)

    @property
    def command(self) -> str | None:
        """Return the command that would add what an untested definition needs; null if nothing."""
        missing = [f for f in self.findings if f.holds is None]
        needed = dict.fromkeys(name for f in missing for name in f.test.needs)
        known = [name for name in needed if name in sources.names()]
        if not known:
            return None
        where = "; ".join(f"{name}: {sources.module(name).RELEASES[0].url}" for name in known)
        return f"multivector --study DIR data add FILE ({where})"


def read_claims(path: str | Path | None = None) -> list[Claim]:
    """Return the claims of a table, or those on the five papers that the package carries.

    Parameters
    ----------
    path : str or Path, optional
        A tab-separated file with the columns of `COLUMNS`; rows after a claim's first may leave
        paper to claimed empty.

    Raises
    ------
    UnreadableFile
        If the file cannot be read.
    SchemaError
        If a column is absent or a row cannot be understood; names the claim.

    Examples
    --------
    >>> sorted({claim.paper for claim in read_claims()})
    ['000', '001', '002', '003', '004']
    """
    frame = world.read("claims.tsv") if path is None else _tsv(Path(path))
    absent = [name for name in COLUMNS if name not in frame.columns]
    if absent:
        raise SchemaError(
            f"the table of claims has no column {choices(absent)}; expected the columns "
            f"{choices(COLUMNS, 20)}; add what is absent"
        )
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in frame.select(COLUMNS).iter_rows(named=True):
        if not row["claim"]:
            raise SchemaError(
                "a row of the table of claims names no claim; expected an identifier in the "
                "column claim; fill it in"
            )
        rows.setdefault(row["claim"], []).append(row)
    return [_claim(name, found) for name, found in rows.items()]


def check(
    workspace: Engine, paper: str | None = None, *, file: str | Path | None = None
) -> list[Verdict]:
    """Return a verdict on each claim, from what the workspace has.

    Parameters
    ----------
    workspace : Workspace
        Embedded data, and what the study has installed.
    paper : str, optional
        The claims of one text, or one claim by its identifier.
    file : str or Path, optional
        A table of one's own claims; those on the five papers if not given.

    Raises
    ------
    UnknownName
        If there is no claim on the paper.

    Examples
    --------
    >>> import multivector as mv
    >>> [v.verdict for v in check(mv.Workspace(), "000-C01")]
    ['holds']
    """
    claims = read_claims(file)
    if paper is not None:
        chosen = [c for c in claims if paper in (c.paper, c.claim)]
        if not chosen:
            papers = sorted({c.paper for c in claims})
            raise UnknownName(
                f"there are no claims on {paper!r}; nearest: "
                f"{choices(nearest(paper, [c.claim for c in claims])) or 'none'}; expected one of "
                f"{choices(papers)} or a claim; correct the name"
            )
        claims = chosen
    with Session(limits=_LIMITS) as session:
        bench = _Bench(workspace, session)
        return [Verdict(c, tuple(bench.run(c, test) for test in c.tests)) for c in claims]


def table(verdicts: Iterable[Verdict]) -> pl.DataFrame:
    """Return one row a claim: where it stands, what it says, the verdict and why."""
    own = ("claim", "paper", "locator", "statement", "claimed")
    rows = [
        (*(getattr(v.claim, name) for name in own), v.verdict, v.explanation, v.command)
        for v in verdicts
    ]
    schema = dict.fromkeys((*own, "verdict", "found", "command"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def as_records(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Return everything about the verdicts as plain values, for JSON."""
    return [
        {
            **{name: getattr(v.claim, name) for name in COLUMNS[:8]},
            "verdict": v.verdict,
            "tests": [
                {name: _plain(f.test, name) for name in _TRIAL}
                | {name: _plain(f, name) for name in _FOUND}
                for f in v.findings
            ],
            "command": v.command,
        }
        for v in verdicts
    ]


def _plain(of: object, name: str) -> Any:
    value = getattr(of, name)
    return list(value) if isinstance(value, tuple) else value


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Return how many claims got each verdict."""
    words = [v.verdict for v in verdicts]
    return {word: words.count(word) for word in VERDICTS}


def _tsv(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"{path.name} cannot be read ({str(error).splitlines()[0]}); expected a table of "
            "claims, tab-separated, UTF-8, with a header; correct the file or its name"
        ) from error


def _claim(name: str, rows: list[dict[str, Any]]) -> Claim:
    first = rows[0]
    empty = [column for column in ("paper", "locator", "statement") if not first[column]]
    if empty:
        raise SchemaError(
            f"claim {name} has no {choices(empty)}; expected them in its first row; fill them in"
        )
    differing = [c for c in _ABOUT for row in rows[1:] if row[c] not in (None, first[c])]
    if differing:
        raise SchemaError(
            f"claim {name} is given twice with a different {differing[0]}; expected one claim an "
            "identifier; give the other claim its own"
        )
    place = [_place(name, first[column]) for column in ("start", "end")]
    tests = tuple(_test(name, row) for row in rows)
    about = {column: first[column] for column in COLUMNS[1:4]}
    said = {column: first[column] for column in ("statement", "claimed")}
    return Claim(claim=name, start=place[0], end=place[1], tests=tests, **about, **said)


def _place(name: str, value: str | None) -> int | None:
    if value is None or value.isdigit():
        return None if value is None else int(value)
    raise SchemaError(
        f"claim {name} has the position {value!r}; expected a count of characters; correct it"
    )


def _test(name: str, row: dict[str, Any]) -> Trial:
    try:
        options = json.loads(row["options"] or "{}")
    except json.JSONDecodeError:
        options = None
    if not isinstance(options, dict):
        raise SchemaError(
            f"claim {name} has the options {row['options']!r}; expected a JSON object such as "
            '{"state": "KAZ"}; correct it'
        )
    if bool(row["question"]) != bool(row["predicate"]):
        raise SchemaError(
            f"claim {name} has a question or a predicate without the other; expected both, or "
            "neither where nothing can test the claim; add the one that is absent"
        )
    needs = tuple(filter(None, (row["needs"] or "").split(";")))
    definition = row["definition"] or row["measure"] or "as stated"
    return Trial(definition, row["measure"], options, row["question"], row["predicate"], needs)


def _explained(finding: Finding) -> str:
    label = finding.test.definition
    if finding.holds is None:
        return f"{label}: {finding.reason}"
    return f"{label}: {_shown(finding.found)}, {HOLDS if finding.holds else FAILS}"


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e6 else f"{value:.4g}"
    return str(value)


class _Bench:
    """Runs tests in a workspace; the same computation is made once."""

    def __init__(self, workspace: Engine, session: Session) -> None:
        self.workspace = workspace
        self.session = session
        self._answers: dict[str, tuple[pl.DataFrame, str, tuple[str, ...]]] = {}
        self._tables: dict[str, pl.DataFrame] = {}

    def run(self, claim: Claim, test: Trial) -> Finding:
        if not test.question:
            return Finding(test, None, None, "no data set that is read has it", None, ())
        try:
            frames, run, used = self._frames(claim, test)
            found, holds = _ask(self.session, test, frames)
        except MultivectorError as error:
            return Finding(test, None, None, str(error).split(";")[0], None, ())
        reason = None if holds is not None else "no rows at hand answer it"
        return Finding(test, found, holds, reason, run, used)

    def _frames(
        self, claim: Claim, test: Trial
    ) -> tuple[dict[str, pl.DataFrame], str | None, tuple[str, ...]]:
        frames: dict[str, pl.DataFrame] = {}
        run, used = None, set[str]()
        if test.measure:
            frames["result"], run, releases = self._compute(test.measure, test.options)
            used |= set(releases)
        named = re.findall(r"\b(?:from|join)\s+([a-z_]+)", test.question or "", re.IGNORECASE)
        words = set(named)
        for name in sorted(words & _RECORD_NAMES):
            frames[name] = self._table(name, test, claim.paper)
            used |= set(_releases(frames[name]))
        for name in sorted(word for word in words if word.startswith("casebook_")):
            frames[name] = self._tables.setdefault(name, world.read(f"{name}.tsv"))
            used.add(f"paper@{claim.paper}")
        return frames, run, tuple(sorted(used))

    def _table(self, name: str, test: Trial, paper: str) -> pl.DataFrame:
        years = None if test.measure else year_range(test.options.get("years"))
        source = None if test.measure else test.options.get(name)
        key = json.dumps([name, years, source, paper])
        if key not in self._tables:
            chosen = self.workspace.table(name, years=years, source=source)
            self._tables[key] = _others(chosen.frame, paper)
        return self._tables[key]

    def _compute(
        self, measure: str, options: Mapping[str, Any]
    ) -> tuple[pl.DataFrame, str, tuple[str, ...]]:
        if measure not in catalogue():
            raise MissingData(f"the measure {measure} is not in this version; expected a later one")
        key = json.dumps([measure, dict(options)], sort_keys=True)
        if key not in self._answers:
            result = self.workspace.compute(measure, **options)
            self._answers[key] = result.frame, result.run.id, result.run.releases
        return self._answers[key]


def _others(frame: pl.DataFrame, paper: str) -> pl.DataFrame:
    """Return the rows that do not rest on the text whose claim is checked."""
    if "source" not in frame.columns:
        return frame
    return frame.filter(pl.col("source") != f"paper@{paper}")


def _releases(frame: pl.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(frame["source"].unique())) if "source" in frame.columns else ()


def _ask(session: Session, test: Trial, frames: dict[str, pl.DataFrame]) -> tuple[Any, bool | None]:
    sql = (
        f"SELECT found, CAST(({test.predicate}) AS BOOLEAN) AS holds "
        f"FROM (SELECT ({test.question}) AS found)"
    )
    answer = session.ask(sql, frames)
    if answer.height != 1:
        raise BadValue(
            f"the question {test.question!r} gives {answer.height} values; expected one; "
            "aggregate, as in SELECT sum(n) FROM result"
        )
    found, holds = answer.row(0)
    return found, holds
