"""Fitting what a verdict is worth: asked once, kept, and found again in data that was made with a known worth."""

from pathlib import Path

import numpy as np
import pytest

from bot.prompt import prompt
from bot.verdict import Fitted, Verdicts
from evals import fit_verdict
from evals.case import Case
from evals.fit_verdict import Doubt, asked, fit_worth, key_of, report, write
from tests.bot.a_model import a_model_server, guarded


def a_doubt(question: str) -> Doubt:
    case = Case.model_validate({"id": question, "lang": "en", "question": question, "answerable": False})
    return Doubt(case, "dev", 0.6, False, True, prompt("verdict", question))


async def test_a_verdict_is_asked_for_once_and_a_failure_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was broken off goes on where it was; another model's verdicts are not taken for this one's."""
    monkeypatch.chdir(tmp_path)
    first, second = a_doubt("one?"), a_doubt("two?")
    async with a_model_server() as server:
        model = guarded(server, 5.0)
        server.mode = "down"
        assert await asked(model, [first]) == {}
        server.mode = "good"
        assert await asked(model, [first]) == {key_of(first.prompt): pytest.approx(0.9)}
        before = len(server.asked)
        assert set(await asked(model, [first, second])) == {key_of(first.prompt), key_of(second.prompt)}
        assert len(server.asked) == before + 1
        model.name = "another"
        await asked(model, [first])
        assert len(server.asked) == before + 2


def test_a_known_worth_is_found_again() -> None:
    """2,000 made-up questions whose verdict counts 1.4 with an offset of -0.5; random verdicts are worth nothing."""
    chance = np.random.default_rng(1)
    base, verdict = chance.normal(0.5, 0.5, 2000), chance.normal(0, 1, 2000)
    right = (chance.random(2000) < 1 / (1 + np.exp(-(base - 0.5 + 1.4 * verdict)))).astype(np.float64)
    weight, offset = fit_worth(base, verdict, right)
    assert weight == pytest.approx(1.4, abs=0.2)
    assert offset == pytest.approx(-0.5, abs=0.15)
    assert abs(fit_worth(base, chance.permutation(verdict), right)[0]) < 0.15
    said = report("all", 1 / (1 + np.exp(-base)), 1 / (1 + np.exp(-(base + offset + weight * verdict))), right, 0.7)
    assert "2000 questions" in said
    before, after = said.split("AUROC ")[1].split(";")[0].split(" -> ")
    assert float(after) > float(before)


def test_what_is_kept_of_another_prompt_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two models of one prompt stand side by side; with the next prompt both have to be measured again."""
    file = tmp_path / "verdict.json"
    monkeypatch.setattr(fit_verdict, "FILE", file)
    monkeypatch.setattr(fit_verdict, "verdicts", lambda: Verdicts.model_validate_json(file.read_text(encoding="utf-8")))
    file.write_text('{"prompt": "none", "models": {}}', encoding="utf-8")
    now, fitted = prompt("verdict", "?"), Fitted(fitted_on="x", weight=1.0, offset=0.0)
    write("a", now, fitted)
    write("b", now, fitted)
    assert set(fit_verdict.verdicts().models) == {"a", "b"}
    write("c", now.model_copy(update={"hash": "changed"}), fitted)
    assert set(fit_verdict.verdicts().models) == {"c"}
