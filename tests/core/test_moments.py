"""Date-times as people type them, and the field of the pages that takes them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.errors import BadValue
from core.normalise import parse_moment_text
from core.web.forms import Form, MomentField

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 14:00", "20261123 1400", "2026/11/23 14:00", "2026.11.23 14:00:00", "2026年11月23日 14:00",
        "2026年11月23日14点", "11-23 14:00", "11月23日14时00分", "２０２６－１１－２３　１４：００", "2026-11-23T14:00",
        " 2026-11-23  14:00 ", "2026/1１/23 14：00",
    ],
)  # fmt: skip
def test_one_moment_typed_in_many_ways(text):
    assert parse_moment_text(text, TODAY) == datetime(2026, 11, 23, 14, 0)


def test_a_time_alone_is_today():
    assert parse_moment_text("9:05", TODAY) == datetime(2026, 11, 22, 9, 5)
    assert parse_moment_text("0905", TODAY) == datetime(2026, 11, 22, 9, 5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-11-23", "缺少时间"), ("2026-11-23 25:00", "没有 25:00 这个时间"), ("2026-11-31 10:00", "没有 31 日"),
        ("11/23/2026 10:00", "先后分不清"), ("明天 10:00", "不是日期"), ("20261123", "缺少时间"),
    ],
)  # fmt: skip
def test_what_nobody_can_read_is_refused_with_an_example(text, says):
    with pytest.raises(BadValue, match=says):
        parse_moment_text(text, TODAY)


class _Form(Form):
    at = MomentField()


def test_the_field_reads_the_time_of_the_office_and_shows_it_the_one_way():
    form = _Form({"at": "20261123 1400"}, user=None)
    assert form.is_valid()
    assert form.cleaned_data["at"] == datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    shown = str(_Form(user=None, initial={"at": timezone.localtime(form.cleaned_data["at"])})["at"])
    assert 'value="2026-11-23 14:00"' in shown and "data-moment" in shown and 'type="text"' in shown
    wrong = _Form({"at": "2026-11-23"}, user=None)
    assert not wrong.is_valid() and wrong.errors["at"] == ["缺少时间，写成 年-月-日 时:分，例如 2026-11-23 14:00"]
    assert 'value="2026-11-23"' in str(wrong["at"])
