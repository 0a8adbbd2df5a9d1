"""Pages of the working calendars."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.calendar import WorkClock, affected
from core.calendar.affected import Affected, Moved
from core.models import CalendarException, LogEntry, WorkCalendar
from core.queries.calendars import default_calendar
from core.services.calendar_seeds import NINE_TO_SIX
from properties.models import Community
from properties.queries.calendars import calendar_of, clock_of_community, communities_under
from properties.services.communities import change_community
from properties.signals import community_calendar_changed
from tests.core.calendar.support import at
from tests.core.test_calendars import NOTICE
from tests.factories.audit import user_with
from tests.factories.calendars import CalendarExceptionFactory, WorkCalendarFactory
from tests.factories.properties import CommunityFactory
from tests.support.cases import ActionCase, CreateCase, DetailCase, FormCase, ListCase, signed_in

VIEW, ADD, CHANGE = "core.view_workcalendar", "core.add_workcalendar", "core.change_workcalendar"


def week(*days: str) -> dict[str, str]:
    return {f"day_{n}": text for n, text in enumerate([*days, *[""] * (7 - len(days))])}


class OnCalendar:
    scoped = False

    def make(self, community):
        return WorkCalendarFactory()


class OnDate:
    scoped = False

    def make(self, community):
        return CalendarExceptionFactory()


class TestCalendarList(OnCalendar, ListCase):
    url_name, permission, search = "core:workcalendar_list", VIEW, ("?q=项目日历", "?q=没有")


class TestCalendarPage(OnCalendar, DetailCase):
    url_name, permission, more_permissions = "core:workcalendar_detail", VIEW, (CHANGE,)


class TestCalendarCreate(CreateCase):
    scoped, model = False, WorkCalendar
    url_name, permission = "core:workcalendar_create", ADD
    log_action, invalid_field = "core.workcalendar.created", "day_1"

    def make(self, community):
        return None

    def valid(self):
        return {"name": "湖映花园", "copy_from": default_calendar().pk} | week(*["08:30-12:00、13:30-17:30"] * 5)

    def invalid(self):
        return self.valid() | {"day_1": "18-9"}

    def check(self, row):
        assert row.week_words == "周一至周五 08:30–12:00、13:30–17:30"
        assert row.exceptions.filter(date__year=2026).count() == 39


class TestCalendarUpdate(OnCalendar, FormCase):
    url_name, permission = "core:workcalendar_update", CHANGE
    log_action, invalid_field = "core.workcalendar.changed", "day_0"

    def valid(self):
        return {"name": self.own_row.name} | week(*["09:00-18:00"] * 5, "9-12")

    def invalid(self):
        return {"name": self.own_row.name} | week()

    def check(self, row):
        assert (row.weekly[-1], row.version) == ([5, 540, 720], 2)


class TestCalendarDelete(OnCalendar, ActionCase):
    url_name, permission = "core:workcalendar_delete", "core.delete_workcalendar"
    log_action = "core.workcalendar.deleted"

    def target_after(self):
        return WorkCalendar.objects.filter(pk=self.own_row.pk)

    def check(self, row):
        assert not row.exists()


class TestDateCreate(OnCalendar, FormCase):
    url_name, permission = "core:calendarexception_create", CHANGE
    log_action, invalid_field = "core.calendarexception.added", "end"

    def valid(self):
        return {"start": "2027-02-08", "end": "2027-02-10", "kind": "holiday", "name": "春节"}

    def invalid(self):
        return self.valid() | {"end": "2027-02-01"}

    def check(self, row):
        assert row.exceptions.count() == 3


class TestDateUpdate(OnDate, FormCase):
    url_name, permission = "core:calendarexception_update", CHANGE
    log_action, invalid_field = "core.calendarexception.changed", "hours"

    def valid(self):
        return {"kind": "holiday", "name": "元旦值班", "hours": "9:00-12:00"}

    def invalid(self):
        return self.valid() | {"hours": "上午"}

    def check(self, row):
        assert (row.name, row.hours) == ("元旦值班", [[540, 720]])


class TestDateDelete(OnDate, ActionCase):
    url_name, permission = "core:calendarexception_delete", CHANGE
    log_action = "core.calendarexception.removed"

    def target_after(self):
        return CalendarException.objects.filter(pk=self.own_row.pk)

    def check(self, row):
        assert not row.exists()


@pytest.fixture
def keeper(db: None) -> Client:
    return signed_in(user_with(VIEW, ADD, CHANGE, scope="all"))


# --- what an edit would move ---
@pytest.fixture
def one_deadline() -> Iterator[list[Any]]:
    """A floor above that keeps one deadline: four hours from Monday 16:00. Collects who asked."""
    asked: list[Any] = []

    def answer(calendar: WorkCalendar, new: WorkClock, *, user: Any, **where: Any) -> Affected | None:
        asked.append(user)
        old, moved = at("2027-01-05 11:00"), new.add_working_time(at("2027-01-04 16:00"), 240)
        rows = [Moved("BX20270104-0001 完成时限", old, moved, "/help/")] if user is not None else []
        return Affected("工单", int(moved != old), rows)

    affected.register(answer)
    yield asked
    affected.forget(answer)


def test_an_edit_that_moves_deadlines_shows_them_before_it_is_saved(keeper: Client, one_deadline: list) -> None:
    calendar = WorkCalendarFactory()
    url, data = reverse("core:workcalendar_update", args=[calendar.pk]), {"name": calendar.name} | week(*["9-12"] * 5)
    first = keeper.post(url, data)
    html = first.content.decode()
    assert "BX20270104-0001 完成时限" in html and "2027-01-05 11:00" in html and "2027-01-06 10:00" in html
    assert not LogEntry.objects.filter(action="core.workcalendar.changed").exists()
    # Having seen another edit is not having seen this one.
    seen = first.context["form"].seen
    assert keeper.post(url, data | week(*["9-13"] * 5) | {"seen": seen}).status_code == 200
    assert keeper.post(url, data | {"seen": seen}).status_code == 302
    assert WorkCalendar.objects.get(pk=calendar.pk).week_words == "周一至周五 09:00–12:00"
    assert None not in one_deadline


def test_an_edit_that_moves_nothing_is_saved_at_once(keeper: Client, one_deadline: list) -> None:
    calendar = WorkCalendarFactory()
    url = reverse("core:workcalendar_update", args=[calendar.pk])
    data = {"name": calendar.name} | week(*["09:00-18:00"] * 5, "9-12")
    assert keeper.post(url, data).status_code == 302
    assert one_deadline


def test_dates_and_their_removal_show_what_they_move(keeper: Client, one_deadline: list) -> None:
    calendar = WorkCalendarFactory()
    url = reverse("core:calendarexception_create", args=[calendar.pk])
    data = {"start": "2027-01-05", "kind": "holiday", "name": "盘点"}
    first = keeper.post(url, data)
    assert "2027-01-06 11:00" in first.content.decode()
    assert keeper.post(url, data | {"seen": first.context["form"].seen}).url.endswith("?year=2027")
    row = calendar.exceptions.get()
    change = reverse("core:calendarexception_update", args=[row.pk])
    second = keeper.post(change, {"kind": "holiday", "hours": "9:00-10:00"})
    assert "2027-01-06 10:00" in second.content.decode()
    assert second.context["form"].seen


def test_removing_a_date_counts_what_it_moves(keeper: Client, one_deadline: list) -> None:
    row = CalendarExceptionFactory(date="2027-01-04", hours=[[540, 600]])
    html = keeper.get(reverse("core:calendarexception_delete", args=[row.pk])).content.decode()
    assert "个时限会变" not in html  # without the date the deadline is where it was
    longer = CalendarExceptionFactory(date="2027-01-09", calendar=WorkCalendarFactory(weekly=[[0, 540, 600]]))
    html = keeper.get(reverse("core:calendarexception_delete", args=[longer.pk])).content.decode()
    assert "1 个时限会变" in html
    assert one_deadline == [None, None]


class TestMakeDefault(OnCalendar, ActionCase):
    url_name, permission = "core:workcalendar_make_default", CHANGE
    more_permissions = (VIEW,)
    log_action = "core.workcalendar.made_default"

    def check(self, row):
        assert default_calendar() == row
        assert WorkCalendar.objects.filter(is_default=True).count() == 1
        assert LogEntry.objects.get(action=self.log_action).changes["default"][1] == row.name


def test_another_default_moves_the_deadlines_of_whoever_names_none(keeper: Client, one_deadline: list) -> None:
    calendar, community = WorkCalendarFactory(weekly=[[0, 540, 600]]), CommunityFactory()
    url = reverse("core:workcalendar_make_default", args=[calendar.pk])
    assert "1 个时限会变" in keeper.get(url).content.decode()
    assert one_deadline == [None]
    assert keeper.post(url).status_code == 302
    assert calendar_of(Community.objects.get(pk=community.pk)) == calendar
    assert "已经是默认日历" in keeper.get(url).content.decode()


@pytest.mark.django_db
def test_another_calendar_of_a_community_shows_what_it_moves_first(one_deadline: list) -> None:
    community, calendar = CommunityFactory(), WorkCalendarFactory(weekly=[[0, 540, 600]])
    client = signed_in(user_with("properties.change_community", "properties.view_community", communities=[community]))
    url = reverse("properties:community_update", args=[community.pk])
    data = {"node": community.node_id, "code": community.code, "name": community.name, "work_calendar": calendar.pk}
    first = client.post(url, data)
    assert "BX20270104-0001 完成时限" in first.content.decode()
    assert calendar_of(Community.objects.get(pk=community.pk)) == default_calendar()
    assert client.post(url, data | {"seen": first.context["form"].seen}).status_code == 302
    assert calendar_of(Community.objects.get(pk=community.pk)) == calendar


# --- import ---
def workbook(rows: list[list[Any]]) -> SimpleUploadedFile:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return SimpleUploadedFile("2027.xlsx", content.getvalue())


def test_a_pasted_notice_is_previewed_and_then_written(keeper: Client) -> None:
    calendar = WorkCalendarFactory()
    CalendarExceptionFactory(calendar=calendar, date="2026-03-08", name="妇女节")
    data = {"calendars": [calendar.pk, default_calendar().pk], "year": "2027", "text": NOTICE}
    preview = keeper.post(reverse("core:workcalendar_import"), data)
    assert (preview.context["new"], preview.context["changed"], preview.context["same"]) == (39, 0, 39)
    assert preview.context["stays"] == [date(2026, 3, 8)]
    assert calendar.exceptions.count() == 1
    done = keeper.post(reverse("core:workcalendar_import_confirm"), {"rows": preview.context["rows"]})
    assert done.url == reverse("core:workcalendar_list")
    assert calendar.exceptions.count() == 40
    # The other one had all of it already.
    assert LogEntry.objects.filter(action="core.workcalendar.imported").count() == 1


def test_an_uploaded_workbook_is_read_like_pasted_lines(keeper: Client) -> None:
    calendar = WorkCalendarFactory()
    rows = [
        ["日期*", "至", "类型*", "名称", "上班时间"],
        [date(2027, 1, 1), date(2027, 1, 3), "放假", "元旦", None],
        ["2027-01-04", None, "上班", "元旦", "09:00-12:00"],
    ]
    data = {"calendars": [calendar.pk], "year": "2027", "file": workbook(rows)}
    preview = keeper.post(reverse("core:workcalendar_import"), data)
    assert preview.context["new"] == 4
    done = keeper.post(reverse("core:workcalendar_import_confirm"), {"rows": preview.context["rows"]})
    assert done.url == f"{calendar.get_absolute_url()}?year=2027"
    assert calendar.exceptions.get(date=date(2027, 1, 4)).hours == [[540, 720]]


def test_the_template_can_be_filled_in_and_uploaded(keeper: Client) -> None:
    answer = keeper.get(reverse("core:workcalendar_template"))
    book, content = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))), io.BytesIO()  # type: ignore[attr-defined]
    sheet = book.worksheets[0]
    sheet.append([date(2027, 5, 1), None, "放假", "劳动节"])
    book.save(content)
    calendar = WorkCalendarFactory()
    upload = SimpleUploadedFile("模板.xlsx", content.getvalue())
    data = {"calendars": [calendar.pk], "year": "2027", "file": upload}
    assert keeper.post(reverse("core:workcalendar_import"), data).context["new"] == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "节假日另行通知"}, "text"),
        ({"text": "2027-01-01 放假", "file": "both"}, "file"),
        ({"text": "", "file": "broken"}, "file"),
        ({"text": "2027-01-01 放假", "calendars": []}, "calendars"),
    ],
)
def test_what_cannot_be_imported_is_told_beside_its_field(keeper: Client, values: dict, field: str) -> None:
    data = {"calendars": [default_calendar().pk], "year": "2027"} | values
    if data.get("file") == "both":
        data["file"] = workbook([["2027-01-01", "", "放假"]])
    if data.get("file") == "broken":
        data["file"] = SimpleUploadedFile("a.xlsx", b"%PDF-1.4")
    assert field in keeper.post(reverse("core:workcalendar_import"), data).context["form"].errors


def test_a_list_of_another_year_gives_itself_away(keeper: Client) -> None:
    data = {"calendars": [default_calendar().pk], "year": "2027", "text": "一、元旦：1月1日至3日放假。1月4日上班。"}
    preview = keeper.post(reverse("core:workcalendar_import"), data)
    assert preview.context["doubtful"] == [date(2027, 1, 4)]
    assert "请核对年份" in preview.content.decode()
    assert keeper.post(reverse("core:workcalendar_import"), data | {"year": "2026"}).context["doubtful"] == []


def test_lines_that_cannot_be_read_keep_everything_out(keeper: Client) -> None:
    data = {"calendars": [default_calendar().pk], "year": "2027", "text": "2027-01-01 放假\n2027-02-30 放假"}
    html = keeper.post(reverse("core:workcalendar_import"), data).content.decode()
    assert "没有 30 日" in html
    assert reverse("core:workcalendar_import_confirm") not in html


@pytest.mark.parametrize("rows", ["", "forged"])
def test_only_what_was_previewed_is_written(keeper: Client, rows: str) -> None:
    answer = keeper.post(reverse("core:workcalendar_import_confirm"), {"rows": rows})
    assert answer.status_code == 409
    assert not CalendarException.objects.filter(date__year=2027).exists()


def test_import_shows_what_it_moves(keeper: Client, one_deadline: list) -> None:
    calendar = WorkCalendarFactory()
    data = {"calendars": [calendar.pk], "year": "2027", "text": "2027-01-05 放假 盘点"}
    assert "2027-01-06 11:00" in keeper.post(reverse("core:workcalendar_import"), data).content.decode()


# --- the missing year ---
@pytest.mark.parametrize(("today", "told"), [("2026-10-31 12:00+08:00", False), ("2026-11-01 00:30+08:00", True)])
def test_the_missing_year_is_told_from_november_on(keeper: Client, today: str, told: bool) -> None:
    sentence = "2027 年节假日安排未导入"
    with time_machine.travel(today, tick=False):
        client = signed_in(user_with(VIEW, CHANGE, scope="all"))
        card = client.get(reverse("dashboard:card_calendars"), headers={"HX-Request": "true"}).context["figure"]
        listed = client.get(card.url)
        assert card.count == len(listed.context["table"]["rows"]) == int(told)
        for url in (reverse("core:workcalendar_list"), default_calendar().get_absolute_url()):
            assert (sentence in client.get(url).content.decode()) is told


def test_who_may_not_change_gets_no_buttons(db: None) -> None:
    html = signed_in(user_with(VIEW)).get(default_calendar().get_absolute_url()).content.decode()
    assert reverse("core:workcalendar_update", args=[default_calendar().pk]) not in html
    assert "/calendars/dates/" not in html
    assert "国庆节" in html


# --- communities ---
def test_a_community_works_by_the_default_calendar_until_it_names_one(db: None) -> None:
    community, own = CommunityFactory(), WorkCalendarFactory(weekly=NINE_TO_SIX[:1])
    assert calendar_of(community) == default_calendar()
    assert set(communities_under(default_calendar())) == {community}
    told = []

    def receive(sender: Any, *, community: Community, old: WorkCalendar, new: WorkCalendar, **_: Any) -> None:
        told.append((community.name, old, new))

    community_calendar_changed.connect(receive)
    try:
        change_community(community, by=user_with(), work_calendar=own)
        change_community(community, by=user_with(), remark="备注")
    finally:
        community_calendar_changed.disconnect(receive)
    assert told == [(community.name, default_calendar(), own)]
    assert LogEntry.objects.filter(action="properties.community.changed").earliest("pk").changes["work_calendar"] == [
        None,
        own.name,
    ]
    assert set(communities_under(own)) == {community}
    assert not communities_under(default_calendar()).exists()
    due = clock_of_community(community).add_working_time(at("2027-01-04 17:00"), 120)
    assert due == at("2027-01-04 17:00") + timedelta(days=6, hours=17)


def test_the_community_form_picks_its_calendar(db: None) -> None:
    community, own = CommunityFactory(), WorkCalendarFactory()
    rights = ("properties.view_community", "properties.change_community", VIEW)
    client = signed_in(user_with(*rights, communities=[community]))
    url = reverse("properties:community_update", args=[community.pk])
    assert "默认（标准工作日）" in client.get(url).content.decode()
    data = {"node": community.node_id, "code": community.code, "name": community.name, "work_calendar": own.pk}
    assert client.post(url, data).status_code == 302
    html = client.get(community.get_absolute_url()).content.decode()
    assert own.name in html and own.get_absolute_url() in html
