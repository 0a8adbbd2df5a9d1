"""What is written: readable with the keys, findable, with derived columns equal to what the services would compute."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from core.models import NumberSequence
from owners.models import Owner, OwnerPhone, Tenure, Vehicle
from owners.seeding.load import draw
from owners.seeding.plan import plans
from owners.services.derived import refresh_owner
from properties.models import Building, Community, Place, Team, Unit, UnitMark

pytestmark = pytest.mark.django_db


def seed(*words: str) -> str:
    out = io.StringIO()
    call_command("seed_demo", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def demo() -> dict:
    return json.loads(seed("--scale", "demo", "--json"))


def test_demo_counts(demo: dict) -> None:
    assert demo["loaded"] == ["HYH", "YQL"]
    assert demo["figures"]["totals"]["persons"] == 1_040
    assert (Community.objects.count(), Unit.objects.count(), Owner.objects.count()) == (2, 400, 1_040)
    assert Building.objects.filter(community__code="HYH", floors_above__gt=0).count() == 12
    assert Team.objects.count() == 8
    assert Place.objects.filter(community__code="HYH").count() > 20
    assert NumberSequence.objects.get(prefix="KH").last == 1_040


def test_second_run_changes_nothing(demo: dict) -> None:
    before = list(Owner.objects.order_by("pk").values_list("pk", "number", "name"))
    assert seed("--scale", "demo") == "示例数据已经在库里，没有改动。\n"
    assert list(Owner.objects.order_by("pk").values_list("pk", "number", "name")) == before


def test_plaintext_equals_what_was_drawn(demo: dict) -> None:
    people = draw(plans("demo", 1)[0], 1).people
    rows = Owner.objects.order_by("number").prefetch_related("phones")[: len(people)]
    assert [(row.name, row.id_number, [phone.number for phone in row.phones.all()]) for row in rows] == [
        (who.name, who.id_number, who.phones) for who in people
    ]


def test_derived_columns_are_what_the_services_compute(demo: dict) -> None:
    assert refresh_owner(Owner.objects.values_list("pk", flat=True)) == 0


def test_owners_are_found_by_surname_reading(demo: dict) -> None:
    assert Owner.objects.filter(search__begins=["shanliwen"], name="单立文").exists()
    assert Owner.objects.filter(search__begins=["zjf"], name="曾解放").exists()
    assert Unit.objects.filter(search__begins=["3-2-1502"]).get().label == "3栋2单元1502"


def test_everything_hangs_together(demo: dict) -> None:
    wang = Owner.objects.get(
        name="王建国", tenures__unit__number="1502", tenures__unit__building__community__code="HYH"
    )
    assert sorted(unit.label for unit in Unit.objects.filter(tenures__owner=wang)) == [
        "3栋2单元1502",
        "地下车库B1-0235",
    ]
    assert Vehicle.objects.get(plate="苏A8K621").space.number == "B1-0235"
    assert UnitMark.objects.filter(unit__number="1502", kind="care").exists()
    assert Tenure.objects.filter(end__isnull=False, end_reason__code="transfer").exists()
    assert OwnerPhone.objects.filter(is_primary=True).count() < Owner.objects.count()


@override_settings(PRODUCTION=True)
def test_production_is_refused() -> None:
    with pytest.raises(CommandError, match="生产环境"):
        seed()
    assert not Community.objects.exists()
