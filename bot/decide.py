"""Step 6, decide: answer, propose, ask back, abstain or hand over. Pure, and made before the first word is said."""

from bot.outside import asks_for_the_weather, is_about_another_airline, outside_kind
from bot.settings import Settings
from bot.several import unsure
from bot.steps import Confidence, Decision, Evidence, Grounding, Request, Understood
from knowledge.article import STAKES, Stake

AFTER_ASKING = 0.1  # we were unsure of this question once already: sure by a hair is not enough now
MOST = 0.95  # what is at stake raises the threshold no further: above it nothing but what code decides would ever be sent
SPECIFIC_AT = 0.3  # below that even the place is doubtful, and a question about its rows would be a wrong guess: the articles are offered instead
OUTSIDE, OUTSIDE_BY_KIND = 0.9, 0.1  # out_of_scope from which on a question is none for us: by meaning alone, and where its words say so as well
_SMALL_TALK = frozenset({"greeting", "thanks", "goodbye", "who", "what", "compliment", "insult", "ok", "nothing"})


def decide(
    request: Request,
    understood: Understood,
    evidence: Evidence,
    grounding: Grounding,
    confidence: Confidence,
    settings: Settings,
    stakes: frozenset[Stake] = frozenset(),
) -> Decision:
    """What happens with this draft at this confidence, and why; `stakes` raise the threshold."""
    if understood.ask == "person":
        return Decision(kind="handoff", because="They asked for a person.", reason="asked")
    if understood.ask in _SMALL_TALK or understood.ask in ("yes", "no"):
        return Decision(kind="answer", because=f"Small talk ({understood.ask}): an approved wording is enough.")
    if understood.ask == "rights":
        return _of_rights(evidence)
    if is_about_another_airline(understood.question, [f.passage.text for f in evidence.found]):
        return Decision(kind="abstain", because="The question is about another airline.")
    if asks_for_the_weather(understood.question):
        return Decision(kind="abstain", because="The weather itself is asked for.")
    which = grounding.draft.which if confidence.value >= max(SPECIFIC_AT, settings.ask_back_at) else None
    if which is not None and which.though_sure:
        return Decision(kind="clarify", because=f"The answer turns on which of these it is: {', '.join(which.ways)}.", which=which)
    if understood.ask == "change" and evidence.asked_right is not None:
        return _about_a_right(evidence)
    if evidence.none_then is not None:
        none = evidence.none_then
        return Decision(
            kind="handoff", because=f"No version of “{none.title}” was in force on {none.span.first} ({none.kind}).", reason="low_confidence"
        )
    if grounding.draft.signals.get("disagree"):
        places = " and ".join(f"“{c.title}”" for c in grounding.draft.citations)
        return Decision(kind="handoff", because=f"{places} say otherwise of the same: a person decides.", reason="low_confidence")
    # What its words plainly ask of another kind is no question about the article that speaks of weather as well, however near it comes.
    plainly = outside_kind(understood.question) is not None and evidence.out_of_scope is not None
    if (plainly or confidence.value < settings.answer_at) and _is_outside(understood, evidence):
        return Decision(kind="abstain", because="The question is outside our subject.")
    bar = settings.answer_at
    if bar and request.asked_back and understood.about_article is None:
        bar = min(1.0, bar + AFTER_ASKING)
    raising = tuple(kind for kind in STAKES if bar and kind in stakes and settings.raise_of(kind) > 0)
    if raising:
        bar = max(bar, min(MOST, bar + max(map(settings.raise_of, raising))))
    at_stake = f" (at stake: {', '.join(raising)})" if raising else ""
    carried = [s for s in grounding.draft.sentences if any(c.passage_id for c in s.carried_by)]
    if carried and confidence.value >= bar:
        return Decision(kind="answer", because=f"Confidence {confidence.value:.2f} is at least {bar:.2f}{at_stake}.")
    if request.asked_back == 0 and understood.about_article is None and confidence.value >= settings.ask_back_at and evidence.found:
        because = f"Confidence {confidence.value:.2f} is below {bar:.2f}{at_stake}; asked back once."
        left = unsure(confidence, bar)
        return Decision(kind="clarify", because=because, unsure=left, which=None if left else which)
    why = "No passage answers it." if not carried else f"Confidence {confidence.value:.2f} is below {bar:.2f}{at_stake}."
    why += " It was asked back already." if request.asked_back else ""
    needed = bar if confidence.value < bar else None
    return Decision(
        kind="handoff",
        because=why,
        reason="low_confidence",
        needed=needed,
        unsure=unsure(confidence, bar),
        stakes=raising if carried and needed is not None else (),
    )


def _is_outside(understood: Understood, evidence: Evidence) -> bool:
    """True for what is plainly of another kind, unless the base comes near it, and for what is far from the base and near to what is none."""
    score = evidence.out_of_scope
    if outside_kind(understood.question) is not None:
        return score is None or score >= OUTSIDE_BY_KIND
    return score is not None and score >= OUTSIDE


def _of_rights(evidence: Evidence) -> Decision:
    """Rights that were asked for are listed; one that was picked is proposed if there is something to choose."""
    if evidence.card is not None:
        return Decision(kind="proposal", because=f"They picked {evidence.card.rule_id}, which they hold.")
    if evidence.choices_unknown:
        return _airline_silent()
    return Decision(kind="answer", because="They asked for their rights: computed, nothing was looked up.")


def _airline_silent() -> Decision:
    return Decision(kind="handoff", because="The right is held; the airline did not tell what there is to choose from.", reason="silent_airline")


def _about_a_right(evidence: Evidence) -> Decision:
    right = evidence.asked_right
    if right is None or right.decision == "refer":
        missing = ", ".join(right.missing) if right else "everything"
        return Decision(kind="handoff", because=f"The right cannot be decided; missing: {missing}.", reason="stake")
    if right.decision == "deny":
        return Decision(kind="answer", because=f"The right {right.rule_id} is not held; the reply says which condition failed.")
    if evidence.choices_unknown:
        return _airline_silent()
    if not evidence.choices:
        return Decision(kind="handoff", because="The right is held, but the airline offers no other flight.", reason="stake")
    return Decision(kind="proposal", because=f"The right {right.rule_id} is held until {right.until:%Y-%m-%d %H:%M} UTC." if right.until else "Held.")
