"""`--model`: what a bench and an eval measure with a model is what a traveller would be shown with it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from basics.errors import SettingsWrong
from concierge.cli import app
from evals import bench_rag
from evals.words import model_named
from knowledge.embedder_packaged import Packaged
from tests.bot.a_model import LIE, ModelServer, a_model_server
from tests.bot.test_llm_local import WEIGHTS, needs_weights
from tests.evals.conftest import Lines

DOCS = (
    {"id": "loans", "title": "Borrowing books", "text": "You may borrow 8 books for 21 days. You may renew a loan twice.", "lang": "en"},
    {"id": "fines", "title": "Late returns", "text": "You may return a book late for GBP 0.20 a day.", "lang": "en"},
    {"id": "卡", "title": "借书证", "text": "您可以凭身份证办理借书证，工本费 15 元。", "lang": "zh"},
)
ASKED = (
    {"id": "q1", "question": "How many books may I borrow, and for how many days?"},
    {"id": "q2", "question": "办借书证要多少钱？"},
    {"id": "q3", "question": "thanks!"},
)


@pytest.fixture(autouse=True)
def _one_embedder(monkeypatch: pytest.MonkeyPatch, embedder: Packaged) -> None:
    monkeypatch.setattr(bench_rag, "Packaged", lambda: embedder)


@contextmanager
def served() -> Iterator[ModelServer]:
    """The model server on a loop of its own thread, for a command has one of its own."""
    up, over, held = threading.Event(), threading.Event(), []

    async def serve() -> None:
        async with a_model_server() as server:
            held.append(server)
            up.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    up.wait(20)
    try:
        yield held[0]
    finally:
        over.set()
        thread.join(20)


def asked_with(model: str, lines: Lines, out: Path, **settings: str) -> dict[str, dict[str, Any]]:
    """The lines of `bench rag --model …` by question; every draft is sent, and every one is worth a second opinion."""
    files = ["--docs", str(lines("d.jsonl", *DOCS)), "--questions", str(lines("q.jsonl", *ASKED)), "--out", str(out)]
    sure = {"CONCIERGE_ANSWER_AT": "0", "CONCIERGE_JUDGE_FROM": "0", "CONCIERGE_JUDGE_TO": "1", "CONCIERGE_JUDGE_WEIGHT": "0.6"}
    done = CliRunner(env=sure | settings).invoke(app, ["bench", "rag", *files, "--model", model])
    assert done.exit_code == 0, done.output
    return {row["id"]: row for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())}


def test_a_bench_shows_the_models_words_its_verdict_and_how_long_they_took(lines: Lines, tmp_path: Path) -> None:
    """Over real HTTP: sentences reworded, confidence moved, the model's stages timed; small talk is none of its business."""
    quoted = asked_with("quote", lines, tmp_path / "quoted")
    with served() as server:
        said = asked_with("openai", lines, tmp_path / "said", CONCIERGE_MODEL_NAME="m", CONCIERGE_MODEL_URL=server.address)
        assert {body["model"] for body in server.asked} == {"m"}
        server.mode = "lies"
        lied = asked_with("openai", lines, tmp_path / "lied", CONCIERGE_MODEL_NAME="m", CONCIERGE_MODEL_URL=server.address)
    assert "You are welcome to borrow 8 books for 21 days." in said["q1"]["answer"]
    assert said["q2"]["answer"] == quoted["q2"]["answer"]  # “完全可以” promises more than its source
    for id in ("q1", "q2"):
        assert said[id]["confidence"] > quoted[id]["confidence"]
        assert said[id]["citations"] == quoted[id]["citations"]
        assert {"verdict", "reword"} <= set(said[id]["stage_ms"]) > set(quoted[id]["stage_ms"])
        assert lied[id]["answer"] == quoted[id]["answer"]
    assert LIE not in str(lied)
    assert said["q3"]["answer"] == quoted["q3"]["answer"]


def test_a_bench_with_a_model_that_only_judges(lines: Lines, tmp_path: Path) -> None:
    """As in a chat: the quotation stays, the confidence moves, no time is spent on words."""
    quoted = asked_with("quote", lines, tmp_path / "quoted")
    with served() as server:
        env = {"CONCIERGE_MODEL_NAME": "m", "CONCIERGE_MODEL_URL": server.address, "CONCIERGE_MODEL_REWORDS": "false"}
        judged = asked_with("openai", lines, tmp_path / "judged", **env)
    assert [row["answer"] for row in judged.values()] == [row["answer"] for row in quoted.values()]
    assert judged["q1"]["confidence"] > quoted["q1"]["confidence"]
    assert "verdict" in judged["q1"]["stage_ms"]
    assert "reword" not in judged["q1"]["stage_ms"]


def test_a_model_that_fails_leaves_the_quotations_and_is_counted(lines: Lines, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What was asked of it in vain is told on stderr."""
    quoted = asked_with("quote", lines, tmp_path / "quoted")
    with served() as server:
        server.mode = "down"
        failed = asked_with("openai", lines, tmp_path / "failed", CONCIERGE_MODEL_NAME="m", CONCIERGE_MODEL_URL=server.address)
    assert [row["answer"] for row in failed.values()] == [row["answer"] for row in quoted.values()]
    assert [row["confidence"] for row in failed.values()] == [row["confidence"] for row in quoted.values()]


@needs_weights
def test_a_bench_with_weights_in_this_process(lines: Lines, tmp_path: Path) -> None:
    """The smallest model words nothing well; what it says is carried or quoted, and its time is told."""
    quoted = asked_with("quote", lines, tmp_path / "quoted")
    slow = {"CONCIERGE_MODEL_FIRST_WORD": "60", "CONCIERGE_MODEL_TOTAL": "120"}
    said = asked_with("local", lines, tmp_path / "said", CONCIERGE_MODEL_PATH=str(WEIGHTS), **slow)
    for id in ("q1", "q2"):
        assert said[id]["citations"] == quoted[id]["citations"]
        assert said[id]["stage_ms"]["verdict"] > 0
        assert said[id]["stage_ms"]["reword"] > 0
    assert "8" in said["q1"]["answer"]
    assert "15" in said["q2"]["answer"]


def test_an_eval_counts_what_the_model_did(lines: Lines, tmp_path: Path) -> None:
    """Verdicts, reworded sentences and failures stand in the report beside the counts, and what was sent is what is scored."""
    case = {"id": "e1", "lang": "en", "question": "How many bags can I check in?", "as": "lin-gold", "answerable": True}
    file = lines("c.jsonl", case | {"articles": ["checked-baggage"], "must": [["2 × 23 kg"]]})
    with served() as server:
        env = {
            "CONCIERGE_MODEL_NAME": "m",
            "CONCIERGE_MODEL_URL": server.address,
            "CONCIERGE_JUDGE_FROM": "0",
            "CONCIERGE_JUDGE_TO": "1",
            "CONCIERGE_JUDGE_WEIGHT": "0.6",
        }
        done = CliRunner(env=env).invoke(app, ["eval", str(file), "--model", "openai", "--no-chain", "--out", str(tmp_path / "r"), "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "r" / "eval.json").read_text(encoding="utf-8"))
    did, [outcome] = report["model"], report["outcomes"]
    assert (did["name"], did["verdicts"], did["replies"], did["failed"]) == ("m", 1, 1, 0)
    assert did["reworded"] + did["repeated"] + did["refused"] + did["quoted"] == len(outcome["how"])
    assert outcome["verdict"] == pytest.approx(0.9)
    assert outcome["right_said"]["ok"]
    assert "model m: 1 verdicts" in (tmp_path / "r" / "eval.md").read_text(encoding="utf-8")


def test_what_a_model_lacks_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    """Neither address nor key, a path that is nowhere."""
    with pytest.raises(SettingsWrong, match="CONCIERGE_MODEL_URL and CONCIERGE_MODEL_KEY are empty"), pytest.MonkeyPatch.context() as env:
        env.setenv("CONCIERGE_MODEL_NAME", "m")
        model_named("openai")
    with pytest.raises(SettingsWrong, match=r"nowhere\.gguf is not there"), pytest.MonkeyPatch.context() as env:
        env.setenv("CONCIERGE_MODEL_PATH", str(tmp_path / "nowhere.gguf"))
        model_named("local")
