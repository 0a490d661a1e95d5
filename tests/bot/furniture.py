"""Other furniture for the house: an embedder that can be held up or fail, an airline that says no or does not answer."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from basics.ids import new_id
from basics.words import words
from bot.cards import tell_card
from customers.change import propose
from customers.entitlement import entitlements_of
from customers.order import ChangeDone, Order
from customers.reservations import ReservationsRefused, ReservationsUnavailable
from customers.reservations_demo import DemoReservations
from desk.conversation import show_proposal
from knowledge.embedder import Vectors
from store import proposals
from store.database import Tx
from tests.house import Chat, Served, the_embedder


class HeldEmbedder:
    """The real embedder behind a gate: a question waits while the gate is closed, and may then fail."""

    def __init__(self) -> None:
        self.fingerprint, self.dimensions = the_embedder().fingerprint, the_embedder().dimensions
        self.gate, self.asked = threading.Event(), threading.Event()
        self.gate.set()
        self.fails = False

    def passages(self, texts: Sequence[str]) -> Vectors:
        return the_embedder().passages(texts)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return the_embedder().questions(texts)

    def question(self, text: str) -> Vectors:
        if text == "?":  # the house reads it once at its start, whenever that gets round to it
            return the_embedder().question(text)
        self.asked.set()
        assert self.gate.wait(30)
        if self.fails:
            raise RuntimeError("the model broke")
        return the_embedder().question(text)


class MoodyAirline(DemoReservations):
    """The demo airline, which refuses, or commits and then does not answer, as often as it is told to."""

    refuses = 0
    silent_after = 0
    silent_before = 0
    broken = 0

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        if self.refuses:
            self.refuses -= 1
            raise ReservationsRefused(words("The flight is full.", "航班已满。"))
        if self.broken:
            self.broken -= 1
            raise RuntimeError("the other side sent a page instead of an answer")
        if self.silent_before:
            self.silent_before -= 1
            raise ReservationsUnavailable(words("No answer.", "没有响应。"))
        done = await super().carry_out(key, order)
        if self.silent_after:
            self.silent_after -= 1
            raise ReservationsUnavailable(words("No answer.", "没有响应。"))
        return done


def a_moody_airline(home: Path, clock: object) -> MoodyAirline:
    return MoodyAirline(home, clock)  # type: ignore[arg-type]


GIVES = {
    "rebooking": "{fee: 0, fare_difference: waived}",
    "refund": "{fee: 0}",
    "payment": "{amount: 600, currency: CNY}",
    "voucher": "{amount: 300, currency: CNY}",
    "seat": "{percent: 0}",
    "bag": "{pieces: 1, percent: 0}",
    "lounge": "{guests: 1}",
}


def rules_of_every_kind(folder: Path, more: str = "") -> Path:
    """A rule file that gives everybody every kind of change for every leg; no rule names a quota. `more` stands in each rule."""
    said = "facts:\n  leg.direction: string\nrules:\n"
    for kind, gives in GIVES.items():
        said += f"- {{id: every-{kind}, right: free_{kind}, change: {kind}, title: {{en: A free {kind}, zh: 免费办理}}, article: fare, when: [], "
        said += f"gives: {gives}{more}}}\n"
    file = folder / "every-kind.yaml"
    file.write_text(said, "utf-8")
    return file


async def a_card(house: Served, chat: Chat, kind: str, who: str = "lin-gold", **more: Any) -> dict[str, Any]:
    """A proposal of this kind for the traveller's last flight, kept and shown in their conversation as a turn or an offer does it."""
    mind, now = house.house.mind, house.clock()
    person, bookings = await mind.source.traveller(who), await mind.reservations.bookings_of(who)
    assert person is not None
    booking, leg = bookings[0], bookings[0].legs[-1]
    rights = entitlements_of(mind.rules, person, None, bookings, now, ())
    right = next(r for r in rights if (r.change, r.leg_id) == (kind, leg.id))
    choices = await mind.reservations.choices(right.change, booking.id, leg.id, now)  # type: ignore[arg-type]
    about = {"conversation_id": chat.id, "proposal_id": new_id("prop"), "traveller_id": who, "company_id": person.company_id, "now": now}
    proposal = propose(right, booking, leg, choices, **about | more)

    async def kept(tx: Tx) -> None:
        await proposals.keep_proposal(tx, proposal)
        await tell_card(tx, proposal, now)

    await house.house.db.write(kept)
    return show_proposal(proposal, "en", now).model_dump(mode="json")
