"""Forms that begin in the community in which the person works; lists of what one community keeps beside what the house keeps."""

from typing import Any

from django.db import models
from django.http import HttpRequest, QueryDict

from core.querysets import visible
from core.web.filters import FilterSet
from core.web.lists import ListView
from core.web.pages import CreateView
from properties.current import current_community


class CreateHere(CreateView):
    def initial(self) -> dict[str, Any]:
        current = current_community(self.request)
        return ({"community": current.pk} if current else {}) | super().initial()


class HouseList(ListView):
    """Of a model with HouseQuerySet: rows are links for whoever holds `change` where they hold."""

    change: str

    @classmethod
    def filtered(cls, user: Any, query: QueryDict, request: HttpRequest | None = None) -> FilterSet:
        rows: Any = visible(cls.model, user, cls.permission)
        return cls.filterset(query, queryset=rows.marked_for(user, cls.change), request=request, user=user)

    @staticmethod
    def prepare(rows: models.QuerySet) -> models.QuerySet:
        return rows.select_related("community")
