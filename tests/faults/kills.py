"""Kill -9, spread over turns and confirms: `python -m tests.faults.kills 50`. Nothing acknowledged is lost, nothing is said or done twice.

A real server process in a home of its own; each round kills it at a random moment of a turn (or of a confirm), starts it again on the same
home, and reads the events: every acknowledged message is there, each is answered by one whole reply or a hand-off, no number is missing,
no sentence stands twice, and the airline's log holds one line for each receipt.
"""

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from basics.clock import system_clock
from tests.house import Chat, Event, ServerProcess, copied_home, host_jwt, log_of

QUESTIONS = (
    "How many bags can I check in?", "我可以免费托运几件行李？", "May I take a power bank on board?", "hello", "转人工", "What does a refund cost?",
)  # fmt: skip
CHANGE = "Can I change my return flight?"


@dataclass
class Tally:
    """What was tried, and what was found wrong."""

    kills: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0
    resumed: int = 0
    confirms: int = 0
    unheard: int = 0
    receipts: int = 0
    restart_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def line(self, seconds: float) -> str:
        """One line for a person, one fact each."""
        restarts = sorted(self.restart_s) or [0.0]
        return "; ".join(
            (
                f"{'FAILED' if self.wrong else 'OK'}: {self.kills} kills in {seconds:.0f} s",
                f"{self.acknowledged} messages acknowledged before the kill ({self.resumed} of them answered after the restart)",
                f"{self.unacknowledged} not acknowledged",
                f"{self.confirms} kills around a confirm ({self.unheard} before a receipt was heard), {self.receipts} receipts",
                f"ready again after {restarts[len(restarts) // 2]:.1f} s (median), {restarts[-1]:.1f} s (worst)",
                f"{len(self.wrong)} wrong",
            )
        )


@dataclass
class Talk:
    """A conversation that lives through kills, with what its traveller knows to be kept."""

    chat: Chat
    sent: dict[str, str] = field(default_factory=dict)  # acknowledged: client id -> text
    doubtful: dict[str, str] = field(default_factory=dict)  # sent, never acknowledged: may be there or not


async def rounds(kills: int, folder: Path, seed: int) -> Tally:
    """Kill as often as told, look after each, and tell what was found."""
    chance, tally = random.Random(seed), Tally()
    home = copied_home(folder / "home")
    server = await _up(home)
    turn_s = await _usual_turn(server)
    talks: list[Talk] = []
    try:
        for n in range(kills):
            if n % 3 == 2:
                wrong = await _change_round(folder / f"change-{n}", chance, tally)
            else:
                async with httpx.AsyncClient(base_url=server.address, timeout=30) as http:
                    await _say_and_kill(server, await _talk(http, talks, chance), f"k{n}", chance, tally, turn_s)
                server = await _again(home, tally)
                async with httpx.AsyncClient(base_url=server.address, timeout=60) as http:
                    wrong = [w for talk in talks[-3:] for w in await look(_on(talk, http))]
            tally.kills += 1
            tally.wrong += [f"kill {n}: {w}" for w in wrong]
            if tally.wrong:
                break
    finally:
        server.stop()
    return tally


async def _change_round(home: Path, chance: random.Random, tally: Tally) -> list[str]:
    """One kill around a confirm, in a home of its own, for a right holds once a booking."""
    server = await _up(copied_home(home))
    async with httpx.AsyncClient(base_url=server.address, timeout=30) as http:
        chat, proposal, heard = await _confirm_and_kill(server, http, chance, tally)
    server = await _again(home, tally)
    try:
        async with httpx.AsyncClient(base_url=server.address, timeout=60) as http:
            chat.http = http
            wrong = await _look_at_change(home, chat, proposal, heard, tally)
    finally:
        server.kill()
    if not wrong:
        shutil.rmtree(home)
    return wrong


async def _again(home: Path, tally: Tally) -> ServerProcess:
    began = time.monotonic()
    server = await _up(home)
    tally.restart_s.append(time.monotonic() - began)
    return server


async def _up(home: Path) -> ServerProcess:
    server = ServerProcess(home, "serve", CONCIERGE_ANSWER_AT="0")
    await asyncio.to_thread(server.wait_until_ready)
    return server


async def _usual_turn(server: ServerProcess) -> float:
    async with httpx.AsyncClient(base_url=server.address, timeout=30) as http:
        chat = await _open(http, None)
        times = []
        for n in range(4):
            began = time.monotonic()
            await chat.say(QUESTIONS[0], f"w{n}")
            times.append(time.monotonic() - began)
    return sorted(times)[1]


async def _open(http: httpx.AsyncClient, who: str | None) -> Chat:
    body = {"identity": host_jwt(who, system_clock())} if who else {}
    return Chat(http, (await http.post("/v1/conversations", json=body)).json())


async def _talk(http: httpx.AsyncClient, talks: list[Talk], chance: random.Random) -> Talk:
    """Go on with the last conversation, or begin one."""
    if not talks or chance.random() < 0.5 or (await _on(talks[-1], http).chat.now())["state"] != "bot":
        talks.append(Talk(await _open(http, chance.choice([None, "chen-silver", "mary-admin"]))))
    return _on(talks[-1], http)


def _on(talk: Talk, http: httpx.AsyncClient) -> Talk:
    talk.chat.http = http
    return talk


async def _say_and_kill(server: ServerProcess, talk: Talk, client_id: str, chance: random.Random, tally: Tally, turn_s: float) -> None:
    """Post a message as a stream, kill at a random moment; acknowledged is what the stream showed before the end."""
    text, heard = chance.choice(QUESTIONS), [""]

    async def post() -> None:
        body, headers = {"text": text, "client_msg_id": client_id}, talk.chat.headers | {"Accept": "text/event-stream"}
        try:
            async with talk.chat.http.stream("POST", f"/v1/conversations/{talk.chat.id}/messages", json=body, headers=headers) as answer:
                async for piece in answer.aiter_text():
                    heard[0] += piece
        except httpx.HTTPError:
            pass

    posting = asyncio.create_task(post())
    await asyncio.sleep(chance.uniform(0, 1.2 * turn_s))
    await asyncio.to_thread(server.kill)
    await posting
    if "event: message" in heard[0]:
        tally.acknowledged += 1
        tally.resumed += "event: reply" not in heard[0]
        talk.sent[client_id] = text
    else:
        tally.unacknowledged += 1
        talk.doubtful[client_id] = text


async def _confirm_and_kill(server: ServerProcess, http: httpx.AsyncClient, chance: random.Random, tally: Tally) -> tuple[Chat, Any, list[Any]]:
    """Say yes to a proposal (three times at once), kill at a random moment; what was heard as a receipt must be the one that stands."""
    chat = await _open(http, "lin-gold")
    proposal = (await chat.say(CHANGE, "c"))["proposal"]
    assert proposal, "the demo's gold traveller holds the right"
    yeses = [asyncio.create_task(chat.try_to_confirm(proposal, f"y{i}")) for i in range(3)]
    await asyncio.sleep(chance.uniform(0, 0.12))
    await asyncio.to_thread(server.kill)
    tally.confirms += 1
    answers = await asyncio.gather(*yeses, return_exceptions=True)
    heard = [a.json() for a in answers if isinstance(a, httpx.Response) and a.status_code == 200]
    tally.unheard += not heard
    return chat, proposal, heard


async def _settled(chat: Chat) -> list[Event]:
    """The events once nothing is under way any more: every message of the traveller is behind a reply, or a person has the floor."""
    ends = time.monotonic() + 45
    while True:
        told = await chat.events()
        last_said = max((e.number or 0 for e in told if e.kind == "message"), default=0)
        spoken = max((e.number or 0 for e in told if e.kind in ("reply", "taken_over")), default=0)
        if spoken > last_said or not last_said or (await chat.now())["state"] != "bot" or time.monotonic() > ends:
            return told
        await asyncio.sleep(0.05)


async def look(talk: Talk) -> list[str]:
    """What is wrong with a conversation after a restart."""
    told = await _settled(talk.chat)
    wrong = []
    if [e.number for e in told] != list(range(1, len(told) + 1)):
        wrong.append(f"numbers {[e.number for e in told]}")
    kept = {e.data["client_msg_id"]: e.data["text"] for e in told if e.kind == "message"}
    if len(kept) != sum(e.kind == "message" for e in told):
        wrong.append("a message stands twice")
    wrong += [f"the acknowledged message {i} is lost" for i, text in talk.sent.items() if kept.get(i) != text]
    wrong += [f"an unknown message {i}" for i in kept if i not in talk.sent and i not in talk.doubtful]
    replies = [e.data for e in told if e.kind == "reply"]
    sentences = [(e.data["message_id"], e.data["index"]) for e in told if e.kind == "sentence"]
    if len(set(sentences)) != len(sentences):
        wrong.append("a sentence stands twice")
    expected = [(r["message_id"], n) for r in replies for n in range(len(r["sentences"]))]
    if sentences != expected:
        wrong.append("sentences without their whole reply, or a reply without its sentences")
    wrong += [f"a {r['kind']} reply without words" for r in replies if not r["text"]]
    wrong += ["a hand-off without its ticket" for r in replies if r["kind"] == "handoff" and not r["ticket"]]
    if len(replies) > len(kept):
        wrong.append(f"{len(replies)} replies to {len(kept)} messages")
    state = (await talk.chat.now())["state"]
    if told and told[-1].kind == "message" and state == "bot":
        wrong.append(f"the last message is not answered: {told[-1].data['text']!r}")
    return wrong


async def _look_at_change(home: Path, chat: Chat, proposal: Any, heard: list[Any], tally: Tally) -> list[str]:
    """What is wrong with a change after a restart: asking again gives the receipt that stands, and the airline changed once."""
    ends = time.monotonic() + 30
    while (answer := await chat.try_to_confirm(proposal, "again")).status_code == 503 and time.monotonic() < ends:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    if answer.status_code != 200:
        return [f"confirming again: {answer.status_code} {answer.text[:200]}"]
    receipt = answer.json()
    wrong = [f"a receipt was heard that does not stand: {r}" for r in heard if r != receipt]
    lines = [line for line in log_of(home) if line["key"] == proposal["id"]]
    if len(lines) != 1 or lines[0]["reference"] != receipt["reference"]:
        wrong.append(f"{len(lines)} lines in airline.log for one proposal")
    told = await chat.events()
    if [e.kind for e in told].count("receipt") != 1:
        wrong.append(f"{[e.kind for e in told].count('receipt')} receipts in the conversation")
    tally.receipts += 1
    return wrong


def main(kills: int, seed: int | None = None) -> Tally:
    """Run, print the result line, return what was found."""
    seed = seed if seed is not None else random.SystemRandom().randrange(10**6)
    folder = Path(tempfile.mkdtemp(prefix="concierge-kills-"))
    began = time.monotonic()
    tally = asyncio.run(rounds(kills, folder, seed))
    print(json.dumps({"seed": seed, "wrong": tally.wrong}) if tally.wrong else f"seed {seed}")
    print(tally.line(time.monotonic() - began), flush=True)
    if not tally.wrong:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"The home is kept for looking into: {folder}")
    return tally


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("kills", type=int, nargs="?", default=50)
    asked.add_argument("--seed", type=int)
    given = asked.parse_args()
    sys.exit(1 if main(given.kills, given.seed).wrong else 0)
