"""Who shall be told: the rules, one added or taken away at a time, with the preview beside them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import BusinessError
from core.models import Attachment
from core.web.access import requires, user_of
from core.web.lists import crumbs
from core.web.pages import add_error
from notices.forms import notices as forms
from notices.models import AudienceRule, Notice
from notices.queries import audience
from notices.queries.page import rules_of
from notices.queries.public import attachments_of
from notices.services import audience as service
from notices.services import files
from notices.states import OwnerChannel
from notices.views.notices import HOME

CHANGE = "notices.change_notice"


def _notice(request: HttpRequest, pk: int, permission: str = CHANGE) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user, permission).select_related("author"), pk=pk)


@require_http_methods(["GET", "POST"])
@requires(CHANGE)
def notice_audience(request: HttpRequest, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    form = forms.RuleForm(request.POST or None, instance=notice, user=user_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            service.add_rule(notice, by=request.user, **form.cleaned_data)
        except BusinessError as error:
            add_error(form, error)
        else:
            return HttpResponseRedirect(request.path)
    context = {
        "title": _("发送范围"),
        "breadcrumbs": [*crumbs(HOME, notice.title)[:-1], {"label": notice.title, "url": notice.get_absolute_url()}],
        "notice": notice,
        "form": form,
        "rules": rules_of(notice),
    }
    return render(request, "notices/notice_audience.html", context)


@require_safe
@requires("notices.view_notice")
def notice_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures before anything is sent; fetched when the page stands, since it counts everybody."""
    notice = _notice(request, pk, "notices.view_notice")
    try:
        found = audience.figures(notice)
        out_of_reach = list(audience.unreachable_units(notice)[:20]) if found.unreachable else []
    except BusinessError as error:
        return render(request, "notices/_preview.html", {"error": error, "notice": notice})
    labels = dict(OwnerChannel.choices)
    reachable = [(labels[code], count) for code, count in found.reachable.items()]
    context = {"figures": found, "reachable": reachable, "out_of_reach": out_of_reach, "notice": notice}
    return render(request, "notices/_preview.html", context)


@require_POST
@requires(CHANGE)
def rule_remove(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    notice = _notice(request, pk)
    found = get_object_or_404(AudienceRule, pk=rule, notice=notice)
    try:
        service.remove_rule(found, by=request.user)
    except BusinessError as error:
        messages.error(request, error.sentence)
    return HttpResponseRedirect(f"{notice.get_absolute_url()}audience")


@require_POST
@requires(CHANGE)
def file_remove(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    notice = _notice(request, pk)
    found: Attachment | None = next((row for row in attachments_of(notice) if row.pk == file), None)
    try:
        if found is not None:
            files.detach_file(found, by=request.user, notice=notice)
    except BusinessError as error:
        messages.error(request, error.sentence)
    return HttpResponseRedirect(notice.get_absolute_url())
