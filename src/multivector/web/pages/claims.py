"""Claims: what the literature says, each put to the test, with the verdict and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector import claims as literature
from multivector.cache import Memory
from multivector.content.model import Computation, Fact, Reference
from multivector.errors import UnknownName, choices, nearest
from multivector.web.page import Field, Link, Page, Query, Route, numbered
from multivector.web.repeat import command, written
from multivector.words import mark, say
from multivector.words.figures import number, whole

if TYPE_CHECKING:
    from multivector.claims import Finding, Verdict
    from multivector.provenance import Origin
    from multivector.workspace import Workspace

__all__ = ["ROUTES"]

_VERDICTS = {
    literature.HOLDS: ("holds", "✓", mark("holds")),
    literature.FAILS: ("fails", "✗", mark("fails")),
    literature.DEPENDS: ("depends", "±", mark("depends on the definition")),
    literature.UNTESTED: ("untested", "?", mark("cannot be tested")),
}
_KEYS = {key: word for word, (key, _, _) in _VERDICTS.items()}
_KEPT = Memory(100)


def claims(query: Query) -> Page:
    """Return the claims of the literature with their verdicts."""
    workspace = query.workspace
    papers = _papers(workspace)
    paper, word = query.one_of("paper", papers), query.one_of("verdict", _KEYS)
    asked = [paper] if paper else list(papers)
    every = _checked(workspace, paper)
    found = [v for v in every if word is None or v.verdict == _KEYS[word]]
    cited = [f"paper@{name}" for name in asked]
    return Page(
        say("Claims of the literature"),
        lead=say(
            "What five papers state, put to the test against the records. A paper is not checked "
            "against itself; where definitions differ, so may the verdict."
        ),
        facts=_counted(every),
        frames={"claims": literature.table(found)},
        references=_references(workspace.origins(), cited),
        command=f"multivector check{f' {paper}' if paper else ''} --to json",
        python=_python(paper),
        template="claims.html.j2",
        shown={
            "rows": [_row(v) for v in found],
            "papers": [(name, f"{name} {title}") for name, title in papers.items()],
            "verdicts": [(key, say(title)) for key, _, title in _VERDICTS.values()],
            "asked": {"paper": paper, "verdict": word},
            "total": len(every),
        },
        extra={"claims": literature.as_records(found), "counts": literature.counts(every)},
    )


def _papers(workspace: Workspace) -> dict[str, str]:
    """Return the papers that have claims, with their titles."""
    origins = workspace.origins()
    names = sorted({claim.paper for claim in literature.read_claims()})
    titles = {name: origins.get(f"paper@{name}") for name in names}
    return {name: "" if o is None else o.title for name, o in titles.items()}


def _checked(workspace: Workspace, paper: str | None) -> tuple[Verdict, ...]:
    """Return the verdicts on a paper's claims or on all, made once for the data sets at hand."""
    home = str(workspace.path), "" if workspace.path is None else workspace.store.stamp()
    whole = _KEPT.peek((*home, None))
    if paper is not None and whole is not None:
        return tuple(v for v in whole if v.claim.paper == paper)
    return _KEPT.keep((*home, paper), lambda: tuple(literature.check(workspace, paper)))


def _counted(verdicts: Sequence[Verdict]) -> tuple[Fact, ...]:
    counts = literature.counts(verdicts)
    return tuple(
        Fact(f"{sign} {say(title)}", whole(counts[word]), "")
        for word, (_, sign, title) in _VERDICTS.items()
    )


def _row(verdict: Verdict) -> dict[str, Any]:
    claim = verdict.claim
    key, sign, title = _VERDICTS[verdict.verdict]
    return {
        "claim": claim.claim,
        "paper": claim.paper,
        "source": f"paper@{claim.paper}",
        "locator": claim.locator,
        "statement": claim.statement,
        "claimed": claim.claimed or "",
        "found": [_shown(f.found) for f in verdict.findings if f.found is not None],
        "each": [
            (f.test.definition, _shown(f.found)) for f in verdict.findings if f.found is not None
        ],
        "why": next((f.reason for f in verdict.findings if f.reason), ""),
        "key": key,
        "sign": sign,
        "word": say(title),
    }


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "" if value is None else say("yes") if value else say("no")
    if isinstance(value, float):
        return number(value, 4)
    if isinstance(value, int):
        return str(value) if 1000 <= value <= 2100 else whole(value)
    return str(value)


def _python(paper: str | None) -> str:
    given = f", {paper!r}" if paper else ""
    return (
        "import multivector as mv\nfrom multivector import claims\n\n"
        f"claims.table(claims.check(mv.Workspace(){given}))"
    )


def claim(query: Query) -> Page:
    """Return one claim: where it stands, what it says, each test of it and what it gave."""
    workspace, name = query.workspace, query.path["claim"]
    known = {c.claim: c for c in literature.read_claims()}
    if name not in known:
        near = choices(nearest(name, known)) or "none"
        raise UnknownName(
            f"there is no claim {name[:40]!r}; nearest: {near}; see the list at /claims"
        )
    verdict = next(v for v in _checked(workspace, known[name].paper) if v.claim.claim == name)
    used = [s for f in verdict.findings for s in f.sources]
    cited = dict.fromkeys([f"paper@{known[name].paper}", *used])
    references = _references(workspace.origins(), list(cited))
    return Page(
        known[name].statement,
        kicker=say("Claim {claim}", claim=name),
        frames={"tests": _tests(verdict)},
        computations=_computations(verdict.findings),
        references=references,
        tabs=_beside(known, name),
        command=f"multivector check {name} --to json",
        python=_python(name),
        template="claim.html.j2",
        shown={
            "row": _row(verdict),
            "claim": known[name],
            "tests": [_test(f) for f in verdict.findings],
            "command": verdict.command,
        },
        extra={"claim": literature.as_records([verdict])[0]},
    )


def _beside(known: dict[str, Any], name: str) -> tuple[Link, ...]:
    """Return the list of claims, the claim before this one and the next."""
    names = list(known)
    at = names.index(name)
    near = [names[i] for i in (at - 1, at + 1) if 0 <= i < len(names)]
    return (
        Link(f"/claims?paper={known[name].paper}", say("All claims of the paper")),
        *(Link(f"/claims/{other}", other) for other in near),
    )


def _tests(verdict: Verdict) -> pl.DataFrame:
    rows = [
        (f.test.definition, f.test.measure, json.dumps(dict(f.test.options), ensure_ascii=False),
         f.test.question, f.test.predicate, None if f.found is None else str(f.found), f.holds,
         f.reason, f.run, "; ".join(f.sources))
        for f in verdict.findings
    ]  # fmt: skip
    names = ("definition", "measure", "options", "question", "predicate", "found")
    rest = ("reason", "run", "sources")
    schema = {**dict.fromkeys(names, pl.String), "holds": pl.Boolean}
    return pl.DataFrame(rows, schema=schema | dict.fromkeys(rest, pl.String), orient="row")


def _test(finding: Finding) -> dict[str, Any]:
    holds = {True: literature.HOLDS, False: literature.FAILS, None: literature.UNTESTED}
    key, sign, title = _VERDICTS[holds[finding.holds]]
    test = finding.test
    return {
        "definition": test.definition,
        "measure": test.measure,
        "options": [(name, written(value)) for name, value in test.options.items()],
        "question": test.question,
        "predicate": test.predicate,
        "found": _shown(finding.found),
        "reason": finding.reason,
        "run": finding.run,
        "sources": finding.sources,
        "needs": test.needs,
        "command": _measure(finding) if test.measure else None,
        "key": key,
        "sign": sign,
        "word": say(title),
    }


def _measure(finding: Finding) -> str:
    """Return the command that computes what a test asks."""
    return command("measure", str(finding.test.measure), options=finding.test.options)


def _computations(findings: Sequence[Finding]) -> tuple[Computation, ...]:
    made = {
        f.run: Computation(f.run, f.test.measure, dict(f.test.options), f.sources)
        for f in findings
        if f.run is not None and f.test.measure is not None
    }
    return tuple(made.values())


def _references(origins: dict[str, Origin], cited: Sequence[str]) -> tuple[Reference, ...]:
    return numbered(origins[source] for source in cited if source in origins)


ROUTES: tuple[Route, ...] = (
    Route(
        "/claims",
        "Claims of the literature with verdicts",
        claims,
        (Field("paper", mark("Paper")), Field("verdict", mark("Verdict"))),
    ),
    Route("/claims/{claim}", "A claim and its tests", claim),
)
