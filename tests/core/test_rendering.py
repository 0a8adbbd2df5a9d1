"""What is drawn without templates looks as if drawn with them, and knows nobody."""

import re

import django_filters
import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from core.web.rendering import LeanRenderer, LeanSelect
from core.web.tables import Cell, Row

NASTY = "\"><script>'&"
CHOICES = [("", "全部"), ("a", NASTY), (NASTY, "b"), ("组", [("c", "C"), ("d", "D")])]
WIDGETS = [
    (forms.TextInput(attrs={"title": NASTY, "required": True, "disabled": False}), NASTY),
    (forms.TextInput(), None),
    (forms.NumberInput(attrs={"min": 0}), 7),
    (forms.EmailInput(), "a@b.cn"),
    (forms.HiddenInput(), "x"),
    (forms.PasswordInput(), "x"),
    (forms.DateInput(), "2026-11-22"),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), None),
    (forms.Select(choices=CHOICES, attrs={"class": "form-select"}), "a"),
    (forms.SelectMultiple(choices=CHOICES), ["a", "d"]),
    (forms.NullBooleanSelect(), True),
    (forms.Textarea(), NASTY),
    (forms.SplitDateTimeWidget(), None),
    (django_filters.widgets.RangeWidget(attrs={"inputmode": "decimal"}), slice("1", NASTY)),
    (django_filters.widgets.DateRangeWidget(), None),
]


@pytest.mark.parametrize(("widget", "value"), WIDGETS, ids=lambda one: type(one).__name__)
def test_controls_are_those_of_django_but_for_empty_lines(widget, value):
    drawn = widget.render("name", value, {"id": "id_name"}, renderer=LeanRenderer())
    wanted = widget.render("name", value, {"id": "id_name"}, renderer=TemplatesSetting())
    assert re.sub(r"\n+", "\n", drawn) == re.sub(r"\n+", "\n", wanted)


@pytest.mark.parametrize("value", ["", "a", None, NASTY, "nothing"])
def test_a_select_of_many_choices_is_that_of_django(value):
    plain = CHOICES[:3]
    drawn = LeanSelect(choices=plain).render("name", value, {"id": "x", "title": NASTY})
    assert drawn == forms.Select(choices=plain).render("name", value, {"id": "x", "title": NASTY})


def test_frozen_parts_see_neither_reader_nor_page():
    template = Template("{% frozen %}[{{ secret }}{{ request.path }}{{ user }}]{% endfrozen %}{{ secret }}")
    request = RequestFactory().get("/somewhere/")
    assert template.render(RequestContext(request, {"secret": "mine"})) == "[]mine"
    assert template.render(Context({"secret": "yours"})) == "[]yours"


def test_cells_are_escaped_unless_a_column_made_them():
    rows = [Row(NASTY, "/a/?b=1&c=2", "is-stopped", [Cell(NASTY, "nw"), Cell("—", "")])]
    html = Template("{% table_rows rows True %}").render(Context({"rows": rows}))
    assert "<script>" not in html
    assert '<tr class="is-stopped" data-row-url="/a/?b=1&amp;c=2">' in html
    assert 'aria-label="选择第 1 行"' in html
    assert html.count("<td") == 3
