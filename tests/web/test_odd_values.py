"""Whatever stands in an address or a form, no screen breaks: numbers that are none or too large for a row, days at the
ends of the calendar, characters that PostgreSQL does not keep.

Nobody lists the fields here: the request itself answers with the odd value to every field that a view, a form or a page
of rows asks for, and the test goes through all addresses of the product.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict

from redvest.core import access
from redvest.web.http import day, moment, number
from tests.web.scene import Scene, build
from tests.web.test_every_url import ADDRESSES, HTMX, Address, ask, requests
from tests.world import World

VALUES = (
    "²",  # a digit that is no number
    "9" * 30,  # a number larger than any row
    "-1",
    "0001-01-01",  # days at which one more or one less is out of the calendar
    "9999-12-31",
    "a\x00b",  # a character that PostgreSQL does not keep
)
PREFIXES = ("group-", "take-", "place-", "needs-", "count-")


class Odd(QueryDict):
    """What a request carries; every other field that somebody asks for holds the odd value."""

    value, asked = "", set[str]()

    @classmethod
    def of(cls, value: str, given: QueryDict, asked: set[str]) -> "Odd":
        self = cls(mutable=True)
        self.value, self.asked = value, asked
        for key in given:
            self.setlist(key, given.getlist(key))
        for prefix in PREFIXES:
            self[prefix + value] = value
        return self

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key) if super().__contains__(key) else self._odd(key)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if super().__contains__(key) else self._odd(key)

    def getlist(self, key: Any, default: Any = None) -> Any:
        return super().getlist(key) if super().__contains__(key) else [self._odd(key)]

    def _odd(self, key: str) -> str:
        self.asked.add(key)
        return self.value


@pytest.fixture
def scene(world: World) -> Scene:
    cache.clear()
    return build(world)


class Thrower:
    """Puts the odd value into requests, and notes the fields that were asked for since the last throw."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.value = ""
        self.asked: set[str] = set()
        for name, sent in (("GET", WSGIRequest.GET.func), ("POST", WSGIRequest.POST.fget)):  # type: ignore[attr-defined]
            monkeypatch.setattr(WSGIRequest, name, property(self._thrown(sent)))

    def _thrown(self, sent: Callable[[WSGIRequest], QueryDict]) -> Callable[[WSGIRequest], QueryDict]:
        return lambda request: Odd.of(self.value, sent(request), self.asked)


def test_no_screen_breaks_on_an_odd_value(world: World, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    thrower, clients = (
        Thrower(monkeypatch),
        {name: world.client(name) for name in ("administrator", "office", "veteran")},
    )
    broken, met = [], set()
    for name, address in ADDRESSES.items():
        client = clients[somebody_who_may(world, name, address)]
        client.raise_request_exception = False
        url, data = requests(scene, address, name)
        for method in ("get", "post"):
            for value, given in product(VALUES, (data, {}) if data else ({},)):
                thrower.value, thrower.asked = value, set()
                answer = ask(client, url, method, given, HTMX if method == "get" else {})
                met |= thrower.asked
                if answer.status_code >= 500:
                    broken.append(f"{method} {name} with {value!r} in one of {sorted(thrower.asked)}: {why(answer)}")
                if not thrower.asked and not given:
                    break  # it asks for nothing: once is enough
    assert {"area", "at", "day", "page", "person", "q", "revision", "shift", "to"} <= met
    assert not broken, "\n".join(["", *broken])


def somebody_who_may(world: World, name: str, address: Address) -> str:
    if name.startswith("volunteer:"):
        return "veteran"
    is_theirs = not address.action or access.can(world.office, address.action)
    return "office" if is_theirs else "administrator"


def why(answer: Any) -> str:
    """The exception behind a broken page."""
    return f"{answer.exc_info[1]!r:.200}" if getattr(answer, "exc_info", None) else str(answer.status_code)


@pytest.mark.parametrize("text", [None, "", " ", "²", "٣", "-1", "1.5", "1e3", "9" * 19, "7" * 5000])
def test_what_is_no_number_of_a_row_is_none(text: str | None) -> None:
    assert number(text) is None


def test_a_number_is_read_as_it_stands() -> None:
    assert number("0012") == 12
    assert number("9" * 18) == 10**18 - 1


@pytest.mark.parametrize("text", [None, "", "²", "2026-02-30", "0001-01-01", "9999-12-31", "yesterday"])
def test_what_is_no_day_of_ours_is_none(text: str | None) -> None:
    assert day(text) is None
    assert moment(text) is None


def test_a_day_and_a_moment_are_read_as_browsers_send_them() -> None:
    found = day(" 2026-03-03 ")
    assert found is not None
    assert found.isoformat() == "2026-03-03"
    at = moment("2026-03-03T22:00")
    assert at is not None
    assert at.isoformat() == "2026-03-03T22:00:00+08:00"
