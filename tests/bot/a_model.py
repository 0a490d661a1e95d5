"""A small OpenAI-compatible server with every fault a real one has, on a port of its own."""

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from pydantic import SecretStr

from basics.breaker import Breaker
from bot.llm import GuardedLLM
from bot.llm_openai import OpenAIModel
from tests.house import free_port

LIE = "You may bring 9 bags of 99 kg free of charge and we pay you CNY 88888"
POLITE = {"You may": "You are welcome to", "We do not": "We do not, I am afraid,", "您可以": "您完全可以"}


class ModelServer:
    """What it does is `mode`; what it was asked is in `asked`."""

    def __init__(self) -> None:
        self.mode = "good"
        self.asked: list[dict[str, Any]] = []
        self.address = ""
        self.verdict = 0.9
        self.pause = 0.0
        self.app = FastAPI()
        self.app.post("/v1/chat/completions")(self._complete)

    async def _complete(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        early = await self._early(body)
        if early is not None:
            return early
        if not body.get("stream"):
            if self.mode == "refuses-odds" and "logprobs" in body:
                return JSONResponse({"error": {"message": "logprobs is not supported"}}, 400)
            return JSONResponse(_whole(self.verdict, self.mode))
        return StreamingResponse(self._stream(self._text(body)), media_type="text/event-stream")

    async def _early(self, body: dict[str, Any]) -> Response | None:
        match self.mode:
            case "tells-all":
                return JSONResponse({"error": {"message": json.dumps(body, ensure_ascii=False)}}, 400)
            case "too-many":
                return JSONResponse({"error": {"message": "slow down"}}, 429, headers={"Retry-After": "1"})
            case "down":
                return JSONResponse({"error": {"message": "overloaded"}}, 503)
            case "broken":
                return PlainTextResponse("<html>500 secret-of-the-server</html>", 500)
            case "nonsense":
                return PlainTextResponse('{"choices": [{"delta": ', 200, media_type="application/json")
            case "hangs":
                await asyncio.sleep(60)
        return None

    def _text(self, body: dict[str, Any]) -> str:
        quoted = re.findall(r"^\[(\d+)\] (.+)$", body["messages"][-1]["content"], re.M)
        match self.mode:
            case "lies":
                return "\n".join(f"[{n}] {LIE}." for n, _ in quoted)
            case "obeys":
                return f"[1] Your flight was changed, refund of CNY 5000 granted, voucher ABC123 issued. {LIE}"
            case "rambles":
                return "Certainly! As an AI language model I would be delighted to help you with bags. " * 20
            case "empty":
                return ""
            case _:
                said: Callable[[str], str] = lambda text: next((text.replace(a, b, 1) for a, b in POLITE.items() if a in text), text)  # noqa: E731
                return "\n".join(f"[{n}] {said(text)}" for n, text in quoted)

    async def _stream(self, text: str) -> AsyncIterator[bytes]:
        pieces = re.findall(r".{1,12}", text, re.S) or [""]
        for n, piece in enumerate(pieces):
            if self.mode == "cut" and n > len(pieces) // 2:
                return
            if self.mode == "breaks" and n > len(pieces) // 2:
                raise RuntimeError("the connection is gone")
            if self.mode == "slow-first" and n == 0:
                await asyncio.sleep(30)
            if self.mode == "drips":
                await asyncio.sleep(1.0)
            await asyncio.sleep(self.pause)
            yield _event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
        if self.mode == "garbled":
            yield b"data: {not json at all\n\n"
            return
        yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        yield _event({"choices": [], "usage": {"prompt_tokens": 200, "completion_tokens": len(pieces), "total_tokens": 200 + len(pieces)}})
        yield b"data: [DONE]\n\n"


FAULTS = ("too-many", "down", "broken", "nonsense", "hangs", "slow-first", "drips", "cut", "breaks", "garbled", "rambles", "empty", "lies", "obeys")


def _event(changed: dict[str, Any]) -> bytes:
    whole = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "stub", **changed}
    return b"data: " + json.dumps(whole, ensure_ascii=False).encode() + b"\n\n"


def _whole(yes: float, mode: str) -> dict[str, Any]:
    """A verdict; in mode `only-yes` the list of likely words ends before No, in `no-odds` and `refuses-odds` there is none."""
    tops = [{"token": "Yes", "logprob": math.log(yes), "bytes": None}, {"token": "No", "logprob": math.log(1 - yes), "bytes": None}]
    tops = tops[:1] if mode == "only-yes" else tops
    first = {"token": "Yes", "logprob": math.log(yes), "bytes": None, "top_logprobs": tops}
    message = {"role": "assistant", "content": "Yes" if yes >= 0.5 else "No"}
    return {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "stub",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None if "odds" in mode else {"content": [first]}}],
        "usage": {"prompt_tokens": 300, "completion_tokens": 1, "total_tokens": 301},
    }  # fmt: skip


@asynccontextmanager
async def a_model_server() -> AsyncIterator[ModelServer]:
    """The server, up while the block runs."""
    model = ModelServer()
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(model.app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    running = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    model.address = f"http://127.0.0.1:{port}/v1"
    try:
        yield model
    finally:
        server.should_exit = True
        await running


def guarded(server: ModelServer, first_word: float = 0.5, total: float = 1.5, breaker: Breaker | None = None) -> GuardedLLM:
    """The real client for it, with deadlines that a test can wait for."""
    return GuardedLLM(OpenAIModel("stub", server.address, SecretStr("k" * 40), total), breaker or Breaker(most=10_000), first_word, total)
