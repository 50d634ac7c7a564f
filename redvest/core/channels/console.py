"""The channel of the demo: it writes into the log, and administrators read it under deliveries."""

import logging
from typing import TYPE_CHECKING

from redvest.core.channels.base import Channel, Letter

if TYPE_CHECKING:
    from redvest.people.models import Account

logger = logging.getLogger("redvest.console_channel")


class Console(Channel):
    """Reaches everybody, and nobody outside this site."""

    name = "console"

    def address(self, account: "Account") -> str:
        return account.phone or account.username

    def send(self, letter: Letter) -> str:
        logger.info("To %s: %s: %s", letter.address, letter.subject, letter.text)
        return ""
