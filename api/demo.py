"""The demo's own door: who one can be, and the host page's signature for them. Only under `concierge demo`, only on loopback."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api import shapes
from api.callers import TheHouse
from api.host_identity import sign
from basics.errors import NotFound
from basics.words import Words, words
from customers.disruption import Cause, Disruption, Event
from customers.reservations_demo import DemoReservations
from customers.source_demo import DemoSource

router = APIRouter(prefix="/v1/demo", tags=["demo"])


class Disrupt(BaseModel):
    """What is to go wrong with a persona's next flight, and by how many minutes it leaves late."""

    traveller: str = Field(max_length=80)
    event: Event
    minutes: int = Field(default=0, ge=0, le=10_000)
    cause: Cause = "technical"


class Disrupted(BaseModel):
    """The flight that it went wrong with."""

    booking_id: str
    leg_id: str
    flight: str
    departs: Words


_MINUTES = 10  # that a persona's identity is valid
_ANONYMOUS = shapes.ShownPersona(
    id="anonymous",
    name=words("A visitor", "访客"),
    note=words("Not signed in: policy answers only, no booking.", "未登录：只能咨询规定，看不到订单。"),
    group=words("Not signed in", "未登录"),
)


def _on_loopback(request: Request) -> None:
    if request.client is None or request.client.host not in ("127.0.0.1", "::1") or "x-forwarded-for" in request.headers:
        raise NotFound(Words(en="There is no such page.", zh="没有该页面。"))


@router.get("/personas")
async def personas(request: Request, house: TheHouse) -> shapes.Personas:
    """Caller: anybody on this machine. Everybody one can be, group by group."""
    _on_loopback(request)
    source = house.mind.source
    known = source.personas() if isinstance(source, DemoSource) else ()
    return shapes.Personas(personas=[*(shapes.ShownPersona(**dict(p)) for p in known), _ANONYMOUS])


@router.post("/token")
async def token(request: Request, house: TheHouse, asked: shapes.BeSomebody) -> shapes.Identity:
    """Caller: anybody on this machine. What the airline's own page would sign for a traveller who is signed in there."""
    _on_loopback(request)
    if asked.who == "anonymous":
        return shapes.Identity(identity=None)
    if await house.mind.source.traveller(asked.who) is None:
        raise NotFound(Words(en="Nobody in the demo has this name.", zh="演示中没有这位旅客。"))
    key = house.settings.host_key.get_secret_value()
    return shapes.Identity(identity=sign(asked.who, key, "HS256", house.settings.host_audience, house.clock(), _MINUTES))


@router.post("/disrupt")
async def disrupt(request: Request, house: TheHouse, asked: Disrupt) -> Disrupted:
    """Caller: anybody on this machine. Something goes wrong with a persona's next flight, as the airline's own system would announce it now."""
    _on_loopback(request)
    reservations, now = house.mind.reservations, house.clock()
    if not isinstance(reservations, DemoReservations):
        raise NotFound(Words(en="There is no such page.", zh="没有该页面。"))
    ahead = [(booking, leg) for booking in await reservations.bookings_of(asked.traveller) if (leg := booking.next_leg(now))]
    if not ahead:
        raise NotFound(Words(en="Nobody of this name has a flight ahead.", zh="没有这位旅客，或其名下没有待乘航班。"))
    booking, leg = min(ahead, key=lambda pair: pair[1].departs_at)
    late = {"leaves_late": asked.minutes, "arrives_late": asked.minutes} if asked.event in ("delay", "schedule_change") else {}
    disruption = Disruption(event=asked.event, cause=asked.cause, announced_at=now, **late)
    await reservations.disrupt(booking.id, leg.id, disruption)
    return Disrupted(booking_id=booking.id, leg_id=leg.id, flight=leg.flight, departs=leg.departure())
