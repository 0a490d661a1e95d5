"""A built set: documents, and questions whose labels follow from how they were made; written as files that `bench rag` and `eval` read."""

import json
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel

from basics.errors import BadRequest
from basics.words import Lang
from evals.builders.alike import Alike
from evals.case import Case
from evals.docs import Doc
from knowledge.sentences import sentence_spans

DATA = Path(__file__).resolve().parent.parent / "data"
REMOVED = 0.35  # of the articles: their questions have no answer, for certain


class Built(BaseModel, frozen=True):
    """Documents and questions; `articles` of a case are document ids, `must` the sentence that answers."""

    name: str
    docs: tuple[Doc, ...]
    cases: tuple[Case, ...]


class Candidate(BaseModel, frozen=True):
    """A question made from one sentence of one document, and by which rule."""

    doc: str
    sentence: str
    question: str
    rule: str


def rows_of(file: str) -> list[dict[str, Any]]:
    """The rows of a file of evals/data."""
    return [json.loads(line) for line in (DATA / file).read_text(encoding="utf-8").splitlines() if line.strip()]


def sentences_of(text: str) -> list[str]:
    """Every sentence of a text, line by line: none goes on over the end of a line."""
    return [line[begin:end] for line in text.split("\n") for begin, end in sentence_spans(line)]


def without_some(name: str, lang: Lang, docs: list[Doc], candidates: list[Candidate], random: Random) -> Built:
    """The set with a random part of its documents removed: what only they answered is unanswerable, though their neighbours stay.

    A question is used only if no sentence of another document says much the same as its answer: else neither label would be certain.
    """
    alike = Alike({str(doc.id): sentences_of(doc.text) for doc in docs})
    asked: dict[str, Candidate] = {}
    for one in candidates:
        if not alike.elsewhere(one.sentence, one.doc):
            asked.setdefault(one.question, one)
    ids = sorted({str(doc.id) for doc in docs})
    removed = set(random.sample(ids, round(len(ids) * REMOVED)))
    cases = tuple(
        Case(
            id=f"{name}-{n:04}",
            lang=lang,
            question=one.question,
            answerable=one.doc not in removed,
            near_miss=one.doc in removed,
            articles=() if one.doc in removed else (one.doc,),
            must=() if one.doc in removed else ((one.sentence,),),
            why=f"{one.rule}: {one.doc}" + (", which was removed" if one.doc in removed else ""),
        )
        for n, one in enumerate(asked.values(), start=1)
    )
    return Built(name=name, docs=tuple(doc for doc in docs if str(doc.id) not in removed), cases=cases)


def write(built: Built, folder: Path) -> tuple[Path, Path]:
    """docs.jsonl and questions.jsonl in the folder; BadRequest if it cannot be written to."""
    docs, questions = folder / "docs.jsonl", folder / "questions.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        docs.write_text("".join(_line(doc.model_dump()) for doc in built.docs), encoding="utf-8")
        questions.write_text("".join(_line(case.model_dump(mode="json", by_alias=True)) for case in built.cases), encoding="utf-8")
    except OSError as wrong:
        raise BadRequest(f"{folder} cannot be written to: {wrong.strerror}. Nothing was built.") from None
    return docs, questions


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
