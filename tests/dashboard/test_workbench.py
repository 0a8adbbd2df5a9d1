"""我的工作台: what waits for me, each figure equal to the list it leads to."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config import navigation
from core.models import InboxItem
from core.services.inbox import notify
from owners.models import ImportBatch
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, OwnerTagFactory, TenureFactory, VehicleFactory, word
from tests.factories.properties import UnitFactory
from tests.search.conftest import PERMISSIONS, estate, sign_in  # noqa: F401  the fixture of two communities

pytestmark = pytest.mark.django_db
BOX = {"HX-Request": "true"}


def card(user: Any, name: str) -> Any:
    entry = next(card for card in navigation.CARDS if card.name == name)
    return sign_in(user).get(reverse(entry.url), headers=BOX)


def test_the_root_is_the_workbench(estate: SimpleNamespace) -> None:  # noqa: F811
    html = sign_in(estate.clerk).get("/").content.decode()
    assert reverse("dashboard:workbench") == "/"
    assert estate.clerk.display_name in html
    assert "来电登记" in html
    assert 'data-hotkey="F2"' in html


def test_every_card_and_action_resolves_and_needs_its_permission(estate: SimpleNamespace) -> None:  # noqa: F811
    nobody = user_with()
    html = sign_in(nobody).get("/").content.decode()
    for entry in navigation.CARDS:
        assert (reverse(entry.url) in html) == (entry.permission == "*")
        assert sign_in(nobody).get(reverse(entry.url), headers=BOX).status_code == (
            200 if entry.permission == "*" else 403
        )
    for action in navigation.QUICK_ACTIONS:
        assert reverse(action.url) not in html


@pytest.fixture
def work(estate: SimpleNamespace) -> SimpleNamespace:  # noqa: F811
    """One of everything that waits, here and in the other community."""
    soon = timezone.localdate() + timedelta(days=10)
    for unit in (estate.room, UnitFactory(building__community=estate.there)):
        tenant = OwnerFactory(name="吴家桂", units=[])
        TenureFactory(owner=tenant, unit=unit, role="tenant", end=soon)
        VehicleFactory(owner=tenant, plate="苏B12345", pass_until=soon)
        late = OwnerFactory(name="沈国平", phones=["13812345678"], id_number="", units=[])
        TenureFactory(owner=late, unit=unit, role="tenant", end=soon + timedelta(days=60))
        OwnerTagFactory(owner=late, tag=word("owner_tag", "elder"), expires_on=soon)
        OwnerTagFactory(owner=tenant, tag=word("owner_tag", "elder"), expires_on=soon + timedelta(days=60))
        OwnerTagFactory(owner=tenant, tag=word("owner_tag", "ill"), expires_on=soon, reason="术后")
    return estate


@pytest.mark.parametrize(("name", "count"), [("incomplete", 3), ("leases", 1), ("passes", 1), ("tags", 1)])
def test_a_figure_equals_its_list(work: SimpleNamespace, name: str, count: int) -> None:
    response = card(work.clerk, name)
    assert response.context["figure"].count == count
    listed = sign_in(work.clerk).get(response.context["figure"].url)
    assert listed.status_code == 200
    assert f"共 {count} " in listed.content.decode() or f">{count}<" in listed.content.decode()


def test_sensitive_tags_count_for_those_who_may_see_them(work: SimpleNamespace) -> None:
    seeing = user_with("owners.view_owner", "owners.view_sensitive_tag", communities=[work.here])
    assert card(seeing, "tags").context["figure"].count == 2


def test_imports_that_wait_for_me(estate: SimpleNamespace) -> None:  # noqa: F811
    importer = user_with("owners.import_owner", communities=[estate.here])
    colleague = user_with("owners.import_owner", communities=[estate.here])
    for number, (by, status) in enumerate(
        [(importer, "preview"), (importer, "preview"), (importer, "done"), (colleague, "preview")]
    ):
        ImportBatch.objects.create(
            community=estate.here, created_by=by, status=status, file_name=f"名册{number}.xlsx", sha256=str(number)
        )
    figure = card(importer, "imports").context["figure"]
    listed = sign_in(importer).get(figure.url)
    assert figure.count == len(listed.context["recent"]) == 2
    html = listed.content.decode()
    assert "名册0.xlsx" in html
    assert "名册2.xlsx" not in html
    assert "名册3.xlsx" not in html


def test_unread_messages(estate: SimpleNamespace) -> None:  # noqa: F811
    notify(estate.clerk, "导入完成，写入 308 行", url="/")
    notify(estate.stranger, "别人的消息")
    assert card(estate.clerk, "messages").context["figure"].count == 1
    html = sign_in(estate.clerk).get("/").content.decode()
    assert "导入完成，写入 308 行" in html
    assert "别人的消息" not in html
    InboxItem.objects.update(read_at=timezone.now())
    assert "都处理完了" in card(estate.clerk, "messages").content.decode()


def test_empty_states_say_what_to_do(estate: SimpleNamespace) -> None:  # noqa: F811
    html = sign_in(estate.clerk).get("/").content.decode()
    assert "还没有打开过住户档案" in html
    assert "还没有消息" in html


def test_recent_households_are_kept_and_leave_with_the_scope(estate: SimpleNamespace) -> None:  # noqa: F811
    client = sign_in(estate.clerk)
    assert client.get(reverse("owners:unit_file", args=[estate.room.pk])).status_code == 200
    assert client.get(reverse("owners:unit_file", args=[estate.space.pk])).status_code == 200
    html = client.get("/").content.decode()
    assert html.index(estate.space.label) < html.index("3栋2单元1502")
    assert "欠费 751.80" in html
    estate.clerk.grants.update(community_ids=[estate.there.pk])
    assert "3栋2单元1502" not in client.get("/").content.decode()


def test_query_count_is_constant(estate: SimpleNamespace) -> None:  # noqa: F811
    client = sign_in(estate.clerk)

    def queries() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/").status_code == 200
        return len(captured)

    client.get(reverse("owners:unit_file", args=[estate.room.pk]))
    notify(estate.clerk, "一")
    few = queries()
    for number in range(4):
        client.get(reverse("owners:unit_file", args=[UnitFactory(building=estate.building, number=f"90{number}").pk]))
        notify(estate.clerk, f"第 {number} 条")
    assert queries() == few <= 25
