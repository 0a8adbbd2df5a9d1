"""合并两项: choose the two, read what will happen, confirm; and the way back within a day."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import BusinessError
from core.forms import DictMergeForm
from core.models import DictItem, DictMerge, DictType, Job
from core.queries.dictionary_merging import Preview, preview, rows_moved
from core.services.dictionary_merging import merge_items, unmerge_items
from core.services.jobs import enqueue
from core.views.dictionary import CHANGE
from core.web.access import requires
from core.web.lists import crumbs

# As many rows change within the time a page may take; more become a job.
AT_ONCE = 5_000


@require_http_methods(["GET", "POST"])
@requires(CHANGE)
def dictitem_merge(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the two boxes and, once both are chosen, what the merge will do; POST does it. `total` is the number the person has
    read: when it is another one by now, the preview comes again instead of a surprise."""
    dict_type = get_object_or_404(DictType.objects.visible_to(request.user, CHANGE), code=code)
    posted = request.method == "POST"
    data = request.POST if posted else request.GET
    form = DictMergeForm(data if data else None, user=request.user, code=code)
    facts = preview(**form.cleaned_data) if form.is_valid() else None
    refused = ""
    if posted and facts is not None:
        if request.POST.get("total") == str(facts.total):
            try:
                return _merge(request, facts)
            except BusinessError as error:
                refused = error.sentence
        else:
            refused = _("您看到的数量已经变了，没有合并。请再看一遍")
    context: dict[str, Any] = {
        "form": form,
        "facts": facts,
        "refused": refused,
        "in_background": facts is not None and facts.total > AT_ONCE,
        "dict_type": dict_type,
        "title": _("合并字典项"),
        "breadcrumbs": crumbs([(_("数据字典"), "core:dictionary_list")], _("合并字典项")),
    }
    return render(request, "core/dictitem_merge.html", context, status=409 if refused else 200)


def _merge(request: HttpRequest, facts: Preview) -> HttpResponse:
    words = {"merged": facts.merged.name, "kept": facts.kept.name}
    if facts.refusal:
        raise BusinessError(facts.refusal)
    if facts.total > AT_ONCE:
        args = {"merged": facts.merged.pk, "kept": facts.kept.pk}
        title = _("把“%(merged)s”合并到“%(kept)s”") % words
        return _to(_start(request, "core.merge_dictionary_items", args, title))
    merge = merge_items(facts.merged, by=request.user, kept=facts.kept)
    done = _("已把“%(merged)s”合并到“%(kept)s”，改了 %(count)s 条记录") % (words | {"count": f"{rows_moved(merge):,}"})
    messages.success(request, done, extra_tags=f"undo:{reverse('core:dictmerge_undo', args=[merge.pk])}")
    return redirect(facts.kept.type)


@require_http_methods(["GET", "POST"])
@requires(CHANGE)
def dictmerge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what comes back and what does not, POST does it."""
    merge = get_object_or_404(DictMerge, pk=pk)
    items = DictItem.objects.visible_to(request.user, CHANGE).select_related("type")
    merged, kept = get_object_or_404(items, pk=merge.merged_id), get_object_or_404(items, pk=merge.kept_id)
    names = {"merged": merged.name, "kept": kept.name}
    if request.method == "POST":
        if rows_moved(merge) > AT_ONCE:
            title = _("撤销“%(merged)s”到“%(kept)s”的合并") % names
            return _to(_start(request, "core.unmerge_dictionary_items", {"merge": merge.pk}, title))
        unmerge_items(merge, by=request.user)
        messages.success(
            request, _("已撤销合并，“%(merged)s”恢复使用") % names if merge.was_active else _("已撤销合并")
        )
        return redirect(merged.type)
    context = {
        "title": _("撤销合并"),
        "heading": _("撤销“%(merged)s”到“%(kept)s”的合并？") % names,
        "consequence": _(
            "当时改到“%(kept)s”、现在仍是“%(kept)s”的记录改回“%(merged)s”，同义词也还回去。合并之后又被改过的记录不动；"
            "当时同时有这两项、只留下一项的记录不会再变回两项；其间又另外加上“%(merged)s”的只留一项。"
        )
        % names,
        "consequences": [{"label": _("当时改动的记录"), "value": f"{rows_moved(merge):,}"}],
        "danger": False,
        "action_label": _("撤销合并"),
        "action_url": request.path,
        "cancel_url": merged.type.get_absolute_url(),
        "breadcrumbs": crumbs([(_("数据字典"), "core:dictionary_list")], _("撤销合并")),
    }
    fragment = request.headers.get("HX-Request")
    return render(request, "generic/_confirm_dialog.html" if fragment else "generic/confirm.html", context)


def _start(request: HttpRequest, kind: str, args: dict[str, int], title: str) -> Job:
    """One at a time for each act on the same items: pressing twice leads to the job that runs."""
    key = f"{kind}:{'-'.join(map(str, args.values()))}"
    return enqueue(kind, by=request.user, args=args, title=title, dedup_key=key)


def _to(job: Job) -> HttpResponse:
    return HttpResponseRedirect(reverse("core:job_detail", args=[job.pk]))
