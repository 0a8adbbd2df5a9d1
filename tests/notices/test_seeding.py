"""The demo's announcements: in every state, the same for the same seed, and such that the board and the phones have something to show."""

import io
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from core import blind_index
from notices.models import Delivery, Notice
from notices.queries import board, for_owner
from notices.queries.portal import waiting_notices
from notices.seeding import load
from notices.seeding.stories import LEFT_UNREAD, STORIES
from notices.states import Status
from owners.models import Owner, TimelineEntry
from tests.notices.support import everything

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def run(name: str, *words: str) -> str:
    out = io.StringIO()
    call_command(name, *words, stdout=out)
    return out.getvalue()


def content() -> list[Any]:
    """What people would see of it, without keys and times of writing."""
    rows = Delivery.objects.order_by("source_id", "unit__community", "unit__sort_key", "owner__number", "channel")
    return list(rows.values_list(
        "unit__code", "owner__number", "channel", "status", "reason", "read_at", "read_via", "confirmed_at", "told_at", "told_way"
    ))  # fmt: skip


@pytest.fixture
def estate(db: None, settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    run("seed_demo", "--scale", "demo")
    run("create_demo_accounts")


def test_what_the_demo_shows(estate: None) -> None:
    told = json.loads(run("seed_notices", "--json"))
    assert told == {"seed": 1, "loaded": {code: len(stories) for code, stories in STORIES.items()}}
    assert set(Notice.objects.values_list("status", flat=True)) == set(Status.values)
    assert run("seed_notices") == "示例通知已经在库里，没有改动。\n"
    assert Notice.objects.count() == sum(map(len, STORIES.values()))
    notice = Notice.objects.get(title="3–5栋水箱清洗停水通知")
    total = board.board(notice, everything(*notice.community_ids)).total
    assert total.failed and total.unread and total.read > total.unread
    assert notice.household_count == total.total
    assert (notice.delivered_count, notice.read_count) == (total.delivered, total.read)
    assert notice.affected_from > timezone.now(), "an outage that still lies ahead"
    marketing = Notice.objects.get(notice_type__code="promotion")
    rows = Delivery.objects.filter(source_id=marketing.pk)
    assert not rows.filter(owner__marketing_consent=False).exclude(status="skipped").exists()
    assert rows.filter(read_at__isnull=False).exists()
    wang = Owner.objects.get(phones__number_index=blind_index.whole("phone", "15400006620"))
    assert {row.title for row in for_owner(wang) if row.read_at is None} >= LEFT_UNREAD
    assert str(waiting_notices(wang, None)[0].title) == notice.title
    read = Delivery.objects.filter(read_at__isnull=False)
    assert not read.filter(read_at__gt=timezone.now()).exists()
    assert not read.exclude(status="sent").exists()
    assert not Delivery.objects.filter(told_at__isnull=False, read_at__isnull=False).exists()
    assert not TimelineEntry.objects.filter(source_type="notices.notice", at__gt=timezone.now()).exists()


def test_the_same_seed_at_the_same_hour_gives_the_same(estate: None) -> None:
    drawn = []
    for seed in (1, 1, 2):
        with transaction.atomic():
            load(seed, NOON)
            drawn.append(content())
            transaction.set_rollback(True)
    assert drawn[0] == drawn[1] != drawn[2]


def test_without_staff_and_in_production_nothing_is_written(db: None) -> None:
    with pytest.raises(CommandError, match="create_demo_accounts"):
        run("seed_notices")
    with override_settings(PRODUCTION=True), pytest.raises(CommandError):
        run("seed_notices")
    assert not Notice.objects.exists()
