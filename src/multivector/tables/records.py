"""The record tables: what sources give, what the package carries, what people decide."""

from __future__ import annotations

from typing import Annotated

import polars as pl

from multivector.errors import SchemaError, choices
from multivector.tables.declare import (
    HIGH,
    LOCATOR,
    LOW,
    OF_CLUB,
    OWN,
    PARTNER,
    SOURCE,
    STATE,
    YEAR,
    Column,
    N,
    Table,
    Within,
    integer,
    number,
    text,
)

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
        text("organ_of", "code of the organisation whose organ it is; null if none", null=True),
        text("known_to", "day to which the list of members was read; null once ended", null=True),
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
        Column(
            "confirmed",
            "boolean",
            "true: the source gives the dates; false: a prior (COW alone, or a poor source); "
            "null: a listing without a first day",
            None,
            True,
        ),
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

VOTE_NEIGHBOURS = Table(
    "vote_neighbours",
    "who of all states voted most, or least, like a state in five years",
    ("state", "year", "side", "rank"),
    (
        STATE,
        integer("year", "last of the five years"),
        text("side", "the nearest or the farthest", allowed=("nearest", "farthest")),
        integer("rank", "1 is the nearest, or the farthest"),
        PARTNER,
        number("value", "share of common roll calls with the same choice"),
        N,
        integer("of", "states compared: those with enough common roll calls", "states"),
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
    scaled=True,
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

GEOGRAPHY = Table(
    "geography",
    "what lies between two states and no policy moves; each pair once, state < partner",
    ("state", "partner"),
    (
        STATE,
        PARTNER,
        number("distance", "between the most populous cities", "km"),
        Column("contiguous", "boolean", "they share a border"),
        Column("common_language", "boolean", "they share an official language"),
        Column("colony", "boolean", "one was ever a colony of the other"),
        Column("common_coloniser", "boolean", "one state ruled both after 1945"),
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

STAGES = ("declared", "in_force", "implemented")
SCALES = ("trade", "money", "desta")

RECORDS = tuple(each for each in tuple(globals().values()) if isinstance(each, Table))
"""Every record table, in the order declared."""

Organisations = Annotated[pl.DataFrame, ORGANISATIONS]
Memberships = Annotated[pl.DataFrame, MEMBERSHIPS]
OwnMemberships = Annotated[pl.DataFrame, MEMBERSHIPS, OF_CLUB]
Rollcalls = Annotated[pl.DataFrame, ROLLCALLS]
Votes = Annotated[pl.DataFrame, VOTES]
Bridges = Annotated[pl.DataFrame, BRIDGES]
JointVotes = Annotated[pl.DataFrame, JOINT_VOTES]
JointVotesWithin = Annotated[pl.DataFrame, JOINT_VOTES, Within()]
OwnJointVotes = Annotated[pl.DataFrame, JOINT_VOTES, OWN]
VoteTotals = Annotated[pl.DataFrame, VOTE_TOTALS]
VoteNeighbours = Annotated[pl.DataFrame, VOTE_NEIGHBOURS]
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
Geography = Annotated[pl.DataFrame, GEOGRAPHY]
VotingRules = Annotated[pl.DataFrame, VOTING_RULES]
Criteria = Annotated[pl.DataFrame, CRITERIA]
Codings = Annotated[pl.DataFrame, CODINGS]
Documents = Annotated[pl.DataFrame, DOCUMENTS]
Passages = Annotated[pl.DataFrame, PASSAGES]


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
    known = choices(t.name for t in RECORDS)
    raise SchemaError(f"there is no record table {name!r}; expected one of {known}; correct it")
