"""The quote draft: what each sentence is carried by, what is cited, and what is said of the asker's own card."""

from bot.compose import compose, said_text
from bot.steps import Chosen
from tests.bot.ferry import FERRY, a_shelf, an_article, answer, asked, grounded

LOUNGE = """# Lounge and berths

| Service | Member | Silver | Gold |
| --- | --- | --- | --- |
| Lounge on board | EUR 12 | EUR 6 | free |
| Reclining seat | EUR 5 | EUR 5 | EUR 2 |
"""
SHELF = a_shelf(an_article("lounge", LOUNGE))


def test_the_askers_own_card_picks_the_column_and_is_named() -> None:
    assert answer("what do I pay for the lounge?", tier="silver", shelf=SHELF).startswith("With your Silver card: Lounge on board, Silver: EUR 6.")


def test_another_card_in_the_question_wins_and_nothing_is_called_yours() -> None:
    said = answer("what does a gold member pay for the lounge?", tier="silver", shelf=SHELF)
    assert "Lounge on board, Gold: free." in said and "With your" not in said


def test_every_quoted_sentence_is_carried_by_the_spans_it_stands_at() -> None:
    request, understood, evidence = asked("how much is a 6 m car on the deck in summer?")
    draft = compose(request, understood, evidence, FERRY)
    row = draft.sentences[0]
    body = FERRY.articles[("vehicles", "en", 1)].body
    assert [body[c.start : c.end] for c in row.carried_by] == ["Car of more than 5 m and up to 8 m", "Summer", "EUR 65"]
    assert row.citations == (1,) and draft.citations[0].article_id == "vehicles" and draft.citations[0].section == "Deck fees"


def test_a_reply_cites_at_most_three_sections_and_quotes_what_it_says() -> None:
    draft = grounded("car dog cabin bicycle deck fee delay meal cancel").draft
    assert 1 <= len(draft.citations) <= 3
    assert all(c.quote and c.title for c in draft.citations)


def test_an_article_in_the_other_language_only_is_quoted_with_a_word_about_it() -> None:
    shelf = a_shelf(an_article("cabins", "# 客舱\n\n客舱最多住四人。\n", "zh"))
    request, understood, evidence = asked("客舱住几人", shelf=shelf)
    draft = compose(request, understood.model_copy(update={"lang": "en"}), evidence, shelf)
    assert [c.wording_id for c in draft.sentences[0].carried_by] == ["other-language"]
    assert draft.sentences[1].lang == "zh"


def test_a_unit_ends_like_a_sentence_unless_its_other_half_follows() -> None:
    passage = next(p for p in FERRY.passages.values() if p.lang == "zh" and "取消" in p.section)
    half = Chosen(unit=passage.units[0], passage=passage, score=1, cosine=1)
    assert said_text(half).endswith("全额退款。") and said_text(half, goes_on=True).endswith("全额退款；")
