"""Docstrings in the NumPy style: the one place that knows their sections and entries.

The page of a measure, the report, the reference and the catalogue read with it; `completed` writes
into a measure's docstring what a type of options says of its options once for all measures.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Mapping
from typing import Any

__all__ = ["completed", "entries", "latex", "names_of", "of", "references", "sections"]

_HEADING = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
_PAPER = re.compile(r"\(\d{4}[a-z]?\)\.")
_ORDER = ("", "Parameters", "Returns", "Raises", "References", "Examples")


def of(item: Any) -> str:
    """Return the docstring of a function, class or module without its indentation."""
    return inspect.getdoc(item) or ""


def sections(text: str) -> dict[str, str]:
    r"""Return what stands under each heading; under "" what stands before the first.

    >>> sections("Sum.\n\nReturns\n-------\nint\n    The sum.")
    {'': 'Sum.', 'Returns': 'int\n    The sum.'}
    """
    parts = _HEADING.split(text)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {"": parts[0].strip(), **{name: body.strip("\n") for name, body in found.items()}}


def entries(text: str) -> list[tuple[str, str]]:
    r"""Return the entries of a section: each head, as ``a, b : int``, and what is said of it.

    >>> entries("a, b : int\n    Two\n    numbers.\nc\n    A third.")
    [('a, b : int', 'Two numbers.'), ('c', 'A third.')]
    """
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line and not line[0].isspace():
            found.append((line.strip(), []))
        elif line.strip() and found:
            found[-1][1].append(line.strip())
    return [(head, " ".join(lines)) for head, lines in found]


def names_of(head: str) -> list[str]:
    """Return the names an entry speaks of."""
    return [name for name in re.split(r"[,\s]+", head.partition(":")[0]) if name]


def references(item: Any) -> tuple[str, ...]:
    """Return the entries of the References section, each on one line."""
    found: list[str] = []
    for line in filter(None, map(str.strip, sections(of(item)).get("References", "").splitlines())):
        if not found or _PAPER.search(line):
            found.append(line.removeprefix("- "))
        else:
            found[-1] += f" {line}"
    return tuple(found)


def latex(item: Any) -> str:
    """Return the first formula that stands before the sections; empty if none is in LaTeX."""
    found = re.search(r"\.\. math::[ ]?(.*?)(?:\n\n(?=\S)|\Z)", sections(of(item))[""], re.DOTALL)
    return found.group(1) if found else ""


def completed(
    text: str, shared: str, named: Collection[str] | None = None, tables: Collection[str] = ()
) -> str:
    """Return a docstring with the shared entries it does not have itself.

    Parameters
    ----------
    text, shared : str
        The docstring, and that of a type of options, whose sections Parameters, Raises and
        References speak for all who take it.
    named, tables : collection of str
        The function's parameters, of others nothing is said; and those that are tables.
    """
    own, common = sections(text), sections(shared)
    own["Parameters"] = _parameters(
        own.get("Parameters", ""), common.get("Parameters", ""), named, tables
    )
    raised = {names_of(head)[0] for head, _ in entries(own.get("Raises", ""))}
    kept = [part for part in _blocks(common.get("Raises", "")) if part.split()[0] not in raised]
    own["Raises"] = "\n".join(filter(None, [own.get("Raises", "").strip("\n"), *kept]))
    cited = [own.get("References", "").strip("\n"), common.get("References", "").strip("\n")]
    own["References"] = "\n".join(filter(None, cited))
    return _joined(own)


def _parameters(
    own: str, common: str, named: Collection[str] | None, tables: Collection[str]
) -> str:
    """Return shared entries of tables first, the function's own, then the other shared ones."""
    documented = {name for head, _ in entries(own) for name in names_of(head)}
    before: list[str] = []
    after: list[str] = []
    for part in _blocks(common):
        head, _, said = part.partition("\n")
        names, mark, kind = head.partition(" : ")
        asked = [name for name in names_of(names) if named is None or name in named]
        left = [name for name in asked if name not in documented]
        if left:
            place = before if set(left) <= set(tables) else after
            place.append(f"{', '.join(left)}{mark}{kind}\n{said}")
    return "\n".join(filter(None, [*before, own.strip("\n"), *after]))


def _blocks(text: str) -> list[str]:
    return [part.rstrip() for part in re.split(r"\n(?=\S)", text.strip("\n")) if part.strip()]


def _joined(parts: Mapping[str, str]) -> str:
    order = [*(n for n in _ORDER if parts.get(n)), *(n for n in parts if n not in _ORDER)]
    blocks = [parts[n] if not n else f"{n}\n{'-' * len(n)}\n{parts[n].rstrip()}" for n in order]
    return "\n\n".join(blocks)
