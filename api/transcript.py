"""A conversation as text, to keep or to send."""

from collections.abc import Iterable

from basics.words import Lang, words
from store.conversations import Message

_WHO = {"traveller": words("You", "您"), "bot": words("Concierge", "旅行管家"), "staff": words("Staff", "工作人员")}


def transcript(said: Iterable[Message], lang: Lang) -> str:
    """Who said what, when (UTC), with the sources of each reply."""
    lines: list[str] = []
    for message in said:
        lines.append(f"[{message.at:%Y-%m-%d %H:%M} UTC] {_WHO[message.role].said_in(lang)}: {message.text}")
        for n, c in enumerate(message.reply.citations if message.reply and message.reply.kind == "answer" else (), start=1):
            lines.append(f"    [{n}] {c.title} / {c.section} (v{c.version}) {c.url}")
    return "\n".join(lines) + "\n"
