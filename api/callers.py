"""Who calls: the bearer token decides, nothing else. Every route names its caller by one of these dependencies."""

from typing import Annotated

import jwt
from fastapi import Depends, Header, Request

from basics.clock import Clock
from basics.ids import fingerprint
from bot.assembly import House
from bot.refusals import IdentityRefused, NotSignedIn
from desk.conversation import Caller, Conversation, StaffName
from store import conversations, staff

_LONGEST_LIFE = 15 * 60  # seconds that a host page's token may be valid
_LEEWAY = 30  # seconds that two machines' clocks may differ


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
    return found


ItsTraveller = Annotated[Conversation, Depends(traveller)]


async def own_conversation(conversation_id: str, conversation: ItsTraveller) -> Conversation:
    """The conversation in the path, which must be the token's own: a foreign one is as unknown as one that never was."""
    if conversation.id != conversation_id:
        raise conversations.no_such_conversation()
    return conversation


OwnConversation = Annotated[Conversation, Depends(own_conversation)]


async def staff_member(house: TheHouse, token: Bearer) -> StaffName:
    """The one of the two who is signed in."""
    async with house.db.read() as conn:
        found = await staff.signed_in(conn, fingerprint(token), house.clock())
    if found is None:
        raise NotSignedIn
    return found


Staff = Annotated[StaffName, Depends(staff_member)]


async def any_conversation(house: TheHouse, conversation_id: str, _who: Staff) -> Conversation:
    """Any conversation, for staff; one that never was is not found."""
    async with house.db.read() as conn:
        return await conversations.conversation(conn, conversation_id)


AnyConversation = Annotated[Conversation, Depends(any_conversation)]


async def operator(request: Request, house: TheHouse, token: Bearer) -> None:
    """A command on this very machine, with the token of this start."""
    here = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    if not here or fingerprint(token) != fingerprint(house.home.operator_token):
        raise NotSignedIn


Operator = Annotated[None, Depends(operator)]


async def caller_of(house: House, identity: str | None) -> Caller:
    """Who the host page says is asking, if its signature holds and the customer platform knows them; anonymous without an identity."""
    if identity is None:
        return Caller()
    subject = _subject(identity, house.settings.host_key.get_secret_value(), house.settings.host_audience, house.clock)
    person = await house.mind.source.traveller(subject)
    if person is None:
        raise IdentityRefused("nobody of this name is known")
    company = await house.mind.source.company(person.company_id) if person.company_id else None
    return Caller(
        kind=person.role,
        traveller_id=person.id,
        name_en=person.name.en,
        name_zh=person.name.zh,
        tier=person.tier,
        company_id=person.company_id,
        company_en=company.name.en if company else None,
        company_zh=company.name.zh if company else None,
    )


def _subject(identity: str, key: str, audience: str, clock: Clock) -> str:
    if not key:
        raise IdentityRefused("this server knows no host key")
    try:
        claims = jwt.decode(
            identity,
            key,
            algorithms=["HS256"],
            audience=audience,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "sub", "aud"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except jwt.PyJWTError as wrong:
        raise IdentityRefused(str(wrong).lower()) from None
    try:
        now, issued, ends = clock().timestamp(), float(claims["iat"]), float(claims["exp"])
    except (TypeError, ValueError, OverflowError):
        raise IdentityRefused("its iat and exp are not moments") from None
    if not issued - _LEEWAY <= now <= ends + _LEEWAY:
        raise IdentityRefused("it has expired")
    if ends - issued > _LONGEST_LIFE:
        raise IdentityRefused("it is valid for more than 15 minutes")
    return str(claims["sub"])
