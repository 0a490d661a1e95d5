"""What is wrong with this installation: each part in a plain sentence, with what to do. Nothing is changed by looking."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console

from api.limits import Limits
from basics.clock import system_clock
from basics.errors import BadRequest, ConciergeError, HomeBusy, SettingsWrong
from basics.words import Lang, Words
from bot.airline import look_at_airline
from bot.health import (
    Finding,
    amiss,
    look_at_base,
    look_at_database,
    look_at_index,
    look_at_model,
    look_at_model_of_base,
    look_at_redis,
    look_at_room,
    look_at_schema,
    ok,
)
from bot.home import Home, Running
from bot.models import model_of
from bot.post import look_at_post
from bot.reminders import look_at_reminders
from bot.settings import Settings
from concierge.beside import call, running_server
from concierge.commands import settings_here
from customers.rights import load_rules
from knowledge.embedders import embedder_of
from knowledge.index_chroma import ChromaIndex, ChromaServer
from store import library
from store.database import Database

_OLDEST = (3, 11)
_CODE = {"ok": 0, "look": 1, "down": 2}
_LABEL = {"ok": Words(en="ok", zh="正常"), "look": Words(en="look", zh="注意"), "down": Words(en="DOWN", zh="故障")}
_STYLE = {"ok": "green", "look": "yellow", "down": "bold red"}


def examine(as_json: bool, lang: str) -> None:
    """Look at everything and tell it; the exit code is 0, 1 (something to look at) or 2 (it cannot run)."""
    if lang not in ("en", "zh"):
        raise BadRequest(Words(en=f"--lang is {lang!r}; it must be en or zh.", zh=f"--lang 的值是 {lang!r}，应为 en 或 zh。"))
    reader: Lang = "zh" if lang == "zh" else "en"
    findings = [_python(), _zones(), *_installed()]
    code = max(_CODE[f.state] for f in findings)
    if as_json:
        told = [{"part": f.part, "state": f.state, "said": f.said.said_in(reader), "do": f.do.said_in(reader) if f.do else None} for f in findings]
        print(json.dumps({"code": code, "findings": told}, ensure_ascii=False, indent=2))
    else:
        _tell(findings, reader)
    raise SystemExit(code)


def _tell(findings: list[Finding], lang: Lang) -> None:
    out = Console(highlight=False, markup=False, soft_wrap=True)
    for f in findings:
        out.print(f"{_LABEL[f.state].said_in(lang):<5}", style=_STYLE[f.state], end="")
        out.print(f"{f.part:<9} {f.said.said_in(lang)}")
        if f.do is not None:
            out.print(f"{'':<15}{f.do.said_in(lang)}", style="dim")


def _python() -> Finding:
    has = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST:
        return ok("python", f"Python {has}.", f"Python {has}。")
    return amiss(
        "python",
        "down",
        Words(en=f"This is Python {has}; 3.11 or newer is needed.", zh=f"当前为 Python {has}，需要 3.11 或更高版本。"),
        Words(en="Install it and make the environment anew.", zh="请安装新版本并重建运行环境。"),
    )


def _zones() -> Finding:
    try:
        ZoneInfo("Asia/Shanghai")
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return amiss(
            "zones",
            "down",
            Words(en="There is no time zone data on this machine.", zh="本机没有时区数据。"),
            Words(en="Run pip install tzdata.", zh="请运行 pip install tzdata。"),
        )
    return ok("zones", "Time zones are known.", "时区数据可用。")


def _installed() -> list[Finding]:
    """Settings first: without them nothing else can be looked at."""
    try:
        settings = settings_here()
        if port := os.environ.get("PORT"):
            settings = settings.model_copy(update={"port": int(port)})
    except (ConciergeError, ValueError) as wrong:
        said = wrong.said if isinstance(wrong, ConciergeError) else Words(en="PORT is not a number.", zh="PORT 不是数字。")
        return [amiss("settings", "down", said, Words(en="Correct it; .env.example explains each.", zh="请更正；各项设置的说明见 .env.example。"))]
    found = [ok("settings", "The settings are valid.", "设置有效。"), _rules(settings)]
    running = running_server(settings)
    if running is not None:
        beside = [Finding.model_validate(f) for f in call(running, "/v1/operator/doctor", {})]
        return [*found, _served(running), _port(settings, running), *map(_for_a_doctor, beside)]
    return [*found, _port(settings, None), *_alone(settings)]


def _rules(settings: Settings) -> Finding:
    try:
        rules = load_rules(settings.rules)
    except ConciergeError as wrong:
        return amiss("rules", "down", wrong.said, Words(en="Correct the file and look again.", zh="请更正规则文件后重试。"))
    return ok("rules", f"The rules load ({len(rules.rules)} of them).", f"规则加载正常（共 {len(rules.rules)} 条）。")


def _served(running: Running) -> Finding:
    return ok("server", f"A server works in this home (process {running.pid}).", f"已有服务在使用该主目录（进程 {running.pid}）。")


def _port(settings: Settings, running: Running | None) -> Finding:
    if running is not None and running.address.endswith(f":{settings.port}"):
        return ok("port", f"Port {settings.port} is ours.", f"端口 {settings.port} 由本服务使用。")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((settings.host, settings.port))
        except OSError as wrong:
            return amiss(
                "port",
                "look" if running else "down",
                Words(
                    en=f"Port {settings.port} on {settings.host} cannot be used: {wrong.strerror}.",
                    zh=f"无法使用 {settings.host} 的端口 {settings.port}：{wrong.strerror}。",
                ),
                Words(
                    en="Stop what listens there, or set CONCIERGE_PORT to another one.",
                    zh="请停止占用该端口的程序，或将 CONCIERGE_PORT 设为其他端口。",
                ),
            )
    return ok("port", f"Port {settings.port} is free.", f"端口 {settings.port} 可用。")


def _alone(settings: Settings) -> list[Finding]:
    """No server runs: the home is taken for a moment, so that none starts while we look."""
    home = Home(settings.home)
    if not home.path.exists():
        return [_no_home(home.path), asyncio.run(_redis(settings))]
    try:
        home.take()
    except HomeBusy as busy:
        do = Words(en="It may be starting or stopping: look again in a moment.", zh="可能正在启动或停止，请稍后再看。")
        return [amiss("home", "look", busy.said, do)]
    except SettingsWrong as wrong:
        return [amiss("home", "down", wrong.said, Words(en="See who owns the folder.", zh="请检查该目录的所有者和权限。"))]
    try:
        writable = ok("home", "The home can be written to, and no server works in it.", "主目录可写，当前没有服务在使用。")
        return [writable, look_at_room(home.path), *asyncio.run(_house(settings, home))]
    finally:
        home.leave()


def _no_home(path: Path) -> Finding:
    above = next(p for p in path.parents if p.exists())
    if os.access(above, os.W_OK):
        return amiss(
            "home",
            "look",
            Words(en=f"There is no home at {path} yet.", zh=f"尚无主目录 {path}。"),
            Words(en="The first start makes it: concierge serve, or concierge demo.", zh="首次启动时会自动创建：concierge serve 或 concierge demo。"),
        )
    return amiss(
        "home",
        "down",
        Words(en=f"There is no home at {path}, and it cannot be made there.", zh=f"主目录 {path} 不存在，且无法创建。"),
        Words(en="Set CONCIERGE_HOME to a folder you may write to.", zh="请将 CONCIERGE_HOME 设为有写入权限的目录。"),
    )


async def _house(settings: Settings, home: Home) -> list[Finding]:
    """What a server would find: database, base, index, model, airline, Redis; nothing is started or brought up."""
    found = [await _model(settings), await look_at_airline(settings, home.path, system_clock), await _redis(settings)]
    try:
        db = Database(settings.database())
    except SettingsWrong as wrong:
        return [amiss("database", "down", wrong.said, Words(en="Correct CONCIERGE_DATABASE_URL.", zh="请更正 CONCIERGE_DATABASE_URL。")), *found]
    if db.is_sqlite and not _is_there(db):
        none = Words(en="There is no database in the home yet.", zh="主目录中还没有数据库。")
        return [amiss("database", "look", none, Words(en="The first start makes it.", zh="首次启动时会自动创建。")), *found]
    try:
        answers = await look_at_database(db)
        if answers.state == "ok":
            schema = await look_at_schema(db)
            out = [await look_at_post(db, settings), await look_at_reminders(db, settings, system_clock())] if schema.state == "ok" else []
            found = [schema, *out, *await _base(db, settings, home), *found]
        return [answers, *found]
    finally:
        await db.stop()


def _is_there(db: Database) -> bool:
    return Path(db.url.database or "").exists()


async def _base(db: Database, settings: Settings, home: Home) -> list[Finding]:
    try:
        fingerprint = (await asyncio.to_thread(embedder_of, settings.embedder)).fingerprint
    except ConciergeError as wrong:
        do = Words(en="Install it, or correct CONCIERGE_EMBEDDER.", zh="请安装该模型，或更正 CONCIERGE_EMBEDDER。")
        return [amiss("embedder", "down", wrong.said, do)]
    embedder = await look_at_model_of_base(db, fingerprint)
    try:
        async with db.read() as conn:
            passages = [p for _, cut in await library.on_the_shelf(conn) for p in cut]
    except Exception:  # no tables yet, or of another version: the schema's finding says so
        return [embedder]
    found = [embedder, _for_a_doctor(look_at_base(len(passages)))]
    if embedder.state != "ok" or not passages:
        return found
    folder = home.path / "index"
    if settings.chroma_url:
        return [*found, await look_at_index(ChromaServer(settings.chroma_url, settings.chroma_prefix).open(fingerprint), passages)]
    if not folder.exists():
        gone = Words(en="There is no index in the home.", zh="主目录中没有索引。")
        built = Words(en="The next start builds it from the database.", zh="下次启动时会根据数据库重建。")
        return [*found, amiss("index", "look", gone, built)]
    try:
        index = await asyncio.to_thread(ChromaIndex, folder, fingerprint)
    except Exception as wrong:
        torn = Words(en=f"The index cannot be opened ({type(wrong).__name__}).", zh=f"无法打开索引（{type(wrong).__name__}）。")
        away = Words(
            en="Move the folder index out of the home: it is built again from the database.",
            zh="请将主目录中的 index 文件夹移走，系统会根据数据库重建。",
        )
        return [*found, amiss("index", "down", torn, away)]
    return [*found, await look_at_index(index, passages)]


async def _model(settings: Settings) -> Finding:
    try:
        model = model_of(settings)
    except ConciergeError as wrong:
        return amiss("model", "down", wrong.said, Words(en="Correct the model's settings.", zh="请更正模型相关设置。"))
    seen = await look_at_model(model)
    if model is not None:
        await model.close()
    return seen


async def _redis(settings: Settings) -> Finding:
    try:
        return await look_at_redis(Limits(settings).redis_answers)
    except ConciergeError as wrong:
        return amiss("redis", "down", wrong.said, Words(en="Correct CONCIERGE_REDIS_URL.", zh="请更正 CONCIERGE_REDIS_URL。"))


def _for_a_doctor(finding: Finding) -> Finding:
    """An empty base keeps travellers from answers (not ready), but not the house from running."""
    return finding.model_copy(update={"state": "look"}) if finding.part == "base" and finding.state == "down" else finding
