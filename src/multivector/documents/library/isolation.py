"""Reading apart: a document that somebody sends is read in a process of its own, with limits.

A hostile file may loop, swell or crash its reader. Here it takes down a process that has so many
seconds and so much memory, and the sender gets one line. What was added is kept as ever: whole, by
one rename.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from threading import BoundedSemaphore, Condition
from typing import BinaryIO

from multivector.documents.library.adding import Outcome, add_one
from multivector.documents.library.archive import Library
from multivector.errors import BadValue, StudyError

__all__ = ["MEMORY", "MOST", "SECONDS", "child", "file_name", "limit", "receive"]

SECONDS = 120.0
"""Time a document has to be read."""

MEMORY = 3 * 2**30
"""Bytes of address space its reader has."""

MOST = 2 * 2**30
"""Bytes the documents of a study may have before no more are taken from a browser."""

_NAME = 120
_AT_ONCE = BoundedSemaphore(2)
_TAKEN: set[tuple[str, str]] = set()
_GIVEN_BACK = Condition()
_CHILD = "from multivector.documents.library.isolation import main; main()"


def file_name(given: str) -> str:
    r"""Return the name of a file that was sent, as a name in one folder: never a path.

    >>> file_name("../../etc/pass\0wd"), file_name("C:\\papers\\Құжат 1.txt"), file_name("..")
    ('pass-wd', 'Құжат 1.txt', 'document')
    """
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1])
    safe = "".join(c if c.isprintable() and c not in '<>:"|?*' else "-" for c in base)
    safe = safe.encode("utf-8", "replace").decode()
    stem, dot, suffix = safe.strip(" .").rpartition(".")
    if not dot or len(suffix) > 10:
        stem, dot, suffix = safe.strip(" ."), "", ""
    while len(f"{stem}{dot}{suffix}".encode()) > _NAME:
        stem = stem[:-1]
    return f"{stem.strip() or 'document'}{dot}{suffix}"


def receive(
    library: Library,
    name: str,
    content: BinaryIO,
    *,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    most: int = MOST,
) -> Outcome:
    """Read, code and keep one document that was sent, in a process of its own.

    Parameters
    ----------
    library : Library
        Where it is kept.
    name : str
        The name it was sent under; no part of it is a path.
    content : binary file
        Its bytes.
    seconds, memory : float, int
        What its reader may take; beyond it the outcome is ``failed`` with the reason.
    most : int
        Bytes the study's documents may have already.

    Raises
    ------
    BadValue
        If the study holds as much as is taken.
    StudyError
        If the study cannot be written.
    """
    library.prepare()
    held = _held(library.folder)
    if held > most:
        raise BadValue(
            f"the documents of this study have {held:,} bytes; expected at most {most:,} before "
            "more are taken here; add further ones with: multivector --study DIR documents add FILE"
        )
    aside = library.folder / f".incoming-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        aside.mkdir()
        path = aside / file_name(name)
        with path.open("wb") as file:
            shutil.copyfileobj(content, file, 1 << 20)
        with _AT_ONCE, _named(library, path) as doc:
            outcome = _read(library.folder, path, doc, seconds, memory)
    except OSError as error:
        raise StudyError(
            f"{file_name(name)} cannot be stored ({error.strerror or error}); expected room and "
            f"rights in {str(library.folder)!r}; make room and send it again"
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Outcome(**{**asdict(outcome), "file": path.name})


@contextmanager
def _named(library: Library, path: Path) -> Iterator[str]:
    """Give a short name that nobody else who adds a document now has."""
    with _GIVEN_BACK:
        while (key := (str(library.folder), library.short_name(path))) in _TAKEN:
            _GIVEN_BACK.wait()
        _TAKEN.add(key)
    try:
        yield key[1]
    finally:
        with _GIVEN_BACK:
            _TAKEN.discard(key)
            _GIVEN_BACK.notify_all()


def child(code: str, *words: str, seconds: float) -> subprocess.CompletedProcess[bytes] | None:
    """Run Python in a process of its own, and return what became of it; null beyond its time."""
    home = str(Path(str(files("multivector"))).parent)
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    try:
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            env={**os.environ, "PYTHONPATH": paths},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def limit(memory: int) -> None:
    """Take no more memory than so many bytes from now on, where the system can hold to it."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(folder: Path, path: Path, doc: str, seconds: float, memory: int) -> Outcome:
    done = child(_CHILD, str(folder), str(path), doc, str(memory), seconds=seconds)
    if done is None:
        return _failed(
            path,
            doc,
            f"{path.name} was not read within {seconds:g} seconds; expected an ordinary document; "
            "split it, save it as plain text, or add it with: multivector documents add",
        )
    with suppress(ValueError, TypeError, IndexError):
        return Outcome(**json.loads(done.stdout.splitlines()[-1]))
    return _failed(
        path,
        doc,
        f"{path.name} ended the process that read it (code {done.returncode}, memory is limited to "
        f"{memory:,} bytes); expected an ordinary document; save it as plain text",
    )


def _failed(path: Path, doc: str, message: str) -> Outcome:
    return Outcome(path.name, "failed", doc, message=message)


def _held(folder: Path) -> int:
    sizes = 0
    for path in folder.glob("*/*"):
        with suppress(OSError):
            sizes += path.stat().st_size
    return sizes


def main() -> None:
    """Read one document as the arguments say, and print what became of it."""
    folder, file, doc, memory = sys.argv[1:5]
    limit(int(memory))
    try:
        outcome = add_one(folder, file, doc)
    except StudyError as error:
        outcome = Outcome(file, "failed", doc, message=str(error))
    sys.stdout.write("\n" + json.dumps(asdict(outcome)) + "\n")
