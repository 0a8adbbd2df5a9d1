"""Files that hang on objects: stored under random names, typed by content, pictures re-encoded, opened only through a policy."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.actors import user_id
from core.errors import BadFile, BusinessError
from core.file_types import XLSX, FileType, clean_image, detect
from core.log import declare, record
from core.models import Attachment
from core.normalise import clean_text

ADDED = declare("core.attachment.added", _lazy("上传了附件"))
REMOVED = declare("core.attachment.removed", _lazy("删除了附件"))
OPENED = declare("core.attachment.downloaded", _lazy("下载了附件"), sensitive=True)

NAME_LENGTH = 120
CHUNK = 1024 * 1024


class Checked(NamedTuple):
    """A file that has been looked at and, if a picture, written anew: ready to be kept."""

    name: str
    kind: FileType
    content: IO[bytes]


def store(source: models.Model, upload: Any, *, by: Any, expires_at: datetime | None = None) -> Attachment:
    """Keeps an uploaded file, or one that has been checked before. Raises BadFile."""
    name, kind, content = upload if isinstance(upload, Checked) else check(upload)
    return _keep(source, content, name, kind, by=by, expires_at=expires_at, logged=True)


def check(upload: Any) -> Checked:
    """Raises BadFile when it is empty, too large, of a kind not allowed or not what its name says."""
    name = safe_name(upload.name)
    if not upload.size:
        raise BadFile(_("文件是空的"))
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES // 1024 // 1024
        raise BadFile(_("文件超过 %(limit)d MB") % {"limit": limit}, _("请压缩或拆分后上传"))
    kind = detect(upload, name)
    return Checked(name, kind, clean_image(upload, kind) if kind.is_image else upload)


def check_photos(uploads: Iterable[Any]) -> tuple[list[Checked], list[str]]:
    """The pictures among them, and a sentence for each that cannot be kept: one bad file costs nobody the others."""
    kept: list[Checked] = []
    refused: list[str] = []
    for upload in uploads:
        try:
            checked = check(upload)
            if not checked.kind.is_image:
                raise BadFile(_("不是照片"), _("请上传 JPG、PNG 等图片"))
        except BadFile as error:
            words = {"name": safe_name(upload.name), "why": error.sentence, "fix": error.fix}
            refused.append(
                (_("照片“%(name)s”没有保存：%(why)s，%(fix)s") if error.fix else _("照片“%(name)s”没有保存：%(why)s"))
                % words
            )
        else:
            kept.append(checked)
    return kept, refused


@contextmanager
def reopened(rows: Iterable[Attachment]) -> Iterator[list[File]]:
    """The content of stored files, as if they were uploaded: to be kept once more with something else. What is lost is left out."""
    with ExitStack() as opened:
        found = []
        for row in rows:
            try:
                content = default_storage.open(str(row.file.name))
            except FileNotFoundError:
                continue
            found.append(File(opened.enter_context(content), name=row.name))
        yield found


def store_result(source: models.Model, path: Path, name: str, *, by: Any, expires_at: datetime | None) -> Attachment:
    """Keeps a workbook that the system itself has written; its making is logged by whoever made it."""
    with path.open("rb") as content:
        return _keep(source, content, safe_name(name), XLSX, by=by, expires_at=expires_at, logged=False)


def safe_name(name: str) -> str:
    """A name to show and to offer for saving: no path, no control characters, at most 120 characters with its extension."""
    name = clean_text(str(name).replace("\\", "/").rpartition("/")[2])
    name = "".join(char for char in name if char.isprintable() and char not in '<>:"|?*').lstrip(". ")
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem:
        return name[:NAME_LENGTH] or _("附件")
    return f"{stem[: NAME_LENGTH - len(extension[:10]) - 1]}.{extension[:10]}"


def _keep(
    source: models.Model,
    content: IO[bytes],
    name: str,
    kind: FileType,
    *,
    by: Any,
    expires_at: datetime | None,
    logged: bool,
) -> Attachment:
    digest, size = _measure(content)
    stored = f"attachments/{timezone.now():%Y/%m}/{secrets.token_hex(16)}.{kind.extension}"
    try:
        stored = default_storage.save(stored, File(content))
    except OSError:
        # A half-written file has a name nobody knows: take it away again before telling.
        default_storage.delete(stored)
        raise BusinessError(_("存储空间不足，文件没有保存"), _("请联系系统管理员")) from None
    try:
        with transaction.atomic():
            row = Attachment.objects.create(
                source_type=source._meta.label_lower,
                source_id=source.pk,
                name=name,
                content_type=kind.content_type,
                size=size,
                sha256=digest,
                file=stored,
                created_by_id=user_id(by),
                expires_at=expires_at,
            )
            if logged:
                # On the source "name" would read as the name of the person or unit.
                record(ADDED, source, by=by, changes={"file": name, "sha256": digest})
    except BaseException:
        default_storage.delete(stored)
        raise
    return row


def _measure(content: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while block := content.read(CHUNK):
        digest.update(block)
        size += len(block)
    content.seek(0)
    return digest.hexdigest(), size


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: Any, reason: str = "") -> Attachment:
    """Deletes the content after the commit; the row stays, so that the log's words keep their meaning."""
    changed = Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(removed_at=timezone.now())
    if not changed:
        raise BusinessError(_("附件已经删除"))
    model = apps.get_model(attachment.source_type)
    source = model._base_manager.filter(pk=attachment.source_id).first()
    # On the source, like the upload, so that its own history tells of both.
    changes = {"file": [attachment.name, None], "sha256": [attachment.sha256, None]}
    record(REMOVED, source or attachment, by=by, changes=changes, reason=reason)
    transaction.on_commit(lambda: default_storage.delete(str(attachment.file.name)))
    attachment.refresh_from_db()
    return attachment


def purge_expired() -> int:
    """Deletes the content of files whose time is over; returns how many."""
    over = Attachment.objects.filter(expires_at__lt=timezone.now(), removed_at__isnull=True)
    count = 0
    for attachment in over.only("pk", "file")[:1000]:
        default_storage.delete(str(attachment.file.name))
        count += Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(removed_at=timezone.now())
    return count
