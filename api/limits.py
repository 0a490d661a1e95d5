"""How often somebody may write: rates per client address, conversation, traveller and company, counted in this process or together in Redis."""

import asyncio
import logging
import math
import re
import time
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import ConfigurationError

from api.callers import OwnConversation
from basics.errors import ConciergeError, SettingsWrong
from basics.ids import fingerprint
from basics.words import Words
from bot.settings import Settings

log = logging.getLogger("concierge.limits")
_PATIENCE = 0.5  # seconds that Redis gets to answer
_LOOK_AGAIN = 10.0  # seconds until Redis is tried again after it failed


class TooMany(ConciergeError):
    """Written too often; nothing was kept of it, and the same again a little later is welcome."""

    slug = "too-many"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            Words(
                en=f"Too many requests in a short time. This one was not taken in; send it again in {seconds} seconds.",
                zh=f"操作过于频繁，本次内容未被接收，请 {seconds} 秒后重新发送。",
            ),
            retry_after=seconds,
        )


class Limits:
    """The rates of one house. Redis, where it is set, counts for all workers; while it is down each process counts for itself."""

    def __init__(self, settings: Settings) -> None:
        kinds = ("address", "conversation", "traveller", "company", "open", "sign_in")
        self._rates: dict[str, RateLimitItem] = {k: parse(rate) for k in kinds if (rate := getattr(settings, f"rate_{k}"))}
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._redis = _redis(settings) if settings.redis_url else None
        self._together = MovingWindowRateLimiter(self._redis) if self._redis else None
        self._down_until = 0.0  # time.monotonic()
        self._is_down = False
        self.proxies = tuple(ip_network(n, strict=False) for n in re.split(r"[,\s]+", settings.trusted_proxies) if n)

    async def count(self, **whose: str | None) -> None:
        """Count one call for each of these (kind=whose; None is nobody); TooMany at the first that is used up, the rest is not counted then."""
        for kind, who in whose.items():
            rate = self._rates.get(kind)
            if rate is not None and who:
                # A key tells nothing of the address or person it counts for.
                wait = await self._hit(rate, kind, fingerprint(f"{kind}:{who}")[:32])
                if wait is not None:
                    raise TooMany(wait)

    async def redis_answers(self) -> bool | None:
        """Whether Redis answers; None where none is set."""
        if self._together is None:
            return None
        try:
            async with asyncio.timeout(_PATIENCE):
                return bool(await self._together.storage.check())
        except Exception:
            return False

    async def close(self) -> None:
        """Let go of Redis."""
        if self._redis is not None and isinstance(self._redis.bridge, RedispyBridge):
            await self._redis.bridge.storage.aclose()

    async def _hit(self, rate: RateLimitItem, kind: str, key: str) -> int | None:
        """None if there was room, else the seconds until there is."""
        if self._together is not None and time.monotonic() >= self._down_until:
            try:
                async with asyncio.timeout(_PATIENCE):
                    wait = await _hit(self._together, rate, kind, key)
            except Exception as wrong:  # whatever it is, a counter that does not count must not cost a traveller an answer
                self._lost(wrong)
            else:
                self._found()
                return wait
        return await _hit(self._here, rate, kind, key)

    def _lost(self, wrong: Exception) -> None:
        self._down_until = time.monotonic() + _LOOK_AGAIN
        if not self._is_down:
            self._is_down = True
            log.warning("Redis does not answer (%s): until it does, this process counts the rates for itself", type(wrong).__name__)

    def _found(self) -> None:
        if self._is_down:
            self._is_down = False
            log.warning("Redis answers again: the rates are counted together")


def address_of(request: Request) -> str:
    """The client's address: the peer's, or behind a trusted proxy the right-most entry of X-Forwarded-For that is none of ours."""
    limits: Limits = request.app.state.limits
    address = request.client.host if request.client else "unknown"
    if _trusted(address, limits):
        for hop in reversed([h.strip() for line in request.headers.getlist("x-forwarded-for") for h in line.split(",")]):
            if not _is_address(hop):
                break  # whoever wrote this is not to be believed further
            address = hop
            if not _trusted(hop, limits):
                break
    return _network_of(address)


async def count_message(request: Request, conversation: OwnConversation) -> None:
    """Count something said in a conversation."""
    limits: Limits = request.app.state.limits
    who = conversation.caller
    await limits.count(conversation=conversation.id, traveller=who.traveller_id, company=who.company_id, address=address_of(request))


async def count_opening(request: Request) -> None:
    """Count a conversation that is opened."""
    limits: Limits = request.app.state.limits
    await limits.count(open=address_of(request))


async def count_sign_in(request: Request) -> None:
    """Count a try to sign in at the desk."""
    limits: Limits = request.app.state.limits
    await limits.count(sign_in=address_of(request))


SaidNotTooOften = Annotated[None, Depends(count_message)]
OpenedNotTooOften = Annotated[None, Depends(count_opening)]
TriedNotTooOften = Annotated[None, Depends(count_sign_in)]


async def _hit(limiter: MovingWindowRateLimiter, rate: RateLimitItem, kind: str, key: str) -> int | None:
    if await limiter.hit(rate, kind, key):
        return None
    until = (await limiter.get_window_stats(rate, kind, key)).reset_time
    return max(1, math.ceil(until - time.time()))


def _redis(settings: Settings) -> RedisStorage:
    url, prefix = f"async+{settings.redis_url}", f"{settings.redis_prefix}:rate"
    try:
        return RedisStorage(url, implementation="redispy", key_prefix=prefix, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE)
    except (ConfigurationError, ValueError):
        raise SettingsWrong(
            Words(
                en="CONCIERGE_REDIS_URL cannot be used: write it as redis://host:6379/0 and install the extra [redis]. Nothing was started.",
                zh="CONCIERGE_REDIS_URL 无法使用：请写成 redis://host:6379/0，并安装附加组件 [redis]。服务未启动。",
            )
        ) from None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _trusted(address: str, limits: Limits) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in limits.proxies)


def _network_of(address: str) -> str:
    """The address as it is counted: of IPv6 the /64 that one household or host has to itself, mapped IPv4 as IPv4."""
    if not _is_address(address):
        return address
    known = ip_address(address)
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or ip_network((int(known) >> 64 << 64, 64)))
    return str(known)
