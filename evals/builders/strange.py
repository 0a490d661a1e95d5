"""Knowledge bases of other trades that nobody tuned anything for: manuals of look-alike products, a help desk in several turns, short facts, Chinese
encyclopaedia texts, passages off the web. Each in two halves of other subjects: `dev` to fit on, `held` to be asked once and reported."""

from functools import partial

from evals.builders.built import DATA, Built
from evals.case import read_cases
from evals.docs import Doc
from evals.lines import read_lines

KINDS = ("manuals", "help", "encyclopaedia", "facts", "noisy")
DEV, HELD = (tuple(f"{kind}-{half}" for kind in KINDS) for half in ("dev", "held"))


def build(name: str, seed: int = 0) -> Built:
    """One base as it was written; nothing is drawn, so `seed` changes nothing."""
    docs = tuple(doc for _, doc in read_lines(DATA / "strange" / f"{name}.docs.jsonl", Doc))
    return Built(name=name, docs=docs, cases=read_cases(DATA / "strange" / f"{name}.questions.jsonl"))


BUILDERS = {name: partial(build, name) for name in (*DEV, *HELD)}
