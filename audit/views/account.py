"""One's own account: rights, sessions, password."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit.forms import PasswordForm
from audit.models import User, UserSession
from audit.queries import explain
from audit.queries.people import account_page
from audit.services.passwords import change_password
from audit.services.sessions import end_session
from core.web.access import ANYONE_SIGNED_IN, signed_in, user_of
from core.web.forms import ConfirmForm
from core.web.lists import crumbs
from core.web.pages import ActionView, UpdateView


@signed_in
@require_safe
def my_account(request: HttpRequest) -> HttpResponse:
    title = _("我的账号与权限")
    person: User = user_of(request)
    page = account_page(person, request.session.session_key)
    page |= {"title": title, "breadcrumbs": crumbs((), title), "person": person}
    page |= {"groups": explain.rights(person), "visibility": explain.visibility(person)}
    return render(request, "audit/my_account.html", page)


class PasswordChangeView(UpdateView):
    """Everybody changes his own; it also stands in the way of everything else at the first sign-in."""

    permission = ANYONE_SIGNED_IN
    form_class = PasswordForm
    title = gettext_lazy("修改密码")
    success = gettext_lazy("密码已修改，其他设备上的登录已退出")
    submit_label = gettext_lazy("修改密码")
    template_name = "audit/password_change.html"

    def target(self) -> Any:
        return self.request.user

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        user = change_password(obj, by=obj, session_key=self.request.session.session_key, **values)
        update_session_auth_hash(self.request, user)
        return user

    def next_url(self, saved: Any) -> str:
        return reverse("audit:my_account")

    def cancel_url(self, obj: Any) -> str:
        """Not the page under 人员与账号, which most people may not open; nowhere at all while the change is forced."""
        return "" if obj.must_change_password else reverse("audit:my_account")


class SessionEndView(ActionView):
    """Ends one of one's own sessions: OwnQuerySet finds no other person's."""

    model = UserSession
    permission = ANYONE_SIGNED_IN
    form_class = ConfirmForm
    service = staticmethod(end_session)
    title = gettext_lazy("退出此处登录")
    success = gettext_lazy("已退出 %(object)s 的登录")

    def next_url(self, saved: Any) -> str:
        return reverse("audit:my_account")

    def cancel_url(self, obj: Any) -> str:
        return reverse("audit:my_account")
