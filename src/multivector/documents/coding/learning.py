"""Learning from codings: which passages to train on, and how well a class is then proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.documents.coding.classifier import SMALLEST, Classifier, train
from multivector.documents.coding.features import Features
from multivector.errors import BadValue, UnknownName, choices
from multivector.tables import Codings

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FEWEST = 20
"""Passages to train on, at the least."""

MOST_FOLDS = 5
DRAWS = 1000
SCORES: dict[str, pl.DataType | type[pl.DataType]] = {
    "score": pl.String,
    "label": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}


def examples(codings: Codings, *, variable: str) -> pl.DataFrame:
    """Return the passages people have coded under a variable, to train on.

    Parameters
    ----------
    codings : DataFrame
        Codings in force, of a study's own codebook too.
    variable : str
        Variable of the scheme whose values are the classes.

    Returns
    -------
    DataFrame
        ``document`` (keep its passages in one fold), ``text`` (the quote) and ``label``, one row
        per unit. A unit without a quote, or on which people differ, teaches nothing and is left
        out; what rules and models coded is never learnt from.

    Raises
    ------
    UnknownName
        If people coded nothing under the variable.
    """
    own = codings.filter((pl.col("coder_kind") == "person") & pl.col("quote").is_not_null())
    chosen = own.filter(pl.col("variable") == variable)
    if chosen.is_empty():
        known = choices(sorted(own["variable"].unique())) or "none yet"
        raise UnknownName(
            f"no person coded a quote under {variable!r}; expected one of: {known}; "
            "review some codings first"
        )
    return (
        chosen.sort("coding")
        .group_by("unit", maintain_order=True)
        .agg(
            pl.col("document", "quote").first(),
            pl.col("value").first().alias("label"),
            pl.col("value").n_unique().alias("values"),
        )
        .filter(pl.col("values") == 1)
        .select("document", pl.col("quote").alias("text"), "label")
    )


def folds(
    labels: Sequence[str], *, count: int = 5, seed: int = 0, groups: Sequence[str] | None = None
) -> npt.NDArray[np.int64]:
    """Return the fold of each passage, each class spread evenly and no group torn apart.

    Parameters
    ----------
    labels : sequence of str
        The class of each passage.
    count : int
        Folds, 2 or more.
    seed : int
        The order in which groups are dealt out.
    groups : sequence of str, optional
        What must stay together, such as the sentence or the document; by default nothing.

    Returns
    -------
    array
        Numbers from 0 to ``count`` - 1.

    Examples
    --------
    >>> found = folds(["a"] * 4 + ["b"] * 4, count=2)
    >>> [int(found[:4].sum()), int(found[4:].sum())]
    [2, 2]
    """
    if count < 2 or count > len(labels):
        raise BadValue(
            f"{count} folds of {len(labels)} passages; expected 2 to the number of passages; "
            "5 is usual"
        )
    together = list(groups) if groups is not None else [str(at) for at in range(len(labels))]
    members: dict[str, list[int]] = {}
    for at, group in enumerate(together):
        members.setdefault(group, []).append(at)
    order = list(members.values())
    np.random.default_rng(seed).shuffle(order)
    held = {label: [0] * count for label in labels}
    total = [0] * count
    fold = np.zeros(len(labels), dtype=np.int64)
    for rows in sorted(order, key=len, reverse=True):
        label = labels[rows[0]]
        best = min(range(count), key=lambda f: (held[label][f], total[f], f))
        for row in rows:
            fold[row] = best
            held[labels[row]][best] += 1
            total[best] += 1
    return fold


@dataclass(frozen=True)
class Learnt:
    """A classifier, and how well others like it did on documents they had not seen."""

    classifier: Classifier
    scores: pl.DataFrame


def learn(codings: Codings, *, variable: str, language: str = "und", seed: int = 0) -> Learnt:
    """Train a classifier on what people coded under a variable, and measure it.

    Parameters
    ----------
    codings : DataFrame
        Codings in force.
    variable : str
        The variable to learn.
    language : str
        By whose rules words are lower-cased: ``tr``, ``en``, ``ru``, ``kk``, or ``und``.
    seed : int
        For the division into folds and the intervals.

    Returns
    -------
    Learnt
        The classifier trained on all passages, and the scores; see :func:`scored`.

    Raises
    ------
    UnknownName
        If people coded nothing under the variable.
    BadValue
        If there are too few passages, classes or documents.
    """
    known = examples(codings, variable=variable)
    texts, labels = known["text"].to_list(), known["label"].to_list()
    documents = [str(document) for document in known["document"]]
    _check_enough(variable, labels, documents)
    features = Features(language=language)
    classifier = train(texts, labels, features=features, variable=variable)
    count = min(MOST_FOLDS, len(set(documents)))
    fold = folds(labels, count=count, seed=seed, groups=documents)
    found = [""] * len(labels)
    for held in range(count):
        asked = np.flatnonzero(fold == held).tolist()
        rest = np.flatnonzero(fold != held).tolist()
        predicted = _predicted(
            [texts[at] for at in asked], [(texts[at], labels[at]) for at in rest], features
        )
        for at, label in zip(asked, predicted, strict=True):
            found[at] = label
    return Learnt(classifier, scored(labels, found, documents, seed=seed))


def _check_enough(variable: str, labels: list[str], documents: list[str]) -> None:
    n, where, classes = len(labels), len(set(documents)), Counter(labels)
    if n < FEWEST or where < 2 or len(classes) < 2:
        sizes = ", ".join(f"{label} {count}" for label, count in sorted(classes.items())[:12])
        raise BadValue(
            f"{variable} has {n} passages people agree on, in {where} documents ({sizes}); "
            f"expected {FEWEST} or more in two documents or more, of two classes or more; code "
            f"more: multivector documents code --variable {variable}"
        )


def _predicted(asked: list[str], known: list[tuple[str, str]], features: Features) -> list[str]:
    """Return the class of each text by a classifier trained on the rest; rare classes left out."""
    sizes = Counter(label for _, label in known)
    kept = [(text, label) for text, label in known if sizes[label] >= SMALLEST]
    if len({label for _, label in kept}) < 2:
        commonest = min(sizes, key=lambda label: (-sizes[label], label))
        return [commonest] * len(asked)
    trained = train([text for text, _ in kept], [label for _, label in kept], features=features)
    best = trained.probabilities(asked).argmax(axis=1)
    return [trained.labels[int(at)] for at in best]


def scored(
    gold: Sequence[str], found: Sequence[str], groups: Sequence[str], *, seed: int = 0
) -> pl.DataFrame:
    """Return how far classes found agree with those given, with intervals.

    Intervals are the middle 95 per cent of 1,000 draws: groups with replacement, and in each of
    them its passages with replacement.

    Parameters
    ----------
    gold, found, groups : sequence of str
        The class given and the class found of each passage, and its document.
    seed : int
        For the draws.

    Returns
    -------
    DataFrame
        ``score`` (``accuracy``; ``macro_f1``, the mean over classes; ``commonest``, the accuracy
        of always saying the commonest class; ``f1`` of a class), ``label`` (null but for ``f1``),
        ``value``, ``low`` and ``high`` (0 to 1; null for ``commonest``) and ``n``, passages.

    Examples
    --------
    >>> scored(["a", "a", "b"], ["a", "b", "b"], ["d", "e", "e"])["value"].round(2).to_list()
    [0.67, 0.67, 0.67, 0.67, 0.67]
    """
    labels = sorted(set(gold))
    number = {label: at for at, label in enumerate(sorted({*gold, *found}, key=_first(labels)))}
    given = np.array([number[label] for label in gold])
    predicted = np.array([number[label] for label in found])
    k = len(labels)
    values = _scores(given, predicted, k)
    draws = _draws(given, predicted, np.unique(np.array(groups), return_inverse=True)[1], k, seed)
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    names = [("accuracy", None), ("macro_f1", None), *(("f1", label) for label in labels)]
    sizes = [len(gold), len(gold), *np.bincount(given, minlength=k)[:k].tolist()]
    rows: list[tuple[object, ...]] = [
        (score, label, float(values[at]), float(low[at]), float(high[at]), sizes[at])
        for at, (score, label) in enumerate(names)
    ]
    rows.insert(2, ("commonest", None, max(sizes[2:]) / len(gold), None, None, len(gold)))
    return pl.DataFrame(rows, schema=SCORES, orient="row")


def _first(labels: Sequence[str]) -> Callable[[str], tuple[bool, str]]:
    return lambda label: (label not in labels, label)


def _scores(given: Integers, predicted: Integers, k: int) -> Floats:
    """Return accuracy, macro-F1 and the F1 of each class that is given or found."""
    size = max(k, int(predicted.max()) + 1)
    right = np.bincount(given[given == predicted], minlength=size)[:k]
    both = np.bincount(given, minlength=size)[:k] + np.bincount(predicted, minlength=size)[:k]
    f1 = np.where(both > 0, 2 * right / np.maximum(both, 1), np.nan)
    return np.array([right.sum() / len(given), np.nanmean(f1), *np.nan_to_num(f1)])


def _draws(given: Integers, predicted: Integers, group: Integers, k: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(group == at) for at in range(int(group.max()) + 1)]
    found = []
    for _ in range(DRAWS):
        chosen = rng.integers(len(members), size=len(members))
        rows = np.concatenate([rng.choice(members[at], size=len(members[at])) for at in chosen])
        found.append(_scores(given[rows], predicted[rows], k))
    return np.array(found)
