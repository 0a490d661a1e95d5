"""A breaker: what failed several times in a row is left alone for a while, by everybody."""

import time
from collections.abc import Callable


class Breaker:
    """After `most` failures in a row nobody tries for `pause` seconds; then one may, and its outcome decides."""

    def __init__(self, most: int = 5, pause: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.pause, self._clock = most, pause, clock
        self.failures = 0
        self.ever = 0
        """Failures since the start."""
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """True while nobody should try."""
        return self.failures >= self.most and self._clock() < self._open_until

    def failed(self) -> None:
        """Count a failure."""
        self.failures += 1
        self.ever += 1
        if self.failures >= self.most:
            self._open_until = self._clock() + self.pause

    def worked(self) -> None:
        """Forget the failures."""
        self.failures = 0

    def begin(self) -> bool:
        """Whether a try may begin; the one that tries after the pause keeps the others waiting for another pause."""
        if self.is_open:
            return False
        if self.failures >= self.most:
            self._open_until = self._clock() + self.pause
        return True
