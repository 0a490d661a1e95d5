"""Step 7, words, where a model is there: the decided sentences in friendlier words, one by one, each grounded before it may be said.

What is not carried, comes late or does not come is said as it was quoted. Nothing here can change what was decided. Rules decide what is carried; a
judge may be asked as well (`CONCIERGE_MODEL_CHECKS`), and can only refuse what they let pass.
"""

import re
from collections.abc import AsyncIterator
from typing import Literal

from bot.ground import problem_of
from bot.llm import LLM, ModelFailed, Spent
from bot.prompt import Prompt, prompt
from bot.steps import Evidence, Thought
from desk.conversation import Sentence
from knowledge.terms import script_of

MOST_TOKENS = 600
How = Literal["model", "same", "refused", "quoted"]
"""Whose words a sentence has: the model's; else the quotation's: the model said the same, its words may not be said, or it gave none."""
_LINE = re.compile(r"^\s*\[?(\d{1,2})[\]\).:：]\s*(.+?)\s*$")
_LONGER = 1.8  # times the quoted sentence: what is much longer adds something
_SURE = 0.5  # of a judge's Yes
_MARKUP = re.compile(r"https?://|www\.|[<>{}|]|\]\(|\*\*|^#|`")


def can_be_reworded(thought: Thought) -> bool:
    """True where a quoted answer was decided; decisions of code, questions back and hand-offs keep their approved words."""
    return thought.decision.kind == "answer" and thought.draft.basis == "retrieved" and any(_is_prose(s) for s in thought.sentences)


def reword_prompt(thought: Thought) -> Prompt:
    """The question and the sentences that may be reworded, numbered by their place in the reply."""
    lines = [f"[{n}] {s.text}" for n, s in enumerate(thought.sentences, start=1) if _is_prose(s)]
    return prompt("reword", "\n".join([f"Question: {_one_line(thought.request.text)}", "", *lines]))


def carried_prompt(source: str, said: str) -> Prompt:
    """Does this sentence say only what its source says?"""
    return prompt("carried", f"Source: {_one_line(source)}\nSentence: {_one_line(said)}\nAnswer:")


async def reworded(thought: Thought, model: LLM, spent: Spent, checked: bool = False) -> AsyncIterator[tuple[Sentence, How]]:
    """Every sentence of the reply in order, and whose words it has; a quoted one is given as soon as its place is known to be passed.

    `checked`: the model is also asked whether its words say only what was quoted; without a Yes the quotation is said.
    """
    sentences = thought.sentences
    given = 0
    said: dict[int, str] = {}
    try:
        async for number, text in _lines(model.write(reword_prompt(thought), MOST_TOKENS, spent)):
            if not given < number <= len(sentences):
                continue
            said[number - 1] = text
            while given < number:
                worded, how = _worded(sentences[given], said.get(given), thought.evidence)
                doubtful = how == "model" and checked and not await _says_only(sentences[given], worded, model, spent)
                yield (sentences[given], "refused") if doubtful else (worded, how)
                given += 1
    except ModelFailed:
        pass  # counted and logged by the guard
    for sentence in sentences[given:]:
        yield sentence, "quoted"


def _worded(quoted: Sentence, text: str | None, evidence: Evidence) -> tuple[Sentence, How]:
    """The model's words for a sentence if they may be said, else the quoted ones."""
    if text is None or not _is_prose(quoted):
        return quoted, "quoted"
    if text == quoted.text:
        return quoted, "same"
    if len(text) > _LONGER * len(quoted.text) + 20 or script_of(text) != script_of(quoted.text) or _MARKUP.search(text):
        return quoted, "refused"
    said = quoted.model_copy(update={"text": text})
    return (quoted, "refused") if problem_of(said, evidence) else (said, "model")


async def _says_only(quoted: Sentence, said: Sentence, model: LLM, spent: Spent) -> bool:
    return await model.yes(carried_prompt(quoted.text, said.text), spent) >= _SURE


async def _lines(pieces: AsyncIterator[str]) -> AsyncIterator[tuple[int, str]]:
    """The numbered lines of a text that comes in pieces, each as soon as it is whole."""
    held = ""
    async for piece in pieces:
        held += piece
        *whole, held = held.split("\n")
        for line in whole:
            if found := _LINE.match(line):
                yield int(found[1]), found[2]
        if len(held) > 4000:
            raise ModelFailed("a line without an end")
    if found := _LINE.match(held):
        yield int(found[1]), found[2]


def _is_prose(sentence: Sentence) -> bool:
    """A quoted sentence or row that can be said in other words: no list item, no lead-in, no approved wording."""
    return (
        any(c.passage_id for c in sentence.carried_by) and not sentence.text.startswith("- ") and not sentence.text.endswith((":", "：", "；", ";"))
    )


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:600]
