"""Five-fold validation of the trained classifier on PLOVER sentences; print the docs' figures.

Usage: python scripts/plover_validation.py PLV_train.tsv [SEEDS]

The file is the training part of Zero-Shot-PLOVER (Hu et al., ACL 2024): sentences with source and
target marked, the quad and root class given by people, and that system's own predictions. Its test
part, on which 0.897 was published for the quad class, is not read. Folds hold the classes in equal
shares; a sentence that stands there twice is never on both sides.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from multivector.documents.coding.classifier import train
from multivector.documents.coding.features import Features
from multivector.documents.coding.learning import folds
from multivector.errors import MultivectorError

TARGETS = {"quad": ("gold_penta", "penta_L2"), "root": ("gold_root", "root_L2")}
FEWEST = 5
VARIANTS = {
    "all": Features(),
    "no place": Features(place=False),
    "names kept, no place": Features(roles="kept", place=False),
    "no pieces of words": Features(weights=(1.0, 0.0, 1.0)),
}
SIZES = (100, 200, 400)
SURE = 0.8


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def scores(gold: list[str], found: list[str]) -> tuple[float, float]:
    """Return accuracy and the mean F1 of the classes in the gold."""
    right = Counter(a for a, b in zip(gold, found, strict=True) if a == b)
    given, told = Counter(gold), Counter(found)
    f1 = [2 * right[label] / (given[label] + told[label]) for label in given]
    return sum(right.values()) / len(gold), sum(f1) / len(f1)


def validate(
    rows: list[dict[str, str]],
    column: str,
    features: Features,
    *,
    seed: int,
    size: int | None = None,
) -> tuple[list[str], list[float]]:
    """Return the class and its probability for each row, from a classifier that never saw it."""
    gold = [row[column] for row in rows]
    texts = [row["marked_sentence"] for row in rows]
    fold = folds(gold, seed=seed, groups=[row["sentence"] for row in rows])
    found, sure = [""] * len(rows), [0.0] * len(rows)
    order = np.random.default_rng(seed).permutation(len(rows))
    for held in np.unique(fold):
        learn = [int(at) for at in order if fold[at] != held][:size]
        asked = [int(at) for at in np.flatnonzero(fold == held)]
        classifier = train(
            [texts[at] for at in learn], [gold[at] for at in learn], features=features
        )
        chances = classifier.probabilities([texts[at] for at in asked])
        for at, row in zip(asked, chances, strict=True):
            found[at], sure[at] = classifier.labels[int(row.argmax())], float(row.max())
    return found, sure


def usual(rows: list[dict[str, str]], column: str) -> list[dict[str, str]]:
    sizes = Counter(row[column] for row in rows)
    return [row for row in rows if sizes[row[column]] >= FEWEST]


def report(rows: list[dict[str, str]], seeds: int) -> None:
    for name, (column, theirs) in TARGETS.items():
        kept = usual(rows, column)
        gold = [row[column] for row in kept]
        told = "accuracy {:.3f} macro-F1 {:.3f}"
        print(f"{name}: {len(kept)} of {len(rows)} rows, {len(set(gold))} classes")
        print(
            "  Zero-Shot-PLOVER, same rows:", told.format(*scores(gold, [r[theirs] for r in kept]))
        )
        each = []
        for seed in range(seeds):
            found, sure = validate(kept, column, VARIANTS["all"], seed=seed)
            each.append(scores(gold, found))
        lowest, highest = min(each)[0], max(each)[0]
        mean = np.mean(each, axis=0)
        print(f"  ours, {seeds} divisions:", told.format(*mean), f"({lowest:.3f}-{highest:.3f})")
        firm = [at for at, p in enumerate(sure) if p >= SURE]
        right = np.mean([gold[at] == found[at] for at in firm]) if firm else float("nan")
        share = len(firm) / len(kept)
        print(f"  probability {SURE} or more: {share:.2f} of rows, accuracy {right:.3f}")


def ablate(rows: list[dict[str, str]]) -> None:
    gold = [row["gold_penta"] for row in rows]
    for name, features in VARIANTS.items():
        found, _ = validate(rows, "gold_penta", features, seed=0)
        print(f"quad, {name}: accuracy {scores(gold, found)[0]:.3f}")
    for size in SIZES:
        found, _ = validate(rows, "gold_penta", VARIANTS["all"], seed=0, size=size)
        print(f"quad, trained on {size}: accuracy {scores(gold, found)[0]:.3f}")


def main() -> None:
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    try:
        rows = rows_of(Path(sys.argv[1]))
        report(rows, int(sys.argv[2]) if len(sys.argv) == 3 else 5)
        ablate(rows)
    except (OSError, ValueError, KeyError, MultivectorError) as error:
        raise SystemExit(f"{sys.argv[1]} could not be validated on: {error!r}") from error


if __name__ == "__main__":
    main()
