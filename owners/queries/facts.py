"""Facts of a unit and of a person in the groups their files show (R27, R32). A fact nobody knows is left out of a group, so that
a young file stays short."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.masking import mask_email
from owners.models import Owner
from owners.visibility import Eyes
from properties.models import Unit, UnitKind, UnitMark

Row = dict[str, Any]


def _row(label: Any, value: Any) -> Row:
    return {"label": label, "value": value}


def _known(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["value"] not in (None, "")]


def _area(value: Any) -> str:
    return "" if value is None else f"{value:,.2f} ㎡"


def _field(obj: Any, name: str) -> Row:
    field = obj._meta.get_field(name)
    value = getattr(obj, f"get_{name}_display")() if field.choices else getattr(obj, name)
    label = str(field.verbose_name)
    if label.endswith("（㎡）"):
        return _row(label.removesuffix("（㎡）"), _area(value))
    return _row(label, value)


def unit_facts(unit: Unit, context: dict[str, Any]) -> list[Row]:
    """The short list of the 房屋 card, composed as people read it."""
    inner = _("（套内 %(area).2f）") % {"area": unit.inner_area} if unit.inner_area is not None else ""
    built = f"{_area(unit.built_area)}{inner}" if unit.built_area is not None else ""
    floor = ""
    if unit.floor is not None:
        above = unit.building.floors_above
        floor = (
            _("%(floor)d / %(above)d 层") % {"floor": unit.floor, "above": above}
            if above and unit.floor > 0
            else _("%d 层") % unit.floor
        )
    rows = [
        _row(_("户型"), "，".join(part for part in [unit.layout, str(unit.orientation or "")] if part)),
        _row(_("建筑面积"), built),
        _row(_("公摊"), _area(unit.shared_area)),
        _row(_("类型"), "，".join(part for part in [str(unit.unit_type), floor] if part)),
        _row(_("产权性质"), unit.property_nature),
        _row(_("装修状态"), unit.decoration),
        # Two rows: side by side the second date breaks in the middle on a small screen.
        _row(_("交付"), unit.delivered_on.isoformat() if unit.delivered_on else ""),
        _row(_("计费起"), unit.billing_from.isoformat() if unit.billing_from else ""),
        _row(_("产权证号"), unit.title_number),
        _row(_("质保起日"), unit.warranty_from or unit.building.completed_on),
        _row(_("宠物"), "；".join(context["pets"])),
        _row(_("备注"), unit.remark),
    ]
    if unit.kind == UnitKind.PARKING:
        rows += [_row(_("车位类型"), unit.parking_type), _row(_("车位状态"), unit.get_parking_status_display())]
    return _known(rows)


GROUPS = (
    (lazy("设计属性"), ("design_code", "design_area", "design_note")),
    (lazy("施工属性"), ("drawing_number", "construction_area", "completed_area", "contractor")),
    (lazy("营销属性"), ("sale_status", "promotion", "order_number")),
    (lazy("业主属性"), ("contract_number", "buyer", "fitting_plan", "fitting_config", "mortgage")),
)


def attribute_groups(unit: Unit) -> list[dict[str, Any]]:
    """R32: the four groups that fold away; an empty one says so by its count."""
    groups = []
    for heading, names in GROUPS:
        rows = _known([_field(unit, name) for name in names])
        groups.append({"heading": heading, "rows": rows, "filled": len(rows), "total": len(names)})
    return groups


def figures(marks: dict[str, UnitMark]) -> list[dict[str, Any]]:
    """What upper floors have written about the unit; a floor that has written nothing has no figure."""
    shown = []
    if (mark := marks.get(UnitMark.Kind.OPEN_ORDERS)) is not None:
        shown.append({"label": _("在办工单"), "value": mark.count, "unit": _("单"), "sub": mark.note})
    if (mark := marks.get(UnitMark.Kind.ARREARS)) is not None:
        shown.append(
            {
                "label": _("欠费"),
                "value": f"{mark.amount or 0:,.2f}",
                "unit": _("元"),
                "sub": mark.note,
                "colour": "red",
            }
        )
    # Care stands beside the title already: alone it would be a strip of one.
    if shown and (mark := marks.get(UnitMark.Kind.CARE)) is not None:
        shown.append({"label": _("关怀"), "value": mark.count, "unit": _("项"), "sub": mark.note})
    return shown


def _birthday(owner: Owner) -> str:
    if not owner.birth_month or not owner.birth_day:
        return str(owner.birth_year or "")
    day = f"{owner.birth_month:02d}-{owner.birth_day:02d}"
    return f"{owner.birth_year}-{day}" if owner.birth_year else day


def portrait(owner: Owner, context: dict[str, Any], user: Any) -> list[dict[str, Any]]:
    """The 360° view of R27 in groups. Groups that later floors own (缴费, 投诉, 满意度 …) are tabs, not rows."""
    eyes = Eyes(user)
    quiet = ""
    if owner.quiet_from and owner.quiet_until:
        quiet = f"{owner.quiet_from:%H:%M}–{owner.quiet_until:%H:%M}"
    home = next(iter(context["holdings"]), None)
    mortgages = "、".join(dict.fromkeys(row.unit.mortgage for row in context["holdings"] if row.unit.mortgage))
    fittings = "；".join(row.unit.fitting_config for row in context["holdings"] if row.unit.fitting_config)
    groups = [
        (_("基本档案"), [
            _row(_("客户编号"), owner.number), _field(owner, "kind"), _field(owner, "gender"), _row(_("客户生日"), _birthday(owner)),
            _row(_("证件类型"), owner.get_id_type_display()), _row(_("联系人"), eyes.sees("name", owner.contact_person, owner.community_ids)),
            _row(_("邮箱"), mask_email(owner.email)), _field(owner, "occupation"), _field(owner, "source"), _field(owner, "level"),
            _field(owner, "member_number"), _row(_("区域地址"), home.community.name if home else ""), _field(owner, "postal_address"),
        ]),
        (_("联系与服务偏好"), [
            _field(owner, "preferred_channel"), _row(_("免打扰"), quiet), _field(owner, "service_preference"), _field(owner, "pets"),
            _field(owner, "interests"), _row(_("营销信息"), _("同意") if owner.marketing_consent else _("未同意")),
        ]),
        (_("客户关系与需求"), [
            _field(owner, "needs"), _field(owner, "decision_maker"), _field(owner, "relation_note"), _field(owner, "referral"),
        ]),
        (_("置业信息"), [
            _row(_("按揭方式"), mortgages), _row(_("装修配置"), fittings),
            _row(_("房屋格局"), "、".join(dict.fromkeys(row.unit.layout for row in context["holdings"] if row.unit.layout))),
            _row(_("房屋使用"), "、".join(dict.fromkeys(str(row.unit.get_usage_display()) for row in context["holdings"] if row.unit.usage))),
        ]),
    ]  # fmt: skip
    return [{"heading": heading, "rows": rows} for heading, found in groups if (rows := _known(found))]
