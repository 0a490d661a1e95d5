"""A secret that can be guessed signs nothing."""

import secrets

import pytest

from basics.secret import why_weak


@pytest.mark.parametrize(
    "secret",
    [
        "change-me", "secret", "CHANGE_ME", "password", "changeme" * 5, "secret" * 8, "please-change-me-in-production-0001",
        "your-256-bit-secret", "a-string-secret-at-least-256-bits-long", "your-super-secret-jwt-token-with-at-least-32-characters-long",
        "this is not a very long secret, please change it",
    ],
)  # fmt: skip
def test_a_well_known_value_is_refused(secret: str) -> None:
    """Short or long: what stands in manuals is known to everybody."""
    why = why_weak(secret)
    assert why is not None and "well-known" in why.en and secret not in why.en


@pytest.mark.parametrize("secret", ["x" * 64, "ab" * 40, "k3Yw9" * 8, "0123456789abcdef" * 3, "abcdefghijklmnopqrstuvwxyz0123456789"])
def test_repetition_is_refused(secret: str) -> None:
    """Long, but easily guessed."""
    why = why_weak(secret)
    assert why is not None and "openssl rand" in why.en


def test_a_short_one_is_refused() -> None:
    """31 bytes are too few, however they were made; characters count as the bytes they are."""
    assert "32 bytes" in (why_weak("k9#Tq2vLz7!mWx4Rp8sYd1FgHj3Nb6C") or why_weak("x")).en  # type: ignore[union-attr]
    assert why_weak("这个密钥由十一个汉字组成吗") is None


def test_random_ones_pass() -> None:
    """Nothing that was made at random is mistaken for a known value."""
    for _ in range(2_000):
        for made in (secrets.token_urlsafe(32), secrets.token_hex(32), secrets.token_urlsafe(24)):
            assert why_weak(made) is None, made
    assert why_weak("the host page and the house know this, nobody else does") is None
