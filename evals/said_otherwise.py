"""Development questions said once more in the other language: what a fit needs to be as sure of a draft in one language as in the other."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from evals.case import DEVELOPMENT, Case, read_cases
from evals.lines import read_lines

FILE = Path(__file__).with_name("data") / "said_otherwise.jsonl"


class _Otherwise(BaseModel, frozen=True, extra="forbid"):
    id: str
    question: str


def pairs_to_fit() -> Iterator[tuple[Case, Case]]:
    """Each case of the file with itself in the other language; of the other one only the question counts, for what it must say is not known."""
    known = {case.id: case for file in DEVELOPMENT for case in read_cases(file)}
    for _, said in read_lines(FILE, _Otherwise):
        case = known[said.id]
        yield case, case.model_copy(update={"lang": "zh" if case.lang == "en" else "en", "question": said.question, "must": (), "must_not": ()})
