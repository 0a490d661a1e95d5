"""The tag book: which tags there are, who may set and read each (tags.yaml), and the ones that are derived from facts."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, Field, ValidationError

from basics.words import Words
from customers.condition import Condition, Facts
from customers.condition_words import ConditionWrong
from customers.declared import usable
from customers.fact_catalogue import CATALOGUE
from customers.rules import RulesWrong
from customers.samples import try_out
from customers.tags import Reader, Tag, TagSource

TAGS_FILE = Path(__file__).with_name("tags.yaml")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_TOLD_BY_OTHERS: tuple[TagSource, ...] = ("platform", "derived", "host")
"""Who may set a tag that is not listed: a system of the airline's own, whose names for things are its own."""


class ListedTag(BaseModel, frozen=True, extra="forbid"):
    """One tag of the file; `when` makes it a derived one."""

    title: Words
    set_by: tuple[TagSource, ...] = Field(min_length=1)
    read_by: Reader = "traveller"
    lasts: str | None = Field(default=None, pattern=r"^[1-9]\d{0,3} (hour|day|week)s?$")
    on: Literal["traveller", "leg"] = "traveller"
    when: tuple[str, ...] = ()

    def ends(self, since: datetime) -> datetime | None:
        """When a tag set at `since` is over, or None where it is open."""
        if self.lasts is None:
            return None
        number, unit = re.split(" ", self.lasts)
        return since + int(number) * _UNITS[unit.removesuffix("s")]


class TagBook:
    """The tags of one file, ready for use."""

    def __init__(self, listed: Mapping[str, ListedTag], file: str = "tags") -> None:
        """Compile and try every clause; RulesWrong names the first tag that may not be used."""
        self.listed = dict(listed)
        self._derived = {name: _clauses(name, tag, file) for name, tag in listed.items() if tag.when}

    def may_set(self, name: str, source: TagSource) -> bool:
        """Whether `source` may set the tag of this name."""
        tag = self.listed.get(name)
        return source in (tag.set_by if tag else _TOLD_BY_OTHERS)

    def settable_by(self, source: TagSource) -> tuple[str, ...]:
        """The names that `source` may set, in the order of the file."""
        return tuple(name for name, tag in self.listed.items() if source in tag.set_by)

    def accepted(self, tags: Iterable[Tag]) -> tuple[Tag, ...]:
        """Those that were set by somebody who may, each with who may read it."""
        return tuple(
            tag.model_copy(update={"read_by": self.listed[tag.name].read_by}) if tag.name in self.listed else tag
            for tag in tags
            if self.may_set(tag.name, tag.source)
        )

    def derived(self, of_traveller: Mapping[str, Any], of_legs: Collection[Mapping[str, Any]], now: datetime) -> tuple[Tag, ...]:
        """The derived tags that hold at `now`, from the traveller's facts and those of each leg ahead. What cannot be decided does not hold."""
        held = []
        for name, conditions in self._derived.items():
            tag = self.listed[name]
            subjects = (of_traveller,) if tag.on == "traveller" else of_legs
            if any(_all_hold(conditions, facts) for facts in subjects):
                until = tag.ends(now)
                held.append(Tag(name=name, title=tag.title, source="derived", set_by=name, since=now, until=until, read_by=tag.read_by))
        return tuple(held)


def load_tags(path: Path = TAGS_FILE) -> TagBook:
    """The tag book of the file at `path`; RulesWrong says in a plain sentence what may not be used."""
    try:
        raw = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 (a SafeLoader)
        listed = {str(name): ListedTag.model_validate(_with_on(tag)) for name, tag in (raw or {}).items()}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError) as wrong:
        raise RulesWrong(str(path), None, None, f"it cannot be read ({' '.join(str(wrong).split())})") from wrong
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise RulesWrong(str(path), None, None, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from wrong
    return TagBook(listed, str(path))


def _with_on(tag: Any) -> Any:
    """YAML 1.1 reads the key `on` as true."""
    return {"on" if key is True else key: value for key, value in tag.items()} if isinstance(tag, dict) else tag


def _clauses(name: str, tag: ListedTag, file: str) -> tuple[Condition, ...]:
    types = {fact: spec.type for fact, spec in CATALOGUE.items()}
    if "derived" not in tag.set_by:
        raise RulesWrong(file, None, None, f"{name}: it has `when`, so set_by has to name derived")
    made = []
    for source in tag.when:
        try:
            condition = Condition(source, types, {})
            try_out(condition, types, {}, answers=(bool,))
        except ConditionWrong as wrong:
            raise RulesWrong(file, None, source, f"{name}: {wrong}") from wrong
        if theirs := [fact for fact in condition.names if CATALOGUE[fact].by_asker]:
            why = f"{name}: {', '.join(theirs)} is what the asker can bring about in the chat, and no tag that rules rely on may be derived from it"
            raise RulesWrong(file, None, source, why)
        if tag.on == "traveller" and (trip := [fact for fact in condition.names if fact.split(".")[0] not in ("traveller", "company", "now")]):
            raise RulesWrong(file, None, source, f"{name}: {', '.join(trip)} is about a flight; write on: leg")
        made.append(condition)
    return tuple(made)


def _all_hold(conditions: Collection[Condition], facts: Mapping[str, Any]) -> bool:
    names = {name for condition in conditions for name in condition.names}
    specs = {name: CATALOGUE[name] for name in names}
    ready = Facts(usable(facts, specs), {name: spec.type for name, spec in specs.items()}, {})
    return all(condition.holds(ready) is True for condition in conditions)
