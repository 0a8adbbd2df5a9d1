"""Lines of the process log and entries of the operation log speak of one request by one name."""

from typing import Any

import pytest
import structlog
from django.urls import reverse
from django_structlog.signals import bind_extra_request_finished_metadata

from core import context
from tests.factories.audit import user_with
from tests.support.cases import signed_in


@pytest.mark.django_db
def test_a_request_is_named_as_in_the_operation_log_and_nobody_says_where_he_comes_from():
    said: list[tuple[dict[str, Any], context.RequestFacts]] = []

    def listen(**_signal: Any) -> None:
        said.append((structlog.contextvars.get_contextvars(), context.current()))

    bind_extra_request_finished_metadata.connect(listen)
    try:
        client = signed_in(user_with("properties.view_unit"))
        client.get(reverse("properties:unit_list"), headers={"X-Forwarded-For": "203.0.113.9"})
    finally:
        bind_extra_request_finished_metadata.disconnect(listen)
    line, facts = said[-1]
    assert facts.request_id
    assert (line["request_id"], line["ip"]) == (facts.request_id, "127.0.0.1")
