"""The demo's street: the real tree of Banan, and in three communities of 李家沱街道 invented estates with households.

Coordinates are made up around the real places and only approximate.
"""

import math
from dataclasses import dataclass
from random import Random

from redvest.core import batches
from redvest.demo import names
from redvest.people.models import Account
from redvest.places.actions import next_keys
from redvest.places.importing.areas import DISTRICTS, AreaImporter
from redvest.places.models import Area, Household

Level = Area.Level
STREET = "500113006"
SEAT = (29.38, 106.54)  # the seat of the district; its areas are scattered around it
CENTRE = (29.468, 106.543)  # about the middle of the demo's street


@dataclass(frozen=True, slots=True)
class Estate:
    """An invented estate: buildings, floors and doors on each floor of a unit."""

    name: str
    buildings: int
    floors: int
    doors: int
    has_lift: bool


ESTATES: dict[str, tuple[Estate, Estate, Estate]] = {
    "500113006010": (
        Estate("望江苑", 8, 18, 3, True),
        Estate("榕树里", 7, 7, 4, False),
        Estate("青禾家园", 6, 11, 4, True),
    ),
    "500113006020": (
        Estate("锦绣滨江", 7, 18, 3, True),
        Estate("渝纺小区", 7, 7, 4, False),
        Estate("梧桐苑", 6, 11, 4, True),
    ),
    "500113006002": (
        Estate("江岸雅居", 7, 18, 3, True),
        Estate("书香门第", 6, 11, 4, True),
        Estate("南山云庭", 6, 18, 3, True),
    ),
}
# How many households of the demo have each need (domain.md section 13 fixes the first three).
NEEDS = (
    ("lone_elderly", 420),
    ("dialysis", 12),
    ("pregnant", 22),
    ("infant", 38),
    ("elderly_couple", 300),
    ("disabled", 150),
    ("bedridden", 35),
    ("chemotherapy", 9),
    ("child_alone", 8),
    ("chronic_medicine", 620),
    ("oxygen", 10),
    ("insulin", 85),
    ("hard_of_hearing", 45),
    ("dialect", 30),
    ("low_income", 90),
    ("pets", 700),
)


@dataclass(slots=True)
class Town:
    """What the other parts of the demo build on."""

    district: Area
    street: Area
    communities: list[Area]
    estates: list[Area]
    buildings: list[Area]
    elsewhere: list[Area]


def build(seed: int) -> Town:
    """Import the official areas, then make estates, buildings, units and households."""
    system = Account.objects.system()
    data = (DISTRICTS.parent / "banan_villages.csv").read_bytes()
    batch = batches.upload(system, AreaImporter, file_name="banan_villages.csv", data=data, area=None)
    batches.read(system, AreaImporter, batch.pk)
    batches.confirm(system, AreaImporter, batch.pk)
    dice = Random(f"{seed} places")
    _scatter(dice)
    communities = list(Area.objects.filter(code__in=ESTATES).order_by("code"))
    communities.sort(key=lambda area: list(ESTATES).index(area.code or ""))
    made: list[Area] = []
    doors: list[Household] = []
    for community in communities:
        for number, estate in enumerate(ESTATES[community.code or ""]):
            _estate(dice, community, number, estate, made, doors)
    Area.objects.bulk_create(made, batch_size=1000)
    _needs(dice, doors)
    Household.objects.bulk_create(doors, batch_size=2000)
    others = Area.objects.filter(level__in=(Level.COMMUNITY, Level.VILLAGE)).exclude(code__in=ESTATES)
    return Town(
        Area.objects.get(level=Level.DISTRICT),
        Area.objects.get(code=STREET),
        communities,
        [area for area in made if area.level == Level.ESTATE],
        [area for area in made if area.level == Level.BUILDING],
        list(others.order_by("code")),
    )


def _scatter(dice: Random) -> None:
    """Approximate places for every community: near the street's centre, streets around the seat of the district."""
    areas = list(Area.objects.exclude(level=Level.DISTRICT).order_by("code"))
    centres: dict[int, tuple[float, float]] = {}
    streets = [area for area in areas if area.level == Level.STREET]
    for number, street in enumerate(streets):
        angle = number * 2.4
        away = 0.02 + 0.012 * number
        centres[street.pk] = (
            CENTRE if street.code == STREET else (SEAT[0] + away * math.sin(angle), SEAT[1] + away * math.cos(angle))
        )
    for area in areas:
        middle = centres.get(area.pk) or centres[area.parent_id or 0]
        spread = 0.0 if area.level == Level.STREET else 0.009
        area.latitude = round(middle[0] + dice.uniform(-spread, spread), 5)
        area.longitude = round(middle[1] + dice.uniform(-spread, spread), 5)
    Area.objects.bulk_update(areas, ["latitude", "longitude"], batch_size=500)
    district = Area.objects.get(level=Level.DISTRICT)
    district.latitude, district.longitude = SEAT
    district.save(update_fields=["latitude", "longitude"])


def _estate(dice: Random, community: Area, number: int, plan: Estate, made: list[Area], doors: list[Household]) -> None:
    at = (
        (community.latitude or CENTRE[0]) + 0.0025 * (number - 1),
        (community.longitude or CENTRE[1]) + dice.uniform(-0.002, 0.002),
    )
    estate = _node(community, Level.ESTATE, plan.name, number, at)
    estate.contact_name, estate.contact_phone = names.person(dice), _phone(dice)
    made.append(estate)
    for building_number in range(1, plan.buildings + 1):
        spot = (at[0] + dice.uniform(-0.0009, 0.0009), at[1] + dice.uniform(-0.0009, 0.0009))
        building = _node(estate, Level.BUILDING, f"{building_number}栋", building_number, spot)
        building.floors, building.has_lift = plan.floors, plan.has_lift
        building.contact_name, building.contact_phone = names.person(dice), _phone(dice)
        made.append(building)
        for unit_number in range(1, (3 if building_number % 3 == 1 else 2) + 1):
            unit = _node(building, Level.UNIT, f"{unit_number}单元", unit_number, None)
            made.append(unit)
            doors += _doors(dice, unit, plan)


def _node(parent: Area, level: str, name: str, order: int, at: tuple[float, float] | None) -> Area:
    key = next_keys(1)[0]
    return Area(
        pk=key,
        parent=parent,
        path=f"{parent.path}{key}/",
        depth=parent.depth + 1,
        level=level,
        name=name,
        order=order,
        latitude=round(at[0], 5) if at else None,
        longitude=round(at[1], 5) if at else None,
    )


def _doors(dice: Random, unit: Area, plan: Estate) -> list[Household]:
    """The inhabited doors of a unit; one in thirty stands empty."""
    return [
        Household(
            area=unit,
            room=f"{floor}{door:02d}",
            floor=floor,
            people=dice.choices((1, 2, 3, 4, 5, 6), (19, 30, 28, 15, 6, 2))[0],
            contact_name=names.person(dice),
            contact_phone=_phone(dice),
        )
        for floor in range(1, plan.floors + 1)
        for door in range(1, plan.doors + 1)
        if dice.random() > 0.033
    ]


def _phone(dice: Random) -> str:
    """A number of the right shape; the demo sends nothing anywhere."""
    return f"+861990{dice.randrange(10_000_000):07d}"


def _needs(dice: Random, doors: list[Household]) -> None:
    for need, count in NEEDS:
        for door in dice.sample(doors, count):
            door.needs.append(need)
            if need == "lone_elderly":
                door.people = 1
                if dice.random() < 0.4:
                    door.needs.append("no_smartphone")
            elif need in ("pregnant", "infant", "elderly_couple"):
                door.people = max(door.people, 2)
    for door in doors:
        door.needs = sorted(set(door.needs))
