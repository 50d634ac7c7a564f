"""A Feishu (飞书) group of the staff, by the signed webhook of a custom bot."""

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

from django.conf import settings

from redvest.core.channels.base import Channel, Letter, Undelivered
from redvest.core.channels.http import post_json

if TYPE_CHECKING:
    from redvest.people.models import Account

_TOO_OFTEN = {9499, 11232, 11233}


def signature(secret: str, timestamp: str) -> str:
    """Base64 of HMAC-SHA256 with the key ``timestamp\\nsecret`` over nothing, as Feishu's custom bots want it."""
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


class Feishu(Channel):
    """One post in the group of FEISHU_URL."""

    name = "feishu"
    is_group = True

    def address(self, account: "Account") -> str:
        return ""

    def send(self, letter: Letter) -> str:
        timestamp = str(int(time.time()))
        payload = {
            "timestamp": timestamp,
            "sign": signature(settings.FEISHU_SECRET, timestamp),
            "msg_type": "text",
            "content": {"text": f"{letter.subject}\n{letter.text}"},
        }
        answer = post_json(settings.FEISHU_URL, json.dumps(payload, ensure_ascii=False).encode())
        code = answer.get("code", answer.get("StatusCode", 0))
        if code != 0:
            raise Undelivered(f"Feishu {code} {answer.get('msg', '')}".strip(), temporary=code in _TOO_OFTEN)
        return ""

    def troubles(self) -> list[str]:
        names = [name for name in ("FEISHU_URL", "FEISHU_SECRET") if not getattr(settings, name)]
        return [f"CHANNELS names feishu, but {name} is not set." for name in names]
