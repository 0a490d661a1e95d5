"""The whole story, in English and in Chinese: an answer, a right carried out, a person, and the bot again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Opens
from tests.browser.demo import Demo, fresh
from tests.browser.people import ANSWER_MS, LIVE_MS, Staff, Traveller

pytestmark = pytest.mark.browser


@dataclass
class Words:
    """What is said in one language, and what has to be seen."""

    lang: str
    name: str
    bags: str
    bags_allowed: str
    change: str
    unknown: str
    again: str
    ticket: str
    answer: str
    note: str
    silver_reason: str


ENGLISH = Words(
    lang="en",
    name="Lin Yue",
    bags="How many bags can I check in?",
    bags_allowed=r"2 × 23\s?kg",
    change="Can I change my return flight?",
    unknown="How much does parking at the airport cost?",
    again="The price of parking at the airport, please",
    ticket=r"Ticket (\d+)",
    answer="Parking at the airport is 12 US dollars a day. Anna",
    note="Thank you! Is it in my name?",
    silver_reason="Return Flex",
)
CHINESE = Words(
    lang="zh",
    name="林悦",
    bags="我可以免费托运几件行李？",
    bags_allowed=r"2\s?件?\s?×\s?23\s?公斤",
    change="回程航班可以改期吗？",
    unknown="机场停车怎么收费？",
    again="我想知道机场停车一天多少钱",
    ticket=r"工单 (\d+)",
    answer="机场停车每天 12 美元。Anna",
    note="谢谢，需要提前预订吗？",
    silver_reason="回程灵活权益",
)


@pytest.fixture(params=[ENGLISH, CHINESE], ids=["en", "zh"])
def words(request: pytest.FixtureRequest) -> Words:
    """The language of the story."""
    told: Words = request.param
    return told


@pytest.fixture
def own_demo(browser: Browser, tmp_path: Path) -> Iterator[Demo]:
    """A demo in which nothing has happened yet."""
    running = fresh(tmp_path)
    yield running
    running.stop()
    assert running.complaints() == ""


def test_the_story(words: Words, own_demo: Demo, opens: Opens) -> None:
    """Lin asks, changes her flight once, reaches a person whom she reads live, and has the bot again; Chen is told why not."""
    lin = Traveller.comes(opens(words.lang), own_demo, "lin-gold")
    expect(lin.sees("caller")).to_contain_text(words.name)
    asks_about_bags(lin, words)
    changes_the_return_flight_once(lin, words, own_demo)
    number = is_handed_over(lin, words)
    anna = Staff.signs_in(opens(words.lang), own_demo)
    is_answered_by_a_person(lin, anna, words, number)
    has_the_bot_again(lin, anna, words)
    chen = Traveller.comes(opens(words.lang), own_demo, "chen-silver")
    is_told_why_not(chen, words, own_demo)


def asks_about_bags(lin: Traveller, words: Words) -> None:
    """The answer is hers, and shows where it is written."""
    answer = lin.asks(words.bags)
    expect(answer).to_have_attribute("data-kind", "answer")
    expect(answer.get_by_test_id("sentence").first).to_be_visible()
    assert re.search(words.bags_allowed, answer.inner_text())
    expect(lin.question).to_be_in_viewport(ratio=0.6)
    source = answer.get_by_test_id("source-card").filter(has_text=re.compile(words.bags_allowed))
    expect(source).to_be_visible()
    expect(source.get_by_role("link")).to_have_attribute("href", re.compile("checked-baggage"))


def changes_the_return_flight_once(lin: Traveller, words: Words, demo: Demo) -> None:
    """Nothing moves before the yes; a second yes, by click or by call, moves nothing more."""
    reply = lin.asks(words.change)
    expect(reply).to_have_attribute("data-kind", "proposal")
    expect(lin.question).to_be_in_viewport(ratio=0.6)
    card = lin.sees("proposal-card")
    expect(card).to_have_attribute("data-state", "offered")
    expect(card.get_by_test_id("proposal-option").first).to_be_visible()
    expect(card.get_by_role("radio").first).to_be_checked()
    assert demo.changes() == []
    options = card.get_by_test_id("proposal-option")
    options.nth(1 if options.count() > 1 else 0).click()
    with lin.page.expect_request("**/v1/proposals/*/confirm") as asked:
        card.get_by_test_id("confirm").dblclick()
    expect(lin.sees("receipt-card")).to_be_visible(timeout=ANSWER_MS)
    expect(card).to_have_attribute("data-state", "executed")
    expect(card.get_by_test_id("confirm")).to_have_count(0)
    assert len(demo.changes()) == 1
    again = asked.value.headers | {"idempotency-key": "another-key-of-the-same-wish"}
    second = lin.page.request.post(asked.value.url, headers=again, data=asked.value.post_data or "{}")
    assert second.status == 200
    assert second.json()["reference"] in lin.sees("receipt-card").inner_text()
    assert len(demo.changes()) == 1
    expect(lin.widget.get_by_test_id("receipt-card")).to_have_count(1)


def is_handed_over(lin: Traveller, words: Words) -> str:
    """What the articles do not hold is asked back once, then a person is promised by a time; returns the ticket's number."""
    expect(lin.asks(words.unknown)).to_have_attribute("data-kind", "clarify")
    expect(lin.asks(words.again)).to_have_attribute("data-kind", "handoff")
    card = lin.sees("handoff-card")
    expect(card).to_have_attribute("data-state", "waiting")
    number = re.search(words.ticket, card.inner_text())
    assert number, card.inner_text()
    assert re.search(r"\d{2}:\d{2}", card.inner_text())
    return number.group(1)


def is_answered_by_a_person(lin: Traveller, anna: Staff, words: Words, number: str) -> None:
    """Anna reads who asks what, claims, and answers; Lin reads it as it is written, and the bot keeps silent."""
    anna.opens(f"#{number}")
    brief = anna.brief
    for seen in (words.again[:8], words.name, "LYQSIN", "9L217"):
        expect(brief).to_contain_text(seen)
    anna.claims()
    expect(lin.widget.locator("[data-testid=notice][data-kind=taken_over]")).to_be_visible(timeout=LIVE_MS)
    anna.answers(words.answer)
    expect(lin.widget.locator("[data-role=staff]", has_text=words.answer)).to_be_visible(timeout=LIVE_MS)
    spoken = lin.replies.count()
    lin.says(words.note)
    expect(anna.page.locator("[data-role=traveller]", has_text=words.note)).to_be_visible(timeout=LIVE_MS)
    lin.page.wait_for_timeout(2_000)
    expect(lin.replies).to_have_count(spoken)
    expect(lin.widget.get_by_test_id("looking-up")).to_have_count(0)


def has_the_bot_again(lin: Traveller, anna: Staff, words: Words) -> None:
    """Resolved, the conversation is the bot's; what was said to Anna is not answered late."""
    spoken = lin.replies.count()
    anna.page.get_by_test_id("resolve").click()
    expect(lin.widget.locator("[data-testid=notice][data-kind=resolved]")).to_be_visible(timeout=LIVE_MS)
    answer = lin.asks(words.bags)
    expect(answer).to_have_attribute("data-kind", "answer")
    assert re.search(words.bags_allowed, answer.inner_text())
    expect(lin.replies).to_have_count(spoken + 1)


def is_told_why_not(chen: Traveller, words: Words, demo: Demo) -> None:
    """Without the tag there is no card, but the reason."""
    reply = chen.asks(words.change)
    expect(reply).to_contain_text(words.silver_reason)
    expect(reply.locator("[data-testid=entitlement][data-decision=deny]")).to_be_visible()
    expect(chen.widget.get_by_test_id("proposal-card")).to_have_count(0)
    assert len(demo.changes()) == 1
