"""A host page's token is believed when everything about it holds, and refused in one plain sentence that says what does not."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from api.host_identity import HostKey, Identity, sign, verify, why_unusable
from bot.refusals import IdentityRefused
from tests.house import NOW

AT = int(NOW.timestamp())
WEB, SHOP = "the web page's secret: nobody else has ever seen it", "the loyalty shop's secret: kept in another safe"


def a_pair(kind: str = "RS256", bits: int = 2048) -> tuple[str, str]:
    """A private and a public key in PEM."""
    made: Any = (
        rsa.generate_private_key(65537, bits) if kind == "RS256" else ec.generate_private_key(ec.SECP256R1() if kind == "ES256" else ec.SECP384R1())
    )
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


RSA_PRIVATE, RSA_PUBLIC = a_pair()
EC_PRIVATE, EC_PUBLIC = a_pair("ES256")
KEYS = (
    HostKey(kid="web", key=WEB, audience="travel-concierge"),
    HostKey(kid="app", alg="RS256", key=RSA_PUBLIC, audience="travel-concierge", may_set_tags=True),
    HostKey(kid="shop", alg="ES256", key=EC_PUBLIC, audience="shop"),
    HostKey(kid="old", key=SHOP, audience="travel-concierge", not_after=NOW + timedelta(minutes=5)),
)  # fmt: skip
HS256 = {"alg": "HS256", "kid": "web"}
ONE = (HostKey(key=WEB, audience="travel-concierge"),)


def a_token(key: str = WEB, alg: str = "HS256", kid: Any = "web", header: dict[str, Any] | None = None, **changes: Any) -> str:
    claims = {"sub": "lin-gold", "aud": "travel-concierge", "iat": AT, "exp": AT + 600} | changes
    headers = ({"kid": kid} if kid is not None else {}) | (header or {})
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm=alg, headers=headers)


def by_hand(header: Any, claims: Any, key: bytes = WEB.encode()) -> str:
    """A token as no library would make it."""
    parts = [base64.urlsafe_b64encode(p if isinstance(p, bytes) else json.dumps(p).encode()).rstrip(b"=") for p in (header, claims)]
    signature = base64.urlsafe_b64encode(hmac.digest(key, b".".join(parts), hashlib.sha256)).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


def why(token: str, keys: tuple[HostKey, ...] = KEYS, late: float = 0) -> str:
    """The sentence it is refused with."""
    with pytest.raises(IdentityRefused) as refused:
        verify(token, keys, NOW + timedelta(seconds=late))
    said = refused.value.said
    assert said.zh != said.en and said.en.startswith("The identity was refused: ") and len(said.en) < 300
    return said.en


def test_each_key_by_its_own_algorithm() -> None:
    """A secret, an RSA pair and an elliptic one, side by side: each opens with its own."""
    for key, alg, kid, aud in (
        (WEB, "HS256", "web", "travel-concierge"),
        (RSA_PRIVATE, "RS256", "app", "travel-concierge"),
        (EC_PRIVATE, "ES256", "shop", "shop"),
    ):
        found = verify(a_token(key, alg, kid, aud=aud), KEYS, NOW)
        assert (found.sub, found.key.kid, found.key.alg) == ("lin-gold", kid, alg)
    assert verify(a_token(aud=["someone", "travel-concierge"]), KEYS, NOW).sub == "lin-gold"


def test_a_rotation_has_two_keys_for_a_while() -> None:
    """Old and new are both believed until the old one's end; after it the sentence says since when."""
    old = a_token(SHOP, kid="old")
    assert verify(old, KEYS, NOW).key.kid == "old" and verify(a_token(), KEYS, NOW).key.kid == "web"
    said = why(old, late=300)
    assert "'old'" in said and "2026-11-22 06:15 UTC" in said


def test_the_key_need_not_be_named_where_there_is_one() -> None:
    """One secret, or one key in the list: a token without kid is its; with several it must say which."""
    plain = a_token(kid=None)
    assert verify(plain, ONE, NOW).sub == "lin-gold" and verify(plain, KEYS[:1], NOW).sub == "lin-gold"
    assert verify(a_token(kid="whatever the library writes"), ONE, NOW).sub == "lin-gold"
    assert "does not name its key" in why(plain)
    for kid in ("gone", "", "WEB", "web "):
        assert "no key here is called" in why(a_token(kid=kid))
        assert "no key here is called" in why(a_token(kid=kid), KEYS[:1])
    assert "knows no host key" in why(plain, ())


def test_a_stranger_s_words_stay_on_one_short_line() -> None:
    """What a token says of itself is repeated cut short, without line breaks or odd characters."""
    said = why(a_token(kid="x\n2026 ERROR all is lost " + "y" * 500))
    assert "\n" not in said and "yyyy" * 20 not in said


def test_the_token_never_chooses_the_algorithm() -> None:
    """No signature, another algorithm, and the public key used as a secret are all refused before anything is computed."""
    for alg in ("none", "None", "NONE", ""):
        assert "not signed" in why(by_hand({"alg": alg, "kid": "web"}, {"sub": "lin-gold"}))
    assert "not signed" in why(by_hand({"kid": "web"}, {}))
    confused = by_hand({"alg": "HS256", "kid": "app"}, {"sub": "x", "aud": "travel-concierge", "iat": AT, "exp": AT + 60}, RSA_PUBLIC.encode())
    assert "its header says 'HS256'" in why(confused) and "RS256 only" in why(confused)
    assert "RS256 only" in why(by_hand({"alg": "HS256"}, {"sub": "x"}, RSA_PUBLIC.encode()), (KEYS[1],))
    assert "HS256 only" in why(a_token(WEB * 2, "HS512"))
    assert "HS256 only" in why(a_token(RSA_PRIVATE, "RS256", "web"))
    assert "ES256 only" in why(a_token(RSA_PRIVATE, "RS256", "shop"))
    for alg in (["HS256"], {"a": 1}, 256, True):
        assert "not signed" in why(by_hand({"alg": alg, "kid": "web"}, {}))


def test_another_key_s_signature_is_refused() -> None:
    """The right kid on the wrong signature, a changed claim, a cut signature."""
    assert "not signed with the key 'web'" in why(a_token(SHOP, kid="web"))
    assert "not signed with the key 'app'" in why(a_token(a_pair()[0], "RS256", "app"))
    header, claims, signature = a_token().split(".")
    other = (
        base64.urlsafe_b64encode(json.dumps({"sub": "zhao-platinum", "aud": "travel-concierge", "iat": AT, "exp": AT + 600}).encode())
        .decode()
        .rstrip("=")
    )
    assert "not signed with" in why(f"{header}.{other}.{signature}")
    assert "not signed with" in why(f"{header}.{claims}.")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no sub": ({"sub": None}, "lacks sub"),
    "no aud": ({"aud": None}, "lacks aud"),
    "no exp": ({"exp": None}, "lacks exp"),
    "no iat": ({"iat": None}, "lacks iat"),
    "only another audience": ({"aud": ["shop"]}, "not meant for 'travel-concierge'"),
    "another audience": ({"aud": "shop"}, "not meant for"),
    "part of the audience": ({"aud": "travel"}, "not meant for"),
    "aud is an object": ({"aud": {"travel-concierge": 1}}, "not meant for"),
    "exp 16 min after iat": ({"exp": AT + 901}, "more than 15 minutes"),
    "exp 16 min after now": ({"iat": AT + 30, "exp": AT + 920}, "more than 15 minutes"),
    "iat long ago, exp soon": ({"iat": AT - 86_400, "exp": AT + 60}, "more than 15 minutes"),
    "iat in the future": ({"iat": AT + 61, "exp": AT + 300}, "in the future (iat)"),
    "nbf in the future": ({"nbf": AT + 61}, "does not hold yet (nbf)"),
    "expired": ({"iat": AT - 600, "exp": AT - 31}, "has expired"),
    "ends before it begins": ({"iat": AT + 50, "exp": AT + 40}, "ends before it begins"),
    "exp is text": ({"exp": str(AT + 60)}, "exp is not a moment"),
    "iat is true": ({"iat": True}, "iat is not a moment"),
    "nbf is a list": ({"nbf": [AT]}, "nbf is not a moment"),
    "exp is huge": ({"exp": 10**400}, "exp is not a moment"),
    "iat below zero": ({"iat": -1}, "iat is not a moment"),
}  # fmt: skip


@pytest.mark.parametrize("how", WRONG)
def test_what_the_claims_must_say(how: str) -> None:
    """Each wrong claim is named."""
    changes, words = WRONG[how]
    claims = {"sub": "lin-gold", "aud": "travel-concierge", "iat": AT, "exp": AT + 600} | changes
    assert words in why(by_hand(HS256, {k: v for k, v in claims.items() if v is not None}))


@pytest.mark.parametrize("sub", [7, True, ["lin-gold"], {"id": "lin-gold"}, "", "   ", "x" * 201, "lin\ngold", "lin\x00gold"])
def test_who_it_is_must_be_a_text(sub: Any) -> None:
    """A number, a list, nothing, control characters: no traveller's id."""
    assert "its sub is not" in why(by_hand(HS256, {"sub": sub, "aud": "travel-concierge", "iat": AT, "exp": AT + 60}))


def test_clocks_may_differ_by_a_minute() -> None:
    """Exactly on the edge it still holds."""
    for changes in ({"iat": AT + 60, "exp": AT + 900}, {"nbf": AT + 60}, {"iat": AT - 600, "exp": AT - 30}, {"exp": AT + 900}):
        assert verify(a_token(**changes), KEYS, NOW).sub == "lin-gold"


def test_a_token_has_a_largest_size() -> None:
    """More than 8,000 bytes are refused unread; just below is read."""
    assert "larger than 8,000 bytes" in why(a_token(more="x" * 8_000))
    assert "larger than 8,000 bytes" in why("x" * 1_000_000)
    assert verify(a_token(more="x" * 5_000), KEYS, NOW).sub == "lin-gold"


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "lin-gold", "a.b", "ä.ö.ü", "\ud800.a.b", "e30.e30.", "bnVsbA.e30.e30", " ", "a" * 8_000,
     by_hand([], {}), by_hand("x", {}), by_hand({"alg": "HS256", "kid": 5}, {}), by_hand(HS256 | {"crit": ["exp"], "exp": 1}, {}),
     by_hand(HS256, []), by_hand(HS256, b"\xff"), by_hand(HS256, b"[" * 3_000),
     by_hand({"alg": "HS256", "kid": "web", "b64": False, "crit": ["b64"]}, {"sub": "x"}), by_hand(b"[" * 3_000, {})],
)  # fmt: skip
def test_what_is_no_token(token: str) -> None:
    """Anything at all is refused, nothing crashes."""
    assert "refused" in why(token)


def test_numbers_that_json_does_not_know() -> None:
    """NaN and infinity are no moments."""
    for number in ("NaN", "Infinity", "-Infinity", "1e400"):
        claims = f'{{"sub": "x", "aud": "travel-concierge", "iat": {AT}, "exp": {number}}}'.encode()
        assert "exp is not a moment" in why(by_hand(HS256, claims))


def test_tags_come_from_keys_that_may_set_them() -> None:
    """From the others they are ignored, even nonsense; from these they are names, once each."""
    found = verify(a_token(RSA_PRIVATE, "RS256", "app", tags=["return_flex", "vip", "return_flex"]), KEYS, NOW)
    assert found.tags == ("return_flex", "vip") and not found.tags_ignored
    ignored = verify(a_token(tags=[{"a": 1}]), KEYS, NOW)
    assert ignored.tags == () and ignored.tags_ignored
    assert verify(a_token(RSA_PRIVATE, "RS256", "app"), KEYS, NOW).tags == ()
    for tags in ("return_flex", [1], [None], ["a b"], [""], ["x" * 65], ["it's"], ["标签"], {"return_flex": True}, [f"t{n}" for n in range(33)]):
        assert "its tags are not" in why(a_token(RSA_PRIVATE, "RS256", "app", tags=tags))


def test_what_can_be_no_key() -> None:
    """Each kind of mistake is named, and the key itself is in no sentence."""
    weak = why_unusable("RS256", a_pair("RS256", 1024)[1])
    said = [
        (why_unusable("HS256", RSA_PUBLIC), "PEM key"),
        (why_unusable("HS256", "short"), "32 bytes"),
        (why_unusable("RS256", RSA_PRIVATE), "private key"),
        (why_unusable("ES256", EC_PRIVATE), "private key"),
        (why_unusable("RS256", EC_PUBLIC), "not an RSA"),
        (why_unusable("ES256", RSA_PUBLIC), "not a P-256"),
        (why_unusable("ES256", a_pair("ES384")[1]), "not a P-256"),
        (why_unusable("RS256", "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----"), "not an RSA"),
        (weak, "2048"),
    ]  # fmt: skip
    for found, words in said:
        assert found is not None and words in found.en and "-----" not in found.en, found
    assert why_unusable("RS256", RSA_PUBLIC) is None and why_unusable("ES256", EC_PUBLIC) is None and why_unusable("HS256", WEB) is None


def test_what_we_sign_we_believe() -> None:
    """The other half, for the command and the demo."""
    token = sign("lin-gold", EC_PRIVATE, "ES256", "shop", NOW, 10, "shop")
    found: Identity = verify(token, KEYS, NOW)
    assert found.ends_at - found.issued_at == timedelta(minutes=10) and found.issued_at == NOW
