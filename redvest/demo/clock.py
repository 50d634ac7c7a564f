"""The demo's own clock: what happened days ago is done as of then, so that its messages name the right hours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

from django.utils import timezone


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Inside, ``timezone.now()`` answers ``moment``. Only while demo data is made: nothing else runs then."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield
