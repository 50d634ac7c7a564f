"""What the people, posts and shifts of a roster are called in the reader's language."""

from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from redvest.duty.models import Shift
from redvest.duty.planning.book import short_name
from redvest.duty.planning.material import Material
from redvest.duty.planning.sentences import Names
from redvest.incidents.playbooks.schema import Playbook


def names_for(material: Material) -> Names:
    """The names that sentences about this roster use."""
    shifts = {**material.past, **material.shifts}
    return Names(
        people={key: member.person.name for key, member in material.members.items()},
        shifts={key: shift_words(material.book, shift, material.zone) for key, shift in shifts.items()},
        skills=skill_names(material.book),
        posts={str(key): short_name(material.book, post) for key, post in material.posts.items()},
        zone=material.zone,
    )


def skill_names(book: Playbook) -> dict[str, str]:
    return {slug: str(skill.name) for slug, skill in book.skills.items()}


def shift_words(book: Playbook, shift: Shift, zone: ZoneInfo, *, in_full: bool = False) -> str:
    """``Checkpoint 1 on 24 Nov, 17:30–01:15``; ``in_full`` with the post's own name, for those who see no grid."""
    starts, ends = shift.starts.astimezone(zone), shift.ends.astimezone(zone)
    fields = {
        "post": shift.post.name if in_full else short_name(book, shift.post),
        "day": date_format(starts, pgettext("day of the month and month", "j M")),
        "from": f"{starts:%H:%M}",
        "until": f"{ends:%H:%M}",
    }
    return _("%(post)s on %(day)s, %(from)s–%(until)s") % fields
