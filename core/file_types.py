"""What a file is, by its content. The name only has to agree; a browser's claim is not read at all (ASVS 5.2.2)."""

import warnings
import zipfile
from io import BytesIO
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import BadFile

MAX_PIXELS = 30_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
HEAD_BYTES = 4096


class FileType(NamedTuple):
    content_type: str
    extension: str
    is_image: bool = False
    names: tuple[str, ...] = ()


_OFFICE = "application/vnd.openxmlformats-officedocument."
JPEG = FileType("image/jpeg", "jpg", True, ("jpg", "jpeg"))
PNG = FileType("image/png", "png", True, ("png",))
GIF = FileType("image/gif", "gif", True, ("gif",))
WEBP = FileType("image/webp", "webp", True, ("webp",))
PDF = FileType("application/pdf", "pdf", False, ("pdf",))
DOCX = FileType(_OFFICE + "wordprocessingml.document", "docx", False, ("docx",))
XLSX = FileType(_OFFICE + "spreadsheetml.sheet", "xlsx", False, ("xlsx",))
TXT = FileType("text/plain", "txt", False, ("txt",))
CSV = FileType("text/csv", "csv", False, ("csv",))
_FORMATS = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF", WEBP: "WEBP"}


def detect(upload: IO[bytes], name: str) -> FileType:
    """The type of an open file, or BadFile. The file is left at its beginning."""
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    found = _by_magic(head, upload) or _text(head, name)
    upload.seek(0)
    extension = name.rpartition(".")[2].lower()
    if found is None:
        raise BadFile(_("不支持这种文件"), _("可上传 JPG、PNG、GIF、WebP、PDF、DOCX、XLSX、TXT、CSV"))
    if extension not in found.names:
        raise BadFile(
            _("文件内容是 %(type)s，与扩展名不符") % {"type": found.extension.upper()}, _("请用原来的程序重新保存")
        )
    return found


def _by_magic(head: bytes, upload: IO[bytes]) -> FileType | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    return _office(upload) if head.startswith(b"PK\x03\x04") else None


def _office(upload: IO[bytes]) -> FileType | None:
    try:
        names = set(zipfile.ZipFile(upload).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
        return None
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


def _text(head: bytes, name: str) -> FileType | None:
    if b"\0" in head or head.lstrip()[:1] == b"<":
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            # A head may be cut in the middle of a character.
            head[: len(head) - len(head) % 4 if len(head) == HEAD_BYTES else None].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                continue
        return CSV if name.lower().endswith(".csv") else TXT
    return None


def clean_image(upload: IO[bytes], kind: FileType) -> BytesIO:
    """The same picture written anew: no metadata, no trailing bytes, only pixels. Moving pictures keep their first frame."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=[_FORMATS[kind]]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _too_many_pixels()
                image.load()
                return _encoded(ImageOps.exif_transpose(image), kind)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise BadFile(_("图片已损坏，无法读取"), _("请重新拍照或另存后上传")) from None


def _too_many_pixels() -> BadFile:
    return BadFile(_("图片超过 3000 万像素"), _("请缩小后上传"))


def _encoded(image: Any, kind: FileType) -> BytesIO:
    mode = "RGB" if kind is JPEG else ("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    plain = Image.new(mode, image.size)
    plain.paste(image.convert(mode))
    out = BytesIO()
    options = {JPEG: {"quality": 88, "optimize": True}, WEBP: {"quality": 88}}.get(kind, {})
    plain.save(out, format=_FORMATS[kind], **options)
    out.seek(0)
    return out
