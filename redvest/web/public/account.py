"""One's own account: name, roles, language, how one signs in."""

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from redvest.core import queries
from redvest.core.models import Grant
from redvest.web import navigation
from redvest.web.account import needs_second_factor
from redvest.web.http import SignedInRequest, signed_in


@signed_in
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    """What one may do where, and the ways to sign in; the base is that of the person's own screens."""
    is_desk = navigation.landing(request.user) == navigation.COORDINATOR
    context = {
        "base": "base_coordinator.html" if is_desk else "base_volunteer.html",
        "facts": [
            (_("Account name"), request.user.username),
            (_("Phone number"), request.user.phone or "–"),
            (_("Language"), request.user.get_language_display()),
        ],
        "roles": [(grant.area.name, _role(grant)) for grant in queries.own_grants(request.user)],
        "has_second_factor": is_mfa_enabled(request.user),
        "needs_second_factor": needs_second_factor(request.user),
    }
    return render(request, "public/account/account.html", context)


def _role(grant: Grant) -> str:
    role = str(grant.get_role_display())
    if grant.expires_at is None:
        return role
    day = date_format(timezone.localtime(grant.expires_at), "DATE_FORMAT")
    return _("%(role)s until %(day)s") % {"role": role, "day": day}
