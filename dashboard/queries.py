"""The figures of the to-do cards. Each counts exactly the list its card leads to, up to 10,000 as lists do."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import InboxItem, WorkCalendar
from core.queries import calendars
from dashboard import rows
from owners.models import Owner, OwnerPhone, Tenure, TenureRole, Vehicle
from owners.queries import imports, people
from owners.states import CorrectionStatus
from workorders.states import RequestStatus

EXACT_UP_TO = 10_000
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Figure:
    """A number, the list that adds up to it, and one line below."""

    count: int
    url: str
    note: str = ""

    @property
    def shown(self) -> str:
        return f"{EXACT_UP_TO:,}+" if self.count > EXACT_UP_TO else f"{self.count:,}"


def counted(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: EXACT_UP_TO + 1].count()


def list_url(name: str, **query: Any) -> str:
    return f"{reverse(name)}?{urlencode(query)}"


def incomplete_owners(user: Any) -> Figure:
    """Files without phone or identity number (资料不全)."""
    phones = OwnerPhone.objects.filter(owner=OuterRef("pk"))
    found = Owner.objects.visible_to(user, "owners.view_owner").filter(disabled_at__isnull=True)
    found = found.filter(~Exists(phones) | Q(id_index__isnull=True))
    return Figure(
        counted(found), list_url("owners:owner_list", incomplete="any", disabled_at="active"), _("缺电话或证件号")
    )


def ending_leases(user: Any) -> Figure:
    """Tenants whose lease ends within 30 days."""
    today = timezone.localdate()
    until = today + SOON
    found = Tenure.objects.visible_to(user, "owners.view_tenure").current()
    found = found.filter(role=TenureRole.TENANT, end__range=(today, until))
    url = list_url("owners:tenure_list", role=TenureRole.TENANT, state="current", end_after=today, end_before=until)
    return Figure(counted(found), url, _("30 天内"))


def ending_passes(user: Any) -> Figure:
    """Vehicles whose pass ends within 30 days."""
    today = timezone.localdate()
    until = today + SOON
    found = Vehicle.objects.visible_to(user, "owners.view_vehicle").filter(disabled_at__isnull=True)
    url = list_url("owners:vehicle_list", disabled_at="active", pass_until_after=today, pass_until_before=until)
    return Figure(counted(found.filter(pass_until__range=(today, until))), url, _("30 天内"))


def expiring_tags(user: Any) -> Figure:
    """People with a tag that ends within 30 days: to be renewed or let go."""
    found = Owner.objects.visible_to(user, "owners.view_owner").filter(disabled_at__isnull=True)
    url = list_url("owners:owner_list", disabled_at="active", tag_expiry="soon")
    return Figure(counted(people.expiring_tags(found, user)), url, _("30 天内"))


def waiting_corrections(user: Any) -> Figure:
    url = list_url("owners:correction_list", status=CorrectionStatus.WAITING)
    return Figure(counted(rows.waiting_corrections(user)), url, _("住户在手机上提交"))


def waiting_imports(user: Any) -> Figure:
    """Workbooks I have uploaded and not yet confirmed."""
    return Figure(
        counted(imports.waiting_batches(user)), list_url("owners:import_start", show="waiting"), _("核对完，还没有写入")
    )


def notices_to_review(user: Any) -> Figure:
    return Figure(
        counted(rows.notices_to_review(user)),
        list_url("notices:notice_list", group="waiting", mine="review"),
        _("等我审核"),
    )


def calendars_to_arrange(user: Any) -> Figure:
    """Working calendars without the holidays of a year that should be known by now: from 1 November on the next one."""
    year = calendars.year_to_arrange(timezone.localdate())
    found = calendars.without_year(WorkCalendar.objects.visible_to(user, "core.change_workcalendar"), year)
    return Figure(
        counted(found), list_url("core:workcalendar_list", arranged="missing"), _("%(year)d 年的安排") % {"year": year}
    )


def unread_messages(user: Any) -> Figure:
    found = InboxItem.objects.filter(user_id=user.pk, read_at__isnull=True)
    return Figure(counted(found), f"{reverse('core:inbox')}?show=unread", _("发给我的"))


def late_orders(user: Any) -> Figure:
    """Orders past a deadline that still runs."""
    return _orders(user, "over", _("需督办或重新安排"))


def soon_late_orders(user: Any) -> Figure:
    """Orders with 80% of the time used, or less than a quarter of an hour left."""
    return _orders(user, "soon", _("时限已用八成或不足 15 分钟"))


def undispatched_orders(user: Any) -> Figure:
    return _orders(user, "waiting", _("还没有派出"))


def suspensions_to_answer(user: Any) -> Figure:
    url = list_url("workorders:suspension_list", status=RequestStatus.PENDING)
    return Figure(counted(rows.pending_suspensions(user)), url, _("同意前时限照常计"))


def _orders(user: Any, group: str, note: str) -> Figure:
    return Figure(counted(rows.orders(user, group)), list_url("workorders:workorder_list", group=group), note)


def open_supervisions(user: Any) -> Figure:
    return Figure(
        counted(rows.open_supervisions(user)),
        list_url("workorders:supervision_list", state="open"),
        _("说明原因和完成时间"),
    )


def call_backs_to_make(user: Any) -> Figure:
    found = rows.call_backs_now(user)
    late = counted(found.filter(late_at__lt=timezone.now()))
    note = _("现在可以打，逾期 %(n)d 户") % {"n": late} if late else _("现在可以打")
    return Figure(counted(found), list_url("owners:callback_list", group="now"), note)
