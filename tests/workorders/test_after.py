"""After the work: messages to the household, the rating behind the link, call-backs, the archive (R42–R44, R72)."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import BadValue, BusinessError
from core.models import LogEntry, SignedLink
from core.services import links
from notices.models import ChannelSetting, Delivery
from notices.services import sending
from notices.sources import content
from owners.models import CallBackTask, ContactRecord
from owners.services.call_backs import APART, record_call_back
from owners.states import CallBackCause, CallBackOutcome, CallBackStatus
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import PlaceFactory, UnitFactory
from tests.factories.workorders import WorkOrderFactory, desk, kind_of, repairer
from workorders.models import OrderMessage, Rating, WorkOrder
from workorders.services import after, archiving, call_backs, dispatch, intake, work
from workorders.services.messages import FOLLOW, tell_owner
from workorders.states import MessageKind, Status

pytestmark = pytest.mark.django_db
CALL = "owners.call_callbacktask"


def known(unit=None, phone="13800138000"):
    unit = unit or UnitFactory()
    return OwnerFactory(name="王建国", phones=[phone], units=[unit]), unit


def done(**values):
    """A finished order of somebody with a file, and its repairer."""
    owner, unit = known()
    values = {"owner": owner, "unit": unit, "status": Status.DONE} | values
    return WorkOrderFactory(**values)


def caller(order):
    return user_with(CALL, "owners.view_callbacktask", "workorders.rework_workorder", communities=[order.community])


def rated(order, stars, **values):
    return after.rate_order(order, by=SYSTEM, stars=stars, via="phone", why="没修好" if stars < 3 else "", **values)


class TestMessages:
    def test_r42_the_household_hears_of_dispatch_arrival_and_completion(self):
        owner, unit = known()
        order = intake.create_order(
            by=desk(unit.community), unit=unit, kind=kind_of("lamp"), owner=owner, source="hotline",
            reporter_name="王建国", description="灯不亮", paid=False,
        )  # fmt: skip
        person = repairer(unit.community, "electric")
        dispatch.dispatch_order(order, by=desk(unit.community), to=person)
        dispatch.accept_order(order, by=person)
        work.arrive(order, by=person)
        order.checks.update(done_at=timezone.now())
        work.complete_order(order, by=person, finish=work.Finish("换了灯管"))
        kinds = list(OrderMessage.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds == ["dispatched", "arrived", "completed"]
        rows = Delivery.objects.filter(source_type="workorders.ordermessage")
        assert {(row.owner, row.unit, row.community, row.channel, row.status) for row in rows} == {
            (owner, unit, unit.community, "in_app", "sent")
        }

    def test_the_first_channel_that_is_set_up_carries_it_and_the_night_waits(self):
        ChannelSetting.objects.filter(code="sms_aliyun").update(enabled=True)
        order = done()
        with time_machine.travel("2026-11-23T14:00:00Z", tick=False):  # 22:00
            tell_owner(order, MessageKind.COMPLETED)
        row = Delivery.objects.get()
        assert (row.channel, row.status, row.urgent) == ("sms", "waiting", False)
        assert row.send_after.isoformat() == "2026-11-24T00:00:00+00:00"
        order.urgency = "urgent"
        with time_machine.travel("2026-11-23T14:00:00Z", tick=False):
            tell_owner(order, MessageKind.COMPLETED)
        assert Delivery.objects.latest("pk").urgent

    def test_somebody_without_a_file_is_found_by_his_number_in_that_flat_only(self):
        owner, unit = known(phone="13800138000")
        kind, by = kind_of("tap"), desk(unit.community)
        fields = {"by": by, "kind": kind, "source": "hotline", "reporter_name": "王", "description": "漏水"}
        there = intake.create_order(unit=unit, reporter_phone="13800138000", **fields)
        elsewhere = intake.create_order(
            unit=UnitFactory(building__community=unit.community), reporter_phone="13800138000", **fields
        )
        assert tell_owner(there, MessageKind.COMPLETED) is not None
        assert tell_owner(elsewhere, MessageKind.COMPLETED) is None
        assert list(Delivery.objects.values_list("owner", flat=True)) == [owner.pk]

    def test_what_is_no_longer_true_is_not_sent(self):
        order = done(status=Status.DISPATCHED)
        message = tell_owner(order, MessageKind.DISPATCHED)
        said = content("workorders.ordermessage", message.pk)
        assert "已派给" in said.text
        assert "王建国" not in said.text + str(said.variables)
        WorkOrder.objects.filter(pk=order.pk).update(status=Status.CANCELLED)
        assert content("workorders.ordermessage", message.pk) is None


@pytest.fixture
def order():
    return done()


@pytest.fixture
def url(order):
    message = tell_owner(order, MessageKind.COMPLETED)
    delivery = Delivery.objects.get(source_id=message.pk)
    said = sending.message_for(delivery, content(delivery.source_type, delivery.source_id), "x")
    return urlsplit(said.url).path


class TestRatingByLink:
    def test_r43_the_owner_rates_without_signing_in(self, order, url):
        client = Client()
        page = client.get(url)
        text = page.content.decode()
        assert (page.status_code, page["Referrer-Policy"], page["Cache-Control"]) == (200, "same-origin", "no-store")
        assert "请评价这次维修" in text
        assert not {"王建国", "13800138000", order.number} & {
            word for word in ("王建国", "13800138000", order.number) if word in text
        }
        assert "checked" not in text, "nothing is chosen beforehand"
        assert "请选择" not in text
        answer = client.post(
            url, {"stars": "5", "text": "很快", "tags": [word("rating_tag", "on_time").pk]}, follow=True
        )
        rating = Rating.objects.get()
        assert (rating.stars, rating.via, rating.recorded_by, rating.text) == (5, "link", None, "很快")
        assert [str(tag) for tag in rating.tags.all()] == ["准时"]
        assert "您的评价" in answer.content.decode()
        entry = LogEntry.objects.get(action="workorders.workorder.rated")
        assert (entry.actor_type, entry.actor_id) == ("owner", order.owner_id)

    @pytest.mark.parametrize(("sent", "field"), [({}, "stars"), ({"stars": "2"}, "why"), ({"stars": "6"}, "stars")])
    def test_what_is_missing_is_asked_for(self, url, sent, field):
        response = Client().post(url, sent)
        assert response.status_code == 200
        assert field in response.context["form"].errors
        assert not Rating.objects.exists()

    def test_it_is_said_once_for_each_round(self, order, url):
        client = Client()
        client.post(url, {"stars": "4"})
        assert client.get(url).context["form"] is None
        client.post(url, {"stars": "1", "why": "再来"})
        assert list(Rating.objects.values_list("stars", flat=True)) == [4]

    def test_looking_changes_nothing(self, url):
        before = LogEntry.objects.count()
        for _preview in range(3):
            Client().get(url)
        assert (LogEntry.objects.count(), Rating.objects.count(), SignedLink.objects.get().used_at) == (before, 0, None)

    @pytest.mark.parametrize("wrong", ["purpose", "revoked", "expired", "other source"])
    def test_a_wrong_link_tells_nothing(self, order, wrong):
        delivery = Delivery.objects.create(
            source_type="notices.notice" if wrong == "other source" else "workorders.ordermessage",
            source_id=tell_owner(order, MessageKind.COMPLETED).pk, owner=order.owner, channel="sms",
        )  # fmt: skip
        valid = timedelta(days=-1 if wrong == "expired" else 1)
        token = links.create(delivery, "other" if wrong == "purpose" else FOLLOW, by=SYSTEM, valid=valid)
        if wrong == "revoked":
            links.revoke(delivery)
        response = Client().get(reverse("workorders:public_order", args=[token]))
        assert (response.status_code, "链接已失效" in response.content.decode()) == (404, True)

    def test_before_the_end_it_shows_how_far_it_is(self, order, url):
        WorkOrder.objects.filter(pk=order.pk).update(status=Status.WORKING, completed_at=None)
        page = Client().get(url)
        assert page.context["form"] is None
        assert "处理中" in page.content.decode()
        Client().post(url, {"stars": "5"})
        assert not Rating.objects.exists()


class TestCallBacks:
    def test_r72_everybody_with_three_stars_or_fewer_is_called(self):
        for stars, cause in ((1, "low"), (3, "low"), (4, None)):
            order = done()
            rated(order, stars)
            task = CallBackTask.objects.filter(source_id=order.pk).first()
            assert (task.cause if task else None) == cause, stars

    def test_of_the_others_three_in_ten_and_always_the_same(self):
        orders = [WorkOrder(pk=pk) for pk in range(1, 10_001)]
        chosen = [order.pk for order in orders if call_backs.is_sampled(order)]
        assert 2850 < len(chosen) < 3150
        assert chosen == [order.pk for order in orders if call_backs.is_sampled(order)]

    def test_a_bad_rating_brings_a_sampled_call_forward(self, monkeypatch):
        monkeypatch.setattr(call_backs, "is_sampled", lambda order: True)
        order = done()
        call_backs.after_completion(order)
        task = CallBackTask.objects.get()
        assert (task.cause, task.due_at > timezone.now()) == (CallBackCause.SAMPLE, True)
        later = task.due_at
        rated(order, 2)
        task.refresh_from_db()
        assert task.cause == CallBackCause.LOW
        assert task.due_at < later

    def test_nobody_is_called_where_nobody_can_be(self, monkeypatch):
        monkeypatch.setattr(call_backs, "is_sampled", lambda order: True)
        call_backs.after_completion(WorkOrderFactory(unit=None, place=PlaceFactory(), status=Status.DONE))
        assert not CallBackTask.objects.exists()

    def make(self, stars=2):
        order = done()
        rated(order, stars)
        CallBackTask.objects.update(due_at=timezone.now())
        return order, CallBackTask.objects.get()

    def test_who_did_the_work_does_not_call(self):
        order, task = self.make()
        with pytest.raises(BusinessError, match="不能自己回访"):
            record_call_back(task, by=order.assignee, outcome=CallBackOutcome.SATISFIED)

    def test_unsatisfied_means_rework(self):
        order, task = self.make()
        with pytest.raises(BadValue, match="原因"):
            record_call_back(task, by=caller(order), outcome=CallBackOutcome.UNSATISFIED)
        record_call_back(task, by=caller(order), outcome=CallBackOutcome.UNSATISFIED, text="还在滴水")
        order.refresh_from_db()
        assert (order.status, order.rework_count) == (Status.WORKING, 1)
        assert ContactRecord.objects.get().content.startswith("回访：")
        assert LogEntry.objects.get(action="workorders.workorder.reworked").reason == "回访不满意：还在滴水"

    def test_three_calls_at_different_times(self):
        order, task = self.make()
        by = caller(order)
        start = timezone.now()
        for place in range(3):
            with time_machine.travel(start + APART * place + timedelta(minutes=place), tick=False):
                task = record_call_back(task, by=by, outcome=CallBackOutcome.NO_ANSWER)
                if place < 2:
                    with pytest.raises(BusinessError, match="不同时间"):
                        record_call_back(task, by=by, outcome=CallBackOutcome.NO_ANSWER)
        assert (task.status, task.attempts, task.calls.count()) == (CallBackStatus.MISSED, 3, 3)
        with pytest.raises(BusinessError, match="已结束"):
            record_call_back(task, by=by, outcome=CallBackOutcome.SATISFIED)

    def test_a_rework_takes_the_call_back(self):
        order, task = self.make()
        after.rework_order(order, by=SYSTEM, reason="业主来电")
        task.refresh_from_db()
        assert task.status == CallBackStatus.WITHDRAWN


class TestArchive:
    """归档 by itself: satisfied, three missed call-backs, or seven days without a word; never five stars by silence."""

    def archived(self, order):
        archiving.archive_ready()
        order.refresh_from_db()
        return order.end_reason if order.status == Status.ARCHIVED else None

    def test_r44_satisfied(self):
        order = done()
        assert self.archived(order) is None
        rated(order, 4)
        assert self.archived(order) == "业主满意"
        assert order.stars == 4

    def test_seven_days_without_a_word_stay_unrated(self):
        order = done(completed_at=timezone.now() - timedelta(days=6, hours=23))
        assert self.archived(order) is None
        WorkOrder.objects.update(completed_at=timezone.now() - timedelta(days=7, minutes=1))
        assert self.archived(order) == "完工 7 天未评价"
        assert (order.stars, order.ratings.count()) == (None, 0)

    @pytest.mark.parametrize(
        ("status", "reason"),
        [("waiting", None), ("unsatisfied", None), ("satisfied", "回访满意"), ("missed", "三次回访未接通")],
    )
    def test_the_call_back_decides(self, status, reason):
        order = done(completed_at=timezone.now() - timedelta(days=30))
        rated(order, 2)
        closed = None if status == "waiting" else timezone.now()
        CallBackTask.objects.update(status=status, closed_at=closed)
        assert self.archived(order) == reason

    def test_an_old_round_says_nothing_about_this_one(self):
        order = done(rework_count=1)
        Rating.objects.create(order=order, round=0, stars=5, via="link")
        assert self.archived(order) is None

    def test_running_again_does_nothing(self):
        rated(done(), 5)
        assert (archiving.archive_ready(), archiving.archive_ready()) == (1, 0)
