"""A WeCom (企业微信) group of the staff, by the webhook of a group bot; its address holds the key."""

import json
from typing import TYPE_CHECKING

from django.conf import settings

from redvest.core.channels.base import Channel, Letter, Undelivered
from redvest.core.channels.http import post_json

if TYPE_CHECKING:
    from redvest.people.models import Account

_BUSY = {-1, 45009, 45033}
_LONGEST_TEXT = 2048  # bytes


class WeCom(Channel):
    """One post in the group of WECOM_URL."""

    name = "wecom"
    is_group = True

    def address(self, account: "Account") -> str:
        return ""

    def send(self, letter: Letter) -> str:
        text = f"{letter.subject}\n{letter.text}".encode()[:_LONGEST_TEXT].decode(errors="ignore")
        payload = {"msgtype": "text", "text": {"content": text}}
        answer = post_json(settings.WECOM_URL, json.dumps(payload, ensure_ascii=False).encode())
        code = answer.get("errcode", 0)
        if code != 0:
            raise Undelivered(f"WeCom {code} {answer.get('errmsg', '')}".strip(), temporary=code in _BUSY)
        return ""

    def troubles(self) -> list[str]:
        return [] if settings.WECOM_URL else ["CHANNELS names wecom, but WECOM_URL is not set."]
