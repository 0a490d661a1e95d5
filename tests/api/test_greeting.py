"""A valued traveller is greeted and shown to staff as one; who asks why they hold their card reads what was counted and what the article says."""

from typing import Any

import pytest

from basics.errors import Unavailable
from basics.words import words
from bot.greeting import caller_as, greeting_of
from customers.company import Company
from customers.value import read_scheme
from tests.api.test_company import Platform
from tests.api.test_metrics import figures
from tests.customers.people import a_company, a_traveller
from tests.house import MakeHouse, Served, done

SCHEME = read_scheme()
PLAIN = "Ask me about your trip; I know your booking and what your card gives you."


@pytest.mark.parametrize(
    ("who", "lang", "begins"),
    [
        ("lin-gold", "en", "Hello Lin Yue, welcome back, and thank you for flying with us as a Gold member. "),
        ("lin-gold", "zh", "尊敬的金卡会员林悦，您好！我是飞燕航空的旅行管家。"),
        ("harriet-platinum", "zh", "尊敬的白金卡会员哈丽雅特·博伊德，您好！"),
        ("duan-silver", "en", "Hello Duan Yiran, welcome back, and thank you for flying with us so often. "),
        ("duan-silver", "zh", "段亦然，您好！感谢您一直以来选择飞燕航空。"),
        ("mary-admin", "en", "Hello Mary Hu, welcome back, and thank you for Nine Bends Design's trust in us. "),
        ("mary-admin", "zh", "胡玛丽，您好！感谢九曲设计一直以来的信任与支持。"),
        ("goh-admin", "en", "Hello Goh Hui Min, I am Larkspur's Concierge. I can help with Straits Lantern Trading's"),
        ("tom-member", "en", f"Hello Tom Reyes, I am Larkspur's Concierge. {PLAIN}"),
        (None, "zh", "您好，我是飞燕航空的旅行管家。"),
    ],
)
async def test_who_is_valued_is_greeted_so(house: Served, who: str | None, lang: str, begins: str) -> None:
    """By card, by how much they fly, or for their company; everybody else plainly, and nobody is told a score."""
    opened = (await house.chat(who, lang)).opened
    assert opened["greeting"].startswith(begins)
    assert opened["caller"].keys() == {"kind", "name", "tier", "company"}


async def test_the_language_is_switched_with_the_conversation(house: Served) -> None:
    chat = await house.chat("lin-gold", "en")
    switched = done(await house.http.patch(f"/v1/conversations/{chat.id}", json={"lang": "zh"}, headers=chat.headers))
    assert switched["greeting"].startswith("尊敬的金卡会员林悦，您好！")


class HalfAway(Platform):
    """The platform answers for travellers, and not for companies."""

    async def company(self, id: str) -> Company | None:
        raise Unavailable(words("The customer platform does not answer.", "客户平台没有响应。"))


async def test_without_the_platform_the_greeting_is_plain_and_the_share_is_a_figure(make_house: MakeHouse) -> None:
    """Gold and large: recognised; a member: not counted; the platform away: greeted plainly, answered, and counted as unknown."""
    platform = Platform()
    house = await make_house(source=platform)
    for who in ("lin-gold", "lin-gold", "mary-admin", "tom-member", None):
        await house.chat(who)
    platform.changed = {"chen-silver": {"activity": None}, "claire-gold": {"activity": None}}
    await house.chat("chen-silver")
    await house.chat("claire-gold")
    platform.is_away = True
    chat = await house.chat("lin-gold", "zh")
    assert chat.opened["greeting"].startswith("您好，我是飞燕航空的旅行管家。") and chat.opened["caller"]["name"] is None
    assert "8 kg" in (await chat.say("How heavy may my cabin bag be?"))["text"]
    seen = await figures(house)
    assert {name: n for name, n in seen.items() if name.startswith("concierge_greeted_total")} == {
        'concierge_greeted_total{recognised="yes"}': 4,
        'concierge_greeted_total{recognised="unknown"}': 2,
    }


async def test_a_company_that_cannot_be_asked_for_keeps_nobody_out(make_house: MakeHouse) -> None:
    house = await make_house(source=HalfAway())
    assert (await house.chat("mary-admin")).opened["greeting"].startswith("Hello Mary Hu, I am Larkspur's Concierge.")
    assert (await figures(house))['concierge_greeted_total{recognised="unknown"}'] == 1


def test_a_valued_traveller_without_a_name_is_counted_as_missed() -> None:
    """Nothing else keeps one of the valued from being greeted so; it has to show."""
    caller = caller_as(a_traveller(), a_company(), SCHEME).model_copy(update={"name_zh": None})
    assert greeting_of(caller, "zh", SCHEME).recognised == "no" and greeting_of(caller, "en", SCHEME).recognised == "yes"


async def test_the_desk_sees_what_somebody_is_worth(house: Served) -> None:
    """Segment and value stand in the Brief, and in no answer to the traveller."""
    briefs = {}
    anna = await house.staff()
    for who in ("duan-silver", "tom-member", None):
        chat = await house.chat(who)
        ticket = (await chat.hand_over())["ticket"]["id"]
        briefs[who] = done(await house.http.get(f"/v1/desk/tickets/{ticket}", headers=anna.headers))["brief"]["who"]
        assert "segment" not in str(await chat.now())
    assert [(b["segment"], b["value"]) for b in briefs.values()] == [("high", 85.2), ("regular", 45.7), (None, None)]


ASKED = [
    (
        "chen-silver",
        "Why am I Silver?",
        "You hold a Silver card.|31 October 2026|21 flights|26,400 miles|25,000; Gold: 50,000|Silver: 20; Gold: 40",
    ),
    ("chen-silver", "为什么我是银卡？", "您目前是银卡会员。|2026年10月31日|21 个航段|飞行里程 26,400|银卡：25,000；金卡：50,000|银卡：20；金卡：40"),
    ("tom-member", "Why am I still a Member?", "You hold a Member card.|3 flights|Silver: 25,000|Silver: 20"),
    ("lin-gold", "我离白金卡还差多少？", "您目前是金卡会员。|42 个航段|白金卡：90,000|白金卡：70"),
    ("zhao-platinum", "what tier am I?", "You hold a Platinum card.|78 flights|Platinum: 90,000"),
]


@pytest.mark.parametrize(("who", "question", "said"), ASKED)
async def test_why_somebody_holds_their_card(make_house: MakeHouse, who: str, question: str, said: str) -> None:
    """What was counted of theirs, then the article's own words, cited; the score is not spoken of."""
    house = await make_house(answer_at=0.7)
    reply = await (await house.chat(who)).say(question)
    assert reply["kind"] == "answer" and reply["citations"][0]["article_id"] == "loyalty-tiers"
    for part in said.split("|"):
        assert part in reply["text"], reply["text"]
    assert "points" not in reply["text"] and "分" not in reply["text"]


async def test_who_is_not_signed_in_reads_the_article_only(house: Served) -> None:
    reply = await (await house.chat()).say("Why am I Silver?")
    assert "You hold" not in reply["text"] and "Silver: 25,000" in reply["text"]


@pytest.mark.parametrize(
    "question", ["As a Silver, may I use the lounge?", "What does Gold need?", "How long do I keep my Silver card?", "我的银卡什么时候到期？"]
)
async def test_other_questions_about_cards_are_answered_as_ever(house: Served, question: str) -> None:
    text = (await (await house.chat("chen-silver")).say(question))["text"]
    assert "our records" not in text and "我们的记录" not in text


async def test_what_nobody_counted_is_not_told(make_house: MakeHouse) -> None:
    """The card is known, the flights are not: the card, and what it needs."""
    platform = Platform()
    platform.changed = {"chen-silver": {"activity": None}, "sun-silver": {"tier": None}}
    house = await make_house(source=platform)
    text = (await (await house.chat("chen-silver")).say("Why am I Silver?"))["text"]
    assert text.startswith("You hold a Silver card. What a card needs") and "records" not in text
    no_card: Any = await (await house.chat("sun-silver")).say("Why am I Silver?")
    assert "You hold" not in no_card["text"]
