"""Conversations on the workbench and in the menu: what waits in the reader's scope, and nothing else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.audit import user_with
from tests.factories.properties import UnitFactory
from tests.factories.talk import EnquiryFactory
from tests.support.cases import signed_in

BOX = {"HX-Request": "true"}


@pytest.mark.django_db
def test_card_and_count_say_how_many_questions_wait_here():
    unit = UnitFactory()
    EnquiryFactory(unit=unit)
    EnquiryFactory(unit=unit, due_at=timezone.now() - timedelta(minutes=1))
    EnquiryFactory(unit=unit, status="answered")
    EnquiryFactory()
    client = signed_in(user_with("complaints.view_enquiry", communities=[unit.community]))
    card = client.get(reverse("dashboard:card_enquiries"), headers=BOX).context["figure"]
    assert (card.count, card.note) == (2, "其中 1 个已超时")
    counts = client.get(reverse("dashboard:menu_counts"), headers=BOX).context["counts"]
    assert {count.place: count.number for count in counts} == {"count-complaints-enquiry_list": 2}
    shown = client.get(card.url)
    assert len(shown.context["table"]["rows"]) == 2
