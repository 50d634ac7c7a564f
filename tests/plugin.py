"""The surroundings of every test run: a data folder of its own, known settings, no network, steady random choices.

Loaded by pytest before Django's settings are (see addopts in pyproject.toml), and again in each worker of pytest-xdist.
"""

import os
import socket
from typing import Any

import hypothesis
import pytest

from redvest.config import environment

# What a developer may have set for his own installation must not change what a test sees.
_FORGOTTEN = (
    "DEBUG",
    "ALLOWED_HOSTS",
    "PUBLIC_URL",
    "HOST",
    "PORT",
    "CHANNELS",
    "SECRET_KEY",
    "REDVEST_DEMO",
    "DATABASE_POOL",
)
_TESTING = "REDVEST_TESTING"

if _TESTING not in os.environ:
    os.environ["REDVEST_DATA"] = f"{environment.data_folder()}-test"
    os.environ[_TESTING] = "yes"
for _name in _FORGOTTEN:
    os.environ.pop(_name, None)
os.environ |= {"LANGUAGE": "zh-hans", "TIME_ZONE": "Asia/Shanghai", "LOG_LEVEL": "WARNING"}
# Playwright keeps an event loop in the thread of the test, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, print_blob=False, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("steady")

_connect = socket.socket.connect


def _connect_to_this_machine(self: socket.socket, address: Any) -> None:
    """Refuse to leave the machine, whatever a test or a library tries."""
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"A test tried to reach {address[0]}; only this machine is allowed.")
    _connect(self, address)


def pytest_configure(config: pytest.Config) -> None:
    """Settings that only tests want: quick password hashes, files served unhashed."""
    from django.conf import settings

    setattr(socket.socket, "connect", _connect_to_this_machine)  # noqa: B010 - mypy forbids the plain assignment
    if settings.configured:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = settings.STORAGES | {"staticfiles": files}
        settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True  # nothing is collected for tests
