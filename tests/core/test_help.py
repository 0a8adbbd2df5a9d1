"""帮助: every topic has its page, for everybody who is signed in."""

import pytest
from django.test import Client
from django.urls import reverse

from core.help import TOPICS
from tests.factories.audit import user_with
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", [topic.code for topic in TOPICS])
def test_every_topic_opens(code: str) -> None:
    html = signed_in(user_with()).get(reverse("core:help_topic", args=[code])).content.decode()
    assert 'aria-current="page"' in html
    assert "<li>" in html


def test_unknown_topics_and_strangers_are_turned_away() -> None:
    assert signed_in(user_with()).get(reverse("core:help_topic", args=["none"])).status_code == 404
    assert Client().get(reverse("core:help")).status_code == 302


def test_the_import_page_leads_to_its_topic() -> None:
    html = signed_in(user_with("owners.import_owner")).get(reverse("owners:import_start")).content.decode()
    assert reverse("core:help_topic", args=["imports"]) in html
    assert "data-file-input" in html
