"""The record tables: what a row is, declared once.

From a declaration follow the checks on every import, the columns of stored files, the data
dictionary in the documentation and the headings of every view. Tables are long: one observation a
row, keys as plain columns. Missing is null, and a column that can be null says why in its note.

A table stands in the module of its kind, with the name a measure's parameter has for its rows; all
that is declared there is found here.
"""

from multivector.tables.declare import *
from multivector.tables.inference import *
from multivector.tables.records import *
from multivector.tables.results import *
from multivector.tables.vectors import *
