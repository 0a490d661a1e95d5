"""Is a pair of characters a Chinese word by itself? The words of two characters that are written often, each with about how often."""

from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("chinese.txt")
_OF = 60_000_000  # words of the texts that were counted


def share_of(pair: str) -> float:
    """How large a part of all words this one is at least; 0 for what is no common word."""
    return _words().get(pair, 0.0)


@cache
def _words() -> dict[str, float]:
    """33,000 words, about 4 MB, read once in some 20 ms."""
    out: dict[str, float] = {}
    share = 0.0
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            share = int(line[1:]) / _OF
        elif not line.startswith("#"):
            out.update((line[0] + c, share) for c in line[1:])
    return out
