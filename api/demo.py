"""The demo's own door: who one can be, and the host page's signature for them. Only under `concierge demo`, only on loopback."""

from fastapi import APIRouter, Request

from api import shapes
from api.callers import TheHouse
from api.host_identity import sign
from basics.errors import NotFound
from basics.words import Words, words
from customers.source_demo import DemoSource

router = APIRouter(prefix="/v1/demo", tags=["demo"])
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
