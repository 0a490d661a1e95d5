"""Where a sentence ends, in English and in Chinese, as offsets into the text."""

import re

_END = re.compile(r"[。！？!?；]+[”’」』）)\"]*|[.]+[”’\")]*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|no|nos|art|mr|mrs|ms|dr|vs|approx|incl|min|max|st|inc|ltd|co|p|pp|cf|fig|u\.s|a\.m|p\.m|[A-Za-z]))$", re.I
)

Span = tuple[int, int]


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The (start, end) of each sentence of text[start:end], white space around them left out."""
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin = start
    for stop in _END.finditer(text, start, end):
        if stop.group().startswith(".") and _goes_on(text, begin, stop.start(), stop.end(), end):
            continue
        _add(spans, text, begin, stop.end())
        begin = stop.end()
    _add(spans, text, begin, end)
    return spans


def _goes_on(text: str, begin: int, dot: int, after: int, end: int) -> bool:
    if _ABBREVIATION.search(text[begin:dot]):
        return True
    following = text[after:end].lstrip()
    return bool(following) and following[0].islower()


def _add(spans: list[Span], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        spans.append((begin, end))
