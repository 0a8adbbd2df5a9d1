"""Figures of the board, receipts and what staff add: DOMAIN 2.4, PEERS 5.5."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.errors import BusinessError
from core.models import LogEntry
from notices.models import Delivery
from notices.queries import board, for_owner
from notices.queries.portal import area_of
from notices.services import receipts
from notices.services.figures import refresh_read_counts
from notices.states import Status
from owners.models import TimelineEntry
from owners.services.care import refresh_care
from properties.models import Unit
from tests.factories.audit import user_with
from tests.factories.notices import AudienceRuleFactory, DeliveryFactory, NoticeFactory
from tests.factories.owners import OwnerFactory, OwnerTagFactory, TenureFactory, word
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory
from tests.notices.support import everything
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice():
    return NoticeFactory(community=CommunityFactory(), status=Status.PUBLISHED, title="停水通知", body="请储水。")


def home(notice, building=None, **values):
    building = building or BuildingFactory(community_id=notice.community_ids[0])
    unit = UnitFactory(building=building)
    return DeliveryFactory(notice=notice, unit=unit, owner=OwnerFactory(units=[unit], phones=["13800138000"]), **values)


class TestFigures:
    def test_2_4_286_of_320_less_6_is_91_08_per_cent(self, notice):
        building, owner, now = BuildingFactory(community_id=notice.community_ids[0]), OwnerFactory(), timezone.now()
        first = UnitFactory(building=building)
        rows = [{"number": f"{place:04}", "code": f"{place:04}", "sort_key": f"{place:04}"} for place in range(320)]
        common = {"building": building, "community": building.community, "unit_type": first.unit_type}
        units = Unit.objects.bulk_create(Unit(**common, **row) for row in rows)
        common = {"source_type": "notices.notice", "source_id": notice.pk, "owner": owner, "building": building}
        Delivery.objects.bulk_create(
            Delivery(
                **common, unit=unit, community=building.community, channel="sms",
                status="failed" if place < 6 else "sent", read_at=now if place >= 34 else None,
            )
            for place, unit in enumerate(units)
        )  # fmt: skip
        total = board.board(notice, everything(building.community)).total
        assert (total.total, total.read, total.unread, total.failed) == (320, 286, 28, 6)
        assert total.rate == Decimal("91.08")
        assert refresh_read_counts() == 1
        notice.refresh_from_db()
        assert (notice.read_count, notice.delivered_count) == (286, 314)
        assert refresh_read_counts() == 0

    def test_a_household_counts_once_and_by_its_best(self, notice):
        row = home(notice, status="failed")
        DeliveryFactory(notice=notice, unit=row.unit, owner=row.owner, channel="email", status="sent")
        DeliveryFactory(notice=notice, unit=row.unit, status="waiting")
        who = everything(row.community)
        assert (lambda line: (line.total, line.unread))(board.board(notice, who).total) == (1, 1)
        Delivery.objects.filter(channel="sms", status="waiting").update(read_at=timezone.now())
        assert board.board(notice, who).total.read == 1

    def test_what_has_not_left_is_neither_unread_nor_failed(self, notice):
        for status in ("waiting", "sending", "unknown", "skipped"):
            last = home(notice, status=status)
        total = board.board(notice, everything(last.community)).total
        assert (total.pending, total.failed, total.rate) == (3, 1, None)

    def test_reasons_are_those_of_the_households_that_failed(self, notice):
        for reason in ("no_contact", "refused", "no_contact"):
            last = home(notice, status="failed", reason=reason)
        reached = home(notice, status="failed", reason="refused")
        DeliveryFactory(notice=notice, unit=reached.unit, owner=reached.owner, channel="email")
        both = home(notice, status="failed", reason="no_contact")
        DeliveryFactory(notice=notice, unit=both.unit, status="failed", reason="bad_address")
        found = board.board(notice, everything(last.community))
        assert found.reasons.most_common() == [("no_contact", 2), ("refused", 1), ("bad_address", 1)]
        assert found.reasons.total() == found.total.failed == 4

    def test_each_reader_counts_his_own_scope(self, notice):
        here, there = home(notice, read_at=timezone.now()), home(notice)
        keeper = user_with("notices.view_delivery", buildings=[here.building])
        assert board.board(notice, keeper).total.total == 1
        named = board.named(board.board(notice, keeper).buildings)
        assert [line.label for line in named] == [here.building.label]
        assert board.board(notice, everything(there.community)).total.total == 2
        assert board.board(notice, everything(CommunityFactory())).total.total == 0
        assert board.board(notice, user_with()).total.total == 0

    def test_several_communities_come_one_line_each_and_open_to_their_buildings(self):
        communities = [CommunityFactory(), CommunityFactory()]
        notice = NoticeFactory(community_ids=[place.pk for place in communities], status=Status.PUBLISHED)
        first, second = (
            home(notice, BuildingFactory(community=place), read_at=read)
            for place, read in zip(communities, (timezone.now(), None), strict=True)
        )
        who = everything(*communities)
        found = board.board(notice, who)
        assert [(line.community_id, line.read, line.unread) for line in found.communities()] == [
            (first.community_id, 1, 0),
            (second.community_id, 0, 1),
        ]
        client = signed_in(who)
        whole = client.get(f"/notices/{notice.pk}/").context
        assert [line.label for line in whole["lines"]] == [place.name for place in communities]
        assert [row.unit for row in whole["households"]] == [second.unit]
        narrowed = client.get(f"/notices/{notice.pk}/?show=read&community={first.community_id}").context
        assert [line.label for line in narrowed["lines"]] == [first.building.label]
        assert [row.unit for row in narrowed["households"]] == [first.unit]
        assert (narrowed["board"].total.total, [tab["count"] for tab in narrowed["tabs"]]) == (2, [1, 0, 0, 0])
        stranger = signed_in(everything(communities[0])).get(f"/notices/{notice.pk}/?community={second.community_id}")
        assert [row.unit for row in stranger.context["households"]] == []
        assert second.building.label not in {line.label for line in stranger.context["lines"]}

    def test_doors_come_in_walking_order(self, notice):
        ten, two = (BuildingFactory(community_id=notice.community_ids[0], number=n) for n in ("10", "2"))
        rows = [
            DeliveryFactory(
                notice=notice, unit=UnitFactory(building=building, entrance=entrance, number=number, floor=floor)
            )
            for building, entrance, floor, number in (
                (ten, "1", 1, "101"),
                (two, "1", 10, "1001"),
                (two, "1", 2, "201"),
            )
        ]
        ids = board.unit_ids(notice, everything(ten.community), ["unread"], most=10)
        order = [rows[2].unit_id, rows[1].unit_id, rows[0].unit_id]
        assert ids == order
        who = everything(ten.community)
        pages = [
            board.unit_ids(notice, who, ["unread"], most=size, skip=skip)
            for size, skip in ((1, 1), (2, 1), (5, 2), (5, 3))
        ]
        assert pages == [order[1:2], order[1:3], order[2:], []]


class TestReceipts:
    def test_read_and_confirmed_are_two_times_each_the_first(self, notice):
        row = home(notice)
        assert receipts.mark_read(notice, owner=row.owner, via="portal") == 1
        row.refresh_from_db()
        first = row.read_at
        assert row.confirmed_at is None and row.read_via == "portal"
        assert receipts.mark_read(notice, owner=row.owner, via="link") == 0
        assert receipts.confirm(notice, owner=row.owner, via="link") == 1
        assert receipts.confirm(notice, owner=row.owner, via="link") == 0
        row.refresh_from_db()
        assert (row.read_at, row.read_via) == (first, "portal") and row.confirmed_at > first

    def test_confirming_is_reading(self, notice):
        row = home(notice)
        receipts.confirm(notice, owner=row.owner, via="link")
        row.refresh_from_db()
        assert row.read_at == row.confirmed_at is not None

    def test_one_home_or_all_of_them(self, notice):
        row = home(notice)
        other = DeliveryFactory(notice=notice, unit=UnitFactory(), owner=row.owner)
        assert receipts.mark_read(notice, owner=row.owner, unit=row.unit, via="portal") == 1
        other.refresh_from_db()
        assert other.read_at is None
        assert receipts.mark_read(notice, owner=row.owner, via="portal") == 1
        assert receipts.mark_read(notice, owner=OwnerFactory(), via="portal") == 0

    def test_told_by_staff_is_a_fact_of_its_own(self, notice):
        row = home(notice)
        clerk = everything(row.community)
        receipts.tell_household(notice, by=clerk, unit=row.unit, way="phone")
        row.refresh_from_db()
        assert (row.told_by, row.told_way, row.read_at) == (clerk, "phone", None)
        entry = LogEntry.objects.get()
        assert (entry.action, entry.changes["way"]) == ("notices.delivery.told", "电话告知")
        assert TimelineEntry.objects.get().sentence == "电话告知：停水通知"
        with pytest.raises(BusinessError, match="已登记过"):
            receipts.tell_household(notice, by=clerk, unit=row.unit, way="visit")
        with pytest.raises(BusinessError, match="没有发给"):
            receipts.tell_household(notice, by=clerk, unit=UnitFactory(), way="visit")

    def test_an_owner_finds_what_was_meant_for_him(self, notice):
        row = home(notice)
        pinned = NoticeFactory(community_ids=notice.community_ids, status=Status.PUBLISHED, pinned=True)
        DeliveryFactory(notice=pinned, unit=row.unit, owner=row.owner)
        for status in (Status.WITHDRAWN, Status.EXPIRED):
            gone = NoticeFactory(community_ids=notice.community_ids, status=status)
            DeliveryFactory(notice=gone, unit=row.unit, owner=row.owner)
        over = NoticeFactory(community_ids=notice.community_ids, status=Status.PUBLISHED, expires_at=timezone.now())
        DeliveryFactory(notice=over, unit=row.unit, owner=row.owner)
        receipts.mark_read(notice, owner=row.owner, via="portal")
        found = list(for_owner(row.owner))
        assert found == [pinned, notice]
        assert found[0].read_at is None and found[1].read_at is not None
        assert list(for_owner(OwnerFactory())) == []


class TestSheets:
    @pytest.mark.parametrize("name", ["poster", "doors", "evidence", ""])
    def test_they_open_and_show_names_as_their_reader_may_see_them(self, notice, name):
        row = home(notice)
        who = user_with(
            "notices.view_notice", "notices.view_delivery", communities=[row.community], visibility="masked"
        )  # fmt: skip
        page = signed_in(who).get(f"/notices/{notice.pk}/{name}")
        assert page.status_code == 200
        text = page.content.decode()
        assert "停水通知" in text and row.owner.name not in text and "13800138000" not in text
        if name != "poster":
            assert row.unit.label in text

    def test_the_proof_says_when_it_arrived_and_how_it_was_read(self, notice):
        row = home(notice)
        receipts.mark_read(notice, owner=row.owner, via="link")
        page = signed_in(everything(row.community)).get(f"/notices/{notice.pk}/evidence")
        (line,) = page.context["households"]
        assert line.sent_at == row.sent_at and line.read_how == "消息里的链接"
        assert "消息里的链接" in page.content.decode()

    def test_who_needs_care_is_seen_before_somebody_goes(self, notice):
        plain, old, baby = home(notice), home(notice), home(notice)
        OwnerTagFactory(owner=old.owner, tag=word("owner_tag", "elder"))
        OwnerTagFactory(owner=baby.owner, tag=word("owner_tag", "expecting"))
        refresh_care([plain.unit_id, old.unit_id, baby.unit_id])
        client = signed_in(everything(plain.community))
        for name in ("", "doors"):
            page = client.get(f"/notices/{notice.pk}/{name}")
            found = {row.unit.pk: row.care for row in page.context["households"]}
            assert found == {plain.unit_id: "", old.unit_id: "老人", baby.unit_id: "关怀"}, (
                "a sensitive tag is not named"
            )
            assert "老人" in page.content.decode() and "孕婴" not in page.content.decode()

    def test_a_draft_proves_nothing_and_calls_on_nobody(self, notice):
        draft = NoticeFactory(community_ids=notice.community_ids)
        client = signed_in(everything(home(notice).community))
        answers = {
            name: client.get(f"/notices/{draft.pk}/{name}").status_code for name in ("doors", "evidence", "poster")
        }
        assert answers == {"doors": 404, "evidence": 404, "poster": 200}

    def test_the_poster_and_the_page_name_the_range_without_what_was_taken_out(self, notice):
        draft = NoticeFactory(community_ids=notice.community_ids)
        three, four = (BuildingFactory(community_id=notice.community_ids[0], number=number) for number in ("3", "4"))
        for building, entrance, exclude in (
            (three, "", False),
            (four, "1", False),
            (four, "2", False),
            (four, "2", True),
        ):
            kind = "entrance" if entrance else "building"
            AudienceRuleFactory(notice=draft, kind=kind, building=building, entrance=entrance, exclude=exclude)
        assert area_of(draft) == "3栋、4栋1单元"
        AudienceRuleFactory(notice=draft, kind="building", building=four, exclude=True)
        assert area_of(draft) == "3栋"
        page = signed_in(everything(three.community)).get(f"/notices/{draft.pk}/poster").content.decode()
        assert "影响范围" not in page, "no time, no outage"
        type(draft).objects.filter(pk=draft.pk).update(
            affected_from=timezone.now(), affected_until=timezone.now() + timedelta(hours=2)
        )
        page = signed_in(everything(three.community)).get(f"/notices/{draft.pk}/poster").content.decode()
        assert "影响范围：3栋" in page.replace("\n", "")

    def test_the_board_costs_the_same_for_one_household_and_for_ten(self, notice, django_assert_max_num_queries):
        from tests.support.cases import queries_of

        row = home(notice)
        client = signed_in(everything(row.community))
        url = f"/notices/{notice.pk}/"
        queries_of(client, url)
        one = queries_of(client, url)
        for _ in range(9):
            TenureFactory(unit=home(notice, row.building).unit)
        assert queries_of(client, url) == one <= 25
