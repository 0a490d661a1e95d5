"""Nothing that a traveller wrote about themselves, and no secret, is ever read in a log: not in lines, not in tracebacks, not in others' answers."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from basics.words import Words
from basics.working_on import working_on
from bot.settings import Settings
from concierge.hidden import Hider
from concierge.logs import set_back_logs, set_up_logs
from customers.company import Company
from customers.traveller import Traveller
from tests.bot.test_redact import planted
from tests.house import HOST_KEY, STAFF, Chat, MakeHouse, command, host_jwt

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


async def test_two_hundred_planted_values_and_twelve_secrets_reach_no_log(
    make_house: MakeHouse, logged: io.StringIO, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every message is sent to a real server, a third of the turns fail with the message in the exception, and some calls fail outright."""
    people = People()
    house = await make_house(real=True, empty=True, source=people)
    think, asked = house.house.mind.think, 0

    async def stumble(request: Any, *more: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked % 3 == 0:
            raise RuntimeError(f"cannot think about {request.text!r}")
        logging.getLogger("concierge.turn").warning("thinking about %s", request.text)
        return await think(request, *more)

    monkeypatch.setattr(house.house.mind, "think", stumble)
    bodies: list[str] = []
    chats: dict[Any, Chat] = {}
    for n, row in enumerate(planted()):
        who = people.ids[tuple(row["names"])] if row["kind"] == "name" else None
        key = who or n // 25
        if key not in chats or (await chats[key].now())["state"] != "bot":  # a failed turn handed the last one over
            chats[key] = await house.chat(who)
        answer = await chats[key].try_to_say(row["text"], f"m{n}")
        assert answer.status_code == 200
    own_token = chats[0].opened["token"]
    bodies += await _calls_that_fail(house, monkeypatch)

    written = logged.getvalue() + "".join(capfd.readouterr())
    seen = [row["id"] for row in planted() if row["value"] in written or row["value"] in "".join(bodies)]
    assert seen == []
    told = [name for name, secret in PLANTED_SECRETS.items() if secret in written or secret in "".join(bodies)]
    assert told == [] and own_token not in written and house.house.home.operator_token not in written
    lines = lines_of(logged)
    stopped = [line for line in lines if "was stopped" in line["event"]]
    assert len(stopped) >= 50 and all(line["conversation"] and line["turn"] in line["event"] for line in stopped)
    assert sum("RuntimeError: cannot think about" in line.get("exception", "") and "Traceback" in line["exception"] for line in lines) >= 50
    for kind in ("resident-id", "phone", "passport", "booking", "ticket", "card", "iban", "email", "name"):
        assert f"[{kind}-1]" in written, kind


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
    metrics = await http.get("/metrics")
    return [*bodies, metrics.text if metrics.status_code == 200 else ""]


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
