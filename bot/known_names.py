"""The names that a session knows, in every form in which they are written: Chinese, pinyin in either order, the given name alone."""

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.personal import Span

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = "A-Za-zÀ-ɏ"
_GAP = r"[\s,/·・.\-]{0,3}"
_DOUBLE = frozenset("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 司徒 夏侯 端木 南宫 独孤".split())  # noqa: SIM905
_SURNAMES = frozenset(
    """wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang han feng deng cao peng zeng
    xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren yao shen zhong tan fan shi liao jia xia fu fang zou xiong bai meng qin qiu
    hou yin xue lei long tao shao wan qian gu mao hao gong ouyang sima shangguan zhuge""".split()  # noqa: SIM905
)
# Given names that are words too: alone they count only with a capital.
_WORDS_TOO = frozenset(
    """will may mark grace hope joy rose bill art sue pat dawn faith june april august summer chase grant miles rich guy lane gene sky star mike page
    can she men long fan song sun pan tan ban gang hang tong rang pin wen min fang ping""".split()  # noqa: SIM905
)


def name_spans(text: str, names: tuple[str, ...]) -> Iterator[Span]:
    """Where a folded text names one of these people; spans may overlap."""
    for pattern in patterns_of(names):
        for m in pattern.finditer(text):
            yield Span(*m.span(), "name")


@lru_cache(maxsize=512)
def patterns_of(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """What finds these names; one blank or of a single letter finds nothing."""
    out: list[re.Pattern[str]] = []
    for name in names:
        out += _chinese(name) if _HAN.search(name) else _latin(name)
    return tuple(out)


def _chinese(name: str) -> list[re.Pattern[str]]:
    parts = ["".join(_HAN.findall(p)) for p in re.split(r"[·・•‧.\s]", name)]
    parts = [p for p in parts if p]
    whole = "".join(parts)
    if len(whole) < 2:
        return []
    forms = [r"[\s·・•‧.]?".join(map(re.escape, parts))] if len(parts) > 1 else [r"\s?".join(whole)]
    surname = 2 if whole[:2] in _DOUBLE and len(whole) > 2 else 1
    given = parts[0] if len(parts) > 1 else whole[surname:]
    if len(given) >= 2:
        forms.append(re.escape(given))
    return [re.compile("|".join(forms))]


def _latin(name: str) -> list[re.Pattern[str]]:
    parts = re.findall(rf"[{_LETTER}']+", name)
    if not parts or len("".join(parts)) < 3:
        return []
    orders = [parts, *([[*parts[1:], parts[0]], [parts[-1], *parts[:-1]]] if len(parts) > 1 else [])]
    whole = "|".join(dict.fromkeys(_GAP.join(map(re.escape, o)) for o in orders))
    out = [re.compile(rf"(?<![{_LETTER}])(?:{whole})(?![{_LETTER}])", re.I)]
    given = _given(parts)
    if len("".join(given)) >= 3:
        alone = _GAP.join(map(re.escape, given))
        if len(given) == 1 and given[0].lower() in _WORDS_TOO:
            word = given[0].lower()
            out.append(re.compile(rf"(?<![{_LETTER}])(?:{word.capitalize()}|{word.upper()})(?![{_LETTER}])"))
        else:
            out.append(re.compile(rf"(?<![{_LETTER}])(?:{alone})(?![{_LETTER}])", re.I))
    return out


def _given(parts: list[str]) -> list[str]:
    """The given name: what is not the surname; a Chinese surname may stand first, any other stands last."""
    if len(parts) == 1:
        return parts
    return parts[1:] if parts[0].lower() in _SURNAMES else parts[:-1]
