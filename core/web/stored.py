"""Stored files as answers: typed as they were found to be, and never run by the browser."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from core.models import Attachment


def stored_file(attachment: Attachment, *, download: bool = False) -> FileResponse:
    """Pictures are shown unless they shall be saved, everything else is saved. Raises FileNotFoundError when the content is lost."""
    content = default_storage.open(str(attachment.file.name))
    shown = attachment.content_type.startswith("image/") and not download
    response = FileResponse(
        content, as_attachment=not shown, filename=attachment.name, content_type=attachment.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def stored_file_or_404(attachment: Attachment | None) -> FileResponse:
    """For whoever may open it or is not to know that it exists: what is not his and what is lost are not found."""
    if attachment is None:
        raise Http404
    try:
        return stored_file(attachment)
    except FileNotFoundError:
        raise Http404 from None
