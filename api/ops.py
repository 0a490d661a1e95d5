"""For whoever runs it: alive, ready."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.callers import TheHouse

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Caller: anybody. The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(house: TheHouse) -> JSONResponse:
    """Caller: anybody. Whether it can answer travellers: the store answers and the shelf holds passages."""
    try:
        await house.db.answers()
        store = "ok"
    except Exception:
        store = "does not answer"
    passages = len(house.mind.shelf.passages)
    ready = store == "ok" and passages > 0
    said = {"ready": ready, "store": store, "passages": passages, "revision": house.mind.shelf.revision}
    return JSONResponse(said, 200 if ready else 503)
