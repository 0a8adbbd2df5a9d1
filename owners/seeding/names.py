"""Names as they occur: surnames by frequency (Ministry of Public Security, 2020 report), given names by generation."""

from bisect import bisect
from itertools import accumulate
from random import Random

# Per mille of the population; below the first hundred the tail is lumped together. The last lines are the readings that
# software gets wrong (单 shan, 曾 zeng, 解 xie, 区 ou, 查 zha, 仇 qiu …), double surnames and rarities.
_SURNAMES = """
王68 李64 张60 刘48 陈45 杨31 黄22 赵21 吴20 周19 徐15 孙15 马13 朱13 胡12 郭11 何11 林11 高10 罗10 郑9.3 梁8.5 谢7.6 宋7
唐6.9 许6.6 韩6.1 邓6 冯6 曹5.7 彭5.6 曾5 肖5.6 田5.3 董5.2 潘4.8 袁4.7 蔡4.7 蒋4.6 余4.6 于4.5 杜4.4 叶4.3 程4.2 魏4.1
苏4 吕4 丁3.9 任3.8 卢3.8 姚3.7 沈3.6 钟3.6 姜3.5 崔3.4 谭3.4 陆3.3 范3.2 汪3.1 廖3 石2.9 金2.9 韦2.8 贾2.8 夏2.7 付2.6
方2.6 邹2.5 熊2.4 白2.4 孟2.4 秦2.3 邱2.3 侯2.2 江2.2 尹2.1 薛2.1 闫2.1 段2 雷2 龙2 黎1.9 史1.9 陶1.9 贺1.8 毛1.7 郝1.7 顾1.7
龚1.6 邵1.6 万1.6 覃1.5 武1.5 钱1.5 戴1.5 严1.4 莫1.4 孔1.4 向1.3 常1.3 汤1.3 康1.2 易1.2 乔1.1 赖1.1 文1 庞0.9 樊0.9 兰0.9
殷0.8 施0.8 洪0.8 翟0.8 安0.8 颜0.7 倪0.7 牛0.7 温0.7 芦0.7 季0.7 俞0.6 章0.6 鲁0.6 葛0.6 伍0.6 申0.6 尤0.5 毕0.5 聂0.5 焦0.5
纪0.5 单0.6 解0.4 区0.3 查0.3 仇0.3 盖0.15 缪0.2 宁0.4 华0.3 乐0.1 朴0.2 冼0.1 逄0.05 欧阳0.7 司马0.1 上官0.1 诸葛0.1 尉迟0.04
令狐0.05 慕容0.03 仉0.02 亓0.03 乜0.02 爨0.01 𠅤0.01
"""


def _weighted(text: str) -> tuple[list[str], list[float]]:
    words, weights = [], []
    for part in text.split():
        word = part.rstrip("0123456789.")
        words.append(word)
        weights.append(float(part[len(word) :]))
    return words, list(accumulate(weights))


SURNAMES, _SURNAME_STEPS = _weighted(_SURNAMES)

# (born before, male characters, female characters, whole male names, whole female names, share of one-character names)
_GENERATIONS = (
    (1950, "德福贵祥林山海生根荣庆昌茂顺长宝树春发明文玉金", "秀英桂兰玉珍凤淑芳素贤贞香月琴梅云荣霞",
     "建国 志明 国强 德明 永福 长根 金根 福生 玉林 文彬 德贵 树林", "秀英 桂英 秀兰 玉兰 桂兰 玉珍 凤英 淑珍 素珍 秀珍 玉英 淑英 慧敏", 0.06),
    (1970, "建国军志明华强伟平永新文卫红东民忠胜海林生", "丽萍敏芳霞红艳华玉秀英梅琴慧娟凤淑兰玲",
     "建国 建华 建军 志强 国强 志明 永强 卫东 建平 文革 国平 海波 家桂", "丽华 桂芳 秀梅 丽萍 玉梅 慧敏 建芳 秀华 红梅 淑华 雪梅 小红", 0.18),
    (1985, "伟强勇军磊涛超刚杰峰波鹏斌辉飞宇俊志明海洋", "芳娜静丽艳敏娟霞燕玲婷莉颖琳慧洁晶雪倩",
     "志伟 海涛 俊杰 晓东 建伟 志刚 锦刚 小龙 文杰 永刚 国栋 志鹏", "丽娜 晓燕 海燕 晓丽 思雨 小丽 春燕 丽丽 晓梅 慧敏 雪莲 晓婷", 0.42),
    (2000, "浩宇杰俊鑫鹏博文龙飞翔凯旭阳帆晨子豪天泽", "婷雪佳欣悦雨琪梦莹颖雯倩思静怡洁璐瑶晨",
     "子豪 俊杰 浩然 宇航 天宇 文博 志豪 家豪 嘉伟 泽宇 子轩 博文", "雨婷 佳怡 思雨 梦婷 欣怡 婉婷 雅婷 诗雨 佳琪 梦瑶 静怡 雪婷", 0.20),
    (9999, "浩宇轩泽子睿宸梓沐奕辰铭晨皓嘉亦煜霖洋", "梓涵欣妍诗雨彤萱可若依语桐沐一诺悦琪",
     "浩宇 子轩 浩然 宇轩 奕辰 沐宸 浩轩 俊熙 梓豪 宇泽 铭泽 子睿", "梓涵 欣怡 子涵 诗涵 雨桐 一诺 若汐 语桐 可馨 梓萱 依诺 欣妍", 0.04),
)  # fmt: skip
# Characters beyond the basic plane and other rarities that forms and fonts stumble over.
_RARE = "𠮷𤧬𣇉𬀩㛃㻛赟翀喆堃淼垚昉祎婳燚"
_UIGHUR = ("阿依古丽·买买提", "买买提·艾山", "古丽娜尔·托合提", "努尔兰·别克", "迪丽热巴·吐逊")
_FOREIGN = ("John Smith", "Kim Minjun", "Maria Garcia", "Tanaka Hiroshi", "Anna Ivanova", "David Brown")

_TRADES = (
    "便利店",
    "药房",
    "餐饮店",
    "水果店",
    "理发店",
    "洗衣店",
    "母婴用品店",
    "诊所",
    "烘焙坊",
    "文具店",
    "宠物店",
    "家政服务部",
)
_BRANDS = [
    "宏达",
    "万家",
    "福满",
    "佳美",
    "新世纪",
    "鼎盛",
    "百年",
    "吉祥",
    "阳光",
    "康泰",
    "博雅",
    "瑞丰",
    "锦程",
    "悦来",
    "恒信",
    "春晖",
    "众诚",
    "盛世",
    "安居",
    "华联",
]
_COMPANIES = (
    "商贸有限公司",
    "科技有限公司",
    "餐饮管理有限公司",
    "教育咨询有限公司",
    "置业有限公司",
    "物流有限公司",
    "装饰工程有限公司",
)


def surname(random: Random) -> str:
    return SURNAMES[bisect(_SURNAME_STEPS, random.random() * _SURNAME_STEPS[-1])]


def given_name(random: Random, born: int, male: bool) -> str:
    """One or two characters as parents of that year chose them."""
    generation = next(row for row in _GENERATIONS if born < row[0])
    characters = generation[1] if male else generation[2]
    dice = random.random()
    if dice < 0.0012:
        return random.choice(_RARE)
    if dice < generation[5]:
        return random.choice(characters)
    if dice < generation[5] + 0.18:
        return random.choice((generation[3] if male else generation[4]).split())
    first, second = random.choice(characters), random.choice(characters)
    return first + second


def person(random: Random, born: int, male: bool, family: str = "") -> str:
    """A full name; `family` gives the surname of relatives."""
    if not family:
        dice = random.random()
        if dice < 0.0015:
            return random.choice(_UIGHUR)
        if dice < 0.0025:
            return random.choice(_FOREIGN)
    return (family or surname(random)) + given_name(random, born, male)


def family_name(name: str) -> str:
    """The surname children share: the first two characters for double surnames; none for names of other shapes."""
    if "·" in name or name.isascii():
        return ""
    return name[:2] if len(name) > 2 and name[:2] in SURNAMES else name[:1]


def company(random: Random, city: str) -> str:
    brand = random.choice(_BRANDS) + random.choice(_BRANDS)[0]
    if random.random() < 0.55:
        return f"{city}{brand}{random.choice(_TRADES)}"
    return f"{city}{brand}{random.choice(_COMPANIES)}"
