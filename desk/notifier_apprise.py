"""Telling the staff through apprise: e-mail, Slack, Teams, DingTalk, WeCom, a webhook and some hundred services more, each by an address."""

import asyncio
import logging
import re
import threading
from collections.abc import Callable

import apprise

from basics.errors import SettingsWrong
from basics.ids import fingerprint
from basics.words import words
from desk.notifier import Note, NotTold

PATIENCE = 20.0  # seconds for one address
_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")  # a comma within an address stays in it

# It logs addresses as they stand, and an address is a secret; what goes wrong is told by NotTold.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class AppriseNotifier:
    """A Notifier over apprise's addresses (`slack://…`, `mailto://…`), separated by spaces or commas; each is tried apart from the others."""

    def __init__(self, listed: str, patience: float = PATIENCE) -> None:
        """SettingsWrong tells which address cannot be used, by its place and kind: the rest of it is nobody's business."""
        self._patience = patience
        self._at: dict[str, apprise.Apprise] = {}
        self._stuck: set[str] = set()
        for n, url in enumerate(_BETWEEN.split(listed.strip()), start=1):
            kind, door = url.partition("://")[0].lower(), apprise.Apprise()
            if "://" not in url or not door.add(url):
                raise _unusable(n, kind if "://" in url else "")
            self._at[f"{kind}-{fingerprint(url)[:8]}"] = door

    def addresses(self) -> tuple[str, ...]:
        """The kind of each, and a few characters that tell one from another."""
        return tuple(self._at)

    async def tell(self, address: str, note: Note) -> None:
        """Send it in a thread of its own; one that hangs is waited for no longer than `patience`, and then sends nothing else meanwhile."""
        if address in self._stuck:
            raise NotTold(f"{address} still has not answered the last time.")
        self._stuck.add(address)
        try:
            async with asyncio.timeout(self._patience):
                told = await _in_a_thread(lambda: self._send(address, note))
        except TimeoutError:
            raise NotTold(f"{address} did not answer within {self._patience:g} s.") from None
        if not told:
            raise NotTold(f"{address} did not take it; `apprise -vv -b test ADDRESS` tells why.")

    def _send(self, address: str, note: Note) -> bool:
        try:
            return bool(self._at[address].notify(body=note.text, title=note.subject, body_format=apprise.NotifyFormat.TEXT))
        finally:
            self._stuck.discard(address)


async def _in_a_thread(work: Callable[[], bool]) -> bool:
    # A daemon, not to_thread: a pool's thread that hangs would keep the process from ending.
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def end(told: bool) -> None:
        if not done.done():
            done.set_result(told)

    def run() -> None:
        try:
            told = work()
        except Exception:  # a service that answers nonsense is one that did not take it
            told = False
        if not loop.is_closed():
            loop.call_soon_threadsafe(end, told)

    threading.Thread(target=run, name="notifier", daemon=True).start()
    return await done


def _unusable(place: int, kind: str) -> SettingsWrong:
    which_en, which_zh = (f" (it begins with {kind}://)", f"（以 {kind}:// 开头）") if kind else ("", "")
    return SettingsWrong(
        words(
            f"Address {place} of CONCIERGE_NOTIFY{which_en} cannot be used. Write it as apprise wants it, such as mailtos://name:password@host, "
            "slack://…, dingtalk://… or json://host/path (https://appriseit.com), with spaces or commas between.",
            f"CONCIERGE_NOTIFY 中的第 {place} 个地址{which_zh}无法使用。请按 apprise 的格式填写，例如 mailtos://用户名:密码@主机、"
            "slack://…、dingtalk://… 或 json://主机/路径（见 https://appriseit.com），多个地址以空格或逗号分隔。",
        )
    )
