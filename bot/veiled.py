"""A model on somebody else's machine sees placeholders where personal data stood; what it writes back is shown with the values again."""

from collections.abc import AsyncIterator

from basics.working_on import work_in_hand
from bot.llm import LLM, Spent
from bot.prompt import Prompt
from bot.redact import Veil


class VeiledLLM:
    """Any LLM, behind a Veil of its own for each prompt."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm
        self.name = llm.name

    async def write(self, prompt: Prompt, most_tokens: int, spent: Spent) -> AsyncIterator[str]:
        """The text in whole lines, for a placeholder may come in two pieces."""
        veil = Veil(work_in_hand().names)
        held = ""
        pieces = self._llm.write(_hidden(prompt, veil), most_tokens, spent)
        try:
            async for piece in pieces:
                *lines, held = (held + piece).split("\n")
                for line in lines:
                    yield veil.show(line) + "\n"
        finally:
            close = getattr(pieces, "aclose", None)
            if close is not None:
                await close()
        if held:
            yield veil.show(held)

    async def yes(self, prompt: Prompt, spent: Spent) -> float:
        """The probability of Yes."""
        return await self._llm.yes(_hidden(prompt, Veil(work_in_hand().names)), spent)

    async def close(self) -> None:
        """Close the model."""
        await self._llm.close()


def _hidden(prompt: Prompt, veil: Veil) -> Prompt:
    return prompt.model_copy(update={"asked": veil.hide(prompt.asked)})
