"""`concierge eval fit`: an operator with articles of their own gets a confidence and a threshold, or is told how many labels are missing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from basics.errors import BadRequest
from bot.confidence import FEATURES, FILE, Model, model_in
from evals.own_fit import about, own_fit, tables_of
from evals.own_questions import Answer, Label
from tests.evals.conftest import Lines
from tests.house import command

START = Model(fitted_on="a fit before", intercept=-1.0, weights={"meaning": 2.0})
INNS = {
    "parking": ("Parking", "Parking costs 9 pounds a night.", ["what does the car park cost", "where do I leave my car", "is there a fee for cars"]),
    "breakfast": ("Breakfast", "Breakfast is served from 7 to 10.", ["when do you serve eggs", "morning meal times", "until when can I eat early"]),
    "dogs": ("Dogs", "Dogs are allowed in rooms on the ground floor.", ["may my puppy come", "is my pet welcome", "four-legged guests"]),
    "pool": ("The pool", "The pool is open from May to September.", ["can I swim in June", "when may we bathe", "swimming season"]),
    "keys": ("Keys", "A lost key costs 25 pounds.", ["I cannot find my room key, what now", "price of a new key", "key gone, how much"]),
    "laundry": ("Laundry", "Shirts are washed within 24 hours.", ["how long does washing take", "clean shirt by tomorrow", "wash my clothes"]),
}


def the_inn(folder: Path) -> Path:
    """A folder of six short articles, each noting three ways in which people ask for its sentence."""
    folder.mkdir()
    for name, (title, says, asked) in INNS.items():
        noted = "\n".join(f"  - {question}" for question in asked)
        front = f"id: {name}\ntitle: {title}\nlang: en\naudience: public\nin_force:\n  from: 2020-01-01\nversion: 1\nowner: Inn\nsource_url: ''"
        text = f"---\n{front}\napplies_by: asking\nasks:\n- says: {says[:-1]}\n  asked:\n{noted}\n---\n# {title}\n\n{says}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def labelled(name: str, question: str, article: str = "", must: str = "") -> dict[str, Any]:
    plain: dict[str, Any] = {"id": name, "lang": "en", "question": question, "answerable": bool(article)}
    return plain | ({"articles": [article], "must": [[must]]} if article else {})


CASES = [
    labelled("1", "How much is parking per night?", "parking", "9 pounds"),
    labelled("2", "When is breakfast?", "breakfast", "from 7 to 10"),
    labelled("3", "Are dogs allowed?", "dogs", "ground floor"),
    labelled("4", "When is the pool open?", "pool", "May to September"),
    labelled("5", "What does a lost key cost?", "keys", "25 pounds"),
    labelled("6", "How soon are shirts washed?", "laundry", "24 hours"),
    labelled("7", "Do you have a sauna?"),
    labelled("8", "Is there a shuttle to the station?"),
    labelled("9", "Can I rent a bicycle?"),
    labelled("10", "Is there a gym in the house?"),
]


def test_an_operator_fits_and_is_told_what_is_missing(tmp_path: Path, lines: Lines) -> None:
    """One command over their own home: labels told by where they come from; ten guarantee nothing, and how many are missing is told."""
    home, out = tmp_path / "home", tmp_path / "out"
    assert command("ingest", str(the_inn(tmp_path / "inn")), home=home).returncode == 0
    asked = ("eval", "fit", str(lines("cases.jsonl", *CASES)), "--out", str(out))
    ran = command(*asked, "--json", home=home)
    assert ran.returncode == 0, ran.stderr
    made = json.loads(ran.stdout)
    assert made["labels"] == {"by hand": 10, "noted question": 18, "article taken away": 24} and made["articles"] == 6
    assert made["promised"]["threshold"] is None and made["promised"]["labels"] == 10
    away = [line for line in made["lines"] if line["label"] == "article taken away"]
    assert away and all(line["held"]["right"] == 0 for line in away)
    noted = next(line for line in made["lines"] if line["label"] == "noted question")
    assert 12 <= noted["held"]["right"] <= 18
    report = (out / "fit.md").read_text()
    assert "more labelled answers are missing" in report and "10 questions were labelled by hand" in report and "18 noted questions" in report
    assert json.loads((out / "fit.json").read_text()) == made
    shipped = FILE.read_bytes()
    kept = command(*asked, "--write", home=home)
    file, told = home / "confidence.json", " ".join(kept.stdout.split())
    assert (f"CONCIERGE_CONFIDENCE={file}" in told and model_in(file).start == model_in(FILE)) if made["better"] else "Not written" in told
    assert FILE.read_bytes() == shipped


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (labelled("1", "How much is parking?", "garage", "9"), "'garage', which is not in the base"),
        (labelled("1", "How much is parking?") | {"as": "nobody"}, "'as' is 'nobody'"),
    ],
)
def test_a_wrong_label_is_told_before_anything_is_fitted(tmp_path: Path, lines: Lines, case: dict[str, Any], said: str) -> None:
    home = tmp_path / "home"
    assert command("ingest", str(the_inn(tmp_path / "inn")), home=home).returncode == 0
    ran = command("eval", "fit", str(lines("cases.jsonl", case)), home=home)
    assert ran.returncode == 2 and said in ran.stderr and "Traceback" not in ran.stderr


def test_an_empty_home_is_told_to_ingest_first(tmp_path: Path) -> None:
    assert "There is no database" in command("eval", "fit", home=tmp_path / "home").stderr


def answers(many: int, seed: int = 0, label: Label = "by hand", wrong: float = 0.0) -> list[Answer]:
    """Answers that are right the more surely the higher `asked`; of the surest half this share is wrong."""
    draw = np.random.default_rng(seed)
    out = []
    for n in range(many):
        signal = float(draw.random())
        right = bool(draw.random() > (wrong if signal > 0.5 else 0.95))
        features = dict.fromkeys(FEATURES, 0.0) | {"asked": signal}
        out.append(Answer(id=str(n), group=f"{label}-{n}", lang="en", label=label, features=features, confidence=0.5, right=right))
    return out


def test_enough_labels_carry_a_threshold_to_set() -> None:
    """A thousand answers by hand, wrong only where we doubt: the guarantee holds, the setting is named, and 20 halves say how it did."""
    made = own_fit(answers(1000), 9, START, 0.7, 0.02, 0.95)
    assert made.promised is not None and made.promised.threshold is not None and made.better
    assert f"Set CONCIERGE_ANSWER_AT={made.promised.threshold:.2f}" in about(made)
    assert [s.allowed for s in made.splits] == [0.02, 0.05, 0.1, 0.2] and made.splits[0].guaranteed >= 15
    assert any("halves above it" in " ".join(head) for head, _ in tables_of(made))


def test_automatic_labels_promise_nothing() -> None:
    """However many the articles tell of themselves: no guarantee rests on them, and the intercept stays where it was."""
    made = own_fit([*answers(400, label="noted question"), *answers(400, 1, "article taken away", 1.0)], 9, START, 0.7, 0.02, 0.95)
    assert made.promised is None and made.splits == () and "no question is labelled by hand" in str(tables_of(made)).lower()
    assert made.model.intercept == pytest.approx(START.intercept, abs=0.05) and made.model.weights["asked"] > 1


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(BadRequest, match="a fit needs 50"):
        own_fit(answers(30), 9, START, 0.7, 0.02, 0.95)
