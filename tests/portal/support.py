"""The owners' door as tests use it: ask for a code, read it where the demonstration shows it, go in."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import SYSTEM
from core.models import RateBucket
from core.services import attachments
from tests.factories.complaints import ComplaintFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import PlaceFactory, UnitFactory
from tests.factories.talk import EnquiryFactory
from tests.factories.workorders import OutageFactory, PriceItemFactory, WorkOrderFactory

PHONE = "13800138000"
OTHER_PHONE = "13900139000"
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50 NetType/WIFI"
)
# Pages of a signed-in owner that need nothing but him.
PAGES = (
    "home", "repair_list", "repair_where", "repair_kind", "notice_list",
    "unit", "household", "me", "preferences", "consent_list", "device_list", "correction_list", "wechat", "wechat_back",
    "help", "enquiry_list", "enquiry_create", "complaint_list", "complaint_create",
)  # fmt: skip


def ask(client: Client, phone: str = PHONE, **data: Any) -> Any:
    return client.post(reverse("portal:sign_in"), {"phone": phone, **data})


def shown_code(client: Client) -> str:
    """The six digits the demonstration puts on the page."""
    found = re.search(r"演示环境：验证码是 (\d{6})", client.get(reverse("portal:code")).content.decode())
    assert found is not None
    return found[1]


def enter(client: Client, code: str) -> Any:
    return client.post(reverse("portal:code"), {"code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def signed_in_owner(phone: str = PHONE, who: Any = None, **headers: Any) -> Client:
    """A phone on which the holder of the number is signed in."""
    RateBucket.objects.all().delete()  # how often one may ask is tested where it matters
    client = Client(headers={"User-Agent": WECHAT, **headers})
    assert ask(client, phone).status_code == 302
    response = enter(client, shown_code(client))
    if who is not None:
        response = client.post(reverse("portal:who"), {"who": who.pk})
    assert response.status_code == 302, response.content.decode()
    assert settings.OWNER_COOKIE_NAME in client.cookies
    return client


def resident(phone: str = PHONE, name: str = "王建国", units: Any = None, **fields: Any) -> Any:
    units = units if units is not None else [UnitFactory(building__number="3", entrance="2", number="1502")]
    return OwnerFactory(name=name, phones=[phone], units=units, **fields)


def picture(name: str = "漏水.jpg", kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    """A photo that a phone would send."""
    from PIL import Image

    content = BytesIO()
    Image.new("RGB", size, (12, 90, 150)).save(content, format=kind)
    return SimpleUploadedFile(name, content.getvalue())


def repair_pages(owner: Any, unit: Any) -> list[str]:
    """The form of a report beside what is known already, and orders with something to do about each."""
    PlaceFactory(community=unit.community)
    OutageFactory(community=unit.community)
    PriceItemFactory(community=None)
    waiting = WorkOrderFactory(
        unit=unit, owner=owner, visit_from=timezone.now(), visit_until=timezone.now() + timedelta(hours=2)
    )
    done = WorkOrderFactory(unit=unit, owner=owner, status="done")
    found = [reverse("portal:repair_create", args=[f"u{unit.pk}", waiting.kind_id])]
    found += [reverse("portal:repair", args=[order.pk]) for order in (waiting, done)]
    attachments.store(waiting, picture(), by=SYSTEM)
    found.append(reverse("portal:repair_photos", args=[waiting.pk]))
    return [*found, reverse("portal:repair_cancel", args=[waiting.pk]), reverse("portal:repair_rework", args=[done.pk])]


def text_of(response: Any) -> str:
    return response.content.decode()


def talk_pages(owner: Any, unit: Any) -> list[str]:
    """A conversation, and complaints with something to do about each."""
    open_ = EnquiryFactory(owner=owner, unit=unit)
    cases = [ComplaintFactory(owner=owner, unit=unit, status=status) for status in ("working", "calling", "closed")]
    found = [reverse("portal:enquiry", args=[open_.pk]), reverse("portal:complaint_withdraw", args=[cases[0].pk])]
    return found + [reverse("portal:complaint", args=[case.pk]) for case in cases]
