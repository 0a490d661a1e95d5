"""How the parts of a house are, each told in one sentence with what to do; for /readyz and `concierge doctor`. Nothing here changes anything."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from basics.clock import Clock
from basics.words import LANGS, Words
from bot.llm import GuardedLLM, ModelFailed, Spent
from bot.prompt import prompt
from bot.purse import Purse
from bot.settings import Settings
from knowledge.index import Index, IndexAway
from knowledge.passage import Passage
from knowledge.shelf import windows_of
from store import library
from store.database import Database
from store.schema import newest_step, step

State = Literal["ok", "look", "down"]
LEAST_ROOM = 200_000_000  # bytes
_PATIENCE = 2.0  # seconds that a database or an index gets to answer
_MODEL_PATIENCE = 5.0  # seconds
_INDEX_GOOD_FOR = 30.0  # seconds: comparing thousands of windows is too much work for every look


class Finding(BaseModel, frozen=True):
    """How a part is: `ok`; `look`, when the house can serve all the same; `down`, when it cannot. `do` says what helps. No paths, no secrets."""

    part: str
    state: State
    said: Words
    do: Words | None = None


def ok(part: str, en: str, zh: str) -> Finding:
    """A part that is as it should be."""
    return Finding(part=part, state="ok", said=Words(en=en, zh=zh))


def amiss(part: str, state: State, said: Words, do: Words) -> Finding:
    """A part that is not, and what to do about it."""
    return Finding(part=part, state=state, said=said, do=do)


class Health:
    """Looks at one house that runs."""

    def __init__(self, db: Database, settings: Settings, clock: Clock, model: GuardedLLM | None) -> None:
        self.db, self.settings, self.model = db, settings, model
        self._purse = Purse(db, settings, clock)
        self._compared: tuple[float, Index, int, Finding] | None = None

    async def look(self, index: Index, passages: Iterable[Passage], revision: int) -> tuple[Finding, ...]:
        """Every part that can be seen without asking anybody outside; index, passages and revision are those that turns work on."""
        held = tuple(passages)
        database = await look_at_database(self.db)
        return (
            database,
            await self._look_at_index(index, held, revision),
            look_at_base(len(held)),
            look_at_breaker(self.model),
            await self._look_at_tokens(database),
            look_at_room(self.settings.home),
        )

    async def _look_at_index(self, index: Index, passages: tuple[Passage, ...], revision: int) -> Finding:
        """The index against the shelf, compared anew after half a minute or when one of them is another."""
        if index.lost:
            return _index_away()
        now, known = time.monotonic(), self._compared
        if known is None or known[1] is not index or known[2] != revision or now - known[0] > _INDEX_GOOD_FOR:
            known = self._compared = (now, index, revision, await look_at_index(index, passages))
        return known[3]

    async def _look_at_tokens(self, database: Finding) -> Finding:
        if self.model is None or self.settings.model_tokens_a_day == 0 or database.state == "down":
            return ok("tokens", "No limit of tokens is in the way.", "没有达到词元用量上限。")
        if await self._purse.is_open():
            return ok("tokens", "The day's tokens are not used up.", "今日词元用量未达上限。")
        return amiss(
            "tokens",
            "look",
            Words(en="The day's tokens are used up: answers are quotations until midnight.", zh="今日词元用量已用完，午夜前只以原文引用作答。"),
            Words(en="Raise CONCIERGE_MODEL_TOKENS_A_DAY if this happens often.", zh="如经常发生，请调高 CONCIERGE_MODEL_TOKENS_A_DAY。"),
        )


async def look_at_database(db: Database) -> Finding:
    """Whether the database answers within two seconds."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await db.answers()
    except Exception as wrong:
        return amiss(
            "database",
            "down",
            Words(en=f"The database does not answer ({type(wrong).__name__}).", zh=f"数据库无响应（{type(wrong).__name__}）。"),
            Words(en="Start it, or correct CONCIERGE_DATABASE_URL.", zh="请启动数据库，或更正 CONCIERGE_DATABASE_URL。"),
        )
    return ok("database", "The database answers.", "数据库响应正常。")


async def look_at_schema(db: Database) -> Finding:
    """Whether the tables stand at this version's last step."""
    try:
        async with db.read() as conn:
            stands = await step(conn)
    except Exception:
        return amiss(
            "schema",
            "look",
            Words(en="The database has no tables yet.", zh="数据库中还没有数据表。"),
            Words(en="Start the server once: it makes them.", zh="请启动一次服务，数据表会自动创建。"),
        )
    if stands == newest_step():
        return ok("schema", f"The tables are at the newest step ({stands}).", f"数据表已是最新版本（{stands}）。")
    return amiss(
        "schema",
        "look",
        Words(
            en=f"The tables stand at step {stands}, this version wants {newest_step()}.", zh=f"数据表版本为 {stands}，本程序需要 {newest_step()}。"
        ),
        Words(
            en="Back up, then start the server: it brings them up. If it does not know the step, a newer version made it: install that.",
            zh="请先备份再启动服务，数据表会自动升级；若本程序不认识该版本，说明数据库曾由更新的版本使用，请安装新版本。",
        ),
    )


def look_at_base(passages: int) -> Finding:
    """Whether there is anything to answer from."""
    if passages:
        return ok("base", f"The base holds {passages} passages.", f"知识库包含 {passages} 个段落。")
    return amiss(
        "base",
        "down",
        Words(en="The knowledge base is empty: every question goes to the desk.", zh="知识库为空，所有问题都会转人工。"),
        Words(en="Take articles in: concierge ingest FOLDER.", zh="请导入文章：concierge ingest 目录。"),
    )


async def look_at_model_of_base(db: Database, fingerprint: str) -> Finding:
    """Whether the base's vectors were made by the embedder that is used now."""
    try:
        async with db.read() as conn:
            revision, model = await library.revision(conn)
    except Exception:
        return ok("embedder", f"The embedder is {fingerprint}; there is no base yet.", f"向量模型为 {fingerprint}，尚无知识库。")
    if model in (None, fingerprint):
        return ok("embedder", f"The base is at revision {revision}, embedded by {fingerprint}.", f"知识库修订号 {revision}，向量模型 {fingerprint}。")
    return amiss(
        "embedder",
        "down",
        Words(
            en=f"The base was embedded by {model}, but {fingerprint} is configured.", zh=f"知识库由 {model} 生成向量，而当前配置为 {fingerprint}。"
        ),
        Words(
            en="Set CONCIERGE_EMBEDDER to the former, or embed the base again: concierge reembed.",
            zh="请将 CONCIERGE_EMBEDDER 改回原来的模型，或重新生成向量：concierge reembed。",
        ),
    )


async def look_at_index(index: Index, passages: Iterable[Passage]) -> Finding:
    """Whether the index holds exactly the windows of these passages."""
    held = tuple(passages)

    def compare() -> tuple[int, int]:
        missing = old = 0
        for lang in LANGS:
            there = index.ids(lang)
            wanted = {window for p in held if p.lang == lang for window in windows_of(p)}
            missing, old = missing + len(wanted - there), old + len(there - wanted)
        return missing, old

    try:
        async with asyncio.timeout(_PATIENCE * 5):
            missing, old = await asyncio.to_thread(compare)
    except IndexAway:
        return _index_away()
    except Exception as wrong:
        return amiss(
            "index",
            "down",
            Words(en=f"The index does not answer ({type(wrong).__name__}).", zh=f"索引无响应（{type(wrong).__name__}）。"),
            Words(
                en="Stop the server, move the folder index out of the home, start again: it is built from the database.",
                zh="请停止服务，将主目录中的 index 文件夹移走后重新启动，系统会根据数据库重建索引。",
            ),
        )
    if not missing and (not old or index.is_remote):  # what others may still search is dropped a little later
        return ok("index", "The index matches the base.", "索引与知识库一致。")
    return amiss(
        "index",
        "look",
        Words(
            en=f"The index lacks {missing} windows of the base and holds {old} old ones.", zh=f"索引缺少 {missing} 个片段，另有 {old} 个过期片段。"
        ),
        Words(en="It is mended at the next start or ingestion; restart the server.", zh="下次启动或导入文章时会自动修复，请重启服务。"),
    )


def _index_away() -> Finding:
    return amiss(
        "index",
        "look",
        Words(
            en="The Chroma server does not answer: search does without it, over vectors held in memory; no articles can be taken in.",
            zh="Chroma 服务无响应：检索暂用内存中的向量，期间无法导入文章。",
        ),
        Words(
            en="Start it, or correct CONCIERGE_CHROMA_URL; it is taken up again by itself.",
            zh="请启动该服务，或更正 CONCIERGE_CHROMA_URL；恢复后系统会自动重新使用。",
        ),
    )


def look_at_breaker(model: GuardedLLM | None) -> Finding:
    """Whether the model is asked at the moment."""
    if model is None:
        return ok("model", "No model is configured: answers are quotations.", "未配置模型，以原文引用作答。")
    if not model.breaker.is_open:
        return ok("model", "The model is asked.", "模型正常使用中。")
    return amiss(
        "model",
        "look",
        Words(
            en=f"The model failed {model.breaker.failures} times in a row and is left alone for a while: answers are quotations.",
            zh=f"模型连续失败 {model.breaker.failures} 次，暂停使用，目前以原文引用作答。",
        ),
        Words(en="See whether its server is up; it is tried again by itself.", zh="请检查模型服务是否正常；系统会自动重试。"),
    )


async def look_at_model(model: GuardedLLM | None) -> Finding:
    """Whether the model answers a question of one word within five seconds; costs a few tokens."""
    seen = look_at_breaker(model)
    if model is None or seen.state != "ok":
        return seen
    try:
        async with asyncio.timeout(_MODEL_PATIENCE):
            await model.yes(prompt("verdict", "Text: Test: This is a test.\nQuestion: Is this a test?\nAnswer:"), Spent())
    except (ModelFailed, TimeoutError) as wrong:
        why = str(wrong) or f"no answer within {_MODEL_PATIENCE:.0f} s"
        return amiss(
            "model",
            "look",
            Words(en=f"The model does not answer ({why}): answers are quotations.", zh=f"模型无响应（{why}），目前以原文引用作答。"),
            Words(
                en="Check CONCIERGE_MODEL_URL, _NAME, _KEY or _PATH and the model's server; CONCIERGE_MODEL=quote turns it off.",
                zh="请检查 CONCIERGE_MODEL_URL、_NAME、_KEY 或 _PATH 以及模型服务；设置 CONCIERGE_MODEL=quote 可停用模型。",
            ),
        )
    return ok("model", "The model answers.", "模型响应正常。")


def look_at_room(home: Path) -> Finding:
    """Whether the disk of the home has room."""
    try:
        free = shutil.disk_usage(home).free
    except OSError as wrong:
        return amiss(
            "disk",
            "down",
            Words(en=f"The home cannot be looked at: {wrong.strerror}.", zh=f"无法访问主目录：{wrong.strerror}。"),
            Words(en="Check CONCIERGE_HOME and its disk.", zh="请检查 CONCIERGE_HOME 及其所在磁盘。"),
        )
    if free >= LEAST_ROOM:
        return ok("disk", "The home's disk has room.", "主目录所在磁盘空间充足。")
    return amiss(
        "disk",
        "look",
        Words(en=f"The home's disk has {free // 1_000_000} MB left.", zh=f"主目录所在磁盘仅剩 {free // 1_000_000} MB。"),
        Words(
            en="Free some space: when the disk is full nothing can be kept, so nothing is answered.",
            zh="请释放空间：磁盘写满后无法保存任何内容，也就无法作答。",
        ),
    )


async def look_at_redis(answers: Callable[[], Awaitable[bool | None]]) -> Finding:
    """Whether Redis counts; `answers` gives None where none is configured."""
    answered = await answers()
    if answered is None:
        return ok("redis", "Redis is not configured: each process counts rates for itself.", "未配置 Redis，各进程分别计数。")
    if answered:
        return ok("redis", "Redis answers.", "Redis 响应正常。")
    return amiss(
        "redis",
        "look",
        Words(en="Redis does not answer: each process counts rates for itself.", zh="Redis 无响应，各进程分别计数。"),
        Words(en="Start it, or correct CONCIERGE_REDIS_URL.", zh="请启动 Redis，或更正 CONCIERGE_REDIS_URL。"),
    )
