"""What is sent is what stands in the sources, read by other means than the checker's own; also where a model lies."""

import pytest

from desk.conversation import Carrier, Sentence
from evals.lying import Liar, main, questions, run
from evals.mutants.facts import facts
from evals.mutants.figures import other_figures
from evals.uncarried import strange_words


def said(text: str) -> Sentence:
    return Sentence(text=text, lang="en", carried_by=(Carrier(passage_id="p", start=0, end=9),))


def test_nothing_uncarried_is_sent_in_quotations_or_by_a_lying_model() -> None:
    """Fifteen answers each way; the model is a real server over HTTP and its true words are let through. 500: `python -m evals.lying`."""
    quoted, lied = run(15)
    assert quoted.ok and lied.ok, (quoted, lied)
    assert quoted.answers == lied.answers == 15
    assert lied.lies_told >= 15 and lied.truths_told >= 2 and lied.in_model_words >= 1


@pytest.mark.parametrize(
    ("text", "source", "strange"),
    [
        ("You have 48 hours.", "You have 24 hours.", "figure 48 h"),
        ("You have two days.", "You have 48 hours.", ""),
        ("我们收取 300 元。", "We charge CNY 300.", ""),
        ("We charge 300 yuan.", "We charge EUR 300.", "figure 300 CNY"),
        ("四十八小时内。", "48 小时内。", ""),
        ("It ends on 3 June.", "It ends on 2026-06-03.", ""),
        ("It ends on 4 June.", "It ends on 2026-06-03.", "date 6-4"),
        ("Pets are allowed.", "Pets are not allowed.", "“not” is left out"),
        ("Pets are not allowed.", "Pets are allowed.", "“not” is said"),
        ("Bags are free.", "Bags cost money.", "“free” is said"),
        ("可以退票。", "可以改签。", "“refundable” is said"),
        ("周日可以。", "仅周日可以。", "“only” is left out"),
    ],
)
def test_the_other_reader_sees_what_is_not_there(text: str, source: str, strange: str) -> None:
    """Figures in any writing, days, words of right; both languages."""
    found = strange_words(said(text), [source])
    assert (strange in found) if strange else not found, found


def test_the_other_reader_sees_nearly_every_other_figure() -> None:
    """Or its zero would mean nothing: of the figures put wrong in true sentences of our articles, at least 9 in 10 are seen, and no original is."""
    ours = [f for f in facts() if f.base == "articles"][::3]
    wrong = [(f, text) for f in ours for kind, _, text in other_figures(f.sentence, f.lang) if kind in ("number", "percent", "unit")]
    seen = [bool(strange_words(said(text), [f.sentence])) for f, text in wrong]
    assert len(wrong) > 100 and sum(seen) >= 0.9 * len(seen), [text for (_, text), ok in zip(wrong, seen, strict=True) if not ok][:20]
    assert not any(strange_words(said(f.sentence), [f.sentence]) for f in ours)


def test_a_liar_repeats_itself_and_no_answers_at_all_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The same seed tells the same lies; fewer than one answer is a plain sentence."""
    sentence = "You may bring 2 bags of 23 kg free of charge, at least 3 days before departure."
    one, other = Liar(3), Liar(3)
    assert [one.say(sentence) for _ in range(20)] == [other.say(sentence) for _ in range(20)] and one.lies and one.truths
    assert sentence not in one.lies
    with pytest.raises(SystemExit):
        main(["--answers", "0"])
    assert "at least one. Nothing was asked." in capsys.readouterr().err
    assert len({c.id for c in questions()}) == len(questions()) > 1000
