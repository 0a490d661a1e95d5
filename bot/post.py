"""The post: whoever holds the duty takes e-mails out of the outbox and hands them to the mail server, until somebody has them or it gives up."""

import logging

from basics.clock import Clock
from basics.words import words
from bot.health import Finding, amiss, ok
from bot.settings import Settings
from desk.mailer import Mailer, MailRefused, MailUnavailable
from store import outbox
from store.database import Database
from store.outbox import Outgoing

log = logging.getLogger("concierge.post")
MOST = 20  # in one look


async def look_at_post(db: Database, settings: Settings) -> Finding:
    """Whether e-mails leave the house."""
    async with db.read() as conn:
        counts = await outbox.counted(conn)
    waiting, dead, configured = counts.get("waiting", 0), counts.get("dead", 0), bool(settings.smtp_url.get_secret_value())
    if dead:
        return amiss(
            "post",
            "look",
            words(f"{dead} e-mails were given up: no mail server took them.", f"有 {dead} 封邮件未能发出，系统已停止重试。"),
            words("The log names the reason; correct CONCIERGE_SMTP_URL or the address.", "原因见日志；请检查 CONCIERGE_SMTP_URL 或收件地址。"),
        )
    if waiting and not configured:
        return amiss(
            "post",
            "look",
            words(f"{waiting} e-mails wait: no mail server is configured.", f"有 {waiting} 封邮件待发：尚未配置邮件服务器。"),
            words("Set CONCIERGE_SMTP_URL; nothing is lost meanwhile.", "请设置 CONCIERGE_SMTP_URL，在此之前邮件会保留。"),
        )
    return ok("post", f"{waiting} e-mails wait to be sent.", f"待发邮件 {waiting} 封。")


class Post:
    """Sends what is due. A worker killed between sending and noting it sends again: under the same Message-ID, so it is recognised."""

    def __init__(self, db: Database, mailer: Mailer | None, clock: Clock, worker: str) -> None:
        self.db, self.mailer, self.clock, self.worker = db, mailer, clock, worker

    async def look(self) -> int:
        """Send what is due; returns how many went out. Without a mail server everything waits, and nothing is lost."""
        if self.mailer is None:
            return 0
        went = 0
        for _ in range(MOST):
            taken = await self.db.write(lambda tx: outbox.take(tx, self.worker, self.clock(), 1))
            if not taken:
                break
            went += await self._send(taken[0], self.mailer)
        return went

    async def _send(self, one: Outgoing, mailer: Mailer) -> bool:
        try:
            await mailer.send(one.mail, one.id)
        except (MailRefused, MailUnavailable) as no:
            for_good, problem = isinstance(no, MailRefused), no.said.en
            log.warning("e-mail %s, try %s: %s", one.id, one.tries, problem)
            await self.db.write(lambda tx: outbox.not_sent(tx, one.id, self.worker, one.tries, problem, for_good, self.clock()))
            return False
        return await self.db.write(lambda tx: outbox.sent(tx, one.id, self.worker, self.clock()))
