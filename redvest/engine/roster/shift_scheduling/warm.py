"""Makes the machine code before it is needed: `python -m redvest.engine.roster.shift_scheduling.warm`."""

import time

from redvest.engine.roster.personal.solver import ByPeople
from redvest.engine.roster.problem import Person as Someone
from redvest.engine.roster.problem import Problem
from redvest.engine.roster.problem import Shift as Task
from redvest.engine.roster.shift_scheduling.instance import Cover, Instance, Person, Shift
from redvest.engine.roster.shift_scheduling.solve import solve


def up() -> float:
    """Solves something tiny, so that every compiled function is made, kept on disk and loaded; the seconds it took."""
    began = time.monotonic()
    person = Person("a", {"E": 2, "L": 1}, 2400, 0, 3, 1, 1, 1)
    covers = tuple(Cover(day, shift, 1, 10, 1) for day in range(5) for shift in "EL")
    ByPeople(Problem("2026-03-02", (Someone("a"),), (Task("s", "gate", 480, 960),)), seed=0)
    solve(Instance(5, (Shift("E", 480), Shift("L", 480, frozenset("E"))), (person,), (), covers), 600, workers=1)
    return time.monotonic() - began


if __name__ == "__main__":
    print(f"machine code for rosters is ready ({up():.1f} s)")
