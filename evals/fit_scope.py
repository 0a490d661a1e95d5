"""Fits bot/scope.json and ships the vectors of bot/outside_examples.txt: `python -m evals.fit_scope`; a third of each set is held out.

Ours: the development questions and CLINC150's travel intents; outside: CLINC150's other trades and out-of-scope, and our own ones.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.library import shipped_vectors
from bot.outside import examples, ship_examples, shipped_examples
from bot.scope import WEIGHTS, meaning_features, probability, word_features
from bot.settings import Settings
from evals.builders.built import rows_of
from evals.case import CASES, read_cases
from knowledge.cut import passages_of
from knowledge.embedder import Embedder, Vectors
from knowledge.embedder_packaged import Packaged
from knowledge.ingest import read_paths
from knowledge.shelf import Shelf
from knowledge.terms import script_of

_MOST = 500  # of each source, drawn by the hash of its text
_L2 = 1.0


class Labelled(NamedTuple):
    """A text, whether it is outside, where it is from, and whether it is kept for the figure."""

    text: str
    outside: bool
    source: str
    held: bool


def is_held(text: str) -> bool:
    """One text in three, by its hash, so that it stays the same one."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 3 == 0


def labelled() -> tuple[Labelled, ...]:
    """Every text that tells ours from outside; what serves as an example is left out."""
    dev = [case.question for name in ("dev", "dev2", "dev3", "dev4", "dev5") for case in read_cases(CASES / f"{name}.jsonl") if case.answerable]
    travel = [row["text"] for row in rows_of("clinc150_travel.jsonl") if row["intent"] != "oos"]
    outside = [row["text"] for row in rows_of("clinc150_outside.jsonl")]
    own = [(row["text"], bool(row["held"])) for row in rows_of("screen_own.jsonl") if row.get("outside")]
    shown = set(examples())
    sources = (("dev", False, dev), ("travel", False, travel), ("clinc", True, outside))
    drawn = [Labelled(t, out, name, is_held(t)) for name, out, texts in sources for t in sorted(set(texts) - shown, key=_hashed)[:_MOST]]
    return (*drawn, *(Labelled(t, True, "own", held) for t, held in own if t not in shown))


def base(embedder: Embedder) -> Shelf:
    """The shipped articles with their vectors, without an index."""
    read, _, _ = read_paths([Settings().articles.resolve()])
    return Shelf([(one.article, passages_of(one.article)) for one in read], shipped_vectors(embedder.fingerprint))


def features_by_meaning(shelf: Shelf, text: str, vector: Vectors, near: NDArray[np.float32]) -> dict[str, float]:
    """What a turn measures, by an exact look at the whole base."""
    window = max((hit.cosine for hit in shelf.nearest(script_of(text), vector, 1)), default=0.0)
    unit = float(shelf.nearest_units(vector[None])[0])
    return meaning_features(window, unit, float(shelf.asked_similarity(vector).max(initial=0.0)), vector, near)


def score_by_meaning(shelf: Shelf, text: str, vector: Vectors, near: NDArray[np.float32]) -> float:
    """The score that a turn would give."""
    return probability("meaning", features_by_meaning(shelf, text, vector, near))


def fit(rows: NDArray[np.float64], labels: NDArray[np.bool_]) -> tuple[float, NDArray[np.float64]]:
    """Intercept and weights of a logistic model in which both sides weigh the same."""
    mean, spread = rows.mean(0), np.where(rows.std(0) > 0, rows.std(0), 1.0)
    design = np.c_[np.ones(len(rows)), (rows - mean) / spread]
    share, w = labels.mean(), np.zeros(rows.shape[1] + 1)
    weight = np.where(labels, 0.5 / share, 0.5 / (1 - share))
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ w))
        gradient = design.T @ (weight * (p - labels)) + _L2 * np.r_[0, w[1:]]
        hessian = (design * (weight * p * (1 - p))[:, None]).T @ design + _L2 * np.eye(len(w))
        w -= np.linalg.solve(hessian, gradient)
    slopes = w[1:] / spread
    return float(w[0] - slopes @ mean), slopes


def main() -> None:
    """Ship the examples' vectors, fit both scores on what is not held out, write the weights."""
    embedder = Packaged()
    ship_examples(embedder)
    near, shelf, texts = shipped_examples(embedder.fingerprint), base(embedder), labelled()
    assert near is not None  # noqa: S101 - written a moment ago
    vectors = embedder.questions([one.text for one in texts])
    by_meaning = [features_by_meaning(shelf, one.text, v, near) for one, v in zip(texts, vectors, strict=True)]
    for_fit = np.array([not one.held and one.source != "travel" for one in texts])  # exchange rates and rental cars stand in no article of ours
    weights = {
        "words": _fitted([word_features(one.text) for one in texts], texts, np.array([not one.held for one in texts])),
        "meaning": _fitted(by_meaning, texts, for_fit),
    }
    fitted_on = "evals.fit_scope: development questions, CLINC150 travel (words only) and other trades, own; a third held out"
    WEIGHTS.write_text(json.dumps({"fitted_on": fitted_on, "weights": weights}, indent=1) + "\n", encoding="utf-8")
    print(WEIGHTS.read_text(encoding="utf-8"))


def _fitted(features: Sequence[dict[str, float]], texts: Sequence[Labelled], chosen: NDArray[np.bool_]) -> dict[str, float]:
    names = list(features[0])
    rows = np.array([[f[name] for name in names] for f in features])
    intercept, slopes = fit(rows[chosen], np.array([one.outside for one in texts])[chosen])
    return {"intercept": round(intercept, 4), **{name: round(float(s), 4) for name, s in zip(names, slopes, strict=True)}}


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
