"""What counts as right."""

import pytest

from evals.case import Case
from evals.scorers import answered, cites, forbidden, right, stands_in


def a_case(**changes: object) -> Case:
    plain = {"id": "1", "lang": "en", "question": "?", "answerable": True, "articles": ["bags"], "must": [["23 kg"]], "must_not": ["32 kg"]}
    return Case.model_validate(plain | changes)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("CNY 400", "the fee is cny 400."),
        ("CNY 400", "CNY\u00a0400 in all"),
        ("400 元", "手续费400元。"),
        ("400元", "手续费 ４００ 元"),
        ("2 × 23 kg", "Gold: 2x23kg"),
        ("can't", "You CAN’T"),
        ("at least 24 hours", "at least\n24 hours before"),
        ("10 %", "10%"),
        ("CNY 1,900", "Long-haul: CNY 1,900.\n6 hours or more: CNY 3,200."),
        ("CNY 300", "CNY 300, 2 weeks ahead"),
        ("| Saturdays | 40 % |", "Saturdays, Supplement: 40 %."),
        ("256 GB | about 16 hours", "256 GB: Both cameras: about 16 hours; Front camera only: about 26 hours."),
    ],
)
def test_case_width_and_spaces_are_folded(part: str, text: str) -> None:
    """The same words however they are typed."""
    assert stands_in(part, text)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("2 hours", "12 hours"),
        ("CNY 40", "CNY 400"),
        ("400 元", "1,400 元"),
        ("1 kg", "1.1 kg"),
        ("3 23", "323"),
        ("", "x"),
        ("Gold | 2", "Gold: Guests: 1.\nPlatinum: Guests: 2."),
        ("2 | Gold", "Gold: 2"),
    ],
)
def test_a_number_counts_only_whole(part: str, text: str) -> None:
    """A part of a number is another number."""
    assert not stands_in(part, text)


def test_right_needs_every_group_and_nothing_forbidden() -> None:
    """One alternative of each group, none of the wrong values; the reason names what is missing."""
    case = a_case(must=[["23 kg", "23 kilos"], ["free"]])
    assert right(case, "One bag of 23 kilos is free.").ok
    assert right(case, "One bag of 23 kg costs EUR 5.").why == "does not say 'free'"
    assert right(case, "23 kg free, 32 kg in Business").why == "says '32 kg'"
    assert not right(a_case(must=[]), " ").ok


def test_the_article_must_be_among_the_first_three_citations() -> None:
    """A fourth citation is never shown."""
    assert cites(a_case(), ["a", "b", "bags"]).ok
    assert not cites(a_case(), ["a", "b", "c", "bags"]).ok
    assert cites(a_case(), []).why == "cites nothing"


def test_where_a_version_is_named_another_one_is_another_article() -> None:
    """The right article in its newer version is cited wrongly; without a version named any will do."""
    assert cites(a_case(version=1), ["pets", "bags"], [2, 1]).ok
    assert cites(a_case(version=1), ["bags"], [2]).why == "cites bags v2"
    assert not cites(a_case(version=1), ["bags"], [2]).ok
    assert cites(a_case(), ["bags"], [2]).ok


def test_what_is_forbidden_is_named() -> None:
    """Every forbidden part that stands in the text, and none that does not."""
    assert forbidden(a_case(must_not=["32 kg", "free"]), "Up to 32 kg.") == ("32 kg",)


def test_only_an_answer_or_a_proposal_is_answered() -> None:
    """Asking back is not."""
    assert [k for k in ("answer", "clarify", "proposal", "abstain", "handoff") if answered(k)] == ["answer", "proposal"]
