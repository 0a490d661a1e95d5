"""Whatever is sent, the answer is a plain problem document or an honest reply: never a 500, never a traceback, never half a change."""

from typing import Any

import pytest

from tests.house import Chat, Served, done, kinds, refused

SCRIPT = '<script>alert("1")</script><img src=x onerror=alert(1)> & <b>bags</b>?'
STRANGE = {
    "emoji": "🧳🧳🧳❓ 👩‍👩‍👧‍👦",
    "html": SCRIPT,
    "control characters": "How many \x07\x1b[31mbags\x08 can I check in?\x7f",
    "mixed languages": "How many 件行李 can I 免费托运 as 金卡 member?",
    "other scripts": "Сколько багажа? كم حقيبة؟ いくつ？ กระเป๋า",
    "right to left marks": "How many \u202ebags\u202c can I check in?",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "zero width": "\u200b\u200b\ufeff",
    "sql": "'; DROP TABLE messages; --",
    "template": "{{7*7}} ${jndi:ldap://x} {greeting} %s %n",
    "one letter": "a",
    "only marks": "?!?!",
    "numbers": "1e309 0x7fffffff -0 NaN",
    "unicode replacement": "\ufffd\ufffe\uffff",
    "path": "../../../../etc/passwd",
}


async def test_strange_text_is_answered_and_kept_as_typed(house: Served) -> None:
    """Every text gets an honest reply; it stands in its conversation as it was typed, and comes back as plain text."""
    for what, text in STRANGE.items():
        chat = await house.chat("lin-gold")
        heard = await chat.stream(text)
        assert kinds(heard)[0] == "message" and kinds(heard)[-2:] == ["reply", "done"], (what, heard[-2:])
        assert heard[0].data["text"] == text.strip(), what
        reply = heard[-2].data
        assert reply["kind"] in ("answer", "clarify", "proposal", "abstain", "handoff") and reply["text"] and "<script" not in reply["text"], what
        answer = await house.http.get(f"/v1/conversations/{chat.id}/transcript", headers=chat.headers)
        assert text.strip() in answer.text and answer.headers["content-type"].startswith("text/plain"), what


async def test_html_reaches_the_desk_as_typed(house: Served) -> None:
    """Nothing is stripped or escaped on the way to staff either: pages show text as text."""
    chat, anna = await house.chat(), await house.staff()
    await chat.say(SCRIPT)
    ticket = (await chat.hand_over())["ticket"]
    brief = (await anna.get(f"/tickets/{ticket['id']}"))["brief"]
    assert brief["wants"] == SCRIPT


@pytest.mark.parametrize("text", ["", "   ", "\n\t \u3000"])
async def test_an_empty_message_is_not_a_message(house: Served, text: str) -> None:
    """Nothing written is nothing sent, as JSON and as a stream."""
    chat = await house.chat()
    refused(await chat.try_to_say(text), 422, "empty-message")
    assert [(e.kind, e.data.get("type")) for e in await chat.stream(text)] == [("error", "empty-message"), ("done", None)]
    assert await chat.events() == []


async def test_a_message_has_a_longest_length(house: Served) -> None:
    """4,000 characters are a message, 4,001 and 100 kB are refused with the limit; the conversation goes on."""
    chat = await house.chat()
    for size in (4_001, 100_000):
        said = refused(await chat.try_to_say("x" * size), 413, "message-too-long")
        assert said["longest"] == 4000 and "not sent" in said["detail"]
    assert [(e.kind, e.data.get("type")) for e in await chat.stream("字" * 4_001)] == [("error", "message-too-long"), ("done", None)]
    assert await chat.events() == []
    done(await chat.try_to_say("字" * 4_000))


async def test_a_huge_body_is_refused_unread(house: Served) -> None:
    """Two megabytes are refused by their declared length, and as well when no length is declared."""
    chat = await house.chat()
    url, headers = f"/v1/conversations/{chat.id}/messages", chat.headers | {"Content-Type": "application/json"}
    body = b'{"client_msg_id": "c", "text": "' + b"x" * 2_000_000 + b'"}'
    refused(await house.http.post(url, content=body, headers=headers), 413, "too-large")

    async def pieces() -> Any:
        for at in range(0, len(body), 50_000):
            yield body[at : at + 50_000]

    refused(await house.http.post(url, content=pieces(), headers=headers), 413, "too-large")
    assert await chat.events() == []


NO_MESSAGE = [
    b"", b"{", b"null", b"[]", b'"text"', b"12", b"\xff\xfe\x00", b"{}",
    b'{"text": 12, "client_msg_id": "c"}', b'{"text": null, "client_msg_id": "c"}', b'{"text": ["hi"], "client_msg_id": "c"}',
    b'{"text": "hi"}', b'{"text": "hi", "client_msg_id": ""}', b'{"text": "hi", "client_msg_id": {"a": 1}}',
    b'{"text": "hi", "client_msg_id": "' + b"c" * 81 + b'"}', b'{"text": "hi", "client_msg_id": "c"',
    b'{"text": "\\ud800", "client_msg_id": "c"}', b'{"text": "hi", "client_msg_id": "\\udfff"}',
    b"[" * 5_000, b"text=hi&client_msg_id=c", b'{"text": NaN, "client_msg_id": "c"}', b"1" * 5_000,
]  # fmt: skip


async def test_a_body_that_cannot_be_understood_changes_nothing(house: Served) -> None:
    """Broken JSON, wrong types, missing parts, half a character: one plain sentence that says where, and nothing is kept."""
    chat = await house.chat()
    for body in NO_MESSAGE:
        for accept in ("application/json", "text/event-stream"):
            headers = chat.headers | {"Content-Type": "application/json", "Accept": accept}
            answer = await house.http.post(f"/v1/conversations/{chat.id}/messages", content=body, headers=headers)
            assert answer.status_code == 400, f"{body[:60]!r} as {accept}: {answer.status_code} {answer.text[:200]}"
            refused(answer, 400, "bad-request")
    assert await chat.events() == []


async def test_nul_bytes_do_no_harm(house: Served) -> None:
    """A text with NUL bytes is answered; where a thing is looked up by one, it is not found."""
    chat, anna = await house.chat("lin-gold"), await house.staff()
    reply = await chat.say("How many bags\x00 can I check in?\x00", "nul")
    assert reply["kind"] in ("answer", "clarify", "handoff")
    assert "\x00" not in (await chat.events())[0].data["text"]
    refused(await chat.try_to_say("\x00"), 422, "empty-message")
    refused(await chat.try_to_say("hi", "a\x00b"), 400, "bad-request")
    for path in ("/proposals/%00/confirm", "/messages/%00/feedback", "/conversations/%00/handoff"):
        refused(await chat.post(path, {"thumb": "up"} if "feedback" in path else {}, **{"Idempotency-Key": "k"}), 404, "not-found")
    for path in ("/tickets/%00", "/conversations/%00/events"):
        refused(await house.http.get(f"/v1/desk{path}", headers=anna.headers), 404, "not-found")
    refused(await house.http.post("/v1/desk/sign-in", json={"name": "An\x00na", "password": "x"}), 400, "bad-request")
    refused(await house.http.post("/v1/desk/sign-in", json={"name": "Anna", "password": "\x00"}), 401, "sign-in-failed")


async def _get(chat: Chat, path: str, **params: Any) -> Any:
    return await chat.http.get(f"/v1{path}", params=params, headers=chat.headers)


async def test_numbers_that_are_none(house: Served) -> None:
    """`after` is a whole number from 0; one beyond the end gives nothing."""
    chat = await house.chat()
    for after in ("-1", "x", "1.5", "", str(2**40), str(2**70), "9" * 5_000):
        refused(await _get(chat, f"/conversations/{chat.id}/events", after=after), 400, "bad-request")
    assert done(await _get(chat, f"/conversations/{chat.id}/events", after=1_000))["events"] == []


async def test_places_that_are_none(house: Served) -> None:
    """Unknown addresses, wrong methods and wrong tokens are problem documents with our own words."""
    chat = await house.chat()
    refused(await _get(chat, "/nowhere"), 404, "not-found")
    refused(await house.http.get("/v2/conversations"), 404, "not-found")
    refused(await house.http.delete(f"/v1/conversations/{chat.id}", headers=chat.headers), 405, "bad-request")
    refused(await _get(chat, "/conversations/conv_nobody"), 404, "not-found")
    refused(await house.http.get(f"/v1/conversations/{chat.id}", headers={"Authorization": "Bearer wrong"}), 401, "not-signed-in")
    refused(await house.http.get(f"/v1/conversations/{chat.id}"), 401, "not-signed-in")
    refused(await house.http.get(f"/v1/conversations/{chat.id}", headers={"Authorization": "Bearer "}), 401, "not-signed-in")


async def test_opening_with_nonsense(house: Served) -> None:
    """A conversation opens in a language we speak, for somebody who is signed for, or not at all."""
    nonsense: list[Any] = [{"lang": "fr"}, {"lang": 1}, {"identity": 5}, {"identity": ["a"]}, [], "x"]
    for body in nonsense:
        refused(await house.http.post("/v1/conversations", json=body), 400, "bad-request")


async def test_wrong_things_on_cards_and_desk(house: Served) -> None:
    """Confirm, feedback and sign-in take what they take."""
    chat, anna = await house.chat("lin-gold"), await house.staff()
    proposal = (await chat.say("Can I change my return flight?"))["proposal"]
    for body in ({"option_id": 5}, {"option_id": "x" * 81}, [1], "yes"):
        answer = await chat.post(f"/proposals/{proposal['id']}/confirm", body, **{"Idempotency-Key": "k"})
        refused(answer, 400, "bad-request")
    assert house.changes() == []
    for body in ({}, {"name": "Anna"}, {"name": "Anna", "password": "x" * 1_001}, {"name": ["Anna"], "password": "x"}):
        refused(await house.http.post("/v1/desk/sign-in", json=body), 400, "bad-request")
    refused(await house.http.get("/v1/desk/queue", params={"lang": "fr"}, headers=anna.headers), 400, "bad-request")
