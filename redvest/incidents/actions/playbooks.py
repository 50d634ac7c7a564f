"""Installing playbooks: a version once installed never changes, a better one is a new version."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from redvest.core import access, audit
from redvest.core.errors import Refused
from redvest.incidents.models import Playbook
from redvest.incidents.playbooks import loader
from redvest.incidents.playbooks.reader import PlaybookInvalid
from redvest.people.models import Skill

if TYPE_CHECKING:
    from redvest.people.models import Account


@transaction.atomic
def install_playbook(actor: "Account", file: str, text: str) -> Playbook:
    """Check a playbook's TOML and make it the current version of its kind, with the skills it asks for.

    The same version with the same text changes nothing. Raises Refused with every problem of a wrong one
    (``details["problems"]``) and when a version number is used again for another text.
    """
    access.require(actor, "incidents.install_playbook")
    try:
        content = loader.load(file, text)
    except PlaybookInvalid as error:
        sentence = _("This playbook cannot be used. First problem: %(problem)s Mend it and try again.")
        raise Refused(
            sentence % {"problem": error.problems[0]}, code="invalid", details={"problems": list(error.problems)}
        ) from error
    versions = Playbook.objects.select_for_update().filter(slug=content.slug)
    found = next((row for row in versions if row.version == str(content.version)), None)
    if found is not None:
        if found.text != text:
            sentence = _("Version %(version)s is installed with another text. Raise the version number in the file.")
            raise Refused(sentence % {"version": content.version}, code="version_taken")
        return found
    versions.filter(is_current=True).update(is_current=False)
    row = Playbook.objects.create(
        slug=content.slug,
        version=str(content.version),
        name_zh=content.name.zh,
        name_en=content.name.en,
        text=text,
    )
    for skill in content.skills.values():
        Skill.objects.get_or_create(code=skill.slug, defaults={"name_zh": skill.name.zh, "name_en": skill.name.en})
    audit.record(actor, "incidents.playbook_installed", row, detail={"slug": row.slug, "version": row.version})
    return row


@transaction.atomic
def install_shipped_playbooks(actor: "Account") -> list[Playbook]:
    """Install the playbooks that come with the product; what is installed already stays as it is."""
    return [install_playbook(actor, file, text) for file, text in loader.shipped().items()]
