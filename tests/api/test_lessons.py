"""Lessons: what a person answered is proposed, looked at, published by the other one, and known to the Concierge from then on, in both languages."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from evals.case import read_cases
from tests.house import Chat, Served, StaffMember, done, refused

TEXTS = {
    "en": {
        "question": "How much does parking at the airport cost?",
        "answer": "Car park P2 at Pudong costs CNY 80 a day. The shuttle to Terminal 2 takes five minutes.",
        "also": ["What do I pay for parking my car at the airport?"],
    },
    "zh": {
        "question": "机场停车怎么收费？",
        "answer": "浦东机场 P2 停车场每天 80 元，乘接驳车到 2 号航站楼约 5 分钟。",
        "also": ["在机场停车多少钱？"],
    },
}
ASKED = {"en": "How much does parking at the airport cost?", "zh": "机场停车怎么收费？"}


@pytest.fixture
async def house(make_house: Any) -> Served:
    served: Served = await make_house(own_index=True, answer_at=0.7)
    return served


async def teach(who: StaffMember, **changes: Any) -> dict[str, Any]:
    return done(await who.post("/lessons", {"texts": TEXTS, "audience": "public"} | changes))


async def says(house: Served, lang: str) -> dict[str, Any]:
    chat: Chat = await house.chat(lang=lang)
    return await chat.say(ASKED[lang])


async def test_a_lesson_is_known_in_both_languages_at_once(house: Served) -> None:
    """Before: handed over or asked back. Anna proposes, Wei publishes: the next traveller gets it, cited, in the language they ask in."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    before = [await says(house, lang) for lang in ASKED]
    assert all("P2" not in r["text"] for r in before)
    looked = await teach(anna)
    lesson = looked["lesson"]
    assert lesson["state"] == "proposed" and lesson["by"] == "Anna" and not lesson["may_publish"] and looked["contested"] == []
    assert "P2" not in (await says(house, "en"))["text"]
    refused(await anna.post(f"/lessons/{lesson['id']}/publish"), 409, "lesson-needs-the-other")
    published = done(await wei.post(f"/lessons/{lesson['id']}/publish"))
    assert published["state"] == "published" and published["decided_by"] == "Wei"
    for lang, taught in TEXTS.items():
        reply = await says(house, lang)
        assert reply["kind"] == "answer" and reply["basis"] == "curated" and reply["text"] == taught["answer"]
        assert reply["citations"][0]["article_id"] == lesson["article_id"]


async def test_one_language_answers_the_other_s_question_too(house: Served) -> None:
    """Only English was written: who asks in Chinese gets the very words with the source, or is handed over; never something else."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    lesson = (await teach(anna, texts={"en": TEXTS["en"]}))["lesson"]
    done(await wei.post(f"/lessons/{lesson['id']}/publish"))
    reply = await says(house, "zh")
    assert reply["kind"] in ("answer", "clarify", "handoff")
    if reply["kind"] == "answer":
        assert reply["citations"][0]["article_id"] == lesson["article_id"] and "CNY 80" in reply["text"]


async def test_its_author_may_publish_it_after_a_while(house: Served) -> None:
    """Alone at the desk: half an hour later; writing it anew begins the half hour anew, and makes the other one's words theirs."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    lesson = (await teach(anna))["lesson"]
    house.clock.move(minutes=29)
    refused(await anna.post(f"/lessons/{lesson['id']}/publish"), 409, "lesson-needs-the-other")
    again = done(await wei.post(f"/lessons/{lesson['id']}", {"texts": {"en": TEXTS["en"]}, "audience": "traveller"}))["lesson"]
    assert (again["by"], again["audience"], list(again["texts"])) == ("Wei", "traveller", ["en"])
    refused(await wei.post(f"/lessons/{lesson['id']}/publish"), 409, "lesson-needs-the-other")
    house.clock.move(minutes=31)
    assert done(await wei.post(f"/lessons/{lesson['id']}/publish"))["state"] == "published"
    refused(await wei.post(f"/lessons/{lesson['id']}", {"texts": TEXTS}), 409, "lesson-decided")
    refused(await anna.post(f"/lessons/{lesson['id']}/discard"), 409, "lesson-decided")


async def test_a_lesson_is_taken_back_and_written_anew(house: Served) -> None:
    """Withdrawn it is known no more; a new version of it replaces the old one, and withdrawing that brings the old one back."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    first = (await teach(anna))["lesson"]
    done(await wei.post(f"/lessons/{first['id']}/publish"))
    other = {"en": {"question": TEXTS["en"]["question"], "answer": "Parking costs CNY 90 a day."}}
    second = (await teach(anna, texts=other, replaces=first["id"]))["lesson"]
    assert (second["article_id"], second["version"]) == (first["article_id"], 2)
    done(await wei.post(f"/lessons/{second['id']}/publish"))
    assert (await says(house, "en"))["text"] == "Parking costs CNY 90 a day."
    assert done(await anna.post(f"/lessons/{second['id']}/withdraw"))["state"] == "withdrawn"
    assert (await says(house, "en"))["text"] == TEXTS["en"]["answer"]
    done(await anna.post(f"/lessons/{first['id']}/withdraw"))
    assert "P2" not in (await says(house, "en"))["text"]
    refused(await anna.post(f"/lessons/{first['id']}/withdraw"), 409, "lesson-decided")


async def test_it_shows_what_is_said_today_and_what_it_would_have_answered(house: Served) -> None:
    """Two travellers were handed over with that question; to another one there is an answer already, and it is shown."""
    anna = await house.staff("Anna")
    for question in ("What do I pay for parking my car at the airport?", "How much does parking at the airport cost?"):
        chat = await house.chat()
        await chat.say(question)
        await chat.hand_over()
    looked = await teach(anna)
    assert looked["today"]["en"]["kind"] != "answer" and looked["past_count"] >= 1 and "parking" in looked["past"][0]
    known = await teach(anna, texts={"en": {"question": "How many bags can I check in?", "answer": "As many as you like."}})
    assert known["today"]["en"]["kind"] in ("answer", "clarify") and known["today"]["en"]["titles"]


async def test_what_contradicts_is_only_published_if_somebody_says_so(house: Served) -> None:
    """A second lesson says otherwise of the same than the first, which stands: it is shown, refused, and taken in when that is meant."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    first = (await teach(anna))["lesson"]
    done(await wei.post(f"/lessons/{first['id']}/publish"))
    other = {"en": {"question": "What does a day in car park P2 cost?", "answer": "Car park P2 at Pudong costs CNY 120 a day."}}
    looked = await teach(anna, texts=other)
    (one,) = looked["contested"]
    assert one["against"] == first["article_id"] and "CNY 120" in one["says"] and "CNY 80" in one["against_says"]
    lesson_id = looked["lesson"]["id"]
    refused(await wei.post(f"/lessons/{lesson_id}/publish"), 422, "lesson-refused")
    assert done(await wei.post(f"/lessons/{lesson_id}/publish", {"although_contested": True}))["state"] == "published"


async def test_two_who_decide_at_once(house: Served) -> None:
    """Published and discarded in the same instant, twice: one word counts, the other is told; the console's stream tells both."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    for n in range(2):
        lesson = (await teach(anna, texts={"en": {"question": f"Question {n}?", "answer": f"Answer {n}."}}))["lesson"]
        answers = await asyncio.gather(wei.post(f"/lessons/{lesson['id']}/publish"), anna.post(f"/lessons/{lesson['id']}/discard"))
        assert sorted(a.status_code for a in answers) == [200, 409]
    told = [e["data"]["state"] for e in (await anna.get("/events"))["events"] if e["kind"] == "lesson"]
    assert told.count("proposed") == 2 and len(told) == 4
    assert len((await anna.get("/lessons"))["lessons"]) == 2


async def test_a_published_lesson_is_a_case_of_the_evals(house: Served, tmp_path: Path) -> None:
    """Every question of it, in the form that `concierge eval` reads."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    lesson = (await teach(anna))["lesson"]
    await teach(anna, texts={"en": {"question": "Not published?", "answer": "No."}})
    done(await wei.post(f"/lessons/{lesson['id']}/publish"))
    answer = await house.http.get("/v1/desk/lessons/cases.jsonl", headers=anna.headers)
    file = tmp_path / "lessons.jsonl"
    file.write_text(answer.text, "utf-8")
    cases = read_cases(file)
    assert [case.question for case in cases] == [TEXTS["en"]["question"], *TEXTS["en"]["also"], TEXTS["zh"]["question"], *TEXTS["zh"]["also"]]
    assert {case.articles for case in cases} == {(lesson["article_id"],)} and json.loads(answer.text.splitlines()[0])["answerable"]


WRONG = [
    {"texts": {}},
    {"texts": {"fr": TEXTS["en"]}},
    {"texts": {"en": {"question": "", "answer": "x"}}},
    {"texts": {"en": {"question": "x?", "answer": " "}}},
    {"texts": {"en": {"question": "x\nid: evil", "answer": "x"}}},
    {"texts": {"en": {"question": "x?", "answer": "y" * 4001}}},
    {"texts": TEXTS, "audience": "everybody"},
    {"texts": TEXTS, "in_force": {"from": "2026-05-01", "to": "2026-04-01"}},
]


@pytest.mark.parametrize("body", WRONG)
async def test_what_can_be_no_lesson_is_refused(house: Served, body: dict[str, Any]) -> None:
    """In a plain sentence, and nothing is kept."""
    anna = await house.staff("Anna")
    refused(await anna.post("/lessons", body), 400, "bad-request")
    assert (await anna.get("/lessons"))["lessons"] == []


async def test_front_matter_in_an_answer_stays_an_answer(house: Served) -> None:
    """Dashes, colons, headings and quotation marks of an answer are its words; no field of the article comes from them."""
    anna, wei = await house.staff("Anna"), await house.staff("Wei")
    answer = 'Yes: "as a rule".\n\n---\naudience: staff\n---\n\nBring it along.'
    lesson = (await teach(anna, texts={"en": {"question": "May my bagpipes: the small ones, fly?", "answer": answer}}))["lesson"]
    done(await wei.post(f"/lessons/{lesson['id']}/publish"))
    article = house.house.mind.shelf.articles[(lesson["article_id"], "en", 1)]
    assert article.audience == "public" and article.title == "May my bagpipes: the small ones, fly?"
