"""The words around the name of a thing: asking, thanking, linking. What is left is the name."""

import re

# Goods that begin like one of the words that are taken off.
_KEEP = (
    r"(?!点心|点滴|有机|加多宝|加湿|报纸|急支|急救|替米|替硝|替格|帮宝适|先锋|取暖|拿铁|订书|接骨|来伊份|"
    r"和牛|和风|团圆|定型|没药|个护|要素|就餐|送子|想念|家乐|家常|大约克|老干妈|求恩|约克|些花|还魂|"
    r"需氧|领结|给水|共享|要饭|配方|开心果|开塞露|开水|开关|吃鸡|做饭|订制|定制|加碘|加钙|加厚|加大|还原|"
    r"全麦|全脂|全家|全鸡|全素|多肉|多春鱼|多宝鱼|多维|只能|就地|也门|报警器|先声|取卡器|配菜|速冻|急冻)"
)
_LEAD = re.compile(
    rf"^(?:[\s\W_]|{_KEEP}(?:随便|这(?:里|边|儿)?|那(?:里|边|儿)|来点|来些|能不能|可不可以|可以|可否|能否|是否|有没有|有木有|请问|麻烦|"
    rf"帮忙|帮我|帮|代买|"
    rf"代购|代订|代配|代开|配点|开点|购买|采购|团购|订购|预订|预定|求购|求助|急需|急求|急要|急|求|需要|"
    rf"需求|需|"
    r"想要|想买|想订|想|必要|再要|再来|再买|再加|再|另外|另加|另|以及|外加|还有|还要|还想|还需|还|也要|也|"
    r"和|与|及|跟|或者|或|并|且|然后|顺便|主要|就要|只要|就|只|先|都|全|"
    r"我们家|我们|我家|我|咱家|咱们|咱|家里|家中|屋里|本户|本人|他家|她家|给我|给|替|改成|改为|换成|改订|"
    r"改要|带(?!鱼)|到(?=[\u4e00-\u9fff]{2})|匀(?:点|些)?|借(?!书)|"
    r"送达的?|送到的?|到货的?|捎|顺带|要|来|买|订|定|购|送|"
    r"领取|领|取|拿|报名|报|登记|选择|选|下单|点|加|团|参团|缺少|缺|没有|没|有多的|多余的?|富余的?|"
    r"多出来?的?|剩余|有|配|开|"
    r"大概|大约|约|差不多|一共|总共|合计|各|均|今天|今日|今晚|明天|明日|现在|目前|最近|马上|尽快|一下|"
    r"一些|些|一点|点儿|个|的|得|了|是|把|将|用|吃|物品|品名|商品|药名|名称|数量|份数|备注|内容|您好|你好|"
    r"志愿者|师傅|老师|大家好|管家|群主|团长|谢谢))"
)
_TAIL = re.compile(
    r"(?:[\s_,.;:!?~*×=\-+/\\|、，。；：！？…'\"]|[^\w\s()\[\]%℃.\u4e00-\u9fff]|的话|即可|就行|就好|一用|用一下|用用|改成|改为|换成|变成|改|还够|够吃|够了|还没拿到|没拿到|还没收到|没收到|还没送到|没送到|没送来|还没到|没到|"
    r"就可以|可以|谢谢|感谢|多谢|拜托|辛苦|麻烦|哈|哦|噢|呢|啊|呀|吧|吗|么|嘛|哟|喔|了|的|各|"
    r"左右|大概|大约|一共|总共|合计|共|数量|份数|需要|还要|要|来|买|订|和|与|及|以及|还有|另外|再|加|也|都|等|x|X)$"
)
# Phrases that are neither goods nor anything to keep.
EMPTY = re.compile(
    r"^(?:[\W_]*|(?:团长|群主|管家|老师|师傅|志愿者|社区|大家|邻居们?|各位)?(?:你们?好|您好|好|早上好|"
    r"下午好|晚上好)?|谢谢(?:啦|了|您|你|大家|团长|志愿者|邻居)?|感谢|辛苦(?:了|啦|大家)?|拜托(?:了)?|"
    r"麻烦(?:了|啦|你们?|您)?|好的?|收到|无|没有|人|个|份|户|家|室|房|号|接龙|报名|参加|参团|\+1|ok|"
    r"OK|以上|左右|已付(?:款)?|已转(?:账)?|已交|付款|在家|我|我家|住户|业主|的|了|要|需要|共|一共|合计|"
    r"总共|电话|手机|手机号码?|电话号码?|联系电话|联系方式|联系|地址|姓名|人数|数量|房号|全部|一切|只有|"
    r"仅|全要|都要|一家|都|每样|"
    r"补|补办|换新|钱|给钱|付钱|转钱|转账|现金|少|匀|(?:还|尚)?[未没](?:领|取|拿|收|付|做|到|转)|多|家里?多|[少多微免去加无半全正](?:糖|冰|辣|盐|油|葱|香菜|醋|麻)|(?:桶|瓶|箱|整箱|袋|盒|罐|散|听|份)装|[A-Za-z]?)$"
)
_SENTENCE = re.compile(
    r"不|没|谢|辛苦|拜托|吗|呢|吧|坏|破|漏|丢|用完|吃完|过期|怎么|什么|哪|谁|为什么|可能|因为|所以|已经|"
    r"如果|希望|应该|现在|(?<!全)(?<!多)能|(?<!社)会|(?<!小)说|觉得|知道|"
    r"家里|老人|孩子|小孩|宝宝|(?<![爱维吉其])他(?![汀奶])|她|您|行动|高血压|糖尿病|独居|医院|门口|放|送到|送来|楼下|上门|快递|"
    r"下午|上午|晚上|联系|打电话|电话|方便|自取|代领|一起"
)
_ACT = re.compile(
    r"(?:需要|急需|急求|急缺|求购|求助|想要|想买|想订|想团|代买|代购|购买|采购|帮买|帮忙买|帮忙带|帮带|"
    r"帮配|有多的|多余的?|富余的?|闲置的?|多出来的?|多了|配|开|订|买|缺|要|来|求|换|领|取|团)(?!求|是|么|"
    r"紧|点$|不要)"
)
# 一台制氧机可以借: what may be done with a thing is no part of its name.
_OFFERED = re.compile(r"(?<=[\u4e00-\u9fff])(?:可以|谁要|谁需要|有需要|需要的)")
LONGEST_NAME = 24


def strip_name(words: str) -> str:
    """The name of a thing without the words around it."""
    left = _OFFERED.split(words.strip(), maxsplit=1)[0]
    while left:
        shorter = _LEAD.sub("", left, count=1)
        if shorter == left:
            break
        left = shorter
    while left:
        shorter = _TAIL.sub("", left, count=1)
        if shorter == left:
            break
        left = shorter
    return _closed(left.strip())


def after_verb(words: str) -> str:
    """What is asked for in a sentence: 家里没菜了能不能帮忙买 is nothing, 老人急需降压药 is 降压药."""
    hits = list(_ACT.finditer(words))
    return words[hits[-1].end() :] if hits else words


def asks(words: str) -> bool:
    """Whether an asking word stands among the words."""
    return bool(_ACT.search(words))


def is_sentence(words: str) -> bool:
    """Whether the words tell something instead of naming a thing."""
    return len(words) > LONGEST_NAME or bool(_SENTENCE.search(words))


def is_empty(words: str) -> bool:
    """Whether nothing would be lost without these words."""
    return bool(EMPTY.match(words.strip()))


def _closed(name: str) -> str:
    """Brackets that lost their partner are taken off; a bracket around everything, too."""
    if name.startswith("(") and name.endswith(")") and name.count("(") == 1:
        return name[1:-1].strip()
    if name.count("(") > name.count(")"):
        return (
            name[: name.rfind("(")].strip()
            if name.endswith("(")
            else (name + ")" if name.rfind("(") > 0 else name.replace("(", "").strip())
        )
    if name.count(")") > name.count("("):
        return name.replace(")", "").strip()
    return name
