"""Chinese written in Latin letters (`tui piao shou xu fei duo shao`): told from English by its syllables, so that the reply is in Chinese."""

import re

_INITIAL = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
_FINAL = "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|ve|a|e|i|o|u|v)"
_WORD = re.compile(f"(?:{_INITIAL}{_FINAL}|a|ai|an|ao|e|en|er|ou){{1,3}}")
_TELLING = frozenset(  # syllables that are no English words
    """wo ni ta de le ma ba shi bu zai you mei ke yi neng qing wen xie zen zhe na ge ji duo shao hao jia xing tui piao gai qian hang ban fei dian
    hui dao cong qu lai guo jin zhong hua xian shou xu li yao xiang mian jian ren gong nin men dou hai jiu hen tai chu fa dai tuo yun""".split()  # noqa: SIM905
)
_FEWEST, _SHARE = 3, 0.85  # words, and how many of them are syllables


def is_pinyin(text: str) -> bool:
    """True if a text of three words or more is spelled-out Chinese."""
    words = [w.lower() for w in re.findall(r"[A-Za-zü]+", text)]
    if len(words) < _FEWEST or re.search(r"[\u3400-\u9fff]", text):
        return False
    spelled = [w for w in words if _WORD.fullmatch(w)]
    return len(spelled) >= _SHARE * len(words) and 2 * len([w for w in words if w in _TELLING]) >= len(words)
