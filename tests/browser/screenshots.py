"""Takes the pictures of docs/screenshots anew, from a fresh demo in a real browser: `python -m tests.browser.screenshots`."""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.demo import ROOT, Demo, fresh
from tests.browser.people import LOCALE, Staff, Traveller

FOLDER = ROOT / "docs" / "screenshots"
BAGS = {"en": "How many bags can I check in?", "zh": "我可以免费托运几件行李？"}
CHANGE = {"en": "Can I change my return flight?", "zh": "回程航班可以改期吗？"}
UNSURE = {
    "en": ("How much does parking at the airport cost?", "The price of parking at the airport, please"),
    "zh": ("机场停车怎么收费？", "我想知道机场停车一天多少钱"),
}
ANSWER = {
    "en": "Hello Ms Hu, Anna here. Car park P2 at Pudong is CNY 80 a day, and the shuttle to Terminal 2 takes five minutes.",
    "zh": "胡女士您好，我是 Anna。浦东机场 P2 停车场每天 80 元，乘接驳车到 2 号航站楼约 5 分钟。",
}


def a_context(browser: Browser, lang: str, width: int = 1280, height: int = 800, **more: Any) -> BrowserContext:
    context = browser.new_context(
        locale=LOCALE[lang], viewport={"width": width, "height": height}, reduced_motion="reduce", timezone_id="Asia/Shanghai", **more
    )
    context.set_default_timeout(20_000)
    return context


def keep(page: Page, name: str) -> None:
    """Once everything has settled."""
    page.wait_for_timeout(600)
    page.screenshot(path=FOLDER / f"{name}.png")


def the_widget(browser: Browser, demo: Demo, lang: str) -> None:
    lin = Traveller.comes(a_context(browser, lang), demo, "lin-gold")
    lin.asks(BAGS[lang])
    keep(lin.page, f"widget-{lang}")


def the_proposal(browser: Browser, demo: Demo, lang: str, name: str, **phone: Any) -> None:
    lin = Traveller.comes(a_context(browser, lang, **phone), demo, "lin-gold")
    lin.asks(CHANGE[lang])
    lin.sees("confirm").scroll_into_view_if_needed()
    keep(lin.page, name)


def the_offer(browser: Browser, demo: Demo, lang: str, who: str) -> str:
    """A delay while the chat is open; returns the number of the ticket that follows."""
    someone = Traveller.comes(a_context(browser, lang), demo, who)
    someone.happens("delay")
    expect(someone.widget.locator("[data-offer=delay]")).to_be_visible()
    keep(someone.page, f"offer-{lang}")
    return someone.waits_for_a_person()


def the_rights_at_the_desk(browser: Browser, demo: Demo, number: str) -> None:
    """Who asks, what was offered and why, the approved words, and a grant that waits for a lead."""
    anna = Staff.signs_in(a_context(browser, "en", height=1000), demo)
    anna.opens(number)
    anna.claims()
    anna.page.keyboard.press("g")
    anna.grants("voucher", "800", "Promised on the phone this morning")
    expect(anna.page.get_by_test_id("macros")).to_be_visible()
    anna.page.get_by_test_id("grants").scroll_into_view_if_needed()
    keep(anna.page, "console-rights-en")


def the_company_page(browser: Browser, demo: Demo, lang: str, name: str, **more: Any) -> None:
    context = a_context(browser, lang, **more)
    airline = Traveller.comes(context, demo, "mary-admin", opens=False).page
    with context.expect_page() as opened:
        airline.get_by_test_id("company-link").click()
    expect(opened.value.get_by_test_id("tiles")).to_be_visible()
    keep(opened.value, name)


def the_desk(browser: Browser, demo: Demo, lang: str) -> None:
    mary = Traveller.comes(a_context(browser, lang), demo, "mary-admin")
    for words in UNSURE[lang]:
        mary.asks(words)
    mary.page.close()  # nobody reads along: what Anna writes stays as it is
    anna = Staff.signs_in(a_context(browser, lang), demo)
    anna.opens(UNSURE[lang][1])
    anna.claims()
    anna.answers(ANSWER[lang])
    keep(anna.page, f"console-{lang}")
    anna.page.get_by_test_id("resolve").click()
    anna.page.wait_for_timeout(500)


def main() -> None:
    """Every picture, in both languages."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo = fresh(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tom = Traveller.comes(a_context(browser, "en"), demo, "tom-member")
        tom.asks("Can I get a refund for my ticket?")
        tom.widget.get_by_test_id("talk-to-person").click()
        expect(tom.sees("handoff-card")).to_be_visible()
        for lang in ("en", "zh"):
            the_widget(browser, demo, lang)
            the_desk(browser, demo, lang)
            the_company_page(browser, demo, lang, f"company-{lang}")
        the_proposal(browser, demo, "en", "proposal-en")
        the_offer(browser, demo, "zh", "goh-admin")
        the_rights_at_the_desk(browser, demo, the_offer(browser, demo, "en", "claire-gold"))
        phone = {"width": 360, "height": 740, "device_scale_factor": 2, "has_touch": True}
        the_proposal(browser, demo, "zh", "phone-zh", **phone)
        the_company_page(browser, demo, "zh", "company-phone-zh", color_scheme="dark", **phone)
        browser.close()
        demo.stop()


if __name__ == "__main__":
    main()
