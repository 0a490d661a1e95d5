"""How a conversation begins: whom it is opened for, and the words they are greeted with, a valued traveller by name and card."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from basics.words import Lang, Words, words
from customers.company import Company
from customers.scheme import Scheme
from customers.tags import Tag
from customers.traveller import TIER_WORDS, Traveller
from customers.value import company_value_of, value_of
from desk.conversation import Caller
from knowledge.wording import wording

Recognised = Literal["yes", "no", "unknown"]
"""Whether a valued traveller was greeted as one; unknown where nobody could tell if they are valued."""


class Greeting(NamedTuple):
    """What is said first, and how far the greeted one was recognised; None of those who are known and not among the valued."""

    text: str
    recognised: Recognised | None


def caller_as(traveller: Traveller, company: Company | None, scheme: Scheme, tags: Sequence[Tag] = ()) -> Caller:
    """The traveller as a conversation knows them, with their value and their company's as it is at this moment."""
    value = value_of(traveller, scheme)
    company_value = company_value_of(company, scheme) if company else None
    return Caller(
        kind=traveller.role,
        traveller_id=traveller.id,
        name_en=traveller.name.en,
        name_zh=traveller.name.zh,
        tier=traveller.tier,
        company_id=traveller.company_id,
        company_en=company.name.en if company else None,
        company_zh=company.name.zh if company else None,
        segment=value.segment if value else None,
        value=value.score if value else None,
        company_segment=company_value.segment if company_value else None,
        tags=tuple(tags),
    )


def greeting_of(caller: Caller, lang: Lang, scheme: Scheme) -> Greeting:
    """The greeting in the language of the conversation; the plain one for whoever is not known."""
    name, company = caller.name(lang), caller.company(lang)
    called = words(name, name) if name else None
    firm = words(company, company) if company and caller.kind == "company_admin" else None
    thanks = _thanks(caller, called, firm, scheme) if called else None
    if thanks is not None:
        goes_on = wording("greeting-goes-on-admin", company=firm) if firm else wording("greeting-goes-on")
        text = f"{thanks.en} {goes_on.en}" if lang == "en" else f"{thanks.zh}{goes_on.zh}"
    elif called and firm:
        text = wording("greeting-admin", name=called, company=firm).said_in(lang)
    else:
        text = (wording("greeting-by-name", name=called) if called else wording("greeting")).said_in(lang)
    return Greeting(text, _recognised(caller, scheme, greeted=thanks is not None))


def _thanks(caller: Caller, name: Words, firm: Words | None, scheme: Scheme) -> Words | None:
    """How a valued traveller is addressed: for their company, their card or how often they fly, whichever makes them valued; None for others."""
    valued = scheme.valued
    if firm and caller.company_segment in valued.companies:
        return wording("greeting-valued-company", name=name, company=firm)
    if caller.tier in valued.cards and caller.tier is not None:
        return wording("greeting-valued", name=name, tier=TIER_WORDS[caller.tier])
    return wording("greeting-valued-often", name=name) if caller.segment in valued.segments else None


def _recognised(caller: Caller, scheme: Scheme, greeted: bool) -> Recognised | None:
    if caller.traveller_id is None:
        return None
    valued, is_admin = scheme.valued, caller.kind == "company_admin"
    if caller.tier in valued.cards or caller.segment in valued.segments or (is_admin and caller.company_segment in valued.companies):
        return "yes" if greeted else "no"
    is_open = caller.segment is None or (is_admin and caller.company_segment is None)
    return "unknown" if is_open else None
