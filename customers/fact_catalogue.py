"""The catalogue of facts that rules may ask for (facts.yaml), and the page that is made from it: `python -m customers.fact_catalogue`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from basics.words import Words
from customers.declared import FactSpec

_FILE = Path(__file__).with_name("facts.yaml")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOP = """\
# Facts

What rules may ask for. Made from `customers/facts.yaml` by `python -m customers.fact_catalogue > docs/facts.md`; a test holds the two equal.

- A fact that is not known, or does not apply, is **left out**, never null: a clause that needs it then cannot be decided, and a person looks.
  The facts of a system that does not answer are left out as well.
- Moments are kept in UTC. What is said by a clock (`leg.departs_hour`, `leg.departs_on`) goes by the airport's own time zone, in summer and winter;
  `now.*` and `booking.ticketed_on` go by the airline's (`CONCIERGE_ZONE`).
- `on:` of a rule says what it is about, and so which facts there are: `leg` has all of them; `booking` has no `leg.*`; `traveller` and `company` have
  neither `leg.*`, `booking.*` nor `disruption.*`. Rules `on: company` are decided for its admins only.
- Rules about a **leg** speak of flights ahead. One that asks for `leg.departed` is also decided for flights of the last 30 days, and for disrupted
  ones of the last year.
- Which tags there are, and who may set them, stands in `customers/tags.yaml`.
"""


class CataloguedFact(FactSpec, frozen=True):
    """A fact that is supplied: what it says, in which unit, and which values it takes; `by_asker`: whoever asks can bring it about in the chat."""

    title: Words
    says: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    by_asker: bool = False


class FactGroup(BaseModel, frozen=True, extra="forbid"):
    """Facts about one thing."""

    about: Words
    facts: dict[str, CataloguedFact]


GROUPS: Mapping[str, FactGroup] = {
    name: FactGroup.model_validate(group)
    for name, group in yaml.load(_FILE.read_text("utf-8"), Loader=_LOADER).items()  # noqa: S506 (a SafeLoader)
}
CATALOGUE: Mapping[str, CataloguedFact] = {name: fact for group in GROUPS.values() for name, fact in group.facts.items()}


def page() -> str:
    """docs/facts.md."""
    return "\n".join((_TOP, *_tables()))


def _tables() -> Iterator[str]:
    for name, group in GROUPS.items():
        yield f"## {name}\n\n{group.about.en}\n"
        yield "| fact | type | says | called |\n| --- | --- | --- | --- |"
        for fact, of in group.facts.items():
            asker = " *Whoever asks can bring it about in the chat.*" if of.by_asker else ""
            yield f"| `{fact}` | {_typed(of)} | {of.says}{asker} | {of.title.en} · {of.title.zh} |"
        yield ""


def _typed(fact: CataloguedFact) -> str:
    said: list[Any] = [f"`{value}`" for value in fact.values]
    default = f"; if absent `{fact.default}`" if fact.default is not None else ""
    return (f"{fact.type}: " + ", ".join(said) if said else f"{fact.type}, {fact.unit}" if fact.unit else fact.type) + default


if __name__ == "__main__":
    print(page(), end="")
