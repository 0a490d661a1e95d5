"""Ids and tokens: unguessable, short enough to read out of a log."""

import hashlib
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to mix up


def new_id(kind: str) -> str:
    """A fresh id such as `turn_8k3v…`: the kind, then 100 random bits."""
    return f"{kind}_" + "".join(secrets.choice(_ALPHABET) for _ in range(20))


def new_token() -> str:
    """A secret of 256 bits for a header; only its `fingerprint` is ever stored."""
    return secrets.token_urlsafe(32)


def fingerprint(text: str) -> str:
    """SHA-256 of `text` as hex: what is stored of a token, and the identity of a piece of content."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
