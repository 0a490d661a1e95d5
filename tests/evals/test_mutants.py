"""Generated falsehoods and rewordings: what the drawing promises, and the floors of the checker on a slice of them."""

import ast
import json
from pathlib import Path

import pytest

from basics.errors import BadRequest
from basics.words import LANGS, Lang
from evals.bench_mutants import HALVES, MutantsResult, measure_mutants, run_generated
from evals.mutants.facts import facts
from evals.mutants.numerals import chinese, from_chinese
from evals.mutate import KINDS, Trial, bare, drawn

EVALS = Path(__file__).parents[2] / "evals"


@pytest.fixture(scope="module")
def slice_of_it() -> MutantsResult:
    return measure_mutants(120)


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return drawn(400)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("half", HALVES)
def test_a_slice_is_refused_and_its_originals_pass(slice_of_it: MutantsResult, half: str, lang: Lang) -> None:
    """Of 30 falsehoods at most one passes; of the originals, as they are or reworded by the known rules, at least 95 in 100."""
    assert half in HALVES
    false, true, reworded = (slice_of_it.rate(half, lang, kind) for kind in ("false", "true", "reworded"))
    assert false.of == 30 and false.right >= 29, [m.trial.text for m in slice_of_it.misses]
    assert (true.right + reworded.right) / (true.of + reworded.of) >= 0.95, [(m.trial.text, m.problems) for m in slice_of_it.misses]


def test_the_drawing_shares_no_code_with_the_checker() -> None:
    """Else both could be wrong in the same way."""
    for file in (EVALS / "mutate.py", *(EVALS / "mutants").glob("*.py")):
        named = {a.name for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.Import) for a in n.names}
        named |= {n.module or "" for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.ImportFrom)}
        assert not {m for m in named if m.startswith(("knowledge", "bot"))}, file


def test_every_falsehood_differs_from_all_that_its_source_says(trials: list[Trial]) -> None:
    """A label by construction: no false sentence stands in its source, every original does; both languages alike, every kind and base there."""
    for t in trials:
        if t.is_false and not t.reworded:
            assert bare(t.text) not in bare(t.source), t
        if t.kind == "true":
            assert bare(t.text) in bare(t.source), t
    false = [t for t in trials if t.is_false]
    assert [sum(t.lang == lang for t in false) for lang in LANGS] == [200, 200]
    assert {t.kind for t in false} == set(KINDS)
    assert {t.base for t in false} == {"articles", "regulation", "laws", "places"}


def test_the_same_seed_draws_the_same_and_a_document_is_in_one_half(trials: list[Trial]) -> None:
    """Both languages of an article are in the same half."""
    assert drawn(400) == trials
    halves: dict[str, set[str]] = {}
    for fact in facts():
        halves.setdefault(fact.doc.split("/")[-1], set()).add(fact.half)
    assert all(len(h) == 1 for h in halves.values())
    assert {h for half in halves.values() for h in half} == set(HALVES)


@pytest.mark.parametrize("number", [2, 10, 11, 24, 48, 105, 110, 800, 1200, 3500, 20_000, 200_000])
def test_a_chinese_numeral_is_read_as_it_was_written(number: int) -> None:
    """Both ways."""
    assert from_chinese(chinese(number)) == number


def test_rates_and_misses_are_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every rate has its interval; too few are refused in a plain sentence."""
    run_generated(48, 1, tmp_path / "deep" / "claims.json")
    rates = json.loads((tmp_path / "deep" / "claims.json").read_text("utf-8"))["rates"]
    assert all(r["low"] <= r["right"] / r["of"] <= r["high"] for r in rates)
    assert "Generated, untouched half, zh" in capsys.readouterr().out
    with pytest.raises(BadRequest, match="at least 40"):
        measure_mutants(10)
