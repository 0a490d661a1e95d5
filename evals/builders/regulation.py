"""Regulation (EC) No 261/2004 and its Interpretative Guidelines of 2024: questions by the shape of a sentence, in English."""

import re
from random import Random

from evals.builders.built import Built, Candidate, rows_of, sentences_of, without_some
from evals.docs import Doc

NAME = "regulation"
_NUMBER = re.compile(r"^(?:\d+\.|\([a-z]{1,3}\)|[-–—])\s*")
_FOOTNOTE = re.compile(r"\s*\(\s+\d+\s+\)|(?<=[a-z])\(\d+\)")
_DEFINES = re.compile(r"^[‘'\"“]([^’'\"”]{3,40})[’'\"”] means .{15,}")
_IF = re.compile(
    r"^(?:If|Where|When|In the event of|In case of) ([^,]{15,160}), (?:the |an? |such |that |their |this |passengers|air|operating|it |they )?.{20,}"
)
_DOES = re.compile(
    r"^((?:The |An? |Any |All |Such )?(?:[Oo]perating |[Pp]assengers?|[Aa]ir |[Cc]arriers?|[Cc]ompensation|[Ff]light|[Rr]eimbursement|[Rr]ight)"
    r"[^,.;:()]{0,60}?) (shall|must|should|can|may|is|are|has|have|does|do|will|would)( not)? ([^,;:]{15,160})[,;.]"
)
_LEANS = re.compile(
    r"\b(this|these|those|above|below|such|aforementioned|former|latter|following|see|it|they|their|its|both|article)\b|\b(?:and|or|if|that)$", re.I
)
_ASKING = {"shall": "must", "has": "does", "have": "do"}


def build(seed: int = 0) -> Built:
    """The regulation and its guidelines with a part of their articles and sections removed."""
    random = Random(f"{NAME}-{seed}")  # noqa: S311 - a draw that can be repeated
    rows = [row for file in ("eu_261_2004.jsonl", "eu_261_guidelines_2024.jsonl") for row in rows_of(file)]
    docs = [Doc(id=row["id"], title=row["title"], text=row["text"], lang="en") for row in rows]
    made = (_question(str(doc.id), sentence) for doc in docs for sentence in sentences_of(doc.text))
    return without_some(NAME, "en", docs, [one for one in made if one], random)


def _question(doc: str, sentence: str) -> Candidate | None:
    """What one would ask whose answer this sentence is; None where no natural question follows from its shape."""
    said = _NUMBER.sub("", sentence)
    plain = _FOOTNOTE.sub("", said)
    if (found := _DEFINES.match(plain)) is not None:
        return Candidate(doc=doc, sentence=_certain(said), question=f"What does '{found[1]}' mean?", rule="definition")
    if not 40 <= len(said) <= 700:
        return None
    if (found := _IF.match(plain)) and not _LEANS.search(found[1]):
        opening = plain.split(" ", 1)[0].lower()
        happens = f"What happens {'in' if opening == 'in' else opening if opening != 'where' else 'if'} "
        rest = plain[len(opening) + 1 :].split(",", 1)[0] if opening == "in" else found[1]
        return Candidate(doc=doc, sentence=_certain(said), question=f"{happens}{rest}?", rule="condition")
    if (found := _DOES.match(plain)) and not _LEANS.search(found[1] + " " + found[4]):
        subject, verb, what = found[1][0].lower() + found[1][1:], found[2], found[4]
        if verb in _ASKING and verb != "shall":  # "have to" and "has the right" ask with do
            what = f"have {what}"
        return Candidate(doc=doc, sentence=_certain(said), question=f"{_ASKING.get(verb, verb).capitalize()} {subject} {what}?", rule="provision")
    return None


def _certain(sentence: str) -> str:
    """As much of the sentence as stands between two footnotes: the longest piece, which is there however notes are set."""
    return max((piece.strip() for piece in _FOOTNOTE.split(sentence)), key=len)
