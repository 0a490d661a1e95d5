"""Four Chinese laws (civil aviation, tourism, consumer protection, travel disputes): questions by the shape of a sentence."""

import re
from random import Random

from evals.builders.built import Built, Candidate, rows_of, sentences_of, without_some
from evals.docs import Doc

NAME = "laws"
_LEANS = re.compile(r"前款|前条|前两款|本条|本节|本章|本款|下列|上述|第[一二三四五六七八九十百零]+[条款项]|[：:]")
_NUMBER = re.compile(r"^（[一二三四五六七八九十]+）")
_DEFINES = re.compile(r"^(?:本法所称|本规定所称的?)?“?([^，。“”（）]{2,16}?)”?，?是指.{8,}")
_IF = re.compile(r"^(?!(?:但是|其他|有))([^；。]{8,60}?)的，(?:[^，]*?)(?:应当|可以|由|有权|承担|不承担|处以?|依照|给予|责令|人民法院).{4,}")
_BREAKS = re.compile(r"违反(?:本法|本规定)?[^，]{0,12}规定，")
_SUBJECT = r"^([^，；。、]{2,16}?)"
_MAY_NOT = re.compile(_SUBJECT + r"不得([^，；。]{4,40})[，；。]")
_ENTITLED = re.compile(_SUBJECT + r"有权([^，；。]{4,40})[，；。]")
_MUST = re.compile(_SUBJECT + r"应当([^，；。]{5,40})[，；。]")
_PENALTY = re.compile("罚款|警告|吊销|没收|处罚|刑事责任")
_ENDS_BADLY = re.compile("[的时内前后并]$|^[的在以其该按]|^依|^根据")  # of a subject or of what it does: a piece that does not stand alone


def build(seed: int = 0) -> Built:
    """The laws with a part of their articles removed."""
    random = Random(f"{NAME}-{seed}")  # noqa: S311 - a draw that can be repeated
    docs = [Doc(id=row["id"], title=row["title"], text=row["text"], lang="zh") for row in rows_of("cn_laws.jsonl")]
    made = (_question(str(doc.id), sentence, random) for doc in docs for sentence in sentences_of(doc.text))
    return without_some(NAME, "zh", docs, [one for one in made if one], random)


def _question(doc: str, sentence: str, random: Random) -> Candidate | None:
    """What one would ask whose answer this sentence is; None where no natural question follows from its shape."""

    def asked(rule: str, *forms: str) -> Candidate:
        return Candidate(doc=doc, sentence=sentence, question=random.choice(forms), rule=rule)

    sentence = _NUMBER.sub("", sentence)
    if not 12 <= len(sentence) <= 220 or sentence.endswith(("：", ":")):
        return None
    if (found := _DEFINES.match(sentence)) and not _LEANS.search(found[1]):
        return asked("definition", f"什么是{found[1]}？", f"{found[1]}是什么意思？", f"{found[1]}指的是什么？")
    if _LEANS.search(sentence) or sentence.startswith(("但是", "（", "其", "该")):
        return None
    if found := _IF.match(sentence):
        what = _BREAKS.sub("", found[1]).strip("，").removeprefix("但")
        if len(what) < 8 or what.endswith(("行为", "情形")):
            return None
        if _PENALTY.search(sentence):
            return asked("penalty", f"{what}会受到什么处罚？", f"{what}，会怎么处罚？")
        return asked("condition", f"{what}怎么办？", f"如果{what}，该怎么处理？", f"{what}，法律是怎么规定的？")
    for shape, rule, forms in (
        (_MAY_NOT, "prohibition", ("{0}可以{1}吗？", "{0}能不能{1}？")),
        (_ENTITLED, "right", ("{0}有权{1}吗？", "{0}有没有权利{1}？")),
        (_MUST, "duty", ("{0}必须{1}吗？", "{0}是不是一定要{1}？")),
    ):
        if (found := shape.match(sentence)) and not _ENDS_BADLY.search(found[1]) and not _ENDS_BADLY.search(found[2]):
            return asked(rule, *(form.format(found[1], found[2]) for form in forms))
    return None
