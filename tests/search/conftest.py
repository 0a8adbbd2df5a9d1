"""Two communities, alike to the room number: whatever one clerk finds, the other must not."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from properties.models import UnitMark
from tests.factories.audit import BACKEND, user_with
from tests.factories.owners import OwnerFactory, TenureFactory, VehicleFactory
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory

PERMISSIONS = (
    "owners.view_owner",
    "owners.view_tenure",
    "owners.view_vehicle",
    "properties.view_unit",
    "owners.add_owner",
)
ID_NUMBER = "11010519491231002X"


def sign_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def estate(db: None) -> SimpleNamespace:
    here, there = CommunityFactory(name="湖映花园"), CommunityFactory(name="云栖里")
    building = BuildingFactory(community=here, number="3")
    room = UnitFactory(building=building, entrance="2", number="1502")
    space = UnitFactory(
        building=BuildingFactory(community=here, number="B1", name="地下车库"),
        entrance="",
        number="B1-0235",
        kind="parking",
    )
    wang = OwnerFactory(name="王建国", phones=["13800136620", "0971-8123456"], id_number=ID_NUMBER, units=[room])
    VehicleFactory(owner=wang, plate="苏A8K621", space=space)
    UnitMark.objects.create(unit=room, kind="arrears", amount="751.80", source="test")
    former = OwnerFactory(name="汪金根", phones=["13900004406"])
    TenureFactory(owner=former, unit=room, start=date(2015, 1, 1), end=date(2019, 12, 31))
    return SimpleNamespace(
        here=here, there=there, room=room, space=space, wang=wang, former=former, building=building,
        clerk=user_with(*PERMISSIONS, communities=[here]),
        stranger=user_with(*PERMISSIONS, communities=[there]),
        chief=user_with(*PERMISSIONS),
    )  # fmt: skip
