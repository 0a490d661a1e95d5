"""Whether a shared secret could be guessed: too short, a value out of a manual, or hardly more than one character repeated."""

import re
from itertools import pairwise

from basics.words import Words

FEWEST_BYTES = 32  # as many as SHA-256 gives: a shorter HMAC key is the weakest part of it (RFC 7518, section 3.2)
_FEWEST_KINDS = 8
_LONGEST_PATTERN = 16
# Written in manuals, samples and error messages; a secret that is nothing but these words is known to everybody.
_KNOWN = (  # noqa: SIM905 - words are read as words
    "qwertyuiop asdfghjkl zxcvbnm 1234567890 0987654321 development production authentication characters changethis passphrase replaceme "
    "concierge signature changeme minimum default example password passwort replace signing insecure private letmein travel string please secret "
    "sample foobar length random should before change qwerty dummy least bytes admin super hello world value token local really this that must "
    "long very safe test todo your host page bits none with here have some demo hmac 256 512 128 123 jwt key the not for dev bit set sha abc hs "
    "32 64 at in is to it me my no be of or a "
).split()


def why_weak(secret: str) -> Words | None:
    """Why `secret` must not sign anything, never quoting it; None when nothing speaks against it."""
    if secret.isascii() and _unknown_part(secret) < min(8, max(1, len(secret) // 4)):
        return Words(
            en="it is a well-known value; make one with `openssl rand -base64 48`",
            zh="这是众所周知的值，请用 `openssl rand -base64 48` 生成新的密钥",
        )
    if len(secret.encode("utf-8")) < FEWEST_BYTES:
        return Words(en=f"it needs at least {FEWEST_BYTES} bytes", zh=f"密钥至少需要 {FEWEST_BYTES} 字节")
    if len(set(secret)) < _FEWEST_KINDS or _repeats(secret) or _counts(secret.lower()):
        return Words(
            en="it repeats itself or only counts up; make one with `openssl rand -base64 48`",
            zh="密钥由重复或连续的字符组成，请用 `openssl rand -base64 48` 生成新的密钥",
        )
    return None


def _unknown_part(secret: str) -> int:
    """How many letters and digits are left when every known word is taken out, longest first."""
    plain = re.sub(r"[^a-z0-9]", "", secret.lower())
    for word in sorted(_KNOWN, key=len, reverse=True):
        plain = plain.replace(word, " ")
    return len(plain.replace(" ", ""))


def _repeats(secret: str) -> bool:
    """Made of one short piece, over and over."""
    return any(secret == (secret[:n] * (len(secret) // n + 1))[: len(secret)] for n in range(1, min(_LONGEST_PATTERN, len(secret) // 2) + 1))


def _counts(secret: str) -> bool:
    """Nearly every character follows the one before it: 0123456789abcdef…"""
    steps = [ord(b) - ord(a) for a, b in pairwise(secret)]
    return sum(step in (1, -1) for step in steps) > 0.8 * len(steps)
