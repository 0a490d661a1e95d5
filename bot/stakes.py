"""What is at stake: money, refunds, health, law or safety, read by code from the articles, the question and the words that would be quoted."""

import re
from functools import cache
from pathlib import Path

import yaml

from bot.prefer import holds
from bot.steps import Draft, Understood
from knowledge.article import STAKES, Article, Stake
from knowledge.shelf import Shelf

FILE = Path(__file__).with_name("stakes.yaml")
Patterns = dict[Stake, tuple[re.Pattern[str], re.Pattern[str]]]


def stakes_of(understood: Understood, draft: Draft, shelf: Shelf) -> frozenset[Stake]:
    """The kinds that are at stake in this draft; nothing where nothing is quoted. What an article says of itself (`stakes:`) stands for its words."""
    quoted = {c.passage_id for s in draft.sentences for c in s.carried_by} - {None}
    if not quoted:
        return frozenset()
    articles = [article for c in draft.citations if (article := shelf.articles.get((c.article_id, c.lang, c.version)))]
    if articles and all(article.stakes is not None for article in articles):
        return _noted(articles)
    answer = next(s.text for s in draft.sentences if any(c.passage_id for c in s.carried_by))  # what is said beside it is seldom what is asked for
    return _noted(articles) | in_words(understood, answer)


def in_words(understood: Understood, quoted: str) -> frozenset[Stake]:
    """The kinds at stake by the words of the question and of what is quoted."""
    found: set[Stake] = {kind for kind, (asked, said) in _patterns().items() if asked.search(understood.question) or said.search(quoted)}
    if understood.wants & {"price", "money"} and holds(quoted, "money"):
        found.add("money")
    return frozenset(found)


def _noted(articles: list[Article]) -> frozenset[Stake]:
    return frozenset(kind for article in articles for kind in article.stakes or ())


@cache
def _patterns() -> Patterns:
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    def one(kind: Stake, place: str) -> re.Pattern[str]:
        return re.compile("|".join(read[kind][place][lang] for lang in ("en", "zh")), re.I)

    return {kind: (one(kind, "asked"), one(kind, "said")) for kind in STAKES if kind in read}
