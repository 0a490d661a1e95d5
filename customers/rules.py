"""The shapes of a rule file, and how one is read: with every mistake refused in a sentence that names the place."""

from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from basics.errors import ConciergeError
from basics.words import Words
from customers.declared import FactSpec, FactType
from customers.moment import MomentKind
from customers.order import ChangeKind

RIGHTS_FILE = Path(__file__).with_name("rights.yaml")
_FACT_NAME = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"


class RulesWrong(ConciergeError):
    """A rule file that may not be used: nothing of it was loaded. `where` names file, rule and clause."""

    slug = "rules-wrong"

    def __init__(self, file: str, rule_id: str | None, clause: str | None, why: str) -> None:
        place = ", ".join(part for part in (file, rule_id and f"rule {rule_id}", clause and f"clause {clause}") if part)
        super().__init__(
            Words(
                en=f"{place}: {why}. No rule of this file was loaded; correct it and start again.",
                zh=f"规则文件有误（{place}）：{why}。该文件中的规则均未加载，请修改后重新启动。",
            ),
            file=file,
            rule_id=rule_id,
            clause=clause,
        )


class _Part(BaseModel, frozen=True, extra="forbid", populate_by_name=True):
    """A part of a rule file: a key nobody knows is a typo, and is refused."""


class Clause(_Part, frozen=True):
    """One condition with what to say when it fails; `holds` is what to say of it when it is met."""

    condition: str = Field(alias="if", min_length=1)
    otherwise: Words = Field(alias="else")
    holds: Words | None = None
    kind: Literal["who", "trip", "time"] | None = Field(
        default=None, description="What would have to change: the person's benefits, the trip, or the moment of asking."
    )


class InForce(_Part, frozen=True):
    """Days in the airline's time zone; both are included, an absent one is open."""

    from_day: date | None = Field(default=None, alias="from")
    to_day: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_day and self.to_day and self.to_day < self.from_day:
            raise ValueError(f"it ends ({self.to_day}) before it begins ({self.from_day})")
        return self

    def covers(self, day: date) -> bool:
        """Whether `day` is one of the days."""
        return (self.from_day is None or self.from_day <= day) and (self.to_day is None or day <= self.to_day)


class Quota(_Part, frozen=True):
    """How often the right may be used, by whom it is counted and within which time; the uses come from outside.

    `with` names other rules whose uses count as well. A period counts back from now; a calendar year is the airline's.
    """

    times: int = Field(ge=1)
    per: Literal["leg", "booking", "traveller", "company"]
    within: str | None = Field(default=None, pattern=r"^([1-9]\d{0,3} (hour|day|week|month|year)s?|calendar year)$")
    shared_with: tuple[str, ...] = Field(alias="with", default=())
    otherwise: Words = Field(
        alias="else",
        default=Words(en="This right has already been used as often as it can be.", zh="这项权益已使用完毕。"),
    )


class NotWith(_Part, frozen=True):
    """Rights that this one does not go together with: once one of them was used for the same leg, booking or traveller, this one fails."""

    rights: tuple[str, ...] = Field(min_length=1)
    per: Literal["leg", "booking", "traveller"] = "booking"
    otherwise: Words = Field(alias="else")


class Offer(_Part, frozen=True):
    """Whether it may be mentioned unasked, at which moments, on which consent, how often at most, and in which approved wording."""

    unasked: bool = False
    moments: tuple[MomentKind, ...] = ()
    consent: Literal["service", "marketing"] = "service"
    at_most: str | None = Field(default=None, pattern=r"^\d+ per \d+ (hour|day|week)s?$")
    wording: str | None = Field(default=None, description="The wording of knowledge/wording.yaml that offers it.")
    hold_out: bool | None = Field(default=None, description="Whether a share is kept from hearing of it; none: advertising only.")

    @property
    def is_held_out(self) -> bool:
        """Whether a few are left untold, so that its worth can be measured."""
        return self.consent == "marketing" if self.hold_out is None else self.hold_out


class Until(_Part, frozen=True):
    """The last moment at which the right can be used, counted from the leg's departure."""

    hours_before_departure: float = Field(ge=0)


class Cites(_Part, frozen=True):
    """A law or condition of carriage that is not an article of our base."""

    cites: str = Field(min_length=1)


class Rule(_Part, frozen=True):
    """When a right is granted, denied, or left to a person; of several that apply, the highest `precedence` speaks."""

    id: str = Field(min_length=1)
    version: int = Field(default=1, ge=1)
    right: str = Field(min_length=1)
    title: Words
    article: str | Cites
    effect: Literal["allow", "deny", "refer"] = "allow"
    precedence: int = 0
    in_force: InForce = InForce()
    when: tuple[Clause, ...] = Field(description="All of them have to hold; an empty list holds always.")
    says: Words | None = Field(default=None, description="What to say when a rule that denies or refers applies.")
    usually: Words | None = Field(default=None, description="What to look up in the articles for who does not hold it; {fare} is filled.")
    terms: Words | None = Field(default=None, description="What to look up in its article for who holds it; its title if left out.")
    gives: dict[str, Any] = Field(default={}, description='Plain values, or {cel: "25 * booking.passengers"}.')
    on: Literal["leg", "booking", "traveller", "company"] = Field(default="leg", description="What an entitlement of it is about.")
    change: ChangeKind | None = Field(default=None, description="What carrying it out means; none: it is only told.")
    undo_within: float | None = Field(default=None, gt=0, description="Hours after the change in which it can be taken back.")
    quota: Quota | None = None
    not_with: NotWith | None = None
    offer: Offer = Offer()
    until: Until | None = None

    @property
    def article_named(self) -> str:
        """The article's id, or the text that is cited."""
        return self.article if isinstance(self.article, str) else self.article.cites

    @property
    def key(self) -> str:
        """`id@version`, as it is kept in receipts."""
        return f"{self.id}@{self.version}"

    @model_validator(mode="after")
    def _only_an_allow_gives(self) -> Self:
        if self.effect != "allow" and (self.quota or self.gives):
            raise ValueError(f"a rule that says {self.effect} gives nothing and has no quota")
        return self


class RuleFile(_Part, frozen=True):
    """A whole rule file: the facts that rules may ask for, look-up tables, and the rules."""

    facts: dict[Annotated[str, Field(pattern=_FACT_NAME)], FactType | FactSpec]
    tables: dict[str, dict[str | int, Any]] = {}
    rules: tuple[Rule, ...]

    @property
    def specs(self) -> dict[str, FactSpec]:
        """The declared facts, the short form (`leg.direction: string`) spelled out."""
        return {name: spec if isinstance(spec, FactSpec) else FactSpec(type=spec) for name, spec in self.facts.items()}


def rule_file_schema() -> dict[str, Any]:
    """The JSON Schema of a rule file."""
    return RuleFile.model_json_schema(by_alias=True)


def read_rule_file(path: Path) -> RuleFile:
    """The rule file at `path`, its shape checked; RulesWrong says where it is not one."""
    try:
        raw = yaml.load(path.read_text("utf-8"), Loader=_OneOfAKey)  # noqa: S506 (a SafeLoader)
        return RuleFile.model_validate(raw)
    except (OSError, UnicodeDecodeError) as wrong:
        raise RulesWrong(str(path), None, None, f"it cannot be read ({wrong})") from wrong
    except yaml.YAMLError as wrong:
        raise RulesWrong(str(path), None, None, "it is not YAML: " + " ".join(str(wrong).split())) from wrong
    except ValidationError as wrong:
        raise _worded(path, raw, wrong) from wrong


_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the parser in C where PyYAML brings it: ten times as quick


class _OneOfAKey(_Loader):  # type: ignore[misc, valid-type]
    """YAML in which a key stands once: plain YAML lets a second `when:` silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
            seen.add(key)
        made: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return made


def _worded(path: Path, raw: Any, wrong: ValidationError) -> RulesWrong:
    """The first mistake that pydantic found, with the rule's id and the clause's text instead of numbers."""
    first = wrong.errors()[0]
    place = list(first["loc"])
    rule_id = clause = None
    if place[:1] == ["rules"] and len(place) > 1 and isinstance(place[1], int):
        rule = raw["rules"][place[1]]
        rule_id = str(rule.get("id", f"number {place[1] + 1}")) if isinstance(rule, dict) else f"number {place[1] + 1}"
        place = place[2:]
        if place[:1] == ["when"] and len(place) > 1 and isinstance(place[1], int):
            given = rule["when"][place[1]]
            clause = f"{place[1] + 1} ({given.get('if', 'no condition')})" if isinstance(given, dict) else f"{place[1] + 1}"
            place = place[2:]
    key = ".".join(str(part) for part in place)
    return RulesWrong(str(path), rule_id, clause, f"{key}: {first['msg']}" if key else first["msg"])
