"""Writes the sample repairs of a community: those of today by the services, those that are over as the services would have left them
(their log cannot be written for days gone by)."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import User
from core import blind_index
from core.models import DictItem
from core.services.numbering import daily_number
from owners.actors import OwnerByLink
from owners.models import OwnerPhone, Tenure, TenureRole, TimelineEntry
from owners.services import timeline
from properties.models import Community, Place, Team, Unit
from workorders.models import Material, PriceItem, Repairer, RepairRule, Shift, WorkOrder
from workorders.queries import visits
from workorders.seeding.past import PARTS, Hands, Past
from workorders.seeding.stories import HISTORY, MATERIALS, NOW, OWN, PRICES, PUBLIC_HISTORY, REPAIRERS, TEAM, WANG, Now
from workorders.services import clocks, codes, dispatch, intake, materials, outages, pausing, work
from workorders.states import Area, ConfirmWay, OutageKind, Source, Status, Warranty

DESK, LEAD = "kefu_zg", "gongcheng"
DAYS, A_DAY, CODES = 60, 3, 6
_SOURCES = (Source.HOTLINE, Source.HOTLINE, Source.APP, Source.WECHAT, Source.COUNTER)


def load(seed: int, now: datetime | None = None) -> dict[str, int]:
    """{community code: orders written}. A community that has any is left alone. Raises LookupError without the demo's staff."""
    now = now or timezone.now()
    staff = {
        user.username: user
        for user in User.objects.filter(username__in=[DESK, LEAD, *(name for name, *_ in REPAIRERS)])
    }
    if len(staff) < 2 + len(REPAIRERS):
        raise LookupError("没有演示账号，请先运行 create_demo_accounts")
    _lists()
    written = {}
    for community in Community.objects.order_by("pk"):
        if not WorkOrder.objects.filter(community=community).exists():
            with transaction.atomic():
                written[community.code] = Writer(community, staff, seed, now).write()
    return written


def word(dictionary: str, code: str) -> DictItem:
    return DictItem.objects.get(type__code=dictionary, code=code)


def _lists() -> None:
    for code, name, spec, measure, price, stock in MATERIALS:
        values = {"name": name, "spec": spec, "measure": measure, "price": Decimal(price), "stock": Decimal(stock)}
        Material.objects.get_or_create(code=code, defaults=values)
    for name, measure, price, note in PRICES:
        PriceItem.objects.get_or_create(
            community=None, name=name, defaults={"measure": measure, "price": Decimal(price), "note": note}
        )


class Writer:
    def __init__(self, community: Community, staff: dict[str, User], seed: int, now: datetime) -> None:
        self.community, self.staff, self.now = community, staff, now
        self.random = Random(f"workorders {community.code} {seed}")  # noqa: S311  a sample, no secret
        self.past = Past(self.random)
        self.units = list(
            Unit.objects.filter(community=community, kind="home").select_related("building").order_by("pk")
        )
        self.places = list(Place.objects.filter(community=community).select_related("building").order_by("pk"))
        self.rules = {rule.kind.code: rule for rule in RepairRule.objects.select_related("kind", "category")}

    def write(self) -> int:
        self._people()
        past = [self._past(day) for day in range(DAYS, 0, -1) for _one in range(self.random.randint(1, A_DAY))]
        own = [story for story in OWN if self._holder(story.phone) is not None]
        for story in (*NOW, *own):
            self._today(story)
        self._known()
        self._spread_history()
        for order in past:
            self._tell_history(order)
        return len(past) + len(NOW) + len(own)

    def _spread_history(self) -> None:
        """Services write what they do as of now; the households' files tell it over the time since it was reported."""
        for order in WorkOrder.objects.filter(community=self.community, unit__isnull=False):
            lines = list(
                TimelineEntry.objects.filter(source_type=WorkOrder._meta.label_lower, source_id=order.pk).order_by("pk")
            )
            for place, line in enumerate(lines):
                line.at = order.reported_at + (self.now - order.reported_at) * place / len(lines)
            TimelineEntry.objects.bulk_update(lines, ["at"])

    def _tell_history(self, order: WorkOrder) -> None:
        """What is over was written without the services, so its lines are, too."""
        if order.unit_id is None:
            return
        told = [(_("报修：%(kind)s") % {"kind": order.kind}, order.description, order.reported_at)]
        if order.completed_at is not None:
            told.append((_("已完工"), order.result, order.completed_at))
        for sentence, detail, at in told:
            timeline.note_unit(
                [order.unit_id],
                sentence,
                owner=order.owner,
                kind=TimelineEntry.Kind.REPAIR,
                detail=detail,
                source=order,
                at=at,
            )

    def _people(self) -> None:
        name, kind = TEAM
        team, _made = Team.objects.get_or_create(
            community=self.community,
            name=name,
            defaults={"team_type": DictItem.objects.of("team_type").filter(code=kind).first()},
        )
        for username, skills, rota in REPAIRERS:
            row, made = Repairer.objects.get_or_create(user=self.staff[username], community=self.community)
            team.members.add(row.user)
            if made:
                row.skills.set([word("skill", code) for code in skills])
                Shift.objects.bulk_create(
                    Shift(repairer=row, weekday=day, starts=starts, ends=ends) for day, starts, ends in rota
                )

    # --- over ------------------------------------------------------------------------------------
    def _past(self, days_ago: int) -> WorkOrder:
        public = bool(self.places) and self.random.random() < 0.3
        code, said, done = self.random.choice(PUBLIC_HISTORY if public else HISTORY)
        rule = self.rules[code]
        at = timezone.localtime(self.now).replace(hour=8, minute=30, second=0, microsecond=0) - timedelta(days=days_ago)
        at += timedelta(minutes=self.random.randint(0, 560))
        order = WorkOrder(
            **self._where(public), kind=rule.kind, category=rule.category, urgency=rule.urgency, description=said, result=done,
            area=Area.PUBLIC if public else Area.INDOOR, source=self.random.choice(_SOURCES),
            number=daily_number("BX", timezone.localdate(at), community_id=self.community.pk), reported_at=at,
            reported_by=self.staff[DESK], warranty=Warranty.OUT, status=Status.WAITING, verified=True,
        )  # fmt: skip
        order.save()
        clocks.start_clocks(order, at=at)
        self.past.settle(order, Hands(self.staff[DESK], self.staff[LEAD], self._who(rule)), days_ago=days_ago)
        return order

    # --- today -----------------------------------------------------------------------------------
    def _today(self, story: Now) -> None:
        desk, lead = self.staff[DESK], self.staff[LEAD]
        tenure = self._holder(story.phone) if story.phone else None
        where = self._home(tenure) if tenure else self._where(story.where == "place")
        by = OwnerByLink(tenure.owner) if tenure else desk
        order = intake.create_order(
            by=by, kind=self.rules[story.kind].kind, unit=where["unit"], place=where["place"], source=story.source,
            owner=where.get("owner"), reporter_name=where["reporter_name"], reporter_phone=where.get("reporter_phone", ""),
            relation=where["relation"], description=story.said, spot=story.spot, verified=True, paid=False, **self._visit(tenure, story),
            at=self.now - timedelta(minutes=story.minutes),
        )  # fmt: skip
        if story.status == Status.WAITING:
            return
        person = self.staff[story.to]
        dispatch.dispatch_order(order, by=desk, to=person)
        if story.status == Status.DISPATCHED:
            return
        dispatch.accept_order(order, by=person)
        work.arrive(order, by=person)
        order.refresh_from_db()
        if story.status == Status.PARTS:
            day = timezone.localdate(self.now) + timedelta(days=2)
            pausing.await_parts(order, by=person, part=story.extra["part"], expected_on=day)
        elif story.status == Status.SUSPENDED:
            day = timezone.localdate(self.now) + timedelta(days=3)
            request = pausing.ask_suspension(
                order, by=person, reason=word("suspend_reason", "third_party"), resume_on=day
            )
            pausing.approve_suspension(request, by=lead)
        elif story.status == Status.DONE:
            self._complete(order, person)

    def _complete(self, order: WorkOrder, person: User) -> None:
        for check in order.checks.all():
            work.tick_check(check, by=person)
        for code, count in PARTS.get(order.kind.code, ()):
            part = Material.objects.get(code=code)
            materials.use_material(order, by=person, material=part, quantity=Decimal(count))
        order.refresh_from_db()
        work.complete_order(
            order, by=person, finish=work.Finish("已修好，试用正常", word("fault_cause", "ageing"), ConfirmWay.PHONE)
        )

    def _known(self) -> None:
        """What callers are told of: tomorrow a water tank is cleaned. And signs to scan in public places."""
        tenure = self._holder(WANG)
        building = tenure.unit.building if tenure else self.units[0].building
        starts = timezone.localtime(self.now).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
        outages.create_outage(
            by=self.staff[DESK], community=self.community, buildings=[building], kind=OutageKind.PLANNED,
            title=f"{building.label}清洗水箱停水", category=word("repair_category", "plumbing"), started_at=starts,
            expected_until=starts + timedelta(hours=6), details="半年一次的水箱清洗消毒，洗完先放水 10 分钟",
            caller_text=f"明天 9 点到 15 点清洗{building.label}水箱，期间停水，请提前储水。",
        )  # fmt: skip
        if self.places:
            codes.make_codes(by=self.staff[DESK], places=self.places[:CODES])

    def _who(self, rule: RepairRule) -> User:
        skilled = [name for name, skills, _rota in REPAIRERS if rule.skill and rule.skill.code in skills]
        return self.staff[self.random.choice(skilled or [name for name, *_rest in REPAIRERS])]

    def _where(self, public: bool) -> dict[str, Any]:
        """Place or unit with whoever lives there as the reporter."""
        if public and self.places:
            spot = intake.placed(place=self.random.choice(self.places))
            return spot | {"reporter_name": "陈思雨", "relation": word("reporter_relation", "staff")}
        unit = self.random.choice(self.units)
        tenure = (
            Tenure.objects.filter(unit=unit).current().exclude(role=TenureRole.TENANT).select_related("owner").first()
        )
        if tenure is None:
            spot = intake.placed(unit=unit)
            return spot | {"reporter_name": "住户家属", "relation": word("reporter_relation", "family")}
        return self._home(tenure)

    def _holder(self, phone: str) -> Tenure | None:
        """The flat here of whoever has this number."""
        index = blind_index.whole("phone", phone)
        rows = Tenure.objects.filter(
            owner__phones__number_index=index, community=self.community, unit__kind="home"
        ).current()
        return rows.select_related("owner", "unit__building", "unit__community").order_by("pk").first()

    def _visit(self, tenure: Tenure | None, story: Now) -> dict[str, Any]:
        """A time agreed for what its owner still waits for."""
        if tenure is None or story.status != Status.WAITING:
            return {}
        days = visits.visit_slots(self.community, self.now)
        slot = visits.slot_by(days[0][1][0][0]) if days else (None, None)
        return {"visit_from": slot[0], "visit_until": slot[1]}

    def _home(self, tenure: Tenure) -> dict[str, Any]:
        spot = intake.placed(unit=tenure.unit)
        phone = OwnerPhone.objects.filter(owner=tenure.owner).first()
        return spot | {
            "owner": tenure.owner, "reporter_name": tenure.owner.name[:30], "relation": word("reporter_relation", "owner"),
        } | (intake.phone_fields(str(phone.number)) if phone else {})  # fmt: skip
