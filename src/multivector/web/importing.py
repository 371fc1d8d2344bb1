"""Imports: a data set that somebody sends is read in a process of its own, with limits.

The store publishes a release by one rename, so those who read meanwhile see the study as it was,
and then as it is. A file that loops, swells or crashes its reader takes down that process alone.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import uuid
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import Any, BinaryIO, Literal

from multivector.documents.library.isolation import child, file_name, limit
from multivector.errors import BadValue, MultivectorError, StudyError, UnknownName
from multivector.workspace import Workspace

__all__ = ["MEMORY", "SECONDS", "Job", "find", "recent", "start"]

SECONDS = 900.0
"""Time a data set has to be read."""

MEMORY = 6 * 2**30
"""Bytes of address space its reader has."""

_REMEMBERED = 50
_WAITING = 8
_ONE = BoundedSemaphore(1)
_CHILD = "from multivector.web.importing import main; main()"

State = Literal["working", "done", "failed"]


@dataclass(frozen=True)
class Job:
    """An import: the file, how it stands, what was found or why it was refused."""

    id: str
    file: str
    state: State = "working"
    message: str = ""
    release: str | None = None
    rows: tuple[tuple[str, int], ...] = ()
    report: tuple[dict[str, Any], ...] = ()


_JOBS: OrderedDict[str, Job] = OrderedDict()
_LOCK = Lock()


def find(job: str) -> Job:
    """Return an import by its id.

    Raises
    ------
    UnknownName
        If this server has not started it, or it is long past.
    """
    with _LOCK:
        if job in _JOBS:
            return _JOBS[job]
    raise UnknownName(
        f"there is no import {job!r}; expected one started since the server was; see /data for "
        "what is installed"
    )


def recent() -> tuple[Job, ...]:
    """Return the imports of this server, the newest first."""
    with _LOCK:
        return tuple(reversed(_JOBS.values()))


def start(
    workspace: Workspace,
    name: str,
    content: BinaryIO,
    *,
    source: str | None = None,
    extract: bool = False,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Job:
    """Begin to import a data set that was sent, and return the import.

    Parameters
    ----------
    workspace : Workspace
        The study.
    name : str
        The name it was sent under; no part of it is a path.
    content : binary file
        Its bytes.
    source : str, optional
        The source, where recognising it is not wanted.
    extract : bool
        Accept a part of a data set.
    seconds, memory : float, int
        What its reader may take.

    Raises
    ------
    StudyError
        If there is no study, or it cannot be written.
    BadValue
        If too many imports are waiting.
    """
    folder = workspace.store.folder
    if sum(job.state == "working" for job in recent()) >= _WAITING:
        raise BadValue(
            f"{_WAITING} imports are waiting; expected fewer at once; send the file again when one "
            "of them is done"
        )
    aside = folder / f".upload-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    path = aside / file_name(name)
    try:
        aside.mkdir(parents=True)
        with path.open("wb") as file:
            shutil.copyfileobj(content, file, 1 << 20)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise StudyError(
            f"{path.name} cannot be stored ({error.strerror or error}); expected room and rights "
            f"in {str(folder)!r}; make room and send it again"
        ) from error
    job = Job(uuid.uuid4().hex[:12], path.name)
    _put(job)
    asked = {"source": source, "extract": extract, "memory": memory}
    Thread(target=_work, args=(job, folder, path, asked, seconds), daemon=True).start()
    return job


def _put(job: Job) -> None:
    with _LOCK:
        _JOBS[job.id] = job
        while len(_JOBS) > _REMEMBERED:
            _JOBS.popitem(last=False)


def _work(job: Job, folder: Path, path: Path, asked: dict[str, Any], seconds: float) -> None:
    try:
        with _ONE:
            outcome = _read(folder, path, asked, seconds)
        _put(replace(job, **outcome))
    except Exception as error:  # the thread's last word: nobody else would hear of it
        _put(replace(job, state="failed", message=f"{path.name} was not imported ({error})"))
    finally:
        shutil.rmtree(path.parent, ignore_errors=True)


def _read(folder: Path, path: Path, asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    done = child(_CHILD, str(folder), str(path), json.dumps(asked), seconds=seconds)
    if done is None:
        return _failed(
            f"{path.name} was not read within {seconds:g} seconds; expected a producer's file; add "
            "it with: multivector --study DIR data add FILE"
        )
    with suppress(ValueError, TypeError, IndexError, KeyError):
        outcome = json.loads(done.stdout.splitlines()[-1])
        return {
            **outcome,
            "rows": tuple((str(name), int(n)) for name, n in outcome.get("rows", ())),
            "report": tuple(outcome.get("report", ())),
        }
    return _failed(
        f"{path.name} ended the process that read it (code {done.returncode}, memory is limited to "
        f"{asked['memory']:,} bytes); expected a producer's file as downloaded; add it with: "
        "multivector --study DIR data add FILE"
    )


def _failed(message: str) -> dict[str, Any]:
    return {"state": "failed", "message": message}


def main() -> None:
    """Import one file as the arguments say, and print what became of it."""
    folder, path, words = sys.argv[1:4]
    asked = json.loads(words)
    limit(asked["memory"])
    try:
        workspace = Workspace(folder)
        release = workspace.load(path, source=asked["source"], extract=asked["extract"])
        rows = [(name, int(entry["rows"])) for name, entry in sorted(release.files.items())]
        report = list(release.report)
        outcome = {"state": "done", "release": release.id, "rows": rows, "report": report}
    except MultivectorError as error:
        outcome = _failed(str(error))
    except MemoryError:
        outcome = _failed(
            f"{Path(path).name} needs more memory than the {asked['memory']:,} bytes its reader "
            "has; expected a smaller file; add it with: multivector --study DIR data add FILE"
        )
    sys.stdout.write("\n" + json.dumps(outcome, default=str) + "\n")
