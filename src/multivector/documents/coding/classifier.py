"""A small trained classifier of coded passages: it proposes a class, and shows by which words.

Rules say which class a sentence has where somebody wrote a rule; this learns from codings a person
has reviewed, by a codebook of any kind: quad classes of events, modes of power, a study's own
codes. It is multinomial logistic regression on weighted counts of words, neighbouring words and
pieces of words, small enough that each probability can be taken apart into the words it rests on.
What it returns is a proposal with a probability, never a coding; with a hundred examples in all,
expect little of it.

A passage may have its parties marked, ``<s>Egypt</s> sent aid to <t>Sudan</t>``: who acts and on
whom is then seen by role, and what stands between them counts apart.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.documents.coding.features import (
    ROLES,
    Features,
    counted_of,
    features_of,
    passage_of,
)
from multivector.documents.packs import LANGUAGES
from multivector.errors import BadValue, NotConverged, UnreadableFile, choices

Floats = npt.NDArray[np.float64]

SMALLEST = 2
FORMAT = 1

DAMAGE = (OSError, ValueError, LookupError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)
PROPOSALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.Int64,
    "label": pl.String,
    "probability": pl.Float64,
    "second": pl.String,
    "second_probability": pl.Float64,
    "words": pl.List(pl.String),
    "known": pl.Int64,
}


@dataclass(frozen=True)
class Classifier:
    """A trained classifier: its classes, what it counts, and a weight for each.

    Attributes
    ----------
    labels : tuple of str
        The classes, sorted.
    features : Features
        What is counted.
    vocabulary : dict
        The column of each feature.
    rarity : array
        Inverse document frequency of each feature.
    coefficients : array
        A row per feature and a column per class.
    intercepts : array
        One per class.
    n : int
        Passages it was trained on.
    variable : str
        The variable whose values the classes are; empty if none was named.
    """

    labels: tuple[str, ...]
    features: Features
    vocabulary: dict[str, int] = field(repr=False)
    rarity: Floats = field(repr=False)
    coefficients: Floats = field(repr=False)
    intercepts: Floats
    n: int
    variable: str = ""

    @property
    def fingerprint(self) -> str:
        """Return eight letters that are others for every other training."""
        described = json.dumps([self.labels, asdict(self.features), self.n, self.variable])
        whole = sha256(described.encode())
        for numbers in (self.rarity, self.coefficients, self.intercepts):
            whole.update(np.ascontiguousarray(numbers).tobytes())
        return whole.hexdigest()[:8]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return the probability of each class (columns) for each text (rows)."""
        counted = _matrix([counted_of(text, self.features) for text in texts], self)
        return _softmax(np.asarray(counted @ self.coefficients) + self.intercepts)

    def predict(self, texts: Sequence[str], *, top: int = 5) -> pl.DataFrame:
        """Return the class proposed for each text, how sure it is, and by which words.

        Parameters
        ----------
        texts : sequence of str
            Passages, marked as those it was trained on.
        top : int
            Words to give, at most.

        Returns
        -------
        DataFrame
            A row per text in the order given: ``row``, ``label``, ``probability`` (of the label,
            0 to 1), ``second`` and ``second_probability`` (the runner-up), ``words`` (a list of
            words, those that spoke most for the label against the runner-up first) and ``known``
            (how many of the counted features of the text it has met). Where nothing of the text is
            known, all but ``row``, ``words`` and ``known`` is null: it has nothing to say.

        Examples
        --------
        >>> texts = ["sent aid", "aid given", "troops fired", "fired on"]
        >>> found = train(texts, ["+", "+", "-", "-"])
        >>> found.predict(["they fired again", "xyz"]).select("label", "words").rows()
        [('-', ['fired']), (None, [])]
        """
        if top < 0:
            raise BadValue(f"top is {top}; expected 0 or more words; leave it out for five")
        chances = self.probabilities(texts)
        order = np.argsort(-chances, axis=1, kind="stable")
        rows = [
            self._proposal(row, text, chances[row], order[row], top)
            for row, text in enumerate(texts)
        ]
        return pl.DataFrame(rows, schema=PROPOSALS, orient="row")

    def _proposal(
        self, row: int, text: str, chances: Floats, order: npt.NDArray[np.intp], top: int
    ) -> tuple[Any, ...]:
        shares, known = self._shares(text, int(order[0]), int(order[1]))
        if not known:
            return row, None, None, None, None, [], 0
        described = (w for w, share in shares.items() if share > 0 and w.isalnum())
        speaking = sorted(described, key=lambda w: -shares[w])
        first, second = order[:2]
        return (
            row,
            self.labels[first],
            float(chances[first]),
            self.labels[second],
            float(chances[second]),
            speaking[:top],
            known,
        )

    def _shares(self, text: str, label: int, rival: int) -> tuple[dict[str, float], int]:
        """Return what each word adds to the log odds of a label against a rival.

        A feature's part is shared out evenly over the words it was counted on, so that the parts of
        all words and the intercept add up to the log odds.
        """
        passage = passage_of(text, self.features)
        counted = counted_of(text, self.features)
        row = _matrix([counted], self).tocsr()
        weight = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
        odds = self.coefficients[:, label] - self.coefficients[:, rival]
        shares: dict[str, float] = {}
        for feature, places in features_of(passage, self.features):
            column = self.vocabulary.get(feature)
            if column is None:
                continue
            part = weight[column] * float(odds[column]) / counted[feature] / len(places)
            for place in places:
                word = passage.words[place]
                shares[word] = shares.get(word, 0.0) + part
        return shares, len(weight)

    def save(self, path: str | Path) -> Path:
        """Write the classifier to an ``.npz`` file, which holds numbers and names and no code."""
        target = Path(path)
        described = {
            "format": FORMAT,
            "labels": self.labels,
            "features": asdict(self.features),
            "vocabulary": list(self.vocabulary),
            "n": self.n,
            "variable": self.variable,
        }
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            told=np.frombuffer(json.dumps(described, ensure_ascii=False).encode(), dtype=np.uint8),
            rarity=self.rarity,
            coefficients=self.coefficients,
            intercepts=self.intercepts,
        )
        target.write_bytes(buffer.getvalue())
        return target


def load(path: str | Path) -> Classifier:
    """Return the classifier that :meth:`Classifier.save` wrote.

    Raises
    ------
    UnreadableFile
        If the file is absent, damaged, or something else.
    """
    try:
        with np.load(io.BytesIO(Path(path).read_bytes()), allow_pickle=False) as arrays:
            described = json.loads(arrays["told"].tobytes().decode())
            given = described["features"]
            given = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
            found = Classifier(
                labels=tuple(described["labels"]),
                features=Features(**given),
                vocabulary={name: at for at, name in enumerate(described["vocabulary"])},
                rarity=arrays["rarity"],
                coefficients=arrays["coefficients"],
                intercepts=arrays["intercepts"],
                n=described["n"],
                variable=str(described.get("variable", "")),
            )
    except DAMAGE as error:
        raise _unreadable(path) from error
    shape = (len(found.vocabulary), len(found.labels))
    if described.get("format") != FORMAT or found.coefficients.shape != shape:
        raise _unreadable(path)
    return found


def _unreadable(path: str | Path) -> UnreadableFile:
    return UnreadableFile(
        f"{Path(path).name} is no classifier that can be read; expected an .npz file written by "
        "Classifier.save of this version; train it again"
    )


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    features: Features | None = None,
    penalty: float = 0.2,
    balance: float = 0.0,
    iterations: int = 500,
    variable: str = "",
) -> Classifier:
    r"""Train a classifier of passages on labels a person has given.

    .. math:: \min_W \; \sum_i c_{y_i} \left(-\log p_{y_i}(x_i)\right) + \frac{\lambda}{2}
        \lVert W \rVert^2, \qquad p_k(x) \propto \exp(x^\top w_k + b_k)

    where each block of :math:`x` (words, pieces of words, place) holds
    :math:`(1 + \log n) \log\frac{1 + N}{1 + N_j} + 1` for a feature counted :math:`n` times, scaled
    to length one and multiplied by the block's weight. The minimum is unique but for a constant in
    the intercepts, and is sought from zero: the same data give the same classifier.

    Parameters
    ----------
    texts : sequence of str
        Passages; parties may be marked ``<s>…</s>`` and ``<t>…</t>``.
    labels : sequence of str
        The class of each.
    features : Features, optional
        What is counted: ``words`` up to so many neighbours, ``pieces`` of words from and to so many
        letters, ``roles`` of the marked parties (``masked``: a mark in place of the name;
        ``kept``: the name; ``removed``: neither), ``place`` (what stands between the parties, and
        next after the source), ``weights`` of these three blocks (0 leaves one out), ``rarest``
        (passages a feature must be in), ``language`` (for lower case).
    penalty : float
        :math:`\lambda`, above 0: the larger, the more careful.
    balance : float
        From 0 (each passage counts the same) to 1 (each class does).
    iterations : int
        Steps of the search, at most.
    variable : str
        The variable the labels are values of, to be kept with the classifier.

    Returns
    -------
    Classifier
        With the classes sorted.

    Raises
    ------
    BadValue
        If lengths differ, a class has fewer than two passages, there are fewer than two classes, or
        an option is impossible.
    NotConverged
        If the search did not end within the steps.

    References
    ----------
    Hastie, T., Tibshirani, R., & Friedman, J. (2009). The Elements of Statistical Learning, 2nd
    ed., section 4.4. Springer.
    Liu, D. C., & Nocedal, J. (1989). On the limited memory BFGS method for large scale
    optimization. Mathematical Programming, 45, 503-528.

    Examples
    --------
    >>> texts = ["They signed an accord", "An accord was signed", "Troops fired", "They fired"]
    >>> found = train(texts, ["agree", "agree", "assault", "assault"])
    >>> found.predict(["Rebels fired at night"])["label"].to_list()
    ['assault']
    """
    chosen = features or Features()
    _check(texts, labels, chosen, penalty, balance)
    counted = [counted_of(text, chosen) for text in texts]
    spread = Counter(feature for counts in counted for feature in counts)
    kept = sorted(feature for feature, n in spread.items() if n >= min(chosen.rarest, len(texts)))
    classes = tuple(sorted(set(labels)))
    blank = Classifier(
        labels=classes,
        features=chosen,
        vocabulary={feature: column for column, feature in enumerate(kept)},
        rarity=np.array([np.log((1 + len(texts)) / (1 + spread[f])) + 1 for f in kept]),
        coefficients=np.zeros((len(kept), len(classes))),
        intercepts=np.zeros(len(classes)),
        n=len(texts),
        variable=variable,
    )
    number = {label: column for column, label in enumerate(classes)}
    given = np.array([number[label] for label in labels])
    sizes = np.bincount(given)
    care = (len(texts) / len(classes) / sizes[given]) ** balance
    coefficients, intercepts = _fit(
        _matrix(counted, blank), given, care, penalty=penalty, iterations=iterations
    )
    return replace(blank, coefficients=coefficients, intercepts=intercepts)


def _check(
    texts: Sequence[str], labels: Sequence[str], features: Features, penalty: float, balance: float
) -> None:
    if len(texts) != len(labels):
        raise BadValue(
            f"{len(texts)} texts and {len(labels)} labels; expected one label a text; "
            "take both from the same rows"
        )
    sizes = Counter(labels)
    small = [label for label, n in sorted(sizes.items()) if n < SMALLEST]
    if len(sizes) < 2 or small:
        described = f"too few passages for {choices(small)}" if small else f"{len(sizes)} class"
        raise BadValue(
            f"{described}; expected two classes or more with {SMALLEST} passages or more in each; "
            "code more passages or merge classes"
        )
    if not np.isfinite(penalty) or penalty <= 0:
        raise BadValue(f"penalty is {penalty}; expected a number above 0; 0.2 is usual")
    if not 0 <= balance <= 1:
        raise BadValue(f"balance is {balance}; expected 0 to 1; 0 counts each passage the same")
    if features.roles not in ROLES:
        raise BadValue(
            f"{features.roles!r} is no treatment of roles; expected {choices(ROLES)}; "
            "leave it out for masked"
        )
    if features.language not in (*LANGUAGES, "und"):
        raise BadValue(
            f"{features.language!r} is no language of the rule packs; expected und, "
            f"{choices(LANGUAGES)}; und lower-cases as most languages do"
        )
    if not any(features.weights[:2]) and not (features.place and features.weights[2]):
        raise BadValue(
            "nothing is counted with these weights; expected one above 0; leave weights out"
        )


def _matrix(counted: Iterable[Counter[str]], by: Classifier) -> Any:
    """Return the weighted counts as a sparse matrix, each block of a row of its length."""
    from scipy.sparse import csr_matrix

    weights = dict(zip("wcp", by.features.weights, strict=True))
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for counts in counted:
        cells = sorted((by.vocabulary[f], f[0], n) for f, n in counts.items() if f in by.vocabulary)
        values = [(1 + np.log(n)) * by.rarity[column] for column, _, n in cells]
        squares = dict.fromkeys("wcp", 0.0)
        for (_, block, _), value in zip(cells, values, strict=True):
            squares[block] += value * value
        columns += [column for column, _, _ in cells]
        data += [
            weights[block] * value / np.sqrt(squares[block])
            for (_, block, _), value in zip(cells, values, strict=True)
        ]
        ends.append(len(columns))
    shape = (len(ends) - 1, len(by.vocabulary))
    return csr_matrix(
        (np.array(data, dtype=float), np.array(columns, dtype=int), ends), shape=shape
    )


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = raised / raised.sum(axis=1, keepdims=True)
    return chances


def _fit(
    x: Any, given: npt.NDArray[np.intp], care: Floats, *, penalty: float, iterations: int
) -> tuple[Floats, Floats]:
    """Return coefficients and intercepts at the minimum, sought by L-BFGS from zero."""
    from scipy.optimize import minimize

    rows, columns = x.shape
    k = int(given.max()) + 1
    across = x.T.tocsr()
    at = np.arange(rows)

    def loss(flat: Floats) -> tuple[float, Floats]:
        w, b = flat[: columns * k].reshape(columns, k), flat[columns * k :]
        chances = _softmax(np.asarray(x @ w) + b)
        own = np.maximum(chances[at, given], 1e-300)
        value = -float(care @ np.log(own)) + penalty / 2 * float((w * w).sum())
        chances[at, given] -= 1
        pull = chances * care[:, None]
        slope = np.asarray(across @ pull) + penalty * w
        return value, np.concatenate([slope.ravel(), pull.sum(axis=0)])

    start = np.zeros((columns + 1) * k)
    options = {"maxiter": iterations, "maxfun": 2 * iterations, "gtol": 1e-4, "ftol": 1e-9}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    if not found.success:
        raise NotConverged(
            f"the classifier did not settle in {iterations} steps; expected it to within a few "
            "hundred; give a larger penalty or more iterations"
        )
    w = found.x[: columns * k].reshape(columns, k)
    b = found.x[columns * k :]
    return w, b - b.mean()
