"""What a line looks like: a title, an example, a heading, a key of a form, the end of a list, a door."""

import re
from functools import lru_cache

from redvest.needs.importing import address, inline
from redvest.needs.importing.lines import Line

EXAMPLE = re.compile(
    r"^\s*[\[(]?(?:例如|举例|示例|范例|例子|样例|模板|格式|填写格式|参考|比如|例|如)[\])]?\s*(?:[:：.]|\s|"
    r"(?=[0-9A-Za-z]))|(?:格式|示例|例如?|样例|模板)\s?[:：]|^\s*(?:按|请按).{0,12}格式|\(例\)|\(示例\)"
)
CLOSING = re.compile(
    r"^\W*(?:以上|截止|截至|统计完|接龙结束|完毕|结束|到此|合计|总计|共计|总共|一共|小计|收工|谢谢(?:大家|"
    r"各位|配合|志愿者|团长)|感谢(?:大家|各位|配合)|请(?:大家|各位|没有|未)|大家|各位|@所有人|没接的|"
    r"还没(?:接|报|填)|未接龙|注意|备注|说明|注[:：]|ps|PS|温馨提示|有问题|辛苦)|"
    r"截止(?:时间|到|今|\W*$)|接龙(?:完毕|结束|截止)|(?:尽快|抓紧)接龙|(?:欢迎|继续)接龙"
)
TITLE = re.compile(
    r"接龙|统计|登记|报名|团购|菜单|清单|如下|格式|价格表|名单|请.{0,10}(?:填|写|报|接)|大家|各位|通知|"
    r"Group Note|group note|参与|格式|需要的|房号\s?[+＋]|楼栋|截止|[:：]\s*$"
)
KEY = re.compile(
    r"^\s*[\[(]?(跟团号|接龙号|楼栋房号|楼房号|楼栋单元|所需物品|所需药品|需求物品|物品清单|物品|人员情况|家庭情况|基本情况|家庭成员|特殊情况|所需|订单号|姓名|名字|称呼|收货人|自提人|昵称|联系人|户主|电话|手机号?|联系电话|联系方式|地址|收货地址|住址|家庭住址|"
    r"详细地址|楼栋号?|楼号|栋号|单元号?|房号|房间号?|室号|门牌号?|人数|小区|需求|需要|所需物资|物资|求助内容|"
    r"内容|情况|诉求|商品|药品?|药名|药品名称|数量|规格|备注|年龄|性别|病情|紧急程度|症状)"
    r"(?:\s?[\])]\s?[:：]?|\s?[:：])\s*"
)
CALL = re.compile(
    r"(?:回[复覆]|接龙|报(?:名|一下|房号|数)|登记|需要的|要的|统计).{0,12}(?:房号|数量|份数|门牌|回复|报|"
    r"接龙|登记|扣1|\+1)|有没有.{0,4}需要(?!帮)|请(?:大家|各位|邻居)?(?:回[复覆]|接龙|报名|登记)"
)
HASH = re.compile(r"\s*#\s?(?:接龙|Group Note)", re.IGNORECASE)
SHORT_HEADING = 12
_LED = re.compile(
    r"\s*[\[(]?(?:(?:[0-9A-Za-z]{1,3}|[一二三四五六七八九十]{1,3})\s?(?:号楼|栋|幢|座|号|#|楼)\s?)?(?:(?:[0-9]{1,2}|[一二三四五六七八九十])\s?"
    r"(?:单元|门(?!口)))?[\])]?\s?[:：]\s*(?=[0-9])"
)


def is_title(line: Line) -> bool:
    """A line that introduces a list."""
    words = line.words
    if EXAMPLE.search(words) or is_heading(words):
        return True
    return bool(TITLE.search(words)) and door(words) is None and not re.match(r"^\W*(?:以上|谢谢|感谢|截止)", words)


def is_heading(words: str) -> bool:
    """A line that only names a building or unit."""
    found = address.place(words)
    return (
        found is not None
        and len(words.strip()) <= SHORT_HEADING
        and door(words) is None
        and not re.search(r"[0-9一二两三四五六七八九十]\s?(?:人|份|盒|个|斤)", words)
    )


def led_by(line: Line) -> int:
    """Where the doors begin in a line that names their building first: 1单元：301 1人 402 2人; 0 without one."""
    hit = _LED.match(line.plain.text, line.body)
    if hit is None or not is_heading(hit.group()):
        return 0
    found = door(line.plain.text[hit.end() :])
    return hit.end() if found is not None and found.start == 0 and found.bare else 0


@lru_cache(maxsize=1024)
def door(words: str) -> address.Address | None:
    """The first door in the words, phones and times aside."""
    return address.find(inline.hidden(words))
