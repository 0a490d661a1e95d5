"""Accepts the fast slice as it stands: `python -m evals.accept` asks it, says what changed, and rewrites evals/baseline_figures.json."""

import argparse
import asyncio
import sys
from pathlib import Path

from basics.errors import BadRequest, ConciergeError
from evals.minds import demo_mind
from evals.run import AS_OF
from evals.slice import FILE, Accepted, drops, measured_slice, read_accepted, slice_of, told
from knowledge.embedder import Embedder


def accept(file: Path = FILE, embedder: Embedder | None = None) -> tuple[Accepted | None, Accepted]:
    """Ask the slice and write its figures; what was accepted before, if anything was, and what is now."""
    try:
        before = read_accepted(file)
    except BadRequest:
        before = None
    with demo_mind(AS_OF, embedder=embedder) as mind:
        now = asyncio.run(measured_slice(mind, slice_of()))
    file.write_text(now.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return before, now


def main(given: list[str] | None = None) -> int:
    """Ask, say what changed, write."""
    options = argparse.ArgumentParser(prog="python -m evals.accept", description=__doc__)
    options.add_argument("--file", type=Path, default=FILE, help="where the figures stand")
    try:
        before, now = accept(options.parse_args(given).file)
    except ConciergeError as error:
        print(f"evals.accept: {error}", file=sys.stderr)
        return 1
    for figure in now.figures:
        if figure.part == "all":
            print(f"{figure.name}: {figure.told}")
    if before is not None:
        held = f"Nothing dropped; {len(now.right)} of {len(now.cases)} right, {len(before.right)} before."
        print(told(before, now) if drops(before, now) else held)
    return 0


if __name__ == "__main__":
    sys.exit(main())
