"""What a list is for: counting heads, ordering goods, or anything else; and what a bare number in it stands for."""

import re
from collections import Counter
from dataclasses import dataclass

from redvest.needs.importing import address, goods, inline, kinds, noise, people, quantities, wording
from redvest.needs.importing.items import MASK
from redvest.needs.importing.layout import Block
from redvest.needs.importing.vocabulary import Kind, ListKind, Need

_HEADS = re.compile(
    r"核酸|采样|检测(?!试剂)|做核|全员|人数|几人|几个人|应检|参检|居住人|在家人|常住|住户登记|人口|摸排|"
    r"转移|安置|撤离|接种|体检|下楼|就餐|用餐人"
)
_GOODS = re.compile(
    r"团|订购|预订|预定|订(?:菜|奶|货|餐|单)|购|买|价格?|[0-9]元|配送|领取|发放|认领|份数|几份|品种|数量|"
    r"套餐|菜单|物资|下单|代配药|配药|买药|药品|需求"
)
_HELP = re.compile(r"求助|困难|诉求|帮助|互助|需要帮|有需要的|问题")
_LEAD = re.compile(
    r"^(?:[\W_]|接龙|团购|本次|今日|今天|明天|明日|第[一二三四五六七八九0-9]+(?:期|批|次)|社区|小区|物业|"
    r"街道|政府|免费|统计|登记|需要|想要|要|购买|买|订购|预订|预定|订|领取|领|发放|认领|申领|各位|邻居们?|"
    r"大家|请|有|的|开团|特价|新鲜到货|报名|关于|一下|团长|居民|代购|代买|采购|配送|集中|配)+"
)
_TAIL = re.compile(
    r"(?:[\W_]|接龙|团购|统计表?|登记表?|报名|预订|预定|订购|领取|发放|认领|申领|团|订单|名单|汇总|的|"
    r"开团|开始|啦|了|需要|请|数量|份数|每户|每家|一份|通知|情况|采购|购买|活动|配送|自提|拼)+$"
)
_AFTER = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?:统一|集体|团购|团餐|拼团|开团|预订|预定|订购|订餐|发放|登记|统计|接龙|签收|领取|"
    r"领用|报名|名单|名册|汇总|配送|需求|认领|申领|代购|采购|购买|分发|下单|到货|活动|情况|自取|人数|"
    r"数量).*$"
)
_PLEA = {"紧急程度", "求助内容", "诉求", "病情", "症状", "人员情况"}  # keys of forms in which somebody asks for help
_MENTION = re.compile(r"菜单|清单|楼|栋|房号|室号|格式|截止|点前|姓名|电话")


@dataclass(frozen=True, slots=True)
class Purpose:
    """The kind of a list; ``certain`` when its title says so; ``only`` is the single thing that is ordered."""

    kind: ListKind
    certain: bool
    only: str = ""


def purpose(block: Block) -> Purpose:
    """Judge by the title first, then by what stands behind the doors."""
    title = block.title_text
    if block.menu and block.listed:
        only = block.menu.dishes[0].name if len(block.menu.dishes) == 1 else ""
        return Purpose(ListKind.ORDER, True, only)
    if not block.listed:
        return Purpose(ListKind.FREE, True, product(block.call) if block.call else "")
    if any(_PLEA & piece.labels for piece in block.pieces):
        return Purpose(ListKind.FREE, True)
    heads, wares = bool(_HEADS.search(title)), bool(_GOODS.search(title)) or goods.is_goods(title)
    votes = _votes(block)
    counted, ordered, told = votes["heads"], votes["goods"], votes["words"]
    if heads and not (wares and ordered > counted):
        return Purpose(ListKind.HEAD_COUNT, True)
    if _HELP.search(title) and not wares:
        return Purpose(ListKind.FREE, True)
    if counted and not ordered and not _GOODS.search(title):
        return Purpose(ListKind.HEAD_COUNT, True)
    only = product(title) if wares else ""
    if wares and not (told > (ordered + counted + votes["numbers"]) and not only):
        return Purpose(ListKind.ORDER, True, only)
    if ordered and ordered >= counted and ordered >= told:
        return Purpose(ListKind.ORDER, False)
    if counted + votes["numbers"] and counted + votes["numbers"] >= told:
        return Purpose(ListKind.HEAD_COUNT, counted > 0)
    return Purpose(ListKind.FREE, False)


def _votes(block: Block) -> "Counter[str]":
    votes: Counter[str] = Counter()
    for piece in block.pieces:
        for line in piece.lines:
            votes[_vote(line.words)] += 1
    return votes


def _vote(words: str) -> str:
    text = inline.hidden(words)
    door = address.find(text)
    if door is not None:
        text = text[: door.start] + MASK + text[door.end :]
    speech, lane = kinds.speech(words), kinds.lane(words)
    if speech[0] is Kind.OFFER or (speech == (Kind.INFORMATION, True) and door is None):
        return "words"
    if lane in (Need.LIFE_DANGER, Need.HOSPITAL, Need.REPAIR, Need.WASTE, Need.CARE):
        return "words"
    if re.search(r"需要|急|求|帮|吗|能不能|怎么|可以|麻烦", text) and len(text) > 16:
        return "words"
    if any(not amount.is_bare for amount in quantities.find(text)) or goods.is_goods(text):
        return "goods"
    if people.worded(text) is not None:
        return "heads"
    tail = text.split(MASK)[-1] if door is not None else text
    if people.bare(tail) is not None:
        return "numbers"
    return "words" if len(wording.strip_name(tail)) > 8 else "none"


def product(title: str) -> str:
    """The single thing that a title offers: 团购土鸡蛋，30枚一板 offers 土鸡蛋. Empty when it names several or none."""
    text = inline.masked(title, noise.spans(title))
    found: list[str] = []
    for part in re.split(r"[\s,，;；:：。!！?？()\[\]\n、+/|~\ue000]+", text):
        part = re.sub(r"的(?:邻居|业主|朋友)?(?:请|回[复覆]|报|接|来|扣|联系|私|举手|登).*$", "", part)
        if not goods.is_goods(part.replace("菜单", "")) or re.match(r"^\W*(?:截止|格式|例)", part):
            continue
        name = _TAIL.sub("", _AFTER.sub("", _LEAD.sub("", part)))
        amounts = quantities.find(name)
        if amounts:
            name = name[: amounts[0].start] if amounts[0].start > 0 else name[amounts[0].end :]
        name = wording.strip_name(name)
        if not name or not goods.is_goods(name) or len(name) > 10 or _MENTION.search(name):
            name = goods.word_in(part)
        if name and not any(name in other for other in found):
            found = [other for other in found if other not in name] + [name]
    return found[0] if found else ""
