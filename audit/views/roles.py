"""Roles one by one, and all together on the matrix."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audit.filters import RoleFilter
from audit.forms import RoleForm
from audit.matrix_workbook import workbook
from audit.models import Role
from audit.permission_labels import facts_of
from audit.queries import matrix as queries
from audit.services import roles
from audit.tables import RoleTable
from core import log
from core.errors import BusinessError
from core.web.access import requires, user_of
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView, crumbs
from core.web.pages import ActionView, CreateView, DetailView, UpdateView

SYSTEM = (gettext_lazy("系统"), "")
PARENTS = (SYSTEM, (gettext_lazy("角色"), "audit:role_list"))
EXPORTED = log.declare("audit.role.matrix_exported", gettext_lazy("导出了权限矩阵"))


def with_counts(rows: QuerySet[Role]) -> QuerySet[Role]:
    """Adds `permission_count` and `people_count` (holders now)."""
    held = Q(grants__withdrawn_at__isnull=True, grants__user__disabled_at__isnull=True)
    return rows.annotate(
        permission_count=Count("permissions", distinct=True), people_count=Count("grants__user", held, distinct=True)
    )


class RoleListView(ListView):
    model = Role
    permission = "audit.view_role"
    export_permission = "audit.export_role"
    title = gettext_lazy("角色")
    list_name = "audit:role_list"
    table = RoleTable
    filterset = RoleFilter
    prepare = staticmethod(with_counts)
    default_order = ("sort",)
    breadcrumbs = (SYSTEM,)
    page_actions = (
        Link(gettext_lazy("权限矩阵"), "audit:role_matrix", "audit.view_role", "table"),
        Link(gettext_lazy("新建角色"), "audit:role_create", "audit.add_role", "plus", primary=True, shortcut="N"),
    )


def role_page(role: Role, viewer: Any) -> dict[str, Any]:
    """Context of a role's page: permissions by app, holders, settings in words."""
    held: dict[str, list[Any]] = {}
    for row in role.permissions.select_related("content_type").order_by("content_type__app_label", "id"):
        facts = facts_of(row)
        held.setdefault(facts.app_name, []).append(facts)
    return {
        "groups": list(held.items()),
        "holders": queries.holders(role),
        "levels": [
            (queries.FIELD_WORDS[name], getattr(role, f"get_{name}_visibility_display")())
            for name in queries.FIELD_WORDS
        ],
    }


class RoleDetailView(DetailView):
    model = Role
    permission = "audit.view_role"
    template_name = "audit/role_detail.html"
    facts = staticmethod(role_page)
    breadcrumbs = PARENTS


class RoleCreateView(CreateView):
    model = Role
    permission = "audit.add_role"
    form_class = RoleForm
    service = staticmethod(roles.create_role)
    title = gettext_lazy("新建角色")
    success = gettext_lazy("已新建角色 %(object)s，请在权限矩阵里勾选权限")
    breadcrumbs = PARENTS


class RoleCopyView(UpdateView):
    """The form opens with the values of the role that is copied."""

    model = Role
    permission = "audit.add_role"
    form_class = RoleForm
    title = gettext_lazy("复制角色")
    success = gettext_lazy("已新建角色 %(object)s，权限与原角色相同")
    submit_label = gettext_lazy("新建角色")
    breadcrumbs = PARENTS

    def initial(self) -> dict[str, Any]:
        return {"name": _("%(name)s（副本）") % {"name": self.object().name}}

    def run(self, obj: Any, values: dict[str, Any]) -> Role:
        return roles.create_role(by=self.request.user, copy_of=obj, **values)


class RoleUpdateView(UpdateView):
    model = Role
    permission = "audit.change_role"
    form_class = RoleForm
    service = staticmethod(roles.update_role)
    title = gettext_lazy("修改角色")
    breadcrumbs = PARENTS


def who_loses(role: Role) -> dict[str, Any]:
    people = queries.holders(role).count()
    return {
        "consequence": _("停用后，持有者立即失去这个角色给的权限；恢复后原样生效。"),
        "consequences": [{"label": _("正在使用的人员"), "value": _("%(n)d 人") % {"n": people}}],
    }


class RoleDisableView(ActionView):
    model = Role
    permission = "audit.change_role"
    form_class = ReasonForm
    service = staticmethod(roles.disable_role)
    title = gettext_lazy("停用角色")
    success = gettext_lazy("已停用角色 %(object)s")
    consequence = staticmethod(who_loses)
    danger = True
    breadcrumbs = PARENTS


class RoleRestoreView(ActionView):
    model = Role
    permission = "audit.change_role"
    form_class = ConfirmForm
    service = staticmethod(roles.restore_role)
    title = gettext_lazy("恢复角色")
    success = gettext_lazy("已恢复角色 %(object)s")
    breadcrumbs = PARENTS


@requires("audit.view_role")
@require_http_methods(["GET", "HEAD", "POST"])
def matrix(request: HttpRequest) -> HttpResponse:
    """GET shows all roles side by side; POST saves what was changed (audit.change_role)."""
    may_change = request.user.has_perm("audit.change_role")
    error = None
    if request.method == "POST":
        if not may_change:
            return render(request, "403.html", status=403)
        try:
            count = roles.save_matrix(posted(request.POST), by=request.user, version=request.POST.get("version", ""))
        except BusinessError as refusal:
            error = refusal
        else:
            done = _("已保存 %(count)d 处改动，对相关人员的下一次操作生效") % {"count": count}
            messages.success(request, done if count else _("没有改动"))
            return redirect("audit:role_matrix")
    columns = queries.heads(request.user)
    title = _("角色与权限")
    page = {
        "title": title,
        "breadcrumbs": crumbs((SYSTEM,), title),
        "heads": columns,
        "settings_rows": queries.settings_rows(columns),
        "groups": queries.groups(columns),
        "version": roles.version_of([head.role for head in columns]),
        "may_change": may_change,
        "error": error,
    }
    return render(request, "audit/role_matrix.html", page, status=error.status if error else 200)


def posted(data: QueryDict) -> roles.MatrixInput:
    """`cell` holds "role-permission" of every ticked box, `set-<role>-<name>` a setting."""
    ticked = set()
    for value in data.getlist("cell"):
        role, _dash, permission = value.partition("-")
        if role.isdecimal() and permission.isdecimal() and len(value) < 38:
            ticked.add((int(role), int(permission)))
    settings: dict[int, dict[str, str]] = {}
    for key in data:
        mark, _dash, rest = key.partition("-")
        role, _dash, name = rest.partition("-")
        if mark == "set" and role.isdecimal() and len(role) < 19:
            settings.setdefault(int(role), {})[name] = data.get(key, "")
    return roles.MatrixInput(ticked, settings)


@requires("audit.view_role")
@require_safe
def matrix_export(request: HttpRequest) -> HttpResponse:
    """The matrix as a workbook, for the people who sign it off on paper."""
    columns = queries.heads(request.user)
    content = workbook(columns, queries.settings_rows(columns), queries.groups(columns))
    log.record(EXPORTED, None, by=request.user, changes={"rows": len(columns)})
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    name = _("权限矩阵_%(day)s_%(user)s.xlsx") % {
        "day": timezone.localdate().isoformat(),
        "user": user_of(request).display_name,
    }
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response
