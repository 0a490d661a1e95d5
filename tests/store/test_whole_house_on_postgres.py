"""The same house on PostgreSQL: a story from the first word to the receipt, and the races that a database decides."""

import asyncio
from pathlib import Path

from knowledge.index_chroma import ChromaIndex
from store import library
from tests.house import a_served_house, done, keep_staff, kinds, known_vectors, refused, the_embedder
from tests.store.bases import a_base

ONE_ARTICLE = Path(__file__).resolve().parents[2] / "knowledge" / "articles" / "en" / "batteries.md"


async def test_a_story_on_postgres(tmp_path: Path) -> None:
    """Ask, be answered with a source, change a flight once under twenty yeses, be handed over, be answered, with strange bytes on the way."""
    async with a_base("postgres", tmp_path) as url:
        index = ChromaIndex(None, the_embedder().fingerprint)
        async with a_served_house(tmp_path / "home", empty=True, index=index, database_url=url) as house:
            await house.house.db.write(lambda tx: library.keep_vectors(tx, the_embedder().fingerprint, known_vectors()))
            report = await house.house.ingest([ONE_ARTICLE])
            assert report.added == ("batteries (en, version 1)",), report
            await keep_staff(house.house)
            lin, anna, wei = await house.chat("lin-gold"), await house.staff("Anna"), await house.staff("Wei")
            reply = await lin.say("May I take a power bank\x00 on board? 🧳")
            assert reply["kind"] == "answer" and reply["citations"][0]["article_id"] == "batteries"
            replies = await asyncio.gather(*(lin.say("hello", f"h{n}") for n in range(6)), *(lin.say("hello", "same") for _ in range(6)))
            assert all(r["kind"] == "answer" for r in replies)
            proposal = (await lin.say("Can I change my return flight?"))["proposal"]
            receipts = await asyncio.gather(*(lin.confirm(proposal, f"k{n}") for n in range(20)))
            assert len({str(r) for r in receipts}) == 1 and len(house.changes()) == 1
            tickets = [r["ticket"] for r in await asyncio.gather(*(c.hand_over() for c in [await house.chat() for _ in range(8)]))]
            assert len({t["number"] for t in tickets}) == 8
            ticket = (await lin.hand_over())["ticket"]["id"]
            one, two = await asyncio.gather(anna.post(f"/tickets/{ticket}/claim"), wei.post(f"/tickets/{ticket}/claim"))
            assert sorted((one.status_code, two.status_code)) == [200, 409]
            winner = anna if one.status_code == 200 else wei
            done(await winner.reply(ticket, "Here\x00 I am."))
            refused(await winner.reply("%00", "x"), 404, "not-found")
            done(await winner.post(f"/tickets/{ticket}/resolve"))
            events = await lin.events()
            assert [e.number for e in events] == list(range(1, len(events) + 1)) and kinds(events)[-1] == "resolved"
            assert (await lin.say("thanks"))["kind"] == "answer"
            assert (await house.house.roll_back()).removed == report.added and not house.house.mind.shelf.passages
            assert (await house.house.roll_back()).added == report.added and house.house.mind.shelf.passages
