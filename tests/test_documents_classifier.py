"""The trained classifier: what it learns, how it explains itself, and what it refuses."""

from __future__ import annotations

import importlib.util
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from multivector.documents.coding.classifier import Classifier, load, train
from multivector.documents.coding.features import Features
from multivector.documents.coding.learning import examples, folds
from multivector.errors import BadValue, NotConverged, UnknownName, UnreadableFile

STATES = ["Egypt", "Sudan", "Chile", "Peru", "Kenya", "Ghana"]
ACTS = {
    "help": ["sent grain to", "gave a loan to", "offered aid to", "built a school in"],
    "fight": ["fired on", "bombed a base of", "sent troops against", "attacked"],
}


def made_up() -> tuple[list[str], list[str]]:
    texts, labels = [], []
    for label, acts in ACTS.items():
        for act in acts:
            for a, b in pairwise(STATES):
                texts.append(f"<s>{a}</s> {act} <t>{b}</t> on Monday.")
                labels.append(label)
    return texts, labels


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return train(*made_up())


def test_classes_of_new_sentences(classifier: Classifier) -> None:
    found = classifier.predict(
        ["<s>Laos</s> sent grain to <t>Nepal</t>", "<s>Laos</s> bombed <t>Nepal</t> on Monday"]
    )
    assert found["label"].to_list() == ["help", "fight"]
    assert found["second"].to_list() == ["fight", "help"]
    assert found["words"][1][0] == "bombed"
    total = found["probability"] + found["second_probability"]
    assert total.to_list() == pytest.approx([1, 1])


def test_parts_of_words_add_up_to_the_log_odds(classifier: Classifier) -> None:
    text = "<s>Laos</s> sent a loan and troops to <t>Nepal</t>"
    shares, _ = classifier._shares(text, 0, 1)
    chances = classifier.probabilities([text])[0]
    intercept = classifier.intercepts[0] - classifier.intercepts[1]
    assert sum(shares.values()) + intercept == pytest.approx(np.log(chances[0] / chances[1]))


def test_who_acts_counts_apart_from_on_whom() -> None:
    texts, labels = [], []
    for a in STATES:
        texts += [f"<s>{a}</s> was hit by <t>a rival</t>", f"<t>{a}</t> was hit by <s>a rival</s>"]
        labels += ["suffers", "strikes"]
    found = train(texts, labels).predict(["<t>Oman</t> was hit by <s>Iran</s>"])
    assert found["label"].item() == "strikes"


def test_nothing_known_is_null(classifier: Classifier) -> None:
    row = classifier.predict(["", "漢字"]).drop("row", "words", "known")
    assert row.null_count().row(0) == (2,) * row.width


def test_no_texts_give_no_rows(classifier: Classifier) -> None:
    assert classifier.predict([]).height == 0


def test_same_data_same_classifier(classifier: Classifier) -> None:
    again = train(*made_up())
    assert np.array_equal(again.coefficients, classifier.coefficients)


def test_order_of_passages_changes_nothing_that_matters(classifier: Classifier) -> None:
    texts, labels = made_up()
    turned = train(texts[::-1], labels[::-1])
    assert np.allclose(turned.probabilities(texts), classifier.probabilities(texts), atol=1e-3)


def test_saved_and_loaded_says_the_same(classifier: Classifier, tmp_path: Path) -> None:
    path = classifier.save(tmp_path / "classes.npz")
    texts, _ = made_up()
    assert load(path).predict(texts).equals(classifier.predict(texts))
    assert load(path).features == classifier.features


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_what_is_no_classifier_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="train it again"):
        load(path)


def test_a_cut_or_foreign_archive_is_refused(classifier: Classifier, tmp_path: Path) -> None:
    path = classifier.save(tmp_path / "cut.npz")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableFile):
        load(path)
    np.savez(tmp_path / "other.npz", numbers=np.arange(3))
    with pytest.raises(UnreadableFile):
        load(tmp_path / "other.npz")


def test_a_classifier_can_be_of_many_classes_and_unmarked_text() -> None:
    texts = ["visita de estado", "una visita", "tratado firmado", "el tratado", "voto", "un voto"]
    found = train(texts, ["v", "v", "t", "t", "x", "x"], features=Features(place=False))
    assert found.predict(["otro tratado", "los votos"])["label"].to_list() == ["t", "x"]


def test_turkish_capitals() -> None:
    texts = ["ANLAŞMA İMZALANDI", "İMZA ATILDI", "SINIR KAPATILDI", "SINIR ÇATIŞMASI"]
    found = train(texts, ["+", "+", "-", "-"], features=Features(language="tr", place=False))
    assert found.predict(["sınır açık", "imzalandı"])["label"].to_list() == ["-", "+"]


@pytest.mark.parametrize(
    ("texts", "labels", "told"),
    [
        (["a"], ["x", "y"], "1 texts and 2 labels"),
        (["a", "b"], ["x", "x"], "1 class"),
        ([], [], "0 class"),
        (["a", "b", "c"], ["x", "x", "y"], "too few passages for y"),
    ],
)
def test_what_cannot_be_learnt_from(texts: list[str], labels: list[str], told: str) -> None:
    with pytest.raises(BadValue, match=told):
        train(texts, labels)


def test_impossible_options() -> None:
    texts, labels = made_up()
    with pytest.raises(BadValue, match="penalty"):
        train(texts, labels, penalty=0)
    with pytest.raises(BadValue, match="balance"):
        train(texts, labels, balance=2)
    with pytest.raises(BadValue, match="roles"):
        train(texts, labels, features=Features(roles="hidden"))
    with pytest.raises(BadValue, match="language"):
        train(texts, labels, features=Features(language="xx"))
    with pytest.raises(BadValue, match="nothing is counted"):
        train(texts, labels, features=Features(weights=(0.0, 0.0, 0.0)))
    with pytest.raises(NotConverged, match="more iterations"):
        train(texts, labels, iterations=1)
    with pytest.raises(BadValue, match="folds"):
        folds(labels, count=1)


def test_folds_keep_shares_and_groups() -> None:
    labels = ["a"] * 50 + ["b"] * 20
    groups = [str(at // 2) for at in range(70)]
    found = folds(labels, groups=groups, seed=3)
    sizes = Counter(zip(labels, found.tolist(), strict=True))
    assert {sizes["a", f] for f in range(5)} == {10}
    assert {sizes["b", f] for f in range(5)} == {4}
    assert all(found[at] == found[at + 1] for at in range(0, 70, 2))
    assert not np.array_equal(found, folds(labels, groups=groups, seed=4))


def test_only_what_people_agree_on_is_learnt_from() -> None:
    rows = [
        (1, "u1", "mode", "induce", "person", "d1", "a loan"),
        (2, "u1", "mode", "induce", "person", "d1", "a loan"),
        (3, "u2", "mode", "coerce", "person", "d1", "a threat"),
        (4, "u2", "mode", "attract", "person", "d1", "a threat"),
        (5, "u3", "mode", "attract", "rule", "d2", "a song"),
        (6, "u4", "mode", "coerce", "person", "d2", None),
        (7, "u5", "mode", "coerce", "person", "d2", "a siege"),
        (8, "u5", "kind", "event", "person", "d2", "a siege"),
    ]
    names = ["coding", "unit", "variable", "value", "coder_kind", "document", "quote"]
    codings = pl.DataFrame(rows, schema=names, orient="row")
    found = examples(codings, variable="mode")
    assert found.rows() == [("d1", "a loan", "induce"), ("d2", "a siege", "coerce")]
    with pytest.raises(UnknownName, match="kind, mode"):
        examples(codings, variable="tone")


@pytest.mark.shared
def test_quad_class_of_plover(shared: Path, repository: Path) -> None:
    place = repository / "scripts" / "plover_validation.py"
    spec = importlib.util.spec_from_file_location("plover_validation", place)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    rows = script.rows_of(shared / "gold" / "external" / "zsp_plover" / "PLV_train.tsv")
    found, _ = script.validate(rows, "gold_penta", Features(), seed=0)
    accuracy, macro = script.scores([row["gold_penta"] for row in rows], found)
    assert accuracy >= 0.84
    assert macro >= 0.84
