"""Invented names for the demo; any likeness to a real person is chance."""

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范"
    "汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
GIVEN_FIRST = (
    "雨子思欣梓浩宇嘉文明建国志晓小春秋冬夏海江山云雪梅兰竹菊玉珍丽秀桂淑永德福立启素清正光俊佳一若诗语书安宁静雅琳瑶"
)
GIVEN_SECOND = (
    "桐涵轩妍琪然博宇航辰阳明亮峰林海涛波洋杰伟强军平勇刚毅斌华芳芬英霞红燕玲敏娟丽萍琴蓉莉蕾琳瑶诗雯婷怡悦晴岚"
)


def person(dice: Random) -> str:
    """A name of two or three characters."""
    first = dice.choice(GIVEN_FIRST) if dice.random() < 0.75 else ""
    return dice.choice(SURNAMES) + first + dice.choice(GIVEN_SECOND)
