"""Files: typed by content, pictures re-encoded, random names, one authorised door (SECURITY 5.*)."""

import io
import struct
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from core import attachment_policies
from core.errors import BadFile, BusinessError
from core.models import Attachment, Job, LogEntry
from core.services.attachments import purge_expired, remove_attachment, safe_name, store


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    return tmp_path


@pytest.fixture
def owner(person):
    return person(name="王芳")


@pytest.fixture
def source(owner):
    return Job.objects.create(kind="tests.nothing", title="导入", created_by=owner)


def picture(form="JPEG", size=(40, 30), exif=False):
    out = io.BytesIO()
    image = Image.new("RGB", size, "teal")
    options = {}
    if exif:
        data = Image.Exif()
        data[0x010F] = "SecretCamera"
        data[0x0112] = 6
        options["exif"] = data
    image.save(out, form, **options)
    return out.getvalue()


def office(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def flood():
    """A PNG of a few hundred bytes that claims 50,000 x 50,000 pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def put(source, owner, name, content, **options):
    return store(source, SimpleUploadedFile(name, content, "image/jpeg"), by=owner, **options)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.jpg", picture(), "image/jpeg"),
        ("a.JPEG", picture(), "image/jpeg"),
        ("a.png", picture("PNG"), "image/png"),
        ("a.gif", picture("GIF"), "image/gif"),
        ("a.webp", picture("WEBP"), "image/webp"),
        ("a.pdf", b"%PDF-1.7\n...", "application/pdf"),
        (
            "a.docx",
            office("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("a.xlsx", office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("说明.txt", "张三，一号楼".encode("gb18030"), "text/plain"),
        ("a.csv", "姓名,电话\n".encode(), "text/csv"),
    ],
)
def test_allowed_kinds_are_known_by_their_content(source, owner, media, name, content, content_type):
    kept = put(source, owner, name, content)
    assert (kept.content_type, kept.source_type, kept.source_id) == (content_type, "core.job", source.pk)
    assert len(kept.sha256) == 64
    assert Path(media / kept.file.name).exists()
    assert kept.size > 0
    assert Path(kept.file.name).stem not in name
    assert LogEntry.objects.get().action == "core.attachment.added"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a.svg", b"<svg/>"),
        ("a.html", b"<!doctype html><script>alert(1)</script>"),
        ("a.txt", b"<html><script>alert(1)</script>"),
        ("a.jpg", b"MZ\x90\0 program"),
        ("a.jpg", picture("PNG")),
        ("a.exe", picture()),
        ("a.png", flood()),
        ("a.jpg", picture()[:200]),
        ("a.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.zip", office("anything")),
        ("a.jpg", b""),
    ],
)
def test_everything_else_is_refused_and_leaves_nothing(source, owner, media, name, content):
    with pytest.raises(BadFile):
        put(source, owner, name, content)
    assert not Attachment.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_picture_is_written_anew_without_its_secrets(source, owner, media):
    kept = put(source, owner, "a.jpg", picture(exif=True) + b"<script>alert(1)</script>PK\x03\x04")
    stored = (media / kept.file.name).read_bytes()
    assert b"SecretCamera" not in stored
    assert b"script" not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert image.size == (30, 40)
        assert not image.getexif()


def test_too_large_is_refused(source, owner, settings):
    settings.ATTACHMENT_MAX_BYTES = 100
    with pytest.raises(BadFile):
        put(source, owner, "a.pdf", b"%PDF-" + b"x" * 100)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\照片.jpg", "照片.jpg"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie x.txt"),
        ("..", "附件"),
        ("\u202egnp.exe.jpg", "gnp.exe.jpg"),
    ],
)
def test_names_carry_no_path_and_no_control_characters(name, kept):
    assert safe_name(name).replace(" ", "") == kept.replace(" ", "")
    assert len(safe_name("长" * 300 + ".jpg")) == 120
    assert safe_name("长" * 300 + ".jpg").endswith(".jpg")


def test_download_asks_the_policy_every_time(source, owner, person, browser):
    kept = put(source, owner, "报告 2026.pdf", b"%PDF-1.7")
    answer = browser(owner).get(kept.get_absolute_url())
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer.headers["Cache-Control"]
    assert LogEntry.objects.filter(action="core.attachment.downloaded").count() == 1
    assert browser(person("core.watch_job")).get(kept.get_absolute_url()).status_code == 404
    Attachment.objects.filter(pk=kept.pk).update(source_type="tests.unknown")
    assert browser(owner).get(kept.get_absolute_url()).status_code == 404


def test_only_files_of_rows_one_may_see_are_listed(source, owner, person):
    put(source, owner, "a.pdf", b"%PDF-1.7")
    assert "core.job" in attachment_policies.registered()
    assert Attachment.objects.of(source).visible_to(owner, "*").count() == 1
    assert Attachment.objects.of(source).visible_to(person(), "*").count() == 0


def test_expired_and_removed_files_are_gone_with_words(
    source, owner, browser, media, django_capture_on_commit_callbacks
):
    old = put(source, owner, "a.pdf", b"%PDF-1.7", expires_at=timezone.now() - timedelta(hours=1))
    answer = browser(owner).get(old.get_absolute_url())
    assert answer.status_code == 410
    assert "文件已过保存期" in answer.content.decode()
    assert purge_expired() == 1
    assert "请重新导出" in browser(owner).get(old.get_absolute_url()).content.decode()
    assert purge_expired() == 0
    assert not (media / old.file.name).exists()
    new = put(source, owner, "b.pdf", b"%PDF-1.7")
    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(new, by=owner, reason="传错了")
    assert not (media / new.file.name).exists()
    assert LogEntry.objects.order_by("id").last().reason == "传错了"
    gone = browser(owner).get(new.get_absolute_url())
    assert gone.status_code == 410
    assert "保存期" not in gone.content.decode()
    assert "被删除" in gone.content.decode()
    with pytest.raises(BusinessError):
        remove_attachment(new, by=owner)


def test_lost_content_is_told_as_what_it_is(source, owner, browser, media):
    lost = put(source, owner, "a.pdf", b"%PDF-1.7")
    (media / lost.file.name).unlink()
    answer = browser(owner).get(lost.get_absolute_url())
    assert answer.status_code == 410
    assert "存储里却没有这个文件" in answer.content.decode()
    assert not LogEntry.objects.filter(action="core.attachment.downloaded").exists()


def test_full_disk_leaves_neither_row_nor_file(source, owner, media, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    with pytest.raises(BusinessError, match="存储空间不足"):
        put(source, owner, "a.pdf", b"%PDF-1.7")
    assert not Attachment.objects.exists()
    assert not LogEntry.objects.exists()
