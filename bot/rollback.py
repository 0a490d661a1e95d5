"""Taking ingestions back: the base as it was at an earlier revision, in one transaction and while chats go on."""

from basics.errors import BadRequest
from basics.words import Words
from bot.library import Library
from knowledge.ingest import Report, name_of
from knowledge.passage import Passage
from store import ingestions
from store import library as store
from store.database import Tx


async def roll_back(library: Library, to: int | None = None, dry: bool = False) -> Report:
    """The base as it was at revision `to`, by default before the last ingestion. This is a new revision, and can be taken back itself.

    Nothing is embedded but what the present model has never embedded. BadRequest where that revision is not known any more, or somebody
    else changes the base meanwhile.
    """
    async with library.one_at_a_time:
        async with library.db.read() as conn:
            base, known = await store.base_now(conn), await ingestions.known(conn)
            then = await ingestions.before_all_since(conn, _revision_to(to, base.revision, known))
            there = {b.key: b for b in await ingestions.as_they_are(conn, then)}
        then = {k: was for k, was in then.items() if _differs(was, there[k])}
        if then and not dry:
            model, now = library.embedder.fingerprint, library.clock()
            vectors = await library.vectors_of([Passage.model_validate(p) for was in then.values() if was.stands for p in was.passages])

            async def put_back(tx: Tx) -> None:
                revision = await store.grow_revision(tx, model, library.named, now)
                if revision != base.revision + 1:
                    raise _changed_meanwhile()
                await store.keep_vectors(tx, model, vectors)
                await ingestions.put_back(tx, then, now)
                await ingestions.keep(tx, revision, (there[k] for k in then), now)

            await library.db.write(put_back)
            await library.load()
        return Report(
            added=tuple(name_of(k) for k, was in then.items() if was.stands and not there[k].stands),
            changed=tuple(name_of(k) for k, was in then.items() if was.stands and there[k].stands),
            removed=tuple(name_of(k) for k, was in then.items() if not was.stands),
            revision=await library.revision_kept(),
        )


def _revision_to(to: int | None, now: int, known: list[ingestions.Ingestion]) -> int:
    """The revision to go back to: `to` if it can be, else the one before the last ingestion."""
    if not known:
        raise BadRequest(
            Words(
                en="There is no ingestion to take back: none is noted in this base. Nothing was changed.",
                zh="没有可撤回的导入：知识库中没有记录。未作任何更改。",
            )
        )
    oldest = known[-1].revision - 1
    if to is not None and not oldest <= to < now:
        said = ", ".join(f"{one.revision} ({one.at:%Y-%m-%d %H:%M} UTC)" for one in known[:10])
        raise BadRequest(
            Words(
                en=f"The base cannot go back to revision {to}: it is at {now}, and {oldest} is the oldest that it can go back to. "
                f"Ingestions made these: {said}. Nothing was changed.",
                zh=f"知识库无法回到版本 {to}：当前为 {now}，最早可回到 {oldest}。各次导入产生的版本：{said}。未作任何更改。",
            )
        )
    return to if to is not None else known[0].revision - 1


def _differs(was: ingestions.Before, is_now: ingestions.Before) -> bool:
    """Whether going back would be noticed: on the shelf or not, and if so, anything of it."""
    if not (was.stands and is_now.stands):
        return was.stands != is_now.stands
    return was.passages != is_now.passages or {**(was.row or {}), "ingested_at": ""} != {**(is_now.row or {}), "ingested_at": ""}


def _changed_meanwhile() -> BadRequest:
    return BadRequest(
        Words(
            en="Articles came in meanwhile, so the base was not put back. Nothing was changed; look at it and try again.",
            zh="期间有新文章导入，知识库未回退，未作任何更改；请查看后重试。",
        )
    )
