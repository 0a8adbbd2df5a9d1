"""The task centre: what runs in the background, how far it is, what came of it."""

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from core.errors import BusinessError
from core.filters import JobFilter
from core.models import InboxItem, Job, JobStatus
from core.queries.jobs import is_interrupted, progress_facts, silent_processes, with_creator
from core.services.jobs import cancel_job, resume_job
from core.tables import JobTable
from core.web.access import ANYONE_SIGNED_IN, signed_in, user_of
from core.web.lists import ListView, Tab, crumbs

# The indicator asks every four seconds (templates/components/_job_indicator.html).
JUST_NOW = timedelta(seconds=4)


class JobListView(ListView):
    model = Job
    permission = ANYONE_SIGNED_IN
    export_permission = "core.export_job"
    title = _lazy("任务中心")
    list_name = "core:job_list"
    table = JobTable
    filterset = JobFilter
    prepare = staticmethod(with_creator)
    breadcrumbs = ((_lazy("系统"), ""),)
    tabs = (Tab(_lazy("全部")), Tab(_lazy("进行中"), "status=running"), Tab(_lazy("失败"), "status=failed"))
    empty_sentence = _lazy("还没有后台任务。导入、导出等费时的操作会出现在这里")
    template_name = "core/job_list.html"

    def extra(self) -> dict[str, Any]:
        return {"silent": silent_processes()}


def _job(request: HttpRequest, pk: int) -> Job:
    job: Job = get_object_or_404(with_creator(Job.objects.visible_to(request.user, "core.watch_job")), pk=pk)
    return job


@require_safe
@signed_in
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; asked by its own progress bar it answers with the moving part alone."""
    job = _job(request, pk)
    mine = job.created_by_id == request.user.pk
    context = {
        "object": job,
        "job": progress_facts(job, request.path),
        "title": str(job),
        "can_cancel": mine and job.status == JobStatus.NEW,
        "can_resume": mine and (job.status == JobStatus.FAILED or is_interrupted(job)),
        "interrupted": is_interrupted(job),
        "result": job.result if job.status == JobStatus.DONE else {},
        "breadcrumbs": crumbs([(_("系统"), ""), (_("任务中心"), "core:job_list")], str(job)),
    }
    fragment = request.headers.get("HX-Request") and request.headers.get("HX-Target") == f"job-{pk}"
    response = render(request, "core/_job_state.html" if fragment else "core/job_detail.html", context)
    if fragment and not job.is_open:
        response["HX-Refresh"] = "true"  # the times beside the bar and the bar on top are as old as the page
    return response


@require_POST
@signed_in
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, cancel_job, _("已取消"))


@require_POST
@signed_in
def job_resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, resume_job, _("已重新开始"))


def _act(request: HttpRequest, pk: int, service: Any, done: str) -> HttpResponse:
    """Only the person who started a job may cancel or repeat it; watching is not steering."""
    job = get_object_or_404(Job.objects.filter(created_by=user_of(request), visible=True), pk=pk)
    try:
        service(job, by=request.user)
    except BusinessError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("core:job_detail", args=[pk]))


@require_safe
@signed_in
def job_indicator(request: HttpRequest) -> HttpResponse:
    """The small bar of the top bar, renewed by itself while something runs. It brings the bell along, and says what has just ended:
    whoever left the job's page is told on the page he went to."""
    response = render(request, "core/_job_indicator.html")
    recent = InboxItem.objects.visible_to(request.user, "*").filter(
        read_at__isnull=True, at__gt=timezone.now() - JUST_NOW
    )
    if item := recent.first():
        level = "success" if item.level == InboxItem.Level.DONE else "warning"
        response.headers["HX-Trigger-After-Settle"] = json.dumps({"toast": {"text": item.sentence, "level": level}})
    return response
