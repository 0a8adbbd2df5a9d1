"""The operation log and the sign-in log, for the auditor."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit.filters import LogFilter, SignInFilter
from audit.models import SignInEntry
from audit.queries import trail
from audit.tables import LogTable, SignInTable
from core.models import LogEntry
from core.web.access import requires
from core.web.lists import ListView, Tab, crumbs

SYSTEM = (gettext_lazy("系统"), "")
PARENTS = (SYSTEM, (gettext_lazy("操作日志"), "audit:log_list"))


class LogListView(ListView):
    model = LogEntry
    permission = "core.view_logentry"
    export_permission = "core.export_logentry"
    title = gettext_lazy("操作日志")
    list_name = "audit:log_list"
    table = LogTable
    filterset = LogFilter
    breadcrumbs = (SYSTEM,)
    tabs = (Tab(gettext_lazy("全部")), Tab(gettext_lazy("敏感操作"), "sensitive=true"))
    empty_sentence = gettext_lazy("没有符合条件的日志")
    template_name = "audit/log_list.html"


@requires("core.view_logentry")
@require_safe
def log_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry with its old and new values: a page, or a dialog beside the list."""
    entry = get_object_or_404(LogEntry.objects.visible_to(request.user, "core.view_logentry"), pk=pk)
    page = trail.entry_page(entry, request.user)
    page |= {"entry": entry, "title": page["sentence"], "breadcrumbs": crumbs(PARENTS, page["sentence"])}
    fragment = bool(request.headers.get("HX-Request"))
    return render(request, "audit/_log_dialog.html" if fragment else "audit/log_detail.html", page)


class SignInLogView(ListView):
    model = SignInEntry
    permission = "audit.view_signinentry"
    export_permission = "audit.export_signinentry"
    title = gettext_lazy("登录日志")
    list_name = "audit:sign_in_log"
    table = SignInTable
    filterset = SignInFilter
    prepare = staticmethod(lambda rows: rows.select_related("user"))
    breadcrumbs = (SYSTEM,)
    tabs = (
        Tab(gettext_lazy("全部")),
        Tab(gettext_lazy("密码错误"), "result=failure"),
        Tab(gettext_lazy("已锁定"), "result=locked"),
    )
    empty_sentence = gettext_lazy("没有符合条件的登录记录")
