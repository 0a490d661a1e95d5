"""How far a message is from what an airline is asked."""

import pytest

from bot.mood import mood_of
from bot.outside import asks_for_the_weather, is_about_another_airline, shipped_examples
from bot.pinyin import is_pinyin
from bot.scope import beyond, out_of_scope
from bot.steps import Ask
from evals.fit_scope import score_by_meaning
from knowledge.cut import passages_of
from knowledge.passage import embedding_key
from knowledge.shelf import Shelf, windows_of
from tests.bot.ferry import an_article
from tests.house import MakeHouse, Served, the_embedder


@pytest.mark.parametrize(
    "text",
    [
        "How many bags can I check in on my flight?",
        "when does flight 9L218 arrive",
        "托运行李超重怎么收费",
        "我的機票可以改簽嗎",
        "公司账户里的里程什么时候过期",
    ],
)
def test_our_questions_are_ours(text: str) -> None:
    assert out_of_scope(text, "question") < 0.3


@pytest.mark.parametrize(
    "text", ["what is my credit card limit", "set a timer for ten minutes", "上海明天天气怎么样", "帮我写一首诗", "how do i bake bread"]
)
def test_other_subjects_are_not(text: str) -> None:
    assert out_of_scope(text, "question") > 0.7


@pytest.mark.parametrize("ask", ["greeting", "thanks", "person", "change"])
def test_what_needs_no_subject_is_never_outside(ask: Ask) -> None:
    assert out_of_scope("tell me the weather", ask) == 0


def test_pinyin_is_chinese_and_english_is_not() -> None:
    assert all(is_pinyin(text) for text in ("qing wen tui piao shou xu fei duo shao", "wo de xing li mei dao", "ke yi gai qian ma"))
    assert not any(is_pinyin(text) for text in ("can he sue me", "Take me home now", "wo ai", "how do I change a fare", "我想 gai qian"))


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("My bag is lost AGAIN and nobody helps", "upset"),
        ("这是你们第三次取消我的航班，太过分了", "upset"),
        ("How do I file a complaint?", "calm"),
        ("怎么投诉才能得到回复", "calm"),
        ("Thank you so much, that was great!!", "calm"),
    ],
)
def test_a_question_about_complaining_is_no_complaint(text: str, mood: str) -> None:
    assert mood_of(text)[0] == mood


TALK = {
    "What's the weather in Paris tomorrow?": "weather forecast",
    "明天上海天气怎么样": "天气预报",
    "tell me a joke": "leave jokes",
    "给我讲个笑话": "笑话",
    "Is Lufthansa on strike?": "other",
    "国航的行李额是多少": "其他航空公司",
    "write a python function that sorts a list": "programs",
    "what is the capital of Peru": "own services",
    "what painkillers should I take against a headache": "doctor",
    "my landlord wants to throw me out, what can I do": "lawyer",
    "你太棒了": "夸奖",
    "you are useless": "person",
}


async def test_what_is_no_question_to_us_gets_one_fitting_sentence(make_house: MakeHouse) -> None:
    """Weather, jokes, other airlines, homework, advice, praise and insults: no ticket, no quote, in the language that was written."""
    chat = await (await make_house(answer_at=0.7)).chat()
    for text, says in TALK.items():
        reply = await chat.say(text)
        assert reply["kind"] in ("abstain", "answer") and reply["ticket"] is None and reply["citations"] == [], (text, reply["text"])
        assert says in reply["text"] and all(s["carried_by"][0]["wording_id"] for s in reply["sentences"]), (text, reply["text"])


def test_a_connection_to_another_airline_is_ours() -> None:
    assert is_about_another_airline("What is the bag limit on British Airways?") and is_about_another_airline("国航的行李额是多少")
    assert not is_about_another_airline("My Air China flight connects to yours, who takes the bag?")
    assert not is_about_another_airline("国航航班转机，行李直挂吗")
    assert not any(
        is_about_another_airline(t) for t in ("上海航班延误赔多少", "中国航线能带几件", "想换新航班", "今日航班", "My colleague Ana lost her bag")
    )
    assert not is_about_another_airline("Are bags on Lufthansa included?", known=["Flights sold with Lufthansa"])


def test_the_weather_itself_is_not_what_it_does_to_a_flight() -> None:
    for text in (
        "What's the weather in Shanghai going to be tomorrow?",
        "how is the weather there",
        "weather tomorrow",
        "明天上海天气怎么样",
        "周五天气如何",
    ):
        assert asks_for_the_weather(text), text
    for text in (
        "What happens to my flight in bad weather?",
        "what is your weather policy",
        "天气不好怎么退票",
        "天气怎么样会停飞",
        "How do I rebook after weather?",
    ):
        assert not asks_for_the_weather(text), text


async def test_thanks_are_returned_before_the_next_answer(house: Served) -> None:
    reply = await (await house.chat()).say("Thanks! And what is the refund fee of an Economy Flex ticket?")
    assert reply["kind"] == "answer" and reply["text"].startswith("You are welcome.") and "CNY 200" in reply["text"]


async def test_the_base_tells_what_is_in_scope(make_house: MakeHouse) -> None:
    """What our own articles speak of is no outside topic, whatever word stands in it: the weather that holds a flight up, the snow."""
    chat = await (await make_house(answer_at=0.7)).chat()
    for text in ("When do you decide whether the flight goes in bad weather?", "Do you cancel flights because of snow, and what do I get?"):
        assert (await chat.say(text))["kind"] != "abstain", text


def test_another_base_has_another_scope() -> None:
    """A bank's articles make a question about a frozen account theirs, and one about bags none of theirs."""
    embedder = the_embedder()
    examples = shipped_examples(embedder.fingerprint)
    assert examples is not None
    articles = [an_article("freeze", FROZEN), an_article("cards", CARDS)]
    cut = [(a, passages_of(a)) for a in articles]
    texts = [text for _, ps in cut for p in ps for text in (*windows_of(p).values(), *map(p.unit_text, p.units))]
    bank = Shelf(cut, dict(zip(map(embedding_key, texts), embedder.passages(texts), strict=True)))
    near = beyond(bank, examples)
    assert 0 < len(near) < len(examples)

    def score(text: str) -> float:
        return score_by_meaning(bank, text, embedder.question(text), near)

    assert score("why did you freeze my bank account") < 0.3 < 0.9 < score("how many bags can I check in")


FROZEN = "# Frozen accounts\n\nWe freeze a bank account when a payment looks like fraud. Call us to have it opened again within one day.\n"
CARDS = "# Credit cards\n\nA new credit card arrives within 7 working days. You apply online, and the status stands in the app.\n"


async def test_asked_back_about_a_bag_the_weather_is_still_the_weather(make_house: MakeHouse) -> None:
    """A few words after our question complete it, unless they plainly ask for something that is none of ours."""
    chat = await (await make_house(answer_at=1.0)).chat()
    assert (await chat.say("Can a surfboard fly with me?"))["kind"] == "clarify"
    reply = await chat.say("what's the weather in Paris")
    assert reply["kind"] == "abstain" and reply["ticket"] is None, reply["text"]
