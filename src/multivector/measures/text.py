"""Words that set documents apart, how evenly they are spread, and positions read from them.

Words are counted in lower case by the rules of their language (İ and I in Turkish), without what
an apostrophe joins to them; numbers are left out. Use `keyness` to see which words a document, or
a group, uses more than the others, and read `dp` beside it: near 0 the word is spread over the
target as its length is, near 1 it comes from one place, and is no keyword of the whole.
`word_dispersion` gives that for every word. `wordscores` places documents on a scale that reference
documents of known position span; it asks for references that use the words the others use.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, Unpack

import numpy as np
import polars as pl

from multivector.errors import BadValue, choices
from multivector.measures._counts import Counts, Floats, chosen, counted
from multivector.measures._options import Default, with_options
from multivector.tables import (
    DISPERSIONS,
    KEYWORDS,
    TEXT_SCORES,
    Dispersions,
    Documents,
    Keywords,
    Passages,
    TextScores,
)

__all__ = ["keyness", "word_dispersion", "wordscores"]

Adjust = Literal["bh", "bonferroni", "none"]
Rescale = Literal["mv", "lbg", "none"]


def example_passages() -> pl.DataFrame:
    """Return made-up passages of three documents, for examples."""
    texts = {"a": "gas oil gas trade", "b": "oil trade vote", "c": "vote vote treaty"}
    rows = [(d, 0, len(t), "body", "en", None, t, "made@1") for d, t in texts.items()]
    names = ("document", "start", "end", "kind", "language", "page", "text", "source")
    return pl.DataFrame(rows, schema=list(names), orient="row")


class PassageOptions(TypedDict, total=False):
    """Which passages are read.

    Parameters
    ----------
    documents : Documents, optional
        Short names of the documents.
    language, kinds : str, tuple of str, optional
        Passages in this language, of these kinds, only.
    """

    language: Annotated[str | None, Default(None)]
    kinds: Annotated[tuple[str, ...] | None, Default(None)]


@with_options
def keyness(
    passages: Passages,
    documents: Documents | None = None,
    *,
    target: tuple[str, ...] = (),
    minimum: int = 2,
    adjust: Adjust = "bh",
    **which: Unpack[PassageOptions],
) -> Keywords:
    r"""Words that occur more often in some documents than in the others: Dunning's G².

    .. math::

        G^2 = 2 \sum_{ij} O_{ij} \ln \frac{O_{ij}}{E_{ij}}, \qquad
        LR = \log_2 \frac{O_{11} / N_1}{O_{12} / N_2}

    over the table of word and other words by target and other documents; an absent word counts
    half a time in the log-ratio.

    Parameters
    ----------
    passages : Passages
        Texts.
    target : tuple of str
        Documents taken together, by short name or hash; each against all others if not given.
    minimum : int
        Words that occur at least so often in all.
    adjust : {"bh", "bonferroni", "none"}
        Correction of the p-values for the number of words: Benjamini and Hochberg's rate of false
        discoveries, Bonferroni's, or none.

    Returns
    -------
    Keywords
        ``value``, G², negative where the word is rarer than elsewhere, no unit; null if target or
        other documents hold no word. ``dp`` in [0, 1] over documents, or over passages where the
        target is one document.

    Raises
    ------
    UnknownName
        If no passage is of a document named.

    References
    ----------
    Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence.
        Computational Linguistics 19(1).
    Gries, S. T. (2008). Dispersions and adjusted frequencies in corpora. International Journal of
        Corpus Linguistics 13(4).

    Examples
    --------
    >>> found = keyness(example_passages(), target=("a",))
    >>> found.select("word", "n", "elsewhere").row(0), round(found["value"][0], 4)
    (('gas', 2, 0), 4.4629)
    """
    if adjust not in ("bh", "bonferroni", "none"):
        raise BadValue(f"adjust is {adjust!r}; expected bh, bonferroni or none; choose one")
    counts = counted(passages, documents, **which)
    groups = [chosen(target, counts, documents)] if target else []
    groups = groups or [{owner} for owner in sorted(set(counts.owners))]
    frames = [_keywords(counts, group, minimum, adjust) for group in groups]
    return KEYWORDS.conform(pl.concat(frames) if frames else KEYWORDS.empty())


def _keywords(counts: Counts, group: set[str], minimum: int, adjust: Adjust) -> pl.DataFrame:
    from scipy.stats import chi2

    inside = counts.of(group)
    a, all_ = inside.totals, counts.totals
    b = all_ - a
    kept = all_ >= minimum
    g2, yates = _association(a, b, float(a.sum()), float(b.sum()))
    p = chi2.sf(np.abs(g2), 1)
    parts = inside.joined() if len(group) > 1 else inside
    ratio = _ratio(np.maximum(a, 0.5), np.maximum(b, 0.5), a.sum(), b.sum())
    columns = {
        "value": g2,
        "log_ratio": np.log2(ratio),
        "difference": np.where(
            b > 0, 100 * (_ratio(a, np.maximum(b, 1), a.sum(), b.sum()) - 1), np.nan
        ),
        "chi2": yates,
        "p_value": p,
        "dp": _dp(parts)[0],
    }
    frame = pl.DataFrame(
        {
            "target": [";".join(sorted(group))] * len(counts.words),
            "word": list(counts.words),
            **columns,
            "parts": (parts.table > 0).sum(axis=1),
            "elsewhere": b.astype(int),
            "n": a.astype(int),
        }
    )
    frame = frame.filter(pl.Series(kept)).with_columns(pl.col(*columns).fill_nan(None))
    frame = frame.with_columns(_adjusted(frame["p_value"], adjust).alias("adjusted"))
    return KEYWORDS.conform(frame).sort("value", "word", descending=[True, False], nulls_last=True)


def _ratio(a: Floats, b: Floats, of_a: float, of_b: float) -> Floats:
    if not of_a or not of_b:
        return np.full(len(a), np.nan)
    return np.asarray((a / of_a) / (b / of_b))


def _association(a: Floats, b: Floats, of_a: float, of_b: float) -> tuple[Floats, Floats]:
    """Return signed G² and chi-squared with Yates's correction of each word's fourfold table."""
    n = of_a + of_b
    if not of_a or not of_b:
        return np.full(len(a), np.nan), np.full(len(a), np.nan)
    observed = np.stack([a, b, of_a - a, of_b - b])
    row = a + b
    expected = np.stack([row * of_a, row * of_b, (n - row) * of_a, (n - row) * of_b]) / n
    safe = np.where(observed > 0, observed, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        g2 = 2 * np.where(observed > 0, observed * np.log(safe / expected), 0.0).sum(axis=0)
        gap = np.abs(observed - expected)
        yates = ((gap - np.minimum(0.5, gap)) ** 2 / expected).sum(axis=0)
    sign = np.where(observed[0] >= expected[0], 1.0, -1.0)
    return sign * np.maximum(g2, 0.0), np.asarray(yates)


def _adjusted(p: pl.Series, adjust: Adjust) -> pl.Series:
    values = p.to_numpy().astype(np.float64)
    m = len(values)
    if adjust == "none" or not m or np.isnan(values).any():
        return p
    if adjust == "bonferroni":
        return pl.Series(np.minimum(values * m, 1.0))
    order = np.argsort(values)[::-1]
    steps = values[order] * m / np.arange(m, 0, -1)
    found = np.empty(m)
    found[order] = np.minimum(np.minimum.accumulate(steps), 1.0)
    return pl.Series(found)


@with_options
def word_dispersion(
    passages: Passages,
    documents: Documents | None = None,
    *,
    parts: Literal["documents", "passages"] = "documents",
    minimum: int = 2,
    **which: Unpack[PassageOptions],
) -> Dispersions:
    r"""How evenly a word is spread: Gries's deviation of proportions and Juilland's D.

    .. math::

        DP = \frac{1}{2} \sum_i |v_i - s_i|, \qquad
        D = 1 - \frac{V}{\sqrt{n - 1}}, \qquad V = \frac{\sigma(p)}{\bar p}

    with each part's share of the word :math:`v_i`, its share of all words :math:`s_i`, and the
    word's frequency in the part :math:`p_i`.

    Parameters
    ----------
    passages : Passages
        Texts.
    parts : {"documents", "passages"}
        What the word is spread over.
    minimum : int
        Words that occur at least so often.

    Returns
    -------
    Dispersions
        ``value``, DP in [0, 1), 0 for perfectly even, no unit; ``normalised`` divides by its
        largest value. Null if there is no text.

    References
    ----------
    Gries, S. T. (2008). Dispersions and adjusted frequencies in corpora. International Journal of
        Corpus Linguistics 13(4).
    Juilland, A., & Chang-Rodríguez, E. (1964). Frequency Dictionary of Spanish Words.

    Examples
    --------
    >>> found = word_dispersion(example_passages())
    >>> found.filter(pl.col("word") == "gas")["value"].round(3).item()
    0.6
    """
    if parts not in ("documents", "passages"):
        raise BadValue(f"parts is {parts!r}; expected documents or passages; choose one")
    counts = counted(passages, documents, **which)
    counts = counts.joined() if parts == "documents" else counts
    dp, normalised = _dp(counts)
    columns = {"value": dp, "normalised": normalised, "juilland": _juilland(counts)}
    frame = pl.DataFrame(
        {
            "word": list(counts.words),
            **columns,
            "parts": (counts.table > 0).sum(axis=1),
            "n": counts.totals.astype(int),
        },
        schema_overrides={"word": pl.String},
    )
    frame = frame.with_columns(pl.col(*columns).fill_nan(None)).filter(pl.col("n") >= minimum)
    return DISPERSIONS.conform(frame)


def _dp(counts: Counts) -> tuple[Floats, Floats]:
    sizes = counts.table.sum(axis=0)
    total = sizes.sum()
    if not total:
        empty = np.full(len(counts.words), np.nan)
        return empty, empty
    share = sizes / total
    with np.errstate(divide="ignore", invalid="ignore"):
        own = counts.table / counts.totals[:, None]
        dp = 0.5 * np.abs(own - share).sum(axis=1)
        return dp, dp / (1 - share[share > 0].min())


def _juilland(counts: Counts) -> Floats:
    sizes = counts.table.sum(axis=0)
    held = counts.table[:, sizes > 0]
    n = held.shape[1]
    if n < 2:
        return np.full(len(counts.words), np.nan)
    p = held / sizes[sizes > 0]
    return np.asarray(1 - p.std(axis=1) / p.mean(axis=1) / np.sqrt(n - 1))


@with_options
def wordscores(
    passages: Passages,
    documents: Documents | None = None,
    *,
    scores: tuple[str, ...],
    rescale: Rescale = "mv",
    level: float = 0.95,
    **which: Unpack[PassageOptions],
) -> TextScores:
    r"""Laver, Benoit and Garry's wordscores: positions of documents from those of references.

    .. math::

        S_w = \sum_r \frac{F_{wr}}{\sum_r F_{wr}} A_r, \qquad S_v = \sum_w F_{wv} S_w, \qquad
        SE_v = \sqrt{\sum_w F_{wv} (S_w - S_v)^2 / N_v}

    with frequencies F among the words that references hold.

    Parameters
    ----------
    passages : Passages
        Texts of references and of the documents to be placed.
    scores : tuple of str
        References and their positions, ``DOCUMENT=VALUE``; two or more.
    rescale : {"mv", "lbg", "none"}
        Martin and Vanberg's rescaling by the references of lowest and highest position; that of
        the authors, by the spread of the documents placed; or none.
    level : float
        Coverage of the interval.

    Returns
    -------
    TextScores
        ``value``, the raw score within the range of the positions given, with ``rescaled``; null
        if a document holds no word of the references.

    Raises
    ------
    BadValue
        If fewer than two references are given, or a position is not a number.
    UnknownName
        If no passage is of a reference.

    References
    ----------
    Laver, M., Benoit, K., & Garry, J. (2003). Extracting policy positions from political texts
        using words as data. American Political Science Review 97(2).
    Martin, L. W., & Vanberg, G. (2008). A robust transformation procedure for interpreting
        political text. Political Analysis 16(1).

    Examples
    --------
    >>> found = wordscores(example_passages(), scores=("a=-1", "c=1"))
    >>> found.filter(pl.col("role") == "virgin").select("document", "value").rows()
    [('b', -0.333...)]
    """
    if rescale not in ("mv", "lbg", "none"):
        raise BadValue(f"rescale is {rescale!r}; expected mv, lbg or none; choose one")
    counts = counted(passages, documents, **which).joined()
    if not counts.parts:
        return TEXT_SCORES.empty()
    given = _positions(scores, counts, documents)
    positions = [counts.parts.index(name) for name in given]
    anchors = np.array(list(given.values()))
    frequency = counts.table / np.maximum(counts.table.sum(axis=0), 1)
    weight = frequency[:, positions]
    known = weight.sum(axis=1) > 0
    word_score = (weight[known] @ anchors) / weight[known].sum(axis=1)
    return _scored(counts, known, word_score, given, rescale, level)


def _positions(
    scores: tuple[str, ...], counts: Counts, documents: pl.DataFrame | None
) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in scores:
        name, separator, value = each.rpartition("=")
        try:
            position = float(value)
        except ValueError:
            position = float("nan")
        if not separator or not np.isfinite(position):
            raise BadValue(
                f"{each!r} gives no position; expected DOCUMENT=NUMBER, as in 001=-1; correct it"
            )
        found[chosen((name,), counts, documents).pop()] = position
    if len(set(found.values())) < 2:
        raise BadValue(
            f"the references are {choices(scores) or 'none'}; expected two or more with different "
            "positions; name them: scores=DOC=VALUE,DOC=VALUE"
        )
    return found


def _scored(
    counts: Counts,
    known: np.typing.NDArray[np.bool_],
    word_score: Floats,
    given: dict[str, float],
    rescale: Rescale,
    level: float,
) -> pl.DataFrame:
    from scipy.stats import norm

    held = counts.table[known]
    n = held.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = held / n
        raw = share.T @ word_score
        variance = (share * (word_score[:, None] - raw[None, :]) ** 2).sum(axis=0)
        se = np.sqrt(variance / n)
        scored = n / counts.table.sum(axis=0)
    reference = np.array([name in given for name in counts.parts])
    z = float(norm.ppf((1 + level) / 2))
    columns = {
        "value": raw,
        "low": raw - z * se,
        "high": raw + z * se,
        "se": se,
        "rescaled": _rescaled(raw, counts, given, reference, rescale),
        "scored": scored,
    }
    frame = pl.DataFrame(
        {
            "document": list(counts.parts),
            "role": ["reference" if r else "virgin" for r in reference],
            **columns,
            "given": [given.get(name) for name in counts.parts],
            "n": n.astype(int),
        },
        schema_overrides={"given": pl.Float64},
    )
    return TEXT_SCORES.conform(frame.with_columns(pl.col(*columns).fill_nan(None)))


def _rescaled(
    raw: Floats,
    counts: Counts,
    given: dict[str, float],
    reference: np.typing.NDArray[np.bool_],
    rescale: Rescale,
) -> Floats:
    nothing = np.full(len(raw), np.nan)
    if rescale == "none":
        return nothing
    if rescale == "lbg":
        virgin = raw[~reference & np.isfinite(raw)]
        spread = virgin.std(ddof=1) if len(virgin) > 1 else 0.0
        if not spread:
            return nothing
        stretch = np.std(list(given.values()), ddof=1) / spread
        return np.where(reference, np.nan, (raw - virgin.mean()) * stretch + virgin.mean())
    low, high = (pick(given, key=given.__getitem__) for pick in (min, max))
    ends = [raw[counts.parts.index(name)] for name in (low, high)]
    if ends[0] == ends[1]:
        return nothing
    return np.asarray(
        (raw - ends[0]) / (ends[1] - ends[0]) * (given[high] - given[low]) + given[low]
    )
