"""The traveller's door: answers with their sources, whole or as a stream, and a page that can always be rebuilt from the events."""

import asyncio
from typing import Any

import httpx

from tests.house import Chat, Event, Served, done, frames, kinds, refused, until

BAGS = "How many bags can I check in?"


async def test_an_answer_names_its_sources(make_house: Any) -> None:
    """The gold traveller's question about bags is answered by the article's own numbers, with the version it stands in."""
    reply = await (await (await make_house(answer_at=0.0)).chat("lin-gold")).say(BAGS)
    assert reply["kind"] == "answer" and "2 × 23 kg" in reply["text"]
    first = reply["citations"][0]
    assert (first["article_id"], first["lang"]) == ("checked-baggage", "en") and first["quote"] and first["url"].startswith("https://")
    assert 1 <= len(reply["citations"]) <= 3
    cited = {n for s in reply["sentences"] for n in s["citations"]}
    assert cited <= set(range(1, len(reply["citations"]) + 1)) and cited
    assert reply["receipt_id"] and 0 <= reply["confidence"] <= 1 and reply["basis"] in ("rule", "curated", "retrieved", "model")


async def test_every_sentence_says_what_carries_it(house: Served) -> None:
    """A passage, an entitlement or an approved wording stands behind each sentence, exactly one kind each."""
    chat = await house.chat("lin-gold")
    for text in (BAGS, "Can I change my return flight?", "hello", "退票要收多少手续费？"):
        for sentence in (await chat.say(text))["sentences"]:
            assert sentence["carried_by"]
            for carrier in sentence["carried_by"]:
                assert sum(carrier[k] is not None for k in ("passage_id", "entitlement_id", "wording_id")) == 1


async def test_a_turn_streams_as_it_is_kept(house: Served) -> None:
    """The stream is the numbered rows, in order, from the message to the reply; `done` comes last and carries no number."""
    chat = await house.chat("lin-gold")
    heard = await chat.stream(BAGS)
    assert kinds(heard)[0] == "message" and kinds(heard)[-2:] == ["reply", "done"] and heard[-1].number is None
    assert [e.number for e in heard[:-1]] == list(range(1, len(heard)))
    sentences, reply = [e for e in heard if e.kind == "sentence"], heard[-2]
    assert [e.data["index"] for e in sentences] == list(range(len(reply.data["sentences"])))
    assert [e.data["text"] for e in sentences] == [s["text"] for s in reply.data["sentences"]]
    assert {e.data["message_id"] for e in sentences} == {reply.data["message_id"]}
    assert kinds(await chat.events()) == kinds(heard)[:-1]


async def test_the_same_message_twice_is_one_message(house: Served) -> None:
    """A page that sends again after a lost connection gets the same message and the same reply; the conversation holds each once."""
    chat = await house.chat("lin-gold")
    first = await chat.say(BAGS, "c1")
    again = await chat.say(BAGS, "c1")
    streamed = await chat.stream("other words, same id", "c1")
    assert first == again
    assert [e.data["message_id"] for e in streamed if e.kind == "reply"] == [first["message_id"]]
    assert kinds(await chat.events()).count("message") == 1 and kinds(await chat.events()).count("reply") == 1


async def test_twice_at_the_same_time_is_one_message_too(house: Served) -> None:
    """Ten copies of one message side by side are kept once and all hear the same reply."""
    chat = await house.chat("lin-gold")
    replies = await asyncio.gather(*(chat.say(BAGS, "c1") for _ in range(10)))
    assert len({r["message_id"] for r in replies}) == 1
    assert kinds(await chat.events()).count("message") == 1 and kinds(await chat.events()).count("reply") == 1


async def test_the_language_can_be_switched(house: Served) -> None:
    """A switch words greeting and suggestions anew; writing in the other language switches by itself."""
    chat = await house.chat("lin-gold", lang="en")
    answer = await house.http.patch(f"/v1/conversations/{chat.id}", json={"lang": "zh"}, headers=chat.headers)
    switched = done(answer)
    assert switched["lang"] == "zh" and "林悦" in switched["greeting"] and switched["suggestions"] != chat.opened["suggestions"]
    assert (await chat.now())["lang"] == "zh"
    reply = await chat.say(BAGS)
    assert reply["lang"] == "en" and (await chat.now())["lang"] == "en"
    assert (await chat.say("我可以免费托运几件行李？"))["lang"] == "zh"
    refused(await house.http.patch(f"/v1/conversations/{chat.id}", json={"lang": "fr"}, headers=chat.headers), 400, "bad-request")


async def test_a_thumb_is_kept_and_can_be_taken_back(house: Served) -> None:
    """Feedback is an event of the conversation; it is for replies of this conversation only."""
    chat = await house.chat()
    reply = await chat.say("hello")
    for thumb in ("up", "down", None):
        said = done(await chat.post(f"/messages/{reply['message_id']}/feedback", {"thumb": thumb}))
        assert said == {"message_id": reply["message_id"], "thumb": thumb}
    assert [e.data["thumb"] for e in await chat.events() if e.kind == "feedback"] == ["up", "down", None]
    own = (await chat.events())[0].data["message_id"]
    refused(await chat.post(f"/messages/{own}/feedback", {"thumb": "up"}), 404, "not-found")
    refused(await chat.post(f"/messages/{reply['message_id']}/feedback", {"thumb": "sideways"}), 400, "bad-request")


async def test_the_transcript_holds_everything(house: Served) -> None:
    """Who said what, in order, as plain text, with the sources."""
    chat = await house.chat("lin-gold")
    reply = await chat.say(BAGS)
    await chat.say("thanks")
    answer = await house.http.get(f"/v1/conversations/{chat.id}/transcript", headers=chat.headers)
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.text
    assert text.index(f"You: {BAGS}") < text.index("2 × 23 kg") < text.index("thanks")
    assert reply["citations"][0]["title"] in text and reply["citations"][0]["url"] in text


def folded(events: list[Event], talk: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a page shows, by the events alone (web/shared/fold.ts in a few lines)."""
    talk = talk or {"last": 0, "state": "bot", "messages": {}, "proposals": {}, "receipts": {}, "tickets": {}}
    for e in events:
        if e.number is None or e.number <= talk["last"]:
            continue
        talk["last"] = e.number
        match e.kind:
            case "message" | "staff_message":
                talk["messages"][e.data["message_id"]] = e.data["text"]
            case "reply":
                talk["messages"][e.data["message_id"]] = e.data["text"]
            case "proposal":
                talk["proposals"][e.data["id"]] = e.data["state"]
            case "receipt":
                talk["receipts"][e.data["proposal_id"]] = e.data["reference"]
            case "handoff":
                talk["tickets"][e.data["ticket"]["id"]] = "waiting"
                talk["state"] = "waiting"
            case "taken_over":
                talk["tickets"][e.data["ticket_id"]] = "taken"
                talk["state"] = "staff"
            case "returned" | "resolved":
                talk["tickets"][e.data["ticket_id"]] = e.kind
                talk["state"] = "bot"
    return talk


async def agrees(chat: Chat, talk: dict[str, Any]) -> None:
    now = await chat.now()
    assert (now["state"], now["last_event"]) == (talk["state"], talk["last"])
    open_ones = {i: s for i, s in talk["tickets"].items() if s in ("waiting", "taken")}
    assert ({now["ticket"]["id"]: now["ticket"]["state"]} if now["ticket"] else {}) == open_ones


async def test_state_before_plus_events_is_state_after(house: Served) -> None:
    """At every moment of a whole story, folding the new events onto what a page had gives what the server says."""
    chat, anna = await house.chat("lin-gold"), await house.staff("Anna")
    talk = folded(await chat.events())
    await agrees(chat, talk)
    proposal = (await chat.say("Can I change my return flight?"))["proposal"]

    async def declined() -> None:
        done(await chat.post(f"/proposals/{proposal['id']}/decline"))

    async def resolved() -> None:
        done(await anna.post(f"/tickets/{ticket['id']}/resolve"))

    async def answered() -> None:
        done(await anna.reply(ticket["id"], "Yes, you may."))

    steps: list[Any] = [lambda: chat.say(BAGS), declined, chat.hand_over]
    for step in steps:
        await step()
        talk = folded(await chat.events(talk["last"]), talk)
        await agrees(chat, talk)
    ticket = (await chat.now())["ticket"]
    for step in (lambda: anna.claim(ticket["id"]), answered, lambda: chat.say("thank you"), resolved, lambda: chat.say("hello")):
        await step()
        talk = folded(await chat.events(talk["last"]), talk)
        await agrees(chat, talk)
    assert talk == folded(await chat.events()) and talk["proposals"] == {proposal["id"]: "declined"}
    assert "Yes, you may." in talk["messages"].values()


async def test_events_are_replayed_and_then_come_live(make_house: Any) -> None:
    """A page that comes late hears everything from where it was, then every new row the moment it is kept; leaving ends nothing."""
    house = await make_house(real=True)
    chat = await house.chat("lin-gold")
    await chat.say("hello")
    text, url = [""], f"/v1/conversations/{chat.id}/events"

    async def listen() -> None:
        async with house.http.stream("GET", url, params={"after": 1}, headers=chat.headers | {"Accept": "text/event-stream"}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for piece in answer.aiter_text():
                text[0] += piece

    async def heard() -> list[Event]:
        return frames(text[0].rpartition("\n\n")[0])

    listening = asyncio.create_task(listen())
    await until(lambda: _holds(heard, "reply", 1))
    assert (await heard())[0].number == 2  # the page had event 1 already
    await chat.say(BAGS)
    await until(lambda: _holds(heard, "reply", 2))
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    numbers = [e.number for e in await heard()]
    assert numbers == list(range(2, 2 + len(numbers)))
    assert (await chat.say("thanks"))["kind"] == "answer"


async def _holds(heard: Any, kind: str, times: int) -> bool:
    return kinds(await heard()).count(kind) >= times


async def test_a_closing_server_ends_its_streams_with_done(make_house: Any) -> None:
    """A stream that waits is told `done` when the server closes, so that stopping takes a moment."""
    house = await make_house(real=True)
    chat = await house.chat()
    await chat.say("hello")

    async def listen() -> str:
        try:
            return (await house.http.get(f"/v1/conversations/{chat.id}/events", headers=chat.headers | {"Accept": "text/event-stream"})).text
        except httpx.HTTPError as wrong:
            return f"cut: {wrong}"

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.3)
    house.app.state.closing.set()
    assert kinds(frames(await asyncio.wait_for(listening, 3)))[-1] == "done"


async def test_a_reader_who_leaves_does_not_end_the_turn(make_house: Any) -> None:
    """The page may close as soon as its message is acknowledged: the turn ends all the same and the answer is there on return."""
    house = await make_house(real=True)
    chat = await house.chat("lin-gold")
    body = {"text": BAGS, "client_msg_id": "c1"}
    url = f"/v1/conversations/{chat.id}/messages"
    async with house.http.stream("POST", url, json=body, headers=chat.headers | {"Accept": "text/event-stream"}) as answer:
        async for piece in answer.aiter_text():
            if "event: message" in piece:
                break

    async def replied() -> bool:
        return "reply" in kinds(await chat.events())

    await until(replied)
    assert kinds(await chat.events()).count("message") == 1


async def test_it_says_whether_it_is_alive_and_ready(house: Served) -> None:
    """`/healthz` and `/readyz` need no token."""
    assert done(await house.http.get("/healthz")) == {"status": "ok"}
    ready = done(await house.http.get("/readyz"))
    assert ready["ready"] is True and ready["passages"] > 50


async def test_an_empty_base_is_not_ready_and_hands_over(make_house: Any) -> None:
    """Without a single article it says that it is not ready, and every question still ends with a person."""
    house = await make_house(own_index=True, empty=True)
    answer = await house.http.get("/readyz")
    assert answer.status_code == 503 and answer.json()["ready"] is False
    reply = await (await house.chat()).say(BAGS)
    assert reply["kind"] == "handoff" and reply["ticket"]["number"] >= 1001


async def test_pages_come_with_the_headers_that_keep_them_honest(make_house: Any) -> None:
    """No page may run inline code, be framed by strangers or leak where it came from."""
    house = await make_house(with_demo=True, frame_ancestors="'self' https://www.larkspur.example")
    for path, ancestors in (("/", "'none'"), ("/console/", "'none'"), ("/widget/", "'self' https://www.larkspur.example")):
        answer = await house.http.get(path)
        policy = answer.headers["content-security-policy"]
        assert answer.status_code == 200 and "default-src 'none'" in policy and f"frame-ancestors {ancestors}" in policy
        assert "unsafe" not in policy and answer.headers["x-content-type-options"] == "nosniff"
    assert (await house.http.get("/widget.js")).headers["content-type"].startswith("text/javascript")
    assert (await house.http.get("/widget/../api/app.py")).status_code == 404
    assert (await house.http.get("/widget/..%2f..%2fapp.py")).status_code == 404
