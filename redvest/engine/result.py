"""What every solver of the engine hands back: the best answer, its cost, a bound, and what is missing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Answer = TypeVar("Answer")
Reason = TypeVar("Reason")


class Status(StrEnum):
    OPTIMAL = "optimal"  # proven: nothing better exists
    FEASIBLE = "feasible"  # every hard rule is kept; something better may exist
    INFEASIBLE = "infeasible"  # proven: no answer keeps every hard rule
    NO_ANSWER = "no answer"  # stopped before any answer was found


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a search: after so many seconds, the best cost and the best bound known."""

    seconds: float
    cost: int
    bound: int | None


@dataclass(frozen=True, slots=True)
class Result(Generic[Answer, Reason]):
    """The outcome of a solver. A time-out is an ordinary result, never an exception.

    `cost` is recomputed by the checker, never taken from the solver; `bound` is a proven lower limit of the cost of any
    answer (None: nothing proven). `unmet` says what the answer leaves open, and why.
    """

    status: Status
    best: Answer | None
    cost: int | None
    bound: int | None
    seconds: float
    seed: int
    unmet: tuple[Reason, ...] = ()
    log: tuple[Progress, ...] = ()
    notes: tuple[str, ...] = ()  # what the solver did otherwise than usual, and why

    def __post_init__(self) -> None:
        if (self.best is None) != (self.cost is None):
            raise ValueError("an answer and its cost come together")
        if self.cost is not None and self.bound is not None and self.bound > self.cost:
            raise ValueError(f"bound {self.bound} is above cost {self.cost}")

    @property
    def gap(self) -> float | None:
        """How far the cost may be from the best possible, as a share of the cost: 0.02 is 2 %. None: not known."""
        if self.cost is None or self.bound is None:
            return None
        return (self.cost - self.bound) / max(1, abs(self.cost))
