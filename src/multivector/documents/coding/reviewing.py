"""Reviewing: the statements that wait for a person, and what a person may change in one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from multivector.documents.coding.proposals import scheme
from multivector.documents.rules.statements import FIELDS, MAX_QUOTE, Statement
from multivector.errors import BadValue, MultivectorError, UnknownName, choices

if TYPE_CHECKING:
    from multivector.documents.library.archive import Library

__all__ = [
    "NOTHING",
    "Entry",
    "Queue",
    "check_coder",
    "corrections",
    "decide",
    "entries",
    "queue",
    "text_of",
]

NOTHING = "nothing was corrected; expected a field that differs; change one, or accept or reject"

_DATE = re.compile(r"[12]\d{3}(?:-\d\d(?:-\d\d)?)?(?:/[12]\d{3}(?:-\d\d(?:-\d\d)?)?)?", re.ASCII)
_CODER = 60
_DECIDING = Lock()


@dataclass(frozen=True)
class Entry:
    """A field as a form shows it: its name, sort, choices, and its value as text."""

    name: str
    sort: str
    choices: tuple[str, ...]
    value: str


@dataclass(frozen=True)
class Queue:
    """The statements to review, in order of document and place, and those decided on."""

    statements: tuple[Statement, ...]
    decided: frozenset[str]

    @property
    def done(self) -> int:
        """Return how many of them somebody decided on."""
        return sum(s.id in self.decided for s in self.statements)

    def at(self, statement: str) -> Statement:
        """Return a statement by its id.

        Raises
        ------
        UnknownName
            If it is not in the queue.
        """
        found = next((s for s in self.statements if s.id == statement), None)
        if found is None:
            raise UnknownName(
                f"there is no statement {statement!r} to review here; expected one of the study "
                "that the filters keep; leave the filters out"
            )
        return found

    def waiting(self, after: str | None = None) -> Statement | None:
        """Return the first that waits behind a statement, else the first that waits; null: none."""
        ids = [s.id for s in self.statements]
        start = ids.index(after) + 1 if after in ids else 0
        turned = (*self.statements[start:], *self.statements[:start])
        return next((s for s in turned if s.id not in self.decided), None)

    def before(self, statement: str) -> Statement | None:
        """Return the statement before one, whether decided on or not."""
        ids = [s.id for s in self.statements]
        place = ids.index(statement) if statement in ids else 0
        return self.statements[place - 1] if place else None


def queue(
    library: Library,
    *,
    doc: str | None = None,
    kind: str | None = None,
    coder: str | None = None,
) -> Queue:
    """Return what is to be reviewed: statements of rules and models, each fact of a text once.

    Parameters
    ----------
    library : Library
        The documents of the study.
    doc, kind : str, optional
        One document by its short name; one kind of statement.
    coder : str, optional
        ``rule``, ``model``, or the name of a model.

    Raises
    ------
    UnknownName
        If there is no such document or kind.
    """
    if doc is not None:
        library.meta(doc)
    if kind is not None and kind not in FIELDS:
        raise UnknownName(
            f"there is no kind {kind!r} of statement; expected {choices(FIELDS)}; leave it out"
        )
    found = [
        s
        for s in (*library.statements(reviewed=False), *library.proposals())
        if s.duplicate_of is None
        and doc in (None, s.doc)
        and kind in (None, s.kind)
        and coder in (None, s.coder, s.coder.partition(":")[0])
    ]
    found.sort(key=lambda s: (s.doc, s.start, s.end, s.id))
    return Queue(tuple(found), frozenset(library.decided()))


def decide(
    library: Library,
    statement: Statement,
    decision: str,
    *,
    coder: str,
    given: Mapping[str, str],
    seen: int,
    note: str | None = None,
) -> bool:
    """Keep a decision made in a form; return false, keeping nothing, if others decided meanwhile.

    Parameters
    ----------
    library : Library
        Where it is kept.
    statement : Statement
        What is decided on.
    decision : str
        ``accept``, ``correct`` or ``reject``. Accepting with fields changed is to correct.
    coder : str
        Who decides.
    given : mapping of str to str
        The fields as the form has them.
    seen : int
        The newest decision on it that the coder was shown; 0 if none.
    note : str, optional
        The reason.

    Raises
    ------
    BadValue
        If the coder has no name or that of a program, a field's value cannot be, or nothing is
        corrected.
    """
    name = check_coder(coder)
    fields = corrections(statement, given) if decision in ("accept", "correct") else {}
    if decision == "correct" and not fields:
        raise BadValue(NOTHING)
    decision = "correct" if fields else decision
    with _DECIDING:
        newest = library.decisions_on(statement.id)
        if newest and newest[-1]["judgement"] > seen:
            return False
        library.review(statement.id, decision, coder=name, fields=fields or None, note=note or None)
    return True


def check_coder(given: str) -> str:
    """Return the name of a person who codes, without blanks at its ends.

    Raises
    ------
    BadValue
        If it is empty, too long, or could be taken for a rule or a model.
    """
    name = " ".join(given.split())
    program = name.casefold() == "rule" or name.casefold().startswith("model")
    if not name or len(name) > _CODER or program or not name.isprintable():
        raise BadValue(
            f"{name[:_CODER]!r} is no name for a person who codes; expected 1 to {_CODER} "
            "characters that are no rule's or model's name; write your name or initials"
        )
    return name


def entries(statement: Statement, given: Mapping[str, str] | None = None) -> list[Entry]:
    """Return the fields of a statement for a form, with what was typed already, if anything."""
    known = scheme()[statement.kind]
    made = []
    for name in FIELDS[statement.kind]:
        asked = known.get(name)
        sort = "number" if asked is None else asked.sort
        shown = text_of(statement.fields.get(name))
        own = () if asked is None else asked.choices
        if sort == "one" and shown not in own:
            own = (shown, *own)
        made.append(Entry(name, sort, own, (given or {}).get(name, shown)))
    return made


def corrections(statement: Statement, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields that differ from the statement, each as its sort asks.

    Raises
    ------
    BadValue
        If a value is none its field can have.

    Examples
    --------
    >>> one = Statement("001", "membership", 0, 4, "text", "en", "r", {"org": "SCO",
    ...     "actor": "KAZ", "status": "member", "start_date": None, "end_date": None})
    >>> corrections(one, {"actor": "Kazakhstan", "status": "observer", "start_date": "2001"})
    {'status': 'observer', 'start_date': '2001'}
    """
    changed: dict[str, Any] = {}
    for entry in entries(statement):
        text = given.get(entry.name)
        if text is None or text.strip() == entry.value.strip():
            continue
        value = _value(entry, text.strip())
        if value != statement.fields.get(entry.name):
            changed[entry.name] = value
    return changed


def text_of(value: Any) -> str:
    """Return the value of a field as a form shows it; a list with semicolons."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _value(entry: Entry, text: str) -> Any:
    if entry.sort == "actors":
        return list(dict.fromkeys(_actor(part.strip()) for part in text.split(";") if part.strip()))
    if not text:
        return None
    if entry.sort == "one" and text not in entry.choices:
        raise _wrong(entry.name, text, f"one of {choices(entry.choices, 30)}")
    if entry.sort == "number":
        return _number(entry.name, text)
    if entry.sort == "date" and not _DATE.fullmatch(text):
        raise _wrong(entry.name, text, "a date such as 1991, 1991-12, 1991-12-21 or 1991/1995")
    if entry.sort in ("actor", "organisation"):
        return _actor(text)
    if len(text) > MAX_QUOTE:
        raise _wrong(entry.name, f"{text[:30]}…", f"at most {MAX_QUOTE} characters")
    return " ".join(text.split())


def _number(name: str, text: str) -> float:
    plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if not re.fullmatch(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,2})?", plain, re.ASCII):
        raise _wrong(name, text, "a number with a point for decimals, such as 3000000000 or 0.5")
    return float(plain)


def _actor(text: str) -> str:
    """Return the code of an actor given by code or name; a person or a body of old as it is."""
    from multivector.names import organisations, states
    from multivector.names.states import lists

    if re.fullmatch(r"(?:person|hist):\S.{0,80}", text):
        return text
    if text in lists.spells() or text in organisations.codes():
        return text
    for find in (organisations.find, states.identify):
        try:
            return str(find(text))
        except MultivectorError:
            continue
    raise _wrong("actor", text, "a state or organisation by code or name, or person:Surname")


def _wrong(name: str, value: str, expected: str) -> BadValue:
    return BadValue(f"{name} cannot be {value!r}; expected {expected}; correct it")
