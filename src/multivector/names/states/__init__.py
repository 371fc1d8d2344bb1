"""States: names and codes in any scheme and language, and the years in which they hold.

A state is written with its ISO 3166-1 alpha-3 code, or with a historical code where ISO has none
today: SUN, CSK, YUG, SCG, DDR, YMD, VDR, and for the nineteenth century the abbreviations of the
Correlates of War. Whose list says what, and how contested cases are read, is told in
``docs/explanation/states.md``.
"""

from multivector.names.states.columns import guess_scheme, identify_column
from multivector.names.states.facts import (
    code,
    existing,
    exists,
    lineage,
    name,
    search,
    table,
    today,
)
from multivector.names.states.folding import fold
from multivector.names.states.identity import SCHEMES, identify

__all__ = [
    "SCHEMES",
    "code",
    "existing",
    "exists",
    "fold",
    "guess_scheme",
    "identify",
    "identify_column",
    "lineage",
    "name",
    "search",
    "table",
    "today",
]
