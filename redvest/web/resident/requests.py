"""A resident asks for help by the code in his building, and sees how it stands: no account, no script."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.needs.actions.ending import resident_says
from redvest.needs.actions.entering import Asked, ask_by_code
from redvest.needs.models import Request
from redvest.needs.queries import resident as queries
from redvest.web.forms.needs import ResidentForm

ELDER = "elder"
_YEAR = 365 * 24 * 3600


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """The page, in larger letters for whoever asked for them once; the choice stays on the phone."""
    asked = request.GET.get(ELDER, "")
    is_elder = asked == "1" if asked in ("0", "1") else request.COOKIES.get(ELDER) == "1"
    answer = render(request, template, context | {"elder": is_elder}, status=status)
    if asked in ("0", "1"):
        answer.set_cookie(ELDER, asked, max_age=_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    return answer


@never_cache
@require_safe
def choices(request: HttpRequest, token: str) -> HttpResponse:
    """Six large choices at the most, the most urgent first."""
    page = queries.by_code(token)
    if page is None:
        raise Http404(_("This code is not in use any more. Ask your community for the new paper."))
    return _page(request, "resident/choices.html", {"page": page, "token": token})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """Room, words, phone. Who asks for the same again is led to what is open already."""
    page = queries.by_code(token)
    chosen = next((each for each in page.choices if each.slug == kind), None) if page else None
    if page is None or chosen is None:
        raise Http404(_("This page does not exist any more. Scan the code in your building once more."))
    form = ResidentForm(request.POST or None, initial={"words": "" if chosen.priority != 1 else str(chosen.ask)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        asked = Asked(
            area=page.code.area_id,
            kind=kind,
            room=given["room"],
            words=given["words"],
            contact_name=given["contact_name"],
            contact_phone=given["contact_phone"],
            source=Request.Source.CODE,
        )
        found = ask_by_code(token, asked, anyway=given["anyway"])
        return redirect("resident:standing", found.token)
    context = {"page": page, "token": token, "kind": chosen, "form": form}
    return _page(request, "resident/ask.html", context, 422 if form.is_bound else 200)


@never_cache
@require_safe
def standing(request: HttpRequest, token: str) -> HttpResponse:
    """How my request stands, and three things I can say about it."""
    found = queries.standing(token)
    if found is None:
        raise Http404(_("This link leads to no request. Call the community office."))
    return _page(request, "resident/standing.html", {"standing": found, "token": token})


@require_POST
def say(request: HttpRequest, token: str) -> HttpResponse:
    """Still needed, no longer needed, or done."""
    resident_says(token, request.POST.get("says", ""), request.POST.get("words", ""))
    return redirect("resident:standing", token)
