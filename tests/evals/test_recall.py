"""The measures over bases of other trades, on three documents: who finds what, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from evals import refusal
from evals.builders.built import Built
from evals.case import Case
from evals.docs import Doc
from evals.fit_confidence import FEATURES, fit, fit_signed, refused
from evals.labelled import over
from evals.recall import ranks_of
from evals.remembered import Remembered
from evals.said_otherwise import pairs_to_fit
from knowledge.embedder import Embedder, Vectors
from knowledge.terms import script_of

DOCS = tuple(
    Doc(id=name, title=name.title(), text=text, lang="en")
    for name, text in {
        "tides": "The tide gate is open from six to nine in the morning.",
        "kestra": "The Kestra 3 records for eleven hours on one charge.",
        "bread": "Rye bread is baked on Thursdays, in the old oven behind the mill.",
    }.items()
)


def a_case(id: str, lang: str, question: str, *docs: str) -> Case:
    return Case.model_validate({"id": id, "lang": lang, "question": question, "answerable": bool(docs), "articles": docs, "pair": id[:2]})


CASES = (
    a_case("01-en", "en", "when is rye baked", "bread"),
    a_case("01-zh", "zh", "黑麦面包哪天烤", "bread"),
    a_case("02-zh", "zh", "Kestra 3 充一次电能录多久", "kestra"),
    a_case("03-en", "en", "how much does the mill cost"),
)


async def test_each_way_has_its_rank_and_the_other_language_is_told_apart(embedder: Embedder) -> None:
    """BM25 finds nothing across languages but a name; our search finds all three."""
    with over(Built(name="three", docs=DOCS, cases=CASES), embedder) as (mind, cases):
        rows = await ranks_of(mind, "three", cases)
        told = await refusal.rows_of(mind, "three", cases)
    assert [(r.group, r.cross) for r in rows] == [("01", False), ("01", True), ("02", True)]
    assert [r.ranks["ours"] for r in rows] == [0, 0, 0] and rows[1].ranks["BM25"] > 0
    assert [r.answerable for r in told] == [True, True, True, False] and all(0 <= r.sure[0] <= 1 for r in told)


def test_refused_is_counted_where_nine_in_ten_of_the_answerable_are_answered() -> None:
    scores, can = np.array([0.9] * 9 + [0.2, 0.1, 0.3, 0.95]), np.array([True] * 10 + [False] * 3)
    assert refused(scores, can) == pytest.approx(2 / 3)


def test_a_signal_that_would_count_against_its_sense_is_left_out() -> None:
    """A list whose near misses share more words than its answerable questions teaches nothing about words."""
    draw = np.random.default_rng(0)
    rows, at = draw.normal(size=(400, len(FEATURES))), FEATURES.index("words")
    right = (rows[:, FEATURES.index("odds")] - rows[:, at] + draw.normal(size=400) > 0).astype(float)
    weights, _ = fit_signed(rows, right, np.ones(400))
    assert weights[at] == 0.0 and weights[FEATURES.index("odds")] > 0.5


def test_what_was_embedded_is_not_embedded_again(tmp_path: Path) -> None:
    """Kept in a file by the text itself and what it was read as; of another model nothing is taken."""

    class Counts:
        dimensions, fingerprint, made = 2, "counts", 0

        def passages(self, texts: list[str]) -> Vectors:
            Counts.made += len(texts)
            return np.ones((len(texts), 2), dtype=np.float32)

        questions = passages

        def question(self, text: str) -> Vectors:
            return self.passages([text])[0]

    first = Remembered(Counts(), tmp_path / "kept.npz")  # type: ignore[arg-type]
    first.passages(["a", "b"])
    first.question("a")
    first.keep()
    again = Remembered(Counts(), tmp_path / "kept.npz")  # type: ignore[arg-type]
    assert again.passages(["b", "a"]).shape == (2, 2) and again.question("a").shape == (2,) and Counts.made == 3
    Counts.fingerprint = "another"
    assert Remembered(Counts(), tmp_path / "kept.npz").question("a").shape == (2,) and Counts.made == 4  # type: ignore[arg-type]


def test_what_differs_between_the_languages_of_one_question_counts_less() -> None:
    """Two signals tell the same of an answer; one of them stands otherwise for the same question in the other language."""
    draw = np.random.default_rng(0)
    rows, steady, shaky = draw.normal(size=(2000, len(FEATURES))), FEATURES.index("odds"), FEATURES.index("words")
    right = (rows[:, steady] + rows[:, shaky] + draw.normal(size=2000) > 0).astype(float)
    apart = np.zeros((300, len(FEATURES)))
    apart[:, shaky] = draw.normal(size=300)
    plain, _ = fit_signed(rows, right, np.ones(2000))
    alike, _ = fit_signed(rows, right, np.ones(2000), apart)
    assert plain[shaky] > 0.9 * plain[steady] and 0 < alike[shaky] / alike[steady] < 0.85 * plain[shaky] / plain[steady]


def test_what_is_known_of_a_signal_stands_until_many_labels_speak_against_it() -> None:
    """A few lucky answers move the weight of an opposite little, a thousand move it far; a signal that is nowhere stays out."""
    draw, place = np.random.default_rng(1), FEATURES.index("opposite")

    def weight(flagged: int, right_share: float) -> float:
        rows = draw.normal(size=(4000, len(FEATURES)))
        rows[:, place] = np.arange(4000) < flagged
        right = np.where(rows[:, place] > 0, draw.random(4000) < right_share, draw.random(4000) < 0.5).astype(float)
        return float(fit(rows, right, counts=np.ones(4000))[0][place])

    assert weight(6, 1.0) < -0.7 and weight(1500, 0.9) > 0.5 and weight(1500, 0.05) < -2.0 and weight(0, 0.0) == 0.0


def test_every_question_said_otherwise_is_a_development_question_in_the_other_language() -> None:
    pairs = list(pairs_to_fit())
    assert len(pairs) > 50
    assert all((script_of(other.question), other.lang) == (other.lang, "zh" if one.lang == "en" else "en") for one, other in pairs)
