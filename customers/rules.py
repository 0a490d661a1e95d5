"""The shapes of a rule file (customers/rule_file.py reads one, docs/rules.md teaches to write one)."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from basics.errors import ConciergeError
from basics.words import Words
from customers.declared import FactSpec, FactType
from customers.moment import MomentKind
from customers.order import ChangeKind

RIGHTS_FILE = Path(__file__).with_name("rights.yaml")
_FACT_NAME = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"


class RulesWrong(ConciergeError):
    """A rule file that may not be used: nothing of it was loaded. `place` names file, rule and clause, `why` what is wrong there."""

    slug = "rules-wrong"

    def __init__(self, file: str, rule_id: str | None, clause: str | None, why: str) -> None:
        place = ", ".join(part for part in (file, rule_id and f"rule {rule_id}", clause and f"clause {clause}") if part)
        self.rule_id, self.clause, self.why = rule_id, clause, why
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

    `with` names other rules whose uses count as well; two rules that both have a quota name each other. A period counts back from now, months and
    years by the airline's calendar, hours, days and weeks by the clock; a calendar year is the airline's.
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
    """Rights that this one does not go together with: once one of them was used for the same leg, booking or traveller, this one fails.

    It is said on one side and holds in that direction; where neither may follow the other, both rules say it.
    """

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
    """When a right is granted, denied, or left to a person; of several that apply, the highest `precedence` speaks, alone: nothing is added up.

    Of equal ones the first in the file speaks; `rules check` finds those that disagree. A rule that supersedes another has an id of its own, and
    `in_force` says which days are whose.
    """

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

    @model_validator(mode="before")
    @classmethod
    def _a_change_is_had_once(cls, written: Any) -> Any:
        """What changes something and names no quota is had once for what it is about: nobody is refunded twice because a line was forgotten."""
        if isinstance(written, dict) and written.get("change") and not written.get("quota"):
            return {**written, "quota": {"times": 1, "per": written.get("on", "leg")}}
        return written


class RuleFile(_Part, frozen=True):
    """A whole rule file: the facts that rules may ask for, look-up tables, and the rules."""

    facts: dict[Annotated[str, Field(pattern=_FACT_NAME)], FactType | FactSpec]
    tables: dict[str, dict[str | int, Any]] = {}
    denied: dict[str, dict[str, Any]] = Field(
        default={}, description="What a right comes to in figures where it is denied: {compensation: {amount: 0, currency: EUR}}."
    )
    rules: tuple[Rule, ...]

    @property
    def specs(self) -> dict[str, FactSpec]:
        """The declared facts, the short form (`leg.direction: string`) spelled out."""
        return {name: spec if isinstance(spec, FactSpec) else FactSpec(type=spec) for name, spec in self.facts.items()}


def rule_file_schema() -> dict[str, Any]:
    """The JSON Schema of a rule file."""
    return RuleFile.model_json_schema(by_alias=True)
