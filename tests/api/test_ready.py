"""Ready or not, and what is degraded: told to anybody, so without secrets and paths."""

import shutil
from collections import namedtuple
from typing import Any

import pytest

from basics.breaker import Breaker
from bot.llm import GuardedLLM, ModelFailed
from store import spending
from tests.api.test_metrics import figures
from tests.house import NOW, Served, done

USAGE = namedtuple("USAGE", "total used free")


class Model:
    """A model that is never asked here."""

    name = "the-model"

    async def close(self) -> None:
        """Nothing to close."""


def a_model() -> GuardedLLM:
    return GuardedLLM(Model(), Breaker())  # type: ignore[arg-type]


async def test_all_is_well(house: Served) -> None:
    """Nothing is degraded, and each part says so."""
    said = done(await house.http.get("/readyz"))
    assert said["ready"] and said["degraded"] == [] and said["passages"] > 50
    assert set(said["parts"]) == {"database", "index", "base", "model", "tokens", "disk", "redis", "post", "reminders"} and set(
        said["parts"].values()
    ) == {"ok"}


async def test_what_is_degraded_does_not_stop_it(make_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that fails, tokens used up, a disk nearly full, Redis gone: 200, and each is named, without address or password."""
    model = a_model()
    house = await make_house(model=model, model_tokens_a_day=100, redis_url="redis://:sesame-open@127.0.0.1:1/0")
    for _ in range(5):
        model._failed(ModelFailed("down"))
    await house.house.db.write(lambda tx: spending.spend(tx, NOW.date(), "the-model", 90, 20))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: USAGE(10**12, 10**12, 150_000_000))
    answer = await house.http.get("/readyz")
    assert answer.status_code == 200 and answer.json()["degraded"] == ["model", "tokens", "disk", "redis"]
    for secret in ("sesame", "127.0.0.1", str(house.house.home.path)):
        assert secret not in answer.text


async def test_without_its_database_it_cannot_serve(make_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, and why; the figures still come, and say that the store did not answer."""
    house = await make_house(own_index=True, empty=True)

    def gone() -> None:
        raise ConnectionError("postgresql://concierge:sesame@db.internal")

    monkeypatch.setattr(house.house.db, "read", gone)
    answer = await house.http.get("/readyz")
    assert answer.status_code == 503 and "database" in answer.json()["degraded"] and "sesame" not in answer.text
    seen = await figures(house)
    assert seen["concierge_database_up"] == 0 and "concierge_tickets_waiting" not in seen


async def test_an_index_that_is_torn_or_behind(make_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows that are missing are named as degraded; an index that does not answer means that it cannot serve."""
    house = await make_house()
    kind, health = type(house.house.mind.index), house.app.state.health
    whole = kind.ids
    monkeypatch.setattr(kind, "ids", lambda index, lang: frozenset(sorted(whole(index, lang))[1:]))
    answer = await house.http.get("/readyz")
    assert answer.status_code == 200 and answer.json()["degraded"] == ["index"] and "lacks 2 windows" in answer.json()["parts"]["index"]

    def torn(_index: object, _lang: str) -> None:
        raise RuntimeError("/var/lib/concierge/index is torn")

    monkeypatch.setattr(kind, "ids", torn)
    health._compared = None
    answer = await house.http.get("/readyz")
    assert answer.status_code == 503 and answer.json()["degraded"] == ["index"] and "/var" not in answer.text
