"""Moments: something happened to a traveller; what they hold is worked out anew, and at most one right is offered, by the door that reaches them."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from basics.clock import Clock
from basics.errors import Unavailable
from basics.ids import new_id, new_token
from bot import goodwill
from bot.emails import mail_of_offer
from bot.gather import UsesOf
from bot.greeting import caller_as
from bot.mind import Mind
from bot.offered import OFFER_LASTS, InWords, card_of, in_words, reply_of_offer, source_of
from bot.presence import ALIVE, TALKED
from bot.settings import Settings
from bot.steps import Evidence, Request
from bot.tell import tell
from customers.change import OfferMark
from customers.churn import Goodwill
from customers.entitlement import Entitlement
from customers.moment import Moment
from customers.offers import Pick, Terms, Told, ends_at, leg_of, pick
from customers.quiet import quiet_until
from customers.traveller import Traveller
from desk.conversation import Caller, Conversation
from store import conversations, events, mail_codes, moments, offers, outbox, proposals, tickets, turns
from store.database import Database, Tx
from store.offers import Door, Offer, OfferState

log = logging.getLogger("concierge.moments")
_MOST_TRIES = 12
_LOOK_BACK = timedelta(days=60)  # caps are not longer
_SOON, _TIMES = 0.25, 12  # seconds until a moment that found a turn under way is looked at again, and how often


class _NotNow(Exception):
    """A turn is being taken in that conversation, or somebody else has it by now: the same moment again in a little while."""


@dataclass(frozen=True)
class _Case:
    """A moment with everything that decides what comes of it."""

    moment: Moment
    person: Traveller
    evidence: Evidence
    talk: Conversation | None
    told: tuple[Told, ...]
    ends: datetime
    now: datetime


class Moments:
    """Deals with every moment that was told, each once: whichever worker settles it in the transaction that acts on it."""

    def __init__(self, db: Database, mind: Mind, settings: Settings, clock: Clock, uses_of: UsesOf) -> None:
        self.db, self.mind, self.settings, self.clock, self.uses_of = db, mind, settings, clock, uses_of
        self.terms = Terms(at_most=settings.offers_at_most, hold_out=settings.offers_hold_out, salt=settings.offers_salt)

    async def told(self, moment: Moment) -> bool:
        """Keep a moment; it is dealt with at once. False where one of this id was told before."""
        return await self.db.write(lambda tx: moments.tell_moment(tx, moment, self.clock()))

    async def look(self) -> int:
        """Deal with what waits, and give offers the end that their cards have; returns how many moments were dealt with."""
        await self.db.write(self._note_answers)
        done = 0
        for _ in range(_TIMES):
            async with self.db.read() as conn:
                waiting = await moments.waiting(conn)
            found = [await self._tried(moment) for moment in waiting]
            done += sum(one is True for one in found)
            if None not in found:
                break
            await asyncio.sleep(_SOON)
        return done

    async def _note_answers(self, tx: Tx) -> None:
        await offers.note_desk(tx)
        await offers.note_answers(tx, self.clock())

    async def _tried(self, moment: Moment) -> bool | None:
        """True: dealt with; None: not at this instant; False: not now (a system is away), or another worker has it."""
        try:
            return await self._deal_with(moment)
        except _NotNow:
            return None
        except Unavailable as away:
            log.warning("the moment %s waits: %s", moment.kind, away)
        except Exception:
            log.exception("a moment (%s) could not be dealt with", moment.kind)
            if await self.db.write(lambda tx: moments.failed(tx, moment.id)) >= _MOST_TRIES:
                await self._end(moment, "failed", "It could not be dealt with; the log says why.")
        return False

    async def _deal_with(self, moment: Moment) -> bool:
        """The line: who and what is theirs -> still of use? -> at most one right -> by the door that reaches them."""
        now = self.clock()
        person = await self.mind.source.traveller(moment.traveller_id)
        if person is None:
            return await self._end(moment, "nothing", "Nobody is known by this id.")
        bookings = await self.mind.reservations.bookings_of(person.id)
        at = leg_of(moment, bookings)
        if moment.booking_id and not any(b.id == moment.booking_id for b in bookings):
            return await self._end(moment, "nothing", "The booking is not this traveller's.")
        ends = ends_at(moment, at[1] if at else None)
        if ends <= now:
            return await self._end(moment, "late", "It came too late to be of use.")
        case = await self._case(moment, person, ends, now)
        asked = await goodwill.proposed(self.db, case.moment, person, now) if moment.kind in goodwill.MOMENTS else None
        if asked is not None and not asked.is_within:
            return await self._ask_staff(case, asked)
        picked = await self._pick(case)
        if picked.ranked is None and asked is not None and asked.band == "high":
            return await self._ask_staff(case, asked)
        if picked.ranked is None:
            why = "; ".join(f"{rule}: {reason}" for rule, reason in picked.passed_over) or "No rule speaks of it."
            return await self._end(moment, "nothing", why[:2000])
        if picked.held_out:
            return await self._hold_out(case, picked)
        if case.talk is None:
            return await self._by_mail(case, picked)
        return await (self._in_chat if case.talk.state == "bot" else self._to_desk)(case, picked, case.talk)

    async def _case(self, moment: Moment, person: Traveller, ends: datetime, now: datetime) -> _Case:
        async with self.db.read() as conn:
            talk = await conversations.listening_of(conn, person.id, now - ALIVE, now - TALKED)
            told = await offers.told_before(conn, person.id, now - _LOOK_BACK)
        caller = talk.caller if talk else Caller(kind=person.role, traveller_id=person.id, company_id=person.company_id)
        request = Request(conversation_id=talk.id if talk else "", caller=caller, lang=person.lang, text="", now=now)
        return _Case(moment, person, await self.mind.holdings(request, self.uses_of), talk, told, ends, now)

    async def _pick(self, case: _Case) -> Pick:
        async with self.db.read() as conn:
            refused = await mail_codes.is_opted_out(conn, case.person.id)
        consent = case.person.consent.model_copy(update={"marketing": False}) if refused else case.person.consent
        return pick(case.moment, case.evidence.entitlements, self.mind.rules, consent, case.told, self.terms, case.now)

    async def _in_chat(self, case: _Case, picked: Pick, talk: Conversation) -> bool:
        """Into the open conversation, at once."""
        right = _right(picked)
        said = self._said(case, right)
        rule = self.mind.rules.rule(right.rule_id)
        offer_id = new_id("offer")
        mark = _mark(case, said, offer_id)
        proposal = await card_of(right, rule, case.evidence, self.mind.reservations, talk.id, case.now, OFFER_LASTS, mark)
        source = source_of(right, case.evidence.reader, self.mind.shelf, talk.lang)

        async def kept(tx: Tx) -> bool:
            conversation = await conversations.conversation(tx.conn, talk.id, lock=True)
            if conversation.state != "bot" or await turns.open_turn_of(tx.conn, talk.id) is not None:
                raise _NotNow
            if not await _settled(tx, case, "chat", said):
                return False
            if proposal is not None:
                await proposals.keep_proposal(tx, proposal)
            state: OfferState = "shown" if proposal is not None else "told"
            await offers.keep_offer(tx, _offer(case, picked, offer_id, "chat", state, talk.id, proposal.id if proposal else None))
            await tell(tx, talk.id, None, reply_of_offer(said, right, proposal, source, conversation.lang, case.now), case.now)
            return True

        return await self.db.write(kept)

    async def _to_desk(self, case: _Case, picked: Pick, talk: Conversation) -> bool:
        """Staff have the floor: they are told, the traveller hears it from them."""
        said = self._said(case, _right(picked))

        async def kept(tx: Tx) -> bool:
            ticket = await tickets.open_ticket_of(tx.conn, talk.id)
            if ticket is None:
                raise _NotNow
            if not await _settled(tx, case, "desk", said):
                return False
            await offers.keep_offer(tx, _offer(case, picked, new_id("offer"), "desk", "to_staff", talk.id, None))
            await tickets.add_to_brief(tx, ticket.id, said.text)
            data = {"ticket_id": ticket.id, "conversation_id": talk.id, "title": said.title.model_dump(), "text": said.text.model_dump()}
            await events.append(tx, events.DESK, case.now, [("offer", data)])
            return True

        return await self.db.write(kept)

    async def _by_mail(self, case: _Case, picked: Pick) -> bool:
        """Nobody is looking: an e-mail, outside their quiet hours, whose link opens a conversation in which the offer stands."""
        person, right, now = case.person, _right(picked), case.now
        due = quiet_until(person.consent, now) or now
        if not person.consent.email:
            return await self._end(case.moment, "nothing", "They are not in the chat, and do not want e-mail.")
        ends = min(case.ends, right.until or case.ends)
        if ends <= due:
            return await self._end(case.moment, "late", "It would be over by the end of their quiet hours.")
        said, rule = self._said(case, right), self.mind.rules.rule(right.rule_id)
        talk = Conversation(id=new_id("conv"), lang=person.lang, state="bot", caller=await self._caller(person), asked_back=0, opened_at=now)
        offer_id = new_id("offer")
        mark, lasts = _mark(case, said, offer_id), due - now + OFFER_LASTS
        proposal = await card_of(right, rule, case.evidence, self.mind.reservations, talk.id, now, lasts, mark)
        source = source_of(right, case.evidence.reader, self.mind.shelf, person.lang)
        purpose = rule.offer.consent if rule else "service"
        resume, leave, mail_id = new_token(), new_token(), new_id("mail")
        mail = mail_of_offer(person, said, source, purpose, resume, leave, self.settings.address())

        async def kept(tx: Tx) -> bool:
            if not await _settled(tx, case, "email", said):
                return False
            await conversations.open_conversation(tx, talk, new_id("nobody"))  # no token opens it: only the link's code gets one
            if proposal is not None:
                await proposals.keep_proposal(tx, proposal)
            state: OfferState = "shown" if proposal is not None else "told"
            await offers.keep_offer(tx, _offer(case, picked, offer_id, "email", state, talk.id, proposal.id if proposal else None))
            await tell(tx, talk.id, None, reply_of_offer(said, right, proposal, source, talk.lang, now), now)
            await mail_codes.keep_code(tx, resume, "resume", person.id, talk.id, due + OFFER_LASTS)
            if purpose == "marketing":
                await mail_codes.keep_code(tx, leave, "unsubscribe", person.id, None, now + timedelta(days=365))
            useless = min(ends, proposal.expires_at if proposal else ends)
            await outbox.put(tx, mail_id, person.id, mail, due, useless, now)
            return True

        return await self.db.write(kept)

    async def _hold_out(self, case: _Case, picked: Pick) -> bool:
        """It would have been told now; to find out what telling is worth, it is not."""

        async def kept(tx: Tx) -> bool:
            if not await moments.settle(tx, case.moment.id, "held_out", "Held out of the experiment.", case.now):
                return False
            await offers.keep_offer(tx, _offer(case, picked, new_id("offer"), "none", "held_out", case.talk.id if case.talk else None, None))
            return True

        return await self.db.write(kept)

    async def _ask_staff(self, case: _Case, asked: Goodwill) -> bool:
        """More goodwill than may be given without asking: a ticket with what is proposed and why."""
        caller = case.talk.caller if case.talk else await self._caller(case.person)
        lang = case.talk.lang if case.talk else case.person.lang
        talk = case.talk or Conversation(id=new_id("conv"), lang=lang, state="bot", caller=caller, asked_back=0, opened_at=case.now)
        brief = await goodwill.brief_of(self.db, asked, case.moment, case.person, case.evidence, talk.lang, case.now)

        async def kept(tx: Tx) -> bool:
            if not await moments.settle(tx, case.moment.id, "desk", f"Staff are asked for goodwill of {asked.amount.worded().en}.", case.now):
                return False
            if case.talk is None:
                await conversations.open_conversation(tx, talk, new_id("nobody"))
            elif await turns.open_turn_of(tx.conn, talk.id) is not None:
                raise _NotNow
            await goodwill.ask(tx, talk, brief, case.evidence, self.settings, case.now)
            await offers.keep_offer(tx, goodwill.offer_of(case.moment, asked, talk.id, case.now))
            return True

        return await self.db.write(kept)

    async def _end(self, moment: Moment, outcome: moments.Outcome, why: str) -> bool:
        return await self.db.write(lambda tx: moments.settle(tx, moment.id, outcome, why, self.clock()))

    def _said(self, case: _Case, right: Entitlement) -> InWords:
        return in_words(right, self.mind.rules.rule(right.rule_id), case.evidence, case.moment)

    async def _caller(self, person: Traveller) -> Caller:
        company = await self.mind.source.company(person.company_id) if person.company_id else None
        return caller_as(person, company, self.mind.scheme)


async def _settled(tx: Tx, case: _Case, door: Literal["chat", "desk", "email"], said: InWords) -> bool:
    """This moment is ours, and nothing was offered to them since its offer was picked: caps hold whoever deals with another moment of theirs."""
    await tx.alone(f"offers:{case.person.id}")
    if await offers.told_before(tx.conn, case.person.id, case.now - _LOOK_BACK) != case.told:
        raise _NotNow
    return await moments.settle(tx, case.moment.id, door, (said.because or said.title).en, case.now)


def _right(picked: Pick) -> Entitlement:
    assert picked.ranked is not None  # noqa: S101 - whoever asks has looked
    return picked.ranked.entitlement


def _mark(case: _Case, said: InWords, offer_id: str) -> OfferMark:
    """What the card says of itself: that nobody asked for it, and why it is made now."""
    return OfferMark(id=offer_id, moment=case.moment.kind, reason=said.because or said.title)


def _offer(case: _Case, picked: Pick, offer_id: str, door: Door, state: OfferState, conversation_id: str | None, proposal_id: str | None) -> Offer:
    right = _right(picked)
    return Offer(
        id=offer_id,
        moment_id=case.moment.id,
        moment=case.moment.kind,
        traveller_id=case.person.id,
        rule_id=right.rule_id,
        right=right.right,
        door=door,
        state=state,
        worth=picked.ranked.worth if picked.ranked else 0.0,
        conversation_id=conversation_id,
        proposal_id=proposal_id,
        at=case.now,
    )
