"""The host pages' keys, as the settings name them: one secret, or a file that lists several; whatever is wrong with them stops the start."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import AwareDatetime, BaseModel, Field, SecretStr, StrictBool, ValidationError

from api.host_identity import Alg, HostKey, why_unusable
from basics.errors import SettingsWrong
from basics.words import Words
from bot.settings import Settings

_MOST_BYTES = 1_000_000


class KeyEntry(BaseModel, extra="forbid"):
    """One key as the file lists it. `key` is a secret (HS256) or a public key in PEM, or file:PATH of either, relative to this file."""

    kid: str = Field(min_length=1, max_length=100)
    alg: Alg
    key: str = Field(min_length=1)
    audience: str | None = Field(default=None, min_length=1)
    may_set_tags: StrictBool = False
    not_after: AwareDatetime | None = None


def keys_of(settings: Settings) -> tuple[HostKey, ...]:
    """The keys whose signature is believed; SettingsWrong where they contradict each other or cannot be used."""
    secret, file = settings.host_key, settings.host_keys
    if file is not None and secret.get_secret_value():
        raise SettingsWrong(
            Words(
                en="CONCIERGE_HOST_KEY and CONCIERGE_HOST_KEYS are both set. Keep one: put the secret into the file. Nothing was started.",
                zh="CONCIERGE_HOST_KEY 与 CONCIERGE_HOST_KEYS 不能同时设置，请将密钥写入文件，只保留一项。服务未启动。",
            )
        )
    if file is not None:
        keys = _listed(file, settings.host_audience)
    else:
        keys = (HostKey(key=secret, audience=settings.host_audience),) if secret.get_secret_value() else ()
    if settings.identity_mode == "enforce" and not keys:
        raise SettingsWrong(
            Words(
                en="CONCIERGE_IDENTITY_MODE is enforce, but no host key is set: nobody could come in. Set CONCIERGE_HOST_KEY. Nothing was started.",
                zh="CONCIERGE_IDENTITY_MODE 为 enforce，但未设置验证密钥，任何人都无法进入。请设置 CONCIERGE_HOST_KEY。服务未启动。",
            )
        )
    return keys


def _listed(file: Path, audience: str) -> tuple[HostKey, ...]:
    listed = _read(file)
    if isinstance(listed, dict) and listed.keys() == {"keys"}:
        listed = listed["keys"]
    if not isinstance(listed, list) or not listed:
        raise _wrong(file, Words(en="it must be a list of keys, each with kid, alg and key", zh="应为密钥列表，每项包含 kid、alg 和 key"))
    keys = tuple(_key(file, n, entry, audience) for n, entry in enumerate(listed, start=1))
    kids = [key.kid for key in keys]
    if twice := next((kid for kid in kids if kids.count(kid) > 1), None):
        raise _wrong(file, Words(en=f"two keys are called {twice!r}", zh=f"有两个密钥同名：{twice!r}"))
    return keys


def _read(file: Path) -> Any:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise _wrong(file, Words(en="it is too large to be a list of keys", zh="文件过大，不是密钥列表"))
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as wrong:  # its own text would quote the line, and with it a secret
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise _wrong(file, Words(en=f"line {line} is not YAML", zh=f"第 {line} 行不是有效的 YAML")) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise _wrong(file, Words(en="it is not YAML or JSON", zh="不是有效的 YAML 或 JSON")) from None
    except OSError as wrong:
        raise _wrong(file, Words(en=f"it cannot be read ({wrong.strerror})", zh=f"无法读取（{wrong.strerror}）")) from None


def _key(file: Path, n: int, listed: Any, audience: str) -> HostKey:
    try:
        entry = KeyEntry.model_validate(listed)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _wrong(file, Words(en=f"key {n}: {where}: {first['msg']}", zh=f"第 {n} 个密钥：{where}：{first['msg']}")) from None
    text = _text(file, entry)
    if why := why_unusable(entry.alg, text):
        raise _wrong(file, Words(en=f"key {entry.kid!r}: {why.en}", zh=f"密钥 {entry.kid!r}：{why.zh}"))
    return HostKey(
        kid=entry.kid,
        alg=entry.alg,
        key=SecretStr(text),
        audience=entry.audience or audience,
        may_set_tags=entry.may_set_tags,
        not_after=entry.not_after,
    )


def _text(file: Path, entry: KeyEntry) -> str:
    """The key itself. A public key may be a plain path; a secret's path must say `file:`, or a mistyped path would become the secret."""
    inline = "-----BEGIN" in entry.key or (entry.alg == "HS256" and not entry.key.startswith("file:"))
    if inline:
        if entry.alg == "HS256" and _names_a_file(file.parent, entry.key):
            raise _wrong(
                file,
                Words(
                    en=f"key {entry.kid!r}: its secret is the name of a file; write file:PATH",
                    zh=f"密钥 {entry.kid!r}：其内容是文件名，请写成 file:路径",
                ),
            )
        return entry.key
    path = file.parent / entry.key.removeprefix("file:")
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise OSError(27, "File too large")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or "it is no text"
        raise _wrong(
            file, Words(en=f"key {entry.kid!r}: {path} cannot be read ({why})", zh=f"密钥 {entry.kid!r}：无法读取 {path}（{why}）")
        ) from None


def _names_a_file(folder: Path, text: str) -> bool:
    try:
        return (folder / text).is_file()
    except (OSError, ValueError):
        return False


def _wrong(file: Path, why: Words) -> SettingsWrong:
    return SettingsWrong(
        Words(en=f"The host keys in {file} cannot be used: {why.en}. Nothing was started.", zh=f"无法使用密钥文件 {file}：{why.zh}。服务未启动。")
    )
