"""Merging dictionary items (R132) through the pages, on words that households and flats really use."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import DictItem, DictMerge, Job, LogEntry
from core.services.dictionary_items import add_item, change_item, restore_item
from core.tasks.dictionary import merge_dictionary_items, unmerge_dictionary_items
from core.tasks.periodic import purge_expired
from core.views import dictionary_merging
from owners.importing.columns import dictionary as known_to_imports
from owners.models import Owner, OwnerTag
from owners.services.portrait import add_tag
from owners.tasks import refresh_care
from properties.models import Unit, UnitMark
from tests.factories.audit import user_with
from tests.factories.owners import ConsentFactory, OwnerFactory, OwnerTagFactory, word
from tests.factories.properties import UnitFactory
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
VIEW, CHANGE = "core.view_dicttype", "core.change_dicttype"


@pytest.fixture
def admin() -> Any:
    return user_with(VIEW, CHANGE, scope="all")


@pytest.fixture
def client(admin: Any) -> Client:
    return signed_in(admin)


def page(client: Client, merged: DictItem, kept: DictItem) -> Any:
    return client.get(reverse("core:dictitem_merge", args=[merged.type.code]), {"merged": merged.pk, "kept": kept.pk})


def confirm(client: Client, merged: DictItem, kept: DictItem, total: int) -> Any:
    address = reverse("core:dictitem_merge", args=[merged.type.code])
    return client.post(address, {"merged": merged.pk, "kept": kept.pk, "total": total})


def undo(client: Client) -> Any:
    return client.post(reverse("core:dictmerge_undo", args=[DictMerge.objects.latest("pk").pk]))


@pytest.fixture
def levels(admin: Any) -> tuple[DictItem, DictItem]:
    important = word("owner_level", "important")
    return add_item(important.type, by=admin, name="重点", synonyms=["重点户"]), important


def test_r132_merge_is_previewed_then_moves_every_reference_with_one_log_entry(client: Client, levels: Any) -> None:
    merged, kept = levels
    owners = [OwnerFactory(level=merged), OwnerFactory(level=merged)]
    other = OwnerFactory(level=word("owner_level", "vip"))
    text = page(client, merged, kept).content.decode()
    assert "住户 / 客户等级" in text
    assert "「重点、重点户」成为「重要」的同义词" in text
    assert "24 小时内可以撤销" in text
    assert not DictMerge.objects.exists()
    entries = LogEntry.objects.count()
    assert confirm(client, merged, kept, 2).status_code == 302
    assert {row.level_id for row in Owner.objects.filter(pk__in=[row.pk for row in owners])} == {kept.pk}
    other.refresh_from_db()
    assert other.level.code == "vip"
    merged.refresh_from_db(), kept.refresh_from_db()
    assert (merged.is_active, merged.synonyms) == (False, [])
    assert kept.synonyms == ["重点", "重点户"]
    assert LogEntry.objects.count() == entries + 1
    assert LogEntry.objects.latest("pk").changes == {
        "dictionary": "客户等级", "merged_into": ["重点", "重要"], "住户 / 客户等级": 2,
    }  # fmt: skip


def test_imports_read_the_old_word_as_the_kept_one(client: Client, levels: Any) -> None:
    merged, kept = levels
    confirm(client, merged, kept, 0)
    found = [choice.value for choice in known_to_imports("owner_level") if "重点" in (choice.label, *choice.synonyms)]
    assert found == [kept.pk]


def test_a_number_that_has_changed_since_the_preview_is_shown_again(client: Client, levels: Any) -> None:
    merged, kept = levels
    OwnerFactory(level=merged)
    answer = confirm(client, merged, kept, 0)
    assert answer.status_code == 409
    assert "数量已经变了" in answer.content.decode()
    assert Owner.objects.get(level=merged)


def test_undo_gives_back_what_was_moved_and_leaves_what_was_changed_since(client: Client, levels: Any) -> None:
    merged, kept = levels
    moved, changed, before = OwnerFactory(level=merged), OwnerFactory(level=merged), OwnerFactory(level=kept)
    confirm(client, merged, kept, 2)
    new, vip = OwnerFactory(level=kept), word("owner_level", "vip")
    Owner.objects.filter(pk=changed.pk).update(level=vip)
    listing = client.get(reverse("core:dictionary", args=["owner_level"])).content.decode()
    assert "撤销合并" in listing
    question = client.get(reverse("core:dictmerge_undo", args=[DictMerge.objects.get().pk])).content.decode()
    assert "又被改过的记录不动" in question
    assert undo(client).status_code == 302
    levels_now = {row.pk: row.level_id for row in Owner.objects.all()}
    assert levels_now == {moved.pk: merged.pk, changed.pk: vip.pk, before.pk: kept.pk, new.pk: kept.pk}
    merged.refresh_from_db(), kept.refresh_from_db()
    assert (merged.is_active, merged.synonyms, kept.synonyms) == (True, ["重点户"], [])
    assert LogEntry.objects.latest("pk").action == "core.dictitem.unmerged"
    assert undo(client).status_code == 409


def test_undo_ends_after_a_day(client: Client, levels: Any) -> None:
    confirm(client, *levels, 0)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        DictMerge.objects.update(at=timezone.now() - timedelta(hours=25))
        assert undo(signed_in(user_with(VIEW, CHANGE, scope="all"))).status_code == 409


def test_the_list_of_moved_rows_goes_when_nobody_can_take_the_merge_back(client: Client, levels: Any) -> None:
    merged, kept = levels
    OwnerFactory(level=merged)
    confirm(client, merged, kept, 1)
    purge_expired(Job.objects.create(kind="core.purge_expired", visible=False).pk)
    assert DictMerge.objects.get().moved != {}
    DictMerge.objects.update(at=timezone.now() - timedelta(hours=26))
    purge_expired(Job.objects.create(kind="core.purge_expired", visible=False).pk)
    assert DictMerge.objects.get().moved == {}
    assert undo(client).status_code == 409  # and says why, for which the row stays


def test_undo_waits_for_the_merge_that_came_behind_it(client: Client, levels: Any) -> None:
    merged, kept = levels
    OwnerFactory(level=merged)
    confirm(client, merged, kept, 1)
    first = DictMerge.objects.get()
    confirm(client, kept, word("owner_level", "vip"), 1)
    assert client.post(reverse("core:dictmerge_undo", args=[first.pk])).status_code == 409
    assert undo(client).status_code == 302
    assert client.post(reverse("core:dictmerge_undo", args=[first.pk])).status_code == 302
    assert Owner.objects.get().level_id == merged.pk


def test_the_word_of_a_merged_item_is_not_restored_beside_its_synonym(admin: Any, client: Client, levels: Any) -> None:
    merged, kept = levels
    confirm(client, merged, kept, 0)
    merged.refresh_from_db()
    answer = client.post(reverse("core:dictitem_restore", args=[merged.pk]))
    assert answer.status_code == 409
    # The kept item can be edited with its new synonyms; without them the old one lives again.
    kept.refresh_from_db()
    change_item(kept, by=admin, name=kept.name, synonyms=["重点户"])
    assert restore_item(merged, by=admin).is_active


def test_a_person_who_carries_both_tags_keeps_one_with_the_later_end(client: Client) -> None:
    merged, kept = word("owner_tag", "living_alone"), word("owner_tag", "disabled")
    both, one = OwnerFactory(units=[UnitFactory()]), OwnerFactory(units=[UnitFactory()])
    OwnerTagFactory(owner=both, tag=merged, reason="社区名单", expires_on=None)
    OwnerTagFactory(owner=both, tag=kept, reason="", expires_on=timezone.localdate() + timedelta(days=3))
    OwnerTagFactory(owner=one, tag=merged, reason="本人告知")
    text = page(client, merged, kept).content.decode()
    assert "其中 1 条同时用了两项" in text
    assert "不会再变回两项" in text
    assert confirm(client, merged, kept, 2).status_code == 302
    assert not OwnerTag.objects.filter(tag=merged).exists()
    row = OwnerTag.objects.get(owner=both, removed_at__isnull=True)
    assert (row.tag_id, row.reason, row.expires_on) == (kept.pk, "社区名单", None)
    assert OwnerTag.objects.get(owner=one).tag_id == kept.pk
    assert LogEntry.objects.latest("pk").changes["doubles"] == 1


def test_undo_after_the_tag_was_given_anew_by_hand_leaves_it_once(admin: Any, client: Client) -> None:
    merged, kept = word("owner_tag", "living_alone"), word("owner_tag", "disabled")
    owner, other = OwnerFactory(), OwnerFactory()
    OwnerTagFactory(owner=owner, tag=merged, reason="社区名单")
    OwnerTagFactory(owner=other, tag=merged, reason="本人告知")
    confirm(client, merged, kept, 2)
    kept.refresh_from_db()
    change_item(kept, by=admin, name=kept.name, synonyms=[])
    merged.refresh_from_db()
    add_tag(owner, by=admin, tag=restore_item(merged, by=admin), reason="走访得知")
    assert undo(client).status_code == 302
    in_force = OwnerTag.objects.filter(removed_at__isnull=True)
    assert set(in_force.values_list("owner", "tag")) == {(owner.pk, merged.pk), (other.pk, merged.pk)}
    assert in_force.get(owner=owner).reason == "走访得知"


@pytest.mark.parametrize(
    ("dictionary", "merged", "kept", "why"),
    [
        ("owner_tag", "living_alone", "pets", "敏感标签"),
        ("consent_purpose", "marketing", "service", "同意事项不能合并"),
        ("owner_source", "excel_import", "other", "由导入自动填写"),
        ("unit_type", "parking", "high_rise", "不能合并"),
    ],
)
def test_what_the_owner_of_a_dictionary_forbids_is_refused(
    client: Client, dictionary: str, merged: str, kept: str, why: str
) -> None:
    ConsentFactory(purpose=word("consent_purpose", "marketing"))
    items = word(dictionary, merged), word(dictionary, kept)
    answer = page(client, *items)
    assert why in answer.content.decode()
    assert "确认合并" not in answer.content.decode()
    assert confirm(client, *items, answer.context["facts"].total).status_code == 409
    assert not DictMerge.objects.exists()


@pytest.mark.parametrize("which", ["same", "stopped", "other"])
def test_no_pair_no_merge(client: Client, levels: Any, which: str) -> None:
    merged, kept = levels
    match which:
        case "same":
            kept = merged
        case "stopped":
            DictItem.objects.filter(pk=kept.pk).update(disabled_at=timezone.now())
        case "other":
            kept = word("owner_tag", "vip")
    answer = confirm(client, merged, kept, 0)
    assert answer.status_code == 200
    assert answer.context["form"].errors["kept"]
    assert not DictMerge.objects.exists()


def test_who_may_not_change_dictionaries_may_not_merge(levels: Any) -> None:
    reader = signed_in(user_with(VIEW, scope="all"))
    assert page(reader, *levels).status_code == 403
    assert confirm(reader, *levels, 0).status_code == 403
    assert "合并两项" not in reader.get(reverse("core:dictionary", args=["owner_level"])).content.decode()


def test_many_records_are_merged_and_given_back_by_a_job(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(dictionary_merging, "AT_ONCE", 1)
    merged, kept = word("unit_type", "villa"), word("unit_type", "high_rise")
    units = [UnitFactory(unit_type=merged) for _n in range(2)]
    assert "合并在后台进行" in page(client, merged, kept).content.decode()
    confirm(client, merged, kept, 2)
    merge_dictionary_items(Job.objects.get().pk)
    assert Unit.objects.filter(unit_type=kept, pk__in=[unit.pk for unit in units]).count() == 2
    undo(client)
    unmerge_dictionary_items(Job.objects.latest("pk").pk)
    assert Unit.objects.filter(unit_type=merged).count() == 2
    assert {job.status for job in Job.objects.all()} == {"done"}


def test_a_merge_delivered_twice_is_one(client: Client, monkeypatch: Any) -> None:
    """The worker died between the merge and the end of its job."""
    monkeypatch.setattr(dictionary_merging, "AT_ONCE", 0)
    merged, kept = word("unit_type", "villa"), word("unit_type", "high_rise")
    unit = UnitFactory(unit_type=merged)
    for task, asked in (
        (merge_dictionary_items, lambda: confirm(client, merged, kept, 1)),
        (unmerge_dictionary_items, lambda: undo(client)),
    ):
        asked()
        job = Job.objects.latest("pk")
        task(job.pk)
        Job.objects.filter(pk=job.pk).update(status="running", lease_until=None, finished_at=None)
        task(job.pk)
        job.refresh_from_db()
        assert (job.status, DictMerge.objects.count()) == ("done", 1)
    unit.refresh_from_db()
    assert unit.unit_type_id == merged.pk


def test_attributes_are_columns_and_boxes_logged_and_followed_by_the_marks(client: Client) -> None:
    tag, unit = word("owner_tag", "pets"), UnitFactory()
    OwnerTagFactory(owner=OwnerFactory(units=[unit]), tag=tag)
    address = reverse("core:dictionary", args=["owner_tag"])
    assert ">敏感</th>" in client.get(address).content.decode()
    assert 'name="care"' in client.get(f"{address}?edit={tag.pk}").content.decode()
    data = {"name": tag.name, "sort": tag.sort, "colour": tag.colour, "synonyms": "养宠"}
    client.post(reverse("core:dictitem_change", args=[tag.pk]), data | {"care": "on"})
    tag.refresh_from_db()
    assert (tag.care, tag.sensitive) == (True, False)
    assert LogEntry.objects.latest("pk").changes == {"dictionary": "住户标签", "关怀": ["否", "是"]}
    refresh_care(Job.objects.get(kind="owners.refresh_care").pk)
    assert UnitMark.objects.get(unit=unit, kind=UnitMark.Kind.CARE).note == "宠物户"
    client.post(reverse("core:dictitem_create", args=["owner_tag"]), {"name": "义工", "sensitive": "on"})
    assert DictItem.objects.get(name="义工").sensitive
    assert "敏感" not in client.get(reverse("core:dictitem_create", args=["owner_level"])).content.decode()
