"""Writes the announcements of a community: what happens now by the services, what lies in the past as they would have left it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit.models import User
from core.models import DictItem
from core.services.numbering import daily_number
from notices.models import AudienceRule, Delivery, Notice
from notices.queries.owners import deliveries_of
from notices.seeding.stories import LEFT_UNREAD, STORIES, UNREAD, Story
from notices.services import notices as service
from notices.services.figures import refresh_read_counts
from notices.services.materialising import materialise
from notices.states import FROZEN, Outcome, Reason, Status, ToldWay
from owners.models import TimelineEntry
from properties.models import Building, Community

AUTHOR, REVIEWER = "kefu", "kefu_zg"
# What becomes of a message after publication.
_MOVED = (
    "status", "reason", "detail", "sent_at", "created_at", "send_after", "read_at", "read_via", "confirmed_at", "told_at", "told_way",
    "told_by",
)  # fmt: skip


def load(seed: int, now: datetime | None = None) -> dict[str, int]:
    """{community code: announcements written}. A community that has any is left alone; one without the demo's staff raises
    LookupError, because somebody must have written them."""
    now = now or timezone.now()
    author = User.objects.filter(username=AUTHOR).first()
    reviewer = User.objects.filter(username=REVIEWER).first()
    if author is None or reviewer is None:
        raise LookupError("没有演示账号，请先运行 create_demo_accounts")
    written = {}
    for community in Community.objects.filter(code__in=STORIES).order_by("pk"):
        if Notice.objects.filter(community_ids__contains=[community.pk]).exists():
            continue
        with transaction.atomic():
            writer = Writer(community, author, reviewer, Random(f"notices {community.code} {seed}"), now)  # noqa: S311  a sample, no secret
            for story in STORIES[community.code]:
                writer.write(story)
        written[community.code] = len(STORIES[community.code])
    refresh_read_counts()
    return written


class Writer:
    def __init__(self, community: Community, author: User, reviewer: User, random: Random, now: datetime) -> None:
        self.community, self.author, self.reviewer = community, author, reviewer
        self.random, self.now = random, now
        self.today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)

    def write(self, story: Story) -> Notice:
        notice = self._draft(story)
        if story.status in FROZEN:
            self._published(notice, story)
        elif story.status != Status.DRAFT:
            service.submit_notice(notice, by=self.author)
            if story.status == Status.APPROVED:
                service.approve_notice(notice, by=self.reviewer)
            elif story.status == Status.REJECTED:
                service.reject_notice(notice, by=self.reviewer, note=story.reason)
        return notice

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        return self.today + timedelta(days=day, hours=hour, minutes=minute)

    def _draft(self, story: Story) -> Notice:
        values: dict[str, Any] = {
            "title": story.title, "body": self._text(story), "channels": list(story.channels), "receipt_wanted": story.receipt,
            "notice_type": DictItem.objects.of("notice_type").get(code=story.kind), "pinned": story.pinned,
        }  # fmt: skip
        values["offer_title"], values["offer"] = story.offer
        if story.affected:
            day, first, last = story.affected
            values |= {"affected_from": self.at(day, first), "affected_until": self.at(day, last)}
        if story.ends is not None:
            values["expires_at"] = self.at(story.ends, 18)
        if story.status == Status.APPROVED:
            values["publish_at"] = self.at(story.day, story.hour)
        if story.status in FROZEN:
            notice = self._past_draft(story, values)
        else:
            notice = service.create_notice(by=self.author, communities=[self.community], **values)
        for building in Building.objects.filter(community=self.community, number__in=story.buildings).order_by("pk"):
            AudienceRule.objects.create(notice=notice, kind="building", building=building)
        return notice

    def _text(self, story: Story) -> str:
        about = self.at(story.affected[0] if story.affected else story.ends or 0, 12)
        return story.body.replace("{day}", f"{about.month} 月 {about.day} 日")

    def _past_draft(self, story: Story, values: dict[str, Any]) -> Notice:
        published = self.at(story.day, story.hour)
        number = daily_number("TZ", published.date(), community_id=0)
        return Notice.objects.create(
            number=number, community_ids=[self.community.pk], author=self.author, reviewer=self.reviewer,
            created_at=published - timedelta(hours=3), updated_at=published - timedelta(hours=2),
            submitted_at=published - timedelta(hours=2), reviewed_at=published - timedelta(minutes=40), **values,
        )  # fmt: skip

    def _published(self, notice: Notice, story: Story) -> None:
        """The same rows as publication writes, moved to when it would have been; then what people made of them."""
        published = self.at(story.day, story.hour)
        Notice.objects.filter(pk=notice.pk).update(status=Status.PUBLISHED, published_at=published)
        notice.refresh_from_db()
        materialise(notice)
        TimelineEntry.objects.filter(source_type="notices.notice", source_id=notice.pk).update(at=published)
        rows = list(deliveries_of(notice).select_related("owner").order_by("unit_id", "owner_id", "channel"))
        self._sent(rows, published)
        self._read(rows, story, published)
        self._told(rows, story, published)
        _write(rows)
        if story.status == Status.WITHDRAWN:
            ended = {"withdrawn_at": published + timedelta(hours=2), "withdraw_reason": story.reason}
            Notice.objects.filter(pk=notice.pk).update(status=Status.WITHDRAWN, **ended)
        elif story.status == Status.EXPIRED:
            Notice.objects.filter(pk=notice.pk).update(status=Status.EXPIRED)

    def _sent(self, rows: list[Delivery], published: datetime) -> None:
        """One number in fifty does not exist any more. Somebody's other homes follow his one message."""
        outcome: dict[int, tuple[str, str]] = {}
        for row in rows:
            row.created_at = row.send_after = published
            if row.status not in {Outcome.WAITING, Outcome.SENT}:
                continue
            if row.channel == "in_app":
                row.sent_at = published
                continue
            bad = self.random.random() < 0.02
            fresh = (Outcome.FAILED, Reason.BAD_ADDRESS) if bad else (Outcome.SENT, "")
            row.status, row.reason = outcome.setdefault(row.owner_id, fresh)
            row.sent_at = None if row.status == Outcome.FAILED else published + timedelta(minutes=3)

    def _read(self, rows: list[Delivery], story: Story, published: datetime) -> None:
        """A person reads once, for all his homes; most of them on the same evening."""
        until = self.now - timedelta(minutes=20)
        if story.status == Status.EXPIRED and story.ends is not None:
            until = min(until, self.at(story.ends, 12))
        if story.status == Status.WITHDRAWN:
            until = min(until, published + timedelta(hours=2))
        for person in _by(rows, "owner_id"):
            roll, quick, way = self.random.random() * 100, self.random.betavariate(1, 4), self.random.random()
            confirms = self.random.random() * 100 < story.confirmed
            kept = person[0].owner.name in UNREAD and story.title in LEFT_UNREAD
            if kept or roll >= story.read or all(row.status != Outcome.SENT for row in person):
                continue
            at = self._awake(published + (until - published) * quick, published)
            for row in person:
                row.read_at, row.read_via = at, "link" if row.channel != "in_app" or way < 0.3 else "portal"
                row.confirmed_at = at + timedelta(minutes=1) if confirms else None

    def _awake(self, at: datetime, published: datetime) -> datetime:
        """Nobody reads at night: then it was the evening before."""
        hour = timezone.localtime(at).hour
        return max(published + timedelta(minutes=9), at - timedelta(hours=hour + 3)) if hour < 7 else at

    def _told(self, rows: list[Delivery], story: Story, published: datetime) -> None:
        for home in _by(rows, "unit_id"):
            roll, way = self.random.random() * 100, self.random.choice([ToldWay.PHONE, ToldWay.VISIT])
            spare = any(row.owner.name in UNREAD for row in home)
            if spare or roll >= story.told or any(row.read_at for row in home):
                continue
            at = published + timedelta(hours=3)
            for row in home:
                row.told_at, row.told_way, row.told_by = at, way, self.author


def _write(rows: list[Delivery]) -> None:
    """A list for each column: the ORM's bulk_update says every value of every row as a case of its own, and takes minutes to say it."""
    fields: list[Any] = [Delivery._meta.get_field(name) for name in _MOVED]
    lists = [[row.pk for row in rows], *([getattr(row, field.attname) for row in rows] for field in fields)]
    names = ", ".join(field.column for field in fields)
    moved = ", ".join(f"{field.column} = moved.{field.column}" for field in fields)
    kinds = ", ".join(f"%s::{field.db_type(connection)}[]" for field in [Delivery._meta.pk, *fields])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE notices_delivery AS own SET {moved} FROM unnest({kinds}) AS moved (id, {names}) WHERE own.id = moved.id",  # noqa: S608  names of columns
            lists,
        )


def _by(rows: Iterable[Delivery], name: str) -> Iterable[list[Delivery]]:
    found: dict[Any, list[Delivery]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found.values()
