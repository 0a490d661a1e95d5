"""Sentences that say the same in other words: contractions, synonyms, numbers written otherwise, clauses the other way round."""

import re
from collections.abc import Callable
from random import Random

from basics.words import Lang
from evals.mutants.numerals import EN, chinese, from_chinese
from evals.mutants.rules import RULES

Say = Callable[[re.Match[str]], str | None]
_NOT_NAMED = r"(?<![\w.,:/$£€(-])(?<!Article )(?<!Articles )(?<!No )(?<!paragraph )(?<!point )(?<!Section )"


def said_otherwise(sentence: str, lang: Lang, random: Random, afresh: bool = False) -> tuple[str, tuple[str, ...]] | None:
    """The sentence under one to three rules that leave its sense alone, with their names; None where none fits. `afresh`: by the rules kept back."""
    rules = RULES["afresh" if afresh else "same"][lang]
    same = [(shape, instead) for shape, instead in rules if re.search(shape, sentence)]
    ways: list[tuple[str, Callable[[str], str]]] = [(f"same {shape}", _replaced(shape, instead)) for shape, instead in same]
    if not afresh:
        ways += [(name, way) for name, way in (_ZH_WAYS if lang == "zh" else _EN_WAYS) if way(sentence) != sentence]
    if not ways:
        return None
    text, used = sentence, []
    for name, way in random.sample(ways, min(len(ways), random.choice((1, 2, 2, 3)))):
        if (said := way(text)) != text:
            text = said
            used.append(name)
    return (text, tuple(used)) if text != sentence else None


def _replaced(shape: str, instead: str) -> Callable[[str], str]:
    def way(text: str) -> str:
        out = re.sub(shape, instead, text, count=1)
        return out[:1].upper() + out[1:]

    return way


def _numbers(shape: str, say: Say) -> Callable[[str], str]:
    return lambda text: re.sub(shape, lambda m: said if (said := say(m)) is not None else m[0], text)


def _turned(text: str) -> str:
    """If X, Y. -> Y if X."""
    found = re.fullmatch(r"(If|When|Where|Unless) ([^,]{8,120}), ([^,;]{12,})\.", text)
    if not found or found[3].split()[0].lower() in ("and", "or", "but", "however") or re.search(r"\b(?:that|if|when)\b", found[3]):
        return text
    return f"{found[3][0].upper()}{found[3][1:]} {found[1].lower()} {found[2]}."


def _days(found: re.Match[str]) -> str | None:
    hours = int(found["n"])
    return f"{hours // 24} days" if hours % 24 == 0 and hours > 24 else None


def _zh_days(found: re.Match[str]) -> str | None:
    hours = int(found["n"])
    return f"{hours // 24}天" if hours % 24 == 0 else None


def _written(found: re.Match[str]) -> str | None:
    value = int(found["n"])
    return chinese(value) if value != 2 and value < 10_000 else None


def _figure(found: re.Match[str]) -> str | None:
    value = from_chinese(found["n"])
    return None if value is None or value == 1 else str(value)


_WORDS = "|".join(EN[2:])
_COUNTED = r"(?= (?:hours|days|weeks|months|years|bags|pieces|people|passengers|times|minutes)\b)"
_EN_WAYS = (
    ("clauses turned", _turned),
    ("figure to word", _numbers(_NOT_NAMED + r"(?P<n>[2-9]|1[0-2])" + _COUNTED, lambda m: EN[int(m["n"])])),
    ("word to figure", _numbers(rf"(?<=[a-z] )(?P<n>{_WORDS}){_COUNTED}", lambda m: str(EN.index(m["n"])))),
    ("hours to days", _numbers(_NOT_NAMED + r"(?P<n>\d+) hours\b", _days)),
)  # fmt: skip
_ZH_COUNTED = "(?<![第十百千万一二三四五六七八九])(?P<n>[一二三四五六七八九十百]{1,5})(?=日内|个月|周岁|倍|小时|天|年内|人以上)"
_ZH_WAYS = (
    ("figure to numeral", _numbers(r"(?<![\d.,:/第-])(?<!第 )(?P<n>\d{1,4}) ?(?=小时|天|日内|个月|周岁|个工作日|人|次)", _written)),
    ("numeral to figure", _numbers(_ZH_COUNTED, _figure)),
    ("hours to days", _numbers(r"(?<![\d.,])(?P<n>\d+) ?小时", _zh_days)),
)  # fmt: skip
