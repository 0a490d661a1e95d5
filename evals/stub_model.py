"""A model that says every sentence back, as it is or as it is told to, at a steady pace: what a bench measures the house with, not the model."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

TOKENS_A_SECOND = 30.0
_CHARACTERS = 4  # of a token


def _as_it_is(sentence: str) -> str:
    return sentence


def _app(pace: float, say: Callable[[str], str]) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> Response:
        body = await request.json()
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop"}
            return JSONResponse({"id": "c", "object": "chat.completion", "created": 1, "model": "stub", "choices": [choice]})
        said = "\n".join(f"[{n}] {say(text)}" for n, text in re.findall(r"^\[(\d+)\] (.+)$", body["messages"][-1]["content"], re.M))
        return StreamingResponse(_paced(said, pace), media_type="text/event-stream")

    return app


async def _paced(text: str, pace: float) -> AsyncIterator[bytes]:
    pieces = [text[at : at + _CHARACTERS] for at in range(0, len(text), _CHARACTERS)]
    for piece in pieces:
        await asyncio.sleep(1 / pace)
        yield _event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
    yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 150, "completion_tokens": len(pieces), "total_tokens": 150 + len(pieces)}
    yield _event({"choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _event(changed: dict[str, Any]) -> bytes:
    whole = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "stub", **changed}
    return b"data: " + json.dumps(whole, ensure_ascii=False).encode() + b"\n\n"


@contextmanager
def stub_model(pace: float = TOKENS_A_SECOND, say: Callable[[str], str] = _as_it_is) -> Iterator[str]:
    """Its base URL, while the block runs; `pace` in tokens a second and chat; `say` is what it makes of each sentence."""
    server = uvicorn.Server(uvicorn.Config(_app(pace, say), host="127.0.0.1", port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.should_exit = True
        thread.join(10)
