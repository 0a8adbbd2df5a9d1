"""What the estate brings along: its dictionaries, what the kinds of unit follow from, and what the role templates may do here."""

from audit.services import seeds as roles
from core.services.dictionary import ItemSeed, TypeSeed
from properties.models import UnitKind

GROUP = "房产"

UNIT_TYPES = (
    ItemSeed("high_rise", "住宅-高层", ("住宅", "高层", "高层住宅", "普通住宅", "商品房", "住房", "房屋")),
    ItemSeed("mid_rise", "小高层", ("住宅-小高层", "小高层住宅", "中高层")),
    ItemSeed("low_rise", "洋房", ("住宅-洋房", "多层", "多层住宅", "花园洋房", "住宅-多层")),
    ItemSeed("villa", "别墅", ("住宅-别墅", "联排", "联排别墅", "叠拼", "叠墅", "双拼", "独栋", "独栋别墅", "排屋")),
    ItemSeed("apartment", "公寓", ("住宅-公寓", "酒店式公寓", "商务公寓", "单身公寓", "LOFT")),
    ItemSeed("shop", "商铺", ("店铺", "门面", "商业", "底商", "门市", "店面", "商业用房", "商服")),
    ItemSeed("office", "写字楼", ("办公", "办公楼", "写字间", "办公用房")),
    ItemSeed("parking", "车位", ("停车位", "地下车位", "地上车位", "车库", "产权车位", "机动车位")),
    ItemSeed("storage", "储物间", ("储藏室", "储藏间", "地下室", "杂物间", "储物室", "自行车库")),
    ItemSeed("clubhouse", "会所", ("社区会所", "活动中心")),
    ItemSeed("kindergarten", "幼儿园", ("托儿所", "托育园")),
    ItemSeed("other", "其他", ("其它", "配套用房", "物业用房", "公建")),
)

# What code treats differently follows from the type's code; words that people add later are homes until said otherwise.
KIND_OF_TYPE = {
    "shop": UnitKind.SHOP,
    "office": UnitKind.OFFICE,
    "parking": UnitKind.PARKING,
    "storage": UnitKind.STORAGE,
    "clubhouse": UnitKind.OTHER,
    "kindergarten": UnitKind.OTHER,
    "other": UnitKind.OTHER,
}

ORIENTATIONS = (
    ItemSeed("east", "东", ("朝东", "东向")),
    ItemSeed("south", "南", ("朝南", "南向", "正南")),
    ItemSeed("west", "西", ("朝西", "西向")),
    ItemSeed("north", "北", ("朝北", "北向")),
    ItemSeed("southeast", "东南", ("朝东南", "东南向", "南东")),
    ItemSeed("northeast", "东北", ("朝东北", "东北向")),
    ItemSeed("southwest", "西南", ("朝西南", "西南向", "南西")),
    ItemSeed("northwest", "西北", ("朝西北", "西北向")),
    ItemSeed("south_north", "南北通透", ("南北", "南北向", "南北通")),
    ItemSeed("east_west", "东西通透", ("东西", "东西向", "东西通")),
    ItemSeed("all_south", "全朝南", ("全南", "全南向")),
)

PROPERTY_NATURES = (
    ItemSeed("commodity", "商品房", ("商品", "普通商品房", "商品住宅")),
    ItemSeed("resettled", "回迁", ("回迁房", "安置房", "拆迁安置", "动迁房")),
    ItemSeed("public_rental", "公租", ("公租房", "廉租房", "保障性租赁住房")),
    ItemSeed("affordable", "经适", ("经适房", "经济适用房", "共有产权房", "限价房")),
    ItemSeed("self_held", "自持", ("开发商自持", "自持物业")),
)

DECORATIONS = (
    ItemSeed("bare", "毛坯", ("清水", "毛坯房", "未装修")),
    ItemSeed("fine", "精装", ("精装修", "全装修", "精装房")),
    ItemSeed("fitted", "已装", ("已装修", "装修", "简装", "简单装修")),
)

BUILDING_TYPES = (
    ItemSeed("high_rise", "高层", ("高层住宅", "塔楼", "板楼")),
    ItemSeed("mid_rise", "小高层", ()),
    ItemSeed("low_rise", "多层", ("洋房", "多层住宅")),
    ItemSeed("villa", "别墅", ("联排", "独栋", "排屋")),
    ItemSeed("apartment", "公寓楼", ("公寓",)),
    ItemSeed("commercial", "商业楼", ("商业", "裙楼", "商铺")),
    ItemSeed("office", "写字楼", ("办公楼",)),
    ItemSeed("garage", "车库", ("地下车库", "停车库", "地库")),
    ItemSeed("other", "其他", ("其它", "配套")),
)

PARKING_TYPES = (
    ItemSeed("titled", "产权", ("产权车位", "有产权")),
    ItemSeed("air_defence", "人防", ("人防车位",)),
    ItemSeed("monthly", "月租", ("月租车位", "包月")),
    ItemSeed("temporary", "临停", ("临时", "临时车位", "访客")),
    ItemSeed("tandem", "子母", ("子母车位", "子母位")),
    ItemSeed("charging", "充电", ("充电车位", "充电桩车位")),
)

PLACE_TYPES = (
    ItemSeed("lobby", "大堂", ("门厅", "单元门厅", "入户大堂")),
    ItemSeed("lift", "电梯", ("客梯", "货梯", "电梯厅")),
    ItemSeed("corridor", "楼道", ("走廊", "楼梯间", "消防通道")),
    ItemSeed("roof", "屋面", ("楼顶", "天台")),
    ItemSeed("facade", "外墙", ("外立面",)),
    ItemSeed("garage", "地下车库", ("车库", "地库")),
    ItemSeed("ground_parking", "地面停车区", ("地面停车",)),
    ItemSeed("road", "园区道路", ("道路", "路面")),
    ItemSeed("garden", "绿化", ("绿地", "花园", "草坪")),
    ItemSeed("gate", "出入口", ("大门", "岗亭", "门岗")),
    ItemSeed("playground", "活动场地", ("儿童乐园", "健身区", "广场", "泳池")),
    ItemSeed("machine_room", "设备房", ("配电房", "水泵房", "机房", "消控室")),
    ItemSeed("waste", "垃圾投放点", ("垃圾房", "垃圾站")),
    ItemSeed("other", "其他", ("其它",)),
)

TEAM_TYPES = (
    ItemSeed("service", "客服", ("客户服务", "前台", "管家")),
    ItemSeed("engineering", "工程", ("维修", "工程维修")),
    ItemSeed("order", "秩序", ("保安", "安保", "秩序维护")),
    ItemSeed("cleaning", "保洁", ("清洁", "环境")),
    ItemSeed("gardening", "绿化", ("园艺",)),
    ItemSeed("other", "其他", ("其它",)),
)

DICTIONARIES = (
    TypeSeed(
        "unit_type",
        "房屋类型",
        GROUP,
        UNIT_TYPES,
        "车位、储物间也是房屋的一种；按类型区分房屋、商铺、写字楼、车位、储物间",
    ),
    TypeSeed("orientation", "朝向", GROUP, ORIENTATIONS),
    TypeSeed("property_nature", "产权性质", GROUP, PROPERTY_NATURES),
    TypeSeed("decoration", "装修状态", GROUP, DECORATIONS),
    TypeSeed("building_type", "楼栋类型", GROUP, BUILDING_TYPES),
    TypeSeed("parking_type", "车位类型", GROUP, PARKING_TYPES),
    TypeSeed("place_type", "公共区域类型", GROUP, PLACE_TYPES),
    TypeSeed("team_type", "班组类型", GROUP, TEAM_TYPES),
)


def _names(acts: str, *models: str) -> list[str]:
    return [f"properties.{act}_{model}" for model in models for act in acts.split()]


ESTATE = ("community", "building", "unit", "place", "team")
VIEW = [*_names("view", *ESTATE), "properties.view_orgnode"]
EDIT = [*_names("add change", "building", "unit", "place", "team"), "properties.change_community"]
STOP = _names("disable", "building", "unit", "place", "team")
EXPORT = _names("export", *ESTATE)

PERMISSIONS = {
    roles.CLERK: VIEW,
    roles.CLERK_LEAD: [*VIEW, *EDIT, *EXPORT],
    roles.MANAGER: [*VIEW, *EDIT, *STOP, *EXPORT, "properties.copy_building"],
    roles.ENGINEER_LEAD: VIEW,
    roles.CASHIER: VIEW,
    roles.GROUP_QUALITY: VIEW,
    roles.SYSTEM_ADMIN: [
        *_names("view add change", "orgnode", "community"),
        "properties.disable_community",
        "properties.view_team",
    ],
    roles.FILE_IMPORTER: [
        *VIEW,
        *EDIT,
        *STOP,
        *EXPORT,
        "properties.add_community",
        "properties.disable_community",
        "properties.copy_building",
    ],
}
