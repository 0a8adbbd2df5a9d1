"""Files that are refused before anything parses them, each with its own sentence."""

from pathlib import Path

import pytest

from core.errors import BadFile
from core.excel.inspect import FileKind, inspect_upload
from tests.support import workbooks


def refused(path: Path) -> BadFile:
    with pytest.raises(BadFile) as info:
        inspect_upload(path)
    assert info.value.fix
    return info.value


def test_empty_file(tmp_path):
    (tmp_path / "a.xlsx").touch()
    assert refused(tmp_path / "a.xlsx").sentence == "文件是空的"


def test_file_over_20_megabytes(tmp_path):
    with (tmp_path / "a.xlsx").open("wb") as file:
        file.truncate(20 * 2**20 + 1)
    assert refused(tmp_path / "a.xlsx").sentence == "文件超过 20 MB"


def test_zip_bomb(tmp_path):
    assert refused(workbooks.zip_bomb(tmp_path / "a.xlsx")).sentence == "文件的压缩率异常"


def test_too_many_members(tmp_path):
    clean = workbooks.good(tmp_path / "clean.xlsx")
    extra = {f"xl/media/{number}.png": b"x" for number in range(200)}
    path = workbooks.rewritten(clean, tmp_path / "a.xlsx", lambda _name, content: content, extra)
    assert refused(path).sentence.startswith("文件里的部件过多")


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        ("xl/vbaProject.bin", "文件含有宏"),
        ("xl/macrosheets/sheet1.xml", "文件含有宏"),
        ("xl/externalLinks/externalLink1.xml", "文件链接了其他工作簿"),
        ("xl/embeddings/oleObject1.bin", "文件里嵌入了其他文件或控件"),
        ("xl/activeX/activeX1.xml", "文件里嵌入了其他文件或控件"),
        ("xl/workbook.bin", "是 xlsb 二进制工作簿"),
        ("content.xml", "是 OpenDocument 表格"),
    ],
)
def test_dangerous_or_foreign_members(tmp_path, member, sentence):
    assert refused(workbooks.with_member(tmp_path / "a.xlsx", member)).sentence == sentence


def test_zip_that_is_no_workbook(tmp_path):
    clean = workbooks.good(tmp_path / "clean.xlsx")
    path = workbooks.rewritten(
        clean, tmp_path / "a.xlsx", lambda name, content: None if name.startswith("[Content") else content
    )
    assert refused(path).sentence == "是压缩文件，不是 Excel 工作簿"


def test_password(tmp_path):
    refusal = refused(workbooks.encrypted(tmp_path / "a.xlsx"))
    assert refusal.fix.startswith("请去除密码")


def test_html_named_xls(tmp_path):
    assert refused(workbooks.html(tmp_path / "a.xls")).sentence.startswith("是网页另存的文件")


def test_xml_spreadsheet_2003(tmp_path):
    path = tmp_path / "a.xls"
    path.write_text('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:spreadsheet"/>')
    assert refused(path).sentence.startswith("是 XML 表格")


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x89PNG\r\n", b"Rar!\x1a\x07", bytes(range(256)) * 20])
def test_other_files(tmp_path, content):
    (tmp_path / "a.xlsx").write_bytes(content)
    assert refused(tmp_path / "a.xlsx").sentence.startswith("不是表格文件")


def test_damaged_ole(tmp_path):
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\xff" * 5000)
    assert refused(tmp_path / "a.xls").sentence.startswith("文件已损坏")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_csv_encodings_whatever_the_name(tmp_path, encoding, expected):
    (tmp_path / "a.xlsx").write_bytes("姓名,手机\n王建国,13912345678\n".encode(encoding))
    assert inspect_upload(tmp_path / "a.xlsx") == FileKind("csv", expected)


def test_real_workbooks_are_accepted_by_content_not_by_name(tmp_path):
    assert inspect_upload(workbooks.good(tmp_path / "a.xlsx").rename(tmp_path / "b.xls")).kind == "xlsx"
    assert inspect_upload(workbooks.xls(tmp_path / "a.xls", [workbooks.HEADERS])).kind == "xls"
