"""Consent: what a traveller agreed to be told unasked, and when they are left in peace."""

from datetime import time
from typing import Literal

from pydantic import BaseModel

Purpose = Literal["service", "marketing"]


class Consent(BaseModel, frozen=True):
    """Service news (about a trip that is booked) unless refused, advertising only if agreed to; no word by e-mail in the quiet hours of `zone`."""

    service: bool = True
    marketing: bool = False
    email: bool = True
    quiet_from: time = time(22)
    quiet_to: time = time(8)
    zone: str = "Asia/Shanghai"

    def allows(self, purpose: Purpose) -> bool:
        """Whether they agreed to this kind of word."""
        return self.service if purpose == "service" else self.marketing
