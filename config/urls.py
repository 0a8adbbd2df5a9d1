from django.urls import include, path

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("core.urls")),
    path("", include("audit.urls")),
    path("", include("properties.urls")),
    path("", include("owners.urls")),
    path("", include("notices.urls")),
    path("", include("complaints.urls")),
    path("", include("workorders.urls")),
    path("m/", include("portal.urls")),
]

# The owners' pages have error pages of their own; everywhere else they are Django's with our templates.
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
