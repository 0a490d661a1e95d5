"""The bots beside us, on two articles: what each would have said, and when it hands over."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from basics.breaker import Breaker
from bot.llm import GuardedLLM, ModelFailed, Spent
from bot.mind import Mind
from bot.prompt import Prompt
from evals.baseline_chain import Chain, OurEmbeddings
from evals.baseline_threshold import AT, threshold_said
from evals.baselines import found_by
from evals.bots import HOUSE, MATCHED, Said, matched
from evals.case import Case
from evals.minds import demo_mind
from evals.run import AS_OF
from knowledge.embedder import Embedder, Vectors
from knowledge.shelf import Reader

BAGS = Case(id="b", lang="en", question="How big may a checked bag be?", answerable=True, articles=("checked-baggage",), must=(("158 cm",),))
FOOTBALL = Case(id="f", lang="en", question="Who won the football match last night?", answerable=False)


@pytest.fixture(scope="module")
def mind(two_articles: Path, embedder: Embedder) -> Iterator[Mind]:
    with demo_mind(AS_OF, two_articles, embedder) as mind:
        yield mind


class Parrot:
    """A model that says one thing, or fails; what it was asked is kept."""

    name = "parrot"

    def __init__(self, says: str | None) -> None:
        self.says, self.asked = says, list[Prompt]()

    async def write(self, prompt: Prompt, most_tokens: int, spent: Spent) -> AsyncIterator[str]:
        self.asked.append(prompt)
        if self.says is None:
            raise ModelFailed("down")
        yield self.says

    async def yes(self, prompt: Prompt, spent: Spent) -> float:
        raise AssertionError("the chain asks for no verdict")

    async def close(self) -> None:
        return None


class Counts:
    """An embedder that counts what it is given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder, self.given = embedder, 0
        self.fingerprint, self.dimensions = embedder.fingerprint, embedder.dimensions

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.given += len(texts)
        return self._embedder.passages(texts)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.questions(texts)

    def question(self, text: str) -> Vectors:
        return self._embedder.question(text)


@pytest.fixture(scope="module")
def chain(mind: Mind) -> Chain:
    return Chain(list(mind.shelf.articles.values()), mind.embedder)


@pytest.mark.parametrize(
    ("says", "sent", "right", "figures"),
    [
        ("The three sides may add up to 158 cm.", True, True, ()),
        ("At most 158 cm, and CNY 77777 for a larger one.", True, True, ("amount 77777 CNY",)),
        ("I don't know.", False, False, ()),
        ("我不知道。", False, False, ()),
        (None, False, False, ()),
    ],
)
async def test_a_chain_is_scored_by_what_its_model_says_to_the_four_pieces(
    chain: Chain, says: str | None, sent: bool, right: bool, figures: tuple[str, ...]
) -> None:
    """A figure that stands in none of its pieces is counted; not to know, or to fail, is not to send."""
    parrot = Parrot(says)
    said = await chain.said(BAGS, GuardedLLM(parrot, Breaker()))
    assert (said.sent, said.right, said.figures) == (sent, right, figures)
    assert said.first and said.among and said.needless == (not sent)
    assert "158 cm" in parrot.asked[0].asked and BAGS.question in parrot.asked[0].asked


async def test_a_chain_without_a_model_only_finds_and_one_with_it_answers_what_nobody_can(chain: Chain) -> None:
    """What it says to football is wrong, whatever it is."""
    found = await chain.said(BAGS, None)
    assert (found.sent, found.right, found.first) == (None, None, True)
    said = await chain.said(FOOTBALL, GuardedLLM(Parrot("We won."), Breaker()))
    assert (said.sent, said.right, said.needless) == (True, False, False)


def test_pieces_are_embedded_once(embedder: Embedder, tmp_path: Path) -> None:
    """What stands in the file is taken from there, and only what is new is embedded; the vectors are the same."""
    counts, file = Counts(embedder), tmp_path / "p.npz"
    first = OurEmbeddings(counts, file).embed_documents(["a bag", "a cat", "a bag"])
    again = OurEmbeddings(counts, file).embed_documents(["a cat", "a dog", "a bag"])
    assert counts.given == 3
    assert again[0] == pytest.approx(first[1], abs=2e-3) and again[2] == pytest.approx(first[0], abs=2e-3) and first[0] == first[2]


def test_the_usual_bot_says_its_nearest_passage_or_hands_over_below_its_number(mind: Mind) -> None:
    """Below 0.30 nobody is answered, which is needless where the answer stands in the base; nothing found is a hand-over too."""
    reader = Reader(days={"asking": AS_OF.date(), "ticketing": AS_OF.date(), "travel": AS_OF.date()})
    found = found_by("embedder", BAGS, mind, reader)
    nearest = BAGS.model_copy(update={"must": ((found[0].passage.units[-1].text,),)})
    said = threshold_said(nearest, found)
    assert said.sent and said.right and said.score >= AT and len(found[0].passage.units) > 1
    assert not threshold_said(nearest, found[1:]).right
    far = [f.model_copy(update={"unit_cosines": (AT - 0.01,)}) for f in found]
    below, nothing = threshold_said(BAGS, far), threshold_said(BAGS, [])
    assert not below.sent and below.needless and not nothing.sent and nothing.needless
    assert not threshold_said(FOOTBALL, far).needless
    meant = BAGS.model_copy(update={"decision": ("answer", "handoff")})
    assert not threshold_said(meant, far).needless  # a person is right here


def test_a_moved_threshold_sends_as_many_as_we_do_the_nearest_first() -> None:
    """The surest are sent, the rest handed over; what it would say does not change."""
    bot = [Said(who="bot", case=BAGS.model_copy(update={"id": str(n)}), sent=True, right=n % 2 == 0, score=n / 10) for n in range(6)]
    house = [Said(who=HOUSE, case=one.case, sent=n < 2, right=True) for n, one in enumerate(bot)]
    moved = matched(bot, house)
    assert {one.who for one in moved} == {MATCHED}
    assert [one.case.id for one in moved if one.sent] == ["4", "5"]
    assert [one.needless for one in moved] == [True] * 4 + [False] * 2
    assert [one.right for one in moved] == [one.right for one in bot]
    assert matched([], house) == ()
