"""Questions with slips of the keyboard: `python -m evals.typos`. How much is lost by them, how much of it is won back, what is read wrongly?

Slips are made in development questions, always the same ones. English: in one or two words of five letters and more, none of them a name, two letters
swapped, one left out, doubled, or the key beside it. Chinese: in one word another common character of the same sound; one word in ten left as pinyin.
"""

import asyncio
import copy
import random
import re
from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import BaseModel
from rich.table import Table

from bot.mind import Mind
from bot.steps import Request
from bot.turn import think
from bot.understand import as_meant
from desk.conversation import joined
from evals.build import BUILDERS
from evals.builders import strange
from evals.case import DEVELOPMENT, Case, read_cases, sampled
from evals.labelled import over
from evals.minds import demo_mind, err
from evals.nobody import never_used
from evals.remembered import Remembered
from evals.run import AS_OF, after, caller_of
from evals.scorers import answered, cites, right
from knowledge.chinese import share_of
from knowledge.embedder_packaged import Packaged
from knowledge.english import how_common
from knowledge.script import simplified
from knowledge.sounds import alike, sounds_of
from knowledge.terms import runs_of_han, script_of, stops

WAYS = ("as written", "as written, read", "with slips", "with slips, read")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"(?<![\w@./'’-])[a-z]{5,}(?![\w@/'’-]|\.\w)")
_MOST = 400  # questions of the airline's lists
_PINYIN = 0.1
_COMMON = 0xD8  # the first byte of GB 2312 from which on characters are rare


class Row(BaseModel, frozen=True):
    """One question asked one way: the rank (from 0) of the first document that answers, whether the draft is right, whether it was sent."""

    base: str
    way: str
    lang: str
    answerable: bool
    rank: int
    right: bool
    sent: bool


class Read(BaseModel, frozen=True):
    """How a question was read. Words with a slip made in them (of a Chinese question the whole): restored, left as typed; any word that is now
    neither what was written nor what was typed; and whether the question as it was written was read otherwise."""

    base: str
    lang: str
    restored: int
    left: int
    wrong: int
    touched: bool


def with_slips(text: str, seed: str) -> str:
    """The question with slips that depend on nothing but itself and the seed; unchanged where no word of it is fit."""
    drawn = random.Random(f"{seed}/{text}")  # noqa: S311 - made for measuring
    text = simplified(text)
    return _slip_zh(text, drawn) if script_of(text) == "zh" else _slip_en(text, drawn)


def _slip_en(text: str, drawn: random.Random) -> str:
    places = [m.span() for m in _WORD.finditer(text) if m.group() not in stops()]
    for a, b in sorted(drawn.sample(places, min(len(places), drawn.choice((1, 2)))), reverse=True):
        text = text[:a] + slipped(text[a:b], drawn) + text[b:]
    return text


def slipped(word: str, drawn: random.Random) -> str:
    """The word with one slip that makes no other word of it."""
    for _ in range(20):
        at = drawn.randrange(len(word))
        beside = _beside(word[at])
        made = drawn.choice(
            [
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + drawn.choice(beside) + word[at + 1 :],
            ]
        )
        if made != word and not how_common(made):
            return made
    return word


def _beside(letter: str) -> str:
    row = next(r for r, keys in enumerate(_KEYS) if letter in keys)
    at = _KEYS[row].index(letter)
    near = [(row, at - 1), (row, at + 1), (row - 1, at), (row - 1, at + 1), (row + 1, at), (row + 1, at - 1)]
    return "".join(_KEYS[r][n] for r, n in near if 0 <= r < len(_KEYS) and 0 <= n < len(_KEYS[r]))


def _slip_zh(text: str, drawn: random.Random) -> str:
    places = [n for a, b in runs_of_han(text) for n in range(a, b - 1) if share_of(text[n : n + 2])]
    if not places:
        return text
    at = drawn.choice(places)
    if drawn.random() < _PINYIN:
        return text[:at] + "".join(sounds_of(c)[0] for c in text[at : at + 2]) + text[at + 2 :]
    at += drawn.randrange(2)
    others = [c for c in alike(sounds_of(text[at])[0]) if c != text[at] and c.encode("gb2312")[0] < _COMMON] if sounds_of(text[at]) else []
    return text[:at] + drawn.choice(others) + text[at + 1 :] if others else text


async def asked(mind: Mind, base: str, cases: Sequence[Case]) -> tuple[list[Row], list[Read]]:
    """Every question in all ways, and how it was read."""
    plain = copy.copy(mind)
    plain.shelf = copy.copy(mind.shelf)
    plain.shelf.slips = None
    rows, reads = [], []
    for case in cases:
        other = case.model_copy(update={"question": with_slips(case.question, "slips")})
        for way, one, by in zip(WAYS, (case, case, other, other), (plain, mind, plain, mind), strict=True):
            rows.append(await _row(by, base, way, one))
        reads.append(_read(mind, base, case, other.question))
    return rows, reads


def _read(mind: Mind, base: str, case: Case, typed: str) -> Read:
    written, typed = simplified(case.question), simplified(typed)
    read = as_meant(typed, mind.shelf.slips)
    words = list(zip(*(text.split() if case.lang == "en" else [text] for text in (written, typed, read)), strict=False))
    return Read(
        base=base,
        lang=case.lang,
        restored=sum(a != b and c == a for a, b, c in words),
        left=sum(a != b and c == b for a, b, c in words),
        wrong=sum(c not in (a, b) for a, b, c in words),
        touched=as_meant(written, mind.shelf.slips) != written,
    )


async def _row(mind: Mind, base: str, way: str, case: Case) -> Row:
    request = after(case, Request(conversation_id="typos", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=AS_OF))
    thought = await think(mind, request, never_used)
    draft = thought.grounding.draft
    found = list(dict.fromkeys(f.passage.article_id for f in thought.evidence.found))
    return Row(
        base=base,
        way=way,
        lang=case.lang,
        answerable=case.answerable,
        rank=next((n for n, name in enumerate(found) if name in case.articles), 999),
        right=case.answerable and cites(case, [c.article_id for c in draft.citations]).ok and right(case, joined(draft.sentences)).ok,
        sent=answered(thought.decision.kind),
    )


def main() -> None:
    """Print what was found, drafted and sent, and how the questions were read."""
    embedder = Remembered(Packaged())
    rows: list[Row] = []
    reads: list[Read] = []
    for base, mind, cases in _bases(embedder):
        more, read = asyncio.run(asked(mind, base, cases))
        rows, reads = rows + more, reads + read
        embedder.keep()
    table = Table("base", "asked", "questions", "recall @1", "@5", "right drafts", "right sent", "wrong sent")
    for name, lang in [*((b, "") for b in dict.fromkeys(r.base for r in rows)), ("all", "en"), ("all", "zh"), ("all", "")]:
        for way in WAYS:
            these = [r for r in rows if name in (r.base, "all") and lang in (r.lang, "") and r.way == way]
            can = [r for r in these if r.answerable]
            recall = [f"{np.mean([r.rank < k for r in can]):.3f}" for k in (1, 5)]
            counts = [sum(r.right for r in these), sum(r.right and r.sent for r in these), sum(r.sent and not r.right for r in these)]
            table.add_row(f"{name} {lang}", way, str(len(these)), *recall, *map(str, counts))
    err.print(table)
    told = Table("base", "restored", "left as typed", "read as something else", "as written: touched", "of questions")
    for name, lang in [*((b, "") for b in dict.fromkeys(r.base for r in reads)), ("all", "en"), ("all", "zh")]:
        of = [r for r in reads if name in (r.base, "all") and lang in (r.lang, "")]
        told.add_row(f"{name} {lang}", *(str(sum(getattr(r, what) for r in of)) for what in ("restored", "left", "wrong", "touched")), str(len(of)))
    err.print(told)


def _bases(embedder: Remembered) -> Iterator[tuple[str, Mind, Sequence[Case]]]:
    with demo_mind(AS_OF, embedder=embedder) as mind:
        yield "airline", mind, sampled([case for file in DEVELOPMENT for case in read_cases(file)], _MOST)
    for name in strange.DEV:
        with over(BUILDERS[name](0), embedder) as (mind, cases):
            yield name, mind, cases


if __name__ == "__main__":
    main()
