"""What is at stake: told by code from the article, the question and the quoted words, and worth a higher threshold."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from bot.compose import compose
from bot.decide import decide
from bot.ground import ground
from bot.settings import Settings
from bot.stakes import in_words, stakes_of
from bot.steps import Confidence, Decision, Request
from bot.understand import understand
from desk.conversation import Caller
from desk.ticket import AT_STAKE, REASONS, why_of
from knowledge.article import STAKES, Article, Stake
from tests.bot.ferry import FERRY, asked
from tests.house import NOW

ALWAYS = dict.fromkeys((f"stakes_{stake}" for stake in STAKES), 0.1)


def by_words(question: str, quoted: str = "") -> frozenset[Stake]:
    lang: Any = "en" if question.isascii() else "zh"
    return in_words(understand(Request(conversation_id="c", caller=Caller(), lang=lang, text=question, now=NOW)), quoted)


@pytest.mark.parametrize(
    ("question", "quoted", "stakes"),
    [
        ("How much is a second bag?", "A second bag costs EUR 60.", {"money"}),
        ("第二件行李多少钱？", "第二件行李收费人民币 400 元。", {"money"}),
        ("How much is a second bag?", "Bags are dropped at the counter.", set()),
        ("When do I get my refund?", "It takes 7 days.", {"refunds"}),
        ("航班延误有补偿吗？", "详见条款。", {"refunds"}),
        ("Can I leave early?", "You are refunded in full.", {"refunds"}),
        ("I am 30 weeks pregnant, may I fly?", "Bring a note.", {"health"}),
        ("怀孕 30 周能坐飞机吗？", "请带证明。", {"health"}),
        ("What must I bring?", "Bring a doctor's letter.", {"health"}),
        ("Do I need a visa for the stop?", "Ask the embassy.", {"legal"}),
        ("中转需要签证吗？", "请咨询使馆。", {"legal"}),
        ("Is a power bank allowed?", "Only in the cabin.", {"safety"}),
        ("充电宝能带吗？", "只能随身携带。", {"safety"}),
        ("When does check-in open?", "Check-in opens 24 hours before departure.", set()),
        ("几点开始值机？", "起飞前 24 小时开放值机。", set()),
    ],
)
def test_what_is_at_stake_is_read_from_both_languages(question: str, quoted: str, stakes: set[Stake]) -> None:
    """An amount counts where money is asked for; the other kinds by the question's words or the quoted ones."""
    assert by_words(question, quoted) == stakes


def decided(value: float, stakes: frozenset[Stake], **settings: Any) -> Decision:
    request, understood, evidence = asked("how much is a bicycle on the deck?")
    outcome = ground(compose(request, understood, evidence, FERRY), evidence)
    wanted = Settings(_env_file=None, **{"answer_at": 0.6, **ALWAYS, **settings})  # type: ignore[call-arg]
    return decide(request.model_copy(update={"asked_back": 1}), understood, evidence, outcome, Confidence(value=value), wanted, stakes)


def test_what_is_at_stake_asks_for_more_certainty_and_says_so() -> None:
    """Asked back once already 0.7 is enough; with a refund at stake 0.8 is needed, and the reason names it."""
    assert decided(0.75, frozenset()).kind == "answer"
    doubted = decided(0.75, frozenset({"refunds"}))
    assert (doubted.kind, doubted.stakes, doubted.needed) == ("handoff", ("refunds",), pytest.approx(0.8))
    assert doubted.because == "Confidence 0.75 is below 0.80 (at stake: refunds). It was asked back already."
    assert decided(0.81, frozenset({"refunds"})).because == "Confidence 0.81 is at least 0.80 (at stake: refunds)."


def test_the_brief_says_what_was_at_stake_in_both_languages() -> None:
    """Staff read why more certainty was needed; where nothing was at stake the Brief reads as ever."""
    why = why_of("low_confidence", ("refunds", "legal"))
    assert why.en.endswith("because of what is at stake: a refund or compensation, the law.") and "退款或赔偿、法律责任" in why.zh
    assert why_of("low_confidence") == REASONS["low_confidence"]
    assert set(AT_STAKE) == set(STAKES)


def test_the_most_that_a_kind_asks_for_counts_and_never_more_than_can_be_reached() -> None:
    """Two kinds are no sum; 0.95 is enough for anything; a threshold that was set higher is never lowered; 0 sends whatever has a source."""
    assert decided(0.8, frozenset({"money", "health"}), stakes_money=0.02).needed is None
    assert decided(0.9, frozenset({"money", "health"}), stakes_health=0.25).needed == pytest.approx(0.95)
    assert decided(0.96, frozenset({"health"}), answer_at=0.98).needed == pytest.approx(1.0)
    assert decided(0.01, frozenset({"health"}), answer_at=0.0).kind == "answer"


def test_a_kind_that_is_switched_off_raises_nothing() -> None:
    """The operator sets a kind to 0: no threshold, no word about it."""
    sent = decided(0.71, frozenset({"money"}), stakes_money=0)
    assert sent.kind == "answer" and "stake" not in sent.because
    with pytest.raises(ValidationError):
        Settings(_env_file=None, stakes_money=0.5)  # type: ignore[call-arg]


def test_an_article_says_for_itself_what_is_at_stake() -> None:
    """What its author noted stands for the words: a kind they name no word of, or nothing although an amount is quoted."""
    request, understood, evidence = asked("how much is a bicycle on the deck?")
    draft = compose(request, understood, evidence, FERRY)
    assert stakes_of(understood, draft, FERRY) == {"money"}

    def noted(stakes: tuple[Stake, ...]) -> Any:
        changed: dict[Any, Article] = {k: a.model_copy(update={"stakes": stakes}) for k, a in FERRY.articles.items()}
        return type("Shelf", (), {"articles": changed})()

    assert stakes_of(understood, draft, noted(())) == frozenset()
    assert stakes_of(understood, draft, noted(("safety",))) == {"safety"}
    assert stakes_of(understood, draft.model_copy(update={"sentences": ()}), FERRY) == frozenset()


def test_an_unmarked_article_is_the_article_it_was() -> None:
    """The fingerprint by which ingestion tells an unchanged file does not move for files that say nothing of stakes, however old the base."""
    fields = {"id": "ferry", "lang": "en", "version": 1, "title": "Ferry", "audience": "public", "in_force": {"from": date(2026, 1, 1)}}
    article = Article.model_validate(fields | {"owner": "Sales", "body": "Bicycles cost 5 pounds.\n"})
    assert article.content_hash == "ec87db8649571ff7d799a8e32626afa9a94e1cb573368e40e3ff40a2ae725917"
    assert article.content_hash != article.model_copy(update={"stakes": ()}).content_hash
