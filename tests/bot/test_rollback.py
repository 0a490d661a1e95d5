"""Taking an ingestion back, and seeing what one would change: the base as it was, at once, while chats go on."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from basics.errors import BadRequest
from bot.rollback import roll_back
from knowledge.embedder import Embedder
from store import library
from tests.bot.test_library import HOVER, an_article
from tests.house import Served


@pytest.fixture
async def two(make_house: Any, tmp_path: Path) -> Served:
    """A base that was taken in twice: then the second version of one article came, another's owner changed, a third went."""
    served: Served = await make_house(own_index=True, empty=True)
    articles = tmp_path / "articles"
    an_article(articles)
    an_article(articles, "sleds.md", id="sleds", title="Sleds", text="A sled counts as a large piece of sports baggage.")
    an_article(articles, "kites.md", id="kites", title="Kites", text="A kite travels free of charge.")
    await served.house.ingest([articles])
    an_article(articles, "hoverboards.v2.md", version=2, supersedes=1, text="A hoverboard may weigh up to 9 kg.")
    an_article(articles, "kites.md", id="kites", title="Kites", text="A kite travels free of charge.", audience="staff")
    (articles / "sleds.md").unlink()
    report = await served.house.ingest([articles])
    assert (len(report.added), len(report.changed), len(report.removed), report.revision) == (1, 1, 1, 2), report
    return served


async def says(served: Served, text: str = HOVER) -> str:
    return str((await (await served.chat()).say(text))["text"])


async def test_the_last_ingestion_is_taken_back(two: Served) -> None:
    """Texts, audiences and what had gone are as before, nothing is embedded, the newer version stays for receipts; twice brings it back."""
    house = two.house
    assert "9 kg" in await says(two)

    class NoPassages:
        """The real one, but it embeds no passage."""

        def __init__(self, real: Embedder) -> None:
            self.fingerprint, self.dimensions, self.question, self.questions = real.fingerprint, real.dimensions, real.question, real.questions

        def passages(self, texts: Any) -> Any:
            raise AssertionError("nothing is to be embedded")

    house.library.embedder = NoPassages(house.library.embedder)
    report = await house.roll_back()
    assert report.added == ("sleds (en, version 1)",) and report.removed == ("hoverboards (en, version 2)",)
    assert report.changed == ("kites (en, version 1)",) and report.revision == house.mind.shelf.revision == 3
    said = await says(two)
    assert "7 kg" in said and "9 kg" not in said
    assert "sports baggage" in await says(two, "Does a sled count as sports baggage?")
    async with house.db.read() as conn:
        newer, kite = await library.article(conn, "hoverboards", "en", 2), await library.article(conn, "kites", "en", 1)
    assert newer is not None and "9 kg" in newer.body and kite is not None and kite.audience == "public"
    again = await house.roll_back()
    assert again.added == ("hoverboards (en, version 2)",) and again.removed == ("sleds (en, version 1)",) and "9 kg" in await says(two)


async def test_going_back_to_a_revision(two: Served) -> None:
    """To the empty base and forward again; a dry run only tells; a revision that is not known is told with those that are."""
    house = two.house
    dry = await house.roll_back(to=0, dry=True)
    assert len(dry.removed) == 3 and not dry.added and dry.revision == 2 == house.mind.shelf.revision, dry
    await house.roll_back(to=0)
    assert not house.mind.shelf.passages
    report = await house.roll_back(to=1)
    assert len(report.added) == 3 and "7 kg" in await says(two)
    for wrong in (-1, 99, 4):
        with pytest.raises(BadRequest, match=r"cannot go back to revision .*Ingestions made these: 4 \(") as told:
            await house.roll_back(to=wrong)
        assert "未作任何更改" in told.value.said.zh


async def test_what_was_taken_back_can_be_taken_in_again(two: Served, tmp_path: Path) -> None:
    """The folder is as it was, so the same ingestion does the same again."""
    await two.house.roll_back()
    report = await two.house.ingest([tmp_path / "articles"])
    assert (len(report.added), len(report.changed), len(report.removed)) == (1, 1, 1) and "9 kg" in await says(two)


async def test_a_version_that_was_taken_back_keeps_its_text(two: Served, tmp_path: Path) -> None:
    """A receipt may quote it, so other words need another number, although nothing of it stands on the shelf."""
    await two.house.roll_back()
    an_article(tmp_path / "articles", "hoverboards.v2.md", version=2, supersedes=1, text="A hoverboard may weigh up to 90 kg.")
    report = await two.house.ingest([tmp_path / "articles"])
    assert [r.file for r in report.refused] == ["hoverboards.v2.md"] and "version 3" in report.refused[0].why
    assert "7 kg" in await says(two)


async def test_chats_go_on_while_it_is_taken_back(two: Served) -> None:
    """Every question asked meanwhile is answered from the one state or the other, whole."""
    chats = [await two.chat() for _ in range(4)]
    _, *replies = await asyncio.gather(two.house.roll_back(), *(c.say(HOVER) for c in chats))
    assert all(("7 kg" in r["text"]) != ("9 kg" in r["text"]) for r in replies), [r["text"] for r in replies]


async def test_an_ingestion_that_comes_between_wins(two: Served, tmp_path: Path) -> None:
    """Another worker takes articles in while we look: nothing is put back, and that is said."""
    house, write = two.house, two.house.db.write
    an_article(tmp_path / "more", id="drums", title="Drums", text="A drum is welcome.")

    async def after_another(work: Any) -> Any:
        house.db.write = write  # type: ignore[method-assign]
        await write(lambda tx: library.grow_revision(tx, house.library.embedder.fingerprint, "packaged", house.clock()))
        return await write(work)

    house.db.write = after_another  # type: ignore[method-assign]
    with pytest.raises(BadRequest, match="came in meanwhile"):
        await roll_back(house.library)
    await house.library.catch_up()
    assert "9 kg" in await says(two)


async def test_an_empty_base_has_nothing_to_take_back(make_house: Any) -> None:
    """It says so."""
    served = await make_house(own_index=True, empty=True)
    with pytest.raises(BadRequest, match="no ingestion to take back"):
        await served.house.roll_back()


async def test_a_difference_is_shown_and_nothing_kept(two: Served, tmp_path: Path) -> None:
    """New text against the version that stands, changed fields, and the text that is refused for its old version number."""
    articles = tmp_path / "articles"
    an_article(articles, "hoverboards.v3.md", version=3, supersedes=2, text="A hoverboard may weigh up to 11 kg.")
    an_article(articles, "kites.md", id="kites", title="Kites", text="A kite travels free of charge.", owner="Somebody else", audience="staff")
    an_article(articles, "hoverboards.v2.md", version=2, supersedes=1, text="A hoverboard may weigh up to 90 kg.")
    an_article(articles, "drums.md", id="drums", title="Drums", text="A drum is welcome.")
    report = await two.house.ingest([articles], diff=True)
    said = {c.name: (c.against, c.lines) for c in report.changes}
    assert said["hoverboards (en, version 3)"] == (
        "hoverboards (en, version 2)",
        ("- supersedes: 1", "+ supersedes: 2", "- A hoverboard may weigh up to 9 kg.", "+ A hoverboard may weigh up to 11 kg."),
    )
    assert said["kites (en, version 1)"][1] == ("- owner: Tests", "+ owner: Somebody else")
    assert said["hoverboards (en, version 2)"][1][-1] == "+ A hoverboard may weigh up to 90 kg." and len(report.refused) == 1
    assert said["drums (en, version 1)"] == ("", ("+ 6 words, all new",)) and len(said) == 4
    assert two.house.mind.shelf.revision == 2 == report.revision and "9 kg" in await says(two)
