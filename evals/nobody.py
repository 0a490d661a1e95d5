"""A source and reservations that know nobody: what the bot stands on when it is asked about a base that is not an airline's."""

from collections.abc import Collection
from datetime import datetime

from customers.account import CompanyAccount
from customers.booking import Booking
from customers.company import Company
from customers.order import ChangeDone, ChangeKind, Choice, Order
from customers.reservations import ReservationsRefused
from customers.traveller import Traveller
from customers.uses import Use


class Nobody:
    """A CustomerSource without customers."""

    async def traveller(self, id: str) -> Traveller | None:
        """None: nobody is known."""
        return None

    async def company(self, id: str) -> Company | None:
        """None: no company is known."""
        return None

    async def account(self, company_id: str, now: datetime) -> CompanyAccount | None:
        """None: no company has an account."""
        return None


class NoBookings:
    """A Reservations without bookings."""

    async def bookings_of(self, traveller_id: str) -> tuple[Booking, ...]:
        """None at all."""
        return ()

    async def choices(self, kind: ChangeKind, booking_id: str, leg_id: str | None, now: datetime) -> tuple[Choice, ...]:
        """None at all."""
        return ()

    async def carry_out(self, key: str, order: Order) -> ChangeDone:
        """Refused: there is nothing to change."""
        raise ReservationsRefused(f"There is no booking {order.booking_id}. Nothing was changed.")


async def never_used(traveller_id: str, company_id: str | None, booking_ids: Collection[str] = ()) -> tuple[Use, ...]:
    """The uses of rights: none."""
    return ()
