"""How strictly identities are looked at, and what a host page's tags do."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from customers.source_demo import DemoSource
from customers.traveller import Traveller
from tests.api.test_host_identity import RSA_PRIVATE, RSA_PUBLIC
from tests.house import HOST_KEY, NOW, Chat, Served, done, host_jwt, refused

CHANGE = "Can I change my return flight?"
FORGED = host_jwt("lin-gold", key="somebody else's key, also long enough to sign")


class UnknownTags(DemoSource):
    """A customer platform that knows no tag of anybody (`None`: that cannot say)."""

    def __init__(self, tags: Any) -> None:
        super().__init__()
        self.tags = tags

    async def traveller(self, id: str) -> Traveller | None:
        person = await super().traveller(id)
        return person.model_copy(update={"tags": self.tags}) if person else None


async def opened(house: Served, **body: Any) -> Any:
    return await house.http.post("/v1/conversations", json=body)


async def as_whom(house: Served, **body: Any) -> str:
    return str(done(await opened(house, **body))["caller"]["kind"])


async def test_allow_is_how_it_starts(make_house: Any) -> None:
    """Nobody, or somebody who is vouched for; a bad identity is never quietly anonymous."""
    house = await make_house(empty=True)
    assert house.house.settings.identity_mode == "allow"
    assert await as_whom(house) == "anonymous" and await as_whom(house, identity=host_jwt("lin-gold")) == "traveller"
    said = refused(await opened(house, identity=FORGED), 401, "identity-refused")
    assert said["may_go_on"] is True, "what a page may offer beside signing in again"
    assert "was not signed with the key CONCIERGE_HOST_KEY" in said["detail"] and "签名" in said["detail_zh"]
    assert "8,000 bytes" in refused(await opened(house, identity="x" * 9_000), 401, "identity-refused")["detail"]


async def test_enforce_lets_nobody_in_without_an_identity(make_house: Any) -> None:
    """A missing, invalid or unknown one is a 401; a good one comes in."""
    house = await make_house(empty=True, identity_mode="enforce")
    for body in ({}, {"identity": None}):
        assert "Sign in" in refused(await opened(house, **body), 401, "identity-needed")["detail"]
    for identity in ("", FORGED, host_jwt("nobody-we-know")):
        assert refused(await opened(house, identity=identity), 401, "identity-refused")["may_go_on"] is False
    assert await as_whom(house, identity=host_jwt("lin-gold")) == "traveller"


async def test_observe_only_notes_what_it_would_refuse(make_house: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A bad identity is anonymous and its reason is in the log, the token is not; a good one still counts."""
    house = await make_house(empty=True, identity_mode="observe")
    assert await as_whom(house) == "anonymous" and not caplog.records
    for identity, why in (
        (FORGED, "was not signed"),
        ("x" * 9_000, "larger than"),
        (host_jwt("nobody-we-know"), "nobody of this name"),
        ("", "can be read"),
    ):
        with caplog.at_level(logging.WARNING, "concierge.identity"):
            caplog.clear()
            assert await as_whom(house, identity=identity) == "anonymous"
        said = [r.getMessage() for r in caplog.records if r.name == "concierge.identity"]
        assert len(said) == 1 and why in said[0] and (not identity or identity not in said[0])
    assert await as_whom(house, identity=host_jwt("lin-gold")) == "traveller"


async def test_anonymous_looks_at_no_identity(make_house: Any) -> None:
    """Good or bad, everybody is a visitor."""
    house = await make_house(empty=True, identity_mode="anonymous")
    for identity in (None, "", FORGED, host_jwt("lin-gold")):
        assert await as_whom(house, identity=identity) == "anonymous"


def two_keys(folder: Path) -> Path:
    file = folder / "keys.json"
    trusted = {"kid": "app", "alg": "RS256", "key": RSA_PUBLIC, "may_set_tags": True}
    file.write_text(json.dumps([{"kid": "web", "alg": "HS256", "key": HOST_KEY}, trusted]))
    return file


def signed(kid: str, who: str = "lin-gold", **claims: Any) -> str:
    import jwt

    at = int(NOW.timestamp())
    key, alg = (HOST_KEY, "HS256") if kid == "web" else (RSA_PRIVATE, "RS256")
    return jwt.encode({"sub": who, "aud": "travel-concierge", "iat": at, "exp": at + 600} | claims, key, algorithm=alg, headers={"kid": kid})


async def change_as(house: Served, identity: str) -> tuple[dict[str, Any], Chat]:
    chat = Chat(house.http, done(await opened(house, identity=identity)))
    return await chat.say(CHANGE), chat


async def test_a_host_page_s_tags_give_rights_in_this_conversation_only(make_house: Any, tmp_path: Path) -> None:
    """The platform knows no benefit; a key that may set tags vouches for one, another key does not, and the next conversation starts without."""
    house = await make_house(empty=True, host_key="", host_keys=two_keys(tmp_path), source=UnknownTags(()))
    plain, _ = await change_as(house, signed("app"))
    assert plain["proposal"] is None
    ignored, _ = await change_as(house, signed("web", tags=["return_flex"]))
    assert ignored["proposal"] is None
    vouched, chat = await change_as(house, signed("app", tags=["return_flex", "vip"]))
    assert vouched["proposal"], vouched
    house.clock.move(days=1)
    again = await chat.say(CHANGE, "later")
    assert "return_flex" not in json.dumps(again) and any(e["decision"] == "allow" for e in again["entitlements"])
    other, _ = await change_as(house, signed("app", iat=int(house.clock().timestamp()), exp=int(house.clock().timestamp()) + 60))
    assert all(e["decision"] != "allow" for e in other["entitlements"])


async def test_staff_see_what_the_host_page_vouched_for(make_house: Any, tmp_path: Path) -> None:
    """The Brief lists the tags once each, the platform's beside the host page's."""
    from bot.sign_in import Accounts
    from tests.house import STAFF

    house = await make_house(empty=True, host_key="", host_keys=two_keys(tmp_path))
    await Accounts(house.house.db, house.clock).keep("staff-anna", "Anna", STAFF["Anna"])
    _, chat = await change_as(house, signed("app", tags=["return_flex", "vip"]))
    ticket = (await chat.hand_over())["ticket"]
    brief = (await (await house.staff()).get(f"/tickets/{ticket['id']}"))["brief"]
    assert sorted(t["name"] for t in brief["who"]["tags"]) == ["frequent_flyer", "return_flex", "vip"]


async def test_a_few_known_tags_do_not_make_the_others_absent(make_house: Any, tmp_path: Path) -> None:
    """Where the platform cannot say, a right stays with a person: a tag beside it may forbid what this one allows."""
    house = await make_house(empty=True, host_key="", host_keys=two_keys(tmp_path), source=UnknownTags(None))
    reply, _ = await change_as(house, signed("app", tags=["return_flex"]))
    assert reply["proposal"] is None and {e["decision"] for e in reply["entitlements"]} == {"refer"}


async def test_two_keys_are_a_rotation(make_house: Any, tmp_path: Path) -> None:
    """Both are believed through the door, each with its own kid; a token that names neither is not."""
    house = await make_house(empty=True, host_key="", host_keys=two_keys(tmp_path))
    for kid in ("web", "app"):
        assert await as_whom(house, identity=signed(kid)) == "traveller"
    assert "does not name its key" in refused(await opened(house, identity=host_jwt("lin-gold")), 401, "identity-refused")["detail"]
