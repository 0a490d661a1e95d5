"""Any one part killed and started again while people chat: `python -m tests.faults.restarts --chats 20`. Nothing accepted is lost.

A site of its own (two workers, PostgreSQL, Redis, Chroma). Each chat asks like the widget: a message that got no whole answer is sent again
with the same id until it got one. Told for each part: after how long somebody was answered again, and everybody; then every conversation is
read and compared with what its traveller knows to be accepted.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.faults.kills import Talk, look
from tests.faults.site import PARTS, Site, a_site
from tests.house import Chat, frames

QUESTIONS = (
    "How many bags can I check in?",
    "我可以免费托运几件行李？",
    "May I take a power bank on board?",
    "What does a refund cost?",
    "航班延误有什么补偿？",
)
_SEND_AGAIN = 0.5  # seconds, as the widget begins
_BEFORE, _AFTER, _LONGEST = 4.0, 2.0, 40.0  # seconds
RECOVERED = 10.0  # seconds in which everybody must be answered again


@dataclass
class Restart:
    """What a restart of one part did to the chats; times in seconds after the kill, nan where it never came."""

    part: str
    first: float
    everybody: float
    turns: int
    again: int
    accepted: int
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person."""
        verdict = "FAILED" if self.wrong or not self.everybody <= RECOVERED else "OK"
        return (
            f"{verdict}: {self.part:<9} somebody answered after {self.first:4.1f} s, everybody after {self.everybody:4.1f} s; "
            f"{self.turns} turns, {self.accepted} messages accepted, {self.again} sent again, {len(self.wrong)} wrong"
        )


@dataclass
class _Crowd:
    """People who chat until they are told to stop."""

    address: str
    talks: list[Talk] = field(default_factory=list)
    ended: list[tuple[int, float, float]] = field(default_factory=list)  # who, last sent, ended
    _sent_at: dict[int, float] = field(default_factory=dict)
    again: int = 0
    refused: list[str] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def chat(self, n: int) -> None:
        """One of them: asks, thinks a little, asks on."""
        chance, talk = random.Random(n), None
        async with httpx.AsyncClient(base_url=self.address, timeout=30) as http:
            for i in range(100_000):
                if self.stop.is_set():
                    return
                talk = talk or await self._open(http)
                if talk is None:
                    return
                if await self._ask(talk, f"{n}-{i}", chance.choice(QUESTIONS)):
                    self.ended.append((n, self._sent_at[n], time.monotonic()))
                elif not self.stop.is_set():
                    talk = None  # a person has this one now
                await asyncio.sleep(chance.uniform(0.3, 0.9))

    async def _open(self, http: httpx.AsyncClient) -> Talk | None:
        while not self.stop.is_set():
            try:
                answer = await http.post("/v1/conversations", json={})
                if answer.status_code == 201:
                    self.talks.append(Talk(Chat(http, answer.json())))
                    return self.talks[-1]
                self._note(answer.status_code, answer.text)
            except httpx.HTTPError:
                pass
            await asyncio.sleep(_SEND_AGAIN)
        return None

    async def _ask(self, talk: Talk, client_id: str, text: str) -> bool:
        """Send until there is a whole answer; False if a person has the floor, or at the end of the day."""
        talk.doubtful[client_id] = text
        while True:
            self._sent_at[int(client_id.partition("-")[0])] = time.monotonic()
            kinds = await self._post(talk, client_id, text)
            if "message" in kinds:
                talk.sent[client_id] = text
            if {"reply", "handoff"} & set(kinds):
                return "handoff" not in kinds
            if self.stop.is_set():
                return False
            self.again += 1
            await asyncio.sleep(_SEND_AGAIN)

    async def _post(self, talk: Talk, client_id: str, text: str) -> list[str]:
        body, heard = {"text": text, "client_msg_id": client_id}, ""
        headers = talk.chat.headers | {"Accept": "text/event-stream"}
        try:
            async with talk.chat.http.stream("POST", f"/v1/conversations/{talk.chat.id}/messages", json=body, headers=headers) as answer:
                async for piece in answer.aiter_text():
                    heard += piece
                if answer.status_code != 200:
                    self._note(answer.status_code, heard)
                    return []
        except httpx.HTTPError:
            pass
        whole, _, _ = heard.rpartition("\n\n")
        return [e.kind for e in frames(whole)]

    def _note(self, status: int, said: str) -> None:
        if status != 503 or '"unavailable"' not in said:
            self.refused.append(f"{status} {said[:200]}")


async def restart(site: Site, part: str, chats: int) -> Restart:
    """Kill one part under so many chats, start it again at once, and look at everything afterwards."""
    crowd = _Crowd(site.address)
    people = [asyncio.create_task(crowd.chat(n)) for n in range(chats)]
    await asyncio.sleep(_BEFORE)
    killed = time.monotonic()
    await asyncio.to_thread(site.kill, part)
    await asyncio.to_thread(site.start, part)
    after: dict[int, float] = {}
    while len(after) < chats and time.monotonic() - killed < _LONGEST:
        await asyncio.sleep(0.05)
        for who, sent, ended in crowd.ended:
            if sent > killed:  # what was under way may have been answered by a part that had not died yet
                after.setdefault(who, ended - killed)
    await asyncio.sleep(_AFTER)
    crowd.stop.set()
    await asyncio.gather(*people)
    await asyncio.to_thread(site.wait_for_server)
    wrong = list(crowd.refused)
    async with httpx.AsyncClient(base_url=site.address, timeout=60) as http:
        for talk in crowd.talks:
            talk.chat.http = http
            wrong += await look(talk)
    everybody = max(after.values()) if len(after) == chats else float("nan")
    accepted = sum(len(talk.sent) for talk in crowd.talks)
    return Restart(part, min(after.values(), default=float("nan")), everybody, len(crowd.ended), crowd.again, accepted, wrong)


def main(chats: int, parts: tuple[str, ...] = PARTS) -> list[Restart]:
    """Restart each part in turn, print a line each, return what was found."""
    found = []
    with tempfile.TemporaryDirectory(prefix="concierge-site-", ignore_cleanup_errors=True) as folder, a_site(Path(folder)) as site:
        for part in parts:
            found.append(asyncio.run(restart(site, part, chats)))
            print(found[-1].line(), flush=True)
            for wrong in found[-1].wrong[:10]:
                print("   ", wrong, flush=True)
    return found


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--chats", type=int, default=20)
    asked.add_argument("parts", nargs="*", default=list(PARTS))
    given = asked.parse_args()
    sys.exit(1 if any(r.wrong or not r.everybody <= RECOVERED for r in main(given.chats, tuple(given.parts))) else 0)
