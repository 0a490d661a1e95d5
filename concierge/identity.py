"""`concierge identity`: sign what a host page would sign, and say what the server thinks of a token; the settings and keys of `concierge serve`."""

import json
import sys
from pathlib import Path
from typing import Any

from api.host_identity import LONGEST_MINUTES, Alg, HostKey, Identity, sign, signing_alg, verify
from api.host_keys import keys_of
from basics.clock import iso, system_clock
from basics.errors import BadRequest
from basics.words import Words
from bot.refusals import IdentityRefused
from bot.settings import read_settings


def sign_identity(sub: str, key_file: Path | None, tags: str, minutes: float, kid: str | None, audience: str | None) -> None:
    """Print a token for `sub`, signed with the key in `key_file` (a secret, or a private key in PEM), else with a secret of the settings."""
    if not 0 < minutes <= LONGEST_MINUTES:
        raise BadRequest(
            Words(en=f"--minutes must be more than 0 and at most {LONGEST_MINUTES}.", zh=f"--minutes 应大于 0 且不超过 {LONGEST_MINUTES}。")
        )
    settings = read_settings()
    keys, now = keys_of(settings), system_clock()
    names = tuple(name for name in (part.strip() for part in tags.split(",")) if name)

    def signed(text: str, alg: Alg, by: str | None, meant_for: str) -> str:
        return sign(sub, text, alg, meant_for, now, minutes, by, names)

    if key_file is None:
        key = _secret_of(keys, kid)
        token = signed(key.key.get_secret_value(), key.alg, key.kid, audience or key.audience)
    else:
        text, alg = _read(key_file)
        key_here = next((k for k in keys if (kid or k.kid) == k.kid and _fits(k, signed(text, alg, k.kid, k.audience))), None)
        token = signed(
            text, alg, kid or (key_here.kid if key_here else None), audience or (key_here.audience if key_here else settings.host_audience)
        )
    try:
        if verify(token, keys, now).tags_ignored:
            print("The key may not set tags (may_set_tags): they will be ignored.", file=sys.stderr)
    except IdentityRefused as no:
        print(f"The keys of these settings would refuse it: {no.why.en}.", file=sys.stderr)
    print(token)


def check_identity(token: str, as_json: bool) -> None:
    """Say which key signed the token and what it claims; IdentityRefused says why the server would refuse it. `-` reads it from standard input."""
    text = (sys.stdin.read() if token == "-" else token).strip()  # noqa: S105 - a dash, not a secret
    said = _claims(verify(text, keys_of(read_settings()), system_clock()))
    if as_json:
        print(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for name, value in said.items():
        print(f"{name:>12}  {', '.join(value) if isinstance(value, list) else value}")


def _claims(identity: Identity) -> dict[str, Any]:
    key = identity.key
    said: dict[str, Any] = {
        "key": "CONCIERGE_HOST_KEY" if key.kid is None else key.kid,
        "alg": key.alg,
        "sub": identity.sub,
        "aud": key.audience,
        "iat": iso(identity.issued_at),
        "exp": iso(identity.ends_at),
        "tags": list(identity.tags),
    }
    return said | ({"ignored": "tags: this key may not set them"} if identity.tags_ignored else {})


def _secret_of(keys: tuple[HostKey, ...], kid: str | None) -> HostKey:
    """The secret of the settings to sign with; of a key pair the server knows the public half only."""
    found = next((key for key in keys if key.alg == "HS256" and kid in (None, key.kid)), None)
    if found is None:
        raise BadRequest(
            Words(
                en="There is no secret to sign with: set CONCIERGE_HOST_KEY, or give the host page's key with --key-file. Nothing was signed.",
                zh="没有可用于签名的密钥：请设置 CONCIERGE_HOST_KEY，或用 --key-file 指定网站的密钥文件。未签发令牌。",
            )
        )
    return found


def _read(file: Path) -> tuple[str, Alg]:
    try:
        text = file.read_text(encoding="utf-8").strip()
        return text, signing_alg(text)
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or ("it is no text" if isinstance(wrong, UnicodeDecodeError) else str(wrong))
        raise BadRequest(Words(en=f"--key-file {file}: {why}. Nothing was signed.", zh=f"无法使用密钥文件 {file}：{why}。未签发令牌。")) from None


def _fits(key: HostKey, token: str) -> bool:
    """Whether `key` is the other half of what signed the token."""
    try:
        verify(token, (key,), system_clock())
    except IdentityRefused:
        return False
    return True
