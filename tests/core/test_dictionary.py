"""Data dictionaries (R132, UX 29): order, names, synonyms, stop instead of delete, usage, workbook out and in."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import BusinessError
from core.models import DictItem, DictType, LogEntry
from core.queries import dictionary as queries
from core.services import dictionary as dictionary_service
from core.services.dictionary import ItemAttribute, TypeSeed
from core.services.dictionary_items import (
    add_item,
    change_item,
    delete_item,
    disable_item,
    move_item,
    restore_item,
    why_kept,
)

VIEW, CHANGE = "core.view_dicttype", "core.change_dicttype"


def item(dictionary, code):
    return dictionary.items.get(code=code)


def order(dictionary):
    return list(dictionary.items.order_by("sort").values_list("code", flat=True))


@pytest.fixture
def used(monkeypatch):
    """used(item, n) makes an item look used, through a relation of the real kind (the user's list of grants is not one)."""
    counts = {}

    def uses_of(items, code):
        relation = queries.relations()[0]
        return {row.pk: [queries.Use(relation, counts[row.pk])] if row.pk in counts else [] for row in items}

    monkeypatch.setattr(queries, "uses_of", uses_of)
    monkeypatch.setattr("core.services.dictionary_items.uses_of", uses_of)
    monkeypatch.setattr("core.views.dictionary.uses_of", uses_of)
    return lambda row, count: counts.__setitem__(row.pk, count)


def test_r132_added_item_stands_last_with_a_pinyin_code_and_a_log_entry(dictionary, person):
    added = add_item(dictionary, by=person(), name=" 天　蓝 ", synonyms=["浅蓝"], colour="c2")
    assert (added.name, added.code, added.sort, added.colour) == ("天 蓝", "tian_lan", 50, "c2")
    assert add_item(dictionary, by=person(), name="天兰").code == "tian_lan_2"
    entry = LogEntry.objects.filter(object_id=added.pk).get()
    assert entry.action == "core.dictitem.added"
    assert entry.changes["dictionary"] == "测试颜色"


@pytest.mark.parametrize(
    "values", [{"name": "红"}, {"name": "  "}, {"name": "粉", "synonyms": ["赤"]}, {"name": "粉", "synonyms": ["绿"]}]
)
def test_taken_names_and_ambiguous_synonyms_are_refused(dictionary, person, values):
    with pytest.raises(BusinessError):
        add_item(dictionary, by=person(), **values)
    assert dictionary.items.count() == 4
    assert not LogEntry.objects.exists()


def test_r132_rename_keeps_the_old_label_in_the_log(dictionary, person):
    change_item(item(dictionary, "red"), by=person(), name="大红", sort=10)
    assert LogEntry.objects.get().changes == {"dictionary": "测试颜色", "name": ["红", "大红"]}
    change_item(item(dictionary, "red"), by=person(), name="大红")
    assert LogEntry.objects.count() == 1


def test_move_by_neighbour_and_to_the_end(dictionary, person):
    user = person()
    move_item(item(dictionary, "black"), by=user, before=item(dictionary, "red"))
    assert order(dictionary) == ["black", "red", "green", "blue"]
    move_item(item(dictionary, "black"), by=user)
    assert order(dictionary) == ["red", "green", "blue", "black"]
    assert list(dictionary.items.values_list("sort", flat=True)) == [10, 20, 30, 40]
    assert LogEntry.objects.filter(action="core.dictitem.moved").count() == 2


def test_r132_stop_and_restore(dictionary, person):
    user, red = person(), item(dictionary, "red")
    disable_item(red, by=user)
    assert list(DictItem.objects.of("test_colour").active().values_list("code", flat=True)) == [
        "green",
        "blue",
        "black",
    ]
    with pytest.raises(BusinessError):
        disable_item(red, by=user)
    restore_item(red, by=user)
    assert LogEntry.objects.values_list("action", flat=True).order_by("id").last() == "core.dictitem.restored"


def test_r132_builtin_and_used_items_are_kept(dictionary, person, used):
    user = person()
    assert "内置" in why_kept(item(dictionary, "red"))
    own = add_item(dictionary, by=user, name="灰")
    used(own, 26)
    with pytest.raises(BusinessError, match="26"):
        delete_item(own, by=user)
    used(own, 0)
    delete_item(own, by=user)
    assert not DictItem.objects.filter(pk=own.pk).exists()
    assert LogEntry.objects.get(action="core.dictitem.deleted").changes["name"] == "灰"


def test_every_model_with_a_dictionary_field_is_counted():
    labels = {f"{relation.model._meta.label}.{relation.field.name}" for relation in queries.relations()}
    from django.apps import apps

    expected = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.related_model is DictItem
    }
    assert labels == expected
    assert labels


def test_usage_is_one_query_for_each_column_that_may_hold_it(dictionary, django_assert_num_queries):
    matching = [relation for relation in queries.relations() if relation.code in ("", "test_colour")]
    items = list(dictionary.items.all())
    with django_assert_num_queries(len(matching)):
        uses = queries.uses_of(items, "test_colour")
    assert all(rows == [] for rows in uses.values())


def test_pages_are_for_those_who_may(dictionary, person, browser):
    page = reverse("core:dictionary", args=["test_colour"])
    assert browser(person()).get(page).status_code == 403
    reader, writer = browser(person(VIEW)), browser(person(VIEW, CHANGE))
    assert reader.get(reverse("core:dictionary_list")).status_code == 200
    text = reader.get(page).content.decode()
    assert "测试颜色" in text
    assert "新增字典项" not in text
    assert "新增字典项" in writer.get(page).content.decode()
    for name in ("change", "move", "disable", "restore", "delete"):
        address = reverse(f"core:dictitem_{name}", args=[item(dictionary, "red").pk])
        assert reader.post(address, {"name": "x", "sort": 1}).status_code == 403
    assert not LogEntry.objects.exists()


def test_edit_in_the_row_saves_and_gives_errors_back_into_the_row(dictionary, person, browser):
    client, red = browser(person(VIEW, CHANGE)), item(dictionary, "red")
    htmx = {"HX-Request": "true"}
    page = reverse("core:dictionary", args=["test_colour"])
    assert 'name="synonyms" value="赤"' in client.get(f"{page}?edit={red.pk}", headers=htmx).content.decode()
    address = reverse("core:dictitem_change", args=[red.pk])
    bad = client.post(address, {"name": "绿", "sort": 10, "colour": "", "synonyms": ""}, headers=htmx).content.decode()
    assert "已有同名的项" in bad
    assert 'value="绿"' in bad
    good = client.post(address, {"name": "朱红", "sort": 10, "colour": "c1", "synonyms": "赤、丹"}, headers=htmx)
    assert "朱红" in good.content.decode()
    assert "toast" in good.headers["HX-Trigger-After-Settle"]
    red.refresh_from_db()
    assert (red.name, red.colour, red.synonyms) == ("朱红", "c1", ["赤", "丹"])


def test_buttons_and_drops_move_rows(dictionary, person, browser):
    client = browser(person(VIEW, CHANGE))
    address = {row.code: reverse("core:dictitem_move", args=[row.pk]) for row in dictionary.items.all()}
    client.post(address["green"], {"direction": "up"})
    assert order(dictionary) == ["green", "red", "blue", "black"]
    client.post(address["red"], {"direction": "down"})
    assert order(dictionary) == ["green", "blue", "red", "black"]
    client.post(address["black"], {"direction": "down"})
    client.post(address["black"], {"before": item(dictionary, "green").pk})
    assert order(dictionary) == ["black", "green", "blue", "red"]
    client.post(address["black"], {"before": ""})
    assert order(dictionary) == ["green", "blue", "red", "black"]


def test_delete_page_names_what_stands_in_the_way(dictionary, person, browser, used):
    client = browser(person(VIEW, CHANGE))
    own = add_item(dictionary, by=person(), name="灰")
    used(own, 3)
    address = reverse("core:dictitem_delete", args=[own.pk])
    text = client.get(address).content.decode()
    assert "已用过 3 次" in text
    assert "可以停用" in text
    assert client.post(address).status_code == 409
    used(own, 0)
    assert client.post(address).status_code == 302
    assert not dictionary.items.filter(pk=own.pk).exists()


def test_page_needs_the_same_queries_for_four_items_and_for_forty(dictionary, person, browser):
    client, page = browser(person(VIEW, CHANGE)), reverse("core:dictionary", args=["test_colour"])
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    DictItem.objects.bulk_create(DictItem(type=dictionary, code=f"n{n}", name=f"色{n}", sort=n) for n in range(36))
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(few) == len(many) <= 25


def workbook(client):
    answer = client.get(reverse("core:dictionary_export"))
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def upload(book):
    out = io.BytesIO()
    book.save(out)
    out.name = "字典.xlsx"
    out.seek(0)
    return out


def test_export_and_import_of_the_same_file_change_nothing(dictionary, person, browser):
    client = browser(person(VIEW, CHANGE))
    disable_item(item(dictionary, "blue"), by=person())
    before, entries = list(DictItem.objects.order_by("id").values()), LogEntry.objects.count()
    book = workbook(client)
    assert book.active.max_row == DictItem.objects.count() + 1
    answer = client.post(reverse("core:dictionary_import"), {"file": upload(book)})
    assert answer.context["unchanged"] == len(before)
    assert not answer.context["rows"]
    assert not answer.context["errors"]
    assert list(DictItem.objects.order_by("id").values()) == before
    assert LogEntry.objects.count() == entries + 1  # the export


def test_import_previews_then_writes_through_the_services(dictionary, person, browser):
    client = browser(person(VIEW, CHANGE))
    book = workbook(client)
    rows = {row[2].value: row for row in book.active.iter_rows(min_row=2) if row[0].value == "test_colour"}
    rows["red"][3].value = "朱红"
    rows["green"][7].value = "停用"
    book.active.append(["test_colour", "", "pink", "粉", "粉红", "c3", 50, ""])
    book.active.append(["no_such", "", "x", "坏", "", "", 1, ""])
    book.active.append(["test_colour", "", "cyan", "青", "", "", 60, "半停"])
    client.get(reverse("core:dictionary_list"))
    answer = client.post(reverse("core:dictionary_import"), {"file": upload(book)})
    facts = answer.context
    assert (facts["new"], facts["changed"], len(facts["errors"])) == (1, 2, 2)
    assert {row["number"] for row in facts["errors"]} == {book.active.max_row - 1, book.active.max_row}
    assert not dictionary.items.filter(code="pink").exists()
    entries = LogEntry.objects.count()
    done = client.post(reverse("core:dictionary_import_confirm"), {"rows": facts["rows"]})
    assert done.status_code == 302
    assert dictionary.items.get(code="pink").synonyms == ["粉红"]
    assert item(dictionary, "red").name == "朱红"
    assert not item(dictionary, "green").is_active
    assert item(dictionary, "red").synonyms == ["赤"]
    assert LogEntry.objects.count() == entries + 3


def test_import_confirmation_cannot_be_forged(dictionary, person, browser):
    client = browser(person(VIEW, CHANGE))
    assert client.post(reverse("core:dictionary_import_confirm"), {"rows": "forged"}).status_code == 409
    assert DictType.objects.filter(code="test_colour").exists()


def test_a_dictionary_may_ask_its_items_to_choose(dictionary, person, browser, monkeypatch):
    urgency = ItemAttribute("urgency", "默认紧急程度", choices=(("normal", "一般"), ("urgent", "急修")))
    seed = TypeSeed("test_colour", "测试颜色", "测试组", attributes=(urgency,))
    monkeypatch.setitem(dictionary_service._registered, "test_colour", seed)
    client, red, page = browser(person(VIEW, CHANGE)), item(dictionary, "red"), dictionary.get_absolute_url()
    assert "默认紧急程度</th>" in client.get(page).content.decode()
    assert '<option value="urgent">急修</option>' in client.get(f"{page}?edit={red.pk}").content.decode()
    data = {"name": "红", "sort": 10, "colour": "", "synonyms": "赤"}
    address = reverse("core:dictitem_change", args=[red.pk])
    assert "不在可用的选项中" in client.post(address, data | {"urgency": "at once"}).content.decode()
    assert not LogEntry.objects.exists()
    client.post(address, data | {"urgency": "urgent"})
    assert item(dictionary, "red").attribute("urgency") == "urgent"
    assert LogEntry.objects.get().changes == {"dictionary": "测试颜色", "默认紧急程度": ["", "急修"]}
    assert "急修" in client.get(page).content.decode()


def test_declared_attributes_go_out_to_the_workbook_and_back(person, browser):
    client = browser(person(VIEW, CHANGE))
    book = workbook(client)
    heads = [cell.value for cell in book.active[1]]
    sensitive, care = heads.index("敏感"), heads.index("关怀")
    rows = {(row[0].value, row[2].value): row for row in book.active.iter_rows(min_row=2)}
    tags = {code: row for (dictionary, code), row in rows.items() if dictionary == "owner_tag"}
    asked = DictItem.objects.of("owner_tag").exclude(sensitive=True).first()
    assert tags[asked.code][sensitive].value == "否"
    other = next(row for (dictionary, _code), row in rows.items() if dictionary != "owner_tag")
    assert other[care].value in (None, "")
    tags[asked.code][sensitive].value = "是"
    other[care].value = "是"
    for start, answer in (
        (["owner_tag", "", "hearing", "听力障碍", "", "", 90, ""], ("否", "是")),
        (["owner_tag", "", "odd", "别的", "", "", 91, ""], ("也许", "")),
    ):
        row = start + [""] * (len(heads) - len(start))
        row[sensitive], row[care] = answer
        book.active.append(row)
    facts = client.post(reverse("core:dictionary_import"), {"file": upload(book)}).context
    assert (facts["new"], facts["changed"], len(facts["errors"])) == (1, 1, 2)
    assert {row["why"] for row in facts["errors"]} >= {"敏感只能填“是”或“否”"}
    changed = next(row for row in facts["changes"] if row["word"] == "修改")
    assert changed["cells"][sensitive] == ("否", "是")
    assert client.post(reverse("core:dictionary_import_confirm"), {"rows": facts["rows"]}).status_code == 302
    asked.refresh_from_db()
    hearing = DictItem.objects.get(code="hearing")
    assert (asked.sensitive, hearing.sensitive, hearing.care) == (True, False, True)
    again = client.post(reverse("core:dictionary_import"), {"file": upload(workbook(client))}).context
    assert not again["rows"] and not again["errors"]
