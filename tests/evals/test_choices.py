"""What asking back is worth: right and wrong choices are told apart, and what was sent after each."""

from evals.case import Case
from evals.choices import Choice, report


def a_choice(answers: bool, right: bool, sent: bool) -> Choice:
    case = Case.model_validate({"id": "c", "lang": "en", "question": "q?", "answerable": True, "articles": ["pets"]})
    return Choice(case=case, article="pets", answers=answers, right=right, confidence=0.5, decision="answer" if sent else "handoff")


def test_what_is_sent_after_a_right_and_after_a_wrong_choice() -> None:
    """A right choice may still be followed by a wrong draft; after a wrong one everything that is sent is wrong."""
    made = [a_choice(True, True, True), a_choice(True, False, True), a_choice(True, True, False), a_choice(False, False, True)]
    assert list(report(made)) == [
        "right choice: 3, the draft right 2; sent 2, right 1, wrong 1",
        "wrong choice: 1, the draft right 0; sent 1, right 0, wrong 1",
    ]
