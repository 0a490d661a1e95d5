"""What the runbook tells one to type at night works as it stands there."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.settings import Settings
from tests.house import REPO, a_server, command, copied_home, free_port

pytestmark = pytest.mark.slow
RUNBOOK = (REPO / "docs" / "runbook.md").read_text("utf-8")


def typed(pattern: str) -> str:
    """The command in backticks that looks like this."""
    (found,) = re.findall(rf"`({pattern}[^`]*)`", RUNBOOK)
    return str(found)


def test_a_backup_of_a_running_server_is_restored(tmp_path: Path) -> None:
    """Taken while it runs, put into an empty home: the doctor misses the index only, and the server builds it and is ready with the same base."""
    home, restored = copied_home(tmp_path / "home"), tmp_path / "restored"
    with a_server(home, "serve") as server:
        before = httpx.get(f"{server.address}/readyz").json()
        line = typed("python -c").replace("python", f'"{sys.executable}"', 1)
        subprocess.run(["bash", "-c", line], cwd=tmp_path, env={**os.environ, "CONCIERGE_HOME": str(home)}, check=True)
    restored.mkdir()
    (tmp_path / "backup.sqlite3").rename(restored / "concierge.sqlite3")
    ran = command("doctor", "--json", home=restored, CONCIERGE_PORT=str(free_port()))
    assert {f["part"] for f in json.loads(ran.stdout)["findings"] if f["state"] != "ok"} == {"index"}, ran.stdout
    with a_server(restored, "serve") as server:
        after = httpx.get(f"{server.address}/readyz").json()
        assert after == before and after["degraded"] == []


def test_a_receipt_is_read_as_it_says(tmp_path: Path) -> None:
    """The statement fits the tables, and every field of a receipt that the runbook explains is one."""
    from desk.conversation import AnswerReceipt

    home = copied_home(tmp_path / "home")
    (statement,) = re.findall(r'"(select record from answer_receipts [^"]*)"', RUNBOOK)
    with sqlite3.connect(home / "concierge.sqlite3") as base:
        assert base.execute(statement).fetchall() == []
    explained = re.findall(r"`(\w+)`", RUNBOOK.partition("## Read a turn's receipt")[2].partition("To ask the same")[0])
    fields = [name for name in explained if name not in ("psql", "receipt_id", "turn_id")]
    assert fields and set(fields) <= set(AnswerReceipt.model_fields), fields


def test_every_setting_it_names_is_one() -> None:
    """No advice to set what does not exist."""
    named = set(re.findall(r"CONCIERGE_([A-Z_]+[A-Z])\b", RUNBOOK)) - {"RATE", "MODEL_PRICE"}
    assert {n.lower() for n in named} <= set(Settings.model_fields)
