"""The report: figures that leave the house are traced like lists; a city's words for its three rates."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import CityFormula
from complaints.queries.reports.asked import Asked
from core import changes, log
from core.errors import BusinessError
from properties.models import Community

EXPORTED = log.declare("complaints.report.exported", lazy("导出了投诉统计"), sensitive=True)

WORDED = log.declare("complaints.cityformula.changed", lazy("修改了 12345 三率口径和办结时限"))


def record_export(asked: Asked, *, by: Any, what: str, form: str, rows: int) -> None:
    """`what` names the table, `form` is Excel or PDF."""
    community = asked.community
    log.record(
        EXPORTED, None, by=by, community_id=community.pk if community else None,
        changes={
            "what": what, "form": form, "start": asked.period.start, "end": asked.period.end, "kind": asked.kind_word, "rows": rows,
        },
    )  # fmt: skip


@transaction.atomic
def word_formula(community: Community, *, by: Any, **values: Any) -> Community:
    """For all communities of the same city. Raises BusinessError where nobody has written down the city."""
    if not community.city:
        raise BusinessError(_("%(name)s没有填写城市，请先在项目资料里补上") % {"name": community.name})
    row, is_new = CityFormula.objects.select_for_update().get_or_create(city=community.city)
    changed = changes.assign(row, values)
    if changed or is_new:
        changes.save(row, list(values))
        log.record(WORDED, row, by=by, changes={"city": row.city} | changed, community_id=community.pk)
    return community
