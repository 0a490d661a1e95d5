"""The watch itself: what the other tests rely on to fail is seen."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opens, Watch
from tests.browser.demo import Demo

pytestmark = pytest.mark.browser


def test_a_violation_an_error_and_a_request_elsewhere_are_seen(demo: Demo, opens: Opens, watch: Watch) -> None:
    """An inline script and a foreign picture are refused by the policy; each of them, and a console error, would fail a test."""
    page = opens().new_page()
    page.goto(f"{demo.address}/")
    expect(page.get_by_test_id("launcher")).to_be_visible()
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s);"
        " const i = document.createElement('img'); i.src = 'http://elsewhere.example/x.png'; document.body.append(i);"
        " console.error('by hand'); fetch('http://elsewhere.example/').catch(() => 0) }"
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.pwned") is None
    seen = "\n".join(watch.complaints())
    for what in ("policy: script-src", "policy: img-src", "policy: connect-src", "console error: by hand"):
        assert what in seen
    watch.seen.clear()
    page.goto("about:blank")
    page.evaluate("fetch('http://127.0.0.2:9/').catch(() => 0)")
    page.wait_for_timeout(300)
    assert "request to http://127.0.0.2:9/" in "\n".join(watch.complaints())
    watch.seen.clear()
