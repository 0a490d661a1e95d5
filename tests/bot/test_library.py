"""Ingestion: the report says what became of every file, what was refused keeps what it gave before, and repeating is harmless."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from basics.errors import SettingsWrong
from store import library
from tests.house import Served, a_house, kinds

HOVER = "How heavy may a hoverboard be?"


def an_article(folder: Path, name: str = "hoverboards.md", *, text: str = "A hoverboard may weigh up to 7 kg.", **front: Any) -> Path:
    plain = {
        "id": "hoverboards", "title": "Hoverboards", "lang": "en", "audience": "public", "in_force": "{from: 2026-01-01}", "version": 1,
        "owner": "Tests", "source_url": "https://www.larkspur.example/hoverboards", "applies_by": "travel",
    }  # fmt: skip
    lines = [f"{k}: {v}" for k, v in (plain | front).items() if v is not None]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("\n".join(["---", *lines, "---", "", f"# {front.get('title', 'Hoverboards')}", "", text, ""]), encoding="utf-8")
    return file


@pytest.fixture
async def empty(make_house: Any) -> Served:
    house: Served = await make_house(own_index=True, empty=True)
    return house


async def test_new_unchanged_changed_removed(empty: Served, tmp_path: Path) -> None:
    """Each file is told by what became of it; a repeated run changes nothing; a deleted file leaves the shelf but not the store."""
    articles, house = tmp_path / "articles", empty.house
    first = an_article(articles)
    an_article(articles, "sleds.md", id="sleds", title="Sleds", text="A sled counts as a large piece of sports baggage.")
    report = await house.ingest([articles])
    assert set(report.added) == {"hoverboards (en, version 1)", "sleds (en, version 1)"} and not (report.changed or report.removed or report.refused)
    revision = house.mind.shelf.revision
    report = await house.ingest([articles])
    assert len(report.unchanged) == 2 and not (report.added or report.changed or report.removed) and house.mind.shelf.revision == revision
    an_article(articles, owner="Somebody else")
    assert (await house.ingest([articles])).changed == ("hoverboards (en, version 1)",)
    first.unlink()
    report = await house.ingest([articles])
    assert report.removed == ("hoverboards (en, version 1)",)
    async with house.db.read() as conn:
        kept = await library.article(conn, "hoverboards", "en", 1)
    assert kept is not None and "7 kg" in kept.body  # a receipt may name it
    an_article(articles)
    assert (await house.ingest([articles])).added == ("hoverboards (en, version 1)",)


async def test_an_answer_follows_the_base_at_once(empty: Served, tmp_path: Path) -> None:
    """What was just taken in answers the next question; what was taken out answers none; a new version replaces the old one."""
    articles, chat = tmp_path / "articles", await empty.chat()
    an_article(articles)
    await empty.house.ingest([articles])
    reply = await chat.say(HOVER)
    assert reply["kind"] == "answer" and "7 kg" in reply["text"] and reply["citations"][0]["version"] == 1
    an_article(articles, "hoverboards.v2.md", version=2, supersedes=1, in_force="{from: 2026-06-01}", text="A hoverboard may weigh up to 9 kg.")
    report = await empty.house.ingest([articles])
    assert report.added == ("hoverboards (en, version 2)",), report
    reply = await chat.say(HOVER)
    assert "9 kg" in reply["text"] and "7 kg" not in reply["text"] and reply["citations"][0]["version"] == 2
    for file in articles.iterdir():
        file.unlink()
    an_article(articles, "other.md", id="other", title="Other", text="Chess sets are welcome in the cabin.")
    await empty.house.ingest([articles])
    assert "kg" not in (await (await empty.chat()).say(HOVER))["text"]


async def test_changed_text_needs_a_new_version(empty: Served, tmp_path: Path) -> None:
    """The same version with other words is refused with what to do, and what was said before goes on being said."""
    articles = tmp_path / "articles"
    an_article(articles)
    await empty.house.ingest([articles])
    an_article(articles, text="A hoverboard may weigh up to 70 kg.")
    report = await empty.house.ingest([articles])
    (no,) = report.refused
    assert no.file == "hoverboards.md" and "version 2" in no.why and not report.removed
    assert "7 kg" in (await (await empty.chat()).say(HOVER))["text"]


BROKEN: dict[str, Callable[[Path], object]] = {
    "no front matter": lambda f: (f / "bad.md").write_text("# Just a title\n\nAnd words.\n"),
    "broken yaml": lambda f: (f / "bad.md").write_text("---\nid: [unclosed\n---\n\n# X\n\nY.\n"),
    "no audience": lambda f: an_article(f, "bad.md", id="bad", audience=None),
    "unknown audience": lambda f: an_article(f, "bad.md", id="bad", audience="everybody"),
    "unknown language": lambda f: an_article(f, "bad.md", id="bad", lang="fr"),
    "no version": lambda f: an_article(f, "bad.md", id="bad", version="latest"),
    "a date that is none": lambda f: an_article(f, "bad.md", id="bad", in_force="{from: yesterday}"),
    "ends before it begins": lambda f: an_article(f, "bad.md", id="bad", in_force="{from: 2026-05-01, to: 2026-01-01}"),
    "twice the same": lambda f: an_article(f, "zz.md"),
    "bytes that are no text": lambda f: (f / "bad.md").write_bytes(b"\xff\xfe\x00---\xd8" * 50),
    "empty": lambda f: (f / "bad.md").write_bytes(b""),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_a_broken_file_is_refused_and_the_others_are_taken(empty: Served, tmp_path: Path, what: str) -> None:
    """File, line and reason are told in plain words; the good neighbour is taken in."""
    articles = tmp_path / "articles"
    an_article(articles)
    BROKEN[what](articles)
    report = await empty.house.ingest([articles])
    assert report.added == ("hoverboards (en, version 1)",)
    (no,) = report.refused
    assert no.file in ("bad.md", "zz.md") and no.line >= 1 and no.why and "Traceback" not in no.why and "Error" not in no.why, no


async def test_a_file_that_broke_keeps_what_it_gave(empty: Served, tmp_path: Path) -> None:
    """A typo in the front matter does not take an article off the shelf."""
    articles = tmp_path / "articles"
    an_article(articles)
    await empty.house.ingest([articles])
    (articles / "hoverboards.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    report = await empty.house.ingest([articles])
    assert len(report.refused) == 1 and not report.removed
    assert "7 kg" in (await (await empty.chat()).say(HOVER))["text"]


async def test_places_that_are_not_there_remove_nothing(empty: Served, tmp_path: Path) -> None:
    """An empty folder, a missing one and a file that is no article: said, and nothing is taken away."""
    articles, blank = tmp_path / "articles", tmp_path / "blank"
    an_article(articles)
    await empty.house.ingest([articles])
    blank.mkdir()
    (tmp_path / "notes.txt").write_text("hello")
    report = await empty.house.ingest([blank, tmp_path / "nowhere", tmp_path / "notes.txt"])
    assert not report.removed and [("no such" in r.why or "only" in r.why) for r in report.refused] == [True, True]
    for file in articles.iterdir():
        file.unlink()
    assert not (await empty.house.ingest([articles])).removed  # the folder is there but empty: more likely a mistake than a wish
    assert len(empty.house.mind.shelf.passages) >= 1


async def test_a_dry_run_keeps_nothing(empty: Served, tmp_path: Path) -> None:
    """It reports what would become of every file and leaves base and shelf as they are."""
    an_article(tmp_path / "articles")
    report = await empty.house.ingest([tmp_path / "articles"], dry=True)
    assert len(report.added) == 1 and empty.house.mind.shelf.revision == 0 and not empty.house.mind.shelf.passages


async def test_chats_go_on_while_articles_are_taken_in(empty: Served, tmp_path: Path) -> None:
    """Ingestion and conversations side by side: every question is answered from one state of the base or the other."""
    an_article(tmp_path / "articles")
    await empty.house.ingest([tmp_path / "articles"])
    for n in range(6):
        an_article(tmp_path / "more", f"m{n}.md", id=f"more-{n}", title=f"More {n}", text=f"Thing number {n} is allowed on board.")
    chats = [await empty.chat() for _ in range(4)]
    report, *replies = await asyncio.gather(empty.house.ingest([tmp_path / "more"]), *(c.say(HOVER) for c in chats))
    assert len(report.added) == 6 and all("7 kg" in r["text"] for r in replies)
    assert [kinds(await c.events()).count("reply") for c in chats] == [1] * 4


async def test_two_ingestions_at_once_are_one_after_the_other(empty: Served, tmp_path: Path) -> None:
    """The second finds what the first took in, and says so."""
    an_article(tmp_path / "articles")
    one, two = await asyncio.gather(*(empty.house.ingest([tmp_path / "articles"]) for _ in range(2)))
    assert sorted((len(one.added), len(two.added))) == [0, 1] and len(one.unchanged) + len(two.unchanged) == 1


async def test_a_lost_index_is_built_again_from_the_store(tmp_path: Path) -> None:
    """The index folder is gone: at the next start it stands again, without embedding anything."""
    home = tmp_path / "home"
    one = a_house(home, own_index=True)
    await one.start()
    windows = {lang: one.library.index.ids(lang) for lang in ("en", "zh")}
    await one.stop()
    moved = tmp_path / "moved"  # a client of this process still holds the folder's files: the same store in another place has no index
    moved.mkdir()
    shutil.copy(home / "concierge.sqlite3", moved)

    class Forbidden:
        fingerprint, dimensions = one.library.embedder.fingerprint, one.library.embedder.dimensions

        def passages(self, texts: Any) -> Any:
            raise AssertionError("nothing is to be embedded")

        questions = question = passages

    two = a_house(moved, own_index=True, embedder=Forbidden())
    await two.start()
    assert {lang: two.library.index.ids(lang) for lang in ("en", "zh")} == windows and all(windows.values())
    await two.stop()


async def test_another_embedder_is_refused(tmp_path: Path) -> None:
    """Vectors of two models are never compared: the start says what to do."""

    class Other:
        fingerprint, dimensions = "another-model-384", 384

    house = a_house(tmp_path / "home", own_index=True, embedder=Other())
    with pytest.raises(SettingsWrong, match="concierge reembed --embedder packaged"):
        await house.start()
    await house.db.stop()
