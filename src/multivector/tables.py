"""The record tables: what a row is, declared once.

From a declaration follow the checks on every import, the columns of stored files, the data
dictionary in the documentation and the headings of every view. Tables are long: one observation a
row, keys as plain columns. Missing is null, and a column that can be null says why in its note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import polars as pl

from multivector.errors import SchemaError, choices

Kind = Literal["text", "integer", "number", "boolean"]

_POLARS: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, kind, what it means, its unit, and whether it may be null."""

    name: str
    kind: Kind
    note: str
    unit: str | None = None
    nullable: bool = False
    allowed: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        """Return the polars type that holds the column."""
        return _POLARS[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """A record table or a result: name, what a row is, key and columns.

    ``choose`` says what happens when several sources carry the table: ``None``, their rows stand
    side by side; otherwise one source is chosen for every combination of these columns, an
    installed one before the embedded one unless ``curated``. A table that ``follows`` another is
    taken from the release chosen for that other table; one that is a ``summary_of`` another is left
    out where that other is installed.
    """

    name: str
    note: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    choose: tuple[str, ...] | None = None
    curated: bool = False
    follows: str | None = None
    summary_of: str | None = None

    def column(self, name: str) -> Column:
        """Return the declared column of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise SchemaError(
            f"table {self.name} has no column {name!r}; "
            f"expected one of {choices(c.name for c in self.columns)}; correct the name"
        )

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Return column names and polars types, in order."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Return the table without rows."""
        return pl.DataFrame(schema=self.schema)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` with every declared column, in order and type; absent ones null.

        Raises
        ------
        SchemaError
            If a column that may not be null is absent, or a value does not fit its type.
        """
        faults = self._absent(frame)
        if faults:
            raise SchemaError(self._message(faults))
        try:
            return frame.select(
                pl.col(column.name).cast(column.dtype, strict=True)
                if column.name in frame.columns
                else pl.lit(None, dtype=column.dtype).alias(column.name)
                for column in self.columns
            )
        except (pl.exceptions.InvalidOperationError, pl.exceptions.ComputeError) as error:
            raise SchemaError(self._message([str(error).splitlines()[0]])) from error

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` conformed, or raise one error that names every fault.

        Checked are: the columns, their types, nulls, allowed values, finite numbers and the key.

        Raises
        ------
        SchemaError
            If anything above does not hold.
        """
        frame = self.conform(frame)
        faults = [*self._nulls(frame), *self._strangers(frame), *self._infinite(frame)]
        if not faults:
            faults = self._repeated(frame)
        if faults:
            raise SchemaError(self._message(faults))
        return frame

    def _message(self, faults: Sequence[str]) -> str:
        return (
            f"rows do not fit the table {self.name}: {'; '.join(faults)}; "
            f"expected {self.note}; correct the file or the source's reader"
        )

    def _absent(self, frame: pl.DataFrame) -> list[str]:
        missing = [c.name for c in self.columns if not c.nullable and c.name not in frame.columns]
        return [f"no column {name}" for name in missing]

    def _nulls(self, frame: pl.DataFrame) -> list[str]:
        counts = {c.name: frame[c.name].null_count() for c in self.columns if not c.nullable}
        return [f"{count} nulls in {name}" for name, count in counts.items() if count]

    def _strangers(self, frame: pl.DataFrame) -> list[str]:
        faults = []
        for column in self.columns:
            if not column.allowed:
                continue
            found = frame[column.name].drop_nulls().unique()
            strange = sorted(set(found.to_list()) - set(column.allowed))
            if strange:
                faults.append(
                    f"{column.name} holds {choices(map(repr, strange), 5)} "
                    f"(allowed: {choices(column.allowed)})"
                )
        return faults

    def _infinite(self, frame: pl.DataFrame) -> list[str]:
        names = [c.name for c in self.columns if c.kind == "number"]
        return [
            f"numbers that are not finite in {name}"
            for name in names
            if not frame[name].drop_nulls().is_finite().all()
        ]

    def _repeated(self, frame: pl.DataFrame) -> list[str]:
        if not self.key or frame.is_empty():
            return []
        repeated = frame.group_by(self.key).len().filter(pl.col("len") > 1)
        if repeated.is_empty():
            return []
        first = repeated.sort(self.key).row(0, named=True)
        where = ", ".join(f"{name}={first[name]}" for name in self.key)
        return [f"{repeated.height} repeated keys, first {where} ({first['len']} rows)"]


def text(name: str, note: str, *, null: bool = False, allowed: Sequence[str] = ()) -> Column:
    """Return a text column."""
    return Column(name, "text", note, None, null, tuple(allowed))


def integer(name: str, note: str, unit: str | None = None, *, null: bool = False) -> Column:
    """Return a column of whole numbers."""
    return Column(name, "integer", note, unit, null)


def number(name: str, note: str, unit: str | None = None, *, null: bool = False) -> Column:
    """Return a column of numbers."""
    return Column(name, "number", note, unit, null)


OWN = "a state's value depends on its own rows only"


@dataclass(frozen=True, slots=True)
class Within:
    """A mark on a measure's table: no rows outside its years are used, but some years before."""

    before: int = 0


STATE = text("state", "the state: ISO 3166-1 alpha-3 or the historical code")
PARTNER = text("partner", "the other state")
STATE_A = text("state_a", "the first state of the pair; state_a < state_b")
STATE_B = text("state_b", "the second state of the pair")
YEAR = integer("year", "calendar year")
SOURCE = text("source", "where the row comes from: a release name@version or a run run:hash")
LOCATOR = text("locator", "where in the source: page, field, row or address")
VALUE = number("value", "the measure; null when undefined, see n", null=True)
LOW = number("low", "lower end of the interval; null where none is computed", null=True)
HIGH = number("high", "upper end of the interval; null where none is computed", null=True)
N = integer("n", "how many observations the value rests on")

STATUSES = (
    "founding_member",
    "member",
    "associate",
    "observer",
    "dialogue_partner",
    "candidate",
    "partner",
    "suspended",
    "withdrew",
    "refused",
)
CHOICES = ("yes", "abstain", "no", "absent")
FLOWS = (
    "exports",
    "imports",
    "investment_out",
    "investment_in",
    "arms_exports",
    "arms_imports",
    "students_out",
    "students_in",
    "finance_in",
    "visits_out",
    "diplomats_out",
)
DIMENSIONS = (
    "political",
    "institutional",
    "economic",
    "energy_transport",
    "security",
    "cultural",
    "education",
)
MODES = ("coerce", "induce", "attract")

STATES = Table(
    "states",
    "a spell of a state's codes: one identity, the years in which the codes held",
    ("state", "valid_from"),
    (
        STATE,
        text("name", "short English name"),
        text("valid_from", "first day of the spell, an ISO date that may be partial"),
        text("valid_to", "last day of the spell; null while it lasts", null=True),
    ),
)

ORGANISATIONS = Table(
    "organisations",
    "an organisation or bloc: codes, names, life, field",
    ("organisation",),
    (
        text("organisation", "short code"),
        *(
            text(f"{what}_{language}", note, null=not (what == "name" and language == "en"))
            for language in ("en", "tr", "ru", "kk")
            for what, note in (
                ("name", "full name; null where no source in hand gives it"),
                ("short", "usual abbreviation; null where no source in hand gives it"),
            )
        ),
        text("aliases", "further names, separated by ;", null=True),
        text("founded", "day of foundation, may be partial; null if not known", null=True),
        text("dissolved", "day of dissolution; null while it lasts", null=True),
        text("predecessor", "code of the predecessor; null if none", null=True),
        text("successor", "code of the successor; null if none", null=True),
        text("field", "main field: security, economic, political, cultural, general, …"),
        integer("trade_depth", "step on the trade ladder; null without a source", null=True),
        integer("money_depth", "step on the monetary ladder; null without a source", null=True),
        text("cow_igo", "code in the COW IGO data; null if not carried", null=True),
        SOURCE,
        LOCATOR,
    ),
)

MEMBERSHIPS = Table(
    "memberships",
    "a spell of a state's status in an organisation",
    ("organisation", "state", "status", "start", "source"),
    (
        text("organisation", "code of the organisation"),
        STATE,
        text("status", "the status held", allowed=STATUSES),
        text("start", "first day, may be partial; null if the source does not say", null=True),
        text("end", "last day, may be partial; null while it lasts as of as_of", null=True),
        text("as_of", "date of the source for spells still open", null=True),
        SOURCE,
        LOCATOR,
        text("note", "what a reader should know; null if nothing", null=True),
    ),
    choose=(),
    curated=True,
)

ROLLCALLS = Table(
    "rollcalls",
    "a recorded vote of the UN General Assembly",
    ("rollcall",),
    (
        text("rollcall", "identifier, unique within the release"),
        text("date", "day of the vote, ISO", null=True),
        YEAR,
        integer("session", "regular session, year - 1945 for the main part", null=True),
        text("resolution", "symbol such as 65/206; null where the producer has none", null=True),
        text("family", "texts that recur or are parts of one another share a family", null=True),
        text(
            "kind",
            "what was voted on",
            allowed=("final", "paragraph", "amendment", "motion", "unknown"),
        ),
        text("issues", "issue codes separated by ;: me nu di hr co ec", null=True),
        Column("important", "boolean", "on the US State Department's list", None, True),
        integer("yes", "states voting yes as the producer prints it", null=True),
        integer("abstain", "states abstaining as the producer prints it", null=True),
        integer("no", "states voting no as the producer prints it", null=True),
        text("title", "short title; null where the producer has none", null=True),
        text("duplicate_of", "the roll call this one repeats; null if none", null=True),
        SOURCE,
    ),
    choose=(),
    follows="votes",
)

VOTES = Table(
    "votes",
    "a state's choice on a roll call",
    ("rollcall", "state"),
    (
        text("rollcall", "identifier of the roll call"),
        STATE,
        YEAR,
        text("choice", "the vote cast, or absent", allowed=CHOICES),
        SOURCE,
    ),
    choose=(),
)

BRIDGES = Table(
    "bridges",
    "two roll calls on identical texts, the links between sessions",
    ("rollcall_a", "rollcall_b"),
    (
        text("rollcall_a", "the earlier roll call"),
        text("rollcall_b", "the later roll call"),
        SOURCE,
    ),
    choose=(),
)

JOINT_VOTES = Table(
    "joint_votes",
    "joint choices of a pair of states in a year: sufficient for every similarity measure",
    ("state", "pole", "year", "universe", "issue"),
    (
        STATE,
        text("pole", "the other state of the pair"),
        YEAR,
        text("universe", "which roll calls are counted"),
        text("issue", "issue code, or all"),
        *(
            integer(
                f"{a}_{b}", f"roll calls on which state chose {a} and pole chose {b}", "roll calls"
            )
            for a in ("yes", "abstain", "no")
            for b in ("yes", "abstain", "no")
        ),
        SOURCE,
    ),
    choose=(),
    summary_of="votes",
)

VOTE_TOTALS = Table(
    "vote_totals",
    "how a state used its seat in a year: roll calls by choice, while it was a member",
    ("state", "year", "universe", "issue"),
    (
        STATE,
        YEAR,
        text("universe", "which roll calls are counted"),
        text("issue", "issue code, or all"),
        *(integer(c, f"roll calls on which the state chose {c}", "roll calls") for c in CHOICES),
        SOURCE,
    ),
    choose=(),
    summary_of="votes",
)

SPLIT_VOTES = Table(
    "split_votes",
    "a roll call on which two powers voted yes and no, with every state's choice",
    ("rollcall",),
    (
        text("rollcall", "identifier, unique within the release"),
        text("date", "day of the vote, ISO"),
        YEAR,
        integer("session", "regular session of the General Assembly", null=True),
        text("resolution", "symbol such as 65/206; null where the producer has none", null=True),
        text("family", "texts that recur or are parts of one another share a family", null=True),
        text(
            "kind",
            "what was voted on",
            allowed=("final", "paragraph", "amendment", "motion", "unknown"),
        ),
        text("issues", "issue codes separated by ;: me nu di hr co ec", null=True),
        text("title", "short title; null where the producer has none", null=True),
        text("duplicate_of", "the roll call this one repeats; null if none", null=True),
        text("states", "the states whose choices follow, separated by ;"),
        text("choices", "one letter a state: y yes, a abstain, n no, x absent, - not a member"),
        SOURCE,
    ),
    choose=(),
    summary_of="votes",
)

IDEAL_POINTS = Table(
    "ideal_points",
    "a state's ideal point in a session",
    ("state", "session", "source"),
    (
        STATE,
        integer("session", "regular session of the General Assembly"),
        integer("year", "year in which the session opened"),
        number("value", "posterior mean, mean 0 and sd 1 over country-sessions"),
        LOW,
        HIGH,
        N,
        SOURCE,
    ),
    choose=(),
)

FLOWS_TABLE = Table(
    "flows",
    "a directed flow of a state to or from a partner in a year, as one side reports it",
    ("state", "partner", "year", "flow", "product", "reported_by", "source"),
    (
        STATE,
        PARTNER,
        YEAR,
        text("flow", "exports: state to partner; imports: partner to state; …", allowed=FLOWS),
        text("product", "product code; null for the total", null=True),
        number("value", "size of the flow; null where the source says missing", null=True),
        text("unit", "percent, USD, TIV, persons, …"),
        text("reported_by", "whose report", allowed=("state", "partner", "reconciled")),
        SOURCE,
        LOCATOR,
    ),
    choose=("flow",),
)

INDICATORS = Table(
    "indicators",
    "a state's figure in a year",
    ("state", "indicator", "year", "source"),
    (
        STATE,
        text("indicator", "what is measured, such as gdp, population, public_debt"),
        YEAR,
        number("value", "the figure"),
        text("unit", "USD, persons, percent of GDP, …"),
        Column("estimate", "boolean", "the source calls it an estimate", None, True),
        SOURCE,
        LOCATOR,
    ),
    choose=None,
)

BORDERS = Table(
    "borders",
    "a land border as one of the two states' entry gives it",
    ("state", "partner", "source"),
    (
        STATE,
        PARTNER,
        number("length", "length of the border; null where not given", "km", null=True),
        SOURCE,
        LOCATOR,
    ),
)

EVENTS = Table(
    "events",
    "a dated act between actors",
    ("event",),
    (
        text("event", "identifier"),
        text("type", "kind of act, as in the coding scheme"),
        text("date", "day, may be partial or an interval a/b; null if not given", null=True),
        text("actors", "states, organisations, persons, separated by ;", null=True),
        text("dimension", "field of policy", allowed=DIMENSIONS),
        text("power", "as the text itself sorts it", null=True, allowed=("soft", "hard", "none")),
        text("mode", "mode of power; null where not coded", null=True, allowed=MODES),
        text("title", "short neutral label", null=True),
        text("attributed_to", "whom the text cites; null if itself", null=True),
        text("duplicate_of", "the event this row repeats; null if none", null=True),
        text("code", "the act in the source's own code, such as CAMEO 0311", null=True),
        number("intensity", "Goldstein's scale, -10 conflict to 10 cooperation", null=True),
        SOURCE,
        LOCATOR,
    ),
)

TREATIES = Table(
    "treaties",
    "a state's part in an agreement: one row a party and spell",
    ("treaty", "state", "start", "source"),
    (
        text("treaty", "identifier within the source"),
        STATE,
        text("name", "name of the agreement"),
        text("field", "what it is about: trade, alliance, investment, …"),
        text("kind", "what binds: defense, neutrality, nonaggression, accession, …", null=True),
        text("signed", "day of signature, may be partial; null if not given", null=True),
        text("start", "first day the party is bound, may be partial; null if never", null=True),
        text("end", "last day, may be partial; null while it lasts as of the source", null=True),
        number("depth", "depth on the source's own scale; null where it has none", null=True),
        SOURCE,
        LOCATOR,
    ),
)

TREATY_DEPTHS = Table(
    "treaty_depths",
    "how deep a trade agreement goes by its text, on DESTA's additive index",
    ("treaty", "source"),
    (
        text("treaty", "identifier of the agreement, as in the table of treaties"),
        text("title", "name of the agreement"),
        integer("year", "year of signature; null if not given", null=True),
        integer("depth", "kinds of provision it holds, 0 to 7; null if not coded", null=True),
        SOURCE,
        LOCATOR,
    ),
)

ORGANISATION_TREATIES = Table(
    "organisation_treaties",
    "a trade agreement that an organisation's members made as such",
    ("organisation", "treaty"),
    (
        text("organisation", "code of the organisation"),
        text("treaty", "identifier of the agreement, as in the table of treaties"),
        text(
            "role",
            "whether it set the organisation up or was made within it",
            allowed=("founding", "agreement"),
        ),
        text("implemented", "day from which it was carried out; null without source", null=True),
        text("note", "what another source says; null if nothing", null=True),
        SOURCE,
        LOCATOR,
    ),
)

DISTANCES = Table(
    "distances",
    "how far two states are from each other",
    ("state", "partner", "source"),
    (
        STATE,
        PARTNER,
        number("distance", "between the most populous cities", "km", null=True),
        number("capital_distance", "between the capitals", "km", null=True),
        number("weighted_distance", "population-weighted mean over cities", "km", null=True),
        Column("contiguous", "boolean", "they share a border", None, True),
        Column("common_language", "boolean", "they share an official language", None, True),
        SOURCE,
        LOCATOR,
    ),
    choose=(),
)

VOTING_RULES = Table(
    "voting_rules",
    "a member's weight under an organisation's decision rule",
    ("organisation", "state", "start", "source"),
    (
        text("organisation", "code of the organisation"),
        text("state", "the member"),
        number("weight", "votes of the member", "votes"),
        number("quota", "votes needed; null where the source does not say", "votes", null=True),
        text("start", "first day of the rule, may be partial; null if not known", null=True),
        text("end", "last day of the rule; null while it lasts or if not known", null=True),
        SOURCE,
        LOCATOR,
    ),
)

CRITERIA = Table(
    "criteria",
    "a convergence criterion that members of an organisation bind themselves to",
    ("organisation", "criterion"),
    (
        text("organisation", "code of the organisation"),
        text("criterion", "short name: deficit, debt, inflation"),
        text("indicator", "the indicator it limits"),
        text(
            "reference",
            "what the limit is measured from",
            allowed=("zero", "lowest_member", "mean_of_three_lowest"),
        ),
        number("margin", "the limit above the reference", "percentage points or percent of GDP"),
        text("sense", "the figure must be at most or at least that", allowed=("most", "least")),
        text("start", "first day it binds, may be partial"),
        SOURCE,
        LOCATOR,
    ),
)

CODERS = ("person", "rule", "model")

DOCUMENTS = Table(
    "documents",
    "a document by the hash of its bytes",
    ("document",),
    (
        text("document", "SHA-256 of the bytes as read"),
        text("doc", "short name: three leading digits of the file name, or its stem"),
        text("name", "file name"),
        text("media", "kind of file, told by its content"),
        text("language", "language of most of the text; null where not told", null=True),
        text("title", "title; null where none was found", null=True),
        text("date", "day of publication, may be partial; null where not told", null=True),
        integer("characters", "length of the raw text in Unicode code points"),
        SOURCE,
    ),
)

PASSAGES = Table(
    "passages",
    "a stretch of a document's raw text",
    ("document", "start", "end"),
    (
        text("document", "the document, by hash"),
        integer("start", "first character in the raw text, counted from 0"),
        integer("end", "character after the last"),
        text("kind", "title, abstract, body, table, footnote, bibliography, front, …"),
        text("language", "language of the passage; null where not told", null=True),
        integer("page", "page the passage begins on; null where there are none", null=True),
        text("text", "the passage as repaired, for reading and searching"),
        SOURCE,
    ),
)

CODINGS = Table(
    "codings",
    "what a coder says of a unit under one variable of a coding scheme",
    ("coding",),
    (
        integer("coding", "number, in order of decision"),
        text("unit", "what was coded: a passage or a record that all coders were given"),
        text("variable", "variable of the scheme: kind, type, dimension, mode, stance, …"),
        text("value", "the category or figure given"),
        text("coder", "who coded"),
        text("coder_kind", "a person, a rule or a model", allowed=CODERS),
        text("document", "the document, by hash; null where the unit is not text", null=True),
        integer("start", "first character in the raw text; null without a place", null=True),
        integer("end", "character after the last; null without a place", null=True),
        text("quote", "the raw text at that place, verbatim; null without one", null=True),
        text("decided_at", "when, ISO, UTC"),
        text("note", "the reason; null if none was given", null=True),
        integer("supersedes", "coding that this one replaces; null if none", null=True),
        SOURCE,
    ),
)

STATE_YEARS = Table(
    "state_years",
    "a measure of a state in a year",
    ("state", "year"),
    (STATE, YEAR, VALUE, LOW, HIGH, N),
)
STATE_YEAR_FLOWS = Table(
    "state_year_flows",
    "a measure of a state's flows in a year and direction",
    ("state", "year", "flow"),
    (STATE, YEAR, text("flow", "direction and kind of the flow"), VALUE, LOW, HIGH, N),
)
PARTNER_YEARS = Table(
    "partner_years",
    "a measure of a state's tie to a partner in a year; not symmetric",
    ("state", "partner", "year", "flow"),
    (STATE, PARTNER, YEAR, text("flow", "direction and kind of the flow"), VALUE, LOW, HIGH, N),
)
DYAD_YEARS = Table(
    "dyad_years",
    "a measure of an undirected pair of states in a year; state_a < state_b",
    ("state_a", "state_b", "year"),
    (STATE_A, STATE_B, YEAR, VALUE, LOW, HIGH, N),
)

ORGANISATION_YEARS = Table(
    "organisation_years",
    "a measure of an organisation, or of a group of states, in a year",
    ("organisation", "year"),
    (text("organisation", "code of the organisation, or own"), YEAR, VALUE, LOW, HIGH, N),
)
PRODUCT_YEARS = Table(
    "product_years",
    "a measure of a state's trade in a product in a year",
    ("state", "product", "year"),
    (STATE, text("product", "product code"), YEAR, VALUE, LOW, HIGH, N),
)
SPLITS = Table(
    "splits",
    "whom a state joined on the roll calls on which two poles split, in a period",
    ("state", "pole_a", "pole_b", "start"),
    (
        STATE,
        text("pole_a", "the first pole"),
        text("pole_b", "the second pole"),
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        integer("n_a", "roll calls on which the state joined the first pole"),
        integer("n_b", "roll calls on which the state joined the second pole"),
        integer("abstain", "roll calls on which the state abstained and so joined neither"),
        integer("other", "roll calls on which the state voted and joined neither"),
        integer("absent", "roll calls the state missed; null if absences are left out", null=True),
        integer("unknown", "of n, roll calls of unknown kind: the producer does not say"),
        N,
        VALUE,
        LOW,
        HIGH,
        number("p_value", "exact two-sided test of an even chance; null without sides", null=True),
        number("equidistance", "1 where both poles were joined alike, 0 one only", null=True),
        number("neutrality", "abstentions as a share of votes cast", null=True),
    ),
)
SPLIT_ROLLCALLS = Table(
    "split_rollcalls",
    "a roll call on which two poles split, and whom a state joined",
    ("state", "pole_a", "pole_b", "rollcall"),
    (
        text("rollcall", "identifier of the roll call"),
        text("date", "day of the vote, ISO", null=True),
        YEAR,
        integer("session", "regular session", null=True),
        text("resolution", "symbol such as 65/206; null where the producer has none", null=True),
        text("title", "short title; null where the producer has none", null=True),
        text("kind", "what was voted on"),
        text("issues", "issue codes separated by ;", null=True),
        text("duplicate_of", "the roll call this one repeats; null if none", null=True),
        STATE,
        text("pole_a", "the first pole"),
        text("pole_b", "the second pole"),
        text("choice_a", "the first pole's choice"),
        text("choice_b", "the second pole's choice"),
        text("choice", "the state's choice"),
        text("side", "pole_a, pole_b, abstain, other, absent"),
        SOURCE,
    ),
)
SPLIT_SENSITIVITY = Table(
    "split_sensitivity",
    "how many splits there are, and whom a state joined, under one definition",
    ("state", "pole_a", "pole_b", "opposition", "roll_calls"),
    (
        STATE,
        text("pole_a", "the first pole"),
        text("pole_b", "the second pole"),
        text("opposition", "which difference between the poles counts as a split"),
        text("roll_calls", "which roll calls are looked at"),
        integer("n_a", "roll calls on which the state joined the first pole"),
        integer("n_b", "roll calls on which the state joined the second pole"),
        integer("abstain", "roll calls on which the state abstained and so joined neither"),
        integer("other", "roll calls on which the state voted and joined neither"),
        integer("absent", "roll calls the state missed; null if absences are left out", null=True),
        N,
        VALUE,
        LOW,
        HIGH,
    ),
)
POLE_SHARES = Table(
    "pole_shares",
    "the weight of a pole for a state, of all poles asked about, in a period",
    ("state", "pole", "start"),
    (
        STATE,
        text("pole", "the pole"),
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        VALUE,
        LOW,
        HIGH,
        N,
        number("tie", "the model's propensity to abstain; null without splits", null=True),
    ),
)
ABSENCES = Table(
    "absences",
    "whether a state stays away when two poles are opposed, in a period",
    ("state", "pole_a", "pole_b", "start"),
    (
        STATE,
        text("pole_a", "the first pole"),
        text("pole_b", "the second pole"),
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        integer("opposed_absent", "absent, the poles opposed"),
        integer("opposed_present", "took part, the poles opposed"),
        integer("other_absent", "absent, other roll calls"),
        integer("other_present", "took part, other roll calls"),
        VALUE,
        LOW,
        HIGH,
        number("p_value", "Fisher's exact test, two-sided; null if not defined", null=True),
        N,
    ),
)
VECTORS = Table(
    "vectors",
    "the Multi-Vector Index of a state in a period, never without what it rests on",
    ("state", "start"),
    (
        STATE,
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        number("value", "place between one vector (0) and the ceiling (1)", null=True),
        LOW,
        HIGH,
        N,
        number("median", "median of the draws behind the interval", null=True),
        number("effective_vectors", "effective number of distinct poles", "poles", null=True),
        number("alpha", "effective number within the domains", "poles", null=True),
        number("beta", "compartmentalisation: 1 where all domains lean alike", null=True),
        number("ceiling", "largest effective number these poles allow", "poles", null=True),
        number("intensity", "share of the activity that is with the poles at all", null=True),
        number("dominance", "largest share of one pole in all domains together", null=True),
        text("dominant", "the pole with that share", null=True),
        number("benchmark", "the index of a portfolio that structure would give", null=True),
        number("tilt", "half the sum of differences from that portfolio", null=True),
        text("poles", "the poles, separated by ;"),
        text("domains", "the domains it rests on, separated by ;"),
        text("label", "in words; null where the evidence refuses one", null=True),
        text("note", "what a reader must know; null if nothing", null=True),
    ),
)
VECTOR_SHARES = Table(
    "vector_shares",
    "a pole's share of a state's engagements in a domain, in a period",
    ("state", "start", "domain", "pole"),
    (
        STATE,
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        text("domain", "the domain, or all for the weighted mean of the domains"),
        text("pole", "the pole"),
        VALUE,
        LOW,
        HIGH,
        N,
        Column("majority", "boolean", "the share exceeds a half", None, True),
        integer("critical", "products of which the pole sells over half", "products", null=True),
    ),
)
VECTOR_DOMAINS = Table(
    "vector_domains",
    "a state's diversity in one domain, in a period",
    ("state", "start", "domain"),
    (
        STATE,
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        text("domain", "the domain"),
        VALUE,
        LOW,
        HIGH,
        N,
        number("weight", "weight of the domain"),
        number("intensity", "share of the domain's activity that is with the poles", null=True),
        number("dominance", "largest share of one pole", null=True),
        text("dominant", "the pole with that share", null=True),
        number("absence", "share of split roll calls missed; null outside votes", null=True),
    ),
)
POLE_DISTANCES = Table(
    "pole_distances",
    "how far two poles are from each other, measured without the state",
    ("start", "pole_a", "pole_b"),
    (
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        text("pole_a", "the first pole"),
        text("pole_b", "the second pole"),
        VALUE,
        LOW,
        HIGH,
        N,
        text("distance", "what the distance is made from"),
    ),
)
VECTOR_RANKS = Table(
    "vector_ranks",
    "a state's place among others by the Multi-Vector Index, over many specifications",
    ("state", "start"),
    (
        STATE,
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        number("value", "median of the index over the specifications", null=True),
        LOW,
        HIGH,
        integer("n", "specifications in which the index is defined"),
        number("rank", "median rank, 1 the most multi-vector", null=True),
        number("rank_low", "best rank of the interval", null=True),
        number("rank_high", "worst rank of the interval", null=True),
        text("domains", "the domains all states have, separated by ;"),
    ),
)
VECTOR_DOMINANCE = Table(
    "vector_dominance",
    "in which share of the specifications one state is more multi-vector than another",
    ("state_a", "state_b", "start"),
    (
        text("state_a", "the state asked about"),
        text("state_b", "the state compared with"),
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        VALUE,
        LOW,
        HIGH,
        integer("n", "specifications in which both are defined"),
    ),
)
VECTOR_SENSITIVITY = Table(
    "vector_sensitivity",
    "how much of the spread of the index over specifications one choice explains",
    ("state", "start", "factor"),
    (
        STATE,
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        text("factor", "what was varied: sampling, weights, poles, distance, order"),
        number("value", "share of the variance explained by it alone", null=True),
        LOW,
        HIGH,
        N,
        number("total", "share that would remain without all else: with interactions", null=True),
        number("spread", "variance of the index over the specifications", null=True),
    ),
)
POWER_SHARES = Table(
    "power_shares",
    "a category's share of the events of a period: the composition of the power mix",
    ("start", "category"),
    (
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        text("category", "dimension, mode, power or quad class"),
        integer("events", "events of the category", "events"),
        VALUE,
        LOW,
        HIGH,
        N,
    ),
)
POWER_SCORES = Table(
    "power_scores",
    "a measure of the power mix of a period",
    ("start",),
    (
        integer("start", "first year of the period"),
        integer("end", "last year of the period"),
        VALUE,
        LOW,
        HIGH,
        N,
        integer("hard", "hard events; null where the measure has none", "events", null=True),
        integer("soft", "soft events; null where the measure has none", "events", null=True),
        integer("uncoded", "events that are neither, or not coded", "events"),
    ),
)
POWER_TESTS = Table(
    "power_tests",
    "a test on the power mix: what was estimated, with interval and chance of as much by luck",
    ("statistic",),
    (
        text("statistic", "what was estimated"),
        VALUE,
        LOW,
        HIGH,
        N,
        number("p_value", "share of permutations as far from what chance gives", null=True),
        integer("year", "the year it speaks of; null where it speaks of none", null=True),
    ),
)
POWER_VOLUMES = Table(
    "power_volumes",
    "how many events a source has of a state, or two, in a year, of all its events",
    ("year", "source"),
    (
        YEAR,
        SOURCE,
        integer("events", "events with the actors asked for", "events"),
        number("value", "of a thousand events of the source in the year", "per thousand"),
        LOW,
        HIGH,
        integer("n", "all events of the source in the year: the corpus"),
    ),
)
VOTING_POWER = Table(
    "voting_power",
    "a member's voting power under a decision rule, by one index",
    ("organisation", "state", "start", "index"),
    (
        text("organisation", "code of the organisation, or own"),
        text("state", "the member"),
        text("start", "first day of the rule; null if not known", null=True),
        text("index", "the index of power"),
        VALUE,
        N,
    ),
)
CRITERION_YEARS = Table(
    "criterion_years",
    "how far a member is from a convergence criterion in a year",
    ("organisation", "state", "criterion", "year"),
    (
        text("organisation", "code of the organisation"),
        STATE,
        text("criterion", "short name of the criterion"),
        YEAR,
        number("value", "distance beyond the limit: positive is a breach", "points", null=True),
        number("figure", "the member's own figure; null where not known", null=True),
        number("limit", "the limit of the year; null where it cannot be told", null=True),
        Column("met", "boolean", "the criterion is met; null where not known", None, True),
        N,
    ),
)
CRITERION_SPELLS = Table(
    "criterion_spells",
    "an unbroken run of years in which a member breached a criterion",
    ("organisation", "state", "criterion", "start"),
    (
        text("organisation", "code of the organisation"),
        STATE,
        text("criterion", "short name of the criterion"),
        integer("start", "first year of the breach"),
        integer("end", "last year of the breach"),
        number("value", "largest distance beyond the limit in the spell", "points"),
        integer("n", "years of the spell"),
    ),
)

STAGES = ("declared", "in_force", "implemented")
SCALES = ("trade", "money", "desta")
INSTITUTIONAL_DEPTHS = Table(
    "institutional_depths",
    "how deep an organisation or its agreement is in a year, on one scale and by stage",
    ("organisation", "scale", "treaty", "year"),
    (
        text("organisation", "code of the organisation"),
        text("scale", "trade or money ladder, or DESTA's index", allowed=SCALES),
        text("treaty", "the agreement; null for a step of the organisation itself", null=True),
        YEAR,
        VALUE,
        integer("declared", "depth signed or proclaimed; null without source", null=True),
        integer("in_force", "depth legally in force; null if not, or without source", null=True),
        integer("implemented", "depth carried out; null without source", null=True),
        text("stage", "furthest stage a source shows; null if none", null=True, allowed=STAGES),
        N,
        text("note", "what another source says; null if nothing", null=True),
    ),
)

ESTIMATES = Table(
    "estimates",
    "an estimated coefficient, as fitted or corrected for bias",
    ("term", "kind"),
    (
        text("term", "what the coefficient is of"),
        text("kind", "plain, bias_corrected or a named check"),
        VALUE,
        LOW,
        HIGH,
        number("se", "standard error; null where the term is not identified", null=True),
        number("p_value", "two-sided, normal; null where not identified", null=True),
        number("percent", "100 (exp(value) - 1); null where not identified", "percent", null=True),
        N,
    ),
)
GROUP_EFFECTS = Table(
    "group_effects",
    "the effect on units first treated in a year, in a year",
    ("group", "year"),
    (
        integer("group", "year of first treatment"),
        YEAR,
        VALUE,
        LOW,
        HIGH,
        number("se", "standard error; null where undefined", null=True),
        integer("n", "treated units compared"),
    ),
)
EFFECTS = Table(
    "effects",
    "group effects put together in one way",
    ("aggregation", "at"),
    (
        text("aggregation", "simple, group, dynamic, calendar or the overall mean of one of them"),
        text("at", "the group, year or distance to treatment; all for an overall mean"),
        VALUE,
        LOW,
        HIGH,
        number("se", "standard error; null where undefined", null=True),
        integer("n", "group effects put together"),
    ),
)
VERDICTS = ("binds", "moves_together", "no_evidence", "diverges")
BINDINGS = Table(
    "bindings",
    "whether an organisation binds its members in one outcome, and why",
    ("organisation", "outcome", "status"),
    (
        text("organisation", "code of the organisation"),
        text("outcome", "trade, votes, agreements, visits or arms"),
        text("status", "the status tested beside full members"),
        text("verdict", "the verdict", allowed=VERDICTS),
        VALUE,
        LOW,
        HIGH,
        number("pretrend", "p-value of no trend before joining; null without years", null=True),
        number("placebo", "share of random clubs with as large an effect", null=True),
        number("placebo_date", "p-value of an effect before joining; null without", null=True),
        number("minimum_detectable", "effect found four times in five, in units", null=True),
        integer("n", "pairs observed before and after they were tied"),
        text("reason", "the reasons in one sentence"),
    ),
)

RELIABILITIES = Table(
    "reliabilities",
    "how far coders agree on a variable, beyond chance",
    ("variable",),
    (
        text("variable", "variable of the coding scheme"),
        VALUE,
        LOW,
        HIGH,
        number("se", "standard error; null where no closed form is used", null=True),
        number("observed", "share of pairs that agree; null without pairs", null=True),
        integer("coders", "coders who coded any of the units"),
        integer("units", "units coded by anybody"),
        integer("n", "units coded by two coders or more"),
    ),
)
CODER_PAIRS = Table(
    "coder_pairs",
    "how far two coders agree on a variable, beyond chance; coder_a < coder_b",
    ("variable", "coder_a", "coder_b"),
    (
        text("variable", "variable of the coding scheme"),
        text("coder_a", "the first coder"),
        text("coder_b", "the second coder"),
        VALUE,
        LOW,
        HIGH,
        number("observed", "share of units on which they agree; null without any", null=True),
        integer("n", "units both coded"),
    ),
)
CATEGORY_RELIABILITIES = Table(
    "category_reliabilities",
    "how far coders agree on one category, and what they take it for",
    ("variable", "category"),
    (
        text("variable", "variable of the coding scheme"),
        text("category", "the category, against all others"),
        VALUE,
        LOW,
        HIGH,
        number("disagreement", "share of its pairings with another category", null=True),
        text("confused_with", "the category it meets most often instead; null if none", null=True),
        number("confusion", "share of its pairings with that category; null if none", null=True),
        integer("n", "times the category was given in units coded twice or more"),
    ),
)
PLACEBOS = Table(
    "placebos",
    "the effect found where there should be none",
    ("kind", "name"),
    (
        text("kind", "club: random states; organisation: another one; date: years too early"),
        text("name", "number of the club, code of the organisation, or shift in years"),
        VALUE,
        integer("n", "pairs compared"),
    ),
)

KEYWORDS = Table(
    "keywords",
    "a word more, or less, frequent in some documents than in others",
    ("target", "word"),
    (
        text("target", "the documents asked about, by short name, or several joined by ;"),
        text("word", "the word in lower case"),
        VALUE,
        number("log_ratio", "binary logarithm of the ratio of frequencies", null=True),
        number("difference", "percent more than elsewhere; null if absent there", null=True),
        number("chi2", "chi-squared with Yates's correction; null if undefined", null=True),
        number("p_value", "of the value, one degree of freedom; null if undefined", null=True),
        number("adjusted", "p-value for as many words as tested; null if undefined", null=True),
        number("dp", "Gries's deviation of proportions in the target; null if absent", null=True),
        integer("parts", "parts of the target in which the word occurs"),
        integer("elsewhere", "times the word occurs in the other documents"),
        integer("n", "times the word occurs in the target"),
    ),
)
DISPERSIONS = Table(
    "dispersions",
    "how evenly a word is spread over documents or passages",
    ("word",),
    (
        text("word", "the word in lower case"),
        VALUE,
        number("normalised", "the value over its largest possible; null if undefined", null=True),
        number("juilland", "Juilland's D; null with a single part", null=True),
        integer("parts", "parts in which the word occurs"),
        integer("n", "times the word occurs"),
    ),
)
TEXT_SCORES = Table(
    "text_scores",
    "the position of a document on a scale that reference documents span",
    ("document",),
    (
        text("document", "short name, or hash where there is none"),
        text("role", "reference or virgin", allowed=("reference", "virgin")),
        VALUE,
        LOW,
        HIGH,
        number("se", "standard error of the raw score; null without scored words", null=True),
        number("rescaled", "score on the references' scale; null where undefined", null=True),
        number("given", "score given to a reference; null for a virgin text", null=True),
        number("scored", "share of its words that the references hold; null if empty", null=True),
        integer("n", "scored words of the document"),
    ),
)
RECORDS: tuple[Table, ...] = (
    STATES,
    ORGANISATIONS,
    MEMBERSHIPS,
    ROLLCALLS,
    VOTES,
    BRIDGES,
    JOINT_VOTES,
    VOTE_TOTALS,
    SPLIT_VOTES,
    IDEAL_POINTS,
    FLOWS_TABLE,
    INDICATORS,
    BORDERS,
    EVENTS,
    TREATIES,
    TREATY_DEPTHS,
    ORGANISATION_TREATIES,
    DISTANCES,
    VOTING_RULES,
    CRITERIA,
    DOCUMENTS,
    PASSAGES,
    CODINGS,
)

Organisations = Annotated[pl.DataFrame, ORGANISATIONS]
Memberships = Annotated[pl.DataFrame, MEMBERSHIPS]
Rollcalls = Annotated[pl.DataFrame, ROLLCALLS]
Votes = Annotated[pl.DataFrame, VOTES]
Bridges = Annotated[pl.DataFrame, BRIDGES]
JointVotes = Annotated[pl.DataFrame, JOINT_VOTES]
JointVotesWithin = Annotated[pl.DataFrame, JOINT_VOTES, Within()]
OwnJointVotes = Annotated[pl.DataFrame, JOINT_VOTES, OWN]
VoteTotals = Annotated[pl.DataFrame, VOTE_TOTALS]
SplitVotes = Annotated[pl.DataFrame, SPLIT_VOTES]
IdealPointRows = Annotated[pl.DataFrame, IDEAL_POINTS]
Flows = Annotated[pl.DataFrame, FLOWS_TABLE]
OwnFlows = Annotated[pl.DataFrame, FLOWS_TABLE, OWN]
RecentFlows = Annotated[pl.DataFrame, FLOWS_TABLE, Within(before=4)]
Indicators = Annotated[pl.DataFrame, INDICATORS]
Borders = Annotated[pl.DataFrame, BORDERS]
Events = Annotated[pl.DataFrame, EVENTS]
Treaties = Annotated[pl.DataFrame, TREATIES]
TreatyDepths = Annotated[pl.DataFrame, TREATY_DEPTHS]
OrganisationTreaties = Annotated[pl.DataFrame, ORGANISATION_TREATIES]
Distances = Annotated[pl.DataFrame, DISTANCES]
VotingRules = Annotated[pl.DataFrame, VOTING_RULES]
Criteria = Annotated[pl.DataFrame, CRITERIA]
StateYears = Annotated[pl.DataFrame, STATE_YEARS]
StateYearFlows = Annotated[pl.DataFrame, STATE_YEAR_FLOWS]
PartnerYears = Annotated[pl.DataFrame, PARTNER_YEARS]
DyadYears = Annotated[pl.DataFrame, DYAD_YEARS]
OrganisationYears = Annotated[pl.DataFrame, ORGANISATION_YEARS]
ProductYears = Annotated[pl.DataFrame, PRODUCT_YEARS]
Splits = Annotated[pl.DataFrame, SPLITS]
SplitRollcalls = Annotated[pl.DataFrame, SPLIT_ROLLCALLS]
SplitSensitivity = Annotated[pl.DataFrame, SPLIT_SENSITIVITY]
PoleShares = Annotated[pl.DataFrame, POLE_SHARES]
Absences = Annotated[pl.DataFrame, ABSENCES]
Vectors = Annotated[pl.DataFrame, VECTORS]
VectorShares = Annotated[pl.DataFrame, VECTOR_SHARES]
VectorDomains = Annotated[pl.DataFrame, VECTOR_DOMAINS]
PoleDistances = Annotated[pl.DataFrame, POLE_DISTANCES]
VectorRanks = Annotated[pl.DataFrame, VECTOR_RANKS]
VectorDominance = Annotated[pl.DataFrame, VECTOR_DOMINANCE]
VectorSensitivity = Annotated[pl.DataFrame, VECTOR_SENSITIVITY]
PowerShares = Annotated[pl.DataFrame, POWER_SHARES]
PowerScores = Annotated[pl.DataFrame, POWER_SCORES]
PowerTests = Annotated[pl.DataFrame, POWER_TESTS]
PowerVolumes = Annotated[pl.DataFrame, POWER_VOLUMES]
VotingPower = Annotated[pl.DataFrame, VOTING_POWER]
CriterionYears = Annotated[pl.DataFrame, CRITERION_YEARS]
CriterionSpells = Annotated[pl.DataFrame, CRITERION_SPELLS]
InstitutionalDepths = Annotated[pl.DataFrame, INSTITUTIONAL_DEPTHS]
Estimates = Annotated[pl.DataFrame, ESTIMATES]
GroupEffects = Annotated[pl.DataFrame, GROUP_EFFECTS]
Effects = Annotated[pl.DataFrame, EFFECTS]
Bindings = Annotated[pl.DataFrame, BINDINGS]
Placebos = Annotated[pl.DataFrame, PLACEBOS]
Codings = Annotated[pl.DataFrame, CODINGS]
Reliabilities = Annotated[pl.DataFrame, RELIABILITIES]
CoderPairs = Annotated[pl.DataFrame, CODER_PAIRS]
CategoryReliabilities = Annotated[pl.DataFrame, CATEGORY_RELIABILITIES]
Documents = Annotated[pl.DataFrame, DOCUMENTS]
Passages = Annotated[pl.DataFrame, PASSAGES]
Keywords = Annotated[pl.DataFrame, KEYWORDS]
Dispersions = Annotated[pl.DataFrame, DISPERSIONS]
TextScores = Annotated[pl.DataFrame, TEXT_SCORES]


def record(name: str) -> Table:
    """Return the record table of that name.

    Raises
    ------
    SchemaError
        If no record table has the name.
    """
    for table in RECORDS:
        if table.name == name:
            return table
    raise SchemaError(
        f"there is no record table {name!r}; "
        f"expected one of {choices(t.name for t in RECORDS)}; correct the name"
    )
