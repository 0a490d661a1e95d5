"""`python -m evals.lying --answers 500`: questions answered in quotations, then with a model that lies over HTTP; what was sent uncarried.

Sent is what a confidence of 0.3 lets through, far below what the house sends: here it is said that nothing is uncarried, not that it fits.
Exit 1 where anything was.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from pydantic import BaseModel, SecretStr
from rich.console import Console

from basics.breaker import Breaker
from basics.errors import BadRequest, ConciergeError
from bot.llm import GuardedLLM
from bot.llm_openai import OpenAIModel
from bot.mind import Mind
from bot.steps import Request
from customers.airports import AIRPORTS
from customers.booking import Leg
from desk.conversation import Sentence
from evals.case import CASES, DEVELOPMENT, SUITES, Case, read_cases
from evals.minds import demo_mind, progress
from evals.mutants.figures import other_figures
from evals.mutants.rewordings import said_otherwise
from evals.mutants.swaps import other_senses, with_more
from evals.mutate import bare
from evals.run import AS_OF, after, caller_of
from evals.stub_model import stub_model
from evals.uncarried import strange_words
from evals.words import Worded, worded
from knowledge.terms import script_of
from knowledge.wording import wordings

LISTS = (*DEVELOPMENT, *(CASES / f"{name}.jsonl" for name in SUITES))
_SENT_FROM = 0.3
_TRUE = 0.2  # of what the model says is faithful, only in other words: a house that refuses everything would look as good


class Sent(BaseModel, frozen=True):
    """A sentence as it was sent for a case, and what it says that nothing carries."""

    case: str
    decision: str
    text: str
    strange: tuple[str, ...]


class Tally(BaseModel, frozen=True):
    """One run: what was asked, answered and sent, how much of it in the model's words; its lies; what was uncarried."""

    mode: str
    questions: int
    answers: int
    sentences: int
    in_model_words: int
    lies_told: int
    truths_told: int
    uncarried: tuple[Sent, ...]
    lies_said: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True where nothing uncarried was sent."""
        return not self.uncarried and not self.lies_said

    def line(self) -> str:
        """The run in one line."""
        told = (
            f"; the model told {self.lies_told} lies and {self.truths_told} truths, {self.in_model_words} of its sentences were sent"
            if self.lies_told
            else ""
        )
        return (
            f"{self.mode}: {self.questions} questions, {self.answers} answered, {self.sentences} sentences sent{told}; "
            f"{len(self.uncarried)} uncarried, {len(self.lies_said)} lies among them"
        )


class Liar:
    """Says every sentence it is given back with something changed; one in five it says truly, in other words. It remembers its lies."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a draw that can be repeated
        self.lies: set[str] = set()
        self.truths: set[str] = set()

    def say(self, sentence: str) -> str:
        """One sentence, falsified for certain, or true."""
        lang = script_of(sentence)
        true = said_otherwise(sentence, lang, self._random)
        if true is not None and self._random.random() < _TRUE:
            self.truths.add(true[0])
            return true[0]
        ways = [*other_figures(sentence, lang), *other_senses(sentence, lang), *with_more(sentence, sentence, lang)]
        wrong = [text for _, _, text in ways if bare(text) not in bare(sentence) and len(bare(text)) > 3]
        if not wrong:
            return sentence
        said = self._random.choice(wrong)
        also = said_otherwise(said, lang, self._random) if self._random.random() < 0.5 else None
        if also is not None and bare(also[0]) != bare(sentence):
            said = also[0]
        self.lies.add(said)
        return said


async def answer_all(cases: Sequence[Case], mind: Mind, most: int, liar: Liar | None = None, address: str = "") -> Tally:
    """Case by case until so many are answered, in quotations or in the liar's words; what was sent is held against the raw text at its carriers."""
    model = GuardedLLM(OpenAIModel("liar", address, SecretStr("none")), Breaker(most=10**9)) if liar else None
    uncarried: list[Sent] = []
    lies: list[str] = []
    asked = answers = sent = own = 0
    with progress("Lying" if liar else "Quoting") as told:
        for asked, case in enumerate(cases, start=1):
            request = Request(conversation_id=f"lying-{case.id}", caller=await caller_of(mind, case), lang=case.lang, text=case.question, now=AS_OF)
            done = await worded(mind, after(case, request), model)
            answers += done.thought.decision.kind == "answer"
            own += done.how.count("model")
            opening = ""
            for sentence in done.sentences:
                sent += 1
                carriers = raw_text(sentence, done, mind)
                opening = sentence.text if sentence.text.endswith((":", "：")) else opening if sentence.text.startswith("- ") else ""
                heard = sentence.model_copy(update={"text": f"{opening} {sentence.text}"}) if sentence.text.startswith("- ") else sentence
                if strange := strange_words(heard, carriers):
                    uncarried.append(Sent(case=case.id, decision=done.thought.decision.kind, text=sentence.text, strange=strange))
                if liar and sentence.text in liar.lies and bare(sentence.text) not in bare("\n".join(carriers)):
                    lies.append(sentence.text)
            told(asked, len(cases))
            if answers >= most:
                break
    if model is not None:
        await model.close()
    return Tally(
        mode="lying model" if liar else "quotations",
        questions=asked,
        answers=answers,
        sentences=sent,
        in_model_words=own,
        lies_told=len(liar.lies) if liar else 0,
        truths_told=len(liar.truths) if liar else 0,
        uncarried=tuple(uncarried),
        lies_said=tuple(lies),
    )


def raw_text(sentence: Sentence, done: Worded, mind: Mind) -> list[str]:
    """What stands, letter by letter, where the sentence says it is carried: article text at its spans, the entitlement, the approved wording."""
    evidence, out = done.thought.evidence, []
    passages = {f.passage.id: f.passage for f in evidence.found}
    for carrier in sentence.carried_by:
        if carrier.passage_id in passages:
            out.append(mind.shelf.article_of(passages[carrier.passage_id]).body[carrier.start : carrier.end])
        elif carrier.wording_id is not None:
            out.append(wordings()[carrier.wording_id].said_in(sentence.lang))
            out += _days(done, mind) if carrier.wording_id.startswith("dated-") else []
        elif carrier.entitlement_id is not None:
            held = (e for e in evidence.entitlements if e.id == carrier.entitlement_id)
            out += [e.model_dump_json() for e in held]
            out += [_itinerary(leg) for b in evidence.bookings for leg in b.legs]
    return out


def _days(done: Worded, mind: Mind) -> list[str]:
    """The days that a sentence on a version may name: where versions of the cited articles begin and end, the asker's own day, the trip's."""
    thought = done.thought
    cited = {c.article_id for c in thought.grounding.draft.citations}
    periods = [a.in_force for a in mind.shelf.articles.values() if a.id in cited]
    ends = [d for p in periods for d in (p.start, p.start - timedelta(days=1), p.to) if d is not None]
    named = [d for span in (thought.evidence.as_of.spans.values() if thought.evidence.as_of else ()) for d in (span.first, span.last)]
    reader = list(thought.evidence.reader.days.values()) if thought.evidence.reader else []
    return [f"{d:%-d %B %Y}, {d:%B %Y}, {d.year}年{d.month}月{d.day}日, {d.year}年{d.month}月" for d in (*ends, *named, *reader)]


def _itinerary(leg: Leg) -> str:
    """A leg of a booking, its times as the clocks at both ends show them."""
    ends = ((leg.departs_at, leg.origin), (leg.arrives_at, leg.destination))
    return f"{leg.flight} " + " ".join(f"{at.astimezone(ZoneInfo(AIRPORTS[code].zone)):%Y-%m-%d %A %H:%M}" for at, code in ends if at)


def questions() -> list[Case]:
    """The questions of the dev lists and the suites, shuffled and always the same way, Chinese and English in turn."""
    random = Random(0)  # noqa: S311 - a draw that can be repeated
    every = [case.model_copy(update={"id": f"{file.stem}-{case.id}"}) for file in LISTS for case in read_cases(file)]
    by_lang = [random.sample(mine, len(mine)) for lang in ("en", "zh") if (mine := [c for c in every if c.lang == lang])]
    return [case for pair in zip(*by_lang, strict=False) for case in pair]


def run(answers: int, seed: int = 0) -> tuple[Tally, Tally]:
    """Both runs over one base."""
    if answers < 1:
        raise BadRequest(f"--answers {answers}: at least one. Nothing was asked.")
    cases, liar = questions(), Liar(seed)
    with demo_mind(AS_OF) as mind, stub_model(pace=1e6, say=liar.say) as address:
        decided = {"judge_from": 0.0, "judge_to": 0.0}  # what is decided is not for the liar to say
        mind.settings = mind.settings.model_copy(update={**decided, "answer_at": _SENT_FROM})
        return asyncio.run(answer_all(cases, mind, answers)), asyncio.run(answer_all(cases, mind, answers, liar, address))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both lines, and what was uncarried; 1 where anything was."""
    parser = argparse.ArgumentParser(prog="python -m evals.lying", description=__doc__)
    parser.add_argument("--answers", type=int, default=500, help="how many answers are sent in each mode")
    parser.add_argument("--seed", type=int, default=0, help="another number tells other lies")
    asked = parser.parse_args(arguments)
    out = Console(soft_wrap=True, markup=False, highlight=False)
    try:
        tallies = run(asked.answers, asked.seed)
    except ConciergeError as error:
        parser.error(str(error))
    for tally in tallies:
        out.print(tally.line())
        for sent in tally.uncarried:
            out.print(f"  {sent.case} ({sent.decision}): {sent.text} [{'; '.join(sent.strange)}]")
        for lie in tally.lies_said:
            out.print(f"  a lie: {lie}")
    return int(not all(tally.ok for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
