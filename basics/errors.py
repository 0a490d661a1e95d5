"""The one tree of errors: each says what happened, what was (not) done and what to do next."""

from basics.words import Words


class ConciergeError(Exception):
    """Something a person should read. `slug` is stable: pages word it from their catalogues, doors map it to a status."""

    slug = "internal"

    def __init__(self, said: Words | str, **details: str | int | None) -> None:
        self.said = said if isinstance(said, Words) else Words(en=said, zh=said)
        self.details = details
        super().__init__(self.said.en)


class SettingsWrong(ConciergeError):
    """A setting, file or folder that the house needs is missing, unreadable or contradicts another."""

    slug = "settings-wrong"


class HomeBusy(ConciergeError):
    """Another process already works in this home."""

    slug = "home-busy"


class NotFound(ConciergeError):
    """There is no such thing, or it is not yours: the answer is the same on purpose."""

    slug = "not-found"


class BadRequest(ConciergeError):
    """What was sent cannot be understood."""

    slug = "bad-request"


class Unavailable(ConciergeError):
    """A part that is needed does not answer at the moment."""

    slug = "unavailable"
