"""The rules of who shall be told, added and taken away while the announcement may be written."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import save
from core.errors import BusinessError, OutOfScope
from core.models import SavedView
from notices.models import AudienceKind, AudienceRule, Notice
from notices.queries.audience import LISTS, WRITE
from notices.services.notices import lock_editable
from properties.models import Building, Community, Unit

ADDED = log.declare("notices.notice.audience_added", lazy("加了通知的发送范围"))
REMOVED = log.declare("notices.notice.audience_removed", lazy("去掉了通知的发送范围"))


@transaction.atomic
def add_rule(notice: Notice, *, by: Any, kind: str, exclude: bool = False, **values: Any) -> AudienceRule:
    """One rule more. Raises OutOfScope for a place that is not the actor's or not in the announcement's communities."""
    lock_editable(notice)
    _check_place(notice, by, values)
    view: SavedView | None = values.get("view")
    if view is not None:
        if view.list_name not in LISTS:
            raise BusinessError(_("只能用房屋或住户列表的视图"), field="view")
        values |= {"view_name": view.name, "view_list": view.list_name, "view_query": view.query}
    rule = AudienceRule(notice=notice, kind=kind, exclude=exclude, **values)
    save(rule)
    log.record(ADDED, notice, by=by, changes={"rule": str(rule), "exclude": exclude})
    return rule


@transaction.atomic
def remove_rule(rule: AudienceRule, *, by: Any) -> Notice:
    notice: Notice = rule.notice
    lock_editable(notice)
    log.record(REMOVED, notice, by=by, changes={"rule": str(rule), "exclude": rule.exclude})
    rule.delete()
    return notice


def _check_place(notice: Notice, by: Any, values: dict[str, Any]) -> None:
    for name, model in (("community", Community), ("building", Building), ("unit", Unit)):
        place = values.get(name)
        if place is None:
            continue
        community_id = place.pk if name == AudienceKind.COMMUNITY else place.community_id
        rows: Any = model._default_manager
        if community_id not in notice.community_ids:
            raise OutOfScope(_("“%(place)s”不在这条通知的项目里") % {"place": place}, field=name)
        if not rows.visible_to(by, WRITE).filter(pk=place.pk).exists():
            raise OutOfScope(_("你不能向“%(place)s”发通知") % {"place": place}, field=name)
