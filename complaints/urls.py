from django.urls import path

from complaints.views import cases

app_name = "complaints"
urlpatterns = [
    # desk: cases
    path("complaints/<int:pk>/", cases.complaint_detail, name="complaint_detail"),
]
