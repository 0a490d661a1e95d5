"""Nothing that a traveller wrote about themselves, and no secret, is read anywhere but by who may: not in logs or their tracebacks, not in traces,
figures, `/readyz` or the doctor's findings, not in others' answers."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr

from basics.words import Words
from basics.working_on import working_on
from bot import traces
from bot.settings import Settings
from bot.steps import Request
from bot.understand import understand
from concierge.hidden import Hider, secrets_of
from concierge.logs import set_back_logs, set_up_logs
from customers.company import Company
from customers.traveller import Traveller
from tests.bot.a_model import ModelServer, a_model_server, guarded
from tests.bot.test_redact import planted
from tests.bot.test_reembed import few_articles
from tests.house import HOST_KEY, STAFF, Chat, Served, a_served_house, command, free_port, host_jwt

MODEL_KEY, DB_WORD, REDIS_WORD = "modelkey-0815-very-secret", "pg-Wort-4711", "r3dis-w0rd"
PLANTED_SECRETS = {
    "host key": HOST_KEY,
    "model key": MODEL_KEY,
    "database password": DB_WORD,
    "redis password": REDIS_WORD,
    "staff password": ["a", "wrong-Passw0rd-indeed"][1],
    "api key in a body": "sk-proj-AbCdEf0123456789xyz",
    "jwt in a body": host_jwt("lin-gold", key="another key of at least thirty-two bytes"),
    "bearer in a header": "Zm9yZWlnbi10b2tlbi1vZi1zb21lYm9keS1lbHNl1234",
    "token in an address": "q-t0ken-in-the-address",
    "basic in a header": "QW5uYTpvcGVuLXNlc2FtZQ==",
    "password of a foreign database": "s3same!open",
    "private key": "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
}


class People:
    """A CustomerSource that knows whoever the planted names are of."""

    def __init__(self) -> None:
        pairs = {tuple(row["names"]) for row in planted() if row["kind"] == "name"}
        self.ids = {names: f"p{n}" for n, names in enumerate(sorted(pairs))}
        self._known = {i: Traveller(id=i, name=Words(en=n[0], zh=n[1]), email="x@post.example", tier="member") for n, i in self.ids.items()}

    async def traveller(self, id: str) -> Traveller | None:
        return self._known.get(id)

    async def company(self, id: str) -> Company | None:
        return None


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the process logs, as JSON lines."""
    said = io.StringIO()
    settings: Any = {
        "_env_file": None,
        "host_key": SecretStr(HOST_KEY),
        "model_key": SecretStr(MODEL_KEY),
        "database_url": f"postgresql+asyncpg://concierge:{DB_WORD}@db.internal/concierge",
        "redis_url": f"redis://:{REDIS_WORD}@cache.internal:6379/0",
        "log_format": "json",
        "log_level": "info",
    }
    set_up_logs(Settings(**settings), said)
    yield said
    set_back_logs()


def lines_of(said: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


async def test_two_hundred_planted_values_and_twelve_secrets_are_read_nowhere(
    tmp_path: Path, logged: io.StringIO, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every message is sent to a real server; a third of the turns fail with the message in the exception, half of the others ask a model that
    fails and says back all it was given; some calls fail outright. Then the doctor looks at the home that holds all of it."""
    people, home, spans = People(), tmp_path / "home", InMemorySpanExporter()
    async with a_model_server() as server:
        model = {"model": guarded(server), "judge_from": 0.0, "judge_to": 1.0, "model_sees_personal_data": True}
        async with a_served_house(home, real=True, empty=True, own_index=True, source=people, **model) as house:
            await house.house.ingest([few_articles(tmp_path / "articles", 3)])
            traces.send_to(spans, at_once=True)
            own_token = await _everybody_writes(house, server, people, monkeypatch)
            bodies = await _calls_that_fail(house, monkeypatch)
            operator_token, database = house.house.home.operator_token, house.house.settings.database_url
    traces.send_to(None)
    doctor = await asyncio.to_thread(_what_the_doctor_says, home, database)

    written = logged.getvalue() + "".join(capfd.readouterr())
    traced = "".join(span.to_json() for span in spans.get_finished_spans())
    places = {"logs": written, "traces": traced, "answers": "".join(bodies), "doctor": doctor}
    seen = [(place, row["id"]) for place, text in places.items() for row in planted() if row["value"] in text]
    assert seen == []
    secrets = PLANTED_SECRETS | {"operator's token": operator_token, "conversation's token": own_token}
    assert [(place, name) for place, text in places.items() for name, secret in secrets.items() if secret in text] == []
    _was_there_to_be_found(written, lines_of(logged), spans, server)


async def _everybody_writes(house: Served, server: ModelServer, people: People, monkeypatch: pytest.MonkeyPatch) -> str:
    """All 200 messages; one conversation's token."""
    asked = 0

    def stumble(request: Request, slips: Any = None) -> Any:
        nonlocal asked
        asked += 1
        if asked % 3 == 0:
            raise RuntimeError(f"cannot think about {request.text!r}")
        server.mode = "tells-all" if asked % 2 else "good"
        logging.getLogger("concierge.turn").warning("thinking about %s", request.text)
        return understand(request, slips)

    monkeypatch.setattr("bot.turn.understand", stumble)
    chats: dict[Any, Chat] = {}
    for n, row in enumerate(planted()):
        who = people.ids[tuple(row["names"])] if row["kind"] == "name" else None
        key = who or n // 25
        if key not in chats or (await chats[key].now())["state"] != "bot":  # a failed turn handed the last one over
            chats[key] = await house.chat(who)
        answer = await chats[key].try_to_say(row["text"], f"m{n}")
        assert answer.status_code == 200
    return str(chats[0].opened["token"])


def _what_the_doctor_says(home: Path, database: str) -> str:
    """About this home, and about settings of which nothing answers; in both languages and as JSON."""
    here = {"CONCIERGE_HOST_KEY": HOST_KEY, "CONCIERGE_MODEL_KEY": MODEL_KEY, "CONCIERGE_DATABASE_URL": database}
    lost = here | {
        "CONCIERGE_DATABASE_URL": f"postgresql+asyncpg://concierge:{DB_WORD}@127.0.0.1:1/concierge",
        "CONCIERGE_REDIS_URL": f"redis://:{REDIS_WORD}@127.0.0.1:1/0",
        "CONCIERGE_MODEL": "openai", "CONCIERGE_MODEL_NAME": "m", "CONCIERGE_MODEL_URL": f"http://127.0.0.1:{free_port()}/v1",
    }  # fmt: skip
    said = [
        command("doctor", *how, home=home, process=True, **settings, CONCIERGE_PORT=str(free_port()), CONCIERGE_LOG_LEVEL="debug")
        for how, settings in ((("--json",), here), ((), lost), (("--lang", "zh"), lost))
    ]
    assert [ran.returncode for ran in said] == [0, 2, 2], [ran.stdout + ran.stderr for ran in said]
    return "".join(ran.stdout + ran.stderr for ran in said)


def _was_there_to_be_found(written: str, lines: list[dict[str, Any]], spans: InMemorySpanExporter, server: ModelServer) -> None:
    """The stories took place: turns that failed were logged and traced, models were asked with all of it and failed."""
    stopped = [line for line in lines if "was stopped" in line["event"]]
    assert len(stopped) >= 50 and all(line["conversation"] and line["turn"] in line["event"] for line in stopped)
    assert sum("RuntimeError: cannot think about" in line.get("exception", "") and "Traceback" in line["exception"] for line in lines) >= 50
    for kind in ("resident-id", "phone", "passport", "booking", "ticket", "card", "iban", "email", "name"):
        assert f"[{kind}-1]" in written, kind
    told = [(s.name.partition(" ")[0], (s.attributes or {}).get("error.type")) for s in spans.get_finished_spans()]
    assert told.count(("concierge.turn", "RuntimeError")) >= 50 and told.count(("concierge.turn", None)) >= 100, told
    assert told.count(("chat", "ModelFailed")) >= 10 and told.count(("chat", None)) >= 10, told
    prompts = json.dumps(server.asked, ensure_ascii=False)
    assert sum(row["value"] in prompts for row in planted()) >= 20


async def _calls_that_fail(house: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Calls with secrets in address, headers and body, most of which fail; and what was answered, to them and to others."""
    s = PLANTED_SECRETS
    http, bodies = house.http, []

    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError(
            f"Authorization: Bearer {s['bearer in a header']}; Authorization: Basic {s['basic in a header']}; {s['api key in a body']} "
            f"postgresql://u:{s['password of a foreign database']}@h/db -----BEGIN PRIVATE KEY-----\n{s['private key']}\n-----END PRIVATE KEY-----"
        )

    async def wrong_password(name: str, password: str) -> Any:
        raise ValueError({"name": name, "password": password})

    chat = await house.chat()
    with monkeypatch.context() as patched:
        patched.setattr(house.house.concierge, "say", broken)
        bodies.append((await chat.try_to_say(f"my key is {s['api key in a body']}")).text)
        bodies += [str(e.data) for e in await chat.stream("again")]
        patched.setattr("bot.sign_in.Accounts.sign_in", lambda self, name, password, *_: wrong_password(name, password))
        bodies.append((await http.post("/v1/desk/sign-in", json={"name": "Anna", "password": s["staff password"]})).text)
    bearer = {"Authorization": f"Bearer {s['bearer in a header']}"}
    bodies.append((await http.get(f"/v1/conversations/none?token={s['token in an address']}", headers=bearer)).text)
    bodies.append((await http.get("/v1/desk/queue", headers={"Authorization": f"Basic {s['basic in a header']}"})).text)
    bodies.append((await http.post("/v1/conversations", json={"identity": s["jwt in a body"]})).text)
    bodies.append((await http.post("/v1/conversations", content=b'{"identity": 5}', headers={"Content-Type": "application/json"})).text)
    log = logging.getLogger("concierge.story")
    log.warning("identity %s refused at /v1/conversations?token=%s", s["jwt in a body"], s["token in an address"])
    log.warning("settings: host key %s, model_key=%s, %s and %s", *(s[k] for k in ("host key", "model key", "database password", "redis password")))
    log.error("two %s of three", "arguments", "that do not fit", exc_info=True)
    metrics, ready = await http.get("/metrics"), await http.get("/readyz")
    assert metrics.status_code == ready.status_code == 200

    def gone() -> Any:
        raise ConnectionError(f"postgresql://concierge:{s['database password']}@db.internal {s['private key']} {planted()[0]['text']}")

    with monkeypatch.context() as patched:
        patched.setattr(house.house.db, "read", gone)
        not_ready, fewer = await http.get("/readyz"), await http.get("/metrics")
    assert not_ready.status_code == 503
    operator = {"Authorization": f"Bearer {house.house.home.operator_token}"}
    doctor = await http.post("/v1/operator/doctor", json={}, headers=operator)
    assert doctor.status_code == 200
    return [*bodies, *(answer.text for answer in (metrics, ready, not_ready, fewer, doctor))]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer [secret]"),
        ('{"password": "hunter22", "name": "Anna"}', '{"password": "[secret]", "name": "Anna"}'),
        ("https://anna:hunter22@desk.example/x", "https://anna:[secret]@desk.example/x"),
        ("密码是hunter22，请帮我登录", "密码是[secret]，请帮我登录"),
        ("the known one is xyzzy-plugh", "the known one is [secret]"),
        ("turn_8k3vabcdefghjkmnpq of conv_8k3vabcdefghjkmnpq was stopped", "turn_8k3vabcdefghjkmnpq of conv_8k3vabcdefghjkmnpq was stopped"),
        ("a duty failed; it is tried again in 5.0 s", "a duty failed; it is tried again in 5.0 s"),
    ],
)
def test_secrets_are_told_by_their_shape_or_value(text: str, hidden: str) -> None:
    """And what is none stays readable."""
    assert Hider(("xyzzy-plugh",))(text) == hidden


def test_text_and_json_say_the_same(logged: io.StringIO) -> None:
    """Level, logger, turn, words, traceback; names of the people in hand are hidden."""
    working_on("conv_1", "turn_1", ("Lin Yue", "林悦"))
    try:
        raise ValueError("Lin Yue's seat")
    except ValueError:
        logging.getLogger("concierge.turn").exception("林悦 has no seat")
    [line] = lines_of(logged)
    assert (line["level"], line["logger"], line["conversation"], line["turn"]) == ("error", "concierge.turn", "conv_1", "turn_1")
    assert line["event"] == "[name-1] has no seat" and line["exception"].endswith("ValueError: [name-1]'s seat")
    plain = io.StringIO()
    set_up_logs(Settings(_env_file=None), plain)
    logging.getLogger("uvicorn.error").error("lin yue left")
    logging.getLogger("concierge.turn").info("nothing is wrong")
    assert plain.getvalue().splitlines() == [f"{plain.getvalue().split()[0]} ERROR uvicorn.error [turn_1]: [name-1] left"]


def test_a_command_that_breaks_prints_no_password(tmp_path: Path) -> None:
    """The last words of a process go the same way."""
    home, word = tmp_path / "home", STAFF["Anna"].replace(" ", "-")
    done = command(
        "ask",
        "hello",
        home=home,
        process=True,
        CONCIERGE_DATABASE_URL=f"postgresql+asyncpg://nobody:{word}@127.0.0.1:1/none",
        CONCIERGE_LOG_FORMAT="json",
    )
    assert done.returncode != 0 and word not in done.stdout + done.stderr


def test_each_address_of_a_list_is_a_secret() -> None:
    """Whoever reads a log learns no address of CONCIERGE_NOTIFY, though each is only a part of the setting."""
    listed = "slack://T1A2/B3C4/d5e6f7g8, json://hooks.example/t0ken-in-a-path"
    hides = Hider(secrets_of(Settings(_env_file=None, notify=SecretStr(listed))))  # type: ignore[call-arg]
    for address in listed.split(", "):
        assert address not in hides(f"could not reach {address} at all")
