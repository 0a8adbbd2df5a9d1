from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.web.access import requires
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import crumbs
from core.web.pages import ActionView, CreateView, UpdateView
from properties import forms, queries
from properties.models import OrgNode
from properties.policies import ADD_NODE, CHANGE_NODE, can_change_node
from properties.services import organisation
from properties.views.stopping import on_restoring, on_stopping

HOME = ((gettext_lazy("组织架构"), "properties:orgnode_tree"),)


@requires("properties.view_orgnode")
@require_safe
def orgnode_tree(request: HttpRequest) -> HttpResponse:
    user = request.user
    nodes = queries.tree(user)
    context = {
        "title": _("组织架构"),
        "breadcrumbs": crumbs([(_("客户与房产"), "")], _("组织架构")),
        "nodes": nodes,
        "may_add": can_change_node(user, ADD_NODE, None) or any(row["may_add"] for row in nodes),
        "may_add_community": any(row["may_add_community"] for row in nodes),
    }
    return render(request, "properties/orgnode_tree.html", context)


class OrgNodeCreate(CreateView):
    model, permission = OrgNode, ADD_NODE
    form_class = forms.NodeForm
    service = staticmethod(organisation.create_node)
    title, breadcrumbs = gettext_lazy("新增组织节点"), HOME

    def initial(self) -> dict[str, Any]:
        return {"sort": 0} | super().initial()


class OrgNodeUpdate(UpdateView):
    model, permission = OrgNode, CHANGE_NODE
    form_class = forms.NodeChangeForm
    service = staticmethod(organisation.change_node)
    title, breadcrumbs = gettext_lazy("修改组织节点"), HOME


class OrgNodeMove(UpdateView):
    model, permission = OrgNode, CHANGE_NODE
    form_class = forms.NodeMoveForm
    service = staticmethod(organisation.move_node)
    title, breadcrumbs = gettext_lazy("移动组织节点"), HOME
    success = gettext_lazy("已移动 %(object)s，按组织授权的人员随之更新")


class OrgNodeDisable(ActionView):
    model, permission = OrgNode, CHANGE_NODE
    form_class = ReasonForm
    service = staticmethod(organisation.disable_node)
    consequence = staticmethod(
        on_stopping(gettext_lazy("停用后不能再把项目或下级挂在它下面。"), organisation.why_not_stop)
    )
    title, breadcrumbs, danger = gettext_lazy("停用"), HOME, True
    success = gettext_lazy("已停用 %(object)s")


class OrgNodeRestore(ActionView):
    model, permission = OrgNode, CHANGE_NODE
    form_class = ConfirmForm
    service = staticmethod(organisation.restore_node)
    consequence = staticmethod(on_restoring)
    title, breadcrumbs = gettext_lazy("恢复"), HOME
    success = gettext_lazy("已恢复 %(object)s")
