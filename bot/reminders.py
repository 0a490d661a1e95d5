"""Reminders: the staff are told outside the console what waits too long, each ticket and case once a cause, several at once in one message."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from basics.clock import Clock
from basics.errors import SettingsWrong
from basics.words import Words, words
from bot.handoff import moment_worded
from bot.health import Finding, amiss, ok
from bot.promising import roster_of
from bot.settings import Settings
from desk.case import Case, in_order
from desk.notifier import Note, Notifier, NotTold
from desk.reminding import Limits, Waits, cause_of, is_overdue, next_departure
from desk.ticket import IN_SHORT
from knowledge.wording import wording
from store import cases, reminders, tickets
from store.database import Database
from store.reminders import Key

log = logging.getLogger("concierge.reminders")
CONSOLE = "/console/#/"
_MOST = 20  # lines of one message; the console has them all
_RECENT = timedelta(days=1)


class Due(NamedTuple):
    """Something to be reminded of, in a sentence, with the place in the console where it is dealt with."""

    key: Key
    number: int
    said: Words
    at: str


class Reminders:
    """Looks whenever the desk's stream grows and every few seconds. A worker killed between telling and noting it tells once more."""

    def __init__(self, db: Database, notifier: Notifier | None, settings: Settings, clock: Clock, worker: str) -> None:
        self.db, self.notifier, self.settings, self.clock, self.worker = db, notifier, settings, clock, worker

    async def look(self) -> int:
        """Remind of what is due, at every address by itself; returns how many reminders went out."""
        notifier = self.notifier
        if notifier is None:
            return 0
        due = await self._due(self.clock())
        if not due:
            return 0
        return sum(await asyncio.gather(*(self._remind(notifier, address, due) for address in notifier.addresses())))

    async def _due(self, now: datetime) -> tuple[Due, ...]:
        keep = self.settings
        limits = Limits(timedelta(minutes=keep.remind_before), timedelta(minutes=keep.remind_reply))
        roster, due = roster_of(keep), []
        is_open = bool(roster.at_desk(now))
        async with self.db.read() as conn:
            for ticket in sorted(await tickets.open_tickets(conn), key=lambda t: (t.promised_by, t.number)):
                brief = None if is_open else await tickets.brief_of(conn, ticket.id)  # only then their flight counts
                flies = next_departure(brief, now) if brief else None
                waits = Waits(ticket=ticket, since=await tickets.waits_since(conn, ticket), departs_at=flies)
                cause = cause_of(waits, roster, limits, now)
                if cause is not None:
                    due.append(_of_ticket(waits, cause, keep, now))
            overdue = [c for c in in_order(await cases.open_cases(conn), now) if is_overdue(c, roster, now)]
            due += [_of_case(c, keep, now) for c in overdue]
        return tuple(due)

    async def _remind(self, notifier: Notifier, address: str, due: Sequence[Due]) -> int:
        keys = [d.key for d in due]
        async with self.db.read() as conn:
            if not await reminders.are_open(conn, address, keys, self.clock()):
                return 0
        taken = await self.db.write(lambda tx: reminders.take(tx, address, keys, self.worker, self.clock()))
        if not taken:
            return 0
        try:
            await notifier.tell(address, note_of([d for d in due if d.key in taken]))
        except NotTold as no:
            log.warning("reminder of %s: %s", ", ".join(str(d.number) for d in due if d.key in taken), no.said.en)
            problem = no.said.en
            await self.db.write(lambda tx: reminders.not_sent(tx, address, self.worker, problem, self.clock()))
            return 0
        return await self.db.write(lambda tx: reminders.sent(tx, address, self.worker, self.clock()))


def note_of(due: Sequence[Due]) -> Note:
    """One message for all of them, in both languages."""
    subject = wording("reminder-one", number=due[0].number) if len(due) == 1 else wording("reminder-many", n=len(due))
    lines = [f"{d.said.en}\n{d.said.zh}\n{d.at}" for d in due[:_MOST]]
    if len(due) > _MOST:
        lines.append(f"+ {len(due) - _MOST}")
    return Note(subject=f"{subject.en} · {subject.zh}", text="\n\n".join(lines))


def span_worded(span: timedelta) -> Words:
    """How long something has waited, in the largest unit of which there are two."""
    minutes = max(0, round(span / timedelta(minutes=1)))
    if minutes < 120:
        return wording("span-minutes", n=minutes)
    return wording("span-hours", n=minutes // 60) if minutes < 48 * 60 else wording("span-days", n=minutes // 1440)


def _of_ticket(waits: Waits, cause: str, settings: Settings, now: datetime) -> Due:
    ticket = waits.ticket
    said = wording(
        f"reminder-{cause.replace('_', '-')}",
        number=ticket.number,
        reason=IN_SHORT[ticket.reason],
        waited=span_worded(now - (waits.since or now)),
        by=moment_worded(ticket.promised_by, settings.zone, now),
    )
    return Due(Key(ticket.id, cause), ticket.number, said, f"{settings.address()}{CONSOLE}tickets/{ticket.id}")


def _of_case(case: Case, settings: Settings, now: datetime) -> Due:
    said = wording(
        "reminder-overdue",
        number=case.number,
        reason=IN_SHORT[case.reason],
        waited=span_worded(now - case.opened_at),
        by=moment_worded(case.due_at, settings.zone, now),
    )
    return Due(Key(case.id, "overdue"), case.number, said, f"{settings.address()}{CONSOLE}cases/{case.id}")


def notifier_of(settings: Settings) -> Notifier | None:
    """Whoever tells the staff, or None where no address is set; SettingsWrong says what is missing."""
    listed = settings.notify.get_secret_value().strip()
    if not listed:
        return None
    try:
        from desk.notifier_apprise import AppriseNotifier  # 130 services: a fifth of a second to import
    except ModuleNotFoundError:
        raise SettingsWrong(
            words(
                "CONCIERGE_NOTIFY is set, but the package apprise is not installed. Run: pip install 'travel-concierge[notify]'.",
                "已设置 CONCIERGE_NOTIFY，但未安装 apprise。请运行：pip install 'travel-concierge[notify]'。",
            )
        ) from None
    return AppriseNotifier(listed)


async def look_at_reminders(db: Database, settings: Settings, now: datetime) -> Finding:
    """Whether reminders reach the staff."""
    try:
        notifier = notifier_of(settings)
    except SettingsWrong as wrong:
        return amiss(
            "reminders",
            "down",
            wrong.said,
            words("Correct CONCIERGE_NOTIFY: no server starts with it.", "请更正 CONCIERGE_NOTIFY，否则服务无法启动。"),
        )
    if notifier is None:
        return ok("reminders", "No address is set: nobody is reminded outside the console.", "未设置提醒地址，仅在控制台显示。")
    async with db.read() as conn:
        dead = await reminders.given_up_since(conn, now - _RECENT)
    if dead:
        return amiss(
            "reminders",
            "look",
            words(f"{dead} reminders of the last day reached nobody at their address.", f"最近一天有 {dead} 条提醒未能送达。"),
            words(
                "The log names the address; `apprise -vv -b test ADDRESS` tells what is wrong with it.",
                "地址见日志；可运行 `apprise -vv -b test 地址` 查看原因。",
            ),
        )
    n = len(notifier.addresses())
    return ok("reminders", f"The staff are reminded at {n} addresses.", f"提醒发送至 {n} 个地址。")
