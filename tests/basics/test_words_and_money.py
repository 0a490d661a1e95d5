"""Words exist in both languages, money is exact, time has a zone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basics.clock import ahead_by, day_in, iso, parse_moment, stopped_at
from basics.errors import ConciergeError
from basics.ids import fingerprint, new_id, new_token
from basics.money import Money
from basics.words import Words, words


@pytest.mark.parametrize(("en", "zh"), [("", "空"), ("empty", ""), (" ", "空"), ("empty", "　")])
def test_a_text_with_an_empty_half_is_refused(en: str, zh: str) -> None:
    """Nobody is ever shown a blank because they read the other language."""
    with pytest.raises(ValueError, match="both languages"):
        Words(en=en, zh=zh)


def test_each_half_is_filled_in_its_own_language() -> None:
    """A name inside a sentence comes in the sentence's language."""
    said = words("Your {fare} ticket, {n} bags", "您的{fare}客票，{n} 件").filled(fare=words("Economy Light", "经济舱轻享"), n=2)
    assert said.en == "Your Economy Light ticket, 2 bags"
    assert said.said_in("zh") == "您的经济舱轻享客票，2 件"


@pytest.mark.parametrize(
    ("amount", "currency", "en", "zh"),
    [
        ("1200", "CNY", "CNY 1,200", "1,200 元"),
        ("0", "CNY", "free of charge", "免费"),
        ("250.50", "EUR", "EUR 250.5", "250.5 欧元"),
        ("300", "XTS", "XTS 300", "300 XTS"),
    ],
)
def test_money_is_said_as_each_language_says_it(amount: str, currency: str, en: str, zh: str) -> None:
    """Amounts keep every digit and carry their currency."""
    assert Money(amount=Decimal(amount), currency=currency).worded() == Words(en=en, zh=zh)


def test_a_moment_without_a_zone_is_refused() -> None:
    """Nobody knows where its clock hung."""
    with pytest.raises(ValueError, match="no time zone"):
        parse_moment("2026-03-02T09:00")


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_moment_survives_being_written_down(naive: datetime, offset: int) -> None:
    """Whatever the zone it was given in, the same second comes back, in UTC."""
    at = naive.replace(microsecond=0, tzinfo=UTC) - timedelta(minutes=offset)
    back = parse_moment(iso(at))
    assert back == at and back.utcoffset() == timedelta(0)


def test_the_airline_s_day_is_not_utc_s() -> None:
    """Late in the evening UTC it is tomorrow in Shanghai."""
    at = parse_moment("2026-05-31T16:00Z")
    assert day_in(at, "Asia/Shanghai").isoformat() == "2026-06-01" and day_in(at, "UTC").isoformat() == "2026-05-31"


def test_a_clock_can_be_stopped_and_set() -> None:
    """Tests and dry turns live at any moment they like."""
    assert stopped_at("2026-03-02T09:00Z")() == parse_moment("2026-03-02T09:00Z")
    later = parse_moment("2030-01-01T00:00Z")
    assert timedelta(0) <= ahead_by(later)() - later < timedelta(seconds=5)


def test_ids_and_tokens_do_not_repeat_and_only_a_fingerprint_is_kept() -> None:
    """A token cannot be read back from what is stored of it."""
    assert len({new_id("turn") for _ in range(1000)} | {new_token() for _ in range(1000)}) == 2000
    token = new_token()
    assert new_id("turn").startswith("turn_") and token not in fingerprint(token) and len(fingerprint(token)) == 64


def test_an_error_speaks_both_languages_and_has_a_slug() -> None:
    """Pages word an error by its slug; who reads logs sees a sentence."""
    error = ConciergeError(words("Nothing was changed.", "未作任何更改。"), by="Anna", at=None)
    assert str(error) == "Nothing was changed." and error.said.zh == "未作任何更改。" and error.slug == "internal"
