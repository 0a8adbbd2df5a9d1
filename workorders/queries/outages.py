"""Outages as lists, callers and orders meet them."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from properties.models import Building, Community, Place
from workorders.models import Outage, OutageConcern, OutagePlace

VIEW = "workorders.view_outage"


def listed(rows: QuerySet[Outage]) -> QuerySet[Outage]:
    joined = rows.select_related("community", "category", "created_by").prefetch_related(
        "places__building", "places__place__building"
    )
    return joined.annotate(order_count=Count("orders"))


def reaching(
    rows: Any, community: Community | int, *, building: Building | None = None, place: Place | None = None
) -> list[Outage]:
    """Running outages that reach this place: those of its building, of the place itself, and those of the whole community. One that is
    planned counts from the day before."""
    everywhere = ~Exists(OutagePlace.objects.filter(outage=OuterRef("pk")))
    here = Q()
    if place is not None:
        here |= Q(places__place=place)
    building_id = building.pk if building else place.building_id if place else None
    if building_id:
        here |= Q(places__building=building_id)
    condition = Q(everywhere) | here if here else Q(everywhere)
    found = rows.running().filter(condition, community=community)
    soon = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    return list(found.filter(started_at__lt=soon).distinct().order_by("-id")[:5])


MOST_CONCERNS = 60


def concerns_of(outage: Outage) -> list[OutageConcern]:
    """Who said on his own pages that it concerns him."""
    found = OutageConcern.objects.filter(outage=outage).select_related("unit__building", "unit__community")
    return list(found.order_by("id")[:MOST_CONCERNS])
