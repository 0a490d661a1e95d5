"""A small ferry line with its own articles: what the quote answers must work on, besides our airline's."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from basics.words import Lang
from bot.compose import compose
from bot.ground import ground
from bot.own import facts_about, stated
from bot.prefer import prefer
from bot.steps import Evidence, Grounding, Request, Understood
from bot.understand import understand, widen
from customers.traveller import Tier, Traveller
from desk.conversation import Caller, joined
from knowledge.article import Article
from knowledge.cut import passages_of
from knowledge.embedder import Vectors
from knowledge.index import Hit
from knowledge.search import search
from knowledge.shelf import Reader, Shelf

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TODAY = NOW.date()

VEHICLES = """# Cars and bicycles

Every vehicle needs a place on the car deck. Fuel cans are never carried, not even empty ones.

## Deck fees

The deck fee is charged for each crossing:

| Vehicle | Summer | Winter |
| --- | --- | --- |
| Bicycle | Free | Free |
| Car up to 5 m | EUR 40 | EUR 25 |
| Car of more than 5 m and up to 8 m | EUR 65 | EUR 45 |

The exception is the night ferry: there a bicycle costs EUR 6.

## Boarding with a car

A car may board under these conditions:

- it is at the ramp 45 minutes before departure;
- the alarm is switched off;
- nobody stays inside during the crossing.

## Cancelling a deck place

A deck place is paid back in full until 2 days before departure; later than that we keep half of it. Cabins are in "Cabins".
"""
CABINS = """# Cabins

A cabin is for up to four persons and has a shower. Gold members sleep in a cabin at half price; Silver members pay the full price.

## Dogs in cabins

A dog may sleep in a pet cabin only. Dogs are refused in all other cabins, even in their carrier.

## Delays

| Delay | What we give you |
| --- | --- |
| 1 hour or more | A hot drink |
| 3 hours or more | A warm meal |
"""
BIKES_ZH = """# 汽车与自行车

## 甲板费用

| 车辆 | 夏季 | 冬季 |
| --- | --- | --- |
| 自行车 | 免费 | 免费 |
| 汽车，不超过 5 米 | 40 欧元 | 25 欧元 |

夜航渡轮例外：自行车收费 6 欧元。

## 取消甲板车位

开船 2 天以前取消的，全额退款；不足 2 天的，退还一半。
"""


class Nowhere:
    """An index that finds nothing: search goes by words alone."""

    is_remote = lost = False

    def put(self, lang: Lang, ids: Sequence[str], vectors: Vectors) -> None: ...

    def remove(self, lang: Lang, ids: Sequence[str]) -> None: ...

    def ids(self, lang: Lang) -> frozenset[str]:
        return frozenset()

    def nearest(self, lang: Lang, vector: Vectors, most: int) -> tuple[Hit, ...]:
        return ()


def an_article(article_id: str, body: str, lang: Lang = "en", **changed: object) -> Article:
    facts = {"version": 1, "audience": "public", "in_force": {"from": date(2026, 1, 1)}, "owner": "Quay", **changed}
    return Article.model_validate({"id": article_id, "lang": lang, "title": body.splitlines()[0].lstrip("# "), "body": body, **facts})


def a_shelf(*articles: Article) -> Shelf:
    return Shelf([(a, passages_of(a)) for a in articles], {})


FERRY = a_shelf(an_article("vehicles", VEHICLES), an_article("cabins", CABINS), an_article("vehicles", BIKES_ZH, "zh"))


def asked(question: str, tier: Tier | None = None, shelf: Shelf = FERRY) -> tuple[Request, Understood, Evidence]:
    """A question up to what was found for it."""
    request = Request(conversation_id="c", caller=Caller(), lang="en", text=question, now=NOW)
    person = Traveller.model_validate({"id": "t", "name": {"en": "Ann", "zh": "安"}, "email": "a@x.example", "tier": tier}) if tier else None
    reader = Reader(days={"asking": TODAY, "ticketing": TODAY, "travel": TODAY})
    evidence = Evidence(traveller=person, reader=reader)
    understood = understand(request)
    facts = facts_about(understood.question, evidence, NOW)
    understood = widen(understood, facts)
    found = search(shelf, Nowhere(), None, understood.searched_terms, understood.lang, reader, most=24, asked=understood.question)
    found = prefer(found, understood, facts, stated(understood, evidence, NOW))
    return request, understood, evidence.model_copy(update={"found": found})


def grounded(question: str, tier: Tier | None = None, shelf: Shelf = FERRY) -> Grounding:
    request, understood, evidence = asked(question, tier, shelf)
    return ground(compose(request, understood, evidence, shelf), evidence)


def answer(question: str, tier: Tier | None = None, shelf: Shelf = FERRY) -> str:
    """What is said to a question: the grounded quote draft."""
    outcome = grounded(question, tier, shelf)
    assert outcome.refused == ()
    return joined(outcome.draft.sentences)
