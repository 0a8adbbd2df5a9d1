"""F2 on the workbench: taking a call, each as he may."""

import pytest
from django.urls import reverse

from tests.factories.audit import user_with
from tests.factories.properties import UnitFactory
from tests.factories.workorders import desk
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db


def pressed(user):
    actions = signed_in(user).get("/").context["quick_actions"]
    return [action.url for action in actions if action.hotkey == "F2"]


def test_whoever_may_take_orders_is_led_to_intake_with_the_number_first():
    person = desk(UnitFactory().community)
    assert pressed(person) == ["workorders:workorder_create"]
    page = signed_in(person).get(reverse("workorders:workorder_create")).content.decode()
    assert 'id="call-phone"' in page
    assert "autofocus" in page.partition('id="call-phone"')[2].partition(">")[0]


def test_the_others_look_up_whose_number_it_is():
    assert pressed(user_with("owners.view_owner")) == ["owners:lookup"]
    both = user_with("owners.view_owner", "workorders.add_workorder")
    assert pressed(both) == ["workorders:workorder_create"]
    assert pressed(user_with()) == []
