"""Fixtures for every test. The database and the settings of the test run are in plugin.py."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.world import NOW, World


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The first test that needs a database starts the embedded server; it stops with the last process of the run."""
    from django.conf import settings

    from redvest.config import postgres
    from tests import template_database

    postgres.attach(durable=False)
    if postgres.is_embedded():
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template_database.ensure()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The stopped clock, Monday 2026-03-02 09:00 in Chongqing; ``move_to(...)`` and ``shift(...)`` move it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db: None, clock: time_machine.Traveller) -> World:
    """A district and its people (world.py), at the stopped clock."""
    return World.build()
