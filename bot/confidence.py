"""Step 5, confidence: the probability that the draft is not wrong, from signals of retrieval; a small logistic model, fitted on development data."""

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from bot.choose import MUST_STAND
from bot.curated import SURE
from bot.prefer import holds
from bot.steps import Confidence, Evidence, Grounding, Understood
from knowledge.passage import Passage
from knowledge.shelf import Shelf
from knowledge.strange import strange_words
from knowledge.terms import terms_of

FILE = Path(__file__).with_name("confidence.json")
FEATURES = (
    "meaning",
    "words",
    "policy_said",
    "asked_said",
    "missing",
    "unknown",
    "strange",
    "length",
    "odds",
    "wanted",
    "asked",
    "asks_noted",
    "zh",
)
_LONG = 15.0  # terms


class Model(BaseModel, frozen=True):
    """The fitted model: where its numbers come from stands beside them."""

    fitted_on: str
    intercept: float
    weights: dict[str, float]


def estimate(understood: Understood, evidence: Evidence, grounding: Grounding, shelf: Shelf) -> Confidence:
    """The probability that this draft, if sent, is not wrong; 1.0 where code decided, 0.0 where nothing was found."""
    if grounding.draft.signals.get("decided"):
        return Confidence(value=1.0, features={"decided": 1.0})
    if not evidence.found or not grounding.draft.sentences:
        return Confidence(value=0.0)
    features = features_of(understood, evidence, grounding, shelf)
    if grounding.draft.signals.get("curated"):
        return Confidence(value=max(SURE, probability(features)), features={**features, "curated": 1.0})
    return Confidence(value=probability(features), features=features)


def features_of(understood: Understood, evidence: Evidence, grounding: Grounding, shelf: Shelf) -> dict[str, float]:
    """The signals, each about 0..1 and none of them the name of anything in this knowledge base, so that they carry over to another."""
    found, draft = evidence.found, grounding.draft
    lexicon, asks = shelf.lexicons[understood.lang], shelf.asked_lexicons[understood.lang]
    asked = {t: lexicon.weight(t) for t in set(understood.terms)}
    meant = {t: lexicon.weight(t) for t in set(understood.policy_terms)}
    best = found[0]
    there = terms_of(_all_text(best.passage))
    quoted = "\n".join(s.text for s in draft.sentences if any(c.passage_id for c in s.carried_by))
    said = terms_of(quoted + "\n" + "\n".join(f"{c.title} {c.section}" for c in draft.citations))
    strange = strange_words(understood.question, understood.lang, lexicon.knows)
    wants = understood.wants & MUST_STAND
    return {
        "meaning": _spread(best.cosine),
        "words": min(1.0, best.bm25 / (3 * sum(asked.values()) or 1.0)),
        "policy_said": _share(meant, said),
        "asked_said": _share(asked, said),
        "missing": 1.0 - _share(asked, there),
        "unknown": sum(not lexicon.knows(t) and not asks.knows(t) for t in asked) / max(1, len(asked)),
        "strange": min(1.0, len(strange) / 2),
        "length": min(1.0, len(asked) / _LONG),
        "odds": draft.signals.get("odds", 0.0),
        "wanted": sum(holds(quoted, want) for want in wants) / len(wants) if wants else 1.0,
        "asked": best.asked_alike,
        "asks_noted": 1.0 if best.asked else 0.0,
        "zh": 1.0 if understood.lang == "zh" else 0.0,
    }


def _all_text(passage: Passage) -> str:
    """A passage with its headings, captions and the ways in which its author noted that people ask for it."""
    return " ".join([passage.heading, *(" ".join((u.lead_in, u.text, u.caption, *u.asked)) for u in passage.units)])


def _share(weights: Mapping[str, float], held: Iterable[str]) -> float:
    """How much of the weight of these terms stands in a text; 0 where there are none."""
    there = set(held)
    return sum(w for t, w in weights.items() if t in there) / (sum(weights.values()) or 1.0)


def probability(features: Mapping[str, float]) -> float:
    """The logistic model's value for these features."""
    model = _model()
    z = model.intercept + sum(model.weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


@cache
def _model() -> "Model":
    return Model.model_validate(json.loads(FILE.read_text(encoding="utf-8")))


def _spread(cosine: float) -> float:
    """e5 packs cosines of everyday texts into 0.75..0.95: spread them over 0..1."""
    return max(0.0, min(1.0, (cosine - 0.75) / 0.2))
