"""What no log may hold: secrets (by their shape, and ours by their value) and personal data."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from bot.redact import redacted
from bot.settings import Settings

SECRET = "[secret]"  # noqa: S105 - what stands in its place
_SHAPES = (
    (re.compile(r"(?i)\b(bearer|basic)[ +]+[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {SECRET}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?"), SECRET),
    (re.compile(r"\b(?:sk|pk|rk|ghp|gho|xox[a-z])[-_][A-Za-z0-9_-]{10,}"), SECRET),
    (re.compile(r"\b(?:AKIA|AIza)[A-Za-z0-9_-]{12,}"), SECRET),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@'\"]*):[^\s/'\"]*@"), rf"\1:{SECRET}@"),
    (
        re.compile(
            r"(?i)((?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|host_key|model_key|private[_-]?key|client[_-]?secret|token|authorization"
            r"|密码|口令|密钥)['\"]?\s*(?:[:=：]|=>|是|为| is )\s*['\"]?)(?!\[secret\]|bearer|basic)(?:SecretStr\()?[^\s'\",;，；&)}\]]{4,}"
        ),
        rf"\1{SECRET}",
    ),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S), SECRET),
    # The inside of a key or certificate without its marks: DER in base64 begins so.
    (re.compile(r"(?<![A-Za-z0-9+/])MI[IGJ][A-Za-z0-9+/]{20,}={0,2}"), SECRET),
    # Our own tokens (43 characters of base64url, `basics.ids.new_token`), wherever they stand.
    (re.compile(r"(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]*[A-Z])(?=[A-Za-z0-9_-]*[a-z])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"), SECRET),
)


class Hider:
    """Hides secrets and personal data in a text; `secrets` are values to hide wherever they stand."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Six characters at least: a shorter one would blank out ordinary words.
        forms = {form for s in secrets if len(s) >= 6 for form in (s, quote(s, safe=""), json.dumps(s)[1:-1], repr(s)[1:-1])}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str, names: tuple[str, ...] = ()) -> str:
        """The text without them; `names` are the people whom the conversation knows."""
        if self._known:
            text = self._known.sub(SECRET, text)
        for shape, instead in _SHAPES:
            text = shape.sub(instead, text)
        return redacted(text, names)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every secret value in the settings: SecretStr fields, and the passwords in addresses."""
    out: list[str] = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            secret = value.get_secret_value()
            out += [secret, *(part for part in re.split(r"[\s,]+", secret) if "://" in part)]  # a list of addresses: each of them too
        elif isinstance(value, str) and "://" in value:
            out.append(urlsplit(value).password or "")
    return tuple(v for v in out if v)
