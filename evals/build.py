"""Builds documents and questions with certain labels out of public data: `python -m evals.build NAME --out DIR [--seed N]`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from basics.errors import ConciergeError
from evals.builders import laws, outside, places, regulation, strange
from evals.builders.built import Built, write

BUILDERS: dict[str, Callable[[int], Built]] = {one.NAME: one.build for one in (places, laws, regulation, outside)} | strange.BUILDERS


def main(given: list[str] | None = None) -> int:
    """Build one set and say what is in it."""
    options = argparse.ArgumentParser(prog="python -m evals.build", description=__doc__)
    options.add_argument("name", choices=sorted(BUILDERS))
    options.add_argument("--out", type=Path, required=True, help="folder for docs.jsonl and questions.jsonl")
    options.add_argument("--seed", type=int, default=0, help="another number removes other articles")
    asked = options.parse_args(given)
    built = BUILDERS[asked.name](asked.seed)
    try:
        docs, questions = write(built, asked.out)
    except ConciergeError as error:
        print(f"evals.build: {error}", file=sys.stderr)
        return 1
    can = sum(case.answerable for case in built.cases)
    print(f"{built.name}: {len(built.docs)} documents, {len(built.cases)} questions, {can} answerable, {len(built.cases) - can} not")
    print(f"{docs}\n{questions}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
