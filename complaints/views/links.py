"""Orders, groups and outside parties of a case."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from complaints.forms import links as forms
from complaints.queries.cases import groups_read_by, read_by
from complaints.queries.matters import offered_group
from complaints.services import disclosing, groups, orders
from complaints.views.acts import ASSIGN, CHANGE, WORK
from complaints.views.base import Act, Page
from owners.visibility import Eyes

ORDER = "workorders.add_workorder"


class OrderRaise(Act):
    """Needs the right to take orders besides."""

    permission, title, form_class = WORK, _("转工单"), forms.RaiseOrderForm
    service, success = staticmethod(orders.raise_order), _("已由 %(object)s 转出工单")

    def object(self) -> Any:
        case = super().object()
        user = self.request.user
        if not user.has_perm(ORDER) or not Eyes(user).covers(ORDER, case.community_id, case.building_id):
            raise PermissionDenied(ORDER)
        return case


class OrderLink(Act):
    permission, title, form_class = WORK, _("关联工单"), forms.LinkOrderForm
    service, success = staticmethod(orders.link_order), _("已关联到 %(object)s")


class DisclosureCreate(Page):
    permission, title, form_class = CHANGE, _("登记信息提供"), forms.DisclosureForm
    service, success = staticmethod(disclosing.record_disclosure), _("已登记 %(object)s 的信息提供")


class GroupMake(Act):
    permission, title, form_class = ASSIGN, _("建立群诉"), forms.GroupForm
    success = _("%(object)s 已并入群诉，按重大处理")

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        offered = [obj, *offered_group(obj, read_by(self.request.user, one_community=True))]
        return self.form_class(data, files, user=self.request.user, instance=obj, offered=offered)

    @staticmethod
    def service(case: Any, *, by: Any, cases: Any, title: str) -> Any:
        return groups.make_group(cases, by=by, title=title)


class GroupJoin(Act):
    permission, title, form_class = ASSIGN, _("并入群诉"), forms.JoinForm
    service, success = staticmethod(groups.join_group), _("已并入群诉 %(object)s")

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        mine = groups_read_by(self.request.user)
        return self.form_class(data, files, user=self.request.user, instance=obj, groups=mine)


class GroupLeave(Act):
    permission, title, form_class = ASSIGN, _("移出群诉"), forms.LeaveForm
    service, success = staticmethod(groups.leave_group), _("已移出群诉 %(object)s")
