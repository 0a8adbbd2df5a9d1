"""The columns of the estate, in the template's order (DOMAIN 2.1): template, import and export read this one declaration.

Declared with core.excel.columns, not with import-export resources: those clean and render through model instances, one row at a
time (1,200 rows a second here), and the estate's rows are no model's rows: one line speaks of a unit, a person and their tenure.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from core.excel.columns import Choice, Column, Kind
from core.models import DictItem
from owners.models import Gender, IdType, TenureRole
from properties.models import DeliveryStatus, UsageStatus


class Part(StrEnum):
    """Whose facts a column holds."""

    PLACE = "place"
    UNIT = "unit"
    PERSON = "person"
    TENURE = "tenure"


# As people write square metres behind the number; ㎡ and m² are m2 once they are cleaned.
_AREA_UNITS = ("平方米", "平米", "平方", "平", "m2", "m^2")
_ROLE_SYNONYMS = {
    TenureRole.OWNER: ("产权人", "户主", "房主", "业主本人", "本人", "业主(产权人)", "所有权人"),
    TenureRole.CO_OWNER: ("共有", "共同业主", "产权共有人", "共有业主", "联名业主"),
    TenureRole.FAMILY: ("家属", "家人", "亲属", "成员", "配偶", "子女", "父母", "业主家属", "同住人"),
    TenureRole.TENANT: ("租客", "承租人", "租赁户", "租房", "承租方"),
    TenureRole.CUSTODIAN: ("代管", "托管人", "代理人", "委托人", "代管业主"),
    TenureRole.OCCUPIER: ("使用人", "使用方", "入驻单位", "入驻企业", "实际使用单位"),
}
_GENDER_SYNONYMS = {
    Gender.MALE: ("男性", "先生", "m", "male", "1"),
    Gender.FEMALE: ("女性", "女士", "f", "female", "2"),
}
_ID_TYPE_SYNONYMS = {
    IdType.ID_CARD: ("居民身份证", "二代身份证", "身份证号", "身份证件"),
    IdType.PASSPORT: ("外国护照", "中国护照"),
    IdType.HK_MACAU: ("港澳通行证", "回乡证", "港澳居民来往大陆通行证"),
    IdType.TAIWAN: ("台胞证", "台湾通行证"),
    IdType.CREDIT_CODE: ("营业执照", "信用代码", "社会信用代码", "组织机构代码"),
}
_DELIVERY_SYNONYMS = {
    DeliveryStatus.UNSOLD: ("未销售", "待售", "在售"),
    DeliveryStatus.SOLD: ("已售", "未交付", "未交房", "已售未交", "待交付", "未收楼"),
    DeliveryStatus.DELIVERED: ("已交房", "已收楼", "已收房", "交付", "已接房", "已入伙"),
}
_USAGE_SYNONYMS = {
    UsageStatus.OWN: ("自用", "已入住", "入住", "业主自住", "常住"),
    UsageStatus.LET: ("已出租", "租赁", "出租中", "租"),
    UsageStatus.VACANT: ("空关", "空闲", "未入住", "闲置", "空房"),
    UsageStatus.FITTING: ("装修中", "在装修", "施工中"),
    UsageStatus.LENT: ("借住", "外借"),
    UsageStatus.OFFICE: ("办公用", "商用"),
}


def _enumeration(choices: type[TextChoices], synonyms: Mapping[Any, tuple[str, ...]]) -> list[Choice]:
    return [Choice(item.value, str(item.label), synonyms.get(item, ())) for item in choices]


def dictionary(code: str) -> list[Choice]:
    """The words of a data dictionary that are in use; values are the items' ids."""
    items = DictItem.objects.of(code).active()
    return [Choice(item.pk, item.name, tuple(item.synonyms)) for item in items]


def columns() -> list[Column]:
    """Titles and explanations in the language of now; the words of the drop-downs are read when somebody asks for them."""
    return [*_place_columns(), *_unit_columns(), *_person_columns()]


def _place_columns() -> list[Column]:
    return [
        Column(
            key="community", title=_("项目"), width=16, example=_("湖映花园"), fill_down=True,
            synonyms=("小区", "小区名称", "项目名称", "楼盘", "楼盘名称", "项目编码", "管理处", "苑区"),
            help=_("可以不填；填写时必须是所选项目的名称、简称或编码"),
        ),
        Column(
            key="building", title=_("楼栋"), required=True, kind=Kind.CODE, width=9, example="3栋", fill_down=True, max_length=20,

            synonyms=("楼号", "楼栋号", "栋", "栋号", "楼", "幢", "幢号", "楼座", "座", "座号", "楼幢", "楼栋名称", "楼宇",
                "楼宇名称"),
            help=_("3、3栋、03 都认得"),
        ),
        Column(
            key="entrance", title=_("单元"), kind=Kind.CODE, width=7, example="2", fill_down=True, max_length=10,
            synonyms=("单元号", "门洞", "单元名称", "楼门", "梯号", "梯"), help=_("没有单元的楼留空"),
        ),
        Column(
            key="floor", title=_("楼层"), kind=Kind.INTEGER, signed=True, width=7, example="15",
            synonyms=("层", "所在层", "所在楼层", "层数", "楼层号"), help=_("地下写负数；留空时按房号推算"),
        ),
        Column(
            key="number", title=_("房号"), required=True, kind=Kind.CODE, width=9, example="1502", max_length=40,
            synonyms=(
                "房间号", "房屋编号", "房间", "室号", "房间编号", "门牌号", "户号", "房产编号", "车位号", "铺位号",
                "房间名称", "室",
            ),
            help=_("开头的 0 会保留；也可以写 3-2-1502"),
        ),
    ]  # fmt: skip


# One cell for the whole room, understood beside or instead of 楼栋, 单元, 房号; not in the template.
def combined_column() -> Column:
    return Column(
        key="room", title=_("房屋"), width=14, example="3-2-1502", max_length=60,

            synonyms=("房产", "房屋地址", "房屋信息", "房产信息", "房屋名称", "房产名称", "完整房号", "楼栋房号",
                "房屋坐落", "地址", "住址"),
    )  # fmt: skip


def _unit_columns() -> list[Column]:
    return [
        Column(
            key="unit_type", title=_("房屋类型"), required=True, kind=Kind.CHOICE, width=11, example=_("高层"),
            choices=partial(dictionary, "unit_type"),
            synonyms=("物业类型", "类型", "房产类型", "产品类型", "业态", "房间类型", "用途", "房屋用途"),
        ),
        Column(
            key="built_area", title=_("建筑面积"), required=True, kind=Kind.DECIMAL, width=10, example="89.50",
            units=_AREA_UNITS,
            synonyms=("面积", "建面", "房屋面积", "产权面积", "计费面积", "收费面积", "建筑面积平方米", "合同面积",
                "产权建筑面积"),
            help=_("单位平方米；89.5、89.5㎡、89.5平方米 都认得"),
        ),
        Column(
            key="inner_area", title=_("套内面积"), kind=Kind.DECIMAL, width=10, example="72.30", units=_AREA_UNITS,
            synonyms=("套内建筑面积", "使用面积", "套内", "实用面积", "室内面积"), help=_("不能大于建筑面积"),
        ),
        Column(
            key="layout", title=_("户型"), kind=Kind.LAYOUT, width=14, example=_("3室2厅2卫1厨"),
            synonyms=("房型", "户型结构", "格局", "房屋户型", "户型图"), help=_("先后不限，如 3室2厅2卫1厨"),
        ),
        Column(
            key="orientation", title=_("朝向"), kind=Kind.CHOICE, width=9, example=_("南北通透"),
            choices=partial(dictionary, "orientation"), synonyms=("房屋朝向", "方位", "座向"),
        ),
        Column(
            key="property_nature", title=_("产权性质"), kind=Kind.CHOICE, width=10, example=_("商品房"),
            choices=partial(dictionary, "property_nature"), synonyms=("房屋性质", "产权类型", "产权", "性质"),
        ),
        Column(
            key="delivery_status", title=_("交付状态"), kind=Kind.CHOICE, width=11, example=str(DeliveryStatus.DELIVERED.label),
            choices=partial(_enumeration, DeliveryStatus, _DELIVERY_SYNONYMS),
            synonyms=("交房状态", "收楼状态", "销售状态", "是否交付", "交楼状态", "交付情况", "交房情况"),
        ),
        Column(
            key="delivered_on", title=_("交付日期"), kind=Kind.DATE, width=12, example="2024-06-30",
            synonyms=("交房日期", "交房时间", "交付时间", "收楼日期", "收房日期", "接房日期", "入伙日期", "交楼日期", "收房时间"),
        ),
        Column(
            key="billing_from", title=_("计费起日"), kind=Kind.DATE, width=12, example="2024-07-01",
            synonyms=("计费开始日期", "收费起日", "起费日期", "计费日期", "计费起始日", "收费开始日期", "物业费起算日"),
        ),
        Column(
            key="usage", title=_("使用状态"), kind=Kind.CHOICE, width=10, example=str(UsageStatus.OWN.label),
            choices=partial(_enumeration, UsageStatus, _USAGE_SYNONYMS),
            synonyms=("房屋状态", "入住状态", "居住状态", "房间状态", "使用情况", "入住情况", "状态"),
        ),
    ]  # fmt: skip


def _person_columns() -> list[Column]:
    return [
        Column(
            key="name", title=_("姓名"), required=True, kind=Kind.NAME, width=12, example=_("王建国"),
            synonyms=(
                "业主", "业主名称", "业主姓名", "客户名称", "客户姓名", "住户", "住户姓名", "住户名称", "产权人", "户主",
                "户主姓名", "客户",
                "产权人姓名", "名称", "租户姓名", "人员姓名", "联系人姓名",
            ),
            help=_("每行一个人；同一套房可以有多行。没有住户的房屋留空"),
        ),
        Column(
            key="role", title=_("角色"), required=True, kind=Kind.CHOICE, width=10, example=str(TenureRole.OWNER.label),
            choices=partial(_enumeration, TenureRole, _ROLE_SYNONYMS),

            synonyms=("身份", "客户类型", "住户类型", "人员类型", "业主类型", "与房屋关系", "住户身份", "人房关系",
                "客户身份", "关系"),
        ),
        Column(
            key="share", title=_("份额"), kind=Kind.SHARE, width=8, example="50%",

            synonyms=("产权份额", "产权比例", "占比", "份额比例", "产权占比",
                "共有份额"), help=_("50%、1/2、0.5 都认得；合计不超过 100%"),
        ),
        Column(
            key="is_primary_contact", title=_("主联系人"), kind=Kind.YESNO, width=9, example=_("是"),
            synonyms=("是否主联系人", "主要联系人", "第一联系人"),
        ),
        Column(
            key="is_payer", title=_("缴费人"), kind=Kind.YESNO, width=8, example=_("是"),
            synonyms=("是否缴费人", "付费人", "交费人", "缴费主体", "是否付费"),
        ),
        Column(
            key="start", title=_("起"), kind=Kind.DATE, width=12, example="2024-06-30",
            synonyms=("起始日期", "开始日期", "入住日期", "入住时间", "关系起", "起日", "租赁开始", "起租日期"),
            help=_("留空时取交付日期，没有则取导入当天"),
        ),
        Column(
            key="end", title=_("止"), kind=Kind.DATE, width=12, example="",

            synonyms=("结束日期", "终止日期", "迁出日期", "关系止", "止日", "租赁结束", "到期日期",
                "退租日期"), help=_("导入不会终止在册的关系"),
        ),
        Column(
            key="phone", title=_("手机"), kind=Kind.PHONE, many=True, width=14, example="13800138000",
            synonyms=(
                "手机号", "联系电话", "手机号码", "电话", "联系方式", "电话号码", "业主电话", "移动电话", "联系手机",
                "业主手机", "客户电话",
                "住户电话", "业主联系电话",
            ),
            help=_("不知道就留空，不要填占位号码"),
        ),
        Column(
            key="other_phones", title=_("备用电话"), kind=Kind.PHONE, many=True, width=14, example="0571-88001234",

            synonyms=("其他电话", "固定电话", "座机", "备用手机", "第二电话", "家庭电话", "电话2", "手机2", "备用联系电话",
                "备用号码"),
        ),
        Column(
            key="id_type", title=_("证件类型"), kind=Kind.CHOICE, width=12, example=str(IdType.ID_CARD.label),
            choices=partial(_enumeration, IdType, _ID_TYPE_SYNONYMS), synonyms=("证件种类", "证件名称", "证照类型"),
        ),
        Column(
            key="id_number", title=_("证件号"), kind=Kind.DOCUMENT, width=21, example="11010519491231002X",
            synonyms=(
                "证件号码", "身份证", "身份证号", "身份证号码", "证件编号", "业主身份证", "业主身份证号",
                "统一社会信用代码", "身份证件号", "证照号码",
            ),
            help=_("整列设为文本；不知道就留空"),
        ),
        Column(
            key="gender", title=_("性别"), kind=Kind.CHOICE, width=6, example=str(Gender.MALE.label),
            choices=partial(_enumeration, Gender, _GENDER_SYNONYMS), synonyms=("业主性别", "男女"),
        ),
        Column(
            key="emergency_name", title=_("紧急联系人"), kind=Kind.NAME, width=11, example=_("李芳"), max_length=30,
            synonyms=("紧急联系人姓名", "应急联系人", "紧急联络人", "备用联系人"),
        ),
        Column(
            key="emergency_phone", title=_("紧急电话"), kind=Kind.PHONE, width=14, example="13900139000",
            synonyms=("紧急联系电话", "紧急联系人电话", "应急电话", "紧急联系方式", "应急联系电话", "紧急联系人手机"),
        ),
        Column(
            key="plates", title=_("车牌"), kind=Kind.PLATE, many=True, width=11, example="浙A12345",
            synonyms=("车牌号", "车牌号码", "车辆", "车号", "车牌1", "车辆号牌", "机动车牌"),
        ),
        Column(
            key="remark", title=_("备注"), kind=Kind.NOTE, width=20, example="", max_length=200,
            synonyms=("说明", "备注信息", "其他说明", "附注"),
        ),
    ]  # fmt: skip


def import_columns() -> list[Column]:
    return [*columns(), combined_column()]


UNIT_KEYS = (
    "floor", "unit_type", "built_area", "inner_area", "layout", "orientation", "property_nature", "delivery_status",
    "delivered_on", "billing_from", "usage",
)  # fmt: skip
PERSON_KEYS = (
    "name", "role", "share", "is_primary_contact", "is_payer", "start", "end", "phone", "other_phones", "id_type", "id_number",
    "gender", "emergency_name", "emergency_phone", "plates",
)  # fmt: skip
PHONE_KEYS = frozenset(("phone", "other_phones", "emergency_phone"))


def by_key(declared: Sequence[Column]) -> dict[str, Column]:
    return {column.key: column for column in declared}
