"""Cases are read whole or refused with the line that is wrong."""

import pytest

from basics.errors import BadRequest
from evals.case import CASES, read_cases
from evals.lines import BadLine
from tests.evals.conftest import Lines

GOOD = {"id": "en-01", "lang": "en", "question": "how many bags?", "answerable": True, "articles": ["checked-baggage"], "must": [["2"]]}


def test_a_case_is_read_with_its_asker(lines: Lines) -> None:
    """`as` names the persona; without it the asker is anonymous."""
    one, two = read_cases(lines("c.jsonl", GOOD | {"as": "lin-gold"}, "", GOOD | {"id": "en-02"}))
    assert (one.who, two.who) == ("lin-gold", "anonymous")
    assert one.must == (("2",),)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{not json", "is not JSON"),
        ("[1, 2]", "is not a JSON object"),
        ({k: v for k, v in GOOD.items() if k != "question"} | {"id": "x"}, "'question' is missing"),
        (GOOD | {"id": "x", "lang": "fr"}, "'lang'"),
        (GOOD | {"id": "x", "mustnt": []}, "'mustnt'"),
        (GOOD | {"id": "x", "as": "nobody"}, "'as' is 'nobody'"),
        (GOOD | {"id": "x", "articles": []}, "'articles'"),
        (GOOD, "stands in line 1 already"),
    ],
)
def test_a_wrong_line_is_told_with_file_and_number(lines: Lines, row: dict[str, object] | str, why: str) -> None:
    """The second line is wrong: the error says so, and what is wrong."""
    file = lines("c.jsonl", GOOD, row)
    with pytest.raises(BadLine) as told:
        read_cases(file, ["lin-gold"])
    assert str(told.value).startswith(f"{file}:2: ")
    assert why in str(told.value)


def test_a_file_that_is_missing_empty_or_not_text_is_a_plain_sentence(lines: Lines) -> None:
    """No traceback for what a person can get wrong."""
    empty = lines("empty.jsonl")
    with pytest.raises(BadRequest, match="holds no cases"):
        read_cases(empty)
    with pytest.raises(BadRequest, match="cannot be read"):
        read_cases(empty.with_name("missing.jsonl"))
    empty.write_bytes(b"\xff\xfe{}\n")
    with pytest.raises(BadLine, match="UTF-8"):
        read_cases(empty)


@pytest.mark.parametrize("name", ["first.jsonl", "dev.jsonl"])
def test_the_shipped_cases_are_well_formed(name: str) -> None:
    """Every case of the house can be read, and its `must` is not empty where it can be answered."""
    assert all(c.must or not c.answerable for c in read_cases(CASES / name))
