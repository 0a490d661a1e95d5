"""E-mail: what is sent, and whoever sends it."""

from typing import Literal, Protocol

from pydantic import BaseModel

from basics.errors import ConciergeError
from basics.words import Lang


class MailRefused(ConciergeError):
    """The mail server will not take this message, now or later: sending it again does not help."""

    slug = "mail-refused"


class MailUnavailable(ConciergeError):
    """The mail server did not take it this time: whether it was sent may not be known; the same Message-ID again is the same message."""

    slug = "mail-unavailable"


class Mail(BaseModel, frozen=True):
    """One e-mail, worded. `unsubscribe` is the address of one click (RFC 8058), for advertising only."""

    to: str
    lang: Lang
    subject: str
    text: str
    html: str
    purpose: Literal["service", "marketing"] = "service"
    unsubscribe: str | None = None


class Mailer(Protocol):
    """Sends e-mail; MailRefused or MailUnavailable where it cannot."""

    async def send(self, mail: Mail, message_id: str) -> None:
        """Hand it over to the mail server; `message_id` (without its domain) is the same for every try."""
