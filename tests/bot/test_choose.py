"""Which sentences, list items, rows and columns are said: told on a ferry line's articles."""

from bot.choose import choose
from bot.own import facts_about, names
from bot.steps import Evidence
from tests.bot.ferry import NOW, a_shelf, an_article, answer, asked


def test_a_quantity_in_the_question_picks_the_row_whose_interval_holds_it() -> None:
    said = answer("how much is a 6 m car on the deck in summer?")
    assert said.startswith("Car of more than 5 m and up to 8 m, Summer: EUR 65.")
    assert "EUR 40" not in said and "Winter" not in said


def test_a_named_row_is_said_with_the_exception_below_its_table() -> None:
    said = answer("what does a bicycle cost")
    assert said == "Bicycle: Summer: Free; Winter: Free.\nThe exception is the night ferry: there a bicycle costs EUR 6."


def test_a_short_list_is_quoted_whole_after_its_lead_in_each_item_ending_like_a_sentence() -> None:
    said = answer("when must my car be at the ramp?")
    assert said.splitlines() == [
        "A car may board under these conditions:",
        "- it is at the ramp 45 minutes before departure.",
        "- the alarm is switched off.",
        "- nobody stays inside during the crossing.",
    ]


def test_a_permission_is_answered_by_the_prohibition_with_its_neighbour() -> None:
    said = answer("can my dog sleep in our cabin?")
    assert said.startswith("A dog may sleep in a pet cabin only. Dogs are refused in all other cabins, even in their carrier.")


def test_the_sentence_that_answers_comes_before_tables_of_the_same_article() -> None:
    first = answer("how much do I get back for the deck place if I cancel?").splitlines()[0]
    assert first.startswith("A deck place is paid back in full until 2 days before departure")


def test_chinese_half_sentences_stay_together() -> None:
    assert "全额退款；不足 2 天的，退还一半。" in answer("取消甲板车位退多少")


def test_a_chinese_question_picks_row_and_column() -> None:
    assert answer("夏天汽车4米收多少钱").startswith("汽车，不超过 5 米：夏季：40 欧元")


def test_nothing_found_says_nothing() -> None:
    _, understood, _ = asked("how much is a bicycle?")
    assert choose(understood, (), ()) == ()


def test_a_question_that_names_a_card_or_fare_leaves_the_askers_own_aside() -> None:
    _, _, evidence = asked("x", tier="gold")
    assert [f.value for f in facts_about("what does it cost?", evidence, NOW)] == ["gold"]
    assert [f.value for f in facts_about("what would a Silver member pay?", evidence, NOW)] == ["silver"]
    assert facts_about("a standard seat, please", Evidence(), NOW) == ()


def test_a_label_names_every_fare_in_it() -> None:
    assert names("Economy Standard and Flex", "fare", "en") == {"standard", "flex"}
    assert names("Standard seat, regional", "fare", "en") == frozenset()
    assert names("经济舱轻享", "fare", "zh") == {"light"}


OFFICES = """# Harbour offices

| Harbour | Office | Opening hours |
| --- | --- | --- |
| Askvik | In the ticket hall | 06:30 to 21:00 |
| Bremnes | On the pier, next to the kiosk | 08:00 to 16:00 |

## Parking

Can I leave my car at the harbour? Yes, a car stays in lot B for EUR 9 a night.
"""
OFFICES_ZH = """# 港口服务点

| 港口 | 服务点 | 开放时间 |
| --- | --- | --- |
| 阿斯维克 | 售票大厅内 | 06:30 至 21:00 |
| 布雷姆内斯 | 码头售货亭旁 | 08:00 至 16:00 |
"""
HARBOURS = a_shelf(an_article("offices", OFFICES), an_article("offices", OFFICES_ZH, "zh"))


def test_the_column_that_holds_what_is_wanted_is_said_and_not_the_one_named_like_the_subject() -> None:
    """An office's hours are asked for: "Office" is what the page is about, the time stands in another column. A place is still a place."""
    assert answer("what time does the office in Bremnes open?", shelf=HARBOURS) == "Bremnes, Opening hours: 08:00 to 16:00."
    assert answer("布雷姆内斯的服务点几点开门？", shelf=HARBOURS) == "布雷姆内斯，开放时间：08:00 至 16:00。"
    assert "next to the kiosk" in answer("where is the Bremnes office?", shelf=HARBOURS)


def test_a_question_in_an_article_answers_nothing_and_what_follows_it_does() -> None:
    assert answer("can I leave my car at the harbour overnight?", shelf=HARBOURS).startswith("Yes, a car stays in lot B for EUR 9 a night.")


def test_how_much_wants_an_amount_and_not_the_word_free() -> None:
    """Both sentences speak of money; only one says how much. Asked whether it is free, the other one answers."""
    dogs = "# Dogs\n\nGuide dogs travel free of charge with their owner on deck and in the lounge.\n\nA dog pays EUR 12 a crossing.\n"
    fees = a_shelf(an_article("dogs", dogs))
    assert answer("how much is the crossing for my dog on deck?", shelf=fees).startswith("A dog pays EUR 12 a crossing.")
    assert answer("do guide dogs travel free?", shelf=fees).startswith("Guide dogs travel free of charge")
