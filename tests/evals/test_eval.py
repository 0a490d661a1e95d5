"""`concierge eval` on a slice: two articles of the house, five questions, through the real Mind."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from basics.errors import BadRequest
from bot.mind import Mind
from bot.settings import Settings
from bot.steps import Request
from desk.conversation import Caller
from evals import command, public
from evals.bots import CHAIN, HOUSE, MATCHED, MEANING, THRESHOLD, WORDS
from evals.builders.built import Built
from evals.case import Case, sampled
from evals.command import measure
from evals.docs import Doc
from evals.figure import Figure, find
from evals.minds import demo_mind
from evals.page import as_html
from evals.report import about, as_markdown, write_report
from evals.run import AS_OF, after, ask_all
from evals.tables import misses
from evals.totals import Report, figures_of
from knowledge.embedder_packaged import Packaged

ARTICLES = Settings().articles


def a_case(id: str, lang: str, question: str, articles: list[str], must: list[list[str]], **more: object) -> Case:
    return Case.model_validate(
        {"id": id, "lang": lang, "question": question, "answerable": bool(articles), "articles": articles, "must": must} | more
    )


DRAWN = ("right answer sent", "sent wrong", "handed over needlessly")


def one(report: Report, who: str, name: str) -> Figure:
    found = find(report.figures, who, "all", name)
    assert found is not None, f"{who}: {name}"
    return found


SLICE = (
    a_case("e1", "en", "How many bags can I check in?", ["checked-baggage"], [["2 × 23 kg"]], **{"as": "lin-gold"}),
    a_case("e2", "en", "how big may a checked bag be?", ["checked-baggage"], [["158 cm"]]),
    a_case("z1", "zh", "我可以托运几件行李？", ["checked-baggage"], [["2 件 × 23 公斤"]], **{"as": "lin-gold"}),
    a_case("x1", "en", "who won the football match last night?", [], []),
)


@pytest.fixture(scope="module")
def mind(tmp_path_factory: pytest.TempPathFactory, embedder: Packaged) -> Iterator[Mind]:
    folder = tmp_path_factory.mktemp("articles")
    for lang in ("en", "zh"):
        (folder / lang).mkdir()
        copy(ARTICLES / lang / "checked-baggage.md", folder / lang)
        copy(ARTICLES / lang / "checked-baggage.v1.md", folder / lang)
    with demo_mind(AS_OF, folder, embedder) as mind:
        yield mind


async def test_a_slice_is_answered_scored_and_set_beside_plain_searches(mind: Mind, tmp_path: Path) -> None:
    """The Gold member's own row is quoted, in both languages; football is not answered."""
    report = await measure(SLICE, mind, "slice", pieces=tmp_path / "pieces.npz")
    by_id = {o.case.id: o for o in report.outcomes}
    for id in ("e1", "z1"):
        assert by_id[id].cited.ok, by_id[id].cited.why
        assert by_id[id].right_draft.ok, by_id[id].draft
    assert not by_id["x1"].answered
    assert {f.part for f in report.figures} == {"all", "en", "zh"}
    football = one(report, HOUSE, "answered without an answer")
    assert (football.count, football.of) == (0, 1)
    assert {f.who for f in report.figures} == {HOUSE, WORDS, MEANING, THRESHOLD, MATCHED, CHAIN}
    for who in (WORDS, MEANING, THRESHOLD, CHAIN):  # there is but one article to find
        assert (one(report, who, "article among those shown").count, one(report, who, "article among those shown").of) == (3, 3)
    assert one(report, WORDS, "answered without an answer").count == 1  # it always answers
    assert find(report.figures, CHAIN, "all", "right answer sent") is None  # without a model it says nothing
    assert all(f.low <= f.value <= f.high for f in report.figures if f.value is not None and f.low is not None and f.high is not None)
    _is_whole(report, tmp_path)


async def test_a_case_of_another_day_is_asked_by_somebody_whose_trip_is_of_that_day(mind: Mind) -> None:
    """Tom's ticket of 28 March has a small bag free; a ticket of November has none, and citing its rule for the older one is a miss."""
    then, today = "2026-04-06T10:00:00+08:00", {"as": "tom-member", "suite": "days"}
    question, must = "how many bags can i check in for free on my flight", [["1 × 10 kg"]]
    cases = [
        a_case("old", "en", question, ["checked-baggage"], must, now=then, version=1, **today),
        a_case("new", "en", question, ["checked-baggage"], [["None", "no checked bag"]], version=2, **today),
        a_case("wrong", "en", question, ["checked-baggage"], must, version=1, must_not=["None"], **today),
    ]
    old, new, wrong = [asked.outcome async for asked in ask_all(cases, mind)]
    assert (old.versions[0], new.versions[0]) == (1, 2)
    assert old.cited.ok and old.right_draft.ok and new.cited.ok and new.right_draft.ok, (old.draft, new.draft)
    assert not wrong.cited.ok and wrong.is_miss
    figures = figures_of([old, new, wrong])
    line, forbidding = (find(figures, HOUSE, "days", name) for name in ("right outcome", "said what is forbidden"))
    assert line and forbidding and (line.of, forbidding.of) == (3, 1)


def test_the_last_words_of_the_asker_are_handed_on() -> None:
    """What was said before reaches the request, ours left out; a first question has nothing before it."""
    request = Request(conversation_id="c", caller=Caller(), lang="en", text="?", now=AS_OF)
    case = a_case("h", "en", "and Gold?", [], [], history=[["traveller", "Silver?"], ["bot", "One."], ["traveller", "Flex?"], ["bot", "Two."]])
    assert after(case, request).last_question == "Flex?"
    assert after(a_case("f", "en", "?", [], []), request).last_question == ""


async def test_a_named_decision_makes_not_answering_right_and_the_forbidden_a_grant(mind: Mind) -> None:
    """Handing over is right where the case says so; a sentence that the case forbids counts as granted only if it was sent."""
    [asked] = [a async for a in ask_all([a_case("d", "en", "How many bags can I check in?", ["checked-baggage"], [["2 × 23 kg"]])], mind)]
    named = {"decision": ("answer", "handoff"), "must_not": ("2 × 23 kg",), "must": (("nothing that is said",),)}
    sent = asked.outcome.model_copy(update={"case": asked.outcome.case.model_copy(update=named), "answered": True, "decision": "answer"})
    sent = sent.model_copy(update={"said": "Gold: 2 × 23 kg.", "right_said": sent.right_said.model_copy(update={"ok": False})})
    assert sent.is_miss and sent.grants
    kept = sent.model_copy(update={"answered": False, "decision": "handoff", "said": ""})
    assert not kept.is_miss and not kept.grants and kept.decided
    offered = sent.model_copy(update={"decision": "proposal", "said": ""})
    assert offered.is_miss and offered.grants and not offered.decided


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
    page = as_html(report, about(report))
    assert "&lt;b&gt;|?" in page
    assert "<b>\\|?" in as_markdown(report)
    assert "says '9 kg'" in as_markdown(report)
    assert "http" not in page and "<script" not in page
    assert page.count("<svg") == 3 + sum(len({f.part for f in report.figures if f.name == name and f.value is not None}) for name in DRAWN)


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
    command.run_cases(file, tmp_path / "reports", as_json=True, chain=False)
    said = json.loads(capsys.readouterr().out)
    assert [f["of"] for f in said["figures"] if (f["who"], f["part"], f["name"]) == ("BM25 alone", "all", "right answer sent")] == [2]
    command.run_cases(file, tmp_path / "reports", as_json=False, chain=False)
    assert "c.jsonl, as of" in capsys.readouterr().out
    assert (tmp_path / "reports" / "eval.html").exists()


async def test_public_sets_are_asked_of_their_own_documents(mind: Mind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the embedder of this run; what is outside our subject is asked of our own articles, and a sample is of each set."""
    loans = Doc(id="loans", title="Borrowing books", text="You may borrow 8 books for 21 days.", lang="en")
    ours = a_case("l1", "en", "How many books may I borrow?", ["loans"], [["8 books"]])
    football = (SLICE[3], SLICE[3].model_copy(update={"id": "x2"}))
    sets = {"tiny": Built(name="tiny", docs=(loans,), cases=(ours,)), "outside": Built(name="outside", docs=(), cases=football)}
    monkeypatch.setattr(public, "BUILDERS", {name: lambda seed, one=one: one for name, one in sets.items()})
    monkeypatch.setattr(public, "FOREIGN", ("tiny",))
    report = await measure(SLICE[3:], mind, "football", public=1)
    assert [(one.name, one.questions) for one in report.public] == [("outside", 1), ("tiny", 1)]
    cited = find(report.public[1].figures, HOUSE, "all", "article cited")
    assert cited is not None and (cited.count, cited.of) == (1, 1)
    assert len(report.outcomes) == 1 and "| tiny |" in as_markdown(report)


def test_a_suite_is_asked_by_its_name_and_its_pairs_are_reported(
    mind: Mind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report tells each suite and how far the languages agree, in all its forms; a file and a suite at once are refused."""
    from contextlib import nullcontext

    monkeypatch.setattr(command, "demo_mind", lambda now: nullcontext(mind))
    paired = tuple(case.model_copy(update={"suite": "paired", "pair": "bags"}) for case in (SLICE[0], SLICE[2]))
    monkeypatch.setattr(command, "read_suite", lambda name, personas: paired if name == "paired" else ())
    command.run_cases(None, tmp_path, as_json=True, suite="paired", chain=False)
    said = json.loads(capsys.readouterr().out)
    assert (said["cases"], said["pairs"]["pairs"], said["pairs"]["share"]) == ("suite paired", 1, 1.0)
    line = {f["name"]: f for f in said["figures"] if (f["who"], f["part"]) == (HOUSE, "paired")}
    assert line["right outcome"]["of"] == 2 and line["sent wrong"]["count"] == line["right decision"]["of"] == 0
    assert line["right outcome"]["count"] == line["answered"]["count"] > 0
    for name in ("eval.md", "eval.html"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "1 of 1 pairs reach the same decision" in text and "95 % interval 100.0% to 100.0%" in text and "paired" in text
    with pytest.raises(BadRequest, match="exclude each other"):
        command.run_cases(tmp_path / "c.jsonl", tmp_path, as_json=True, suite="paired")
