"""The terms of a text that lexical search compares: stems of English words, pairs of Chinese characters, numbers as they are."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from basics.words import Lang
from knowledge.script import simplified

_HAN = r"\u3400-\u9fff"
_PIECE = re.compile(rf"[{_HAN}]+|[a-z0-9]+(?:['.\-][a-z0-9]+)*")
_JOINED = re.compile(r"[a-z]+(?:-[a-z]+)+")
# Two words that mean neither of them: "check out" is not "check in", though "in" and "out" tell nothing by themselves.
_PHRASAL = re.compile(r"\b(check|log|sign|carry|drop|pick|opt|take|stop|hand|turn)(?:s|ed|ing|ped|ping)?[ -](in|out|on|off|up|over|away)\b")
_STEMMER = snowballstemmer.stemmer("english")
STOP_EN = frozenset(
    """a an and are as at be been but by can could did do does doing for from get got had has have having he her his how i i'd i'll i'm i've if
    in into is it it's its just me my no not of on or our out please she should so than that the their them then there these they this those
    to too us was we were what what's when where which while who whom why will with would you your yours am any about also tell know want need
    like may might must let much many hi hello hey okay ok thanks thank really still after before during over under up down off again""".split()  # noqa: SIM905 - a list to read
)
_STOP_ZH = re.compile(
    "请问一下|请问|我想知道|想问一下|想问|我想|我要|我的|我们|你们|您们|你好|您好|怎么办|怎么样|怎么|怎样|如何|什么时候|什么|多少|哪些|哪里|哪儿|是不是|能不能|可不可以|可以|能否|是否|"
    "有没有|需要|应该|一下|这个|那个|这样|那么|因为|所以|如果|但是|而且|以及|还是|还能|的话|吗|呢|吧|啊|呀|了|的|我|你|您|和|与|及|或|在|是|有|也|都|就|要|会|能|把|被|给|到|从|对|为|想|让|请|个"
)


def script_of(text: str) -> Lang:
    """The language a text is written in, by its script: Chinese as soon as Han characters carry a fair share of it."""
    han = len(re.findall(rf"[{_HAN}]", text))
    words = len(re.findall(r"[A-Za-z]+", text))
    return "zh" if han and han * 2 >= words else "en"


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one lower-case English word: `bags` -> `bag`, `changing` -> `chang`."""
    return str(_STEMMER.stemWord(word))


def stops() -> frozenset[str]:
    """The English words that no search compares."""
    return STOP_EN


def is_pair(term: str) -> bool:
    """True for a pair of Chinese characters."""
    return len(term) == 2 and not term.isascii()


def runs_of_han(text: str) -> Iterator[tuple[int, int]]:
    """Where Chinese stands in a text between the words that no search compares: first character and the one after the last."""
    for piece in re.finditer(rf"[{_HAN}]+", text):
        at = piece.start()
        for stop in _STOP_ZH.finditer(text, *piece.span()):
            yield at, stop.start()
            at = stop.end()
        yield at, piece.end()


@lru_cache(maxsize=50_000)
def terms_of(text: str) -> tuple[str, ...]:
    """Every term of `text`, stop words left out, in order, repeated as often as they stand."""
    out: list[str] = []
    for piece in _PIECE.findall(_PHRASAL.sub(r"\1 \1\2", simplified(unicodedata.normalize("NFKC", text)).lower())):
        if re.match(rf"[{_HAN}]", piece):
            for run in _STOP_ZH.split(piece):
                out += [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
        elif _JOINED.fullmatch(piece):
            out.append(stem(piece.replace("-", "")))  # "wi-fi" is wifi, "e-mail" email
        elif piece not in STOP_EN:
            out.append(stem(piece))
    return tuple(out)
