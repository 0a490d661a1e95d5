"""The demo's articles among made-up ones, as many passages as wanted: texts of the demo's words, vectors near its own. Nothing is embedded."""

import random
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from basics.words import LANGS, Lang
from bot.library import shipped_vectors
from bot.settings import Settings
from knowledge.article import Article, Period
from knowledge.cut import passages_of
from knowledge.embedder import Vectors
from knowledge.ingest import read_paths
from knowledge.passage import Passage, Unit, embedding_key, passage_id
from knowledge.shelf import windows_of

Cut = tuple[Article, Sequence[Passage]]
_IN_AN_ARTICLE = 10  # passages
_SENTENCES = 2  # of a passage
_WORDS = 14  # of a sentence
_NOISE = 0.6  # beside a vector of the demo's: cosines with it of about 0.86, as of two texts of one subject


def large_base(passages: int, model: str) -> tuple[list[Cut], dict[str, Vectors]]:
    """Articles of at least so many passages, cut, and the vectors of their texts; always the same ones."""
    read, _, _ = read_paths([Settings().articles.resolve()])
    base: list[Cut] = [(one.article, passages_of(one.article)) for one in read]
    known = shipped_vectors(model)
    draw = random.Random(0)  # noqa: S311 - a bench's texts
    words = {lang: [w for a, _ in base if a.lang == lang for w in _words(a)] for lang in LANGS}
    missing = passages - sum(len(ps) for _, ps in base)
    made = [_article(n, LANGS[n % 2], words[LANGS[n % 2]], draw) for n in range(-(-max(0, missing) // _IN_AN_ARTICLE))]
    texts = [t for _, ps in made for p in ps for t in (*windows_of(p).values(), *(p.unit_text(u) for u in p.units))]
    return [*base, *made], {**known, **dict(zip(map(embedding_key, texts), _near(np.stack(list(known.values())), len(texts)), strict=True))}


def _words(article: Article) -> list[str]:
    """English words, Chinese in pairs of characters."""
    if article.lang == "en":
        return [w for w in article.body.split() if w.isalpha()]
    return [article.body[n : n + 2] for n in range(0, len(article.body) - 1, 2) if article.body[n : n + 2].isalpha()]


def _article(n: int, lang: Lang, words: Sequence[str], draw: random.Random) -> Cut:
    full, between = (".", " ") if lang == "en" else ("。", "")
    sentences = [between.join(draw.choices(words, k=_WORDS)) + full for _ in range(_IN_AN_ARTICLE * _SENTENCES)]
    article = Article(
        id=f"made-up-{n}", lang=lang, version=1, title=between.join(draw.choices(words, k=4)), audience="public",
        in_force=Period.model_validate({"from": date(2020, 1, 1)}), owner="bench", body="\n".join(sentences) + "\n",
    )  # fmt: skip
    return article, list(_passages(article, sentences))


def _passages(article: Article, sentences: Sequence[str]) -> Iterator[Passage]:
    at = 0
    for ordinal in range(_IN_AN_ARTICLE):
        start, units = at, []
        for text in sentences[ordinal * _SENTENCES : (ordinal + 1) * _SENTENCES]:
            units.append(Unit(kind="sentence", text=text, spans=((at, at + len(text)),), paragraph=ordinal))
            at += len(text) + 1
        yield Passage(
            id=passage_id(article, ordinal), article_id=article.id, lang=article.lang, version=1, ordinal=ordinal, title=article.title,
            section=f"{ordinal + 1}", text=article.body[start : at - 1], start=start, end=at - 1, units=tuple(units),
        )  # fmt: skip


def _near(rows: Vectors, count: int) -> Iterator[Vectors]:
    """So many unit vectors, each near one of these."""
    draw = np.random.default_rng(0)
    for at in range(0, count, 10_000):
        some = rows[draw.integers(len(rows), size=min(10_000, count - at))]
        noise = draw.standard_normal(some.shape, dtype=np.float32)
        near = some + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        yield from (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
