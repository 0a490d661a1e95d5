"""The claims checker on sentences that its author had not seen."""

import pytest

from basics.errors import BadRequest
from basics.words import LANGS, Lang
from evals.bench_claims import ClaimsResult, measure, run
from evals.lines import BadLine
from tests.evals.conftest import Lines

SOURCE = "The deposit is EUR 50. It is paid back within 14 days."


@pytest.fixture(scope="module")
def shipped() -> ClaimsResult:
    return measure()


@pytest.mark.parametrize("lang", LANGS)
def test_falsified_sentences_are_refused(shipped: ClaimsResult, lang: Lang) -> None:
    """At least 95 in 100."""
    assert shipped.refused_share(lang) >= 0.95, [s.text for s in shipped.slipped if s.lang == lang]


@pytest.mark.parametrize("lang", LANGS)
def test_true_sentences_pass(shipped: ClaimsResult, lang: Lang) -> None:
    """At least 95 in 100."""
    assert shipped.passed_share(lang) >= 0.95, [(s.text, s.why) for s in shipped.wrongly_refused if s.lang == lang]


def test_shares_are_counted_per_kind_and_language(lines: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    """Each false sentence counts under its kind; what slipped through is shown with its line."""
    file = lines(
        "m.jsonl",
        {
            "source": SOURCE,
            "true": "The deposit is EUR 50.",
            "lang": "en",
            "mutations": [{"kind": "number", "text": "The deposit is EUR 60."}, {"kind": "unit", "text": "The deposit is EUR 50."}],
        },
        {"source": "押金 50 元。", "true": "押金 80 元。", "lang": "zh", "mutations": []},
    )
    result = measure(file)
    assert [(s.kind, s.held, s.of) for s in result.refused] == [("number", 1, 1), ("unit", 0, 1)]
    assert (result.passed_share("en"), result.passed_share("zh")) == (1.0, 0.0)
    assert [(s.line, s.kind) for s in result.slipped] == [(1, "unit")]
    assert result.wrongly_refused[0].why
    run(file)
    said = capsys.readouterr().out
    assert "m.jsonl:1 en unit" in said
    assert "refused: number" in said


def test_a_bad_line_and_an_empty_file_are_told(lines: Lines) -> None:
    """Plain sentences."""
    with pytest.raises(BadLine, match=":1: 'true' is missing"):
        measure(lines("a.jsonl", {"source": "s", "lang": "en", "mutations": []}))
    with pytest.raises(BadRequest, match="no sentences"):
        measure(lines("b.jsonl"))
