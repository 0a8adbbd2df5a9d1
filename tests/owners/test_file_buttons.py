"""Buttons of the household file and of a person's file show only what would not be refused there."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.audit import grant_to, user_with
from tests.factories.owners import EmergencyContactFactory, FamilyMemberFactory, OwnerFactory, TenureFactory
from tests.factories.properties import UnitFactory
from tests.owners.support import VIEW, unit_in
from tests.support.cases import signed_in

WRITES = (
    "owners.add_owner", "owners.change_owner", "owners.disable_owner", "owners.add_tenure", "owners.change_tenure",
    "owners.end_tenure", "owners.add_familymember", "owners.change_familymember", "owners.add_contactrecord",
    "owners.add_ownertag", "owners.change_ownertag", "owners.add_consent", "owners.change_consent",
    "properties.change_unit",
)  # fmt: skip
_LINK = re.compile(r'href="([^"]+)"')


def household():
    unit = UnitFactory()
    owner = OwnerFactory(name="王建国", phones=["13800138000", "13900139000"], units=[unit])
    FamilyMemberFactory(owner=owner, unit=unit)
    EmergencyContactFactory(owner=owner)
    return unit, owner


def pages(unit, owner):
    unit_file = reverse("owners:unit_file", args=[unit.pk])
    panels = [
        reverse(f"owners:{name}", args=[source.pk])
        for name, source in (
            ("unit_people", unit), ("unit_attachments", unit), ("owner_attachments", owner),
        )
    ]  # fmt: skip
    return [unit_file, owner.get_absolute_url(), *panels]


def links(client, unit, owner):
    """Every address on the pages of this household that answers another page of it, without the menu."""
    found = set()
    for url in pages(unit, owner):
        text = client.get(url).content.decode()
        body = text[text.find("<main") :] if "<main" in text else text
        found |= {link.replace("&amp;", "&") for link in _LINK.findall(body)}
    return {link for link in found if link.startswith("/") and not link.startswith("/static")}


NAMES = (
    "owners:unit_tenure_create", "owners:family_create", "owners:contact_create", "owners:unit_attach", "properties:unit_update",
    "owners:owner_update", "owners:owner_disable", "owners:phone_create", "owners:emergency_create", "owners:owner_attach",
    "owners:preference_update", "owners:keeper_update", "owners:owner_verify", "owners:tag_create", "owners:consent_create",
)  # fmt: skip


def offered(client, unit, owner):
    """The names of the writes the pages offer."""
    found = {link.partition("?")[0] for link in links(client, unit, owner)}
    addresses = {}
    for name in NAMES:
        on_unit = name.startswith("properties:") or name.partition(":")[2].startswith(("unit_", "family_", "contact_"))
        addresses[name] = reverse(name, args=[(unit if on_unit else owner).pk])
    tenure, phone = owner.tenures.get(unit=unit), owner.phones.first()
    for name in ("owners:tenure_update", "owners:tenure_end", "owners:tenure_replace"):
        addresses[name] = reverse(name, args=[tenure.pk])
    addresses["owners:phone_update"] = reverse("owners:phone_update", args=[phone.pk])
    addresses["owners:family_update"] = reverse("owners:family_update", args=[owner.family_members.get().pk])
    addresses["owners:owner_create"] = reverse("owners:owner_create")
    return {name for name, address in addresses.items() if address in found}


@pytest.mark.django_db
class TestButtons:
    def test_whoever_may_write_here_is_offered_everything_and_nothing_is_refused(self):
        unit, owner = household()
        client = signed_in(user_with(VIEW, *WRITES, communities=[unit.community]))
        assert offered(client, unit, owner) >= {
            *NAMES,
            "owners:tenure_update",
            "owners:tenure_end",
            "owners:tenure_replace",
        }
        refused = {link for link in links(client, unit, owner) if client.get(link).status_code in (403, 404)}
        assert refused == set()

    def test_a_right_held_elsewhere_offers_nothing_here(self):
        unit, owner = household()
        user = user_with(VIEW, communities=[unit.community])
        grant_to(user, *WRITES, communities=[UnitFactory().community])
        client = signed_in(user)
        assert offered(client, unit, owner) == set()
        assert client.get(reverse("owners:owner_update", args=[owner.pk])).status_code == 404

    def test_a_right_in_one_building_reaches_who_lives_there_and_not_his_other_home(self):
        unit, owner = household()
        other = unit_in(unit.community)
        TenureFactory(owner=owner, unit=other)
        user = user_with(VIEW, communities=[unit.community])
        grant_to(user, *WRITES, buildings=[unit.building])
        client = signed_in(user)
        text = client.get(owner.get_absolute_url()).content.decode()
        here, there = owner.tenures.get(unit=unit), owner.tenures.get(unit=other)
        assert reverse("owners:owner_update", args=[owner.pk]) in text
        assert reverse("owners:tenure_end", args=[here.pk]) in text
        assert reverse("owners:tenure_end", args=[there.pk]) not in text
        assert (
            reverse("owners:unit_tenure_create", args=[other.pk])
            not in client.get(reverse("owners:unit_file", args=[other.pk])).content.decode()
        )

    def test_the_buttons_cost_no_query_for_each_person_or_holding(self):
        unit, owner = household()
        client = signed_in(user_with(VIEW, *WRITES, communities=[unit.community]))
        counts = []
        for _more in range(2):
            for url in (reverse("owners:unit_file", args=[unit.pk]), owner.get_absolute_url()):
                client.get(url)
                with CaptureQueriesContext(connection) as queries:
                    client.get(url)
                counts.append(len(queries))
            OwnerFactory(units=[unit])
            TenureFactory(owner=owner, unit=unit_in(unit.community))
        assert counts[:2] == counts[2:], counts
