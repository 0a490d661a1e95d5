"""The company page in a real browser: how an admin comes there, what they read and take away, what it says when there is nothing."""

import csv
import io
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Opens, Watch
from tests.browser.demo import Demo
from tests.browser.people import ANSWER_MS, Traveller

pytestmark = pytest.mark.browser
Violations = Callable[[Page], list[str]]
ACCOUNT = "**/v1/company/account*"


def company_page(context: BrowserContext, demo: Demo, who: str = "mary-admin") -> tuple[Page, Page]:
    """Somebody signed in at the airline's page clicks its link; returns that page and the company page."""
    airline = Traveller.comes(context, demo, who, opens=False).page
    with context.expect_page() as opened:
        airline.get_by_test_id("company-link").click()
    return airline, opened.value


def test_an_admin_comes_by_the_link_reads_and_takes_the_table_away(demo: Demo, opens: Opens) -> None:
    """Nobody signs in twice, nothing secret is in the address, a reload keeps the page, the file is the table."""
    _, page = company_page(opens(), demo)
    expect(page.get_by_role("heading", name="Nine Bends Design")).to_be_visible()
    expect(page.get_by_test_id("you")).to_have_text("Mary Hu")
    expect(page.locator("main")).to_contain_text("九曲设计")
    expect(page.locator("main")).to_contain_text("9LC-20418")
    expect(page.get_by_test_id("standing")).to_contain_text("Since")
    assert page.url == f"{demo.address}/company/"
    page.reload()
    expect(page.get_by_test_id("traveller").filter(has_text="Lin Yue")).to_have_attribute("data-state", "active")
    expect(page.locator("[data-testid=traveller][data-state=invited]")).to_have_count(1)
    with page.expect_download() as asked:
        page.get_by_test_id("download").click()
    assert asked.value.suggested_filename.startswith("travellers-20")
    lines = list(csv.reader(io.StringIO(Path(asked.value.path()).read_bytes().decode("utf-8-sig"))))
    assert len(lines) == 1 + page.get_by_test_id("traveller").count() and lines[2][0] == "Lin Yue"


def test_the_concierge_is_on_the_page_and_knows_who_asks(demo: Demo, opens: Opens) -> None:
    """The same widget, the same person: a question of the programme is met from its article, in the page's language."""
    _, page = company_page(opens("zh"), demo)
    expect(page.get_by_role("heading", name="九曲设计")).to_be_visible()
    page.get_by_test_id("ask").click()
    mary = Traveller(page)
    expect(mary.sees("caller")).to_contain_text("胡玛丽")
    expect(mary.asks("节省报告什么时候能看？")).to_contain_text("飞燕商旅：出行人、积分与节省报告")
    page.get_by_test_id("lang-switch").first.click()
    expect(page.get_by_role("heading", name="Nine Bends Design")).to_be_visible()
    expect(page.get_by_test_id("tiles")).to_contain_text("CNY")
    expect(mary.sees("talk-to-person")).to_have_text("Talk to a person", timeout=ANSWER_MS)


def test_who_signs_out_or_becomes_somebody_else_takes_the_page_along(demo: Demo, opens: Opens, watch: Watch) -> None:
    """The airline's page says so at once: another company's admin sees theirs, a traveller a plain sentence, nobody the way to sign in."""
    watch.allows("status of 403")
    airline, page = company_page(opens(), demo)
    expect(page.get_by_role("heading", name="Nine Bends Design")).to_be_visible()
    someone = Traveller(airline)
    someone.is_known_as("goh-admin")
    expect(page.get_by_role("heading", name="Straits Lantern Trading")).to_be_visible()
    assert "Gao Peng" not in page.content()
    someone.is_known_as("lin-gold")
    expect(page.get_by_test_id("door")).to_contain_text("not signed in as the admin of a company")
    expect(airline.get_by_test_id("company-link")).to_have_count(0)
    someone.is_known_as("anonymous")
    expect(page.get_by_test_id("door")).to_contain_text("Please sign in first")
    page.reload()
    expect(page.get_by_test_id("door")).to_contain_text("Please sign in first")
    assert "Straits" not in page.content()


@pytest.fixture
def host_page(demo: Demo) -> Iterator[str]:
    """An airline's page on a server of its own: another origin, the loader, one button."""
    button = '<button onclick="Concierge.openCompany()">Mine</button>'
    said = f'<!doctype html><link rel="icon" href="data:,"><title>Airline</title><script src="{demo.address}/widget.js"></script>{button}'

    class Airline(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Airline)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_host_page_elsewhere_hands_over_as_the_demo_s_does(demo: Demo, opens: Opens, host_page: str) -> None:
    """From another origin, by the loader alone; words that do not come from the opener are not believed, its sign-out is."""
    context = opens()
    signed = context.request.post(f"{demo.address}/v1/demo/token", data={"as": "mary-admin"}).json()["identity"]
    page = context.new_page()
    page.goto(host_page)
    page.evaluate("signed => Concierge.identify(signed)", signed)
    with context.expect_page() as opened:
        page.get_by_role("button", name="Mine").click()
    company = opened.value
    expect(company.get_by_role("heading", name="Nine Bends Design")).to_be_visible()
    company.evaluate("postMessage({concierge: 1, say: 'identify', identity: null}, '*')")
    company.wait_for_timeout(300)
    expect(company.get_by_role("heading", name="Nine Bends Design")).to_be_visible()
    page.evaluate("Concierge.identify(null)")
    expect(company.get_by_test_id("door")).to_contain_text("Please sign in first")


def test_who_comes_from_nowhere_is_told_where_to_go(demo: Demo, opens: Opens, violations: Violations) -> None:
    """Typed into the address bar, without anybody who could say who it is."""
    page = opens("zh").new_page()
    page.goto(f"{demo.address}/company/")
    expect(page.get_by_test_id("door")).to_contain_text("请先登录")
    assert violations(page) == []


def test_a_server_that_is_away_is_asked_again(demo: Demo, opens: Opens, watch: Watch) -> None:
    """One plain sentence and a button; with the account on screen, it stays and says that it is not fresh."""
    watch.allows("status of 503")
    context = opens()
    problem = {"type": "unavailable", "title": "Unavailable", "status": 503, "detail": "…"}
    context.route(ACCOUNT, lambda route: route.fulfill(status=503, content_type="application/problem+json", json=problem), times=1)
    _, page = company_page(context, demo)
    expect(page.get_by_test_id("door")).to_contain_text("cannot be shown right now")
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("tiles")).to_be_visible()
    context.route(ACCOUNT, lambda route: route.fulfill(status=503, content_type="application/problem+json", json=problem), times=1)
    page.get_by_test_id("lang-switch").click()
    expect(page.get_by_test_id("error-banner")).to_contain_text("数据未能更新")
    expect(page.get_by_test_id("tiles")).to_be_visible()
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_test_id("error-banner")).to_have_count(0)


def without_anything(status: str) -> Callable[[Route], None]:
    """The real answer, as it is for a company that nobody has joined yet (tests/api/test_company.py has the server's side)."""

    def answer(route: Route) -> None:
        said: dict[str, Any] = route.fetch().json()
        said |= {"travellers": [], "admins": [], "months": [], "places_taken": 0}
        said["company"]["status"] = status
        said["year"] |= {"flights": 0, "points": 0, "bonus": 0}
        if status != "active":
            said |= {"standing": None, "next_report_at": None}
        route.fulfill(json=said)

    return answer


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_empty_is_said_in_words(demo: Demo, opens: Opens, violations: Violations, lang: str) -> None:
    """No travellers, no trips, no report; an application that is being checked."""
    context = opens(lang)
    context.route(ACCOUNT, without_anything("active"), times=1)
    _, page = company_page(context, demo)
    for what in ("no-travellers", "no-trips", "no-months"):
        expect(page.get_by_test_id(what)).to_be_visible()
    expect(page.get_by_test_id("download")).to_have_count(0)
    assert violations(page) == []
    context.route(ACCOUNT, without_anything("pending"), times=1)
    page.reload()
    expect(page.get_by_test_id("company-status")).to_contain_text({"en": "Application being checked", "zh": "申请审核中"}[lang])
    assert violations(page) == []


@pytest.mark.parametrize(("lang", "scheme", "width"), [("en", "light", 1280), ("zh", "dark", 1280), ("zh", "light", 360), ("en", "dark", 360)])
def test_everybody_can_read_it(demo: Demo, opens: Opens, violations: Violations, lang: str, scheme: str, width: int) -> None:
    """axe finds nothing, nothing sticks out, and the keyboard reaches skip link, language, file and Concierge in this order."""
    _, page = company_page(opens(lang, width=width, color_scheme=scheme), demo)
    expect(page.get_by_test_id("tiles")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => { const one = document.activeElement; return one.dataset.testid ?? one.className }"))
    # "" is the widget's place: what has the focus in there is the launcher.
    wanted = [one for one in ("skip", "lang-switch", "ask", "download", "") if one != "ask" or width > 560]
    assert [one for one in reached if one in wanted][: len(wanted)] == wanted, reached
    page.get_by_test_id("launcher").click()
    expect(Traveller(page).widget.get_by_test_id("composer-input")).to_be_visible()
    assert violations(page) == []
