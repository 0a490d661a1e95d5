"""What an eval comes to: every figure of the house and of the bots beside it, for all cases, for each language and for each suite. Pure."""

import os
import platform
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from basics.words import LANGS
from evals.bots import BOTS, HOUSE, MEANING, THRESHOLD, WORDS, Said, group_of, house_said, matched
from evals.case import Case
from evals.curve import Curve, curve_of
from evals.effort import Effort, groups_of
from evals.figure import Better, Figure, measured, share
from evals.fit_confidence import auroc
from evals.pairs import PairCounts
from evals.risk import aurc, ece
from evals.run import Outcome

ALL = "all"


class ModelCounts(BaseModel, frozen=True):
    """What a model did in a run: verdicts given, replies it was asked to word, what became of their sentences; `failed`: calls that failed."""

    name: str
    verdicts: int
    replies: int
    reworded: int
    repeated: int
    refused: int
    quoted: int
    failed: int


class Set(BaseModel, frozen=True):
    """A public set asked of its own documents: how many questions, and the figures."""

    name: str
    questions: int
    figures: tuple[Figure, ...]


class Report(BaseModel, frozen=True):
    """A run of cases, whole."""

    cases: str
    as_of: str
    made_at: str
    embedder: str
    answer_at: float
    machine: str
    seconds: float
    model: ModelCounts | None = None
    figures: tuple[Figure, ...]
    curves: tuple[Curve, ...] = ()
    pairs: PairCounts | None = None
    outcomes: tuple[Outcome, ...]
    public: tuple[Set, ...] = ()


def parts_of(cases: Sequence[Case]) -> tuple[str, ...]:
    """All, each language that was asked, each suite, in the order of the cases."""
    suites = dict.fromkeys(case.suite for case in cases if case.suite)
    return (ALL, *(lang for lang in LANGS if any(case.lang == lang for case in cases)), *suites)


def is_in(case: Case, part: str) -> bool:
    """Whether a case counts for a part."""
    return part in (ALL, case.lang, case.suite)


def figures_of(outcomes: Sequence[Outcome], beside: Sequence[Said] = (), efforts: Sequence[Effort] = ()) -> tuple[Figure, ...]:
    """Every figure: the house's own, the same of each bot beside it, and the effort of the askers."""
    house = [house_said(o) for o in outcomes]
    fixed = [one for one in beside if one.who == THRESHOLD]
    said = (*house, *beside, *matched(fixed, house))
    made: list[Figure] = []
    ends = {who: {e.case.id: e.needless for e in efforts if e.who == who} for who in {e.who for e in efforts}}
    for part in parts_of([o.case for o in outcomes]):
        made += _own(part, [o for o in outcomes if is_in(o.case, part)])
        for who in BOTS:
            made += _of_bot(who, part, [one for one in said if one.who == who and is_in(one.case, part)], ends.get(who, {}))
        for who in dict.fromkeys(effort.who for effort in efforts):
            made += _of_effort(who, part, [e for e in efforts if e.who == who and e.case.answerable and is_in(e.case, part)])
    return tuple(made)


def _of_bot(who: str, part: str, of: Sequence[Said], ends: Mapping[str, bool]) -> list[Figure]:
    """The figures that every bot has; who was handed over needlessly is told by how the conversation ended (`ends`), where one was had."""
    could = [one for one in of if one.case.answerable]
    made = []
    if answering := [one for one in of if one.sent is not None]:
        made += [
            share(who, part, "right answer sent", "more", _rows(could, lambda s: bool(s.sent and s.right))),
            share(who, part, "sent wrong", "less", _rows([s for s in answering if s.sent], lambda s: not s.right)),
            share(who, part, "answered without an answer", "less", _rows([s for s in of if not s.case.answerable], lambda s: bool(s.sent))),
            share(who, part, "handed over needlessly", "less", _rows(could, lambda s: ends.get(s.case.id, s.needless))),
        ]
    if found := [one for one in could if one.first is not None]:
        made += [
            share(who, part, "article first", "more", _rows(found, lambda s: bool(s.first))),
            share(who, part, "article among those shown", "more", _rows(found, lambda s: bool(s.among))),
        ]
    if stated := [one for one in of if one.sent and one.figures is not None]:
        made.append(share(who, part, "sent with a figure not in its sources", "less", _rows(stated, lambda s: bool(s.figures))))
    return made


def _rows(of: Sequence[Said], held: Callable[[Said], bool]) -> list[tuple[str, bool]]:
    return [(group_of(one.case), held(one)) for one in of]


def _own(part: str, of: Sequence[Outcome]) -> list[Figure]:
    """What only the house has: drafts, decisions, a confidence, a time."""
    could = [o for o in of if o.case.answerable]
    shares: tuple[tuple[str, Better, Sequence[Outcome], Callable[[Outcome], bool]], ...] = (
        ("right outcome", "more", of, lambda o: not o.is_miss),
        ("article cited", "more", could, lambda o: o.cited.ok),
        ("right draft", "more", could, lambda o: o.right_draft.ok),
        ("answered", "more", could, lambda o: o.answered),
        ("near misses answered", "less", [o for o in of if o.case.near_miss], lambda o: o.answered),
        ("right decision", "more", [o for o in of if o.case.decision], lambda o: o.decided),
        ("said what is forbidden", "less", [o for o in of if o.case.must_not], lambda o: o.grants),
    )
    made = [share(HOUSE, part, name, better, [(group_of(o.case), held(o)) for o in rows]) for name, better, rows, held in shares]
    groups, score = [group_of(o.case) for o in of], np.array([o.confidence for o in of])
    good, ms = np.array([is_right(o) for o in of], dtype=bool), np.array([o.ms for o in of])

    def told_apart(at: NDArray[np.int64]) -> float:
        return auroc(score[at], good[at].astype(np.float64)) if 0 < good[at].sum() < len(at) else float("nan")

    return [
        *made,
        measured(HOUSE, part, "AURC", "less", "area", groups, lambda at: aurc(score[at], ~good[at])),
        measured(HOUSE, part, "AUROC", "more", "area", groups, told_apart),
        measured(HOUSE, part, "ECE", "less", "area", groups, lambda at: ece(score[at], good[at]), centred=True),
        measured(HOUSE, part, "turn, median", "less", "ms", groups, lambda at: float(np.median(ms[at]))),
        measured(HOUSE, part, "turn, 95th percentile", "less", "ms", groups, lambda at: float(np.percentile(ms[at], 95))),
    ]


def _of_effort(who: str, part: str, of: Sequence[Effort]) -> list[Figure]:
    if not of:
        return []
    groups, done = groups_of(of), [e for e in of if e.end == "resolved"]
    turns, seconds, waited = (np.array([getattr(e, name) for e in done]) for name in ("turns", "seconds", "waited"))
    settled = groups_of(done)
    made = [
        share(who, part, "resolved without a person", "more", zip(groups, (e.end == "resolved" for e in of), strict=True)),
        share(who, part, "ended with a wrong answer", "less", zip(groups, (e.end == "wrong" for e in of), strict=True)),
        share(who, part, "gave up", "less", zip(groups, (e.end in ("gave up", "outside") for e in of), strict=True)),
        measured(who, part, "turns to a resolved question", "less", "turns", settled, lambda at: float(turns[at].mean())),
        measured(who, part, "seconds to a resolved question", "less", "s", settled, lambda at: float(np.median(seconds[at]))),
    ]
    if who == HOUSE:
        made.append(measured(who, part, "seconds of it waited", "less", "s", settled, lambda at: float(np.median(waited[at]))))
    return made


def is_right(o: Outcome) -> bool:
    """Whether the draft is right, sent or not: what a confidence should tell."""
    return o.case.answerable and o.cited.ok and o.right_draft.ok


def curves_of(outcomes: Sequence[Outcome], beside: Sequence[Said] = ()) -> tuple[Curve, ...]:
    """The house's confidence, for all and for each language, and the scores of the two plain searches."""
    made = []
    langs = [lang for lang in LANGS if any(o.lang == lang for o in outcomes)]
    for name, of in ((HOUSE, list(outcomes)), *((f"{HOUSE}, {lang}", [o for o in outcomes if o.lang == lang]) for lang in langs)):
        made.append(curve_of(name, np.array([o.confidence for o in of]), np.array([is_right(o) for o in of], dtype=bool), True))
    for who in (WORDS, MEANING):
        if rows := [one for one in beside if one.who == who]:
            made.append(curve_of(who, np.array([s.score for s in rows]), np.array([bool(s.right) for s in rows], dtype=bool), False))
    return tuple(made)


def model_counts_of(outcomes: Sequence[Outcome], name: str, failed: int) -> ModelCounts:
    """What the model called `name` did for these outcomes."""
    said = Counter(how for o in outcomes for how in o.how)
    return ModelCounts(
        name=name,
        verdicts=sum(o.verdict is not None for o in outcomes),
        replies=sum(bool(o.how) for o in outcomes),
        reworded=said["model"],
        repeated=said["same"],
        refused=said["refused"],
        quoted=said["quoted"],
        failed=failed,
    )


def machine() -> str:
    """What the numbers were measured on."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{load}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
