"""Addresses of the lists behind figures: however they are put together, they say what was asked."""

import pytest
from django.http import QueryDict

from core.addresses import list_address, narrowed

NAME = "complaints:complaint_list"
QUERY = {"group": "all", "kind": "complaint", "blank": ["team", "cause"]}


@pytest.mark.parametrize(
    "more", [{}, {"late": "1"}, {"kind": "praise"}, {"kind": "praise", "answer": "none", "q": "漏 水&"}]
)
def test_narrowed_is_the_list_asked_for_both(more):
    found = narrowed(NAME, QUERY, list_address(NAME, QUERY), more)
    assert found == list_address(NAME, QUERY | more)
    assert QueryDict(found.partition("?")[2]).getlist("blank") == ["team", "cause"]
