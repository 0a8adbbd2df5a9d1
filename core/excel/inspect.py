"""What an uploaded file is, found out before anything parses it: size, magic bytes, zip inventory.

Costs milliseconds and opens no XML; what passes goes to the child process of `reader.py`.
"""

import codecs
import re
import zipfile
from pathlib import Path
from typing import NamedTuple

import msoffcrypto
import olefile
from django.utils.translation import gettext as _

from core.errors import BadFile

MAX_BYTES = 20 * 2**20
MAX_UNPACKED = 300 * 2**20
MAX_RATIO = 50
MAX_MEMBERS = 200
# A small workbook of formatted empty rows packs better than any bomb needs to; below this size the
# ratio says nothing.
RATIO_FREE_BYTES = 32 * 2**20

_CONTENT_TYPES = "[Content_Types].xml"
# Members that run code or fetch other files when somebody opens the workbook.
_REFUSED_MEMBERS = (
    (re.compile(r"vbaproject|vbadata|macrosheets/", re.IGNORECASE), "macro"),
    (re.compile(r"externallinks/", re.IGNORECASE), "external"),
    (re.compile(r"embeddings/|activex/", re.IGNORECASE), "embedded"),
)
_OTHER_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")


class FileKind(NamedTuple):
    """`kind` is xlsx, xls or csv; `encoding` is set for csv only."""

    kind: str
    encoding: str = ""


def inspect_upload(path: str | Path) -> FileKind:
    """The kind of the file at `path`; raises `BadFile` with the reason when it is not read here."""
    path = Path(path)
    size = path.stat().st_size
    if size == 0:
        raise BadFile(_("文件是空的"), _("请重新选择文件"))
    if size > MAX_BYTES:
        raise BadFile(_("文件超过 20 MB"), _("请拆分成几个文件，或删除图片和多余的格式"))
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        _check_zip(path)
        return FileKind("xlsx")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        _check_ole(path)
        return FileKind("xls")
    _refuse_markup(head)
    if head.startswith(_OTHER_MAGIC):
        raise BadFile(_("不是表格文件"), _("请上传 xlsx、xls 或 csv 文件"))
    return FileKind("csv", _csv_encoding(path.read_bytes()))


def _refuse_markup(head: bytes) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = head.decode("utf-16", "replace").lstrip().lower().encode()
    if start.startswith(b"<?xml") and b"spreadsheet" in start:
        raise BadFile(_("是 XML 表格（2003），不是 Excel 工作簿"), _("请用 Excel 打开后另存为 xlsx"))
    if start.startswith((b"<", b"mime-version:")):
        raise BadFile(_("是网页另存的文件，不是 Excel 工作簿"), _("请用 Excel 打开后另存为 xlsx"))


# --- xlsx ---------------------------------------------------------------------------------------


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except Exception:  # the central directory is the sender's; anything may be in it
        raise _damaged() from None
    _check_sizes(members)
    _check_names([member.filename for member in members])
    if any(member.flag_bits & 1 for member in members):
        raise _encrypted()
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise _damaged()


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > MAX_MEMBERS:
        raise BadFile(_("文件里的部件过多（%d 个）") % len(members), _("请只保留要导入的工作表，另存后上传"))
    if unpacked > MAX_UNPACKED:
        raise BadFile(_("文件解压后超过 300 MB"), _("请拆分成几个文件"))
    if unpacked > RATIO_FREE_BYTES and unpacked > packed * MAX_RATIO:
        raise BadFile(_("文件的压缩率异常"), _("请把数据复制到新的工作簿，另存后上传"))


def _check_names(names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise _damaged()
    for pattern, what in _REFUSED_MEMBERS:
        if any(pattern.search(name) for name in names):
            raise _dangerous(what)
    lowered = {name.lower() for name in names}
    if "xl/workbook.bin" in lowered:
        raise BadFile(_("是 xlsb 二进制工作簿"), _("请另存为 xlsx"))
    if "content.xml" in lowered:
        raise BadFile(_("是 OpenDocument 表格"), _("请另存为 xlsx"))
    if _CONTENT_TYPES.lower() not in lowered or not any(name.startswith("xl/") for name in lowered):
        raise BadFile(_("是压缩文件，不是 Excel 工作簿"), _("请上传 xlsx、xls 或 csv 文件"))


def _dangerous(what: str) -> BadFile:
    if what == "macro":
        return BadFile(_("文件含有宏"), _("请另存为不带宏的 xlsx"))
    if what == "external":
        return BadFile(_("文件链接了其他工作簿"), _("请在 数据 - 编辑链接 里断开链接，保存后上传"))
    return BadFile(_("文件里嵌入了其他文件或控件"), _("请删除嵌入的对象，保存后上传"))


def _damaged() -> BadFile:
    return BadFile(_("文件已损坏，无法读取"), _("请用 Excel 打开，另存为新的 xlsx 后上传"))


def _encrypted() -> BadFile:
    return BadFile(_("文件有打开密码"), _("请去除密码，保存后上传"))


# --- xls ----------------------------------------------------------------------------------------


def _check_ole(path: Path) -> None:
    try:
        with olefile.OleFileIO(path) as ole:
            streams = {"/".join(entry).lower() for entry in ole.listdir(streams=True, storages=True)}
        with path.open("rb") as file:
            encrypted = "encryptedpackage" in streams or msoffcrypto.OfficeFile(file).is_encrypted()
    except Exception:  # three dozen classes, all of them meaning the same
        raise _damaged() from None
    if encrypted:
        raise _encrypted()
    if not streams & {"workbook", "book"}:
        raise BadFile(_("不是 Excel 工作簿"), _("请上传 xlsx、xls 或 csv 文件"))
    if any(name.startswith("_vba_project") for name in streams):
        raise _dangerous("macro")


# --- csv ----------------------------------------------------------------------------------------


def _csv_encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]  # what Excel calls "Unicode text"
    elif content.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _looks_like_text(text[:20_000]):
            return encoding
    raise BadFile(_("不是表格文件，或文字编码无法识别"), _("请用 Excel 打开后另存为 xlsx"))


def _looks_like_text(sample: str) -> bool:
    # One stray control character is a bad cell with its own message; many are a binary file.
    odd = sum(char < " " and char not in "\t\r\n" for char in sample)
    return odd * 100 <= len(sample)
