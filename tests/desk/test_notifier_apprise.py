"""Telling the staff through apprise, against real servers: a webhook, an SMTP server, one that refuses, one that drips, one that is not there."""

import asyncio
import logging
import time
from collections.abc import Iterator

import pytest

from basics.errors import SettingsWrong
from desk.notifier import Note, NotTold
from desk.notifier_apprise import AppriseNotifier
from tests.desk.services import Webhook, a_webhook
from tests.house import free_port
from tests.store.test_outbox import Inbox, a_mail_server

NOTE = Note(subject="Desk: 工单 1001", text="Ticket 1001 is waiting.\n工单 1001 待处理。\nhttp://x.example/console/#/tickets/t1")


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with a_webhook() as one:
        yield one


async def test_a_webhook_gets_it_as_it_was_written(hook: Webhook) -> None:
    """Both languages, the link, and nothing that apprise adds."""
    notifier = AppriseNotifier(hook.url)
    (address,) = notifier.addresses()
    await notifier.tell(address, NOTE)
    assert [(m["title"], m["message"]) for m in hook.got] == [(NOTE.subject, NOTE.text)]
    assert address.startswith("json-") and "127.0.0.1" not in address and address == AppriseNotifier(hook.url).addresses()[0]


async def test_an_e_mail_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real SMTP server on this machine."""
    monkeypatch.setattr("socket.getfqdn", lambda: "desk.localdomain")  # smtplib would ask the network who this machine is
    inbox = Inbox()
    with a_mail_server(inbox) as url:
        port = url.rpartition(":")[2]
        notifier = AppriseNotifier(f"mailto://localhost:{port}?from=desk@airline.example&to=anna@airline.example&format=text")
        await notifier.tell(notifier.addresses()[0], NOTE)
    (got,) = inbox.got
    assert NOTE.subject in str(got["Subject"]) and "anna@airline.example" in str(got["To"])
    text = got.get_body(("plain",)).get_content() if got.get_body(("plain",)) else got.get_payload(decode=True).decode()
    assert "工单 1001 待处理。" in text and "http://x.example/console/#/tickets/t1" in text


async def test_a_refusal_and_nobody_there_are_told_without_the_address(hook: Webhook) -> None:
    """500, 403, a closed port: NotTold, in a sentence that holds no secret."""
    hook.answers = [500, 403]
    token = "s3cret-t0ken"
    notifier = AppriseNotifier(f"{hook.url}/{token}, json://127.0.0.1:{free_port()}/{token}")
    first, second = notifier.addresses()
    for address in (first, first, second):
        with pytest.raises(NotTold) as no:
            await notifier.tell(address, NOTE)
        assert address in str(no.value) and token not in str(no.value)
    await notifier.tell(first, NOTE)
    assert len(hook.got) == 1


async def test_one_that_drips_for_ever_is_left_after_a_while(hook: Webhook) -> None:
    """It is given up after its time, and asked nothing more until it has let go; the loop runs on meanwhile."""
    hook.hangs = 60
    notifier = AppriseNotifier(hook.url, patience=0.5)
    (address,) = notifier.addresses()
    began = time.monotonic()
    ticking = asyncio.create_task(asyncio.sleep(0.1))
    with pytest.raises(NotTold, match=r"within 0\.5 s"):
        await notifier.tell(address, NOTE)
    assert ticking.done() and time.monotonic() - began < 3
    with pytest.raises(NotTold, match="still has not answered"):
        await notifier.tell(address, NOTE)
    hook.hangs = 0
    hook.stopped.set()
    for _ in range(100):
        try:
            return await notifier.tell(address, NOTE)
        except NotTold:
            await asyncio.sleep(0.05)
    raise AssertionError("it never took anything again")


@pytest.mark.parametrize("listed", ["nonsense", "json://a.example foo://s3cret", "json://a.example,slack://s3cret", "json://a.example, json://"])
def test_an_address_that_cannot_be_used_is_named_by_its_place(listed: str, caplog: pytest.LogCaptureFixture) -> None:
    """A plain sentence in both languages with the kind of address; what may be secret in it is neither said nor logged."""
    with caplog.at_level(logging.DEBUG), pytest.raises(SettingsWrong) as wrong:
        AppriseNotifier(listed)
    said = wrong.value.said
    place = 1 if listed == "nonsense" else 2
    assert f"Address {place} of CONCIERGE_NOTIFY" in said.en and f"第 {place} 个地址" in said.zh
    assert not any("s3cret" in text or "nonsense" in text for text in (said.en, said.zh, caplog.text))


def test_commas_within_an_address_stay_in_it() -> None:
    """Two addresses, the first with two recipients."""
    listed = "mailto://a:b@airline.example?to=anna@airline.example,wei@airline.example, json://a.example\n  json://b.example"
    assert [a.partition("-")[0] for a in AppriseNotifier(listed).addresses()] == ["mailto", "json", "json"]
