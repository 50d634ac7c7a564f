"""The search on a problem of real shape: a team of 37 for some days, round the clock."""

from benchmarks.roster_problems import team
from redvest.engine.roster import Roster
from redvest.engine.roster.check import check
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.search import Search
from redvest.engine.roster.solve import solve

TEAM = team(days=3)


def searched(seed: int) -> Roster:
    """One worker with a limit of work that ends the search long before the clock does."""
    search = Search(TEAM, seconds=120, seed=seed, workers=1)
    search.offer(greedy(TEAM))
    search.work_left = 1.0
    search.improve()
    return search.best


def test_the_same_seed_gives_the_same_roster_and_a_better_one_than_the_first() -> None:
    first = searched(5)
    assert first == searched(5)
    assert check(TEAM, first).cost < check(TEAM, greedy(TEAM)).cost


def test_progress_is_told_and_the_search_stops_when_asked() -> None:
    told: list[tuple[int, int | None]] = []
    result = solve(
        TEAM,
        60,
        workers=1,
        on_progress=lambda seconds, cost, bound, roster: told.append((cost, bound)),
        should_stop=lambda: len(told) >= 2,
    )
    assert result.seconds < 60
    assert told[0][0] == check(TEAM, greedy(TEAM)).cost
    assert result.cost == told[-1][0]
    assert result.bound is not None
    assert result.bound <= result.cost
