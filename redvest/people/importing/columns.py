"""The columns of a people spreadsheet under the names that offices give them."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.core.sheets import cells, dates
from redvest.core.sheets.cells import Found, Wrong, tidy
from redvest.core.sheets.headers import Column
from redvest.core.sheets.reading import Cell
from redvest.core.sheets.troubles import Trouble
from redvest.people.models import Availability, Person
from redvest.people.rules import PoliticalStatus, SpokenLanguage

KINDS: dict[str, str] = {
    "志愿者": Person.Kind.VOLUNTEER,
    "社会志愿者": Person.Kind.VOLUNTEER,
    "volunteer": Person.Kind.VOLUNTEER,
    "工作人员": Person.Kind.STAFF,
    "下沉干部": Person.Kind.STAFF,
    "干部": Person.Kind.STAFF,
    "职工": Person.Kind.STAFF,
    "在职": Person.Kind.STAFF,
    "staff": Person.Kind.STAFF,
}
LANGUAGES: dict[str, str] = {
    "普通话": SpokenLanguage.MANDARIN,
    "汉语": SpokenLanguage.MANDARIN,
    "mandarin": SpokenLanguage.MANDARIN,
    "重庆话": SpokenLanguage.CHONGQING,
    "四川话": SpokenLanguage.CHONGQING,
    "本地话": SpokenLanguage.CHONGQING,
    "方言": SpokenLanguage.CHONGQING,
    "粤语": SpokenLanguage.CANTONESE,
    "广东话": SpokenLanguage.CANTONESE,
    "手语": SpokenLanguage.SIGN,
    "英语": SpokenLanguage.ENGLISH,
    "english": SpokenLanguage.ENGLISH,
    "日语": SpokenLanguage.JAPANESE,
    "韩语": SpokenLanguage.KOREAN,
    "朝鲜语": SpokenLanguage.KOREAN,
    "法语": SpokenLanguage.FRENCH,
    "俄语": SpokenLanguage.RUSSIAN,
    "西班牙语": SpokenLanguage.SPANISH,
    "越南语": SpokenLanguage.VIETNAMESE,
    "藏语": SpokenLanguage.TIBETAN,
    "维吾尔语": SpokenLanguage.UYGHUR,
    "维语": SpokenLanguage.UYGHUR,
    "彝语": SpokenLanguage.YI,
    **{code: language for language in SpokenLanguage if (code := str(language.value))},
}
POLITICAL: dict[str, str] = {
    "中共党员": PoliticalStatus.PARTY_MEMBER,
    "党员": PoliticalStatus.PARTY_MEMBER,
    "中共预备党员": PoliticalStatus.PARTY_MEMBER,
    "预备党员": PoliticalStatus.PARTY_MEMBER,
    "共青团员": PoliticalStatus.LEAGUE_MEMBER,
    "团员": PoliticalStatus.LEAGUE_MEMBER,
    "民主党派": PoliticalStatus.OTHER_PARTY,
    "群众": PoliticalStatus.PUBLIC,
    "无": PoliticalStatus.PUBLIC,
}
OPEN_ENDS = ("解封", "解除", "结束为止", "结束", "长期", "至今", "永久", "until")


def until(cell: Cell) -> Found:
    """A day, or an open end: "解封为止" is kept as the event at which the availability ends, 长期 as no end at all."""
    value = tidy(cell)
    if any(word in value for word in OPEN_ENDS):
        return Found("" if value in ("长期", "至今", "永久") else value[:120])
    return dates.date(cell)


def daily_hours(cell: Cell) -> Found:
    """08:00-18:00, 上午8点-下午6点, 全天."""
    value = tidy(cell).replace("：", ":").replace("～", "-").replace("~", "-").replace("—", "-").replace("至", "-")
    if value in ("全天", "24小时", "不限", "随时"):
        return Found("")
    begin, dash, end = value.partition("-")
    if not dash:
        raise Wrong(Trouble.DATE_WRONG)
    first: time = dates.hour(begin).value
    last: time = dates.hour(end).value
    if first == last:
        return Found("")
    return Found([first.isoformat("minutes"), last.isoformat("minutes")])


def plain(value: Any) -> Any:
    """The value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def availability(pk: int, values: dict[str, Any]) -> Availability | None:
    """What the row says about time: whole days of the installation's time zone, an event or nothing as the end."""
    starts, ends, daily = values.get("available_from"), values.get("available_until"), values.get("daily") or None
    if starts is None and ends is None and daily is None:
        return None
    zone = timezone.get_default_timezone()
    first = datetime.combine(date.fromisoformat(starts), time(), tzinfo=zone) if starts else timezone.now()
    last: datetime | None = None
    event = ""
    if ends:
        try:
            last = datetime.combine(date.fromisoformat(ends), time(23, 59, 59), tzinfo=zone)
        except ValueError:
            event = ends
    if last is not None and last <= first:
        return None
    hours = (time.fromisoformat(daily[0]), time.fromisoformat(daily[1])) if daily else (None, None)
    return Availability(
        person_id=pk,
        kind=Availability.Kind.CAN,
        starts=first,
        ends=last,
        until_event=event,
        daily_from=hours[0],
        daily_until=hours[1],
    )


COLUMNS = (
    Column("name", ("姓名", "志愿者姓名", "人员姓名", "名字", "name"), cells.name(60), required=True),
    Column(
        "phone",
        ("手机号", "手机", "手机号码", "联系电话", "电话", "联系方式", "电话号码", "移动电话", "phone", "mobile"),
        cells.phone,
        width=16,
    ),
    Column(
        "organisation",
        (
            "单位",
            "所属单位",
            "工作单位",
            "组织",
            "所属组织",
            "队伍",
            "志愿组织",
            "服务队",
            "organisation",
            "organization",
        ),
        cells.name(80),
        width=24,
    ),
    Column(
        "kind",
        ("人员类别", "类别", "身份", "人员类型", "kind"),
        cells.choice(KINDS),
        choices=("志愿者", "工作人员"),
        help=_("Staff are on official secondment; everybody else is a volunteer."),
    ),
    Column("street", ("街道", "镇街", "乡镇", "居住街道", "subdistrict", "street"), cells.name(60)),
    Column("community", ("社区", "居住社区", "村社区", "村居", "社区村", "community"), cells.name(60)),
    Column("estate", ("小区", "居住小区", "estate"), cells.name(60)),
    Column("home_address", ("住址", "家庭住址", "居住地址", "地址", "现住址", "address"), cells.text(120), width=30),
    Column("birth_year", ("出生年", "出生年份", "出生年月", "出生日期", "生日", "birth year"), dates.year),
    Column("skills", ("技能", "特长", "专业技能", "服务技能", "skills"), cells.parts(40, 20), width=26),
    Column(
        "experience", ("经历", "服务经历", "经验", "志愿服务经历", "工作经历", "experience"), cells.text(300), width=30
    ),
    Column(
        "languages",
        ("语言", "语种", "languages"),
        cells.choices({name.lower(): str(code) for name, code in LANGUAGES.items()}),
        choices=("普通话", "重庆话", "英语", "手语"),
        width=26,
    ),
    Column(
        "political_status",
        ("政治面貌", "political status"),
        cells.choice({name: str(code) for name, code in POLITICAL.items()}),
        choices=("中共党员", "共青团员", "民主党派", "群众"),
        help=_("Optional. It decides nothing."),
    ),
    Column("available_from", ("可服务开始", "可服务起", "开始日期", "起始日期", "available from"), dates.date),
    Column(
        "available_until",
        ("可服务结束", "可服务止", "结束日期", "截止日期", "available until"),
        until,
        help=_("A day, or an event such as “until the lift”."),
    ),
    Column("daily", ("每日时段", "服务时段", "可服务时段", "时段", "daily hours"), daily_hours, help="08:00-18:00"),
    Column("max_distance_km", ("最远距离", "服务半径", "最远公里", "max distance km"), cells.whole(0, 500)),
    Column("emergency_contact", ("紧急联系人", "紧急联系方式", "emergency contact"), cells.text(80), width=24),
)
