"""`concierge bench rag` over the base of another business: the contract of DESIGN section 5."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from basics.errors import BadRequest, SettingsWrong
from concierge.cli import app
from evals import bench_rag
from evals.bench_rag import answers, mind_of, read_questions, run
from evals.docs import LONGEST_SENTENCE, clean, read_docs
from evals.lines import BadLine
from knowledge.embedder_packaged import Packaged
from tests.evals.conftest import Lines

LIBRARY = (
    {
        "id": "loans/1 %",
        "title": "Borrowing books",
        "text": "# Borrowing books\n\nA member may borrow 8 books for 21 days. A loan is renewed twice.",
        "lang": "en",
    },
    {"id": "fines", "title": "Late returns", "text": "A late book costs GBP 0.20 a day. The fine never exceeds GBP 9 a book.", "lang": "en"},
    {"id": "rooms", "title": "Study rooms", "text": "| Room | Seats | Fee an hour |\n| --- | --- | --- |\n| Oak | 4 | free |\n| Elm | 12 | GBP 6 |"},
    {"id": "print", "title": "", "text": "Printing\n\nA black page costs GBP 0.10, a colour page GBP 0.45."},
    {"id": "卡", "title": "借书证", "text": "办理借书证需出示身份证，工本费 15 元。儿童免费。证件遗失补办需 10 元。", "lang": "zh-CN"},
    {"id": 7, "title": "开放时间", "text": "周一闭馆。周二至周日 9 点至 20 点开放。"},
)
ASKED = (
    {"id": "q1", "question": "How many books may I borrow?", "lang": "en"},
    {"id": "q2", "question": "what's the fee for the Elm room?"},
    {"id": "q3", "question": "办借书证要多少钱？", "lang": "zh"},
    {"id": 4, "question": "thanks!"},
    {
        "id": "q5",
        "question": "and for children?",
        "history": [{"role": "user", "text": "What does a library card cost?"}, {"role": "assistant", "text": "…"}],
    },
)
FIELDS = {"id", "retrieved", "citations", "answer", "decision", "confidence", "stage_ms"}


@pytest.fixture(autouse=True)
def _one_model(monkeypatch: pytest.MonkeyPatch, embedder: Packaged) -> None:
    """The model is loaded once a test session."""
    monkeypatch.setattr(bench_rag, "Packaged", lambda: embedder)


def result(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_each_question_gets_one_line_of_the_contract(lines: Lines, tmp_path: Path) -> None:
    """Ids come back as they were given, every document once, the draft whether or not it is sent."""
    out = tmp_path / "new folder" / "r.jsonl"
    done = CliRunner().invoke(
        app, ["bench", "rag", "--docs", str(lines("d.jsonl", *LIBRARY)), "--questions", str(lines("q.jsonl", *ASKED)), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    rows = {row["id"]: row for row in result(out)}
    assert list(rows) == ["q1", "q2", "q3", 4, "q5"]
    ids = {doc["id"] for doc in LIBRARY}
    for row in rows.values():
        assert set(row) == FIELDS
        assert len(row["retrieved"]) == len(set(row["retrieved"])) == len(ids)  # fewer than 20 there are
        assert set(row["retrieved"]) | set(row["citations"]) <= ids
        assert row["decision"] in ("answer", "clarify", "abstain", "handoff")
        assert 0 <= row["confidence"] <= 1
        assert all(ms >= 0 for ms in row["stage_ms"].values())
    assert rows["q1"]["retrieved"][0] == "loans/1 %"
    assert "8 books" in rows["q1"]["answer"]
    assert "loans/1 %" in rows["q1"]["citations"]
    assert "GBP 6" in rows["q2"]["answer"]
    assert rows["q3"]["retrieved"][0] == "卡"
    assert "15 元" in rows["q3"]["answer"]
    assert "kg" not in "".join(r["answer"] for r in rows.values())  # nothing of the demo airline


def test_without_answering_it_stops_after_retrieval(lines: Lines, tmp_path: Path) -> None:
    """The same order of documents as with answers, and no decision."""
    docs, questions = lines("d.jsonl", *LIBRARY), lines("q.jsonl", *ASKED)
    run(docs, questions, tmp_path / "with", "quote", False)
    run(docs, questions, tmp_path / "without", "quote", True)
    full, short = result(tmp_path / "with"), result(tmp_path / "without")
    assert [r["retrieved"] for r in full] == [r["retrieved"] for r in short]
    assert all((r["answer"], r["decision"], r["confidence"], r["citations"]) == ("", None, None, []) for r in short)


async def test_at_most_twenty_documents_are_named(lines: Lines, embedder: Packaged) -> None:
    """Best first, the one that names the very thing at the top."""
    docs = read_docs(lines("d.jsonl", *({"id": n, "title": f"Locker {n}", "text": f"Locker {n} is in hall {n % 3}."} for n in range(30))))
    questions = read_questions(lines("q.jsonl", {"id": 1, "question": "where is locker 17?"}))
    with mind_of(docs, embedder) as mind:
        [answer] = [a async for a in answers(mind, docs, questions, no_answer=False)]
    assert len(answer.retrieved) == 20
    assert answer.retrieved[0] == 17


def test_an_empty_base_finds_nothing_and_sends_nothing(lines: Lines, tmp_path: Path) -> None:
    """No crash where there is nothing to search."""
    run(lines("d.jsonl"), lines("q.jsonl", ASKED[0]), tmp_path / "r", "quote", False)
    [row] = result(tmp_path / "r")
    assert (row["retrieved"], row["citations"], row["answer"]) == ([], [], "")
    assert row["decision"] in ("handoff", "abstain", "clarify")


def test_hostile_documents_are_read_or_left_out_with_a_note(lines: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Empty, control characters, half characters, a megabyte of words without a full stop."""
    docs = lines(
        "d.jsonl",
        {"id": "empty", "title": "Nothing", "text": " \n "},
        {"id": "heading", "title": "Only a heading", "text": "# Only a heading"},
        {"id": "controls", "title": "Bells\x07", "text": "The bell\x00 rings\x1b at\u2028 noon.\r\nIt is\x0c loud."},
        '{"id": "half", "title": "Half", "text": "A half \\ud83d character is shown as a box."}',
        '{"id": "raw", "title": "Raw", "text": "A raw\ttab stands here."}',
        {"id": "html", "title": "<b>Tags</b>", "text": "<script>alert(1)</script> A tag is text."},
    )
    run(docs, lines("q.jsonl", {"id": 1, "question": "When does the bell ring?"}), tmp_path / "r", "quote", False)
    notes = " ".join(capsys.readouterr().err.split())
    assert "document 'empty' has no text" in notes
    assert "document 'heading' has no text" in notes
    [row] = result(tmp_path / "r")
    assert row["retrieved"][0] == "controls"
    assert {"half", "raw", "html"} < set(row["retrieved"])
    assert not {"empty", "heading"} & set(row["retrieved"])


def test_a_megabyte_without_an_end_is_broken_up(lines: Lines) -> None:
    """Neither a passage nor a sentence of it is endless, and no word is lost."""
    endless = "word " * 200_000
    docs = read_docs(lines("d.jsonl", {"id": 1, "title": "Endless", "text": endless}, {"id": 2, "title": "无尽", "text": "行李" * 5_000}))
    assert [a.lang for a in docs.articles] == ["en", "zh"]
    for article in docs.articles:
        assert max(map(len, article.body.split("\n\n"))) <= LONGEST_SENTENCE
    assert docs.articles[0].body.split() == endless.split()
    table = "\n".join(["| a | b |", "| --- | --- |", *(f"| {n} | {n} |" for n in range(400))])
    assert clean(table) == table


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ("nonsense", "is not JSON"),
        ({"title": "t", "text": "x"}, "'id' is missing"),
        ({"id": "b", "title": "t"}, "'text' is missing"),
        ({"id": "b", "title": "t", "text": 5}, "'text'"),
        ({"id": "fines", "title": "t", "text": "Another text."}, "the id 'fines' stands in line 1 already"),
    ],
)
def test_a_bad_document_is_told_with_its_line_and_exit_2(
    lines: Lines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], second: dict[str, Any] | str, why: str
) -> None:
    """A plain sentence with file and line; no result file."""
    docs = lines("d.jsonl", LIBRARY[1], second)
    command = ["concierge", "bench", "rag", "--docs", str(docs), "--questions", str(lines("q.jsonl", *ASKED)), "--out", str(tmp_path / "r")]
    monkeypatch.setattr(sys, "argv", command)
    from concierge.cli import main

    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr().err
    assert left.value.code == 2
    assert f"{docs}:2: " in said
    assert why in said
    assert not (tmp_path / "r").exists()


def test_bad_questions_models_and_paths_are_plain_sentences(lines: Lines, tmp_path: Path) -> None:
    """Each before anything is embedded."""
    docs, questions = lines("d.jsonl", LIBRARY[0]), lines("q.jsonl", ASKED[0])
    with pytest.raises(BadLine, match=r"q2\.jsonl:2: the id 'q1' stands in line 1 already"):
        run(docs, lines("q2.jsonl", ASKED[0], ASKED[0]), tmp_path / "r", "quote", False)
    with pytest.raises(BadRequest, match="--model gpt: there is quote"):
        run(docs, questions, tmp_path / "r", "gpt", False)
    for model, missing in (("local", "CONCIERGE_MODEL_PATH is empty"), ("openai", "CONCIERGE_MODEL_NAME is empty")):
        with pytest.raises(SettingsWrong, match=missing):
            run(docs, questions, tmp_path / "r", model, False)
    assert not (tmp_path / "r").exists()
    with pytest.raises(BadRequest, match="cannot be read"):
        run(tmp_path / "missing.jsonl", questions, tmp_path / "r", "quote", False)
    with pytest.raises(BadRequest, match="cannot be written"):
        run(docs, questions, docs / "r", "quote", False)


def test_one_document_may_stand_in_both_languages(lines: Lines) -> None:
    """As with our own articles, an id is shared by the languages."""
    docs = read_docs(lines("d.jsonl", {"id": "a", "title": "Hours", "text": "Open daily."}, {"id": "a", "title": "时间", "text": "每天开放。"}))
    assert [(a.id, a.lang) for a in docs.articles] == [("d0000000", "en"), ("d0000000", "zh")]


async def test_a_question_that_leans_on_the_history_is_searched_with_it(lines: Lines, embedder: Packaged) -> None:
    """But a whole question stands alone, whatever was spoken of."""
    docs = read_docs(lines("d.jsonl", *LIBRARY))
    before = [{"role": "user", "text": "What does printing a black page cost?"}, {"role": "assistant", "text": "A black page costs GBP 0.10."}]
    rows = [
        {"id": "leans", "question": "and in colour?", "history": before},
        {"id": "alone", "question": "How many books may a member borrow at once?", "history": before},
        {"id": "first", "question": "How many books may a member borrow at once?"},
    ]
    with mind_of(docs, embedder) as mind:
        questions = read_questions(lines("q.jsonl", *rows))
        leans, alone, first = [a async for a in answers(mind, docs, questions, no_answer=False)]
        bare = [a async for a in answers(mind, docs, questions, no_answer=True)]
    assert leans.retrieved[0] == bare[0].retrieved[0] == "print" and "0.45" in leans.answer
    assert (alone.retrieved, alone.answer, alone.confidence) == (first.retrieved, first.answer, first.confidence)
