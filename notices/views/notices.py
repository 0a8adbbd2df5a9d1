"""Announcements: list, editor, the page of one with its board."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.querysets import visible
from core.web.access import requires, user_of
from core.web.lists import Link, ListView, Tab, crumbs
from core.web.pages import CreateView, UpdateView
from notices import filters, tables
from notices.forms import notices as forms
from notices.models import Notice, NoticeTemplate
from notices.queries import board as figures
from notices.queries.beside import beside
from notices.queries.page import board_context, page_context
from notices.queries.rows import notice_rows
from notices.services import notices as service
from properties.current import current_community

GROUP = (_("沟通"), "")
HOME = (GROUP, (_("通知公告"), "notices:notice_list"))
VIEW = "notices.view_notice"
LIST_TABS = (
    Tab(_("全部")),
    Tab(_("已发布"), "group=standing"),
    Tab(_("待审核"), "group=waiting"),
    Tab(_("待发布"), "group=ready"),
    Tab(_("草稿与驳回"), "group=drafts"),
    Tab(_("已结束"), "group=ended"),
)


class NoticeList(ListView):
    model, permission = Notice, VIEW
    title, list_name = _("通知公告"), "notices:notice_list"
    table, filterset = tables.NoticeTable, filters.NoticeFilter
    prepare, default_order = staticmethod(notice_rows), ("-pk",)
    breadcrumbs, tabs = (GROUP,), LIST_TABS
    page_actions = (
        Link(_("模板"), "notices:template_list", "notices.view_noticetemplate", "template"),
        Link(_("写通知"), "notices:notice_create", "notices.add_notice", "plus", True, "N"),
    )
    export_permission = "notices.export_notice"
    empty_sentence = _("还没有通知")


class NoticeCreate(CreateView):
    model, permission = Notice, "notices.add_notice"
    form_class = forms.NoticeForm
    service = staticmethod(service.create_notice)
    title, breadcrumbs = _("写通知"), HOME
    submit_label, success = _("保存草稿"), _("已保存草稿 %(object)s，请选择发送范围")
    template_name = "notices/notice_form.html"

    def initial(self) -> dict[str, Any]:
        """The words of a template, and the community in which the person works."""
        current = current_community(self.request)
        chosen = self.request.GET.get("template", "")
        template = self._templates().filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        words = {name: getattr(template, name) for name in ("notice_type", "title", "body")} if template else {}
        return ({"communities": [current]} if current else {}) | words | super().initial()

    def _templates(self) -> Any:
        rows = visible(NoticeTemplate, self.request.user, "notices.view_noticetemplate")
        return rows.filter(disabled_at__isnull=True).order_by("notice_type__sort", "pk")

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        form: Any = super().form(obj, data, files)
        form.templates = self._templates()
        return form

    def next_url(self, saved: Any) -> str:
        return f"{saved.get_absolute_url()}audience"


class NoticeUpdate(UpdateView):
    model, permission = Notice, "notices.change_notice"
    form_class = forms.NoticeForm
    service = staticmethod(service.change_notice)
    title, breadcrumbs = _("修改通知"), HOME


@require_safe
@requires(VIEW)
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with its audience and preview; once published, its board."""
    user = user_of(request)
    notice = get_object_or_404(notice_rows(Notice.objects.visible_to(user, VIEW)), pk=pk)
    context = page_context(notice, user)
    if notice.is_frozen and user.has_perm(figures.VIEW):
        context |= board_context(notice, user, request.GET)
    rate = context["board"].total.rate if "board" in context else None
    context["beside"] = beside(notice, user, rate=rate)
    context |= {"title": notice.title, "breadcrumbs": crumbs(HOME, notice.title)}
    return render(request, "notices/notice_detail.html", context)


@require_safe
@requires(VIEW)
def notice_beside(request: HttpRequest, pk: int) -> HttpResponse:
    """The list beside the page of an announcement at another stage; without JavaScript its tabs lead to the whole list."""
    notice = get_object_or_404(Notice.objects.visible_to(user_of(request), VIEW), pk=pk)
    context = {"notice": notice, "beside": beside(notice, user_of(request), request.GET.get("group", ""))}
    return render(request, "notices/_beside.html", context)
