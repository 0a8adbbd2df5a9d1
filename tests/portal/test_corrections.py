"""R26: an owner corrects his data, somebody who keeps the file looks at old and new, the existing services write."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import InboxItem, LogEntry
from owners.models import Correction, EmergencyContact, FamilyMember, Owner, OwnerPhone, Vehicle
from owners.services import corrections
from owners.states import CorrectionStatus
from tests.factories.audit import UserFactory, grant_to, user_with
from tests.factories.owners import (
    CorrectionFactory,
    EmergencyContactFactory,
    FamilyMemberFactory,
    OwnerPhoneFactory,
    TenureFactory,
    VehicleFactory,
    word,
)
from tests.factories.properties import UnitFactory
from tests.portal.support import OTHER_PHONE, PHONE, resident, signed_in_owner, text_of
from tests.support.cases import ActionCase, DetailCase, ListCase, signed_in

pytestmark = pytest.mark.django_db
REVIEW = "owners.review_correction"
NEW = "13700137000"


@pytest.fixture
def owner(db: None) -> Any:
    return resident()


@pytest.fixture
def phone(owner: Any) -> Client:
    return signed_in_owner()


@pytest.fixture
def reviewer(owner: Any) -> Any:
    return user_with(REVIEW, communities=owner.community_ids, visibility="masked")


def correct(client: Client, topic: str, act: str, row: Any = None, **values: Any) -> Any:
    name, args = ("correct_row", [topic, act, row.pk]) if row is not None else ("correct_file", [topic, act])
    return client.post(reverse(f"portal:{name}", args=args), values)


def adopt(user: Any, request: Correction) -> Any:
    client = signed_in(user)
    seen = client.get(request.get_absolute_url()).context["seen"]
    return client.post(reverse("owners:correction_adopt", args=[request.pk]), {"seen": seen})


# --- Asking ------------------------------------------------------------------------------------------------------------
def test_r26_a_correction_waits_and_the_file_does_not_change(owner: Any, phone: Client) -> None:
    row = owner.phones.get()
    before = LogEntry.objects.count()
    response = correct(phone, "phone", "change", row, number="137 0013 7000", label="本人", note="换号了")
    assert response.status_code == 302, text_of(response)
    assert response.url == reverse("portal:me")
    request = Correction.objects.get()
    assert (request.old_values, request.new_values) == (
        {"number": PHONE, "label": ""},
        {"number": NEW, "label": "本人"},
    )
    assert (request.note, request.status, request.unit_id) == ("换号了", "waiting", owner.tenures.get().unit_id)
    assert OwnerPhone.objects.get(pk=row.pk).number == PHONE
    written = list(LogEntry.objects.order_by("pk")[before:])
    assert [(entry.action, entry.actor_type, entry.actor_id) for entry in written] == [
        (corrections.REQUESTED, "owner", owner.pk)
    ]
    assert [value for value in (PHONE, NEW) if value in str(written[0].changes)] == []


def test_the_values_rest_encrypted(owner: Any, phone: Client) -> None:
    correct(phone, "phone", "add", number=NEW, note="女儿的")
    raw = Correction.objects.extra(select={"a": "after", "n": "note"}).values("a", "n").get()
    assert [value for value in (NEW, "女儿的") if value in raw["a"] + raw["n"]] == []


def test_the_keeper_of_the_file_is_told(owner: Any, phone: Client) -> None:
    keeper = UserFactory()
    Owner.objects.filter(pk=owner.pk).update(keeper=keeper)
    correct(phone, "address", "change", postal_address="青城路 8 号")
    item = InboxItem.objects.get(user=keeper)
    assert (item.url, "修改通讯地址" in item.sentence) == (Correction.objects.get().get_absolute_url(), True)
    assert "青城路" not in item.sentence


def test_without_a_keeper_whoever_may_review_there_is_told(owner: Any, phone: Client) -> None:
    here = user_with(REVIEW, communities=owner.community_ids)
    user_with(REVIEW, communities=[UnitFactory().community])
    correct(phone, "address", "change", postal_address="青城路 8 号")
    assert [item.user for item in InboxItem.objects.all()] == [here]


@pytest.mark.parametrize(
    ("topic", "act", "values", "said"),
    [
        ("phone", "add", {"number": "138001"}, "电话"),
        ("phone", "add", {"number": PHONE}, "已经登记在您名下"),
        ("email", "change", {"email": "wang"}, "邮箱地址不完整"),
        ("address", "change", {"postal_address": ""}, "内容没有变化"),
        ("emergency", "add", {"name": "王晓光", "phone": "1"}, "电话"),
        ("vehicle", "add", {"plate": "苏A"}, "车牌"),
        ("family", "add", {"name": "王晓光"}, "请选择"),
    ],
)
def test_what_cannot_be_right_is_told_and_nothing_waits(
    phone: Client, topic: str, act: str, values: dict[str, str], said: str
) -> None:
    page = text_of(correct(phone, topic, act, **values))
    assert said in page
    assert not Correction.objects.exists()


def test_children_are_registered_by_age_group_only(phone: Client) -> None:
    relation = word("family_relation", "son").pk
    page = text_of(correct(phone, "family", "add", relation=relation, age_group="child", name="小明"))
    assert "14 岁以下只登记年龄段" in page
    assert correct(phone, "family", "add", relation=relation, age_group="child").status_code == 302


def test_one_waiting_request_for_one_value_and_ten_for_one_person(owner: Any, phone: Client) -> None:
    row = owner.phones.get()
    correct(phone, "phone", "change", row, number=NEW)
    assert "已有一条更正在审核" in text_of(correct(phone, "phone", "change", row, number=OTHER_PHONE))
    correct(phone, "phone", "add", number=OTHER_PHONE)
    assert "已经提交" in text_of(correct(phone, "phone", "add", number=OTHER_PHONE)), "the button was tapped twice"
    for n in range(8):
        assert correct(phone, "emergency", "add", name=f"亲友{n}", phone=NEW).status_code == 302
    assert "10 项更正在审核" in text_of(correct(phone, "emergency", "add", name="亲友九", phone=NEW))
    assert Correction.objects.count() == 10


def test_the_owner_takes_his_request_back(owner: Any, phone: Client, reviewer: Any) -> None:
    correct(phone, "phone", "add", number=NEW)
    request = Correction.objects.get()
    phone.post(reverse("portal:correction_withdraw", args=[request.pk]))
    request.refresh_from_db()
    assert request.status == CorrectionStatus.WITHDRAWN
    assert adopt(reviewer, request).status_code == 200, "the page says why not"
    assert f"已由 {owner.log_label} 于" in text_of(adopt(reviewer, request))
    assert owner.phones.count() == 1


# --- Deciding: each topic through its own service -------------------------------------------------------------------------
def test_r26_adopting_writes_every_kind_of_data(owner: Any, phone: Client, reviewer: Any) -> None:
    unit = owner.tenures.get().unit
    mother = FamilyMemberFactory(owner=owner, unit=unit)
    friend = EmergencyContactFactory(owner=owner)
    car = VehicleFactory(owner=owner, plate="苏A8K621")
    relation = word("family_relation", "son").pk
    for topic, act, row, values in [
        ("phone", "add", None, {"number": NEW, "label": "备用"}),
        ("email", "change", None, {"email": "wang@example.com"}),
        ("address", "change", None, {"postal_address": "青城路 8 号"}),
        ("emergency", "add", None, {"name": "王晓光", "phone": NEW, "relation": "儿子"}),
        ("emergency", "remove", friend, {}),
        ("family", "add", None, {"relation": relation, "name": "王晓光", "age_group": "adult"}),
        ("family", "remove", mother, {"left_on": "2026-01-05"}),
        ("vehicle", "add", None, {"plate": "苏AD12345", "energy": "electric", "brand": "比亚迪", "colour": "白"}),
        ("vehicle", "remove", car, {}),
    ]:
        assert correct(phone, topic, act, row, **values).status_code == 302, (topic, act)
        assert adopt(reviewer, Correction.objects.order_by("pk").last()).status_code == 302, (topic, act)
    owner.refresh_from_db()
    assert sorted(row.number for row in owner.phones.all()) == [NEW, PHONE]
    assert (owner.email, owner.postal_address) == ("wang@example.com", "青城路 8 号")
    assert [row.name for row in EmergencyContact.objects.filter(owner=owner)] == ["王晓光"]
    assert [row.name for row in FamilyMember.objects.filter(owner=owner, left_on__isnull=True)] == ["王晓光"]
    assert [row.plate for row in Vehicle.objects.filter(owner=owner, disabled_at__isnull=True)] == ["苏AD12345"]
    done = LogEntry.objects.filter(actor_type="user")
    assert {entry.actor_id for entry in done} == {reviewer.pk}
    assert done.filter(action=corrections.ADOPTED).count() == 9
    assert done.filter(action="owners.owner.phone_added").count() == 1


def test_a_changed_number_ends_the_session_it_was_used_for(owner: Any, phone: Client, reviewer: Any) -> None:
    correct(phone, "phone", "change", owner.phones.get(), number=NEW)
    adopt(reviewer, Correction.objects.get())
    assert phone.get("/m/").status_code == 302
    assert "王建国" in text_of(signed_in_owner(NEW).get(reverse("portal:me")))


def test_rejecting_keeps_the_file_and_gives_the_owner_the_reason(owner: Any, phone: Client, reviewer: Any) -> None:
    correct(phone, "email", "change", email="wang@example.com")
    request = Correction.objects.get()
    signed_in(reviewer).post(reverse("owners:correction_reject", args=[request.pk]), {"reason": "请本人到服务中心办理"})
    home = text_of(phone.get("/m/"))
    assert ("修改邮箱已驳回" in home, "请本人到服务中心办理" in home) == (True, True)
    page = text_of(phone.get(reverse("portal:correction_list")))
    assert ("已驳回" in page, "请本人到服务中心办理" in page) == (True, True)
    assert "修改邮箱已驳回" in text_of(phone.get("/m/")), "opening the list changes nothing"
    phone.post(reverse("portal:corrections_read"))
    assert "目前没有需要您处理的事情" in text_of(phone.get("/m/"))
    owner.refresh_from_db()
    assert owner.email == ""


def test_the_owner_sees_that_it_was_adopted(owner: Any, phone: Client, reviewer: Any) -> None:
    correct(phone, "address", "change", postal_address="青城路 8 号")
    adopt(reviewer, Correction.objects.get())
    assert "修改通讯地址已采纳" in text_of(phone.get("/m/"))


def test_two_reviewers_decide_once(owner: Any, phone: Client, reviewer: Any) -> None:
    correct(phone, "phone", "add", number=NEW)
    request = Correction.objects.get()
    other = user_with(REVIEW, communities=owner.community_ids)
    slow = signed_in(other).get(request.get_absolute_url()).context["seen"]
    adopt(reviewer, request)
    page = text_of(signed_in(other).post(reverse("owners:correction_adopt", args=[request.pk]), {"seen": slow}))
    assert f"已由 {reviewer.actor_label} 于" in page and "已采纳" in page
    assert owner.phones.count() == 2


def test_adopted_is_only_what_the_reviewer_has_seen(owner: Any, phone: Client, reviewer: Any) -> None:
    """Somebody changes the number at the counter while the reviewer looks at the old one."""
    row = owner.phones.get()
    correct(phone, "phone", "change", row, number=NEW)
    request = Correction.objects.get()
    client = signed_in(reviewer)
    seen = client.get(request.get_absolute_url()).context["seen"]
    from owners.services.phones import change_phone

    change_phone(row, by=reviewer, number=OTHER_PHONE)
    url = reverse("owners:correction_adopt", args=[request.pk])
    assert "档案又有改动" in text_of(client.post(url, {"seen": seen}))
    assert "档案又有改动" in text_of(client.post(url)), "without looking nothing is adopted"
    request.refresh_from_db()
    assert (request.status, OwnerPhone.objects.get().number) == ("waiting", OTHER_PHONE)


def test_a_guard_of_the_service_stops_the_whole_decision(owner: Any, phone: Client, reviewer: Any) -> None:
    """The plate is registered by somebody else: the reviewer reads it, the owner never did, and the request still waits."""
    neighbour = resident(OTHER_PHONE, name="邻居", units=[UnitFactory(community=owner.tenures.get().community)])
    VehicleFactory(owner=neighbour, community=owner.tenures.get().community, plate="苏A8K621")
    assert correct(phone, "vehicle", "add", plate="苏A8K621").status_code == 302
    request = Correction.objects.get()
    assert "已登记车牌" in text_of(adopt(reviewer, request))
    request.refresh_from_db()
    assert (request.status, request.decided_by, Vehicle.objects.filter(owner=owner).exists()) == (
        "waiting",
        None,
        False,
    )


def test_numbers_are_masked_for_the_reviewer_and_revealed_by_purpose(owner: Any, phone: Client) -> None:
    correct(phone, "phone", "change", owner.phones.get(), number=NEW)
    request = Correction.objects.get()
    reader = user_with(REVIEW, communities=owner.community_ids, visibility="masked")
    page = text_of(signed_in(reader).get(request.get_absolute_url()))
    assert ("138****8000" in page, "137****7000" in page) == (True, True)
    assert [value for value in (PHONE, NEW) if value in page] == []
    assert "/reveal/" not in page
    grant_to(reader, "owners.reveal_owner", communities=owner.community_ids, visibility="masked")
    url = reverse("audit:reveal", args=["owners.correction", request.pk, "new_secret"])
    assert url in text_of(signed_in(reader).get(request.get_absolute_url()))
    assert NEW in text_of(signed_in(reader).post(url, {"purpose": "verify"}))
    assert LogEntry.objects.filter(action="audit.value.revealed", object_id=owner.pk).count() == 1


def test_values_are_forgotten_half_a_year_after_the_decision(owner: Any, phone: Client, reviewer: Any) -> None:
    for n in (1, 2, 3):
        correct(phone, "emergency", "add", name=f"亲友{n}", phone=NEW)
    old, fresh, waiting = Correction.objects.order_by("pk")
    for request in (old, fresh):
        adopt(reviewer, request)
    Correction.objects.filter(pk=old.pk).update(decided_at=timezone.now() - timedelta(days=181))
    Correction.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(days=400))
    assert (corrections.forget_values(), corrections.forget_values()) == (1, 0)
    assert [bool(row.new_values) for row in Correction.objects.order_by("pk")] == [False, True, True]


# --- The queue's pages ----------------------------------------------------------------------------------------------------
def make_correction(community: Any) -> Correction:
    unit = UnitFactory(building__community=community)
    return CorrectionFactory(owner=resident(units=[unit]), unit=unit)


class TestCorrectionList(ListCase):
    url_name, permission = "owners:correction_list", REVIEW

    def make(self, community: Any) -> Correction:
        return make_correction(community)


class TestCorrectionDetail(DetailCase):
    url_name, permission = "owners:correction_detail", REVIEW

    def make(self, community: Any) -> Correction:
        return make_correction(community)

    def shows(self, row: Any) -> list[str]:
        return ["修改邮箱", "待审核", row.unit.label]


class TestCorrectionReject(ActionCase):
    url_name, permission = "owners:correction_reject", REVIEW
    log_action = corrections.REJECTED
    invalid_field = "reason"

    def make(self, community: Any) -> Correction:
        return make_correction(community)

    def valid(self) -> dict[str, Any]:
        return {"reason": "请到服务中心办理"}

    def check(self, row: Any) -> None:
        assert (row.status, row.reason) == ("rejected", "请到服务中心办理")


def test_the_card_of_the_workbench_counts_what_waits(reviewer: Any, phone: Client) -> None:
    correct(phone, "email", "change", email="wang@example.com")
    client = signed_in(reviewer)
    card = text_of(client.get(reverse("dashboard:card_corrections"), headers={"HX-Request": "true"}))
    assert '<span class="stat-n">1</span>' in card
    assert text_of(client.get(reverse("owners:correction_list"), {"status": "waiting"})).count("修改邮箱") == 1


# --- What is not one's own -------------------------------------------------------------------------------------------------
def test_rows_of_somebody_else_are_not_found(owner: Any, phone: Client) -> None:
    """Wife and neighbour: nothing of theirs is reached by any number in an address."""
    unit = owner.tenures.get().unit
    other = resident(OTHER_PHONE, name="李慧敏", units=[unit])
    theirs = [
        ("phone", other.phones.get()),
        ("phone", OwnerPhoneFactory(owner=other, number=NEW, sort=1)),
        ("emergency", EmergencyContactFactory(owner=other)),
        ("family", FamilyMemberFactory(owner=other, unit=unit)),
        ("vehicle", VehicleFactory(owner=other)),
    ]
    for topic, row in theirs:
        for act in ("change", "remove"):
            url = reverse("portal:correct_row", args=[topic, act, row.pk])
            assert (phone.get(url).status_code, phone.post(url, {"number": NEW}).status_code) == (404, 404), url
    request = Correction.objects.create(owner=other, unit=unit, community=unit.community, topic="email", act="change")
    assert phone.post(reverse("portal:correction_withdraw", args=[request.pk])).status_code == 404
    assert not Correction.objects.exclude(pk=request.pk).exists()
    pages = "".join(text_of(phone.get(reverse(f"portal:{name}"))) for name in ("home", "household", "me"))
    assert [word_ for word_ in (OTHER_PHONE, NEW, "李慧敏", "周玉兰", "13700002091") if word_ in pages] == []


def test_addresses_that_mean_nothing_are_not_found(owner: Any, phone: Client) -> None:
    row = owner.phones.get()
    for url in (
        "/m/correct/password/change/",
        "/m/correct/phone/steal/",
        "/m/correct/email/add/",
        "/m/correct/phone/change/",
        f"/m/correct/phone/add/{row.pk}/",
        "/m/correct/phone/change/99999999999/",
    ):
        assert phone.get(url).status_code == 404, url


def test_the_household_shows_of_others_no_more_than_the_letter_box(owner: Any, phone: Client) -> None:
    unit = owner.tenures.get().unit
    TenureFactory(owner=resident(OTHER_PHONE, name="张租客", units=[]), unit=unit, role="tenant")
    page = text_of(phone.get(reverse("portal:household")))
    assert ("张*客" in page, "租户" in page, "张租客" in page, OTHER_PHONE in page) == (True, True, False, False)
