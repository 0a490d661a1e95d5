"""The tag book: who may set what, what follows from facts, and which files are refused."""

from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.facts import facts_of
from customers.rules import RulesWrong
from customers.tag_book import TagBook, load_tags
from customers.tags import Tag, TagSource
from tests.customers.people import NOW, a_booking, a_leg, a_traveller, return_flex

BOOK = load_tags()
SOURCES: tuple[TagSource, ...] = get_args(TagSource)


def a_book(folder: Path, text: str) -> TagBook:
    path = folder / "tags.yaml"
    path.write_text("x:\n  title: {en: X, zh: 某}\n" + "".join(f"  {line}\n" for line in text.splitlines()), "utf-8")
    return load_tags(path)


@given(st.sampled_from([*BOOK.listed, "unheard_of"]), st.sampled_from(SOURCES))
@settings(deadline=None)
def test_a_tag_of_somebody_who_may_not_set_it_is_passed_over(name: str, source: TagSource) -> None:
    """And of a benefit nothing that the bot or staff say is taken."""
    tag: Tag = return_flex(name=name, source=source)
    kept = BOOK.accepted([tag])
    assert bool(kept) is BOOK.may_set(name, source)
    if name in BOOK.listed:
        assert bool(kept) is (source in BOOK.listed[name].set_by) and all(t.read_by == BOOK.listed[name].read_by for t in kept)
    else:
        assert bool(kept) is (source in ("platform", "derived", "host")), "a name of the airline's own systems, not of ours"
    assert not BOOK.may_set("return_flex", "bot") and not BOOK.may_set("return_flex", "staff")


def test_what_staff_write_down_for_each_other_is_not_for_the_traveller() -> None:
    assert {name for name, tag in BOOK.listed.items() if tag.read_by == "staff"} == {"look_after", "upset"}
    assert BOOK.settable_by("bot") == ("upset",)


def test_derived_tags_follow_from_facts_and_end() -> None:
    def held(hours: float, **changes: Any) -> list[str]:
        booking = a_booking(legs=(a_leg(NOW.replace(hour=1), "outbound"), a_leg(NOW.replace(day=24), **changes)))
        now = booking.legs[1].departs_at - timedelta(hours=hours)
        legs = [facts_of(a_traveller(), None, booking, leg, now) for leg in booking.legs if not leg.left(now)]
        return [tag.name for tag in BOOK.derived(facts_of(a_traveller(), None, None, None, now), legs, now)]

    assert held(48) == ["flies_home_soon"] and held(48.01) == [] and held(5, cancelled=True) == []
    (tag,) = BOOK.derived({"traveller.flights": 20}, [], NOW)
    assert (tag.name, tag.source, tag.set_by) == ("frequent_flyer", "derived", "frequent_flyer") and tag.until and tag.in_force(NOW)
    assert (tag.until - NOW).days == 30
    assert BOOK.derived({"traveller.flights": 19}, [], NOW) == BOOK.derived({}, [], NOW) == (), "what is not known does not hold"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("set_by: [traveller]", "set_by"),
        ("set_by: []", "set_by"),
        ("set_by: [derived]\nlasts: a while", "lasts"),
        ("set_by: [staff]\nwhen: ['traveller.flights > 3']", "set_by has to name derived"),
        ("set_by: [derived]\nwhen: ['traveller.shoes > 3']", "traveller.shoes"),
        ("set_by: [derived]\nwhen: ['\"upset\" in traveller.observed']", "what the asker can bring about"),
        ("set_by: [derived]\nwhen: ['trip.rating <= 2']\non: leg", "what the asker can bring about"),
        ("set_by: [derived]\nwhen: ['leg.departed']", "write on: leg"),
        ("set_by: [derived]\nwhen: ['traveller.flights']", "true or false"),
        ("colour: red\nset_by: [staff]", "colour"),
    ],
)
def test_a_file_that_may_not_be_used_says_why(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(RulesWrong, match=why):
        a_book(tmp_path, text)
    with pytest.raises(RulesWrong, match="cannot be read"):
        load_tags(tmp_path / "none.yaml")
