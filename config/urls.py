from django.urls import include, path

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("core.urls")),
    path("", include("audit.urls")),
    path("", include("properties.urls")),
    path("", include("owners.urls")),
    path("", include("notices.urls")),
    path("m/", include("portal.urls")),
]
