"""The two ways in which RedVest says no; both are answers that a person can act on.

    RedVestError
    ├── Refused   a rule says no: the sentence says why and what to do next (shown as 409)
    └── Denied    you may not do this here (shown as 403)

A row outside the actor's areas does not exist for him: that is Django's ``Http404``, raised by ``access.fetch``.
"""

from collections.abc import Mapping
from typing import Any


class RedVestError(Exception):
    """Anything that RedVest refuses on purpose. ``sentence`` is translated text for a person."""

    status_code = 400

    def __init__(self, sentence: object, *, code: str = "", details: Mapping[str, Any] | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.code = code
        self.details = dict(details or {})

    def __str__(self) -> str:
        return str(self.sentence)


class Refused(RedVestError):
    """A rule says no. ``code`` is stable for programs, ``details`` are fields of the sentence."""

    status_code = 409


class Denied(RedVestError):
    """The actor holds no role that allows this here."""

    status_code = 403
