"""Who calls: the bearer token decides, nothing else. Every route names its caller by one of these dependencies."""

import contextlib
import logging
from datetime import datetime
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel

from api.host_identity import HostKey, Identity, verify
from basics.errors import Unavailable
from basics.ids import fingerprint
from basics.words import Words
from basics.working_on import working_on
from bot.assembly import House
from bot.greeting import caller_as
from bot.refusals import IdentityNeeded, IdentityRefused, NotALead, NotCompanyAdmin, NotSignedIn
from bot.sign_in import Accounts
from customers.account import CompanyAccount
from customers.tags import Tag
from desk.conversation import Caller, Conversation, StaffName
from store import conversations
from store.staff import Session

log = logging.getLogger("concierge.identity")


def house_of(request: Request) -> House:
    """The house behind this server."""
    house: House = request.app.state.house
    return house


TheHouse = Annotated[House, Depends(house_of)]


def bearer(authorization: Annotated[str | None, Header()] = None) -> str:
    """The token of the call; NotSignedIn without one."""
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise NotSignedIn
    return token.strip()


Bearer = Annotated[str, Depends(bearer)]


async def traveller(house: TheHouse, token: Bearer) -> Conversation:
    """The conversation that the token opens."""
    async with house.db.read() as conn:
        found = await conversations.conversation_by_token(conn, fingerprint(token))
    if found is None:
        raise NotSignedIn
    working_on(found.id, names=(found.caller.name_en, found.caller.name_zh))
    return found


ItsTraveller = Annotated[Conversation, Depends(traveller)]


async def own_conversation(conversation_id: str, conversation: ItsTraveller) -> Conversation:
    """The conversation in the path, which must be the token's own: a foreign one is as unknown as one that never was."""
    if conversation.id != conversation_id:
        raise conversations.no_such_conversation()
    return conversation


OwnConversation = Annotated[Conversation, Depends(own_conversation)]


class CompanyAdmin(BaseModel, frozen=True):
    """Somebody who looks after a company at this very moment, and that company's account."""

    name: Words
    account: CompanyAccount


async def company_admin(house: TheHouse, conversation: ItsTraveller) -> CompanyAdmin:
    """The admin whom the conversation speaks for. The platform is asked at every call: who was one yesterday is refused (NotCompanyAdmin)."""
    said = conversation.caller
    source = house.mind.source
    person = await source.traveller(said.traveller_id) if said.traveller_id else None
    if person is None or person.role != "company_admin" or person.company_id is None or person.company_id != said.company_id:
        raise NotCompanyAdmin
    account = await source.account(person.company_id, house.clock())
    if account is None:
        raise NotCompanyAdmin
    return CompanyAdmin(name=person.name, account=account)


ItsCompanyAdmin = Annotated[CompanyAdmin, Depends(company_admin)]


async def staff_session(house: TheHouse, token: Bearer) -> Session:
    """The signed-in session of one of the two; using it makes it last on."""
    found = await Accounts(house.db, house.clock).session(token)
    if found is None:
        raise NotSignedIn
    return found


StaffSession = Annotated[Session, Depends(staff_session)]


async def staff_member(session: StaffSession) -> StaffName:
    """The one of the two who is signed in."""
    return session.staff


Staff = Annotated[StaffName, Depends(staff_member)]


async def lead(session: StaffSession) -> StaffName:
    """A lead who is signed in; NotALead for other staff."""
    if session.role != "lead":
        raise NotALead
    return session.staff


Lead = Annotated[StaffName, Depends(lead)]


async def any_conversation(house: TheHouse, conversation_id: str, _who: Staff) -> Conversation:
    """Any conversation, for staff; one that never was is not found."""
    async with house.db.read() as conn:
        return await conversations.conversation(conn, conversation_id)


AnyConversation = Annotated[Conversation, Depends(any_conversation)]


async def operator(request: Request, house: TheHouse, token: Bearer) -> None:
    """A command on this very machine, with the token of this start."""
    if not comes_from_here(request) or fingerprint(token) != fingerprint(house.home.operator_token):
        raise NotSignedIn


def comes_from_here(request: Request) -> bool:
    """True for a call of this very machine that no proxy says to have passed on."""
    here = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    return here and not any(header in request.headers for header in ("x-forwarded-for", "forwarded", "x-real-ip", "via"))


async def airline(house: TheHouse, token: Bearer) -> None:
    """One of the airline's own systems, with CONCIERGE_AIRLINE_EVENTS_TOKEN; NotSignedIn for everybody else, and for all where none is set."""
    known = house.settings.airline_events_token.get_secret_value()
    if not known or not compare_digest(fingerprint(token), fingerprint(known)):
        raise NotSignedIn


AirlineSystem = Annotated[None, Depends(airline)]
Operator = Annotated[None, Depends(operator)]


def host_keys(request: Request) -> tuple[HostKey, ...]:
    """The keys that host pages sign with, as they were read at the start."""
    keys: tuple[HostKey, ...] = request.app.state.host_keys
    return keys


TheHostKeys = Annotated[tuple[HostKey, ...], Depends(host_keys)]


async def caller_of(house: House, keys: tuple[HostKey, ...], identity: str | None) -> Caller:
    """Who the host page says is asking, as strictly as CONCIERGE_IDENTITY_MODE wants it; IdentityRefused or IdentityNeeded otherwise."""
    mode = house.settings.identity_mode
    if mode == "anonymous" or (identity is None and mode != "enforce"):
        return Caller()
    if identity is None:
        raise IdentityNeeded
    try:
        return await _known(house, verify(identity, keys, house.clock()))
    except IdentityRefused as no:
        if mode != "observe":
            raise IdentityRefused(no.why, may_go_on=mode == "allow") from None
        log.warning("an identity would be refused: %s; the conversation is anonymous", no.why.en)
        return Caller()


async def _known(house: House, identity: Identity) -> Caller:
    """Who signed in, as the customer platform knows them. Where it is away the signature still says who it is: only name and card are missing."""
    tags, source = _tags(identity, house.clock()), house.mind.source
    try:
        person = await source.traveller(identity.sub)
    except Unavailable:
        log.warning("the customer platform does not answer; a conversation is opened without a name")
        return Caller(kind="traveller", traveller_id=identity.sub, tags=tags)
    if person is None:
        raise IdentityRefused(Words(en="nobody of this name is known", zh="没有这位旅客"))
    company = None
    with contextlib.suppress(Unavailable):
        company = await source.company(person.company_id) if person.company_id else None
    return caller_as(person, company, house.mind.scheme, tags)


def _tags(identity: Identity, now: datetime) -> tuple[Tag, ...]:
    """The host page's tags from now on: its name for a thing is also its title, for nobody else has worded it."""
    by = f"host key {identity.key.called}"
    return tuple(Tag(name=name, title=Words(en=name, zh=name), source="host", set_by=by, since=now) for name in identity.tags)
