"""The brief: a sourced picture of a state, a pair of states or an organisation.

Only orchestration lives here: numbers come from measures and tables, and the renderers in
``multivector.report`` show the same content as text, JSON and HTML.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from multivector.brief.assembly import SCHEMA, poles_of
from multivector.brief.content import Brief
from multivector.brief.inquiry import Inquiry
from multivector.brief.state import SECTIONS, existing, of_state
from multivector.brief.subjects import Subject, subject
from multivector.errors import BadValue, choices
from multivector.options import check_year

if TYPE_CHECKING:
    from multivector.workspace import Workspace

__all__ = ["SCHEMA", "SECTIONS", "Brief", "Subject", "build", "subject"]


def build(
    workspace: Workspace,
    about: str,
    *,
    poles: object = None,
    year: object = None,
    sections: Collection[str] | None = None,
) -> Brief:
    """Assemble the brief on a state.

    Parameters
    ----------
    workspace : Workspace
        Where the data are.
    about : str
        A state by name or code, existing today, or in the year asked for.
    poles : sequence of str or str, optional
        States, organisations or names of sets of poles; the default set if not given.
    year : int, optional
        Nothing later than this year is used.
    sections : collection of str, optional
        Only these sections, by their ids; all if not given.

    Raises
    ------
    UnknownState, AmbiguousState
        If the state or a pole is not known, or the state did not exist then.
    BadYear
        If the year is not a year.
    BadValue
        If no pole remains or the state itself is given as a pole, or there is no such section.
    """
    when = None if year is None else check_year(year)
    code = existing(about, when)
    wrong = sorted(set(sections or ()) - set(SECTIONS))
    if wrong:
        raise BadValue(
            f"there is no section {choices(wrong)}; expected one of {choices(SECTIONS, 20)}; "
            "correct it"
        )
    inquiry = Inquiry(workspace, code, when)
    inquiry.poles = poles_of(inquiry, poles)
    return of_state(inquiry, sections)
