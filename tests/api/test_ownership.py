"""Whose is what: every route with an id, tried by everybody it does not belong to. The list is the app's own, so a new route is tried too."""

from typing import Any

import httpx
from fastapi.routing import APIRoute

from tests.house import Served, done, host_jwt, kinds

OPEN = {  # what anybody may call, and why
    "POST /v1/conversations": "opening a conversation",
    "POST /v1/desk/sign-in": "signing in",
    "POST /v1/conversations/resume": "with the one-time code of an e-mail: test_moments.py",
    "GET /v1/mail/unsubscribe/{code}": "likewise",
    "POST /v1/mail/unsubscribe/{code}": "likewise",
    "GET /healthz": "alive",
    "GET /readyz": "ready",
    "GET /metrics": "figures, from this machine or with a token: test_metrics.py",
}


def routes_of(house: Served) -> list[tuple[str, str]]:
    """(method, path) of every route: the published ones from the OpenAPI document, and those that are not in it."""
    paths = house.app.openapi()["paths"]
    published = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    every = {(m, r.path) for r in house.app.routes if isinstance(r, APIRoute) for m in r.methods if r.path.startswith("/v1/")}
    return sorted(r for r in published | every if f"{r[0]} {r[1]}" not in OPEN)


async def call(house: Served, method: str, path: str, token: str | None) -> httpx.Response:
    """The call with a body that any of the routes would take."""
    everything: dict[str, Any] = {
        "text": "Let me in.", "client_msg_id": "x1", "lang": "zh", "thumb": "down", "option_id": None,
        "paths": ["/etc"], "dry": True, "as": "lin-gold",
    }  # fmt: skip
    if "/operator/ask" in path:
        everything["lang"] = "en"
    headers = {"Accept": "application/json", "Idempotency-Key": "theirs"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return await house.http.request(method, path, json=everything if method != "GET" else None, headers=headers)


async def everything_kept(house: Served, lin: Any, anna: Any) -> Any:
    """What must be the same before and after."""
    return (await lin.events(), await lin.now(), await anna.queue(), house.changes(), done(await house.http.get("/readyz")))


async def test_nobody_reaches_what_is_not_theirs(house: Served) -> None:
    """Another traveller, nobody, staff on travellers' routes, travellers on staff's, the wrong operator: refused, and nothing has changed."""
    lin, chen = await house.chat("lin-gold"), await house.chat("chen-silver")
    anna = await house.staff()
    reply = await lin.say("Can I change my return flight?")
    ticket = (await lin.hand_over())["ticket"]
    await anna.claim(ticket["id"])
    asked = {"kind": "voucher", "amount": "900", "reason": "We said so on the phone."}
    ids = {
        "grant_id": done(await anna.post(f"/tickets/{ticket['id']}/grants", asked))["id"],
        "case_id": done(await anna.post(f"/tickets/{ticket['id']}/case"))["id"],
        "lesson_id": done(await anna.post("/lessons", {"texts": {"en": {"question": "A kite?", "answer": "Yes."}}}))["lesson"]["id"],
        "conversation_id": lin.id,
        "proposal_id": reply["proposal"]["id"],
        "message_id": reply["message_id"],
        "ticket_id": ticket["id"],
        "traveller_id": "lin-gold",
    }
    tokens = {"nobody": None, "nonsense": "not-a-token", "another traveller": chen.opened["token"], "staff": anna.signed_in["token"]}
    before, tried = await everything_kept(house, lin, anna), 0
    for method, template in routes_of(house):
        path = template.format(**ids)
        for who, token in tokens.items():
            if who == "staff" and template.startswith("/v1/desk/"):
                continue  # theirs
            if who == "another traveller" and "{" not in template and not template.startswith(("/v1/desk/", "/v1/operator/")):
                continue  # a route without an id speaks of the caller's own things
            answer = await call(house, method, path, token)
            expected = (404,) if who == "another traveller" and not template.startswith(("/v1/desk/", "/v1/operator/")) else (401,)
            assert answer.status_code in expected, f"{who}: {method} {template} -> {answer.status_code} {answer.text[:200]}"
            assert answer.headers["content-type"].startswith("application/problem+json") and lin.id not in answer.text
            tried += 1
    assert tried > 60 and await everything_kept(house, lin, anna) == before
    assert kinds(await chen.events()) == []


async def test_unknown_ids_look_like_foreign_ones(house: Served) -> None:
    """Whether a thing is somebody else's or never was cannot be told apart."""
    lin, chen = await house.chat("lin-gold"), await house.chat("chen-silver")
    proposal = (await lin.say("Can I change my return flight?"))["proposal"]
    pairs = [
        (f"/proposals/{proposal['id']}/confirm", "/proposals/prop_nobody/confirm"),
        (f"/conversations/{lin.id}/handoff", "/conversations/conv_nobody/handoff"),
    ]
    for foreign, unknown in pairs:
        one, two = [(await chen.post(path, **{"Idempotency-Key": "k"})) for path in (foreign, unknown)]
        assert (one.status_code, one.json()) == (two.status_code, two.json()) and one.status_code == 404


async def test_a_token_opens_its_own_conversation_only(house: Served) -> None:
    """Two conversations of the same traveller are two: a token never opens the other one."""
    one, two = await house.chat("lin-gold"), await house.chat("lin-gold")
    answer = await house.http.get(f"/v1/conversations/{one.id}", headers=two.headers)
    assert answer.status_code == 404


async def test_a_token_is_taken_from_the_header_only(house: Served) -> None:
    """Never from the address, and only as a bearer."""
    chat = await house.chat()
    url, token = f"/v1/conversations/{chat.id}", chat.opened["token"]
    assert (await house.http.get(url, params={"token": token, "access_token": token})).status_code == 401
    assert (await house.http.get(url, headers={"Authorization": token})).status_code == 401
    assert (await house.http.get(url, headers={"Authorization": f"Basic {token}"})).status_code == 401
    assert (await house.http.get(url, headers={"Authorization": f"bearer {token}"})).status_code == 200
    assert (await house.http.get(url, headers={"Authorization": f"Bearer {host_jwt('lin-gold')}"})).status_code == 401


async def test_the_operator_token_is_for_this_machine_and_this_start(house: Served) -> None:
    """Ingesting and dry turns need the token written beside the lock; a dry turn leaves nothing behind."""
    anna = await house.staff()
    for token in (None, "guess", anna.signed_in["token"]):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for path, body in (("ask", {"text": "hello"}), ("ingest", {"paths": ["/etc"]})):
            assert (await house.http.post(f"/v1/operator/{path}", json=body, headers=headers)).status_code == 401
    right = {"Authorization": f"Bearer {house.house.home.operator_token}"}
    said = done(await house.http.post("/v1/operator/ask", json={"text": "How many bags can I check in?", "as": "lin-gold"}, headers=right))
    assert said["kind"] == "answer" and "2 × 23 kg" in said["text"] and said["stage_ms"]
    assert await anna.queue() == []
    naive = await house.http.post("/v1/operator/ask", json={"text": "hello", "now": "2026-03-02T09:00"}, headers=right)
    assert naive.status_code == 400
    assert (await house.http.post("/v1/operator/ask", json={"text": "hello", "as": "nobody"}, headers=right)).status_code == 404
