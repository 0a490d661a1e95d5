"""`concierge value explain`: the parts, the points and the reasons, for a person and for a program."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from customers.value import SCHEME_FILE
from tests.house import command

WHEN = "2026-11-22T06:10:00Z"


def explain(folder: Path, *arguments: str, **env: str) -> Any:
    return command("value", "explain", *arguments, home=folder / "home", COLUMNS="160", **env)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Chen Bo|Flights|90.3 of 100 below|27.1|67.6|card: Silver|8.4 points are missing to Gold|3 of the 21 flights in Business"),
        ("zh", "陈博|航段数|高于 90.3% 的客户|27.1|67.6|卡级: 银卡会员|距金卡会员还差 8.4 分|有 3 个航段（共 21 个）乘坐公务舱"),
    ],
)
def test_a_traveller_s_value_is_explained(lang: str, said: str, tmp_path: Path) -> None:
    """Every part with its figure, its place in the programme and its points; tier, card, and what the next tier takes."""
    ran = explain(tmp_path, "chen-silver", "--lang", lang, "--now", WHEN)
    assert ran.returncode == 0, ran.stderr
    for part in said.split("|"):
        assert part in ran.stdout, part


def test_a_program_reads_the_same_twice(tmp_path: Path) -> None:
    """As JSON; the same moment and scheme give the same bytes, another scheme is told by its mark."""
    first, again = (explain(tmp_path, "lin-gold", "--json", "--now", WHEN).stdout for _ in range(2))
    told = json.loads(first)
    assert first == again
    assert (told["score"], told["tier"], told["card"], told["segment"], told["as_of"]) == (83.1, "gold", "gold", "high", "2026-10-31")
    assert [part["name"] for part in told["parts"]] == ["frequency", "cabin", "miles"] and told["next"]["to"] == "platinum"
    other = yaml.safe_load(SCHEME_FILE.read_text("utf-8"))
    other["traveller"]["tiers"]["gold"] = 90
    (tmp_path / "value.yaml").write_text(yaml.safe_dump(other, allow_unicode=True), "utf-8")
    stricter = json.loads(explain(tmp_path, "lin-gold", "--json", "--now", WHEN, CONCIERGE_VALUE=str(tmp_path / "value.yaml")).stdout)
    assert stricter["tier"] == "silver" and stricter["scheme"] != told["scheme"] and "go by the card" in stricter["sentences"][1]["en"]


def test_a_company_and_one_whose_figures_nobody_tells(tmp_path: Path) -> None:
    large, unknown = explain(tmp_path, "co-ninebends"), explain(tmp_path, "co-fernbridge", "--lang", "zh")
    assert "CNY 131,004" in large.stdout and "a large customer" in large.stdout and large.returncode == 0
    assert "未知不等于 0 分" in unknown.stdout and unknown.returncode == 0


def test_somebody_unknown_is_told_in_one_sentence(tmp_path: Path) -> None:
    nobody = explain(tmp_path, "the-ceo")
    assert (nobody.returncode, nobody.stdout) == (1, "") and "No traveller and no company is known as 'the-ceo'." in nobody.stderr
    assert explain(tmp_path, "lin-gold", "--lang", "fr").returncode == 2
    assert explain(tmp_path, "lin-gold", CONCIERGE_VALUE=str(tmp_path / "none.yaml")).returncode == 2
