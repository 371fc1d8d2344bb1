"""The brief: a sourced picture of a state, a pair of states or an organisation.

Only orchestration lives here: numbers come from measures and tables, and the renderers in
``multivector.report`` show the same content as text, JSON and HTML.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from multivector.brief.assembly import SCHEMA, assemble, poles_of
from multivector.brief.sections import ids
from multivector.brief.subjects import Subject, existing, subject
from multivector.content.inquiry import Inquiry
from multivector.content.model import Brief, Pole
from multivector.errors import BadValue, MultivectorError, choices
from multivector.study.options import check_year

if TYPE_CHECKING:
    from multivector.study.engine import Engine

__all__ = ["SCHEMA", "Brief", "Subject", "build", "subject"]


def build(
    workspace: Engine,
    about: str,
    *,
    poles: object = None,
    year: object = None,
    sections: Collection[str] | None = None,
    quota: object = None,
) -> Brief:
    """Assemble the brief on a state, a pair of states or an organisation.

    Parameters
    ----------
    workspace : Workspace
        Where the data are.
    about : str
        A state by name or code, existing today or in the year asked for; two such states with a
        hyphen between them; or an organisation.
    poles : sequence of str or str, optional
        States, organisations or names of sets of poles; the default set if not given, none for an
        organisation.
    year : int, optional
        Nothing later than this year is used.
    sections : collection of str, optional
        Only these sections, by their ids; all if not given.
    quota : float, optional
        The quota supposed in an organisation's voting power: votes, or a share between 0 and 1.

    Raises
    ------
    UnknownState, AmbiguousState
        If the state or a pole is not known, or the state did not exist then.
    BadYear
        If the year is not a year.
    BadValue
        If no pole remains or the state itself is given as a pole, there is no such section, or the
        quota is not a number of votes.
    """
    when = None if year is None else check_year(year)
    found = _subject(about)
    if found is not None and found.kind == "organisation":
        inquiry = Inquiry(workspace, "", when, organisation=found.codes[0], quota=_quota(quota))
    elif found is not None and found.kind == "pair":
        first, second = (existing(code, when) for code in found.codes)
        inquiry = Inquiry(workspace, first, when, partner=second)
    else:
        inquiry = Inquiry(workspace, existing(about, when), when)
    _require(sections, ids(inquiry.kind))
    inquiry.poles = _poles(inquiry, poles)
    return assemble(inquiry, sections)


def _subject(about: str) -> Subject | None:
    try:
        return subject(about)
    except BadValue:
        raise
    except MultivectorError:
        return None


def _poles(inquiry: Inquiry, asked: object) -> tuple[Pole, ...]:
    """Return the poles: none unasked for an organisation, for a pair others than the two."""
    if asked is None and inquiry.kind == "organisation":
        return ()
    chosen = poles_of(inquiry, asked)
    if asked is None:
        return tuple(pole for pole in chosen if pole.pole != inquiry.partner)
    if any(pole.pole == inquiry.partner for pole in chosen):
        raise BadValue(
            f"{inquiry.partner} is one of the two states; expected poles other than them; "
            "leave it out"
        )
    return chosen


def _require(sections: Collection[str] | None, known: Collection[str]) -> None:
    wrong = sorted(set(sections or ()) - set(known))
    if wrong:
        raise BadValue(
            f"there is no section {choices(wrong)}; expected one of {choices(known, 20)}; "
            "correct it"
        )


def _quota(value: object) -> float | None:
    if value is None:
        return None
    try:
        found = float(str(value))
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise BadValue(
            f"the quota is {value!r}; expected a number of votes above 0, or a share between 0 "
            "and 1; correct it"
        )
    return found
