"""What a round costs: every price of the problem in one place, and how fast people walk and climb."""

from dataclasses import dataclass, fields

CLASSES = 4
"""Priority classes: 1 life, 2 medicine and infant food, 3 daily goods, 4 the rest."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long ways take. Weaker pairs, rain or coveralls: change these, not the code."""

    walk: int = 60  # metres a minute on the ground, with a trolley
    detour: int = 130  # way on foot as a percentage of the straight line, where no way is given
    doorstep: int = 20  # metres between two stairwells, at least
    up: int = 20  # seconds a floor on foot, loaded
    down: int = 12
    lift: int = 4  # seconds a floor in a lift
    lift_wait: int = 40  # seconds for a lift to come

    def __post_init__(self) -> None:
        for name in ("walk", "detour"):
            if getattr(self, name) < 1:
                raise ValueError(f"pace {name} must be above 0")
        for name in ("doorstep", "up", "down", "lift", "lift_wait"):
            if getattr(self, name) < 0:
                raise ValueError(f"pace {name} is negative")


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices are whole numbers. Those with four parts are for the classes 1 to 4.

    What counts by the minute or kilometre is rounded down for each stop or pair.
    """

    kilometre: int = 20  # walked by a pair
    floor: int = 1  # climbed on foot
    hour: int = 60  # of a pair, from leaving its first store to the end
    over_share: int = 60  # an hour of a pair beyond its fair share
    new_face: int = 30  # a building visited by a pair that does not know it
    moved: int = 40  # a stop that goes to another pair than published
    reordered: int = 5  # a stop that no longer stands in the published order of its pair
    late: tuple[int, int, int, int] = (200, 40, 4, 2)  # a minute after the stop's `due`
    wait: tuple[int, int, int, int] = (20, 2, 0, 0)  # a minute from the problem's `now` until the door is reached
    unserved: tuple[int, int, int, int] = (100_000, 30_000, 10_000, 3_000)  # a stop that is left out

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple | list):
                object.__setattr__(self, field.name, tuple(value))
                if len(value) != CLASSES:
                    raise ValueError(f"price {field.name} needs {CLASSES} parts, one for each class")
                if min(value) < 0:
                    raise ValueError(f"price {field.name} has a negative part")
            elif value < 0:
                raise ValueError(f"price {field.name} is negative")
