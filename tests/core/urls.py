"""The real addresses and one list made for these tests: dictionary items, one of whose columns counts as personal."""

import django_filters
from django.urls import include, path

from config.urls import urlpatterns as real
from core.models import DictItem
from core.web.filters import FilterSet, SearchFilter
from core.web.lists import ListView
from core.web.tables import Column, NumberColumn, Table


class SecretColumn(Column):
    def cell(self, value, record):
        return "***"

    def export(self, value, record):
        return "***"

    def export_plain(self, value, record):
        return value


class ItemTable(Table):
    name = Column(verbose_name="名称")
    code = Column(verbose_name="编码")
    sort = NumberColumn(verbose_name="序号")
    secret = SecretColumn(accessor="code", verbose_name="手机", personal="phone", shown=False)


class ItemFilter(FilterSet):
    q = SearchFilter("名称", field_name="name", lookup_expr="icontains")
    type = django_filters.CharFilter(field_name="type__code", label="字典")

    class Meta:
        model = DictItem
        fields = ["q", "type"]


class ItemList(ListView):
    model = DictItem
    permission = "core.view_dicttype"
    export_permission = "core.change_dicttype"
    title = "测试列表"
    list_name = "lists:item_list"
    table = ItemTable
    filterset = ItemFilter
    default_order = ("name",)
    plain_values = staticmethod(lambda user: lambda record, field: field == "phone")


urlpatterns = [*real, path("test-items/", include(([path("", ItemList.as_view(), name="item_list")], "lists")))]
