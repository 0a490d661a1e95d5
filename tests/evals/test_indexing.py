"""What `bench rag` tells of indexing, and the base that `bench turn --passages` is asked over."""

import time
from collections.abc import Sequence

import numpy as np
import pytest

from bot.base import embed_missing, texts_to_embed
from evals.bench_scale import measure
from evals.indexing import Clocked, rate_of_indexing
from evals.large_base import large_base
from knowledge.cut import passages_of
from knowledge.embedder import Vectors
from knowledge.embedder_packaged import Packaged
from knowledge.passage import embedding_key
from knowledge.shelf import Shelf, windows_of
from tests.bot.ferry import an_article


class Slow:
    """A model that takes ten milliseconds a batch."""

    fingerprint, dimensions = "slow", 2

    def passages(self, texts: Sequence[str]) -> Vectors:
        time.sleep(0.01)
        return np.ones((len(texts), 2), dtype=np.float32)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)

    def question(self, text: str) -> Vectors:
        return self.passages([text])[0]


def test_the_rate_of_indexing_is_a_share_of_the_embedder_s_own() -> None:
    """Half of the time spent in the model is half of its rate, and what a window costs in texts is told beside it."""
    one = an_article("bags", "# Bags\n\nYou may check in 2 bags. Each may weigh 23 kg.\n")
    cut = [(one, passages_of(one))]
    clocked = Clocked(Slow())
    vectors = embed_missing(clocked, texts_to_embed([p for _, ps in cut for p in ps]), {})
    assert clocked.texts == len(vectors) == 3 and clocked.seconds >= 0.01
    told = rate_of_indexing(clocked, Shelf(cut, vectors), clocked.seconds * 2)
    assert "1 windows of 3 texts (3.0 embedded for a window)" in told and "= 50.0% of" in told


def test_a_large_base_has_a_vector_for_every_text_and_is_always_the_same(embedder: Packaged) -> None:
    """The demo's articles among made-up ones in both languages; nothing is left to embed."""
    (cut, vectors), (again, _) = (large_base(1200, embedder.fingerprint) for _ in range(2))
    passages = [p for _, ps in cut for p in ps]
    made = [p for p in passages if p.article_id.startswith("made-up-")]
    assert len(passages) >= 1200 and {p.lang for p in made} == {"en", "zh"} and cut[-1] == again[-1]
    assert all(p.text == a.body[p.start : p.end] for a, ps in cut[-4:] for p in ps)
    for p in made:
        assert all(abs(float(np.linalg.norm(vectors[embedding_key(t)])) - 1) < 1e-3 for t in (*windows_of(p).values(), *map(p.unit_text, p.units)))


@pytest.mark.slow
def test_turns_over_a_large_base_are_measured() -> None:
    """The numbers are there and belong together; the ratio itself is the bench's business, not a test's."""
    result = measure(1000, 3)
    assert result.passages >= 1000 and result.turn.n == result.embedding.n == sum(result.decisions.values()) == 3
    assert result.ratio == pytest.approx(result.turn.p50 / result.embedding.p50, rel=0.05)
