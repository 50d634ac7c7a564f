"""The part of a playbook that is about residents: what they ask for, and when the stock for them needs attention."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from redvest.incidents.playbooks import schema
from redvest.incidents.playbooks.reader import Table, Words

NOTHING = Words("", "")


def requests(root: Table, posts: Mapping[str, object]) -> dict[str, schema.RequestKind]:
    """What residents ask for; none in playbooks that are older than their requests."""
    found = {key: _request(key, table, posts) for key, table in root.named("requests", 0).items()}
    choices = sum(kind.for_residents for kind in found.values())
    if found and not 1 <= choices <= schema.MOST_CHOICES:
        reason = _("must offer residents 1 to %(most)s kinds (for_residents = true), not %(number)s")
        root.problem("requests", reason % {"most": schema.MOST_CHOICES, "number": choices})
    return found


def _request(key: str, table: Table, posts: Mapping[str, object]) -> schema.RequestKind:
    kind = schema.RequestKind(
        slug=key,
        name=table.words("name"),
        ask=table.words("ask"),
        advice=table.words("advice") if table.has("advice") else NOTHING,
        priority=table.whole("priority", schema.PRIORITIES[0], schema.PRIORITIES[-1]),
        contact_minutes=table.whole("contact_minutes", 1, 7 * schema.DAY),
        done_minutes=table.whole("done_minutes", 1, 30 * schema.DAY),
        icon=table.choice("icon", schema.REQUEST_ICONS),
        for_residents=table.flag("for_residents", True),
        posts=table.names("posts", posts, _("posts")),
    )
    if kind.contact_minutes > kind.done_minutes:
        reason = _("must not be more than done_minutes (%(limit)s)")
        table.problem("contact_minutes", reason % {"limit": kind.done_minutes})
    return kind


def supplies(root: Table) -> schema.SupplyTimes:
    """Playbooks from before stock was kept say nothing of it; the defaults then hold."""
    usual = schema.SupplyTimes()
    if not root.has("supplies"):
        return usual
    table = root.table("supplies")
    if table is None:
        return usual
    return schema.SupplyTimes(
        unallocated_hours=table.whole("unallocated_hours", 1, 24 * 30, usual.unallocated_hours),
        expiry_days=table.whole("expiry_days", 0, 365, usual.expiry_days),
        cover_days=table.whole("cover_days", 1, 60, usual.cover_days),
        use_days=table.whole("use_days", 1, 30, usual.use_days),
    )
