"""The desk in small: the door, two people and one ticket, keys, a phone, the other language."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opens, Watch
from tests.browser.demo import Demo
from tests.browser.people import LIVE_MS, Staff, Traveller

pytestmark = pytest.mark.browser


def waiting(demo: Demo, opens: Opens, who: str = "anonymous", lang: str = "en") -> tuple[Traveller, str]:
    """Somebody who asked for a person, and the number of their ticket."""
    someone = Traveller.comes(opens(lang), demo, who)
    someone.widget.get_by_test_id("talk-to-person").click()
    number = re.search(r"\d{3,}", someone.sees("handoff-card").inner_text())
    assert number
    return someone, f"#{number.group()}"


def test_a_wrong_password_tells_nothing_and_the_right_one_opens(demo: Demo, opens: Opens, watch: Watch) -> None:
    """The answer to a wrong name and to a wrong password is the same; a refresh keeps who is signed in."""
    watch.allows("status of 401")
    page = opens().new_page()
    page.goto(f"{demo.address}/console/")
    said = []
    for name in ("Anna", "Nobody"):
        page.get_by_test_id("signin-name").fill(name)
        page.get_by_test_id("signin-password").fill("not-the-password")
        page.get_by_test_id("signin-submit").click()
        expect(page.get_by_test_id("error-banner")).to_be_visible()
        said.append(page.get_by_test_id("error-banner").inner_text())
    assert said[0] == said[1]
    page.get_by_test_id("signin-name").fill("Anna")
    page.get_by_test_id("signin-password").fill(demo.passwords["Anna"])
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("signout")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("signout")).to_be_visible()
    page.get_by_test_id("signout").click()
    expect(page.get_by_test_id("signin-name")).to_be_visible()


def test_a_ticket_appears_by_itself_and_two_people_see_who_holds_it(demo: Demo, opens: Opens) -> None:
    """Anna claims; Wei, who looks at the same ticket, reads it at once and is offered no reply."""
    anna, wei = Staff.signs_in(opens(), demo, "Anna"), Staff.signs_in(opens("zh"), demo, "Wei")
    _, number = waiting(demo, opens, "tom-member")
    row = anna.page.get_by_test_id("ticket-row").filter(has_text=number)
    expect(row).to_be_visible(timeout=LIVE_MS)
    expect(row).to_contain_text("Tom Reyes")
    expect(wei.page.get_by_test_id("ticket-row").filter(has_text=number)).to_contain_text("汤姆", timeout=LIVE_MS)
    anna.opens(number)
    wei.opens(number)
    anna.claims()
    expect(wei.page.get_by_test_id("holder")).to_contain_text("Anna", timeout=LIVE_MS)
    expect(wei.page.get_by_test_id("reply-input")).to_have_count(0)
    anna.page.get_by_test_id("return").click()
    expect(wei.page.get_by_test_id("holder")).not_to_contain_text("Anna", timeout=LIVE_MS)


def test_keys_alone_claim_and_answer(demo: Demo, opens: Opens) -> None:
    """j to the conversation, Enter opens, c claims, words and Enter answer."""
    someone, number = waiting(demo, opens, "mary-admin")
    wei = Staff.signs_in(opens(), demo, "Wei")
    page = wei.page
    row = page.get_by_test_id("ticket-row").filter(has_text=number)
    expect(row).to_be_visible()
    for _ in range(20):
        page.keyboard.press("j")
        if row.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(wei.brief).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_test_id("reply-input")).to_be_focused()
    page.keyboard.type("Wei here, how can I help?")
    page.keyboard.press("Enter")
    expect(someone.widget.locator("[data-role=staff]", has_text="Wei here")).to_be_visible(timeout=LIVE_MS)


def test_the_desk_speaks_chinese_and_fits_a_phone(demo: Demo, opens: Opens) -> None:
    """At 360 px one thing at a time: the queue, the brief, the conversation; names, tags and bookings in Chinese."""
    _, number = waiting(demo, opens, "lin-gold", "zh")
    anna = Staff.signs_in(opens("zh", width=360, height=720, has_touch=True), demo)
    row = anna.page.get_by_test_id("ticket-row").filter(has_text=number)
    expect(row).to_contain_text("林悦")
    row.click()
    expect(anna.brief).to_contain_text("新加坡时间")
    expect(anna.brief).to_contain_text("九曲设计")
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= 360
    anna.claims()
    anna.answers("您好，我是 Anna。")
    anna.page.get_by_test_id("back").click()
    expect(row).to_be_visible()
    anna.page.get_by_test_id("lang-switch").click()
    expect(row).to_contain_text("Lin Yue")


def test_staff_mark_an_answer_and_take_it_back(demo: Demo, opens: Opens) -> None:
    """Below an answer of the Concierge staff say whether it was right; the other person finds it so, and the traveller sees nothing of it."""
    someone = Traveller.comes(opens(), demo, "anonymous")
    someone.asks("How many bags can I check in free in Economy Light?")
    someone.widget.get_by_test_id("talk-to-person").click()
    number = re.search(r"\d{3,}", someone.sees("handoff-card").inner_text())
    assert number
    anna = Staff.signs_in(opens(), demo, "Anna")
    anna.opens(f"#{number.group()}")
    wrong = anna.page.get_by_test_id("label-wrong")
    expect(wrong).to_have_count(1)  # below the answer, not below the hand-off that they asked for
    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "true")
    wei = Staff.signs_in(opens("zh"), demo, "Wei")
    wei.opens(f"#{number.group()}")
    said = wei.page.get_by_test_id("label-wrong")
    expect(said).to_have_text("有误")
    expect(said).to_have_attribute("aria-pressed", "true")
    said.click()
    expect(said).to_have_attribute("aria-pressed", "false")
    expect(someone.widget.get_by_test_id("label-wrong")).to_have_count(0)
