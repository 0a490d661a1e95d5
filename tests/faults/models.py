"""Every fault of a model, many times, with the real deadlines: `python -m tests.faults.models 100`.

Prints one line a fault; exit 1 if any turn went wrong.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from basics.breaker import Breaker
from desk.conversation import Caller
from knowledge.claims import claims_of
from tests.bot.a_model import FAULTS, ModelServer, a_model_server, guarded
from tests.house import a_house, log_of

QUESTIONS = (
    "How many bags can I check in?",
    "What can I ask for if my flight is delayed by more than 4 hours?",
    "退票要收多少手续费？",
    "充电宝可以带上飞机吗？",
)
AT_ONCE, LONGEST = 25, 25.0


async def _plain(home: Path) -> dict[str, set[tuple[str, str]]]:
    house = a_house(home)
    await house.start()
    said = {}
    for question in QUESTIONS:
        conversation, _ = await house.concierge.open(Caller(kind="traveller", traveller_id="lin-gold", tier="gold"), "en")
        reply = await house.concierge.reply(conversation.id, question)
        assert reply is not None
        said[question] = {(c.kind, c.value) for c in claims_of(reply.text, reply.lang)}
    await house.stop()
    return said


async def one_fault(server: ModelServer, fault: str, turns: int, plain: dict[str, set[tuple[str, str]]]) -> str:
    """All turns under one fault; the line to print, with WRONG in it where something was."""
    server.mode = fault
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        # A breaker that never opens: every single turn meets the fault.
        house = a_house(home, model=guarded(server, 6.0, 12.0, Breaker(most=10**9)), judge_from=0.0, judge_to=0.0)
        await house.start()
        gate, wrong, took = asyncio.Semaphore(AT_ONCE), [], []

        async def turn(n: int) -> None:
            question = QUESTIONS[n % len(QUESTIONS)]
            async with gate:
                conversation, _ = await house.concierge.open(Caller(kind="traveller", traveller_id="lin-gold", tier="gold"), "en")
                since = time.monotonic()
                try:
                    reply = await house.concierge.reply(conversation.id, question)
                except Exception as error:
                    wrong.append(f"{type(error).__name__} was shown")
                    return
                took.append(time.monotonic() - since)
            if reply is None or reply.kind not in ("answer", "clarify", "handoff"):
                wrong.append("no ending")
            elif extra := {(c.kind, c.value) for c in claims_of(reply.text, reply.lang)} - plain[question]:
                wrong.append(f"uncarried {sorted(extra)[:2]}")

        await asyncio.gather(*(turn(n) for n in range(turns)))
        changed = len(log_of(home))
        await house.stop()
    wrong += ["later than 25 s"] * sum(t > LONGEST for t in took) + ["changed something"] * changed
    took.sort()
    line = f"{fault:11} {turns} turns, {len(took) - len(wrong)} well; p50 {took[len(took) // 2]:.1f} s, slowest {took[-1]:.1f} s"
    return line + (f"; WRONG: {', '.join(sorted(set(wrong)))}" if wrong else "")


async def run(turns: int, faults: tuple[str, ...] = FAULTS) -> int:
    """Every fault in turn; 1 if any went wrong."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        plain = await _plain(Path(folder))
    for fault in faults:
        async with a_model_server() as server:
            line = await one_fault(server, fault, turns, plain)
        failed |= "WRONG" in line
        print(line, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 100, tuple(sys.argv[2:]) or FAULTS)))
