"""A realistic estate workbook of any size, for measuring the import: `python -m tests.support.estate_workbook FILE [ROWS]`.

Twelve columns, several persons in a unit, some units of one owner, shared family phones, missing numbers, a few vehicles: what a
company's own file looks like after somebody has cleaned it. The same seed gives the same file.
"""

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import xlsxwriter

HEADERS = ("楼栋", "单元", "房号", "房屋类型", "建筑面积", "户型", "交付日期", "姓名", "角色", "手机", "证件号", "车牌")
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉玲梅红云海波宇浩然子轩梓涵欣怡一诺诗琪俊熙雨"
    "泽晨阳佳颖志鹏晓东雪梦婷思远"
)
LAYOUTS = ("2室2厅1卫1厨", "3室2厅1卫1厨", "3室2厅2卫1厨", "4室2厅2卫1厨", "1室1厅1卫1厨")
TYPES = ("高层", "小高层", "洋房")
ROLES_AFTER_FIRST = ("共有人", "家庭成员", "家庭成员", "租户")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES = ("310", "320", "330", "340", "350", "410", "420", "430", "440", "510")


def id_number(source: random.Random) -> str:
    """A number of the right form: made-up district, date of birth, order and check digit."""
    born = date(1940, 1, 1) + timedelta(days=source.randrange(25_000))
    body = f"{source.choice(_PROVINCES)}{source.randrange(1, 900):03}{born:%Y%m%d}{source.randrange(1000):03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def phone(source: random.Random) -> str:
    return f"1{source.choice('3456789')}{source.randrange(10**9):09}"


def person_name(source: random.Random) -> str:
    return source.choice(SURNAMES) + "".join(source.choice(GIVEN) for _ in range(source.choice((1, 2, 2, 2))))


def plate(source: random.Random) -> str:
    return f"浙A{''.join(source.choice('ABCDEFGHJKLMNPQRSTUVWXYZ0123456789') for _ in range(5))}"


def rows(count: int, seed: int = 7) -> Iterator[tuple]:
    source, made = random.Random(seed), 0
    for building in range(1, 10_000):
        for entrance in (1, 2, 3):
            for floor in range(1, 33):
                for door in (1, 2, 3, 4):
                    for row in _unit(source, building, entrance, f"{floor:02}{door:02}"):
                        yield row
                        made += 1
                        if made == count:
                            return


def _unit(source: random.Random, building: int, entrance: int, number: str) -> Iterator[tuple]:
    area = round(source.uniform(58, 168), 2)
    layout, kind = source.choice(LAYOUTS), source.choice(TYPES)
    delivered = date(2015, 1, 1) + timedelta(days=source.randrange(3000))
    family = phone(source)
    for place in range(source.choice((1, 2, 2, 3, 3, 4))):
        role = "业主" if place == 0 else source.choice(ROLES_AFTER_FIRST)
        number_of = family if place and source.random() < 0.2 else phone(source)
        yield (
            str(building), str(entrance), number, kind, area, layout, delivered, person_name(source), role,
            "" if source.random() < 0.05 else number_of,
            "" if source.random() < 0.25 else id_number(source),
            plate(source) if source.random() < 0.25 else "",
        )  # fmt: skip


def write(path: str, count: int, seed: int = 7) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("业主资料")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for place, title in enumerate(HEADERS):
            sheet.write_string(0, place, title)
        for number, row in enumerate(rows(count, seed), start=1):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                elif isinstance(value, float):
                    sheet.write_number(number, place, value)
                elif value:
                    sheet.write_string(number, place, value)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
