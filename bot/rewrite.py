"""A follow-up in a model's words: only a text to search with, never shown and never a ground; late or odd, the rules' text is used."""

import asyncio
from collections.abc import Sequence

from bot.llm import LLM, ModelFailed, Spent
from bot.prompt import Prompt, prompt
from bot.steps import Before

SECONDS = 2.0  # the search waits for it, and the rules have a text already
MOST_TOKENS = 80
_LONGEST = 300  # characters of a rewrite; one that is longer answers instead of asking
_SAID = 300  # characters that are shown of each thing said


async def rewritten(question: str, before: Sequence[Before], model: LLM | None, spent: Spent) -> str:
    """The question as it stands alone in a model's words, or nothing where there is no model or it did not do it in time."""
    if model is None:
        return ""
    try:
        async with asyncio.timeout(SECONDS):
            text = "".join([piece async for piece in model.write(rewrite_prompt(question, before), MOST_TOKENS, spent)])
    except (ModelFailed, TimeoutError):
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 and len(lines[0]) <= _LONGEST else ""


def rewrite_prompt(question: str, before: Sequence[Before]) -> Prompt:
    """What was said, line by line, and the question that leans on it."""
    lines = [f"{'Traveller' if one.by == 'asker' else 'Concierge'}: {' '.join(one.text.split())[:_SAID]}" for one in before]
    return prompt("rewrite", "\n".join([*lines, f"Last question: {' '.join(question.split())[:_SAID]}", "Alone:"]))
