"""The demo's stores: trucks and a donation received, kit handed out, a distribution under way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone

from redvest.people.models import Account, Person
from redvest.places.models import Area, Household
from redvest.supplies.actions import lists, medicine, moving, receiving, stores, trips
from redvest.supplies.actions.medicine import Wanted
from redvest.supplies.actions.receiving import Gift, Received
from redvest.supplies.models import Balance, Batch, Item, Leg, Movement, Store
from redvest.supplies.rules.allocation import Portion

KEEPERS = ("worker1", "worker2", "worker3")
# name, unit, kind, units in a carton, grams, days it keeps, word in the playbook
ITEMS: tuple[tuple[str, str, str, int, int, int | None, str], ...] = (
    ("蔬菜包", "份", "food", 1, 5000, 4, ""),
    ("大米", "袋", "food", 4, 5000, None, ""),
    ("鸡蛋", "板", "food", 6, 1800, 20, ""),
    ("纯牛奶", "箱", "food", 1, 3000, None, ""),
    ("婴儿奶粉2段", "罐", "food", 6, 900, None, ""),
    ("N95口罩", "只", "protective", 50, 8, None, "mask_n95"),
    ("医用外科口罩", "只", "protective", 50, 4, None, "mask_surgical"),
    ("面屏", "个", "protective", 20, 60, None, "face_shield"),
    ("隔离衣", "件", "protective", 10, 150, None, "gown"),
    ("一次性手套", "双", "protective", 50, 12, None, "gloves"),
    ("手消毒液", "瓶", "protective", 12, 600, None, "sanitiser"),
    ("额温枪", "支", "tool", 1, 200, None, "thermometer"),
)
FOOD = {"蔬菜包": (1050, 1060), "大米": (640, 640), "鸡蛋": (500, 506), "纯牛奶": (180, 180), "婴儿奶粉2段": (24, 24)}
KIT = {
    "N95口罩": 600,
    "医用外科口罩": 900,
    "面屏": 120,
    "隔离衣": 40,
    "一次性手套": 700,
    "手消毒液": 36,
    "额温枪": 8,
}


@transaction.atomic
def build(seed: int, say: Callable[[str], None]) -> None:
    """By the same actions as in real life; what came on earlier days is dated back to then."""
    dice, now = Random(f"{seed} supplies"), timezone.now()
    street = Account.objects.filter(username="street").first()
    if street is None:
        return
    items = _items(street)
    made: list[Store] = []
    for number, username in enumerate(KEEPERS):
        keeper = Account.objects.get(username=username)
        area = Area.objects.get(grants__account=keeper)
        store = stores.open_store(
            keeper, area.pk, name=f"{area.name}物资点", keeper=keeper.name, has_fridge=number == 0
        )
        made.append(store)
        _fill(dice, keeper, store, items, now, number)
        _hand_out_kit(dice, keeper, store, now)
    _medicine(Account.objects.get(username=KEEPERS[0]), made[0])
    _distribution(dice, Account.objects.get(username=KEEPERS[0]), made[0], items)
    say(f"{len(made)} stores, {Batch.objects.count()} batches, {Movement.objects.count()} movements of stock")


def _items(actor: Account) -> dict[str, Item]:
    return {
        name: stores.add_item(
            actor, name=name, unit=unit, kind=kind, pack=pack, weight_grams=grams, shelf_days=days, kit_code=code
        )
        for name, unit, kind, pack, grams, days, code in ITEMS
    }


def _fill(dice: Random, keeper: Account, store: Store, items: dict[str, Item], now: datetime, number: int) -> None:
    second = Person.objects.filter(home__path__startswith=store.area.path).order_by("number")[number].name
    # Protective kit of the first day.
    _receive(
        keeper,
        store,
        [
            Received(items[name].pk, int(units * dice.uniform(0.9, 1.1)), expires_on=now.date() + timedelta(days=700))
            for name, units in KIT.items()
        ],
        second,
        now - timedelta(days=3),
        source="巴南区应急物资储备库",
    )
    share = (1.0, 0.45, 0.3)[number]
    # Food of two days ago, of which some still lies there: in the third community nobody has allocated it.
    _receive(
        keeper,
        store,
        [Received(items["纯牛奶"].pk, 40, 40, now.date() + timedelta(days=5)), Received(items["鸡蛋"].pk, 60, 60)],
        second,
        now - timedelta(days=2, hours=3),
        source="区商务委保供组",
    )
    # This morning's truck: a few packs fewer than announced.
    lines = [
        Received(
            items[name].pk,
            int(counted * share),
            int(expected * share),
            condition="damaged" if name == "鸡蛋" and number == 0 else "good",
            note="6板压碎，未入库" if name == "鸡蛋" and number == 0 else "",
        )
        for name, (counted, expected) in FOOD.items()
    ]
    _receive(keeper, store, lines, second, now - timedelta(hours=4), source="区商务委保供组", handed_by="司机刘师傅")
    if number == 0:
        gift = Gift("巴南一家人超市", "+8619950000001", is_named=True, wish="优先给独居老人和有婴儿的家庭")
        _receive(
            keeper,
            store,
            [Received(items["纯牛奶"].pk, 60, 60, now.date() + timedelta(days=45))],
            second,
            now - timedelta(hours=20),
            gift=gift,
        )


def _receive(
    keeper: Account,
    store: Store,
    lines: list[Received],
    second: str,
    at: datetime,
    *,
    source: str = "",
    handed_by: str = "",
    gift: Gift | None = None,
) -> None:
    receiving.receive(
        keeper,
        store.pk,
        lines,
        counted_by=keeper.name,
        witness=second,
        source=source,
        handed_by=handed_by,
        gift=gift,
        at=at,
    )


def _hand_out_kit(dice: Random, keeper: Account, store: Store, now: datetime) -> None:
    """Kit for the posts on the last days: handed to whoever leads them, most of it used up since."""
    people = list(
        Person.objects.filter(home__path__startswith=store.area.path, state="verified").order_by("number")[:4]
    )
    kit = Balance.objects.filter(location__store=store, batch__item__kind="protective").select_related("batch__item")
    held = {row.batch_id: row.quantity for row in kit}
    for day in range(2, -1, -1):
        person = people[day % len(people)]
        wanted = {batch: min(quantity // 8, dice.randint(8, 60)) for batch, quantity in held.items() if quantity >= 24}
        moving.issue(keeper, store.pk, wanted, person.pk, purpose="卡口、采样点防护")
        place = Leg.objects.filter(location__person=person).latest("pk").location
        used = {batch: units for batch, units in wanted.items() if day or dice.random() < 0.5}
        if used:
            moving.write_off(keeper, used, custody_id=place.pk, reason="当班使用后废弃")


def _distribution(dice: Random, keeper: Account, store: Store, items: dict[str, Item]) -> None:
    """Vegetables and rice for one estate: published, two pairs out, most doors answered; a draft for infants."""
    estate = Area.objects.filter(parent=store.area, level=Area.Level.ESTATE).order_by("order").first()
    if estate is None:
        return
    rule = [
        Portion(items["蔬菜包"].pk, 1, for_people=3),
        Portion(items["大米"].pk, 1, needs=("lone_elderly", "bedridden", "dialysis", "low_income")),
    ]
    row = lists.draft_list(keeper, store.pk, estate.pk, f"{estate.name}蔬菜包", rule)
    lists.publish_list(keeper, row.pk)
    infants = [Portion(items["婴儿奶粉2段"].pk, 1, needs=("infant",))]
    lists.draft_list(keeper, store.pk, store.area.pk, "婴幼儿奶粉", infants)
    volunteer = Person.objects.get(account__username="v001")
    others = list(Person.objects.filter(home=estate, state="verified").exclude(pk=volunteer.pk).order_by("number")[:3])
    buildings = list(Area.objects.filter(parent=estate, level=Area.Level.BUILDING).order_by("order")[:3])
    for number, building in enumerate(buildings):
        pair = (others[0], others[1]) if number == 0 else (volunteer, others[2])
        parcels = list(row.parcels.filter(building=building).order_by("-household__floor", "pk"))
        out = trips.send_trip(keeper, row.pk, [each.pk for each in parcels], pair[0].pk, pair[1].pk)
        # The first pair is done, the second in the middle of its walk, the third has just left.
        walked = parcels if number == 0 else parcels[: len(parcels) // 3] if number == 1 else []
        for parcel in walked:
            _answer(dice, pair[0].account or keeper, parcel.pk)
        if number == 0:
            trips.end_trip(keeper, out["trip"])


def _answer(dice: Random, actor: Account, parcel: int) -> None:
    outcome = dice.choices(("delivered", "proxy", "absent", "refused"), (86, 6, 6, 2))[0]
    relation = dice.choice(("邻居", "子女", "楼栋长")) if outcome == "proxy" else ""
    trips.sign_off(actor, parcel, outcome, relation=relation)


def _medicine(keeper: Account, store: Store) -> None:
    """Three runs: one with the medicine in the volunteer's hands, one not begun, one done."""
    doors = list(
        Household.objects.filter(area__path__startswith=store.area.path, needs__contains=["chronic_medicine"])
        .select_related("area")
        .order_by("pk")[:3]
    )
    if len(doors) < 3:
        return
    today = timezone.localdate()
    volunteer = Person.objects.get(account__username="v001")
    assert volunteer.account is not None
    wanted = (
        Wanted(
            "苯磺酸氨氯地平片",
            "2盒",
            "江岸制药",
            "5mg×28片",
            hospital="滨江医院",
            card_tail="8812",
            runs_out_on=today,
        ),
        Wanted("门冬胰岛素注射液", "3支", "南山生物", "300单位", is_cold=True, hospital="滨江医院", card_tail="3307"),
        Wanted("二甲双胍缓释片", "4盒", "", "0.5g×30片", hospital="李家沱街道社区卫生服务中心"),
    )
    given: tuple[dict[str, Decimal | None], ...] = (
        {"card": None, "cash": Decimal(150), "box": None},
        {"card": None, "box": None},
        {"cash": Decimal(80), "slip": None},
    )
    runs = [
        medicine.open_run(keeper, door.pk, what, things, volunteer.pk if number != 1 else None)
        for number, (door, what, things) in enumerate(zip(doors, wanted, given, strict=True))
    ]
    for run, paid in ((runs[0], "96.40"), (runs[2], "51.20")):
        from_door = [thing.pk for thing in run.things.filter(holder="door")]
        medicine.hand_over(volunteer.account, run.pk, from_door, "person")
        back = [thing.pk for thing in run.things.filter(kind__in=["cash", "medicine"])]
        medicine.hand_over(volunteer.account, run.pk, back, "person", paid=Decimal(paid))
    medicine.hand_over(volunteer.account, runs[2].pk, [thing.pk for thing in runs[2].things.all()], "door")
    medicine.finish_run(keeper, runs[2].pk)
