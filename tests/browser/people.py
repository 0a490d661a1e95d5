"""A traveller and a staff member, as they use the pages: what they click and type, what they see."""

import re
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.browser.demo import Demo

ANSWER_MS = 20_000
LIVE_MS = 3_000
LOCALE = {"en": "en-GB", "zh": "zh-CN"}


@dataclass
class Traveller:
    """Somebody on the airline's page with the Concierge open."""

    page: Page

    @classmethod
    def comes(cls, context: BrowserContext, demo: Demo, who: str = "anonymous", opens: bool = True) -> "Traveller":
        """Opens the airline's page, is signed in there as `who`, and clicks the launcher."""
        page = context.new_page()
        page.goto(f"{demo.address}/")
        one = cls(page)
        one.is_known_as(who)
        if opens:
            page.get_by_test_id("launcher").click()
            expect(one.widget.get_by_test_id("greeting")).to_be_visible()
        return one

    def is_known_as(self, who: str) -> None:
        """The airline's page tells the Concierge who is signed in."""
        select = self.page.get_by_test_id("persona-select")
        if select.input_value() != who:
            with self.page.expect_response("**/v1/demo/token"):
                select.select_option(who)

    @property
    def widget(self) -> FrameLocator:
        """Inside the widget's frame."""
        return self.page.frame_locator("[data-testid=widget-frame]")

    @property
    def replies(self) -> Locator:
        """The bot's whole replies so far."""
        return self.widget.locator("[data-testid=message][data-role=bot][data-kind]")

    @property
    def last(self) -> Locator:
        """The bot's newest reply."""
        return self.replies.last

    @property
    def question(self) -> Locator:
        """The words the traveller said last."""
        return self.widget.locator("[data-role=traveller] .words").last

    def says(self, text: str) -> None:
        """Types and presses Enter; the words stand in the conversation."""
        box = self.widget.get_by_test_id("composer-input")
        box.fill(text)
        box.press("Enter")
        expect(self.widget.locator("[data-role=traveller]", has_text=text).last).to_be_visible()

    def asks(self, text: str) -> Locator:
        """Says it and waits for the whole reply."""
        before = self.replies.count()
        self.says(text)
        expect(self.replies).to_have_count(before + 1, timeout=ANSWER_MS)
        return self.last

    def waits_for_a_person(self) -> str:
        """Asks for one; the number of the ticket."""
        self.widget.get_by_test_id("talk-to-person").click()
        number = re.search(r"\d{3,}", self.sees("handoff-card").inner_text())
        assert number
        return f"#{number.group()}"

    def happens(self, name: str) -> None:
        """Presses the page's button that makes something happen to them at the airline."""
        self.page.get_by_test_id(f"happen-{name}").click()

    def sees(self, test_id: str) -> Locator:
        """The newest thing of this kind on screen."""
        return self.widget.get_by_test_id(test_id).last


@dataclass
class Staff:
    """One of the two at the desk."""

    page: Page
    name: str

    @classmethod
    def signs_in(cls, context: BrowserContext, demo: Demo, name: str = "Anna") -> "Staff":
        """Opens the console and signs in with the printed password."""
        page = context.new_page()
        page.goto(f"{demo.address}/console/")
        page.get_by_test_id("signin-name").fill(name)
        page.get_by_test_id("signin-password").fill(demo.passwords[name])
        page.get_by_test_id("signin-submit").click()
        expect(page.get_by_test_id("signout")).to_be_visible()
        return cls(page, name)

    def opens(self, headline: str) -> None:
        """Picks the conversation from the queue; the brief is there."""
        self.page.get_by_test_id("ticket-row").filter(has_text=headline).first.click()
        expect(self.brief).to_be_visible()

    @property
    def brief(self) -> Locator:
        """What staff read first."""
        return self.page.get_by_test_id("brief")

    def claims(self) -> None:
        """Takes the open conversation."""
        self.page.get_by_test_id("claim").click()
        expect(self.page.get_by_test_id("reply-input")).to_be_visible()

    def grants(self, kind: str, amount: str, reason: str) -> Locator:
        """Fills the open form and sends it; returns the grant in the list."""
        form = self.page.get_by_test_id("grant-form")
        form.get_by_test_id("grant-kind").select_option(kind)
        form.get_by_test_id("grant-amount").fill(amount)
        form.get_by_test_id("grant-reason").fill(reason)
        form.get_by_test_id("grant-submit").click()
        expect(form).to_be_hidden()
        return self.page.get_by_test_id("grant").filter(has_text=reason)

    def answers(self, text: str) -> None:
        """Writes to the traveller."""
        box = self.page.get_by_test_id("reply-input")
        box.fill(text)
        box.press("Enter")
        expect(self.page.locator("[data-role=staff]", has_text=text)).to_be_visible()
