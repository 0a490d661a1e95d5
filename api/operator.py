"""The operator's door: commands on this very machine (ingest, a dry turn), with the token of this start."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request

from api import shapes
from api.callers import Operator, TheHouse
from api.ops import findings_of
from bot.dry import dry_turn
from bot.health import Finding, look_at_model, look_at_model_of_base, look_at_schema
from bot.reembed import Reembedded
from bot.uptake import Uptake, uptake
from knowledge.ingest import Report

router = APIRouter(prefix="/v1/operator", tags=["operator"])


@router.post("/ingest")
async def ingest(house: TheHouse, _operator: Operator, asked: shapes.IngestRequest) -> Report:
    """Caller: operator. Take articles in while chats go on."""
    return await house.ingest([Path(p) for p in asked.paths], asked.dry, diff=asked.diff, accept=asked.accept)


@router.post("/rollback")
async def rollback(house: TheHouse, _operator: Operator, asked: shapes.RollbackRequest) -> Report:
    """Caller: operator. The base as it was at an earlier revision, while chats go on."""
    return await house.roll_back(asked.to, asked.dry)


@router.post("/reembed")
async def reembed(house: TheHouse, _operator: Operator, asked: shapes.ReembedRequest) -> Reembedded:
    """Caller: operator. Embed the base with another model while chats go on, and change over."""
    return await house.reembed(asked.embedder)


@router.post("/ask")
async def ask(house: TheHouse, _operator: Operator, asked: shapes.AskRequest) -> dict[str, Any]:
    """Caller: operator. A dry turn; nothing is written."""
    return await dry_turn(house.mind, asked.text, asked.who, asked.now or house.clock(), asked.lang, house.concierge.uses_of, asked.after)


@router.post("/offers")
async def offers_report(house: TheHouse, _operator: Operator, asked: shapes.OffersSince) -> Uptake:
    """Caller: operator. How offers did; nothing is told of whom."""
    return await uptake(house.db, asked.since, house.clock())


@router.post("/doctor")
async def doctor(request: Request, house: TheHouse, _operator: Operator) -> list[Finding]:
    """Caller: operator. How each part of the running house is; asks the model for one word, and the airline."""
    seen = [f for f in await findings_of(request, house) if f.part != "model"]
    asked = await look_at_model(house.concierge.model)
    stands = await look_at_schema(house.db), await look_at_model_of_base(house.db, house.mind.embedder.fingerprint)
    return [*seen, *stands, asked, await house.airline.look()]
