"""Words for goods, enough to tell what a line is about. An item need not be listed here to be read."""

import re

from redvest.needs.importing.vocabulary import Need

_FOOD = """
米 面粉 面条 挂面 面包 馒头 包子 饺子 馄饨 汤圆 粽子 油 盐 酱油 生抽 老抽 醋 料酒 味精 鸡精 豆瓣 辣椒酱 火锅底料
淀粉 糖 蜂蜜 蔬菜 青菜 白菜 菜心 油菜 包菜 卷心菜 莲白 生菜 菠菜 芹菜 韭菜 空心菜 娃娃菜 花菜 西兰花 萝卜 土豆 红薯
山药 芋头 莲藕 藕 洋葱 大葱 小葱 葱 姜 蒜 辣椒 青椒 番茄 西红柿 黄瓜 冬瓜 南瓜 丝瓜 苦瓜 茄子 豆角 四季豆 豌豆 毛豆
豆芽 豆腐 豆干 千张 腐竹 香菇 蘑菇 金针菇 木耳 海带 玉米 猪肉 牛肉 羊肉 鸡肉 鸭肉 五花肉 排骨 肉 里脊 香肠 腊肠 腊肉
牛腩 牛腱 羊排 羊腿 鸡胸 鸡爪 猪蹄 肋排 蓝莓 车厘子 榴莲 荔枝 龙眼 石榴 杨梅 枇杷 山竹 圣女果
油条 豆浆 烧饼 水饺 香烟 烟 吐司
火腿 培根 牛排 鸡翅 鸡腿 鸡 鸭 鹅 鱼 虾 蟹 鸡蛋 鸭蛋 皮蛋 咸蛋 蛋 牛奶 鲜奶 酸奶 奶 豆浆 饮料 可乐 雪碧 果汁 矿泉水
纯净水 桶装水 水 茶 咖啡 啤酒 白酒 酒 苹果 梨 香蕉 橙 橘 柑 柚 柠檬 葡萄 草莓 樱桃 西瓜 哈密瓜 桃 李子 猕猴桃 火龙果
芒果 菠萝 枣 水果 坚果 瓜子 花生 饼干 蛋糕 吐司 三明治 汉堡 披萨 薯片 零食 糕点 方便面 泡面 自热 罐头 榨菜 咸菜 泡菜
粥 盒饭 快餐 午餐 晚餐 早餐 饭 套餐 大礼包 菜包 蔬菜包 肉包 物资包 生活包 爱心包 大礼 汤 粉丝 粉条 米线 年糕 糍粑
燕麦 麦片 薏米 小米 黑米 糯米 绿豆 红豆 黄豆 凉粉 芝麻 香菜 食材 肉类 菜 调料 枸杞 银耳 百合
"""
_DAILY = """
口罩 手套 酒精 消毒液 消毒水 消毒片 洗手液 免洗 湿巾 纸巾 抽纸 卷纸 卫生纸 餐巾纸 卫生巾 洗衣液 洗衣粉 肥皂 香皂
洗洁精 洗发水 沐浴露 牙膏 牙刷 毛巾 垃圾袋 保鲜膜 保鲜袋 电池 灯泡 插线板 充电器 打火机 蜡烛 手电筒 热水袋 被子 棉被
毛毯 拖鞋 袜子 衣服 雨衣 雨鞋 猫粮 狗粮 猫砂 宠物粮 抗原 试剂盒 防护服 面屏 护目镜 一次性 煤气 燃气卡 电卡 作业本
打印纸 快递 包裹 行李 日用品 生活用品 物资 帐篷 沙袋 救生衣 充电宝 火炭 打气筒 铁锹 雨伞
"""
_MEDICINE = """
药 胶囊 颗粒 冲剂 口服液 滴眼液 眼药水 软膏 膏药 创可贴 纱布 碘伏 棉签 退烧贴 布洛芬 对乙酰氨基酚 连花清瘟 感冒灵
板蓝根 阿莫西林 头孢 阿司匹林 二甲双胍 胰岛素 硝苯地平 氨氯地平 缬沙坦 厄贝沙坦 替米沙坦 美托洛尔 倍他乐克
阿托伐他汀 瑞舒伐他汀 氯吡格雷 优甲乐 奥美拉唑 蒙脱石散 藿香正气 速效救心丸 硝酸甘油 丹参 地黄丸 安眠药 氯雷他定
蓝芩 止咳 糖浆 维生素 钙片 血压计 血糖仪 体温计 温度计 试纸 针头 雾化 吸入剂 氧气 制氧机 轮椅 导尿 透析液 格列 沙坦
地平 他汀 洛尔 拉唑 西林 霉素 沙星 泼尼松 华法林 利伐沙班 卡托普利 普利 救心 逍遥丸 蛇胆 川贝 枇杷膏 双黄连 口服
贴膏 利巴韦林 磷酸 片剂 滴丸
"""
_INFANT = """
爱他美 飞鹤 美赞臣 合生元 惠氏 雅培 美素佳儿 启赋 君乐宝 贝因美 帮宝适 好奇金装 婴幼儿 吸奶器 奶嘴 围嘴 米糊 米粉
奶粉 尿不湿 纸尿裤 尿布湿 尿布 奶瓶 米粉 辅食 婴儿 拉拉裤 尿片 隔尿垫 溢乳垫 待产包 湿疹膏 护臀膏
一段 二段 三段 四段 1段 2段 3段 4段
"""


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words.split(), key=len, reverse=True)))


_BY_NEED = (
    (Need.INFANT, _pattern(_INFANT)),
    (Need.MEDICINE, _pattern(_MEDICINE)),
    (Need.DAILY_GOODS, _pattern(_DAILY)),
    (Need.DAILY_GOODS, _pattern(_FOOD)),
)
# Goods whose names begin with a number; it is no quantity.
NUMBERED = re.compile(
    r"(?<=电池)[57]号|(?<=降压)0号|[57]号(?=电池|\s?[0-9一二两三四五六七八九十]{1,2}\s?[节粒])|[aA]2(?=\s?(?:[一二三四1-4]段|奶粉|至初))|84(?=消毒|液)|75(?=%|度|酒精)|95(?=%|度|酒精)|999|3M|(?:KN|N|kn|n)9[05]|AD钙|(?<=维生素)(?:B1[0-9]?|"
    r"B[26]|D3)|六味|三文鱼|五花|四季|八宝|十三香|三七|"
    r"九层|一次性|四物|五谷|三明治|五香|三鲜|八角|五粮|二锅头|双汇|百合|千张|三只松鼠|六个核桃|一品|三元|"
    r"五常|两面针|七喜|三黄|九制|六必居"
)


def need_of(words: str) -> Need | None:
    """The lane that the words for goods belong to, or None when none of them is known."""
    for need, pattern in _BY_NEED:
        if pattern.search(words):
            return need
    return Need.MEDICINE if _DOSE.search(words) else None


def is_goods(words: str) -> bool:
    """Whether a word for goods is among these words."""
    return need_of(words) is not None


def word_in(words: str) -> str:
    """The last word for goods in a title, with what stands before it: 团购土鸡蛋 names 鸡蛋."""
    last = ""
    for _need, pattern in _BY_NEED:
        for hit in pattern.finditer(words):
            if len(hit.group()) > len(last):
                last = hit.group()
    return last


_DOSE = re.compile(r"[0-9]\s?(?:mg|ug|μg|IU|毫克|微克|万?单位)")
# 沙坦氢氯噻嗪片: the name of a medicine goes on until its form.
_FORM = re.compile(
    r"[\u4e00-\u9fff]{0,8}?(?:缓释片|控释片|肠溶片|片|胶囊|颗粒|丸|注射液|口服液|软膏|乳膏|凝胶|滴眼液|喷雾)"
)
_USED_UP = re.compile(r"([^的了吃用要是有没还只和、里\s,;。]{2,8})(?:用|吃|喝)?(?:完|没|光|丢|坏|断|破|掉)了")
_OWNER = re.compile(r"^.{0,4}(?:老人|家人|大人|别人|小孩|孩子|宝宝|妈妈|爸爸|奶奶|爷爷|老伴|老公|老婆|自己|家)(?=.)")
_STOPS = frozenset("的了吃用要是有没还只和、里买配缺求给帮把家我你他她点些完,。;!?()[] \n\ue000奶爷妈爸公婆需")


_ANY = _pattern(" ".join((_FOOD, _DAILY, _MEDICINE, _INFANT)))


def parts(words: str) -> list[str]:
    """可乐雪碧 is two things; the words for goods when nothing else is there and they are several, else none."""
    found = [hit.group() for hit in _ANY.finditer(words)]
    lengths = {len(word) for word in found}
    several = len(found) > 1 and "".join(found) == words and (1 not in lengths or lengths == {1})
    return found if several and not _ONE_THING.search(words) else []


# 苹果汁, 牛奶面包 and 鸡蛋面条 are one thing each: what the last word names is made of the first.
_ONE_THING = re.compile(r"(?:面条|挂面|饼干|面包|蛋糕|饮料|罐头|粥|汤|米粉|糖浆|颗粒|胶囊|口服液|软膏|饼|酱)$")


def mentioned(words: str) -> str:
    """The last thing that a sentence speaks of, with the words that belong to it: 奶奶的降压药没了 names 降压药."""
    last: re.Match[str] | None = None
    for _need, pattern in _BY_NEED:
        for hit in pattern.finditer(words):
            if last is None or hit.end() > last.end():
                last = hit
    if last is None:
        gone = _USED_UP.search(words)
        return _OWNER.sub("", gone.group(1)) if gone else ""
    form = _FORM.match(words, last.end())
    start, end = last.start(), form.end() if form else last.end()
    while start > 0 and last.start() - start < 4 and words[start - 1] not in _STOPS and not words[start - 1].isdigit():
        start -= 1
    return _OWNER.sub("", words[start:end])
