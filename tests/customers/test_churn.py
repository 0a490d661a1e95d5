"""Churn risk and the goodwill it proposes: every sign counts the way one expects, says so, and no sum leaves the table."""

from datetime import date
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from customers.activity import Activity
from customers.churn import churn_file, churn_of, goodwill_for
from customers.traveller import TIER_WORDS, Tier

TODAY = date(2026, 11, 22)
TIERS: tuple[Tier, ...] = get_args(Tier)


def an_activity(flights: int = 10, before: int = 10, last: date | None = date(2026, 11, 1)) -> Activity:
    return Activity(as_of=TODAY, flights=flights, miles=1000, flights_before=before, last_flown=last)


def risk(tier: Tier = "member", activity: Activity | None = None, complaints: int = 0, rating: int | None = None) -> float:
    return churn_of(tier, activity, complaints, rating, TODAY).risk


def test_what_drives_somebody_away_counts() -> None:
    """A complaint, a bad rating, flying less, staying away: each raises it; a good rating, flying more and a card lower it."""
    plain = risk()
    assert plain < risk(complaints=1) < risk(complaints=2) == risk(complaints=9)
    assert risk(rating=5) < plain == risk(rating=4) < risk(rating=3) < risk(rating=2) < risk(rating=1)
    assert risk(activity=an_activity(flights=20)) < plain < risk(activity=an_activity(flights=4))
    assert risk(activity=an_activity(flights=9)) < risk(activity=an_activity(flights=9, last=date(2026, 1, 1)))
    assert risk("platinum") < risk("gold") < plain


def test_the_risk_says_why_heaviest_first() -> None:
    """What staff read: the signs in words, in both languages."""
    made = churn_of("gold", an_activity(flights=4), 1, 1, TODAY)
    assert made.band == "high" and made.reasons[0].en == "rated the last flight 1 of 5"
    assert [r.zh for r in made.reasons] == ["最近一次航班评分为 1 分", "近期投诉 1 次", "近一年乘机次数不到上一年的一半", "持有金卡"]


def test_up_to_the_limit_nobody_is_asked() -> None:
    """Gold at medium risk gets what the table says; at high risk that is above the limit, so a person approves; a member at low risk: nothing."""
    medium, high = churn_of("gold", None, 1, 3, TODAY), churn_of("gold", None, 2, 1, TODAY)
    small, large = goodwill_for(medium, "gold"), goodwill_for(high, "gold")
    assert small and small.is_within and small.amount.amount == 200 and large and not large.is_within and large.amount.amount == 500
    assert goodwill_for(churn_of("member", None, 0, None, TODAY), "member") is None


@given(
    st.sampled_from(TIERS),
    st.integers(0, 50),
    st.none() | st.integers(1, 5),
    st.none() | st.builds(an_activity, st.integers(0, 300), st.integers(0, 300), st.none() | st.dates(date(2020, 1, 1), TODAY)),
)
def test_whatever_is_known_the_risk_is_a_probability_and_goodwill_is_in_the_table(tier: Tier, complaints: int, rating: Any, activity: Any) -> None:
    """No history makes a sum that nobody wrote down, and one complaint more never lowers it."""
    made, more = churn_of(tier, activity, complaints, rating, TODAY), churn_of(tier, activity, complaints + 1, rating, TODAY)
    assert 0 < made.risk < 1 and made.risk <= more.risk
    goodwill = goodwill_for(made, tier)
    assert goodwill is None or goodwill.amount.amount == churn_file().propose[made.band][tier] > 0


def test_every_card_has_its_sums_and_its_limit() -> None:
    """A card without a line in the file would stop a moment halfway."""
    file = churn_file()
    for band in ("low", "medium", "high"):
        assert file.propose[band].keys() == file.limits.keys() == TIER_WORDS.keys()
