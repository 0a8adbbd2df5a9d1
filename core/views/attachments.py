"""The one door to stored files: authorised, named for saving, never run by the browser."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.attachment_policies import allows
from core.log import record
from core.models import Attachment
from core.services.attachments import OPENED
from core.web.access import signed_in
from core.web.stored import stored_file

logger = structlog.get_logger(__name__)


@require_safe
@signed_in
def attachment_download(request: HttpRequest, uid: str) -> HttpResponseBase:
    """404 for strangers as for files that never were; 410 with words when its time is over, when somebody removed it, or when its content is lost."""
    attachment = Attachment.objects.filter(uid=uid).first()
    if attachment is None or not allows(request.user, attachment):
        raise Http404(uid)
    if attachment.removed_at or (attachment.expires_at and attachment.expires_at <= timezone.now()):
        return _gone(request, **_why_gone(attachment))
    try:
        response = stored_file(attachment, download="download" in request.GET)
    except FileNotFoundError:
        logger.error("attachment_content_missing", attachment=attachment.pk)
        return _gone(
            request,
            title=_("找不到文件内容"),
            sentence=_("登记还在，存储里却没有这个文件"),
            hint=_("请告诉系统管理员；需要的话请上传人再次上传。"),
        )
    if request.method == "GET":
        record(OPENED, attachment, by=request.user, changes={"name": attachment.name, "sha256": attachment.sha256})
    return response


def _why_gone(attachment: Attachment) -> dict[str, str]:
    """Taken away by somebody, or kept as long as was promised: the sweep marks those removed as well, but later than their time."""
    expires, removed = attachment.expires_at, attachment.removed_at
    if removed and not (expires and expires <= removed):
        return {
            "title": _("文件已删除"),
            "sentence": _("这个文件已于 %(at)s 被删除") % {"at": f"{timezone.localtime(removed):%Y-%m-%d %H:%M}"},
            "hint": _("谁删除的、为什么，记在原处的变更记录里；需要的话请上传人再次上传。"),
        }
    made = attachment.source_type == "core.job"
    return {
        "title": _("文件已过期"),
        "sentence": _("文件已过保存期，内容已经删除"),
        "hint": _("需要的话请重新导出。") if made else _("需要的话请上传人再次上传。"),
    }


def _gone(request: HttpRequest, *, title: str, sentence: str, hint: str) -> HttpResponse:
    context = {"icon_name": "file-off", "title": title, "sentence": sentence, "hint": hint}
    return render(request, "core/message.html", context, status=410)
