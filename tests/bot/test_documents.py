"""Policy as PDF, Word, web page or list of answers: taken in with the fields beside it, quoted and cited like any article."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tests.bot.test_library import an_article
from tests.house import Served, missing
from tests.knowledge import documents as d


@pytest.fixture
async def empty(make_house: Any) -> Served:
    if lacking := [name for name in ("pypdf", "mammoth", "trafilatura") if importlib.util.find_spec(name) is None]:
        missing(f"The readers need {', '.join(lacking)}: pip install -c constraints.txt -e '.[readers]'.")
    house: Served = await make_house(own_index=True, empty=True)
    return house


async def asked(served: Served, text: str) -> dict[str, Any]:
    return dict(await (await served.chat()).say(text))


def a_policy_pdf(fee: str = "EUR 80") -> bytes:
    return d.a_pdf(
        [
            [
                (72, 770, 20, "Surfboards and bicycles"),
                (72, 735, 11, "A bicycle counts as one piece of checked baggage and has to be packed in a"),
                (72, 721, 11, "hard case."),
                (72, 690, 14, "Fees"),
                (72, 665, 11, "Item"), (220, 665, 11, "Short haul"), (340, 665, 11, "Long haul"),
                (72, 650, 11, "Bicycle"), (220, 650, 11, "EUR 40"), (340, 650, 11, fee),
                (72, 635, 11, "Surfboard"), (220, 635, 11, "EUR 55"), (340, 635, 11, "EUR 95"),
            ]
        ]
    )  # fmt: skip


async def test_a_table_in_a_pdf_is_quoted_by_its_row(empty: Served, tmp_path: Path) -> None:
    """The fee of one item comes with its column's name, the citation with the section and the address from the folder's defaults."""
    d.defaults(tmp_path / "pdf", source_url="https://www.larkspur.example/sports")
    (tmp_path / "pdf" / "sports.en.pdf").write_bytes(a_policy_pdf())
    report = await empty.house.ingest([tmp_path / "pdf"])
    assert report.added == ("sports (en, version 1)",), report
    reply = await asked(empty, "What does a surfboard cost on a long haul flight?")
    assert "EUR 95" in reply["text"] and "EUR 80" not in reply["text"], reply["text"]
    (cited, *_) = reply["citations"]
    assert cited["title"] == "Surfboards and bicycles" and cited["section"] == "Fees" and cited["url"].endswith("/sports")
    assert "packed in a hard case" in (await asked(empty, "How do I have to pack a bicycle?"))["text"]


async def test_a_word_document_and_a_page_in_chinese(empty: Served, tmp_path: Path) -> None:
    """Headings, lists and tables survive from both; the language is told by the script."""
    folder = tmp_path / "more"
    d.defaults(folder)
    body = d.a_paragraph("Drums", "H1") + d.a_paragraph("A drum flies in the cabin.") + d.a_paragraph("Fees", "H2")
    (folder / "drums.docx").write_bytes(d.a_docx(body + d.a_table([["Drum", "Fee"], ["Snare drum", "EUR 12"], ["Kettle drum", "EUR 70"]])))
    page = "<h1>风筝</h1><p>风筝折叠后可以作为手提行李免费携带。</p><p>以下物品须提前申报：</p><ul><li>金属骨架的风筝</li><li>电动风筝</li></ul>"
    (folder / "kites.html").write_text(f"<html><body><nav><a href=/>首页</a></nav><article>{page}</article></body></html>", encoding="utf-8")
    report = await empty.house.ingest([folder])
    assert report.added == ("drums (en, version 1)", "kites (zh, version 1)"), report
    assert "EUR 70" in (await asked(empty, "What is the fee for a kettle drum?"))["text"]
    reply = await asked(empty, "风筝可以随身带吗？")
    assert "手提行李" in reply["text"] and reply["lang"] == "zh" and "首页" not in reply["text"]


async def test_a_list_of_answers(empty: Served, tmp_path: Path) -> None:
    """Each row is a curated answer of its own; a row that is taken out of the list leaves the shelf, a broken one takes nobody with it."""
    folder = tmp_path / "faq"
    d.defaults(folder)
    rows = [
        ["question", "answer", "id"],
        ["May I bring my own pillow?", "Yes, a pillow is no piece of baggage.", "pillow"],
        ["Is there tea?", "Always.", ""],
    ]
    (folder / "faq.csv").write_bytes(d.a_csv(rows))
    report = await empty.house.ingest([folder])
    assert len(report.added) == 2 and "pillow (en, version 1)" in report.added and any(name.startswith("faq/") for name in report.added), report
    reply = await asked(empty, "May I bring my own pillow?")
    assert "no piece of baggage" in reply["text"] and reply["basis"] == "curated"
    (folder / "faq.csv").write_bytes(d.a_csv([rows[0], rows[1], ["And this?", "", ""]]))
    report = await empty.house.ingest([folder])
    assert not report.removed and report.refused[0].line == 3 and "缺少" in report.refused[0].why_zh, report  # a refused list keeps what it gave
    (folder / "faq.csv").write_bytes(d.a_csv(rows[:2]))
    report = await empty.house.ingest([folder])
    assert len(report.removed) == 1 and report.removed[0].startswith("faq/") and len(report.unchanged) == 1
    (folder / "more.jsonl").write_bytes(d.json_lines([{"question": "飞机上有热茶吗？", "answer": "有，全程供应热茶。", "audience": "traveller"}]))
    report = await empty.house.ingest([folder])
    assert len(report.added) == 1 and "(zh, version 1)" in report.added[0]


async def test_without_an_audience_nobody_reads_it(empty: Served, tmp_path: Path) -> None:
    """The refusal says which file to write; writing it is enough; the file's own fields win over the folder's, and a deeper folder's over both."""
    folder = tmp_path / "pdf"
    folder.mkdir()
    (folder / "sports.pdf").write_bytes(a_policy_pdf())
    (no,) = (await empty.house.ingest([folder])).refused
    assert "missing" in no.why and "sports.pdf.yaml beside the file, or in defaults.yaml" in no.why and "sports.pdf.yaml" in no.why_zh, no
    d.defaults(folder, audience="staff")
    assert (await empty.house.ingest([folder])).added == ("sports (en, version 1)",)
    assert "EUR 95" not in (await asked(empty, "What does a surfboard cost on a long haul flight?"))["text"]
    asks = "asks:\n- says: EUR 95\n  asked: [how much is my board]\n"
    (folder / "sports.pdf.yaml").write_text(f"audience: public\nid: boards\ntitle: Boards\nversion: 3\n{asks}", encoding="utf-8")
    report = await empty.house.ingest([folder])
    assert report.added == ("boards (en, version 3)",) and report.removed == ("sports (en, version 1)",), report
    assert "EUR 95" in (await asked(empty, "What does a surfboard cost on a long haul flight?"))["text"]


async def test_a_broken_sidecar_takes_nothing_off_the_shelf(empty: Served, tmp_path: Path) -> None:
    """A typo in the defaults of a folder is told of each document, which goes on saying what it said."""
    folder = tmp_path / "pdf"
    d.defaults(folder)
    (folder / "sports.pdf").write_bytes(a_policy_pdf())
    await empty.house.ingest([folder])
    for wrong in ("audience: [public\n", "audience: everybody\n", "audienc: public\n", ""):
        (folder / "defaults.yaml").write_text(wrong, encoding="utf-8")
        report = await empty.house.ingest([folder])
        assert [r.file for r in report.refused] == ["sports.pdf"] and not report.removed, (wrong, report)
    assert "EUR 95" in (await asked(empty, "What does a surfboard cost on a long haul flight?"))["text"]


async def test_changed_text_of_a_pdf_needs_a_version_too(empty: Served, tmp_path: Path) -> None:
    """As with Markdown: refused with what to write, and shown as a difference."""
    d.defaults(tmp_path / "pdf")
    (tmp_path / "pdf" / "sports.pdf").write_bytes(a_policy_pdf())
    await empty.house.ingest([tmp_path / "pdf"])
    (tmp_path / "pdf" / "sports.pdf").write_bytes(a_policy_pdf("EUR 90"))
    report = await empty.house.ingest([tmp_path / "pdf"], diff=True)
    assert "version 2" in report.refused[0].why
    assert report.changes[0].lines == ("- | Bicycle | EUR 40 | EUR 80 |", "+ | Bicycle | EUR 40 | EUR 90 |")


async def test_what_is_no_article_is_left_alone(empty: Served, tmp_path: Path) -> None:
    """Hidden files, an editor's locks and other endings are not spoken of."""
    an_article(tmp_path / "mixed")
    d.defaults(tmp_path / "mixed")
    (tmp_path / "mixed" / "~$draft.docx").write_bytes(b"lock")
    (tmp_path / "mixed" / ".git").mkdir()
    an_article(tmp_path / "mixed" / ".git", "copy.md")
    (tmp_path / "mixed" / "notes.txt").write_text("x")
    report = await empty.house.ingest([tmp_path / "mixed"])
    assert len(report.added) == 1 and not report.refused, report
