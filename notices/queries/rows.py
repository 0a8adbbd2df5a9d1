from typing import Any

from django.db.models import QuerySet


def notice_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("notice_type", "author", "reviewer", "correction_of")


def template_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("notice_type")


def delivery_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("unit__building", "community", "owner", "told_by")
