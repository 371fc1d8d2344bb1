"""Keyness, dispersion and wordscores: against scipy, by hand and as published."""

from __future__ import annotations

import math

import polars as pl
import pytest
from scipy.stats import chi2_contingency

from multivector.errors import BadValue, UnknownName
from multivector.measures.text import example_passages, keyness, word_dispersion, wordscores
from multivector.tables import DOCUMENTS, PASSAGES


def passages(texts: dict[str, list[str]], language: str = "en") -> pl.DataFrame:
    rows = []
    for document, parts in texts.items():
        start = 0
        for text in parts:
            end = start + len(text)
            rows.append((document, start, end, "body", language, None, text, "made@1"))
            start = end + 1
    return pl.DataFrame(rows, schema=PASSAGES.schema, orient="row")


def row(frame: pl.DataFrame, word: str) -> dict[str, object]:
    return frame.filter(pl.col("word") == word).row(0, named=True)


# The curve of word counts of Laver, Benoit and Garry (2003): five references shifted by five words
# each, a virgin text shifted by seven. Positions of the references: -1.5 to 1.5.
CURVE = (2, 3, 10, 22, 45, 78, 115, 146, 158, 146, 115, 78, 45, 22, 10, 3, 2)
SHIFTS = {"r1": 0, "r2": 5, "r3": 10, "r4": 15, "r5": 20, "v": 7}
POSITIONS = ("r1=-1.5", "r2=-0.75", "r3=0", "r4=0.75", "r5=1.5")


def curve(shift: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [f"{letters[i // 26]}{letters[i % 26]}" for i in range(40)]
    return " ".join(w for at, n in enumerate(CURVE) for w in [names[at + shift]] * n)


@pytest.fixture(scope="module")
def scored() -> dict[str, dict[str, object]]:
    texts = passages({name: [curve(shift)] for name, shift in SHIFTS.items()})
    found = wordscores(texts, scores=POSITIONS)
    return {r["document"]: r for r in found.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("document", "raw"),
    [("r1", -1.3179), ("r2", -0.7396), ("r3", 0.0), ("r4", 0.7396), ("r5", 1.3179), ("v", -0.4481)],
)
def test_wordscores_as_published(
    scored: dict[str, dict[str, object]], document: str, raw: float
) -> None:
    assert scored[document]["value"] == pytest.approx(raw, abs=5e-5)


def test_error_and_rescaling_as_published(scored: dict[str, dict[str, object]]) -> None:
    virgin = scored["v"]
    assert virgin["se"] == pytest.approx(0.0119, abs=5e-5)
    assert virgin["rescaled"] == pytest.approx(-0.5100, abs=5e-5)
    assert virgin["low"] == pytest.approx(virgin["value"] - 1.959964 * virgin["se"])
    assert (virgin["role"], virgin["scored"], virgin["n"]) == ("virgin", 1.0, 1000)
    assert scored["r1"]["rescaled"] == pytest.approx(-1.5)
    assert scored["r5"]["rescaled"] == pytest.approx(1.5)


def test_the_authors_rescaling_keeps_the_mean_and_takes_the_spread() -> None:
    texts = passages({**{n: [curve(s)] for n, s in SHIFTS.items()}, "w": [curve(13)]})
    found = wordscores(texts, scores=POSITIONS, rescale="lbg")
    virgin = found.filter(pl.col("role") == "virgin")
    assert virgin["rescaled"].mean() == pytest.approx(virgin["value"].mean())
    spread = pl.Series([-1.5, -0.75, 0.0, 0.75, 1.5]).std()
    assert virgin["rescaled"].std() == pytest.approx(spread)
    assert found.filter(pl.col("role") == "reference")["rescaled"].null_count() == 5


def test_a_text_without_a_known_word_has_no_score() -> None:
    texts = passages({"a": ["gas oil"], "b": ["vote"], "c": ["school army"]})
    found = wordscores(texts, scores=("a=0", "b=1"))
    last = found.filter(pl.col("document") == "c").row(0, named=True)
    assert (last["value"], last["se"], last["scored"], last["n"]) == (None, None, 0.0, 0)


def test_keyness_is_the_likelihood_ratio_of_the_fourfold_table() -> None:
    texts = passages({"a": ["gas gas gas oil vote"], "b": ["oil oil vote vote", "vote gas treaty"]})
    for found in keyness(texts, target=("a",), minimum=1).iter_rows(named=True):
        a, b = found["n"], found["elsewhere"]
        table = [[a, b], [5 - a, 7 - b]]
        g2, p, _, expected = chi2_contingency(table, correction=False, lambda_="log-likelihood")
        assert abs(found["value"]) == pytest.approx(g2, abs=1e-12)
        assert found["p_value"] == pytest.approx(p, abs=1e-12)
        assert (found["value"] >= 0) == (a >= expected[0][0])
        assert found["chi2"] == pytest.approx(chi2_contingency(table).statistic, abs=1e-12)
        assert found["log_ratio"] == pytest.approx(
            math.log2((max(a, 0.5) / 5) / (max(b, 0.5) / 7)), abs=1e-12
        )


def test_false_discoveries_are_held_down() -> None:
    found = keyness(example_passages(), target=("a",), minimum=1)
    m = found.height
    p = found["p_value"].to_list()
    for value, adjusted in found.select("p_value", "adjusted").iter_rows():
        tail = [q for q in p if q >= value]
        steps = [q * m / (sum(x <= q for x in p)) for q in tail]
        assert adjusted == pytest.approx(min(1.0, *steps), abs=1e-12)
    bonferroni = keyness(example_passages(), target=("a",), minimum=1, adjust="bonferroni")
    assert bonferroni["adjusted"].to_list() == [min(1.0, q * m) for q in bonferroni["p_value"]]


def test_one_document_cannot_hide_that_it_alone_makes_a_keyword() -> None:
    texts = {"a": ["gas gas gas gas"], "b": ["oil vote gas"], "c": ["oil vote"], "d": ["vote"]}
    found = keyness(passages({**texts, "e": ["oil gas oil"]}), target=("a", "b", "c"))
    assert row(found, "gas")["target"] == "a;b;c"
    assert row(found, "gas")["parts"] == 2
    assert row(found, "gas")["dp"] == pytest.approx(
        0.5 * (abs(0.8 - 4 / 9) + abs(0.2 - 3 / 9) + 2 / 9)
    )


def test_dispersion_by_hand() -> None:
    texts = passages({"a": ["x x y y"], "b": ["x y y y"]})
    found = word_dispersion(texts)
    assert row(found, "x")["value"] == pytest.approx(0.5 * (2 / 3 - 1 / 2 + 1 / 2 - 1 / 3))
    assert row(found, "x")["normalised"] == pytest.approx((1 / 6) / 0.5)
    mean, sd = 3 / 8, 1 / 8
    assert row(found, "x")["juilland"] == pytest.approx(1 - sd / mean)
    alone = word_dispersion(passages({"a": ["x x"]}))
    assert row(alone, "x")["value"] == 0
    assert row(alone, "x")["juilland"] is None


def test_turkish_case_is_kept_apart() -> None:
    texts = passages(
        {"a": ["IŞIK ışık Işık İLİŞKİ"], "b": ["ilişki Kazakistan'ın KAZAKİSTAN"]}, "tr"
    )
    found = word_dispersion(texts, minimum=1)
    assert dict(found.select("word", "n").iter_rows()) == {"ilişki": 2, "kazakistan": 2, "ışık": 3}


def test_short_names_are_understood() -> None:
    named = pl.DataFrame(
        {"document": ["a"], "doc": ["001"], "name": ["001.txt"], "media": ["text"]}
    )
    named = DOCUMENTS.conform(named.with_columns(characters=pl.lit(9), source=pl.lit("made@1")))
    found = keyness(example_passages(), named, target=("001",))
    assert set(found["target"]) == {"001"}
    assert set(keyness(example_passages(), named)["target"]) == {"001", "b", "c"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: wordscores(p, scores=("a=1",)), "two or more"),
        (lambda p: wordscores(p, scores=()), "two or more"),
        (lambda p: wordscores(p, scores=("a=left", "b=1")), "gives no position"),
        (lambda p: wordscores(p, scores=("a", "b=1")), "gives no position"),
        (lambda p: wordscores(p, scores=("a=0", "b=1"), rescale="x"), "expected mv"),
        (lambda p: keyness(p, adjust="x"), "expected bh"),
        (lambda p: word_dispersion(p, parts="x"), "expected documents"),
    ],
)
def test_bad_options_are_one_clear_line(call: object, message: str) -> None:
    with pytest.raises(BadValue, match=message):
        call(example_passages())


def test_an_unknown_document_is_refused() -> None:
    with pytest.raises(UnknownName, match="expected one of a, b, c"):
        keyness(example_passages(), target=("zz",))
