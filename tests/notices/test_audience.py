"""Who is told: rules, exclusions, the author's scope, the preview, and the deliveries written for them (R58, R59)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import BadValue, BusinessError, OutOfScope
from core.models import SavedView
from notices.models import Delivery
from notices.queries import audience
from notices.services import audience as rules
from notices.services import notices as service
from notices.services.materialising import materialise
from notices.states import Status
from owners.models import TenureRole, TimelineEntry
from tests.factories.audit import user_with
from tests.factories.notices import NoticeFactory
from tests.factories.owners import OwnerFactory, OwnerTagFactory, TenureFactory, word
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory
from tests.notices.support import everything, reviewer, writer
from tests.support.races import race


class Estate:
    """Two buildings with two entrances, and a neighbour's."""

    def __init__(self):
        self.community, self.other = CommunityFactory(), CommunityFactory()
        self.author = writer(self.community)
        self.three, self.four = (BuildingFactory(community=self.community, number=n) for n in ("3", "4"))
        self.units = {
            name: UnitFactory(building=building, entrance=entrance, number=number)
            for name, building, entrance, number in (
                ("3-1-101", self.three, "1", "101"),
                ("3-2-101", self.three, "2", "101"),
                ("4-1-101", self.four, "1", "101"),
            )
        }
        self.people = {
            name: OwnerFactory(units=[unit], phones=[f"1380013800{place}"])
            for place, (name, unit) in enumerate(self.units.items())
        }
        self.foreign = OwnerFactory(units=[UnitFactory(building__community=self.other)])
        self.notice = NoticeFactory(community=self.community, author=self.author)

    def add(self, kind, **values):
        return rules.add_rule(self.notice, by=self.author, kind=kind, **values)

    def told(self):
        names = {owner.pk: name for name, owner in self.people.items()}
        pairs = audience.recipients(self.notice).values_list("unit_id", "owner_id")
        return sorted((names.get(owner_id, owner_id) for _unit, owner_id in pairs), key=str)

    def publish(self, **values):
        for name, value in {"status": Status.PUBLISHED, "published_at": timezone.now(), **values}.items():
            setattr(self.notice, name, value)
        self.notice.save()
        return materialise(self.notice)


@pytest.fixture
def estate(db):
    return Estate()


EVERYBODY = ["3-1-101", "3-2-101", "4-1-101"]


class TestRules:
    def test_without_rules_everybody_in_its_communities_is_meant(self, estate):
        assert estate.told() == EVERYBODY
        estate.add("all")
        assert estate.told() == EVERYBODY

    def test_places_add_up(self, estate):
        estate.add("entrance", building=estate.three, entrance="2")
        assert estate.told() == ["3-2-101"]
        estate.add("unit", unit=estate.units["4-1-101"])
        assert estate.told() == ["3-2-101", "4-1-101"]
        estate.add("building", building=estate.three)
        assert estate.told() == EVERYBODY

    def test_exclusions_win(self, estate):
        estate.add("community", community=estate.community)
        estate.add("building", building=estate.four, exclude=True)
        assert estate.told() == ["3-1-101", "3-2-101"]
        estate.add("unit", unit=estate.units["3-1-101"], exclude=True)
        assert estate.told() == ["3-2-101"]

    def test_tags_and_relations_narrow_and_combine(self, estate):
        elder = word("owner_tag", "elder")
        OwnerTagFactory(owner=estate.people["3-1-101"], tag=elder)
        OwnerTagFactory(owner=estate.people["4-1-101"], tag=elder)
        gone = OwnerTagFactory(owner=estate.people["3-2-101"], tag=elder)
        gone.removed_at = timezone.now()
        gone.save()
        estate.add("tag", tag=elder)
        assert estate.told() == ["3-1-101", "4-1-101"]
        estate.add("building", building=estate.three)
        assert estate.told() == ["3-1-101"]
        tenant = TenureFactory(unit=estate.units["3-1-101"], role=TenureRole.TENANT).owner
        OwnerTagFactory(owner=tenant, tag=elder)
        assert len(estate.told()) == 2
        estate.add("role", role=TenureRole.OWNER)
        assert estate.told() == ["3-1-101"]

    def test_people_can_be_excluded_by_relation_and_tag(self, estate):
        TenureFactory(unit=estate.units["3-1-101"], role=TenureRole.TENANT)
        OwnerTagFactory(owner=estate.people["4-1-101"], tag=word("owner_tag", "long_away"))
        estate.add("role", role=TenureRole.TENANT, exclude=True)
        estate.add("tag", tag=word("owner_tag", "long_away"), exclude=True)
        assert estate.told() == ["3-1-101", "3-2-101"]

    def test_saved_views_of_units_and_of_people(self, estate):
        estate.author.__dict__.pop("access", None)
        from tests.factories.audit import grant_to

        grant_to(estate.author, "properties.view_unit", "owners.view_owner", communities=[estate.community])
        of_units = SavedView.objects.create(
            user=estate.author, list_name="properties:unit_list", name="三栋", query=f"building={estate.three.pk}"
        )
        rule = estate.add("view", view=of_units)
        assert estate.told() == ["3-1-101", "3-2-101"]
        of_people = SavedView.objects.create(
            user=estate.author, list_name="owners:owner_list", name="一个人", query=f"q={estate.people['3-1-101'].name}"
        )
        estate.add("view", view=of_people)
        assert estate.told() == ["3-1-101"]
        of_units.delete()  # what it said stays
        estate.notice.refresh_from_db()
        rule.refresh_from_db()
        assert (rule.view, rule.view_name) == (None, "三栋")
        assert estate.told() == ["3-1-101"]
        other = SavedView.objects.create(user=estate.author, list_name="core:job_list", name="任务")
        with pytest.raises(BusinessError, match="房屋或住户"):
            estate.add("view", view=other)

    def test_nobody_reaches_past_his_own_scope(self, estate):
        with pytest.raises(OutOfScope):
            estate.add("building", building=BuildingFactory(community=estate.other))
        estate.notice.community_ids = [estate.community.pk, estate.other.pk]
        estate.notice.save()
        assert estate.told() == EVERYBODY
        with pytest.raises(OutOfScope):
            estate.add("community", community=estate.other)
        keeper = user_with("notices.add_notice", buildings=[estate.three])
        estate.notice.author = keeper
        estate.notice.save()
        assert estate.told() == ["3-1-101", "3-2-101"]

    def test_former_people_stopped_files_and_parking_spaces_are_not_told(self, estate):
        yesterday = timezone.localdate() - timedelta(days=1)
        TenureFactory(unit=estate.units["3-1-101"], end=yesterday)
        TenureFactory(unit=estate.units["3-1-101"], owner__disabled_at=timezone.now())
        space = UnitFactory(building=estate.three, kind="parking", number="B1-001")
        parker = OwnerFactory(units=[space])
        assert estate.told() == EVERYBODY
        estate.add("unit", unit=space)
        assert estate.told() == [parker.pk]

    def test_rules_change_only_while_it_is_written(self, estate):
        rule = estate.add("all")
        estate.notice.status = Status.SUBMITTED
        estate.notice.save()
        with pytest.raises(BusinessError, match="只有草稿"):
            estate.add("building", building=estate.three)
        with pytest.raises(BusinessError, match="只有草稿"):
            rules.remove_rule(rule, by=estate.author)

    def test_what_narrows_does_not_look_as_if_it_added(self, estate):
        narrow, add = estate.add("role", role=TenureRole.OWNER), estate.add("building", building=estate.three)
        assert (narrow.narrows, add.narrows) == (True, False)

    def test_a_community_stays_while_a_rule_names_a_place_in_it(self, estate):
        both = everything(estate.community, estate.other)
        estate.notice.author = both
        service.change_notice(estate.notice, by=both, communities=[estate.community, estate.other])
        rules.add_rule(estate.notice, by=both, kind="building", building=estate.foreign.tenures.get().unit.building)
        with pytest.raises(BadValue, match="发送范围里还有") as refused:
            service.change_notice(estate.notice, by=both, communities=[estate.community])
        assert refused.value.field == "communities"

    def test_nothing_is_published_to_nobody(self, estate):
        estate.add("building", building=BuildingFactory(community=estate.community))
        estate.notice.status = Status.APPROVED
        estate.notice.save()
        with pytest.raises(BusinessError, match="没有住户"):
            service.publish_notice(estate.notice, by=reviewer(estate.community))


class TestPreview:
    def test_households_persons_reach_and_who_is_out_of_reach(self, estate):
        silent = UnitFactory(building=estate.four, number="202")
        OwnerFactory(units=[silent])
        UnitFactory(building=estate.four, number="303")  # nobody lives there
        TenureFactory(unit=estate.units["3-1-101"], role=TenureRole.FAMILY)
        TenureFactory(unit=estate.units["3-2-101"], owner=estate.people["3-1-101"], role=TenureRole.CO_OWNER)
        mailer = OwnerFactory(units=[UnitFactory(building=estate.four, number="404")])
        mailer.email = "a@example.com"
        mailer.save()
        estate.notice.channels = ["in_app", "sms", "email"]
        found = audience.figures(estate.notice)
        assert (found.households, found.persons, found.unreachable, found.empty) == (5, 6, 1, 1)
        assert found.reachable == {"in_app": 3, "sms": 3, "email": 1}
        assert list(audience.unreachable_units(estate.notice)) == [silent]

    def test_nobody_at_all(self, estate):
        estate.add("building", building=BuildingFactory(community=estate.community))
        assert audience.figures(estate.notice) == audience.Figures(reachable={"in_app": 0, "sms": 0})


class TestMaterialising:
    def test_one_row_for_each_person_of_each_household(self, estate):
        mute = OwnerFactory(units=[estate.units["4-1-101"]])
        assert estate.publish(channels=["sms"]) == 4
        rows = Delivery.objects.order_by("pk")
        assert [(row.channel, row.status, row.reason) for row in rows if row.owner_id != mute.pk] == [
            ("sms", "waiting", "")
        ] * 3
        unreached = rows.get(owner=mute)
        assert (unreached.status, unreached.reason, unreached.community, unreached.building) == (
            "failed", "no_contact", estate.community, estate.four,
        )  # fmt: skip
        assert (estate.notice.household_count, estate.notice.person_count) == (3, 4)

    def test_again_adds_nothing(self, estate):
        estate.publish()
        before = list(Delivery.objects.order_by("pk").values())
        assert materialise(estate.notice) == 0
        assert list(Delivery.objects.order_by("pk").values()) == before
        assert TimelineEntry.objects.count() == 3

    def test_the_first_channel_that_reaches_the_person_is_taken(self, estate):
        mailer = OwnerFactory(units=[estate.units["3-1-101"]])
        mailer.email = "a@example.com"
        mailer.save()
        estate.publish(channels=["sms", "email"])
        assert Delivery.objects.get(owner=mailer).channel == "email"
        assert Delivery.objects.get(owner=estate.people["3-1-101"]).channel == "sms"

    def test_in_app_is_there_at_once(self, estate):
        estate.publish(channels=["in_app", "sms"])
        assert set(Delivery.objects.values_list("channel", "status")) == {("in_app", "sent")}
        assert not Delivery.objects.filter(sent_at__isnull=True).exists()

    @pytest.mark.parametrize("size", [1, 10])
    def test_somebody_with_two_homes_gets_one_message(self, estate, size, monkeypatch):
        monkeypatch.setattr("notices.services.materialising.CHUNK", size)
        TenureFactory(unit=estate.units["4-1-101"], owner=estate.people["3-1-101"])
        estate.publish(channels=["sms"])
        leads = Delivery.objects.filter(owner=estate.people["3-1-101"]).values_list("lead", flat=True)
        assert sorted(leads) == [False, True]

    def test_opting_out_counts_for_marketing_only(self, estate):
        willing = estate.people["4-1-101"]
        willing.marketing_consent = True
        willing.save()
        estate.publish(channels=["sms"], notice_type=word("notice_type", "promotion"))
        assert set(Delivery.objects.values_list("owner_id", "status", "reason")) == {
            (willing.pk, "waiting", ""),
            (estate.people["3-1-101"].pk, "skipped", "opted_out"),
            (estate.people["3-2-101"].pk, "skipped", "opted_out"),
        }

    def test_each_household_has_it_on_its_timeline(self, estate):
        TenureFactory(unit=estate.units["3-1-101"])
        estate.publish(title="停水通知")
        lines = TimelineEntry.objects.filter(kind="notice", source_type="notices.notice", source_id=estate.notice.pk)
        assert sorted(lines.values_list("unit_id", "sentence")) == sorted(
            (unit.pk, "通知：停水通知") for unit in estate.units.values()
        )

    def test_a_withdrawn_one_is_written_no_further(self, estate):
        estate.notice.status, estate.notice.published_at = Status.WITHDRAWN, timezone.now()
        estate.notice.save()
        assert materialise(estate.notice) == 0


@pytest.mark.django_db(transaction=True)
def test_whoever_withdraws_while_it_is_written_stops_every_row():
    from core.services.dictionary import seed

    seed()
    estate = Estate()
    notice, chief = estate.notice, reviewer(estate.community)
    notice.status, notice.published_at, notice.channels = Status.PUBLISHED, timezone.now(), ["sms"]
    notice.save()
    race(
        lambda: materialise(notice),
        lambda: service.withdraw_notice(type(notice).objects.get(pk=notice.pk), by=chief, reason="时间改了"),
    )
    assert set(Delivery.objects.values_list("status", flat=True)) <= {"skipped"}
