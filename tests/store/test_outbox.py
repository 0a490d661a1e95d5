"""The outbox, against a real SMTP server: nothing is lost, nothing is sent by two, a repeated send is recognised, and giving up is said."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from pydantic import SecretStr

from basics.words import words
from bot.emails import mail_of_offer
from bot.offered import InWords
from bot.post import Post, look_at_post
from bot.settings import Settings
from desk.mailer import Mail
from desk.mailer_smtp import SmtpMailer
from store import mail_codes, outbox
from store.database import Database
from tests.customers.people import a_traveller
from tests.house import NOW, MovableClock, free_port
from tests.store.test_database import a_store

FROM = "Larkspur <concierge@larkspur.example>"


class Inbox:
    """What a real server on loopback received; it can refuse, be busy, be slow or hang up."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.answers: list[str] = []
        self.slow = 0.0
        self.hangs_up = False

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.slow)
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if self.hangs_up:
            server.transport.close()
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        return [str(m["Message-ID"]) for m in self.got]


@contextmanager
def a_mail_server(inbox: Inbox) -> Iterator[str]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), server_hostname="localhost")
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[str]:
    with a_mail_server(inbox) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with a_store(request.param, tmp_path) as store:
        yield store


def a_mail(**changes: Any) -> Mail:
    plain = {"to": "lin@x.example", "lang": "zh", "subject": "回程航班免费改期", "text": "您好：\n可以免费改签。\n", "html": "<p>您好</p>"}
    return Mail.model_validate(plain | changes)


async def put(db: Database, mail_id: str = "mail_1", due: float = 0, useless: float | None = None, **changes: Any) -> None:
    ends = None if useless is None else NOW + timedelta(minutes=useless)
    await db.write(lambda tx: outbox.put(tx, mail_id, "lin", a_mail(**changes), NOW + timedelta(minutes=due), ends, NOW))


async def state(db: Database, mail_id: str = "mail_1") -> tuple[str, int]:
    async with db.read() as conn:
        one = await outbox.mail_of(conn, mail_id)
    assert one is not None
    return one.state, one.tries


def post_of(db: Database, url: str, clock: MovableClock, worker: str = "w", patience: float = 5.0) -> Post:
    return Post(db, SmtpMailer(url, FROM, patience), clock, worker)


async def test_an_e_mail_arrives_as_text_and_html_and_once(db: Database, inbox: Inbox, server: str) -> None:
    """Both parts in its language, made by a machine, under an id that follows from the outbox's; looking again sends nothing."""
    clock = MovableClock()
    await put(db, unsubscribe="https://x.example/v1/mail/unsubscribe/abc", purpose="marketing")
    post = post_of(db, server, clock)
    assert await post.look() == 1 and await post.look() == 0 and await state(db) == ("sent", 1)
    (got,) = inbox.got
    assert got["Message-ID"] == "<mail_1@larkspur.example>" and got["Auto-Submitted"] == "auto-generated" and got["Content-Language"] == "zh-CN"
    assert got["Subject"] == "回程航班免费改期" and got["To"] == "lin@x.example"
    assert [part.get_content_type() for part in got.iter_parts()] == ["text/plain", "text/html"]
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and got["List-Unsubscribe"].startswith("<https://x.example/")


async def test_nothing_goes_before_its_time_or_after_its_use(db: Database, inbox: Inbox, server: str) -> None:
    """Quiet hours hold it back; what has become useless meanwhile is dropped, not sent."""
    clock = MovableClock()
    await put(db, "a", due=60)
    await put(db, "b", due=60, useless=90)
    post = post_of(db, server, clock)
    assert await post.look() == 0
    clock.move(minutes=90)
    assert await post.look() == 1 and inbox.ids == ["<a@larkspur.example>"]
    assert (await state(db, "b"))[0] == "dropped"


async def test_a_busy_server_is_tried_again_later_and_later(db: Database, inbox: Inbox, server: str) -> None:
    """A refusal for now: it waits, at first ten seconds, then a minute; then it arrives."""
    clock = MovableClock()
    inbox.answers = ["451 greylisted", "421 busy"]
    await put(db)
    post = post_of(db, server, clock)
    for seconds in (10, 60):
        assert await post.look() == 0 and (await state(db))[0] == "waiting"
        clock.move(seconds=seconds - 1)
        assert await post.look() == 0
        clock.move(seconds=1)
    assert await post.look() == 1 and await state(db) == ("sent", 3)


async def test_a_refusal_for_good_is_not_repeated_and_the_doctor_says_so(db: Database, inbox: Inbox, server: str) -> None:
    """No such mailbox: given up at once, told without the address; without a mail server it waits, which is told too."""
    clock = MovableClock()
    await put(db)
    plain = Settings(_env_file=None)  # type: ignore[call-arg]
    assert (await look_at_post(db, plain)).said.en == "1 e-mails wait: no mail server is configured."
    assert await Post(db, None, clock, "w").look() == 0 and await state(db) == ("waiting", 0)
    inbox.answers = ["550 no such mailbox lin@x.example"]
    assert await post_of(db, server, clock).look() == 0 and await state(db) == ("dead", 1)
    found = await look_at_post(db, Settings(_env_file=None, smtp_url=SecretStr(server)))  # type: ignore[call-arg]
    assert found.state == "look" and "given up" in found.said.en
    async with db.read() as conn:
        one = await outbox.mail_of(conn, "mail_1")
    assert one and one.problem and "550" in one.problem and "lin@" not in one.problem


async def test_nobody_there_or_too_slow_is_given_up_at_last(db: Database, inbox: Inbox) -> None:
    """A port where nobody listens: eight tries over hours, then dead; nothing is tried for ever."""
    clock = MovableClock()
    await put(db)
    post = post_of(db, f"smtp://127.0.0.1:{free_port()}", clock)
    for _ in range(outbox.MOST_TRIES):
        assert await post.look() == 0
        clock.move(hours=5)
    assert await post.look() == 0 and await state(db) == ("dead", outbox.MOST_TRIES)


async def test_a_slow_server_and_one_that_hangs_up_are_asked_again_under_the_same_id(db: Database, inbox: Inbox, server: str) -> None:
    """It may have been taken all the same: the second copy has the first one's Message-ID, by which mail programs show one."""
    clock = MovableClock()
    await put(db)
    inbox.slow = 0.6
    assert await post_of(db, server, clock, patience=0.2).look() == 0
    inbox.slow, inbox.hangs_up = 0.0, True
    clock.move(minutes=1)
    assert await post_of(db, server, clock).look() == 0
    inbox.hangs_up = False
    clock.move(minutes=5)
    assert await post_of(db, server, clock).look() == 1
    assert set(inbox.ids) == {"<mail_1@larkspur.example>"} and await state(db) == ("sent", 3)


async def test_killed_between_sending_and_noting_it(db: Database, inbox: Inbox, server: str) -> None:
    """Another worker takes it over when the first one's hold is over, not before; the copy is recognisable."""
    clock = MovableClock()
    await put(db)
    (taken,) = await db.write(lambda tx: outbox.take(tx, "dead-worker", clock(), 1))
    await SmtpMailer(server, FROM).send(taken.mail, taken.id)
    other = post_of(db, server, clock, "other")
    assert await other.look() == 0
    clock.move(minutes=2)
    assert await other.look() == 1 and inbox.ids == ["<mail_1@larkspur.example>"] * 2
    assert not await db.write(lambda tx: outbox.sent(tx, "mail_1", "dead-worker", clock()))


async def test_ten_senders_send_forty_e_mails_once_each(db: Database, inbox: Inbox, server: str) -> None:
    """Side by side: forty arrive, none twice."""
    clock = MovableClock()
    for n in range(40):
        await put(db, f"m{n}")
    went = await asyncio.gather(*(post_of(db, server, clock, f"w{n}").look() for n in range(10)))
    assert sum(went) == 40 and len(set(inbox.ids)) == len(inbox.ids) == 40


async def test_a_row_stands_or_falls_with_what_it_tells(db: Database) -> None:
    """The transaction that fails leaves no e-mail behind."""

    async def fails(tx: Any) -> None:
        await outbox.put(tx, "mail_1", "lin", a_mail(), NOW, None, NOW)
        raise RuntimeError("what it tells could not be kept")

    with pytest.raises(RuntimeError):
        await db.write(fails)
    async with db.read() as conn:
        assert await outbox.counted(conn) == {}


async def test_a_code_opens_once_whoever_is_faster(db: Database) -> None:
    """Twenty at once with the same code: one gets it; kept is only its hash; over is over."""
    await db.write(lambda tx: mail_codes.keep_code(tx, "secret-code", "resume", "lin", None, NOW + timedelta(hours=48)))
    got = await asyncio.gather(*(db.write(lambda tx: mail_codes.use_code(tx, "secret-code", "resume", NOW)) for _ in range(20)))
    assert sum(one is not None for one in got) == 1
    await db.write(lambda tx: mail_codes.keep_code(tx, "other", "resume", "lin", None, NOW))
    assert await db.write(lambda tx: mail_codes.use_code(tx, "other", "resume", NOW)) is None
    assert await db.write(lambda tx: mail_codes.use_code(tx, "secret-code", "unsubscribe", NOW)) is None
    assert await db.write(lambda tx: mail_codes.forget_codes(tx, NOW + timedelta(days=3), 10)) == 2


@pytest.mark.parametrize(("lang", "button"), [("en", "See it and decide"), ("zh", "查看并确认")])
def test_an_offer_s_e_mail_is_worded_in_its_reader_s_language(lang: str, button: str) -> None:
    """The very words of the chat, the code in the link's fragment only, and nothing that a name could smuggle into the page."""
    person = a_traveller(lang=lang, name=words("Lin <b>Yue", "林<b>悦"))
    said = InWords(title=words("Free change", "免费改期"), because=None, text=words("You can change it.", "您可以免费改签。"))
    mail = mail_of_offer(person, said, None, "service", "CODE", "LEAVE", "https://x.example")
    assert button in mail.text and button in mail.html and said.text.said_in(mail.lang) in mail.text and said.text.said_in(mail.lang) in mail.html
    assert mail.text.count("CODE") == 1 and "https://x.example/widget/#resume=CODE" in mail.text and "LEAVE" not in mail.text + mail.html
    assert "<b>" not in mail.html and mail.unsubscribe is None
