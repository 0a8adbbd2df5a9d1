"""The one door to stored files: authorised, named for saving, never run by the browser."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
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


@require_safe
@signed_in
def attachment_download(request: HttpRequest, uid: str) -> HttpResponseBase:
    """404 for strangers as for files that never were; 410 with words when its time is over."""
    attachment = Attachment.objects.filter(uid=uid).first()
    if attachment is None or not allows(request.user, attachment):
        raise Http404(uid)
    if attachment.removed_at or (attachment.expires_at and attachment.expires_at <= timezone.now()):
        return _gone(request)
    try:
        content = default_storage.open(str(attachment.file.name))
    except FileNotFoundError:
        return _gone(request)
    if request.method == "GET":
        record(OPENED, attachment, by=request.user, changes={"name": attachment.name, "sha256": attachment.sha256})
    shown = attachment.content_type.startswith("image/") and "download" not in request.GET
    response = FileResponse(
        content, as_attachment=not shown, filename=attachment.name, content_type=attachment.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _gone(request: HttpRequest) -> HttpResponse:
    context = {
        "icon_name": "file-off",
        "title": _("文件已过期"),
        "sentence": _("文件已过保存期，内容已经删除"),
        "hint": _("需要的话请重新导出或请上传人再次上传。"),
    }
    return render(request, "core/message.html", context, status=410)
