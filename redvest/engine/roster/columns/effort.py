"""How long something may go on: until a time, until so much work is done, until somebody says stop."""

import time
from collections.abc import Callable


class Effort:
    """A limit that is asked often. Where work is counted it limits before the clock does, so that a run can be
    repeated exactly.

    The unit of work is what an ordinary idle core does in a second. Parts of an effort count for the whole.
    """

    def __init__(
        self,
        seconds: float,
        work: float | None = None,
        should_stop: Callable[[], bool] | None = None,
        whole: "Effort | None" = None,
    ) -> None:
        self.until = time.monotonic() + seconds
        self.work_left = work
        self.done = 0.0
        self._should_stop = should_stop
        self._whole = whole

    def part(self, seconds: float, should_stop: Callable[[], bool] | None = None) -> "Effort":
        """A limit within this one: so many seconds, or as much work where work is counted."""
        if self.counts_work:
            return Effort(float("inf"), seconds, should_stop, self)
        return Effort(seconds, None, should_stop, self)

    def spend(self, work: float) -> None:
        """Says that so much work was done."""
        self.done += work
        if self.work_left is not None:
            self.work_left -= work
        if self._whole is not None:
            self._whole.spend(work)

    @property
    def counts_work(self) -> bool:
        return self.work_left is not None

    @property
    def seconds_left(self) -> float:
        """By the clock; where work is counted this is no limit to plan with, only one to stop at."""
        own = max(0.0, self.until - time.monotonic())
        return own if self._whole is None else min(own, self._whole.seconds_left)

    @property
    def left(self) -> float:
        """What may still be spent, in seconds or in work, whichever is counted."""
        if self.work_left is None:
            return self.seconds_left
        whole = self._whole.left if self._whole is not None else float("inf")
        return max(0.0, min(self.work_left, whole))

    @property
    def over(self) -> bool:
        if self._should_stop is not None and self._should_stop():
            return True
        if self.work_left is not None and self.work_left <= 0:
            return True
        if time.monotonic() >= self.until:
            return True
        return self._whole is not None and self._whole.over
