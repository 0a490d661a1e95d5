"""An answer nobody is there to read goes by e-mail, once, to the address that may have it; its link opens the conversation again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from basics.words import words
from bot.answers_by_mail import AnswersByMail
from customers.consent import Consent
from customers.reservations import ReservationsUnavailable
from customers.source_demo import DemoSource
from customers.traveller import Traveller
from store import conversations, outbox
from tests.house import Chat, Served, StaffMember, done, keep_staff, refused

LEFT = "ming.li@example.com"


class Wants(DemoSource):
    """The demo's platform, in which a traveller takes no e-mail, or which is away."""

    email = True
    away = False

    async def traveller(self, id: str) -> Traveller | None:
        if self.away:
            raise ReservationsUnavailable(words("No answer.", "没有响应。"))
        person = await super().traveller(id)
        return person.model_copy(update={"consent": Consent(email=self.email)}) if person else None


@pytest.fixture
async def house(make_house: Any) -> AsyncIterator[Served]:
    served: Served = await make_house(source=Wants())
    await keep_staff(served.house)
    yield served


async def mailed(house: Served) -> int:
    """Let the duty look (the house's own may have been faster); how many e-mails there are now."""
    await AnswersByMail(house.house.db, house.house.mind.source, house.house.settings, house.clock).look()
    return len(await mails(house))


async def mails(house: Served) -> list[outbox.Outgoing]:
    async with house.house.db.read() as conn:
        ids = list((await conn.execute(text("select id from outbox order by made_at"))).scalars())
        return [m for i in ids if (m := await outbox.mail_of(conn, i))]


async def asked(house: Served, who: str | None = "lin-gold", lang: str = "zh") -> tuple[Chat, StaffMember, dict[str, Any]]:
    """A traveller who asked for a person and closed the page; one of the two has taken it."""
    chat, anna = await house.chat(who, lang=lang), await house.staff()
    ticket = (await chat.hand_over())["ticket"]
    await anna.claim(ticket["id"])
    return chat, anna, ticket


async def test_a_closed_page_means_an_e_mail_whose_link_opens_the_chat(house: Served) -> None:
    """Two sentences of Anna's in one e-mail, in the traveller's language, two minutes later, once; the link works once and the chat goes on there."""
    chat, anna, ticket = await asked(house)
    done(await anna.reply(ticket["id"], "可以，宠物航班号已改。", "a1"))
    done(await anna.reply(ticket["id"], "<b>请</b>提前两小时到。", "a2"))
    assert await mailed(house) == 0
    house.clock.move(minutes=3)
    assert [await mailed(house), await mailed(house)] == [1, 1]
    (mail,) = await mails(house)
    assert mail.mail.to == "lin.yue@ninebends.example" and str(ticket["number"]) in mail.mail.subject and "已有答复" in mail.mail.subject
    assert "林悦，您好" in mail.mail.text and "宠物航班号已改" in mail.mail.text and "<b>请</b>提前" in mail.mail.text
    assert "&lt;b&gt;请" in mail.mail.html and "Anna" in mail.mail.text
    code = mail.mail.text.partition("#resume=")[2].split()[0]
    opened = done(await house.http.post("/v1/conversations/resume", json={"code": code}))
    assert opened["id"] == chat.id
    refused(await house.http.post("/v1/conversations/resume", json={"code": code}), 404, "not-found")
    chat.opened = opened
    said = await chat.say("谢谢，请问要带什么证件？")
    assert said["kind"] == "passed_on"


async def test_who_is_there_gets_no_e_mail(house: Served) -> None:
    """A page that follows the conversation has shown it; one that comes back within the two minutes, too."""
    chat, anna, ticket = await asked(house)
    await house.house.db.write(lambda tx: conversations.listened(tx, chat.id, house.clock()))
    done(await anna.reply(ticket["id"], "Yes.", "a1"))
    house.clock.move(minutes=1)
    await house.house.db.write(lambda tx: conversations.listened(tx, chat.id, house.clock()))
    house.clock.move(minutes=30)
    assert await mailed(house) == 0
    done(await anna.reply(ticket["id"], "And bring the vaccination card.", "a2"))
    house.clock.move(minutes=3)
    assert await mailed(house) == 1
    (mail,) = await mails(house)
    assert "vaccination" in mail.mail.text and "Yes." not in mail.mail.text


async def test_who_is_not_signed_in_may_leave_an_address(house: Served) -> None:
    """Kept for this conversation, shown with its middle hidden, taken back when they like; nothing is mailed to nobody."""
    chat, anna, ticket = await asked(house, None, "en")
    done(await anna.reply(ticket["id"], "Yes, it may fly.", "a1"))
    house.clock.move(minutes=3)
    assert await mailed(house) == 0
    now = done(await chat.http.put(f"/v1/conversations/{chat.id}/email", json={"address": f" {LEFT} "}, headers=chat.headers))
    assert now["answers_to"] == "m•••@example.com" and (await chat.now())["answers_to"] == "m•••@example.com"
    assert await mailed(house) == 1
    (mail,) = await mails(house)
    assert mail.mail.to == LEFT and mail.mail.text.startswith("Good day,") and "Anna answered you:\nYes, it may fly." in mail.mail.text
    done(await chat.http.put(f"/v1/conversations/{chat.id}/email", json={"address": None}, headers=chat.headers))
    done(await anna.reply(ticket["id"], "In the cabin.", "a2"))
    house.clock.move(minutes=3)
    assert await mailed(house) == 1 and (await chat.now())["answers_to"] is None


@pytest.mark.parametrize("address", ["", "x", "a@b", "a b@example.com", "a@example.com\nBcc: all@example.com", "a" * 65 + "@example.com", 7])
async def test_what_is_no_address_is_told(house: Served, address: Any) -> None:
    """In a plain sentence; nothing is kept."""
    chat = await house.chat()
    refused(await chat.http.put(f"/v1/conversations/{chat.id}/email", json={"address": address}, headers=chat.headers), 400, "bad-request")
    assert (await chat.now())["answers_to"] is None


async def test_a_traveller_s_address_is_the_platform_s(house: Served) -> None:
    """Whoever is signed in cannot send their answers elsewhere, and nobody leaves an address in somebody else's conversation."""
    chat, stranger = await house.chat("lin-gold"), await house.chat()
    where = f"/v1/conversations/{chat.id}/email"
    refused(await chat.http.put(where, json={"address": LEFT}, headers=chat.headers), 409, "address-known")
    refused(await chat.http.put(where, json={"address": LEFT}, headers=stranger.headers), 404, "not-found")


async def test_who_takes_no_e_mail_gets_none(make_house: Any) -> None:
    """The answer stays in the chat; agreeing later mails what comes then, not what was."""
    source = Wants()
    source.email = False
    house: Served = await make_house(source=source)
    await keep_staff(house.house)
    _, anna, ticket = await asked(house)
    done(await anna.reply(ticket["id"], "Yes.", "a1"))
    house.clock.move(minutes=3)
    assert await mailed(house) == 0
    source.email = True
    assert await mailed(house) == 0


async def test_a_platform_that_is_away_delays_the_e_mail(make_house: Any) -> None:
    """It is tried again with the next look, and not for ever: after a week an answer is old."""
    source = Wants()
    house: Served = await make_house(source=source)
    await keep_staff(house.house)
    _, anna, ticket = await asked(house)
    done(await anna.reply(ticket["id"], "Yes.", "a1"))
    house.clock.move(minutes=3)
    source.away = True
    assert await mailed(house) == 0
    source.away = False
    assert await mailed(house) == 1
    done(await anna.reply(ticket["id"], "No.", "a2"))
    house.clock.now += timedelta(days=8)
    assert await mailed(house) == 1
