"""For whoever runs it: alive, ready."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.callers import TheHouse
from api.limits import Limits
from bot.health import Finding, Health, look_at_redis
from bot.post import look_at_post
from bot.reminders import look_at_reminders

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Caller: anybody. The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request, house: TheHouse) -> JSONResponse:
    """Caller: anybody. 200 where it can answer travellers, with the parts that are degraded; 503 where it cannot."""
    findings = await findings_of(request, house)
    shelf, ready = house.mind.shelf, all(f.state != "down" for f in findings)
    said = {
        "ready": ready,
        "degraded": [f.part for f in findings if f.state != "ok"],
        "parts": {f.part: "ok" if f.state == "ok" else f.said.en for f in findings},
        "passages": len(shelf.passages),
        "revision": shelf.revision,
    }
    return JSONResponse(said, 200 if ready else 503)


async def findings_of(request: Request, house: TheHouse) -> tuple[Finding, ...]:
    """How the house behind this server is."""
    health: Health = request.app.state.health
    limits: Limits = request.app.state.limits
    shelf = house.mind.shelf
    seen = await health.look(house.mind.index, shelf.passages.values(), shelf.revision)
    is_down = any(f.part == "database" and f.state == "down" for f in seen)
    out = () if is_down else (await look_at_post(house.db, house.settings), await look_at_reminders(house.db, house.settings, house.clock()))
    return (*seen, *out, await look_at_redis(limits.redis_answers))
