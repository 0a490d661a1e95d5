"""The words of a text: terms, synonyms, and what nothing accounts for."""

from knowledge.strange import strange_words
from knowledge.synonyms import policy_words, spoken
from knowledge.terms import script_of, terms_of


def test_english_words_are_stems_without_stop_words() -> None:
    assert terms_of("How can I change the bags?") == ("chang", "bag")


def test_a_hyphen_is_no_difference() -> None:
    """Articles write Wi-Fi and e-mail, travellers wifi and email; a code or a range keeps its hyphen."""
    assert terms_of("Wi-Fi by e-mail") == terms_of("wifi by email") == ("wifi", "email")
    assert terms_of("X-200 or 2-3") == ("x-200", "2-3")


def test_chinese_text_is_pairs_of_characters_between_small_words() -> None:
    assert terms_of("请问行李的重量是多少") == ("行李", "重量")


def test_the_script_tells_the_language() -> None:
    assert (script_of("APP 怎么用"), script_of("Where is 上海 airport exactly please")) == ("zh", "en")


def test_everyday_words_call_up_what_policies_write_and_only_what_is_not_said_already() -> None:
    assert "snub-nosed" in policy_words("our frenchie", "en")
    assert "lounge" not in policy_words("may I bring a guest into the lounge", "en").split()
    assert "婴儿" in policy_words("带宝宝坐飞机", "zh")
    assert policy_words("the meaning of life", "en") == ""


def test_without_me_is_a_missed_flight_and_only_a_child_travels_unaccompanied() -> None:
    assert "minor" not in policy_words("the plane left without me", "en")
    assert "minor" in policy_words("my daughter flies without me", "en")


def test_strange_is_what_no_article_no_synonym_and_no_everyday_talk_accounts_for() -> None:
    known = frozenset(terms_of("A bag may be checked in. A lounge has seats.")).__contains__
    assert strange_words("hello, is there a jacuzzi in the lounge tonight?", "en", known) == ("jacuzzi",)
    assert strange_words("can my frenchie and my bag come tomorrow", "en", known) == ()
    held = frozenset(terms_of("行李托运规定")).__contains__
    assert strange_words("我的行李明天能托运吗", "zh", held) == ()
    assert strange_words("行李里能放榴莲吗", "zh", held) != ()


def test_words_that_a_synonym_accounts_for_are_taken_out() -> None:
    assert "frenchie" not in spoken("our frenchie", "en")
