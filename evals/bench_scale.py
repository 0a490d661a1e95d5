"""`concierge bench turn --passages N`: a turn over a base of that size, in process and committed, beside the embedding of its question."""

import asyncio
import time
from collections import Counter
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console

from bot.assembly import House, assemble
from bot.base import put_windows
from bot.settings import DEMO_CONFIDENCE, Settings
from desk.conversation import Caller
from evals.bench_turn import QUESTIONS, Latency, searched
from evals.large_base import large_base
from evals.minds import err
from evals.served import temporary_home
from evals.totals import machine
from knowledge.embedder_packaged import Packaged
from knowledge.index_chroma import ChromaIndex
from knowledge.shelf import Shelf


class ScaleResult(BaseModel, frozen=True):
    """What was measured, on what. `ratio`: p50 of a turn over p50 of the embedding; `ratio_processor`: the same of the processor's time."""

    passages: int
    turn: Latency
    embedding: Latency
    ratio: float
    turn_processor: Latency
    embedding_processor: Latency
    ratio_processor: float
    decisions: dict[str, int]
    built_s: float
    machine: str


def run(passages: int, turns: int, as_json: bool) -> None:
    """Measure, and print."""
    result = measure(passages, turns)
    print(result.model_dump_json(indent=1)) if as_json else _show(result)


def measure(passages: int, turns: int) -> ScaleResult:
    """A house in a folder of its own, on a shelf of that many passages; each of the questions once unmeasured, then `turns` turns."""
    with temporary_home() as home:
        return asyncio.run(_measured(home, passages, turns))


async def _measured(home: Path, passages: int, turns: int) -> ScaleResult:
    since = time.perf_counter()
    embedder = Packaged()
    settings = Settings(home=home, confidence=DEMO_CONFIDENCE)
    house = assemble(settings, embedder=embedder, index=ChromaIndex(home / "index", embedder.fingerprint))
    await house.start(on_duty=False)
    try:
        err.print(f"Making a base of {passages:,} passages…", style="dim")
        shelf = await asyncio.to_thread(_shelf, house, passages)
        house.library.change_over(embedder, house.mind.index, shelf)  # a base that was never taken in: the store knows of none, and is asked of none
        built = time.perf_counter() - since
        timed = _Timed(house)
        for n in range(len(QUESTIONS) + turns):
            await timed.ask(QUESTIONS[n % len(QUESTIONS)], is_measured=n >= len(QUESTIONS))
    finally:
        await house.stop()
    turn, embedding, turn_cpu, embedding_cpu = map(Latency.of, (timed.turn, timed.embedding, timed.turn_cpu, timed.embedding_cpu))
    return ScaleResult(
        passages=len(shelf.passages),
        turn=turn,
        embedding=embedding,
        ratio=round(turn.p50 / embedding.p50, 2),
        turn_processor=turn_cpu,
        embedding_processor=embedding_cpu,
        ratio_processor=round(turn_cpu.p50 / embedding_cpu.p50, 2),
        decisions=dict(timed.decisions),
        built_s=round(built, 1),
        machine=machine(),
    )


def _shelf(house: House, passages: int) -> Shelf:
    articles, vectors = large_base(passages, house.mind.embedder.fingerprint)
    put_windows(house.mind.index, [p for _, ps in articles for p in ps], vectors)
    return Shelf(articles, vectors)


class _Timed:
    """Turns and embeddings of the same questions in turn: a busy neighbour slows both."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.turn: list[float] = []
        self.embedding: list[float] = []
        self.turn_cpu: list[float] = []
        self.embedding_cpu: list[float] = []
        self.decisions: Counter[str] = Counter()

    async def ask(self, question: str, is_measured: bool) -> None:
        """One question in a conversation of its own; then its embedding alone."""
        talk = self.house.concierge
        conversation, _ = await talk.open(Caller(), "en")
        wall, cpu = time.perf_counter(), time.process_time()
        reply = await talk.heard(await talk.say(conversation.id, question, "bench"))
        took = time.perf_counter() - wall, time.process_time() - cpu
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.to_thread(self.house.mind.embedder.question, searched(question))
        alone = time.perf_counter() - wall, time.process_time() - cpu
        if is_measured and reply is not None:
            self.decisions[reply.kind] += 1
            self.turn.append(took[0])
            self.turn_cpu.append(took[1])
            self.embedding.append(alone[0])
            self.embedding_cpu.append(alone[1])


def _show(r: ScaleResult) -> None:
    rows = (
        ("passages", f"{r.passages:,}, made in {r.built_s} s"),
        ("a turn, kept, in process", f"p50 {r.turn.p50} ms, p95 {r.turn.p95} ms ({r.turn.n} turns)"),
        ("embedding its question alone", f"p50 {r.embedding.p50} ms, p95 {r.embedding.p95} ms"),
        ("turn / embedding, p50", f"{r.ratio} (of the processor's time {r.ratio_processor})"),
        ("aim", "at most 3 over 2,000 passages, at most 2 over 100,000"),
        ("decisions", ", ".join(f"{n} {kind}" for kind, n in sorted(r.decisions.items()))),
        ("machine", r.machine),
    )
    out = Console()
    for name, value in rows:
        out.print(f"  {name:<32} {value}", highlight=False, markup=False, soft_wrap=True)
