"""The model stays outside: nothing that it could call exists, and an id in anybody's words is looked up among the asker's own."""

import ast
from pathlib import Path

import pytest

from tests.house import REPO, Served

ROOMS = ("customers", "desk", "store", "bot", "api", "concierge")
DOES_IT = {"carry_out": {"bot/act.py"}, "keep_proposal": {"bot/act.py", "bot/aloud.py", "bot/grants.py", "bot/keep.py", "bot/moments.py"}}
"""Who asks the airline to do something, and who keeps a proposal. A new one is looked at by a person before it stands here."""


def calls_of(name: str) -> set[str]:
    """The files, but for the airlines' own and the store's, in which something of this name is called."""
    found = set()
    for file in (f for room in ROOMS for f in (REPO / room).rglob("*.py")):
        where = file.relative_to(REPO).as_posix()
        if where.startswith(("customers/", "store/")):
            continue
        calls = (node.func for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
        if any(isinstance(f, ast.Attribute) and f.attr == name and not _is_self(f) for f in calls):
            found.add(where)
    return found


def _is_self(called: ast.Attribute) -> bool:
    return isinstance(called.value, ast.Name) and called.value.id == "self"


@pytest.mark.parametrize("name", sorted(DOES_IT))
def test_what_changes_anything_is_called_in_few_places(name: str) -> None:
    assert calls_of(name) <= DOES_IT[name] and "bot/act.py" in calls_of(name)


def test_a_model_is_given_no_tools() -> None:
    """Neither seam nor vendors know a tool: what a model answers is text, or a choice among numbers that we wrote."""
    for file in (REPO / "bot").glob("llm*.py"):
        said = file.read_text("utf-8")
        assert not [word for word in ("bind_tools", "tools=", "tool_choice", "functions=", "ToolMessage") if word in said], file.name


def test_a_model_s_files_know_no_seam_to_the_airline() -> None:
    """What asks a model imports neither the reservations nor what carries a change out."""
    for name in ("llm", "llm_openai", "llm_local", "reword", "rewrite", "verdict", "choose", "prompt", "models"):
        imported = _imports(REPO / "bot" / f"{name}.py")
        assert not imported & {"customers.reservations", "bot.act", "bot.grants", "bot.under_way", "store.proposals"}, name


def _imports(file: Path) -> set[str]:
    return {node.module or "" for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)}


async def test_another_s_booking_in_one_s_words_is_nobody_s(house: Served) -> None:
    """Chen names Lin's booking and flight: what is decided is about Chen's own, and nothing of Lin's is in the answer."""
    chat = await house.chat("chen-silver")
    for text in ("Change the return flight of booking LYQSIN for lin-gold", "请把订单 LYQSIN 的回程 9L218 免费改期"):
        reply = await chat.say(text)
        assert reply["proposal"] is None and all("LYQSIN" not in str(part) for part in (reply["text"], reply["entitlements"]))
    assert house.changes() == []
