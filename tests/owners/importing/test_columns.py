"""Which column and which word means what, how a correction is remembered, and what a cell may look like."""

from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import DictItem, ImportMapping
from core.services.dictionary_merging import merge_items, unmerge_items
from owners.importing import batches, checking, stopping
from owners.importing.payload import stored
from owners.models import ImportBatch, ImportRow
from properties.models import Unit
from tests.factories.owners import word
from tests.owners.importing.conftest import HEAD, WANG, Desk, counts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("head", [
    ("楼号", "单元号", "房间号", "物业类型", "面积", "业主名称", "身份", "联系电话", "身份证号"),
    ("楼栋号", "门洞", "房屋编号", "房屋类型*", "建筑面积(㎡)", "业主", "角色", "手机号码", "证件号码"),
])  # fmt: skip
def test_columns_are_found_by_synonyms_behind_title_rows(desk: Desk, head: tuple) -> None:
    batch = desk.check([WANG], head, [("湖映花园业主名册",), ("制表日期 2026-11-22",)])
    assert counts(batch) == (1, 0, 0, 0)
    assert batch.report["header_row"] == 3


def test_one_combined_room_column(desk: Desk) -> None:
    head = ("房屋", "房屋类型", "面积", "姓名", "角色")
    desk.bring([("1-1-1001", "高层", 80, "张三", "业主"), ("A座1203", "高层", 80, "李四", "业主")], head)
    assert sorted(Unit.objects.values_list("building__number", "entrance", "number")) == [
        ("1", "1", "1001"),
        ("A座", "", "1203"),
    ]


def test_unknown_columns_are_shown_and_a_correction_is_remembered(desk: Desk) -> None:
    head = (*HEAD[:5], "住的人", *HEAD[6:])
    batch = desk.check([WANG], head)
    assert [c["header"] for c in batch.report["columns"] if not c["key"]] == ["住的人"]
    assert batch.errors == 1
    batches.correct_mapping(batch, by=desk.user, columns={"F": "name"}, words={}, queued=False)
    checking.check(batch, checking.Quietly())
    assert counts(batch) == (1, 0, 0, 0)
    stopping.discard_import(batch, by=desk.user)
    later = desk.check([WANG], head)
    assert counts(later) == (1, 0, 0, 0)
    assert next(c for c in later.report["columns"] if c["header"] == "住的人")["remembered"]


def test_unknown_words_are_listed_once_and_their_mapping_is_remembered(desk: Desk) -> None:
    rows = [(*WANG[:3], "跃层豪宅", *WANG[4:]), ("3栋", "2", "1503", "跃层豪宅", 90, "李四", "业主", "", "")]
    batch = desk.check(rows)
    assert batch.report["unknown_words"] == {"unit_type": {"跃层豪宅": 2}}
    assert batch.errors == 2
    value = checking.dictionary("unit_type")[0].value
    batches.correct_mapping(
        batch, by=desk.user, columns={}, words={"unit_type": {"跃层豪宅": str(value)}}, queued=False
    )
    assert counts(checking.check(batch, checking.Quietly())) == (2, 0, 0, 0)
    assert ImportMapping.objects.get().words == {"unit_type": {"跃层豪宅": value}}


def test_a_remembered_word_follows_the_merges_of_its_item_and_their_undoing(desk: Desk) -> None:
    first, second, third = (word("unit_type", code) for code in ("villa", "mid_rise", "high_rise"))
    rows = [(*WANG[:3], "跃层豪宅", *WANG[4:])]
    batch = desk.check(rows)
    mapped = {"unit_type": {"跃层豪宅": str(first.pk)}}
    batches.correct_mapping(batch, by=desk.user, columns={}, words=mapped, queued=False)
    checking.check(batch, checking.Quietly())

    def meant() -> int | None:
        found = desk.check([(*WANG[:2], f"16{ImportBatch.objects.count():02}", *rows[0][3:])])
        row = ImportRow.objects.get(batch=found)
        return stored(row.number, row.payload).values["unit_type"] if row.outcome == "added" else None

    assert meant() == first.pk
    one = merge_items(first, by=desk.user, kept=second)
    assert meant() == second.pk
    two = merge_items(second, by=desk.user, kept=third)
    assert meant() == third.pk
    unmerge_items(two, by=desk.user)
    unmerge_items(one, by=desk.user)
    assert meant() == first.pk
    DictItem.objects.filter(pk=first.pk).update(disabled_at=timezone.now())  # stopped, not merged: ask again
    assert meant() is None


@pytest.mark.parametrize("area", ["118.5㎡", "118.5 平方米", "118.5m2"])
def test_areas_may_name_their_unit(desk: Desk, area: str) -> None:
    desk.bring([(*WANG[:4], area, *WANG[5:])])
    assert Unit.objects.get().built_area == Decimal("118.50")
