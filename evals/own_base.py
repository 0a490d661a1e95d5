"""An operator's own base as it stands in their home, and minds over it with some of it taken away; nothing in the home changes."""

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from basics.clock import stopped_at
from basics.errors import BadRequest, SettingsWrong
from basics.ids import new_id
from bot.base import embed_missing, put_windows, texts_to_embed
from bot.mind import Mind
from bot.settings import Settings
from customers.reservations_demo import DemoReservations
from customers.source_demo import DemoSource
from evals.minds import mind_on, progress
from knowledge.article import Article
from knowledge.embedder import Embedder, Vectors
from knowledge.index_chroma import ChromaIndex
from knowledge.passage import Passage
from knowledge.shelf import Shelf
from store import library
from store.database import Conn

Pairs = Sequence[tuple[Article, Sequence[Passage]]]


@dataclass(frozen=True)
class OwnBase:
    """Every article that may be cited, cut, with the vectors of its texts and of the ways in which it is asked for."""

    pairs: Pairs
    vectors: Mapping[str, Vectors]
    embedder: Embedder
    settings: Settings


async def read_base(conn: Conn, embedder: Embedder, settings: Settings) -> OwnBase:
    """The base in the home, with the vectors kept there; BadRequest where it is empty, SettingsWrong where another embedder made them."""
    pairs = await library.on_the_shelf(conn)
    if not pairs:
        raise BadRequest("The knowledge base is empty. Run `concierge ingest FOLDER` first. Nothing was fitted.")
    base = await library.base_now(conn)
    if base.model not in (None, embedder.fingerprint):
        raise SettingsWrong(f"The base was embedded with {base.model}, but CONCIERGE_EMBEDDER gives {embedder.fingerprint}. Nothing was fitted.")
    texts = texts_to_embed([p for _, ps in pairs for p in ps])
    known = await library.kept_vectors(conn, embedder.fingerprint, texts)
    with progress("Embedding") as told:
        made = embed_missing(embedder, texts, known, told)
    return OwnBase(pairs, {**known, **made}, embedder, settings)


@contextmanager
def mind_of(own: OwnBase, now: datetime, without: Collection[str] = (), unnoted: Collection[str] = ()) -> Iterator[Mind]:
    """The Mind over the base without these articles (every language and version of them), the ways of asking of `unnoted` ones left out."""
    pairs = [(a, [_unnoted(p) for p in ps] if a.id in unnoted else list(ps)) for a, ps in own.pairs if a.id not in without]
    # An index of its own: in-memory clients of one process share their collections by name.
    index = ChromaIndex(None, f"{own.embedder.fingerprint}-{new_id('eval')}")
    put_windows(index, [p for _, ps in pairs for p in ps], own.vectors)
    with tempfile.TemporaryDirectory(prefix="concierge-fit-") as home:
        people = DemoSource(), DemoReservations(Path(home), stopped_at(now))
        with mind_on(Shelf(pairs, own.vectors), index, *people, own.embedder, own.settings) as mind:
            yield mind


def _unnoted(passage: Passage) -> Passage:
    return passage.model_copy(update={"units": tuple(u.model_copy(update={"asked": ()}) for u in passage.units)})
