"""What the coming shifts wear: duty knows shifts and kits, supplies how long its stock lasts for them."""

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from redvest.core import access
from redvest.duty.models import Shift

if TYPE_CHECKING:
    from redvest.people.models import Account
    from redvest.places.models import Area


def kit_needs(actor: "Account", area: "Area | None" = None, *, days: int = 3) -> dict[str, float]:
    """Units a day of each part of protective kit, by the playbook's word, for the shifts of the next days."""
    now = timezone.now()
    rows = Shift.objects.filter(starts__gte=now, starts__lt=now + timedelta(days=days))
    rows = rows.exclude(state=Shift.State.CANCELLED).exclude(post__kit=[])
    if area is not None:
        rows = rows.filter(post__area__path__startswith=area.path)
    needs: dict[str, float] = defaultdict(float)
    for kit, wanted, taken in access.scope(actor, "duty.see", rows).values_list("post__kit", "wanted", "taken"):
        for line in kit:
            heads = max(wanted, taken) if line.get("per") != "post" else 1
            needs[line["item"]] += line["quantity"] * heads / days
    return dict(needs)
