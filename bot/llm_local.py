"""llama.cpp in this process, through xllamacpp: weights from a path, spoken to over its own loopback port with this start's key."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import xllamacpp
from pydantic import SecretStr

from basics.errors import SettingsWrong
from basics.words import Words
from bot.llm import Spent
from bot.llm_openai import OpenAIModel
from bot.prompt import Prompt

_CONTEXT = 4096  # tokens: the rules, a question and a handful of passages
_REMEMBERED = 256  # MB of read prompts that are kept, so that standing rules are read once; the library's own limit is 8,192


class LocalModel:
    """A GGUF file in memory. Threads: one core is left to the rest, for threads that wait for each other collapse on a busy machine."""

    def __init__(self, path: Path, timeout: float = 20.0) -> None:
        if not path.is_file():
            raise SettingsWrong(
                Words(
                    en=f"The model file {path} is not there. Set CONCIERGE_MODEL_PATH to a GGUF file.",
                    zh=f"找不到模型文件 {path}。请将 CONCIERGE_MODEL_PATH 设为一个 GGUF 文件。",
                )
            )
        key = secrets.token_urlsafe(24)
        params = xllamacpp.CommonParams()
        params.model.path, params.port, params.api_keys = str(path), _free_port(), [key]
        params.verbosity = 0
        params.n_ctx, params.n_parallel, params.ui, params.offline = _CONTEXT, 1, False, True
        params.cache_ram_mib = _REMEMBERED
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1 if os.environ.get("CI") else max(1, (os.cpu_count() or 1) - 1)
        try:
            self._server = xllamacpp.Server(params)
        except Exception as wrong:
            raise SettingsWrong(Words(en=f"The model file {path} cannot be loaded: {wrong}.", zh=f"无法加载模型文件 {path}：{wrong}。")) from None
        self.name = path.stem
        self._client = OpenAIModel("local", f"{self._server.listening_address}/v1", SecretStr(key), timeout)

    def write(self, prompt: Prompt, most_tokens: int, spent: Spent) -> AsyncIterator[str]:
        """The text in pieces."""
        return self._client.write(prompt, most_tokens, spent)

    async def yes(self, prompt: Prompt, spent: Spent) -> float:
        """The probability of Yes."""
        return await self._client.yes(prompt, spent)

    async def close(self) -> None:
        """Close the client; the weights go with the object."""
        await self._client.close()
        del self._server


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
