"""The page behind a personal link: one announcement, one person, nothing else; and every link that opens nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.actors import SYSTEM
from core.models import Attachment, SignedLink
from core.services import attachments, links
from core.web.one_purpose import HEADERS
from notices.models import Delivery, Notice
from notices.states import FROZEN, Status
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def notice() -> Notice:
    return NoticeFactory(community=CommunityFactory(), status=Status.PUBLISHED, title="停水通知", body="请储水。")


@pytest.fixture
def row(notice: Notice) -> Delivery:
    return DeliveryFactory(notice=notice, owner=OwnerFactory(name="王建国"))


@pytest.fixture
def file(notice: Notice) -> Attachment:
    upload = SimpleUploadedFile("收支.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    return attachments.store(notice, upload, by=SYSTEM)


def link_to(source: Any, purpose: str = "notice", valid: timedelta = DAY) -> str:
    return links.create(source, purpose, by=SYSTEM, valid=valid)


def doors(token: str, file: Attachment) -> list[tuple[str, str]]:
    return [
        ("get", f"/n/{token}/"), ("post", f"/n/{token}/read"), ("post", f"/n/{token}/confirm"),
        ("get", f"/n/{token}/files/{file.pk}"),
    ]  # fmt: skip


# --- What a good link opens ----------------------------------------------------------------------------------------------
def test_a_get_writes_nothing_the_page_posts_and_the_button_confirms(row: Delivery, client: Client) -> None:
    token = link_to(row)
    for _preview in range(3):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"/n/{token}/")
        assert page.status_code == 200
        assert [query["sql"] for query in captured if not query["sql"].startswith("SELECT")] == []
        assert len(captured) <= 12
    text = page.content.decode()
    assert ("请储水。" in text, "我知道了" in text, "王建国" in text) == (True, True, False)
    row.refresh_from_db()
    assert (row.read_at, row.confirmed_at, SignedLink.objects.get().used_at) == (None, None, None)
    assert client.post(f"/n/{token}/read").status_code == 204
    row.refresh_from_db()
    assert row.read_at is not None and row.confirmed_at is None and row.read_via == "link"
    for _tap in range(2):
        answer = client.post(f"/n/{token}/confirm")
        assert (answer.status_code, answer.url) == (302, f"/n/{token}/")
    read = row.read_at
    row.refresh_from_db()
    assert row.confirmed_at is not None and row.read_at == read
    text = client.get(f"/n/{token}/").content.decode()
    assert ("确认知道" in text, "我知道了" in text) == (True, False)


def test_the_page_leaks_its_address_nowhere(row: Delivery, client: Client) -> None:
    page = client.get(f"/n/{link_to(row)}/")
    assert {name: page.headers[name] for name in HEADERS} == HEADERS
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "//" not in page.content.decode().replace("<!--", "").split("<body>")[1]


def test_its_files_open_by_the_link_and_no_others(row: Delivery, file: Attachment, client: Client) -> None:
    token, upload = link_to(row), SimpleUploadedFile("别的.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    other = attachments.store(row.unit, upload, by=SYSTEM)
    assert "收支.pdf" in client.get(f"/n/{token}/").content.decode()
    answer = client.get(f"/n/{token}/files/{file.pk}")
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert client.get(f"/n/{token}/files/{other.pk}").status_code == 404
    file.file.storage.delete(str(file.file.name))
    assert client.get(f"/n/{token}/files/{file.pk}").status_code == 404


def test_a_withdrawn_one_says_so_and_shows_nothing(
    row: Delivery, file: Attachment, client: Client, notice: Notice
) -> None:
    token = link_to(row)
    Notice.objects.filter(pk=notice.pk).update(status=Status.WITHDRAWN, withdraw_reason="内部原因")
    text = client.get(f"/n/{token}/").content.decode()
    assert ("已撤回" in text, "请储水" in text, "收支.pdf" in text, "我知道了" in text) == (True, False, False, False)
    assert "内部原因" not in text, "why is written for colleagues"
    assert client.get(f"/n/{token}/files/{file.pk}").status_code == 404
    client.post(f"/n/{token}/confirm")
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_what_is_over_and_what_was_corrected_is_said(row: Delivery, client: Client, notice: Notice) -> None:
    fixed = NoticeFactory(
        community_ids=notice.community_ids, status=Status.PUBLISHED, title="更正：停水通知", correction_of=notice
    )
    page = f"/n/{link_to(row)}/"
    assert "更正" not in client.get(page).content.decode(), "a correction that did not reach him is not shown"
    DeliveryFactory(notice=fixed, unit=row.unit, owner=row.owner)
    assert "更正：停水通知" in client.get(page).content.decode()
    assert "已过期" not in client.get(page).content.decode()
    Notice.objects.filter(pk=notice.pk).update(status=Status.EXPIRED)
    text = client.get(page).content.decode()
    assert "已过期" in text and "请储水" in text


def test_large_type_holds_on_the_page_and_its_switch_leads_back(row: Delivery, client: Client) -> None:
    page = f"/n/{link_to(row)}/"
    assert client.post("/m/type/", {"next": page}).url == page
    assert 'data-type="large"' in client.get(page).content.decode()


# --- Links that open nothing ---------------------------------------------------------------------------------------------
def _dead(kind: str, row: Delivery) -> str:
    match kind:
        case "revoked":
            token = link_to(row)
            assert links.revoke(row, "notice") == 1
            return token
        case "expired":
            return link_to(row, valid=-timedelta(seconds=1))
        case "wrong purpose":
            return link_to(row, "owners.opt_out")
        case "another kind of thing with the same number":
            return link_to(OwnerFactory(pk=row.pk + 10_000_000))
        case "a message about something else":
            return link_to(DeliveryFactory(notice=NoticeFactory(community_ids=[1]), source_type="billing.bill"))
        case "a message about nothing":
            return link_to(DeliveryFactory(notice=NoticeFactory(community_ids=[1]), source_id=0))
        case "a message that is gone":
            gone = DeliveryFactory(notice=NoticeFactory(community_ids=[1], status=Status.PUBLISHED))
            token = link_to(gone)
            gone.delete()
            return token
        case "cut off":
            return link_to(row)[:-1]
        case "lengthened":
            return link_to(row) + "A"
    return "A" * 43


KINDS = (
    "revoked", "expired", "wrong purpose", "another kind of thing with the same number", "a message about something else",
    "a message about nothing", "a message that is gone", "cut off", "lengthened", "made up",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_that_is_wrong_in_any_way_opens_nothing(
    kind: str, row: Delivery, file: Attachment, client: Client
) -> None:
    token = _dead(kind, row)
    bodies = set()
    for method, address in doors(token, file):
        answer = getattr(client, method)(address)
        assert answer.status_code == 404, address
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        bodies.add(answer.content.decode().replace(address, ""))
    assert all("链接已失效" in body and "请储水" not in body and "停水通知" not in body for body in bodies)
    assert not Delivery.objects.exclude(read_at=None, confirmed_at=None).exists()


@pytest.mark.parametrize("status", sorted(set(Status.values) - set(FROZEN)))
def test_what_was_never_published_stays_closed(status: str, client: Client) -> None:
    """A link cannot exist before publication; if one ever did, it would open nothing."""
    row = DeliveryFactory(notice=NoticeFactory(community_ids=[1], status=status))
    assert client.get(f"/n/{link_to(row)}/").status_code == 404


def test_the_link_of_one_person_says_nothing_about_another(row: Delivery, notice: Notice, client: Client) -> None:
    neighbour = DeliveryFactory(notice=notice, unit=UnitFactory())
    client.post(f"/n/{link_to(neighbour)}/confirm")
    row.refresh_from_db()
    neighbour.refresh_from_db()
    assert (row.read_at, row.confirmed_at) == (None, None)
    assert neighbour.confirmed_at is not None
    assert "确认知道" not in client.get(f"/n/{link_to(row)}/").content.decode()


def test_no_door_takes_the_wrong_method(row: Delivery, file: Attachment, client: Client) -> None:
    for method, address in doors(link_to(row), file):
        assert getattr(client, "post" if method == "get" else "get")(address).status_code == 405, address


def test_a_form_without_its_token_is_refused_as_on_owners_pages(row: Delivery) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/n/{link_to(row)}/confirm")
    assert (answer.status_code, "工作台" in answer.content.decode()) == (403, False)
    assert timezone.now() > row.created_at and Delivery.objects.get(pk=row.pk).confirmed_at is None
