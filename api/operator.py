"""The operator's door: commands on this very machine (ingest, a dry turn), with the token of this start."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter

from api import shapes
from api.callers import Operator, TheHouse
from bot.dry import dry_turn
from knowledge.ingest import Report

router = APIRouter(prefix="/v1/operator", tags=["operator"])


@router.post("/ingest")
async def ingest(house: TheHouse, _operator: Operator, asked: shapes.IngestRequest) -> Report:
    """Caller: operator. Take articles in while chats go on."""
    return await house.ingest([Path(p) for p in asked.paths], asked.dry)


@router.post("/ask")
async def ask(house: TheHouse, _operator: Operator, asked: shapes.AskRequest) -> dict[str, Any]:
    """Caller: operator. A dry turn; nothing is written."""
    return await dry_turn(house.mind, asked.text, asked.who, asked.now or house.clock(), asked.lang, house.concierge.uses_of)
