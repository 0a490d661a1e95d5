"""Labels of rows and columns as intervals, and questions as quantities, in both languages."""

import pytest

from knowledge.intervals import covers, intervals_of, quantities_of


@pytest.mark.parametrize(
    ("label", "question", "held"),
    [
        ("Less than 24 hours before departure, up to departure", "the plane goes tonight", True),
        ("At least 24 hours before departure", "the plane goes tonight", False),
        ("At least 24 hours before departure", "my flight is in 3 days", True),
        ("After departure", "it left about 5 hours ago", True),
        ("After departure", "my flight is in 3 days", False),
        ("Delay of 4 to under 8 hours", "we left five hours late", True),
        ("Delay of 4 to under 8 hours", "we were nine hours late", False),
        ("Delay of 8 hours or more", "we were nine hours late", True),
        ("Heavy bag, more than 23 kg and up to 32 kg", "a 27kg bag", True),
        ("Heavy bag, more than 23 kg and up to 32 kg", "a 23 kg bag", False),
        ("Extra bag up to 23 kg, online up to 6 hours before departure", "20 kilos, we leave tomorrow", True),
        ("Child 5 to 11, alone", "my son (he's 9)", True),
        ("Infant under 2, on a lap", "an 8 month old", True),
        ("Infant under 2, on a lap", "a 4 year old", False),
        ("起飞前 24 小时（含）以前", "后天的飞机", True),
        ("起飞前 24 小时以内至起飞", "今晚的飞机", True),
        ("延误 4 小时以上、不足 8 小时", "晚了5个小时", True),
        ("不满 2 周岁", "带6岁儿子", False),
        ("起飞后", "没赶上飞机", True),
        ("Delay of 8 hours or more", "a 27 kg bag", None),
        ("Economy", "nine hours late", None),
        ("Less than 72 hours, up to 6 hours before departure", "it's five days away", False),
        ("Less than 72 hours, up to 6 hours before departure", "we fly in two days", True),
        ("Less than 72 hours, up to 6 hours before departure", "we fly in 3 hours", False),
        ("起飞前 72 小时以内至 6 小时（含）以前", "还有五天起飞", False),
        ("起飞前 72 小时（含）以前", "两周后飞", True),
    ],
)
def test_a_label_holds_what_is_asked_about_or_not_or_has_nothing_to_do_with_it(label: str, question: str, held: bool | None) -> None:
    assert covers(label, quantities_of(question)) is held


def test_ends_are_included_only_where_the_label_says_so() -> None:
    (interval,) = intervals_of("More than 100 Wh, up to 160 Wh")
    assert not interval.holds(100) and interval.holds(100.5) and interval.holds(160) and not interval.holds(161)
