"""The errors: one base class; each message says what is wrong, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable


class MultivectorError(Exception):
    """Base of every error a user can cause; printed as one line, exit code 2."""

    def __str__(self) -> str:
        return " ".join(str(self.args[0] if self.args else "").split())


class UnknownName(MultivectorError, LookupError):
    """Raised when a measure, table, source, release or option is not known."""


class UnknownState(UnknownName):
    """Raised when a name or code belongs to no state, or to none in that year."""


class AmbiguousState(UnknownName):
    """Raised when a name or code belongs to several states and nothing decides between them."""


class UnknownOrganisation(UnknownName):
    """Raised when a name or abbreviation belongs to no organisation in the table."""


class BadValue(MultivectorError, ValueError):
    """Raised when an option has a value outside what is allowed, such as an impossible year."""


class BadYear(BadValue):
    """Raised when a year is not a year, or lies outside the years that can be asked about."""


class SchemaError(MultivectorError, ValueError):
    """Raised when rows do not have the shape their table declares."""


class UnreadableFile(MultivectorError, ValueError):
    """Raised when a file cannot be read, is damaged, or is not a data set any source knows."""


class SourceChanged(MultivectorError, ValueError):
    """Raised when a producer's bytes or row counts are not the ones that were pinned."""


class StudyError(MultivectorError, OSError):
    """Raised when a study folder cannot be opened, written, or was made by a newer version."""


class MissingData(MultivectorError, LookupError):
    """Raised when a computation needs a data set that is neither embedded nor installed."""


class MissingExtra(MultivectorError, ImportError):
    """Raised when an optional package is needed and not installed; names the extra."""

    @classmethod
    def of(cls, package: str, extra: str, purpose: str) -> MissingExtra:
        """Return the error for ``package``, which ``purpose`` needs and ``extra`` brings."""
        return cls(
            f"{purpose} needs the package {package}, which is not installed; "
            f"expected the extra '{extra}'; run: pip install 'multivector[{extra}]'"
        )


class NotConverged(MultivectorError, ArithmeticError):
    """Raised when an estimator did not reach an answer that could be reported."""


def choices(values: Iterable[object], limit: int = 12) -> str:
    """Return ``values`` as a comma list for a message, cut after ``limit``.

    >>> choices(["a", "b", "c"], limit=2)
    'a, b, … (1 more)'
    """
    items = [str(value) for value in values]
    shown = ", ".join(items[:limit])
    return shown if len(items) <= limit else f"{shown}, … ({len(items) - limit} more)"


def nearest(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return the up to ``limit`` entries of ``known`` most like ``word``, best first.

    >>> nearest("kapa", ["kappa", "pi", "agreement"])
    ['kappa']
    """
    from difflib import get_close_matches

    by_fold = {entry.casefold(): entry for entry in known}
    found = get_close_matches(word.casefold(), list(by_fold), n=limit, cutoff=0.5)
    return [by_fold[fold] for fold in found]
