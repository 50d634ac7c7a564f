"""Text messages by an SMS gateway of our own small contract (docs/channels.md): JSON, signed by HMAC.

A provider's own interface is spoken by a small adapter behind this address; none of them can be reached from a test.
"""

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

from django.conf import settings

from redvest.core.channels.base import Channel, Letter
from redvest.core.channels.http import post_json

if TYPE_CHECKING:
    from redvest.people.models import Account


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 over ``timestamp.body``; the gateway refuses a timestamp older than five minutes."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Sms(Channel):
    """``POST SMS_URL {"to", "text", "key"}`` answers ``{"reference"}``."""

    name = "sms"

    def address(self, account: "Account") -> str:
        return account.phone or ""

    def send(self, letter: Letter) -> str:
        body = json.dumps({"to": letter.address, "text": letter.text, "key": letter.key}, ensure_ascii=False).encode()
        timestamp = str(int(time.time()))
        signed = signature(settings.SMS_SECRET, timestamp, body)
        headers = {"X-RedVest-Timestamp": timestamp, "X-RedVest-Signature": signed}
        return str(post_json(settings.SMS_URL, body, headers).get("reference", ""))[:120]

    def troubles(self) -> list[str]:
        names = [name for name in ("SMS_URL", "SMS_SECRET") if not getattr(settings, name)]
        return [f"CHANNELS names sms, but {name} is not set." for name in names]
