"""The pages of 投诉统计 and what leaves them: permission, scope, queries, wrong questions, Excel, PDF, the words of a city."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.models import CityFormula
from complaints.seeds import seed_cities
from complaints.states import Clock, Kind
from core.models import DictItem, LogEntry
from tests.complaints.test_reports import case_in, clock, world
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import word
from tests.factories.properties import CommunityFactory
from tests.support.cases import assert_sent_to_sign_in, queries_of, signed_in

pytestmark = pytest.mark.django_db
REPORT, VIEW, EXPORT = "complaints.report_complaint", "complaints.view_complaint", "complaints.export_complaint"
FORMULA = "complaints.change_cityformula"
PAGES = ("report", "report_by", "report_cross")


@pytest.fixture
def community():
    return CommunityFactory(name="湖映花园", city="南京市")


@pytest.fixture
def reader(community):
    return user_with(REPORT, VIEW, communities=[community])


def this_year():
    return f"{timezone.localdate().year}"


def page(user, name="report", **query):
    return signed_in(user).get(reverse(f"complaints:{name}"), {"period": this_year()} | query)


class TestPages:
    @pytest.mark.parametrize("name", PAGES)
    def test_they_need_their_permission(self, community, name):
        assert_sent_to_sign_in(Client().get(reverse(f"complaints:{name}")))
        assert page(user_with(VIEW, communities=[community]), name).status_code == 403

    @pytest.mark.parametrize("name", PAGES)
    def test_queries_do_not_grow_with_the_cases(self, community, reader, name):
        client, url = signed_in(reader), f"{reverse(f'complaints:{name}')}?period={this_year()}&kind="
        for which in Clock:
            clock(case_in(community, kind=Kind.SUGGESTION), which, met=False)
        case_in(community, cause=word("complaint_cause", "skill"))
        queries_of(client, url)
        before = queries_of(client, url)
        world(community)
        assert queries_of(client, url) == before <= 25

    @pytest.mark.parametrize(
        ("name", "query"),
        [
            ("report", {"period": "2026-13"}), ("report", {"period": "range"}), ("report", {"period": "range", "start": "2026-02-01"}),
            ("report", {"period": "range", "start": "2026-02-01", "end": "2026-01-01"}),
            ("report", {"period": "range", "start": "2020-01-01", "end": "2026-01-01"}), ("report_by", {"by": "x"}),
            ("report_cross", {"by": "level", "across": "level"}), ("report_by", {"kind": "enquiry"}),
        ],
    )  # fmt: skip
    def test_a_wrong_question_is_told(self, reader, name, query):
        answer = page(reader, name, **query)
        assert (answer.status_code, answer.context["found"]) == (200, None)
        assert "form-err" in answer.content.decode()

    def test_one_dimension_may_be_the_one_the_cross_table_has_across(self, community, reader):
        """The level is what stands across unless somebody chooses otherwise; by itself it is a question like any other."""
        case_in(community)
        assert page(reader, "report_by", by="level").context["found"].whole.total == 1

    def test_any_days_may_be_asked_for(self, community, reader):
        today = timezone.localdate()
        case_in(community)
        answer = page(reader, period="range", start=f"{today:%Y%m%d}", end=today.isoformat())
        assert answer.context["found"].now.total == 1

    def test_where_nothing_is_nothing_is_said(self, reader):
        text = page(reader).content.decode()
        assert "这段时间没有登记投诉" in text
        assert "0.00" not in text and "100.00" not in text

    def test_who_sees_figures_in_fewer_places_than_cases_is_asked_for_one(self, community):
        other = CommunityFactory()
        case_in(community), case_in(other)
        user = user_with(REPORT, communities=[community])
        grant_to(user, VIEW, communities=[community, other])
        found = page(user).context["found"]
        assert (found.asked.community, found.now.total) == (community, 1)
        assert page(user, community=other.pk).context["found"] is None

    def test_a_long_table_says_what_it_leaves_off(self, community, reader):
        kind = DictItem.objects.of("complaint_topic").first().type
        for number in range(16):
            topic = DictItem.objects.create(type=kind, code=f"t{number}", name=f"事项{number}")
            case_in(community, topic=topic)
        answer = page(reader, "report_cross", by="level", across="topic")
        table = answer.context["table"]
        assert (len(table["columns"]), answer.context["found"].total) == (14, 16)
        text = answer.content.decode()
        assert "另有 2 列没有列出" in text and "0 行" not in text
        assert "导出的 Excel" not in text, "who may not export is not sent there"
        grant_to(reader, EXPORT, communities=[community])
        assert "导出的 Excel 列出全部" in page(reader, "report_cross", by="level", across="topic").content.decode()
        chart = json.loads(answer.context["chart"])
        assert [len(chart["series"]), chart["series"][-1]["label"]] == [6, "其他 11 列"]
        bars = [sum(values) for values in zip(*(row["values"] for row in chart["series"]), strict=True)]
        assert bars == [row.head.total for row in answer.context["found"].rows] == [16]

    def test_as_many_columns_as_colours_have_a_colour_each(self, community, reader):
        for topic in DictItem.objects.of("complaint_topic")[:6]:
            case_in(community, topic=topic)
        answer = page(reader, "report_cross", by="level", across="topic")
        chart = json.loads(answer.context["chart"])
        assert [row["label"] for row in chart["series"]] == [head.label for head in answer.context["found"].columns]


class TestExport:
    def post(self, user, page="report", form="xlsx", **query):
        asked = {"period": this_year(), "kind": "", "by": "category", "across": "level", "page": page, "form": form}
        return signed_in(user).post(reverse("complaints:report_export"), asked | query)

    @pytest.fixture
    def writer(self, community):
        return user_with(REPORT, VIEW, EXPORT, communities=[community])

    def sheets(self, answer):
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}

    def test_both_rights_are_needed(self, community):
        assert self.post(user_with(REPORT, VIEW, communities=[community])).status_code == 403
        assert self.post(user_with(EXPORT, VIEW, communities=[community])).status_code == 403
        assert not LogEntry.objects.filter(action="complaints.report.exported").exists()

    def test_figures_of_places_one_may_not_export_from_stay(self, community):
        """They are refused with a sentence, and the page offers no file of them."""
        other = CommunityFactory(name="湖滨苑")
        case_in(community), case_in(other)
        user = user_with(REPORT, VIEW, communities=[community, other])
        grant_to(user, EXPORT, communities=[community])
        for where, sentence in (("", "请先选择一个您可以导出的项目"), (other.pk, "湖滨苑不在您的导出范围内")):
            answer = self.post(user, community=where)
            assert (answer.status_code, sentence in answer.content.decode()) == (403, True)
            assert "导出 Excel" not in page(user, community=where).content.decode()
        assert not LogEntry.objects.filter(action="complaints.report.exported").exists()
        assert self.post(user, community=community.pk).status_code == 200
        assert "导出 Excel" in page(user, community=community.pk).content.decode()

    def test_who_exports_in_more_places_than_he_sees_is_not_asked_for_one(self, community):
        user = user_with(REPORT, VIEW, communities=[community])
        grant_to(user, EXPORT, communities=[community, CommunityFactory()])
        assert self.post(user).status_code == 200

    def test_the_overview_is_a_workbook_of_numbers(self, community, writer):
        world(community)
        sheets = self.sheets(self.post(writer))
        assert list(sheets) == [
            "主要指标",
            "十二个月走势",
            "责任归属占比",
            "根本原因 TOP10",
            "建议处理结论",
            "12345 三率",
        ]
        head, now = sheets["主要指标"][:2]
        found = dict(zip(head, now, strict=True))
        assert (found["件数"], found["其中投诉"], found["重复投诉率"]) == (7, 7, pytest.approx(0.1429))
        assert sheets["12345 三率"][1][:5] == ("响应率", 1, 1, 1, "已响应 ÷ 受理")
        entry = LogEntry.objects.get(action="complaints.report.exported")
        assert (entry.actor_id, entry.changes["what"], entry.changes["form"]) == (writer.pk, "投诉统计", "Excel")

    @pytest.mark.parametrize("seconds", [30, 36])
    def test_the_page_and_the_tables_round_a_stretch_of_time_alike(self, community, writer, seconds):
        """2时30分 on the page is 150 minutes in the workbook and on paper."""
        now = timezone.now()
        case_in(community, received_at=now - timedelta(minutes=149, seconds=seconds), first_answer_at=now)
        found = page(writer).context
        assert [row["value"] for row in found["figures"]].count("2时30分") == 1
        assert "九成在 2时30分 内" in [row["sub"] for row in found["figures"]]
        head, row = self.sheets(self.post(writer, kind="complaint"))["主要指标"][:2]
        told = dict(zip(head, row, strict=True))
        assert (told["首次回复中位数（分钟）"], told["首次回复九成（分钟）"]) == (150, 150)

    def test_one_dimension_holds_every_line_and_the_sum(self, community, writer):
        world(community)
        rows = self.sheets(self.post(writer, "report_by"))["按一级类别"]
        assert rows[0][:3] == ("一级类别", "件数", "占比")
        assert rows[-1][:3] == ("合计", 9, 1)
        assert sum(row[1] for row in rows[1:-1]) == 9

    def test_two_dimensions_hold_all_columns(self, community, writer):
        world(community)
        rows = next(iter(self.sheets(self.post(writer, "report_cross")).values()))
        assert rows[0][0] == "一级类别"
        assert rows[-1][-1] == 9
        assert sum(row[-1] for row in rows[1:-1]) == 9

    def test_no_name_is_a_formula(self, community, writer):
        topic = DictItem.objects.of("complaint_topic").first()
        topic.name = '=HYPERLINK("http://x","y")'
        topic.save()
        case_in(community, topic=topic)
        answer = self.post(writer, "report_by", by="topic")
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        assert (sheet["A2"].value, sheet["A2"].data_type) == (topic.name, "s")

    @pytest.mark.parametrize("name", PAGES)
    def test_each_table_goes_on_paper(self, community, writer, name):
        world(community)
        answer = self.post(writer, name, form="pdf")
        content = b"".join(answer.streaming_content)
        assert (answer["Content-Type"], content[:5]) == ("application/pdf", b"%PDF-")
        assert b"NotoSansSC" in content, "the characters come with the document"
        assert LogEntry.objects.get(action="complaints.report.exported").changes["form"] == "PDF"

    def test_names_are_text_on_paper_too(self, community, writer):
        """What people write is never read as markup."""
        topic = DictItem.objects.of("complaint_topic").first()
        topic.name = '#panic("x") $ ] *'
        topic.save()
        case_in(community, topic=topic)
        assert self.post(writer, "report_by", form="pdf", by="topic").status_code == 200

    def test_a_wrong_question_leaves_nothing(self, writer):
        assert self.post(writer, period="x").status_code == 403


class TestFormula:
    def test_the_words_of_the_city_stand_beside_its_rates(self, community):
        boss = user_with(REPORT, VIEW, FORMULA, communities=[community])
        world(community)
        url = reverse("complaints:report_formula", args=[community.pk])
        answer = signed_in(boss).post(
            url, {"responded": "按时联系诉求人的件数 ÷ 派单件数", "basis": "宁政热〔2026〕3号"}
        )
        assert answer.url == f"{reverse('complaints:report')}?community={community.pk}"
        assert CityFormula.objects.filter(city="南京市").exists()
        text = page(boss, community=community.pk).content.decode()
        assert "按时联系诉求人的件数 ÷ 派单件数" in text and "宁政热〔2026〕3号" in text
        assert "已解决 ÷ 应解决" in text, "what nobody has written down has the plain definition"
        signed_in(boss).post(url, {"responded": "改过的口径"})
        assert CityFormula.objects.get(city="南京市").responded == "改过的口径"
        assert LogEntry.objects.filter(action="complaints.cityformula.changed").count() == 2

    def test_beijings_spans_are_there_and_can_be_changed(self):
        beijing = CommunityFactory(city="北京市")
        boss = user_with(REPORT, VIEW, FORMULA, communities=[beijing])
        url = reverse("complaints:report_formula", args=[beijing.pk])
        client, names = signed_in(boss), ("urgent_hours", "utility_hours", "plain_days", "complex_days")
        form = client.get(url).context["form"]
        assert [form[name].value() for name in names] == [2, 24, 7, 15]
        assert "urgent_hours" in client.post(url, {"urgent_hours": "0"}).context["form"].errors
        client.post(url, {"urgent_hours": "4", "utility_hours": "24", "plain_days": "7"})
        row = CityFormula.objects.get(city="北京市")
        assert [getattr(row, name) for name in names] == [4, 24, 7, None]
        entry = LogEntry.objects.get(action="complaints.cityformula.changed")
        assert (entry.changes["urgent_hours"], entry.changes["complex_days"]) == ([2, 4], [15, None])
        seed_cities()
        row.refresh_from_db()
        assert row.urgent_hours == 4, "what people have changed stays"
        world(beijing)
        assert "北京市口径" not in page(boss, community=beijing.pk).content.decode(), "nobody has worded its rates"

    def test_a_community_without_a_city_says_so(self):
        nowhere = CommunityFactory()
        boss = user_with(FORMULA, communities=[nowhere])
        answer = signed_in(boss).post(reverse("complaints:report_formula", args=[nowhere.pk]), {"responded": "x"})
        assert "没有填写城市" in answer.content.decode()
        assert not CityFormula.objects.exclude(city="北京市").exists()

    def test_of_two_cities_none_speaks_for_all(self, community):
        other = CommunityFactory(city="苏州市")
        CityFormula.objects.create(city="南京市", responded="南京口径")
        reader = user_with(REPORT, VIEW, communities=[community, other])
        world(community)
        assert "南京口径" not in page(reader).content.decode()
        assert "南京口径" in page(reader, community=community.pk).content.decode()


class TestByLevel:
    def test_a_dimension_that_would_stand_across_opens_alone(self, community, reader):
        """What this page does not ask cannot be wrong on it."""
        case_in(community)
        for by in ("level", "category"):
            shown = page(reader, "report_by", by=by, across=by)
            assert shown.context["form"].errors == {} and shown.context["found"].whole.total == 1
        assert "across" in page(reader, "report_cross", by="level", across="level").context["form"].errors
