"""Adding a document: read, coded, and kept in a folder that takes its place by one rename."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multivector.errors import MultivectorError, StudyError

if TYPE_CHECKING:
    from multivector.documents.text.files import Source

__all__ = ["CODING", "Outcome", "add_one", "digest_of"]

CODING = "rules@1"
"""Version of the coding; documents coded by an older one are coded anew when they are added."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file: ``added``, ``known`` or ``failed``, with the counts or the reason."""

    file: str
    status: str
    doc: str = ""
    statements: int = 0
    conflicts: int = 0
    message: str = ""


def add_one(folder: str, file: str, doc: str) -> Outcome:
    """Read, code and keep one document; never raises for what the document is."""
    from multivector.documents.text.files import read_document

    path = Path(file)
    try:
        digest = digest_of(path) if path.is_file() else ""
        target = Path(folder) / digest[:24]
        if digest and _is_current(target):
            meta = json.loads((target / "document.json").read_text(encoding="utf-8"))
            return Outcome(
                file, "known", meta["doc"], meta["statements"], meta["conflicts"], "already added"
            )
        source = read_document(path)
        return _keep(Path(folder), target, path, source, doc)
    except MultivectorError as error:
        return Outcome(file, "failed", doc, message=str(error))
    except (RecursionError, MemoryError) as error:
        return Outcome(
            file,
            "failed",
            doc,
            message=f"{path.name} is too deep or too large to read ({type(error).__name__}); "
            "expected an ordinary document; save it as plain text",
        )
    except Exception as error:  # a rule that fails on one document must not end a run of thousands
        return Outcome(
            file,
            "failed",
            doc,
            message=f"{path.name} cannot be coded ({type(error).__name__}: {error}); expected a "
            "document that the rules can read; leave it out and report it",
        )


def _keep(folder: Path, target: Path, path: Path, source: Source, doc: str) -> Outcome:
    from dataclasses import replace

    from multivector.documents.contradictions.conflicts import conflicts_within
    from multivector.documents.rules.extraction import statements_in
    from multivector.documents.rules.reading import read

    reading = read(source)
    made = statements_in(reading)
    if doc != source.doc:
        made = [replace(s, doc=doc, id=s.id.replace(source.doc, doc, 1)) for s in made]
    found = conflicts_within(reading, made)
    if doc != source.doc:
        found = [replace(c, sides=tuple(replace(s, doc=doc) for s in c.sides)) for c in found]
    meta = {
        "doc": doc,
        "name": source.name,
        "sha256": source.sha256,
        "media": source.media,
        "characters": len(source.text),
        "pages": len(source.pages),
        "languages": sorted({b.lang for b in reading.blocks if b.lang != "und"}),
        "repairs": len(reading.layer.edits),
        "statements": len(made),
        "conflicts": len(found),
        "remarks": list(source.remarks),
        "coding": CODING,
        "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    incoming = folder / f".incoming-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        incoming.mkdir()
        shutil.copyfile(path, incoming / "raw.bin")
        (incoming / "text.txt").write_bytes(source.text.encode("utf-8", "surrogatepass"))
        _write_rows(incoming / "blocks.jsonl", _block_rows(reading))
        _write_rows(incoming / "edits.jsonl", (vars(edit) for edit in reading.layer.edits))
        _write_rows(
            incoming / "statements.jsonl",
            (s.record() | {"block": s.block, "names": s.names} for s in made),
        )
        _write_rows(incoming / "conflicts.jsonl", (c.record() for c in found))
        _write(incoming / "document.json", json.dumps(meta, ensure_ascii=False, indent=1))
        _take_place(incoming, target)
    except OSError as error:
        raise StudyError(
            f"{path.name} cannot be stored ({error.strerror or error}); expected room and rights "
            f"in {str(folder)!r}; make room and run the command again, what was added is kept"
        ) from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    remark = "; ".join(source.remarks)
    return Outcome(str(path), "added", doc, len(made), len(found), remark)


def _take_place(incoming: Path, target: Path) -> None:
    """Rename the folder into place; an older coding of the same document gives way."""
    leaving = target.with_name(f".leaving-{uuid.uuid4().hex[:8]}")
    if target.exists() and not _is_current(target):
        target.rename(leaving)
    try:
        incoming.rename(target)
    except OSError:
        if not _is_current(target):  # else another process was first with the same document
            raise
    shutil.rmtree(leaving, ignore_errors=True)


def _is_current(target: Path) -> bool:
    try:
        meta = json.loads((target / "document.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(meta.get("coding") == CODING)


def _block_rows(reading: Any) -> Iterator[dict[str, Any]]:
    for block in reading.blocks:
        start, end = reading.layer.span(block.start, block.end)
        yield {
            "kind": block.kind,
            "lang": block.lang,
            "start": start,
            "end": end,
            "section": block.section,
            "text": reading.layer.text[block.start : block.end],
        }


def digest_of(path: Path) -> str:
    """Return the hash of a file's bytes; an empty text if it cannot be read."""
    try:
        with path.open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
            return digest.hexdigest()
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", errors="surrogatepass") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
