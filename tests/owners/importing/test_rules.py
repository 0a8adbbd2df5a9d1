"""The sentences of the import's specification, one by one."""

from datetime import date
from decimal import Decimal

import pytest

from core.models import LogEntry
from owners.importing import batches
from owners.models import Owner, OwnerPhone, Tenure, TimelineEntry, Vehicle
from properties.models import Building, Unit
from tests.owners.importing.conftest import HEAD, WANG, Desk, counts, problems

pytestmark = pytest.mark.django_db


def test_r10_nothing_is_written_before_confirmation(desk: Desk) -> None:
    batch = desk.check([WANG])
    assert counts(batch) == (1, 0, 0, 0)
    assert not Unit.objects.exists()
    assert not Owner.objects.exists()
    assert not Building.objects.exists()


def test_r8_r10_a_row_becomes_unit_person_and_tenure(desk: Desk) -> None:
    batch = desk.bring([WANG])
    unit, owner, tenure = Unit.objects.get(), Owner.objects.get(), Tenure.objects.get()
    assert str(unit) == "3栋2单元1502"
    assert unit.floor == 15
    assert unit.built_area == Decimal("89.50")
    assert unit.code == "03-02-1502"
    assert owner.number.startswith("KH")
    assert owner.id_number == "11010519491231002X"
    assert owner.community_ids == [desk.community.pk]
    assert owner.phones.get().number == "13800138000"
    assert owner.source.code == "excel_import"
    assert (tenure.owner, tenure.unit, tenure.role, tenure.community) == (owner, unit, "owner", desk.community)
    assert (owner.birth_year, owner.gender) == (1949, "female") or owner.birth_year == 1949
    assert Owner.objects.filter(search__begins=["wjg"]).exists()
    assert Unit.objects.filter(search__begins=["3-2-1502"]).exists()
    assert counts(batch) == (1, 0, 0, 0)


def test_r133_one_log_entry_for_every_object_with_the_numbers_masked(desk: Desk) -> None:
    batch = desk.bring([WANG])
    made = LogEntry.objects.filter(batch=batch.uid, action__endswith="_added")
    assert sorted(made.values_list("object_type", flat=True)) == [
        "owners.owner",
        "owners.tenure",
        "properties.building",
        "properties.unit",
    ]
    entry = made.get(object_type="owners.owner")
    assert entry.changes["phone"] == ["138****8000"]
    assert entry.changes["id_number"] == "110105********002X"
    assert "13800138000" not in str(list(LogEntry.objects.values_list("changes", "object_label")))
    assert TimelineEntry.objects.get().source_id == batch.pk


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    rows = [
        WANG,
        ("3栋", "2", "1502", "高层", 89.5, "李芳", "共有人", "", ""),  # neither telephone nor identity number
        ("3栋", "2", "1503", "高层", 100, "李芳", "业主", "", ""),  # the same name elsewhere: somebody else
        ("3栋", "2", "1504", "高层", 100, "赵六", "业主", "13900139001", ""),
        ("3栋", "2", "1505", "高层", 100, "", "", "", ""),
    ]
    desk.bring(rows)
    assert Owner.objects.filter(name="李芳").count() == 2
    again = desk.check(rows)
    assert counts(again) == (0, 0, 5, 0)
    before = (Owner.objects.count(), Tenure.objects.count(), Unit.objects.count(), OwnerPhone.objects.count())
    desk.write(again)
    assert (Owner.objects.count(), Tenure.objects.count(), Unit.objects.count(), OwnerPhone.objects.count()) == before


def test_a_blank_cell_keeps_and_clear_empties(desk: Desk) -> None:
    head = (*HEAD, "朝向", "备注")
    desk.bring([(*WANG, "南", "带露台")], head)
    kept = desk.bring([(*WANG[:3], "", "", *WANG[5:8], "", "", "")], head)
    assert counts(kept) == (0, 0, 1, 0)
    cleared = desk.bring([(*WANG, "[清空]", "[清空]")], head)
    assert counts(cleared) == (0, 1, 0, 0)
    assert Unit.objects.get().orientation is None
    assert Tenure.objects.get().remark == ""


def test_mode_add_skips_what_is_there(desk: Desk) -> None:
    desk.bring([WANG])
    rows = [(*WANG[:4], 95, *WANG[5:]), ("3栋", "2", "1503", "高层", 90, "李四", "业主", "", "")]
    batch = desk.bring(rows, mode="add")
    assert counts(batch) == (1, 0, 1, 0)
    assert Unit.objects.get(number="1502").built_area == Decimal("89.50")
    assert Unit.objects.count() == 2


def test_mode_check_never_writes(desk: Desk) -> None:
    batch = desk.check([WANG])
    with pytest.raises(Exception, match="仅校验"):
        batches.confirm_import(batch, by=desk.user, mode="check", queued=False)
    assert not Unit.objects.exists()


def test_r9_changes_show_old_and_new_and_are_written(desk: Desk) -> None:
    desk.bring([WANG])
    batch = desk.check([(*WANG[:4], 95.25, *WANG[5:7], "13700137000", WANG[8])])
    assert counts(batch) == (0, 1, 0, 0)
    desk.write(batch)
    assert Unit.objects.get().built_area == Decimal("95.25")
    assert [phone.number for phone in OwnerPhone.objects.all()] == ["13700137000"]
    entry = LogEntry.objects.get(batch=batch.uid, object_type="owners.owner")
    assert entry.changes["phones"] == [["138****8000"], ["137****7000"]]
    assert LogEntry.objects.get(batch=batch.uid, object_type="properties.unit").changes == {
        "built_area": ["89.50", "95.25"]
    }


def test_a_household_gets_its_contact_and_payer_as_when_registered_by_hand(desk: Desk) -> None:
    """The first owner of a unit nobody speaks for; family never; what the file or the database says stands."""
    said = (*HEAD, "主联系人", "缴费人")
    family = (*WANG[:5], "李芳", "家庭成员", "13900139000", "")
    desk.bring([family, WANG])
    held = Tenure.objects.filter(is_primary_contact=True, is_payer=True).values_list("owner__name", flat=True)
    assert list(held) == ["王建国"]
    assert counts(desk.check([family, WANG])) == (0, 0, 2, 0)
    desk.bring([(*WANG[:5], "张三", "租户", "13711112222", "")])
    assert list(held) == ["王建国"]
    desk.bring([(*WANG[:2], "1503", *WANG[3:5], "赵四", "业主", "13711113333", "", "否", "否")], said)
    assert list(held) == ["王建国"]


def test_families_share_a_telephone_and_stay_two_people(desk: Desk) -> None:
    desk.bring([(*WANG[:8], "")])
    batch = desk.check([(*WANG[:5], "李芳", "家庭成员", WANG[7], "")])
    assert problems(batch, notices=True) == [(2, "手机", "该手机已登记为“王*国”，按另一人新增")]
    desk.write(batch)
    assert Owner.objects.count() == 2


def test_r14_r29_one_person_in_many_units(desk: Desk) -> None:
    desk.bring([
        WANG, ("5栋", "1", "0301", "高层", 70, "王建国", "业主", "", "11010519491231002X"),
        ("6栋", "1", "0401", "高层", 70, "李 四", "业主", "13900139000", ""),
        ("7栋", "1", "0401", "高层", 70, "李四", "业主", "139 0013 9000", ""),
    ])  # fmt: skip
    assert Owner.objects.count() == 2
    assert Tenure.objects.count() == 4


def test_the_same_identity_number_with_another_name_is_an_error(desk: Desk) -> None:
    desk.bring([WANG])
    batch = desk.check([(*WANG[:5], "王建军", *WANG[6:])])
    assert problems(batch) == [(2, "姓名", "该证件号已登记为“王*国”")]
    batch = desk.check(
        [
            ("8", "1", "101", "高层", 9, "甲一", "业主", "", "11010119900307803X"),
            ("8", "1", "102", "高层", 9, "甲二", "业主", "", "11010119900307803X"),
        ]
    )
    assert batch.errors == 2


def test_a_new_owner_beside_the_old_one_ends_nothing(desk: Desk) -> None:
    desk.bring([WANG])
    batch = desk.check([(*WANG[:5], "李四", "业主", "13900139000", "")])
    assert problems(batch, notices=True) == [(2, "姓名", "原业主仍在册：王*国")]
    desk.write(batch)
    assert Tenure.objects.filter(end__isnull=True).count() == 2


def test_an_import_never_ends_a_tenure(desk: Desk) -> None:
    head = (*HEAD, "起", "止")
    desk.bring([(*WANG, "2020-01-01", "")], head)
    batch = desk.check([(*WANG, "2020-01-01", "2024-01-01")], head)
    assert problems(batch) == [(2, "止", "导入不能终止在册的关系")]


def test_an_ended_tenure_is_not_revived_by_an_old_file(desk: Desk) -> None:
    desk.bring([WANG])
    Tenure.objects.update(start=date(2020, 1, 1), end=date(2024, 1, 1))
    batch = desk.check([WANG])
    assert counts(batch) == (0, 0, 1, 0)
    assert "已于 2024-01-01 终止" in problems(batch, notices=True)[0][2]


def test_shares_above_a_hundred_per_cent_are_flagged_on_every_row(desk: Desk) -> None:
    head = (*HEAD, "份额")
    rows = [(*WANG, "60%"), (*WANG[:5], "李芳", "共有人", "13900139000", "", "1/2")]
    batch = desk.check(rows, head)
    assert [(row, column) for row, column, _reason in problems(batch)] == [(2, "份额"), (3, "份额")]
    assert counts(desk.check([(*WANG, "50%"), (*rows[1][:9], 0.5)], head)) == (2, 0, 0, 0)


def test_duplicates_inside_the_file_are_flagged_on_both_rows(desk: Desk) -> None:
    batch = desk.check([WANG, ("5", "1", "101", "高层", 50, "甲", "业主", "", ""), WANG])
    assert [(row, reason) for row, _column, reason in problems(batch)] == [(2, "与第 4 行重复"), (4, "与第 2 行重复")]
    assert counts(batch) == (1, 0, 0, 2)


def test_a_missing_number_is_normal_and_a_placeholder_counts_as_missing(desk: Desk) -> None:
    batch = desk.bring([("1", "1", "101", "高层", 50, "甲乙", "业主", "18999999999", "111111111111111111")])
    assert counts(batch) == (1, 0, 0, 0)
    assert [reason for _row, _column, reason in problems(batch, notices=True)] == [
        "18999999999 不是真实号码，视为未填", "111111111111111111 不是真实号码，视为未填",
    ]  # fmt: skip
    owner = Owner.objects.get()
    assert not owner.phones.exists()
    assert owner.id_number == ""
    assert owner.completeness == 40


def test_an_unknown_room_is_added_and_a_floor_above_the_building_is_a_notice(desk: Desk) -> None:
    Building.objects.create(community=desk.community, number="3", floors_above=16, sort_key="000003")
    batch = desk.check([("3", "2", "1702", "高层", 50, "甲乙", "业主", "", "")])
    assert counts(batch) == (1, 0, 0, 0)
    assert problems(batch, notices=True) == [(2, "房号", "3栋只有 16 层")]


@pytest.mark.parametrize("text", ["3室2厅1厨2卫", "2卫1厨3室2厅", "三室两厅一厨两卫"])
def test_layouts_parse_in_any_order(desk: Desk, text: str) -> None:
    desk.bring([(*WANG, text)], (*HEAD, "户型"))
    unit = Unit.objects.get()
    assert (unit.rooms, unit.halls, unit.kitchens, unit.baths) == (3, 2, 1, 2)


def test_the_community_column_must_name_the_chosen_one(desk: Desk) -> None:
    rows = [("测试花园HYH", *WANG), ("别的花园", "4", *WANG[1:7], "", "")]
    batch = desk.check(rows, ("项目", *HEAD))
    assert problems(batch) == [(3, "项目", "不是所选的项目")]


def test_good_rows_go_in_and_bad_rows_stay_out(desk: Desk) -> None:
    batch = desk.bring([WANG, ("3栋", "2", "1503", "高层", 90, "李四", "业主", "1380013800", "")])
    assert counts(batch) == (1, 0, 0, 1)
    assert Unit.objects.count() == 1
    assert problems(batch)[0][:2] == (3, "手机")


def test_vehicles_and_emergency_contacts(desk: Desk) -> None:
    head = (*HEAD, "车牌", "紧急联系人", "紧急电话", "备用电话")
    row = (*WANG, "浙A12345、浙AD12345", "李芳", "13900139000", "0571-88001234")
    desk.bring([row], head)
    owner = Owner.objects.get()
    assert sorted(Vehicle.objects.values_list("plate", flat=True)) == ["浙A12345", "浙AD12345"]
    assert owner.emergency_contacts.get().phone == "13900139000"
    assert owner.phones.count() == 2
    assert counts(desk.check([row], head)) == (0, 0, 1, 0)


def test_a_plate_said_in_both_rows_of_a_new_person_is_not_somebody_elses(desk: Desk) -> None:
    head = (*HEAD, "车牌")
    other = ("3栋", "2", "1601", "高层", 90, "李四", "业主", "13800138001", "")
    rows = [(*WANG, "浙A12345"), (*WANG[:2], "1503", *WANG[3:], "浙A12345"), (*other, "浙A12345")]
    batch = desk.check(rows, head)
    assert problems(batch, notices=True) == [(4, "车牌", "浙A12345 已登记在另一人名下，未改")]
    desk.write(batch)
    assert Vehicle.objects.get().owner.name == "王建国"
