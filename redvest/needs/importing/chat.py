"""What chat programs add around messages: senders and times, rules between days, quoted replies."""

import re

from redvest.needs.importing import contacts

_DATE = r"(?:(?:20)?[0-9]{2}[-/.年])?[01]?[0-9][-/.月][0-3]?[0-9]日?"
_TIME = r"(?:上午|下午|晚上|凌晨|早上|中午)?\s?[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?\s?(?:AM|PM|am|pm)?"
_DAY = r"(?:今天|昨天|前天|星期[一二三四五六日天]|周[一二三四五六日天])"
_WHEN = rf"(?:(?:{_DATE}(?![0-9])|{_DAY})[ ,]*{_TIME}|{_TIME})"
_SENDER_TIME = re.compile(rf"^\s*(?P<who>[^\n]{{1,40}}?)\s+\(?{_WHEN}\)?\s*:?\s*$")
_TIME_SENDER = re.compile(rf"^\s*[\[(]?{_WHEN}[\])]?\s*[-,]?\s*(?P<who>[^\n:]{{1,40}}?)\s*:\s*$")
_TIME_SENDER_TEXT = re.compile(rf"^\s*[\[(]?{_WHEN}[\])]?\s*[-,]?\s*(?P<who>[^\n:,，。]{{1,30}}?)\s*:\s*(?=\S)")
_WHEN_WHO = re.compile(
    rf"^\s*[\[(]?(?:20)[0-9]{{2}}[-/.年][01]?[0-9][-/.月][0-3]?[0-9]日?[ ,]+{_TIME}[\])]?\s+"
    rf"(?P<who>[^\n:]{{1,20}}?)\s*:?\s*$"
)
_SENDER_ALONE = re.compile(r"^\s*(?P<who>[^\n:,，。;；!?！？]{1,30}?)\s*:\s*$")
_RULE = re.compile(rf"^[\s\-_=*~#.·—+|]{{3,}}$|^[\s\-_=*~—]*(?:{_WHEN}|{_DATE})[\s\-_=*~—]*$")
_QUOTE_OPEN = re.compile(r"^\s*(?:「|『)(?P<who>[^:」]{1,40}):")
_QUOTE_LINE = re.compile(r"^\s*(?:>|引用[:：]|回复\s?[^:：]{1,20}[:：]\s*$)")
_SYSTEM = re.compile(
    r"撤回了一条消息|加入了群聊|邀请.{1,30}加入|拍了拍|以下为新消息|\[(?:图片|语音|视频|表情|动画表情|"
    r"文件|链接|位置|红包)\]\s*$|聊天记录$|修改群名为"
)


def is_rule(text: str) -> bool:
    """A line of dashes, or the date between two days."""
    return bool(_RULE.match(text)) and not re.fullmatch(r"\s*[0-9]{1,2}[-.][0-9]{1,2}\s*", text)


def is_date(text: str) -> bool:
    """A rule with the date of the messages below it."""
    return bool(re.search("[0-9]", text))


def is_system(text: str) -> bool:
    """What the program itself says, and places of pictures."""
    return bool(_SYSTEM.search(text)) and len(text) < 60


def sender(text: str) -> str | None:
    """The name in a line that only says who wrote and when."""
    hit = _SENDER_TIME.match(text) or _TIME_SENDER.match(text) or _WHEN_WHO.match(text)
    if hit is None or re.search(
        r"截止|之前|开始|时间|日期|接龙|核酸|团购|统计|采样|送|发放|通知|各位", hit.group("who")
    ):
        return None
    return hit.group("who").strip()


def sender_alone(text: str) -> str | None:
    """A name with a colon and nothing after it; only messages around it can tell that it is a sender."""
    hit = _SENDER_ALONE.match(text)
    return hit.group("who").strip() if hit else None


def sender_before(text: str) -> tuple[str, int] | None:
    """A time and a name before the message on the same line, and where the message begins."""
    hit = _TIME_SENDER_TEXT.match(text)
    return (hit.group("who").strip(), hit.end()) if hit else None


def opens_quote(text: str) -> bool:
    """「Name: what he wrote ... how WeChat repeats the message that is answered."""
    return bool(_QUOTE_OPEN.match(text))


def closes_quote(text: str) -> int | None:
    """Where the quoted message ends in this line."""
    at = max(text.rfind("」"), text.rfind("』"))
    return at + 1 if at >= 0 else None


def is_quote_line(text: str) -> bool:
    """A line that repeats somebody else's words."""
    return bool(_QUOTE_LINE.match(text))


_SAYS = re.compile(r"^\s*(?P<who>[^\s:,，。;；!?！？]{1,12})\s*:\s*(?=[^\s:])")
_OFFICE = re.compile(r"物业|社区|居委|网格|楼长|楼栋长|群主|团长|志愿者|管家|书记|医生")


def says(text: str) -> tuple[str, int] | None:
    """A name before the message on the same line, without a time: 王芳: 需要两包口罩."""
    hit = _SAYS.match(text)
    if hit is None or not (contacts.is_name(hit.group("who")) or _OFFICE.search(hit.group("who"))):
        return None
    return hit.group("who"), hit.end()
