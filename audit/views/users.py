"""Accounts: list, page, forms and actions of the administrators."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.filters import UserFilter
from audit.forms import UserForm
from audit.models import User
from audit.queries import people
from audit.services import users
from audit.tables import UserTable
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView, Tab, crumbs
from core.web.pages import ActionView, CreateView, DetailView, FormView, UpdateView

SYSTEM = (gettext_lazy("系统"), "")
PARENTS = (SYSTEM, (gettext_lazy("人员与账号"), "audit:user_list"))


class UserListView(ListView):
    model = User
    permission = "audit.view_user"
    export_permission = "audit.export_user"
    title = gettext_lazy("人员与账号")
    list_name = "audit:user_list"
    table = UserTable
    filterset = UserFilter
    prepare = staticmethod(people.with_grants)
    default_order = ("username",)
    breadcrumbs = (SYSTEM,)
    tabs = (
        Tab(gettext_lazy("全部")),
        Tab(gettext_lazy("启用"), "disabled_at=active"),
        Tab(gettext_lazy("停用"), "disabled_at=disabled"),
    )
    page_actions = (
        Link(gettext_lazy("角色与权限"), "audit:role_matrix", "audit.view_role", "shield-lock"),
        Link(gettext_lazy("新建账号"), "audit:user_create", "audit.add_user", "user-plus", primary=True, shortcut="N"),
    )


class UserDetailView(DetailView):
    model = User
    permission = "audit.view_user"
    template_name = "audit/user_detail.html"
    facts = staticmethod(people.user_page)
    breadcrumbs = PARENTS


class _ShowsPassword(FormView):
    """After the act the page shows the one-time password, this one time: it is kept nowhere."""

    done: User | None = None

    def run(self, obj: Any, values: dict[str, Any]) -> User:
        self.done = cast(User, super().run(obj, values))
        return self.done

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().post(request, **kwargs)
        if self.done is None:
            return response
        title = _("一次性密码")
        page = {
            "person": self.done,
            "password": self.done.new_password,
            "title": title,
            "breadcrumbs": crumbs(PARENTS, title),
        }
        return render(request, "audit/user_password.html", page)


class UserCreateView(_ShowsPassword, CreateView):
    model = User
    permission = "audit.add_user"
    form_class = UserForm
    service = staticmethod(users.create_user)
    title = gettext_lazy("新建账号")
    success = gettext_lazy("已新建账号 %(object)s")
    submit_label = gettext_lazy("新建账号")
    breadcrumbs = PARENTS


class UserUpdateView(UpdateView):
    model = User
    permission = "audit.change_user"
    form_class = UserForm
    service = staticmethod(users.update_user)
    title = gettext_lazy("修改账号资料")
    breadcrumbs = PARENTS


def what_stays(user: User) -> dict[str, Any]:
    """What stopping an account does and what it leaves."""
    sessions, grants = user.sessions.count(), len(people.grant_lines(user))
    return {
        "consequence": _("立即退出登录，不能再登录；经办过的记录和操作日志都保留，可随时恢复。"),
        "consequences": [
            {"label": _("正在使用的登录"), "value": _("%(n)d 处，立即退出") % {"n": sessions}},
            {"label": _("已分配的角色"), "value": _("%(n)d 个，保留但不生效") % {"n": grants}},
        ],
    }


class UserDisableView(ActionView):
    model = User
    permission = "audit.disable_user"
    form_class = ReasonForm
    service = staticmethod(users.disable_user)
    title = gettext_lazy("停用账号")
    success = gettext_lazy("已停用账号 %(object)s")
    consequence = staticmethod(what_stays)
    danger = True
    breadcrumbs = PARENTS


class UserRestoreView(ActionView):
    model = User
    permission = "audit.disable_user"
    form_class = ConfirmForm
    service = staticmethod(users.restore_user)
    title = gettext_lazy("恢复账号")
    success = gettext_lazy("已恢复账号 %(object)s")
    breadcrumbs = PARENTS


class UserResetPasswordView(_ShowsPassword, ActionView):
    model = User
    permission = "audit.reset_password_user"
    form_class = ConfirmForm
    service = staticmethod(users.reset_password)
    title = gettext_lazy("重置密码")
    success = gettext_lazy("已重置 %(object)s 的密码")
    danger = True
    breadcrumbs = PARENTS

    consequence = staticmethod(
        lambda user: {"consequence": _("此人立即退出登录；系统生成一次性密码，只显示一次，下次登录须改密码。")}
    )


class UserUnlockView(ActionView):
    model = User
    permission = "audit.unlock_user"
    form_class = ConfirmForm
    service = staticmethod(users.unlock_user)
    title = gettext_lazy("解除登录锁定")
    success = gettext_lazy("已解除 %(object)s 的登录锁定")
    breadcrumbs = PARENTS
    consequence = staticmethod(lambda user: {"consequence": _("解除前请确认是本人在登录；来源地址见登录日志。")})
