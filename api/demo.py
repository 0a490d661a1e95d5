"""The demo's own door: who one can be, and the host page's signature for them. Only under `concierge demo`, only on loopback."""

from fastapi import APIRouter, Request

from api import shapes
from api.callers import TheHouse
from api.host_identity import sign
from basics.errors import NotFound
from basics.ids import new_id
from basics.words import Words, words
from bot.assembly import House
from customers.booking import Booking, Leg
from customers.disruption import Disruption, Event
from customers.moment import Moment, MomentKind
from customers.reservations_demo import DemoReservations
from customers.source_demo import DemoSource

router = APIRouter(prefix="/v1/demo", tags=["demo"])
_EVENTS: dict[MomentKind, Event] = {"delay": "delay", "cancellation": "cancellation", "schedule_change": "schedule_change"}
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


@router.post("/moment", status_code=202)
async def make_a_moment(request: Request, house: TheHouse, asked: shapes.DemoMoment) -> shapes.MomentTold:
    """Caller: anybody on this machine. Something happens to a persona: the demo airline's own system first, then we are told, as by an airline."""
    _on_loopback(request)
    if await house.mind.source.traveller(asked.who) is None:
        raise NotFound(Words(en="Nobody in the demo has this name.", zh="演示中没有这位旅客。"))
    at = await _next_leg(house, asked.who)
    if asked.kind in _EVENTS:
        if at is None:
            raise NotFound(Words(en="They have no flight ahead.", zh="该旅客没有待出行的航班。"))
        await _disrupt(house, *at, _EVENTS[asked.kind], asked)
    about = {"booking_id": at[0].id, "leg_id": at[1].id} if at and asked.kind in (*_EVENTS, "return_soon") else {}
    told = Moment(id=new_id("demo"), kind=asked.kind, traveller_id=asked.who, at=house.clock(), rating=asked.rating, **about)
    return shapes.MomentTold(id=told.id, new=await house.moments.told(told))


async def _next_leg(house: House, who: str) -> tuple[Booking, Leg] | None:
    now = house.clock()
    ahead = [(b, leg) for b in await house.mind.reservations.bookings_of(who) for leg in b.legs_ahead(now) if not leg.cancelled]
    return min(ahead, key=lambda pair: pair[1].departs_at, default=None)


async def _disrupt(house: House, booking: Booking, leg: Leg, event: Event, asked: shapes.DemoMoment) -> None:
    airline = house.mind.reservations
    if not isinstance(airline, DemoReservations):
        raise NotFound(Words(en="Only the demo airline can be disrupted.", zh="只能模拟演示航空公司的不正常航班。"))
    late = 0 if event == "cancellation" else asked.minutes
    went_wrong = Disruption(event=event, cause=asked.cause, announced_at=house.clock(), leaves_late=late, arrives_late=late or None)
    await airline.disrupt(booking.id, leg.id, went_wrong)
