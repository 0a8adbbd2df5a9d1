"""Pages of vehicles, and where their links stand."""

import pytest
from django.urls import reverse

from owners.models import Vehicle
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import VehicleFactory
from tests.owners.support import VIEW, owner_in
from tests.support.cases import ActionCase, CreateCase, FormCase, make_community, signed_in


class TestVehicleCreate(CreateCase):
    url_name, permission, model, log_action, invalid_field = (
        "owners:vehicle_create", "owners.add_vehicle", Vehicle, "owners.vehicle.created", "plate",
    )  # fmt: skip
    more_permissions = (VIEW, "owners.view_vehicle")

    def make(self, community):
        return VehicleFactory(owner=owner_in(community))

    def valid(self):
        return {"plate": "青a·D12345", "owner": self.own_row.owner_id, "community": self.own.pk}

    def invalid(self):
        return self.valid() | {"plate": "青A1234"}

    def foreign_data(self):
        return self.valid() | {"community": self.foreign.pk}


class TestVehicleUpdate(FormCase):
    url_name, permission, log_action, invalid_field = (
        "owners:vehicle_update",
        "owners.change_vehicle",
        "owners.vehicle.changed",
        "plate",
    )
    more_permissions = (VIEW, "owners.view_vehicle")

    def make(self, community):
        return VehicleFactory(owner=owner_in(community))

    def valid(self):
        return {"plate": "青AD12345", "owner": self.own_row.owner_id, "colour": "白"}

    def invalid(self):
        return self.valid() | {"plate": "1"}


class TestVehicleDisable(ActionCase):
    url_name, permission, log_action, invalid_field = (
        "owners:vehicle_disable",
        "owners.disable_vehicle",
        "owners.vehicle.disabled",
        "reason",
    )
    more_permissions = (VIEW, "owners.view_vehicle")

    def make(self, community):
        return VehicleFactory(owner=owner_in(community))

    def valid(self):
        return {"reason": "已售"}

    def invalid(self):
        return {}


@pytest.mark.django_db
def test_a_vehicle_is_a_link_only_where_its_page_opens():
    """A permission held in another community opens nothing here."""
    here, elsewhere = make_community("HERE"), make_community("ELSE")
    owner = owner_in(here)
    car = VehicleFactory(owner=owner, community=here)
    pages = [
        reverse("owners:unit_file", args=[owner.tenures.get().unit_id]),
        reverse("owners:owner_file", args=[owner.pk]),
    ]
    detail, register = reverse("owners:vehicle_detail", args=[car.pk]), f"{reverse('owners:vehicle_create')}?owner="
    reader = user_with(VIEW, communities=[here])
    rights = ("owners.view_vehicle", "owners.add_vehicle")
    grant_to(reader, *rights, communities=[elsewhere])
    keeper = user_with(VIEW, *rights, communities=[here])
    for page in pages:
        seen = signed_in(reader).get(page).content.decode()
        assert car.plate in seen
        assert detail not in seen
        assert detail in signed_in(keeper).get(page).content.decode()
    assert register not in signed_in(reader).get(pages[0]).content.decode()
    assert register in signed_in(keeper).get(pages[0]).content.decode()


@pytest.mark.django_db
def test_buttons_of_a_vehicle_show_where_they_would_be_allowed():
    vehicle = VehicleFactory(owner=owner_in(make_community("HERE")))
    rights = ("owners.change_vehicle", "owners.disable_vehicle")
    acts = {reverse(f"owners:vehicle_{act}", args=[vehicle.pk]) for act in ("update", "disable")}

    def offered(user):
        page = signed_in(user).get(vehicle.get_absolute_url()).content.decode()
        return {act for act in acts if f'"{act}"' in page}

    here = user_with(VIEW, "owners.view_vehicle", *rights, communities=[vehicle.community])
    elsewhere = user_with(VIEW, "owners.view_vehicle", communities=[vehicle.community])
    grant_to(elsewhere, *rights, communities=[make_community("ELSE")])
    assert offered(here) == acts
    assert offered(elsewhere) == set()
