"""multivector measures a country's foreign policy, with sources and uncertainty."""

from __future__ import annotations

from multivector import measures, states
from multivector.errors import MultivectorError
from multivector.provenance import Origin, Result, Run
from multivector.workspace import Workspace

__version__ = "0.1.0"
__all__ = [
    "MultivectorError",
    "Origin",
    "Result",
    "Run",
    "Workspace",
    "__version__",
    "measures",
    "states",
]
