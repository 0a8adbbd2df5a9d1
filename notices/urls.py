from django.urls import path

from notices.views import channels

app_name = "notices"
urlpatterns = [
    path("channels/", channels.channel_list, name="channel_list"),
    path("channels/<int:pk>/edit/", channels.ChannelUpdateView.as_view(), name="channel_update"),
    path("channels/<int:pk>/test/", channels.ChannelTestView.as_view(), name="channel_test"),
]
