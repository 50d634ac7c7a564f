"""A data folder that the database's own system user can reach, gone after the test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty data folder. Not pytest's own: those are closed to other users, and root's database server is one."""
    folder = Path(tempfile.mkdtemp(prefix="redvest-setup-"))
    os.chmod(folder, 0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
