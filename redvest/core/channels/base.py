"""What a channel is: it has an address for an account and sends one letter, or says why it could not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from redvest.people.models import Account


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way to one address. ``key`` is the same for every try, so that a gateway can drop repeats."""

    address: str
    subject: str
    body: str
    link: str
    key: str

    @property
    def text(self) -> str:
        """Everything in one text, for channels without a subject; the link once."""
        if self.link and self.link not in self.body:
            return f"{self.body} {self.link}"
        return self.body


class Undelivered(Exception):
    """A letter was not taken. ``temporary``: it is worth trying again later."""

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.temporary = temporary


class Channel:
    """One way to reach people. A group channel (``is_group``) reaches a chat of the staff and no single person."""

    name: ClassVar[str]
    is_group: ClassVar[bool] = False

    def address(self, account: "Account") -> str:
        """Where this channel reaches the account, or nothing if it cannot."""
        raise NotImplementedError

    def send(self, letter: Letter) -> str:
        """Hand the letter over and return the other side's reference. Raises ``Undelivered``."""
        raise NotImplementedError

    def troubles(self) -> list[str]:
        """What is wrong with this channel's settings, as sentences for the administrator."""
        return []
