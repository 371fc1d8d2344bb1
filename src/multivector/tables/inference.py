"""The tables that estimates, verdicts, reliability and text measures give."""

from __future__ import annotations

from typing import Annotated

import polars as pl

from multivector.tables.declare import HIGH, LOW, VALUE, YEAR, N, Table, integer, number, text

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

Estimates = Annotated[pl.DataFrame, ESTIMATES]

GroupEffects = Annotated[pl.DataFrame, GROUP_EFFECTS]

Effects = Annotated[pl.DataFrame, EFFECTS]

Bindings = Annotated[pl.DataFrame, BINDINGS]

Placebos = Annotated[pl.DataFrame, PLACEBOS]

Reliabilities = Annotated[pl.DataFrame, RELIABILITIES]

CoderPairs = Annotated[pl.DataFrame, CODER_PAIRS]

CategoryReliabilities = Annotated[pl.DataFrame, CATEGORY_RELIABILITIES]

Keywords = Annotated[pl.DataFrame, KEYWORDS]

Dispersions = Annotated[pl.DataFrame, DISPERSIONS]

TextScores = Annotated[pl.DataFrame, TEXT_SCORES]
