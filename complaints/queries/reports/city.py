"""A city's own words for its three rates."""

from typing import Any

from django.utils.translation import gettext as _

from complaints.models import CityFormula
from complaints.policies import VIEW
from complaints.queries.reports.asked import Asked
from properties.current import communities_in_reach
from properties.models import Community

RATES = ("responded", "resolved", "satisfied")


def formula_of(city: str) -> CityFormula | None:
    return CityFormula.objects.filter(city=city).first() if city else None


def formulas_for(user: Any, asked: Asked) -> dict[str, str]:
    """{rate: its formula, "basis": …, "city": …}. Of several cities none speaks for all: then, and where nobody has written one down,
    the plain definition stands there."""
    kept = formula_of(_city(user, asked))
    plain = {
        "responded": _("已响应 ÷ 受理"), "resolved": _("已解决 ÷ 应解决"), "satisfied": _("满意 ÷ 参评"),
    }  # fmt: skip
    found = {name: getattr(kept, name, "") or plain[name] for name in RATES}
    return found | {"basis": kept.basis if kept else "", "city": kept.city if kept and kept.has_words else ""}


def _city(user: Any, asked: Asked) -> str:
    if asked.community is not None:
        return str(asked.community.city)
    reach = [row.pk for row in communities_in_reach(user, VIEW)]
    cities = set(Community.objects.filter(pk__in=reach).values_list("city", flat=True)[:2000])
    return str(cities.pop()) if len(cities) == 1 else ""
