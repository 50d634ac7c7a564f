"""Private addresses of the wall screen: made for a monitor on which nobody signs in, revoked when it is taken down."""

from django.db import transaction
from django.utils import timezone

from redvest.core import access, audit
from redvest.duty.models import WallLink
from redvest.people.models import Account
from redvest.places.models import Area


@transaction.atomic
def make_wall_link(actor: Account, area_id: int, *, note: str = "") -> WallLink:
    """A new address for the wall of an area. Whoever has it sees the wall, without full names, until it is revoked."""
    area = access.fetch(actor, "duty.plan", Area.objects.all(), pk=area_id)
    link = WallLink.objects.create(area=area, note=note.strip()[:80], made_by=actor)
    audit.record(actor, "duty.wall_link_made", link, area_path=area.path)
    return link


@transaction.atomic
def revoke_wall_link(actor: Account, link_id: int) -> WallLink:
    """From now on the address shows nothing."""
    rows = WallLink.objects.select_for_update(of=("self",)).select_related("area")
    link = access.fetch(actor, "duty.plan", rows, pk=link_id)
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        audit.record(actor, "duty.wall_link_revoked", link, area_path=link.area.path)
    return link
