"""What the commands do; how it looks on a terminal."""

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from basics.clock import iso
from basics.errors import BadRequest, SettingsWrong
from basics.words import Lang
from bot.base import embed_missing, texts_to_embed
from bot.dry import dry_turn
from bot.library import ship_vectors, shipped_vectors
from bot.settings import DEMO_CONFIDENCE, Settings, read_settings
from concierge.beside import call, own_house, running_server
from concierge.logs import set_up_logs
from knowledge.cut import passages_of
from knowledge.embedders import DEFAULT, embedder_of
from knowledge.ingest import read_paths

out = Console()
err = Console(stderr=True)


def settings_here() -> Settings:
    """The settings; a demo's home is found without saying so."""
    chosen = os.environ.get("CONCIERGE_HOME")
    settings = read_settings()
    demo_home = Path.home() / ".travel-concierge-demo"
    set_up_logs(settings)
    if chosen is None and not settings.home.exists() and demo_home.exists():
        return settings.model_copy(update={"home": demo_home, "confidence": DEMO_CONFIDENCE})
    return settings


def ask_once(text: str, who: str | None, now: datetime | None, lang: str | None, after: Sequence[str], as_json: bool) -> None:
    """One dry turn."""
    if lang not in (None, "en", "zh"):
        raise BadRequest(f"--lang is {lang!r}; it must be en or zh.")
    if not text.strip():
        raise BadRequest("The question is empty.")
    settings = settings_here()
    running = running_server(settings)
    if running is not None:
        body: dict[str, Any] = {"text": text, "as": who, "now": iso(now) if now else None, "lang": lang, "after": list(after)}
        said = call(running, "/v1/operator/ask", body)
    else:
        said = asyncio.run(_ask(settings, text, who, now, lang, after))
    if as_json:
        print(json.dumps(said, ensure_ascii=False, indent=2))
        return
    out.print(said["text"] or f"({said['kind']})", highlight=False, markup=False)
    for n, c in enumerate(said["citations"], start=1):
        out.print(f"  [{n}] {c['title']} / {c['section']} (version {c['version']}) {c['url']}", style="dim", highlight=False, markup=False)
    out.print(f"{said['kind']}, confidence {said['confidence']:.2f}: {said['because']}", style="dim", highlight=False, markup=False)


async def _ask(settings: Settings, text: str, who: str | None, now: datetime | None, lang: str | None, after: Sequence[str]) -> dict[str, Any]:
    async with own_house(settings) as house:
        if not house.mind.shelf.passages:
            raise SettingsWrong("The knowledge base is empty. Run `concierge ingest FOLDER` first.")
        chosen: Lang | None = "zh" if lang == "zh" else "en" if lang == "en" else None
        return await dry_turn(house.mind, text, who, now or house.clock(), chosen, house.concierge.uses_of, after)


def ship_article_vectors() -> None:
    """Embed the shipped articles; only texts that are new are embedded."""
    embedder = embedder_of(DEFAULT)
    read, refused, _ = read_paths([read_settings().articles])
    if refused:
        raise SettingsWrong(f"{refused[0].file}:{refused[0].line}: {refused[0].why}")
    texts = texts_to_embed([p for one in read for p in passages_of(one.article)])
    known = {k: v for k, v in shipped_vectors(embedder.fingerprint).items() if k in texts}
    made = embed_missing(embedder, texts, known)
    ship_vectors(embedder.fingerprint, {**known, **made})
    out.print(f"{len(texts)} vectors shipped, {len(made)} of them new.")
