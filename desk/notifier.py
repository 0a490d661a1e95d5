"""Telling the staff that somebody waits, outside the console: what is told, and whoever tells it."""

from typing import Protocol

from pydantic import BaseModel

from basics.errors import ConciergeError


class NotTold(ConciergeError):
    """This address did not take it this time; whether somebody read it all the same may not be known."""

    slug = "not-told"


class Note(BaseModel, frozen=True):
    """One message to the staff. It goes through services that are not ours: no name, no contact, nothing that a traveller wrote."""

    subject: str
    text: str


class Notifier(Protocol):
    """Tells the staff at every address that they gave; NotTold where it cannot."""

    def addresses(self) -> tuple[str, ...]:
        """A name for each address, the same after a restart, without what is secret in it."""

    async def tell(self, address: str, note: Note) -> None:
        """Hand it over to the service behind this address; returns once the service has it."""
