"""Knowledge bases of other trades that nobody tuned anything for: manuals of look-alike products, a help desk in several turns, short facts, Chinese
encyclopaedia texts, passages off the web. Each in two halves of other subjects: `dev` to fit on, `held` to be asked once and reported. One base
more of look-alikes is for fitting the search only: nearly all its questions can be answered, so of confidence it tells little."""

from functools import partial

from evals.builders.built import DATA, Built
from evals.case import read_cases
from evals.docs import Doc
from evals.lines import read_lines

KINDS = ("manuals", "help", "encyclopaedia", "facts", "noisy")
PARTS = 4  # of a base: each is asked of what is left when its own documents are taken out
ALIKE = "lookalike-dev"
DEV, HELD = (tuple(f"{kind}-{half}" for kind in KINDS) for half in ("dev", "held"))


def build(name: str, seed: int = 0) -> Built:
    """One base as it was written; nothing is drawn, so `seed` changes nothing."""
    docs = tuple(doc for _, doc in read_lines(DATA / "strange" / f"{name}.docs.jsonl", Doc))
    return Built(name=name, docs=docs, cases=read_cases(DATA / "strange" / f"{name}.questions.jsonl"))


def taken_out(name: str, part: int) -> Built:
    """The base without the documents that answer a part of its questions, and those questions: a look-alike may stay, the answer is gone."""
    whole = build(name)
    groups = list(dict.fromkeys(case.pair or case.id for case in whole.cases if case.answerable))[part::PARTS]
    cases = [case for case in whole.cases if case.answerable and (case.pair or case.id) in groups]
    gone = {article for case in cases for article in case.articles}
    none = {"answerable": False, "near_miss": True, "articles": (), "must": ()}
    left = tuple(case.model_copy(update={**none, "id": f"{case.id}-gone"}) for case in cases)
    return Built(name=f"{name} less", docs=tuple(doc for doc in whole.docs if str(doc.id) not in gone), cases=left)


BUILDERS = {name: partial(build, name) for name in (*DEV, *HELD, ALIKE)}
