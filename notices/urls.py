from django.urls import path

from notices.views import notices

app_name = "notices"
urlpatterns = [
    path("notices/<int:pk>/", notices.NoticeDetail.as_view(), name="notice_detail"),
]
