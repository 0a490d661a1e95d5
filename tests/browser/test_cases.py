"""A complaint at the desk: two consoles see one case, it changes hands and dates, by keys alone and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opens
from tests.browser.demo import Demo
from tests.browser.people import LIVE_MS, Staff, Traveller

pytestmark = pytest.mark.browser
Violations = Callable[[Page], list[str]]
COMPLAINS = {"en": "I want to complain about the crew, let me talk to a person", "zh": "我要投诉你们的服务态度，转人工"}


def a_case(demo: Demo, opens: Opens, who: str, lang: str = "en") -> Traveller:
    """Somebody complained, and was told who looks after it."""
    someone = Traveller.comes(opens(lang), demo, who)
    expect(someone.asks(COMPLAINS[lang])).to_contain_text("sees it through" if lang == "en" else "负责跟进到底")
    return someone


def test_a_case_on_two_consoles(demo: Demo, opens: Opens) -> None:
    """Both see it at once; who does not hold it takes it over, moves its date, closes it; the traveller reads the new date."""
    anna, wei = Staff.signs_in(opens(), demo, "Anna"), Staff.signs_in(opens("zh"), demo, "Wei")
    lin = a_case(demo, opens, "lin-gold")
    for staff in (anna, wei):
        expect(staff.page.get_by_test_id("case-row").first).to_be_visible(timeout=LIVE_MS)
        staff.page.get_by_test_id("case-row").first.click()
        expect(staff.page.get_by_test_id("case-history").locator("li")).to_have_count(1)
    holds, takes = (anna, wei) if anna.page.get_by_test_id("case-hand").count() else (wei, anna)
    takes.page.get_by_test_id("case-take").click()
    expect(holds.page.get_by_test_id("case-due")).to_contain_text(takes.name, timeout=LIVE_MS)
    expect(takes.page.get_by_test_id("case-history").locator("li")).to_have_count(2, timeout=LIVE_MS)
    day = takes.page.evaluate("new Date(Date.now() + 5 * 864e5).toISOString().slice(0, 11) + '12:00'")
    takes.page.get_by_test_id("case-date").fill(day)
    takes.page.get_by_test_id("case-reason").fill("The caterer has to answer first.")
    takes.page.get_by_test_id("case-move").click()
    expect(lin.last).to_contain_text("It takes longer, I am sorry", timeout=LIVE_MS)
    expect(lin.last).to_contain_text(takes.name)
    takes.page.get_by_test_id("case-outcome").fill("Apologised in writing.")
    takes.page.get_by_test_id("case-close").click()
    expect(holds.page.get_by_test_id("case-outcome-said")).to_have_text("Apologised in writing.", timeout=LIVE_MS)
    expect(holds.page.get_by_test_id("case-take")).to_have_count(0)


def test_who_holds_a_ticket_makes_it_a_case_by_keys_alone(demo: Demo, opens: Opens) -> None:
    """Claimed, then Tab to the button and Enter; the case opens from there, and Escape leads back."""
    someone = Traveller.comes(opens(), demo, "tom-member")
    number = someone.waits_for_a_person()
    anna = Staff.signs_in(opens(), demo, "Anna")
    anna.opens(number)
    anna.claims()
    page = anna.page
    expect(page.get_by_test_id("case-open")).to_be_enabled()
    page.get_by_test_id("case-open").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("case-see")).to_be_visible(timeout=LIVE_MS)
    expect(someone.last).to_contain_text("Anna looks after this", timeout=LIVE_MS)
    page.get_by_test_id("case-see").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("case-due")).to_contain_text("With you")
    page.reload()
    expect(page.get_by_test_id("case-due")).to_contain_text("With you")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("case")).to_have_count(0)


@pytest.mark.parametrize(("lang", "scheme", "width"), [("en", "dark", 1280), ("zh", "light", 360)])
def test_everybody_can_use_it(demo: Demo, opens: Opens, violations: Violations, lang: str, scheme: str, width: int) -> None:
    """axe finds nothing wrong, and nothing sticks out sideways on a phone."""
    a_case(demo, opens, "chen-silver", lang)
    wei = Staff.signs_in(opens(lang, width=width, color_scheme=scheme), demo, "Wei")
    page = wei.page
    row = page.locator("[data-testid=case-row][data-state=open]").first
    expect(row).to_be_visible()
    assert violations(page) == []
    row.click()
    if page.get_by_test_id("case-take").count():
        page.get_by_test_id("case-take").click()
    expect(page.get_by_test_id("case-close")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    head, body = page.locator(".ticket-head").bounding_box(), page.locator(".case-body").bounding_box()
    assert head and body and head["y"] + head["height"] <= body["y"] + 1 and head["height"] < 140 and abs(body["width"] - head["width"]) < 2
    page.get_by_test_id("case-ticket").click()
    expect(wei.brief).to_be_visible()
