"""A year at the desk, event by event: tickets come, people on shift take them in order, and everybody was promised a time by the real code."""

import heapq
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from pydantic import PrivateAttr

from desk.pace import LOOKS_BACK, MEASURED_ON, Arrivals, Handled, pace_of
from desk.promise import promise
from desk.roster import LOOK_AHEAD, Roster, Stretch
from evals.desk_world import HandedOver, World, handed_over

_ANSWERS_AFTER = 0.6  # of a handling time: then the first word is said
_SETTING = 6.0  # minutes that the desk is set to before anything was measured


class Ended(NamedTuple):
    """What became of one ticket: minutes from the first day on; waits in minutes, `open_wait` while somebody was there."""

    ticket: HandedOver
    promised: float
    """Minutes after it came."""
    waited: float
    open_wait: float
    by: str
    was_open: bool

    @property
    def is_kept(self) -> bool:
        """Whether the first word was said in the promised time."""
        return self.waited <= self.promised

    @property
    def left(self) -> bool:
        """Whether the page was closed before the answer, while somebody was at the desk."""
        return self.was_open and self.open_wait > self.ticket.patience


class KnownRoster(Roster):
    """A roster whose stretches for the whole time are worked out once: a year's promises ask for them a hundred thousand times."""

    _cut: list[Stretch] = PrivateAttr(default_factory=list)
    _begins: list[datetime] = PrivateAttr(default_factory=list)

    def model_post_init(self, context: Any) -> None:
        """Nothing is worked out yet."""

    @classmethod
    def over(cls, roster: Roster, begins: datetime, days: int) -> "KnownRoster":
        """The same roster, ready for this time and the look ahead of its last promise."""
        known = cls(**{name: getattr(roster, name) for name in Roster.model_fields})
        known._cut = list(Roster.stretches(known, begins, begins + timedelta(days=days + 3) + 2 * LOOK_AHEAD))
        known._begins = [s.begins for s in known._cut]
        return known

    def stretches(self, begins: datetime, ends: datetime | None = None) -> Iterator[Stretch]:
        """As the roster's own, looked up."""
        if not self._cut:
            yield from super().stretches(begins, ends)
            return
        last = ends or begins + LOOK_AHEAD
        for cut in self._cut[max(0, bisect_right(self._begins, begins) - 1) :]:
            if cut.begins >= last:
                return
            if cut.ends > begins:
                yield Stretch(max(cut.begins, begins), min(cut.ends, last), cut.people)


class Desk:
    """The state between two events."""

    def __init__(self, world: World, roster: Roster) -> None:
        self.world, self.roster = world, KnownRoster.over(roster, world.begins, world.days)
        self.chance = np.random.default_rng(world.seed + 1)
        self.waiting: list[tuple[float, float, int]] = []
        self.busy: dict[str, float] = {}
        self.handled: deque[Handled] = deque(maxlen=MEASURED_ON)
        self.said: dict[int, tuple[float, float]] = {}
        self.came: deque[tuple[datetime, float]] = deque()
        self.ended: list[Ended] = []
        self.worked: dict[str, float] = dict.fromkeys(roster.people, 0.0)

    def when(self, minutes: float) -> datetime:
        """A moment of the world's clock."""
        return self.world.begins + timedelta(minutes=minutes)

    def promise(self, n: int, ticket: HandedOver) -> None:
        """What this one is told as it comes: by the product's own model, from what was measured so far."""
        now = self.when(ticket.at)
        while self.came and self.came[0][0] < now - LOOKS_BACK:
            self.came.popleft()
        pace, overtaken = pace_of(self.handled, _SETTING), Arrivals(self.came).before(ticket.priority, self.roster, now)
        ahead = sum(-weight >= ticket.priority for weight, _, _ in self.waiting)
        said = promise(ahead, len(self.busy), self.roster, pace, now, overtaken)
        self.said[n] = (said.promised_by - now) / timedelta(minutes=1), said.expected_wait
        self.came.append((now, ticket.priority))

    def take(self, now: float, tickets: list[HandedOver]) -> Iterator[tuple[float, str]]:
        """Whoever is on shift and free takes the next; yields when each will be done."""
        for name in self.roster.at_desk(self.when(now)):
            if name in self.busy or not self.waiting:
                continue
            _, _, n = heapq.heappop(self.waiting)
            ticket = tickets[n]
            starts = now + float(self.chance.exponential(self.world.notices)) if self.world.notices else now
            first_word, done = starts + _ANSWERS_AFTER * ticket.takes, starts + ticket.takes
            promised, expected = self.said.pop(n)
            came = self.when(ticket.at)
            open_wait = self.roster.open_minutes(came, self.when(first_word))
            self.ended.append(Ended(ticket, promised, first_word - ticket.at, open_wait, name, bool(self.roster.at_desk(came))))
            self.handled.append(Handled(ticket.takes, expected, open_wait, not self.roster.at_desk(came)))
            self.busy[name], self.worked[name] = done, self.worked[name] + ticket.takes
            yield done, name


def simulate(world: World, roster: Roster) -> Desk:
    """The whole time, and then until the queue is empty (for two weeks at most)."""
    tickets, desk = handed_over(world), Desk(world, roster)
    events: list[tuple[float, int, int, str]] = [(t.at, 2, n, "") for n, t in enumerate(tickets)]
    last = (world.days + 14) * 1440
    for cut in desk.roster.stretches(world.begins, desk.when(last)):
        events.append(((cut.begins - world.begins) / timedelta(minutes=1), 1, 0, ""))
    heapq.heapify(events)
    while events:
        now, kind, n, name = heapq.heappop(events)
        if now > last:
            break
        if kind == 0:
            del desk.busy[name]
        elif kind == 2:
            desk.promise(n, tickets[n])
            heapq.heappush(desk.waiting, (-tickets[n].priority, tickets[n].at, n))
        for done, who in desk.take(now, tickets):
            heapq.heappush(events, (done, 0, 0, who))
    return desk
