"""`concierge eval calibrate`: labels from the real Mind, a confidence that never saw the base it is asked about, and what is guaranteed of it."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.confidence import FEATURES
from concierge.cli import app
from evals.baselines import Baseline
from evals.builders.built import Built
from evals.calibration import calibrated, held_out, tried
from evals.calibration_report import as_html, as_markdown, told
from evals.case import Case
from evals.docs import Doc
from evals.labelled import Labelled, keep, label, over, read_kept
from evals.risk import choose
from tests.bot.a_model import a_model_server, guarded

SOME = Built(
    name="inn",
    docs=(
        Doc(id="a", title="The Blue Inn", text="Parking at the Blue Inn costs 9 pounds a night.\n\nDogs are not allowed at the Blue Inn.", lang="en"),
        Doc(id="b", title="The Red Inn", text="Parking at the Red Inn is free.\n\nBreakfast at the Red Inn is served from 7 to 10.", lang="en"),
    ),
    cases=(
        Case(
            id="1",
            lang="en",
            question="What does parking cost at the Blue Inn?",
            answerable=True,
            articles=("a",),
            must=(("costs 9 pounds a night",),),
        ),
        Case(id="2", lang="en", question="When is breakfast served at the Blue Inn?", answerable=False, near_miss=True),
        Case(id="3", lang="en", question="hello", answerable=False),
    ),
)


def a_row(n: int, base: str, signal: float, right: bool, lang: str = "en") -> Labelled:
    plain = Baseline(
        name="BM25", case_id=str(n), article_at_1=right, article_at_3=right, right_at_1=right, right_at_3=right, said="", score=signal, cosine=0.8
    )
    return Labelled(
        set_name=base,
        base=base,
        id=f"{base}-{n}",
        question="?",
        draft="",
        group=f"{base}-{n}",
        lang=lang,
        answerable=right,
        near_miss=not right,
        right=right,
        confidence=signal,
        features=dict.fromkeys(FEATURES, 0.0) | {"meaning": signal},
        judged=signal,
        words=plain,
        meaning=plain,
    )


def rows_of(many: int, wrong: float, seed: int = 0) -> list[Labelled]:
    """Three bases whose drafts are right the more surely the higher the signal; `wrong` is the share wrong at the top."""
    draw = np.random.default_rng(seed)
    out = []
    for base, lang in (("one", "en"), ("two", "en"), ("three", "zh")):
        for n in range(many):
            signal = float(draw.random())
            out.append(a_row(n, base, signal, bool(draw.random() > (wrong if signal > 0.5 else 0.9)), lang))
    return out


async def test_a_draft_is_labelled_by_how_its_question_was_made() -> None:
    """The parking of that inn is quoted from its own page: right. Breakfast is told of the other inn only: whatever is drafted is wrong.

    A greeting is left out: no confidence decides it.
    """
    with over(SOME) as (mind, cases):
        parking, breakfast, hello = [await label(mind, "inn", case) for case in cases]
    assert parking is not None and parking.right and "9 pounds" in parking.draft
    assert parking.base == "inn" and set(FEATURES) <= set(parking.features)
    assert breakfast is not None and not breakfast.right and breakfast.near_miss
    assert parking.confidence > breakfast.confidence
    assert hello is None


async def test_a_judge_is_asked_only_in_doubt_and_both_confidences_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict against the draft lowers the one, never the other; where the house is sure, nobody is asked."""
    monkeypatch.setenv("CONCIERGE_JUDGE_FROM", "0.0")
    monkeypatch.setenv("CONCIERGE_JUDGE_TO", "1.0")
    async with a_model_server() as server:
        server.verdict, model = 0.05, guarded(server, 5.0)
        with over(SOME) as (mind, cases):
            alone, doubted = await label(mind, "inn", cases[0]), await label(mind, "inn", cases[0], model)
            mind.settings = mind.settings.model_copy(update={"judge_to": 0.0})
            asked = len(server.asked)
            untouched = await label(mind, "inn", cases[0], model)
        await model.close()
    assert alone is not None and doubted is not None and untouched is not None
    assert doubted.confidence == alone.confidence == alone.judged and doubted.judged < doubted.confidence
    assert asked == len(server.asked) == 1 and untouched.judged == untouched.confidence


def test_a_base_held_out_teaches_nothing_about_itself() -> None:
    """One base whose labels are turned round: seen, it would drag its own confidence along; held out, it is judged as the others teach."""
    rows = rows_of(200, 0.02)
    turned = [row.model_copy(update={"right": not row.right}) if row.base == "one" else row for row in rows]
    fair, same = held_out(rows), held_out(turned)
    ones = np.array([row.base == "one" for row in rows])
    assert np.allclose(fair[ones], same[ones])
    assert not np.allclose(fair[~ones], same[~ones])


def test_what_cannot_be_carried_is_refused_with_the_number_of_missing_labels() -> None:
    """Few labels: no guarantee, a number. Many good ones: a guarantee with its coverage. Too many wrong ones: no number of labels would do."""
    few = calibrated(rows_of(40, 0.0), 0, 0.7, 0.02, 0.95).guarantees["all"]
    assert few.threshold is None and few.missing and f"{few.missing} more labelled answers are missing" in told(few)
    good = calibrated(rows_of(600, 0.0), 0, 0.7, 0.02, 0.95)
    assert good.guarantees["all"].threshold is not None and 0.3 < good.guarantees["all"].coverage < 0.6
    assert told(good.guarantees["all"]).startswith("Guaranteed: at most 2.0% of sent answers wrong, sure to 95%")
    halves = good.splits[0]
    assert (halves.name, halves.allowed) == ("all", 0.02) and halves.guaranteed == halves.runs == 20
    assert halves.mean_wrong is not None and halves.mean_wrong <= 0.02 < halves.mean_coverage
    hopeless = [a_row(n, "hopeless", 0.9, False) for n in range(50)]
    assert "hopeless" not in calibrated([*rows_of(40, 0.0), *hopeless], 0, 0.7, 0.02, 0.95).guarantees
    bad = calibrated(rows_of(600, 0.3), 0, 0.7, 0.02, 0.95).guarantees["all"]
    assert bad.threshold is None and bad.missing is None and "however many were labelled" in told(bad)


def test_halves_are_drawn_by_group() -> None:
    """What belongs to one document is never chosen on and tried on: with a single group there is nothing to try."""
    confidence, wrong = np.full(400, 0.9), np.zeros(400, dtype=bool)
    alone = tried(confidence, wrong, np.array(["same"] * 400), 0.02, 0.95)
    assert (alone.guaranteed, alone.mean_wrong, alone.mean_coverage) == (0, None, 0.0)
    apart = tried(confidence, wrong, np.array([str(n // 2) for n in range(400)]), 0.02, 0.95)
    assert (apart.guaranteed, apart.above, apart.mean_wrong, apart.mean_coverage) == (20, 0, 0.0, 1.0)


def test_a_half_that_carries_nothing_sends_nothing() -> None:
    """Labels that carry the guarantee in some halves only: those count with what they sent, the others as nothing sent, in the mean of all."""
    draw = np.random.default_rng(1)
    confidence, wrong = draw.random(3000), draw.random(3000) < 0.004
    many = tried(confidence, wrong, np.arange(3000).astype(str), 0.02, 0.95)
    few = tried(confidence[:700], wrong[:700], np.arange(700).astype(str), 0.02, 0.95)
    assert many.guaranteed == 20 and 0 < few.guaranteed < 20
    assert few.mean_coverage <= few.guaranteed / 20 and few.mean_coverage < many.mean_coverage
    assert few.worst_wrong is not None and few.mean_wrong is not None and few.mean_wrong <= few.worst_wrong


def test_looser_guarantees_are_tried_on_halves_too() -> None:
    """Answers that are wrong in 3 of 100 carry no 2 % but 10 and 20 %; the report says how each did on the halves it had not seen."""
    made = calibrated(rows_of(400, 0.03), 0, 0.7, 0.02, 0.95)
    every = {s.allowed: s for s in made.splits if s.name == "all"}
    assert list(every) == [0.02, 0.05, 0.1, 0.2]
    assert every[0.02].guaranteed == 0 and every[0.2].guaranteed == 20
    assert every[0.2].above <= 2 and every[0.1].mean_coverage <= every[0.2].mean_coverage
    text = as_markdown(made)
    assert "| all | at most 2%, sure to 95% | 0 of 20 | - | - | 0 of 20 | 0.0% |" in text
    assert f"| {every[0.2].mean_coverage:.1%} |" in text and "halves above it" in as_html(made)


def test_the_command_reports_again_from_what_was_kept(tmp_path: Path) -> None:
    """Another guarantee without asking anything: the three reports, the same figures in each, plots that are well-formed."""
    kept = tmp_path / "labelled.jsonl"
    rows = rows_of(300, 0.01)
    keep(rows, kept)
    assert list(read_kept(kept).rows) == rows
    done = CliRunner().invoke(app, ["eval", "calibrate", "--kept", str(kept), "--wrong", "0.05", "--out", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    printed = json.loads(done.output)
    guarantee = choose(held_out(rows), [not row.right for row in rows], 0.05, 0.95)
    assert printed["guarantees"]["all"] == guarantee.model_dump()
    assert guarantee.threshold is not None and f"from confidence {guarantee.threshold:.2f}" in (tmp_path / "calibration.md").read_text()
    page = (tmp_path / "calibration.html").read_text()
    for start in (page.find("<svg"), page.rfind("<svg")):
        ElementTree.fromstring(page[start : page.find("</svg>", start) + 6])
    assert page.count("<svg") == 2 and {s["name"] for s in printed["slices"]} == {"all", "en", "zh", "one", "two", "three"}


def test_a_judge_is_a_confidence_of_its_own() -> None:
    """With a model the report shows both, with and without; without one it says so."""
    rows = rows_of(60, 0.0)
    without, judged = calibrated(rows, 3, 0.7, 0.02, 0.95), calibrated(rows, 3, 0.7, 0.02, 0.95, "a model")
    assert {s.confidence for s in without.slices} == {"as shipped", "base held out"}
    assert {s.confidence for s in judged.slices} - {s.confidence for s in without.slices} == {"as shipped, with the judge"}
    assert "No judge" in as_markdown(without) and "Judge: a model" in as_html(judged)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--wrong", "3"], "a share between 0 and 1"),
        (["--sure", "0.2"], "a share between 0 and 1"),
        (["--sets", "dev,nowhere"], "--sets nowhere"),
        (["--kept", "nowhere.jsonl"], "cannot be read"),
    ],
)
def test_a_wrong_word_is_told_before_anything_is_asked(given: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["eval", "calibrate", *given])
    assert done.exit_code != 0 and said in str(done.exception)


def test_a_file_of_cases_is_asked_as_before() -> None:
    """`concierge eval FILE` and `concierge eval --model quote FILE` mean what they meant."""
    for given in (["nowhere.jsonl"], ["--model", "quote", "nowhere.jsonl"], ["cases", "nowhere.jsonl"]):
        assert "nowhere.jsonl cannot be read" in str(CliRunner().invoke(app, ["eval", *given]).exception)
    assert "calibrate" in CliRunner().invoke(app, ["eval", "--help"]).output
