"""`concierge bench turn` with a server of its own."""

import pytest

from basics.errors import BadRequest
from evals.bench_turn import QUESTIONS, Latency, _conversations, measure, run


def test_every_chat_asks_all_its_turns_and_no_two_begin_alike() -> None:
    """A new conversation every few turns, so that none grows long."""
    asked = [q for _, questions in _conversations(10, 3) for q in questions]
    assert asked == [*QUESTIONS, *QUESTIONS][3:13]
    assert max(len(questions) for _, questions in _conversations(10, 3)) <= 4
    assert {who for who, _ in _conversations(10, 3)} == {"anonymous", "lin-gold"}


def test_percentiles_are_in_milliseconds() -> None:
    """From seconds."""
    assert Latency.of([0.01] * 99 + [1.0]) == Latency(p50=10.0, p95=10.0, n=100)


def test_nothing_to_measure_is_refused() -> None:
    """A plain sentence."""
    with pytest.raises(BadRequest):
        run(0, 5, False)


@pytest.mark.slow
def test_turns_are_measured_over_http() -> None:
    """The numbers are there and belong together; the ratio itself is the bench's business, not a test's."""
    result = measure(chats=2, turns=4)
    assert (result.one_chat.n, result.many_chats.n, result.embedding.n) == (4, 8, 4)
    assert 0 < result.one_chat.p50 <= result.one_chat.p95
    assert result.ratio == pytest.approx(result.one_chat.p50 / result.embedding.p50, rel=0.05)
    assert result.memory_mb_after > 50
    assert result.decisions.get("answer", 0) > 0
