"""Signing in: what allauth and axes ask of us. Passwords, codes by phone, the second factor, lock-out, no sign-up."""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.core import messages
from redvest.core.access import grants
from redvest.core.queries import account_by_phone, last_failure
from redvest.core.roles import SECOND_FACTOR_ROLES

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

    from redvest.people.models import Account

SIGN_IN_CODE = messages.register(
    "core.sign_in_code",
    _("Sign-in code"),
    _("{code} is your RedVest sign-in code. It is valid for 5 minutes. Nobody from RedVest will ever ask you for it."),
    is_secret=True,
)
# Channels that reach one person's phone; a code must not go to a mailbox or a group.
_CODE_CHANNELS = ("sms", "console")


def needs_second_factor(account: "Account") -> bool:
    """Whether one of the account's roles must sign in with a second factor (setting REQUIRE_TOTP)."""
    return settings.REQUIRE_TOTP and any(role in SECOND_FACTOR_ROLES for role, _path in grants(account))


def normal_phone(text: str) -> str:
    """``138 0000 0008`` and ``+86 138-0000-0008`` as ``+8613800000008``; nothing for what is no phone number."""
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PhoneField(forms.CharField):
    """A phone number as people type it; numbers without a country code are Chinese."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Phone number"))
        options.setdefault("max_length", 30)
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        phone = normal_phone(text)
        if not phone:
            raise ValidationError(_("This is no phone number. Write it with all digits, such as 138 0000 0000."))
        return phone


class SignInForm(LoginForm):  # type: ignore[misc]
    """Account name or phone number, and password. A number may be written without its country code."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""

    def user_credentials(self) -> dict[str, str]:
        credentials: dict[str, str] = super().user_credentials()
        if "phone" in credentials:
            credentials["phone"] = normal_phone(credentials["phone"])
        return credentials


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by the people who look after volunteers, never by strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def phone_form_field(self, **options: Any) -> forms.Field:
        return PhoneField(**options)

    def get_user_by_phone(self, phone: str) -> "Account | None":
        return account_by_phone(phone)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        # A number in an account was put there by somebody who knows the person; the code proves who holds it.
        return (user.phone, True) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        raise NotImplementedError("Numbers are changed on the person's page.")

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Nothing to write: see ``get_phone``."""

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **options: Any) -> None:
        with transaction.atomic():
            messages.tell([user], SIGN_IN_CODE, {"code": code}, urgency=messages.Urgency.URGENT, only=_CODE_CHANNELS)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("public:home")

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Who has just signed in may set up his second factor, and see its recovery codes, without signing in again."""
        if app == "allauth.mfa" and _signed_in_just_now(context.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **options))

    def send_mail(self, template_prefix: str, email: str, words: dict[str, Any]) -> None:
        """Nothing is mailed by allauth: whatever people are told goes through core.messages."""


def _signed_in_just_now(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor cannot be switched off by those who must have it; an administrator can reset it."""

    def can_delete_authenticator(self, authenticator: "Authenticator") -> bool:
        return not needs_second_factor(cast("Account", authenticator.user))

    def get_totp_issuer(self) -> str:
        return "RedVest"

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)


# --- locked out after wrong passwords ---------------------------------------------------------------------------------


def client_ip(request: HttpRequest) -> str | None:
    """The address that limits and locks count by: the proxies of the setting TRUSTED_PROXIES are looked through."""
    if not request.META.get("REMOTE_ADDR"):
        return None  # a socket of this machine, or no request from outside at all
    return str(account_adapter(request).get_client_ip(request))


def login_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """What the person typed as his name, so that a phone number can be locked like a name."""
    given = credentials or {}
    return given.get("username") or given.get("phone") or request.POST.get("login")


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The screen after too many wrong passwords: it says from when on one may try again."""
    last = last_failure(login_name(request, credentials), client_ip(request))
    until = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    words = {"failure_limit": settings.AXES_FAILURE_LIMIT, "until": until, "minutes": _minutes_until(until)}
    return render(request, "account/locked_out.html", words, status=429)


def _minutes_until(until: datetime) -> int:
    return max(1, -int(-(until - timezone.now()).total_seconds() // 60))
