"""Who the host page says is asking: a signed token held against the keys we know. Pure: token, keys and moment in; claims, or a refusal, out."""

import json
from datetime import UTC, datetime
from typing import Any, Literal

import jwt
from jwt.algorithms import get_default_algorithms
from pydantic import AwareDatetime, BaseModel, SecretStr

from basics.secret import why_weak
from basics.words import Words
from bot.refusals import IdentityRefused

Alg = Literal["HS256", "RS256", "ES256"]
MOST_BYTES = 8_000
LONGEST_MINUTES = 15
_EARLY = 60  # seconds that the host page's clock may be ahead of ours
_LATE = 30  # seconds that a token is taken after its end
_MOST_TAGS, _LONGEST_NAME = 32, 64
_UNREADABLE = Words(en="it is not a signed token that can be read", zh="令牌无法识别")


class HostKey(BaseModel, frozen=True):
    """A key that a host page signs with; its algorithm is fixed here, whatever a token says. The one secret of CONCIERGE_HOST_KEY has no `kid`."""

    kid: str | None = None
    alg: Alg = "HS256"
    key: SecretStr
    audience: str
    may_set_tags: bool = False
    not_after: AwareDatetime | None = None

    @property
    def called(self) -> str:
        """What to call it in a sentence."""
        return "CONCIERGE_HOST_KEY" if self.kid is None else repr(self.kid)


class Identity(BaseModel, frozen=True):
    """What a trusted token says: who is asking, and (only from a key that may set them) the names of their tags."""

    key: HostKey
    sub: str
    issued_at: AwareDatetime
    ends_at: AwareDatetime
    tags: tuple[str, ...] = ()
    tags_ignored: bool = False


def verify(token: str, keys: tuple[HostKey, ...], now: datetime) -> Identity:
    """What the token says, if everything about it holds at `now`; IdentityRefused says what does not."""
    key = _key_of(token, keys)
    if key.not_after is not None and now >= key.not_after:
        until = f"{key.not_after.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        raise _no(f"the key {key.called} was accepted until {until} only", f"密钥 {key.called} 已于 {until} 失效")
    claims = _signed_claims(token, key)
    sub = _sub(claims)
    _check_audience(claims, key)
    issued, ends = _check_moments(claims, now.timestamp())
    tags = _tags(claims) if key.may_set_tags else ()
    moments = {"issued_at": datetime.fromtimestamp(issued, UTC), "ends_at": datetime.fromtimestamp(ends, UTC)}
    return Identity(key=key, sub=sub, tags=tags, tags_ignored="tags" in claims and not key.may_set_tags, **moments)


def sign(sub: str, key: str, alg: Alg, audience: str, now: datetime, minutes: float, kid: str | None = None, tags: tuple[str, ...] = ()) -> str:
    """A token as a host page makes it; `key` is the secret, or the private key in PEM."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {"sub": sub, "aud": audience, "iat": issued, "exp": issued + int(minutes * 60)}
    return jwt.encode(claims | ({"tags": list(tags)} if tags else {}), key, algorithm=alg, headers={"kid": kid} if kid else None)


def signing_alg(key: str) -> Alg:
    """What a key signs with: a PEM private key by its kind (RSA, P-256), anything else is a secret. ValueError says what is wrong with it."""
    if "-----BEGIN" not in key:
        if weak := why_weak(key):
            raise ValueError(weak.en)
        return "HS256"
    if "PRIVATE KEY" not in key:
        raise ValueError("it is not a private key; only a private key can sign")
    kinds: tuple[Alg, ...] = ("RS256", "ES256")
    for alg in kinds:
        if _pem(alg, key) is not None:
            return alg
    raise ValueError("it is no RSA or P-256 private key without a passphrase, in PEM")


def why_unusable(alg: Alg, key: str) -> Words | None:
    """Why this cannot be the key of a host page, never quoting it; None when it can."""
    if alg == "HS256":
        if "-----BEGIN" in key:
            return Words(en="it is a PEM key, but HS256 needs a secret that both sides know", zh="这是 PEM 密钥，而 HS256 需要双方共享的密钥")
        return why_weak(key)
    if "PRIVATE KEY" in key:
        return Words(
            en="it is a private key: only the public one belongs here; make a new pair, for this one has been shown",
            zh="这是私钥，此处只应填写公钥；该私钥已经暴露，请重新生成密钥对",
        )
    kind = "an RSA" if alg == "RS256" else "a P-256"
    found = _pem(alg, key)
    if found is None:
        return Words(en=f"it is not {kind} public key in PEM, as {alg} needs it", zh=f"这不是 {alg} 所需的 PEM 公钥")
    if alg == "RS256" and found.key_size < 2048:
        return Words(en="an RSA key needs at least 2048 bits", zh="RSA 密钥至少需要 2048 位")
    return None


def _pem(alg: str, key: str) -> Any:
    try:
        return get_default_algorithms()[alg].prepare_key(key)
    except Exception:  # whatever the library calls it (wrong kind, wrong curve, passphrase, no PEM at all): it is no such key
        return None


def _key_of(token: str, keys: tuple[HostKey, ...]) -> HostKey:
    """The key that the token names, if the token is signed by the one algorithm of that key."""
    if len(token) > MOST_BYTES:
        raise _no(f"it is larger than {MOST_BYTES:,} bytes", f"令牌超过 {MOST_BYTES:,} 字节")
    if not token.isascii():
        raise IdentityRefused(_UNREADABLE)
    if not keys:
        raise _no("this server knows no host key", "服务器未配置验证密钥")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise IdentityRefused(_UNREADABLE) from None
    key, alg = _named(header.get("kid"), keys), header.get("alg")
    if not isinstance(alg, str) or alg.lower() in ("", "none"):
        raise _no("it is not signed", "令牌没有签名")
    if alg != key.alg:
        raise _no(
            f"its header says {_shown(alg)}, but the key {key.called} is for {key.alg} only",
            f"令牌声明 {_shown(alg)}，而密钥 {key.called} 仅用于 {key.alg}",
        )
    return key


def _named(kid: str | None, keys: tuple[HostKey, ...]) -> HostKey:
    if len(keys) == 1 and (kid is None or keys[0].kid is None):
        return keys[0]
    if kid is None:
        raise _no("it does not name its key (kid), and there are several", "令牌未注明密钥（kid），而密钥不止一个")
    named = next((key for key in keys if key.kid == kid), None)
    if named is None:
        raise _no(f"no key here is called {_shown(kid)}", f"没有名为 {_shown(kid)} 的密钥")
    return named


def _signed_claims(token: str, key: HostKey) -> dict[str, Any]:
    try:
        payload = jwt.PyJWS(algorithms=[key.alg]).decode(token, key.key.get_secret_value(), algorithms=[key.alg])
        claims = json.loads(payload)
    except jwt.InvalidSignatureError:
        raise _no(f"it was not signed with the key {key.called}", f"签名与密钥 {key.called} 不符") from None
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise IdentityRefused(_UNREADABLE) from None
    if not isinstance(claims, dict):
        raise IdentityRefused(_UNREADABLE)
    for name in ("sub", "aud", "iat", "exp"):
        if claims.get(name) is None:
            raise _no(f"it lacks {name}", f"缺少 {name}")
    return claims


def _sub(claims: dict[str, Any]) -> str:
    sub = claims["sub"]
    if not isinstance(sub, str) or not sub.strip() or len(sub) > 200 or not sub.isprintable():
        raise _no("its sub is not a traveller's id, a text of at most 200 characters", "sub 应为不超过 200 个字符的旅客编号")
    return sub


def _check_audience(claims: dict[str, Any], key: HostKey) -> None:
    said = claims["aud"]
    if key.audience not in (said if isinstance(said, list) else [said]):
        raise _no(f"it is not meant for {key.audience!r} (aud)", f"令牌的受众（aud）不是 {key.audience!r}")


def _check_moments(claims: dict[str, Any], now: float) -> tuple[float, float]:
    """`iat` and `exp` in seconds since 1970, if they and `nbf` allow this moment."""
    for name in ("iat", "exp", "nbf"):
        said = claims.get(name, 0)
        # The bounds refuse NaN and infinities, too, which JSON as Python reads it may hold.
        if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < 1e11:
            raise _no(f"its {name} is not a moment in seconds since 1970", f"{name} 应为 1970 年以来的秒数")
    issued, ends = float(claims["iat"]), float(claims["exp"])
    if issued > now + _EARLY:
        raise _no("it was signed in the future (iat); check the host page's clock", "签发时间（iat）在未来，请检查网站服务器时钟")
    if float(claims.get("nbf", 0)) > now + _EARLY:
        raise _no("it does not hold yet (nbf)", "令牌尚未生效（nbf）")
    if now > ends + _LATE:
        raise _no("it has expired", "令牌已过期")
    if ends <= issued:
        raise _no("it ends before it begins", "令牌的结束时间早于签发时间")
    longest = LONGEST_MINUTES * 60
    if ends - issued > longest or ends - now > longest:
        raise _no(f"it is valid for more than {LONGEST_MINUTES} minutes", f"令牌有效期超过 {LONGEST_MINUTES} 分钟")
    return issued, ends


def _tags(claims: dict[str, Any]) -> tuple[str, ...]:
    said = claims.get("tags", [])
    named = isinstance(said, list) and len(said) <= _MOST_TAGS and all(isinstance(t, str) and _is_name(t) for t in said)
    if not named:
        raise _no(f"its tags are not a list of at most {_MOST_TAGS} names", f"tags 应为不超过 {_MOST_TAGS} 个标签名的列表")
    return tuple(dict.fromkeys(said))


def _is_name(tag: str) -> bool:
    return 0 < len(tag) <= _LONGEST_NAME and tag.isascii() and tag.replace("_", "").replace("-", "").isalnum()


def _shown(said: str) -> str:
    """What a stranger wrote, cut short and on one line."""
    return ascii(said if len(said) <= 40 else said[:40] + "...")


def _no(en: str, zh: str) -> IdentityRefused:
    return IdentityRefused(Words(en=en, zh=zh))
