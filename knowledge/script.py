"""Traditional characters as simplified ones, so that a question from Taipei finds an article from Shanghai; only for searching, never shown."""

import re
from functools import cache

import opencc

_HAN = re.compile(r"[\u3400-\u9fff]")


def simplified(text: str) -> str:
    """The text with simplified characters; of the same length or nearly so, and unchanged where no Chinese stands in it."""
    return str(_converter().convert(text)) if _HAN.search(text) else text


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
