"""What to look up beside a decision about a right: its own article where it is held, the usual terms of the asker's fare where it is not."""

from bot.steps import Evidence, Understood
from customers.booking import FARE_WORDS
from knowledge.terms import terms_of


def look_up_the_right(understood: Understood, evidence: Evidence) -> Understood:
    """The question as it should be searched for once the right that is asked for has been decided; unchanged where none is."""
    right, at = evidence.asked_right, evidence.asked_leg
    if understood.ask != "change" or right is None or at is None:
        return understood
    if right.decision == "allow":
        text = (right.terms or right.title).said_in(understood.lang)
        terms = terms_of(text)
        return understood.model_copy(update={"searched": text, "terms": terms, "searched_terms": terms, "about_article": right.article})
    if right.usually is None:
        return understood
    text = right.usually.filled(fare=FARE_WORDS[at[0].fare]).said_in(understood.lang)
    terms = terms_of(text)
    return understood.model_copy(update={"searched": text, "terms": terms, "searched_terms": terms, "wants_amount": True})
