"""The list of host keys: what it may say, and that whatever is wrong with it stops the start with a sentence that shows no secret."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.host_keys import keys_of
from basics.errors import SettingsWrong
from bot.settings import Settings
from tests.api.test_host_identity import EC_PUBLIC, RSA_PRIVATE, RSA_PUBLIC, SHOP, WEB


def listed(folder: Path, text: Any, **more: Any) -> Any:
    file = folder / "keys.yaml"
    file.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    plain: dict[str, Any] = {"_env_file": None, "home": folder, "host_keys": file}
    return keys_of(Settings(**plain | more))


def test_a_list_of_keys(tmp_path: Path) -> None:
    """Inline or in a file beside it, as YAML or JSON; what is not said has its default."""
    (tmp_path / "app.pem").write_text(RSA_PUBLIC)
    (tmp_path / "web.txt").write_text(WEB + "\n")
    block = "".join(f"      {line}\n" for line in EC_PUBLIC.splitlines())
    text = f"""
keys:
  - {{kid: web, alg: HS256, key: "file:web.txt"}}
  - {{kid: app, alg: RS256, key: app.pem, may_set_tags: true, not_after: 2027-01-31T00:00:00+08:00}}
  - kid: shop
    alg: ES256
    audience: shop
    key: |
{block}"""
    web, app, shop = listed(tmp_path, text, host_audience="larkspur")
    assert (web.kid, web.alg, web.key.get_secret_value(), web.audience, web.may_set_tags, web.not_after) == (
        "web",
        "HS256",
        WEB,
        "larkspur",
        False,
        None,
    )
    assert app.may_set_tags and app.not_after.isoformat() == "2027-01-31T00:00:00+08:00" and app.key.get_secret_value() == RSA_PUBLIC.strip()
    assert (shop.alg, shop.audience) == ("ES256", "shop")
    assert [k.kid for k in listed(tmp_path, [{"kid": "a", "alg": "HS256", "key": WEB}, {"kid": "b", "alg": "HS256", "key": SHOP}])] == ["a", "b"]
    assert WEB not in repr((web, app, shop))


def a_key(**changes: Any) -> dict[str, Any]:
    return {k: v for k, v in ({"kid": "web", "alg": "HS256", "key": WEB} | changes).items() if v is not None}


WRONG: dict[str, tuple[Any, str]] = {
    "empty": ("", "must be a list"),
    "no keys": ([], "must be a list"),
    "not a list": ({"kid": "web"}, "must be a list"),
    "not YAML": (f"- kid: web\n  key: {WEB}\n - [", "is not YAML"),
    "no kid": ([a_key(kid=None)], "key 1: kid"),
    "kid is a number": ([a_key(kid=5)], "key 1: kid"),
    "no alg": ([a_key(alg=None)], "key 1: alg"),
    "alg none": ([a_key(alg="none")], "key 1: alg"),
    "another alg": ([a_key(alg="HS512")], "key 1: alg"),
    "unknown field": ([a_key(secret="x")], "key 1: secret"),
    "may_set_tags is text": ([a_key(may_set_tags="yes")], "may_set_tags"),
    "naive not_after": ([a_key(not_after="2026-12-01T00:00:00")], "not_after"),
    "twice": ([a_key(), a_key(key=SHOP)], "two keys are called 'web'"),
    "too short": ([a_key(key="hush hush")], "32 bytes"),
    "well known": ([a_key(key="change-me-" * 5)], "well-known"),
    "a public key as a secret": ([a_key(key=RSA_PUBLIC)], "PEM key"),
    "a private key": ([a_key(alg="RS256", key=RSA_PRIVATE)], "private key"),
    "another kind": ([a_key(alg="ES256", key=RSA_PUBLIC)], "not a P-256"),
    "a file that is not there": ([a_key(alg="RS256", key="nowhere.pem")], "cannot be read"),
    "a secret's file that is not there": ([a_key(key="file:nowhere.txt")], "cannot be read"),
    "a secret that is a file's name": ([a_key(key="keys.yaml")], "write file:PATH"),
}  # fmt: skip


@pytest.mark.parametrize("how", WRONG)
def test_a_list_that_cannot_be_used(tmp_path: Path, how: str) -> None:
    """One sentence with the file, the key and the mistake; no secret in it."""
    text, words = WRONG[how]
    with pytest.raises(SettingsWrong) as wrong:
        listed(tmp_path, text)
    said = str(wrong.value)
    assert words in said and "keys.yaml" in said and "Nothing was started." in said, said
    assert WEB not in said and "hush" not in said and "BEGIN" not in said


def test_settings_that_contradict_each_other(tmp_path: Path) -> None:
    """Secret and list together, and a door that nobody could come through."""
    with pytest.raises(SettingsWrong, match="both set"):
        listed(tmp_path, [a_key()], host_key=SecretStr(WEB))
    with pytest.raises(SettingsWrong, match="nobody could come in"):
        keys_of(Settings(_env_file=None, identity_mode="enforce"))  # type: ignore[call-arg]
    assert keys_of(Settings(_env_file=None)) == ()  # type: ignore[call-arg]
    with pytest.raises(SettingsWrong, match=r"cannot be read"):
        keys_of(Settings(_env_file=None, host_keys=tmp_path / "none.yaml"))  # type: ignore[call-arg]
    with pytest.raises(SettingsWrong, match=r"cannot be read"):
        keys_of(Settings(_env_file=None, host_keys=tmp_path))  # type: ignore[call-arg]
