"""Curated answers: what a person has answered once is said to whoever asks the same, and to nobody else."""

from pathlib import Path

from desk.conversation import Caller
from tests.house import a_house

QA = """---
id: qa-surfboard-bag
kind: qa
title: Can I put my wet suit in the surfboard bag?
lang: en
audience: traveller
in_force:
  from: 2026-01-01
version: 1
owner: Anna
source_url: ""
applies_by: asking
asks:
- says: A wet suit may travel
  asked: [may the wetsuit go in with my board]
---
A wet suit may travel inside the surfboard bag. The bag stays within 23 kg.
"""


async def test_the_question_of_a_curated_answer_gets_it_and_a_near_one_does_not(tmp_path: Path) -> None:
    """Basis `curated`, the whole answer, its source; a visitor who may not read it gets something else."""
    folder = tmp_path / "curated"
    folder.mkdir()
    (folder / "wetsuit.md").write_text(QA, encoding="utf-8")
    house = a_house(tmp_path / "home", own_index=True)
    await house.start()
    try:
        assert (await house.ingest([folder])).added == ("qa-surfboard-bag (en, version 1)",)
        said = {}
        for name, caller, question in (
            ("same", Caller(kind="traveller", traveller_id="lin-gold", tier="gold"), "Can I put my wet suit in the surfboard bag?"),
            ("noted", Caller(kind="traveller", traveller_id="lin-gold", tier="gold"), "may the wetsuit go in with my board?"),
            ("stranger", Caller(), "Can I put my wet suit in the surfboard bag?"),
            ("near", Caller(kind="traveller", traveller_id="lin-gold", tier="gold"), "How heavy may my suitcase be in Economy Flex?"),
        ):
            conversation, _ = await house.concierge.open(caller, "en")
            reply = await house.concierge.reply(conversation.id, question)
            assert reply is not None
            said[name] = reply
        for name in ("same", "noted"):
            assert said[name].basis == "curated" and said[name].text == "A wet suit may travel inside the surfboard bag. The bag stays within 23 kg."
            assert said[name].citations[0].article_id == "qa-surfboard-bag" and said[name].confidence >= 0.9
        assert all(said[name].basis != "curated" and "wet suit" not in said[name].text for name in ("stranger", "near"))
    finally:
        await house.stop()
