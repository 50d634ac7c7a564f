"""Mail by SMTP. The address of the server is EMAIL_URL: smtp://user:secret@host:587 or smtps://user:secret@host."""

import smtplib
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from redvest.core.channels.base import Channel, Letter, Undelivered

if TYPE_CHECKING:
    from redvest.people.models import Account


def _words(code: int, text: bytes | str) -> str:
    return f"SMTP {code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


class Email(Channel):
    """Plain text mail. ``smtp`` turns to TLS when a user name is given (or never, to a relay on this machine)."""

    name = "email"

    def address(self, account: "Account") -> str:
        return account.email

    def send(self, letter: Letter) -> str:
        body = letter.body if letter.link in letter.body else f"{letter.body}\n\n{letter.link}"
        message = EmailMessage(letter.subject, body, settings.DEFAULT_FROM_EMAIL, [letter.address])
        message.extra_headers["Message-ID"] = reference = f"<{letter.key}@redvest>"
        message.connection = self._server()
        try:
            message.send()
        except smtplib.SMTPResponseException as error:
            raise Undelivered(_words(error.smtp_code, error.smtp_error), temporary=error.smtp_code < 500) from None
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise Undelivered(_words(code, text), temporary=code < 500) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"The mail server cannot be used: {error}", temporary=True) from None
        except ValueError as error:  # a line break in a header: no later try will be better
            raise Undelivered(str(error), temporary=False) from None
        return reference

    def troubles(self) -> list[str]:
        return [] if settings.EMAIL_URL else ["CHANNELS names email, but EMAIL_URL is not set."]

    def _server(self) -> EmailBackend:
        parts = urlsplit(settings.EMAIL_URL)
        is_tls = parts.scheme == "smtps"
        return EmailBackend(
            host=parts.hostname,
            port=parts.port or (465 if is_tls else 25),
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            use_ssl=is_tls,
            use_tls=not is_tls and bool(parts.username),
            timeout=10,
        )
