"""What models proposed, as it is kept: an answer a file, its statements once checked."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multivector.documents.rules.statements import Statement
from multivector.errors import (
    StudyError,
)

if TYPE_CHECKING:
    pass


FORMAT = 1


def kept_answer(path: Path) -> dict[str, Any] | None:
    """Return a stored answer, or null where there is none that can be used."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    right = isinstance(found, dict) and found.get("format") == FORMAT
    return found if right and isinstance(found.get("statements"), list) else None


def keep_answer(path: Path, row: dict[str, Any]) -> None:
    """Keep an answer, written aside and renamed.

    Raises
    ------
    StudyError
        If it cannot be written.
    """
    aside = path.with_name(f".{path.stem}-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(row, ensure_ascii=True, indent=1)
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise StudyError(
            f"an answer cannot be stored ({error.strerror or error}); expected room and rights in "
            f"{str(path.parent)!r}; make room and run the command again, what was stored is kept"
        ) from error
    finally:
        aside.unlink(missing_ok=True)


def proposals_of(
    study: Path, documents: Iterable[Mapping[str, Any]], coded: Iterable[Statement]
) -> list[Statement]:
    """Return what models proposed for the documents of a study, in order of position.

    ``coder`` and ``rule`` are ``model:NAME``; ``duplicate_of`` names a statement of a rule, or an
    earlier proposal, that says the same at the same place. A proposal whose place holds other words
    than it did is left out.

    Parameters
    ----------
    study : Path
        The folder of the study.
    documents : iterable of mapping
        Its documents, as the library has them.
    coded : iterable of Statement
        What the rules coded in them.
    """
    if not (study / "proposals").is_dir():
        return []
    before: dict[str, list[Statement]] = {}
    for statement in coded:
        before.setdefault(statement.doc, []).append(statement)
    found: list[Statement] = []
    for meta in documents:
        doc, folder = str(meta["doc"]), _answers(study, meta)
        if not folder.is_dir():
            continue
        text = (Path(meta["folder"]) / "text.txt").read_bytes().decode("utf-8", "surrogatepass")
        made = [s for path in sorted(folder.glob("*.json")) for s in _stored(path, doc, text)]
        known = before.setdefault(doc, [])
        for statement in sorted(made, key=lambda s: (s.start, s.end, s.kind, s.id)):
            same = next((s.id for s in known if _same(s, statement)), None)
            found.append(replace(statement, duplicate_of=same))
            known.append(statement)
    return found


def asked_at(study: Path, documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return when the model gave each proposal, by the id of the statement."""
    found: dict[str, str] = {}
    for meta in documents:
        for path in sorted(_answers(study, meta).glob("*.json")):
            kept = kept_answer(path) or {"statements": ()}
            for number in range(1, len(kept["statements"]) + 1):
                found[_proposal(str(meta["doc"]), path, number)] = str(kept["asked_at"])
    return found


def _answers(study: Path, meta: Mapping[str, Any]) -> Path:
    return study / "proposals" / str(meta["sha256"])[:24]


def _proposal(doc: str, path: Path, number: int) -> str:
    return f"{doc}-m{path.stem[:10]}-{number}"


def _stored(path: Path, doc: str, text: str) -> Iterator[Statement]:
    kept = kept_answer(path)
    if kept is None:
        return
    coder = f"model:{kept['model']}"
    for number, row in enumerate(kept["statements"], start=1):
        quote = text[row["start"] : row["end"]]
        if quote == row["quote"]:
            yield Statement(
                doc,
                row["kind"],
                row["start"],
                row["end"],
                quote,
                row["lang"],
                coder,
                row["fields"],
                row["attributed_to"],
                coder=coder,
                block=row["block"],
                id=_proposal(doc, path, number),
            )


_TELLING = {
    "event": ("type", "date"),
    "membership": ("org", "actor", "status"),
    "quantity": ("value", "unit"),
    "vote": ("resolution", "actor", "sides_with"),
}


def _same(one: Statement, other: Statement) -> bool:
    return (
        one.kind == other.kind
        and one.start < other.end
        and other.start < one.end
        and all(one.fields.get(name) == other.fields.get(name) for name in _TELLING[one.kind])
    )
