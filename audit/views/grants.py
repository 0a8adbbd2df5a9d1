"""Roles given to people for places."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.forms import GrantChangeForm, GrantForm
from audit.models import Grant, Role, User
from audit.queries.matrix import roles_in_force
from audit.queries.places import building_tree, community_tree
from audit.services import grants
from audit.views.users import PARENTS
from core.web.forms import ReasonForm
from core.web.pages import ActionView, UpdateView

PERMISSION = grants.PERMISSION


def scope_note(role: Role) -> str:
    """数据范围：本项目。判级、派单改派、督办、审核。"""
    return _("数据范围：%(scope)s。%(description)s") % {
        "scope": role.get_data_scope_display(),
        "description": role.description,
    }


class _PlacesPage(UpdateView):
    """The form with its two trees; which of them shows follows the role's data scope."""

    permission = PERMISSION
    template_name = "audit/grant_form.html"
    breadcrumbs = PARENTS

    def page(self, form: Any, obj: Any, draft: Any = None) -> HttpResponse:
        roles = [obj.role] if isinstance(obj, Grant) else list(roles_in_force())
        context = {
            "form": form,
            "object": obj,
            "person": obj.user if isinstance(obj, Grant) else obj,
            "title": self.title,
            "breadcrumbs": self.crumbs(self.title),
            "cancel_url": obj.get_absolute_url(),
            "save_label": self.submit_label,
            "role_scopes": {role.pk: {"scope": role.data_scope, "note": scope_note(role)} for role in roles},
            "community_tree": community_tree(form.ticked("nodes"), form.ticked("communities")),
            "building_tree": building_tree(form.ticked("buildings")),
        }
        return render(self.request, self.template_name, context)


class GrantCreateView(_PlacesPage):
    """The address names the person."""

    model = User
    form_class = GrantForm
    service = staticmethod(grants.grant_role)
    title = gettext_lazy("分配角色")
    success = gettext_lazy("已分配：%(object)s")
    submit_label = gettext_lazy("分配角色")


class GrantUpdateView(_PlacesPage):
    model = Grant
    form_class = GrantChangeForm
    service = staticmethod(grants.change_grant)
    title = gettext_lazy("修改角色的范围")
    success = gettext_lazy("已修改：%(object)s")
    submit_label = gettext_lazy("保存范围")


class GrantWithdrawView(ActionView):
    model = Grant
    permission = PERMISSION
    form_class = ReasonForm
    service = staticmethod(grants.withdraw_grant)
    title = gettext_lazy("收回角色")
    success = gettext_lazy("已收回：%(object)s")
    danger = True
    breadcrumbs = PARENTS
