"""Export of any list: exactly what the page shows (UX 12, issue: export equality), formula-safe, reasoned, logged."""

import hashlib
import io

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse

from core.models import Attachment, DictItem, InboxItem, Job, ListSetting, LogEntry, SavedView
from core.services.jobs import enqueue
from core.tasks.exports import export_list
from core.web.exports import ListExport
from tests.core.urls import ItemList

pytestmark = pytest.mark.urls("tests.core.urls")
VIEW, EXPORT = "core.view_dicttype", "core.change_dicttype"
PAGE = "/lists/lists:item_list/export/"


@pytest.fixture
def clerk(person):
    return person(VIEW, EXPORT, name="王芳")


def many(dictionary, count):
    DictItem.objects.bulk_create(
        DictItem(type=dictionary, code=f"n{n}", name=f"色{n % 7}-{n}", sort=n % 5) for n in range(count)
    )


def cells(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    head = next(n for n, row in enumerate(rows) if "名称" in row or "手机" in row)
    return rows[head], rows[head + 1 :]


def fetched(answer):
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    "query", ["", "sort=sort", "sort=-sort", "q=3", "type=test_colour&sort=-name", "cols=sort,name"]
)
def test_export_is_exactly_the_list(dictionary, clerk, browser, query):
    many(dictionary, 130)
    client = browser(clerk)
    shown, number = [], 1
    while True:
        context = client.get(f"/test-items/?{query}&size=50&page={number}").context
        shown += [[cell.html for cell in row.cells] for row in context["table"]["rows"]]
        heads = [column["label"] for column in context["table"]["columns"]]
        if not context["page"]["next_url"]:
            break
        number += 1
    head, rows = cells(fetched(client.post(PAGE, {"query": query})))
    assert head == heads
    assert [[str(cell) for cell in row] for row in rows] == shown
    assert len(shown) > 3


def test_chunks_meet_without_gap_or_overlap(dictionary, clerk, monkeypatch):
    many(dictionary, 60)
    monkeypatch.setattr("core.web.exports.CHUNK", 7)
    for query in ("sort=sort", "sort=-sort", "type=test_colour"):
        export = ListExport.of(ItemList, clerk, query)
        order = [record.pk for record in export.records()]
        assert len(order) == len(set(order)) == export.count()


def test_a_row_that_leaves_the_list_while_it_is_written_is_left_out(dictionary, clerk, monkeypatch):
    many(dictionary, 20)
    monkeypatch.setattr("core.web.exports.CHUNK", 7)
    records = ListExport.of(ItemList, clerk, "type=test_colour&sort=-name").records()
    names = [next(records).name]
    last = dictionary.items.order_by("name").first()
    dictionary.items.filter(pk=last.pk).delete()
    names += [record.name for record in records]
    assert names == list(dictionary.items.order_by("-name").values_list("name", flat=True))
    assert last.name not in names


def test_formulas_stay_words(dictionary, clerk, browser):
    evil = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "＝1"]
    for n, name in enumerate(evil):
        dictionary.items.create(code=f"evil{n}", name=name)
    content = fetched(browser(clerk).post(PAGE, {"query": "type=test_colour"}))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value in evil]
    assert len(found) == len(evil)
    assert {cell.data_type for cell in found} == {"s"}


def test_export_says_before_what_it_holds_and_names_the_file(dictionary, clerk, browser):
    text = browser(clerk).get(f"{PAGE}?type=test_colour").content.decode()
    assert "导出 4 条" in text
    assert "名称、编码、序号" in text
    assert "导出事由" not in text
    answer = browser(clerk).post(PAGE, {"query": "type=test_colour"})
    from urllib.parse import unquote

    assert "测试列表_" in unquote(answer.headers["Content-Disposition"])
    assert "_王芳.xlsx" in unquote(answer.headers["Content-Disposition"])


def test_r133_export_is_logged_with_filter_rows_hash_and_reason(dictionary, clerk, browser):
    content = fetched(browser(clerk).post(PAGE, {"query": "type=test_colour&q=红", "reason": "盘点"}))
    entry = LogEntry.objects.get()
    assert entry.action == "core.list.exported"
    assert entry.reason == "盘点"
    assert entry.changes["rows"] == 1
    assert entry.changes["sha256"] == hashlib.sha256(content).hexdigest()
    assert "红" in entry.changes["filter"]


def test_long_digits_of_a_filter_are_masked_in_the_log(dictionary, clerk, browser):
    browser(clerk).post(PAGE, {"query": "q=13800138000"})
    assert "13800138000" not in str(LogEntry.objects.get().changes)


def test_personal_columns_need_a_reason_and_stay_masked_unless_asked(dictionary, clerk, browser):
    client, query = browser(clerk), {"query": "type=test_colour&cols=name,secret"}
    refused = client.post(PAGE, query)
    assert refused.status_code == 200
    assert "须写明事由" in refused.content.decode()
    assert not LogEntry.objects.exists()
    _head, masked = cells(fetched(client.post(PAGE, query | {"reason": "核对"})))
    assert {row[1] for row in masked} == {"***"}
    _head, plain = cells(fetched(client.post(PAGE, query | {"reason": "核对", "plain": "1"})))
    assert {row[1] for row in plain} == {"red", "green", "blue", "black"}
    assert [entry.changes["plain"] for entry in LogEntry.objects.order_by("id")] == [False, True]


def test_only_lists_one_may_open_and_export(dictionary, person, browser):
    assert browser(person()).get(PAGE).status_code == 403
    assert browser(person(VIEW)).get(PAGE).status_code == 403
    client = browser(person(VIEW, EXPORT))
    for name in ("core:inbox", "no:where", "core:job_detail", "x"):
        assert client.get(f"/lists/{name}/export/").status_code == 404
        assert client.post(f"/lists/{name}/views/", {"name": "x"}).status_code == 404
        assert client.post(f"/lists/{name}/columns/", {}).status_code == 404


@pytest.fixture
def media(settings, tmp_path):
    options = {"location": str(tmp_path)}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": storage}


@pytest.mark.usefixtures("media")
def test_long_list_becomes_a_job_with_a_file_only_its_owner_opens(dictionary, clerk, person, browser, monkeypatch):
    monkeypatch.setattr("core.views.exports.DIRECT_ROWS", 3)
    client = browser(clerk)
    assert client.post(PAGE, {"query": "type=test_colour&sort=-sort"}).status_code == 302
    job = Job.objects.get()
    export_list(job.pk)
    job.refresh_from_db()
    assert job.status == "done", job.error
    file = Attachment.objects.get()
    assert InboxItem.objects.get(user=clerk).url == file.get_absolute_url()
    assert file.expires_at is not None
    _head, rows = cells(fetched(client.get(file.get_absolute_url())))
    assert [row[1] for row in rows] == ["black", "blue", "green", "red"]
    assert browser(person(VIEW, EXPORT, "core.watch_job")).get(file.get_absolute_url()).status_code == 404


def test_job_runs_with_the_rights_of_its_own_hour(dictionary, clerk):
    args = {"list": "lists:item_list", "query": "", "columns": ["name"], "reason": "", "plain": False}
    job = enqueue("core.export_list", by=clerk, args=args, title="导出")
    clerk.grants.first().role.permissions.clear()
    export_list(job.pk)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "权限" in job.error
    assert not Attachment.objects.exists()


def test_views_keep_filter_order_and_columns_and_are_shared_on_request(dictionary, clerk, person, browser):
    client, colleague = browser(clerk), person(VIEW)
    post = {"name": "红色", "query": "q=红&sort=-sort&page=3&cols=sort,name", "shared": "1"}
    target = client.post("/lists/lists:item_list/views/", post).url
    view = SavedView.objects.get()
    assert QueryDict(target.partition("?")[2]).dict() == {
        "q": "红",
        "sort": "-sort",
        "cols": "sort,name",
        "view": str(view.pk),
    }
    heads = [column["label"] for column in client.get(target).context["table"]["columns"]]
    assert heads == ["序号", "名称"]
    assert "红色" in browser(colleague).get("/test-items/").content.decode()
    client.post("/lists/lists:item_list/views/", post)
    assert SavedView.objects.count() == 1
    delete = reverse("core:saved_view_delete", args=[view.pk])
    assert browser(colleague).post(delete).status_code == 404
    assert client.post(delete).status_code == 302
    assert not SavedView.objects.exists()


def test_columns_and_page_size_are_remembered_and_reset(dictionary, clerk, browser):
    client, address = browser(clerk), "/lists/lists:item_list/columns/"
    post = {"columns": ["sort", "name", "nonsense"], "page_size": "50", "next": "/test-items/?q=a&cols=code"}
    answer = client.post(address, post)
    assert answer.url == "/test-items/?q=a"
    context = client.get("/test-items/").context
    assert [column["name"] for column in context["table"]["columns"]] == ["sort", "name"]
    assert next(size["n"] for size in context["page"]["sizes"] if size["active"]) == 50
    assert client.post(address, {"reset": "1", "next": "https://evil.example/"}).url == "/test-items/"
    assert ListSetting.objects.get().columns == []


def test_thousands_are_separated_everywhere_in_the_question(dictionary, clerk, browser):
    many(dictionary, 1040)
    text = browser(clerk).get(f"{PAGE}?type=test_colour").content.decode()
    assert text.count("1,044 条") == 2 + text.count("<title>")
    assert "1044" not in text
