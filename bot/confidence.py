"""Step 5, confidence: the probability that the draft is not wrong, from signals of retrieval; a small logistic model, fitted on development data."""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel

from basics.errors import SettingsWrong
from bot.choose import MUST_STAND
from bot.curated import SURE
from bot.names_asked import names_in, other_model
from bot.prefer import holds
from bot.steps import Confidence, Draft, Evidence, Grounding, Understood
from knowledge.opposites import says_the_opposite
from knowledge.passage import Passage
from knowledge.shelf import Shelf
from knowledge.strange import strange_words
from knowledge.terms import terms_of

FILE = Path(__file__).with_name("confidence.json")
CHOSEN, AHEAD = -0.7, 0.25  # log odds: that it was chosen at all, for of those offered one answers at most; per log odds before the others
_FAR_AHEAD = 6.0
FEATURES = (
    "meaning",
    "unit",
    "apart",
    "words",
    "asked_said",
    "policy_said",
    "missing",
    "heaviest",
    "unknown",
    "strange",
    "names",
    "opposite",
    "odds",
    "wanted",
    "new_said",
    "follows",
    "asked",
    "asks_noted",
    "other",
    "meaning_other",
    "zh",
    "outside",
)


class Model(BaseModel, frozen=True):
    """The fitted model: where its numbers come from stands beside them."""

    fitted_on: str
    intercept: float
    weights: dict[str, float]
    start: "Model | None" = None
    """The model that an operator's labels moved to this one; the next fit begins from it again."""


def estimate(understood: Understood, evidence: Evidence, grounding: Grounding, shelf: Shelf, fitted: Path = FILE) -> Confidence:
    """The probability that this draft, if sent, is not wrong, by the model in the file `fitted`; 1.0 where code decided, 0.0 without any draft."""
    if grounding.draft.signals.get("decided"):
        return Confidence(value=1.0, features={"decided": 1.0})
    if not evidence.found or not grounding.draft.sentences:
        return Confidence(value=0.0)
    features = features_of(understood, evidence, grounding, shelf)
    if grounding.draft.signals.get("curated"):
        return Confidence(value=max(SURE, probability(features, fitted)), features={**features, "curated": 1.0})
    value = probability(features, fitted)
    if evidence.chosen_ahead is not None:
        value, features = of_a_choice(value, evidence.chosen_ahead), {**features, "chosen_ahead": evidence.chosen_ahead}
    return Confidence(value=value, features=features)


def of_a_choice(value: float, ahead: float) -> float:
    """The probability where the asker chose the article: more where it comes before the others, less where another comes nearer."""
    # Fitted by `python -m evals.choices`, every offered article of every question chosen once: right choices with a right draft against all others.
    odds = math.log(max(value, 1e-6) / max(1.0 - value, 1e-6)) + CHOSEN + AHEAD * max(-_FAR_AHEAD, min(_FAR_AHEAD, ahead))
    return 1.0 / (1.0 + math.exp(-odds))


def features_of(understood: Understood, evidence: Evidence, grounding: Grounding, shelf: Shelf) -> dict[str, float]:
    """The signals, each about 0..1 and none of them the name of anything in this knowledge base, so that they carry over to another.

    Where only the other language has the passage no word can be shared: the signals of words are 0 there, and `other` is 1.
    """
    found, draft = evidence.found, grounding.draft
    best = found[0]
    lexicon, asks = shelf.lexicons[understood.lang], shelf.asked_lexicons[understood.lang]
    quoted = "\n".join(s.text for s in draft.sentences if any(c.passage_id for c in s.carried_by))
    wants = understood.wants & MUST_STAND
    unit = max(best.unit_cosines, default=0.0)
    elsewhere = max((max(f.unit_cosines) for f in found if f.passage.article_id != best.passage.article_id), default=0.0)
    other = best.in_other_language
    features = {
        "meaning": _spread(best.cosine),
        "unit": _spread(max(best.both_cosines, default=0.0)),
        "apart": max(-1.0, min(1.0, (unit - elsewhere) / 0.1)) if elsewhere else 0.5,
        "odds": draft.signals.get("odds", 0.0),
        "wanted": sum(holds(quoted, want, of_row=True) for want in wants) / len(wants) if wants else 1.0,
        "names": _missing_names(understood, evidence, shelf),
        "opposite": 1.0 if says_the_opposite(understood.question, understood.lang, _headed(draft, quoted), best.passage.lang) else 0.0,
        "follows": 1.0 if understood.own_terms else 0.0,
        "asked": best.asked_alike,
        "asks_noted": 1.0 if best.asked else 0.0,
        "other": 1.0 if other else 0.0,
        "meaning_other": _spread(unit) if other else 0.0,
        "zh": 1.0 if understood.lang == "zh" else 0.0,
        "outside": evidence.out_of_scope or 0.0,
    }
    if other:
        return {name: features.get(name, 0.0) for name in FEATURES}
    # Without the day that is named, and with the policy's words for what is asked: one who writes like a policy has no other words to be met.
    question = understood.searched or understood.question
    asked = {t: lexicon.weight(t) for t in {*terms_of(question), *understood.policy_terms}}
    there = frozenset(terms_of(_all_text(best.passage)))
    said = terms_of(_headed(draft, quoted))
    features |= {
        "words": min(1.0, best.bm25 / (3 * sum(asked.values()) or 1.0)),
        "asked_said": _share(asked, said),
        "policy_said": _share({t: lexicon.weight(t) for t in set(understood.policy_terms)}, said),
        "missing": 1.0 - _share(asked, there),
        "heaviest": max((w for t, w in asked.items() if t not in there), default=0.0) / (max(asked.values(), default=0.0) or 1.0),
        "unknown": sum(not lexicon.knows(t) and not asks.knows(t) for t in asked) / max(1, len(asked)),
        "strange": min(1.0, len(strange_words(question, understood.lang, lexicon.knows)) / 2),
        "new_said": _share({t: lexicon.weight(t) for t in set(understood.own_terms)}, there) if understood.own_terms else 0.0,
    }
    return {name: features[name] for name in FEATURES}


def _headed(draft: Draft, quoted: str) -> str:
    """What is quoted, and the headings under which it stands."""
    return quoted + "\n" + "\n".join(f"{c.title} {c.section}" for c in draft.citations)


def _missing_names(understood: Understood, evidence: Evidence, shelf: Shelf) -> float:
    """The share of the question's names and numbers that stand nowhere in the article it would be answered from; all where a look-alike is named."""
    passage, question = evidence.found[0].passage, understood.question
    whole = f"{passage.title} {shelf.article_of(passage).body}".lower()
    beside = {f.passage.title for f in evidence.found}
    if shelf.siblings.other_named(question, passage.title, beside) or other_model(question, passage.title, whole):
        return 1.0
    names = names_in(question, understood.lang == "zh")
    if passage.lang == "zh" and understood.lang == "en":
        names = frozenset(n for n in names if n[0].isdigit())  # a name is written otherwise there
    if not names:
        return 0.0
    return sum(name not in whole for name in names) / len(names)


def _all_text(passage: Passage) -> str:
    """A passage with its headings, captions and the ways in which its author noted that people ask for it."""
    return " ".join([passage.heading, *(" ".join((u.lead_in, u.text, u.caption, *u.asked)) for u in passage.units)])


def _share(weights: Mapping[str, float], held: Iterable[str]) -> float:
    """How much of the weight of these terms stands in a text; 0 where there are none."""
    there = set(held)
    return sum(w for t, w in weights.items() if t in there) / (sum(weights.values()) or 1.0)


def probability(features: Mapping[str, float], fitted: Path = FILE) -> float:
    """The logistic model's value for these features."""
    model = model_in(fitted)
    z = model.intercept + sum(model.weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


def model_in(fitted: Path) -> Model:
    """The model that a file holds now, read again only when the file was replaced; SettingsWrong says what is wrong with it."""
    try:
        return _read(fitted, fitted.stat().st_mtime_ns)
    except (OSError, ValueError) as wrong:
        raise SettingsWrong(
            f"CONCIERGE_CONFIDENCE: {fitted} is no fitted confidence ({type(wrong).__name__}). `python -m evals.fit_confidence` writes one."
        ) from None


@lru_cache(maxsize=8)
def _read(fitted: Path, _changed_at: int) -> Model:
    return Model.model_validate_json(fitted.read_text(encoding="utf-8"))


def _spread(cosine: float) -> float:
    """The packaged embedder packs cosines of everyday texts into 0.55..0.85: spread them over 0..1."""
    return max(0.0, min(1.0, (cosine - 0.555) / 0.305))
