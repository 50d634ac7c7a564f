"""The incident's playbook as duty needs it: post kinds, patterns, names in the reader's language."""

from typing import TYPE_CHECKING

from redvest.incidents.playbooks.schema import Pattern, Playbook
from redvest.incidents.queries.incidents import playbook_of

if TYPE_CHECKING:
    from redvest.duty.models import Post

FIRST_CJK = 0x2E80
LETTERS = 7  # of a name in letters, on a chip

__all__ = ["chip_name", "group_name", "kind_name", "playbook_of", "shift_name", "short_name"]


def kind_name(book: Playbook, kind: str) -> str:
    """The name of a post kind in the reader's language."""
    found = book.posts.get(kind)
    return str(found.name) if found else kind


def short_name(book: Playbook, post: "Post") -> str:
    """``Checkpoint 3``: the kind in the reader's language and the post's number; its own name when it has no number."""
    return f"{kind_name(book, post.kind)} {post.number}" if post.number else post.name


def chip_name(book: Playbook, post: "Post", *, counted: bool) -> str:
    """The shortest name that tells posts of a roster apart: ``核酸 1``, ``Sampl. 1``; without number when alone."""
    if not post.number:
        return post.name
    name = kind_name(book, post.kind)
    word = name.split()[0]
    shortened = word if len(word) <= LETTERS else word[: LETTERS - 2] + "."
    short = name[:2] if ord(name[0]) >= FIRST_CJK else shortened
    return f"{short} {post.number}" if counted else short


def shift_name(pattern: Pattern | None, label: str) -> str:
    """The name of a shift of the pattern in the reader's language; a freely given label as it is."""
    for shift in pattern.shifts if pattern else ():
        if shift.slug == label:
            return str(shift.name)
    return label


def group_name(pattern: Pattern | None, group: str) -> str:
    for each in pattern.groups if pattern else ():
        if each.slug == group:
            return str(each.name)
    return group.upper()
