"""The same question in both languages: how often both go the same way."""

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from basics.words import Lang
from desk.conversation import ReplyKind
from evals.case import Case
from evals.pairs import pair_counts_of
from evals.run import Outcome
from evals.scorers import Score, answered

Way = tuple[str, str]
WAYS = st.tuples(st.sampled_from(["answer", "clarify", "abstain", "handoff", "proposal"]), st.sampled_from(["bags", "pets", ""]))


def an_outcome(pair: str, lang: Lang, way: Way, more_articles: tuple[str, ...] = ()) -> Outcome:
    kind, fine = cast(ReplyKind, way[0]), Score(ok=True, why="")
    return Outcome(
        case=Case(id=f"{pair}-{lang}", pair=pair, lang=lang, question="?", answerable=False),
        decision=kind,
        because="",
        confidence=0.5,
        draft="",
        said="",
        articles=(*filter(None, way[1:]), *more_articles),
        cited=fine,
        right_draft=fine,
        right_said=fine,
        answered=answered(kind),
        ms=1.0,
    )


def both(pair: str, en: Way, zh: Way) -> list[Outcome]:
    return [an_outcome(pair, "en", en), an_outcome(pair, "zh", zh)]


def test_a_pair_agrees_by_decision_and_first_article_of_an_answer() -> None:
    """What was drafted but not sent does not count, nor does a second citation."""
    outcomes = [
        *both("same", ("answer", "bags"), ("answer", "bags")),
        *both("other-article", ("answer", "bags"), ("answer", "pets")),
        *both("other-decision", ("answer", "bags"), ("handoff", "bags")),
        *both("neither-sent", ("handoff", "bags"), ("handoff", "pets")),
        an_outcome("second", "en", ("answer", "bags"), ("pets",)),
        an_outcome("second", "zh", ("answer", "bags"), ("fapiao",)),
    ]
    counts = pair_counts_of(outcomes)
    assert counts is not None
    assert (counts.pairs, counts.agree, counts.decide_alike, counts.share) == (5, 3, 4, 0.6)
    assert [(one.pair, one.en, one.zh) for one in counts.apart] == [
        ("other-article", "answer bags", "answer pets"),
        ("other-decision", "answer bags", "handoff"),
    ]


def test_half_a_pair_is_none() -> None:
    """A case without a pair, and one whose other language was not drawn, count for nothing."""
    assert pair_counts_of([an_outcome("alone", "en", ("answer", "bags")), *both("", ("answer", "bags"), ("answer", "bags"))]) is None


@given(st.lists(st.tuples(WAYS, WAYS), min_size=1, max_size=30))
def test_the_interval_holds_the_share_and_swapping_the_languages_changes_nothing(ways: list[tuple[Way, Way]]) -> None:
    """Agreement is symmetric, the pairs apart are the ones that do not agree, and bounds stay between 0 and 1."""
    counts = pair_counts_of([o for n, (en, zh) in enumerate(ways) for o in both(f"p{n:02}", en, zh)])
    swapped = pair_counts_of([o for n, (en, zh) in enumerate(ways) for o in both(f"p{n:02}", zh, en)])
    assert counts is not None and swapped is not None
    assert (counts.agree, counts.low, counts.high) == (swapped.agree, swapped.low, swapped.high)
    assert counts.pairs == len(ways) == counts.agree + len(counts.apart)
    assert 0 <= counts.low <= counts.share <= counts.high <= 1
    assert counts.agree <= counts.decide_alike
