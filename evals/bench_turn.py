"""`concierge bench turn`: how long a turn takes over HTTP, commits included, beside the query embedding alone and a plain search."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

import httpx
import numpy as np
from pydantic import BaseModel
from rich.console import Console

from basics.errors import BadRequest, Unavailable
from basics.ids import new_id
from bot.library import SHIPPED
from bot.understand import likely_search
from evals.minds import err
from evals.served import Served, served_demo, temporary_home
from evals.totals import machine
from knowledge.embedder import Embedder
from knowledge.embedder_packaged import Packaged
from knowledge.index_chroma import ChromaIndex
from knowledge.terms import script_of

# Asked in turn. Answers, all of them: a hand-off would open a ticket and the conversation would wait for a person.
QUESTIONS = (
    "How many bags can I check in?",
    "How many power banks may I take into the cabin?",
    "我可以托运几件行李？",
    "Who may sit in an exit row?",
    "什么样的企业可以加入 Compass？",
    "How do I get a fapiao?",
    "退票款多久到账？",
    "How do I pack a surfboard?",
    "充电宝可以带上飞机吗？",
    "What do I get when my flight is delayed for more than 4 hours?",
    "手机和充电宝能托运吗？",
    "Until which week of pregnancy may I fly?",
)
_WHO = ("anonymous", "lin-gold")  # a visitor, and a traveller whose card, booking and rights are looked up in every turn
_TURNS_EACH = 4  # turns of a conversation before the next one is opened


class Latency(BaseModel, frozen=True):
    """Milliseconds: half are faster than p50, 95 of 100 faster than p95; `n` measured."""

    p50: float
    p95: float
    n: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Latency":
        """From durations in seconds."""
        p50, p95 = np.percentile(np.asarray(seconds) * 1000, [50, 95])
        return cls(p50=round(float(p50), 1), p95=round(float(p95), 1), n=len(seconds))


class TurnResult(BaseModel, frozen=True):
    """What was measured, on what. `ratio` is the p50 of a turn with one chat over the p50 of embedding the question alone."""

    one_chat: Latency
    many_chats: Latency
    chats: int
    turns_per_second: float
    embedding: Latency
    plain_search: Latency
    ratio: float
    ratio_to_plain_search: float
    decisions: dict[str, int]
    first_answer_s: float
    vectors_shipped: bool
    memory_mb_idle: float
    memory_mb_after: float
    commits: str = "every turn is committed before it is heard: SQLite, WAL, synchronous=FULL, a file on disk"
    machine: str


@dataclass
class _Chats:
    """Conversations opened as they are needed, every turn of them timed."""

    http: httpx.AsyncClient
    seconds: list[float] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)

    async def talk(self, questions: Sequence[str], who: str) -> None:
        """One conversation; left for another as soon as it does not end in an answer."""
        headers, path = await self._opened(who)
        for question in questions:
            since = time.perf_counter()
            reply = await self.http.post(path, json={"text": question, "client_msg_id": new_id("bench")}, headers=headers)
            self.seconds.append(time.perf_counter() - since)
            said = _checked(reply)
            self.decisions[said["kind"]] += 1
            if said["kind"] != "answer":
                headers, path = await self._opened(who)

    async def _opened(self, who: str) -> tuple[dict[str, str], str]:
        identity = _checked(await self.http.post("/v1/demo/token", json={"as": who}))["identity"]
        opened = _checked(await self.http.post("/v1/conversations", json={"identity": identity}))
        return {"Authorization": f"Bearer {opened['token']}"}, f"/v1/conversations/{opened['id']}/messages"


def run(chats: int, turns: int, as_json: bool) -> None:
    """Measure with a server of its own, and print."""
    if chats < 1 or turns < 1:
        raise BadRequest("--chats and --turns must be at least 1.")
    result = measure(chats, turns)
    if as_json:
        print(result.model_dump_json(indent=1))
        return
    _show(result)


def measure(chats: int, turns: int) -> TurnResult:
    """One server: first answer, warm up, one chat beside the embedding alone, many chats; then the plain search over the index it left."""
    embedder = Packaged()
    with temporary_home() as home:
        err.print("Starting the server…", style="dim")
        with served_demo(home) as served:
            talked = asyncio.run(_talk(served, chats, turns, embedder))
            after = served.memory_mb()
        plain = _plain_search(ChromaIndex(home / "index", embedder.fingerprint), embedder, turns)
    one, many, embedding = Latency.of(talked.one.seconds), Latency.of(talked.many.seconds), Latency.of(talked.embedding)
    return TurnResult(
        one_chat=one,
        many_chats=many,
        chats=chats,
        turns_per_second=round(len(talked.many.seconds) / talked.many_took, 1),
        embedding=embedding,
        plain_search=plain,
        ratio=round(one.p50 / embedding.p50, 2),
        ratio_to_plain_search=round(one.p50 / plain.p50, 2),
        decisions=dict(talked.one.decisions + talked.many.decisions),
        first_answer_s=round(talked.first_answer, 1),
        vectors_shipped=SHIPPED.exists(),
        memory_mb_idle=talked.memory_idle,
        memory_mb_after=after,
        machine=machine(),
    )


@dataclass
class _Talked:
    one: _Chats
    many: _Chats
    embedding: list[float]
    first_answer: float
    memory_idle: float
    many_took: float


async def _talk(served: Served, chats: int, turns: int, embedder: Embedder) -> _Talked:
    async with httpx.AsyncClient(base_url=served.address, timeout=60, headers={"Accept": "application/json"}) as http:
        warm = _Chats(http)
        await warm.talk(QUESTIONS[:1], "anonymous")
        first, memory = time.perf_counter() - served.started, served.memory_mb()
        for who in _WHO:
            await warm.talk(QUESTIONS, who)
        _embedded(embedder, QUESTIONS)
        one, embedding = _Chats(http), []
        for who, questions in _conversations(turns, 0):
            await one.talk(questions, who)
            # The same questions at the same time of day: a busy neighbour slows both. The server idles meanwhile.
            embedding += _embedded(embedder, questions)
        many = _Chats(http)
        since = time.perf_counter()
        await asyncio.gather(*(_one_of_many(many, turns, n) for n in range(chats)))
        return _Talked(one, many, embedding, first, memory, time.perf_counter() - since)


async def _one_of_many(many: _Chats, turns: int, place: int) -> None:
    for who, questions in _conversations(turns, place):
        await many.talk(questions, who)


def _conversations(turns: int, place: int) -> Iterator[tuple[str, Sequence[str]]]:
    """Who talks and what they ask, `turns` in all; chats at different places ask different things at once."""
    asked = list(islice(cycle(QUESTIONS), place, place + turns))
    for n, at in enumerate(range(0, turns, _TURNS_EACH)):
        yield _WHO[(n + place) % len(_WHO)], asked[at : at + _TURNS_EACH]


def searched(question: str) -> str:
    """What a visitor's turn embeds for a question: itself (of a long message the part that asks)."""
    return likely_search(question)


def _embedded(embedder: Embedder, questions: Sequence[str]) -> list[float]:
    """Seconds of embedding each question, in this process."""
    out = []
    for text in map(searched, questions):
        since = time.perf_counter()
        embedder.question(text)
        out.append(time.perf_counter() - since)
    return out


def _plain_search(index: ChromaIndex, embedder: Embedder, turns: int) -> Latency:
    """Embed and ask Chroma, no more: the least that any answer over these articles costs."""
    seconds = []
    for question in (*QUESTIONS, *islice(cycle(QUESTIONS), turns)):
        since = time.perf_counter()
        index.nearest(script_of(question), embedder.question(searched(question)), 8)
        seconds.append(time.perf_counter() - since)
    return Latency.of(seconds[len(QUESTIONS) :])  # the first round warms up


def _checked(answer: httpx.Response) -> dict[str, str]:
    if answer.is_error:
        raise Unavailable(f"The server answered {answer.status_code} to {answer.request.url.path}: {answer.text[:300]}. The measurement was stopped.")
    said: dict[str, str] = answer.json()
    return said


def _show(r: TurnResult) -> None:
    out = Console()
    speed = f"{r.many_chats.n} turns, {r.turns_per_second} a second"
    rows = (
        ("a turn, 1 chat", f"p50 {r.one_chat.p50} ms, p95 {r.one_chat.p95} ms ({r.one_chat.n} turns)"),
        (
            f"a turn, {r.chats} chats at once",
            f"p50 {r.many_chats.p50} ms, p95 {r.many_chats.p95} ms ({speed})",
        ),
        ("embedding alone, what these turns embed", f"p50 {r.embedding.p50} ms, p95 {r.embedding.p95} ms"),
        ("embedding and Chroma alone", f"p50 {r.plain_search.p50} ms, p95 {r.plain_search.p95} ms"),
        ("turn / embedding, 1 chat, p50", f"{r.ratio} (aim: at most 4); turn / plain search {r.ratio_to_plain_search}"),
        ("commits", r.commits),
        ("decisions", ", ".join(f"{n} {kind}" for kind, n in sorted(r.decisions.items()))),
        ("start to first answer", f"{r.first_answer_s} s{'' if r.vectors_shipped else ' (no vectors shipped: the articles were embedded first)'}"),
        ("memory of the server", f"{r.memory_mb_idle} MB after the first answer, {r.memory_mb_after} MB at the end"),
        ("machine", r.machine),
    )
    for name, value in rows:
        out.print(f"  {name:<32} {value}", highlight=False, markup=False, soft_wrap=True)
