"""Django's admin beside the product, open to whoever is signed in: the fastest it can be, no permission look-ups.

Two change lists over the table of units, both with the product's columns, page size and joined names:
- `/bench-admin/`, bare: one filter, no search. Less than any list of the product offers.
- `/bench-admin-full/`, like with like: a search box, and as filters the fields by which the product's list narrows, as far as the admin
  can offer them as choices without work that no developer would put up with. 楼栋 (6,000 choices; a type-ahead with us), 标记 and the
  number ranges (a DISTINCT over the table) are left out, so it still does less.
"""

from django.contrib import admin
from django.urls import include, path

from core.web.access import public
from properties.models import Unit


class OpenSite(admin.AdminSite):
    def has_permission(self, request):
        return request.user.is_authenticated


class UnitAdmin(admin.ModelAdmin):
    """The same columns, page size and one filter of the product's list of units."""

    list_display = (
        "__str__",
        "community",
        "unit_type",
        "built_area",
        "usage",
        "delivery_status",
        "floor",
        "orientation",
    )
    list_select_related = ("building", "community", "unit_type", "orientation")
    list_filter = ("usage",)
    list_per_page = 20
    ordering = ("sort_key",)

    def has_view_permission(self, request, obj=None):
        return True

    changelist_view = public("the benchmark measures it")(admin.ModelAdmin.changelist_view)
    has_module_permission = has_view_permission
    has_change_permission = has_view_permission


class FullUnitAdmin(UnitAdmin):
    """The same and the filters of the product's list, with the same choices, beside a search by room."""

    list_filter = (
        "community",
        "usage",
        "kind",
        "unit_type",
        "delivery_status",
        "orientation",
        "property_nature",
        "delivered_on",
        ("disabled_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("code__istartswith",)


site = OpenSite(name="admin")
site.register(Unit, UnitAdmin)
full_site = OpenSite(name="admin_full")
full_site.register(Unit, FullUnitAdmin)
urlpatterns = [
    path("bench-admin/", site.urls),
    path("bench-admin-full/", full_site.urls),
    path("", include("config.urls")),
]
