"""The owner's conversations with the desk, on his phone: asking, going on, reading, ending; nothing of anybody else's."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from complaints.models import Enquiry
from complaints.services import enquiries as service
from core.models import Attachment
from tests.factories.audit import user_with
from tests.factories.owners import word
from tests.factories.talk import EnquiryFactory
from tests.portal.support import OTHER_PHONE, resident, signed_in_owner, text_of

pytestmark = pytest.mark.django_db


def photo(name: str = "车位.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def desk(row: Enquiry) -> Any:
    return user_with("complaints.view_enquiry", "complaints.answer_enquiry", communities=[row.community])


@pytest.fixture
def owner(db: None) -> Any:
    return resident()


@pytest.fixture
def phone(owner: Any) -> Client:
    return signed_in_owner()


def ask(phone: Client, **fields: Any) -> Enquiry:
    page = text_of(phone.get(reverse("portal:enquiry_create")))
    data = {"topic": word("enquiry_topic", "parking").pk, "text": "车位可以季付吗", "key": key_of(page)} | fields
    assert phone.post(reverse("portal:enquiry_create"), data).status_code == 302
    return Enquiry.objects.latest("pk")


def test_r60_asked_on_the_phone_answered_at_the_desk_read_and_ended(owner: Any, phone: Client) -> None:
    row = ask(phone, photos=photo())
    assert (row.owner, row.unit) == (owner, owner.tenures.get().unit)
    staff = desk(row)
    service.answer(row, by=staff, text="可以，到服务中心办理")
    service.add_note(row, by=staff, text="这户欠费")
    assert "咨询有了答复" in text_of(phone.get(reverse("portal:home")))
    assert "有新答复" in text_of(phone.get(reverse("portal:enquiry_list")))
    page = text_of(phone.get(reverse("portal:enquiry", args=[row.pk])))
    assert "可以，到服务中心办理" in page and "物业客服" in page
    assert "这户欠费" not in page and staff.display_name not in page
    assert Enquiry.objects.get(pk=row.pk).owner_unread == 1  # asking for a page writes nothing
    seen = reverse("portal:enquiry_seen", args=[row.pk])
    assert f'data-talk-seen="{seen}"' in page and f'action="{seen}"' in page
    assert phone.post(seen, headers={"X-Background": "1"}).status_code == 204
    assert Enquiry.objects.get(pk=row.pk).owner_unread == 0
    assert "data-talk-seen" not in text_of(phone.get(reverse("portal:enquiry", args=[row.pk])))
    assert "咨询有了答复" not in text_of(phone.get(reverse("portal:home")))
    assert phone.post(reverse("portal:enquiry_write", args=[row.pk]), {"text": "谢谢"}).status_code == 302
    assert phone.post(reverse("portal:enquiry_end", args=[row.pk])).status_code == 302
    assert (Enquiry.objects.get(pk=row.pk).status, Enquiry.objects.get(pk=row.pk).taken_back) == ("closed", True)


def test_sent_twice_is_one_and_what_is_missing_is_told_with_the_words_kept(phone: Client) -> None:
    page = text_of(phone.get(reverse("portal:enquiry_create")))
    data = {"topic": word("enquiry_topic", "fees").pk, "text": "发票怎么开", "key": key_of(page)}
    for _time in range(2):
        assert phone.post(reverse("portal:enquiry_create"), data).status_code == 302
    assert Enquiry.objects.count() == 1
    refused = phone.post(reverse("portal:enquiry_create"), {"topic": "", "text": "物业费怎么交", "key": "k"})
    assert refused.status_code == 200 and "物业费怎么交" in text_of(refused) and "请选择" in text_of(refused)


def test_his_pictures_are_his_and_a_bad_one_costs_nobody_the_others(phone: Client) -> None:
    row = ask(phone)
    bad = SimpleUploadedFile("病毒.exe", b"MZ", "application/octet-stream")
    phone.post(reverse("portal:enquiry_write", args=[row.pk]), {"text": "看图", "photos": [photo(), bad]})
    file = Attachment.objects.get()
    address = reverse("portal:enquiry_file", args=[row.pk, file.pk])
    page = phone.get(reverse("portal:enquiry", args=[row.pk]))
    assert address in text_of(page) and "没有保存" in text_of(page)
    assert phone.get(address).status_code == 200
    resident(OTHER_PHONE, name="赵无关", units=[row.unit])
    stranger = signed_in_owner(OTHER_PHONE)
    assert stranger.get(address).status_code == 404
    for name in ("enquiry", "enquiry_talk"):
        assert stranger.get(reverse(f"portal:{name}", args=[row.pk])).status_code == 404
    for name in ("enquiry_write", "enquiry_end", "enquiry_seen"):
        assert stranger.post(reverse(f"portal:{name}", args=[row.pk]), {"text": "在吗"}).status_code == 404
    assert row.topic.name not in text_of(stranger.get(reverse("portal:enquiry_list")))


def test_the_open_page_finds_what_is_new_by_itself(phone: Client, owner: Any) -> None:
    row = EnquiryFactory(owner=owner, unit=owner.tenures.get().unit)
    page = text_of(phone.get(reverse("portal:enquiry", args=[row.pk])))
    found = re.search(r'data-talk-poll="([^"]+)"', page)
    assert found is not None and "js/talk.js" in page
    assert phone.get(found[1]).status_code == 204
    service.answer(row, by=desk(row), text="可以")
    fresh = phone.get(found[1])
    assert fresh.status_code == 200 and "可以" in text_of(fresh) and "<html" not in text_of(fresh)
    assert "不用答复了" in page and "没有问题了，结束咨询" in text_of(fresh)
    assert "data-talk-seen" in text_of(fresh)


def test_what_has_ended_opens_again_by_writing(phone: Client, owner: Any) -> None:
    row = EnquiryFactory(owner=owner, unit=owner.tenures.get().unit, status="closed")
    page = text_of(phone.get(reverse("portal:enquiry", args=[row.pk])))
    assert "已结束" in page and "结束咨询" not in page
    phone.post(reverse("portal:enquiry_write", args=[row.pk]), {"text": "还想问一下"})
    assert Enquiry.objects.get(pk=row.pk).status == "waiting"


def test_without_a_script_a_button_says_that_it_is_read(phone: Client, owner: Any) -> None:
    row = EnquiryFactory(owner=owner, unit=owner.tenures.get().unit, status="answered", owner_unread=1)
    page = reverse("portal:enquiry", args=[row.pk])
    assert phone.post(reverse("portal:enquiry_seen", args=[row.pk])).headers["Location"] == page
    assert Enquiry.objects.get(pk=row.pk).owner_unread == 0
    assert "我知道了" not in text_of(phone.get(page))
