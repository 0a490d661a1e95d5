"""`concierge eval refit`: what staff and travellers said of answers moves the confidence, a little with few labels, never without enough of them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from basics.errors import BadRequest
from bot.confidence import FEATURES, FILE, Model, model_in, probability
from bot.settings import Settings
from desk.conversation import Caller, StaffName
from evals.feedback import COUNTS, Known, known_of, label_of, says_the_same
from evals.fitted import start_of, write_fitted
from evals.prior import confidence_of, fit_from, log_loss, matrix_of, out_of_fold
from evals.refit import refitted
from store.labels import Remarked
from tests.house import Served, a_house, command, done, refused

START = Model(fitted_on="a fit before", intercept=-1.0, weights={"meaning": 2.0, "missing": -1.0})
BAGS = "How many bags can I check in?"


def a_turn(n: int = 0, **changes: Any) -> Remarked:
    plain: dict[str, Any] = {
        "conversation_id": f"c{n}",
        "lang": "en",
        "kind": "answer",
        "features": dict.fromkeys(FEATURES, 0.0),
        "draft": "Two bags.",
    }
    return Remarked(**plain | {"thumb": None, "label": None, "staff_said": ""} | changes)


def known(many: int, seed: int = 0, source: Any = "staff", offset: float = 0.0) -> list[Known]:
    """Labels of a house where `asked` tells most, which the fit before did not know; with an `offset` the right ones are told more often."""
    draw = np.random.default_rng(seed)
    out = []
    for n in range(many):
        features = dict.fromkeys(FEATURES, 0.0) | {"meaning": float(draw.random()), "asked": float(draw.random())}
        sure = 1 / (1 + np.exp(-(-3.0 + offset + 2 * features["meaning"] + 4 * features["asked"])))
        out.append(Known(conversation_id=f"{seed}-{n // 2}", features=features, right=bool(draw.random() < sure), source=source))
    return out


def test_few_labels_move_little_and_many_move_much() -> None:
    """Ten labels leave the weight of the unknown signal near where it began, two thousand bring it to what it is worth."""
    weights = {}
    for many in (10, 200, 2000):
        rows = known(many)
        x, right = matrix_of([one.features for one in rows]), np.array([one.right for one in rows], dtype=float)
        weights[many] = fit_from(START, x, right).weights
    assert abs(weights[10]["asked"]) < 0.5 < weights[200]["asked"] < weights[2000]["asked"]
    assert weights[2000]["asked"] == pytest.approx(4.0, abs=0.8)
    assert weights[10]["meaning"] == pytest.approx(2.0, abs=0.2)


def test_a_signal_never_counts_the_wrong_way() -> None:
    """Answers that were right where most was missing: the signal is switched off, it does not turn round."""
    draw = np.random.default_rng(0)
    features = [dict.fromkeys(FEATURES, 0.0) | {"missing": float(draw.random())} for _ in range(600)]
    right = np.array([float(one["missing"] > 0.5) for one in features])
    assert fit_from(START, matrix_of(features), right).weights["missing"] == 0.0


def test_thumbs_teach_what_tells_right_from_wrong_but_not_how_many_are_right() -> None:
    """Happy travellers press ten times as often: the weights learn from them all the same, and the intercept stays where staff put it."""
    happy = known(3000, source="thumb", offset=2.5)
    x, right = matrix_of([one.features for one in happy]), np.array([one.right for one in happy], dtype=float)
    naive, fair = fit_from(START, x, right), fit_from(START, x, right, selected=["thumb"] * len(happy))
    assert fair.weights["asked"] == pytest.approx(4.0, abs=0.6)
    assert fair.intercept == pytest.approx(START.intercept, abs=0.05) and naive.intercept > fair.intercept + 0.3
    staff = known(3000, seed=1)
    both_x, both = np.vstack([x, matrix_of([s.features for s in staff])]), np.array([*right, *(float(s.right) for s in staff)])
    together = fit_from(START, both_x, both, selected=["thumb"] * len(happy) + [""] * len(staff))
    assert together.intercept == pytest.approx(-3.0, abs=0.3)


def test_a_turn_is_judged_by_a_fit_that_never_saw_its_conversation() -> None:
    """Labels that are pure chance, the same throughout a conversation: held out nothing is learnt from them."""
    draw = np.random.default_rng(3)
    features = [dict.fromkeys(FEATURES, 0.0) | {"meaning": n / 40, "asked": float(n % 40 == 0)} for n in range(40) for _ in range(10)]
    right = np.repeat(draw.random(40) < 0.5, 10).astype(float)
    x, groups = matrix_of(features), [str(n // 10) for n in range(400)]
    fair = out_of_fold(START, x, right, groups, pull=0.1)
    seen = confidence_of(fit_from(START, x, right, pull=0.1), x)
    assert log_loss(fair, right) > log_loss(seen, right)
    turned = np.where(np.array(groups) == "7", 1 - right, right)
    same = out_of_fold(START, x, turned, groups, pull=0.1)
    assert np.allclose(fair[70:80], same[70:80]) and not np.allclose(fair, same)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (known(30), "20 more are missing"),
        ([one.model_copy(update={"right": True}) for one in known(80)], "among them 10 wrong ones"),
        ([one.model_copy(update={"conversation_id": "one"}) for one in known(80)], "from several conversations"),
    ],
)
def test_too_few_labels_are_refused_with_what_is_missing(rows: list[Known], said: str) -> None:
    """Nothing is fitted on what could not be checked."""
    with pytest.raises(BadRequest, match=said):
        refitted(rows, 3, START, START)


def test_a_refit_tells_whether_it_is_better_and_what_moved() -> None:
    """Held out, the refitted confidence is less often surprised; one that foretold its labels already is not replaced."""
    made = refitted([*known(300), *known(100, seed=9, source="thumb", offset=1)], 2, START, START)
    assert made.better and next(iter(made.moved)) == "asked"
    staff = next(one for one in made.compared if one.name == "staff")
    assert staff.refitted.labels == 300 and staff.refitted.auroc > staff.start.auroc + 0.1 and staff.refitted.log_loss < staff.start.log_loss
    assert made.model.start == START and "300 by staff, 0 by answered instead, 100 by thumb" in made.model.fitted_on
    draw = np.random.default_rng(5)
    truth = confidence_of(START, matrix_of([one.features for one in known(400)]))
    as_it_was = [one.model_copy(update={"right": bool(draw.random() < p)}) for one, p in zip(known(400), truth, strict=True)]
    assert not refitted(as_it_was, 0, START, START).better, "labels that are as the one before foretold teach nothing new"


def test_what_a_person_said_labels_the_draft() -> None:
    """Staff's own word first; then what they answered instead, by its figures; then a thumb, for sent answers only."""
    assert label_of(a_turn(label="wrong", thumb="up")) == (False, "staff")
    assert label_of(a_turn(thumb="up")) == (True, "thumb")
    assert label_of(a_turn(thumb="down", kind="clarify")) is None
    handed = {"kind": "handoff", "draft": "A change costs CNY 400 until 24 hours before departure."}
    assert label_of(a_turn(**handed, staff_said="That is CNY 400, Mr Lin.")) == (True, "answered instead")
    assert label_of(a_turn(**handed, staff_said="With your card it is CNY 200.")) == (False, "answered instead")
    assert label_of(a_turn(**handed, staff_said="I will look into it.")) is None
    assert label_of(a_turn(kind="answer", draft="CNY 400.", staff_said="CNY 200.")) is None
    assert says_the_same("宠物只能在货舱运输，须提前预订。", "您好，宠物只能在货舱运输，须提前预订，谢谢。", "zh") is True
    assert says_the_same("宠物只能在货舱运输，须提前预订。", "您好，请稍等。", "zh") is None


def test_a_turn_that_code_decided_teaches_nothing() -> None:
    """A computed right, a curated answer and a turn with signals of an older version are left out."""
    turns = [a_turn(1, label="right"), a_turn(2, label="right", features={"decided": 1.0}), a_turn(3, label="right", features={"meaning": 0.3})]
    turns.append(a_turn(4, label="right", features={**dict.fromkeys(FEATURES, 0.0), "curated": 1.0}))
    assert [one.conversation_id for one in known_of(turns)] == ["c1"]
    assert COUNTS["staff"] > COUNTS["answered instead"] > COUNTS["thumb"]


async def test_staff_label_an_answer_and_only_staff(house: Served) -> None:
    """A label is kept with the answer and told to the desk, not to the traveller; it can be taken back; a message of a traveller has none."""
    chat, anna = await house.chat(), await house.staff("Anna")
    reply = await chat.say(BAGS)
    path = f"/messages/{reply['message_id']}/label"
    assert done(await anna.post(path, {"label": "wrong"}))["label"] == "wrong"
    refused(await chat.post(f"/desk{path}", {"label": "right"}), 401, "not-signed-in")
    assert "label" not in {e.kind for e in await chat.events()}
    told = [e for e in (await anna.get("/events"))["events"] if e["kind"] == "label"]
    assert told[0]["data"]["label"] == "wrong" and told[0]["data"]["staff"]["name"] == "Anna"
    refused(await anna.post("/messages/msg_nobody/label", {"label": "right"}), 404, "not-found")
    mine = next(e.data["message_id"] for e in await chat.events() if e.kind == "message")
    refused(await anna.post(f"/messages/{mine}/label", {"label": "right"}), 404, "not-found")
    assert done(await anna.post(path, {"label": None}))["label"] is None


async def a_talked_in_home(home: Path) -> None:
    """A home in which staff labelled what was sent and what was handed over: right where we were sure, wrong where we were not."""
    house = a_house(home)
    await house.start()
    try:
        anna = StaffName(id="staff-anna", name="Anna")
        asked = [
            BAGS,
            "How much is a second bag?",
            "May I bring my dog in the cabin?",
            "Is there a swimming pool in the lounge in Oslo?",
            "Can I pay with shells?",
        ]
        for n in range(60):
            conversation, _ = await house.concierge.open(Caller(), "en")
            reply = await house.concierge.reply(conversation.id, asked[n % len(asked)])
            assert reply is not None
            await house.desk.label(reply.message_id, anna, "right" if n % len(asked) < 3 else "wrong")
    finally:
        await house.stop()


def test_the_command_refits_writes_and_takes_back(tmp_path: Path) -> None:
    """Beside nothing or a server: figures without --write, the file with it, what to set, and the way back; the shipped file is never touched."""
    home, shipped = tmp_path / "home", FILE.read_bytes()
    asyncio.run(a_talked_in_home(home))
    own = {"CONCIERGE_CONFIDENCE": str(FILE)}
    plain = command("eval", "refit", home=home, **own)
    assert plain.returncode == 0 and "Nothing was written" in plain.stdout and "log loss" in plain.stdout, plain.stderr
    assert not (home / "confidence.json").exists()
    made = json.loads(command("eval", "refit", "--json", home=home, **own).stdout)
    assert made["labels"]["staff"] == {"right": 36, "wrong": 24} and made["better"] is True
    kept = command("eval", "refit", "--write", home=home, **own)
    assert f"set CONCIERGE_CONFIDENCE={home / 'confidence.json'} and start the server again" in " ".join(kept.stdout.split())
    first = (home / "confidence.json").read_text()
    assert model_in(home / "confidence.json").start == model_in(FILE) and FILE.read_bytes() == shipped
    mine = {"CONCIERGE_CONFIDENCE": str(home / "confidence.json")}
    again = command("eval", "refit", "--write", home=home, **mine)
    assert "A running server uses it from its next question on" in again.stdout
    assert model_in(home / "confidence.json").weights == Model.model_validate_json(first).weights  # begun from the same, not from itself
    back = command("eval", "refit", "--undo", home=home, **mine)
    assert back.returncode == 0 and (home / "confidence.json").read_text() == first


def test_without_labels_or_a_home_the_command_says_what_is_missing(tmp_path: Path) -> None:
    nowhere = command("eval", "refit", home=tmp_path / "nowhere")
    assert nowhere.returncode == 2 and "There is no database" in nowhere.stderr and "Traceback" not in nowhere.stderr
    assert command("eval", "refit", "--undo", home=tmp_path / "nowhere").returncode == 2


def test_a_replaced_file_is_used_by_the_next_question(tmp_path: Path) -> None:
    """A server that runs reads the confidence again when its file was replaced; a broken file is told by its name."""
    file = tmp_path / "confidence.json"
    settings = Settings(_env_file=None, home=tmp_path, confidence=file)  # type: ignore[call-arg]
    write_fitted(START, settings)
    before, hashed = probability({"meaning": 1.0}, file), settings.fingerprint()
    write_fitted(START.model_copy(update={"intercept": 1.0, "start": START}), settings)
    assert probability({"meaning": 1.0}, file) > before and settings.fingerprint() != hashed
    assert start_of(settings) == START and json.loads((tmp_path / "confidence.json.before").read_text())["intercept"] == -1.0
    file.write_text("{}")
    with pytest.raises(Exception, match="is no fitted confidence"):
        model_in(file)
