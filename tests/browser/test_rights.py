"""Rights in the browser: offered at the moment, asked for, carried out, taken back, granted; and what the desk sees of it."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Opens, Watch
from tests.browser.demo import Demo, fresh
from tests.browser.people import ANSWER_MS, LIVE_MS, Staff, Traveller

pytestmark = pytest.mark.browser
Violations = Callable[[Page], list[str]]
OFFER_MS = 2_000
AIRLINE_MS = 30_000  # it is waited for for five seconds, then asked again every few
LEAD = "Wei"


@pytest.fixture(scope="module")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo in which one of the two at the desk is a lead."""
    running = fresh(tmp_path_factory.mktemp("demo"), lead=LEAD)
    yield running
    running.stop()
    assert running.complaints() == ""


@contextmanager
def no_answer_from_the_airline(demo: Demo) -> Iterator[None]:
    """The airline's own database is held by somebody else: it can be read, and nothing is written."""
    held = sqlite3.connect(demo.home / "airline.sqlite3", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        held.close()


@dataclass(frozen=True)
class Told:
    """Who is offered what at a delay, in whose language."""

    who: str
    lang: str
    eyebrow: str
    reason: str
    desk: str
    why: str


IN_ENGLISH = Told("claire-gold", "en", "your flight is delayed", r"9L206.*about 5 hours because of a technical fault", "zh", "受飞机技术故障影响")
IN_CHINESE = Told("lin-gold", "zh", "航班延误", r"受飞机技术故障影响.*9L218.*约5小时", "en", "because of a technical fault")


@pytest.mark.parametrize("told", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh"])
def test_a_delay_brings_the_offer_into_the_open_chat(demo: Demo, opens: Opens, violations: Violations, told: Told) -> None:
    """Within two seconds, in their language, with the reason; a yes brings the receipt; the desk reads in its own language why it was offered."""
    someone = Traveller.comes(opens(told.lang), demo, told.who)
    someone.happens("delay")
    card = someone.widget.locator("[data-testid=proposal-card][data-offer=delay]")
    expect(card).to_be_visible(timeout=OFFER_MS)
    expect(card).to_contain_text(told.eyebrow)
    expect(card.get_by_test_id("proposal-reason")).to_have_text(re.compile(told.reason))
    expect(card.get_by_role("heading")).to_be_in_viewport()
    assert violations(someone.page) == []
    before = len(demo.changes())
    card.get_by_test_id("confirm").click()
    expect(someone.sees("receipt-card")).to_be_visible(timeout=ANSWER_MS)
    assert len(demo.changes()) == before + 1
    number = someone.waits_for_a_person()
    anna = Staff.signs_in(opens(told.desk), demo)
    anna.opens(number)
    made = anna.brief.locator("[data-testid=offer-made][data-moment=delay]")
    expect(made).to_have_attribute("data-outcome", "accepted")
    expect(made.get_by_test_id("offer-reason")).to_contain_text(told.why)
    assert violations(someone.page) + violations(anna.page) == []


def test_an_offer_that_comes_while_the_chat_is_shut_shows_on_its_button(demo: Demo, opens: Opens) -> None:
    """Opened, the chat shows the offer from its beginning; declined, nothing was changed and the desk reads so while it looks on."""
    goh = Traveller.comes(opens(), demo, "goh-admin")
    number = goh.waits_for_a_person()
    wei = Staff.signs_in(opens(), demo, LEAD)
    wei.opens(number)
    wei.claims()
    wei.page.get_by_test_id("return").click()
    expect(goh.widget.locator("[data-testid=notice][data-kind=returned]")).to_be_visible(timeout=LIVE_MS)
    goh.sees("close").click()
    goh.happens("delay")
    expect(goh.page.get_by_test_id("launcher-news")).to_contain_text("offer", timeout=LIVE_MS)
    goh.page.get_by_test_id("launcher").click()
    card, made = goh.widget.locator("[data-offer=delay]"), wei.brief.locator("[data-testid=offer-made][data-moment=delay]")
    expect(card.get_by_role("heading")).to_be_in_viewport()
    expect(made).to_have_attribute("data-outcome", "shown", timeout=LIVE_MS)
    card.get_by_test_id("decline").click()
    expect(card).to_have_attribute("data-state", "declined")
    expect(made).to_have_attribute("data-outcome", "declined", timeout=LIVE_MS)


@pytest.mark.parametrize(
    ("who", "lang", "asked", "title", "kind"),
    [
        ("harriet-platinum", "en", "What can I get?", "An extra bag at the online price", "bag"),
        ("chen-silver", "zh", "我有什么权益？", "按网上价格购买额外行李", "bag"),
    ],
)
def test_what_is_asked_for_is_carried_out_and_taken_back(
    demo: Demo, opens: Opens, violations: Violations, who: str, lang: str, asked: str, title: str, kind: str
) -> None:
    """The list says why; the button beside a right leads to its card; confirmed, it can be taken back within its time, and is once."""
    someone = Traveller.comes(opens(lang, color_scheme="dark"), demo, who)
    listed = someone.asks(asked)
    expect(listed.get_by_test_id("entitlement").first).to_be_visible()
    right = listed.get_by_test_id("entitlement").filter(has_text=title)
    right.get_by_test_id("ask-right").click()
    card = someone.widget.locator(f"[data-testid=proposal-card][data-kind={kind}]")
    expect(card).to_be_visible(timeout=ANSWER_MS)
    before = len(demo.changes())
    card.get_by_test_id("confirm").click()
    receipt = someone.widget.get_by_test_id("receipt-card")
    expect(receipt.first.get_by_test_id("undo-until")).to_be_visible(timeout=ANSWER_MS)
    assert violations(someone.page) == []
    receipt.first.get_by_test_id("undo").click()
    receipt.first.get_by_test_id("undo-yes").click()
    expect(card).to_have_attribute("data-state", "undone", timeout=ANSWER_MS)
    expect(receipt).to_have_count(2)
    expect(receipt.last).to_have_attribute("data-part", "undoing")
    expect(receipt.first.get_by_test_id("undo")).to_have_count(0)
    assert [("undo" in line) for line in demo.changes()[before:]] == [False, True]
    assert violations(someone.page) == []


def test_while_the_airline_does_not_answer_nothing_is_called_done(demo: Demo, opens: Opens, watch: Watch, violations: Violations) -> None:
    """The card says that it is being processed, also after a refresh; when the airline answers, the receipt comes by itself and the change is one."""
    watch.allows("status of 503")
    sato = Traveller.comes(opens(), demo, "sato-member")
    sato.asks("Can I change my return flight?")
    card = sato.sees("proposal-card")
    before = len(demo.changes())
    with no_answer_from_the_airline(demo):
        card.get_by_test_id("confirm").click()
        state = card.get_by_test_id("proposal-state")
        expect(state).to_have_attribute("data-state", "unknown", timeout=ANSWER_MS)
        expect(state).to_contain_text("being processed")
        sato.page.reload()
        expect(state).to_contain_text("being processed")
        expect(card.get_by_test_id("confirm")).to_have_count(0)
        expect(sato.widget.get_by_test_id("receipt-card")).to_have_count(0)
        assert violations(sato.page) == [] and len(demo.changes()) == before
    expect(sato.sees("receipt-card")).to_be_visible(timeout=AIRLINE_MS)
    expect(card).to_have_attribute("data-state", "executed")
    assert len(demo.changes()) == before + 1


def test_more_than_a_staff_member_may_give_waits_for_the_lead(demo: Demo, opens: Opens, violations: Violations) -> None:
    """The key g opens the form; above the limit the traveller sees nothing until a lead approves; then a card that names who gives it."""
    tom = Traveller.comes(opens("zh"), demo, "tom-member")
    number = tom.waits_for_a_person()
    anna, wei = Staff.signs_in(opens(), demo, "Anna"), Staff.signs_in(opens("zh"), demo, LEAD)
    anna.opens(number)
    anna.page.keyboard.press("g")
    expect(anna.page.get_by_test_id("grant-form")).to_be_hidden()  # who does not hold the conversation gives nothing
    anna.claims()
    anna.page.keyboard.press("g")
    form = anna.page.get_by_test_id("grant-form")
    expect(form).to_be_visible()
    form.get_by_test_id("grant-amount").fill("501")
    expect(form.get_by_test_id("grant-above")).to_contain_text("lead")
    assert violations(anna.page) == []
    given = anna.grants("voucher", "800", "Told on the phone that he would get it")
    expect(given).to_have_attribute("data-state", "waiting_approval")
    expect(given.get_by_test_id("grant-approve")).to_have_count(0)
    expect(tom.widget.get_by_test_id("proposal-card")).to_have_count(0)
    wei.opens(number)
    wei.page.get_by_test_id("grant-approve").click()
    card = tom.sees("proposal-card")
    expect(card).to_contain_text("由 Anna 特批", timeout=LIVE_MS)
    expect(card).to_contain_text("800 元")
    expect(given).to_have_attribute("data-state", "offered", timeout=LIVE_MS)
    assert violations(wei.page) + violations(tom.page) == []
    card.get_by_test_id("confirm").click()
    expect(tom.sees("receipt-card")).to_be_visible(timeout=ANSWER_MS)
    expect(given).to_have_attribute("data-state", "executed", timeout=LIVE_MS)


def test_a_tag_is_set_and_ended_and_approved_words_are_sent(demo: Demo, opens: Opens, violations: Violations) -> None:
    """At the desk, with its reason and who set it; the words of a right go into the reply with one click, in the traveller's language."""
    weber = Traveller.comes(opens("zh"), demo, "weber-gold")
    number = weber.waits_for_a_person()
    anna = Staff.signs_in(opens(), demo)
    anna.opens(number)
    anna.claims()
    page = anna.page
    page.get_by_test_id("tag-add").click()
    page.get_by_test_id("tag-name").select_option(label="Please take special care")
    page.get_by_test_id("tag-reason").fill("Broke an arm on the trip")
    assert violations(page) == []
    page.get_by_test_id("tag-submit").click()
    tag = page.get_by_test_id("tag").filter(has_text="Please take special care")
    expect(tag).to_contain_text("set by Anna")
    expect(tag).to_contain_text("Broke an arm")
    assert violations(page) == []
    tag.get_by_test_id("tag-remove").click()
    tag.get_by_test_id("tag-remove-yes").click()
    expect(tag).to_have_count(0)
    page.get_by_test_id("use-macro").first.click()
    expect(page.get_by_test_id("reply-input")).to_be_focused()
    said = page.get_by_test_id("reply-input").input_value()
    assert re.search("[一-鿿]{4}", said)
    page.keyboard.press("Enter")
    expect(weber.widget.locator("[data-role=staff]", has_text=said)).to_be_visible(timeout=LIVE_MS)
