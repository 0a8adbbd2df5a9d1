"""A user of another community sees none of it by any address, search, export or attachment (R131, R139).

He holds every permission there is, in his own community only. The operation log and the list of staff are left out: they are the company's, by role.
"""

import io
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import Job, LogEntry, SavedView
from core.search import SearchText
from core.services.attachments import store, store_result
from core.services.jobs import enqueue
from owners.models import Owner, Tenure
from properties.models import Unit
from tests.architecture.walk import routes
from tests.factories.audit import all_permission_names, user_with
from tests.factories.owners import (
    ConsentFactory,
    ContactRecordFactory,
    CorrectionFactory,
    EmergencyContactFactory,
    FamilyMemberFactory,
    OwnerFactory,
    OwnerTagFactory,
    VehicleFactory,
)
from tests.factories.properties import BuildingFactory, PlaceFactory, TeamFactory, UnitFactory
from tests.owners.importing.conftest import HEAD, Desk
from tests.support.cases import make_community, signed_in

pytestmark = pytest.mark.django_db

ROUTES = tuple(routes())
NAME, PHONE, ID_NUMBER, PLATE = "慕容雪岚", "15400006620", "11010519491231002X", "苏A8K621"
# Whatever of the household could stand on a page, masked or not.
TRACES = (NAME, "慕*岚", "慕**岚", PHONE, "154****6620", ID_NUMBER, "110105********002X", PLATE, "7788", "77栋", "欧阳静雯",
          "询问古琴课", "房产证扫描.pdf", "云深业主.xlsx", "云深导出.xlsx", "北门岗亭", "夜班秩序组", "测试花园HIDDEN")  # fmt: skip
KEYS = (
    "77-2-7788",
    "77栋2单元7788",
    "7788",
    NAME,
    "雪岚",
    "murongxuelan",
    "mrxl",
    "6620",
    PHONE,
    ID_NUMBER,
    PLATE,
    "8K621",
)
# A number that was typed is named in its mask by the answer that it leads nowhere.
TYPED = ("154****6620", "110105********002X")
# The rows behind the first part of an address.
BEHIND = {
    "people": "owner", "households": "unit", "phones": "phone", "emergency": "emergency", "tags": "tag", "consents": "consent",
    "family": "family", "tenures": "tenure", "vehicles": "vehicle", "import": "batch", "jobs": "job", "communities": "community",
    "corrections": "correction",
    "buildings": "building", "units": "unit", "places": "place", "teams": "team",
}  # fmt: skip
# The company's own: people, posts, words, organisation, channels, working calendars; files, reveals and lists have their own tests below.
# Announcements, orders, complaints, conversations and what belongs to them: tests/architecture/test_foreign_rows.py; the owners'
# own pages and links: tests/portal, tests/workorders.
ELSEWHERE = {"channels", "calendars", "notices", "m", "n",
             "workorders", "outages", "report-codes", "r", "repairers", "rota", "board", "supervisions", "handovers", "callbacks", "w", "wc",
             "complaints", "enquiries", "opinions",
             "my", "suspensions", "materials", "prices", "repair-rules", "clock-rules",
             "users", "roles", "grants", "log", "account", "organisation", "dictionaries", "help", "inbox", "drafts", "lists", "files",
             "attachments", "reveal"}  # fmt: skip


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF", "application/pdf")


@pytest.fixture
def hidden(settings: Any, tmp_path: Any, db: None) -> SimpleNamespace:
    """One household of a community with everything that can hang on it: brought in by a file, half an import waiting."""
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.MEDIA_ROOT, settings.STORAGES = tmp_path, settings.STORAGES | {"default": place}
    community = make_community("HIDDEN")
    clerk = user_with(*all_permission_names(), communities=[community])
    desk = Desk(community, clerk)
    desk.bring([("77栋", "2", "7788", "高层", 89.5, NAME, "业主", PHONE, ID_NUMBER)], HEAD)
    batch = desk.check([("77栋", "2", "7799", "高层", 89.5, NAME, "业主", PHONE, ID_NUMBER)], HEAD)
    type(batch).objects.filter(pk=batch.pk).update(file_name="云深业主.xlsx")
    owner, unit = Owner.objects.get(), Unit.objects.get()
    job = enqueue("owners.export_estate", by=clerk, title="云深导出.xlsx", community_id=community.pk)
    (tmp_path / "result.xlsx").write_bytes(b"PK")
    result = store_result(job, tmp_path / "result.xlsx", "云深导出.xlsx", by=clerk, expires_at=None)
    return SimpleNamespace(
        community=community, clerk=clerk, owner=owner, unit=unit, building=unit.building, tenure=Tenure.objects.get(),
        phone=owner.phones.get(), emergency=EmergencyContactFactory(owner=owner, name="欧阳静雯"), tag=OwnerTagFactory(owner=owner),
        consent=ConsentFactory(owner=owner), family=FamilyMemberFactory(owner=owner, unit=unit, name="欧阳静雯"),
        vehicle=VehicleFactory(owner=owner, plate=PLATE, community=community), batch=batch, job=job,
        correction=CorrectionFactory(owner=owner, unit=unit), contact=ContactRecordFactory(unit=unit, owner=owner, content="询问古琴课"),
        place=PlaceFactory(community=community, name="北门岗亭"), team=TeamFactory(community=community, name="夜班秩序组"),
        files=[store(unit, pdf("房产证扫描.pdf"), by=clerk), store(owner, pdf("房产证扫描.pdf"), by=clerk), result],
    )  # fmt: skip


@pytest.fixture
def stranger(hidden: SimpleNamespace) -> Client:
    own = make_community("OPEN")
    neighbour = OwnerFactory(name="赵云", units=[UnitFactory(building=BuildingFactory(community=own))])
    VehicleFactory(owner=neighbour)
    return signed_in(user_with(*all_permission_names(), communities=[own]))


def traces(content: bytes | str) -> list[str]:
    text = content.decode() if isinstance(content, bytes) else content
    text = text.replace("<mark>", "").replace("</mark>", "")
    return [trace for trace in TRACES if trace in text]


def first_part(address: str) -> str:
    return address.strip("/").split("/")[0]


def test_no_address_of_its_rows_answers(hidden: SimpleNamespace, stranger: Client) -> None:
    clerk, tried, opened, unknown = signed_in(hidden.clerk), set(), {}, set()
    for route in ROUTES:
        part = first_part(reverse(route.name, kwargs=route.arguments))
        if set(route.arguments) != {"pk"} or part not in BEHIND:
            if route.arguments and part not in ELSEWHERE:
                unknown.add(route.name)
            continue
        address = reverse(route.name, args=[getattr(hidden, BEHIND[part]).pk])
        tried.add(part)
        for answer in (stranger.get(address), stranger.post(address, {"reason": "看看"})):
            if answer.status_code not in {404, 405}:
                opened[route.name] = answer.status_code
    assert opened == {}
    assert tried == BEHIND.keys()
    assert unknown == {"properties:unit_usage_undo"}  # named by the random id of its batch
    assert clerk.get(hidden.unit.get_absolute_url()).status_code == 200


def test_no_list_or_page_shows_or_counts_it(hidden: SimpleNamespace, stranger: Client) -> None:
    shown = {}
    for route in ROUTES:
        if route.arguments or route.name in {
            "audit:log_list",
            "audit:sign_in_log",
            "audit:user_list",
            "audit:sign_out",
            "portal:sign_in",  # the demo names its sample phones there
        }:
            continue
        answer = stranger.get(reverse(route.name))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if found := traces(content.decode(errors="ignore")):
            shown[route.name] = found
    assert shown == {}
    for name in (
        "owners:owner_list",
        "owners:tenure_list",
        "owners:vehicle_list",
        "properties:unit_list",
        "properties:building_list",
    ):
        table = stranger.get(reverse(name))
        assert len(table.context["table"]["rows"]) == 1 and table.context["page"]["total_text"] == "1", name


@pytest.mark.parametrize("key", KEYS)
def test_no_search_picker_or_filter_finds_it(hidden: SimpleNamespace, stranger: Client, key: str) -> None:
    private = SearchText(key).is_private
    answers = []
    if private:
        answers.append(stranger.post(reverse("core:search"), {"q": key}, headers={"HX-Request": "true"}))
        if key in (PHONE, ID_NUMBER):
            field = "phone" if key == PHONE else "id_number"
            listed = stranger.post(reverse("owners:owner_list"), {field: key}, follow=True)
            assert list(listed.context["table"]["rows"]) == []
    else:
        answers.append(stranger.get(reverse("core:search"), {"q": key}, headers={"HX-Request": "true"}))
        pickers = [route.name for route in ROUTES if route.name.endswith("_picker")]
        assert len(pickers) >= 5
        for name in pickers:
            assert stranger.get(reverse(name), {"q": key}).json()["results"] == [], name
        for name in ("owners:owner_list", "owners:tenure_list", "owners:vehicle_list", "properties:unit_list"):
            for field in ("q", "room", "name"):
                page = stranger.get(reverse(name), {field: key})
                assert hidden.owner.number not in page.content.decode()
                assert hidden.owner.get_absolute_url() not in page.content.decode()
    for answer in answers:
        assert [trace for trace in traces(answer.content) if trace not in key and trace not in TYPED] == []
        assert hidden.owner.get_absolute_url() not in answer.content.decode()
        assert hidden.unit.get_absolute_url() not in answer.content.decode()
    clerk = signed_in(hidden.clerk)
    ask = clerk.post if private else clerk.get
    assert (
        'data-total="0"' not in ask(reverse("core:search"), {"q": key}, headers={"HX-Request": "true"}).content.decode()
    )


def test_customer_number_and_caller_lead_nowhere(hidden: SimpleNamespace, stranger: Client) -> None:
    number = hidden.owner.number
    found = stranger.get(reverse("core:search"), {"q": number}, headers={"HX-Request": "true"}).content.decode()
    assert 'data-total="0"' in found
    for typed in (PHONE, PHONE[-4:]):
        answer = stranger.post(reverse("owners:lookup"), {"phone": typed})
        assert answer.status_code == 200 and NAME not in answer.content.decode()
        assert answer.context["found"].callers == []


LISTS = ("owners:owner_list", "owners:tenure_list", "owners:vehicle_list", "properties:unit_list", "properties:building_list",
         "properties:community_list", "properties:place_list", "properties:team_list")  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_no_export_holds_it(hidden: SimpleNamespace, stranger: Client, name: str) -> None:
    data = {"query": "", "reason": "核对", "plain": "1"}
    answer = stranger.post(reverse("core:list_export", args=[name]), data)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert traces(cells) == [] and len(cells) > 10


def test_no_estate_export_or_import_of_it(hidden: SimpleNamespace, stranger: Client) -> None:
    jobs, data = Job.objects.count(), {"community": hidden.community.pk, "reason": "核对", "plain": "1"}
    assert stranger.post(reverse("owners:estate_export"), data).status_code == 404
    upload = {"community": hidden.community.pk, "mode": "upsert", "file": pdf("a.xlsx")}
    assert stranger.post(reverse("owners:import_start"), upload).status_code == 404
    assert Job.objects.count() == jobs


def test_no_file_and_no_whole_number_opens(hidden: SimpleNamespace, stranger: Client) -> None:
    clerk, before = signed_in(hidden.clerk), LogEntry.objects.count()
    for file in hidden.files:
        assert stranger.get(file.get_absolute_url()).status_code == 404
        assert stranger.get(reverse("owners:attachment_remove", args=[file.uid])).status_code == 404
    reveals = [("owners.ownerphone", hidden.phone, "number"), ("owners.owner", hidden.owner, "id_number"),
               ("owners.emergencycontact", hidden.emergency, "phone"), ("owners.familymember", hidden.family, "phone")]  # fmt: skip
    for model, row, field in reveals:
        address = reverse("audit:reveal", args=[model, row.pk, field])
        assert stranger.get(address).status_code in {404, 405}
        assert stranger.post(address, {"reason": "call"}).status_code == 404
    assert LogEntry.objects.count() == before
    for file in hidden.files:
        assert clerk.get(file.get_absolute_url()).status_code == 200


def test_no_saved_view_of_its_clerk_leads_in(hidden: SimpleNamespace, stranger: Client) -> None:
    own = SavedView.objects.create(user=hidden.clerk, list_name="owners:owner_list", name="雪岚一家", query="q=mrxl")
    page = stranger.get(f"{reverse('owners:owner_list')}?q=mrxl&view={own.pk}")
    assert list(page.context["table"]["rows"]) == [] and "雪岚一家" not in page.content.decode()
    assert stranger.post(reverse("core:saved_view_delete", args=[own.pk])).status_code == 404
