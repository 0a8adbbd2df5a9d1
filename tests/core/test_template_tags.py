"""The template vocabulary: what every page says about figures, dates, states and links (UX 24, 28)."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, engines
from django.utils.translation import override

from core.templatetags import mulin

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).resolve().parents[2]


def render(source: str, query: str = "", **context: object) -> str:
    request = SimpleNamespace(GET=QueryDict(query), COOKIES={}, META={})
    template = engines["django"].from_string("{% load mulin %}" + source)
    return template.template.render(Context({"request": request, **context}))


class FilterForm(forms.Form):
    q = forms.CharField(required=False)
    use = forms.ChoiceField(label="使用状态", choices=[("", "---------"), ("1", "自住")], required=False)
    since = forms.CharField(label="建档日期", required=False)


# --- Figures ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234.5"), "1,234.50"),
        (0, "0.00"),
        ("751.805", "751.81"),
        (Decimal("-12"), "−12.00"),
        (Decimal("-0.001"), "0.00"),
        (None, "—"),
        ("", "—"),
        ("abc", "—"),
        (Decimal("NaN"), "—"),
        (True, "—"),
    ],
)
def test_money_has_two_decimals_and_thousands(value: object, text: str) -> None:
    assert mulin.money(value) == text


def test_area_and_number() -> None:
    assert mulin.area(Decimal("89.5")) == "89.50"
    assert mulin.number(1286) == "1,286"
    assert mulin.number(None) == "—"


@pytest.mark.parametrize("empty", [None, "", [], (), {}])
def test_dash_stands_for_nothing(empty: object) -> None:
    assert mulin.dash(empty) == "—"


def test_dash_leaves_zero_and_text_alone() -> None:
    assert mulin.dash(0) == 0
    assert mulin.dash("自住") == "自住"


# --- Time ------------------------------------------------------------------------------------------------------------
def test_moment_is_local_time() -> None:
    assert mulin.moment(dt.datetime(2026, 11, 22, 6, 5, tzinfo=dt.UTC)) == "2026-11-22 14:05"
    assert mulin.moment(dt.date(2026, 11, 22)) == "2026-11-22"
    assert mulin.moment(None) == "—"


def test_short_moment_drops_only_this_year() -> None:
    this_year = dt.datetime.now(tz=SHANGHAI).year
    assert mulin.moment_short(dt.datetime(this_year, 3, 4, 9, 8, tzinfo=SHANGHAI)) == "03-04 09:08"
    assert mulin.moment_short(dt.date(this_year, 3, 4)) == "03-04"
    assert mulin.moment_short(dt.datetime(2019, 3, 4, 9, 8, tzinfo=SHANGHAI)) == "2019-03-04"


def test_day_of_a_moment_is_the_local_day() -> None:
    assert mulin.day(dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)) == "2026-11-23"


def test_when_keeps_the_whole_moment_for_hover() -> None:
    html = mulin.when(dt.datetime(2019, 3, 4, 9, 8, tzinfo=SHANGHAI))
    assert html == '<time datetime="2019-03-04T09:08:00+08:00" title="2019-03-04 09:08">2019-03-04</time>'


# --- Marks -----------------------------------------------------------------------------------------------------------
def test_icon_is_decorative_unless_labelled() -> None:
    plain = render('{% icon "users" "ic-s" %}')
    assert 'class="ic ic-s"' in plain
    assert 'aria-hidden="true"' in plain
    assert "icons.svg#i-users" in plain
    assert 'role="img" aria-label="业主"' in render('{% icon "users" label="业主" %}')


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', (ROOT / "static/icons.svg").read_text()))
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())
    }
    assert used <= sprite
    assert sprite == set((ROOT / "static/icons.txt").read_text().split())


def test_status_says_the_word_and_escapes_it() -> None:
    assert render("{% status w 'orange' %}", w="待派单") == '<span class="st st-orange">待派单</span>'
    assert "&lt;b&gt;" in render("{% status w 'red' %}", w="<b>")
    assert "st st-orange st-hold" in render("{% status '待备件' 'orange' hold=True %}")
    assert 'class="st st-grey"' in render("{% status 'x' 'pink\"onclick' %}")
    assert render("{% status '' %}") == "—"


def test_tag_and_separator() -> None:
    assert render("{% tag '老人' 'care' %}") == '<span class="tag care">老人</span>'
    assert render("{% tag '' %}") == ""
    assert "·" not in render("{% sep %}")


# --- Links -----------------------------------------------------------------------------------------------------------
def test_qs_changes_adds_and_removes() -> None:
    assert render("{% qs page=2 %}", query="use=1&page=9") == "?use=1&amp;page=2"
    assert render("{% qs use=None %}", query="use=1") == "?"
    assert render("{% qs use=values %}", query="use=1", values=["1", "2"]) == "?use=1&amp;use=2"


def test_keep_query_carries_what_the_form_does_not_own() -> None:
    html = render(
        "{% keep_query form 'filter-form' %}",
        query="q=w&use=1&since_after=2026&sort=-name&page=3&after=x&count=exact",
        form=FilterForm(),
    )
    assert html == '<input type="hidden" name="sort" value="-name" form="filter-form">'


def test_keep_query_escapes() -> None:
    assert '"><script>' not in render("{% keep_query %}", query='sort="><script>')


@pytest.mark.parametrize(
    ("tags", "path"),
    [("undo:/u/1/", "/u/1/"), ("safe undo:/u/", "/u/"), ("undo://evil.example/", ""), ("undo:/\\evil", ""), ("", "")],
)
def test_undo_posts_only_to_this_site(tags: str, path: str) -> None:
    assert mulin.undo_url(SimpleNamespace(extra_tags=tags)) == path


# --- Forms -----------------------------------------------------------------------------------------------------------
def test_section_fields_skip_names_the_form_has_not() -> None:
    assert [field.name for field in mulin.section_fields(FilterForm(), ["use", "gone", "q"])] == ["use", "q"]


def test_inline_filter_says_what_it_filters() -> None:
    html = render("{% filter_control form.use True %}", form=FilterForm())
    assert ">使用状态：全部<" in html
    assert "form-select" in html
    assert ">全部<" in render("{% filter_control form.use %}", form=FilterForm())


@pytest.mark.parametrize(("inline", "shown"), [("True", ">姓名匹配：模糊<"), ("False", ">模糊<")])
def test_a_filter_that_filters_when_left_blank_says_how(inline: str, shown: str) -> None:
    class Matching(forms.Form):
        way = forms.ChoiceField(label="姓名匹配", choices=[("", "模糊"), ("exact", "精确")], required=False)

    assert shown in render(f"{{% filter_control form.way {inline} %}}", form=Matching())


def test_fields_with_errors_in_page_order() -> None:
    form = FilterForm({"use": "9"})
    form.add_error("q", "太长")
    assert [field.name for field in mulin.fields_with_errors(form)] == ["q", "use"]


@pytest.mark.parametrize(
    ("value", "css"), [(0, "w-0"), (61, "w-60"), (62.5, "w-65"), (100, "w-100"), (140, "w-100"), (None, "w-0")]
)
def test_bar_width_in_steps_of_five(value: object, css: str) -> None:
    assert mulin.bar_width(value) == css


def test_first_letter_for_the_round_picture() -> None:
    assert mulin.first_letter("王建国") == "王"
    assert mulin.first_letter("") == "?"


# --- The policy forbids inline script and style ----------------------------------------------------------------------
def test_templates_have_no_inline_script_style_or_handler() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|hx-on|javascript:", text), path
        assert "·" not in text, path


def test_pages_name_their_language_as_browsers_know_it():
    with override("zh-hans"):
        assert engines["django"].from_string("{% html_lang %}").render() == "zh-CN"
    with override("en"):
        assert engines["django"].from_string("{% html_lang %}").render() == "en"
    with override(None):
        assert engines["django"].from_string("{% html_lang %}").render() == "zh-CN"
