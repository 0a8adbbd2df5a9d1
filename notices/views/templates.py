from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.querysets import visible
from core.web.access import requires
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView, crumbs
from core.web.pages import ActionView, CreateView, UpdateView
from notices import filters, tables
from notices.forms import notices as forms
from notices.models import NoticeTemplate
from notices.queries.rows import template_rows
from notices.services import templates as service
from notices.views.notices import HOME

TEMPLATES = (*HOME, (_("通知模板"), "notices:template_list"))
CHANGE = "notices.change_noticetemplate"


class TemplateList(ListView):
    model, permission = NoticeTemplate, "notices.view_noticetemplate"
    title, list_name = _("通知模板"), "notices:template_list"
    table, filterset = tables.TemplateTable, filters.TemplateFilter
    prepare, default_order = staticmethod(template_rows), ("notice_type__sort", "pk")
    breadcrumbs = HOME
    page_actions = (Link(_("新建模板"), "notices:template_create", "notices.add_noticetemplate", "plus", True, "N"),)
    export_permission = "notices.export_noticetemplate"
    empty_sentence = _("还没有模板")


@require_safe
@requires("notices.view_noticetemplate")
def template_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The words of a template. Whoever writes announcements begins here; changing it is for others."""
    rows = template_rows(visible(NoticeTemplate, request.user, "notices.view_noticetemplate"))
    template = get_object_or_404(rows, pk=pk)
    context = {"title": template.name, "breadcrumbs": crumbs(TEMPLATES, template.name), "template": template}
    return render(request, "notices/template_detail.html", context)


class TemplateCreate(CreateView):
    model, permission = NoticeTemplate, "notices.add_noticetemplate"
    form_class = forms.TemplateForm
    service = staticmethod(service.create_template)
    title, breadcrumbs = _("新建模板"), TEMPLATES


class TemplateUpdate(UpdateView):
    model, permission = NoticeTemplate, CHANGE
    form_class = forms.TemplateForm
    service = staticmethod(service.change_template)
    title, breadcrumbs = _("修改模板"), TEMPLATES


class TemplateDisable(ActionView):
    model, permission = NoticeTemplate, CHANGE
    form_class = ReasonForm
    service = staticmethod(service.disable_template)
    title, breadcrumbs, danger = _("停用"), TEMPLATES, True
    success = _("已停用 %(object)s")


class TemplateRestore(ActionView):
    model, permission = NoticeTemplate, CHANGE
    form_class = ConfirmForm
    service = staticmethod(service.restore_template)
    title, breadcrumbs = _("恢复"), TEMPLATES
    success = _("已恢复 %(object)s")
