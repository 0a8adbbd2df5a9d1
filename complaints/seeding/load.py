"""Writes the sample cases of a community: those that are over (past.py), and those of today by the services."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.models import User
from complaints.models import Complaint
from complaints.queries.classes import category_of
from complaints.queries.matters import is_group, same_matter
from complaints.seeding.past import Past
from complaints.seeding.stories import NOW, Now
from complaints.seeding.today import as_it_was
from complaints.services import (
    answering,
    approvals,
    closing,
    groups,
    handling,
    intake,
    orders,
    partners,
    routing,
    supervision,
)
from complaints.states import PARTNERS, ApprovalKind, Responsibility, Source, Status
from core.models import DictItem
from owners.models import OwnerPhone, Tenure, TenureRole
from properties.models import Community, Team, Unit

DESK, LEAD, ENGINEER, MANAGER = "kefu", "kefu_zg", "gongcheng", "jingli"


def load(seed: int, now: datetime | None = None) -> dict[str, int]:
    """{community code: cases written}. A community that has any is left alone. Raises LookupError without the demo's staff."""
    now = now or timezone.now()
    names = (DESK, LEAD, ENGINEER, MANAGER)
    staff = {user.username: user for user in User.objects.filter(username__in=names)}
    if len(staff) < len(names):
        raise LookupError("没有演示账号，请先运行 create_demo_accounts")
    written = {}
    for community in Community.objects.order_by("pk"):
        if not Complaint.objects.filter(community=community).exists():
            with transaction.atomic():
                written[community.code] = Writer(community, staff, seed, now).write()
    return written


class Writer:
    def __init__(self, community: Community, staff: dict[str, User], seed: int, now: datetime) -> None:
        self.community, self.staff, self.now = community, staff, now
        self.random = Random(f"complaints {community.code} {seed}")  # noqa: S311  a sample, no secret
        lived_in = Tenure.objects.filter(unit__community=community).current().exclude(role=TenureRole.TENANT)
        rows = Unit.objects.filter(community=community, kind="home", pk__in=lived_in.values("unit"))
        self.units = list(rows.select_related("building", "community").order_by("pk"))
        self.topics = {item.code: item for item in DictItem.objects.of("complaint_topic")}
        self.causes = {item.code: item for item in DictItem.objects.of("complaint_cause")}
        self.teams = list(Team.objects.filter(community=community).order_by("pk"))

    def write(self) -> int:
        Past(self).write()
        for story in NOW:
            self._today(story)
        self._group()
        return Complaint.objects.filter(community=self.community).count()

    # --- today -----------------------------------------------------------------------------------
    def _today(self, story: Now) -> None:
        anonymous, city = bool(story.extra.get("anonymous")), story.extra.get("city")
        # What is about the desk and confidential was said to its leader.
        secret = bool(story.extra.get("confidential"))
        desk, unit = self.staff[LEAD if secret else DESK], self.unit(story.flat)
        at = self.now - timedelta(minutes=story.minutes)
        person = {} if anonymous else self.person(unit)
        phone = person.pop("phone", "")
        person = {name: person[name] for name in ("owner", "complainant") if name in person}
        case = intake.create_complaint(
            by=desk, unit=None if anonymous else unit, building=unit.building if anonymous else None, phone=phone,
            source=story.source, topic=self.topics[story.topic], category=category_of(self.topics[story.topic]),
            facts=story.said, demand=story.demand, at=at, anonymous=anonymous, **person,
            confidential=secret, accused_people=[self.staff[DESK]] if secret else [],
            major_reasons=story.extra.get("major", []), city=self._city(at, city) if city else None,
        )  # fmt: skip
        if story.status != Status.NEW:
            self._further(case, story)
            as_it_was(case, self.random, self.now)

    def _city(self, at: datetime, city_class: str) -> dict[str, Any]:
        number = f"{timezone.localtime(at):%Y%m%d}{self.community.pk:02}{self.random.randrange(1000):03}"
        return {
            "external_number": number, "agency": "区政务热线中心", "city_class": city_class, "sign_due_at": at + timedelta(hours=2),
            "end_due_at": at + timedelta(days=7), "first": True,
        }  # fmt: skip

    def _further(self, case: Complaint, story: Now) -> None:
        lead, engineer = self.staff[LEAD], self.staff[ENGINEER]
        desk = lead if case.confidential else self.staff[DESK]
        # Where nobody has written down when the house was finished, the warranty cannot say whose it is.
        unknown = case.building is None or case.building.completed_on is None
        whose = story.responsibility or (Responsibility.DEVELOPER if unknown else "")
        reasons, part = story.extra.get("major", []), story.extra.get("part", "")
        routing.accept_complaint(
            case, by=lead, level=story.level, responsibility=whose, major_reasons=reasons, warranty_part=part
        )
        case.refresh_from_db()
        if "promised" in story.extra and case.responsibility in PARTNERS:
            day = timezone.localdate(self.now) + timedelta(days=story.extra["promised"])
            partners.change_partner_due(case, by=desk, partner_due=day, reason="与地产公司维修部约定")
        if story.status == Status.ROUTING:
            return
        answering.tell_customer(case, by=desk, way="phone", text=story.extra.get("told", "已受理，正在安排人处理"))
        routing.assign_complaint(case, by=lead, handler=engineer)
        self._extras(case, story)
        if story.status == Status.WORKING:
            return
        case.refresh_from_db()
        case = handling.report_complaint(
            case, by=engineer, report=handling.Report("已到现场处理完毕", self.causes["process"])
        )
        if story.status == Status.ANSWERING:
            return
        case = answering.answer_complaint(case, by=desk, way="phone", text="已处理完毕，请您查看，明天会有同事回访")
        if story.status == "redone":
            closing.redo_complaint(case, by=lead, reason="夜里还是响")

    def _extras(self, case: Complaint, story: Now) -> None:
        engineer, extra = self.staff[ENGINEER], story.extra
        if "progress" in extra:
            handling.add_progress(case, by=engineer, text=extra["progress"])
        if "plan" in extra:
            approvals.ask_approval(case, by=engineer, kind=ApprovalKind.PLAN, text=extra["plan"])
        if "compensation" in extra:
            amount = Decimal(extra["compensation"])
            approvals.ask_approval(
                case, by=engineer, kind=ApprovalKind.COMPENSATION, text="楼下吊顶修补", amount=amount
            )
        if "supervise" in extra:
            due = timezone.now() + timedelta(hours=8)
            supervision.supervise_complaint(case, by=self.staff[MANAGER], demand=extra["supervise"], due_at=due)
        if "order" in extra:
            kind = DictItem.objects.get(type__code="repair_kind", code=extra["order"])
            orders.raise_order(case, by=engineer, kind=kind, description=story.said)

    def _group(self) -> None:
        """A third household joins those who complain of the works upstairs: together they are one matter."""
        first = Complaint.objects.filter(
            community=self.community, topic=self.topics["noise_fitout"], status=Status.WORKING
        ).first()
        if first is None:
            return
        third = self._third(first)
        if third is None:
            return
        cases = [first, *same_matter(first)]
        if is_group(cases):
            groups.make_group(cases, by=self.staff[LEAD], title=f"{first.building or ''} 装修噪音".strip())

    def _third(self, first: Complaint) -> Complaint | None:
        taken = Complaint.objects.filter(building=first.building, topic=first.topic).values_list("unit_id", flat=True)
        free = [unit for unit in self.units if unit.building_id == first.building_id and unit.pk not in set(taken)]
        if not free:
            return None
        person = self.person(free[0])
        phone = person.pop("phone", "")
        return intake.create_complaint(
            by=self.staff[DESK], unit=free[0], phone=phone, source=Source.APP, topic=first.topic, category=first.category,
            facts="楼上装修吵得没法在家办公", demand="工作日白天限时施工", at=self.now - timedelta(minutes=21),
            owner=person.get("owner"), complainant=person["complainant"],
        )  # fmt: skip

    # --- who and where ---------------------------------------------------------------------------
    def unit(self, at: int) -> Unit:
        return self.units[at % len(self.units)]

    def person(self, unit: Unit) -> dict[str, Any]:
        rows = Tenure.objects.filter(unit=unit).current().exclude(role=TenureRole.TENANT).select_related("owner")
        owner = rows.order_by("pk")[0].owner
        phone = OwnerPhone.objects.filter(owner=owner).first()
        return {"owner": owner, "complainant": owner.name[:30]} | intake.phone_fields(
            str(phone.number) if phone else ""
        )
