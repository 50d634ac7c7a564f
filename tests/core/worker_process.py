"""A background worker that a test can kill: ``python -m tests.core.worker_process [--wait]``."""

import asyncio
import sys

import django

if __name__ == "__main__":
    django.setup()

    from redvest.core.worker import work
    from tests.core import kinds

    assert kinds
    asyncio.run(work(wait="--wait" in sys.argv))
