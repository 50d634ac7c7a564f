"""Who counts as experienced beside a newcomer: part declared and checked, part earned by duty done (story S10)."""

from collections.abc import Collection

ENOUGH_MINUTES = 8 * 60


def is_experienced(*, said: str, is_verified: bool, sources: Collection[str], minutes: int) -> bool:
    """Duty done (``minutes`` of this incident), a skill earned or certified, or experience told and checked.

    ``said`` is what the person declared, ``sources`` where his skills come from.
    """
    earned = minutes >= ENOUGH_MINUTES or not {"earned", "certified"}.isdisjoint(sources)
    return earned or (is_verified and bool(said.strip()))
