"""True sentences of every base and what was made of them, drawn evenly by language, base and kind: labels by construction, not by the checker."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from random import Random

from pydantic import BaseModel

from basics.words import LANGS, Lang
from evals.mutants.facts import Fact, Half, facts
from evals.mutants.figures import other_figures
from evals.mutants.rewordings import said_otherwise
from evals.mutants.swaps import other_senses, with_more

KINDS = ("number", "unit", "date", "percent", "negation", "condition", "bound", "cabin", "yes/no", "look-alike", "subject", "added")
TRUE_KINDS = ("true", "reworded", "reworded afresh")
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*|[一二三四五六七八九十百千万两]+(?=[个日天年月元小周倍人次件])")
_ALIKE = {"en": 0.4, "zh": 0.3}  # of the words (or pairs of characters) of two sentences, figures left out


class Trial(BaseModel, frozen=True):
    """A sentence to be judged against a source that carries `true`: false by `rule`, or (`kind` true or reworded) as true as it."""

    base: str
    doc: str
    lang: Lang
    half: Half
    kind: str
    rule: str
    source: str
    true: str
    text: str
    reworded: tuple[str, ...] = ()

    @property
    def is_false(self) -> bool:
        """True where the sentence has to be refused."""
        return self.kind not in TRUE_KINDS


def drawn(count: int, seed: int = 0, half: Half | None = None) -> list[Trial]:
    """So many falsified sentences, half of them Chinese, with the originals of each, as they are and reworded."""
    known = [fact for fact in facts() if half is None or fact.half == half]
    out: list[Trial] = []
    for lang in LANGS:
        random = Random(f"{lang}-{seed}")  # noqa: S311 - a draw that can be repeated
        mine = [fact for fact in known if fact.lang == lang]
        false = _evenly(_all_false(mine, random), count // len(LANGS), random)
        out += _half_reworded(false, random)
        out += _originals(mine, false, random)
    return out


def _half_reworded(false: list[Trial], random: Random) -> Iterator[Trial]:
    """Every second one said in other words as well: the lie is then no longer the only difference."""
    for at, trial in enumerate(false):
        other = said_otherwise(trial.text, trial.lang, random) if at % 2 else None
        if other is None or bare(other[0]) == bare(trial.true):
            yield trial
        else:
            yield trial.model_copy(update={"text": other[0], "reworded": other[1]})


def _all_false(mine: list[Fact], random: Random) -> Iterator[Trial]:
    for fact in mine:
        said = {bare(s) for s in re.split(r"(?<=[.。!；;\n])", fact.source)} | {bare(fact.sentence)}
        wrong = (other_figures(fact.sentence, fact.lang), other_senses(fact.sentence, fact.lang), with_more(fact.sentence, fact.source, fact.lang))
        for kind, rule, text in chain.from_iterable(wrong):
            if bare(text) not in said and bare(text) not in bare(fact.source) and len(bare(text)) > 5:
                yield _trial(fact, kind, rule, text)
    yield from _look_alikes(mine, random)


def _look_alikes(mine: list[Fact], random: Random) -> Iterator[Trial]:
    """A sentence of another document that says it almost word for word but with other figures."""
    by_base: dict[str, list[tuple[Fact, frozenset[str]]]] = defaultdict(list)
    for fact in mine:
        if _FIGURE.search(fact.sentence):
            by_base[fact.base].append((fact, _words(fact)))
    for group in by_base.values():
        few = random.sample(group, min(len(group), 700))
        for fact, words in few:
            mates = ((other, held) for other, held in few if other.doc.split("/")[-1] != fact.doc.split("/")[-1])
            near = [(len(words & held) / max(1, len(words | held)), other) for other, held in mates]
            share, mate = max(near, key=lambda pair: pair[0], default=(0.0, fact))
            figures = set(_FIGURE.findall(mate.sentence)) - set(_FIGURE.findall(fact.source))
            if share >= _ALIKE[fact.lang] and figures and bare(mate.sentence) not in bare(fact.source):
                yield _trial(fact, "look-alike", "look-alike", mate.sentence)


def _words(fact: Fact) -> frozenset[str]:
    text = _FIGURE.sub("", fact.sentence.lower())
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) if fact.lang == "zh" else frozenset(re.findall(r"[a-z]+", text))


def _evenly(trials: Iterable[Trial], count: int, random: Random) -> list[Trial]:
    """From every base and kind in turn; within them from every rule in turn, each time another sentence where there is one."""
    heaps: dict[tuple[str, str], dict[str, list[Trial]]] = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        heaps[trial.base, trial.kind][trial.rule].append(trial)
    rows: list[list[Trial]] = []
    for rules in heaps.values():
        for heap in rules.values():
            random.shuffle(heap)
        names = sorted(rules)
        random.shuffle(names)
        rows.append([t for layer in zip_longest(*(rules[name] for name in names)) for t in layer if t is not None])
    return [t for layer in zip_longest(*rows) for t in layer if t is not None][:count]


def _originals(mine: list[Fact], false: list[Trial], random: Random) -> Iterator[Trial]:
    """Every sentence that was falsified, once as it is and once in other words."""
    used = {(t.base, t.doc, t.true) for t in false}
    seen: set[tuple[str, str, str]] = set()
    for fact in mine:
        at = (fact.base, fact.doc, fact.sentence)
        if at not in used or at in seen:
            continue
        seen.add(at)
        yield _trial(fact, "true", "true", fact.sentence)
        for kind in TRUE_KINDS[1 : 3 if fact.half == "untouched" else 2]:
            if (other := said_otherwise(fact.sentence, fact.lang, random, afresh=kind.endswith("afresh"))) is not None:
                yield _trial(fact, kind, " + ".join(other[1]), other[0]).model_copy(update={"reworded": other[1]})


def _trial(fact: Fact, kind: str, rule: str, text: str) -> Trial:
    named = {"base": fact.base, "doc": fact.doc, "lang": fact.lang, "half": fact.half, "source": fact.source, "true": fact.sentence}
    return Trial.model_validate({**named, "kind": kind, "rule": rule, "text": text})


def bare(text: str) -> str:
    """The letters, figures and signs of a text that a change of sense could lie in."""
    return re.sub(r"[^\w%$£€+<>=]+", "", text).lower()
