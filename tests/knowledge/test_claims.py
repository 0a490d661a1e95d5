"""A sentence leaves the house only when its source carries every number, name, condition and yes or no in it."""

from time import perf_counter

import pytest

from basics.words import Lang
from knowledge.claims import Claim, Source, carried, claims_of, units_of

TABLE_EN = """## Free checked bags
| Card | Economy Standard | Economy Flex |
| --- | --- | --- |
| Silver | 1 × 23 kg | 2 × 23 kg |
| Gold | 2 × 23 kg | 3 × 23 kg |
"""
TABLE_ZH = """## 免费托运行李
| 卡级 | 经济舱标准 | 经济舱灵活 |
|---|---|---|
| 银卡 | 1 件 × 23 公斤 | 2 件 × 23 公斤 |
| 金卡 | 2 件 × 23 公斤 | 3 件 × 23 公斤 |
"""
PROSE_EN = """## Changing your return flight
Holders of Return Flex may change the date or time of the return flight once per booking, free of charge.
You ask at least 3 hours before the return flight leaves.

The following may travel in the cabin:
- one power bank of up to 100 Wh;
- a laptop.

The following are refused in the hold:
- power banks;
- snub-nosed dogs.

Refunds are paid within 7 working days to a card and within 15 working days for other means.
Light tickets are not refundable, except airport taxes. Infants under 2 pay 10 % of the adult fare.
The change fee is CNY 200 if you change at least 24 hours before departure, and CNY 400 later.
Claims must be made within 30 days of 1 June 2026.
"""
PROSE_ZH = """持有回程灵活权益的旅客，可免费改签回程航班一次。须在回程航班起飞前至少3小时提出。
轻享客票不可退票，机场税费除外。退款于7个工作日内退回银行卡。
起飞前24小时以前改签的，收取200元；之后收取400元。12岁以上儿童无须申请。每人限带两个充电宝。

以下物品可带入客舱：
- 一个不超过100Wh的充电宝；
- 笔记本电脑。
"""


def ok(sentence: str, text: str, lang: Lang = "en") -> bool:
    return carried(sentence, lang, [Source(text=text, lang=lang)]).ok


def same(one: str, other: str) -> bool:
    """Both texts claim the same quantities."""
    first, second = ([c for c in claims_of(t, "en") if c.kind not in ("polarity", "condition")] for t in (one, other))
    return len(first) == len(second) > 0 and all(a.means(b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CNY 300", "300 元"),
        ("CNY 300", "￥300"),
        ("RMB 300", "人民币300元"),
        ("48 hours", "四十八小时"),
        ("48 h", "2 days"),
        ("90 minutes", "1.5 小时"),
        ("23 kg", "23公斤"),
        ("23 kg", "二十三千克"),
        ("10 %", "百分之十"),
        ("1 June 2026", "2026-06-01"),
        ("1 June 2026", "2026年6月1日"),
        ("June 1, 2026", "2026 年 6 月 1 日"),
        ("2 bags", "两件"),
        ("12 years old", "12 岁"),
        ("7 working days", "七个工作日"),
        ("2 pm", "14:00"),
        ("下午3点半", "15:30"),
        ("at least 3 hours", "3小时以上"),
        ("up to 23 kg", "不超过23公斤"),
        ("3 months", "三个月"),
        ("158 cm", "1.58 m"),
        ("twice", "两次"),
        ("no more than 3 hours", "3小时以内"),
        ("55 × 40 × 20 cm", "55×40×20厘米"),
        ("2 × 23 kg", "2 件 × 23 公斤"),
    ],
)
def test_the_same_quantity_in_two_writings(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CNY 300", "USD 300"),
        ("7 days", "7 working days"),
        ("1 month", "30 days"),
        ("at least 3 hours", "at most 3 hours"),
        ("at least 3 hours", "3 hours"),
        ("more than 3 hours", "at least 3 hours"),
        ("23 kg", "23 lb"),
        ("12 years old", "12 years"),
        ("1 June 2026", "6 January 2026"),
        ("3小时以上", "3小时以内"),
        ("10 %", "10 kg"),
        ("Article 7", "Article 8"),
    ],
)
def test_what_only_looks_alike_is_not_the_same(one: str, other: str) -> None:
    assert not same(one, other)


def test_claims_come_with_their_places() -> None:
    text = "No more than CNY 1,200, unless you fly Gold."
    assert claims_of(text, "en")[0] == Claim(kind="amount", value="1200", unit="CNY", bound="<=", start=0, end=22)
    assert [(c.kind, c.value) for c in claims_of(text, "en")[1:]] == [("condition", "unless"), ("name", "gold")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Gold — Economy Standard: 2 × 23 kg; Economy Flex: 3 × 23 kg",
        "Gold: Economy Flex: 3 x 23kg.",
        "Card: Gold; Economy Standard: 2 × 23 kg",
        "Gold — Economy Standard: 2 × 23 kg. Silver — Economy Standard: 1 × 23 kg.",
        "Economy Standard — Silver: 1 × 23 kg; Gold: 2 × 23 kg",
        "According to our policy, Gold — Economy Standard: two × 23 kg",
    ],
)
def test_a_row_may_be_said_with_any_of_its_columns(sentence: str) -> None:
    assert ok(sentence, TABLE_EN)


@pytest.mark.parametrize(
    "sentence",
    [
        "金卡：经济舱标准：2 件 × 23 公斤；经济舱灵活：3 件 × 23 公斤",
        "您好，金卡：经济舱灵活：3 件×23公斤。",
        "金卡——经济舱标准：两件 × 二十三公斤",
    ],
)
def test_a_chinese_row_too(sentence: str) -> None:
    assert ok(sentence, TABLE_ZH, "zh")


@pytest.mark.parametrize(
    "sentence",
    [
        "Gold — Economy Standard: 3 × 23 kg",  # the other column
        "Silver — Economy Standard: 2 × 23 kg",  # the other row
        "Gold — Economy Standard: 2 × 32 kg",
        "Gold — Economy Standard: 2 × 23 lb",
        "Gold — Economy Standard: 2 × 23 kg; Economy Flex: 2 × 23 kg",
        "Platinum — Economy Standard: 2 × 23 kg",
        "Gold — Business: 2 × 23 kg",
        "Gold — 2 × 23 kg",  # of which fare?
        "Silver members on Economy Standard have 2 × 23 kg.",
        "Gold members on Economy Standard do not have 2 × 23 kg.",
        "金卡：经济舱标准：2 件 × 23 公斤",  # another language has to bring its own source
    ],
)
def test_a_cell_of_another_row_or_column_is_refused(sentence: str) -> None:
    assert not ok(sentence, TABLE_EN)


def test_a_row_as_a_source_of_its_own_carries_its_header() -> None:
    row = Source(text="| Gold | 2 × 23 kg | 3 × 23 kg |", header="| Card | Economy Standard | Economy Flex |", lang="en")
    assert carried("Gold — Economy Flex: 3 × 23 kg", "en", [row]).ok
    assert not carried("Gold — Economy Standard: 3 × 23 kg", "en", [row]).ok
    assert not carried("Gold — Economy Flex: 3 × 23 kg", "en", [row.model_copy(update={"header": None})]).ok


@pytest.mark.parametrize(
    "sentence",
    [
        "Of course! Light tickets are not refundable, except airport taxes.",
        "No, Light tickets are not refundable, except airport taxes.",
        "Yes. Holders of Return Flex may change the date or time of the return flight once per booking, free of charge.",
        "Holders of Return Flex can change the date or time of the return flight once per booking at no charge.",
        "Thank you for your question. You ask at least three hours before the return flight leaves. I hope this helps.",
        "The following may travel in the cabin: one power bank of up to 100 Wh; a laptop.",
        "Regarding your refund: Refunds are paid within seven business days to a card and within 15 working days for other means.",
        "Please note that infants under 2 pay 10% of the adult fare.",
        "The change fee is ¥200 if you change at least one day before departure, and RMB 400 later.",
        "Changing your return flight: You ask at least 3 hours before the return flight leaves.",
        "Hi, here is what our policy says: Claims must be made within 30 days of 2026-06-01.",
        "Light tickets are non-refundable, except airport taxes.",
        "I can confirm that infants under 2 pay 10 % of the adult fare. Please let me know if you have any other questions.",
    ],
)
def test_a_true_sentence_passes_in_polite_company(sentence: str) -> None:
    verdict = carried(sentence, "en", [Source(text=PROSE_EN, lang="en")])
    assert verdict.ok, verdict.problems


@pytest.mark.parametrize(
    "sentence",
    [
        "您好，轻享客票不可退票，机场税费除外。",
        "根据我们的规定，须在回程航班起飞前至少三小时提出。",
        "退款于七个工作日内退回银行卡。希望对您有帮助。",
        "关于退票：轻享客票不可退票，机场税费除外。",
        "可以的，持有回程灵活权益的旅客，可免费改签回程航班一次。",
        "起飞前24小时以前改签的，收取人民币200元；之后收取400元。",
        "每人限带2个充电宝。如有其他问题，请随时告诉我。",
        "以下物品可带入客舱：一个不超过100瓦时的充电宝；笔记本电脑。",
        "12 周岁以上儿童无需申请。",
    ],
)
def test_a_true_chinese_sentence_passes(sentence: str) -> None:
    verdict = carried(sentence, "zh", [Source(text=PROSE_ZH, lang="zh")])
    assert verdict.ok, verdict.problems


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("number", "You ask at least 4 hours before the return flight leaves."),
        ("unit", "You ask at least 3 days before the return flight leaves."),
        ("unit", "Refunds are paid within 7 days to a card and within 15 working days for other means."),
        ("currency", "The change fee is EUR 200 if you change at least 24 hours before departure, and CNY 400 later."),
        ("date", "Claims must be made within 30 days of 1 July 2026."),
        ("date", "Claims must be made within 30 days of 1 June 2025."),
        ("comparison", "You ask at most 3 hours before the return flight leaves."),
        ("comparison dropped", "You ask 3 hours before the return flight leaves."),
        ("comparison", "The following may travel in the cabin: one power bank of at least 100 Wh."),
        ("before/after", "You ask at least 3 hours after the return flight leaves."),
        ("negation dropped", "Light tickets are refundable, except airport taxes."),
        ("negation added", "Infants under 2 do not pay 10 % of the adult fare."),
        ("negation in lead-in", "The following may not travel in the cabin: a laptop."),
        ("item of another list", "The following may travel in the cabin: snub-nosed dogs."),
        ("lead-in dropped", "Power banks."),
        ("exception dropped", "Light tickets are not refundable."),
        ("condition dropped", "The change fee is CNY 200."),
        ("condition dropped", "You may change the date or time of the return flight once per booking, free of charge."),
        (
            "condition added",
            "Only holders of Return Flex may change the date or time of the return flight once per booking, free of charge.",
        ),
        ("amounts exchanged", "The change fee is CNY 400 if you change at least 24 hours before departure, and CNY 200 later."),
        ("amounts exchanged", "Refunds are paid within 15 working days to a card and within 7 working days for other means."),
        ("fee for free", "Holders of Return Flex may change the date or time of the return flight once per booking, for a fee."),
        ("free for fee", "Infants under 2 travel free of charge."),
        ("name", "Flex tickets are not refundable, except airport taxes."),
        ("number of another sentence", "Refunds are paid within 30 days to a card."),
        ("yes for no", "Yes, Light tickets are not refundable, except airport taxes."),
        ("no for yes", "No, holders of Return Flex may change the date or time of the return flight once per booking, free of charge."),
        ("absolute", "You can always change your return flight free of charge."),
        ("out of nothing", "Your booking is confirmed."),
        ("a greeting alone", "Hello!"),
        ("nothing", " … "),
    ],
)
def test_a_sentence_that_says_something_else_is_refused(kind: str, sentence: str) -> None:
    assert not ok(sentence, PROSE_EN), kind


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("number", "须在回程航班起飞前至少2小时提出。"),
        ("unit", "退款于7天内退回银行卡。"),
        ("comparison", "须在回程航班起飞前至多3小时提出。"),
        ("comparison", "12岁以下儿童无须申请。"),
        ("before/after", "须在回程航班起飞后至少3小时提出。"),
        ("negation dropped", "轻享客票可退票，机场税费除外。"),
        ("negation flipped", "12岁以上儿童须申请。"),
        ("exception dropped", "轻享客票不可退票。"),
        ("condition dropped", "可免费改签回程航班一次。"),
        ("condition dropped", "收取200元。"),
        ("amounts exchanged", "起飞前24小时以前改签的，收取400元；之后收取200元。"),
        ("fee for free", "持有回程灵活权益的旅客，可付费改签回程航班一次。"),
        ("name", "灵活客票不可退票，机场税费除外。"),
        ("limit dropped", "每人带两个充电宝。"),
        ("list item falsified", "以下物品可带入客舱：一个超过100Wh的充电宝。"),
        ("out of nothing", "您可以免费退票。"),
    ],
)
def test_a_false_chinese_sentence_is_refused(kind: str, sentence: str) -> None:
    assert not ok(sentence, PROSE_ZH, "zh"), kind


def test_who_pays_is_part_of_the_claim() -> None:
    assert ok("We pay for the hotel.", "We pay for the hotel.")
    assert not ok("You pay for the hotel.", "We pay for the hotel.")
    assert not ok("住宿费用由您承担。", "住宿费用由我们承担。", "zh")


def test_the_verdict_says_what_is_wrong() -> None:
    verdict = carried("You ask at least 4 hours before the return flight leaves.", "en", [Source(text=PROSE_EN, lang="en")])
    assert verdict.problems == ("“at least 4 hours” stands where the source has “at least 3 hours”.",)


def test_a_passage_is_cut_into_units() -> None:
    units = units_of(TABLE_EN + "\n" + PROSE_EN)
    assert (units[0].text, units[0].header) == ("| Silver | 1 × 23 kg | 2 × 23 kg |", "| Card | Economy Standard | Economy Flex |")
    items = {u.text: u.lead_in for u in units if u.lead_in}
    assert items["a laptop."] == "The following may travel in the cabin:"
    assert items["power banks;"] == "The following are refused in the hold:"
    assert "Light tickets are not refundable, except airport taxes." in {u.text for u in units}
    assert {u.text for u in units_of("可退票；但团队票除外。须付 1.5 元。")} == {"可退票；但团队票除外。", "须付 1.5 元。"}


def test_letters_of_a_law_keep_the_words_that_lead_them_in() -> None:
    units = units_of(
        "1. Passengers shall receive compensation amounting to:\n(a) EUR 250 for short flights;\n(b) EUR 400 for others.\n2. It is paid in cash."
    )
    assert [(u.text, u.lead_in) for u in units] == [
        ("EUR 250 for short flights;", "Passengers shall receive compensation amounting to:"),
        ("EUR 400 for others.", "Passengers shall receive compensation amounting to:"),
        ("It is paid in cash.", None),
    ]


def test_a_sentence_is_judged_in_about_a_millisecond() -> None:
    """Against three units of some 200 characters, the units read once; five times the promise, for a busy machine."""
    sources = [Source(text=PROSE_EN[at : at + 200], lang="en") for at in (0, 300, 520)]
    sentences = [f"The change fee is CNY {n} if you change at least 24 hours before departure, and CNY 400 later." for n in range(200)]
    carried("warm up", "en", sources)
    began = perf_counter()
    for sentence in sentences:
        carried(sentence, "en", sources)
    assert (perf_counter() - began) / len(sentences) < 0.005


def test_a_passage_may_begin_inside_its_table() -> None:
    """A passage's text starts at its first cell, without the outer bar; an empty first cell must not shift the columns."""
    named = "Fare | Cabin | Hold |\n|---|---|---|\n| Fee | CNY 800 | CNY 1,200 |"
    unnamed = "| Cabin | Hold |\n|---|---|---|\n| Fee | CNY 800 | CNY 1,200 |"
    for text in (named, unnamed):
        assert ok("Fee: Cabin: CNY 800; Hold: CNY 1,200", text)
        assert not ok("Fee: Hold: CNY 800", text)
