"""A dry turn: as somebody, at some moment, thought through and shown with its reasons; nothing is written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from basics.errors import NotFound
from basics.words import Lang, Words
from bot.gather import UsesOf
from bot.handoff import rights_of
from bot.history import recent
from bot.keep import show_entitlement
from bot.mind import Mind
from bot.steps import Before, Request, Thought
from bot.turn import think
from desk.conversation import Caller, joined, show_proposal
from knowledge.terms import script_of


async def dry_turn(
    mind: Mind, text: str, who: str | None, now: datetime, lang: Lang | None, uses_of: UsesOf, after: Sequence[str] = ()
) -> dict[str, Any]:
    """The reply that would be sent, with confidence, features and times, as JSON; `after` are the asker's earlier questions, oldest first."""
    caller = await _caller(mind, who)
    before = recent([Before(by="asker", text=asked) for asked in after])
    request = Request(conversation_id="dry", caller=caller, lang=lang or script_of(text), text=text, now=now, history=before)
    return shown(await think(mind, request, uses_of))


def shown(thought: Thought) -> dict[str, Any]:
    """A thought as JSON: what would be said, and everything it rests on."""
    lang = thought.understood.lang
    proposal = show_proposal(thought.proposal, lang, thought.request.now) if thought.proposal else None
    return {
        "kind": thought.decision.kind,
        "text": joined(thought.sentences),
        "lang": lang,
        "citations": [c.model_dump(mode="json") for c in thought.citations],
        "choices": list(thought.choices),
        "entitlements": [show_entitlement(e, lang).model_dump(mode="json") for e in rights_of(thought.evidence)],
        "proposal": proposal.model_dump(mode="json") if proposal else None,
        "confidence": round(thought.confidence.value, 4),
        "because": thought.decision.because,
        "draft": joined(thought.grounding.draft.sentences),
        "refused": list(thought.grounding.refused),
        "features": {k: round(v, 4) for k, v in thought.confidence.features.items()},
        "stage_ms": dict(thought.stage_ms),
    }


async def _caller(mind: Mind, who: str | None) -> Caller:
    if who is None or who == "anonymous":
        return Caller()
    person = await mind.source.traveller(who)
    if person is None:
        raise NotFound(Words(en=f"Nobody is known as {who!r}.", zh=f"没有名为 {who!r} 的旅客。"))
    return Caller(
        kind=person.role, traveller_id=person.id, name_en=person.name.en, name_zh=person.name.zh, tier=person.tier, company_id=person.company_id
    )
