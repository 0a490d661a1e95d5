"""The widget in small: the way to a person, thumbs, keys, a refresh, the other language, a phone, hostile words."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opens, Watch
from tests.browser.demo import Demo
from tests.browser.people import ANSWER_MS, Traveller

pytestmark = pytest.mark.browser
BAGS = "How many bags can I check in?"


def test_the_button_to_a_person_gives_a_number_and_a_time_once(demo: Demo, opens: Opens) -> None:
    """A click opens a ticket; while it is open the button says so and opens no second one."""
    someone = Traveller.comes(opens(), demo)
    someone.widget.get_by_test_id("talk-to-person").click()
    card = someone.sees("handoff-card")
    expect(card).to_have_attribute("data-state", "waiting")
    number = re.search(r"Ticket (\d+)", card.inner_text())
    assert number
    assert re.search(r"by \d{2}:\d{2}", card.inner_text())
    someone.widget.get_by_test_id("talk-to-person").click()
    expect(someone.sees("handoff-card")).to_contain_text(number.group(1))
    expect(someone.widget.get_by_test_id("handoff-card")).to_have_count(1)


def test_a_thumb_is_kept_over_a_refresh_and_can_be_taken_back(demo: Demo, opens: Opens) -> None:
    """What the traveller thinks of an answer is an event like any other."""
    mary = Traveller.comes(opens(), demo, "mary-admin")
    mary.asks(BAGS)
    mary.last.get_by_test_id("thumb-up").click()
    expect(mary.last.get_by_test_id("thumb-up")).to_have_attribute("aria-pressed", "true")
    mary.page.reload()
    expect(mary.last.get_by_test_id("thumb-up")).to_have_attribute("aria-pressed", "true")
    mary.last.get_by_test_id("thumb-up").click()
    expect(mary.last.get_by_test_id("thumb-up")).to_have_attribute("aria-pressed", "false")


def test_keys_alone_lead_from_the_launcher_to_an_answer_and_back(demo: Demo, opens: Opens) -> None:
    """Tab to the launcher, Enter, type, Enter; Tab on to the source; Escape closes and gives the launcher back."""
    someone = Traveller.comes(opens(), demo, "tom-member", opens=False)
    page = someone.page
    page.get_by_test_id("persona-select").focus()
    tab_to(page, "launcher")
    page.keyboard.press("Enter")
    expect(someone.widget.get_by_test_id("composer-input")).to_be_focused()
    page.keyboard.type("May I take a power bank on board?")
    page.keyboard.press("Enter")
    expect(someone.replies).to_have_count(1, timeout=ANSWER_MS)
    expect(someone.widget.get_by_test_id("composer-input")).to_be_focused()
    link = someone.last.get_by_test_id("source-card").get_by_role("link").first
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if link.evaluate("one => one === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("launcher")).to_be_focused()
    expect(page.get_by_test_id("widget-frame")).to_be_hidden()


def tab_to(page: Page, test_id: str) -> None:
    """Press Tab until the thing has the focus, as somebody without a mouse does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.get_by_test_id(test_id).evaluate("one => one.getRootNode().activeElement === one"):
            return
    raise AssertionError(f"{test_id} is not reached by Tab")


def test_a_refresh_keeps_the_conversation_and_each_person_has_their_own(demo: Demo, opens: Opens) -> None:
    """Reloaded, everything is there, once; somebody else who signs in sees nothing of it, and coming back finds it again."""
    tom = Traveller.comes(opens(), demo, "tom-member")
    said = tom.asks(BAGS).inner_text()
    tom.page.reload()
    expect(tom.replies).to_have_count(1)
    assert tom.last.inner_text() == said
    tom.is_known_as("mary-admin")
    expect(tom.sees("caller")).to_contain_text("Mary Hu")
    expect(tom.replies).to_have_count(0)
    tom.is_known_as("tom-member")
    expect(tom.replies).to_have_count(1)


def test_the_other_language_is_one_click_and_the_answers_follow(demo: Demo, opens: Opens) -> None:
    """The switch words the page, the greeting and the next answers; the page around it learns of it."""
    lin = Traveller.comes(opens("en"), demo, "lin-gold")
    expect(lin.sees("greeting")).to_contain_text("Hello Lin Yue")
    lin.widget.get_by_test_id("lang-switch").click()
    expect(lin.sees("greeting")).to_contain_text("林悦，您好")
    expect(lin.sees("talk-to-person")).to_have_text("转人工服务")
    expect(lin.widget.locator("html")).to_have_attribute("lang", "zh-CN")
    assert re.search("[一-鿿]{4}", lin.asks("充电宝可以带上飞机吗？").inner_text())
    lin.page.reload()
    expect(lin.sees("greeting")).to_contain_text("林悦，您好")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_sticks_out_on_a_narrow_phone(demo: Demo, opens: Opens, lang: str) -> None:
    """At 360 px the widget fills the screen, the card fits, and nothing scrolls sideways."""
    chen = Traveller.comes(opens(lang, width=360, height=640, has_touch=True), demo, "chen-silver")
    chen.asks("Can I change my return flight?" if lang == "en" else "回程航班可以改期吗？")
    box = chen.page.get_by_test_id("widget-frame").bounding_box()
    assert box and (box["x"], box["width"]) == (0, 360)
    assert chen.page.evaluate("document.documentElement.scrollWidth") <= 360
    too_wide = (
        "() => [...document.querySelectorAll('.widget *')].filter(one => one.getBoundingClientRect().right > 361 && !one.closest('.source-list'))"
    )
    assert chen.widget.locator("body").evaluate(f"() => ({too_wide})().map(one => one.className)") == []
    expect(chen.widget.get_by_test_id("send")).to_be_in_viewport()
    expect(chen.widget.get_by_test_id("talk-to-person")).to_be_in_viewport()


def test_markup_that_somebody_types_stays_words(demo: Demo, opens: Opens) -> None:
    """A script in a message is shown as it was typed and runs nowhere."""
    someone = Traveller.comes(opens(), demo)
    hostile = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script> bags?"
    someone.asks(hostile)
    expect(someone.widget.locator("[data-role=traveller] .words")).to_have_text(hostile)
    expect(someone.widget.locator("[data-role=traveller] img")).to_have_count(0)
    assert "pwned" not in someone.page.title()


def test_an_offline_traveller_is_told_and_what_they_wrote_is_sent_later(demo: Demo, opens: Opens, watch: Watch) -> None:
    """Without a network the words wait; with it they are said once."""
    watch.allows("ERR_INTERNET_DISCONNECTED")
    context = opens()
    someone = Traveller.comes(context, demo, "tom-member")
    context.set_offline(True)
    expect(someone.sees("error-banner")).to_be_visible()
    box = someone.widget.get_by_test_id("composer-input")
    box.fill(BAGS)
    box.press("Enter")
    expect(someone.widget.get_by_text(BAGS).last).to_be_visible()
    expect(someone.replies).to_have_count(0)
    context.set_offline(False)
    expect(someone.replies).to_have_count(1, timeout=ANSWER_MS)
    expect(someone.widget.locator("[data-role=traveller]")).to_have_count(1)


@pytest.mark.parametrize(("may_go_on", "way"), [(True, "Go on without signing in"), (False, "Try again")])
def test_a_refused_identity_offers_only_what_the_server_allows(demo: Demo, opens: Opens, watch: Watch, may_go_on: bool, way: str) -> None:
    """The sentence is true in every mode; going on as a visitor is a button only where the server says that one may."""
    watch.allows("status of 401")
    problem = {"type": "identity-refused", "title": "Identity refused", "status": 401, "detail": "…", "may_go_on": may_go_on}
    context = opens()
    context.route("**/v1/conversations", lambda route: route.fulfill(status=401, content_type="application/problem+json", json=problem), times=1)
    page = context.new_page()
    page.goto(f"{demo.address}/")
    page.get_by_test_id("launcher").click()
    someone = Traveller(page)
    expect(someone.sees("error-banner")).to_contain_text("sign in again")
    expect(someone.sees("error-banner").get_by_role("button")).to_have_text(way)
    someone.sees("error-banner").get_by_role("button").click()
    expect(someone.sees("greeting")).to_be_visible()


def test_a_change_that_the_airline_has_not_answered_is_called_under_way(demo: Demo, opens: Opens, watch: Watch) -> None:
    """The card says so instead of asking for a second yes."""
    watch.allows("status of 503")
    context = opens()
    problem = {"type": "change-under-way", "title": "Change under way", "status": 503, "detail": "…"}
    context.route("**/v1/proposals/*/confirm", lambda route: route.fulfill(status=503, content_type="application/problem+json", json=problem))
    lin = Traveller.comes(context, demo, "lin-gold")
    lin.asks("Can I change my return flight?")
    card = lin.sees("proposal-card")
    expect(lin.last.get_by_test_id("sources-fold")).to_have_attribute("aria-expanded", "false")
    card.get_by_test_id("confirm").click()
    expect(card).to_contain_text("being processed")
    expect(card.get_by_test_id("confirm")).to_have_count(0)


def test_a_turn_that_ends_in_an_error_keeps_the_words_and_offers_another_try(demo: Demo, opens: Opens) -> None:
    """What the server says in an `error` event is worded; the next try is the same message, said once."""
    context = opens()
    error = 'event: error\ndata: {"type": "unavailable", "title": "Unavailable", "status": 503, "detail": "", "detail_zh": ""}\n\n'
    told = {"body": error + "event: done\ndata: {}\n\n", "content_type": "text/event-stream"}
    context.route("**/messages", lambda route: route.fulfill(**told), times=1)
    someone = Traveller.comes(context, demo)
    box = someone.widget.get_by_test_id("composer-input")
    box.fill(BAGS)
    box.press("Enter")
    expect(someone.sees("error-banner")).to_contain_text("Nothing you wrote is lost")
    someone.sees("error-banner").get_by_role("button", name="Try again").click()
    expect(someone.replies).to_have_count(1, timeout=ANSWER_MS)
    expect(someone.widget.locator("[data-role=traveller]")).to_have_count(1)
