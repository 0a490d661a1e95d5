"""Figures for Prometheus: what is counted, who may read it, and that each name is explained in the runbook."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from basics.breaker import Breaker
from bot.figures import COUNTED_IN, forget
from bot.llm import GuardedLLM, ModelFailed
from tests.house import REPO, Served, done, refused

TOKEN = "Zq7vT2mXw9LrB4kYh6NcJ8sDf3GpA5uE"


async def figures(house: Served) -> dict[str, float]:
    """Every sample by its name with labels."""
    answer = await house.http.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))}


async def test_turns_tickets_and_requests_are_counted(make_house: Any) -> None:
    """A handed-over question shows as a turn, a waiting ticket, a waiting conversation and a request; a late ticket once its promise has passed."""
    house = await make_house(own_index=True, empty=True)
    chat = await house.chat("lin-gold")
    await chat.say("How many bags can I check in?")
    seen = await figures(house)
    assert seen['concierge_turns_total{basis="rule",decision="handoff",lang="en"}'] == 1
    assert seen["concierge_turn_seconds_count"] == 1 and seen['concierge_stage_seconds_count{stage="decide"}'] == 1
    assert seen["concierge_tickets_waiting"] == 1 and seen["concierge_tickets_late"] == 0
    assert seen['concierge_conversations_open{state="waiting"}'] == 1
    route = "/v1/conversations/{conversation_id}/messages.json"
    assert seen[f'concierge_http_requests_total{{method="POST",route="{route}",status="200"}}'] == 1
    house.clock.move(days=1)
    seen = await figures(house)
    assert seen["concierge_tickets_late"] == 1 and seen["concierge_tickets_longest_wait_seconds"] == 86400


async def test_no_figure_tells_of_whom(make_house: Any) -> None:
    """Neither ids nor names nor what was said nor an address that was tried appears."""
    house = await make_house(own_index=True, empty=True)
    chat = await house.chat("lin-gold")
    await chat.say("My passport is E12345678, how many bags?")
    await house.http.get("/v1/secret-path-of-mine")
    await house.http.request("BREW", "/coffee")
    said = (await house.http.get("/metrics")).text
    for private in (chat.id, "lin-gold", "Lin", "E12345678", "secret-path", "coffee", "BREW", chat.opened["token"]):
        assert private not in said


async def test_who_may_read_them(make_house: Any) -> None:
    """This machine, unless a proxy passed the call on, and whoever knows the token."""
    house = await make_house(own_index=True, empty=True, metrics_token=SecretStr(TOKEN))
    far = httpx.AsyncClient(transport=httpx.ASGITransport(house.app, client=("203.0.113.9", 5)), base_url="http://house")
    refused(await far.get("/metrics"), 401, "not-signed-in")
    refused(await far.get("/metrics", headers={"Authorization": "Bearer wrong"}), 401, "not-signed-in")
    refused(await house.http.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}), 401, "not-signed-in")
    assert "concierge_passages" in (await far.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
    assert (await house.http.get("/metrics")).status_code == 200


async def test_without_a_token_nobody_else_reads_them(make_house: Any) -> None:
    """An empty setting is no password."""
    house = await make_house(own_index=True, empty=True)
    far = httpx.AsyncClient(transport=httpx.ASGITransport(house.app, client=("203.0.113.9", 5)), base_url="http://house")
    for said in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        refused(await far.get("/metrics", headers=said), 401, "not-signed-in")


async def test_the_model_s_failures_and_breaker_show(make_house: Any) -> None:
    """Five failures in a row open the breaker, and both can be read."""

    class Down:
        name = "the-model"

        async def close(self) -> None:
            """Nothing to close."""

    model = GuardedLLM(Down(), Breaker())  # type: ignore[arg-type]
    house = await make_house(own_index=True, empty=True, model=model)
    assert (await figures(house))['concierge_model_breaker_open{model="the-model"}'] == 0
    for _ in range(5):
        model._failed(ModelFailed("down"))
    seen = await figures(house)
    assert seen['concierge_model_breaker_open{model="the-model"}'] == 1 and seen['concierge_model_failures_total{model="the-model"}'] == 5
    assert done(await house.http.get("/healthz"))


async def test_the_runbook_explains_every_figure_and_no_other(make_house: Any) -> None:
    """Names in docs/runbook.md's table and names in /metrics are the same."""
    house = await make_house(own_index=True, empty=True)
    shown = set(re.findall(r"^# TYPE (\w+)", (await house.http.get("/metrics")).text, re.M))
    explained = set(re.findall(r"^\| `(concierge_\w+)`", (REPO / "docs" / "runbook.md").read_text("utf-8"), re.M))
    assert explained == shown


_A_WORKER = """
import os, sys
from bot.figures import Figures, Seen
from basics.breaker import Breaker

from bot.settings import Settings
figures, breaker = Figures(Settings()), Breaker()
if sys.argv[1] == "fails":
    for _ in range(breaker.most):
        breaker.failed()
    figures.model("the-model", breaker)
    print(os.getpid())
else:
    print(figures.exposed(Seen(None, "e", 1, 1, "the-model", breaker, True)).decode())
"""


def test_a_worker_that_is_gone_holds_no_breaker_open(tmp_path: Path) -> None:
    """It had left the model alone, and died: nobody does now. The failures that it counted stay counted."""

    def a_worker(does: str) -> str:
        env = {**os.environ, COUNTED_IN: str(tmp_path), "PYTHONPATH": str(REPO)}
        return subprocess.run([sys.executable, "-c", _A_WORKER, does], env=env, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    gone = int(a_worker("fails"))
    opened, failures = 'concierge_model_breaker_open{model="the-model"}', 'concierge_model_failures_total{model="the-model"} 5.0'
    assert f"{opened} 1.0" in (before := a_worker("looks")) and failures in before
    forget(tmp_path, gone)
    assert f"{opened} 0.0" in (after := a_worker("looks")) and failures in after
