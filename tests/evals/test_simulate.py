"""`concierge simulate`: nobody is lost, the promises are the product's own and hold, and a number is found at which the two break."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from concierge.cli import app
from desk.roster import roster_of_two
from evals.desk_world import World, handed_over
from evals.desk_year import simulate
from evals.simulate import covered, figures

TWO = roster_of_two("Asia/Shanghai")
QUARTER = World(answered=0.6, days=90, customers=20_000, disruptions=(40,))


def test_every_hand_off_is_owned_once_and_most_promises_are_kept() -> None:
    """A quarter of a year with a day on which everything goes wrong: everybody is answered, once, in no two hands; nine promises in ten hold."""
    desk = simulate(QUARTER, TWO)
    tickets = handed_over(QUARTER)
    assert sorted(e.ticket.at for e in desk.ended) == [t.at for t in tickets] and not desk.waiting and len(tickets) > 3000
    found = figures(desk, QUARTER)
    assert found.kept >= 0.88 and found.holds == (found.kept >= 0.9)
    for name in TWO.people:
        mine = sorted((e.ticket.at + e.waited - 0.6 * e.ticket.takes, e.ticket.takes) for e in desk.ended if e.by == name)
        assert all(begins + takes <= after + 1e-6 for (begins, takes), (after, _) in pairwise(mine))


def test_the_same_seed_is_the_same_year() -> None:
    """Reproducible to the minute; another seed is another year."""
    world = QUARTER.model_copy(update={"days": 20})
    one, same, other = (simulate(w, TWO).ended for w in (world, world, world.model_copy(update={"seed": 2})))
    assert one == same and [e.waited for e in one] != [e.waited for e in other]


def test_more_customers_than_two_can_serve_are_told(tmp_path: Path) -> None:
    """Four times too many: they stay unanswered, and the report says that the two have broken."""
    many = World(answered=0.2, days=10, customers=90_000, disruptions=())
    found = figures(simulate(many, TWO), many)
    assert found.unanswered > 0 and not found.holds


def test_the_command_finds_where_they_break_and_writes_it_down(tmp_path: Path) -> None:
    """Words, tables, two plots, JSON; the number of customers lies between one that holds and one that does not."""
    line = ["simulate", "--answered", "0.6", "--days", "21", "--customers", "20000", "--out", str(tmp_path)]
    ran = CliRunner().invoke(app, line)
    assert ran.exit_code == 0, ran.output
    told = json.loads((tmp_path / "simulate.json").read_text("utf-8"))
    assert 5_000 < told["breaks_at"] < 200_000 and told["found"]["kept"] > 0.85
    paper, page = ((tmp_path / name).read_text("utf-8") for name in ("simulate.md", "simulate.html"))
    assert "Anna and Wei can serve about" in paper and page.count("<svg") == 2 and not re.search(r"<script|https?://", page)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["simulate", "--report", "nowhere.json"], "There is no nowhere.json"),
        (["simulate", "--answered", "2"], "answered"),
        (["simulate", "--answered", "0.5", "--customers", "0"], "customers"),
        (["simulate", "--answered", "0.5", "--roster", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_cannot_be_simulated_is_told_in_a_sentence(line: list[str], says: str, tmp_path: Path) -> None:
    """No traceback, nothing written."""
    ran = CliRunner().invoke(app, [*line, "--out", str(tmp_path / "out")])
    assert ran.exit_code != 0 and says in str(ran.exception or ran.output) and not (tmp_path / "out").exists()


def test_how_much_is_answered_at_a_risk_is_read_off_the_curve() -> None:
    """The surest first, as far as the share of wrong ones allows; nothing where even the surest are wrong."""
    curve = ((0.1, 0.0), (0.3, 0.01), (0.6, 0.02), (0.8, 0.1))
    assert [covered(curve, risk) for risk in (0.0, 0.01, 0.02, 0.5)] == [0.1, 0.3, 0.6, 0.8] and covered(((0.2, 0.5),), 0.02) == 0.0
