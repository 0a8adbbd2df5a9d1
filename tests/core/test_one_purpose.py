"""Pages behind a personal link: one purpose, one object, never used up by looking (SECURITY 9.*)."""

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import SYSTEM
from core.logging import JsonFormatter
from core.models import LogEntry, SignedLink
from core.services import links
from owners.models import Consent, Owner
from owners.services.consents import OPT_OUT
from tests.factories.owners import ConsentFactory, OwnerFactory, word
from tests.factories.properties import UnitFactory

pytestmark = pytest.mark.django_db
OVER = "链接已失效"


@pytest.fixture
def owner(db: None) -> Owner:
    """Somebody who gets offers, without any session."""
    row = OwnerFactory(name="王建国", phones=["13800138000"], units=[UnitFactory()])
    ConsentFactory(owner=row, purpose=word("consent_purpose", "marketing"))
    Owner.objects.filter(pk=row.pk).update(marketing_consent=True)
    row.refresh_from_db()
    return row


@pytest.fixture
def token(owner: Owner) -> str:
    return links.create(owner, OPT_OUT, by=SYSTEM, valid=timedelta(days=30))


def url(token: str) -> str:
    return reverse("portal:opt_out", args=[token])


def test_a_link_works_without_signing_in_and_looking_never_uses_it_up(owner: Owner, token: str) -> None:
    client = Client()
    for _preview in range(5):
        response = client.get(url(token))
        assert (response.status_code, "不再接收营销信息" in response.content.decode()) == (200, True)
    assert client.head(url(token)).status_code == 200
    owner.refresh_from_db()
    assert (owner.marketing_consent, LogEntry.objects.count(), SignedLink.objects.get().used_at) == (True, 0, None)
    assert "已退订" in client.post(url(token)).content.decode()
    owner.refresh_from_db()
    assert owner.marketing_consent is False
    assert Consent.objects.get().withdrawn_at is not None
    entry = LogEntry.objects.get()
    assert (entry.actor_type, entry.actor_id, entry.action) == ("owner", owner.pk, "owners.consent.withdrawn")
    assert "已退订" in client.post(url(token)).content.decode(), "pressed twice, done once"
    assert LogEntry.objects.count() == 1


def test_the_page_tells_nobody_whose_it_is(token: str) -> None:
    page = Client().get(url(token)).content.decode()
    assert [word_ for word_ in ("王", "13800138000", "138****8000") if word_ in page] == []


def _expired(token: str, owner: Owner) -> str:
    SignedLink.objects.update(expires_at=F("created_at") - timedelta(seconds=1))
    return token


def _revoked(token: str, owner: Owner) -> str:
    links.revoke(owner, OPT_OUT)
    return token


def _other_purpose(token: str, owner: Owner) -> str:
    return links.create(owner, "owners.read_notice", by=SYSTEM, valid=timedelta(days=1))


def _other_kind(token: str, owner: Owner) -> str:
    """A link of the right purpose on something that is no owner, though its number is one's."""
    made = links.create(owner.tenures.get().unit, OPT_OUT, by=SYSTEM, valid=timedelta(days=1))
    SignedLink.objects.filter(source_type="properties.unit").update(source_id=owner.pk)
    return made


def _object_gone(token: str, owner: Owner) -> str:
    SignedLink.objects.update(source_id=0)
    return token


def _cut_off(token: str, owner: Owner) -> str:
    return token[:-3]


def _invented(token: str, owner: Owner) -> str:
    return "A" * 43


@pytest.mark.parametrize("spoil", [_expired, _revoked, _other_purpose, _other_kind, _object_gone, _cut_off, _invented])
def test_a_link_that_is_not_right_opens_nothing_and_says_no_more(spoil: Any, owner: Owner, token: str) -> None:
    address = url(spoil(token, owner))
    seen = [getattr(Client(), method)(address) for method in ("get", "post")]
    assert [response.status_code for response in seen] == [404, 404]
    strange = Client().get(url("B" * 43)).content
    assert (OVER in strange.decode(), {response.content for response in seen}) == (True, {strange})
    owner.refresh_from_db()
    assert (owner.marketing_consent, LogEntry.objects.count()) == (True, 0)


@pytest.mark.parametrize("right", [True, False])
def test_the_address_is_a_key_and_travels_nowhere(right: bool, token: str) -> None:
    headers = Client().get(url(token if right else "x")).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_what_a_page_does_not_offer_is_refused_with_the_same_care(token: str) -> None:
    response = Client().put(url(token))
    assert (response.status_code, response.headers["Referrer-Policy"]) == (405, "same-origin")


def test_a_link_is_no_session(owner: Owner, token: str) -> None:
    client = Client()
    client.get(url(token))
    client.post(url(token))
    assert client.get(reverse("portal:home")).status_code == 302


def test_only_the_digest_is_kept(token: str) -> None:
    assert token not in str(SignedLink.objects.values().get())
    assert len(bytes(SignedLink.objects.get().token_hash)) == 32


def test_a_link_ends_when_its_time_is_over(owner: Owner) -> None:
    made = links.create(owner, OPT_OUT, by=SYSTEM, valid=timedelta(seconds=-1))
    assert SignedLink.objects.get().expires_at < timezone.now()
    assert OVER in Client().get(url(made)).content.decode()


def test_no_log_line_holds_a_token(token: str) -> None:
    """A refused form and a missing page are logged with their address; the address is the key."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        Client(enforce_csrf_checks=True).post(url(token))
        Client().put(url(token))
        Client().get(f"/m/nothing/{token}/")
    finally:
        root.removeHandler(handler)
    written = stream.getvalue()
    assert ("/m/o/" in written, token in written) == (True, False)
