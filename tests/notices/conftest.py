from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.vendor import FakeMailServer, FakeVendor, running


@pytest.fixture
def outbound(settings: Any) -> None:
    """Loopback may be called, and nobody waits long."""
    settings.CHANNEL_HOSTS = ["127.0.0.1"]
    settings.CHANNEL_TIMEOUT_SECONDS = 0.4


@pytest.fixture
def vendor(outbound: None) -> Iterator[FakeVendor]:
    fake = FakeVendor()
    with running(fake.server):
        yield fake


@pytest.fixture
def mail_server(outbound: None) -> Iterator[FakeMailServer]:
    fake = FakeMailServer()
    with running(fake.server):
        yield fake
