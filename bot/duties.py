"""Duties: what has to be done though nobody asks: turns whose worker died, changes whose outcome is not known yet."""

import asyncio
import logging
from datetime import timedelta

from bot.act import Changes
from bot.turn import Concierge
from store import turns

log = logging.getLogger("concierge.duties")
EVERY = 5.0  # seconds


async def resume_turns(concierge: Concierge, only_mine: bool) -> int:
    """Take over turns whose lease ran out (all of another worker's where this is the only process) and answer them now."""
    now = concierge.clock()
    lease = now + timedelta(seconds=concierge.settings.lease_seconds)
    lost = await concierge.db.write(lambda tx: turns.take_over_lost(tx, concierge.worker, lease, now, only_mine))
    for turn in lost:
        concierge.run(turn.id, turn.conversation_id)
    return len(lost)


async def on_duty(concierge: Concierge, changes: Changes) -> None:
    """Look every few seconds; a duty that fails is logged and tried again."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await resume_turns(concierge, only_mine=False)
            await changes.resume()
        except Exception:
            log.exception("a duty failed; it is tried again in %s s", EVERY)
