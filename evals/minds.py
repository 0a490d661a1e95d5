"""Minds to measure: the real one, over a throw-away base in memory. Nothing is kept, nothing of a home is touched."""

import copy
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from basics.clock import stopped_at
from basics.errors import SettingsWrong
from basics.ids import new_id
from basics.words import Lang
from bot.base import throwaway_base
from bot.library import shipped_vectors
from bot.mind import Mind
from bot.settings import DEMO_CONFIDENCE, Settings
from customers.reservations import Reservations
from customers.reservations_demo import DemoReservations
from customers.rights import load_rules
from customers.source import CustomerSource
from customers.source_demo import DemoSource
from knowledge.article import Article
from knowledge.embedder import Embedder, Vectors
from knowledge.embedder_packaged import Packaged
from knowledge.index import Index
from knowledge.index_chroma import ChromaIndex
from knowledge.ingest import read_paths
from knowledge.shelf import Shelf

err = Console(stderr=True)
Told = Callable[[int, int], None]


@contextmanager
def mind_over(
    articles: Sequence[Article],
    source: CustomerSource,
    reservations: Reservations,
    embedder: Embedder,
    settings: Settings,
    known: Mapping[str, Vectors] | None = None,
) -> Iterator[Mind]:
    """The real Mind over these articles, embedded now with a bar on stderr; `known` spares embedding what was embedded before."""
    # An index of its own: in-memory clients of one process share their collections by name.
    index = ChromaIndex(None, f"{embedder.fingerprint}-{new_id('eval')}")
    with progress("Embedding") as told:
        shelf = throwaway_base(articles, embedder, index, known or {}, told)
    with mind_on(shelf, index, source, reservations, embedder, settings) as mind:
        yield mind


@contextmanager
def mind_on(shelf: Shelf, index: Index, source: CustomerSource, reservations: Reservations, embedder: Embedder, settings: Settings) -> Iterator[Mind]:
    """The real Mind on a shelf and the index that belongs to it, with a worker of its own."""
    worker = ThreadPoolExecutor(1, thread_name_prefix="mind")
    try:
        yield Mind(settings, embedder, index, source, reservations, load_rules(settings.rules), worker, shelf)
    finally:
        worker.shutdown(wait=True, cancel_futures=True)


@contextmanager
def demo_mind(
    now: datetime, articles: Path | None = None, embedder: Embedder | None = None, noted: bool = True, only: Lang | None = None
) -> Iterator[Mind]:
    """The Mind of the demo at the moment `now`: shipped articles (or those below `articles`), demo people, their trips in a temp folder.

    Without `noted` the ways of asking that authors noted are left out; with `only` the articles of the other language are.
    """
    settings, embedder = Settings(confidence=DEMO_CONFIDENCE), embedder or Packaged()
    read, refused, _ = read_paths([(articles or settings.articles).resolve()])
    if refused:
        raise SettingsWrong(f"{refused[0].file}:{refused[0].line}: {refused[0].why}. Nothing was measured.")
    base = [one.article if noted else one.article.model_copy(update={"asks": ()}) for one in read if only in (None, one.article.lang)]
    with tempfile.TemporaryDirectory(prefix="concierge-eval-") as home:
        reservations = DemoReservations(Path(home), stopped_at(now))
        with mind_over(base, DemoSource(), reservations, embedder, settings, shipped_vectors(embedder.fingerprint)) as mind:
            yield mind


def at_moment(mind: Mind, now: datetime, home: Path) -> Mind:
    """The same mind among the demo's trips as they stand at `now`, written below `home`; articles and index are shared."""
    other = copy.copy(mind)
    other.reservations = DemoReservations(home, stopped_at(now))
    return other


@contextmanager
def progress(what: str) -> Iterator[Told]:
    """A bar on stderr, told `(done, of)`."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
