"""Nobody is at the desk: that is said, an address is left, and the answer comes by e-mail with a link into the conversation, in both languages."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import demo as demos
from tests.browser.conftest import Opens, Watch
from tests.browser.demo import Demo
from tests.browser.people import Staff, Traveller
from tests.house import free_port
from tests.store.test_outbox import Inbox, a_mail_server

pytestmark = pytest.mark.browser
SAYS = {
    "en": ("Nobody is at the desk at this hour", "tomorrow", "Good day,", "Go on with the conversation"),
    "zh": ("目前不在服务时间", "明天", "您好：", "继续对话"),
}
USED = {"en": "This link was used before", "zh": "该链接已使用"}
ANSWER = {"en": "Yes, the harness may stay on.", "zh": "可以，背带可以一直系着。"}


@pytest.fixture(scope="module")
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture(scope="module")
def demo(browser: Browser, inbox: Inbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo whose two people come tomorrow, and whose e-mails go to a real server."""
    folder: Path = tmp_path_factory.mktemp("off")
    roster = folder / "staffing.yaml"
    tomorrow = (datetime.now(UTC) + timedelta(hours=8)).date() + timedelta(days=1)
    roster.write_text(f"zone: Asia/Shanghai\npeople: {{Anna: {{shifts: [{tomorrow} 09:00-17:30]}}}}\n", "utf-8")
    with a_mail_server(inbox) as server:
        running = demos.fresh(folder, port=free_port(), ROSTER=str(roster), SMTP_URL=server, MAIL_AFTER="0.02")
        yield running
        running.stop()
        assert running.complaints() == ""


@pytest.mark.parametrize("lang", SAYS)
def test_who_comes_at_night_reads_it_by_e_mail_and_goes_on_in_the_morning(demo: Demo, opens: Opens, watch: Watch, inbox: Inbox, lang: str) -> None:
    """The honest hour instead of minutes; a closed page; Anna's very words in the mailbox; one click and the whole conversation is there again."""
    closed, tomorrow, hello, goes_on = SAYS[lang]
    context = opens(lang)
    someone = Traveller.comes(context, demo)
    number = someone.waits_for_a_person()
    expect(someone.last).to_contain_text(closed)
    expect(someone.last).to_contain_text(tomorrow)
    form = someone.sees("answer-mail")
    form.get_by_role("textbox").fill("not an address@")
    form.get_by_role("textbox").fill(f"{lang}@traveller.example")
    form.get_by_role("button").click()
    expect(someone.sees("answers-to")).to_contain_text(f"{lang[0]}•••@traveller.example")
    someone.says("May my cat keep its harness on?" if lang == "en" else "猫可以一直系着背带吗？")
    someone.page.close()
    anna = Staff.signs_in(opens("en"), demo)
    anna.opens(number)
    anna.claims()
    anna.answers(ANSWER[lang])
    mail = _mail_to(inbox, f"{lang}@traveller.example")
    assert hello in mail and ANSWER[lang] in mail and goes_on in mail
    link = re.search(r"http://\S+#resume=\S+", mail)
    assert link
    page = context.new_page()
    page.goto(link.group())
    expect(page.get_by_text(ANSWER[lang])).to_be_visible()
    expect(page.get_by_test_id("handoff-card")).to_have_attribute("data-state", "taken")
    expect(page.locator("html")).to_have_attribute("lang", re.compile(lang))
    assert "#resume" not in page.url
    page.reload()
    expect(page.get_by_text(ANSWER[lang])).to_be_visible()
    watch.allows("404")
    again = opens(lang).new_page()
    again.goto(link.group())
    expect(again.get_by_text(USED[lang])).to_be_visible()
    expect(again.get_by_test_id("greeting")).to_be_visible()
    expect(again.get_by_text(ANSWER[lang])).to_have_count(0)


def _mail_to(inbox: Inbox, address: str, seconds: float = 30) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for mail in inbox.got:
            if mail["To"] == address:
                body = mail.get_body(("plain",))
                assert body is not None
                return str(body.get_content())
        time.sleep(0.2)
    raise AssertionError(f"no e-mail to {address} within {seconds} s")
