"""The solver's hands: rounds as they stand, taking doors out and putting them where they cost least."""

from collections.abc import Iterable, Iterator, Sequence

from redvest.engine.rounds.ground import Ground, Row, Trips

NEAR = 6
"""Places that are tried in earnest in each pair's round: those of the shortest detour. Urgent doors try all."""


class Desk:
    """Rounds of all pairs with their costs, and the doors left out. Keeps every hard rule at all times."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.rounds: list[Trips] = [() for _ in ground.problem.pairs]
        self.costs = [0 for _ in ground.problem.pairs]
        self.out = set(range(ground.count))

    @property
    def cost(self) -> int:
        return sum(self.costs) + sum(self.ground.prices[door] for door in self.out)

    def copy(self) -> "Desk":
        other = Desk.__new__(Desk)
        other.ground = self.ground
        other.rounds, other.costs, other.out = list(self.rounds), list(self.costs), set(self.out)
        return other

    def set(self, pair: int, trips: Trips) -> None:
        """Gives a pair these trips, which must keep the rules."""
        cost = self.ground.cost(pair, trips)
        if cost is None:
            raise AssertionError("a round that breaks a rule was taken")
        before = {door for _, row in self.rounds[pair] for door in row}
        after = {door for _, row in trips for door in row}
        self.rounds[pair], self.costs[pair] = trips, cost
        self.out = (self.out | before) - after

    def adopt(self, rounds: Sequence[Trips]) -> None:
        """Takes over as much of these rounds as the rules allow, each door once; the rest is out."""
        seen: set[int] = set()
        for pair, trips in enumerate(rounds):
            kept = []
            for store, row in trips:
                fresh = [d for d in row if d not in seen and self._fits_here(pair, store, d)]
                seen.update(fresh)
                kept.append((store, self._in_order(fresh)))
            self.set(pair, self._shortened(pair, tuple(trip for trip in kept if trip[1])))

    def _fits_here(self, pair: int, store: int, door: int) -> bool:
        ground = self.ground
        return store in ground.bases[pair] and ground.may[pair][door] and ground.goods[door] in (None, store)

    def _in_order(self, row: Sequence[int]) -> Row:
        """Each visit of a stairwell from the top down."""
        runs: list[list[int]] = []
        for door in row:
            if runs and self.ground.wells[runs[-1][0]] == self.ground.wells[door]:
                runs[-1].append(door)
            else:
                runs.append([door])
        return tuple(door for run in runs for door in sorted(run, key=lambda door: -self.ground.floors[door]))

    def _shortened(self, pair: int, trips: Trips) -> Trips:
        """The trips without what makes them break a rule: pinned doors out of order, then doors from the end."""
        pin, highest = self.ground.pin[pair], -1
        if pin and self.ground.cost(pair, trips) is None:
            kept = []
            for store, row in trips:
                good: list[int] = []
                for door in row:
                    if pin.get(door, highest + 1) > highest:
                        highest = pin.get(door, highest)
                        good.append(door)
                kept.append((store, tuple(good)))
            trips = tuple(trip for trip in kept if trip[1])
        while trips and self.ground.cost(pair, trips) is None:
            store, row = trips[-1]
            trips = (*trips[:-1], (store, row[:-1])) if len(row) > 1 else trips[:-1]
        return trips

    def take_out(self, doors: Iterable[int]) -> None:
        """Takes doors out of the rounds. What remains keeps the rules, except in odd worlds where a detour is faster
        than the way; there the round is shortened until it does."""
        gone = set(doors)
        for pair, trips in enumerate(self.rounds):
            if any(door in gone for _, row in trips for door in row):
                left = [(store, self._in_order([d for d in row if d not in gone])) for store, row in trips]
                self.set(pair, self._shortened(pair, tuple(trip for trip in left if trip[1])))

    def put(self, block: Row, wide: bool = False) -> bool:
        """Puts a block of doors where it costs least, if that is worth its price; in parts if not as a whole."""
        best: tuple[int, int, Trips] | None = None
        for pair in range(len(self.rounds)):
            found = self._best_place(pair, block, wide)
            if found is not None and (best is None or found[0] < best[0]):
                best = (found[0], pair, found[1])
        if best is not None and best[0] < sum(self.ground.prices[door] for door in block):
            change, pair, trips = best
            self.rounds[pair] = trips
            self.costs[pair] += change
            self.out.difference_update(block)
            return True
        if len(block) > 1:
            middle = len(block) // 2
            first = self.put(block[:middle], wide)
            return self.put(block[middle:], wide) or first
        return False

    def complete(self) -> None:
        """Tries every door that is out in every place, until none can be put in at a gain."""
        changed = True
        while changed and self.out:
            changed = False
            for door in sorted(self.out, key=lambda door: (-self.ground.prices[door], door)):
                changed = self.put((door,), wide=True) or changed

    def _best_place(self, pair: int, block: Row, wide: bool) -> tuple[int, Trips] | None:
        may = self.ground.may[pair]
        if not all(may[door] for door in block):
            return None
        now, best = self.costs[pair], None
        wide = wide or any(self.ground.urgent[door] for door in block) or any(d in self.ground.pin[pair] for d in block)
        for trips in self._places(pair, block, wide):
            cost = self.ground.cost(pair, trips)
            if cost is not None and (best is None or cost - now < best[0]):
                best = (cost - now, trips)
        return best

    def _places(self, pair: int, block: Row, wide: bool) -> Iterator[Trips]:
        """The pair's round with the block in it, in all the ways that are worth trying."""
        ground, trips = self.ground, self.rounds[pair]
        detours = []
        for number, (store, row) in enumerate(trips):
            if self._full(pair, row, block):
                continue
            after = trips[number + 1][0] if number + 1 < len(trips) else ground.bases[pair][0]
            points = (store, *row, after)
            for place in range(len(row) + 1):
                one, other = points[place], points[place + 1]
                extra = ground.leg[one][block[0]] + ground.leg[block[-1]][other] - ground.leg[one][other]
                detours.append((extra, number, place))
            yield from self._joined(trips, number, block)
        if not wide and len(detours) > NEAR:
            detours = sorted(detours)[:NEAR]
        for _, number, place in detours:
            store, row = trips[number]
            yield (*trips[:number], (store, (*row[:place], *block, *row[place:])), *trips[number + 1 :])
        if len(trips) < ground.problem.pairs[pair].trips:
            stores = {ground.goods[door] for door in block} - {None}
            for place in range(len(trips) + 1) if wide else (len(trips),):
                for store in ground.bases[pair]:
                    if not stores or stores == {store}:
                        yield (*trips[:place], (store, block), *trips[place:])

    def _full(self, pair: int, row: Row, block: Row) -> bool:
        man, grams, parcels = self.ground.problem.pairs[pair], self.ground.grams, self.ground.parcels
        if sum([parcels[d] for d in row]) + sum([parcels[d] for d in block]) > man.parcels:
            return True
        return sum([grams[d] for d in row]) + sum([grams[d] for d in block]) > man.grams

    def _joined(self, trips: Trips, number: int, block: Row) -> Iterator[Trips]:
        """The block merged into a visit of the same stairwell."""
        store, row = trips[number]
        wells = self.ground.wells
        for place, door in enumerate(row):
            if wells[door] == wells[block[0]] and (place == 0 or wells[row[place - 1]] != wells[door]):
                merged = self._in_order((*row[:place], *block, *row[place:]))
                yield (*trips[:number], (store, merged), *trips[number + 1 :])


def blocks(ground: Ground) -> list[Row]:
    """Doors of one stairwell that are alike in all that a plan may ask, top floor first; the urgent, then the far."""
    groups: dict[object, list[int]] = {}
    for door, stop in enumerate(ground.problem.stops):
        alike: object = (stop.stairwell, stop.store, stop.window, stop.due, stop.priority, stop.needs)
        pinned = any(door in pin for pin in ground.pin)
        groups.setdefault((alike, door if pinned or door in ground.told_to else None), []).append(door)
    found = [tuple(sorted(group, key=lambda door: (-ground.floors[door], door))) for group in groups.values()]
    return sorted(found, key=lambda block: _order(ground, block))


def _order(ground: Ground, block: Row) -> tuple[int, int, int, int, int]:
    stop = ground.problem.stops[block[0]]
    base = ground.bases[0][0] if ground.bases else block[0]
    due = ground.closes[block[0]] if stop.due is None else min(stop.due, ground.closes[block[0]])
    pin = next((pin[block[0]] for pin in ground.pin if block[0] in pin), 0)
    return stop.priority, due, pin, -ground.leg[base][block[0]], block[0]
