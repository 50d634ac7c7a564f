"""Phones in any spelling, and words that are somebody's name."""

import re

# Digits with blanks, dashes or dots between them; what stands around must be no digit.
_BETWEEN = r"[ \-.·]?"
_MOBILE = re.compile(
    rf"(?<![0-9A-Za-z])(?:\(?(?:\+|00)?86\)?{_BETWEEN})?(1{_BETWEEN}[3-9](?:{_BETWEEN}[0-9]){{9}})(?![0-9])"
)
_MOBILE_LETTERS = re.compile(r"(?<![0-9A-Za-z])([1lI][3-9][0-9oOlI]{9})(?![0-9A-Za-z])")
_MOBILE_HAN = re.compile(
    r"(?<![一二三四五六七八九零〇幺])([一幺][三四五六七八九][一二三四五六七八九零〇幺]{9})(?![一二三四五六"
    r"七八九零〇幺])"
)
_LANDLINE = re.compile(
    r"(?<![0-9-])\(?(0 ?[1-9] ?[0-9](?: ?[0-9])?)\)?[ \-.]{0,3}([2-8](?: ?[0-9]){2,3}[ \-.]?"
    r"(?:[0-9] ?){3}[0-9])(?![0-9])"
)
_LOCAL = re.compile(r"(?<=电话|座机|固话|联系)[:：号码是 ]{0,4}([2-8][0-9]{2,3}[ -]?[0-9]{4})(?![0-9])")
_HAN = str.maketrans("一二三四五六七八九零〇幺", "123456789001")
_LETTERS = str.maketrans("oOlI", "0011")

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜"
    "詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉"
    "饶刁瞿"
    "戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷"
    "卓花仇艾蓝都巩稽井练仲乐虞卞封竺"
)
_TWO_SURNAMES = "欧阳|上官|司马|诸葛|皇甫|司徒|东方|南宫|令狐|尉迟|公孙|慕容|夏侯|端木"
_TITLES = (
    "先生|女士|小姐|阿姨|大爷|大妈|叔叔|伯伯|奶奶|爷爷|婆婆|公公|老师|师傅|大姐|大哥|姐|哥|嫂|太太|妈妈|"
    "爸爸|老太太|老太|老爷子|医生|护士|"
    "书记|主任|经理|老板|孃孃|孃|嬢嬢|妈|爸|姨|叔|伯|爷|婆|家|总|工|同学|警官|队长|组长"
)
_NAME = re.compile(
    rf"(?:[小老阿](?:{_TWO_SURNAMES}|[{_SURNAMES}])|(?:{_TWO_SURNAMES}|[{_SURNAMES}])(?:{_TITLES})|"
    rf"(?:{_TWO_SURNAMES}|[{_SURNAMES}])(?!需|要|取|不|在|已)[\u4e00-\u9fff]"
    rf"(?:[\u4e00-\u9fff])?(?:{_TITLES})?|[\u4e00-\u9fff]{{1,2}}(?:妈妈|爸爸|奶奶|爷爷|妈|爸))"
)
_TITLED = re.compile(
    rf"(?:{_TWO_SURNAMES}|[{_SURNAMES}])[\u4e00-\u9fff]{{0,2}}(?:先生|女士|小姐|阿姨|大爷|大妈|叔叔|伯伯|"
    rf"奶奶|爷爷|婆婆|公公|老师|师傅|大姐|大哥|嬢嬢|孃孃|太太)"
)
SAID_NAME = re.compile(
    rf"(?:我(?:是|叫)|姓名(?:是)?|名字(?:是)?|联系人(?:是)?|业主|户主|称呼|"
    rf"户名)[: ]{{0,2}}((?:{_TWO_SURNAMES}|[{_SURNAMES}])(?:{_TITLES}|"
    rf"[\u4e00-\u9fff]{{1,2}}))(?![\u4e00-\u9fff])"
)


def phones(text: str) -> list[tuple[int, int, str]]:
    """Where a phone number stands, and the number: +8613800138000; the digits alone for a local number."""
    found = [(hit.start(), hit.end(), "+86" + re.sub(r"[^0-9]", "", hit.group(1))) for hit in _MOBILE.finditer(text)]
    for pattern, letters in ((_MOBILE_LETTERS, _LETTERS), (_MOBILE_HAN, _HAN)):
        found += [(hit.start(), hit.end(), "+86" + hit.group(1).translate(letters)) for hit in pattern.finditer(text)]
    for hit in _LANDLINE.finditer(text):
        found.append(
            (
                hit.start(),
                hit.end(),
                f"+86{re.sub(r'[^0-9]', '', hit.group(1))[1:]}{re.sub(r'[^0-9]', '', hit.group(2))}",
            )
        )
    found += [(hit.start(1), hit.end(), re.sub(r"[^0-9]", "", hit.group(1))) for hit in _LOCAL.finditer(text)]
    apart: list[tuple[int, int, str]] = []
    for start, end, number in sorted(found):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end, number))
    return apart


def is_surname(word: str) -> bool:
    """Whether the word is one common surname and nothing else."""
    return len(word) == 1 and word in _SURNAMES


def is_titled(word: str) -> bool:
    """Whether the word is a name with a form of address: 季奶奶 is nobody's milk."""
    return bool(_TITLED.fullmatch(word))


def is_name(word: str) -> bool:
    """Whether a word between two separators looks like a person's name or form of address."""
    return bool(_NAME.fullmatch(word))
