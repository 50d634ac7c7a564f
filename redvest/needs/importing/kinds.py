"""What a line says beside its numbers: asked, offered, told, done, taken back; and the lane of a request."""

import re

from redvest.needs.importing.vocabulary import Kind, Need

_AWAY = re.compile(
    r"不在家|没在家|(?<![\u4e00-\u9fff])[无空](?![\u4e00-\u9fff])|不在(?=[\s,;。、!)\ue000]|$)|不在(?:小区|"
    r"重庆|本地|这边|屋|房)|家里?没人|家中没人|"
    r"空关|空着|长期没人|去方舱|在方舱|隔离酒店|在隔离点|"
    r"无人(?:居住|在家|住)?|没人(?:住|在)?|没住人|未住人|不住(?:这|在)|外出|在外地|外地|出差|空户|空置|"
    r"空房|未归|没回来|未回来|"
    r"(?:回|在|去)了?(?:老家|外地|娘家|婆家|国外|学校|单位|外面)|搬走|住院(?:中|了)|在单位|未入住|没入住|没装修|出国"
)
_DONE = re.compile(
    r"已经?(?:在|去|到).{1,8}(?:做|测|采|检)(?:了|过|完|$)|"
    r"已经?到(?!货|期|了吗)|"
    r"(?<!还没)(?<!没有)(?<!没)(?<!未)(?<!还未)(?<!尚未)(?:已经?(?:做|采(?!购)|检|测|领|收(?!款)|拿|"
    r"取(?!消)|解决|处理|送|买|完|配|开(?!始|封|通|团)|修|换|转移|安置|撤离|接种|办|打)|做过了|做完了|"
    r"做了核酸|测过了|采过了|采完了|检测过了|收到了|"
    r"收到(?:啦|咯|喽)|领到(?:啦|咯)|拿到(?:啦|咯)|领到了|领过了|领走了|拿到了|拿走了|取走了|买到了|解决了|搞定了?|办好了|送到了|完成了|都做了|做好了|全做|√|✓|✔|☑)"
)
_NOT_DONE = re.compile(r"(?:还没|没有|没|未|尚未|还未)(?:做|采|检|测|领|收|拿|取)")
_CANCELLED = re.compile(
    r"(?:暂时|什么都|都|目前)不缺|都有(?:了|的)?(?=[\s,;。!]|$)|"
    r"退了(?!烧|热|吗|没)|退(?:掉|了)?(?:昨天|之前|刚才|我|那|这|订|上次|的)*\s?(?:[0-9]{1,2}|[一二两三四五六])\s?[份盒桶箱袋包斤瓶板个件提]|"
    r"(?<!不)(?:取消|撤销|撤回|退订|退单|退团|退出|作废|划掉|删掉|删除)|不需要了|不用了|不要了|"
    r"不需要(?!.{0,6}(?:送|打|联系))|不要(?=[\s,;。!\ue000]*$)|不订了|不买了|不团了|不参加|不做了?(?!饭)|"
    r"不参团|不接了|无需|不必了|"
    r"(?<!有)没有需要(?!.{0,10}[?吗])|暂不需要|拒收|拒领|放弃领取|(?<!只)还够(?!呛)|(?<![不只快能])够吃(?!\s?[0-9一二两三几半到])|(?:都|暂时|先)?不用(?=[\s,;。!]*$)|"
    r"不報|不报了|先不要|不定了|不领了"
)
_OFFER = re.compile(
    r"谁(?:家)?没(?:有)?|多(?:订|做|领|拿|囤|发)了|"
    r"多余|多出来?|富余|富裕|多买了|买多了|有多的?|吃不完|用不完|用不上|闲置|可以(?:分享|分给|匀|让|送|借|"
    r"提供|给|帮(?!我|忙(?:买|带|代|取|拿|送|看|问|配|我)))|能匀出|匀给|匀一|分享给|免费送|免费提供|"
    r"免费分享|赠送|"
    r"谁(?:家)?(?:需要|要|缺|想要)|有需要的?(?:邻居|人|朋友|业主|家庭)?(?:.{0,4})(?:找|联系|私|来|@|说|"
    r"告诉|可以|请|敲门)|需要的(?:邻居|人|朋友|业主)?(?:.{0,4})(?:找|联系|私|来|@|说|告诉|自取|可以)|"
    r"(?:我|本人)(?:可以|能|愿意|来|会)(?:当|做|帮(?!忙?配)|开车|接送|送|提供|教|去|出|捐|免费|报名|跑腿|"
    r"代)|愿意(?:帮|当|做|提供)|报名(?:当|做|参加)?志愿|当志愿者|做志愿者|捐(?:赠|出|献)?|自愿|帮大家|"
    r"为大家|有车可|可接送|可提供|可代(?:买|取|领)|可以出车|我出"
)
_ASK = re.compile(
    r"需要|急需|急求|求(?!是|证|学|职|婚)|(?:能|可)(?:不能|否|不可以)|能帮|帮忙|帮我|帮(?:带|买|"
    r"取|拿|配|开|送|订)|麻烦|拜托|想要|想买|想订|代买|代购|代取|代配|缺|断药|断奶|断粮|断了|没有(?:菜|米|"
    r"药|奶|吃|水|电|油|口罩)|没(?:菜|米|药|奶|吃|油)|快没|"
    r"(?:吃|用|喝)(?:完|光)|不够|快要?(?:完|断)|只够|救命|救救|求救|怎么办|要(?!是|么|求|不要|不|闭|注意|"
    r"求大家|做好)|请(?:上门|帮|送|给|派|社区|志愿者|带)|买|订|配药|开药|送医|就医"
)
_QUESTION = re.compile(r"[?？]|请问|吗|什么时候|几点|哪里|怎么|多久|是不是|有没有人知道|咋")
_THANKS = re.compile(r"谢谢|感谢|辛苦了|多谢|点赞|👍|🙏|🌹|❤|收到|好的|知道了|明白|ok|OK")
_NEWS = re.compile(
    r"(?:今天|明天|现在|下午|上午).{0,4}(?:发放|派送|配送|开始发)|请(?:大家|各位)?(?:回[复覆]|回个?)|"
    r"通知|公告|提醒|告知|温馨提示|各位(?:邻居|居民|业主)|请大家|大家(?:注意|不要|做好|下楼|带好)|"
    r"已(?:经)?(?:恢复|安排|通知|到货|开始|结束|发放)|明天(?:开始|停|做核酸|继续)|今天(?:停|做核酸|下午|"
    r"上午|晚上)|"
    r"停水|停电|停气|解封|封控|管控|开始(?:做|发|领)|下楼做|到货|暂停|截止|来了|在(?:门口|楼下)(?:领|取|发)"
)

_LANES = (
    (
        Need.LIFE_DANGER,
        (
            r"胸痛|胸闷|昏迷|晕倒|昏倒|呼吸困难|喘不(?:上|过)|大出血|出血不止|抽搐|惊厥|叫不醒|没有?反应|"
            r"要生了|快生了|破水|羊水|自杀|轻生|窒息|噎住|休克|心梗|心脏病发|中风|煤气泄漏|燃气泄漏|起火|着火|"
            r"冒烟|"
            r"救命|救护车|(?<!楼)120|摔(?:倒|跤).{0,8}(?:动不了|起不来|骨折|流血)|骨折(?!.{0,6}(?:出院|术后|恢复|复查|手术后|好))|过敏性|中毒|烧到4[0-9]|"
            r"4[0-2](?:\.[0-9])?[度℃]"
        ),
    ),
    (
        Need.HOSPITAL,
        (
            r"透析|血透|腹透|化疗|放疗|产检|去医院|到医院|送医院|去.{1,8}医院|就医|看病|急诊|复查|复诊|看急诊|"
            r"看牙|拆线|换药|打针|打狂犬|接种|出院|住院(?!中|了)|孕检|预约.{0,6}医院|用车|派车|车(?:子)?(?:接|"
            r"送)"
        ),
    ),
    (
        Need.CARE,
        (
            r"(?:照看|照顾|陪护|看护|上门(?:看|帮|照|服务|采样|做核酸|检测|核酸)|行动不便|瘫痪|"
            r"独居.{0,12}(?:联系不上|没人|看看|敲门|电话)|联系不上|没人照|理发|不会用(?:手机|智能)|量血压|"
            r"聊聊|心理|情绪|遛狗|喂猫|接孩子|喂)"
        ),
    ),
    (
        Need.REPAIR,
        (
            r"漏水|爆管|跳闸|马桶|下水道|堵了|水管|门锁|锁坏|断电|电梯(?:坏|停|困)|修(?:一下|理|水|电|门|灯)?|"
            r"维修|灯坏|坏了|没(?:有)?(?:水|电|气|热水|暖气|网)(?!果)|停(?:水|电|气)"
        ),
    ),
    (Need.WASTE, r"垃圾(?!袋)|清运|消杀|消毒(?:一下|楼道|电梯|楼梯)|异味|厨余"),
    (Need.MEDICINE, r"断药|配药|开药|买药|送药|取药|拿药|药(?:吃完|用完|没|快|只|还?剩|不够)|胰岛素|氧气|常备药|代药"),
    (Need.INFANT, r"断奶粉|奶粉|尿不湿|纸尿裤|婴儿"),
    (Need.DAILY_GOODS, r"没菜|没米|没(?:有)?吃的|买菜|蔬菜|断粮|粮食|吃的|饿|盒饭|伙食"),
)
_LANE_PATTERNS = tuple((need, re.compile(pattern)) for need, pattern in _LANES)


_AMBULANCE = re.compile(r"(?:打|叫|拨|等|呼)[^,;。0-9]{0,3}120(?![0-9])|120(?=怎么|还|没|车|急救|说|来|不)")
_FOR = re.compile(r"(?:谢谢|感谢)[^,;。!\s]{0,8}(?:送[药菜货饭米奶水]|送来|送到|送的|给的|发的|分的|帮忙|提供|昨天|匀)")


def status(words: str) -> Kind | None:
    """Away, done or cancelled, when the words say so."""
    if _CANCELLED.search(words):
        return Kind.CANCELLED
    if _DONE.search(words) and not _NOT_DONE.search(words):
        return Kind.DONE
    if _AWAY.search(words):
        return Kind.AWAY
    return None


def speech(words: str) -> tuple[Kind, bool]:
    """Request, offer or information, and whether that is certain."""
    offers, asks = bool(_OFFER.search(words)), bool(_ASK.search(words))
    news, asking = bool(_NEWS.search(words)), bool(_QUESTION.search(words))
    if advises(words):
        return Kind.INFORMATION, False
    if _SEEKS.search(words):
        return Kind.REQUEST, True
    if _INQUIRES.search(words) and not _HELP.search(words) and lane(words) is None:
        return Kind.INFORMATION, True
    if offers:
        return Kind.OFFER, not _FIRM_ASK.search(words)
    if asks and not news:
        return Kind.REQUEST, True
    if asks and lane(words) is not None and not _NEWS_FIRST.search(words):
        return Kind.REQUEST, not news
    if news or asking or _THANKS.search(words):
        return Kind.INFORMATION, True
    if lane(words) is not None:
        return Kind.REQUEST, lane(words) is Need.LIFE_DANGER
    return Kind.INFORMATION, False


_SEEKS = re.compile(
    r"(?:缺|求|急需|需要|想要).{1,16}有多的?.{0,4}(?:匀|给|分)|"
    r"匀.{0,8}(?:吗|[?])|"
    r"(?:有没有|有无|谁有|谁家有|哪家有|哪位(?:邻居)?有|有(?:邻居|人|哪位)有).{0,8}(?:多余|多的|富余|匀|"
    r"闲置|可以|能)|(?:有没有|谁家?有|哪家有|哪位有)[^,。?]{1,12}[?吗]?$"
)
_INQUIRES = re.compile(
    r"(?:能|可以|还能)(?:再)?(?:订|买|团|接龙|下单|接)(?:到|了)?\s?(?:[吗么?？])|"
    r"(?:请问|想问|问一下|问下|咨询|打听).{0,30}(?:[?？]|吗|什么时候|几点|怎么|哪里|多久)"
)
_FIRM_ASK = re.compile(r"急需|急求|求助|求购|帮我|能不能帮|断药")
_HELP = re.compile(r"急|求|帮|断药|需要")
# 直接打120: what somebody should do, said by somebody else; 帮忙打120 is a cry for help.
_ADVICE = re.compile(
    r"(?:直接|赶紧|赶快|先|可以|应该|建议|最好|你们?|您|就|要)(?:自己|先|去|就|赶紧)?(?:打|拨打?|叫|呼叫)(?:电话)?120"
)
_CRY = re.compile(r"帮|求|救(?!护)|麻烦|我(?:爸|妈|家|爷|奶|老|的)|打不通|没人接|还没(?:来|到)")
_NEWS_FIRST = re.compile(r"^\W{0,6}(?:\[?(?:通知|公告|紧急通知|重要通知|温馨提示|提醒)|各位|请大家|@所有人|大家)")


def advises(words: str) -> bool:
    """Whether the words only tell somebody whom to call; nothing else in them speaks of a life in danger."""
    return bool(_ADVICE.search(words)) and not _CRY.search(words) and lane(_ADVICE.sub("", words)) is None


def danger(words: str, whole: str) -> bool:
    """Whether a life may be in danger: what the words left say, or the ambulance that the whole entry speaks of."""
    return (lane(words) is Need.LIFE_DANGER or bool(_AMBULANCE.search(whole))) and not advises(whole)


def thanks(words: str) -> bool:
    """谢谢送来的菜: thanks for something that came."""
    return bool(_FOR.search(words))


def lane(words: str) -> Need | None:
    """The most pressing lane that the words speak of, goods aside."""
    return next((need for need, pattern in _LANE_PATTERNS if pattern.search(words)), None)


def lanes(words: str) -> list[Need]:
    """Every lane that the words speak of, goods aside, most pressing first."""
    return [need for need, pattern in _LANE_PATTERNS if pattern.search(words)]
