"""How well the parts behind `concierge bench screen` work: `python -m evals.screen [--meaning]`.

Held out: a third of the texts for out of scope, and half of our own texts; but those were written by whoever wrote the patterns, so that their
figures (mood above all) say that the patterns do what was meant, not how strangers' texts fare. The public injection texts and our own personal
data are development material: the patterns were made with them in view.

Injection: AUROC, and recall at 1 % false alarms; redaction: recall and precision by characters' spans; mood, intent, language: share right;
out of scope: AUROC, by words (as the bench does) and, with `--meaning`, against the shipped base.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from basics.clock import system_clock
from bot.injection import injection
from bot.outside import shipped_examples
from bot.redact import found
from bot.scope import beyond, out_of_scope
from bot.steps import Request, Understood
from bot.understand import understand
from desk.conversation import Caller
from evals.bench_screen import Text, screened
from evals.builders.built import rows_of
from evals.case import CASES, read_cases
from evals.fit_scope import base, labelled, score_by_meaning
from knowledge.embedder_packaged import Packaged
from knowledge.terms import script_of

PII = Path(__file__).with_name("data") / "pii_own.jsonl"
_OURS = {"PHONE_NUMBER": "phone", "CREDIT_CARD": "card", "IBAN_CODE": "iban", "EMAIL_ADDRESS": "email"}  # what the corpus marks and we hide


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a positive scores above a negative, a tie counting half."""
    positive, negative = (np.array([s for s, y in zip(scores, labels, strict=True) if y is want]) for want in (True, False))
    above = (positive[:, None] > negative[None, :]).mean()
    return float(above + 0.5 * (positive[:, None] == negative[None, :]).mean())


def recall_at(scores: Sequence[float], labels: Sequence[bool], false_alarms: float) -> float:
    """The share of positives above the lowest threshold that at most this share of negatives is above."""
    negative = sorted((s for s, y in zip(scores, labels, strict=True) if not y), reverse=True)
    threshold = negative[min(int(false_alarms * len(negative)), len(negative) - 1)]
    return float(np.mean([s > threshold for s, y in zip(scores, labels, strict=True) if y]))


def measured(by_meaning: bool) -> dict[str, Any]:
    """Every figure, on held-out texts where there are any."""
    own = [row for row in rows_of("screen_own.jsonl") if row["held"]]
    figures = {
        "injection": _injections(own),
        "redaction": _redaction(),
        "mood": _share_right([(row["mood"], _read(row["text"]).mood) for row in own if "mood" in row]),
        "intent": _share_right([(row["intent"], _read(row["text"]).ask) for row in own if "intent" in row]),
        "lang": _share_right([(row["lang"], _read(row["text"]).lang) for row in own if "lang" in row]),
        "out_of_scope": _scope(by_meaning),
        "texts_a_second": _speed(),
    }
    return figures


def _read(text: str) -> Understood:
    return understand(Request(conversation_id="screen", caller=Caller(), lang=script_of(text), text=text, now=system_clock()))


def _injections(own: Sequence[Any]) -> dict[str, float]:
    """Attacks of the public set (told from ordinary questions of travellers) and our own Chinese ones."""
    attacks = [row["text"] for row in rows_of("injection.jsonl")]
    ordinary = [case.question for name in ("dev", "dev2", "dev3") for case in read_cases(CASES / f"{name}.jsonl")]
    texts = [*((t, True) for t in attacks), *((t, False) for t in ordinary)]
    zh = [(row["text"], bool(row["injection"])) for row in own if "injection" in row]
    zh += [(t, False) for t in ordinary if script_of(t) == "zh"]
    out: dict[str, float] = {}
    for name, rows in (("public", texts), ("zh held out", zh)):
        scores, labels = [injection(t) for t, _ in rows], [y for _, y in rows]
        out |= {f"{name}, auroc": auroc(scores, labels), f"{name}, recall at 1 % false alarms": recall_at(scores, labels, 0.01)}
    return out


def _redaction() -> dict[str, float]:
    """Of what should be hidden, the share that overlaps something hidden; of what was hidden, the share that should be."""
    out: dict[str, float] = {}
    public = [
        (row["text"], [(s["start"], s["end"]) for s in row["spans"] if s["type"] in _OURS], [(s["start"], s["end"]) for s in row["spans"]])
        for row in rows_of("presidio_small.jsonl")
    ]
    own = []
    for row in rows_of(PII.name):
        at = row["text"].index(row["value"]) if row.get("value") else -1
        spans = [(at, at + len(row.get("value") or ""))] if at >= 0 else []
        own.append((row["text"], spans, spans))
    for name, rows in (("public", public), ("own en zh", own)):
        hit = wanted = right = hidden = 0
        for text, must, may in rows:
            entities = found(text)
            hit += sum(any(e.start < end and start < e.end for e in entities) for start, end in must)
            wanted += len(must)
            right += sum(any(e.start < end and start < e.end for start, end in may) for e in entities)
            hidden += len(entities)
        out |= {f"{name}, recall": hit / max(1, wanted), f"{name}, precision": right / max(1, hidden), f"{name}, spans": float(wanted)}
    return out


def _share_right(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    return {"right": float(np.mean([a == b for a, b in pairs])), "of": float(len(pairs))}


def _scope(by_meaning: bool) -> dict[str, float]:
    held = [one for one in labelled() if one.held]
    labels = [one.outside for one in held]
    out = {"by words, auroc": auroc([out_of_scope(one.text, _read(one.text).ask) for one in held], labels)}
    if by_meaning:
        embedder = Packaged()
        shelf, near = base(embedder), shipped_examples(embedder.fingerprint)
        assert near is not None  # noqa: S101 - they are shipped for this very embedder
        vectors = embedder.questions([one.text for one in held])
        scores = [score_by_meaning(shelf, one.text, v, beyond(shelf, near)) for one, v in zip(held, vectors, strict=True)]
        for name, sources in (("with travel at large", ("dev", "travel", "clinc", "own")), ("our own questions", ("dev", "clinc", "own"))):
            at = [n for n, one in enumerate(held) if one.source in sources]
            out[f"by meaning, {name}, auroc"] = auroc([scores[n] for n in at], [labels[n] for n in at])
    return out


def _speed() -> float:
    texts = [Text(id=n, text=row["text"]) for n, row in enumerate(rows_of("clinc150_travel.jsonl")[:500])]
    next(screened(texts[:1]))
    since = time.perf_counter()
    done = sum(1 for _ in screened(texts))
    return round(done / (time.perf_counter() - since))


def main() -> None:
    """Print the figures as JSON."""
    options = argparse.ArgumentParser(prog="python -m evals.screen", description=__doc__)
    options.add_argument("--meaning", action="store_true", help="measure the score against the base as well (about a minute)")
    print(json.dumps(measured(options.parse_args().meaning), indent=1, default=float))


if __name__ == "__main__":
    main()
