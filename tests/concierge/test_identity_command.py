"""`concierge identity` and `concierge staff`, the two samples, and a start with a secret that everybody knows."""

import json
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from pydantic import SecretStr

from basics.secret import why_weak
from bot.settings import Settings
from tests.api.test_host_identity import EC_PRIVATE, EC_PUBLIC, RSA_PRIVATE, RSA_PUBLIC, SHOP, WEB
from tests.bot.test_library import an_article
from tests.concierge.test_command import told
from tests.house import REPO, a_server, command, environment, host_jwt, missing, refused

pytestmark = pytest.mark.slow


def run(*arguments: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return command("identity", *arguments, home=folder / "home", **env)


def three_keys(folder: Path) -> dict[str, str]:
    keys = [
        {"kid": "web", "alg": "HS256", "key": WEB},
        {"kid": "app", "alg": "RS256", "key": RSA_PUBLIC, "may_set_tags": True},
        {"kid": "shop", "alg": "ES256", "key": EC_PUBLIC, "audience": "shop"},
    ]
    (folder / "keys.json").write_text(json.dumps(keys))
    for name, text in (("app.pem", RSA_PRIVATE), ("shop.pem", EC_PRIVATE), ("web.txt", WEB), ("other.txt", SHOP)):
        (folder / name).write_text(text)
    return {"CONCIERGE_HOST_KEYS": str(folder / "keys.json")}


def checked(token: str, folder: Path, **env: str) -> Any:
    ran = run("check", token, "--json", folder=folder, **env)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_what_is_signed_is_believed(tmp_path: Path) -> None:
    """With the one secret of the settings: ten minutes, for the traveller named; the check says so, in words and as JSON."""
    env = {"CONCIERGE_HOST_KEY": WEB}
    ran = run("sign", "--sub", "lin-gold", folder=tmp_path, **env)
    token = ran.stdout.strip()
    assert ran.returncode == 0 and token.count(".") == 2 and ran.stderr == "" and WEB not in ran.stdout
    claims = jwt.decode(token, WEB, algorithms=["HS256"], audience="travel-concierge")
    assert claims["sub"] == "lin-gold" and claims["exp"] - claims["iat"] == 600 and "tags" not in claims
    said = checked(token, tmp_path, **env)
    assert (said["key"], said["alg"], said["sub"], said["aud"], said["tags"]) == ("CONCIERGE_HOST_KEY", "HS256", "lin-gold", "travel-concierge", [])
    plain = run("check", token, folder=tmp_path, **env)
    assert plain.returncode == 0 and "sub  lin-gold" in plain.stdout


@pytest.mark.parametrize(
    ("file", "kid", "aud", "tags"),
    [("app.pem", "app", "travel-concierge", ["vip"]), ("shop.pem", "shop", "shop", []), ("web.txt", "web", "travel-concierge", [])],
)
def test_a_key_file_finds_its_own_name(tmp_path: Path, file: str, kid: str, aud: str, tags: list[str]) -> None:
    """RSA, P-256 or a secret: the kid and audience come from the list, and tags only from a key that may set them."""
    env = three_keys(tmp_path)
    ran = run("sign", "--sub", "lin-gold", "--key-file", str(tmp_path / file), "--tags", "vip", "--minutes", "5", folder=tmp_path, **env)
    assert ran.returncode == 0 and jwt.get_unverified_header(ran.stdout.strip())["kid"] == kid
    said = checked(ran.stdout.strip(), tmp_path, **env)
    assert (said["key"], said["aud"], said["tags"]) == (kid, aud, tags)
    assert ("will be ignored" in ran.stderr) == ("ignored" in said) == (not tags)


def test_a_key_the_server_does_not_know_is_told(tmp_path: Path) -> None:
    """It is signed all the same (it may be for another server), with a word of warning."""
    ran = run("sign", "--sub", "lin-gold", "--key-file", str(tmp_path / "other.txt"), folder=tmp_path, **three_keys(tmp_path))
    assert ran.returncode == 0 and "would refuse it" in ran.stderr and ran.stdout.count(".") == 2


def test_what_cannot_be_signed(tmp_path: Path) -> None:
    """No key, a public or missing one, a guessable one, too many minutes: one sentence, nothing on standard output."""
    env = three_keys(tmp_path)
    (tmp_path / "pub.pem").write_text(RSA_PUBLIC)
    (tmp_path / "weak.txt").write_text("change-me")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for arguments, words in (
        ((), "no secret to sign with"),
        (("--key-file", str(tmp_path / "nowhere")), "No such file"),
        (("--key-file", str(tmp_path / "pub.pem")), "not a private key"),
        (("--key-file", str(tmp_path / "weak.txt")), "well-known"),
        (("--key-file", str(tmp_path / "bytes")), "it is no text"),
        (("--minutes", "16"), "at most 15"),
        (("--minutes", "0"), "at most 15"),
        (("--minutes", "nan"), "at most 15"),
    ):
        ran = run("sign", "--sub", "lin-gold", *arguments, folder=tmp_path, **(env if arguments else {}))
        told(ran, 2, words)
        assert ran.stdout == ""


def test_a_refusal_says_exactly_why(tmp_path: Path) -> None:
    """The same sentences as the server's."""
    env, now = three_keys(tmp_path), int(time.time())

    def a_token(key: str = WEB, kid: str | None = "web", **changes: Any) -> str:
        claims = {"sub": "lin-gold", "aud": "travel-concierge", "iat": now, "exp": now + 600} | changes
        return jwt.encode(claims, key, headers={"kid": kid} if kid else None)

    for token, words in (
        (a_token(iat=now - 700, exp=now - 100), "it has expired"),
        (a_token(key=SHOP), "not signed with the key 'web'"),
        (a_token(kid="gone"), "no key here is called 'gone'"),
        (a_token(kid=None), "does not name its key"),
        (a_token(kid="app"), "is for RS256 only"),
        (a_token(aud="shop"), "not meant for 'travel-concierge'"),
        (a_token(exp=now + 3600), "more than 15 minutes"),
        ("nonsense", "not a signed token"),
    ):
        ran = run("check", token, folder=tmp_path, **env)
        told(ran, 2, "The identity was refused", words)
        assert ran.stdout == ""
    told(run("check", a_token(), folder=tmp_path), 2, "knows no host key")


@pytest.mark.parametrize("language", ["py", "mjs"])
@pytest.mark.parametrize("kid", ["", "web"])
def test_the_samples_sign_what_is_believed(tmp_path: Path, language: str, kid: str) -> None:
    """Ten lines of Python or of Node sign what the server takes, with a key's name where there are several."""
    program = sys.executable if language == "py" else shutil.which("node")
    if program is None:
        missing("node is not installed: examples/sign_identity.mjs was not tried")
    named = {"CONCIERGE_HOST_KID": kid} if kid else {}
    set_up = environment(tmp_path / "home", CONCIERGE_HOST_KEY=WEB, **named)
    ran = subprocess.run(
        [program, REPO / "examples" / f"sign_identity.{language}", "lin-gold"], env=set_up, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    said = checked(ran.stdout.strip(), tmp_path, **(three_keys(tmp_path) if kid else {"CONCIERGE_HOST_KEY": WEB}))
    assert said["sub"] == "lin-gold" and said["key"] == (kid or "CONCIERGE_HOST_KEY")
    assert len((REPO / "examples" / f"sign_identity.{language}").read_text().splitlines()) < 15


# Every secret of ours; the model's key is somebody else's, who made it.
THEIRS = ("model_key", "airline_key", "smtp_url", "notify")  # what others gave us to sign in to them: whether it is a good one is not ours to say
OURS = tuple(name for name, field in Settings.model_fields.items() if field.annotation is SecretStr and name not in THEIRS)
GUESSABLE = ("change-me", "your-256-bit-secret-" * 2, "x" * 40, "too short a key")  # more of them: tests/basics/test_secret.py


def test_which_secrets_are_ours() -> None:
    """A new one joins the tests below by itself; nothing has a value that everybody could read here."""
    assert OURS == ("host_key", "metrics_token", "airline_events_token")
    assert all(Settings.model_fields[name].default.get_secret_value() == "" for name in (*OURS, *THEIRS))


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("secret", GUESSABLE)
def test_a_guessable_secret_starts_nothing(tmp_path: Path, name: str, secret: str) -> None:
    """The sentence names the setting and how to make a better one, and does not repeat the secret."""
    setting = f"CONCIERGE_{name.upper()}"
    said = told(
        command("serve", home=tmp_path / "home", cwd=tmp_path, process=False, PORT="0", **{setting: secret}), 2, f"setting {setting} is not valid"
    )
    assert "Nothing was started." in said and secret not in said.replace("The secret", "")
    assert any(words in said for words in ("well-known", "repeats", "32 bytes")) and not (tmp_path / "home" / "server.json").exists()


@pytest.mark.parametrize("name", OURS)
def test_nor_does_one_in_a_file_of_settings(tmp_path: Path, name: str) -> None:
    """A .env copied from a sample is refused like the environment, by the server and by every command that opens the house."""
    setting = f"CONCIERGE_{name.upper()}"
    (tmp_path / ".env").write_text(f"{setting}=change-me-change-me-change-me-change-me\n")
    for arguments in (
        ("serve",),
        ("ask", "How many bags?"),
        ("ingest", str(tmp_path)),
        ("reembed",),
        ("staff", "Zoe", "--password", "a long enough one"),
    ):
        ran = command(*arguments, home=tmp_path / "home", cwd=tmp_path, process=False, PORT="0")
        told(ran, 2, f"setting {setting} is not valid", "well-known")
        assert "change-me-change-me" not in ran.stdout + ran.stderr
    ran = command("doctor", home=tmp_path / "home", cwd=tmp_path)
    assert ran.returncode == 2 and setting in ran.stdout and "change-me-change-me" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("secret", GUESSABLE[::3])
def test_nor_does_one_in_the_list_of_keys(tmp_path: Path, secret: str) -> None:
    """Written in the list, or in a file that it names; the key is named, its value is not repeated."""
    (tmp_path / "web.txt").write_text(secret)
    for key in (secret, "file:web.txt"):
        (tmp_path / "keys.json").write_text(json.dumps([{"kid": "front-door", "alg": "HS256", "key": key}]))
        said = told(
            command("serve", home=tmp_path / "home", cwd=tmp_path, process=False, CONCIERGE_HOST_KEYS="keys.json", PORT="0"), 2, "key 'front-door'"
        )
        assert "Nothing was started" in said and f" {secret} " not in said.replace("The secret ", "")
        assert any(words in said for words in ("well-known", "repeats", "32 bytes"))


def test_a_demo_has_secrets_of_its_own(tmp_path: Path) -> None:
    """What is guessable in the environment signs nobody in at a demo either: each home makes its own key."""
    with a_server(tmp_path / "home", CONCIERGE_HOST_KEY=GUESSABLE[1], CONCIERGE_ARTICLES=str(an_article(tmp_path / "articles").parent)) as server:
        forged = host_jwt("lin-gold", datetime.now(UTC), key=GUESSABLE[1])
        refused(httpx.post(f"{server.address}/v1/conversations", json={"identity": forged}), 401, "identity-refused")
        its_own = json.loads((tmp_path / "home" / "demo-secrets.json").read_text())["host_key"]
        answer = httpx.post(f"{server.address}/v1/conversations", json={"identity": host_jwt("lin-gold", datetime.now(UTC), key=its_own)})
        assert answer.status_code == 201 and why_weak(its_own) is None


def test_a_list_of_keys_that_cannot_be_used_starts_nothing(tmp_path: Path) -> None:
    """The same for a file of keys, for both settings at once, and for a door that nobody could come through."""
    (tmp_path / "keys.yaml").write_text("- {kid: web, alg: HS256, key: change-me}\n")
    for env, words in (
        ({"CONCIERGE_HOST_KEYS": "keys.yaml"}, "key 'web': it is a well-known value"),
        ({"CONCIERGE_HOST_KEYS": "nowhere.yaml"}, "nowhere.yaml cannot be used"),
        ({"CONCIERGE_HOST_KEYS": "keys.yaml", "CONCIERGE_HOST_KEY": WEB}, "both set"),
        ({"CONCIERGE_IDENTITY_MODE": "enforce"}, "nobody could come in"),
        ({"CONCIERGE_IDENTITY_MODE": "strict"}, "CONCIERGE_IDENTITY_MODE is not valid"),
    ):
        told(command("serve", home=tmp_path / "home", cwd=tmp_path, process=False, PORT="0", **env), 2, words, "Nothing was started")


def test_a_lead_manages_the_accounts(tmp_path: Path) -> None:
    """Without a lead the machine's owner does; with one, only a lead with their password, or the owner who says that no lead can."""
    home = tmp_path / "home"

    def staff(*arguments: str) -> subprocess.CompletedProcess[str]:
        return command("staff", *arguments, home=home)

    new = ("--password", "a long enough one")
    assert "as a lead" in staff("Anna", *new, "--role", "lead").stdout
    told(staff("Wei", *new), 2, "managed by a lead (Anna)", "--lead NAME", "Nothing was changed")
    told(staff("Wei", *new, "--lead", "Anna", "--lead-password", "a guess"), 2, "Name or password is wrong")
    assert staff("Wei", *new, "--lead", "Anna", "--lead-password", "a long enough one").returncode == 0
    told(staff("Zoe", *new, "--lead", "Wei", "--lead-password", "a long enough one"), 2, "Wei is not a lead")
    told(staff("Zoe", "--role", "lead", "--lead", "Anna", "--lead-password", "a long enough one"), 2, "give a --password")
    told(staff("Wei", "--role", "boss"), 2, "must be staff or lead")
    told(staff("Wei", "--leave", *new), 2, "--leave goes without")
    told(staff("Nobody", "--leave", "--lead", "Anna", "--lead-password", "a long enough one"), 2, "Nobody called Nobody")
    assert "has left" in staff("Wei", "--leave", "--lead", "anna", "--lead-password", "a long enough one").stdout
    assert "without a lead" in staff("Anna", "--role", "staff", "--recover").stdout
    assert staff("Wei", *new).returncode == 0
