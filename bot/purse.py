"""The day's tokens: how many may still be used. When they are, answers are quotations, never silence."""

import time

from basics.clock import Clock, day_in
from bot.settings import Settings
from store.database import Database
from store.spending import spent_on

_GOOD_FOR = 5.0  # seconds that a look at the account is good for


class Purse:
    """Looks at the account of all workers, now and then."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self._db, self._settings, self._clock = db, settings, clock
        self._looked, self._is_open = -_GOOD_FOR, True

    async def is_open(self) -> bool:
        """True while the day's budget is not used up."""
        most = self._settings.model_tokens_a_day
        if most == 0:
            return True
        if time.monotonic() - self._looked >= _GOOD_FOR:
            async with self._db.read() as conn:
                self._is_open = await spent_on(conn, day_in(self._clock(), self._settings.zone)) < most
            self._looked = time.monotonic()
        return self._is_open
