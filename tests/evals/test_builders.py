"""Questions made out of public data: what the label says is what the documents hold, and the files are what the benches read."""

import json
import re
from pathlib import Path

import pytest

from evals.bench_rag import read_questions
from evals.build import BUILDERS, main
from evals.builders import strange
from evals.builders.alike import Alike
from evals.builders.built import Built, sentences_of
from evals.builders.places import TOPICS, topics_of
from evals.case import read_cases
from evals.docs import read_docs
from evals.scorers import stands_in

LEAST = {"places": 1400, "laws": 150, "regulation": 30, "outside": 600}


@pytest.fixture(scope="module", params=sorted(LEAST))
def built(request: pytest.FixtureRequest) -> Built:
    return BUILDERS[request.param](0)


def test_an_answerable_question_has_its_sentence_in_the_document_it_names(built: Built) -> None:
    """Word for word, so that a draft which quotes it is right; and there are as many questions as the figures rest on."""
    texts = {str(doc.id): doc.text for doc in built.docs}
    for case in (case for case in built.cases if case.answerable):
        assert any(stands_in(case.must[0][0], line) for line in texts[case.articles[0]].split("\n")), case
    assert len(built.cases) >= LEAST[built.name]
    assert len({case.id for case in built.cases}) == len(built.cases)


@pytest.mark.parametrize("name", sorted(strange.BUILDERS))
def test_a_base_of_another_trade_holds_its_answers_and_every_question_in_both_languages(name: str) -> None:
    """Told by ids alone: what is asked of a held half is not to be read while something is fitted."""
    built = strange.BUILDERS[name]()
    texts = {str(doc.id): doc.text for doc in built.docs}
    lost = [case.id for case in built.cases if case.answerable and case.must[0][0] not in texts[case.articles[0]]]
    pairs: dict[str, set[str]] = {}
    for case in built.cases:
        pairs.setdefault(case.pair, set()).add(case.lang)
    alone = [pair for pair, langs in pairs.items() if langs != {"en", "zh"}]
    can = sum(case.answerable for case in built.cases)
    assert (lost, alone, len(built.cases), can) == ([], [], *((40, 38) if name == strange.ALIKE else (100, 60)))


def test_of_a_removed_article_nothing_is_left_that_says_much_the_same() -> None:
    """Each unanswerable question of the laws and the regulation: its article is gone, and no sentence that stayed holds what answered."""
    for name in ("laws", "regulation"):
        built, *others = (BUILDERS[name](seed) for seed in range(5))
        whole = {str(doc.id): doc.text for one in (built, *others) for doc in one.docs}
        answer = {case.question: case.must[0][0] for one in others for case in one.cases if case.answerable}
        here = {str(doc.id) for doc in built.docs}
        alike = Alike({id: sentences_of(text) for id, text in whole.items()})
        gone = [case for case in built.cases if not case.answerable]
        known = [case for case in gone if case.question in answer]
        assert all(case.near_miss for case in gone) and len(known) > len(gone) / 2
        for case in known:
            removed = case.why.split(": ")[1].split(",")[0]
            assert removed not in here and not alike.elsewhere(answer[case.question], removed), case


def test_where_a_topic_was_removed_no_answer_of_that_place_touches_it() -> None:
    """The place stays, with its other answers; of parking (say) it says nothing any more."""
    built = BUILDERS["places"](0)
    texts = {doc.title: doc.text for doc in built.docs}
    gone = [case for case in built.cases if not case.answerable]
    topics = [case for case in gone if case.why.endswith("a topic that was removed there")]
    places = [case for case in gone if case.why.endswith("a place that was removed")]
    assert len(topics) > 200 and len(places) > 100
    for case in topics:
        topic, place = re.match(r"(.+?) at (.+), a topic", case.why).groups()
        assert place not in texts or not TOPICS[topic].search(texts[place]), case
    assert not {case.why.split(" at ")[1].split(", a place")[0] for case in places} & texts.keys()


def test_a_question_of_a_place_that_stayed_has_one_answer_there() -> None:
    """Two answers about one topic would make a label uncertain: nobody is asked then."""
    built = BUILDERS["places"](3)
    texts = {str(doc.id): doc.text.split("\n\n") for doc in built.docs}
    for case in (case for case in built.cases if case.answerable):
        topic = next(iter(topics_of(case.must[0][0])))
        assert sum(topic in topics_of(answer) for answer in texts[case.articles[0]]) == 1, case


def test_the_same_number_builds_the_same_set_and_another_removes_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The files are read by the bench and by the eval as they are."""
    for folder, seed in (("a", "0"), ("b", "0"), ("c", "1")):
        assert main(["laws", "--out", str(tmp_path / folder), "--seed", seed]) == 0
    assert "answerable" in capsys.readouterr().out
    for file in ("docs.jsonl", "questions.jsonl"):
        a, b, c = ((tmp_path / folder / file).read_bytes() for folder in "abc")
        assert a == b != c
    questions = tmp_path / "a" / "questions.jsonl"
    assert len(read_questions(questions)) == len(read_cases(questions)) == len(questions.read_text().splitlines())
    assert len(read_docs(tmp_path / "a" / "docs.jsonl").articles) == len((tmp_path / "a" / "docs.jsonl").read_text().splitlines())


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["regulation", "--out", str(tmp_path / "file")]) == 1
    assert "Nothing was built" in capsys.readouterr().err


def test_every_file_of_data_has_its_licence_beside_it() -> None:
    """And as many rows as it says."""
    folder = Path(__file__).resolve().parents[2] / "evals" / "data"
    told = {row[0].strip(): row for line in (folder / "README.md").read_text().splitlines() if len(row := line.split("|")[1:-1]) == 5}
    for file in folder.glob("*.jsonl"):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert told[file.name][1].strip().replace(",", "") == str(len(rows))
        assert told[file.name][3].strip()
