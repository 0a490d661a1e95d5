"""A knowledge base in memory, for benches and tests of search: the same cutting, embedding and index as the real one, kept nowhere."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from knowledge.article import Article
from knowledge.cut import passages_of
from knowledge.embedder import Embedder, Vectors
from knowledge.index import Index
from knowledge.passage import Passage, asked_key, embedding_key
from knowledge.shelf import Shelf, windows_of


class ToEmbed(NamedTuple):
    """A text that is to be found, or a question that questions are to be compared with."""

    text: str
    is_question: bool = False


def texts_to_embed(passages: Sequence[Passage]) -> dict[str, ToEmbed]:
    """Embedding key -> what is embedded, for every window and unit of these passages and every way in which a unit is asked for."""
    texts = [t for p in passages for t in (*windows_of(p).values(), *(p.unit_text(u) for u in p.units))]
    asked = [q for p in passages for u in p.units for q in u.asked]
    return {embedding_key(t): ToEmbed(t) for t in texts} | {asked_key(q): ToEmbed(q, True) for q in asked}


def embed_missing(
    embedder: Embedder, texts: Mapping[str, ToEmbed], known: Mapping[str, Vectors], progress: Callable[[int, int], None] = lambda done, of: None
) -> dict[str, Vectors]:
    """Vectors for the texts that have none yet; `progress(done, of)` is told after each batch."""
    # Texts of like length together: a batch costs what its longest text costs.
    missing = sorted((k for k in texts if k not in known), key=lambda k: (texts[k].is_question, len(texts[k].text)))
    made: dict[str, Vectors] = {}
    for is_question, group in groupby(missing, key=lambda k: texts[k].is_question):
        keys = list(group)
        for at in range(0, len(keys), 32):
            batch = keys[at : at + 32]
            embed = embedder.questions if is_question else embedder.passages
            made.update(zip(batch, embed([texts[k].text for k in batch]), strict=True))
            progress(len(made), len(missing))
    return made


def put_windows(index: Index, passages: Sequence[Passage], vectors: Mapping[str, Vectors]) -> None:
    """Make these passages findable."""
    for lang in {p.lang for p in passages}:
        windows = {i: t for p in passages if p.lang == lang for i, t in windows_of(p).items()}
        index.put(lang, list(windows), np.stack([vectors[embedding_key(t)] for t in windows.values()]))


def throwaway_base(
    articles: Sequence[Article], embedder: Embedder, index: Index, known: Mapping[str, Vectors], progress: Callable[[int, int], None]
) -> Shelf:
    """A shelf over these articles, with the index filled; `known` spares embedding what was embedded before."""
    cut = [(a, passages_of(a)) for a in articles]
    every = [p for _, ps in cut for p in ps]
    vectors = {**known, **embed_missing(embedder, texts_to_embed(every), known, progress)}
    put_windows(index, every, vectors)
    return Shelf(cut, vectors)
