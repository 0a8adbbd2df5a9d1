from django.urls import path

from notices.views import notices, public

app_name = "notices"
urlpatterns = [
    path("notices/<int:pk>/", notices.NoticeDetail.as_view(), name="notice_detail"),
    path("n/<str:token>/", public.public_notice, name="public_notice"),
    path("n/<str:token>/read", public.public_read, name="public_read"),
    path("n/<str:token>/confirm", public.public_confirm, name="public_confirm"),
]
