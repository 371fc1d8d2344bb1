"""multivector measures a country's foreign policy, with sources and uncertainty."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from multivector.moved import install
from multivector.version import __version__

if TYPE_CHECKING:
    from multivector import measures
    from multivector.errors import MultivectorError
    from multivector.names import organisations, states
    from multivector.provenance import Origin, Run
    from multivector.study.panel import panel
    from multivector.workspace import Result, Workspace

__all__ = [
    "MultivectorError",
    "Origin",
    "Result",
    "Run",
    "Workspace",
    "__version__",
    "measures",
    "organisations",
    "panel",
    "states",
]

_MODULES = {"organisations": "names.organisations", "states": "names.states"}
_HOMES = {
    "MultivectorError": "errors",
    "Origin": "provenance",
    "Result": "workspace",
    "Run": "provenance",
    "Workspace": "workspace",
    "panel": "study.panel",
}

install()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name in __all__:
        return import_module(f"{__name__}.{_MODULES.get(name, name)}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
