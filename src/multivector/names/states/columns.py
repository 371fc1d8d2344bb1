"""Columns of names and codes: the states they stand for, and whose codes they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

import polars as pl

from multivector.errors import AmbiguousState, BadYear, UnknownName, UnknownState, choices
from multivector.names.states.identity import SCHEMES, checked_year, code_tables, identify
from multivector.names.states.lists import codes


class ArrowStream(Protocol):
    """A column of pandas, PyArrow or any other library of the Arrow C data interface."""

    def __len__(self) -> int:
        """Return the number of values."""


Column = pl.Series | Iterable[str | int | None] | ArrowStream
"""A column as its library holds it: a list, a Polars or pandas series, an Arrow array."""


def identify_column(
    names: Column,
    years: Column | int | None = None,
    *,
    scheme: str | None = None,
    unknown: Literal["raise", "null"] = "raise",
    custom: Mapping[str, str] | None = None,
) -> pl.Series:
    """Return the states of a column of names or codes.

    Every distinct pair of name and year is identified once.

    Parameters
    ----------
    names
        Names or codes, in a list, a Polars or pandas series or an Arrow array; null stays null.
    years
        The year of each name, one year for all, or none.
    scheme
        Whose codes or spellings they are, one of ``SCHEMES``; without it, any.
    unknown
        What to do with names that are no state or ambiguous: ``"raise"`` one error that lists
        them, or ``"null"``.
    custom
        What these names mean here, before anything else is asked: a code of a state each, or a
        text of your own for what is no state.

    Returns
    -------
    polars.Series
        Codes of states, as long as ``names``; null where the name is null, or where it is not
        identified and ``unknown`` is ``"null"``.

    Raises
    ------
    UnknownState
        If names are not identified and ``unknown`` is ``"raise"``.
    AmbiguousState
        If all such names are ambiguous ones.
    BadYear
        If a year is no year.

    References
    ----------
    Correlates of War Project (2017). State System Membership List, v2016.

    Examples
    --------
    >>> identify_column(["Turkey", "Russia", None], 1985).to_list()
    ['TUR', 'SUN', None]
    >>> identify_column(["Kazakhstan", "World"], custom={"World": "WLD"}).to_list()
    ['KAZ', 'WLD']
    """
    given = _series(names)
    text, own = _as_text(given), custom or {}
    rows = pl.DataFrame({"name": text, "year": _as_years(years, len(text))})
    pairs = rows.unique(maintain_order=True).filter(pl.col("name").is_not_null())
    answers: list[str | None] = []
    faults: dict[str, UnknownName] = {}
    for label, when in pairs.iter_rows():
        try:
            answers.append(own[label] if label in own else identify(label, when, scheme=scheme))
        except (UnknownState, AmbiguousState) as fault:
            answers.append(None)
            faults.setdefault(label if when is None else f"{label} in {when}", fault)
    if faults and unknown == "raise":
        raise _together(faults)
    found = pairs.with_columns(pl.Series("state", answers, dtype=pl.String))
    joined = rows.join(
        found, on=["name", "year"], how="left", nulls_equal=True, maintain_order="left"
    )
    return joined["state"].alias(given.name)


def guess_scheme(names: Column) -> pl.DataFrame:
    """Return how many of a column's codes each scheme has, the likeliest scheme first.

    Parameters
    ----------
    names
        Codes, as for ``identify_column``; nulls do not count.

    Returns
    -------
    polars.DataFrame
        ``scheme``, ``value`` (the share of the distinct codes that are codes of the scheme, 0 to
        1) and ``n`` (how many they are), without schemes that have none. Schemes with equal shares
        stand in the order of ``SCHEMES``.

    Raises
    ------
    UnknownState
        If the column holds neither text nor numbers.

    Examples
    --------
    >>> guess_scheme(["KZK", "GMY", "UKG", "CHN"]).row(0)
    ('cow', 1.0, 4)
    """
    distinct = [text.strip() for text in _as_text(_series(names)).drop_nulls().unique().to_list()]
    held = {
        scheme: {c for t in code_tables(scheme) for c in codes().get(t, {})} for scheme in SCHEMES
    }
    written = [{text.lstrip("0") or "0", text.upper(), text.lower()} for text in distinct]
    found = [(s, sum(not own.isdisjoint(forms) for forms in written)) for s, own in held.items()]
    rows = [(scheme, n / len(distinct), n) for scheme, n in found if n]
    schema = {"scheme": pl.String, "value": pl.Float64, "n": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort("value", descending=True, maintain_order=True)


def _series(column: Column) -> pl.Series:
    """Return a column of any library as a Polars series that keeps its name."""
    if isinstance(column, pl.Series):
        return column
    given: Any = column
    found: pl.Series
    if hasattr(column, "__arrow_c_stream__") or hasattr(column, "__arrow_c_array__"):
        found = pl.Series(given)
    elif hasattr(column, "to_numpy"):
        kept = [None if value != value else value for value in given.to_numpy().tolist()]
        found = pl.Series(kept, strict=False)
    else:
        found = pl.Series(list(given), strict=False)
    name = getattr(column, "name", None)
    return found.alias(name) if isinstance(name, str) else found


def _as_text(names: pl.Series) -> pl.Series:
    """Return names as text; whole numbers kept in a float column lose their decimals."""
    if names.dtype.is_float():
        names = names.fill_nan(None)
        if (names.drop_nulls() == names.drop_nulls().floor()).all():
            names = names.cast(pl.Int64)
    if names.dtype.is_nested():
        raise UnknownState(
            f"a column of {names.dtype} holds no states; expected names or codes as text or "
            f"whole numbers; pass another column"
        )
    return names.cast(pl.String)


def _as_years(given: Column | int | None, length: int) -> pl.Series:
    """Return one year a row."""
    if given is None or isinstance(given, int):
        return pl.Series([checked_year(given)], dtype=pl.Int64).new_from_index(0, length)
    years = _series(given)
    if len(years) != length:
        raise BadYear(
            f"{len(years)} years for {length} names; expected one year a name, one for all or "
            f"none; pass columns of the same frame"
        )
    try:
        return years.cast(pl.Int64)
    except pl.exceptions.PolarsError:
        raise BadYear(
            f"the years of type {years.dtype} hold something else than whole numbers; "
            f"expected years such as 1995; correct the column"
        ) from None


def _together(faults: dict[str, UnknownName]) -> UnknownName:
    """Return one error for all names that were not identified."""
    if len(faults) == 1:
        return next(iter(faults.values()))
    kind = (
        AmbiguousState
        if all(isinstance(fault, AmbiguousState) for fault in faults.values())
        else UnknownState
    )
    lines = []
    for label, fault in list(faults.items())[:10]:
        expected = str(fault).split("expected ", 1)[1].split(";", 1)[0]
        lines.append(f"{label!r} (expected {expected})")
    return kind(
        f"{len(faults)} names are not identified: {choices(lines, 10)}"
        f"{f', … ({len(faults) - 10} more)' if len(faults) > 10 else ''}; "
        f"expected names or codes of states; correct them, pass a scheme or years, or ask for nulls"
    )
