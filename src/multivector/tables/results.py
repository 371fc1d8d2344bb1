"""The tables that measures of votes, trade, clubs and organisations give."""

from __future__ import annotations

from typing import Annotated

import polars as pl

from multivector.tables.declare import (
    HIGH,
    LOW,
    PARTNER,
    SOURCE,
    STATE,
    STATE_A,
    STATE_B,
    VALUE,
    YEAR,
    Column,
    N,
    Table,
    integer,
    number,
    text,
)
from multivector.tables.records import SCALES, STAGES

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

NEIGHBOURS = Table(
    "neighbours",
    "who of all states is nearest to a state, or farthest from it",
    ("state", "side", "rank"),
    (
        STATE,
        text("side", "the nearest or the farthest", allowed=("nearest", "farthest")),
        integer("rank", "1 is the nearest, or the farthest"),
        PARTNER,
        VALUE,
        N,
        integer("of", "states compared: those with enough common roll calls", "states"),
        integer("start", "first year"),
        integer("end", "last year"),
    ),
)

ORGANISATION_YEARS = Table(
    "organisation_years",
    "a measure of an organisation, or of a group of states, in a year",
    ("organisation", "year"),
    (text("organisation", "code of the organisation, or own"), YEAR, VALUE, LOW, HIGH, N),
)

ORGANISATION_PAIRS = Table(
    "organisation_pairs",
    "a measure of two organisations in a year; organisation_a < organisation_b",
    ("organisation_a", "organisation_b", "year"),
    (
        text("organisation_a", "code of the first organisation"),
        text("organisation_b", "code of the second organisation"),
        YEAR,
        VALUE,
        LOW,
        HIGH,
        N,
    ),
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

StateYears = Annotated[pl.DataFrame, STATE_YEARS]

StateYearFlows = Annotated[pl.DataFrame, STATE_YEAR_FLOWS]

PartnerYears = Annotated[pl.DataFrame, PARTNER_YEARS]

DyadYears = Annotated[pl.DataFrame, DYAD_YEARS]

Neighbours = Annotated[pl.DataFrame, NEIGHBOURS]

OrganisationYears = Annotated[pl.DataFrame, ORGANISATION_YEARS]

OrganisationPairs = Annotated[pl.DataFrame, ORGANISATION_PAIRS]

ProductYears = Annotated[pl.DataFrame, PRODUCT_YEARS]

Splits = Annotated[pl.DataFrame, SPLITS]

SplitRollcalls = Annotated[pl.DataFrame, SPLIT_ROLLCALLS]

SplitSensitivity = Annotated[pl.DataFrame, SPLIT_SENSITIVITY]

PoleShares = Annotated[pl.DataFrame, POLE_SHARES]

Absences = Annotated[pl.DataFrame, ABSENCES]

VotingPower = Annotated[pl.DataFrame, VOTING_POWER]

CriterionYears = Annotated[pl.DataFrame, CRITERION_YEARS]

CriterionSpells = Annotated[pl.DataFrame, CRITERION_SPELLS]

InstitutionalDepths = Annotated[pl.DataFrame, INSTITUTIONAL_DEPTHS]
