"""Any OpenAI-compatible server, over Chat Completions through langchain-openai."""

import math
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from openai import APIStatusError, Timeout
from pydantic import SecretStr

from bot.llm import ModelFailed, Spent
from bot.prompt import Prompt

_SURE, _UNSURE = 0.9, 0.1  # what a bare Yes or No is worth where the server gives no probabilities


class OpenAIModel:
    """A model on a server. `timeout` is in seconds, of one request; a server that says when to come back is asked once more."""

    def __init__(self, model: str, base_url: str, key: SecretStr, timeout: float = 20.0) -> None:
        self.name = model
        self._tells_odds = True
        # Chat Completions whatever the model's name suggests; a read time-out of ours, for the library's own is ten minutes.
        self._chat = ChatOpenAI(
            model=model,
            base_url=base_url or None,
            api_key=key if key.get_secret_value() else SecretStr("none"),
            use_responses_api=False,
            timeout=Timeout(timeout),  # a number would share one pool with every model of this address: the first to close would close it
            max_retries=1,
            temperature=0,
            stream_usage=True,
        )

    async def write(self, prompt: Prompt, most_tokens: int, spent: Spent) -> AsyncIterator[str]:
        """The text in pieces; a stream that ends without a reason to end was cut, though nobody raised."""
        finished = None
        stream = self._chat.bind(max_tokens=most_tokens).astream(_messages(prompt))
        try:
            async for chunk in stream:
                _count(chunk, spent)
                finished = chunk.response_metadata.get("finish_reason") or finished
                if isinstance(chunk.content, str) and chunk.content:
                    yield chunk.content
        except GeneratorExit:
            raise
        except Exception as wrong:  # the client, the wire and the parser each have their own
            raise ModelFailed(_why(wrong)) from None
        finally:
            await stream.aclose()  # type: ignore[attr-defined]
        if finished not in ("stop", "length"):
            raise ModelFailed("its text was cut off")

    async def yes(self, prompt: Prompt, spent: Spent) -> float:
        """The probability of Yes, from the odds of the first word where the server tells them, else from the word."""
        try:
            said = await self._first_word(prompt)
        except Exception as wrong:
            raise ModelFailed(_why(wrong)) from None
        _count(said, spent)
        odds = _odds(said.response_metadata.get("logprobs"))
        if odds is not None:
            return odds
        word = str(said.content).strip().lower()
        if word.startswith(("yes", "是", "no", "否")):
            return _SURE if word.startswith(("yes", "是")) else _UNSURE
        raise ModelFailed("it said neither Yes nor No")

    async def _first_word(self, prompt: Prompt) -> Any:
        """The first word, with its odds if the server can tell them; one that refuses the wish is not asked for them again."""
        asked = _messages(prompt)
        if self._tells_odds:
            try:
                return await self._chat.bind(max_tokens=2, logprobs=True, top_logprobs=8).ainvoke(asked)
            except APIStatusError as refused:
                if refused.status_code not in (400, 422):
                    raise
                self._tells_odds = False
        return await self._chat.bind(max_tokens=2).ainvoke(asked)

    async def close(self) -> None:
        """Close the connections."""
        client = getattr(self._chat, "root_async_client", None)
        if client is not None:
            await client.close()


def _messages(prompt: Prompt) -> list[Any]:
    return [SystemMessage(prompt.system), HumanMessage(prompt.asked)]


def _count(said: Any, spent: Spent) -> None:
    usage = getattr(said, "usage_metadata", None) or {}
    spent.tokens_in += int(usage.get("input_tokens", 0))
    spent.tokens_out += int(usage.get("output_tokens", 0))


def _odds(logprobs: Any) -> float | None:
    """Yes against No among the likeliest first words, or None where neither is there."""
    try:
        tops = logprobs["content"][0]["top_logprobs"]
        said = [(str(t["token"]).strip().lower(), math.exp(min(0.0, float(t["logprob"])))) for t in tops]
    except (TypeError, KeyError, IndexError, ValueError):
        return None
    yes = sum(p for word, p in said if word in ("yes", "y", "是"))
    no = sum(p for word, p in said if word in ("no", "n", "否"))
    if yes + no == 0:
        return None
    unlisted = max(1e-9, min(1.0 - sum(p for _, p in said), *(p for _, p in said)))  # no likelier than the last of the list, nor than what is left
    yes, no = yes or unlisted, no or unlisted
    return yes / (yes + no)


def _why(wrong: Exception) -> str:
    """The kind of failure in a few words: never the server's text, which may repeat the request or the key."""
    status = getattr(wrong, "status_code", None)
    return f"{type(wrong).__name__}{f' {status}' if status else ''}"
