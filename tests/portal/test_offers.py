"""R61 on the owners' phones: a 服务推荐 below an announcement, for whom has agreed to marketing; asking about it reaches the desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.models import Enquiry
from core.actors import SYSTEM
from core.services import links
from notices.models import Delivery
from notices.states import Status
from owners.services import consents
from portal.queries import marketing
from tests.factories.owners import word
from tests.portal.support import OTHER_PHONE, resident, signed_in_owner, text_of
from tests.portal.test_enquiries import key_of
from tests.portal.test_notices import sent

pytestmark = pytest.mark.django_db
OFFER = {"offer_title": "空调清洗团购", "offer": "89 元一台，11 月 30 日前报名。"}


@pytest.fixture
def owner(db: None) -> Any:
    found = resident()
    found.marketing_consent = True
    found.save()
    return found


@pytest.fixture
def phone(owner: Any) -> Client:
    return signed_in_owner()


def test_r61_who_agreed_sees_it_and_asking_reaches_the_desk(owner: Any, phone: Client) -> None:
    notice = sent(owner, title="冬季用电安全提示", **OFFER)
    page = text_of(phone.get(reverse("portal:notice", args=[notice.pk])))
    about = reverse("portal:enquiry_about", args=[notice.pk])
    assert "服务推荐" in page and "89 元一台" in page and about in page and reverse("portal:consent_list") in page
    form = text_of(phone.get(about))
    words = "想了解“空调清洗团购”（见通知“冬季用电安全提示”）。"
    assert words in form
    assert not Enquiry.objects.exists(), "looking asks nothing"
    data = {"topic": word("enquiry_topic", "other").pk, "text": words, "key": key_of(form)}
    assert phone.post(about, data).status_code == 302
    row = Enquiry.objects.get()
    assert (row.owner, row.unit) == (owner, owner.tenures.get().unit)


def test_who_opted_out_sees_the_announcement_without_it(owner: Any, phone: Client) -> None:
    notice = sent(owner, **OFFER)
    consents.withdraw_purpose(owner, by=SYSTEM, purpose=marketing())
    page = text_of(phone.get(reverse("portal:notice", args=[notice.pk])))
    assert notice.title in page and "服务推荐" not in page and "89 元" not in page
    assert phone.get(reverse("portal:enquiry_about", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize(
    "values",
    [{}, OFFER | {"status": Status.WITHDRAWN}, OFFER | {"expires_at": timezone.now() - timedelta(minutes=1)}],
    ids=["none", "withdrawn", "over"],
)
def test_without_one_or_after_it_there_is_nothing_to_ask_about(owner: Any, phone: Client, values: Any) -> None:
    notice = sent(owner, **values)
    assert "服务推荐" not in text_of(phone.get(reverse("portal:notice", args=[notice.pk])))
    assert phone.get(reverse("portal:enquiry_about", args=[notice.pk])).status_code == 404


def test_the_offer_of_an_announcement_to_others_is_not_found(owner: Any) -> None:
    notice = sent(owner, **OFFER)
    resident(OTHER_PHONE, name="赵无关")
    assert signed_in_owner(OTHER_PHONE).get(reverse("portal:enquiry_about", args=[notice.pk])).status_code == 404


def test_the_personal_link_shows_it_by_the_same_rule(owner: Any, client: Client) -> None:
    notice = sent(owner, **OFFER)
    token = links.create(Delivery.objects.get(), "notice", by=SYSTEM, valid=timedelta(days=1))
    page = reverse("notices:public_notice", args=[token])
    assert "89 元一台" in client.get(page).content.decode()
    assert client.get(reverse("portal:enquiry_about", args=[notice.pk])).status_code == 302, (
        "asking is for who signs in"
    )
    consents.withdraw_purpose(owner, by=SYSTEM, purpose=marketing())
    assert "89 元一台" not in client.get(page).content.decode()
