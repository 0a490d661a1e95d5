"""Articles that contradict each other: told and refused at the door, and where both stand all the same, never mixed in an answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from store import ingestions
from tests.bot.test_library import an_article
from tests.house import Served, command, done, keep_staff

FEE, OTHER_FEE = "The fee for a hoverboard is CNY 200 per flight.", "The fee for a hoverboard is CNY 350 per flight."
ASKED = "What is the fee for a hoverboard?"


@pytest.fixture
async def empty(make_house: Any) -> Served:
    house: Served = await make_house(own_index=True, empty=True)
    return house


def _second(articles: Path, **front: Any) -> Path:
    changes = {"id": "boards", "title": "Fees for boards", "in_force": "{from: 2026-02-01}", "text": OTHER_FEE} | front
    return an_article(articles, "boards.md", **changes)


async def test_the_newer_article_waits(empty: Served, tmp_path: Path) -> None:
    """It is refused at its sentence, with the place and the words of both; the older one goes on answering."""
    articles = tmp_path / "articles"
    an_article(articles, text=FEE)
    second = _second(articles)
    line = second.read_text("utf-8").splitlines().index(OTHER_FEE) + 1
    for dry in (True, False):
        report = await empty.house.ingest([articles], dry)
        (no,) = report.refused
        assert (no.file, no.line) == ("boards.md", line) and report.added == ("hoverboards (en, version 1)",)
        assert OTHER_FEE in no.why and FEE in no.why and "hoverboards.md:" in no.why and "矛盾" in no.why_zh
    reply = await (await empty.chat()).say(ASKED)
    assert "CNY 200" in reply["text"] and "350" not in reply["text"]


async def test_both_may_stand_and_a_person_then_decides(empty: Served, tmp_path: Path) -> None:
    """Kept with --accept-contradictions, which is recorded; asked about, neither is said, and the Brief shows both."""
    articles = tmp_path / "articles"
    an_article(articles, text=FEE)
    _second(articles)
    report = await empty.house.ingest([articles], accept=True)
    assert len(report.added) == 2 and not report.refused and report.contested[0].accepted
    async with empty.house.db.read() as conn:
        noted = await ingestions.before_all_since(conn, 0)
    assert OTHER_FEE in noted["boards", "en", 1].contradicts[0] and FEE in noted["boards", "en", 1].contradicts[0]
    reply = await (await empty.chat()).say(ASKED)
    assert reply["kind"] == "handoff" and "CNY" not in reply["text"], reply["text"]
    await keep_staff(empty.house)
    anna = await empty.staff()
    ticket = done(await anna.http.get(f"/v1/desk/tickets/{reply['ticket']['id']}", headers=anna.headers))
    brief = json.dumps(ticket, ensure_ascii=False)
    assert "CNY 200" in brief and "CNY 350" in brief


async def test_a_curated_answer_counts_more(empty: Served, tmp_path: Path) -> None:
    """Where one of the two is an answer that a person approved, it is said alone."""
    articles = tmp_path / "articles"
    an_article(articles, text=FEE)
    _second(articles, kind="qa", title=ASKED)
    await empty.house.ingest([articles], accept=True)
    reply = await (await empty.chat()).say(ASKED)
    assert reply["kind"] == "answer" and "CNY 350" in reply["text"] and "CNY 200" not in reply["text"], reply["text"]


async def test_a_translation_that_says_another_figure_waits(empty: Served, tmp_path: Path) -> None:
    """The second language of an article must state the first one's figures."""
    articles = tmp_path / "articles"
    an_article(articles, text=FEE)
    an_article(articles, "hoverboards.zh.md", lang="zh", title="平衡车", text="平衡车每航班收费 300 元。")
    report = await empty.house.ingest([articles])
    (no,) = report.refused
    assert no.file == "hoverboards.zh.md" and "translation" in no.why and "CNY 200" in no.why
    an_article(articles, "hoverboards.zh.md", lang="zh", title="平衡车", text="平衡车每航班收费 200 元。")
    assert not (await empty.house.ingest([articles])).refused


@pytest.mark.slow
def test_the_command_tells_and_keeps_only_when_told_to(tmp_path: Path) -> None:
    """`--dry-run` and a plain run tell both places and fail; `--accept-contradictions` keeps both and says so."""
    home, articles = tmp_path / "home", tmp_path / "articles"
    an_article(articles, text=FEE)
    _second(articles)
    for more in (["--dry-run"], []):
        ran = command("ingest", str(articles), *more, home=home)
        said = " ".join(ran.stdout.split())
        assert ran.returncode == 1 and "boards.md:" in said and "hoverboards.md:" in said and "--accept-contradictions" in said, ran
    ran = command("ingest", str(articles), "--accept-contradictions", home=home)
    assert ran.returncode == 0 and "accepted" in ran.stdout and "1 added" in ran.stdout, ran
