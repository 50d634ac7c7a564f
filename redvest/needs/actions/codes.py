"""The codes on the papers that hang in buildings: made once, made anew when one was abused."""

from django.db import transaction
from django.utils.translation import gettext as _

from redvest.core import access, audit
from redvest.core.errors import Refused
from redvest.needs.models import ResidentCode
from redvest.people.models import Account, new_token
from redvest.places.models import Area

PLACES = (Area.Level.BUILDING, Area.Level.UNIT, Area.Level.ESTATE, Area.Level.GROUP)


@transaction.atomic
def make_codes(actor: Account, area: int) -> list[ResidentCode]:
    """A code for each building below an area (for the area itself where it has none); those that exist stay."""
    top = access.fetch(actor, "needs.print_codes", Area.objects.all(), pk=area)
    below = Area.objects.filter(path__startswith=top.path, level=Area.Level.BUILDING)
    if not below.exists():
        if top.level not in PLACES:
            raise Refused(_("There are no buildings here yet. Import the estates first."))
        below = Area.objects.filter(pk=top.pk)
    missing = below.filter(resident_code=None)
    made = [ResidentCode(area=place, made_by=actor) for place in missing]
    ResidentCode.objects.bulk_create(made, ignore_conflicts=True)
    if made:
        audit.record(actor, "needs.codes_made", top, area_path=top.path, detail={"count": len(made)})
    rows = ResidentCode.objects.filter(area__in=below).select_related("area__parent__parent")
    return list(rows.order_by("area__path"))


@transaction.atomic
def renew_code(actor: Account, area: int) -> ResidentCode:
    """A new code for a building; the old paper leads nowhere from now on."""
    rows = ResidentCode.objects.select_for_update(of=("self",)).select_related("area")
    code = access.fetch(actor, "needs.print_codes", rows, area=area)
    code.token = new_token()
    code.save(update_fields=["token"])
    audit.record(actor, "needs.code_renewed", code, area_path=code.area.path)
    return code
