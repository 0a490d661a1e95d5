"""A knowledge base in memory, for benches and tests of search: the same cutting, embedding and index as the real one, kept nowhere."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from knowledge.article import Article
from knowledge.cut import passages_of
from knowledge.embedder import Embedder, Vectors
from knowledge.index import Index
from knowledge.passage import Passage, embedding_key
from knowledge.shelf import Shelf, windows_of


def texts_to_embed(passages: Sequence[Passage]) -> dict[str, str]:
    """Embedding key -> text, for every window and unit of these passages."""
    texts = [t for p in passages for t in (*windows_of(p).values(), *(p.unit_text(u) for u in p.units))]
    return {embedding_key(t): t for t in texts}


def embed_missing(
    embedder: Embedder, texts: Mapping[str, str], known: Mapping[str, Vectors], progress: Callable[[int, int], None] = lambda done, of: None
) -> dict[str, Vectors]:
    """Vectors for the texts that have none yet; `progress(done, of)` is told after each batch."""
    # Texts of like length together: a batch costs what its longest text costs.
    missing = sorted((k for k in texts if k not in known), key=lambda k: len(texts[k]))
    made: dict[str, Vectors] = {}
    for at in range(0, len(missing), 32):
        keys = missing[at : at + 32]
        made.update(zip(keys, embedder.passages([texts[k] for k in keys]), strict=True))
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
