"""Every route of the OpenAPI document, called by everybody it does not belong to, with every id of the other: refused, and nothing has changed.

A new route fails here until `CALLS` says whose it is and how it is called.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.settings import Settings
from bot.sign_in import Accounts
from customers.source_demo import DemoSource
from customers.traveller import Traveller
from store.staff import set_role
from store.tables import metadata
from tests.house import STAFF, Chat, Served, StaffMember, done

Whose = Literal["anybody", "traveller", "company_admin", "staff", "holder", "lead", "operator", "airline"]
REFUSED = (401, 403, 404, 409)  # and not 400: a call that is refused for its shape proves nothing


@dataclass(frozen=True)
class Call:
    """Whose a route is, and what an honest caller sends. `staff` share what it shows; `holder`: the staff member who holds the ticket or case;
    `lead`: a lead, of what another asked for. `query` names an id."""

    whose: Whose
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""


SAY = {"text": "Let me in.", "client_msg_id": "x1"}
GIVE = {"kind": "voucher", "amount": "20", "reason": "We said so on the phone."}
TEACH = {"texts": {"en": {"question": "May I bring a kite?", "answer": "Yes, folded."}}}
MEANT = (  # what an owner's own call may be told: the call is understood, and comes too late, or is another one's turn
    "proposal-settled-otherwise", "ticket-not-open", "grant-decided", "case-stands", "lesson-needs-the-other", "lesson-decided", "address-known",
)  # fmt: skip
CALLS = {
    "POST /v1/conversations": Call("anybody", {"lang": "en"}),
    "GET /v1/conversations/{conversation_id}": Call("traveller"),
    "PATCH /v1/conversations/{conversation_id}": Call("traveller", {"lang": "zh"}),
    "PUT /v1/conversations/{conversation_id}/email": Call("traveller", {"address": "somebody@example.com"}),
    "GET /v1/conversations/{conversation_id}/events": Call("traveller"),
    "POST /v1/conversations/{conversation_id}/messages": Call("traveller", SAY),
    "POST /v1/conversations/{conversation_id}/handoff": Call("traveller"),
    "GET /v1/conversations/{conversation_id}/transcript": Call("traveller"),
    "POST /v1/proposals/{proposal_id}/confirm": Call("traveller", {}, {"Idempotency-Key": "theirs"}),
    "POST /v1/proposals/{proposal_id}/undo": Call("traveller", {}, {"Idempotency-Key": "theirs too"}),
    "POST /v1/proposals/{proposal_id}/decline": Call("traveller"),
    "POST /v1/messages/{message_id}/feedback": Call("traveller", {"thumb": "down"}),
    "GET /v1/company/account": Call("company_admin"),
    "GET /v1/company/travellers.csv": Call("company_admin"),
    "POST /v1/desk/sign-in": Call("anybody", {"name": "Nobody", "password": "a guess"}),
    "GET /v1/desk/me": Call("staff"),
    "GET /v1/desk/queue": Call("staff"),
    "GET /v1/desk/tickets/{ticket_id}": Call("staff"),
    "GET /v1/desk/tickets/{ticket_id}/macros": Call("staff"),
    "GET /v1/desk/events": Call("staff"),
    "GET /v1/desk/conversations/{conversation_id}/events": Call("staff"),
    "POST /v1/desk/tickets/{ticket_id}/claim": Call("holder"),
    "POST /v1/desk/tickets/{ticket_id}/reply": Call("holder", SAY),
    "POST /v1/desk/tickets/{ticket_id}/grants": Call("holder", GIVE),
    "GET /v1/desk/grants": Call("staff", query="?ticket={ticket_id}"),
    "POST /v1/desk/grants/{grant_id}/approve": Call("lead"),
    "POST /v1/desk/grants/{grant_id}/refuse": Call("lead"),
    "POST /v1/desk/tickets/{ticket_id}/case": Call("holder", {"about": "The bag is being traced."}),
    "GET /v1/desk/cases": Call("staff"),
    "GET /v1/desk/cases/{case_id}/history": Call("staff"),
    "POST /v1/desk/cases/{case_id}/take": Call("staff", {"seen": 1}),
    "POST /v1/desk/cases/{case_id}/hand": Call("holder", {"seen": 1, "to": "staff-anna"}),
    "POST /v1/desk/cases/{case_id}/date": Call("holder", {"seen": 1, "due_at": "2026-12-01T09:00:00Z", "reason": "It takes longer."}),
    "POST /v1/desk/cases/{case_id}/outcome": Call("holder", {"seen": 2, "outcome": "It was found."}),
    "POST /v1/desk/cases/{case_id}/close": Call("holder", {"seen": 3}),
    "GET /v1/desk/lessons": Call("staff"),
    "POST /v1/desk/lessons": Call("staff", TEACH),
    "GET /v1/desk/lessons/{lesson_id}": Call("staff"),
    "POST /v1/desk/lessons/{lesson_id}": Call("staff", TEACH),
    "POST /v1/desk/lessons/{lesson_id}/publish": Call("staff"),
    "POST /v1/desk/lessons/{lesson_id}/withdraw": Call("staff"),
    "POST /v1/desk/lessons/{lesson_id}/discard": Call("staff"),
    "POST /v1/desk/tickets/{ticket_id}/return": Call("holder"),
    "POST /v1/desk/tickets/{ticket_id}/resolve": Call("holder"),
    "POST /v1/desk/messages/{message_id}/label": Call("staff", {"label": "wrong"}),
    "GET /v1/desk/travellers/{traveller_id}/tags": Call("staff"),
    "POST /v1/desk/travellers/{traveller_id}/tags": Call("staff", {"name": "look_after", "reason": "broke an arm on the trip"}),
    "DELETE /v1/desk/travellers/{traveller_id}/tags": Call("staff", {"name": "look_after"}),
    "POST /v1/desk/sign-out": Call("staff"),
    "POST /v1/operator/ingest": Call("operator", {"paths": ["/nowhere"], "dry": True}),
    "POST /v1/operator/rollback": Call("operator", {"dry": True}),
    "POST /v1/operator/reembed": Call("operator", {}),
    "POST /v1/operator/ask": Call("operator", {"text": "Let me in.", "as": "lin-gold"}),
    "POST /v1/operator/doctor": Call("operator", {}),
    "POST /v1/operator/offers": Call("operator", {}),
    "POST /v1/airline/moments": Call("airline", {"id": "theirs", "kind": "delay", "traveller_id": "lin-gold", "at": "2026-11-22T06:10:00Z"}),
    "POST /v1/conversations/resume": Call("anybody", {"code": "not-a-code-of-anybody-at-all"}),
    "POST /v1/mail/unsubscribe/{code}": Call("anybody"),
    "GET /metrics": Call("anybody"),  # on this machine, where the tests call from; elsewhere its own token
    "GET /healthz": Call("anybody"),
    "GET /readyz": Call("anybody"),
    "GET /v1/demo/personas": Call("anybody"),
    "POST /v1/demo/token": Call("anybody", {"as": "anonymous"}),
    "POST /v1/demo/moment": Call("anybody", {"as": "nobody", "kind": "delay"}),
}  # fmt: skip


UNLIMITED = {name: "" for name in Settings.model_fields if name.startswith("rate_")}  # whose a thing is must not depend on how often one asks


class Generous(DemoSource):
    """A customer platform where everybody has the card and the benefit that a proposal needs."""

    async def traveller(self, id: str) -> Traveller | None:
        lin, person = await super().traveller("lin-gold"), await super().traveller(id)
        return person.model_copy(update={"tier": "gold", "tags": lin.tags}) if person and lin else None


def check_every_route_has_a_call(app: FastAPI) -> None:
    published = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    assert not published - CALLS.keys(), f"say in CALLS (tests/api/test_matrix.py) whose these are: {sorted(published - CALLS.keys())}"
    assert not CALLS.keys() - published, f"these are gone, take them out of CALLS: {sorted(CALLS.keys() - published)}"


@dataclass
class Owner:
    """A traveller with everything that is theirs, and the staff member who holds their ticket."""

    chat: Chat
    staff: StaffMember
    ids: dict[str, str]
    known_by: tuple[str, ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be in no answer to anybody else."""
        return (*self.ids.values(), *self.known_by, self.chat.opened["token"], self.staff.signed_in["token"])


async def an_owner(house: Served, who: str, known_by: tuple[str, ...], word: str, staff: StaffMember) -> Owner:
    """A conversation with a message, a reply, a proposal, a ticket that is held and a case."""
    chat = await house.chat(who)
    reply = await chat.say("Can I change my return flight?")
    said = await chat.say(f"My code word is {word}.")
    proposal = reply["proposal"]["id"] if reply["proposal"] else None
    ticket = (await chat.hand_over())["ticket"]["id"]
    await staff.claim(ticket)
    waits = done(await staff.post(f"/tickets/{ticket}/grants", GIVE | {"amount": "900"}))["id"]
    case = done(await staff.post(f"/tickets/{ticket}/case"))["id"]
    ids = {
        "conversation_id": chat.id,
        "case_id": case,
        "lesson_id": done(await staff.post("/lessons", TEACH | {"ticket_id": ticket}))["lesson"]["id"],
        "message_id": reply["message_id"],
        "ticket_id": ticket,
        "traveller_id": who,
        "other message": said["message_id"],
        "grant_id": waits,
    }
    return Owner(chat, staff, ids | ({"proposal_id": proposal} if proposal else {}), (*known_by, word))


async def rows_of(house: Served, owner: Owner) -> list[str]:
    """Every row of every table that names something of theirs."""
    wanted = (*owner.ids.values(), owner.staff.signed_in["staff"]["id"])
    found = []
    async with house.house.db.read() as conn:
        for table in metadata.sorted_tables:
            rows = [f"{table.name} {row!r}" for row in (await conn.execute(select(table))).all()]
            found += [row for row in rows if any(id in row for id in wanted)]
    return sorted(found)


def accepts(path: str) -> tuple[str, ...]:
    return ("application/json", "text/event-stream") if path.endswith(("/events", "/messages")) else ("application/json",)


async def try_it(house: Served, route: str, path: str, token: str | None, accept: str = "application/json") -> httpx.Response:
    call = CALLS[route]
    headers = {"Accept": accept} | call.headers | ({"Authorization": f"Bearer {token}"} if token else {})
    return await house.http.request(route.partition(" ")[0], path, json=call.body, headers=headers)


def is_theirs(call: Call, caller: str, has_slot: bool) -> bool:
    """Whether a caller of this kind may call the route anyway: their own things, or what staff share."""
    if caller == "traveller":
        return call.whose == "traveller" and not has_slot
    return caller == "staff" and (call.whose == "staff" or (call.whose == "holder" and not has_slot))


def paths_of(template: str, owner: Owner) -> list[str]:
    """The route with every id of the owner's in its place."""
    slot = template.partition("{")[2].partition("}")[0]
    if not slot:
        return [template]
    assert template.count("{") == 1, f"{template} has several places: say here how they are filled"
    return [template.replace("{" + slot + "}", id) for id in owner.ids.values()]


@pytest.fixture
async def street(make_house: Any) -> tuple[Served, Owner, Owner]:
    """A house with two travellers and two staff members, each with something of their own."""
    house: Served = await make_house(empty=True, with_demo=True, source=Generous(), **UNLIMITED)
    for name, password in STAFF.items():
        await Accounts(house.house.db, house.clock).keep(f"staff-{name.lower()}", name, password)
    lin = await an_owner(house, "lin-gold", ("Lin Yue", "林悦", "LYQSIN", "lin.yue@"), "orchid", await house.staff("Anna"))
    chen = await an_owner(house, "chen-silver", ("Chen Bo", "陈博", "CHBNRT", "chen.bo@"), "peony", await house.staff("Wei"))
    assert {"conversation_id", "proposal_id", "message_id", "ticket_id"} <= lin.ids.keys() & chen.ids.keys(), (lin.ids, chen.ids)
    return house, lin, chen


async def test_nobody_reaches_what_is_another_s(street: tuple[Served, Owner, Owner]) -> None:
    """Each of the two against the other's ids: as traveller, as staff, as nobody, on every route; refused, silent, and without a trace."""
    house, *two = street
    check_every_route_has_a_call(house.app)
    tried = 0
    for owner, stranger in (two, two[::-1]):
        before = await rows_of(house, owner)
        assert len(before) > 12
        callers = {"traveller": stranger.chat.opened["token"], "staff": stranger.staff.signed_in["token"], "nobody": None, "nonsense": "not-a-token"}
        for route, call in CALLS.items():
            template = route.partition(" ")[2]
            for caller, token in callers.items():
                if is_theirs(call, caller, "{" in template):
                    continue
                for path in paths_of(template, owner):
                    for accept in accepts(path):
                        answer = await try_it(house, route, path, token, accept)
                        what = f"{caller} of {stranger.ids['traveller_id']}: {route} as {path} -> {answer.status_code} {answer.text[:300]}"
                        if call.whose != "anybody":
                            assert answer.status_code in REFUSED, what
                            assert answer.headers["content-type"].startswith("application/problem+json"), what
                        if template != "/v1/demo/personas":  # the demo's list of whom one can be names everybody
                            assert not [secret for secret in owner.secrets if secret in answer.text], what
                        tried += 1
            assert await rows_of(house, owner) == before, f"{route} left a trace"
    assert tried > 500 and house.changes() == []


async def test_the_calls_are_ones_that_owners_make(street: tuple[Served, Owner, Owner]) -> None:
    """The same calls by those they belong to are understood: what refused the others was whose it is, not how it was called."""
    house, lin, chen = street
    mary = await house.chat("mary-admin")
    await house.house.db.write(lambda tx: set_role(tx, chen.staff.signed_in["staff"]["id"], "lead"))
    for route, call in CALLS.items():
        if call.whose in ("traveller", "company_admin", "staff", "holder", "lead"):
            mine = {"traveller": lin.chat.opened, "company_admin": mary.opened, "lead": chen.staff.signed_in}.get(call.whose, lin.staff.signed_in)
            token = mine["token"]
            answer = await try_it(house, route, (route.partition(" ")[2] + call.query).format(**lin.ids), token)
            assert answer.is_success or answer.json()["type"] in MEANT, f"{route}: {answer.status_code} {answer.text}"


async def test_a_new_route_must_say_whose_it_is(street: tuple[Served, Owner, Owner]) -> None:
    """A route without an entry fails the matrix, and the failure says where to put one."""
    app = street[0].app
    check_every_route_has_a_call(app)
    app.add_api_route("/v1/secrets/{secret_id}", lambda secret_id: secret_id, methods=["GET"])
    app.openapi_schema = None
    with pytest.raises(AssertionError, match=r"CALLS.*GET /v1/secrets/\{secret_id\}"):
        check_every_route_has_a_call(app)


async def test_the_matrix_sees_a_hole(street: tuple[Served, Owner, Owner]) -> None:
    """With the look at whose it is taken away, a call succeeds and leaves a trace: the checks above can fail."""
    from api.callers import own_conversation, traveller

    house, lin, chen = street

    async def anyone(conversation_id: str) -> Any:
        from store import conversations

        async with house.house.db.read() as conn:
            return await conversations.conversation(conn, conversation_id)

    before = await rows_of(house, lin)
    house.app.dependency_overrides = {own_conversation: anyone, traveller: lambda: None}
    try:
        path = f"/v1/conversations/{lin.chat.id}"
        answer = await try_it(house, "PATCH /v1/conversations/{conversation_id}", path, chen.chat.opened["token"])
    finally:
        house.app.dependency_overrides = {}
    assert done(answer)["id"] == lin.chat.id and lin.secrets[0] in answer.text
    assert await rows_of(house, lin) != before
