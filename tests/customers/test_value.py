"""A value is bounded, rises with each figure, hangs on nothing but figures and scheme, and says why it is what it is."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from basics.clock import stopped_at
from basics.errors import SettingsWrong
from basics.money import Money
from customers.activity import Activity, CompanyActivity
from customers.company import Company
from customers.demo_airline import counted_on, read_demo_airline
from customers.scheme import Scheme
from customers.source_carded import Carded
from customers.source_demo import DemoSource
from customers.traveller import Traveller
from customers.value import SCHEME_FILE, Value, card_of, company_value_of, read_scheme, value_of
from customers.value_explained import Explanation, company_explained, explained
from tests.customers.people import NOW, a_company, a_traveller

SCHEME = read_scheme()
STATED: dict[str, Any] = yaml.safe_load(SCHEME_FILE.read_text("utf-8"))
DAY = date(2026, 10, 31)


def flown(flights: int = 10, miles: int = 10_000, business: int = 0, before: int = 10, **changes: Any) -> Traveller:
    activity = Activity(as_of=DAY, flights=flights, miles=miles, cabins={"economy": flights - business, "business": business}, flights_before=before)
    return a_traveller(activity=activity, **changes)


def bought(amount: int, miles: int, currency: str = "CNY") -> Company:
    money = Money(amount=Decimal(amount), currency=currency)
    return a_company(activity=CompanyActivity(as_of=DAY, bought=money, miles=miles, bought_before=money))


def valued(traveller: Traveller, scheme: Scheme = SCHEME) -> Value:
    value = value_of(traveller, scheme)
    assert value is not None
    return value


def changed(**traveller: Any) -> Scheme:
    """The scheme with other settings for travellers."""
    return Scheme.model_validate(STATED | {"traveller": STATED["traveller"] | traveller})


@st.composite
def somebody(draw: st.DrawFn) -> Traveller:
    flights = draw(st.integers(0, 400))
    business = draw(st.integers(0, flights))
    return flown(flights, draw(st.integers(0, 900_000)), business, draw(st.integers(0, 400)))


@given(somebody())
def test_a_value_is_the_sum_of_its_parts_within_a_hundred(traveller: Traveller) -> None:
    value = valued(traveller)
    assert 0 <= value.score <= 100 and set(value.parts) == {"frequency", "cabin", "miles"}
    assert value.score == pytest.approx(sum(part.points for part in value.parts.values()), abs=1e-9)
    for part in value.parts.values():
        assert 0 <= part.share <= 100 and 0 <= part.points <= part.weight
    assert sum(part.weight for part in value.parts.values()) == 100


@given(somebody(), st.integers(1, 200), st.integers(1, 100_000))
def test_more_miles_or_a_better_cabin_never_cost_anything(traveller: Traveller, more: int, miles: int) -> None:
    """Flying one's flights in Business, farther, or more often in the same mix of cabins never lowers the score or the tier."""
    has = traveller.activity
    assert has
    rank = ["member", "silver", "gold", "platinum"]
    business, economy = has.cabins["business"], has.cabins["economy"]
    better = {"cabins": {"business": business + min(economy, more), "economy": economy - min(economy, more)}}
    as_often = {"flights": 2 * has.flights, "cabins": {cabin: 2 * n for cabin, n in has.cabins.items()}}
    one_more = {"flights": has.flights + 1, "cabins": {"business": business + 1, "economy": economy}}
    before = valued(traveller)
    for change in ({"miles": has.miles + miles}, better, as_often, one_more):
        after = valued(traveller.model_copy(update={"activity": has.model_copy(update=change)}))
        assert after.score >= before.score and rank.index(after.tier) >= rank.index(before.tier), change


@given(somebody())
def test_the_order_in_which_things_are_told_does_not_matter(traveller: Traveller) -> None:
    has = traveller.activity
    assert has
    turned = has.model_copy(update={"cabins": dict(reversed(has.cabins.items()))})
    backwards = Scheme.model_validate({key: turned_round(told) for key, told in STATED.items()})
    assert backwards.mark == SCHEME.mark
    assert valued(traveller) == valued(traveller.model_copy(update={"activity": turned})) == valued(traveller, backwards)


def turned_round(told: Any) -> Any:
    return {key: turned_round(inner) for key, inner in reversed(told.items())} if isinstance(told, dict) else told


@given(st.integers(0, 3_000_000), st.integers(0, 2_000_000), st.integers(0, 500_000))
def test_a_company_s_value_is_bounded_and_rises(amount: int, miles: int, more: int) -> None:
    plain, dearer, farther = (company_value_of(bought(*of), SCHEME) for of in ((amount, miles), (amount + more, miles), (amount, miles + more)))
    assert plain and dearer and farther
    assert 0 <= plain.score <= min(dearer.score, farther.score) <= 100
    assert (plain.segment == "large") is (plain.score >= SCHEME.company.large_from)


def test_one_long_haul_year_does_not_drown_the_rest() -> None:
    """Ten times the miles of a Platinum member, in Economy on three flights, is worth 30 points and no more: no Gold comes of it."""
    once = valued(flown(flights=3, miles=900_000))
    assert once.parts["miles"].points == 30 and once.tier == "member"


@pytest.mark.parametrize("tier", ["silver", "gold", "platinum"])
def test_an_edge_is_reached_to_the_point(tier: Any) -> None:
    """With the edge at exactly the score it is reached; a tenth of a point above it is not."""
    somebody = flown(21, 26_400, business=4)
    score = valued(somebody).score
    edges = {"silver": 1.0, "gold": 2.0, "platinum": 100.0}
    at = {"silver": score, "gold": score + 5, "platinum": score + 10} if tier == "silver" else edges | {tier: score}
    above = at | {tier: round(score + 0.1, 1)}
    assert valued(somebody, changed(tiers=at)).tier == tier
    assert valued(somebody, changed(tiers=above)).tier != tier


def test_a_linear_scale_ends_where_it_is_full() -> None:
    linear = {"weight": 30, "title": {"en": "Flights", "zh": "航段数"}, "full_at": 40}
    scheme = changed(parts=STATED["traveller"]["parts"] | {"frequency": linear})
    assert [valued(flown(n), scheme).parts["frequency"].points for n in (0, 20, 40, 400)] == [0, 15, 30, 30]
    assert not next(part for part in explained(flown(20), scheme).parts if part.name == "frequency").is_percentile


@pytest.mark.parametrize(
    ("figures", "segment"),
    [
        ({"flights": 42, "miles": 47_600, "business": 6, "before": 42}, "high"),
        ({"flights": 10, "miles": 23_600, "before": 10}, "potential"),  # 1.6 points below Silver
        ({"flights": 9, "miles": 12_600, "before": 6}, "potential"),  # half as often again as the year before, to the flight
        ({"flights": 9, "miles": 12_600, "before": 7}, "regular"),
        ({"flights": 5, "miles": 5_000, "before": 0}, "regular"),  # too seldom to be called growing
    ],
)
def test_segments(figures: dict[str, int], segment: str) -> None:
    assert valued(flown(**figures)).segment == segment


def test_what_is_not_known_has_no_value() -> None:
    """No activity, flights in nobody knows which cabin, fares in a currency that is not compared: None; known to have flown nothing: 0 points."""
    no_cabins = a_traveller(activity=Activity(as_of=DAY, flights=3, miles=900))
    for unknown in (a_traveller(), no_cabins):
        said = explained(unknown, SCHEME)
        assert value_of(unknown, SCHEME) is None and said.score is None and "That is no value of 0." in said.sentences[0].en
    assert company_value_of(a_company(), SCHEME) is None and company_value_of(bought(9, 9, "EUR"), SCHEME) is None
    assert company_explained(a_company(), SCHEME).segment is None
    nothing = valued(flown(0, 0))
    assert (nothing.score, nothing.tier, nothing.segment) == (0, "member", "regular") and explained(flown(0, 0), SCHEME).next


async def test_the_score_stands_for_the_card_only_where_it_may() -> None:
    """`card: score` fills in what the platform does not tell, and never overrules what it does."""
    scheme = SCHEME.model_copy(update={"card": "score"})
    gold = flown(42, 47_600, business=6, tier=None)
    assert (card_of(gold, SCHEME), card_of(gold, scheme), card_of(a_traveller(tier=None), scheme)) == (None, "gold", None)
    assert card_of(gold.model_copy(update={"tier": "silver"}), scheme) == "silver"
    assert "stands for it" in explained(gold, scheme).sentences[1].en and "tells no card" in explained(gold, SCHEME).sentences[1].en
    source = Carded(DemoSource(clock=stopped_at(NOW)), scheme)
    duan = await source.traveller("duan-silver")
    assert duan and duan.tier == "silver" and valued(duan).tier == "gold"
    assert await source.traveller("nobody") is None and (await source.company("co-straits")) and await source.account("co-straits", NOW)


@given(somebody())
def test_what_is_said_to_reach_the_next_tier_reaches_it_and_less_does_not(traveller: Traveller) -> None:
    said, has = explained(traveller, SCHEME), traveller.activity
    assert has
    if said.next is None:
        assert said.tier == "platinum"
        return
    assert said.score is not None and said.next.missing == pytest.approx(said.next.edge - said.score) and said.next.missing > 0
    fields = {"frequency": "flights", "miles": "miles"}
    for way in said.next.ways:
        for needs, reaches in ((way.needs, True), (way.needs - 1, False)):
            if way.part == "cabin":
                change: dict[str, Any] = {"cabins": {"business": needs, "economy": has.flights - needs}}
            elif way.part == "frequency" and has.flights:
                continue  # as many more in the same mix of cabins: not to be had for every number
            else:
                change = {fields[way.part]: needs}
            after = valued(traveller.model_copy(update={"activity": has.model_copy(update=change)}))
            assert (after.score >= said.next.edge) is reaches, (way, needs)


def test_a_card_that_differs_from_the_score_is_explained() -> None:
    same, other = explained(flown(42, 47_600, business=6), SCHEME), explained(flown(42, 47_600, business=6, tier="silver"), SCHEME)
    assert (same.tier, same.card, other.tier, other.card) == ("gold", "gold", "gold", "silver")
    assert "articles go by the card" in other.sentences[1].en and "以卡级为准" in other.sentences[1].zh
    assert "too" in same.sentences[1].en and "同为金卡会员" in same.sentences[1].zh


WRONG: dict[str, tuple[Any, str]] = {
    "weights": ({"parts": STATED["traveller"]["parts"] | {"miles": STATED["traveller"]["parts"]["miles"] | {"weight": 29}}}, "100 together"),
    "a part is missing": ({"parts": {k: v for k, v in STATED["traveller"]["parts"].items() if k != "miles"}}, "each of frequency, cabin, miles"),
    "edges": ({"tiers": {"silver": 80, "gold": 76, "platinum": 92}}, "each above the one before"),
    "cabins": ({"cabins": {"economy": 30}}, "weighs each of economy, business"),
    "a typo": ({"tires": {}}, "tires"),
    "falls": (
        {"parts": STATED["traveller"]["parts"] | {"miles": {"weight": 30, "title": {"en": "M", "zh": "里"}, "reference": {0: 0, 5: 9, 9: 5}}}},
        "never falls",
    ),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_scheme_that_contradicts_itself_is_refused(how: str, tmp_path: Path) -> None:
    told, why = WRONG[how]
    file = tmp_path / "value.yaml"
    file.write_text(yaml.safe_dump(STATED | {"traveller": STATED["traveller"] | told}, allow_unicode=True), "utf-8")
    with pytest.raises(SettingsWrong, match=why):
        read_scheme(file)
    with pytest.raises(SettingsWrong, match="no value scheme"):
        read_scheme(tmp_path / "nowhere.yaml")


def test_another_setting_is_another_scheme() -> None:
    """The mark of a value changes with anything that is stated, and with nothing else."""
    assert read_scheme().mark == SCHEME.mark == valued(flown()).scheme
    assert changed(tiers={"silver": 65, "gold": 76, "platinum": 92.5}).mark != SCHEME.mark


AIRLINE = read_demo_airline()
NEEDS = re.compile(r"^\| (Qualifying miles|or flights) in a calendar year \| none \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", re.M)


def test_the_demo_s_travellers_flew_what_their_cards_need() -> None:
    """By the article: a card's miles or its flights were reached, those of the next were not; cabins add up."""
    article = (Path(__file__).parents[2] / "knowledge" / "articles" / "en" / "loyalty-tiers.md").read_text("utf-8")
    miles, flights = ([0, *(int(n.replace(",", "")) for n in found[1:])] for found in NEEDS.findall(article))
    for person in AIRLINE.personas:
        if (has := person.activity) is not None:
            card = ["member", "silver", "gold", "platinum"].index(person.tier)
            assert has.miles >= miles[card] or has.flights >= flights[card], person.id
            assert card == 3 or (has.miles < miles[card + 1] and has.flights < flights[card + 1]), person.id
            assert sum(has.cabins.values()) == has.flights, person.id


def test_the_demo_s_companies_bought_what_their_accounts_list() -> None:
    """The year's fares of a company with a list of trips are those of the list, less the discount."""
    for account in AIRLINE.accounts:
        fares = AIRLINE.compass.fares
        net = sum(len(trip.on) * Decimal(trip.public) * (100 - fares[trip.fare].discount_percent) / 100 for trip in account.flown)
        assert AIRLINE.company_activity[account.company_id].bought == net, account.company_id
    assert AIRLINE.company_activity.keys() <= {company.id for company in AIRLINE.companies}
    flown_for = {trip.who: 0 for account in AIRLINE.accounts for trip in account.flown}
    for account in AIRLINE.accounts:
        for trip in account.flown:
            flown_for[trip.who] += trip.flights * len(trip.on)
    for person in AIRLINE.personas:
        if person.activity is not None:
            assert person.activity.flights >= flown_for.get(person.id, 0), f"{person.id} flew more for the company than in all"


async def test_the_demo_counts_at_the_end_of_every_month() -> None:
    source = DemoSource(clock=stopped_at(NOW))
    assert str(counted_on(NOW)) == "2026-10-31"
    lin, firm = await source.traveller("lin-gold"), await source.company("co-ninebends")
    assert lin and lin.activity and str(lin.activity.as_of) == "2026-10-31" and str(lin.activity.last_flown) == "2026-10-25"
    assert firm and firm.activity and firm.activity.as_of == lin.activity.as_of
    said: list[Explanation] = [company_explained(firm, SCHEME), explained(lin, SCHEME)]
    assert [one.segment for one in said] == ["large", "high"] and all(w.zh for one in said for w in one.sentences)
    quiet = AIRLINE.person("lin-gold")
    assert quiet
    silent = AIRLINE.model_copy(update={"personas": (quiet.model_copy(update={"activity": None}),), "company_activity": {}})
    nobody = await DemoSource(silent).traveller("lin-gold")
    assert nobody and nobody.activity is None and value_of(nobody, SCHEME) is None
