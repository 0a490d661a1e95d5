"""E-mail through an SMTP server."""

from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from socket import gethostname
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from basics.words import words
from desk.mailer import Mail, MailRefused, MailUnavailable

_PATIENCE = 20.0  # seconds of each step
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class SmtpMailer:
    """A Mailer over `smtp://`, `smtp+starttls://` or `smtps://` `[name:password@]host[:port]`; one connection a message."""

    def __init__(self, url: str, sender: str, patience: float = _PATIENCE) -> None:
        """`sender` is the From of every message, such as `Larkspur Airways <concierge@airline.example>`."""
        at = urlsplit(url)
        self._host, self._port, self._scheme = at.hostname or "localhost", at.port or _PORTS[at.scheme], at.scheme
        self._as = (unquote(at.username), unquote(at.password or "")) if at.username else None
        self._sender, self._patience = sender, patience
        self._domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"

    async def send(self, mail: Mail, message_id: str) -> None:
        """One connection, one message. A refusal for good (5xx) is MailRefused, anything else that goes wrong MailUnavailable."""
        message = self.message(mail, message_id)
        encrypted, upgraded = self._scheme == "smtps", self._scheme == "smtp+starttls"
        # By its bare name: asking the network for a full one takes seconds where nobody knows it.
        smtp = SMTP(local_hostname=gethostname(), hostname=self._host, port=self._port, use_tls=encrypted, start_tls=upgraded, timeout=self._patience)
        try:
            async with smtp:
                if self._as is not None:
                    await smtp.login(*self._as)
                await smtp.send_message(message)
        except SMTPRecipientsRefused as no:
            codes = [r.code for r in no.recipients]
            raise _problem(all(code >= 500 for code in codes), f"{codes[0]}" if codes else "recipient") from None
        except SMTPResponseException as no:
            raise _problem(no.code >= 500 and no.code not in (530, 534, 535, 538), str(no.code)) from None
        except (SMTPException, OSError, TimeoutError) as away:
            raise _problem(False, type(away).__name__) from away

    def message(self, mail: Mail, message_id: str) -> EmailMessage:
        """The message as it goes over the wire: text and HTML, machine-made (RFC 3834), with one-click unsubscribing where it advertises."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message["Date"], message["Message-ID"] = formatdate(), f"<{message_id}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        if mail.unsubscribe:
            message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        message["Content-Language"] = "zh-CN" if mail.lang == "zh" else "en"  # last: making parts of it takes such headers along
        return message


def _problem(for_good: bool, what: str) -> MailRefused | MailUnavailable:
    """Never with the server's own words: they repeat the address."""
    if for_good:
        return MailRefused(words(f"The mail server refuses the message for good ({what}).", f"邮件服务器拒收该邮件（{what}）。"))
    return MailUnavailable(words(f"The mail server did not take the message ({what}).", f"邮件服务器暂未接收该邮件（{what}）。"))
