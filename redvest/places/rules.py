"""Pure decisions about places: which node may hang from which, how an official name is shortened, how far it is."""

import math
import re

from redvest.places.models import Area, NeedFlag

Level = Area.Level

# What may hang below what. An estate hangs from a community or a grid, a village has groups instead of estates.
BELOW: dict[str, tuple[str, ...]] = {
    Level.CITY: (Level.DISTRICT,),
    Level.DISTRICT: (Level.STREET,),
    Level.STREET: (Level.COMMUNITY, Level.VILLAGE),
    Level.COMMUNITY: (Level.GRID, Level.ESTATE, Level.GROUP, Level.BUILDING),
    Level.VILLAGE: (Level.GROUP, Level.GRID, Level.ESTATE, Level.BUILDING),
    Level.GRID: (Level.ESTATE, Level.GROUP, Level.BUILDING),
    Level.GROUP: (Level.BUILDING,),
    Level.ESTATE: (Level.BUILDING,),
    Level.BUILDING: (Level.UNIT,),
    Level.UNIT: (),
}
OFFICIAL = frozenset({Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY, Level.VILLAGE})
WITH_DOORS = frozenset({Level.GROUP, Level.ESTATE, Level.BUILDING, Level.UNIT})

# Whose need can wait least, first (domain.md section 3: life, then medicine, then those who depend on others).
LEAST_PATIENT = (
    NeedFlag.OXYGEN,
    NeedFlag.DIALYSIS,
    NeedFlag.INSULIN,
    NeedFlag.PREGNANT,
    NeedFlag.INFANT,
    NeedFlag.CHEMOTHERAPY,
    NeedFlag.CHILD_ALONE,
    NeedFlag.BEDRIDDEN,
    NeedFlag.LONE_ELDERLY,
    NeedFlag.DISABLED,
    NeedFlag.CHRONIC_MEDICINE,
    NeedFlag.ELDERLY_COUPLE,
    NeedFlag.HARD_OF_HEARING,
    NeedFlag.NO_SMARTPHONE,
    NeedFlag.DIALECT,
    NeedFlag.LOW_INCOME,
    NeedFlag.PETS,
)

_ENDINGS = (
    ("社区居民委员会", "社区", Level.COMMUNITY),
    ("社区居委会", "社区", Level.COMMUNITY),
    ("村村民委员会", "村", Level.VILLAGE),
    ("村民委员会", "村", Level.VILLAGE),
    ("村委会", "村", Level.VILLAGE),
    ("居民委员会", "社区", Level.COMMUNITY),
    ("居委会", "社区", Level.COMMUNITY),
)


def community_name(full: str, code: str = "") -> tuple[str, str]:
    """The short name and the level: 宝盖寺社区居民委员会 is 宝盖寺社区, 其龙村村民委员会 is 其龙村.

    Where the name has none of the usual endings, the last three digits of the code decide (a village from 200 on).
    """
    for ending, kept, level in _ENDINGS:
        if full.endswith(ending) and len(full) > len(ending):
            stem = full.removesuffix(ending)
            return (stem if stem.endswith(kept) else stem + kept), level
    is_village = code[9:12].isdigit() and int(code[9:12]) >= 200
    return full, Level.VILLAGE if is_village else Level.COMMUNITY


def building_name(spelled: str) -> str:
    """3, 3#, 3幢 and 3号楼 are one building: 3栋. Anything else keeps its name (A座, 和平街28号)."""
    plain = re.fullmatch(r"([0-9]+)\s*(?:栋|幢|号楼|#|＃|号栋|楼)?", spelled)
    return f"{int(plain.group(1))}栋" if plain else spelled


def unit_name(spelled: str) -> str:
    """2 and 2单元 are one stairwell unit."""
    plain = re.fullmatch(r"([0-9]+)\s*(?:单元|门|梯)?", spelled)
    return f"{int(plain.group(1))}单元" if plain else spelled


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The straight distance over ground in kilometres."""
    upper, lower = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((lower - upper) / 2) ** 2
    across = math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 12742.0 * math.asin(math.sqrt(half + math.cos(upper) * math.cos(lower) * across))


def door(building: str, unit: str, room: str) -> str:
    """How lists name a door: ``3栋2单元 1203``."""
    return f"{building}{unit} {room}".strip()
