"""Pages: one module a kind of page; each declares its addresses, and the forms it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from multivector.web.page import Route
from multivector.web.pages import (
    claims,
    compare,
    data,
    documents,
    documents_findings,
    documents_review,
    home,
    listings,
    measure,
    search,
    subjects,
    votes,
)

__all__ = ["ACTIONS", "ROUTES"]

ROUTES: tuple[Route, ...] = (
    *home.ROUTES,
    *compare.ROUTES,
    *data.ROUTES,
    *listings.ROUTES,
    *measure.ROUTES,
    *search.ROUTES,
    *claims.ROUTES,
    *documents.ROUTES,
    *documents_review.ROUTES,
    *documents_findings.ROUTES,
    *documents.DOCUMENT,
    *subjects.ROUTES,
    *votes.ROUTES,
)
ACTIONS: Mapping[str, Callable[..., Any]] = {
    **data.ACTIONS,
    **documents.ACTIONS,
    **documents_review.ACTIONS,
}
