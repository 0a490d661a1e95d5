"""axe-core finds nothing wrong (WCAG 2.1 A and AA) on the airline's page, in the widget and at the desk, in light and in dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opens
from tests.browser.demo import Demo
from tests.browser.people import Staff, Traveller

pytestmark = pytest.mark.browser
Violations = Callable[[Page], list[str]]


@pytest.mark.parametrize(("lang", "scheme", "width"), [("en", "light", 1280), ("zh", "dark", 1280), ("zh", "light", 360), ("en", "dark", 360)])
def test_everybody_can_use_it(demo: Demo, opens: Opens, violations: Violations, lang: str, scheme: str, width: int) -> None:
    """An answer, a proposal, a hand-off and the staff's words; the desk with its brief."""
    lin = Traveller.comes(opens(lang, width=width, color_scheme=scheme), demo, "lin-gold")
    assert violations(lin.page) == []
    lin.asks("How many bags can I check in?" if lang == "en" else "我可以免费托运几件行李？")
    lin.asks("Can I change my return flight?" if lang == "en" else "回程航班可以改期吗？")
    expect(lin.sees("proposal-card")).to_be_visible()
    assert violations(lin.page) == []
    lin.widget.get_by_test_id("talk-to-person").click()
    expect(lin.sees("handoff-card")).to_be_visible()
    context = opens(lang, width=width, color_scheme=scheme)
    door = context.new_page()
    door.goto(f"{demo.address}/console/")
    expect(door.get_by_test_id("signin-submit")).to_be_visible()
    assert violations(door) == []
    anna = Staff.signs_in(context, demo)
    assert violations(anna.page) == []
    anna.page.locator("[data-testid=ticket-row][data-state=waiting]").first.click()
    expect(anna.brief).to_be_visible()
    anna.claims()
    assert violations(anna.page) == []
    anna.answers("Anna here.")
    expect(lin.widget.locator("[data-role=staff]")).to_be_visible()
    assert violations(lin.page) + violations(anna.page) == []
