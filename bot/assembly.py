"""The one place where real things are named and wired. Tests build the house with other furniture through the same function."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from basics.clock import Clock, system_clock
from basics.errors import SettingsWrong
from basics.ids import new_id
from basics.words import Words
from bot import traces
from bot.act import Changes
from bot.airline import Airline, airline_of
from bot.cases import Cases
from bot.desk import Desk
from bot.duties import Duties, duties_of, keep_up, resume_turns
from bot.grants import Grants
from bot.home import Home
from bot.lessons import Lessons
from bot.library import Library, Progress
from bot.llm import GuardedLLM
from bot.mind import Mind
from bot.models import model_of
from bot.moments import Moments
from bot.post import Post
from bot.presence import Presence
from bot.reembed import Reembedded, reembed
from bot.reminders import Reminders, notifier_of
from bot.rollback import roll_back
from bot.settings import Settings
from bot.turn import Concierge
from customers.notes import Notes
from customers.reservations import Reservations
from customers.rights import load_rules
from customers.source import CustomerSource
from desk.mailer import Mailer
from desk.mailer_smtp import SmtpMailer
from desk.notifier import Notifier
from knowledge.embedder import Embedder
from knowledge.embedders import embedder_of
from knowledge.index import Index, Indexes
from knowledge.index_chroma import ChromaIndexes, ChromaServer
from knowledge.ingest import Report
from knowledge.shelf import Shelf
from store import events, notes, tickets
from store.database import Database, Tx
from store.upgrade import upgrade

log = logging.getLogger("concierge.house")


@dataclass
class House:
    """Everything that runs, ready to be started and stopped."""

    settings: Settings
    clock: Clock
    home: Home
    db: Database
    mind: Mind
    library: Library
    concierge: Concierge
    changes: Changes
    desk: Desk
    moments: Moments
    presence: Presence
    grants: Grants
    lessons: Lessons
    cases: Cases
    worker: ThreadPoolExecutor
    duties: Duties
    indexes: Indexes
    make_embedder: Callable[[str], Embedder]
    airline: Airline
    is_supervised: bool
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, on_duty: bool = True) -> None:
        """Open the store, load the shelf, finish what an earlier process left behind, and take up duty; once, however often it is asked.

        Not `on_duty`: for one command, which leaves turns and duties to the servers of this database.
        """
        if self._tasks:
            return
        try:
            await self.open_store()
            await self.db.write(_streams)
            await self.library.load()
            if not on_duty:
                return
            if self.db.is_sqlite:
                await self.duties.alone()
                await resume_turns(self.concierge, only_mine=True)
                await self.changes.resume(at_once=True)
            elif not self.is_supervised:
                await self.duties.take_over_home(self.home.worker_prefix)
            await self.duties.look()
        except BaseException:
            await self.stop()  # an open connection would keep the process from ending
            raise
        self._tasks = [
            asyncio.create_task(self.duties.for_ever(), name="duties"),
            asyncio.create_task(keep_up(self.library), name="shelf"),
            # What the model reads on first use (a second of it) is there before the first traveller is.
            asyncio.create_task(_read_once(self.mind.embedder), name="warm"),
        ]

    async def open_store(self) -> None:
        """The database, brought up to this version's tables; no shelf, no turns, no duties."""
        await asyncio.to_thread(upgrade, self.settings.database())
        await self.db.start()

    async def ingest(
        self, paths: list[Path], dry: bool = False, progress: Progress = lambda done, of: None, diff: bool = False, accept: bool = False
    ) -> Report:
        """Take articles in; with `diff` show what would change, and take nothing in; with `accept` also what contradicts an older article."""
        return await self.library.ingest(paths, dry, progress, diff, accept)

    async def roll_back(self, to: int | None = None, dry: bool = False) -> Report:
        """The base as it was at revision `to`, by default before the last ingestion."""
        return await roll_back(self.library, to, dry)

    async def reembed(self, named: str, progress: Progress = lambda done, of: None) -> Reembedded:
        """Embed the base with another embedder while chats go on, change over, and drop the old index once no turn reads it."""
        is_loaded = self.library.revision < 0 and named == self.settings.embedder  # a house that serves looks at the model again: it may have changed
        embedder = self.library.embedder if is_loaded else await asyncio.to_thread(self.make_embedder, named)
        before = self.mind.finder
        done = await reembed(self.library, named, embedder, self.indexes, progress)
        if self.mind.index.is_remote or (self.mind.finder is not before and not await before.left(30.0)):
            return done.model_copy(update={"dropped": False})  # where workers share an index, a duty does it when all have followed
        try:
            await asyncio.to_thread(self.indexes.keep_only, embedder.fingerprint)
        except Exception:  # the change itself is done and kept
            log.exception("the old index could not be dropped; the next re-embedding does it")
            return done.model_copy(update={"dropped": False})
        return done

    async def stop(self) -> None:
        """Let running turns end, then close everything; what is not finished is resumed at the next start."""
        serving, self._tasks = self._tasks, []
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await self.concierge.rest(5.0)
        if serving:
            with contextlib.suppress(Exception):  # else another worker takes them when the leases end
                await self.duties.give_back()
        if self.concierge.model is not None:
            await self.concierge.model.close()
        await self.airline.close()
        await self.db.stop()
        self.worker.shutdown(wait=False, cancel_futures=True)


def _indexes(settings: Settings, home: Home) -> Indexes:
    """On the Chroma server of the settings, else in the home."""
    return ChromaServer(settings.chroma_url, settings.chroma_prefix) if settings.chroma_url else ChromaIndexes(home.path / "index")


def _opened(indexes: Indexes, folder: Path, fingerprint: str) -> Index:
    """The index; SettingsWrong says what to do with a folder that cannot be used. A server may be away: search does without it meanwhile."""
    try:
        return indexes.open(fingerprint)
    except Exception as wrong:
        raise SettingsWrong(
            Words(
                en=f"The index in {folder} cannot be opened: {wrong}. Free some space, or move the folder away: it is built again from the database.",
                zh=f"无法打开索引目录 {folder}：{wrong}。请释放空间，或移走该目录，系统会根据数据库重建索引。",
            )
        ) from wrong


def _mailer(settings: Settings) -> Mailer | None:
    url = settings.smtp_url.get_secret_value()
    return SmtpMailer(url, settings.smtp_from) if url else None


async def _read_once(embedder: Embedder) -> None:
    await asyncio.to_thread(embedder.question, "?")


async def _noted(db: Database, traveller_id: str, now: datetime) -> Notes:
    async with db.read() as conn:
        return await notes.notes_of(conn, traveller_id, now)


async def _streams(tx: Tx) -> None:
    for name in (events.DESK, tickets.NUMBERS):
        await events.open_stream_once(tx, name)


def assemble(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    home: Home | None = None,
    embedder: Embedder | None = None,
    index: Index | None = None,
    source: CustomerSource | None = None,
    reservations: Reservations | None = None,
    model: GuardedLLM | None = None,
    mailer: Mailer | None = None,
    notifier: Notifier | None = None,
    make_embedder: Callable[[str], Embedder] = embedder_of,
    worker_id: str | None = None,
) -> House:
    """The house as the settings want it; what is passed in takes the place of the real thing. Take the home before starting it.

    `worker_id` is given by whoever looks after several workers and gives back what a dead one held.
    """
    home = home or Home(settings.home)
    home.path.mkdir(parents=True, exist_ok=True)
    traces.set_up(settings.otel_endpoint)
    embedder = embedder or make_embedder(settings.embedder)
    indexes = _indexes(settings, home)
    index = index or _opened(indexes, home.path / "index", embedder.fingerprint)
    rules = load_rules(settings.rules)
    airline = airline_of(settings, home.path, clock, source, reservations)
    worker = ThreadPoolExecutor(1, thread_name_prefix="mind")
    db = Database(settings.database())
    mind = Mind(settings, embedder, index, airline.source, airline.reservations, rules, worker, Shelf((), {}), partial(_noted, db))

    def replace(shelf: Shelf) -> None:
        mind.read_from(library.embedder, library.index, shelf)

    library = Library(db, embedder, indexes, index, worker, clock, replace, settings, make_embedder)
    concierge = Concierge(db, mind, settings, clock, model or model_of(settings), worker_id or new_id(home.worker_prefix))
    changes = Changes(db, airline.reservations, rules, settings, clock)
    told = Moments(db, mind, settings, clock, concierge.uses_of)
    post = Post(db, mailer or _mailer(settings), clock, concierge.worker)
    reminders = Reminders(db, notifier or notifier_of(settings), settings, clock, concierge.worker)
    duties = Duties(db, concierge.worker, clock, duties_of(concierge, changes, library, told, post, reminders))
    return House(
        settings,
        clock,
        home,
        db,
        mind,
        library,
        concierge,
        changes,
        Desk(db, settings, clock),
        told,
        Presence(db, clock),
        Grants(db, airline.reservations, settings, clock),
        Lessons(db, library, mind, settings, clock, home.path / "lessons"),
        Cases(db, settings, clock),
        worker,
        duties,
        indexes,
        make_embedder,
        airline,
        worker_id is not None,
    )
