"""What a form does to texts: words stay as written, codes and names become comparable."""

import pytest
from django import forms

from core.web.forms import Form

SENTENCE = "漏水，已报修（１楼）：请尽快！"


class Sample(Form):
    free_text = ("title",)
    codes = ("email",)
    number = forms.CharField(max_length=20, required=False)
    name = forms.CharField(max_length=60, required=False)
    title = forms.CharField(max_length=50, required=False)
    reason = forms.CharField(max_length=200, required=False)
    email = forms.CharField(max_length=100, required=False)
    note = forms.CharField(max_length=50, required=False, widget=forms.Textarea)


def cleaned(**values):
    form = Sample(values, user=None)
    assert form.is_valid(), form.errors
    return form.cleaned_data


@pytest.mark.parametrize("field", ["title", "reason", "note"])
def test_free_text_keeps_its_punctuation_and_loses_what_nobody_sees(field):
    assert cleaned(**{field: f" {SENTENCE}\u200b "})[field] == SENTENCE


@pytest.mark.parametrize("field", ["number", "name", "email"])
def test_codes_numbers_and_names_are_brought_to_half_width(field):
    assert cleaned(**{field: " Ａ－１２，３ "})[field] == "A-12,3"


def test_only_a_box_of_several_lines_keeps_its_lines():
    assert cleaned(note="第一行，\r\n第二行。")["note"] == "第一行，\n第二行。"
    assert cleaned(reason="第一行，\r\n第二行。")["reason"] == "第一行， 第二行。"


@pytest.mark.parametrize("field", ["number", "reason", "note"])
def test_control_characters_are_refused_beside_their_field(field):
    form = Sample({field: "漏水\x07"}, user=None)
    assert not form.is_valid()
    assert list(form.errors) == [field]
