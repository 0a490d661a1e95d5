"""A question that names its day is answered from the version of that day, which the reply says; a vague one from today's."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.as_of import Span, as_of, without_days
from bot.understand import dateless, understand
from tests.bot.test_library import an_article
from tests.bot.test_understand import a_request
from tests.house import MovableClock, Served, parse_moment

TODAY = date(2026, 11, 22)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
DAYS: dict[str, dict[str, tuple[date, date]] | None] = {
    "I bought it in March, how many bags are free?": {"ticketing": MARCH},
    "Bought my ticket in december. What does a change cost?": {"ticketing": (date(2025, 12, 1), date(2025, 12, 31))},
    "I booked before 1 July 2026. Can we share our bags?": {"ticketing": (date(2026, 6, 30), date(2026, 6, 30))},
    "My ticket was issued three weeks ago, can I still return it?": {"ticketing": (date(2026, 11, 1), date(2026, 11, 1))},
    "I was bumped from a flight on 10 March 2026; what do I get?": {"travel": (date(2026, 3, 10), date(2026, 3, 10))},
    "My bag was damaged on a flight in February, what do you pay?": {"travel": (date(2026, 2, 1), date(2026, 2, 28))},
    "I fly on 3 March, when does check-in open?": {"travel": (date(2027, 3, 3), date(2027, 3, 3))},
    "Bought in March for a flight in December, what if I am denied boarding?": {
        "ticketing": MARCH, "travel": (date(2026, 12, 1), date(2026, 12, 31)),
    },
    "What was the rule on pets in 2025?": dict.fromkeys(("asking", "ticketing", "travel"), (date(2025, 1, 1), date(2025, 12, 31))),
    "What will the lounge rules be from next January?": dict.fromkeys(("asking", "ticketing", "travel"), (date(2027, 1, 1), date(2027, 1, 1))),
    "三月份买的票，能带几件行李？": {"ticketing": MARCH},
    "去年买的票，退票收多少钱？": {"ticketing": (date(2025, 1, 1), date(2025, 12, 31))},
    "我今年7月1日之前出的票，可以免费退吗": {"ticketing": (date(2026, 6, 30), date(2026, 6, 30))},
    "上个月坐的航班行李坏了，赔多少": {"travel": (date(2026, 10, 1), date(2026, 10, 31))},
    "去年的退票规定是什么": dict.fromkeys(("asking", "ticketing", "travel"), (date(2025, 1, 1), date(2025, 12, 31))),
    "去年12月买的票，改签收多少钱？": {"ticketing": (date(2025, 12, 1), date(2025, 12, 31))},
    "Earlier the allowance was 20 kg, is that so?": None,
    "以前的规定是什么": None,
    "What is the fee 3 days before departure?": None,
    "起飞3天前改签多少钱": None,
    "Can I take 2 bags of 23 kg?": None,
    "How long does a refund take?": None,
}  # fmt: skip


@pytest.mark.parametrize("question", DAYS)
def test_the_days_a_question_names(question: str) -> None:
    """Purchase, flight or rule, past or to come; a month without a year is the last one; before and after move the day; vague is no day."""
    named, wanted = as_of(question, TODAY), DAYS[question]
    assert (named and {k: (s.first, s.last) for k, s in named.spans.items()}) == wanted


@pytest.mark.parametrize("question", ["What applied at the time of booking?", "Which allowance held when I bought it?", "出票时的行李额是多少？"])
def test_the_day_of_purchase_may_go_without_a_date(question: str) -> None:
    """It is that of the booking, which only the booking knows."""
    named = as_of(question, TODAY)
    assert named is not None and named.when_bought and not named.spans


@given(st.dates(date(2010, 1, 1), date(2026, 11, 21)), st.sampled_from(["I bought my ticket on {} {} {}.", "我在{2}年{1}月{0}日买的票"]))
def test_a_day_of_purchase_is_read_as_it_is_written(day: date, said: str) -> None:
    """In both languages, for every day of the past."""
    month = day.strftime("%B") if said.isascii() else day.month
    named = as_of(said.format(day.day, month, day.year), TODAY)
    assert named is not None and named.spans == {"ticketing": Span(first=day, last=day)}


SEARCHED = {
    "What applied when I bought a ticket in March 2026, how many bags are free?": "how many bags are free?",
    "My ticket to Sydney was bought on 31 March 2026. What does an extra bag cost?": "My ticket to Sydney. What does an extra bag cost?",
    "I paid by Visa back in January. Was there a charge?": "I paid by Visa. Was there a charge?",
    "Flew with you on 5 March, a wheel came off my suitcase.": "Flew with you, a wheel came off my suitcase.",
    "票是三月份买的，能带几件行李？": "能带几件行李？",
    "2026年6月3号买的经济舱灵活，起飞前退掉收多少手续费": "经济舱灵活，起飞前退掉收多少手续费",
    "是去年买的": "是去年买的",
    "How long does a refund take?": "How long does a refund take?",
}


@pytest.mark.parametrize("question", SEARCHED)
def test_what_only_tells_the_day_is_not_searched_for(question: str) -> None:
    """Articles name days, and say of nothing when it was bought; a message that says nothing else is searched for whole."""
    assert without_days(question, TODAY) == SEARCHED[question]


def test_when_i_bought_it_asks_for_no_time() -> None:
    """Else a deadline would be told first instead of the number of bags; "when must I" still asks for one."""
    asked = understand(a_request("What applied when I bought a ticket in March 2026, how many bags may I check in?"))
    assert "time" not in dateless(asked, TODAY).wants and "time" in dateless(understand(a_request("When must I check in?")), TODAY).wants


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.text(max_size=60))
def test_whatever_is_said_no_word_breaks_it(today: date, text: str) -> None:
    """Any text on any day gives days in order, or none."""
    named = as_of(f"bought {text} in March 三天前 {text}", today)
    assert named is None or all(s.first <= s.last for s in named.spans.values())


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 12))
def test_a_month_without_a_year_is_the_last_that_has_begun(today: date, month: int) -> None:
    """Never one that is still to come, never one a year older than it must be."""
    name = date(2000, month, 1).strftime("%B")
    named = as_of(f"I bought my ticket in {name}.", today)
    assert named is not None
    first = named.spans["ticketing"].first
    assert first.month == month and first <= today < first + timedelta(days=366)


async def test_the_version_of_the_day_of_purchase_answers_and_says_so(house: Served) -> None:
    """March's allowance, the days it was in force, and that today's is another; the citation is that version's."""
    reply = await (await house.chat()).say("I bought my Economy Light ticket in March 2026, how many bags are free?")
    assert reply["kind"] == "answer" and "1 × 10 kg" in reply["text"], reply["text"]
    assert "tickets bought in March 2026" in reply["text"] and "1 January 2025 to 31 March 2026; today another version" in reply["text"]
    assert ("checked-baggage", 1, "2025-01-01") in [(c["article_id"], c["version"], c["in_force_from"]) for c in reply["citations"]]


async def test_the_same_in_chinese(house: Served) -> None:
    """The older price, with the days it held."""
    reply = await (await house.chat()).say("去年买的票，额外托运一件行李多少钱？")
    assert "220 元" in reply["text"] and "260 元" not in reply["text"], reply["text"]
    assert "2025年购买的客票" in reply["text"] and "2025年1月1日至2026年3月31日" in reply["text"] and "目前实行的是另一版本" in reply["text"]


async def test_an_ordinary_question_is_answered_from_today_and_says_nothing_of_versions(house: Served) -> None:
    """The day is only told where it matters."""
    reply = await (await house.chat()).say("How much is an extra bag online?")
    assert "CNY 260" in reply["text"] and "version" not in reply["text"], reply["text"]
    assert all(c["version"] == 2 for c in reply["citations"] if c["article_id"] == "checked-baggage")


async def test_a_flight_goes_by_the_day_of_travel(house: Served) -> None:
    """A damaged bag of February follows February's deadline, whenever the ticket was bought."""
    reply = await (await house.chat()).say("My bag was damaged on a flight in February, within how many days must I report it?")
    assert "7 days" in reply["text"] and "10 days" not in reply["text"] and "28 February 2026" in reply["text"], reply["text"]


async def test_no_other_days_version_is_quoted_where_none_was_in_force(house: Served) -> None:
    """It says so, names the article, and a person has the question."""
    reply = await (await house.chat()).say("I bought my ticket in 2024, how many bags are free?")
    assert reply["kind"] == "handoff" and reply["ticket"] and not reply["citations"], reply
    assert "no rule on “Checked baggage”" in reply["text"] and "in 2024" in reply["text"] and "kg" not in reply["text"]
    reply = await (await house.chat()).say("我2024年买的票，可以免费托运几件行李？")
    assert reply["kind"] == "handoff" and "2024年" in reply["text"] and "公斤" not in reply["text"], reply["text"]


async def test_without_a_date_the_day_of_purchase_is_the_bookings(make_house: Any) -> None:
    """Lin bought on 10 March, before the allowance grew: asked without a date, her ticket's day decides."""
    house: Served = await make_house(clock=MovableClock(parse_moment("2026-04-03T06:10:00Z")))
    reply = await (await house.chat("lin-gold")).say("Which free bag allowance applied when I bought my ticket?")
    assert "tickets bought on 10 March 2026" in reply["text"] and reply["citations"][0]["version"] == 1, reply["text"]


async def test_many_older_versions_hide_nothing_from_an_ordinary_question(make_house: Any, tmp_path: Path) -> None:
    """Of an article with seven versions today's answers, and that of the year that is asked about answers for it."""
    house: Served = await make_house(own_index=True, empty=True)
    for n in range(1, 8):
        text, day = f"A hoverboard may weigh up to {n + 3} kg.", f"{{from: {2019 + n}-01-01}}"
        older = {"supersedes": n - 1} if n > 1 else {}
        an_article(tmp_path / "articles", f"hoverboards.v{n}.md", version=n, in_force=day, text=text, **older)
    assert len((await house.house.ingest([tmp_path / "articles"])).added) == 7
    chat = await house.chat()
    reply = await chat.say("How heavy may a hoverboard be?")
    assert "10 kg" in reply["text"] and reply["citations"][0]["version"] == 7 and "version" not in reply["text"]
    reply = await chat.say("How heavy was a hoverboard allowed to be on flights in 2022?")
    assert "6 kg" in reply["text"] and reply["citations"][0]["version"] == 3, reply["text"]
    assert "in force from 1 January 2022 to 31 December 2022" in reply["text"]
