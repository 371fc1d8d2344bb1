"""The tables that the Multi-Vector Index and the power mix give."""

from __future__ import annotations

from typing import Annotated

import polars as pl

from multivector.tables.declare import (
    HIGH,
    LOW,
    SOURCE,
    STATE,
    VALUE,
    YEAR,
    Column,
    N,
    Table,
    integer,
    number,
    text,
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

BALANCES = Table(
    "balances",
    "how a state stands between rival sides in a year, or how far it reaches the weaker one",
    ("state", "year"),
    (
        STATE,
        YEAR,
        VALUE,
        LOW,
        HIGH,
        integer("n", "roll calls of the window that split the sides, on which the state voted"),
        number("least", "value of the least pair of sides; as value where two", null=True),
        text("nearer", "the side it is nearer to; null without a value", null=True),
        text("domains", "the domains known of it, separated by ;"),
        text("sides", "the sides and their poles"),
    ),
)

BALANCE_TYPES = Table(
    "balance_types",
    "which policy between rival sides a state has in a year",
    ("state", "year"),
    (
        STATE,
        YEAR,
        text("type", "multi-vector, disengaged or leans to a side; null if not clear", null=True),
        number("value", "share of the draws in which the likeliest type holds", null=True),
        LOW,
        HIGH,
        integer("n", "roll calls of the window that split the sides, on which the state voted"),
        text("between", "the two likeliest types where no one is clear, separated by ;", null=True),
        number("balance", "the balance, in [0, 1]", null=True),
        number("reach", "the reach, in [0, 1]", null=True),
        text("domains", "the domains known of it, separated by ;"),
        text("sides", "the sides and their poles"),
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

Vectors = Annotated[pl.DataFrame, VECTORS]

VectorShares = Annotated[pl.DataFrame, VECTOR_SHARES]

VectorDomains = Annotated[pl.DataFrame, VECTOR_DOMAINS]

Balances = Annotated[pl.DataFrame, BALANCES]

BalanceTypes = Annotated[pl.DataFrame, BALANCE_TYPES]

PoleDistances = Annotated[pl.DataFrame, POLE_DISTANCES]

VectorRanks = Annotated[pl.DataFrame, VECTOR_RANKS]

VectorDominance = Annotated[pl.DataFrame, VECTOR_DOMINANCE]

VectorSensitivity = Annotated[pl.DataFrame, VECTOR_SENSITIVITY]

PowerShares = Annotated[pl.DataFrame, POWER_SHARES]

PowerScores = Annotated[pl.DataFrame, POWER_SCORES]

PowerTests = Annotated[pl.DataFrame, POWER_TESTS]

PowerVolumes = Annotated[pl.DataFrame, POWER_VOLUMES]
