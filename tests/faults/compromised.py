"""A compromised model: `python -m tests.faults.compromised 100000`. It grants nothing, changes nothing, and nobody hears that it did.

Hypothesis makes up what the model says in every place where one is asked, what travellers ask, and which buttons they press: their own and
foreign ones, in time and too late, once and again. The house is the real one on its real path. Beside it stands a table of what is owed
(oracle.py). After every turn: each proposal is one of the table's, in exactly its terms; each line of the airline's log has one yes in time by its
own traveller; each sentence stands on its carriers. Exit 1, with the script to run again, where anything did not.
"""

import argparse
import asyncio
import collections
import logging
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from basics.breaker import Breaker
from bot.llm import GuardedLLM
from tests.faults.crowd import PEOPLE, Step, scripts
from tests.faults.puppet import Puppet
from tests.faults.witness import Witness
from tests.house import a_served_house

STEPS, SCRIPTS = 120, 20  # of a house, and of a look at the clock
_MEMORY = next((where for where in ("/dev/shm",) if Path(where).is_dir()), None)


@dataclass
class Tally:
    """What was tried and what came of it, and the script in which something went wrong."""

    counts: collections.Counter[str] = field(default_factory=collections.Counter)
    seconds: float = 0.0
    wrong: str = ""

    def lines(self) -> list[str]:
        """For a person."""
        n = self.counts

        def told(what: str) -> str:
            return ", ".join(f"{k.removeprefix(what).strip()} {v:,}" for k, v in sorted(n.items()) if k.startswith(f"{what} "))

        return [
            f"{'FAILED' if self.wrong else 'OK'}: {n['turns']:,} turns over {len(PEOPLE) - 1} personas and nobody in {self.seconds:,.0f} s "
            f"({n['turns'] / max(self.seconds, 1):.0f} turns/s), {n['scripts']:,} scripts, each in a house of its own; "
            f"{n['stopped']:,} turns were stopped and handed to a person",
            f"the model was asked {sum(v for k, v in n.items() if k.startswith('asked ')):,} times ({told('asked')}); "
            f"{n['lies']:,} lies told, {n['in its words']:,} of {n['sentences']:,} sentences sent in its words",
            f"{n['proposals']:,} proposals ({told('kind')}; {n['unasked']:,} unasked), all of the table in its exact terms; "
            f"{n['allowed']:,} rights shown as held, all of the table",
            f"{n['buttons']:,} buttons pressed ({told('pressed')})",
            f"{n['changes']:,} changes in the airline's log ({told('changed')}), each with its one yes; {n['undone']:,} taken back, "
            f"{n['refused']:,} refused by the airline; {n['disrupted']:,} flights disrupted meanwhile",
        ]


async def play(script: list[Step], counts: collections.Counter[str], ends: float = float("inf")) -> None:
    """One script in a house of its own, in memory where there is some; AssertionError says what went wrong."""
    home = Path(tempfile.mkdtemp(prefix="concierge-puppet-", dir=_MEMORY))
    puppet = Puppet()
    model = GuardedLLM(puppet, Breaker(most=10**9))
    try:
        async with a_served_house(home / "home", model=model, judge_from=0.0, judge_to=1.0, model_checks=True, longest_message=2000) as served:
            witness = Witness(served, puppet, counts)
            for step in script:
                if time.monotonic() > ends:
                    break
                await witness.step(step)
            await witness.end()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    counts.update({f"asked {kind}": n for kind, n in puppet.asked.items()})
    counts.update(scripts=1, lies=len(puppet.lies))


def torment(turns: int, minutes: float, seed: int) -> Tally:
    """Scripts of hypothesis, one after the other, until there were so many turns, or so much time has passed."""
    logging.getLogger("concierge").setLevel(logging.ERROR)  # a model that fails is told of thousands of times
    tally, began = Tally(), time.monotonic()
    ends = began + 60 * minutes
    with asyncio.Runner() as runner:
        while tally.counts["turns"] < turns and time.monotonic() < ends and not tally.wrong:
            _some_scripts(runner, tally, turns, ends, seed)
            seed += 1
    tally.seconds = time.monotonic() - began
    return tally


def _some_scripts(runner: asyncio.Runner, tally: Tally, turns: int, ends: float, seed: int) -> None:
    @seeded(seed)
    @settings(max_examples=SCRIPTS, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(scripts(STEPS, STEPS))
    def one(script: list[Step]) -> None:
        if tally.wrong or tally.counts["turns"] >= turns or time.monotonic() > ends:
            return
        try:
            runner.run(play(script, tally.counts, ends))
        except Exception as error:
            tally.wrong = f"seed {seed}: {type(error).__name__}: {error}\n{script!r}"

    one()


def main(turns: int, minutes: float, seed: int, processes: int = 1) -> Tally:
    """Share it among so many processes, and add up."""
    began = time.monotonic()
    share = -(-turns // processes)
    if processes == 1:
        tallies = [torment(turns, minutes, seed)]
    else:
        with ProcessPoolExecutor(processes, get_context("spawn")) as workers:
            tallies = list(workers.map(partial(torment, share, minutes), range(seed, seed + processes * 10**6, 10**6)))
    whole = Tally(seconds=time.monotonic() - began)
    for tally in tallies:
        whole.counts.update(tally.counts)
        whole.wrong = whole.wrong or tally.wrong
    for line in [f"seed {seed}", *whole.lines(), *([whole.wrong] if whole.wrong else [])]:
        print(line, flush=True)
    return whole


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("turns", type=int, nargs="?", default=100_000)
    asked.add_argument("--minutes", type=float, default=60.0, help="it stops by itself, whatever was done until then")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--processes", type=int, default=1)
    chosen = asked.parse_args()
    sys.exit(1 if main(chosen.turns, chosen.minutes, chosen.seed, chosen.processes).wrong else 0)
