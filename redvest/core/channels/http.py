"""One POST of JSON to a gateway, and its answer; every way in which that fails is an ``Undelivered``."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from redvest.core.channels.base import Undelivered

SECONDS = 10
_LONGEST_ANSWER = 65536


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would lose its body and could carry a signed text elsewhere."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def post_json(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Send ``body`` (JSON already) and return the JSON object answered.

    Too many requests, a broken gateway and a network that fails are temporary; any other refusal is final.
    """
    all_headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "RedVest"} | dict(headers or {})
    request = urllib.request.Request(url, data=body, headers=all_headers, method="POST")  # noqa: S310 - a setting
    try:
        with _opener.open(request, timeout=SECONDS) as response:
            answer = response.read(_LONGEST_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(300).decode(errors="replace").strip()
        temporary = error.code in (408, 425, 429) or error.code >= 500
        raise Undelivered(f"HTTP {error.code} {said}".strip(), temporary=temporary) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Undelivered(f"The gateway cannot be reached: {reason}", temporary=True) from None
    try:
        parsed = json.loads(answer or b"{}")
    except ValueError:
        raise Undelivered("The gateway answered something that is no JSON.", temporary=True) from None
    if not isinstance(parsed, dict):
        raise Undelivered("The gateway answered JSON that is no object.", temporary=True)
    return parsed
