"""Draws what the benchmark of complaints asks for from the cases themselves, so that every request meets real rows."""

import random
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from tests.bench.pages import Asked

LIST, ENQUIRIES = "complaints:complaint_list", "complaints:enquiry_list"
CALLS, OPINIONS = "owners:callback_list", "complaints:opinion_list"
DRAWS = 20


def asked(name: str, *args: object, **query: object) -> Asked:
    path = reverse(name, args=args)
    return Asked(f"{path}?{urlencode(query)}" if query else path)


class Draw:
    """`here` are cases of one community of more than middling size, `any` of all."""

    def __init__(self, code: str) -> None:
        from complaints.models import Complaint
        from owners.models import ContactRecord
        from properties.models import Community

        self.random = random.Random(7)
        self.cases = Complaint.objects
        self.total, self.open = self.cases.count(), self.cases.open().count()
        self.contacts = ContactRecord.objects.count()
        self.community = Community.objects.get(code=code)
        self.here = self._some(self.cases.filter(community=self.community))
        self.any = self._some(self.cases.filter(pk__gt=self.total * 0.5))

    def _some(self, rows: Any) -> list:
        """Rows from all times: those of the last months are the ones people ask for, so half of them are."""
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        recent = keys[-len(keys) // 8 :]
        chosen = self.random.sample(recent, DRAWS // 2) + self.random.sample(keys, DRAWS // 2)
        found = self.cases.filter(pk__in=chosen).select_related("unit__building", "place", "city", "owner")
        return list(found)

    # --- the list of cases -------------------------------------------------------------------------------------------------
    def lists(self, rows: list) -> dict[str, list[Asked]]:
        from complaints.queries.groups import GROUPS

        return {"as it opens": [asked(LIST)]} | {f"tab {name}": [asked(LIST, group=name)] for name, _label in GROUPS}

    def filters(self, rows: list) -> dict[str, list[Asked]]:
        """Everything the bar and the panel offer, and what the figures of the report lead to."""
        from complaints.filters.cases import CITY
        from complaints.queries.reports.dimensions import BLANKS
        from complaints.states import Clock, Ending, Kind, Level, Outcome, Responsibility, Source, Status

        fixed: dict[str, list] = {
            "level": list(Level), "kind": list(Kind), "status": list(Status), "source": list(Source),
            "responsibility": list(Responsibility), "outcome": list(Outcome), "ending": list(Ending),
            "answer": ["none", "first", "done"], "approval": ["mine", "pending"], "improvement": ["open", "over", "done"],
            "kept": list(Clock), "missed": list(Clock), "decided": list(Clock), "voice": ["content", "unhappy", "any"],
            "city": [value for value, _label in CITY], "supervised": ["open", "late", "any"], "partner": ["waiting", "over"],
            "blank": list(BLANKS),
        }  # fmt: skip
        fixed |= {name: ["1", "0"] for name in ("late", "repeated", "grouped", "confidential", "anonymous", "redone")}
        own = {
            name: f"{name}_id"
            for name in ("category", "topic", "handler", "team", "building", "unit", "place", "cause")
        }
        own |= {"matter": "group_id", "community": "community_id"}
        found = {name: [asked(LIST, **{name: value}) for value in values] for name, values in fixed.items()}
        for name, column in own.items():
            values = {getattr(row, column) for row in self._filled(column, rows)} - {None}
            found[name] = [asked(LIST, **{name: value}) for value in sorted(values)]
        for name in ("received_at", "closed_at"):
            found[name] = [
                asked(LIST, **{f"{name}_after": f"2026-{m:02}-01", f"{name}_before": f"2026-{m:02}-20"})
                for m in (3, 7, 10)
            ]
        found["level and state"] = [asked(LIST, level="major", status=status) for status in ("closed", "working")]
        return found | self._phones(rows)

    def _filled(self, column: str, rows: list) -> list:
        """Few cases stand in a public place or in a group: some of those."""
        if any(getattr(row, column) for row in rows):
            return rows
        there = self.cases.filter(**{f"{column}__isnull": False})
        if {row.community_id for row in rows} == {self.community.pk}:
            there = there.filter(community=self.community)
        return list(there.order_by("-pk")[:DRAWS])

    def _phones(self, rows: list) -> dict[str, list[Asked]]:
        from complaints.filters import ComplaintFilter
        from owners.models import OwnerPhone

        filter_ = ComplaintFilter.base_filters["phone"]
        owners = [row.owner_id for row in rows if row.owner_id]
        numbers = [row.number for row in OwnerPhone.objects.filter(owner__in=owners).order_by("pk")[:DRAWS]]
        return {
            "phone": [asked(LIST, phone=filter_.token(number)) for number in numbers],
            "last four of a phone": [asked(LIST, phone=filter_.token(number[-4:])) for number in numbers],
        }

    def searches(self, rows: list) -> dict[str, list[Asked]]:
        flats = [row for row in rows if row.unit_id]
        named = [row for row in flats if row.complainant]
        texts = {
            "number": [row.number for row in rows],
            "number of the day": [row.number[:10] for row in rows],
            "number of the city": [row.city.external_number for row in rows if hasattr(row, "city")],
            "room": [
                "-".join(filter(None, (row.unit.building.number, row.unit.entrance, row.unit.number))) for row in flats
            ],
            "name": [row.complainant for row in named],
            "surname": [row.complainant[0] for row in named],
            "word": ["漏水", "电锤", "发票", "电梯", "门禁", "越来越", "装修", "发霉起皮"],
            "word nobody said": ["飞碟", "恐龙", "极光"],
        }
        return {name: [asked(LIST, q=text) for text in found] for name, found in texts.items()}

    # --- other pages -------------------------------------------------------------------------------------------------------
    def pages(self) -> dict[str, tuple[list[Asked], int]]:
        """name -> (requests, target in ms)."""
        flats = [row for row in self.here if row.unit_id]
        units, people = [row.unit_id for row in flats], [row.owner_id for row in flats if row.owner_id]
        loud = self._loudest()
        return {
            "page of a case": ([Asked(row.get_absolute_url()) for row in self.here], 150),
            "household tab": ([asked("complaints:unit_cases", pk) for pk in units], 100),
            "person's tab": ([asked("complaints:owner_cases", pk) for pk in people], 100),
            "household file": ([asked("owners:unit_file", pk) for pk in units], 150),
            "household timeline": ([asked("owners:unit_timeline", pk) for pk in units], 100),
            "household timeline, next page": ([asked("owners:unit_timeline", pk, period="all", offset=20) for pk in units], 100),
            "timeline of the loudest households": ([asked("owners:unit_timeline", pk, period="all") for pk in loud], 100),
            "… 200 lines back": ([asked("owners:unit_timeline", pk, period="all", offset=200) for pk in loud], 100),
            "… contacts only": ([asked("owners:unit_timeline", pk, period="all", kind="contact") for pk in loud], 100),
            "person's timeline": ([asked("owners:owner_timeline", pk) for pk in people], 100),
            "contacts of a household": ([asked("owners:unit_contacts", pk, period="all") for pk in units], 100),
            "contacts of the loudest": ([asked("owners:unit_contacts", pk, period="all") for pk in loud], 100),
            "intake": ([asked("complaints:complaint_create")], 150),
            "intake, the household chosen": ([asked("complaints:complaint_create", unit=pk) for pk in units], 150),
            "dialog of assigning": ([asked("complaints:complaint_assign", pk) for pk in self._open("routing", 20)], 150),
        }  # fmt: skip

    def _loudest(self) -> list[int]:
        from django.db.models import Count

        from owners.models import ContactRecord

        rows = (
            ContactRecord.objects.filter(community=self.community)
            .order_by()
            .values_list("unit")
            .annotate(n=Count("pk"))
        )
        return [pk for pk, _n in rows.order_by("-n")[:5]]

    def others(self) -> dict[str, list[Asked]]:
        """Lists beside that of the cases; asked by the desk and by whoever sees all."""
        from complaints.models import Enquiry
        from complaints.queries.enquiries import GROUPS

        said = list(
            Enquiry.objects.filter(community=self.community).select_related("unit__building").order_by("-pk")[:DRAWS]
        )
        rooms = ["-".join(filter(None, (u.building.number, u.entrance, u.number))) for u in (row.unit for row in said)]
        found = {"enquiries": [asked(ENQUIRIES)]}
        found |= {f"enquiries, tab {name}": [asked(ENQUIRIES, group=name)] for name, _label in GROUPS}
        found |= {
            "enquiries by topic": [asked(ENQUIRIES, topic=row.topic_id) for row in said],
            "enquiries unread": [asked(ENQUIRIES, unread="1")],
            "enquiries late": [asked(ENQUIRIES, late="1")],
            "enquiries of days": [asked(ENQUIRIES, opened_at_after="2026-07-01", opened_at_before="2026-07-20")],
            "enquiries, search: number": [asked(ENQUIRIES, q=row.number) for row in said],
            "enquiries, search: word": [asked(ENQUIRIES, q=word) for word in ("门禁卡", "押金", "发票", "居住证明")],
            "enquiries, search: word nobody said": [asked(ENQUIRIES, q=word) for word in ("飞碟", "恐龙")],
            "enquiries, search: room": [asked(ENQUIRIES, q=text) for text in rooms],
            "page of an enquiry": [Asked(row.get_absolute_url()) for row in said],
            "call-backs": [asked(CALLS)],
            "call-backs to be made now": [asked(CALLS, group="now")],
            "call-backs, unsatisfied": [asked(CALLS, status="unsatisfied")],
            "call-backs, all": [asked(CALLS, group="all")],
            "call-backs of days": [
                asked(CALLS, group="all", closed_at_after=f"2026-{m:02}-01", closed_at_before=f"2026-{m:02}-20") for m in (3, 7, 10)
            ],
            "call-backs by caller": [asked(CALLS, group="all", caller=pk) for pk in self._callers()],
            "call-backs, search": [asked(CALLS, q=word) for word in ("噪音", "电梯", "飞碟")],
            "opinions": [asked(OPINIONS)],
            "opinions, open": [asked(OPINIONS, status="open")],
            "opinions, search": [asked(OPINIONS, q=word) for word in ("电梯", "维权", "飞碟")],
        }  # fmt: skip
        return found

    def _callers(self) -> list[int]:
        from owners.models import CallBackTask

        rows = CallBackTask.objects.filter(community=self.community, closed_by__isnull=False).order_by()
        return sorted(rows.values_list("closed_by", flat=True).distinct())[:DRAWS]

    def reports(self, community: int | str = "") -> dict[str, list[Asked]]:
        """The year that runs and a month of it: overview, one dimension, two."""
        from complaints.queries.reports.dimensions import DIMENSIONS

        found = {}
        for period, name in (("2026", "a year"), ("2026-10", "a month")):
            asks = {"period": period, "community": community, "kind": "complaint"}
            found[f"report of {name}"] = [asked("complaints:report", **asks)]
            found[f"report of {name} by class and level"] = [
                asked("complaints:report_cross", **asks, by="category", across="level")
            ]
            for row in DIMENSIONS:
                found[f"report of {name} by {row.code}"] = [asked("complaints:report_by", **asks, by=row.code)]
        return found

    def counted(self) -> dict[str, list[Asked]]:
        pages = self.pages()
        return {
            "list of complaints": [asked(LIST)], "list of enquiries": [asked(ENQUIRIES)], "list of call-backs": [asked(CALLS)],
            "page of a case": pages["page of a case"][0], "household file": pages["household file"][0],
            "intake": pages["intake, the household chosen"][0],
        }  # fmt: skip

    # --- what is written ---------------------------------------------------------------------------------------------------
    def calls(self, count: int) -> list[Asked]:
        flats = [row for row in self.here if row.unit_id and row.owner_id]
        path = reverse("complaints:complaint_create")
        chosen = [flats[at % len(flats)] for at in range(count)]
        return [
            Asked(path, urlencode({
                "unit": row.unit_id, "owner": row.owner_id, "kind": "complaint", "topic": row.topic_id, "source": "phone",
                "facts": f"楼上装修打孔，午休时间也不停 {at}",
            })) for at, row in enumerate(chosen)
        ]  # fmt: skip

    def answers(self, count: int) -> list[Asked]:
        body = urlencode({"way": "phone", "text": "已处理完毕，请您查看"})
        keys = self._open("answering", count)
        return [Asked(reverse("complaints:complaint_answer", args=[pk]), body) for pk in keys]

    def assignments(self, count: int) -> list[Asked]:
        from complaints.queries.people import may_work_at

        rows = self.cases.filter(pk__in=self._open("routing", count, everywhere=True))
        people = {pk: may_work_at(pk).order_by("pk").first().pk for pk in {row.community_id for row in rows}}
        return [
            Asked(
                reverse("complaints:complaint_assign", args=[row.pk]), urlencode({"handler": people[row.community_id]})
            )
            for row in rows
        ]

    def _open(self, status: str, count: int, everywhere: bool = False) -> list[int]:
        rows = self.cases.filter(status=status, level="normal", anonymous=False)
        if status == "routing" and not everywhere:
            rows = rows.filter(community=self.community)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:count])
