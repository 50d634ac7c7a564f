"""Made-up estates for the rounds benchmark; the same seed makes the same estate."""

from random import Random

from redvest.engine.rounds import Pair, Point, Problem, Stairwell, Stop, Store, Window

HOUR = 3600


def estate(doors: int = 220, buildings: int = 53, pairs: int = 8, seed: int = 1) -> Problem:
    """One sealed community at eight in the morning: food for most doors, medicine for some, a store in the middle.

    Buildings stand in rows, each with two stairwells; most have six floors and no lift, some eighteen and one.
    """
    dice = Random(seed)
    across = 8
    wells = []
    for number in range(buildings):
        row, column = divmod(number, across)
        for unit in (1, 2):
            north, east = 45 * row + dice.randint(-8, 8), 60 * column + 25 * unit
            where = Point(29.4 + north / 111_195, 106.5 + east / 96_900)
            wells.append(Stairwell(f"{number + 1}-{unit}", str(number + 1), where, lift=number % 5 == 4))
    stores = (Store("gate", Point(29.4 + 10 / 111_195, 106.5 + 250 / 96_900)),)
    stops = [_stop(dice, number, wells[number % len(wells)]) for number in range(doors)]
    halves = [str(number + 1) for number in range(buildings)]
    people = tuple(
        Pair(
            f"pair {number + 1}",
            ("gate",),
            8 * HOUR,
            12 * HOUR,
            grams=60_000,
            parcels=24,
            has=frozenset({"cold box"}) if number % 3 == 0 else frozenset(),
            knows=frozenset(halves[number * buildings // pairs : (number + 1) * buildings // pairs]),
        )
        for number in range(pairs)
    )
    return Problem("2026-03-02", stores, tuple(wells), tuple(stops), people, now=8 * HOUR)


def _stop(dice: Random, number: int, well: Stairwell) -> Stop:
    floor = dice.randint(1, 18 if well.lift else 6)
    room = f"{floor}{dice.randint(1, 4):02}"
    name = f"{well.id}-{room} #{number}"
    kind = dice.random()
    if kind < 0.08:
        cold = frozenset({"cold box"}) if dice.random() < 0.4 else frozenset()
        return Stop(name, well.id, floor, room, 500, 1, 180, Window(7 * HOUR, 10 * HOUR), None, 2, cold)
    if kind < 0.2:
        return Stop(name, well.id, floor, room, 2_000, 1, 180, due=10 * HOUR, priority=2)
    return Stop(name, well.id, floor, room, dice.randint(3, 9) * 1000, 1, 90)
