"""A mapping: which table or query of the airline's database tells what, and which column is which of our fields. Read at start, checked whole."""

import re
from collections.abc import Hashable, Iterator
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Self, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, Field, ValidationError, field_validator, model_validator

from basics.errors import SettingsWrong
from basics.words import Words, words
from customers.account import CompanyAccount, LinkedTraveller, Month
from customers.activity import Activity, CompanyActivity
from customers.booking import Booking, Leg
from customers.company import Company
from customers.consent import Consent
from customers.disruption import Disruption
from customers.order import Choice
from customers.tags import Tag
from customers.traveller import Traveller

_TABLE_NAME = r"^[A-Za-z_][A-Za-z0-9_ $#-]*(\.[A-Za-z_][A-Za-z0-9_ $#-]*)?$"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("there is no such time zone; write it as Asia/Shanghai") from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class _Part(BaseModel, frozen=True, extra="forbid", populate_by_name=True):
    """A part of a mapping: a key nobody knows is a typo, and is refused."""


class Column(_Part, frozen=True):
    """A column. `values` turns what stands there into ours (a value that is not listed is an error); `default` stands for an empty one.

    A moment without a zone is in `zone`, or in the zone that stands in the column `zone_in`; else in the mapping's.
    """

    column: str = Field(min_length=1)
    values: dict[str, Any] | None = None
    default: Any = None
    zone: Zone | None = None
    zone_in: str | None = None

    @field_validator("values", mode="before")
    @classmethod
    def _as_text(cls, values: Any) -> Any:
        """`{1: gold, true: company_admin}` as well: what stands in a column is compared as text."""
        return {_text(kept): ours for kept, ours in values.items()} if isinstance(values, dict) else values


def _text(kept: Any) -> str:
    return str(kept).lower() if isinstance(kept, bool) else str(kept)


class Fixed(_Part, frozen=True):
    """The same for every row."""

    value: Any


class Told(_Part, frozen=True):
    """Where rows come from: a table or view with the columns they are looked up by (texts or numbers), or a query of your own with :places in it."""

    table: str | None = Field(default=None, pattern=_TABLE_NAME)
    by: dict[str, str] | str | None = None
    ids: Literal["text", "number"] = "text"
    query: str | None = None
    fields: dict[str, Column | Fixed]

    @model_validator(mode="before")
    @classmethod
    def _columns_by_name(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("fields"), dict):
            short = {name: {"column": of} if isinstance(of, str) else of for name, of in given["fields"].items()}
            return given | {"fields": short}
        return given

    @property
    def places(self) -> frozenset[str]:
        """The :places of its query."""
        return frozenset(re.findall(r"(?<![:\w]):([A-Za-z_]\w*)", self.query or ""))

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("say either `table` (and `by`, the column that it is looked up by) or `query`")
        if self.table is not None and not self.by:
            raise ValueError("say in `by` which column of the table it is looked up by")
        if self.query is not None and not re.match(r"\s*(select|with)\b", self.query, re.I):
            raise ValueError("a query begins with select or with: it is for reading")
        return self


class States(_Part, frozen=True):
    """What stands in the state of an order that is new, done or refused."""

    new: str
    done: tuple[str, ...] = Field(min_length=1)
    refused: tuple[str, ...] = ()


class Orders(_Part, frozen=True):
    """The airline's own table of orders: we add a row under a key of which there can only be one, and read what its process answers.

    `state` says how far it is, `states` which of its values mean what; any other value means that it is not answered yet.
    """

    table: str = Field(pattern=_TABLE_NAME)
    key: str
    traveller: str | None = None
    booking: str | None = None
    kind: str | None = None
    body: str
    made_at: str | None = None
    state: str
    reference: str
    answer: str | None = None
    states: States


class Mapping(_Part, frozen=True):
    """The whole file; what is left out is not known (tags), or not offered (choices, orders)."""

    zone: Zone = "UTC"
    travellers: Told | None = None
    tags: Told | None = None
    activity: Told | None = None
    consent: Told | None = None
    companies: Told | None = None
    company_tags: Told | None = None
    company_activity: Told | None = None
    accounts: Told | None = None
    account_travellers: Told | None = None
    account_months: Told | None = None
    bookings: Told | None = None
    legs: Told | None = None
    disruptions: Told | None = None
    choices: Told | None = None
    orders: Orders | None = None

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        for part, told in self.parts():
            PARTS[part].check(part, told)
        if (self.bookings is None) != (self.legs is None):
            raise ValueError("bookings and legs: each needs the other")
        return self

    def parts(self) -> Iterator[tuple[str, Told]]:
        """Every part that is there, but for the orders."""
        for part in PARTS:
            told = getattr(self, part)
            if told is not None:
                yield part, told


class Fields:
    """What a part of a mapping may name: `needs` at least, what more there is, which of them are moments or texts in two languages."""

    def __init__(
        self, model: type[BaseModel], scopes: tuple[str, ...], without: tuple[str, ...] = (), extra: tuple[str, ...] = (), known: tuple[str, ...] = ()
    ) -> None:
        self.scopes, self.moments, self.texts, self.needs = scopes, set[str](), set[str](), set[str]()
        self.all = set(extra)
        self._walk(model, "", True, without)
        self.needs -= set(known)

    def check(self, part: str, told: Told) -> None:
        """ValueError names the first thing that cannot be."""
        if odd := sorted(name for name in told.fields if name not in self.all):
            raise ValueError(f"{part}: there is no field {odd[0]}; there are {', '.join(sorted(self.all))}")
        named = {name.rpartition(".")[0] if name.rpartition(".")[0] in self.texts else name for name in told.fields}
        if missing := sorted(self.needs - named):
            raise ValueError(f"{part}: the field {missing[0]} is needed")
        by = told.by if isinstance(told.by, dict) else {self.scopes[0]: told.by} if told.by else {}
        if told.table is not None and (odd := sorted(set(by) - set(self.scopes))):
            raise ValueError(f"{part}: it cannot be looked up by {odd[0]}, only by {', '.join(self.scopes)}")
        if odd := sorted(told.places - set(self.scopes)):
            raise ValueError(f"{part}: its query may ask for {', '.join(f':{name}' for name in self.scopes)}, not for :{odd[0]}")
        scope = self.scopes[0]
        if scope not in by and scope not in told.places:
            raise ValueError(f"{part}: it has to be looked up by :{scope}, else it would tell of everybody")

    def _walk(self, model: type[BaseModel], before: str, needed: bool, without: tuple[str, ...] = ()) -> None:
        for name, field in model.model_fields.items():
            if name in without:
                continue
            path, inner = f"{before}{name}", _inner(field.annotation)
            must = needed and field.is_required() and type(None) not in get_args(field.annotation)
            if inner is Words:
                self.texts.add(path)
                self.all |= {path, f"{path}.en", f"{path}.zh"}
            elif inner is datetime or "AwareDatetime" in str(inner):
                self.moments.add(path)
                self.all.add(path)
            elif isinstance(inner, type) and issubclass(inner, BaseModel):
                self._walk(inner, f"{path}.", must)
                continue
            elif get_origin(inner) is dict:
                self.all |= {f"{path}.{key}" for key in get_args(get_args(inner)[0])}
            elif get_origin(inner) is tuple and Ellipsis not in get_args(inner):
                self.all |= {f"{path}.{n}" for n in range(len(get_args(inner)))}
            else:
                self.all.add(path)
            if must:
                self.needs.add(path)


def _inner(annotation: Any) -> Any:
    """Without the `| None`."""
    if get_origin(annotation) in (Union, UnionType):
        (inner, *_) = (one for one in get_args(annotation) if one is not type(None))
        return inner
    return annotation


PARTS: dict[str, Fields] = {
    "travellers": Fields(Traveller, ("traveller",), ("id", "tags", "activity", "consent")),
    "tags": Fields(Tag, ("traveller",)),
    "activity": Fields(Activity, ("traveller",)),
    "consent": Fields(Consent, ("traveller",)),
    "companies": Fields(Company, ("company",), ("id", "tags", "activity")),
    "company_tags": Fields(Tag, ("company",)),
    "company_activity": Fields(CompanyActivity, ("company",)),
    "accounts": Fields(CompanyAccount, ("company",), ("company", "as_of", "travellers", "months")),
    "account_travellers": Fields(LinkedTraveller, ("company",)),
    "account_months": Fields(Month, ("company",)),
    "bookings": Fields(Booking, ("traveller",), ("traveller_id", "legs", "extras")),
    "legs": Fields(Leg, ("booking",), ("disruption",), known=("origin_zone", "destination_zone")),  # of an airport that we know
    "disruptions": Fields(Disruption, ("leg", "booking")),
    "choices": Fields(Choice, ("booking", "leg", "kind", "now"), extra=("kind", "leg_id")),
}


def load_mapping(path: Path) -> Mapping:
    """The mapping of a file; SettingsWrong names the place that is wrong."""
    try:
        return Mapping.model_validate(yaml.load(path.read_text("utf-8"), _Once))  # noqa: S506 - a SafeLoader
    except OSError as wrong:
        why = f"it cannot be read ({wrong.strerror})"
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        why = f"it is no YAML ({' '.join(str(wrong).split())})"
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        why = f"{place}: {first['msg']}" if place else str(first["msg"]).removeprefix("Value error, ")
    raise SettingsWrong(
        words(
            "The mapping file {file} is not valid: {why}. Correct it; docs/connect.md explains each part.",
            "映射文件 {file} 有误：{why}。请更正，各部分的说明见 docs/connect.md。",
        ).filled(file=path.name, why=why)
    )


class _Once(yaml.SafeLoader):
    """Plain YAML in which a key may stand once, and only true and false are such: a column may be called `no`, and a flag say `off`."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way
        first: [(tag, form) for tag, form in known if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := next((key for n, key in enumerate(keys) if key in keys[:n]), None):
            raise yaml.constructor.ConstructorError(None, None, f"{twice} stands there twice", node.start_mark)
        return super().construct_mapping(node, deep)


_Once.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
