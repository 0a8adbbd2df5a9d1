"""What each scale consists of: the organisation tree, the communities, and how many units and persons each of them has."""

# ruff: noqa: S311  words stand in rows; nothing here is a secret

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

# Everything is told as of this day, so that the same seed gives the same data on any day. Tags and leases reach years beyond it.
TODAY = date(2026, 11, 22)
PERSONS_PER_UNIT = 2.6
SCALES = ("demo", "project", "city")
GROUP = "睦邻物业集团"


@dataclass(frozen=True)
class City:
    name: str
    region: str
    province: str
    district: str
    area_code: str
    plate: str


@dataclass(frozen=True)
class CommunityPlan:
    """One community to be drawn. `ordinal` keeps its identity numbers apart from all others'; `design` names a hand-made layout."""

    ordinal: int
    code: str
    name: str
    short_name: str
    city: City
    address: str
    units: int
    persons: int
    completed_on: date
    design: str = ""
    first_parking: int = 1

    @property
    def node_path(self) -> tuple[str, str, str]:
        return GROUP, self.city.region, self.city.name


CITIES = (
    City("南京", "华东区域", "江苏省", "建邺区", "025", "苏"),
    City("杭州", "华东区域", "浙江省", "西湖区", "0571", "浙"),
    City("苏州", "华东区域", "江苏省", "工业园区", "0512", "苏"),
    City("上海", "华东区域", "上海市", "浦东新区", "021", "沪"),
    City("西宁", "西北区域", "青海省", "城西区", "0971", "青"),
    City("西安", "西北区域", "陕西省", "雁塔区", "029", "陕"),
    City("兰州", "西北区域", "甘肃省", "城关区", "0931", "甘"),
    City("北京", "华北区域", "北京市", "朝阳区", "010", "京"),
    City("天津", "华北区域", "天津市", "南开区", "022", "津"),
    City("石家庄", "华北区域", "河北省", "裕华区", "0311", "冀"),
    City("广州", "华南区域", "广东省", "天河区", "020", "粤"),
    City("深圳", "华南区域", "广东省", "南山区", "0755", "粤"),
    City("成都", "西南区域", "四川省", "高新区", "028", "川"),
    City("重庆", "西南区域", "重庆市", "渝北区", "023", "渝"),
    City("武汉", "华中区域", "湖北省", "江汉区", "027", "鄂"),
    City("长沙", "华中区域", "湖南省", "岳麓区", "0731", "湘"),
)
_FIRST = [
    "翡翠",
    "金域",
    "云麓",
    "观澜",
    "星河",
    "紫荆",
    "滨江",
    "锦绣",
    "麓湖",
    "朗诗",
    "香山",
    "水岸",
    "梧桐",
    "枫林",
    "海棠",
    "玉兰",
    "银杏",
    "听涛",
    "揽月",
    "望岳",
]
_SECOND = ("花园", "名邸", "雅苑", "新城", "华府", "家园", "公馆", "里", "湾", "府")


def plans(scale: str, seed: int) -> list[CommunityPlan]:
    return {"demo": _demo, "project": _project, "city": _city}[scale](seed)


def _demo(_seed: int) -> list[CommunityPlan]:
    return [
        CommunityPlan(
            1,
            "HYH",
            "湖映花园",
            "湖映",
            CITIES[0],
            "江东中路 88 号",
            300,
            780,
            date(2022, 3, 10),
            "lakeside",
            first_parking=206,
        ),
        CommunityPlan(2, "YQL", "云栖里", "云栖", CITIES[1], "文三西路 210 号", 100, 260, date(2019, 6, 20), "lane"),
    ]


def _project(_seed: int) -> list[CommunityPlan]:
    return [
        CommunityPlan(11, "XYC", "星屿城", "星屿", CITIES[2], "星湖街 1 号", 5_000, 13_000, date(2020, 5, 18)),
    ]


def _city(seed: int) -> list[CommunityPlan]:
    """80 communities between about 1,000 and 5,000 units; the sums are exact."""
    random = Random(f"city {seed}")
    names = [first + second for first in _FIRST for second in _SECOND]
    random.shuffle(names)
    sizes = _shares(200_000, [random.uniform(0.45, 1.9) for _ in range(80)])
    heads = _shares(520_000, [float(size) for size in sizes])
    rows = []
    for index, (size, persons) in enumerate(zip(sizes, heads, strict=True)):
        city = CITIES[index % len(CITIES)]
        completed = date(random.randrange(2004, 2024), random.randrange(1, 13), random.randrange(1, 29))
        address = f"{random.choice('东西南北中')}湖路 {random.randrange(1, 400)} 号"
        rows.append(
            CommunityPlan(
                100 + index,
                f"C{index + 1:03d}",
                f"{city.name}{names[index]}",
                names[index],
                city,
                address,
                size,
                persons,
                completed,
            )
        )
    return rows


def _shares(total: int, weights: list[float]) -> list[int]:
    """Whole numbers in proportion to the weights whose sum is exactly `total`."""
    scale = total / sum(weights)
    shares = [int(weight * scale) for weight in weights]
    for index in range(total - sum(shares)):
        shares[index % len(shares)] += 1
    return shares


def totals(rows: Iterable[CommunityPlan]) -> dict[str, int]:
    rows = list(rows)
    return {
        "communities": len(rows),
        "units": sum(row.units for row in rows),
        "persons": sum(row.persons for row in rows),
    }
