"""One real row of every kind in a community, for walking the addresses as somebody who has all rights, but elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from audit import revealable
from core.models import Attachment, Job
from owners.models import ImportBatch, ImportStatus
from properties.models import Unit
from tests.architecture.walk import Route
from tests.factories.audit import UserFactory
from tests.factories.complaints import (
    ApprovalFactory,
    CaseSupervisionFactory,
    ComplaintFactory,
    GroupCaseFactory,
    LowRatingRuleFactory,
)
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.owners import (
    CallBackPlanFactory,
    CallBackTaskFactory,
    CallScriptFactory,
    ConsentFactory,
    CorrectionFactory,
    EmergencyContactFactory,
    FamilyMemberFactory,
    OwnerFactory,
    OwnerTagFactory,
    VehicleFactory,
)
from tests.factories.properties import BuildingFactory, PlaceFactory, TeamFactory, UnitFactory
from tests.factories.talk import CannedReplyFactory, EnquiryFactory, OpinionFactory
from tests.factories.workorders import (
    HandoverFactory,
    OutageFactory,
    PriceItemFactory,
    RepairerFactory,
    ReportCodeFactory,
    SupervisionFactory,
    SuspensionRequestFactory,
    WorkOrderFactory,
)
from workorders.models import ShiftException

# Addresses that name a row of no community, each with its reason.
EXEMPT = {
    "audit:user_": "accounts belong to the company; the roles that hold these rights reach everything",
    "audit:role_": "roles belong to the company",
    "audit:grant_": "grants belong to accounts; which places may be given is proven in tests/audit/test_grants.py",
    "audit:session_end": "a session belongs to one person: tests/audit/test_sign_in.py",
    "audit:log_detail": "the log is read as a whole by the auditor",
    "core:job_detail": "core.watch_job is the right to see everybody's jobs",
    "core:dictitem_": "dictionaries belong to the company",
    "core:dictmerge_": "dictionaries belong to the company",
    "core:workcalendar_": "working calendars belong to the company",
    "core:calendarexception_": "working calendars belong to the company",
    "core:saved_view_delete": "a view belongs to one person",
    "core:draft_discard": "a draft belongs to one person",
    "properties:unit_usage_undo": "only one's own last act is taken back: tests/properties/test_usage_and_marks.py",
    "notices:channel_": "channels belong to the company",
    "notices:template_": "templates belong to the company",
    "core:inbox_open": "a message belongs to one person",
    "workorders:material_": "materials belong to the company",
    "workorders:rule_": "the rules of types belong to the company",
    "workorders:clock_": "clock standards belong to the company",
    "complaints:keyword_": "keywords belong to the company",
    "complaints:standard_": "clock standards belong to the company",
}

# Beginning of an address' name -> kind of row; the longest one counts.
KINDS = {
    "core:job_": "job",
    "core:attachment_download": "attachment",
    "owners:attachment_remove": "attachment",
    "properties:orgnode_": "orgnode",
    "properties:community_": "community",
    "properties:building_": "building",
    "properties:unit_": "unit",
    "properties:place_": "place",
    "properties:team_": "team",
    "owners:owner_": "owner",
    "owners:preference_": "owner",
    "owners:keeper_": "owner",
    "owners:phone_create": "owner",
    "owners:phone_": "phone",
    "owners:emergency_create": "owner",
    "owners:emergency_": "emergency",
    "owners:tag_create": "owner",
    "owners:tag_": "tag",
    "owners:consent_create": "owner",
    "owners:consent_": "consent",
    "owners:unit_": "unit",
    "owners:contact_create": "unit",
    "owners:family_create": "unit",
    "owners:family_": "family",
    "owners:tenure_": "tenure",
    "owners:vehicle_": "vehicle",
    "owners:correction_": "correction",
    "owners:import_": "batch",
    "owners:callback_": "callback",
    "owners:callbackplan_": "callplan",
    "owners:callbackscript_": "callscript",
    "workorders:callback_": "callback",
    "complaints:callback_": "callback",
    "complaints:workorder_": "order",
    "notices:notice_": "notice",
    "notices:delivery_": "delivery",
    "notices:unit_": "unit",
    "notices:owner_": "owner",
    # desk
    "workorders:workorder_": "order",
    "workorders:unit_": "unit",
    "workorders:owner_": "owner",
    "workorders:outage_": "outage",
    "workorders:supervision_": "supervision",
    "workorders:handover_": "handover",
    "workorders:code_": "code",
    # complaints: desk
    "complaints:complaint_": "case",
    "complaints:approval_": "approval",
    "complaints:supervision_": "case_supervision",
    "complaints:approval_ask": "case",
    "complaints:order_": "case",
    "complaints:disclosure_": "case",
    "complaints:group_": "case",
    "complaints:group_detail": "group",
    "complaints:city_": "case",
    "complaints:lowrule_": "lowrule",
    "complaints:unit_": "unit",
    "complaints:owner_": "owner",
    "complaints:report_formula": "community",
    # board
    "workorders:repairer_": "repairer",
    "workorders:shiftexception_": "shiftexception",
    "workorders:dispatchsetting_": "community",
    # talk
    "complaints:enquiry_": "enquiry",
    "complaints:reply_": "reply",
    "complaints:opinion_": "opinion",
    # field
    "workorders:phone_": "order",
    "workorders:suspension_": "suspension",
    "workorders:price_": "price",
}


@dataclass(frozen=True)
class Address:
    """One address with the arguments that name a foreign row."""

    name: str
    arguments: dict[str, Any]
    row: models.Model


def _kind(table: dict[str, str], name: str) -> str:
    found = [beginning for beginning in table if name.startswith(beginning)]
    return table[max(found, key=len)] if found else ""


def is_exempt(name: str) -> bool:
    return bool(_kind(EXEMPT, name))


def names_a_row(route: Route) -> bool:
    return bool({"pk", "uid", "batch"} & route.arguments.keys()) and not route.public_reason


def _attachment(unit: Unit) -> Attachment:
    return Attachment.objects.create(
        source_type="properties.unit",
        source_id=unit.pk,
        name="合同.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0",
    )


def _batch(community: Any) -> ImportBatch:
    return ImportBatch.objects.create(
        community=community,
        created_by=UserFactory(),
        file_name="房屋.xlsx",
        sha256="0" * 64,
        status=ImportStatus.PREVIEW,
    )


def rows_in(community: Any) -> dict[str, models.Model]:
    """{kind: row}. The organisation node is the one the community hangs on."""
    building = BuildingFactory(community=community)
    unit = UnitFactory(building=building)
    owner = OwnerFactory(name="郑国安", phones=["13900139000"], id_number="11010519491231002X", units=[unit])
    job = Job.objects.create(
        kind="core.export_list", created_by=UserFactory(), status="failed", community_id=community.pk
    )
    return {
        "community": community,
        "orgnode": community.node,
        "building": building,
        "unit": unit,
        "place": PlaceFactory(community=community),
        "team": TeamFactory(community=community),
        "owner": owner,
        "phone": owner.phones.get(),
        "emergency": EmergencyContactFactory(owner=owner),
        "tag": OwnerTagFactory(owner=owner),
        "consent": ConsentFactory(owner=owner),
        "family": FamilyMemberFactory(owner=owner, unit=unit, phone="13900139001"),
        "tenure": owner.tenures.get(),
        "vehicle": VehicleFactory(owner=owner),
        "correction": CorrectionFactory(owner=owner, unit=unit),
        "batch": _batch(community),
        "attachment": _attachment(unit),
        "notice": (notice := NoticeFactory(community=community)),
        "delivery": DeliveryFactory(notice=notice, unit=unit, owner=owner),
        "order": WorkOrderFactory(unit=unit, reporter_phone="13900139000"),
        "outage": OutageFactory(community=community),
        "code": ReportCodeFactory(place=PlaceFactory(community=community)),
        "job": job,
        "suspension": SuspensionRequestFactory(order=WorkOrderFactory(unit=unit, status="working")),
        "price": PriceItemFactory(community=community),
        "callback": CallBackTaskFactory(unit=unit, owner=owner),
        "handover": HandoverFactory(community=unit.community),
        "callplan": CallBackPlanFactory(community=community),
        "callscript": CallScriptFactory(community=community),
        "supervision": SupervisionFactory(order=WorkOrderFactory(unit=unit, status="working")),
        "case": (case := ComplaintFactory(unit=unit, status="working", phone="13900139000")),
        "approval": ApprovalFactory(complaint=case),
        "case_supervision": CaseSupervisionFactory(complaint=case),
        "group": GroupCaseFactory(cases=[ComplaintFactory(unit=unit)]),
        "repairer": (repairer := RepairerFactory(community=community)),
        "enquiry": EnquiryFactory(unit=unit, owner=owner),
        "lowrule": LowRatingRuleFactory(community=community),
        "reply": CannedReplyFactory(community=community),
        "opinion": OpinionFactory(community=community),
        "shiftexception": ShiftException.objects.create(repairer=repairer, day=date(2026, 11, 23)),
    }


_VALUES: dict[str, Callable[[Any], Any]] = {
    "pk": lambda row: row.pk,
    "uid": lambda row: row.uid,
    # Second names behind an announcement's: it is refused before they are looked at.
    "unit": lambda row: 0,
    "rule": lambda row: 0,
    "file": lambda row: 0,
    # Lines of an order: the order is refused before them.
    "check": lambda row: 0,
    "line": lambda row: 0,
}


def addresses(route: Route, rows: dict[str, models.Model]) -> list[Address]:
    """The addresses of one route for the foreign rows; none when nobody has said what kind of row it names."""
    if route.name == "audit:reveal":
        by_label = {row._meta.label_lower: row for row in rows.values()}
        return [
            Address(
                route.name,
                {"model": item.model, "pk": by_label[item.model].pk, "field": item.field},
                by_label[item.model],
            )
            for item in revealable.registered()
        ]
    kind = _kind(KINDS, route.name)
    if not kind:
        return []
    return [Address(route.name, {key: _VALUES[key](rows[kind]) for key in route.arguments}, rows[kind])]
