"""Modules that stand in rooms now: their addresses of before still import, with a warning."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["MOVED", "install"]

_ROOT = __name__.partition(".")[0]

MOVED = {
    "brief.content": "content.model",
    "brief.inquiry": "content.inquiry",
    "brief.wording": "words.figures",
    "catalogues": "words",
    "documents.archive": "documents.library.archive",
    "documents.classifier": "documents.coding.classifier",
    "documents.codebooks": "documents.coding.codebooks",
    "documents.ftm": "documents.exchange.ftm",
    "documents.refi": "documents.exchange.refi",
    "documents.search": "documents.library.search",
    "evidence": "study.evidence",
    "holdings": "study.holdings",
    "judgements": "study.judgements",
    "memory": "cache",
    "options": "study.options",
    "organisations": "names.organisations",
    "poles": "study.poles",
    "questions": "study.questions",
    "states": "names.states",
    "store": "study.store",
    "verification": "study.verification",
    "world": "study.world",
}
"""Where a module stood, and where it stands; what is in it moved along."""


def _place(name: str) -> str | None:
    """Return where a module stands now, by its full name of before; null if it did not move."""
    root, _, rest = name.partition(".")
    if root != _ROOT:
        return None
    for old, new in MOVED.items():
        if rest == old or rest.startswith(f"{old}."):
            return f"{_ROOT}.{new}{rest.removeprefix(old)}"
    return None


class _Forwarder:
    """Finds a module that moved, and hands over the one that stands in its new place.

    It is a finder and loader by its methods alone: importlib.abc would double the time to start.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if _place(fullname) is None:
            return None
        return ModuleSpec(fullname, self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        old, new = module.__name__, str(_place(module.__name__))
        warnings.warn(
            f"{old} stands at {new} now; expected its new place in an import; write 'import {new}'",
            DeprecationWarning,
            stacklevel=2,
        )
        sys.modules[old] = import_module(new)


def install() -> None:
    """Let the addresses of before be found; before others, so that no module is loaded twice."""
    if not any(isinstance(finder, _Forwarder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Forwarder())
