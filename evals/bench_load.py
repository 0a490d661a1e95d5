"""`concierge bench load`: turns a second, time to the first event and to the end, with more and more chats at once; memory over many turns."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import cycle, islice

import httpx
import numpy as np
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from basics.errors import BadRequest, Unavailable
from basics.ids import new_id
from evals.bench_turn import QUESTIONS
from evals.minds import err
from evals.served import Served, served_by_workers, served_demo, temporary_home
from evals.stub_model import TOKENS_A_SECOND, stub_model
from evals.totals import machine

_EACH = 5  # turns of one conversation
_LONGEST = 120.0  # seconds


class Load(BaseModel, frozen=True):
    """What so many chats at once got. Times in seconds; `first` is the first event of a turn, `whole` its end."""

    chats: int
    turns: int
    a_second: float
    first_p50: float
    first_p95: float
    whole_p50: float
    whole_p95: float


class LoadResult(BaseModel, frozen=True):
    """Every load, and the server's memory before and after, in MB."""

    model: str
    database: str
    loads: tuple[Load, ...]
    memory_warm_mb: float
    memory_end_mb: float
    turns: int
    machine: str


@dataclass
class _Times:
    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def run(chats: str, turns: int, model: str, database: str, workers: int, long: int, as_json: bool) -> None:
    """Measure with a server of its own, and print."""
    try:
        many = [int(n) for n in chats.split(",")]
    except ValueError:
        raise BadRequest("--chats takes numbers with commas between them, such as 1,8,32.") from None
    if model not in ("quote", "stub") or turns < 1 or min(many) < 1:
        raise BadRequest("--model is quote or stub; --turns and --chats are at least 1.")
    if workers < 1 or (workers > 1 and not database):
        raise BadRequest("Several workers need --database with the URL of an empty PostgreSQL database.")
    result = measure(many, turns, model, database, workers, long)
    if as_json:
        print(result.model_dump_json(indent=1))
        return
    _show(result)


def measure(many: Sequence[int], turns: int, model: str, database: str, workers: int, long: int) -> LoadResult:
    """One server, and a Chroma server where it has several workers; each load with at least `turns` turns, then `long` turns more for the memory."""
    with temporary_home() as home, stub_model() if model == "stub" else nullcontext("") as url:
        more = {"CONCIERGE_DATABASE_URL": database} if database else {}
        if url:
            more |= {"CONCIERGE_MODEL": "openai", "CONCIERGE_MODEL_NAME": "stub", "CONCIERGE_MODEL_URL": url, "CONCIERGE_MODEL_KEY": "none"}
        err.print("Starting the server…", style="dim")
        with served_demo(home, more) if workers == 1 else served_by_workers(home, workers, more) as served:
            asyncio.run(_load(served, 2, 20))
            warm = served.memory_mb()
            loads = tuple(asyncio.run(_load(served, n, max(turns, 2 * n))) for n in many)
            if long:
                asyncio.run(_load(served, 8, long))
            return LoadResult(
                model=model if model == "quote" else f"stub at {TOKENS_A_SECOND:.0f} tokens/s",
                database=f"{database.split(':')[0].split('+')[0] or 'sqlite'}, {workers} worker{'s' if workers > 1 else ''}",
                loads=loads,
                memory_warm_mb=warm,
                memory_end_mb=served.memory_mb(),
                turns=sum(load.turns for load in loads) + long,
                machine=machine(),
            )


async def _load(served: Served, chats: int, turns: int) -> Load:
    times = _Times()
    limits = httpx.Limits(max_connections=chats + 10, max_keepalive_connections=chats + 10)
    async with httpx.AsyncClient(base_url=served.address, timeout=_LONGEST, limits=limits) as http:
        since = time.perf_counter()
        await asyncio.gather(*(_chat(http, times, turns // chats + (n < turns % chats), n) for n in range(chats)))
        took = time.perf_counter() - since
    first, whole = np.array(times.first), np.array(times.whole)
    return Load(
        chats=chats,
        turns=len(whole),
        a_second=round(len(whole) / took, 1),
        first_p50=round(float(np.percentile(first, 50)), 3),
        first_p95=round(float(np.percentile(first, 95)), 3),
        whole_p50=round(float(np.percentile(whole, 50)), 3),
        whole_p95=round(float(np.percentile(whole, 95)), 3),
    )


async def _chat(http: httpx.AsyncClient, times: _Times, turns: int, place: int) -> None:
    headers, path = {}, ""
    for n, question in enumerate(islice(cycle(QUESTIONS), place, place + turns)):
        if n % _EACH == 0:
            opened = await http.post("/v1/conversations", json={})
            if opened.status_code != 201:
                raise Unavailable(f"The server refused a conversation ({opened.status_code}). Nothing was measured.")
            headers = {"Authorization": f"Bearer {opened.json()['token']}", "Accept": "text/event-stream"}
            path = f"/v1/conversations/{opened.json()['id']}/messages"
        since, first, ended = time.perf_counter(), 0.0, False
        async with http.stream("POST", path, json={"text": question, "client_msg_id": new_id("bench")}, headers=headers) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event: sentence") and not first:
                    first = time.perf_counter() - since
                ended |= line.startswith("event: done")
        if not ended:
            raise Unavailable("A turn did not end. Nothing was measured.")
        times.whole.append(time.perf_counter() - since)
        times.first.append(first or times.whole[-1])


def _show(result: LoadResult) -> None:
    table = Table(
        "chats at once", "turns", "a second", "first sentence p50 / p95", "whole turn p50 / p95", title=f"{result.model}, {result.database}"
    )
    for load in result.loads:
        table.add_row(
            f"{load.chats}",
            f"{load.turns}",
            f"{load.a_second}",
            f"{load.first_p50:.2f} / {load.first_p95:.2f} s",
            f"{load.whole_p50:.2f} / {load.whole_p95:.2f} s",
        )
    console = Console()
    console.print(table)
    grown = (result.memory_end_mb / result.memory_warm_mb - 1) * 100
    console.print(f"memory {result.memory_warm_mb} MB warm, {result.memory_end_mb} MB after {result.turns} turns ({grown:+.1f} %); {result.machine}")
