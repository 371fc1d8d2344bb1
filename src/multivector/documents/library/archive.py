"""The documents of a study: bytes kept by their hash, what was coded in them, what people decided.

A document is a folder named by the hash of its bytes. It is written aside and takes its place by
one rename: a killed run leaves whole documents and nothing half done, and the next run goes on
where it stopped. A document added twice is one. What was imported is never changed; reviews are
judgements beside it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from multivector.documents.contradictions.conflicts import conflicts_in_force
from multivector.documents.contradictions.findings import Conflict, Side
from multivector.documents.library.adding import Outcome, add_one, digest_of
from multivector.documents.library.proposed import proposals_of
from multivector.documents.rules.statements import Statement
from multivector.documents.text.files import doc_name, files_in
from multivector.errors import (
    BadValue,
    MultivectorError,
    StudyError,
    UnknownName,
    choices,
)

FORMAT = 1
DECISIONS = ("accept", "correct", "reject")
_FEW = 3
_SCALARS = ("doc", "kind", "start", "end", "quote", "lang", "rule", "attributed_to", "coder")


class Decisions(Protocol):
    """Where people's decisions are kept: the judgements of a study or of a team."""

    def record(
        self, kind: str, subject: str, value: Any, *, coder: str, note: str | None = None
    ) -> int:
        """Append a decision and return its number."""

    def frame(self) -> pl.DataFrame:
        """Return the decisions in force: judgement, kind, subject, value, coder."""


class Library:
    """The documents of the study in ``folder``; nothing is written before the first is added.

    Parameters
    ----------
    folder : Path
        The study.
    decisions : Decisions, optional
        Where reviews are kept; without it statements are as the rules coded them.
    """

    def __init__(self, folder: Path, decisions: Decisions | None = None) -> None:
        self.folder = folder / "documents"
        self.study = folder
        self.decisions = decisions

    # --- adding

    def add(
        self,
        paths: Iterable[Path],
        *,
        jobs: int | None = None,
        progress: Callable[[Outcome], None] | None = None,
    ) -> list[Outcome]:
        """Read, code and keep documents; a file that cannot be read is reported, the rest go on.

        Parameters
        ----------
        paths : iterable of Path
            Files, or folders with documents in them.
        jobs : int, optional
            Processes at once; by default as many as there are cores.
        progress : callable, optional
            Called with each outcome as it comes.

        Raises
        ------
        StudyError
            If the study cannot be written.
        BadValue
            If ``paths`` name no document.
        """
        files = list(dict.fromkeys(files_in(list(paths))))
        if not files:
            raise BadValue(
                "there is no document in what was named; expected PDF, DOCX, HTML, Markdown or "
                "plain text; name files, or a folder that holds some"
            )
        self.prepare()
        names = self._short_names(files)
        tell = progress or (lambda outcome: None)
        workers = min(jobs or os.cpu_count() or 1, len(files))
        if workers == 1 or len(files) <= _FEW:
            outcomes = []
            for file in files:
                outcomes.append(add_one(str(self.folder), str(file), names[file]))
                tell(outcomes[-1])
            return outcomes
        return self._in_parallel(files, names, workers, tell)

    def _in_parallel(
        self,
        files: list[Path],
        names: dict[Path, str],
        workers: int,
        tell: Callable[[Outcome], None],
    ) -> list[Outcome]:
        """Add over several processes, few at a time: memory must not grow with the batch."""
        from multiprocessing import get_context

        outcomes: dict[Path, Outcome] = {}
        waiting = iter(files)
        with ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), max_tasks_per_child=200
        ) as pool:
            running: dict[Future[Outcome], Path] = {}
            while True:
                for file in waiting:
                    task = pool.submit(add_one, str(self.folder), str(file), names[file])
                    running[task] = file
                    if len(running) >= 2 * workers:
                        break
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for task in done:
                    file = running.pop(task)
                    try:
                        outcomes[file] = task.result()
                    except BrokenProcessPool as error:
                        raise StudyError(
                            f"a process ended while reading {file.name} (out of memory?); expected "
                            "it to finish; run the command again, what was added is kept, or set "
                            "that file aside"
                        ) from error
                    tell(outcomes[file])
        return [outcomes[file] for file in files]

    def prepare(self) -> None:
        """Make the folder for documents, and sweep what killed runs left.

        Raises
        ------
        StudyError
            If the study cannot be written, or is of a newer version.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            mark = self.folder / "library.json"
            if mark.exists():
                found = json.loads(mark.read_text(encoding="utf-8")).get("format")
                if not isinstance(found, int) or found > FORMAT:
                    raise StudyError(
                        f"the documents of {str(self.study)!r} have the format {found!r}; expected "
                        f"{FORMAT}; upgrade with: pip install --upgrade multivector"
                    )
            else:
                _write(mark, json.dumps({"format": FORMAT}))
        except (OSError, ValueError) as error:
            if isinstance(error, MultivectorError):
                raise
            reason = getattr(error, "strerror", None) or str(error)
            raise StudyError(
                f"the study {str(self.study)!r} cannot be written ({reason}); expected a folder "
                "with room and rights; name another with --study"
            ) from error
        for left in self.folder.glob(".incoming-*"):
            if not _alive(left.name):
                shutil.rmtree(left, ignore_errors=True)

    def short_name(self, file: Path) -> str:
        """Return a short name for a file, unlike that of any other document."""
        return self._short_names([file])[file]

    def _short_names(self, files: list[Path]) -> dict[Path, str]:
        """Return a short name for each file, unlike that of any other document."""
        taken = {meta["doc"]: meta["sha256"] for meta in self._metas()}
        names: dict[Path, str] = {}
        given: dict[str, Path] = {}
        for file in files:
            base = doc_name(file.name)
            for number in count(1):
                name = base if number == 1 else f"{base}-{number}"
                if name in taken and taken[name] != digest_of(file):
                    continue
                if name in given and digest_of(given[name]) != digest_of(file):
                    continue
                break
            names[file] = name
            given.setdefault(name, file)
        return names

    # --- reading

    def _metas(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self.folder.glob("*/document.json")):
            if path.parent.name.startswith("."):
                continue
            with suppress(OSError, ValueError):
                yield json.loads(path.read_text(encoding="utf-8")) | {"folder": str(path.parent)}

    def documents(self) -> list[dict[str, Any]]:
        """Return what is known of each document, in order of its short name."""
        return sorted(self._metas(), key=lambda meta: str(meta["doc"]))

    def statements(self, *, reviewed: bool = True, doc: str | None = None) -> list[Statement]:
        """Return the statements of all documents, or of one, as people decided on them.

        Parameters
        ----------
        reviewed : bool
            If false, as the rules coded them.
        doc : str, optional
            One document by its short name.
        """
        found: list[Statement] = []
        for meta in self.documents() if doc is None else [self.meta(doc)]:
            path = Path(meta["folder"]) / "statements.jsonl"
            found += [_statement(row) for row in _rows(path)]
        if not reviewed:
            return found
        latest = self.reviews()
        accepted = [
            s
            for s in (self.proposals() if latest else ())
            if f"document:{s.id}" in latest and doc in (None, s.doc)
        ]
        return self._decided([*found, *accepted])

    def proposals(self) -> list[Statement]:
        """Return what models proposed, whether it was decided on or not."""
        if not (self.study / "proposals").is_dir():
            return []
        return proposals_of(self.study, self.documents(), self.statements(reviewed=False))

    def text(self, doc: str) -> str:
        """Return the raw text of a document.

        Raises
        ------
        UnknownName
            If there is no document of that name.
        """
        return (self._home(doc) / "text.txt").read_bytes().decode("utf-8", "surrogatepass")

    def meta(self, doc: str) -> dict[str, Any]:
        """Return what is known of a document, by its short name or the start of its hash.

        Raises
        ------
        UnknownName
            If there is no document of that name.
        """
        known = {str(meta["doc"]): meta for meta in self.documents()}
        if doc in known:
            return known[doc]
        hashed = [m for m in known.values() if len(doc) >= 12 and m["sha256"].startswith(doc)]
        if len(hashed) == 1:
            return hashed[0]
        raise UnknownName(
            f"there is no document {doc!r}; expected one of {choices(known)}; "
            "add it with: multivector documents add FILE"
        )

    def blocks(self, doc: str) -> list[dict[str, Any]]:
        """Return the blocks of a document: kind, lang, start and end in the raw text, section."""
        return list(_rows(self._home(doc) / "blocks.jsonl"))

    def repairs(self, doc: str) -> list[dict[str, Any]]:
        """Return the repairs made in reading: rule, start, end (raw text), before, after."""
        return list(_rows(self._home(doc) / "edits.jsonl"))

    def _home(self, doc: str) -> Path:
        return Path(self.meta(doc)["folder"])

    def conflicts(self) -> list[Conflict]:
        """Return the contradictions within and between the documents, those most sure first.

        They rest on the statements in force: what people accepted, corrected and rejected counts.
        """
        stored = {
            str(meta["doc"]): [
                _conflict(row) for row in _rows(Path(meta["folder"]) / "conflicts.jsonl")
            ]
            for meta in self.documents()
        }
        coded = self.statements(reviewed=False)
        in_force = self.statements() if self.reviews() else coded
        return conflicts_in_force(stored, coded, in_force)

    # --- judging

    def review(
        self,
        statement: str,
        decision: str,
        *,
        coder: str,
        fields: dict[str, Any] | None = None,
        note: str | None = None,
    ) -> int:
        """Keep what a person decides on a statement, and return the number of the decision.

        Parameters
        ----------
        statement : str
            The statement by document and number, as in ``001-0007``.
        decision : str
            ``accept``, ``correct`` (with ``fields``) or ``reject``.
        coder : str
            Who decides.
        fields : dict, optional
            The fields corrected.
        note : str, optional
            The reason.

        Raises
        ------
        UnknownName
            If there is no such statement.
        BadValue
            If the decision is not one of the three, or corrects nothing or a field of another kind.
        """
        from multivector.documents.rules.statements import FIELDS

        if self.decisions is None:
            raise StudyError(
                "this library keeps no decisions; expected the judgements of the study; "
                "write Library(folder, Judgements.of(folder))"
            )
        known = {s.id: s for s in [*self.statements(reviewed=False), *self.proposals()]}
        if statement not in known:
            raise UnknownName(
                f"there is no statement {statement!r}; expected the id of one that is stored; "
                "see: multivector documents export --to csv"
            )
        allowed = FIELDS[known[statement].kind]
        wrong = sorted(set(fields or {}) - set(allowed))
        if decision not in DECISIONS or wrong or (decision == "correct") != bool(fields):
            raise BadValue(
                f"the decision {decision!r} with the fields {choices(fields or ['none'])} "
                f"cannot be "
                f"kept; expected {choices(DECISIONS)}, and with correct one or more of "
                f"{choices(allowed)}; write --set field=value"
            )
        value = {"decision": decision, "fields": fields or {}, "quote": known[statement].quote}
        return self.decisions.record(
            "review", f"document:{statement}", value, coder=coder, note=note
        )

    def _decided(self, statements: list[Statement]) -> list[Statement]:
        from dataclasses import replace

        latest = self.reviews()
        kept = []
        for statement in statements:
            decision = latest.get(f"document:{statement.id}")
            if decision is None or decision[0].get("quote") != statement.quote:
                kept.append(statement)
            elif decision[0]["decision"] != "reject":
                fields = statement.fields | decision[0].get("fields", {})
                kept.append(replace(statement, fields=fields, coder=decision[1]))
        return kept

    def decided(self) -> set[str]:
        """Return the statements somebody decided on, whose quote is still what was decided on."""
        stale = set(self.stale_reviews())
        return {subject.removeprefix("document:") for subject in self.reviews()} - stale

    def stale_reviews(self) -> list[str]:
        """Return the statements reviewed whose quote is no longer what was reviewed."""
        coded = [*self.statements(reviewed=False), *self.proposals()]
        known = {f"document:{s.id}": s.quote for s in coded}
        return sorted(
            subject.removeprefix("document:")
            for subject, (value, _) in self.reviews().items()
            if known.get(subject) != value.get("quote")
        )

    def decisions_on(self, statement: str) -> list[dict[str, Any]]:
        """Return what was decided on a statement, oldest first.

        Each has ``judgement``, ``coder``, ``decided_at``, ``note``, ``decision`` and ``fields``.
        """
        if self.decisions is None:
            return []
        frame = self.decisions.frame()
        own = (pl.col("kind") == "review") & (pl.col("subject") == f"document:{statement}")
        return [
            {name: row[name] for name in ("judgement", "coder", "decided_at", "note")}
            | json.loads(row["value"])
            for row in frame.filter(own).sort("judgement").iter_rows(named=True)
        ]

    def reviews(self) -> dict[str, tuple[dict[str, Any], str]]:
        """Return the newest decision on each subject, ``document:`` with an id, and whose."""
        if self.decisions is None:
            return {}
        frame = self.decisions.frame()
        latest: dict[str, tuple[dict[str, Any], str]] = {}
        for row in frame.sort("judgement").iter_rows(named=True):
            if row["kind"] == "review" and str(row["subject"]).startswith("document:"):
                latest[row["subject"]] = (json.loads(row["value"]), row["coder"])
        return latest


def _alive(name: str) -> bool:
    found = re.match(r"\.incoming-(\d+)-", name)
    if not found:
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", errors="surrogatepass") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise StudyError(
            f"{path.parent.name}/{path.name} cannot be read ({error}); expected what multivector "
            "wrote there; remove that folder and add the document again"
        ) from error


def _statement(row: dict[str, Any]) -> Statement:
    known = {name: row[name] for name in _SCALARS}
    other = {*_SCALARS, "id", "duplicate_of", "block", "names"}
    fields = {name: value for name, value in row.items() if name not in other}
    return Statement(
        **known,
        fields=fields,
        id=row["id"],
        duplicate_of=row["duplicate_of"],
        block=row["block"],
        names=tuple(row["names"]),
    )


def _conflict(row: dict[str, Any]) -> Conflict:
    sides = tuple(Side(**side) for side in row["sides"])
    return Conflict(
        row["type"], row["nature"], row["confidence"], row["why"], row["explained_by"], sides
    )
