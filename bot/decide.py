"""Step 6, decide: answer, propose, ask back, abstain or hand over. Pure, and made before the first word is said."""

from bot.settings import Settings
from bot.steps import Confidence, Decision, Evidence, Grounding, Request, Understood
from bot.understand import is_outside

AFTER_ASKING = 0.1  # we were unsure of this question once already: sure by a hair is not enough now
_SMALL_TALK = frozenset({"greeting", "thanks", "goodbye", "who", "what", "ok", "nothing"})


def decide(
    request: Request, understood: Understood, evidence: Evidence, grounding: Grounding, confidence: Confidence, settings: Settings
) -> Decision:
    """What happens with this draft at this confidence, and why."""
    if understood.ask == "person":
        return Decision(kind="handoff", because="They asked for a person.", reason="asked")
    if understood.ask in _SMALL_TALK or understood.ask in ("yes", "no"):
        return Decision(kind="answer", because=f"Small talk ({understood.ask}): an approved wording is enough.")
    if understood.ask == "change" and evidence.asked_right is not None:
        return _about_a_right(evidence)
    if is_outside(understood.question) and confidence.value < settings.answer_at:
        return Decision(kind="abstain", because="The question is outside an airline's subject.")
    bar = settings.answer_at
    if bar and request.asked_back and understood.about_article is None:
        bar = min(1.0, bar + AFTER_ASKING)
    carried = [s for s in grounding.draft.sentences if any(c.passage_id for c in s.carried_by)]
    if carried and confidence.value >= bar:
        return Decision(kind="answer", because=f"Confidence {confidence.value:.2f} is at least {bar:.2f}.")
    if request.asked_back == 0 and understood.about_article is None and confidence.value >= settings.ask_back_at and evidence.found:
        return Decision(kind="clarify", because=f"Confidence {confidence.value:.2f} is below {bar:.2f}; asked back once.")
    why = "No passage answers it." if not carried else f"Confidence {confidence.value:.2f} is below {bar:.2f}."
    why += " It was asked back already." if request.asked_back else ""
    return Decision(kind="handoff", because=why, reason="low_confidence", needed=bar if confidence.value < bar else None)


def _about_a_right(evidence: Evidence) -> Decision:
    right = evidence.asked_right
    if right is None or right.decision == "refer":
        missing = ", ".join(right.missing) if right else "everything"
        return Decision(kind="handoff", because=f"The right cannot be decided; missing: {missing}.", reason="stake")
    if right.decision == "deny":
        return Decision(kind="answer", because=f"The right {right.rule_id} is not held; the reply says which condition failed.")
    if not evidence.alternatives:
        return Decision(kind="handoff", because="The right is held, but the airline offers no other flight.", reason="stake")
    return Decision(kind="proposal", because=f"The right {right.rule_id} is held until {right.until:%Y-%m-%d %H:%M} UTC." if right.until else "Held.")
