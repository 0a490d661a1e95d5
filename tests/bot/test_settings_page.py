"""docs/settings.md is the settings as they are: `UPDATE=1 pytest tests/bot/test_settings_page.py` writes it anew."""

import ast
import itertools
import os
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings
from tests.house import REPO

PAGE = REPO / "docs" / "settings.md"
HEAD = """# Settings

Environment variables, or lines of a `.env` file; [.env.example](../.env.example) holds them ready to copy. This page is made from `bot/settings.py`.

| setting | default | meaning |
| --- | --- | --- |
"""


def _docs() -> dict[str, str]:
    """What stands below each field of Settings."""
    tree = ast.parse((REPO / "bot" / "settings.py").read_text(encoding="utf-8"))
    body = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Settings").body
    said = {}
    for one, following in itertools.pairwise(body):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and isinstance(following, ast.Expr):
            said[one.target.id] = " ".join(str(ast.literal_eval(following.value)).split())
    return said


def _default(value: object) -> str:
    if isinstance(value, SecretStr) or value in (None, "", ()):
        return ""
    if isinstance(value, Path) and value.is_absolute():
        return f"`{value.relative_to(REPO)}`"
    return f"`{value}`"


def _page() -> str:
    docs = _docs()
    rows = (f"| `CONCIERGE_{name.upper()}` | {_default(f.default)} | {docs.get(name, '')} |" for name, f in Settings.model_fields.items())
    return HEAD + "\n".join(rows).replace("|  |", "| |") + "\n"


def test_the_page_tells_every_setting() -> None:
    if os.environ.get("UPDATE"):
        PAGE.write_text(_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == _page()


def test_whether_a_model_words_answers_is_told_by_the_hash_of_a_receipt() -> None:
    """What can change an answer changes the hash; where a house listens does not."""
    assert Settings(model_rewords=False).fingerprint() != Settings().fingerprint() == Settings(port=1).fingerprint()
