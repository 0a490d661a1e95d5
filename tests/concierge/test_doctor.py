"""`concierge doctor`: what is wrong with an installation, in plain sentences with what to do, and an exit code for programs."""

import json
import shutil
import socket
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.house import a_server, command, copied_home, free_port

pytestmark = pytest.mark.slow


def doctor(home: Path, *more: str, **env: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the findings by part."""
    ran = command("doctor", "--json", *more, home=home, **({"CONCIERGE_PORT": str(free_port())} | env))
    assert "Traceback" not in ran.stderr, ran.stderr
    said = json.loads(ran.stdout)
    assert said["code"] == ran.returncode
    assert all(f["said"] and (f["state"] == "ok" or f["do"]) for f in said["findings"])
    return ran.returncode, {f["part"]: f for f in said["findings"]}


def amiss(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {part: f["state"] for part, f in found.items() if f["state"] != "ok"}


def test_a_sound_home_with_and_without_its_server(tmp_path: Path) -> None:
    """Nothing is wrong, whether looked at from outside or through the server that runs."""
    home = copied_home(tmp_path / "home")
    code, found = doctor(home)
    assert (code, amiss(found)) == (0, {}), found
    assert {
        "python",
        "zones",
        "settings",
        "rules",
        "port",
        "home",
        "disk",
        "database",
        "schema",
        "embedder",
        "base",
        "index",
        "model",
    } <= found.keys()
    with a_server(home, "serve", PORT=(port := str(free_port()))):
        code, found = doctor(home, PORT=port)
        assert (code, amiss(found)) == (0, {}), found
        assert "process" in found["server"]["said"] and "ours" in found["port"]["said"]
        assert {"database", "schema", "embedder", "index", "model", "disk"} <= found.keys()


def test_nothing_is_there_yet(tmp_path: Path) -> None:
    """A machine that has never run it is told what makes the home, and none is made by looking."""
    code, found = doctor(tmp_path / "home")
    assert (code, amiss(found)) == (1, {"home": "look"}) and "concierge serve" in found["home"]["do"]
    assert not (tmp_path / "home").exists()


def test_an_index_that_is_gone_or_behind(tmp_path: Path) -> None:
    """Both are mended by the next start, and said so."""
    home = copied_home(tmp_path / "home")
    shutil.rmtree(home / "index")
    code, found = doctor(home)
    assert (code, amiss(found)) == (1, {"index": "look"}) and "next start" in found["index"]["do"]


def test_tables_of_an_older_version_and_another_embedder(tmp_path: Path) -> None:
    """A step that is behind is something to look at; vectors of another model mean that it cannot run."""
    home = copied_home(tmp_path / "home")
    with sqlite3.connect(home / "concierge.sqlite3") as base:
        base.execute("update alembic_version set version_num = '0001'")
        base.execute("update base set model = 'another-model'")
    code, found = doctor(home)
    assert code == 2 and found["schema"]["state"] == "look" and found["embedder"]["state"] == "down"
    assert "0001" in found["schema"]["said"] and "another-model" in found["embedder"]["said"]


def test_what_keeps_it_from_running(tmp_path: Path) -> None:
    """A port in use, a database that does not answer, rules and settings that are not valid: each named, exit code 2."""
    home = tmp_path / "home"
    home.mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, found = doctor(home, CONCIERGE_PORT=str(taken.getsockname()[1]))
        assert code == 2 and found["port"]["state"] == "down" and "CONCIERGE_PORT" in found["port"]["do"]
    code, found = doctor(home, CONCIERGE_DATABASE_URL="postgresql+asyncpg://concierge:sesame@127.0.0.1:1/none")
    assert code == 2 and amiss(found) == {"database": "down"} and "sesame" not in json.dumps(found)
    (rules := tmp_path / "rules.yaml").write_text("rules: [{id: x}]", "utf-8")
    code, found = doctor(home, CONCIERGE_RULES=str(rules))
    assert code == 2 and found["rules"]["state"] == "down"
    code, found = doctor(home, CONCIERGE_ANSWER_AT="3")
    assert code == 2 and "CONCIERGE_ANSWER_AT" in found["settings"]["said"] and "database" not in found


def test_a_model_that_does_not_answer(tmp_path: Path) -> None:
    """It is something to look at only: answers are quotations meanwhile; its key is not told."""
    home = tmp_path / "home"
    home.mkdir()
    model = {"CONCIERGE_MODEL": "openai", "CONCIERGE_MODEL_NAME": "m", "CONCIERGE_MODEL_URL": f"http://127.0.0.1:{free_port()}/v1"}
    code, found = doctor(home, CONCIERGE_MODEL_KEY="sk-sesame-open", **model)
    assert code == 1 and found["model"]["state"] == "look" and "CONCIERGE_MODEL=quote" in found["model"]["do"]
    assert "sesame" not in json.dumps(found)


def test_a_home_that_another_process_holds(tmp_path: Path) -> None:
    """A process that has the lock but does not answer may be starting or stopping."""
    home = tmp_path / "home"
    home.mkdir()
    with FileLock(home / "lock"):
        ran = command("doctor", "--json", home=home, process=True, CONCIERGE_PORT=str(free_port()))
    found = {f["part"]: f for f in json.loads(ran.stdout)["findings"]}
    assert ran.returncode == 1 and found["home"]["state"] == "look" and "starting or stopping" in found["home"]["do"]


def test_it_speaks_both_languages(tmp_path: Path) -> None:
    """Sentences for people, in English or Chinese; another language is refused."""
    ran: subprocess.CompletedProcess[str] = command("doctor", "--lang", "zh", home=tmp_path / "home", CONCIERGE_PORT=str(free_port()))
    assert ran.returncode == 1 and "尚无主目录" in ran.stdout and "正常" in ran.stdout
    ran = command("doctor", home=tmp_path / "home", CONCIERGE_PORT=str(free_port()))
    assert "There is no home" in ran.stdout and "look " in ran.stdout
    assert command("doctor", "--lang", "fr", home=tmp_path / "home").returncode == 2
