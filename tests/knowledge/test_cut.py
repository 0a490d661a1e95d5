"""An article cut into passages and units, each at its place in the text."""

from knowledge.cut import passages_of
from tests.bot.ferry import VEHICLES, an_article

ARTICLE = an_article("vehicles", VEHICLES)
PASSAGES = passages_of(ARTICLE)
UNITS = [u for p in PASSAGES for u in p.units]


def test_every_unit_stands_word_for_word_at_its_last_span() -> None:
    for unit in UNITS:
        start, end = unit.spans[-1]
        stands = ARTICLE.body[start:end]
        assert stands == unit.text if unit.kind != "row" else all(cell.text in stands for cell in unit.cells)


def test_a_list_item_keeps_its_lead_in_and_a_row_its_header() -> None:
    item = next(u for u in UNITS if u.kind == "item")
    row = next(u for u in UNITS if u.kind == "row")
    assert item.lead_in == "A car may board under these conditions:" and ARTICLE.body[slice(*item.spans[0])] == item.lead_in
    assert [c.header for c in row.cells] == ["Vehicle", "Summer", "Winter"]
    assert row.text == "Bicycle: Summer: Free; Winter: Free"


def test_sections_and_paragraphs_are_told_apart() -> None:
    assert [p.section for p in PASSAGES] == ["", "Deck fees", "Boarding with a car", "Cancelling a deck place"]
    fees = [(u.kind, u.paragraph) for u in PASSAGES[1].units]
    assert [kind for kind, _ in fees] == ["sentence", "row", "row", "row", "sentence"] and len({n for _, n in fees}) == 3


def test_a_list_shares_the_paragraph_that_introduces_it() -> None:
    assert len({u.paragraph for u in PASSAGES[2].units}) == 1


def test_a_long_section_is_cut_into_passages_that_lose_nothing() -> None:
    sentences = [f"Sentence number {n} says something about cabins and berths on deck {n}." for n in range(60)]
    long = passages_of(an_article("long", "# Long\n\n" + "\n\n".join(sentences) + "\n"))
    assert len(long) > 1 and [u.text for p in long for u in p.units] == sentences


def test_markdown_marks_are_not_read_out() -> None:
    (unit,) = passages_of(an_article("m", "# M\n\nPay **EUR 6** at the [desk](https://x.example).\n"))[0].units
    assert unit.text == "Pay EUR 6 at the desk."


def test_who_asks_for_a_table_as_a_whole_asks_for_every_row_of_it() -> None:
    """Ways of asking that are noted for a lead-in belong to each row or item that it introduces, and to nothing after them."""
    body = "# Fees\n\nThe fee depends on the deck:\n\n| Deck | Fee |\n| --- | --- |\n| Upper | EUR 4 |\n| Lower | EUR 2 |\n\nChildren pay half.\n"
    article = an_article("fees", body, asks=[{"says": "The fee depends", "asked": ["what does it cost"]}])
    units = [u for p in passages_of(article) for u in p.units]
    assert [bool(u.asked) for u in units] == [True, True, True, False] and {u.asked for u in units} == {("what does it cost",), ()}
