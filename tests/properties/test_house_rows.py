"""What holds in all communities is read by everybody who sees such rows, and is a link only for whoever may change it."""

from typing import Any

import pytest
from django.urls import reverse

from complaints.models import CannedReply, LowRatingRule
from complaints.seeds import seed_standards
from core.services import dictionary
from core.web.exports import ListExport
from core.web.list_names import list_view
from owners.models import CallScript
from tests.factories.audit import grant_to, user_with
from tests.factories.properties import CommunityFactory
from tests.support.cases import signed_in
from workorders.models import PriceItem

pytestmark = pytest.mark.django_db
LISTS = [
    ("complaints:reply_list", CannedReply, {"title": "停水", "text": "正在抢修"}),
    ("workorders:price_list", PriceItem, {"name": "换水龙头", "measure": "个", "price": 10}),
    ("complaints:lowrule_list", LowRatingRule, {}),
    ("owners:callbackscript_list", CallScript, {}),
]


@pytest.mark.parametrize(("name", "model", "values"), LISTS)
def test_a_row_of_the_house_opens_for_whoever_may_change_it(name: str, model: Any, values: dict[str, Any]) -> None:
    dictionary.seed(), seed_standards()
    row = model.objects.create(**values) if values else model.objects.filter(community__isnull=True).first()
    meta = model._meta
    rights = [f"{meta.app_label}.{act}_{meta.model_name}" for act in ("view", "change")]
    near, everywhere = user_with(*rights, communities=[CommunityFactory()]), user_with(*rights)
    seen = signed_in(near).get(reverse(name))
    assert row.pk in {line.pk for line in seen.context["table"]["rows"]}
    assert row.get_absolute_url() not in seen.content.decode()
    assert signed_in(near).get(row.get_absolute_url()).status_code == 404
    assert row.get_absolute_url() in signed_in(everywhere).get(reverse(name)).content.decode()
    assert signed_in(everywhere).get(row.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(("name", "model", "values"), LISTS)
def test_a_row_of_the_house_leaves_with_whoever_exports_in_fewer_places_than_he_sees(
    name: str, model: Any, values: dict[str, Any]
) -> None:
    dictionary.seed(), seed_standards()
    row = model.objects.create(**values) if values else model.objects.filter(community__isnull=True).first()
    meta, places = model._meta, [CommunityFactory(), CommunityFactory()]
    reader = user_with(f"{meta.app_label}.view_{meta.model_name}", communities=places)
    grant_to(reader, f"{meta.app_label}.export_{meta.model_name}", communities=places[:1])
    assert row.pk in {line.pk for line in ListExport.of(list_view(name, reader), reader, "").records()}
