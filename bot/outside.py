"""What is no question to us: its kind, so that the reply fits, and how near a message comes to messages that are none (bot/outside_examples.txt)."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from basics.ids import fingerprint
from knowledge.embedder import Embedder, Vectors
from knowledge.facts import facts_in
from knowledge.script import simplified

KINDS_FILE = Path(__file__).with_name("outside.yaml")
EXAMPLES_FILE = Path(__file__).with_name("outside_examples.txt")
VECTORS_FILE = Path(__file__).with_name("outside.npz")

# "My Air China flight connects to yours": such a question is ours as well.
_BETWEEN = re.compile(
    r"\b(you|your|yours|we|our|codeshare|code-?share|partner|operated|connect\w*|transfer\w*|onward|same (booking|ticket)|interline)\b"
    r"|你们|您们|贵公司|贵司|联程|转机|中转|代码共享|衔接|同一订单|实际承运|合作|前序|后续",
    re.I,
)

# The weather itself is asked for, not what it does to a flight: no article answers that, however near one comes.
_FORECAST = re.compile(
    r"\b(what|what's|whats|what is|what will|how|how's|how is|how will)\b[^?!.]{0,12}\bweather\b|\bweather (forecast|report)\b|^\W*weather\b.{0,30}$"
    r"|天气(怎么?样|如何|好不好|好吗|预报)|(气温|温度)(是|有)?(多少|几|怎么?样)|(什么|怎样的|啥)天气[？?。！!]*$",
    re.I,
)
_TO_A_FLIGHT = re.compile(
    r"\b(flights?|fly|flies|flying|cancel\w*|delay\w*|refund\w*|rebook\w*|divert\w*|disrupt\w*|depart\w*|rules?|polic\w+|compensat\w*|tickets?|bookings?)\b"
    r"|航班|飞[机行往到]|起飞|停飞|取消|延误|退票|改签|赔|补偿|备降|机票|规定|影响",
    re.I,
)


def outside_kind(text: str) -> str | None:
    """The kind of thing that is asked where it is plainly no airline's or shop's: weather, joke, airline, homework, ...; None for anything else."""
    plain = simplified(text).replace("’", "'")
    return next((kind for kind, pattern in _kinds().items() if pattern.search(plain)), None)


def is_about_another_airline(text: str, known: Sequence[str] = ()) -> bool:
    """True if a question is about an airline that is not ours and nothing between it and us; `known` are texts that may name it all the same."""
    plain = simplified(text)
    named = _kinds()["airline"].search(plain)
    return named is not None and not _BETWEEN.search(plain) and not any(named.group().lower() in one.lower() for one in known)


def asks_for_the_weather(text: str) -> bool:
    """True if the weather itself is asked for, and nothing that it does to a flight."""
    plain = simplified(text).replace("’", "'")
    return bool(_FORECAST.search(plain)) and not _TO_A_FLIGHT.search(plain)


def examples() -> tuple[str, ...]:
    """Messages that are none for us, one a line of the file."""
    lines = EXAMPLES_FILE.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def shipped_examples(embedder: str) -> NDArray[np.float32] | None:
    """The examples' vectors of the embedder with this fingerprint as they are shipped, or None: no score by meaning is fitted for another one."""
    if not VECTORS_FILE.exists():
        return None
    with np.load(VECTORS_FILE, allow_pickle=False) as kept:
        if str(kept["embedder"]) != embedder or str(kept["examples"]) != _named(examples()):
            return None
        return np.asarray(kept["vectors"], dtype=np.float32)


def ship_examples(embedder: Embedder) -> None:
    """Embed the examples and write what is shipped."""
    vectors = np.asarray(embedder.questions(examples()), dtype=np.float16)
    np.savez_compressed(VECTORS_FILE, embedder=embedder.fingerprint, examples=_named(examples()), vectors=vectors)


def nearness(vector: Vectors, vectors: NDArray[np.float32]) -> tuple[float, float]:
    """Cosine of a message with the nearest example, and with the five nearest on average."""
    best = np.sort(vectors @ vector)[::-1]
    return float(best[0]), float(best[:5].mean())


def _named(lines: Sequence[str]) -> str:
    return fingerprint("\n".join(lines))


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    raw: dict[str, dict[str, list[str]]] = facts_in(KINDS_FILE)
    return {kind: re.compile("|".join(f"(?:{p})" for langs in by_lang.values() for p in langs), re.I) for kind, by_lang in raw.items()}
