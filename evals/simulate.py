"""`concierge simulate`: can these people serve so many customers? A year at the desk, driven by what an eval measured of the Concierge."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ValidationError
from rich.console import Console

from basics.errors import BadRequest
from desk.pace import KEPT
from desk.roster import Roster, load_roster, roster_of_two
from evals.bots import HOUSE
from evals.desk_world import World, contacts_of
from evals.desk_year import Desk, Ended, simulate
from evals.papers import printed, written
from evals.plot import lines
from evals.report import markdown_table
from evals.sheet import html_table, sheet
from evals.totals import Report

LONGEST = 480.0  # open minutes: a wait of a whole working day; where one in ten waits longer, the two have broken
RISKS = (0.005, 0.01, 0.02, 0.05, 0.1)
_STEPS = 6  # of the search for the breaking point: to 1 in 64 of what is between
_SHOWN = 240.0  # minutes that the plot of waits is wide


class Rates(BaseModel, frozen=True):
    """What is known of the Concierge: how much it answers at a risk of being wrong, and where that was measured."""

    answered: float
    outside: float
    risk: float
    source: str


class Found(NamedTuple):
    """One simulated time in figures; waits and promises in minutes."""

    tickets: int
    contacts: float
    kept: float
    soon: float
    soon_count: int
    middle: float
    tenth: float
    promised: float
    left: float
    unanswered: int
    disrupted: float
    load: dict[str, float]
    a_day: dict[str, float]

    @property
    def holds(self) -> bool:
        """Whether the two keep up: promises kept, nine in ten answered within a working day, and nobody left over."""
        return self.kept >= KEPT and self.tenth <= LONGEST and self.unanswered == 0


def run(world: World, rates: Rates, roster: Roster, curve: Sequence[tuple[float, float]], out: Path, as_json: bool, breaks: bool) -> None:
    """Simulate, look for the breaking point, print it, and write simulate.md, .html and .json into `out`."""
    console = Console(stderr=as_json)
    desk = simulate(world, roster)
    found = figures(desk, world)
    limit, tried = breaking_point(world, roster, console.print) if breaks else (None, [(world.customers, found)])
    told = in_words(world, rates, found, limit)
    tables = [("What came of it", *table_of(found)), ("What was assumed", ("", ""), assumed(world, roster, rates))]
    if limit and curve:
        tables.insert(1, ("What another risk would allow", *by_risk(world, limit, curve, rates)))
    page = _page(told, tables, desk.ended, tried)
    paper = "\n".join(["# The desk, simulated", "", *(f"- {line}" for line in told), ""])
    for title, head, rows in tables:
        paper += "\n".join([f"\n## {title}", "", *markdown_table(head, rows), ""])
    figures_json = Simulated(world=world, rates=rates, found=found._asdict(), breaks_at=limit).model_dump_json(indent=1)
    paths = written(out, {"simulate.md": paper + "\n", "simulate.html": page, "simulate.json": figures_json})
    if as_json:
        print(figures_json)
        return
    for line in told:
        console.print(line, highlight=False)
    printed(console, ((head, rows) for _, head, rows in tables))
    console.print(f"Written: {', '.join(map(str, paths))}.")


class Simulated(BaseModel, frozen=True):
    """For a program to read."""

    world: World
    rates: Rates
    found: dict[str, object]
    breaks_at: int | None


def figures(desk: Desk, world: World) -> Found:
    """Count."""
    ended = desk.ended
    waits = np.array([e.open_wait for e in ended] or [0.0])
    soon = [e.is_kept for e in ended if e.promised <= 10]
    came_open = [e.promised for e in ended if e.was_open]
    hours = {name: _on_shift(desk, name) for name in desk.worked}
    days = {name: max(1, round(minutes / 480)) for name, minutes in hours.items()}
    return Found(
        tickets=len(ended) + len(desk.waiting),
        contacts=contacts_of(world),
        kept=_share([e.is_kept for e in ended], 1.0),
        soon=_share(soon, 1.0),
        soon_count=len(soon),
        middle=float(np.median(waits)),
        tenth=float(np.quantile(waits, 0.9)),
        promised=float(np.median(came_open or [0.0])),
        left=_share([e.left for e in ended], 0.0),
        unanswered=len(desk.waiting),
        disrupted=_share([e.is_kept for e in ended if e.ticket.is_disrupted], 1.0),
        load={name: desk.worked[name] / max(hours[name], 1.0) for name in desk.worked},
        a_day={name: sum(e.by == name for e in ended) / days[name] for name in desk.worked},
    )


def _share(of: Sequence[bool], none: float) -> float:
    return sum(of) / len(of) if of else none


def _on_shift(desk: Desk, name: str) -> float:
    stretches = desk.roster.stretches(desk.world.begins, desk.when(desk.world.days * 1440))
    return sum((s.ends - s.begins).total_seconds() / 60 for s in stretches if name in s.people)


def breaking_point(world: World, roster: Roster, tell: Callable[[str], object]) -> tuple[int, list[tuple[int, Found]]]:
    """The most customers that these people serve (to about 2 %), and every number that was tried."""
    tried: list[tuple[int, Found]] = []

    def holds(customers: int) -> bool:
        one = world.model_copy(update={"customers": customers})
        found = figures(simulate(one, roster), one)
        tried.append((customers, found))
        tell(f"{customers:,} customers: {found.kept:.1%} of the promises kept, nine in ten answered within {found.tenth:,.0f} open minutes")
        return found.holds

    low, high = 0, world.customers
    while holds(high):
        low, high = high, 2 * high
        if high > 10_000_000:
            return low, tried
    for _ in range(_STEPS):
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
        if high - low <= max(1, high // 50):
            break
    return low, sorted(tried)


def by_risk(world: World, limit: int, curve: Sequence[tuple[float, float]], rates: Rates) -> tuple[Sequence[str], list[Sequence[str]]]:
    """How many customers another risk would allow: as many hand-offs as break the two, shared by more or fewer customers."""
    left = 1 - rates.answered - rates.outside
    rows: list[Sequence[str]] = []
    for risk in RISKS:
        answered = min(covered(curve, risk), 1 - rates.outside)
        by = max(1e-6, 1 - answered - rates.outside)
        rows.append((f"{risk:.1%}", f"{answered:.0%}", f"{int(limit * left / by):,}"))
    return ("Wrong at most, of what is sent", "Answered alone", "Customers that these people can serve"), rows


def in_words(world: World, rates: Rates, found: Found, limit: int | None) -> list[str]:
    """The result in sentences."""
    people = " and ".join(found.load)
    out = [
        f"At {rates.risk:.1%} risk the Concierge answers {rates.answered:.0%} alone ({rates.source}); "
        f"of {found.contacts:,.0f} contacts of {world.customers:,} customers in {world.days} days {found.tickets:,} come to the desk.",
        f"{found.kept:.1%} of the promises were kept ({found.disrupted:.1%} of those of the {len(world.disruptions)} disruption days"
        + (f"; of the {found.soon_count:,} within ten minutes {found.soon:.1%}" if found.soon_count else "")
        + ").",
        f"Half were answered within {found.middle:,.0f} minutes of open desk, nine in ten within {found.tenth:,.0f}; "
        f"{found.left:.1%} had closed the page by then and read it by e-mail.",
        "; ".join(f"{name}: {found.a_day[name]:.0f} tickets a working day, {found.load[name]:.0%} of the shift" for name in found.load) + ".",
    ]
    if found.unanswered:
        out.append(f"{found.unanswered:,} were still waiting two weeks after the end: the two have broken.")
    if limit is not None:
        out.append(
            f"At {rates.risk:.1%} risk {people} can serve about {limit:,} customers; with more, promises break or one in ten waits a working day."
        )
    return out


def table_of(found: Found) -> tuple[Sequence[str], list[Sequence[str]]]:
    """The figures as rows."""
    rows = [
        ("Promises kept", f"{found.kept:.1%}"),
        ("… of those on disruption days", f"{found.disrupted:.1%}"),
        (f"… of the {found.soon_count:,} within ten minutes", f"{found.soon:.1%}"),
        ("Promise to who came while the desk was open, median", f"{found.promised:,.0f} min"),
        ("Wait while the desk is open, median", f"{found.middle:,.0f} min"),
        ("… nine in ten within", f"{found.tenth:,.0f} min"),
        ("Had closed the page by then", f"{found.left:.1%}"),
        ("Hand-offs", f"{found.tickets:,}"),
        ("Not answered at all", f"{found.unanswered:,}"),
    ]
    rows += [(f"{name}: tickets a working day, share of the shift", f"{found.a_day[name]:.0f}, {found.load[name]:.0%}") for name in found.load]
    return ("", ""), list(rows)


def assumed(world: World, roster: Roster, rates: Rates) -> list[Sequence[str]]:
    """Every number that was put in."""
    rows: list[Sequence[str]] = [(name.replace("_", " "), str(value)) for name, value in world.model_dump(mode="json").items()]
    rows += [(f"{name}'s hours", f"{_weekly(roster, name):.0f} a week") for name in roster.people]
    return [*rows, ("rates", rates.source)]


def _weekly(roster: Roster, name: str) -> float:
    begins = World(answered=0).begins
    weeks = 52
    stretches = roster.stretches(begins, begins.replace(year=begins.year + 1))
    return sum((s.ends - s.begins).total_seconds() / 3600 for s in stretches if name in s.people) / weeks


def _page(
    told: Sequence[str],
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]],
    ended: Sequence[Ended],
    tried: Sequence[tuple[int, Found]],
) -> str:
    waits = np.sort(np.array([e.open_wait for e in ended] or [0.0]))
    at = np.linspace(0, _SHOWN, 80)
    share = np.searchsorted(waits, at, side="right") / max(1, len(waits))
    drawn = [
        lines("Waits", f"minutes of open desk, of {_SHOWN:.0f}", "share answered by then", {"answered": list(zip(at / _SHOWN, share, strict=True))})
    ]
    if len(tried) > 1:
        most = max(customers for customers, _ in tried)
        kept = [(customers / most, found.kept) for customers, found in sorted(tried)]
        full = [(customers / most, min(1.0, max(found.load.values()))) for customers, found in sorted(tried)]
        drawn.append(lines("Where they break", f"customers, of {most:,}", "share", {"promises kept": kept, "of the busier one's shift": full}))
    words = "".join(f"<li>{line}</li>" for line in told)
    body = "".join(f"<h2>{title}</h2>{html_table(head, rows)}" for title, head, rows in tables)
    plots = "".join(f"<figure>{one}</figure>" for one in drawn)
    return sheet("The desk, simulated", f"<h1>The desk, simulated</h1><ul class=words>{words}</ul><div class=plots>{plots}</div>{body}")


def rates_of(report: Path | None, answered: float | None, outside: float | None, risk: float) -> tuple[Rates, tuple[tuple[float, float], ...]]:
    """The Concierge's rates: as given, or as an eval's report measured them; BadRequest where neither is there."""
    if answered is not None:
        return Rates(answered=answered, outside=outside or 0.0, risk=risk, source="given"), ()
    path = report or Path("reports/eval.json")
    try:
        measured = Report.model_validate_json(path.read_text("utf-8"))
    except OSError:
        raise BadRequest(
            f"There is no {path}. Run `concierge eval --suite all` first, or name a report with --report, or a share with --answered."
        ) from None
    except ValidationError:
        raise BadRequest(f"{path} is not the report of an eval (eval.json). Name one with --report, or a share with --answered.") from None
    curve = next((c.points for c in measured.curves if c.name == HOUSE), ())
    far = sum(o.decision == "abstain" for o in measured.outcomes) / max(1, len(measured.outcomes)) if outside is None else outside
    source = f"{path}: {len(measured.outcomes):,} questions of {measured.cases}"
    return Rates(answered=min(covered(curve, risk), 1 - far), outside=far, risk=risk, source=source), curve


def covered(curve: Sequence[tuple[float, float]], risk: float) -> float:
    """The most that can be answered, the surest first, while at most `risk` of it is wrong."""
    return max((coverage for coverage, wrong in curve if wrong <= risk), default=0.0)


def roster_at(path: Path | None, zone: str) -> Roster:
    """The roster of a file, or two people's who share a week."""
    return load_roster(path, zone) if path else roster_of_two(zone)
